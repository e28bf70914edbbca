//! Forgetting everything.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use crate::sandbox::control::Forgotten;
use crate::sandbox::world::Core;

pub(super) async fn reset(State(core): State<Arc<Core>>) -> Json<Forgotten> {
    Json(core.reset())
}
