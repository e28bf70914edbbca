//! Where a payor gets notifications.

use super::ascii_set::AsciiSet;
use super::found::Found;
use super::limit::{Limit, characters, position};
use super::rule::{Rule, Severity};

pub(super) static EMAIL: Rule = Rule {
    id: "email",
    fields: &["payor.email"],
    limit: Limit::Email { max: 256 },
    severity: Severity::Refuse,
    source: "S4, S2",
    contract: "#/components/schemas/Email",
    enforcer: "domain::Email",
};

// `format: email` means these lengths, the pattern cannot say them.
pub(super) static EMAIL_PART_LENGTHS: Rule = Rule {
    id: "email-part-lengths",
    fields: &["payor.email"],
    limit: Limit::EmailParts {
        local: 64,
        label: 63,
    },
    severity: Severity::Refuse,
    source: "contract",
    contract: "#/components/schemas/Email",
    enforcer: "domain::Email",
};

pub(super) static EMAIL_OVER_100: Rule = Rule {
    id: "email-over-100",
    fields: &["payor.email"],
    limit: Limit::AtMost(100),
    severity: Severity::Warn,
    source: "S4, S2",
    contract: "#/components/schemas/Email",
    enforcer: "domain::Email",
};

text_value! {
    /// An email address: ASCII, with a dotted domain, at most 256 characters, of which at most 64 stand before the @.
    Email { rules: [EMAIL, EMAIL_PART_LENGTHS], warnings: [EMAIL_OVER_100], debug: redacted }
}

/// The contract's pattern. [`check`] accepts the same texts without a regular expression.
pub(super) const PATTERN: &str = "^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\\.)+[A-Za-z]([A-Za-z0-9-]*[A-Za-z0-9])?$";

/// What may stand before the @, beside dots.
static LOCAL: AsciiSet = AsciiSet::alphanumeric_and(b"!#$%&'*+/=?^_`{|}~-");

/// Checks the whole address.
pub(super) fn check(text: &str, max: usize) -> Result<(), Found> {
    if text.is_empty() {
        return Err(Found::Empty);
    }
    // No character of an address is an @ but the one between its parts, so the last one is the only one, or all is lost.
    let Some((local, domain)) = text.rsplit_once('@') else {
        return Err(Found::Shape("no @"));
    };
    check_local(text, local)?;
    check_domain(text, local.len() + 1, domain)?;
    // Only ASCII is left, one byte to the character.
    if text.len() > max {
        return Err(characters(text));
    }
    Ok(())
}

/// Checks the lengths of the parts of an address that [`check`] has accepted.
pub(super) fn check_parts(text: &str, local_max: usize, label_max: usize) -> Result<(), Found> {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return Err(Found::Shape("no @"));
    };
    if text.len() <= label_max.min(local_max) {
        return Ok(());
    }
    if local.len() > local_max {
        return Err(Found::Part {
            part: "before the @",
            characters: local.len(),
        });
    }
    match domain.split('.').map(str::len).find(|len| *len > label_max) {
        Some(characters) => Err(Found::Part {
            part: "in a part of the domain",
            characters,
        }),
        None => Ok(()),
    }
}

/// Runs of allowed characters with single dots between them.
fn check_local(text: &str, local: &str) -> Result<(), Found> {
    if local.is_empty() {
        return Err(Found::Shape("nothing before the @"));
    }
    let mut after_dot = true;
    for (at, byte) in local.bytes().enumerate() {
        match byte {
            b'.' if after_dot => return Err(MISPLACED_DOT),
            b'.' => after_dot = true,
            _ if LOCAL.holds(byte) => after_dot = false,
            _ => return Err(stray(text, at)),
        }
    }
    if after_dot {
        return Err(MISPLACED_DOT);
    }
    Ok(())
}

/// Two or more labels of letters, digits and inner hyphens; the last one starts with a letter.
fn check_domain(text: &str, start: usize, domain: &str) -> Result<(), Found> {
    if domain.is_empty() {
        return Err(Found::Shape("nothing after the @"));
    }
    let mut dots = 0_usize;
    // The byte before this one, and the first byte of this label.
    let mut before = b'.';
    let mut first = b'.';
    for (at, byte) in domain.bytes().enumerate() {
        match byte {
            b'.' if before == b'.' => return Err(MISPLACED_DOT),
            b'.' if before == b'-' => return Err(MISPLACED_HYPHEN),
            b'.' => dots += 1,
            b'-' if before == b'.' => return Err(MISPLACED_HYPHEN),
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' => {
                if before == b'.' {
                    first = byte;
                }
            }
            _ => return Err(stray(text, start + at)),
        }
        before = byte;
    }
    match before {
        b'.' => Err(MISPLACED_DOT),
        b'-' => Err(MISPLACED_HYPHEN),
        _ if dots == 0 => Err(Found::Shape("a domain without a dot")),
        _ if !first.is_ascii_alphabetic() => Err(Found::Shape(
            "a last part of the domain that does not start with a letter",
        )),
        _ => Ok(()),
    }
}

const MISPLACED_DOT: Found = Found::Shape("a dot at an end of a part or beside another dot");
const MISPLACED_HYPHEN: Found = Found::Shape("a hyphen at an end of a part of the domain");

fn stray(text: &str, at: usize) -> Found {
    Found::Character {
        not: "allowed there",
        position: position(text, at),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn rule_that_refuses(text: &str) -> Option<&'static str> {
        Email::new(text).err().map(|invalid| invalid.rule().id)
    }

    #[test]
    fn parts_are_measured_after_the_whole() {
        let domain = |label: usize| format!("ada@{}.example", "a".repeat(label));
        let local = |local: usize| format!("{}@shop.example", "a".repeat(local));
        assert_eq!(rule_that_refuses(&local(64)), None);
        assert_eq!(rule_that_refuses(&local(65)), Some("email-part-lengths"));
        assert_eq!(rule_that_refuses(&domain(63)), None);
        assert_eq!(rule_that_refuses(&domain(64)), Some("email-part-lengths"));
        assert_eq!(rule_that_refuses(&domain(300)), Some("email"));
    }

    #[test]
    fn a_second_at_sign_is_never_taken() {
        for text in [
            "a@b@c.example",
            "@@c.example",
            "a@@c.example",
            "a@c.example@",
        ] {
            assert_eq!(rule_that_refuses(text), Some("email"), "{text}");
        }
    }
}
