//! Where the API is, and what may be sent there.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use url::{Host, Url};

use crate::domain::SessionId;

/// The host that the client talks to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    base: Url,
}

/// Why a base URL is refused. The text of the URL is not repeated: it may hold credentials.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EnvironmentError {
    /// Not a URL at all.
    #[error(
        "the base URL is no absolute URL; expected something like https://payments.flinksapp.com"
    )]
    NotAUrl,
    /// A template variable such as `{baseurl}` is left in it.
    #[error(
        "the base URL still has a template variable in braces; replace it by the host given at onboarding"
    )]
    Unexpanded,
    /// Neither `https`, nor `http` to this machine.
    #[error("the base URL must be https; plain http is accepted only for loopback addresses")]
    Insecure,
    /// User name or password in it.
    #[error("the base URL must not hold credentials; give them as Credentials")]
    HasCredentials,
    /// A query or a fragment.
    #[error("the base URL must end with its path; remove the query and the fragment")]
    HasQuery,
}

impl Environment {
    /// Production, `https://payments.flinksapp.com` (S2, GWID, ESET).
    #[must_use]
    pub fn production() -> Self {
        Self::known("https://payments.flinksapp.com")
    }

    /// The vendor's sandbox, `https://payments-uat.flinksapp.com` (GWID, ESET).
    #[must_use]
    pub fn sandbox() -> Self {
        Self::known("https://payments-uat.flinksapp.com")
    }

    /// Another host: a base URL given at onboarding, a proxy, or the simulator on this machine.
    ///
    /// A path is kept, with or without a slash at its end.
    ///
    /// # Errors
    ///
    /// The text is no absolute URL, has a `{variable}` left in it, holds credentials, a query or a fragment, or is
    /// neither `https` nor `http` to a loopback address.
    pub fn custom(base: &str) -> Result<Self, EnvironmentError> {
        let lower = base.to_ascii_lowercase();
        if base.contains(['{', '}']) || lower.contains("%7b") || lower.contains("%7d") {
            return Err(EnvironmentError::Unexpanded);
        }
        let mut base = Url::parse(base.trim()).map_err(|_| EnvironmentError::NotAUrl)?;
        if !base.has_host() {
            return Err(EnvironmentError::NotAUrl);
        }
        if !base.username().is_empty() || base.password().is_some() {
            return Err(EnvironmentError::HasCredentials);
        }
        if base.query().is_some() || base.fragment().is_some() {
            return Err(EnvironmentError::HasQuery);
        }
        let secure = match base.scheme() {
            "https" => true,
            "http" => is_loopback(&base),
            _ => return Err(EnvironmentError::NotAUrl),
        };
        if !secure {
            return Err(EnvironmentError::Insecure);
        }
        let path = base.path().trim_end_matches('/').to_owned();
        base.set_path(&path);
        Ok(Self { base })
    }

    /// Returns the base URL.
    #[must_use]
    pub fn base_url(&self) -> &Url {
        &self.base
    }

    /// Returns whether the host is this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.base)
    }

    /// Returns the address of the hosted page. Whoever has it can act as the payor.
    #[must_use]
    pub fn hosted_url(&self, session: &SessionId) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}/app/", self.base.path().trim_end_matches('/')));
        url.query_pairs_mut()
            .append_pair("sessionId", &session.expose());
        url
    }

    /// The address of a path under the base.
    pub(crate) fn under(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        match self.base.path().trim_end_matches('/') {
            "" => url.set_path(path),
            base => url.set_path(&format!("{base}{path}")),
        }
        url
    }

    /// The base as it is shown: without a slash at its end.
    pub(crate) fn prefix(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    fn known(base: &'static str) -> Self {
        #[allow(
            clippy::expect_used,
            reason = "the two texts above are absolute https URLs; a test parses both"
        )]
        Self {
            base: Url::parse(base).expect("a constant URL"),
        }
    }
}

impl FromStr for Environment {
    type Err = EnvironmentError;

    /// As [`custom`](Environment::custom).
    fn from_str(base: &str) -> Result<Self, EnvironmentError> {
        Self::custom(base)
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.prefix())
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_known_hosts_are_urls() {
        assert_eq!(
            Environment::production().prefix(),
            "https://payments.flinksapp.com"
        );
        assert_eq!(
            Environment::sandbox().prefix(),
            "https://payments-uat.flinksapp.com"
        );
    }

