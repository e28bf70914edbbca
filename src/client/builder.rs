//! Setting up a client.

use std::error::Error as StdError;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use secrecy::{SecretSlice, SecretString};

use super::bearer::Bearer;
use super::budget::Budget;
use super::connector::Connector;
use super::facade::Shared;
use super::jitter::Jitter;
use super::observer::{Drift, Observer, OnDrift};
use super::once::{Debts, Guard, MemoryGuard};
use super::token::TokenCache;
use super::{Client, Credentials, Environment, Retries, TokenReuse};
use crate::clock::{Clock, SystemClock};

const SESSIONS: &str = "/api/v2/sessions";

/// How long the parts of a call may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timeouts {
    /// Until the connection stands, TLS included. 5 s by default.
    pub connect: Duration,
    /// For one request, to the last byte of its answer. 15 s by default.
    pub attempt: Duration,
    /// For the whole call, a token fetched for it included. 60 s by default.
    pub total: Duration,
}

impl Timeouts {
    /// Sets the time for the connection.
    #[must_use]
    pub fn connect(mut self, connect: Duration) -> Self {
        self.connect = connect;
        self
    }

    /// Sets the time for one request.
    #[must_use]
    pub fn attempt(mut self, attempt: Duration) -> Self {
        self.attempt = attempt;
        self
    }

