//! Between the facade's types and the generated ones.
//!
//! Every conversion names every member, without `..` and without defaults: a member that the contract gains and the
//! facade does not handle fails to compile here, and nowhere else.

use std::time::Duration;

use serde_json::{Map, Number, Value};

use super::Token;
use crate::domain::{
    ClientId, ClientSecret, GuaranteeDisabled, GuaranteeEnabled, Private, ReportedReference,
};
use crate::session::debit::Debit;
use crate::session::payee::PayeeAccount;
use crate::session::{
    Address, AddressReport, CancelledSession, ConfirmedGuarantee, CreatedSession, Extra,
    GuaranteeDecision, GuaranteeDetails, GuaranteeReport, GuaranteedEft, Limits, LimitsReport,
    NotificationReport, OptionsReport, Payee, PayeeReport, Payor, PayorAccount, PayorReport,
    Redirect, RedirectReport, RegularEft, SessionDetails, SettlementAccount, StatusReport,
    StepReport, UserDetails,
};
use crate::wire::types as wire;

// -- requests ---------------------------------------------------------------------------------------------------------

pub(super) fn grant(form: Option<(&ClientId, &ClientSecret)>) -> wire::AuthorizeRequest {
    wire::AuthorizeRequest {
        grant_type: wire::GrantType::ClientCredentials,
        username: form.map(|(id, _)| id.clone()),
        password: form.map(|(_, secret)| secret.clone()),
    }
}

pub(super) fn guaranteed(request: &GuaranteedEft) -> wire::CreateSessionRequest {
    let GuaranteedEft {
        debit,
        reference_id,
        payee: destination,
    } = request;
    let Debit {
        payor,
        amount,
        language,
        show_consent_screen,
        amount_modification,
        limits: bounds,
        redirect: back,
    } = debit;
    let Payor {
        first_name,
        last_name,
        email,
        middle_name,
        occupation,
        birth_date,
        address: home,
    } = payor;
    wire::CreateSessionRequest::GuaranteedSessionRequest(wire::GuaranteedSessionRequest {
        type_: crate::domain::PaymentType::Eft,
        direction: crate::domain::Direction::Debit,
        currency: Some(crate::domain::Currency::Cad),
        amount: *amount,
        reference_id: reference_id.clone(),
        options: wire::GuaranteedOptions {
            guarantee: wire::GuaranteeOn {
                enable: GuaranteeEnabled,
            },
            notification_preferences: language.map(|language| wire::NotificationPreferences {
                language: Some(language),
            }),
            show_consent_screen: *show_consent_screen,
            limits: bounds.map(limits),
            amount_modification: *amount_modification,
            redirect_preferences: back.as_ref().map(redirect),
        },
        payor: wire::GuaranteedPayor {
            first_name: first_name.clone(),
            last_name: last_name.clone(),
            email: email.clone(),
            middle_name: middle_name.clone(),
            occupation: occupation.clone(),
            birth_date: birth_date.clone(),
            address: home.as_ref().map(address),
        },
        payee: destination.as_ref().map(payee),
    })
}

pub(super) fn regular(request: &RegularEft) -> wire::CreateSessionRequest {
    let RegularEft {
        debit,
        email,
        reference_id,
    } = request;
    let Debit {
        payor,
        amount,
        language,
        show_consent_screen,
        amount_modification,
        limits: bounds,
        redirect: back,
    } = debit;
    // The payor's own email is the one that the product requires.
    let Payor {
        first_name,
        last_name,
        email: _,
        middle_name,
        occupation,
        birth_date,
        address: home,
    } = payor;
    wire::CreateSessionRequest::RegularSessionRequest(wire::RegularSessionRequest {
        type_: crate::domain::PaymentType::Eft,
        direction: crate::domain::Direction::Debit,
        currency: Some(crate::domain::Currency::Cad),
        amount: *amount,
        reference_id: reference_id.clone(),
        options: wire::RegularOptions {
            guarantee: wire::GuaranteeOff {
                enable: GuaranteeDisabled,
            },
            notification_preferences: language.map(|language| wire::NotificationPreferences {
                language: Some(language),
            }),
            show_consent_screen: *show_consent_screen,
            limits: bounds.map(limits),
            amount_modification: *amount_modification,
            redirect_preferences: back.as_ref().map(redirect),
        },
        payor: wire::RegularPayor {
            first_name: first_name.clone(),
            last_name: last_name.clone(),
            email: email.clone(),
            middle_name: middle_name.clone(),
            occupation: occupation.clone(),
            birth_date: birth_date.clone(),
            address: home.as_ref().map(address),
        },
    })
}

