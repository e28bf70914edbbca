//! The hosted page of the simulator, and a shop that embeds it.
//!
//! `/app/` is the page that the payor sees: the documents, and two endpoints that it looks and acts by. `/demo/` plays the
//! merchant, in process. Neither is part of the API, so nothing of them is in the journal.

mod app;
mod demo;
mod guard;
mod reply;
mod texts;
mod turn;
mod view;

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;

use super::world::Core;

pub(super) fn router(core: Arc<Core>) -> Router {
    app::router()
        .merge(demo::router())
        .method_not_allowed_fallback(async || {
            let why = "what has this path is asked for by another method";
            reply::refusal(
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                why,
                None,
            )
        })
        .with_state(core)
}
