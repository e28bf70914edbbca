//! The id of a session, which also opens its hosted page.

use std::fmt;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};
use uuid::Uuid;

use super::found::{Found, Invalid};
use super::limit::{Limit, characters, position};
use super::rule::{Rule, Severity};
use super::text::deserialize_text;
use super::value::{DomainValue, sealed};

pub(super) static SESSION_ID: Rule = Rule {
    id: "session-id",
    fields: &["sessionId"],
    limit: Limit::Uuid,
    severity: Severity::Refuse,
    source: "S4, S1",
    contract: "#/components/schemas/SessionId",
    enforcer: "domain::SessionId",
};

/// The id of a session: a UUID, read in either case and written in lower case.
///
/// Whoever holds it can open the session's hosted page, so `Debug` shows the first eight digits only and there is no
/// `Display`; [`expose`](Self::expose) gives all of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(Uuid);

impl SessionId {
    /// Checks and takes a UUID with its hyphens.
    ///
    /// # Errors
    ///
    /// The text is no such UUID; the error does not have it.
    pub fn new(text: &str) -> Result<Self, Invalid> {
        // Of this length, a text with its hyphens is the only one that the parser takes.
        if text.len() == 36
            && let Ok(uuid) = Uuid::try_parse(text)
        {
            return Ok(Self(uuid));
        }
        SESSION_ID.check(text)?;
        Err(SESSION_ID.refuse(characters(text)))
    }

    /// Returns the id itself, in lower case. Take care where it goes: it opens the hosted page.
    #[must_use]
    pub fn expose(&self) -> String {
        self.0.hyphenated().to_string()
    }
}

/// 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12.
pub(super) fn check(text: &str) -> Result<(), Found> {
    if text.len() != 36 {
        return Err(characters(text));
    }
    for (at, byte) in text.bytes().enumerate() {
        let (holds, not) = if matches!(at, 8 | 13 | 18 | 23) {
            (byte == b'-', "a hyphen")
        } else {
            (byte.is_ascii_hexdigit(), "a hexadecimal digit")
        };
        if !holds {
            return Err(Found::Character {
                not,
                position: position(text, at),
            });
        }
    }
    Ok(())
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionId({:08x}…)", self.0.as_fields().0)
    }
}

impl FromStr for SessionId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::new(text)
    }
}

impl TryFrom<&str> for SessionId {
    type Error = Invalid;

    fn try_from(text: &str) -> Result<Self, Invalid> {
        Self::new(text)
    }
}

impl TryFrom<String> for SessionId {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::new(&text)
    }
}

impl sealed::Sealed for SessionId {}

impl DomainValue for SessionId {
    const RULES: &'static [&'static Rule] = &[&SESSION_ID];

    fn warns(&self, _: &'static Rule) -> bool {
        false
    }
}

impl Serialize for SessionId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.hyphenated().encode_lower(&mut Uuid::encode_buffer()))
    }
}

impl<'de> Deserialize<'de> for SessionId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize_text(deserializer, |text| Self::new(&text))
    }
}

json_schema!(SessionId);