pub(super) fn decision(decision: GuaranteeDecision) -> wire::ConfirmGuaranteeRequest {
    let GuaranteeDecision { guarantee_accepted } = decision;
    wire::ConfirmGuaranteeRequest { guarantee_accepted }
}

fn address(address: &Address) -> wire::Address {
    let Address {
        address_line1,
        address_line2,
        unit,
        city,
        province,
        country,
        postal_code,
    } = address;
    wire::Address {
        address_line1: address_line1.clone(),
        address_line2: address_line2.clone(),
        unit: unit.clone(),
        city: city.clone(),
        province: *province,
        country: *country,
        postal_code: postal_code.clone(),
    }
}

fn payee(payee: &Payee) -> wire::Payee {
    let Payee { account } = payee;
    let PayeeAccount {
        institution_code,
        transit_number,
        account_number,
        account_label,
    } = account;
    wire::Payee {
        account: wire::PayeeAccount {
            institution_code: institution_code.clone(),
            transit_number: transit_number.clone(),
            account_number: account_number.clone(),
            account_label: account_label.clone(),
        },
    }
}

fn limits(limits: Limits) -> wire::SessionLimits {
    let Limits {
        minimum_amount,
        maximum_amount,
    } = limits;
    wire::SessionLimits {
        minimum_amount,
        maximum_amount,
    }
}

fn redirect(redirect: &Redirect) -> wire::RedirectPreferences {
    let Redirect {
        mode,
        url_success,
        url_exit,
    } = redirect;
    wire::RedirectPreferences {
        mode: *mode,
        url_success: url_success.clone(),
        url_exit: url_exit.clone(),
    }
}

// -- answers ----------------------------------------------------------------------------------------------------------

pub(super) fn token(token: wire::Token) -> Token {
    // What else a token answer may say is of no use to a caller; the raw answer has it.
    let wire::Token {
        access_token,
        token_type,
        expires_in,
        extra: _,
    } = token;
    Token {
        access_token,
        token_type,
        lifetime: lifetime(&expires_in),
    }
}

/// Whole seconds; `599.0` is an integer in JSON as much as `599`. Less than nothing is nothing.
fn lifetime(seconds: &Number) -> Duration {
    let seconds = seconds.as_u64().map_or_else(
        || Duration::try_from_secs_f64(seconds.as_f64().unwrap_or(0.0).max(0.0)),
        |seconds| Ok(Duration::from_secs(seconds)),
    );
    seconds.unwrap_or(Duration::MAX)
}

pub(super) fn created(created: wire::CreatedSession) -> CreatedSession {
    let wire::CreatedSession {
        session_id,
        reference_id,
        extra,
    } = created;
    CreatedSession {
        session_id,
        reference_id: reference(reference_id),
        extra: rest(extra),
    }
}

pub(super) fn status(report: wire::SessionStatusReport) -> StatusReport {
    let wire::SessionStatusReport {
        session_id,
        reference_id,
        amount,
        status,
        status_details,
        extra,
    } = report;
    StatusReport {
        session_id,
        reference_id: reference(reference_id),
        amount,
        status,
        status_details,
        extra: rest(extra),
    }
}

pub(super) fn cancelled(cancelled: wire::CancelledSession) -> CancelledSession {
    let wire::CancelledSession {
        session_id,
        reference_id,
        status,
        status_details,
        extra,
    } = cancelled;
    CancelledSession {
        session_id,
        reference_id: reference(reference_id),
        status,
        status_details,
        extra: rest(extra),
    }
}

pub(super) fn confirmed(confirmed: wire::ConfirmedGuarantee) -> ConfirmedGuarantee {
    let wire::ConfirmedGuarantee {
        session_id,
        reference_id,
        extra,
    } = confirmed;
    ConfirmedGuarantee {
        session_id,
        reference_id: reference(reference_id),
        extra: rest(extra),
    }
}

pub(super) fn details(details: wire::SessionDetails) -> SessionDetails {
    let wire::SessionDetails {
        session_id,
        status,
        status_details,
        step,
        reference_id,
        amount,
        type_,
        direction,
        currency,
        options,
        payor,
        payee,
        guarantee_details,
        user_details,
        created_at,
        extra,
    } = details;
    SessionDetails {
        session_id,
        status,
        status_details,
        step: step.map(step_report),
        reference_id: reference(reference_id),
        amount,
        payment_type: type_,
        direction,
        currency,
        options: options.map(options_report),
        payor: payor.map(payor_report),
        payee: payee.map(payee_report),
        guarantee_details: guarantee_details.map(guarantee),
        user_details: user_details.map(user),
        created_at,
        extra: rest(extra),
    }
}

