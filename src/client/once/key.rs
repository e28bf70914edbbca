//! The name of a debt: what a payor owes once, by the caller's own books.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::domain::Shortened;

/// The name of a debt in the caller's own books, such as an order or an invoice number: 1 to 255 visible characters.
///
/// It is not sent. It may be longer than the references that Flinks takes, and need not be the one that a request
/// carries. Two keys are the same debt if they are the same bytes: bring case and spelling into one form before.
/// `Debug` shows at most the first four characters and there is no `Display`: it may identify a person.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DebtKey(Arc<str>);

/// Why a text is no [`DebtKey`]. The text is not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidDebtKey {
    /// Nothing.
    #[error(
        "the name of a debt is empty; expected 1 to {} characters",
        DebtKey::LONGEST
    )]
    Empty,
    /// More than 255 characters.
    #[error("the name of a debt is longer than {} characters", DebtKey::LONGEST)]
    TooLong,
    /// A control character, a line break, or white space that is not a plain space.
    #[error("the name of a debt has a character that is not visible, at position {0}")]
    Invisible(usize),
    /// A space at the beginning or the end, which would make another debt of the same name.
    #[error("the name of a debt begins or ends with a space")]
    Edge,
}

impl DebtKey {
    /// The most characters that a key has.
    pub const LONGEST: usize = 255;

    /// Checks and takes a text.
    ///
    /// # Errors
    ///
    /// The text is empty or too long, has a character that cannot be seen, or begins or ends with a space.
    pub fn new(text: &str) -> Result<Self, InvalidDebtKey> {
        if text.is_empty() {
            return Err(InvalidDebtKey::Empty);
        }
        // Bytes first: a long text is not worth counting.
        if text.len() > Self::LONGEST * 4 || text.chars().count() > Self::LONGEST {
            return Err(InvalidDebtKey::TooLong);
        }
        if let Some(at) = text.chars().position(is_invisible) {
            return Err(InvalidDebtKey::Invisible(at + 1));
        }
        if text.starts_with(' ') || text.ends_with(' ') {
            return Err(InvalidDebtKey::Edge);
        }
        Ok(Self(Arc::from(text)))
    }

    /// Returns the text itself. Take care where it goes: it may identify a person.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Whether two texts may differ by it and look the same: controls, unusual spaces, and characters without a width.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || (character.is_whitespace() && character != ' ')
        || matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

impl fmt::Debug for DebtKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DebtKey({:?})", Shortened(&self.0))
    }
}

impl FromStr for DebtKey {
    type Err = InvalidDebtKey;

    fn from_str(text: &str) -> Result<Self, InvalidDebtKey> {
        Self::new(text)
    }
}

impl TryFrom<&str> for DebtKey {
    type Error = InvalidDebtKey;

    fn try_from(text: &str) -> Result<Self, InvalidDebtKey> {
        Self::new(text)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_key_is_1_to_255_visible_characters() {
        for text in ["7", "order 7/é", &"é".repeat(255), &"\u{1f4b8}".repeat(255)] {
            assert_eq!(DebtKey::new(text).unwrap().expose(), text);
        }
        for (text, why) in [
            ("", InvalidDebtKey::Empty),
            (&*"é".repeat(256), InvalidDebtKey::TooLong),
            (&"x".repeat(100_000), InvalidDebtKey::TooLong),
            ("order-7\n", InvalidDebtKey::Invisible(8)),
            ("or\u{200b}der", InvalidDebtKey::Invisible(3)),
            ("\u{a0}order", InvalidDebtKey::Invisible(1)),
            ("order\u{feff}", InvalidDebtKey::Invisible(6)),
            (" order", InvalidDebtKey::Edge),
            ("order ", InvalidDebtKey::Edge),
            (" ", InvalidDebtKey::Edge),
        ] {
            assert_eq!(DebtKey::new(text).unwrap_err(), why, "{text:?}");
            assert_eq!(text.parse::<DebtKey>().unwrap_err(), why);
            assert!(text.len() < 5 || !why.to_string().contains(text));
        }
    }

    #[test]
    fn a_key_does_not_print() {
        let key = DebtKey::try_from("robin.tester-2026").unwrap();
        assert_eq!(format!("{key:?}"), "DebtKey(robi…)");
        assert_eq!(
            format!("{:?}", DebtKey::new("robin").unwrap()),
            "DebtKey(…)"
        );
    }
}
