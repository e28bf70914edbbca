//! Canadian postal codes.

use std::borrow::Cow;

use super::found::Found;
use super::limit::{Charset, Limit, characters, position};
use super::rule::{Rule, Severity};

pub(super) static POSTAL_CODE: Rule = Rule {
    id: "postal-code",
    fields: &["payor.address.postalCode"],
    limit: Limit::Charset {
        min: 6,
        max: 6,
        charset: Charset::Alphanumeric,
    },
    severity: Severity::Refuse,
    source: "S4",
    contract: "#/components/schemas/PostalCode",
    enforcer: "domain::PostalCode",
};

pub(super) static POSTAL_CODE_SHAPE: Rule = Rule {
    id: "postal-code-shape",
    fields: &["payor.address.postalCode"],
    limit: Limit::PostalShape,
    severity: Severity::Warn,
    source: "S4",
    contract: "#/components/schemas/PostalCode",
    enforcer: "domain::PostalCode",
};

text_value! {
    /// A Canadian postal code: six letters and digits.
    ///
    /// It is taken in either case and with one space in the middle, and sent in upper case without it: `a1a 1a1` is `A1A1A1`.
    PostalCode {
        rules: [POSTAL_CODE],
        warnings: [POSTAL_CODE_SHAPE],
        debug: redacted,
        canonical: canonical,
    }
}

fn canonical(text: &str) -> Cow<'_, str> {
    let mut canonical = Cow::Borrowed(text);
    if text.len() == 7 && text.as_bytes().get(3) == Some(&b' ') {
        canonical.to_mut().remove(3);
    }
    if text.bytes().any(|byte| byte.is_ascii_lowercase()) {
        canonical.to_mut().make_ascii_uppercase();
    }
    canonical
}

/// Checks a code that the rule `postal-code` has accepted.
pub(super) fn check_shape(text: &str) -> Result<(), Found> {
    for (at, byte) in text.bytes().enumerate() {
        let (holds, not) = if at % 2 == 0 {
            (byte.is_ascii_alphabetic(), "a letter")
        } else {
            (byte.is_ascii_digit(), "a digit")
        };
        if !holds {
            return Err(Found::Character {
                not,
                position: position(text, at),
            });
        }
    }
    if text.len() != 6 {
        return Err(characters(text));
    }
    Ok(())
}
