//! The control API under `/_sandbox`: what [`control`](crate::sandbox::control) describes, for callers on this machine.

mod clock;
mod journal;
mod sessions;
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
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::sandbox::control::About;
use crate::sandbox::error::SandboxError;
use crate::sandbox::http::answer::Answer;
use crate::sandbox::http::exchange::MAX_REQUEST_BYTES;
use crate::sandbox::world::Core;

pub(in crate::sandbox::http) fn router(core: Arc<Core>) -> Router {
    let control = Router::new()
        .route("/", get(about))
        .route("/sessions/{session}/step", post(sessions::step))
        .route("/clock/advance", post(clock::advance))
        .route("/journal", get(journal::journal))
        .route(
            "/webhooks",
            get(webhooks::get)
                .put(webhooks::put)
                .delete(webhooks::delete),
        )
        .route("/webhooks/deliveries", get(webhooks::deliveries))
        .fallback(super::no_such_path)
        .method_not_allowed_fallback(super::no_such_method)
        .layer(DefaultBodyLimit::max(MAX_REQUEST_BYTES))
        .layer(middleware::from_fn(this_machine_only))
        .with_state(core);
    Router::new().nest("/_sandbox", control)
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
fn is_loopback(host: &str) -> bool {
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

/// What a body says, if it is a JSON object; serde alone would take the members in an array, too.
fn object<T: DeserializeOwned>(body: Sent) -> Option<T> {
    let body: Value = serde_json::from_slice(&body.ok()?).ok()?;
    body.is_object()
        .then(|| serde_json::from_value(body).ok())
        .flatten()
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
        _ => (StatusCode::INTERNAL_SERVER_ERROR, "server_error"),
    };
    Answer::error(status, code, &error.to_string())
}
