//! The event that a session has come to another status, as it is written.

use std::time::SystemTime;

use bytes::Bytes;
use serde::{Serialize, Serializer};

use crate::domain::{Amount, ReportedReference, SessionId};
use crate::sandbox::timestamp::rfc3339;
use crate::session::StatusDetails;

/// What a receiver is told of a session: when, and the members that the status operation answers (WST).
///
/// No page has the whole body. This is the one that a sandbox sends, and `flinks-pay webhook send`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StatusEvent {
    /// When the session came to the status; written in whole seconds.
    #[serde(serialize_with = "in_seconds")]
    pub when: SystemTime,
    /// The session.
    pub session_id: SessionId,
    /// Its reference, if it has one.
    pub reference_id: Option<ReportedReference>,
    /// What is to be paid, once that is known.
    pub amount: Option<Amount>,
    /// The status, as it is spelled.
    pub status: String,
    /// Why it has this status.
    pub status_details: Option<StatusDetails>,
}

impl StatusEvent {
    /// Returns the bytes to be sent.
    #[must_use]
    pub fn body(&self) -> Bytes {
        // Texts and a number: nothing that JSON could not hold.
        serde_json::to_vec(self).unwrap_or_default().into()
    }
}

fn in_seconds<S: Serializer>(when: &SystemTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&rfc3339(*when))
}