fn step_report(step: wire::SessionStep) -> StepReport {
    let wire::SessionStep {
        current,
        aggregation_request_id,
        pad_id,
        extra,
    } = step;
    StepReport {
        current,
        aggregation_request_id: reference(aggregation_request_id),
        pad_id: reference(pad_id),
        extra: rest(extra),
    }
}

fn options_report(options: wire::SessionOptions) -> OptionsReport {
    let wire::SessionOptions {
        guarantee,
        notification_preferences,
        show_consent_screen,
        limits,
        amount_modification,
        redirect_preferences,
        extra,
    } = options;
    OptionsReport {
        guarantee: guarantee.map(|wire::SessionGuarantee { enable, extra }| GuaranteeReport {
            enable,
            extra: rest(extra),
        }),
        notification_preferences: notification_preferences.map(
            |wire::SessionNotificationPreferences { language, extra }| NotificationReport {
                language,
                extra: rest(extra),
            },
        ),
        show_consent_screen,
        limits: limits.map(
            |wire::ReportedLimits {
                 minimum_amount,
                 maximum_amount,
                 extra,
             }| LimitsReport {
                minimum_amount,
                maximum_amount,
                extra: rest(extra),
            },
        ),
        amount_modification,
        redirect_preferences: redirect_preferences.map(
            |wire::SessionRedirectPreferences {
                 mode,
                 url_success,
                 url_exit,
                 extra,
             }| RedirectReport {
                mode,
                url_success: private(url_success),
                url_exit: private(url_exit),
                extra: rest(extra),
            },
        ),
        extra: rest(extra),
    }
}

fn payor_report(payor: wire::SessionPayor) -> PayorReport {
    let wire::SessionPayor {
        email,
        first_name,
        last_name,
        middle_name,
        account,
        address,
        extra,
    } = payor;
    PayorReport {
        email: private(email),
        first_name: private(first_name),
        last_name: private(last_name),
        middle_name: private(middle_name),
        account: account.map(payor_account),
        address: address.map(address_report),
        extra: rest(extra),
    }
}

fn payor_account(account: wire::PayorAccount) -> PayorAccount {
    let wire::PayorAccount {
        institution_code,
        transit_number,
        account_number,
        account_label,
        available_balance,
        extra,
    } = account;
    PayorAccount {
        institution_code: private(institution_code),
        transit_number: private(transit_number),
        account_number: private(account_number),
        account_label: private(account_label),
        available_balance,
        extra: rest(extra),
    }
}

fn address_report(address: wire::SessionAddress) -> AddressReport {
    let wire::SessionAddress {
        address_line1,
        address_line2,
        unit,
        city,
        province,
        country,
        postal_code,
        extra,
    } = address;
    AddressReport {
        address_line1: private(address_line1),
        address_line2: private(address_line2),
        unit: private(unit),
        city: private(city),
        province: private(province),
        country: private(country),
        postal_code: private(postal_code),
        extra: rest(extra),
    }
}

fn payee_report(payee: wire::SessionPayee) -> PayeeReport {
    let wire::SessionPayee { account, extra } = payee;
    PayeeReport {
        account: account.map(settlement_account),
        extra: rest(extra),
    }
}

fn settlement_account(account: wire::SettlementAccount) -> SettlementAccount {
    let wire::SettlementAccount {
        institution_code,
        transit_number,
        account_number,
        account_label,
        extra,
    } = account;
    SettlementAccount {
        institution_code: private(institution_code),
        transit_number: private(transit_number),
        account_number: private(account_number),
        account_label: private(account_label),
        extra: rest(extra),
    }
}

fn guarantee(details: wire::GuaranteeDetails) -> GuaranteeDetails {
    let wire::GuaranteeDetails {
        guarantee_offered,
        guarantee_accepted,
        highest_debit_amount_to_guarantee,
        overall_risk_level,
        transaction_risk_level,
        user_risk_level,
        other_risk_level,
        guaranteed_eft_type,
        extra,
    } = details;
    GuaranteeDetails {
        guarantee_offered,
        guarantee_accepted,
        highest_debit_amount_to_guarantee,
        overall_risk_level,
        transaction_risk_level,
        user_risk_level,
        other_risk_level,
        guaranteed_eft_type,
        extra: rest(extra),
    }
}

fn user(details: wire::UserDetails) -> UserDetails {
    let wire::UserDetails {
        matching_performed,
        name_match,
        extra,
    } = details;
    UserDetails {
        matching_performed,
        name_match,
        extra: rest(extra),
    }
}

fn reference(text: Option<String>) -> Option<ReportedReference> {
    text.map(ReportedReference::from)
}

fn private(text: Option<String>) -> Option<Private> {
    text.map(Private::from)
}

fn rest(members: Map<String, Value>) -> Extra {
    members.into_iter().collect()
}
