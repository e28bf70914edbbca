//! Reading the journal, and clearing it.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use crate::sandbox::control::{Forgotten, JournalReport};
use crate::sandbox::world::Core;

pub(super) async fn journal(State(core): State<Arc<Core>>) -> Json<JournalReport> {
    let snapshot = core.world().journal.snapshot();
    Json(JournalReport {
        exchanges: snapshot.read(),
        dropped: snapshot.dropped,
    })
}

pub(super) async fn clear(State(core): State<Arc<Core>>) -> Json<Forgotten> {
    Json(Forgotten {
        exchanges: core.world().journal.clear(),
        ..Forgotten::default()
    })
}
