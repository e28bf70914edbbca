//! A request as it is sent.

use serde::Serialize;

use super::debit::Debit;
use super::limits::Limits;
use super::payee::Payee;
use super::payor::Payor;
use super::redirect::Redirect;
use crate::domain::{Amount, Currency, Direction, Language, PaymentType};

/// What is set, and the constants that the contract wants stated. `G` is the constant of the product, `R` its reference.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Body<'a, G, R> {
    r#type: PaymentType,
    direction: Direction,
    currency: Currency,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<Amount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference_id: Option<&'a R>,
    options: Options<'a, G>,
    payor: &'a Payor,
    #[serde(skip_serializing_if = "Option::is_none")]
    payee: Option<&'a Payee>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Options<'a, G> {
    guarantee: Guarantee<G>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notification_preferences: Option<NotificationPreferences>,
    #[serde(skip_serializing_if = "Option::is_none")]
    show_consent_screen: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limits: Option<&'a Limits>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount_modification: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_preferences: Option<&'a Redirect>,
}

#[derive(Serialize)]
struct Guarantee<G> {
    enable: G,
}

#[derive(Serialize)]
struct NotificationPreferences {
    language: Language,
}

impl<'a, G, R> Body<'a, G, R> {
    pub(super) fn new(
        debit: &'a Debit,
        enable: G,
        reference_id: Option<&'a R>,
        payee: Option<&'a Payee>,
    ) -> Self {
        let Debit {
            payor,
            amount,
            language,
            show_consent_screen,
            amount_modification,
            limits,
            redirect,
        } = debit;
        Self {
            r#type: PaymentType::Eft,
            direction: Direction::Debit,
            currency: Currency::Cad,
            amount: *amount,
            reference_id,
            options: Options {
                guarantee: Guarantee { enable },
                notification_preferences: language
                    .map(|language| NotificationPreferences { language }),
                show_consent_screen: *show_consent_screen,
                limits: limits.as_ref(),
                amount_modification: *amount_modification,
                redirect_preferences: redirect.as_ref(),
            },
            payor,
            payee,
        }
    }
}
