//! The parts of a payor's address, but for the postal code.

use super::limit::Limit;
use super::rule::{Rule, Severity};

pub(super) static ADDRESS_LINE_1: Rule = Rule {
    id: "address-line-1",
    fields: &["payor.address.addressLine1"],
    limit: FREE_TEXT,
    severity: Severity::Refuse,
    source: "S4",
    contract: "#/components/schemas/AddressLine1",
    enforcer: "domain::AddressLine1",
};

pub(super) static ADDRESS_LINE_2: Rule = Rule {
    id: "address-line-2",
    fields: &["payor.address.addressLine2"],
    limit: FREE_TEXT,
    severity: Severity::Refuse,
    source: "S4",
    contract: "#/components/schemas/AddressLine2",
    enforcer: "domain::AddressLine2",
};

pub(super) static UNIT: Rule = Rule {
    id: "unit",
    fields: &["payor.address.unit"],
    limit: FREE_TEXT,
    severity: Severity::Refuse,
    source: "S4",
    contract: "#/components/schemas/Unit",
    enforcer: "domain::Unit",
};

pub(super) static CITY: Rule = Rule {
    id: "city",
    fields: &["payor.address.city"],
    limit: FREE_TEXT,
    severity: Severity::Refuse,
    source: "S4",
    contract: "#/components/schemas/City",
    enforcer: "domain::City",
};

pub(super) static PROVINCE: Rule = Rule {
    id: "province",
    fields: &["payor.address.province"],
    limit: Limit::OneOf(Province::CODES),
    severity: Severity::Refuse,
    source: "S4",
    contract: "#/components/schemas/Province",
    enforcer: "domain::Province",
};

pub(super) static COUNTRY: Rule = Rule {
    id: "country",
    fields: &["payor.address.country"],
    limit: Limit::OneOf(Country::CODES),
    severity: Severity::Refuse,
    source: "S4, S2",
    contract: "#/components/schemas/Country",
    enforcer: "domain::Country",
};

const FREE_TEXT: Limit = Limit::Text { min: 1, max: None };

text_value! {
    /// Street number and name.
    AddressLine1 { rules: [ADDRESS_LINE_1], warnings: [], debug: redacted }
}

text_value! {
    /// A second line of an address.
    AddressLine2 { rules: [ADDRESS_LINE_2], warnings: [], debug: redacted }
}

text_value! {
    /// Apartment, suite or office.
    Unit { rules: [UNIT], warnings: [], debug: redacted }
}

text_value! {
    /// Town or city.
    City { rules: [CITY], warnings: [], debug: redacted }
}

code_list! {
    /// A Canadian province or territory, by its postal abbreviation; read in either case.
    Province: PROVINCE, either case {
        /// Alberta.
        Ab = "AB",
        /// British Columbia.
        Bc = "BC",
        /// Manitoba.
        Mb = "MB",
        /// New Brunswick.
        Nb = "NB",
        /// Newfoundland and Labrador.
        Nl = "NL",
        /// Northwest Territories.
        Nt = "NT",
        /// Nova Scotia.
        Ns = "NS",
        /// Nunavut.
        Nu = "NU",
        /// Ontario.
        On = "ON",
        /// Prince Edward Island.
        Pe = "PE",
        /// Quebec.
        Qc = "QC",
        /// Saskatchewan.
        Sk = "SK",
        /// Yukon.
        Yt = "YT",
    }
}

code_list! {
    /// The country of an address, by its ISO 3166-1 code: only Canada; read in either case.
    #[non_exhaustive]
    Country: COUNTRY, either case {
        /// Canada.
        Ca = "CA",
    }
}
