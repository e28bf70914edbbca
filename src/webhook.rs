//! Webhooks: verified over the raw bytes first, read afterwards.
//!
//! Flinks reports that a session completed, failed or was cancelled by one POST, `SessionSetupStatusChanged`, signed in the
//! header `X-Webhook-Signature: sha256=HEX` (WST, WSET). It is sent once and never repeated, and not at all for a session
//! that expired. Two things follow:
//!
//! - **Nothing signed is lost for being odd.** The envelope, the name of the type member and the format of `when` are not
//!   published. A body whose signature holds is an [`Event`], whatever it is; one that is not understood is
//!   [`Event::Other`], raw. That `when` is old, ahead, or not readable is told by [`Freshness`], and refused only by
//!   [`require_fresh`](WebhookVerifier::require_fresh).
//! - **Webhooks alone are not enough.** Ask the status endpoint for every session whose event did not come:
//!   [`Client::reconcile`](crate::Client::reconcile).
//!
//! Nothing unsigned is parsed. What is read is a body that only the check of the signature can make, so that the order cannot
//! be got wrong. The body must be the bytes as they came: JSON that was parsed and written again has another signature.
//!
//! ```
//! use flinks_pay::webhook::{Event, WebhookSecret, WebhookVerifier};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let verifier = WebhookVerifier::new(WebhookSecret::new("a secret out of your vault")?);
//! # let body = br#"{"when":"2026-03-04T05:06:07Z","sessionId":"6f1d0c3a-52b7-4e98-8a41-c07d95e2b613",
//! #     "status":"Completed","statusDetails":"EFT0301"}"#;
//! # let header = WebhookSecret::new("a secret out of your vault")?.sign(body);
//! // `header` and `body` as they came, in whatever framework.
//! let verified = verifier.verify_value(&header, body)?;
//! // The key finds an event that was handled already.
//! if let Event::StatusChanged(event) = &verified.event {
//!     println!("{}: {}", event.key(), event.report().status);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # What to do with an event
//!
//! Tell it to the [guard of debts](crate::client::once), so that nobody collects a second time what is paid, and see what it
//! made of it: some outcomes need a person. An event of another kind may be a status event under a new name, and no event comes
//! twice, so ask for the status of its session. What the client reads itself, it tells the guard itself.
//!
//! What the guarantee webhook sends is not published. Let it come to another address than the status events: one that names no kind
//! and has a session and a status reads like one of them. What it has besides is in `extra` of the report and in
//! [`envelope`](StatusChanged::envelope); and a status event of a session that has not [ended](crate::session::StatusReport::is_final)
//! is none that is documented, so read that session's [details](crate::Client::details) for a decision that is waited for.
//!
//! ```
//! use flinks_pay::Client;
//! use flinks_pay::client::once::Noted;
//! use flinks_pay::webhook::Event;
//!
//! async fn handle(client: &Client, event: &Event) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
//!     match event {
//!         Event::StatusChanged(event) => match client.note_outcome(event.report()).await? {
//!             // Look for the debt by the reference, and cancel its other session or pay back.
//!             Noted::Stray | Noted::Late | Noted::Twice => eprintln!("paid, and maybe twice: {}", event.report().status),
//!             noted @ (Noted::Held | Noted::Contradicted) => eprintln!("for a person: {noted:?}"),
//!             // Of a shop whose every session is a guarded debt's, this is for a person, too.
//!             Noted::Unknown if event.report().is_scheduled() => eprintln!("paid, and of no debt that is known"),
//!             Noted::Unknown | Noted::NoNews | Noted::Live | Noted::Free | Noted::Paid => {}
//!             // What a later version tells.
//!             noted => eprintln!("for a person, until it is known: {noted:?}"),
//!         },
//!         other => match other.session_id() {
//!             Some(session) => {
//!                 client.status(&session).await?;
//!             }
//!             // The body of an `OtherEvent` is worth keeping.
//!             None => eprintln!("an event about nobody knows what, of {:?}", other.when()),
//!         },
//!     }
//!     Ok(())
//! }
//! ```
//!
//! Where this fails, the outcome is told nowhere: do it again later, or have the session reconciled.
//!
//! # What is looked for
//!
//! The members `sessionId` (a UUID) and `status` (a text), and beside them `referenceId`, `amount` and `statusDetails`: at the top of
//! the body, or in the one member of the top, of whatever name, that is an object with both. With two such objects, or with an
//! object about another session than the top names, it is not known which is meant. Where both have both, the top counts, unless
//! neither its status nor its code is one that this version knows: then it may be the status of a delivery, and the object counts
//! if its own is known. `when`, and the kind of the event under
//! `eventType`, `eventName`, `event` or `type`, may stand in either place; the outer one counts. A body that names another kind
//! than [`STATUS_CHANGED`] is not read as a status, whatever members it has; one that names none is. The type of the payment,
//! `EFT`, is no kind.
//!
//! Of a member that is there twice the last counts, and null is as good as absent. A member of another JSON type than expected
//! is kept among those that are not known.
//!
//! # When Flinks changes its events
//!
//! An event is held against the contract as answers are, and read all the same. Where one departs from it is in
//! [`Event::nonconformances`]; and [`WebhookVerifier::on_drift`] is told once of each way in which they do, of members that are
//! not known, and of events of another kind. It takes the callback that a [client](crate::client::ClientBuilder::on_drift) is
//! given for its answers:
//!
//! ```
//! use flinks_pay::client::{Drift, DriftSource};
//! use flinks_pay::webhook::{WebhookSecret, WebhookVerifier};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let (told, tell) = std::sync::mpsc::channel();
//! let verifier = WebhookVerifier::new(WebhookSecret::new("a secret out of your vault")?)
//!     .on_drift(move |drift: &Drift| {
//!         eprintln!("Flinks has changed: {drift}");
//! #       told.send((drift.source(), drift.to_string())).unwrap();
//!     });
//! # let body = br#"{"when":"2026-03-04T05:06:07Z","sessionId":"6f1d0c3a-52b7-4e98-8a41-c07d95e2b613","status":"Settled"}"#;
//! # let header = WebhookSecret::new("a secret out of your vault")?.sign(body);
//! # verifier.verify_value(&header, body)?;
//! # verifier.verify_value(&header, body)?;
//! # let line = "sessionSetupStatusChanged: unknown-value at /status, `enum` of #/components/schemas/SessionStatus/enum";
//! # assert_eq!(tell.try_iter().collect::<Vec<_>>(), [(DriftSource::Webhook, line.to_owned())]);
//! # Ok(())
//! # }
//! ```
//!
//! Not told is a `when` that is a text in a format that is not read, for none is published: [`When::Unreadable`] says so.
//!
//! `Debug` of the event shows what is new in it as far as that may be logged: names, and never a value.
//!
//! # What to answer
//!
//! Answer 200 at once and do the work later; answer [`WebhookError::status`] to what is refused, with no more words than its
//! `Display` has.
#![cfg_attr(
    feature = "axum",
    doc = "In axum, [`VerifiedWebhook`] as the argument of a handler does all of that."
)]

mod body;
mod error;
mod event;
#[cfg(feature = "axum")]
mod extract;
mod hex;
mod key;
mod loose;
mod secret;
mod signed;
mod verifier;
mod when;

pub use error::{Refusal, WebhookError};
pub use event::{Event, OtherEvent, STATUS_CHANGED, StatusChanged, Verified};
#[cfg(feature = "axum")]
pub use extract::{VerifiedWebhook, WebhookRejection};
pub use key::EventKey;
pub use secret::{SecretError, WebhookSecret};
pub use signed::SIGNATURE_HEADER;
pub use verifier::{DEFAULT_MAX_BODY_BYTES, DEFAULT_TOLERANCE, WebhookVerifier};
pub use when::{Freshness, When, Written};
