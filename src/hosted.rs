//! The hosted page: the page of Flinks on which the payor chooses a bank, logs in and signs.
//!
//! A backend creates a session and makes a [`HostedPage`] of its id. The payor gets to the page in one of two ways, and the
//! request says how the page hands the payor back (`options.redirectPreferences`, S4). The pages name no default, so say it.
//!
//! **Whatever comes back through the browser is a hint.** A browser event, and a visit to a return URL, tell that it is time
//! to ask for the [status](crate::Client::status). They do not tell that anyone has paid: the browser is the payor's, and a
//! `SUCCESS` may stand for an agreement that is not signed yet. Deliver when
//! [`StatusReport::is_scheduled`](crate::StatusReport::is_scheduled) says so, and not before.
//!
//! # In a frame, with events
//!
//! [`Redirect::js_events`](crate::Redirect::js_events) has the page post messages to the page that embeds it. The backend
//! renders the [iframe](HostedPage::iframe), sends the [policy](HostedPage::content_security_policy) that lets no other page
//! into a frame, and serves [`LISTENER_JS`]:
//!
//! ```
//! use flinks_pay::hosted::{HostedPage, LISTENER_JS};
//! # use flinks_pay::{Environment, SessionId};
//! # let created = SessionId::new("7d1f3c52-90ab-4e61-8f04-b6c2a95d7e13")?;
//! # let environment = Environment::sandbox();
//!
//! // `client.hosted_page(&id)` is the same.
//! let page = HostedPage::new(&environment, &created);
//! let policy = format!("default-src 'self'; {}", page.content_security_policy());
//! let html = page.iframe().title("Pay your invoice").html();
//! assert!(html.starts_with(r#"<iframe id="flinks-pay" title="Pay your invoice" "#));
//! # assert_eq!(policy, "default-src 'self'; frame-src https://payments-uat.flinksapp.com");
//!
//! // Served as `text/javascript` under a path of your own, here /flinks-pay.js.
//! let module: &'static str = LISTENER_JS;
//! # assert!(module.contains("export { listenToFlinksPay"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! and a module of the embedding page listens. The script that inserts the frame should listen in the same turn, or the first
//! event may be gone:
//!
//! ```text
//! import { listenToFlinksPay } from "/flinks-pay.js";
//!
//! listenToFlinksPay({
//!   frame: document.getElementById("flinks-pay"),
//!   origin: "https://payments.flinksapp.com",         // HostedPage::origin
//!   onEvent: ({ step }) => progress(step),             // never into innerHTML
//!   onEnd: () => location.assign("/invoice/1042/back") // where the backend asks for the status, and shows what that says
//! });
//! ```
//!
//! The flow also ends where there is no guarantee, or where the payor refuses the agreement: [`HostedEvent::next_step`] has
//! what each end asks for. So one address does for all of them, and it promises nothing.
//!
//! Flinks' own sample listens to every window that can post a message. The listener takes what comes from the frame's
//! window and from the origin given, and nothing else; [`listener_script`] is the same for a page without modules.
//! [`HostedEvent`] is the list of the documented events.
//!
//! # By redirect
//!
//! [`Redirect::to`](crate::Redirect::to) names two addresses of yours: one for a payor who has finished, one for a payor who
//! left. The backend answers the payor's request with a redirect to the page, and asks for the status when the payor is back:
//!
//! ```
//! use flinks_pay::{HostedPage, Redirect};
//! # use flinks_pay::{Environment, SessionId};
//! # let created = SessionId::new("7d1f3c52-90ab-4e61-8f04-b6c2a95d7e13")?;
//! # let environment = Environment::sandbox();
//!
//! // Before: in the request that creates the session.
//! let back = Redirect::to(
//!     "https://shop.example/invoice/1042/back",
//!     "https://shop.example/invoice/1042/left",
//! )
//! .build()?;
//!
//! // After: the answer to the payor. The address opens the session, so it is neither cached nor passed on as a referrer.
//! let page = HostedPage::new(&environment, &created);
//! let answer = http::Response::builder()
//!     .status(303)
//!     .header("location", page.url().as_str())
//!     .header("cache-control", "no-store")
//!     .header("referrer-policy", "no-referrer")
//!     .body(())?;
//! # assert_eq!(answer.status(), 303);
//! # assert!(back.url_exit().is_some());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! There is no reader for the way back, because there is nothing documented to read: which query parameters Flinks appends to
//! the two addresses, if any, is unknown. Anyone can also type them in. So put what finds the payment again into the path,
//! or into your own cookie, ignore the query, and ask for the status on both. What happens in this mode inside a frame is
//! unknown, too.
//!
//! # In an app
//!
//! Flinks' changelog says that events of Guaranteed EFT reach the web view of a mobile app directly (CL-2026-09), and does not
//! say how. Nothing here is made for that. If the app turns out to get the same payload, [`HostedEvent::parse`] reads it.

mod event;
mod iframe;
mod page;

pub use event::{HostedEvent, HostedEventError, MAX_PAYLOAD_BYTES, MAX_STEP_BYTES, NextStep};
pub use iframe::Iframe;
pub use page::HostedPage;

/// The listener for the embedding page: an ES module without dependencies, which exports `listenToFlinksPay`. Serve it as
/// `text/javascript`.
///
/// `listenToFlinksPay({ frame, origin, onEvent, onEnd, signal })` takes messages of the frame's own window from exactly that
/// origin. It calls `onEvent` with `{ step, endsFlow }` for each, and `onEnd` at most once, for the first step that ends the
/// flow. It returns a function that stops it, as the signal does. What a callback throws is reported and stops nothing. Wrong
/// options throw a `TypeError`.
///
/// It runs in the browsers that Flinks supports (GWID) since the versions of 2021 or 2022.
pub const LISTENER_JS: &str = include_str!("hosted/listener.js");

/// The last line of the module, which a script may not have.
const EXPORTS: &str = "export { listenToFlinksPay };\n";

/// Returns the listener as a classic script, for a page without modules: it defines the global function
/// `listenToFlinksPay`, and nothing else.
#[must_use]
pub fn listener_script() -> String {
    let body = LISTENER_JS.strip_suffix(EXPORTS).unwrap_or(LISTENER_JS);
    format!(
        "(() => {{\n\"use strict\";\n{body}\nglobalThis.listenToFlinksPay = listenToFlinksPay;\n}})();\n"
    )
}
