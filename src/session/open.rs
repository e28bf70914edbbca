//! Codes in replies, kept open.
//!
//! A reply with a code that this version does not know must still decode: the session id in it may be the only copy. So
//! every code of a reply has room for the text as it came, and writes the same text back. Requests use the closed types of
//! [`crate::domain`] instead.
//!
//! [`Open`] wraps a closed type that requests use too; the codes that only replies carry are enums with an `Unknown` variant,
//! made by one macro in this file.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::member;
use crate::domain::{Currency, Direction, Language, PaymentType, RedirectMode};

/// A closed list of codes that a reply may exceed.
///
/// Sealed: it is implemented for the code types that requests and replies share.
pub trait Code: sealed::Sealed + Copy + 'static {
    /// The code's name, for people.
    #[doc(hidden)]
    const NAME: &'static str;

    /// Every code of the list.
    #[doc(hidden)]
    fn codes() -> &'static [Self];

    /// The text on the wire.
    #[doc(hidden)]
    fn text(self) -> &'static str;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! code {
    ($($name:ident),+) => {$(
        impl sealed::Sealed for $name {}

        impl Code for $name {
            const NAME: &'static str = stringify!($name);

            fn codes() -> &'static [Self] {
                Self::ALL
            }

            fn text(self) -> &'static str {
                self.as_str()
            }
        }

        impl From<$name> for Open<$name> {
            fn from(code: $name) -> Self {
                Self::Known(code)
            }
        }
    )+};
}

code!(Currency, Direction, Language, PaymentType, RedirectMode);

/// A code in a reply: one of the list that requests use, or a text that is not on it.
///
/// The comparison with the list is exact, letter case included, so that what was read is what is written back.
///
/// `Debug` shows a text that is not on the list only if it looks like a code: an answer may have anything in its place.
#[derive(Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Open<T> {
    /// A code of the list.
    Known(T),
    /// A text that is not on the list, kept as it came. Made by `From<&str>`, never for a text that is on it.
    Unknown(String),
}

impl<T: Code> Open<T> {
    /// The text on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Known(code) => code.text(),
            Self::Unknown(text) => text,
        }
    }

    /// Whether the code is on the list.
    #[must_use]
    pub fn is_known(&self) -> bool {
        matches!(self, Self::Known(_))
    }

    /// The code, if it is on the list.
    #[must_use]
    pub fn known(&self) -> Option<T> {
        match self {
            Self::Known(code) => Some(*code),
            Self::Unknown(_) => None,
        }
    }

    fn find(text: &str) -> Option<Self> {
        T::codes()
            .iter()
            .find(|code| code.text() == text)
            .map(|code| Self::Known(*code))
    }
}

impl<T: Code> From<&str> for Open<T> {
    fn from(text: &str) -> Self {
        Self::find(text).unwrap_or_else(|| Self::Unknown(text.to_owned()))
    }
}

impl<T: Code> From<String> for Open<T> {
    fn from(text: String) -> Self {
        Self::find(&text).unwrap_or(Self::Unknown(text))
    }
}

impl<T: fmt::Debug> fmt::Debug for Open<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(code) => f.debug_tuple("Known").field(code).finish(),
            Self::Unknown(text) => debug_unknown(f, text),
        }
    }
}

impl<T: Code> fmt::Display for Open<T> {
    /// The text, with control characters escaped, so that a reply cannot write to a terminal or forge a log line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_escaped(f, self.as_str())
    }
}

impl<T: Code> Serialize for Open<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de, T: Code> Deserialize<'de> for Open<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        member::text(deserializer).map(Self::from)
    }
}

#[cfg(feature = "schemars")]
impl<T: Code> schemars::JsonSchema for Open<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("Open{}", T::NAME).into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let known: Vec<&str> = T::codes().iter().map(|code| code.text()).collect();
        open_schema("One of the codes in `examples`, or a newer one.", &known)
    }
}

/// The schema of an open code: any text, with the known ones as examples.
#[cfg(feature = "schemars")]
pub(crate) fn open_schema(description: &str, known: &[&str]) -> schemars::Schema {
    schemars::json_schema!({ "type": "string", "description": description, "examples": known })
}

