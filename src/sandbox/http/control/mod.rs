//! The control API under `/_sandbox`: what [`control`](crate::sandbox::control) describes, for callers on this machine.

mod clock;
mod faults;
mod journal;
mod reset;
mod sessions;
mod violations;
mod webhooks;

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::uri::Authority;
use axum::http::{HeaderName, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, delete, get, post, put};
use axum::{Json, Router};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::sandbox::control::About;
use crate::sandbox::error::SandboxError;
use crate::sandbox::http::answer::Answer;
use crate::sandbox::http::exchange::MAX_REQUEST_BYTES;
use crate::sandbox::world::Core;

pub(in crate::sandbox::http) fn router(core: Arc<Core>) -> Router {
    let control = routes()
        .into_iter()
        .fold(Router::new(), |control, (_, path, handler)| {
            control.route(path, handler)
        })
        .fallback(super::no_such_path)
        .method_not_allowed_fallback(super::no_such_method)
        .layer(DefaultBodyLimit::max(MAX_REQUEST_BYTES))
        .layer(middleware::from_fn(this_machine_only))
        .with_state(core);
    // A client that joins the address and the path `/` of the description asks with a slash at the end.
    let slashed = get(about).layer(middleware::from_fn(this_machine_only));
    Router::new()
        .nest("/_sandbox", control)
        .route("/_sandbox/", slashed)
}

/// Every call: its method, its path, and what answers it. `openapi/sandbox-control.yaml` has the same ones, as a test sees to.
fn routes() -> Vec<(&'static str, &'static str, MethodRouter<Arc<Core>>)> {
    vec![
        ("GET", "/", get(about)),
        ("GET", "/sessions", get(sessions::list)),
        ("POST", "/sessions", post(sessions::prepare)),
        ("POST", "/sessions/{sessionId}/step", post(sessions::step)),
        ("POST", "/clock/advance", post(clock::advance)),
        ("GET", "/journal", get(journal::journal)),
        ("DELETE", "/journal", delete(journal::clear)),
        ("GET", "/violations", get(violations::violations)),
        ("GET", "/webhooks", get(webhooks::get)),
        ("PUT", "/webhooks", put(webhooks::put)),
        ("DELETE", "/webhooks", delete(webhooks::delete)),
        ("GET", "/webhooks/deliveries", get(webhooks::deliveries)),
        ("GET", "/faults", get(faults::list)),
        ("POST", "/faults", post(faults::add)),
        ("DELETE", "/faults", delete(faults::clear)),
        ("DELETE", "/faults/{id}", delete(faults::remove)),
        ("POST", "/connections/refuse", post(faults::refuse)),
        ("POST", "/reset", post(reset::reset)),
    ]
}

/// The socket is on a loopback address, so the peer is on this machine. A page in a browser on this machine may be led here
/// by a name that resolves to it, or post here from its own origin, so the name and the origin have to be loopback ones, too.
async fn this_machine_only(request: Request, next: Next) -> Response {
    let host = text(&request, &header::HOST).is_some_and(is_loopback);
    // A page without an origin to speak of sends `null`, which is no URL.
    let origin = text(&request, &header::ORIGIN).is_none_or(|origin| {
        let authority = origin.split_once("://").map(|(_, authority)| authority);
        authority.is_some_and(is_loopback)
    });
    if host && origin {
        next.run(request).await
    } else {
        let why = "the control API answers to callers on this machine, under a loopback name";
        Answer::error(StatusCode::FORBIDDEN, "forbidden", why).into_response()
    }
}

fn text<'r>(request: &'r Request, name: &HeaderName) -> Option<&'r str> {
    let value = request.headers().get(name)?;
    Some(value.to_str().unwrap_or_default())
}

/// Whether a host, with or without a port, is this machine by its name.
pub(in crate::sandbox) fn is_loopback(host: &str) -> bool {
    host.parse::<Authority>().is_ok_and(|authority| {
        let name = authority
            .host()
            .trim_start_matches('[')
            .trim_end_matches(']');
        name.eq_ignore_ascii_case("localhost")
            || name
                .parse::<IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    })
}

/// A body, or that it is too long or did not arrive whole. axum by itself would answer that in plain text.
type Sent = Result<Bytes, BytesRejection>;

