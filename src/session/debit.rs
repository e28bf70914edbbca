//! What both products have in common: who is debited, how much, and how the session behaves.

use serde_json::Value;

use super::draft::Draft;
use super::limits::{Limits, LimitsBuilder};
use super::parse::{Members, Null};
use super::payor::{Payor, PayorBuilder};
use super::redirect::{Redirect, RedirectBuilder};
use super::violation::{Findings, Warning};
use crate::domain::rules::{GUARANTEE_DISABLED, GUARANTEE_ENABLED, MISSING_MEMBER};
use crate::domain::{Amount, Currency, Direction, DomainValue, Found, Language, PaymentType};

/// The part of a request that is the same for both products, checked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Debit {
    pub(crate) payor: Payor,
    pub(crate) amount: Option<Amount>,
    pub(crate) language: Option<Language>,
    pub(crate) show_consent_screen: Option<bool>,
    pub(crate) amount_modification: Option<bool>,
    pub(crate) limits: Option<Limits>,
    pub(crate) redirect: Option<Redirect>,
}

/// A [`Debit`] in the making.
#[derive(Debug, Clone)]
pub(super) struct DebitBuilder {
    pub(super) payor: PayorBuilder,
    pub(super) amount: Option<Draft<Amount>>,
    pub(super) language: Option<Draft<Language>>,
    pub(super) show_consent_screen: Option<bool>,
    pub(super) amount_modification: Option<bool>,
    pub(super) limits: Option<LimitsBuilder>,
    pub(super) redirect: Option<RedirectBuilder>,
}

impl DebitBuilder {
    pub(super) fn new(payor: PayorBuilder) -> Self {
        Self {
            payor,
            amount: None,
            language: None,
            show_consent_screen: None,
            amount_modification: None,
            limits: None,
            redirect: None,
        }
    }

    pub(super) fn check(self: Box<Self>, findings: &mut Findings) -> Option<Debit> {
        let payor = self.payor.check(findings);
        let amount = findings.optional("amount", self.amount);
        let language = findings.optional("options.notificationPreferences.language", self.language);
        let limits = self.limits.and_then(|limits| limits.check(findings));
        let redirect = self.redirect.and_then(|redirect| redirect.check(findings));
        if let (Some(amount), Some(limits)) = (amount, limits) {
            limits.check_amount(amount, findings);
        }
        Some(Debit {
            payor: payor?,
            amount,
            language,
            show_consent_screen: self.show_consent_screen,
            amount_modification: self.amount_modification,
            limits: limits.filter(|limits| !limits.is_empty()),
            redirect: redirect.filter(|redirect| !redirect.is_empty()),
        })
    }

    pub(super) fn warnings(&self) -> Vec<Warning> {
        let mut warnings = Vec::new();
        if let Some(amount) = &self.amount {
            amount.warn("amount", &mut warnings);
        }
        if let Some(limits) = &self.limits {
            warnings.extend(limits.warnings());
        }
        if let Some(redirect) = &self.redirect {
            warnings.extend(redirect.warnings());
        }
        warnings.extend(self.payor.warnings());
        warnings
    }

    /// Reads what both products share from the members of a request. `enable` is what `options.guarantee.enable` must be.
    pub(super) fn read(request: &Members<'_>, enable: bool, findings: &mut Findings) -> Self {
        constant::<PaymentType>(request, "type", true, findings);
        constant::<Direction>(request, "direction", true, findings);
        constant::<Currency>(request, "currency", false, findings);
        let mut debit = Self::new(read_payor(request, findings));
        debit.amount = request.amount("amount", findings);
        debit.read_options(request, enable, findings);
        debit
    }

