//! The answer to a guarantee decision.

use serde::{Deserialize, Serialize};

use super::Extra;
use crate::domain::{ReportedReference, SessionId};

/// The session whose guarantee was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ConfirmedGuarantee {
    /// Identifies the session, and opens its hosted page to whoever holds it.
    pub session_id: SessionId,
    /// The reference that was sent, if one was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference_id: Option<ReportedReference>,
    /// Members that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}
