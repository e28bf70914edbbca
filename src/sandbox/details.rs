//! A session as the details operation answers it.
//!
//! What is not there yet is null where the contract allows it, as the vendor's samples have it (S1), and absent elsewhere.

use serde::Serialize;
use serde_json::Number;

use crate::domain::{Amount, Currency, Direction, Language, PaymentType, SessionId};
use crate::session::{GuaranteedEftType, Limits, RiskLevel, StatusDetails, Step};

use super::bank::{Account, NAME_MATCH, NAME_MISMATCH};
use super::flow::{Flow, Guarantee, Offer};
use super::profile::Profile;
use super::profile::choices::{AccountBeforeLogin, AccountNumberShown};
use super::session::Session;
use super::terms::{AddressTexts, PayeeTexts, RedirectTexts};
use super::timestamp::rfc3339;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the names of the contract")]
pub(super) struct Details<'a> {
    session_id: SessionId,
    status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_details: Option<StatusDetails>,
    step: Option<StepNow>,
    reference_id: Option<&'a str>,
    amount: Option<Amount>,
    r#type: PaymentType,
    direction: Direction,
    currency: Currency,
    options: Options<'a>,
    payor: Payor<'a>,
    payee: Option<Payee<'a>>,
    guarantee_details: Option<GuaranteeDetails>,
    user_details: Option<UserDetails>,
    created_at: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StepNow {
    current: Step,
    aggregation_request_id: Option<String>,
    pad_id: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Options<'a> {
    guarantee: GuaranteeFlag,
    notification_preferences: NotificationPreferences,
    show_consent_screen: Option<bool>,
    limits: Option<&'a Limits>,
    amount_modification: Option<bool>,
    redirect_preferences: Option<RedirectTexts<'a>>,
}

#[derive(Serialize)]
struct GuaranteeFlag {
    enable: bool,
}

#[derive(Serialize)]
struct NotificationPreferences {
    language: Language,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Payor<'a> {
    email: Option<&'a str>,
    first_name: &'a str,
    last_name: &'a str,
    middle_name: Option<&'a str>,
    #[serde(skip_serializing_if = "AccountNow::is_absent")]
    account: AccountNow,
    address: Option<AddressTexts<'a>>,
}

