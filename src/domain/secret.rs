//! Credentials: kept in memory that is wiped, and never printed.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

use super::found::Invalid;
use super::limit::Limit;
use super::rule::{Rule, Severity};
use super::text::{Redacted, Shortened, deserialize_text};
use super::value::{self, DomainValue, sealed};

// A credential travels in a header or a form. A line break from the end of a file, or a variable that is only spaces, is a
// mistake better found here than as a 401.

pub(super) static CLIENT_ID: Rule = Rule {
    id: "client-id",
    fields: &["Username", "x-client-id"],
    limit: Limit::Text { min: 1, max: None },
    severity: Severity::Refuse,
    source: "AUTH, S2",
    contract: "#/components/schemas/ClientId",
    enforcer: "domain::ClientId",
};

pub(super) static CLIENT_SECRET: Rule = Rule {
    id: "client-secret",
    fields: &["Password"],
    limit: Limit::Text { min: 1, max: None },
    severity: Severity::Refuse,
    source: "AUTH, S2",
    contract: "#/components/schemas/ClientSecret",
    enforcer: "domain::ClientSecret",
};

pub(super) static ACCESS_TOKEN: Rule = Rule {
    id: "access-token",
    fields: &["access_token"],
    limit: Limit::Header,
    severity: Severity::Refuse,
    source: "AUTH, S4",
    contract: "#/components/schemas/AccessToken",
    enforcer: "domain::AccessToken",
};

pub(super) static API_KEY: Rule = Rule {
    id: "api-key",
    fields: &["x-api-key"],
    limit: Limit::Text { min: 1, max: None },
    severity: Severity::Refuse,
    source: "S2, GSBX",
    contract: "#/components/securitySchemes/ApiKey",
    enforcer: "domain::ApiKey",
};

macro_rules! secret {
    ($(#[$meta:meta])* $name:ident: $rule:ident, $debug:ident) => {
        $(#[$meta])*
        ///
        /// Visible text without control characters. Clones share one memory, which the last of them wipes. There is no `Display`;
        /// [`expose`](Self::expose) gives the value.
        #[derive(Clone)]
        pub struct $name(Arc<SecretString>);

        impl $name {
            /// Checks and takes a text.
            ///
            /// # Errors
            ///
            /// The text is not what its rule accepts: empty or blank, or with a control character, such as a line break
            /// at its end.
            pub fn new(text: &str) -> Result<Self, Invalid> {
                value::check(Self::RULES, text)?;
                Ok(Self(Arc::new(SecretString::from(text))))
            }

            /// Returns the value itself. It belongs in a request to Flinks and nowhere else.
            #[must_use]
            pub fn expose(&self) -> &str {
                self.0.expose_secret()
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({:?})"), secret!(@$debug self))
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Invalid> {
                Self::new(text)
            }
        }

        impl TryFrom<&str> for $name {
            type Error = Invalid;

            fn try_from(text: &str) -> Result<Self, Invalid> {
                Self::new(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = Invalid;

            fn try_from(text: String) -> Result<Self, Invalid> {
                // Into wiped memory first, so that a refused text is wiped too.
                let text = SecretString::from(text);
                value::check(Self::RULES, text.expose_secret())?;
                Ok(Self(Arc::new(text)))
            }
        }

        impl sealed::Sealed for $name {}

        impl DomainValue for $name {
            const RULES: &'static [&'static Rule] = &[&$rule];

            fn warns(&self, _: &'static Rule) -> bool {
                false
            }
        }

        /// Writes the value itself: into an authorize form or a configuration file, not into a log.
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.expose())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserialize_text(deserializer, |text| Self::try_from(text.into_owned()))
            }
        }

        json_schema!($name);
    };
    (@redacted $self:ident) => {
        Redacted
    };
    (@shortened $self:ident) => {
        Shortened($self.expose())
    };
}

secret! {
    /// The client id, which the vendor also calls the user name. `Debug` shows its first characters.
    ClientId: CLIENT_ID, shortened
}

secret! {
    /// The client secret, which the vendor also calls the password.
    ClientSecret: CLIENT_SECRET, redacted
}

secret! {
    /// A bearer token, opaque, and ASCII: it has to fit into a header.
    AccessToken: ACCESS_TOKEN, redacted
}

secret! {
    /// An API key, which travels with the client id.
    ApiKey: API_KEY, redacted
}
