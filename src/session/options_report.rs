//! The options of a session, as a details answer repeats them.

use serde::{Deserialize, Serialize};

use super::member;
use super::{Extra, Open};
use crate::domain::{Language, Private, RedirectMode, ReportedAmount};

/// The options that were sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct OptionsReport {
    /// Whether a guarantee was asked for.
    #[serde(
        default,
        deserialize_with = "member::object",
        skip_serializing_if = "Option::is_none"
    )]
    pub guarantee: Option<GuaranteeReport>,
    /// How the payor is addressed.
    #[serde(
        default,
        deserialize_with = "member::object",
        skip_serializing_if = "Option::is_none"
    )]
    pub notification_preferences: Option<NotificationReport>,
    /// Whether the consent screen is shown.
    #[serde(
        default,
        deserialize_with = "member::flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub show_consent_screen: Option<bool>,
    /// Bounds on the amount.
    #[serde(
        default,
        deserialize_with = "member::object",
        skip_serializing_if = "Option::is_none"
    )]
    pub limits: Option<LimitsReport>,
    /// Whether the payor may change the amount.
    #[serde(
        default,
        deserialize_with = "member::flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub amount_modification: Option<bool>,
    /// How the payor is handed back.
    #[serde(
        default,
        deserialize_with = "member::object",
        skip_serializing_if = "Option::is_none"
    )]
    pub redirect_preferences: Option<RedirectReport>,
    /// Members that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Whether a guarantee was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GuaranteeReport {
    /// True for Guaranteed EFT.
    #[serde(
        default,
        deserialize_with = "member::flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub enable: Option<bool>,
    /// Members that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// How the payor is addressed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct NotificationReport {
    /// The language of the hosted page and of notifications.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Open<Language>>,
    /// Members that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Bounds on the amount, in Canadian dollars.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LimitsReport {
    /// The least that the payor may pay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum_amount: Option<ReportedAmount>,
    /// The most that the payor may pay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maximum_amount: Option<ReportedAmount>,
    /// Members that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// How the payor is handed back. The URLs may carry an order number or a token, so they are [`Private`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RedirectReport {
    /// Messages to the embedding page, or a redirect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<Open<RedirectMode>>,
    /// Where a finished payor goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url_success: Option<Private>,
    /// Where a payor goes who leaves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url_exit: Option<Private>,
    /// Members that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}