    fn read_options(&mut self, request: &Members<'_>, enable: bool, findings: &mut Findings) {
        const OPTIONS: &[&str] = &[
            "guarantee",
            "notificationPreferences",
            "showConsentScreen",
            "limits",
            "amountModification",
            "redirectPreferences",
        ];
        if !request.has("options") {
            findings.refuse("options", MISSING_MEMBER.refuse(Found::Nothing));
        }
        let Some(options) = request.object("options", "options", Null::IsWrong, OPTIONS, findings)
        else {
            return;
        };
        read_guarantee(&options, enable, findings);
        let notification = "options.notificationPreferences";
        self.language = options
            .object(
                "notificationPreferences",
                notification,
                Null::IsWrong,
                &["language"],
                findings,
            )
            .and_then(|members| members.optional("language", Null::IsWrong, findings));
        self.show_consent_screen = options.flag("showConsentScreen", Null::IsAbsent, findings);
        self.limits = options
            .object(
                "limits",
                "options.limits",
                Null::IsWrong,
                LimitsBuilder::MEMBERS,
                findings,
            )
            .map(|members| LimitsBuilder::read(&members, findings));
        self.amount_modification = options.flag("amountModification", Null::IsWrong, findings);
        let redirect = "options.redirectPreferences";
        self.redirect = options
            .object(
                "redirectPreferences",
                redirect,
                Null::IsWrong,
                RedirectBuilder::MEMBERS,
                findings,
            )
            .map(|members| RedirectBuilder::read(&members, findings));
    }
}

fn read_payor(request: &Members<'_>, findings: &mut Findings) -> PayorBuilder {
    if !request.has("payor") {
        findings.refuse("payor", MISSING_MEMBER.refuse(Found::Nothing));
    }
    match request.object(
        "payor",
        "payor",
        Null::IsWrong,
        PayorBuilder::MEMBERS,
        findings,
    ) {
        Some(members) => PayorBuilder::read(&members, findings),
        None => PayorBuilder::reported(),
    }
}

/// Checks the flag that says which product the request is for.
fn read_guarantee(options: &Members<'_>, wanted: bool, findings: &mut Findings) {
    if !options.has("guarantee") {
        findings.refuse("options.guarantee", MISSING_MEMBER.refuse(Found::Nothing));
    }
    let known = &["enable"];
    let Some(guarantee) = options.object(
        "guarantee",
        "options.guarantee",
        Null::IsWrong,
        known,
        findings,
    ) else {
        return;
    };
    if !guarantee.has("enable") {
        findings.refuse(
            "options.guarantee.enable",
            MISSING_MEMBER.refuse(Found::Nothing),
        );
    }
    if let Some(enable) = guarantee.flag("enable", Null::IsWrong, findings)
        && enable != wanted
    {
        let invalid = if wanted {
            GUARANTEE_ENABLED.refuse(Found::Shape("false"))
        } else {
            GUARANTEE_DISABLED.refuse(Found::Shape("true"))
        };
        findings.refuse("options.guarantee.enable", invalid);
    }
}

/// Checks a member that has one possible value, which a request states anyway.
fn constant<T: DomainValue>(
    request: &Members<'_>,
    name: &'static str,
    required: bool,
    findings: &mut Findings,
) {
    let draft: Option<Draft<T>> = if required {
        Some(request.required(name, &MISSING_MEMBER, findings))
    } else {
        request.optional(name, Null::IsWrong, findings)
    };
    findings.optional(name, draft);
}

impl From<Debit> for DebitBuilder {
    fn from(debit: Debit) -> Self {
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
            payor: payor.into(),
            amount: amount.map(Draft::valid),
            language: language.map(Draft::valid),
            show_consent_screen,
            amount_modification,
            limits: limits.map(LimitsBuilder::from),
            redirect: redirect.map(RedirectBuilder::from),
        }
    }
}

/// Opens a request as a JSON object. `payee` is not a member of every product, but is never an unknown one.
pub(super) fn open<'j>(json: &'j Value, findings: &mut Findings) -> Option<Members<'j>> {
    const MEMBERS: &[&str] = &[
        "type",
        "direction",
        "currency",
        "amount",
        "referenceId",
        "options",
        "payor",
        "payee",
    ];
    Members::of(json, "", MEMBERS, findings)
}