/// Writes text that a server chose, with control and bidirectional-formatting characters escaped.
pub(crate) fn write_escaped(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    use fmt::Write as _;
    for character in text.chars() {
        let steers = matches!(character, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if character.is_control() || steers {
            write!(f, "{}", character.escape_unicode())?;
        } else {
            f.write_char(character)?;
        }
    }
    Ok(())
}

/// Shows a text in the place of a code if it looks like one, and `?` for an address, a number or a sentence.
pub(crate) fn debug_unknown(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let is_plain = text.len() <= 64
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
        && text.starts_with(|first: char| first.is_ascii_alphabetic())
        // As many as the known codes have.
        && text.bytes().filter(u8::is_ascii_digit).count() <= 4;
    f.debug_tuple("Unknown")
        .field(&if is_plain { text } else { "?" })
        .finish()
}

/// Defines a code that only Flinks sends: the known texts (the first is the one written), and room for any other.
macro_rules! open_code {
    (
        $(#[$meta:meta])*
        $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $text:literal $(| $alias:literal)*,)+ }
    ) => {
        $(#[$meta])*
        ///
        /// `Debug` shows a text that this version does not know only if it looks like a code: anything may stand in its place.
        #[derive(Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)+
            /// A text that this version does not know, kept as it came. Made by `From<&str>`, never for a known text.
            Unknown(String),
        }

        impl $name {
            /// Every code that this version knows.
            pub const KNOWN: &'static [Self] = &[$(Self::$variant),+];

            /// The text on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)+
                    Self::Unknown(text) => text,
                }
            }

            /// Whether this version knows the code.
            #[must_use]
            pub fn is_known(&self) -> bool {
                !matches!(self, Self::Unknown(_))
            }

            fn find(text: &str) -> Option<Self> {
                match text {
                    $($text $(| $alias)* => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::find(text).unwrap_or_else(|| Self::Unknown(text.to_owned()))
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self::find(&text).unwrap_or(Self::Unknown(text))
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self {
                    $(Self::$variant => f.write_str(stringify!($variant)),)+
                    Self::Unknown(text) => $crate::session::open::debug_unknown(f, text),
                }
            }
        }

        impl std::fmt::Display for $name {
            /// The text, with control characters escaped, so that a reply cannot write to a terminal or forge a log line.
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                $crate::session::open::write_escaped(f, self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::session::member::text(deserializer).map(Self::from)
            }
        }

        #[cfg(feature = "schemars")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                $crate::session::open::open_schema(
                    "One of the codes in `examples`, or a newer one.",
                    &[$($text $(, $alias)*),+],
                )
            }
        }
    };
}

pub(crate) use open_code;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hosted::HostedEvent;
    use crate::session::{SessionStatus, StatusDetails};

    #[test]
    fn what_looks_like_a_code_is_shown_and_nothing_else() {
        for text in ["Paused", "EFT9999", "IN_REVIEW", "in-review"] {
            let shown = format!("Unknown({text:?})");
            assert_eq!(format!("{:?}", SessionStatus::from(text)), shown);
            assert_eq!(format!("{:?}", StatusDetails::from(text)), shown);
            assert_eq!(format!("{:?}", HostedEvent::from(text)), shown);
            assert_eq!(format!("{:?}", Open::<Language>::from(text)), shown);
        }
        for text in [
            "",
            "7654321",
            "a7654321",
            "ada@shop.example",
            "Ada Roy",
            "\u{1b}[31m",
            "fb7d4c1e-5a36-4f0e-9d5c-3f2a91c7e864",
            "é",
            &"a".repeat(65),
        ] {
            let (status, open) = (SessionStatus::from(text), Open::<Currency>::from(text));
            assert_eq!(format!("{status:?}"), r#"Unknown("?")"#, "{text}");
            assert_eq!(format!("{open:?}"), r#"Unknown("?")"#, "{text}");
            assert_eq!((status.as_str(), open.as_str()), (text, text));
        }
        assert_eq!(format!("{:?}", SessionStatus::Failed), "Failed");
        assert_eq!(format!("{:?}", Open::Known(Language::Fr)), "Known(Fr)");
    }
}