    /// Sets the time for the whole call.
    #[must_use]
    pub fn total(mut self, total: Duration) -> Self {
        self.total = total;
        self
    }
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
    /// The client's own certificate cannot be used.
    #[error(
        "the client certificate cannot be used; expected PEM, the certificate chain and its unencrypted private key"
    )]
    Identity(#[source] Box<dyn StdError + Send + Sync>),
    /// The proxy's URL cannot be used. It is not repeated: it may hold a password.
    #[error("the proxy is no http or https URL; expected something like http://proxy.example:3128")]
    Proxy,
    /// A plugged-in HTTP client follows redirects, or cannot be seen not to.
    #[error(
        "the plugged-in HTTP client may follow redirects, which would carry credentials to wherever they point; build it \
         with redirect(Policy::none()), or adjust this crate's own by `http`"
    )]
    FollowsRedirects,
    /// A setting that has no effect on a plugged-in HTTP client.
    #[error("`{setting}` has no effect on a plugged-in HTTP client; set it there")]
    PluggedIn {
        /// The method of the builder.
        setting: &'static str,
    },
    /// The User-Agent cannot be sent.
    #[error("the user agent has characters that an HTTP header cannot carry; use visible ASCII")]
    UserAgent,
    /// A timeout of nothing.
    #[error("a timeout is zero; every call would fail")]
    ZeroTimeout,
    /// TLS cannot be set up.
    #[error("TLS cannot be set up; is a set of root certificates installed on this machine?")]
    Tls(#[source] Box<dyn StdError + Send + Sync>),
    /// The thread of a blocking client cannot be started.
    #[cfg(feature = "blocking")]
    #[error("the thread that a blocking client's connections live on cannot be started")]
    Thread(#[source] std::io::Error),
}

/// Settings of a client; made by [`Client::builder`], and by `blocking::Client::builder` for one that blocks.
#[derive(Debug)]
#[must_use]
pub struct ClientBuilder<Built = Client> {
    environment: Environment,
    credentials: Credentials,
    timeouts: Timeouts,
    retries: Retries,
    token_reuse: TokenReuse,
    jitter_seed: Option<u64>,
    connector: Connector,
    clock: Arc<dyn Clock>,
    on_drift: OnDrift,
    guard: Option<Arc<dyn Guard>>,
    built: PhantomData<fn() -> Built>,
}

impl<Built> ClientBuilder<Built> {
    pub(crate) fn new(environment: Environment, credentials: Credentials) -> Self {
        Self {
            environment,
            credentials,
            timeouts: Timeouts::default(),
            retries: Retries::default(),
            token_reuse: TokenReuse::default(),
            jitter_seed: None,
            connector: Connector::default(),
            clock: Arc::new(SystemClock),
            on_drift: OnDrift::default(),
            guard: None,
            built: PhantomData,
        }
    }

    /// Sets how long the parts of a call may take.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// Sets how often and how soon a call is tried again. What may be tried again at all is in
    /// [`RETRY_TABLE`](super::RETRY_TABLE).
    pub fn retries(mut self, retries: Retries) -> Self {
        self.retries = retries;
        self
    }

    /// Sets what a token may be used for.
    pub fn token_reuse(mut self, reuse: TokenReuse) -> Self {
        self.token_reuse = reuse;
        self
    }

    /// Makes the pauses between attempts, and how early a token is given up, follow from a seed. By default they differ
    /// from one program to the next, so that programs that failed together do not come back together.
    pub fn jitter_seed(mut self, seed: u64) -> Self {
        self.jitter_seed = Some(seed);
        self
    }

    /// Puts the caller's own product in front of this crate's in `User-Agent`, such as `shop/2.1`.
    pub fn user_agent(mut self, product: impl Into<String>) -> Self {
        self.connector.user_agent = Some(product.into());
        self
    }

    /// Trusts the certificates in a PEM text besides those of the machine, for a proxy that inspects TLS.
    pub fn root_certificates_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.connector.roots.push(pem.into());
        self
    }

    /// Shows this certificate to a server that asks for one (mutual TLS): the chain and its private key, unencrypted, in one
    /// PEM text. It is kept in memory that is wiped, and never printed.
    pub fn identity_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.connector.identity = Some(SecretSlice::from(pem.into()));
        self
    }

    /// Connects through a proxy, such as `http://name:password@proxy.example:3128`, to every host that `NO_PROXY` does not
    /// name. A loopback address is never reached through a proxy.
    ///
    /// Without this, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` count. The proxy sees the name of the host and nothing else:
    /// TLS ends at the server, and credentials in this URL go to the proxy alone.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.connector.proxy = Some(SecretString::from(url.into()));
        self
    }

    /// Adjusts this crate's own HTTP client before it is built: a resolver, a local address, TLS versions, `http1_only` and
    /// the like.
    ///
    /// What is set here wins over this builder's other methods, with four exceptions that are set after it, because
    /// credentials and creates depend on them: no redirect is followed, `reqwest` retries nothing, no `Referer` is sent, and
    /// what passes a connection is not logged (`connection_verbose`).
    ///
    /// ```
    /// # fn build() -> Result<(), Box<dyn std::error::Error>> {
    /// use flinks_pay::{Client, Credentials, Environment};
    ///
    /// let credentials = Credentials::basic("shop", "hush")?;
    /// let client = Client::builder(Environment::sandbox(), credentials)
    ///     .http(|http| http.http1_only().tcp_nodelay(true))
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn http(
        mut self,
        adjust: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + 'static,
    ) -> Self {
        self.connector.adjustments.push(Box::new(adjust));
        self
    }

    /// Sends everything through a client of the caller's own, to share its connections. Where that is not the reason, prefer
    /// [`http`](Self::http).
    ///
    /// The caller's business then: TLS and what is trusted, proxies (for loopback addresses, too), how long a connection may
    /// take and is kept, `User-Agent`, and headers or cookies that the client adds. Of this builder,
    /// [`user_agent`](Self::user_agent), [`root_certificates_pem`](Self::root_certificates_pem),
    /// [`identity_pem`](Self::identity_pem), [`proxy`](Self::proxy) and [`http`](Self::http) have no effect on it, so
    /// [`build`](ClientBuilder::build) refuses them; [`Timeouts::connect`] has none either.
    ///
    /// What holds all the same: attempts and calls end in time, one attempt is one request that `reqwest` cannot send
    /// again, answers are limited to [`MAX_BODY_BYTES`](super::MAX_BODY_BYTES) *after* they have been decompressed, and no
    /// redirect is followed. For the last, the client must have been built with `redirect(Policy::none())`: one that follows
    /// carries `x-api-key` to any host that an answer names. `reqwest` tells its policy in the client's `Debug` only, so that
    /// is where `build` looks, and it refuses what it does not recognise. An answer that comes from another address than
    /// the one asked is an error besides, of kind [`Redirect`](super::ErrorKind::Redirect).
    ///
    /// A connection belongs to the runtime that it was opened on. A client shared with a
    #[cfg_attr(
        feature = "blocking",
        doc = "[`blocking::Client`](crate::blocking::Client)"
    )]
    #[cfg_attr(not(feature = "blocking"), doc = "`blocking::Client`")]
    /// may be handed one of either side's: it stands still while the thread of a single-threaded runtime waits in the client
    /// that blocks, and ends with the runtime it was opened on. A client of its own for the one that blocks has neither trouble.
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.connector.plugged_in = Some(client);
        self
    }

    /// Sets the clock that everything follows but the time for a connection: token lifetimes, dates in answers, pauses,
    /// and how long attempts and calls may take.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Calls `callback` when answers depart from the contract in a way that this client and its clones have not met before:
    /// a change at Flinks, seen in production traffic. One odd answer and a million of them are one call.
    ///
    /// The same is an event of `tracing` (target `flinks_pay`, level WARN), with or without a callback. Neither has a value of
    /// any answer. The callback runs before the answer is returned, on the caller's task, so it must not block; a panic in
    /// it is caught, where panics unwind, and does the call no harm. Set twice, the last one counts.
    ///
    /// Failed answers count, too: [`Error::nonconformances`](super::Error::nonconformances) says which. Webhooks are no answers:
    /// give the same callback to [`WebhookVerifier::on_drift`](crate::webhook::WebhookVerifier::on_drift).
    ///
    /// ```
    /// # use flinks_pay::{Client, Credentials, Environment};
    /// # fn build(credentials: Credentials) -> Result<Client, flinks_pay::client::BuildError> {
    /// Client::builder(Environment::sandbox(), credentials)
    ///     .on_drift(|drift| eprintln!("Flinks has changed: {drift}"))
    ///     .build()
    /// # }
    /// ```
    pub fn on_drift(mut self, callback: impl Fn(&Drift) + Send + Sync + 'static) -> Self {
        self.on_drift = OnDrift::call(callback);
        self
    }

    /// Sets where it is kept which debts are being collected: see [`Client::create_once`]. By default in memory, by a
    /// [`MemoryGuard`] on the client's clock that keeps paid debts for as long as the client lives. A process that collects
    /// more than [`MemoryGuard::CAPACITY`] debts in its life gives it a time after which it forgets those that are paid.
    pub fn guard(mut self, guard: Arc<dyn Guard>) -> Self {
        self.guard = Some(guard);
        self
    }

    /// Puts together the client that both kinds of client stand on.
    pub(crate) fn assemble(self) -> Result<Client, BuildError> {
        let Self {
            environment,
            credentials,
            timeouts,
            retries,
            token_reuse,
            jitter_seed,
            connector,
            clock,
            on_drift,
            guard,
            built: _,
        } = self;
        let guard = guard.unwrap_or_else(|| Arc::new(MemoryGuard::new().clock(Arc::clone(&clock))));
        let Timeouts {
            connect,
            attempt,
            total,
        } = timeouts;
        if [connect, attempt, total].contains(&Duration::ZERO) {
            return Err(BuildError::ZeroTimeout);
        }
        let http = connector.client(&environment, connect)?;
        Ok(Client(Arc::new(Shared {
            sessions: (SESSIONS, environment.under(SESSIONS)),
            environment,
            credentials,
            timeouts,
            retries,
            budget: Budget::full(),
            jitter: Arc::new(Jitter::new(jitter_seed)),
            transport: Arc::new(http.clone()),
            http,
            observer: Arc::new(Observer::new(on_drift)),
            clock,
            tokens: Arc::new(TokenCache::new(token_reuse)),
            bearer: Bearer::default(),
            status_needs_credentials: AtomicBool::new(false),
            debts: Debts::new(guard),
        })))
    }
}

impl ClientBuilder {
    /// Builds the client. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// A certificate, the client's own certificate or the proxy's URL cannot be used, the user agent cannot be a header
    /// value, a timeout is zero, a plugged-in client cannot be used or has settings that do not reach it, or TLS cannot be
    /// set up.
    pub fn build(self) -> Result<Client, BuildError> {
        self.assemble()
    }
}
