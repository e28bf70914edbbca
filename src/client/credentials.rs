//! Who the caller is, and how Flinks is told.

use std::ffi::OsString;
use std::fmt;

use crate::domain::{ApiKey, ClientId, ClientSecret, Invalid};

/// Credentials in one of the three ways that Flinks' pages describe. Never printed.
#[derive(Clone)]
pub struct Credentials(pub(crate) Scheme);

#[derive(Clone)]
pub(crate) enum Scheme {
    Basic { id: ClientId, secret: ClientSecret },
    Form { id: ClientId, secret: ClientSecret },
    ApiKey { key: ApiKey, id: ClientId },
}

/// Why credentials are refused. Their text is never repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialsError {
    /// A part is empty or has control characters.
    #[error("{part} is not usable")]
    Unusable {
        /// Which part, as the environment variable names it.
        part: &'static str,
        /// What is wrong with it.
        #[source]
        cause: Invalid,
    },
    /// HTTP Basic separates id and secret by a colon, so the id cannot have one (RFC 7617).
    #[error("a client id with a colon cannot be sent by HTTP Basic; use Credentials::form")]
    ColonInClientId,
    /// A header value may hold visible ASCII only.
    #[error("{part} has characters that an HTTP header cannot carry")]
    NotAHeader {
        /// Which part, as the environment variable names it.
        part: &'static str,
    },
    /// A variable is not set, or a look-up has no value of that name.
    #[error("{name} is not set; set it, or give the credentials in code")]
    NotSet {
        /// The variable.
        name: &'static str,
    },
    /// A value is not Unicode.
    #[error("{name} is not Unicode")]
    NotUnicode {
        /// The variable.
        name: &'static str,
    },
    /// `FLINKS_PAY_AUTH` names no scheme.
    #[error("FLINKS_PAY_AUTH must be basic, form or api-key")]
    UnknownScheme,
}

const AUTH: &str = "FLINKS_PAY_AUTH";
const CLIENT_ID: &str = "FLINKS_PAY_CLIENT_ID";
const CLIENT_SECRET: &str = "FLINKS_PAY_CLIENT_SECRET";
const API_KEY: &str = "FLINKS_PAY_API_KEY";

impl Credentials {
    /// The names that [`from_env`](Self::from_env) reads and [`from_lookup`](Self::from_lookup) asks for.
    pub const NAMES: [&'static str; 4] = [AUTH, CLIENT_ID, CLIENT_SECRET, API_KEY];

    /// Whether they are exchanged for tokens, so that another token can be had for one that is refused.
    pub(super) fn buy_tokens(&self) -> bool {
        !matches!(self.0, Scheme::ApiKey { .. })
    }

    /// Client id and secret by HTTP Basic (GIDX, EIDX, ESET).
    ///
    /// # Errors
    ///
    /// A part is empty or has control characters, or the id has a colon.
    pub fn basic(id: &str, secret: &str) -> Result<Self, CredentialsError> {
        if id.contains(':') {
            return Err(CredentialsError::ColonInClientId);
        }
        let (id, secret) = pair(id, secret)?;
        Ok(Self(Scheme::Basic { id, secret }))
    }

    /// Client id and secret as the form fields `Username` and `Password` (AUTH).
    ///
    /// # Errors
    ///
    /// A part is empty or has control characters.
    pub fn form(id: &str, secret: &str) -> Result<Self, CredentialsError> {
        let (id, secret) = pair(id, secret)?;
        Ok(Self(Scheme::Form { id, secret }))
    }

    /// An API key and the client id it belongs to, as headers (S2, GSBX). No token is fetched.
    ///
    /// # Errors
    ///
    /// A part is empty, or has characters that a header cannot carry.
    pub fn api_key(key: &str, id: &str) -> Result<Self, CredentialsError> {
        for (part, text) in [(API_KEY, key), (CLIENT_ID, id)] {
            if !text.bytes().all(|byte| (0x21..=0x7E).contains(&byte)) {
                return Err(CredentialsError::NotAHeader { part });
            }
        }
        let key = ApiKey::new(key).map_err(|cause| CredentialsError::Unusable {
            part: API_KEY,
            cause,
        })?;
        let id = ClientId::new(id).map_err(|cause| CredentialsError::Unusable {
            part: CLIENT_ID,
            cause,
        })?;
        Ok(Self(Scheme::ApiKey { key, id }))
    }

    /// Reads `FLINKS_PAY_CLIENT_ID` with `FLINKS_PAY_CLIENT_SECRET`, or with `FLINKS_PAY_API_KEY`.
    ///
    /// `FLINKS_PAY_AUTH` chooses `basic`, `form` or `api-key`; without it, an API key is used if there is one, and
    /// HTTP Basic otherwise.
    ///
    /// # Errors
    ///
    /// A variable is missing or not Unicode, or its value is refused.
    pub fn from_env() -> Result<Self, CredentialsError> {
        #[allow(
            clippy::disallowed_methods,
            reason = "the one place where the environment is read"
        )]
        let set = std::env::var_os::<&str>;
        Self::from_lookup(set)
    }

    /// The same with values from elsewhere: a file, a vault. It is asked for what it needs of [`NAMES`](Self::NAMES); `None` and an
    /// empty value both say that there is none.
    ///
    /// ```
    /// use flinks_pay::Credentials;
    ///
    /// let vault = |name| match name {
    ///     "FLINKS_PAY_CLIENT_ID" => Some("shop"),
    ///     "FLINKS_PAY_CLIENT_SECRET" => Some("out of the vault"),
    ///     _ => None,
    /// };
    /// assert!(Credentials::from_lookup(vault).is_ok());
    /// ```
    ///
    /// # Errors
    ///
    /// A value is missing or not Unicode, or is refused.
    pub fn from_lookup<V: Into<OsString>>(
        lookup: impl Fn(&'static str) -> Option<V>,
    ) -> Result<Self, CredentialsError> {
        let optional = |name| {
            let value = lookup(name).map(|value| value.into().into_string());
            let value = value.transpose();
            let value = value.map_err(|_| CredentialsError::NotUnicode { name })?;
            // Set to nothing is not set: that is how a template leaves out what it has no value for.
            Ok(value.filter(|value| !value.is_empty()))
        };
        let required = |name| optional(name)?.ok_or(CredentialsError::NotSet { name });
        let scheme = match optional(AUTH)? {
            Some(scheme) => scheme,
            None if optional(API_KEY)?.is_some() => "api-key".to_owned(),
            None => "basic".to_owned(),
        };
        match scheme.as_str() {
            "basic" => Self::basic(&required(CLIENT_ID)?, &required(CLIENT_SECRET)?),
            "form" => Self::form(&required(CLIENT_ID)?, &required(CLIENT_SECRET)?),
            "api-key" => Self::api_key(&required(API_KEY)?, &required(CLIENT_ID)?),
            _ => Err(CredentialsError::UnknownScheme),
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Scheme::Basic { .. } => "Credentials::basic([redacted])",
            Scheme::Form { .. } => "Credentials::form([redacted])",
            Scheme::ApiKey { .. } => "Credentials::api_key([redacted])",
        })
    }
}

