//! Where a type knowingly differs from the contract's schema.

/// A knowing difference between a type and the contract's schema.
pub(crate) struct Exception {
    /// The rule that makes the difference, and the type's name in the contract.
    pub(crate) rule: &'static str,
    pub(crate) on: &'static str,
    pub(crate) kind: Kind,
    /// The texts that it covers; a difference on any other text is a failure.
    pub(crate) covers: fn(&str) -> bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// The type refuses what the schema accepts.
    Stricter,
    /// As `Stricter`, but only for a judge that takes `format` as an annotation.
    StricterWithoutFormats,
    /// The type takes a spelling that the schema refuses, and sends one that it accepts.
    Respelled,
    /// The type takes and sends what this judge's reading of `format` refuses, and the schema's own keywords accept.
    LooserThanFormat,
}

pub(crate) const EXCEPTIONS: &[Exception] = &[
    Exception {
        rule: "birth-date-exists",
        on: "BirthDate",
        kind: Kind::Stricter,
        covers: |text| matches!(&text[6..], "29" | "30" | "31"),
    },
    Exception {
        rule: "redirect-url-scheme",
        on: "RedirectUrl",
        kind: Kind::Stricter,
        covers: |text| {
            let (scheme, _) = text.split_once("://").unwrap();
            ["javascript", "data", "vbscript"].contains(&scheme.to_ascii_lowercase().as_str())
        },
    },
    Exception {
        rule: "email-part-lengths",
        on: "Email",
        kind: Kind::StricterWithoutFormats,
        covers: |text| {
            let (local, domain) = text.split_once('@').unwrap();
            local.len() > 64 || domain.split('.').any(|label| label.len() > 63)
        },
    },
    // The judge also holds the domain to the rules for registering international names (no label has hyphens in third and
    // fourth place unless it is valid Punycode) and to 253 characters. A mail server asks neither of an address.
    Exception {
        rule: "email",
        on: "Email",
        kind: Kind::LooserThanFormat,
        covers: |text| {
            let (_, domain) = text.split_once('@').unwrap();
            domain.len() > 253 || domain.split('.').any(|label| label.get(2..4) == Some("--"))
        },
    },
    Exception {
        rule: "postal-code",
        on: "PostalCode",
        kind: Kind::Respelled,
        covers: |text| text.len() == 7 && text.find(' ') == Some(3),
    },
    Exception {
        rule: "province",
        on: "Province",
        kind: Kind::Respelled,
        covers: has_lower_case,
    },
    Exception {
        rule: "country",
        on: "Country",
        kind: Kind::Respelled,
        covers: has_lower_case,
    },
    Exception {
        rule: "currency",
        on: "Currency",
        kind: Kind::Respelled,
        covers: has_lower_case,
    },
    Exception {
        rule: "language",
        on: "Language",
        kind: Kind::Respelled,
        covers: has_lower_case,
    },
];

fn has_lower_case(text: &str) -> bool {
    text.contains(|c: char| c.is_ascii_lowercase())
}
