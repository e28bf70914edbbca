//! The control API under `/_sandbox`: what [`control`](crate::sandbox::control) describes, for callers on this machine.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};

use super::answer::Answer;
use super::record::MAX_REQUEST_BYTES;
use crate::domain::SessionId;
use crate::sandbox::behaviour::Behaviour;
use crate::sandbox::control::{About, Advance, Advanced, JournalReport};
use crate::sandbox::error::SandboxError;
use crate::sandbox::world::Core;

pub(super) fn router(core: Arc<Core>) -> Router {
    let control = Router::new()
        .route("/", get(about))
        .route("/sessions/{session}/step", post(step))
        .route("/clock/advance", post(advance))
        .route("/journal", get(journal))
        .fallback(super::no_such_path)
        .method_not_allowed_fallback(super::no_such_method)
        .layer(DefaultBodyLimit::max(MAX_REQUEST_BYTES))
        .layer(middleware::from_fn(this_machine_only))
        .with_state(core);
    Router::new().nest("/_sandbox", control)
}

/// The socket is on a loopback address, so the peer is on this machine. A page in a browser on this machine may be led here
/// by a name that resolves to it, so the name has to be a loopback one, too.
async fn this_machine_only(request: Request, next: Next) -> Response {
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .and_then(|host| host.parse::<axum::http::uri::Authority>().ok());
    let loopback = host.is_some_and(|authority| {
        let name = authority
            .host()
            .trim_start_matches('[')
            .trim_end_matches(']');
        name.eq_ignore_ascii_case("localhost")
            || name
                .parse::<IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    });
    if loopback {
        next.run(request).await
    } else {
        let why = "the control API answers to callers on this machine, under a loopback name";
        Answer::error(StatusCode::FORBIDDEN, "forbidden", why).into_response()
    }
}

async fn about() -> Json<About> {
    Json(About::this())
}

async fn step(State(core): State<Arc<Core>>, Path(id): Path<String>, body: Bytes) -> Response {
    let behaviour = if body.is_empty() {
        Ok(Behaviour::default())
    } else {
        serde_json::from_slice(&body)
    };
    let Ok(behaviour) = behaviour else {
        return invalid("the body is empty, or an object of what the payor does otherwise")
            .into_response();
    };
    let played = SessionId::new(&id)
        .map_err(|_| SandboxError::UnknownSession)
        .and_then(|id| core.play(&id, &behaviour));
    match played {
        Ok(played) => Json(played).into_response(),
        Err(error) => refusal(&error).into_response(),
    }
}

async fn advance(State(core): State<Arc<Core>>, body: Bytes) -> Response {
    match serde_json::from_slice::<Advance>(&body) {
        Ok(Advance { seconds }) => {
            let moved = core.clock.advance(Duration::from_secs(seconds));
            Json(Advanced {
                moved_seconds: moved.as_secs(),
            })
            .into_response()
        }
        Err(_) => invalid("an object with `seconds` is expected, a whole number").into_response(),
    }
}

async fn journal(State(core): State<Arc<Core>>) -> Json<JournalReport> {
    let world = core.world();
    Json(JournalReport {
        exchanges: world.journal.exchanges(),
        dropped: world.journal.dropped(),
    })
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
