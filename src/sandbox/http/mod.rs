//! The API over HTTP: which handler answers what. Every exchange goes through the [record](exchange::exchange).

mod answer;
mod asked;
mod authorize;
pub(super) mod caller;
mod control;
mod create;
mod desk;
mod exchange;
mod judged;
pub(super) mod media_type;
#[cfg(test)]
mod planted;
mod sessions;
mod trouble;

use std::sync::Arc;

use axum::http::StatusCode;
use axum::routing::{MethodRouter, get, post};
use axum::{Router, middleware};
use url::Url;

use self::answer::Answer;
use super::page;
use super::world::Core;

use crate::session::Operation;
pub(super) use asked::Asked;
pub(super) use control::is_loopback;
pub(super) use desk::Desks;

/// Everything that a simulator answers which is reached at `base`.
pub(super) fn router(core: Arc<Core>, base: &Url) -> Router {
    let api = Operation::ALL
        .iter()
        .fold(Router::new(), |api, &operation| {
            api.route(operation.path(), handler(operation))
        });
    around(core, api, base)
}

/// Puts the record around the operations, and the control API beside them.
fn around(core: Arc<Core>, operations: Router<Arc<Core>>, base: &Url) -> Router {
    let api = operations
        .fallback(no_such_path)
        .method_not_allowed_fallback(no_such_method)
        .layer(middleware::from_fn_with_state(
            Arc::clone(&core),
            exchange::exchange,
        ))
        .with_state(Arc::clone(&core));
    control::router(Arc::clone(&core))
        .merge(page::router(core, base))
        .fallback_service(api)
}

fn handler(operation: Operation) -> MethodRouter<Arc<Core>> {
    match operation {
        Operation::Authorize => post(authorize::authorize),
        Operation::CreateSession => post(create::create),
        Operation::GetSessionStatus => get(sessions::status),
        Operation::GetSessionDetails => get(sessions::details),
        Operation::CancelSession => post(sessions::cancel),
        Operation::ConfirmGuarantee => post(sessions::confirm),
    }
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
