//! What a refused value looked like, without the value.

use std::fmt;

use super::limit::Limit;
use super::rule::Rule;

/// Why a value was refused: the rule, and the shape of what was found.
///
/// `Display` is one line, such as `expected 7 to 12 digits, found 5 characters (rule account-number)`. It never has the value
/// in it, so it can be logged and sent back to whoever gave the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    rule: &'static Rule,
    found: Found,
}

impl Invalid {
    pub(super) fn new(rule: &'static Rule, found: Found) -> Self {
        Self { rule, found }
    }

    /// Returns the rule that the value breaks.
    #[must_use]
    pub fn rule(&self) -> &'static Rule {
        self.rule
    }

    /// Returns the shape of the value.
    #[must_use]
    pub fn found(&self) -> &Found {
        &self.found
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.rule.limit {
            // Nothing was expected of the value.
            Limit::Advice(says) => write!(f, "{says} (rule {})", self.rule.id),
            limit => write!(
                f,
                "expected {limit}, found {} (rule {})",
                self.found, self.rule.id
            ),
        }
    }
}

impl std::error::Error for Invalid {}

/// The shape of a refused value.
///
/// Lengths and positions count Unicode code points, as the contract does; the first character is at position 1.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Found {
    /// No value at all.
    Nothing,
    /// A text of no characters.
    Empty,
    /// A text of this many characters: too few, too many, or no code of the list.
    Characters(usize),
    /// A text of only spaces, this many.
    Spaces(usize),
    /// A control character.
    ControlCharacter {
        /// Where the first one is.
        position: usize,
    },
    /// A character that does not belong there.
    Character {
        /// What it should have been, such as `a digit`.
        not: &'static str,
        /// Where the first one is.
        position: usize,
    },
    /// A part of the text that is too long.
    Part {
        /// Which part, such as `before the @`.
        part: &'static str,
        /// Its length in characters.
        characters: usize,
    },
    /// An amount with this many decimals.
    Decimals(usize),
    /// A JSON value of another kind than the contract asks for.
    Json {
        /// What was there.
        found: JsonKind,
        /// What belongs there.
        wanted: JsonKind,
    },
    /// Any other shape, in words.
    Shape(&'static str),
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("nothing"),
            Self::Empty => f.write_str("an empty text"),
            Self::Characters(1) => f.write_str("1 character"),
            Self::Characters(n) => write!(f, "{n} characters"),
            Self::Spaces(1) => f.write_str("1 space"),
            Self::Spaces(n) => write!(f, "{n} spaces"),
            Self::ControlCharacter { position } => {
                write!(f, "a control character at position {position}")
            }
            Self::Character { not, position } => {
                write!(f, "a character that is not {not} at position {position}")
            }
            Self::Part { part, characters } => write!(f, "{characters} characters {part}"),
            Self::Decimals(1) => f.write_str("1 decimal"),
            Self::Decimals(n) => write!(f, "{n} decimals"),
            Self::Json { found, wanted } => write!(f, "{found} where {wanted} belongs"),
            Self::Shape(words) => f.write_str(words),
        }
    }
}

/// The kinds of JSON value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JsonKind {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean,
    /// A number.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

impl JsonKind {
    /// Returns the kind of a JSON value.
    #[must_use]
    pub fn of(value: &serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(_) => Self::Boolean,
            serde_json::Value::Number(_) => Self::Number,
            serde_json::Value::String(_) => Self::String,
            serde_json::Value::Array(_) => Self::Array,
            serde_json::Value::Object(_) => Self::Object,
        }
    }
}

impl fmt::Display for JsonKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "null",
            Self::Boolean => "a boolean",
            Self::Number => "a number",
            Self::String => "a string",
            Self::Array => "an array",
            Self::Object => "an object",
        })
    }
}
