//! `/demo/`: a shop. Its page is one that an integrator might write, and so is its [backend](super::shop), so no secret and no token
//! is in the browser.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware;
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::guard;
use super::reply::{self, refusal};
use super::shop::{Shop, Trouble};
use super::texts;
use crate::client::Environment;
use crate::domain::{Invalid, Language, RedirectMode};
use crate::hosted::{HostedPage, LISTENER_JS};
use crate::sandbox::http::Asked;
use crate::sandbox::scenario::Scenario;
use crate::session::{GuaranteedEft, Payee, Payor, Redirect};

const PAGE: &str = include_str!("demo.html");

const MAX_ORDER_BYTES: usize = 4096;

pub(super) fn router() -> Router<Arc<Shop>> {
    let backend = Router::new()
        .route("/demo/sessions", post(create))
        .route("/demo/sessions/{session}/status", get(status))
        .route("/demo/sessions/{session}/decision", post(decide))
        .layer(DefaultBodyLimit::max(MAX_ORDER_BYTES))
        .layer(middleware::from_fn(guard::own_pages_only));
    let style = async || reply::file(reply::STYLE, include_str!("demo.css"));
    let script = async || reply::file(reply::SCRIPT, include_str!("demo.js"));
    let listener = async || reply::file(reply::SCRIPT, LISTENER_JS);
    Router::new()
        .route("/demo/", get(document))
        .route("/demo/demo.css", get(style))
        .route("/demo/demo.js", get(script))
        .route("/demo/listener.js", get(listener))
        .merge(backend)
}

/// The shop's page, which lets the hosted page into its frame, and is in nobody's frame itself.
async fn document(headers: HeaderMap) -> Response {
    let html = texts::fill_by(PAGE, |_| {
        let options = Scenario::ALL
            .iter()
            .map(|scenario| format!("<option>{}</option>", scenario.reference_id()));
        options.collect::<Vec<_>>().concat()
    });
    let frames = match hosted_origin(&headers) {
        Some(origin) => format!("; frame-src {origin}; frame-ancestors 'none'"),
        None => "; frame-ancestors 'none'".to_owned(),
    };
    reply::document(StatusCode::OK, html, &frames)
}

/// The simulator under its other name, which is another origin. A listener that does not look at origins would not notice the
/// difference; the one here has to.
fn hosted_origin(headers: &HeaderMap) -> Option<String> {
    let (name, port) = headers.get(header::HOST)?.to_str().ok()?.rsplit_once(':')?;
    let port: u16 = port.parse().ok()?;
    let other = if name == "127.0.0.1" {
        "localhost"
    } else {
        "127.0.0.1"
    };
    Some(format!("http://{other}:{port}"))
}

/// What is chosen on the shop's page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    scenario: String,
    /// A language, or nothing for the scenario's.
    language: String,
    /// What is to be paid, or nothing for what the payor types.
    amount: String,
    mode: String,
    consent: bool,
}

impl Order {
    /// The request that a backend would send, checked as any other.
    fn request(&self, shop: &str) -> Result<GuaranteedEft, String> {
        let mode = self.mode.parse();
        let redirect = match mode.map_err(|invalid: Invalid| format!("mode: {invalid}"))? {
            RedirectMode::JsEvents => Redirect::js_events(),
            RedirectMode::RedirectUri => {
                let back = |how: &str| format!("{shop}/demo/?back={how}");
                Redirect::to(back("success"), back("exit"))
            }
        };
        let mut request = GuaranteedEft::new(Payor::new("Sample", "Payor"))
            .payee(Payee::new("999", "60265", "9876541"))
            .reference_id(&self.scenario)
            .show_consent_screen(self.consent)
            .redirect(redirect);
        if !self.language.is_empty() {
            request = request.language(&self.language);
        }
        if !self.amount.trim().is_empty() {
            request = request.amount(self.amount.trim());
        }
        request.build().map_err(|violations| violations.to_string())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Decision {
    accept: bool,
}

async fn create(State(shop): State<Arc<Shop>>, headers: HeaderMap, body: Sent) -> Response {
    let Some(order) = object::<Order>(body) else {
        return bad("an object with scenario, language, amount, mode and consent is expected");
    };
    let host = headers.get(header::HOST);
    let host = host.and_then(|host| host.to_str().ok());
    let hosted = hosted_origin(&headers).and_then(|origin| Environment::custom(&origin).ok());
    let (Some(host), Some(hosted)) = (host, hosted) else {
        return bad("the host is expected to have a port");
    };
    let request = match order.request(&format!("http://{host}")) {
        Ok(request) => request,
        Err(why) => return bad(&why),
    };
    let title = match request.language() {
        Some(Language::Fr) => "Payer depuis votre compte bancaire",
        _ => "Pay from your bank account",
    };
    let id = match shop.create(&request).await {
        Ok(id) => id,
        Err(trouble) => return told(&trouble),
    };
    let page = HostedPage::new(&hosted, &id);
    let created = json!({
        "sessionId": id,
        "page": page.url().as_str(),
        "origin": page.origin(),
        "title": title,
    });
    reply::data(StatusCode::CREATED, &created)
}

/// What the shop's backend knows of a session: what the status operation answers, in short.
async fn status(State(shop): State<Arc<Shop>>, Asked(id): Asked) -> Response {
    let Some(id) = id else {
        return unknown();
    };
    match shop.status(&id).await {
        Ok(status) => reply::data(StatusCode::OK, &status),
        Err(trouble) => told(&trouble),
    }
}

/// The shop takes a guarantee, or rejects it.
async fn decide(State(shop): State<Arc<Shop>>, Asked(id): Asked, body: Sent) -> Response {
    let Some(Decision { accept }) = object(body) else {
        return bad("an object with `accept` is expected");
    };
    let Some(id) = id else {
        return unknown();
    };
    match shop.decide(&id, accept).await {
        Ok(()) => reply::data(StatusCode::OK, &json!({})),
        Err(trouble) => told(&trouble),
    }
}

/// A body, or that it is too long or did not arrive whole.
type Sent = Result<Bytes, BytesRejection>;

fn object<T: DeserializeOwned>(body: Sent) -> Option<T> {
    let body: Value = serde_json::from_slice(&body.ok()?).ok()?;
    // serde alone would take the members in an array, too.
    body.is_object()
        .then(|| serde_json::from_value(body).ok())
        .flatten()
}

fn bad(why: &str) -> Response {
    refusal(StatusCode::BAD_REQUEST, "invalid_request", why, None)
}

fn told(trouble: &Trouble) -> Response {
    refusal(trouble.status, trouble.code, &trouble.why, None)
}

fn unknown() -> Response {
    let why = "no session of this simulator has that id";
    refusal(StatusCode::NOT_FOUND, "not_found", why, None)
}
