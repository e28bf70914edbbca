//! A receiver: where it is, and how an event is sent there.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use http::header;
use reqwest::Certificate;
use url::{Host, Url};

use crate::client::{BuildError, certificates};
use crate::webhook::SIGNATURE_HEADER;

/// The address of a receiver. Whatever is sent there goes out in one way, whoever sends it.
///
/// The address is `https`, of any host, or `http` of this machine: what is sent has a session's id in it, and is not for the
/// network to read. Redirects are not followed, and this machine is reached without a proxy.
#[derive(Clone)]
#[must_use]
pub struct WebhookReceiver {
    url: Url,
    http: reqwest::Client,
}

/// Why a webhook cannot be sent to an address. The text of the address is not repeated: it may hold a token.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WebhookUrlError {
    /// Not a URL at all, or one of another kind.
    #[error("the webhook address is no absolute http or https URL")]
    NotAUrl,
    /// Plain `http` to another machine.
    #[error(
        "the webhook address must be https; plain http is accepted only for loopback addresses"
    )]
    Insecure,
    /// User name or password in it.
    #[error("the webhook address must not hold credentials; the signature tells who sends")]
    HasCredentials,
    /// A fragment, which is never sent.
    #[error("the webhook address must not have a fragment")]
    HasFragment,
    /// A root certificate cannot be used.
    #[error(transparent)]
    Certificate(BuildError),
    /// There is no TLS to reach it by.
    #[error("no HTTP client could be made for the webhook address")]
    Client(#[source] reqwest::Error),
}

impl WebhookReceiver {
    /// How long a receiver has for its answer, by the machine's time.
    pub(super) const PATIENCE: Duration = Duration::from_secs(10);

    /// Checks and takes the address of a receiver.
    ///
    /// # Errors
    ///
    /// The text is no absolute URL, has credentials or a fragment, or is neither `https` nor `http` to a loopback address.
    pub fn new(url: &str) -> Result<Self, WebhookUrlError> {
        Self::with(url, Vec::new())
    }

    /// The same of a receiver whose certificate is signed by one of these, in PEM, or by one that this machine trusts anyway.
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new), and no certificate can be read.
    pub fn trusting(url: &str, roots: &[u8]) -> Result<Self, WebhookUrlError> {
        let roots = certificates(roots).map_err(WebhookUrlError::Certificate)?;
        Self::with(url, roots)
    }

    fn with(url: &str, roots: Vec<Certificate>) -> Result<Self, WebhookUrlError> {
        let url = Url::parse(url).map_err(|_| WebhookUrlError::NotAUrl)?;
        let local = is_loopback(&url);
        match url.scheme() {
            "https" => {}
            "http" if local => {}
            "http" => return Err(WebhookUrlError::Insecure),
            _ => return Err(WebhookUrlError::NotAUrl),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(WebhookUrlError::HasCredentials);
        }
        if url.fragment().is_some() {
            return Err(WebhookUrlError::HasFragment);
        }
        let http = client(&url, local, roots);
        let http = http.map_err(|error| WebhookUrlError::Client(error.without_url()))?;
        Ok(Self { url, http })
    }

    /// Returns the address.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Returns whether it is on this machine, by its address.
    #[must_use]
    pub fn is_local(&self) -> bool {
        is_loopback(&self.url)
    }

    /// Sends a body once, with this signature in the header, or without one. Returns the status of the answer; its body says
    /// nothing that anybody has published.
    ///
    /// # Errors
    ///
    /// No answer came within ten seconds. The error does not have the address in it.
    pub async fn post(
        &self,
        body: impl Into<Bytes>,
        signature: Option<&str>,
    ) -> Result<u16, reqwest::Error> {
        let signature = signature.map(|signature| (SIGNATURE_HEADER, signature));
        self.post_within(body.into(), signature, Self::PATIENCE)
            .await
    }

    pub(super) async fn post_within(
        &self,
        body: Bytes,
        signature: Option<(&str, &str)>,
        patience: Duration,
    ) -> Result<u16, reqwest::Error> {
        let mut request = self
            .http
            .post(self.url.clone())
            .header(header::CONTENT_TYPE, "application/json; charset=utf-8");
        if let Some((header, signature)) = signature {
            request = request.header(header, signature);
        }
        let answer = request.timeout(patience).body(body).send().await;
        let answer = answer.map_err(reqwest::Error::without_url)?;
        Ok(answer.status().as_u16())
    }
}

fn client(url: &Url, local: bool, roots: Vec<Certificate>) -> reqwest::Result<reqwest::Client> {
    let mut http = reqwest::Client::builder()
        .user_agent(concat!("flinks-pay-sandbox/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        // A connection that is kept may be closed just when an event is sent, and no event is sent again.
        .pool_max_idle_per_host(0)
        // It would log every byte.
        .connection_verbose(false);
    if local {
        // `localhost` is this machine, whatever a resolver says.
        let here = [
            IpAddr::from(Ipv4Addr::LOCALHOST),
            Ipv6Addr::LOCALHOST.into(),
        ];
        let here = here.map(|address| SocketAddr::new(address, 0));
        http = http.no_proxy().resolve_to_addrs("localhost", &here);
    }
    if url.scheme() == "http" {
        // It works where no root certificates are installed, too.
        http = http.tls_certs_only([]);
    }
    if !roots.is_empty() {
        http = http.tls_certs_merge(roots);
    }
    http.build()
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The origin of the address, as a path may hold a token.
impl fmt::Debug for WebhookReceiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookReceiver")
            .field("origin", &self.url.origin().ascii_serialization())
            .finish_non_exhaustive()
    }
}
