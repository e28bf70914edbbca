//! Reading the journal.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use crate::sandbox::control::JournalReport;
use crate::sandbox::world::Core;

pub(super) async fn journal(State(core): State<Arc<Core>>) -> Json<JournalReport> {
    let world = core.world();
    Json(JournalReport {
        exchanges: world.journal.exchanges(),
        dropped: world.journal.dropped(),
    })
}
