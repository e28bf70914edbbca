//! Texts of an answer that identify a person: kept as they came, and not printed.

use std::fmt;

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

use super::text::{Redacted, Shortened, deserialize_text};

macro_rules! reported_text {
    ($(#[$meta:meta])* $name:ident, $debug:ident) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, Hash)]
        pub struct $name(String);

        impl $name {
            /// Keeps a text as it is.
            #[must_use]
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// Returns the value itself. Take care where it goes: it may identify a person.
            #[must_use]
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                reported_text!(@$debug f, self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserialize_text(deserializer, |text| Ok(Self(text.into_owned())))
            }
        }

        #[cfg(feature = "schemars")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string" })
            }
        }
    };
    (@redacted $f:ident, $self:ident) => {
        fmt::Debug::fmt(&Redacted, $f)
    };
    (@shortened $f:ident, $self:ident) => {
        write!($f, "ReportedReference({:?})", Shortened(&$self.0))
    };
}

reported_text! {
    /// A text of an answer that identifies a person or an account: a name, an address line, an account number.
    ///
    /// Neither checked nor changed. `Debug` is `[redacted]` and there is no `Display`.
    Private, redacted
}

reported_text! {
    /// The reference id of an answer.
    ///
    /// Neither checked nor changed. `Debug` shows at most its first four characters and there is no `Display`.
    ReportedReference, shortened
}

/// The reference as it was sent, as an answer repeats it.
impl From<&super::GuaranteedReferenceId> for ReportedReference {
    fn from(reference: &super::GuaranteedReferenceId) -> Self {
        Self::new(reference.expose())
    }
}

/// The reference as it was sent, as an answer repeats it.
impl From<&super::RegularReferenceId> for ReportedReference {
    fn from(reference: &super::RegularReferenceId) -> Self {
        Self::new(reference.expose())
    }
}