    #[test]
    fn a_base_url_is_accepted_only_where_credentials_are_safe() {
        for (text, expected) in [
            ("https://pay.example", Ok("https://pay.example")),
            ("https://pay.example/", Ok("https://pay.example")),
            (
                "https://pay.example/flinks/",
                Ok("https://pay.example/flinks"),
            ),
            ("http://127.0.0.1:8080", Ok("http://127.0.0.1:8080")),
            ("http://[::1]:8080/", Ok("http://[::1]:8080")),
            ("http://localhost", Ok("http://localhost")),
            ("http://pay.example", Err(EnvironmentError::Insecure)),
            ("http://127.0.0.1.example", Err(EnvironmentError::Insecure)),
            (
                "https://www.{baseurl}.com",
                Err(EnvironmentError::Unexpanded),
            ),
            (
                "https://www.%7Bbaseurl%7D.com",
                Err(EnvironmentError::Unexpanded),
            ),
            ("{{BaseUri}}", Err(EnvironmentError::Unexpanded)),
            ("{baseurl}", Err(EnvironmentError::Unexpanded)),
            (
                "https://pay.example/{path}",
                Err(EnvironmentError::Unexpanded),
            ),
            ("https://pay.example//", Ok("https://pay.example")),
            ("HTTPS://Pay.Example:443", Ok("https://pay.example")),
            (
                "https://[2001:db8::1]:8443/pay/",
                Ok("https://[2001:db8::1]:8443/pay"),
            ),
            ("http://LocalHost:80/", Ok("http://localhost")),
            ("http://127.1", Ok("http://127.0.0.1")),
            ("http://0.0.0.0", Err(EnvironmentError::Insecure)),
            ("http://[::]", Err(EnvironmentError::Insecure)),
            ("http://[2001:db8::1]", Err(EnvironmentError::Insecure)),
            ("http://localhost.example", Err(EnvironmentError::Insecure)),
            (
                "http://127.0.0.1@pay.example",
                Err(EnvironmentError::HasCredentials),
            ),
            ("https://@pay.example", Ok("https://pay.example")),
            ("https://pay.example/#x", Err(EnvironmentError::HasQuery)),
            ("https://", Err(EnvironmentError::NotAUrl)),
            (
                "https://id:secret@pay.example",
                Err(EnvironmentError::HasCredentials),
            ),
            ("https://pay.example/?x=1", Err(EnvironmentError::HasQuery)),
            ("pay.example", Err(EnvironmentError::NotAUrl)),
            ("ftp://pay.example", Err(EnvironmentError::NotAUrl)),
            ("data:text/plain,x", Err(EnvironmentError::NotAUrl)),
            ("", Err(EnvironmentError::NotAUrl)),
        ] {
            let found = Environment::custom(text);
            assert_eq!(
                found
                    .as_ref()
                    .map(Environment::prefix)
                    .map_err(Clone::clone),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn a_path_under_the_base_is_the_address_that_the_whole_text_is() {
        for base in [
            "https://pay.example",
            "https://pay.example/flinks/",
            "https://pay.example:8443/a%20b/c;d",
            "http://127.0.0.1:8080//x",
            "http://[::1]/é",
        ] {
            let base = Environment::custom(base).unwrap();
            for path in [
                "/api/v2/sessions",
                "/api/v2/sessions/0b7d4c1e-5a36-4f0e-9d5c-3f2a91c7e864/status",
            ] {
                let whole = Url::parse(&format!("{}{path}", base.prefix()));
                assert_eq!(Ok(base.under(path)), whole);
            }
        }
    }

    #[test]
    fn the_hosted_page_stands_under_the_base() {
        let id = SessionId::new("0b7d4c1e-5a36-4f0e-9d5c-3f2a91c7e864").unwrap();
        let base = Environment::custom("https://pay.example/flinks").unwrap();
        assert_eq!(
            base.hosted_url(&id).as_str(),
            "https://pay.example/flinks/app/?sessionId=0b7d4c1e-5a36-4f0e-9d5c-3f2a91c7e864"
        );
    }
}
