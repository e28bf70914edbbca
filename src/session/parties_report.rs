//! The two parties of a session, as a details answer reports them.
//!
//! Everything here identifies a person or an account, so every text is [`Private`]: `Debug` hides it, `expose()` gives it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Extra;
use super::member;
use crate::domain::{Private, ReportedAmount};

/// The person who is debited.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PayorReport {
    /// As sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<Private>,
    /// As sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<Private>,
    /// As sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<Private>,
    /// As sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub middle_name: Option<Private>,
    /// The verified account, as the reply had it. Read it through [`account`](Self::account): before the payor has logged
    /// in, the sources disagree on whether this is null, absent or an empty object.
    #[serde(
        default,
        deserialize_with = "member::object",
        skip_serializing_if = "Option::is_none"
    )]
    pub account: Option<PayorAccount>,
    /// As sent.
    #[serde(
        default,
        deserialize_with = "member::object",
        skip_serializing_if = "Option::is_none"
    )]
    pub address: Option<AddressReport>,
    /// Members that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl PayorReport {
    /// Returns the verified account, or `None` while there is none, whichever way the reply says so.
    #[must_use]
    pub fn account(&self) -> Option<&PayorAccount> {
        self.account.as_ref().filter(|account| !account.is_empty())
    }
}

/// The payor's verified account.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PayorAccount {
    /// The bank.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub institution_code: Option<Private>,
    /// The branch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transit_number: Option<Private>,
    /// The account number, in full or masked to its last four digits: the sources disagree.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_number: Option<Private>,
    /// A display name, which may contain the last digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_label: Option<Private>,
    /// Canadian dollars. `Debug` hides it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available_balance: Option<ReportedAmount>,
    /// Members that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl PayorAccount {
    /// Returns the account number as `****` and at most its last four digits, whether the reply had it masked or in full.
    #[must_use]
    pub fn masked_number(&self) -> Option<String> {
        self.account_number.as_ref().map(masked)
    }

    /// Whether the reply had an account object with nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let Self {
            institution_code,
            transit_number,
            account_number,
            account_label,
            available_balance,
            extra,
        } = self;
        let texts = [
            institution_code,
            transit_number,
            account_number,
            account_label,
        ];
        texts.into_iter().all(Option::is_none) && available_balance.is_none() && extra.is_empty()
    }
}

impl fmt::Debug for PayorAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PayorAccount")
            .field("institution_code", &self.institution_code)
            .field("transit_number", &self.transit_number)
            .field("account_number", &self.account_number)
            .field("account_label", &self.account_label)
            .field(
                "available_balance",
                &self
                    .available_balance
                    .as_ref()
                    .map(|_| format_args!("[redacted]")),
            )
            .field("extra", &self.extra)
            .finish()
    }
}

/// The payor's address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AddressReport {
    /// Street number and name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_line1: Option<Private>,
    /// A second line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_line2: Option<Private>,
    /// Apartment, suite or office.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<Private>,
    /// Town or city.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<Private>,
    /// Province or territory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub province: Option<Private>,
    /// Country.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<Private>,
    /// Postal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<Private>,
    /// Members that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Where the money goes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PayeeReport {
    /// The destination that the session resolved to.
    #[serde(
        default,
        deserialize_with = "member::object",
        skip_serializing_if = "Option::is_none"
    )]
    pub account: Option<SettlementAccount>,
    /// Members that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The account that the money goes to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SettlementAccount {
    /// The bank.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub institution_code: Option<Private>,
    /// The branch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transit_number: Option<Private>,
    /// The account number, in full or masked to its last four digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_number: Option<Private>,
    /// A display name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_label: Option<Private>,
    /// Members that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl SettlementAccount {
    /// Returns the account number as `****` and at most its last four digits, whether the reply had it masked or in full.
    #[must_use]
    pub fn masked_number(&self) -> Option<String> {
        self.account_number.as_ref().map(masked)
    }
}

/// `****` and the digits among the last four characters. A text of four characters or fewer shows none: they would be all
/// of it.
fn masked(number: &Private) -> String {
    let text = number.expose();
    let length = text.chars().count();
    let tail = if length > 4 {
        text.chars()
            .skip(length - 4)
            .filter(char::is_ascii_digit)
            .collect()
    } else {
        String::new()
    };
    format!("****{tail}")
}