/// What a body says, if it is a JSON object.
fn object<T: DeserializeOwned>(body: Sent) -> Option<T> {
    let body: Value = serde_json::from_slice(&body.ok()?).ok()?;
    (body.is_object() && list(&body, "").is_none())
        .then(|| serde_json::from_value(body).ok())
        .flatten()
}

/// The members that are lists.
const LISTS: [&str; 3] = ["operations", "pointers", "script"];

/// The members that are any JSON, or are read elsewhere.
const ANYTHING: [&str; 3] = ["members", "request", "value"];

/// Where there is a list in a place where none is expected. serde alone would take it for an object with its members in order.
fn list(document: &Value, at: &str) -> Option<String> {
    match document {
        Value::Object(members) => members
            .iter()
            .filter(|(name, _)| !ANYTHING.contains(&name.as_str()))
            .find_map(|(name, value)| {
                let at = if at.is_empty() {
                    name.clone()
                } else {
                    format!("{at}.{name}")
                };
                let misplaced = value.is_array() && !LISTS.contains(&name.as_str());
                if misplaced {
                    Some(at)
                } else {
                    list(value, &at)
                }
            }),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(index, item)| list(item, &format!("{at}[{index}]"))),
        _ => None,
    }
}

/// What a body says, or where it says something else than what is expected. Nothing but an object is taken.
fn document<T: DeserializeOwned>(body: Sent) -> Result<T, Answer> {
    let body = body.map_err(|_| invalid("a JSON object of at most 65,536 bytes is expected"))?;
    if body.trim_ascii_start().first() != Some(&b'{') {
        return Err(invalid("a JSON object is expected"));
    }
    let mut json = serde_json::Deserializer::from_slice(&body);
    let read = serde_path_to_error::deserialize(&mut json);
    let read = read.map_err(|error| {
        let path = error.path().to_string();
        let error = error.into_inner();
        match path.as_str() {
            "." => invalid(&format!("the document cannot be read: {error}")),
            path => invalid(&format!("at `{path}`: {error}")),
        }
    })?;
    json.end()
        .map_err(|_| invalid("one JSON object is expected, and nothing behind it"))?;
    // It has been read once.
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    match list(&body, "") {
        Some(path) => Err(invalid(&format!("at `{path}`: no list is expected"))),
        None => Ok(read),
    }
}

async fn about() -> Json<About> {
    Json(About::this())
}

fn invalid(why: &str) -> Answer {
    Answer::error(StatusCode::BAD_REQUEST, "invalid_request", why)
}

fn refusal(error: &SandboxError) -> Answer {
    let (status, code) = match error {
        SandboxError::UnknownSession => (StatusCode::NOT_FOUND, "not_found"),
        SandboxError::SessionEnded { .. } => (StatusCode::CONFLICT, "session_ended"),
        SandboxError::PayorLeft => (StatusCode::CONFLICT, "payor_left"),
        SandboxError::DecisionPending => (StatusCode::CONFLICT, "decision_pending"),
        SandboxError::AmountRefused { .. } => (StatusCode::CONFLICT, "amount_refused"),
        SandboxError::Unreachable { .. } => (StatusCode::CONFLICT, "unreachable"),
        SandboxError::TooManyFaults { .. } => (StatusCode::CONFLICT, "too_many_faults"),
        SandboxError::FaultRule { .. } | SandboxError::Request(_) => {
            (StatusCode::BAD_REQUEST, "invalid_request")
        }
        _ => (StatusCode::INTERNAL_SERVER_ERROR, "server_error"),
    };
    Answer::error(status, code, &error.to_string())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::routes;
    use crate::spec::{Document, Node};

    #[test]
    fn the_document_has_the_calls_that_there_are_and_no_others() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/sandbox-control.yaml");
        let document = Document::read(&path).unwrap_or_else(|error| panic!("{}", error.report()));
        let paths = document.root().get("paths").and_then(Node::as_object);
        let described: BTreeSet<(String, String)> = paths
            .unwrap()
            .iter()
            .flat_map(|(path, _, methods)| {
                let methods = methods.as_object().unwrap().iter();
                methods.map(|(method, _, _)| (method.to_uppercase(), path.to_owned()))
            })
            .collect();
        let routes: BTreeSet<(String, String)> = routes()
            .into_iter()
            .map(|(method, path, _)| (method.to_owned(), path.to_owned()))
            .collect();
        assert_eq!(routes, described);
    }
}
