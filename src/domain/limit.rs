//! What a rule accepts: one description that checks, explains itself, and says itself as JSON Schema.

use std::fmt;

use serde_json::{Map, Value, json};

use super::found::Found;
use super::{amount, birth_date, email, postal_code, redirect_url, session_id};

/// What a [`Rule`](super::Rule) accepts.
///
/// The same value drives the check, the phrase in an error (`Display`) and the JSON Schema keywords, so the three cannot
/// disagree. Lengths count Unicode code points, as JSON Schema does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Limit {
    /// Only the digits 0 to 9.
    Digits {
        /// Fewest.
        min: usize,
        /// Most.
        max: usize,
    },
    /// Any text with something visible in it and no control characters (U+0000 to U+001F, U+007F).
    Text {
        /// Fewest characters.
        min: usize,
        /// Most characters, where a source states it.
        max: Option<usize>,
    },
    /// Visible ASCII and spaces, something visible among them: what one HTTP header can carry.
    Header,
    /// Only characters of one ASCII set.
    Charset {
        /// Fewest.
        min: usize,
        /// Most.
        max: usize,
        /// The set.
        charset: Charset,
    },
    /// Any text that is short enough.
    AtMost(usize),
    /// One code of a list.
    OneOf(&'static [&'static str]),
    /// One boolean.
    Constant(bool),
    /// Canadian dollars with at most two decimals.
    Cents {
        /// Least, in cents.
        min: u64,
        /// Most, in cents.
        max: u64,
    },
    /// An ASCII email address with a dotted domain.
    Email {
        /// Most characters of the whole.
        max: usize,
    },
    /// The parts of an email address.
    EmailParts {
        /// Most characters before the @.
        local: usize,
        /// Most characters between two dots of the domain.
        label: usize,
    },
    /// An absolute URL with a host and without credentials.
    Url {
        /// Most characters.
        max: usize,
    },
    /// A URL whose scheme is none of these, in any case.
    SchemeNot(&'static [&'static str]),
    /// A date as two digits each of year, month and day: `yy-MM-dd`.
    TwoDigitDate,
    /// A `yy-MM-dd` date whose day exists in 19yy or in 20yy.
    ExistingDay,
    /// Letter, digit, letter, digit, letter, digit.
    PostalShape,
    /// A UUID with its four hyphens, in either case.
    Uuid,
    /// Something to know about every such value; no value satisfies it. Only for warnings.
    Advice(&'static str),
    /// A condition on several members of a request, in words.
    CrossField(&'static str),
    /// A condition on the members of a JSON object, in words.
    JsonShape(&'static str),
    /// A condition on a call or a sequence of calls, in words.
    Protocol(&'static str),
}

/// A set of ASCII characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Charset {
    /// Letters and digits.
    Alphanumeric,
    /// Letters, digits and the hyphen.
    AlphanumericHyphen,
}

impl Charset {
    fn holds(self, byte: u8) -> bool {
        byte.is_ascii_alphanumeric() || (self == Self::AlphanumericHyphen && byte == b'-')
    }

    /// One member, as an error names it.
    fn member(self) -> &'static str {
        match self {
            Self::Alphanumeric => "a letter or digit",
            Self::AlphanumericHyphen => "a letter, digit or hyphen",
        }
    }

    fn members(self) -> &'static str {
        match self {
            Self::Alphanumeric => "letters and digits",
            Self::AlphanumericHyphen => "letters, digits and hyphens",
        }
    }
}

/// The contract's pattern for [`Limit::Text`].
const VISIBLE: &str = r"^[^\x00-\x1F\x7F]*[^\x00-\x20\x7F][^\x00-\x1F\x7F]*$";

/// The contract's pattern for [`Limit::Header`].
const CARRIED: &str = r"^[\x20-\x7E]*[\x21-\x7E][\x20-\x7E]*$";

impl Limit {
    /// Checks one text; allocates nothing.
    pub(super) fn check(&self, text: &str) -> Result<(), Found> {
        match *self {
            Self::Digits { min, max } => {
                ascii(text, u8::is_ascii_digit, "a digit")?;
                length(text.len(), min, Some(max))
            }
            Self::Text { min, max } => visible(text, min, max),
            Self::Header => {
                visible(text, 1, None)?;
                ascii(text, u8::is_ascii, "ASCII")
            }
            Self::Charset { min, max, charset } => {
                ascii(text, |byte| charset.holds(*byte), charset.member())?;
                length(text.len(), min, Some(max))
            }
            Self::AtMost(max) => length(text.chars().count(), 0, Some(max)),
            Self::OneOf(codes) if codes.contains(&text) => Ok(()),
            Self::Constant(value) if text == if value { "true" } else { "false" } => Ok(()),
            Self::OneOf(_) | Self::Constant(_) | Self::Advice(_) => Err(characters(text)),
            Self::Cents { min, max } => amount::check(text, min, max),
            Self::Email { max } => email::check(text, max),
            Self::EmailParts { local, label } => email::check_parts(text, local, label),
            Self::Url { max } => redirect_url::check(text, max),
            Self::SchemeNot(refused) => redirect_url::check_scheme_not(text, refused),
            Self::TwoDigitDate => birth_date::check(text),
            Self::ExistingDay => birth_date::check_exists(text),
            Self::PostalShape => postal_code::check_shape(text),
            Self::Uuid => session_id::check(text),
            Self::CrossField(_) | Self::JsonShape(_) | Self::Protocol(_) => Ok(()),
        }
    }

