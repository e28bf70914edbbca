//! Setting up a client.

use std::error::Error as StdError;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;

use super::facade::Shared;
use super::token::TokenCache;
use super::{Client, Credentials, Environment};
use crate::clock::{Clock, SystemClock};

/// How long the parts of a call may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Until the connection stands, TLS included. 5 s by default.
    pub connect: Duration,
    /// For one request, to the last byte of its answer. 15 s by default.
    pub attempt: Duration,
    /// For the whole call, a token fetched for it included. 60 s by default.
    pub total: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            attempt: Duration::from_secs(15),
            total: Duration::from_secs(60),
        }
    }
}

/// Why a client cannot be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A root certificate cannot be used.
    #[error(
        "a root certificate cannot be used; expected PEM, blocks that begin with -----BEGIN CERTIFICATE-----"
    )]
    Certificate(#[source] Option<Box<dyn StdError + Send + Sync>>),
    /// The User-Agent cannot be sent.
    #[error("the user agent has characters that an HTTP header cannot carry; use visible ASCII")]
    UserAgent,
    /// A timeout of nothing.
    #[error("a timeout is zero; every call would fail")]
    ZeroTimeout,
    /// TLS cannot be set up.
    #[error("TLS cannot be set up; is a set of root certificates installed on this machine?")]
    Tls(#[source] Box<dyn StdError + Send + Sync>),
}

/// Settings of a [`Client`]; made by [`Client::builder`].
#[derive(Debug)]
#[must_use]
pub struct ClientBuilder {
    environment: Environment,
    credentials: Credentials,
    timeouts: Timeouts,
    user_agent: Option<String>,
    roots: Vec<Vec<u8>>,
    clock: Arc<dyn Clock>,
}

impl ClientBuilder {
    pub(super) fn new(environment: Environment, credentials: Credentials) -> Self {
        Self {
            environment,
            credentials,
            timeouts: Timeouts::default(),
            user_agent: None,
            roots: Vec::new(),
            clock: Arc::new(SystemClock),
        }
    }

    /// Sets how long the parts of a call may take.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// Puts the caller's own product in front of this crate's in `User-Agent`, such as `shop/2.1`.
    pub fn user_agent(mut self, product: impl Into<String>) -> Self {
        self.user_agent = Some(product.into());
        self
    }

    /// Trusts the certificates in a PEM text besides those of the machine, for a proxy that inspects TLS.
    pub fn root_certificates_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.roots.push(pem.into());
        self
    }

    /// Sets the clock that token lifetimes follow.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Builds the client. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// A certificate is not PEM, the user agent cannot be a header value, a timeout is zero, or TLS cannot be set up.
    pub fn build(self) -> Result<Client, BuildError> {
        let Self {
            environment,
            credentials,
            timeouts,
            user_agent,
            roots,
            clock,
        } = self;
        let Timeouts {
            connect,
            attempt,
            total,
        } = timeouts;
        if [connect, attempt, total].contains(&Duration::ZERO) {
            return Err(BuildError::ZeroTimeout);
        }
        let own = concat!("flinks-pay/", env!("CARGO_PKG_VERSION"));
        let agent = user_agent.map_or(own.to_owned(), |product| format!("{product} {own}"));
        let agent = HeaderValue::from_str(&agent)
            .ok()
            .filter(|value| value.to_str().is_ok())
            .ok_or(BuildError::UserAgent)?;
        let mut http = reqwest::Client::builder()
            .user_agent(agent)
            .connect_timeout(connect)
            .timeout(attempt)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false);
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
        let extra = !roots.is_empty();
        for pem in roots {
            let certificates = reqwest::Certificate::from_pem_bundle(&pem)
                .map_err(|error| BuildError::Certificate(Some(error.into())))?;
            if certificates.is_empty() {
                return Err(BuildError::Certificate(None));
            }
            http = http.tls_certs_merge(certificates);
        }
        let http = http.build().map_err(|error| {
            // The certificates are looked into only here.
            if extra {
                BuildError::Certificate(Some(error.into()))
            } else {
                BuildError::Tls(error.into())
            }
        })?;
        Ok(Client(Arc::new(Shared {
            environment,
            credentials,
            total,
            http,
            clock,
            tokens: TokenCache::default(),
        })))
    }
}
