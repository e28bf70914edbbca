//! How the server is reached: connections, TLS and proxies. What this crate decides about `reqwest` is decided here.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use http::HeaderValue;
use reqwest::{Certificate, ClientBuilder, Identity, NoProxy, Proxy};
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use url::Url;

use super::{BuildError, Environment};

/// How long a connection is kept for the next call. Common front ends close one that has been idle for 60 s without a word.
/// A create sent into one that is just being closed is ambiguous for nothing, so this side lets go first.
const IDLE: Duration = Duration::from_secs(55);

type Adjustment = Box<dyn FnOnce(ClientBuilder) -> ClientBuilder + Send>;

/// What the caller has said about connections.
#[derive(Default)]
pub(super) struct Connector {
    pub(super) plugged_in: Option<reqwest::Client>,
    pub(super) user_agent: Option<String>,
    pub(super) roots: Vec<Vec<u8>>,
    pub(super) identity: Option<SecretSlice<u8>>,
    pub(super) proxy: Option<SecretString>,
    pub(super) adjustments: Vec<Adjustment>,
}

impl Connector {
    /// Returns the client that requests are sent by.
    pub(super) fn client(
        self,
        environment: &Environment,
        connect: Duration,
    ) -> Result<reqwest::Client, BuildError> {
        if let Some(client) = &self.plugged_in {
            if let Some(setting) = self.without_effect() {
                return Err(BuildError::PluggedIn { setting });
            }
            return if stops_at_redirects(client) {
                Ok(client.clone())
            } else {
                Err(BuildError::FollowsRedirects)
            };
        }
        let mut http = reqwest::Client::builder()
            .user_agent(user_agent(self.user_agent)?)
            .connect_timeout(connect)
            .pool_idle_timeout(IDLE)
            // Features unify: one that any crate of the program asks for is on here, too.
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate();
        if environment.is_loopback() {
            // Never through a proxy; and plain http on this machine must work where no root certificates are installed.
            // And `localhost` is this machine, whatever a resolver says.
            let here = [
                IpAddr::from(Ipv4Addr::LOCALHOST),
                Ipv6Addr::LOCALHOST.into(),
            ];
            let here = here.map(|address| SocketAddr::new(address, 0));
            http = http.no_proxy().resolve_to_addrs("localhost", &here);
            if environment.base_url().scheme() == "http" {
                http = http.tls_certs_only([]);
            }
        }
        if let Some(url) = self.proxy {
            let proxy = proxy(url.expose_secret())?;
            if !environment.is_loopback() {
                http = http.proxy(proxy);
            }
        }
        let roots = self.roots.iter().map(|pem| certificates(pem));
        let roots: Vec<Certificate> = roots.collect::<Result<Vec<_>, _>>()?.concat();
        if !roots.is_empty() {
            http = http.tls_certs_merge(roots);
        }
        if let Some(pem) = self.identity {
            http = http.identity(identity(pem.expose_secret())?);
        }
        for adjust in self.adjustments {
            http = adjust(http);
        }
        // The last word: what credentials and creates depend on is not for adjusting.
        http.redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            // It would log every byte, tokens and payors included.
            .connection_verbose(false)
            .build()
            .map_err(|error| BuildError::Tls(error.into()))
    }

    /// A setting that a plugged-in client does not know about.
    fn without_effect(&self) -> Option<&'static str> {
        [
            (self.user_agent.is_some(), "user_agent"),
            (!self.roots.is_empty(), "root_certificates_pem"),
            (self.identity.is_some(), "identity_pem"),
            (self.proxy.is_some(), "proxy"),
            (!self.adjustments.is_empty(), "http"),
        ]
        .into_iter()
        .find_map(|(set, name)| set.then_some(name))
    }
}

