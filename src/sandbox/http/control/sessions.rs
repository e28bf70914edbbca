//! Playing the payor of a session.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::{Sent, invalid, object, refusal};
use crate::sandbox::behaviour::Behaviour;
use crate::sandbox::error::SandboxError;
use crate::sandbox::http::asked::Asked;
use crate::sandbox::world::Core;

pub(super) async fn step(State(core): State<Arc<Core>>, Asked(id): Asked, body: Sent) -> Response {
    let behaviour = match body {
        Ok(body) if body.is_empty() => Some(Behaviour::default()),
        body => object(body),
    };
    let Some(behaviour) = behaviour else {
        return invalid("the body is empty, or an object of what the payor does otherwise")
            .into_response();
    };
    let played = id
        .ok_or(SandboxError::UnknownSession)
        .and_then(|id| core.play(&id, &behaviour));
    match played {
        Ok(played) => Json(played).into_response(),
        Err(error) => refusal(&error).into_response(),
    }
}