/// The payor's account, or what stands for it before the login.
#[derive(Serialize)]
#[serde(untagged)]
enum AccountNow {
    Absent,
    Null,
    Empty {},
    Known(PayorAccount),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PayorAccount {
    #[serde(flatten)]
    account: Account<'static>,
    available_balance: Number,
}

#[derive(Serialize)]
struct Payee<'a> {
    account: Account<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GuaranteeDetails {
    guarantee_offered: bool,
    guarantee_accepted: Option<bool>,
    highest_debit_amount_to_guarantee: Option<Amount>,
    overall_risk_level: RiskLevel,
    transaction_risk_level: RiskLevel,
    user_risk_level: RiskLevel,
    other_risk_level: RiskLevel,
    #[serde(skip_serializing_if = "Option::is_none")]
    guaranteed_eft_type: Option<GuaranteedEftType>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UserDetails {
    matching_performed: bool,
    name_match: u8,
}

impl<'a> Details<'a> {
    pub(super) fn of(session: &'a Session, profile: &Profile) -> Self {
        let Session { terms, flow, .. } = session;
        let (status, status_details) = flow.status();
        let texts = terms.texts();
        Self {
            session_id: session.id,
            status: profile.spell(&status).to_owned(),
            status_details,
            step: flow.screen().map(|screen| StepNow {
                current: screen.into(),
                aggregation_request_id: flow
                    .is_logged_in()
                    .then(|| session.aggregation_request().to_string()),
                pad_id: flow.has_agreement().then(|| session.pad().to_string()),
            }),
            reference_id: terms.reference_id(),
            amount: flow.amount(),
            r#type: PaymentType::Eft,
            direction: Direction::Debit,
            currency: Currency::Cad,
            options: Options {
                guarantee: GuaranteeFlag {
                    enable: terms.guaranteed,
                },
                notification_preferences: NotificationPreferences {
                    language: terms.language,
                },
                show_consent_screen: terms.show_consent_screen,
                limits: flow.limits(),
                amount_modification: terms.amount_modification,
                redirect_preferences: texts.redirect,
            },
            payor: Payor {
                email: texts.email,
                first_name: texts.first_name,
                last_name: texts.last_name,
                middle_name: texts.middle_name,
                account: AccountNow::of(flow, profile),
                address: texts.address,
            },
            payee: terms.guaranteed.then(|| Payee::of(texts.payee)),
            guarantee_details: flow.guarantee().map(GuaranteeDetails::from),
            user_details: flow.name_matches().map(|matches| UserDetails {
                matching_performed: true,
                name_match: if matches { NAME_MATCH } else { NAME_MISMATCH },
            }),
            created_at: rfc3339(session.created_at),
        }
    }
}

impl AccountNow {
    fn of(flow: &Flow, profile: &Profile) -> Self {
        if !flow.is_logged_in() {
            return match profile.account_before_login {
                AccountBeforeLogin::Null => Self::Null,
                AccountBeforeLogin::Absent => Self::Absent,
                AccountBeforeLogin::Empty => Self::Empty {},
            };
        }
        let masked = match profile.account_number {
            AccountNumberShown::MaskedUntilComplete => !flow.is_complete(),
            AccountNumberShown::Masked => true,
            AccountNumberShown::Full => false,
        };
        Self::Known(PayorAccount {
            account: Account::of_payor(masked),
            available_balance: dollars(flow.balance_cents()),
        })
    }

    fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }
}

impl<'a> Payee<'a> {
    fn of(texts: Option<PayeeTexts<'a>>) -> Self {
        let account = texts.map_or(Account::SETTLEMENT, |payee| Account {
            institution_code: payee.institution,
            transit_number: payee.transit,
            account_number: payee.account,
            account_label: payee.label,
        });
        Self { account }
    }
}

impl From<Guarantee> for GuaranteeDetails {
    fn from(guarantee: Guarantee) -> Self {
        let (offer, risk, extent) = match guarantee {
            Guarantee::Refused => (None, RiskLevel::High, None),
            Guarantee::Offered(offer) => {
                let extent = if offer.lower {
                    GuaranteedEftType::Partial
                } else {
                    GuaranteedEftType::Full
                };
                (Some(offer), risk(offer), Some(extent))
            }
        };
        Self {
            guarantee_offered: offer.is_some(),
            guarantee_accepted: offer.and_then(|offer| offer.accepted),
            highest_debit_amount_to_guarantee: offer.map(|offer| offer.amount),
            overall_risk_level: risk.clone(),
            transaction_risk_level: risk.clone(),
            user_risk_level: risk,
            other_risk_level: RiskLevel::Unrated,
            guaranteed_eft_type: extent,
        }
    }
}

/// How risky a payment is of which so much is guaranteed.
pub(super) fn risk(offer: Offer) -> RiskLevel {
    if offer.lower {
        RiskLevel::Medium
    } else {
        RiskLevel::Low
    }
}

/// Cents as dollars, by way of the decimal text.
fn dollars(cents: u64) -> Number {
    let (whole, rest) = (cents / 100, cents % 100);
    if rest == 0 {
        return whole.into();
    }
    format!("{whole}.{rest:02}")
        .parse()
        .ok()
        .and_then(Number::from_f64)
        .unwrap_or_else(|| whole.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dollars_have_at_most_two_decimals() {
        for (cents, text) in [
            (0, "0"),
            (1, "0.01"),
            (9_999, "99.99"),
            (10_000, "100"),
            (20_000_000, "200000"),
        ] {
            assert_eq!(dollars(cents).to_string(), text);
        }
    }
}