    /// Returns the limit as JSON Schema keywords: those that the contract has for it. Empty where a schema cannot say it.
    #[must_use]
    pub fn keywords(&self) -> Map<String, Value> {
        let keywords = match *self {
            Self::Digits { min, max } => json!({
                "type": "string", "minLength": min, "maxLength": max, "pattern": format!("^[0-9]{}$", times(min, max)),
            }),
            Self::Text { min, max: None } => {
                json!({ "type": "string", "minLength": min, "pattern": VISIBLE })
            }
            Self::Text {
                min,
                max: Some(max),
            } => {
                json!({ "type": "string", "minLength": min, "maxLength": max, "pattern": VISIBLE })
            }
            Self::Header => json!({ "type": "string", "minLength": 1, "pattern": CARRIED }),
            Self::Charset { min, max, charset } => {
                let set = match charset {
                    Charset::Alphanumeric => "[A-Za-z0-9]",
                    Charset::AlphanumericHyphen => r"[a-zA-Z0-9\-]",
                };
                json!({
                    "type": "string", "minLength": min, "maxLength": max, "pattern": format!("^{set}{}$", times(min, max)),
                })
            }
            Self::AtMost(max) => json!({ "type": "string", "maxLength": max }),
            Self::OneOf(codes) => json!({ "type": "string", "enum": codes }),
            Self::Constant(value) => json!({ "type": "boolean", "enum": [value] }),
            Self::Cents { min, max } => json!({
                "type": "number", "format": "double", "minimum": amount::dollars(min), "maximum": amount::dollars(max),
                "multipleOf": amount::dollars(1),
            }),
            Self::Email { max } => json!({
                "type": "string", "format": "email", "maxLength": max, "pattern": email::PATTERN,
            }),
            Self::Url { max } => json!({
                "type": "string", "format": "uri", "maxLength": max, "pattern": redirect_url::PATTERN,
            }),
            Self::TwoDigitDate => json!({ "type": "string", "pattern": birth_date::PATTERN }),
            Self::Uuid => json!({ "type": "string", "format": "uuid" }),
            Self::EmailParts { .. }
            | Self::SchemeNot(_)
            | Self::ExistingDay
            | Self::PostalShape
            | Self::Advice(_)
            | Self::CrossField(_)
            | Self::JsonShape(_)
            | Self::Protocol(_) => Value::Null,
        };
        match keywords {
            Value::Object(keywords) => keywords,
            _ => Map::new(),
        }
    }
}

/// What is accepted, as a phrase that can follow "expected".
impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Digits { min, max } => write!(f, "{} digits", Range(min, max)),
            Self::Text { min, max } => {
                match max {
                    Some(max) => write!(f, "{} characters", Range(min, max))?,
                    None => write!(f, "at least {}", Found::Characters(min))?,
                }
                f.write_str(", not only spaces and no control characters")
            }
            Self::Header => f.write_str("visible ASCII characters, as a header can carry them"),
            Self::Charset { min, max, charset } => {
                write!(f, "{} {}", Range(min, max), charset.members())
            }
            Self::AtMost(max) => write!(f, "at most {}", Found::Characters(max)),
            Self::OneOf([code]) => f.write_str(code),
            Self::OneOf(codes) => {
                f.write_str("one of ")?;
                listed(f, codes)
            }
            Self::SchemeNot(refused) => {
                f.write_str("a URL whose scheme is none of ")?;
                listed(f, refused)
            }
            Self::Constant(value) => write!(f, "{value}"),
            Self::Cents { min, max } => write!(
                f,
                "{} to {} dollars with at most two decimals",
                amount::Dollars(min),
                amount::Dollars(max)
            ),
            Self::Email { max } => write!(
                f,
                "an email address in ASCII with a dotted domain, at most {max} characters"
            ),
            Self::EmailParts { local, label } => write!(
                f,
                "at most {local} characters before the @ and {label} in each part of the domain"
            ),
            Self::Url { max } => write!(
                f,
                "an absolute URL with a host and without credentials, at most {max} characters"
            ),
            Self::TwoDigitDate => f.write_str("a date as yy-MM-dd"),
            Self::ExistingDay => f.write_str("a day that exists in that month of 19yy or 20yy"),
            Self::PostalShape => f.write_str("letter digit letter, digit letter digit"),
            Self::Uuid => f.write_str("a UUID of 32 hexadecimal digits and 4 hyphens"),
            Self::Advice(says)
            | Self::CrossField(says)
            | Self::JsonShape(says)
            | Self::Protocol(says) => f.write_str(says),
        }
    }
}

