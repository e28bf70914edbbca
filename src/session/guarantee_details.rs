//! What Flinks offers to guarantee.

use serde::{Deserialize, Serialize};

use super::member;
use super::{Extra, GuaranteedEftType, RiskLevel};
use crate::domain::ReportedAmount;

/// What Flinks offers to guarantee, and why (S1).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GuaranteeDetails {
    /// Whether a guarantee is offered.
    #[serde(
        default,
        deserialize_with = "member::flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub guarantee_offered: Option<bool>,
    /// Whether it is accepted; `None` while undecided.
    #[serde(
        default,
        deserialize_with = "member::flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub guarantee_accepted: Option<bool>,
    /// The most that would be guaranteed, in Canadian dollars.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub highest_debit_amount_to_guarantee: Option<ReportedAmount>,
    /// The rating of the whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overall_risk_level: Option<RiskLevel>,
    /// The rating of this payment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction_risk_level: Option<RiskLevel>,
    /// The rating of the payor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_risk_level: Option<RiskLevel>,
    /// The rating of everything else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_risk_level: Option<RiskLevel>,
    /// How much of the amount the guarantee covers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guaranteed_eft_type: Option<GuaranteedEftType>,
    /// Members that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl GuaranteeDetails {
    /// Returns whether a guarantee is on offer that nobody has taken or rejected.
    #[must_use]
    pub fn is_undecided(&self) -> bool {
        self.guarantee_offered == Some(true) && self.guarantee_accepted.is_none()
    }
}
