//! The API over HTTP: which handler answers what. Every exchange goes through the [record](record::record).

mod answer;
mod asked;
mod authorize;
mod caller;
mod control;
mod create;
mod media_type;
mod record;
mod sessions;

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware;
use axum::routing::{get, post};

use self::answer::Answer;
use super::world::Core;

pub(super) fn router(core: Arc<Core>) -> Router {
    let api = Router::new()
        .route("/api/v1/authorize", post(authorize::authorize))
        .route("/api/v2/sessions", post(create::create))
        .route("/api/v2/sessions/{session}/status", get(sessions::status))
        .route("/api/v2/sessions/{session}/details", get(sessions::details))
        .route("/api/v2/sessions/{session}/cancel", post(sessions::cancel))
        .route(
            "/api/v2/sessions/{session}/guarantees/confirm",
            post(sessions::confirm),
        )
        .fallback(no_such_path)
        .method_not_allowed_fallback(no_such_method)
        .layer(middleware::from_fn_with_state(
            Arc::clone(&core),
            record::record,
        ))
        .with_state(Arc::clone(&core));
    control::router(core).fallback_service(api)
}

async fn no_such_path() -> Answer {
    Answer::error(
        StatusCode::NOT_FOUND,
        "not_found",
        "no operation has this path",
    )
}

async fn no_such_method() -> Answer {
    let status = StatusCode::METHOD_NOT_ALLOWED;
    Answer::error(
        status,
        "method_not_allowed",
        "the operation has another method",
    )
}
