//! Members of a reply that this version does not know.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The members of a JSON object that have no field here.
///
/// Replies may grow. What is new is kept as it came and written back, so that nothing is lost between reading a reply and
/// storing it. `Debug` shows the names only, and `?` for one that is no plain name: nobody knows what the values are, and a
/// server may put into the place of a name whatever it likes.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Extra(Map<String, Value>);

impl Extra {
    /// The member of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// The names, in the order of the map.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether every member was known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(String, Value)> for Extra {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(members: I) -> Self {
        Self(members.into_iter().collect())
    }
}

impl From<Map<String, Value>> for Extra {
    fn from(members: Map<String, Value>) -> Self {
        Self(members)
    }
}

impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.names().map(plain_name)).finish()
    }
}

/// A name from outside, if it can be repeated: an identifier as a person would make it up, and not an address, a number or a
/// key that stands in the place of a name. Otherwise `?`.
pub(crate) fn plain_name(name: &str) -> &str {
    let is_plain = name.len() <= 64
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().filter(u8::is_ascii_digit).count() <= 3;
    if is_plain { name } else { "?" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_repeated_only_where_it_is_a_name() {
        for name in ["iban", "padAgreementUrl", "risk_level_2", "EFT030"] {
            assert_eq!(plain_name(name), name);
        }
        for name in [
            "",
            "7654321",
            "a7654321",
            "ada@shop.example",
            "Ada Roy",
            "\u{1b}[31m",
            "0b7d4c1e-5a36-4f0e-9d5c-3f2a91c7e864",
            "é",
            &"a".repeat(65),
        ] {
            assert_eq!(plain_name(name), "?");
            let extra: Extra = [(name.to_owned(), Value::Null)].into_iter().collect();
            assert_eq!(format!("{extra:?}"), r#"{"?"}"#, "{name}");
        }
    }
}