/// `AB, BC, MB`.
fn listed(f: &mut fmt::Formatter<'_>, names: &[&str]) -> fmt::Result {
    for (index, name) in names.iter().enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        write!(f, "{comma}{name}")?;
    }
    Ok(())
}

/// `7 to 12`, or `3` where both are the same.
struct Range(usize, usize);

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(min, max) = *self;
        if min == max {
            write!(f, "{min}")
        } else {
            write!(f, "{min} to {max}")
        }
    }
}

/// The repetition in a pattern.
fn times(min: usize, max: usize) -> String {
    if min == max {
        format!("{{{min}}}")
    } else {
        format!("{{{min},{max}}}")
    }
}

/// A text that is wrong as a whole: only its length is said.
pub(super) fn characters(text: &str) -> Found {
    match text.chars().count() {
        0 => Found::Empty,
        n => Found::Characters(n),
    }
}

fn length(found: usize, min: usize, max: Option<usize>) -> Result<(), Found> {
    if found < min || max.is_some_and(|max| found > max) {
        return Err(match found {
            0 => Found::Empty,
            n => Found::Characters(n),
        });
    }
    Ok(())
}

/// Every byte is of the set. The sets are ASCII, so a text that passes has one byte to the character.
fn ascii(text: &str, holds: impl Fn(&u8) -> bool, not: &'static str) -> Result<(), Found> {
    match text.bytes().position(|byte| !holds(&byte)) {
        None => Ok(()),
        Some(at) => Err(Found::Character {
            not,
            position: position(text, at),
        }),
    }
}

/// No control character, something else than spaces, and the length.
fn visible(text: &str, min: usize, max: Option<usize>) -> Result<(), Found> {
    let control = |byte: u8| byte < b' ' || byte == 0x7F;
    // To the end in any case: without a way out, many bytes are looked at in one step.
    let (mut controls, mut seen) = (false, false);
    for byte in text.bytes() {
        controls |= control(byte);
        seen |= byte != b' ';
    }
    if controls && let Some(at) = text.bytes().position(control) {
        return Err(Found::ControlCharacter {
            position: position(text, at),
        });
    }
    if !seen {
        return Err(match text.len() {
            0 => Found::Empty,
            spaces => Found::Spaces(spaces),
        });
    }
    // No text has more characters than bytes, so most texts need no counting.
    if min <= 1 && max.is_none_or(|max| text.len() <= max) {
        return Ok(());
    }
    length(text.chars().count(), min, max)
}

/// The position, from 1 and in characters, of the character that the byte at `at` belongs to.
pub(super) fn position(text: &str, at: usize) -> usize {
    text.char_indices()
        .take_while(|(start, _)| *start <= at)
        .count()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const NAME: Limit = Limit::Text {
        min: 1,
        max: Some(3),
    };

    #[test]
    fn lengths_and_positions_are_in_code_points() {
        assert_eq!(NAME.check("é漢😀"), Ok(()));
        assert_eq!(NAME.check("é漢😀e"), Err(Found::Characters(4)));
        // A base letter and its combining mark are two.
        assert_eq!(NAME.check("e\u{301}ab"), Err(Found::Characters(4)));
        assert_eq!(
            NAME.check("é漢\n"),
            Err(Found::ControlCharacter { position: 3 })
        );
        assert_eq!(
            Limit::Digits { min: 1, max: 9 }.check("12é4"),
            Err(Found::Character {
                not: "a digit",
                position: 3
            })
        );
    }

    #[test]
    fn only_ascii_spaces_and_controls_are_invisible() {
        assert_eq!(NAME.check("  "), Err(Found::Spaces(2)));
        assert_eq!(NAME.check("\u{a0}"), Ok(()));
        assert_eq!(NAME.check("\u{85}"), Ok(()));
        for control in ('\0'..' ').chain(['\u{7f}']) {
            assert!(NAME.check(&format!("a{control}")).is_err(), "{control:?}");
        }
    }

    #[test]
    fn digits_are_ascii_digits() {
        let limit = Limit::Digits { min: 3, max: 3 };
        assert_eq!(limit.check("006"), Ok(()));
        for text in ["٣٣٣", "００６", "12", "1234", "12 ", "+12", "12\n"] {
            assert!(limit.check(text).is_err(), "{text}");
        }
    }
}
