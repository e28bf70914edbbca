//! The answer to a status request.

use serde::{Deserialize, Serialize};

use super::{Extra, SessionStatus, StatusDetails};
use crate::domain::{ReportedAmount, ReportedReference, SessionId};

/// How far a session has come.
///
/// A null member is read as an absent one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct StatusReport {
    /// The session that was asked about.
    pub session_id: SessionId,
    /// The reference that was sent, if one was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference_id: Option<ReportedReference>,
    /// Canadian dollars; `None` while the payor has not chosen an amount. It may differ from the amount that was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<ReportedAmount>,
    /// The status.
    pub status: SessionStatus,
    /// Why the session has this status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_details: Option<StatusDetails>,
    /// Members that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}
