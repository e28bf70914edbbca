//! The machinery of text values: one visitor that never echoes, and the macro that makes a validated text type.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, Deserializer, Visitor};

use super::found::{Found, Invalid, JsonKind};
use super::json_shape::WRONG_TYPE;

/// The `visit_*` methods of the kinds that a visitor does not want.
macro_rules! wrong_kinds {
    ($wanted:expr => bool) => {
        fn visit_bool<E: serde::de::Error>(self, _: bool) -> Result<Self::Value, E> {
            Err($crate::domain::text::wrong_kind(JsonKind::Boolean, $wanted))
        }
    };
    ($wanted:expr => number) => {
        fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<Self::Value, E> {
            Err($crate::domain::text::wrong_kind(JsonKind::Number, $wanted))
        }
        fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<Self::Value, E> {
            Err($crate::domain::text::wrong_kind(JsonKind::Number, $wanted))
        }
        fn visit_i128<E: serde::de::Error>(self, _: i128) -> Result<Self::Value, E> {
            Err($crate::domain::text::wrong_kind(JsonKind::Number, $wanted))
        }
        fn visit_u128<E: serde::de::Error>(self, _: u128) -> Result<Self::Value, E> {
            Err($crate::domain::text::wrong_kind(JsonKind::Number, $wanted))
        }
        fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<Self::Value, E> {
            Err($crate::domain::text::wrong_kind(JsonKind::Number, $wanted))
        }
    };
    ($wanted:expr => string) => {
        fn visit_str<E: serde::de::Error>(self, _: &str) -> Result<Self::Value, E> {
            Err($crate::domain::text::wrong_kind(JsonKind::String, $wanted))
        }
    };
    ($wanted:expr => unit) => {
        fn visit_unit<E: serde::de::Error>(self) -> Result<Self::Value, E> {
            Err($crate::domain::text::wrong_kind(JsonKind::Null, $wanted))
        }
        fn visit_none<E: serde::de::Error>(self) -> Result<Self::Value, E> {
            Err($crate::domain::text::wrong_kind(JsonKind::Null, $wanted))
        }
    };
    ($wanted:expr => seq) => {
        fn visit_seq<A: serde::de::SeqAccess<'de>>(self, _: A) -> Result<Self::Value, A::Error> {
            Err($crate::domain::text::wrong_kind(JsonKind::Array, $wanted))
        }
    };
    ($wanted:expr => map) => {
        fn visit_map<A: serde::de::MapAccess<'de>>(self, _: A) -> Result<Self::Value, A::Error> {
            Err($crate::domain::text::wrong_kind(JsonKind::Object, $wanted))
        }
    };
    ($wanted:path: $($kind:ident)+) => {
        $(wrong_kinds!($wanted => $kind);)+
    };
}

/// Reads a JSON string and converts it.
///
/// serde's own message for a wrong type has the value in it (``invalid type: integer `1234567` ``), which may be an account
/// number. So the deserialiser is asked for anything, and whatever is not a string is refused by its kind.
pub(super) fn deserialize_text<'de, D, T>(
    deserializer: D,
    convert: impl FnOnce(Cow<'_, str>) -> Result<T, Invalid>,
) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
{
    deserializer.deserialize_any(TextVisitor(convert))
}

struct TextVisitor<F>(F);

impl<'de, T, F> Visitor<'de> for TextVisitor<F>
where
    F: FnOnce(Cow<'_, str>) -> Result<T, Invalid>,
{
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        (self.0)(Cow::Borrowed(text)).map_err(E::custom)
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<T, E> {
        (self.0)(Cow::Owned(text)).map_err(E::custom)
    }

    wrong_kinds!(JsonKind::String: bool number unit seq map);
}

/// The refusal of a JSON value of the wrong kind.
pub(super) fn wrong_kind<E: de::Error>(found: JsonKind, wanted: JsonKind) -> E {
    E::custom(WRONG_TYPE.refuse(Found::Json { found, wanted }))
}

/// The first four characters and an ellipsis; nothing at all of a text of six characters or fewer.
pub(crate) struct Shortened<'a>(pub(crate) &'a str);

impl fmt::Debug for Shortened<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The seventh character is where "six or fewer" ends, the fifth is where the first four end.
        if self.0.chars().nth(6).is_none() {
            return f.write_str("…");
        }
        // `escape_debug`: what a server or a caller put there must not move the terminal's cursor.
        for character in self.0.chars().take(4) {
            write!(f, "{}", character.escape_debug())?;
        }
        f.write_str("…")
    }
}

/// What stands in `Debug` for a value that does not print.
pub(super) struct Redacted;

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Makes a validated text type: checked by its rules, read and written as a JSON string, redacted in `Debug`.
macro_rules! text_value {
    (
        $(#[$meta:meta])*
        $name:ident {
            rules: [$($rule:expr),+ $(,)?],
            warnings: [$($warning:expr),* $(,)?],
            debug: $debug:ident
            $(, canonical: $canonical:path)? $(,)?
        }
    ) => {
        $(#[$meta])*
        ///
        /// `Debug` does not print the value and there is no `Display`; [`expose`](Self::expose) gives it.
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(smol_str::SmolStr);

        impl $name {
            /// Checks and takes a text.
            ///
            /// # Errors
            ///
            /// [`Invalid`](crate::domain::Invalid) names the rule that the text breaks, and not the text.
            pub fn new(text: &str) -> Result<Self, $crate::domain::Invalid> {
                $(let text = $canonical(text);
                let text = &*text;)?
                $crate::domain::value::check(
                    <Self as $crate::domain::DomainValue>::RULES,
                    text,
                )?;
                Ok(Self(text.into()))
            }

            /// Returns the value itself, as it is sent. Take care where it goes: it may identify a person.
            #[must_use]
            pub fn expose(&self) -> &str {
                self.0.as_str()
            }

            /// Returns the warnings that apply to this value.
            pub fn warnings(&self) -> impl Iterator<Item = &'static $crate::domain::Rule> {
                <Self as $crate::domain::DomainValue>::warnings(self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::domain::Invalid;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::new(&text)
            }
        }

        impl TryFrom<&str> for $name {
            type Error = $crate::domain::Invalid;

            fn try_from(text: &str) -> Result<Self, Self::Error> {
                Self::new(text)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::domain::Invalid;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::new(text)
            }
        }

        impl $crate::domain::value::sealed::Sealed for $name {}

        impl $crate::domain::DomainValue for $name {
            const RULES: &'static [&'static $crate::domain::Rule] = &[$(&$rule),+];
            const WARNINGS: &'static [&'static $crate::domain::Rule] = &[$(&$warning),*];

            fn warns(&self, warning: &'static $crate::domain::Rule) -> bool {
                warning.check(self.expose()).is_err()
            }
        }

        text_value!(@debug $debug $name);

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.expose())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::domain::text::deserialize_text(deserializer, |text| Self::new(&text))
            }
        }

        json_schema!($name);
    };
    (@debug redacted $name:ident) => {
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({:?})"), $crate::domain::text::Redacted)
            }
        }
    };
    (@debug shortened $name:ident) => {
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({:?})"), $crate::domain::text::Shortened(self.expose()))
            }
        }
    };
}

/// The JSON Schema of a [`DomainValue`](super::DomainValue), from the limits of its rules.
macro_rules! json_schema {
    ($name:ident) => {
        #[cfg(feature = "schemars")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn schema_id() -> std::borrow::Cow<'static, str> {
                concat!(module_path!(), "::", stringify!($name)).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                $crate::domain::value::schema(<Self as $crate::domain::DomainValue>::RULES)
            }
        }
    };
}