/// Whether a client is known to return a redirect instead of following it.
///
/// `reqwest` tells so in its `Debug` and nowhere else. A text that says anything else, or that a later version writes in another
/// way, counts as no: a client that follows would carry `x-api-key` to another origin, and make a create look refused.
fn stops_at_redirects(client: &reqwest::Client) -> bool {
    // The quotes are part of it: within a header value or a URL they would be escaped.
    format!("{client:?}").contains(r#", redirect_policy: "Policy(None)", "#)
}

fn user_agent(product: Option<String>) -> Result<HeaderValue, BuildError> {
    let own = concat!("flinks-pay/", env!("CARGO_PKG_VERSION"));
    let agent = product.map_or(own.to_owned(), |product| format!("{product} {own}"));
    HeaderValue::from_str(&agent)
        .ok()
        .filter(|value| value.to_str().is_ok())
        .ok_or(BuildError::UserAgent)
}

fn proxy(url: &str) -> Result<Proxy, BuildError> {
    // Neither error is kept: it may repeat the URL, and that may hold a password.
    let url = Url::parse(url).map_err(|_| BuildError::Proxy)?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(BuildError::Proxy);
    }
    let proxy = Proxy::all(url).map_err(|_| BuildError::Proxy)?;
    Ok(proxy.no_proxy(NoProxy::from_env()))
}

pub(crate) fn certificates(pem: &[u8]) -> Result<Vec<Certificate>, BuildError> {
    let unusable = |error: reqwest::Error| BuildError::Certificate(Some(error.into()));
    let certificates = Certificate::from_pem_bundle(pem).map_err(unusable)?;
    if certificates.is_empty() {
        return Err(BuildError::Certificate(None));
    }
    // They are looked into only when a client is built, and then the error does not say what was wrong.
    isolated()
        .tls_certs_only(certificates.clone())
        .build()
        .map_err(unusable)?;
    Ok(certificates)
}

fn identity(pem: &[u8]) -> Result<Identity, BuildError> {
    let unusable = |error: reqwest::Error| BuildError::Identity(error.into());
    let identity = Identity::from_pem(pem).map_err(unusable)?;
    // As above: whether key and certificate belong together.
    isolated()
        .tls_certs_only([])
        .identity(identity.clone())
        .build()
        .map_err(unusable)?;
    Ok(identity)
}

/// A client for looking into certificates; nothing is sent by it.
fn isolated() -> ClientBuilder {
    reqwest::Client::builder().no_proxy()
}

impl fmt::Debug for Connector {
    /// Says what is set, not to what: a proxy's URL may hold a password, and a client's `Debug` has its headers.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connector")
            .field("plugged_in", &self.plugged_in.is_some())
            .field("user_agent", &self.user_agent)
            .field("roots", &self.roots.len())
            .field("identity", &self.identity.is_some())
            .field("proxy", &self.proxy.is_some())
            .field("adjustments", &self.adjustments.len())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn build(adjust: impl FnOnce(ClientBuilder) -> ClientBuilder) -> reqwest::Client {
        adjust(isolated().tls_certs_only([])).build().unwrap()
    }

    #[allow(
        clippy::redundant_closure_for_method_calls,
        reason = "the method itself is not for every lifetime"
    )]
    #[test]
    fn only_a_client_that_says_so_stops_at_redirects() {
        use reqwest::redirect::Policy;
        assert!(stops_at_redirects(&build(
            |http| http.redirect(Policy::none())
        )));
        assert!(!stops_at_redirects(&build(|http| http)));
        for follows in [Policy::limited(1), Policy::custom(|attempt| attempt.stop())] {
            assert!(!stops_at_redirects(&build(|http| http.redirect(follows))));
        }
    }

    #[test]
    fn a_header_cannot_say_it_for_a_client_that_follows() {
        let text = r#"", redirect_policy: "Policy(None)", "#;
        let mut headers = http::HeaderMap::new();
        headers.insert("x-said", HeaderValue::from_str(text).unwrap());
        let client = build(|http| http.default_headers(headers).user_agent(text));
        assert!(format!("{client:?}").contains("Policy(None)"));
        assert!(!stops_at_redirects(&client));
    }

    #[test]
    fn a_proxy_is_an_http_url_and_is_never_repeated() {
        for url in [
            "",
            "proxy.example:3128",
            "socks5://marker:marker@proxy.example",
            "http://",
            "http://marker:marker@[proxy",
        ] {
            let error = proxy(url).unwrap_err();
            assert!(matches!(error, BuildError::Proxy), "{url}");
            assert!(!format!("{error} {error:?}").contains("marker"));
        }
        assert!(proxy("http://name:word@proxy.example:3128").is_ok());
        assert!(proxy("https://proxy.example").is_ok());
    }
}
