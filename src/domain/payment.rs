//! The code lists of a request that are not about the payor: rail, direction, currency, language, way back.

use super::limit::Limit;
use super::rule::{Rule, Severity};

pub(super) static PAYMENT_TYPE: Rule = Rule {
    id: "payment-type",
    fields: &["type"],
    limit: Limit::OneOf(PaymentType::CODES),
    severity: Severity::Refuse,
    source: "S4, S2",
    contract: "#/components/schemas/PaymentType",
    enforcer: "domain::PaymentType",
};

pub(super) static DIRECTION: Rule = Rule {
    id: "direction",
    fields: &["direction"],
    limit: Limit::OneOf(Direction::CODES),
    severity: Severity::Refuse,
    source: "S4, S2",
    contract: "#/components/schemas/Direction",
    enforcer: "domain::Direction",
};

pub(super) static CURRENCY: Rule = Rule {
    id: "currency",
    fields: &["currency"],
    limit: Limit::OneOf(Currency::CODES),
    severity: Severity::Refuse,
    source: "S4, S2",
    contract: "#/components/schemas/Currency",
    enforcer: "domain::Currency",
};

pub(super) static LANGUAGE: Rule = Rule {
    id: "language",
    fields: &["options.notificationPreferences.language"],
    limit: Limit::OneOf(Language::CODES),
    severity: Severity::Refuse,
    source: "S4, S2",
    contract: "#/components/schemas/Language",
    enforcer: "domain::Language",
};

pub(super) static REDIRECT_MODE: Rule = Rule {
    id: "redirect-mode",
    fields: &["options.redirectPreferences.mode"],
    limit: Limit::OneOf(RedirectMode::CODES),
    severity: Severity::Refuse,
    source: "S4",
    contract: "#/components/schemas/RedirectMode",
    enforcer: "domain::RedirectMode",
};

code_list! {
    /// The payment rail.
    #[non_exhaustive]
    PaymentType: PAYMENT_TYPE, exact case {
        /// Electronic funds transfer.
        Eft = "EFT",
    }
}

code_list! {
    /// Which way the money moves.
    #[non_exhaustive]
    Direction: DIRECTION, exact case {
        /// From the payor.
        Debit = "DEBIT",
    }
}

code_list! {
    /// The currency of every amount in a session; read in either case.
    #[non_exhaustive]
    Currency: CURRENCY, either case {
        /// Canadian dollars.
        Cad = "CAD",
    }
}

code_list! {
    /// The language of the hosted page and of notifications; read in either case.
    #[non_exhaustive]
    Language: LANGUAGE, either case {
        /// English.
        En = "EN",
        /// French.
        Fr = "FR",
    }
}

code_list! {
    /// How the hosted page hands the payor back.
    #[non_exhaustive]
    RedirectMode: REDIRECT_MODE, exact case {
        /// It sends messages to the page that embeds it.
        JsEvents = "JsEvents",
        /// It redirects to one of two URLs.
        RedirectUri = "RedirectUri",
    }
}
