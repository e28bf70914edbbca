//! The integrator's own reference for a session, as each product takes it.

use super::limit::{Charset, Limit};
use super::rule::{Rule, Severity};

pub(super) static REFERENCE_ID_GUARANTEED: Rule = Rule {
    id: "reference-id-guaranteed",
    fields: &["referenceId"],
    limit: Limit::Text {
        min: 1,
        max: Some(100),
    },
    severity: Severity::Refuse,
    source: "S4, S2",
    contract: "#/components/schemas/GuaranteedReferenceId",
    enforcer: "domain::GuaranteedReferenceId",
};

pub(super) static REFERENCE_ID_OVER_36: Rule = Rule {
    id: "reference-id-over-36",
    fields: &["referenceId"],
    limit: Limit::AtMost(36),
    severity: Severity::Warn,
    source: "S4",
    contract: "#/components/schemas/GuaranteedReferenceId",
    enforcer: "domain::GuaranteedReferenceId",
};

pub(super) static REFERENCE_ID_REGULAR: Rule = Rule {
    id: "reference-id-regular",
    fields: &["referenceId"],
    limit: Limit::Charset {
        min: 1,
        max: 36,
        charset: Charset::AlphanumericHyphen,
    },
    severity: Severity::Refuse,
    source: "S4",
    contract: "#/components/schemas/RegularReferenceId",
    enforcer: "domain::RegularReferenceId",
};

text_value! {
    /// The reference of a Guaranteed EFT session: 1 to 100 characters.
    GuaranteedReferenceId {
        rules: [REFERENCE_ID_GUARANTEED],
        warnings: [REFERENCE_ID_OVER_36],
        debug: shortened,
    }
}

text_value! {
    /// The reference of a regular EFT session: 1 to 36 letters, digits and hyphens. It becomes the EFT cross-reference number.
    RegularReferenceId { rules: [REFERENCE_ID_REGULAR], warnings: [], debug: shortened }
}

/// What is a reference for a regular session is one for a guaranteed session too.
impl From<RegularReferenceId> for GuaranteedReferenceId {
    fn from(reference: RegularReferenceId) -> Self {
        Self(reference.0)
    }
}
