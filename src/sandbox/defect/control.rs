//! What the control API does and tells.

use std::time::Duration;

use axum::http::StatusCode;

use super::{Defect, Planted};

/// How far the time is moved that is to be moved so far.
pub(in crate::sandbox) fn moved(planted: Planted, by: Duration) -> Duration {
    if planted.is(Defect::ClockStandsStill) {
        Duration::ZERO
    } else {
        by
    }
}

/// Whether an exchange with this answer is written down.
pub(in crate::sandbox) fn is_noted(planted: Planted, status: StatusCode) -> bool {
    !(planted.is(Defect::JournalMissesRefusals) && status.is_client_error())
}

/// The sessions that are listed, of these.
pub(in crate::sandbox) fn listed<T>(planted: Planted, mut sessions: Vec<T>) -> Vec<T> {
    if planted.is(Defect::ListMissesNewest) {
        sessions.pop();
    }
    sessions
}