fn pair(id: &str, secret: &str) -> Result<(ClientId, ClientSecret), CredentialsError> {
    let id = ClientId::new(id).map_err(|cause| CredentialsError::Unusable {
        part: CLIENT_ID,
        cause,
    })?;
    let secret = ClientSecret::new(secret).map_err(|cause| CredentialsError::Unusable {
        part: CLIENT_SECRET,
        cause,
    })?;
    Ok((id, secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(values: &[(&'static str, &str)]) -> Result<Credentials, CredentialsError> {
        Credentials::from_lookup(|name| {
            let found = values.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| *value)
        })
    }

    fn kind(credentials: &Credentials) -> &'static str {
        match credentials.0 {
            Scheme::Basic { .. } => "basic",
            Scheme::Form { .. } => "form",
            Scheme::ApiKey { .. } => "api-key",
        }
    }

    #[test]
    fn the_environment_chooses_the_scheme() {
        let pair = [(CLIENT_ID, "shop"), (CLIENT_SECRET, "hush")];
        let with = |extra: (&'static str, &'static str)| [pair[0], pair[1], extra];
        assert_eq!(from(&pair).as_ref().map(kind), Ok("basic"));
        assert_eq!(from(&with((AUTH, "form"))).as_ref().map(kind), Ok("form"));
        assert_eq!(from(&with((AUTH, ""))).as_ref().map(kind), Ok("basic"));
        assert_eq!(from(&with((API_KEY, ""))).as_ref().map(kind), Ok("basic"));
        assert_eq!(
            from(&with((API_KEY, "k-1"))).as_ref().map(kind),
            Ok("api-key")
        );
        assert_eq!(
            from(&with((AUTH, "api-key"))).map(|_| ()),
            Err(CredentialsError::NotSet { name: API_KEY })
        );
        assert_eq!(
            from(&with((AUTH, "magic"))).map(|_| ()),
            Err(CredentialsError::UnknownScheme)
        );
        assert_eq!(
            from(&pair[..1]).map(|_| ()),
            Err(CredentialsError::NotSet {
                name: CLIENT_SECRET
            })
        );
    }

    #[test]
    fn what_basic_and_headers_cannot_carry_is_refused() {
        assert_eq!(
            Credentials::basic("a:b", "hush").map(|_| ()),
            Err(CredentialsError::ColonInClientId)
        );
        assert!(Credentials::form("a:b", "hü%sh:").is_ok());
        assert_eq!(
            Credentials::api_key("k\r\nx: y", "shop").map(|_| ()),
            Err(CredentialsError::NotAHeader { part: API_KEY })
        );
        assert!(matches!(
            Credentials::form("", "hush"),
            Err(CredentialsError::Unusable {
                part: CLIENT_ID,
                ..
            })
        ));
    }

    #[test]
    fn debug_says_the_scheme_and_nothing_else() {
        let shown = from(&[(CLIENT_ID, "marker-id"), (CLIENT_SECRET, "marker-secret")])
            .map(|c| format!("{c:#?}"));
        assert_eq!(shown.as_deref(), Ok("Credentials::basic([redacted])"));
    }
}
