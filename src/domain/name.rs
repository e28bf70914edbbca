//! What a payor is called, and does.

use super::limit::Limit;
use super::rule::{Rule, Severity};

pub(super) static FIRST_NAME: Rule = Rule {
    id: "first-name",
    fields: &["payor.firstName"],
    limit: NAME,
    severity: Severity::Refuse,
    source: "S4, S2",
    contract: "#/components/schemas/FirstName",
    enforcer: "domain::FirstName",
};

pub(super) static LAST_NAME: Rule = Rule {
    id: "last-name",
    fields: &["payor.lastName"],
    limit: NAME,
    severity: Severity::Refuse,
    source: "S4, S2",
    contract: "#/components/schemas/LastName",
    enforcer: "domain::LastName",
};

pub(super) static MIDDLE_NAME: Rule = Rule {
    id: "middle-name",
    fields: &["payor.middleName"],
    limit: NAME,
    severity: Severity::Refuse,
    source: "S4",
    contract: "#/components/schemas/MiddleName",
    enforcer: "domain::MiddleName",
};

// Pages disagree: 100 in the field tables, 255 in a list of lengths.
pub(super) static NAME_OVER_100: Rule = Rule {
    id: "name-over-100",
    fields: &["payor.firstName", "payor.lastName", "payor.middleName"],
    limit: Limit::AtMost(100),
    severity: Severity::Warn,
    source: "S4, S2",
    contract: "#/components/schemas/FirstName",
    enforcer: "domain::FirstName, domain::LastName, domain::MiddleName",
};

pub(super) static OCCUPATION: Rule = Rule {
    id: "occupation",
    fields: &["payor.occupation"],
    limit: Limit::Text { min: 1, max: None },
    severity: Severity::Refuse,
    source: "S4",
    contract: "#/components/schemas/Occupation",
    enforcer: "domain::Occupation",
};

const NAME: Limit = Limit::Text {
    min: 1,
    max: Some(255),
};

text_value! {
    /// A payor's first name, as the bank knows it: 1 to 255 characters.
    FirstName { rules: [FIRST_NAME], warnings: [NAME_OVER_100], debug: redacted }
}

text_value! {
    /// A payor's last name, as the bank knows it: 1 to 255 characters.
    LastName { rules: [LAST_NAME], warnings: [NAME_OVER_100], debug: redacted }
}

text_value! {
    /// A payor's middle name: 1 to 255 characters.
    MiddleName { rules: [MIDDLE_NAME], warnings: [NAME_OVER_100], debug: redacted }
}

text_value! {
    /// What a payor does for a living: free text.
    Occupation { rules: [OCCUPATION], warnings: [], debug: redacted }
}
