//! The answer to a status request.

use serde::{Deserialize, Serialize};

use super::{Extra, Outcome, SessionStatus, StatusDetails};
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

impl StatusReport {
    /// Returns whether the session has ended, so that there is nothing more to wait for. `Completed` with EFT0302 has
    /// not: see [`SessionStatus::is_final`].
    #[must_use]
    pub fn is_final(&self) -> bool {
        self.status.is_final(self.status_details.as_ref())
    }

    /// Returns whether the debit is scheduled: see [`SessionStatus::is_scheduled`].
    #[must_use]
    pub fn is_scheduled(&self) -> bool {
        self.status.is_scheduled(self.status_details.as_ref())
    }

    /// Returns how the session has come out; nothing while it is open.
    #[must_use]
    pub fn outcome(&self) -> Option<Outcome> {
        Outcome::of(&self.status, self.status_details.as_ref())
    }

    /// Returns whether status and code contradict each other, such as `Failed` with EFT0301 (rule
    /// `status-and-code-agree`).
    #[must_use]
    pub fn contradicts_itself(&self) -> bool {
        self.status.contradicts(self.status_details.as_ref())
    }
}
