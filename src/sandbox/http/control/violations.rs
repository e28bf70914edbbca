//! What the judge has found.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use crate::sandbox::judge::ViolationsReport;
use crate::sandbox::world::Core;

pub(super) async fn violations(State(core): State<Arc<Core>>) -> Json<ViolationsReport> {
    Json(core.world().tally.report())
}
