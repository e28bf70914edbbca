//! The answer to a details request: everything known about a session.

use serde::{Deserialize, Serialize};
use serde_json::Number;

use super::member;
use super::{
    Extra, GuaranteeDetails, Open, OptionsReport, PayeeReport, PayorReport, SessionStatus,
    StatusDetails, Step,
};
use crate::domain::{
    Currency, Direction, PaymentType, ReportedAmount, ReportedReference, SessionId,
};

/// Everything known about a session. Most members appear only as the payor goes on.
///
/// A null member is read as an absent one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SessionDetails {
    /// The session that was asked about.
    pub session_id: SessionId,
    /// The status.
    pub status: SessionStatus,
    /// Why the session has this status. Not every page that describes this answer has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_details: Option<StatusDetails>,
    /// Where the payor is in the hosted page.
    #[serde(
        default,
        deserialize_with = "member::object",
        skip_serializing_if = "Option::is_none"
    )]
    pub step: Option<StepReport>,
    /// The reference that was sent, if one was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference_id: Option<ReportedReference>,
    /// Canadian dollars; `None` while the payor has not chosen an amount. It may differ from the amount that was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<ReportedAmount>,
    /// The payment rail; `type` on the wire.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub payment_type: Option<Open<PaymentType>>,
    /// Where the money moves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<Open<Direction>>,
    /// The currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Open<Currency>>,
    /// The options that were sent.
    #[serde(
        default,
        deserialize_with = "member::object",
        skip_serializing_if = "Option::is_none"
    )]
    pub options: Option<OptionsReport>,
    /// The person who is debited, with the bank account once it is verified.
    #[serde(
        default,
        deserialize_with = "member::object",
        skip_serializing_if = "Option::is_none"
    )]
    pub payor: Option<PayorReport>,
    /// Where the money goes; `None` for a regular EFT.
    #[serde(
        default,
        deserialize_with = "member::object",
        skip_serializing_if = "Option::is_none"
    )]
    pub payee: Option<PayeeReport>,
    /// What Flinks offers to guarantee, and why.
    #[serde(
        default,
        deserialize_with = "member::object",
        skip_serializing_if = "Option::is_none"
    )]
    pub guarantee_details: Option<GuaranteeDetails>,
    /// How the payor's name compares with the account holder's.
    #[serde(
        default,
        deserialize_with = "member::object",
        skip_serializing_if = "Option::is_none"
    )]
    pub user_details: Option<UserDetails>,
    /// When the session was created, as it was written (a date and time by the contract).
    #[serde(
        default,
        deserialize_with = "member::optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub created_at: Option<String>,
    /// Members that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Where the payor is in the hosted page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct StepReport {
    /// The screen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current: Option<Step>,
    /// An id in another Flinks system, useful to their support.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aggregation_request_id: Option<ReportedReference>,
    /// The debit agreement, once there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pad_id: Option<ReportedReference>,
    /// Members that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// How the payor's name compares with the account holder's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UserDetails {
    /// Whether the names were compared.
    #[serde(
        default,
        deserialize_with = "member::flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub matching_performed: Option<bool>,
    /// Likeness of the two names, 0 to 100. The passing mark is not published.
    #[serde(
        default,
        deserialize_with = "member::number",
        skip_serializing_if = "Option::is_none"
    )]
    pub name_match: Option<Number>,
    /// Members that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}
