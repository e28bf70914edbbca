//! A Canadian bank account: institution, branch and number.

use super::limit::Limit;
use super::rule::{Rule, Severity};

pub(super) static INSTITUTION_CODE: Rule = Rule {
    id: "institution-code",
    fields: &["payee.account.institutionCode"],
    limit: Limit::Digits { min: 3, max: 3 },
    severity: Severity::Refuse,
    source: "S4, S2",
    contract: "#/components/schemas/InstitutionCode",
    enforcer: "domain::InstitutionCode",
};

pub(super) static TRANSIT_NUMBER: Rule = Rule {
    id: "transit-number",
    fields: &["payee.account.transitNumber"],
    limit: Limit::Digits { min: 5, max: 5 },
    severity: Severity::Refuse,
    source: "S4, S2",
    contract: "#/components/schemas/TransitNumber",
    enforcer: "domain::TransitNumber",
};

pub(super) static ACCOUNT_NUMBER: Rule = Rule {
    id: "account-number",
    fields: &["payee.account.accountNumber"],
    limit: Limit::Digits { min: 7, max: 12 },
    severity: Severity::Refuse,
    source: "S4, S2",
    contract: "#/components/schemas/AccountNumber",
    enforcer: "domain::AccountNumber",
};

pub(super) static ACCOUNT_LABEL: Rule = Rule {
    id: "account-label",
    fields: &["payee.account.accountLabel"],
    limit: Limit::Text { min: 1, max: None },
    severity: Severity::Refuse,
    source: "S4",
    contract: "#/components/schemas/AccountLabel",
    enforcer: "domain::AccountLabel",
};

text_value! {
    /// The three digits of a bank.
    InstitutionCode { rules: [INSTITUTION_CODE], warnings: [], debug: redacted }
}

text_value! {
    /// The five digits of a branch.
    TransitNumber { rules: [TRANSIT_NUMBER], warnings: [], debug: redacted }
}

text_value! {
    /// The 7 to 12 digits of an account at a branch.
    AccountNumber { rules: [ACCOUNT_NUMBER], warnings: [], debug: redacted }
}

impl AccountNumber {
    /// Returns the last four digits behind four stars, such as `****0550`: fit to be shown.
    #[must_use]
    pub fn masked(&self) -> String {
        let number = self.expose();
        let last = number.get(number.len().saturating_sub(4)..);
        format!("****{}", last.unwrap_or_default())
    }
}

text_value! {
    /// What the payor is shown as the destination.
    AccountLabel { rules: [ACCOUNT_LABEL], warnings: [], debug: redacted }
}
