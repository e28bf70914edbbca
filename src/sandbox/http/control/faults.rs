//! What goes wrong on demand.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::{Sent, document, invalid, refusal};
use crate::sandbox::control::Refusal;
use crate::sandbox::fault::{FaultList, FaultRule, Faults};
use crate::sandbox::http::answer::Answer;
use crate::sandbox::world::Core;

pub(super) async fn add(State(core): State<Arc<Core>>, body: Sent) -> Response {
    let rule: FaultRule = match document(body) {
        Ok(rule) => rule,
        Err(answer) => return answer.into_response(),
    };
    match core.fault(rule) {
        Ok(standing) => (StatusCode::CREATED, Json(standing)).into_response(),
        Err(error) => refusal(&error).into_response(),
    }
}

pub(super) async fn list(State(core): State<Arc<Core>>) -> Json<FaultList> {
    Json(core.world().faults.list())
}

pub(super) async fn clear(State(core): State<Arc<Core>>) -> Json<FaultList> {
    Json(core.on_faults(Faults::clear))
}

pub(super) async fn remove(
    State(core): State<Arc<Core>>,
    path: Result<Path<String>, axum::extract::rejection::PathRejection>,
) -> Response {
    let id = path.ok().and_then(|Path(text)| text.parse().ok());
    let removed = id.and_then(|id| core.on_faults(|faults| faults.remove(id)));
    let Some(standing) = removed else {
        let why = "no fault rule has that id";
        return Answer::error(StatusCode::NOT_FOUND, "not_found", why).into_response();
    };
    Json(standing).into_response()
}

pub(super) async fn refuse(State(core): State<Arc<Core>>, body: Sent) -> Response {
    const DAY: u32 = 24 * 60 * 60;
    let order: Refusal = match document(body) {
        Ok(order) => order,
        Err(answer) => return answer.into_response(),
    };
    if !(1..=DAY).contains(&order.seconds) {
        return invalid("at `seconds`: from 1 to a day, 86,400, is expected").into_response();
    }
    let time = Duration::from_secs(order.seconds.into());
    match core.refuse_connections(Some(time)).await {
        Ok(()) => Json(order).into_response(),
        Err(error) => refusal(&error).into_response(),
    }
}
