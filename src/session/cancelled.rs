//! The answer to a cancel.

use serde::{Deserialize, Serialize};

use super::{Extra, SessionStatus, StatusDetails, StatusReport};
use crate::domain::{ReportedReference, SessionId};

/// The session that was ended.
///
/// A null member is read as an absent one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CancelledSession {
    /// The session that was cancelled.
    pub session_id: SessionId,
    /// The reference that was sent, if one was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference_id: Option<ReportedReference>,
    /// Cancelled, in either spelling; anything else is kept and contradicts the contract.
    pub status: SessionStatus,
    /// EFT0501, where it is sent at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_details: Option<StatusDetails>,
    /// Members that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What a status report says of a session that has been cancelled.
impl From<StatusReport> for CancelledSession {
    fn from(report: StatusReport) -> Self {
        let StatusReport {
            session_id,
            reference_id,
            amount: _,
            status,
            status_details,
            extra,
        } = report;
        Self {
            session_id,
            reference_id,
            status,
            status_details,
            extra,
        }
    }
}
