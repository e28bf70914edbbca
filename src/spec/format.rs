//! The values of `format`, and what becomes of each.

/// One name for the keyword `format`.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// Its name in the document.
    pub name: &'static str,
    /// The `type` it may stand beside.
    pub of: &'static str,
    /// What the translator makes of it.
    pub treatment: FormatTreatment,
    /// Why.
    pub note: &'static str,
}

/// What the translator makes of a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FormatTreatment {
    /// Carried over; the validator asserts it when told to check formats.
    Asserted,
    /// Replaced by a lowest and a highest number.
    Bounds(i64, i64),
    /// Replaced by a pattern.
    Pattern(&'static str),
    /// Left out: it has no say in what is accepted.
    Annotation,
}

impl Format {
    /// Returns the entry for `name`.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Format> {
        FORMATS.iter().find(|format| format.name == name)
    }
}

const fn format(
    name: &'static str,
    of: &'static str,
    treatment: FormatTreatment,
    note: &'static str,
) -> Format {
    Format {
        name,
        of,
        treatment,
        note,
    }
}

/// RFC 4648 section 4: groups of four characters, the last one padded.
const BASE64: &str = "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$";

use FormatTreatment::{Annotation, Asserted, Bounds, Pattern};

/// The known names: those of OpenAPI 3.0.3, and those of JSON Schema that a validator asserts and this crate needs.
pub static FORMATS: &[Format] = &[
    format(
        "int32",
        "integer",
        Bounds(-2_147_483_648, 2_147_483_647),
        "Signed 32 bits.",
    ),
    format(
        "int64",
        "integer",
        Bounds(i64::MIN, i64::MAX),
        "Signed 64 bits.",
    ),
    format(
        "float",
        "number",
        Annotation,
        "How a receiver stores the number; any JSON number can be rounded to it.",
    ),
    format(
        "double",
        "number",
        Annotation,
        "How a receiver stores the number; any JSON number can be rounded to it.",
    ),
    format(
        "byte",
        "string",
        Pattern(BASE64),
        "Base64 with padding. 2020-12 has only the annotation `contentEncoding`, so a pattern asserts it.",
    ),
    format(
        "binary",
        "string",
        Annotation,
        "Octets outside JSON; a JSON text cannot break it.",
    ),
    format("password", "string", Annotation, "A hint for input forms."),
    format("date", "string", Asserted, "RFC 3339 full-date."),
    format("date-time", "string", Asserted, "RFC 3339 date-time."),
    format("email", "string", Asserted, "RFC 5321 mailbox."),
    format("uri", "string", Asserted, "RFC 3986, with a scheme."),
    format("uuid", "string", Asserted, "RFC 4122."),
    format("ipv4", "string", Asserted, "RFC 2673 section 3.2."),
    format("ipv6", "string", Asserted, "RFC 4291 section 2.2."),
];
