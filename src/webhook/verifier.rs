//! Who verifies: the secrets, the limits, and the clock.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;

use super::event::Kind;
use super::signed::{Signature, Signed};
use super::{
    Event, OtherEvent, Refusal, StatusChanged, Verified, WebhookError, WebhookSecret, body,
};
use crate::client::Drift;
use crate::client::conformance::departing;
use crate::client::observer::{DriftSource, Observer, OnDrift};
use crate::clock::{Clock, SystemClock};

/// The longest body that is looked at by default: 64 KiB. An event has a few hundred bytes.
pub const DEFAULT_MAX_BODY_BYTES: usize = 64 * 1024;

/// How far the time of an event may be from now to be called fresh, by default: five minutes, either way.
pub const DEFAULT_TOLERANCE: Duration = Duration::from_secs(5 * 60);

/// Verifies webhooks and reads them.
///
/// Clones are cheap and share the secrets.
#[derive(Debug, Clone)]
pub struct WebhookVerifier {
    secrets: Arc<Vec<WebhookSecret>>,
    max_body_bytes: usize,
    tolerance: Duration,
    require_fresh: bool,
    clock: Arc<dyn Clock>,
    observer: Arc<Observer>,
}

impl WebhookVerifier {
    /// Returns a verifier with one secret: that of this environment, sandbox or production.
    #[must_use]
    pub fn new(secret: WebhookSecret) -> Self {
        Self {
            secrets: Arc::new(vec![secret]),
            max_body_bytes: DEFAULT_MAX_BODY_BYTES,
            tolerance: DEFAULT_TOLERANCE,
            require_fresh: false,
            clock: Arc::new(SystemClock),
            observer: Arc::default(),
        }
    }

    /// Accepts another secret as well: the old one, while Flinks changes to the new one.
    /// [`Verified::secret`] tells which one an event was signed with.
    #[must_use]
    pub fn and_secret(mut self, secret: WebhookSecret) -> Self {
        Arc::make_mut(&mut self.secrets).push(secret);
        self
    }

    /// Refuses an event whose time is further from now than this, is missing, or is not readable.
    ///
    /// Think twice: Flinks sends each event once, and an event that is refused is lost. Without this, a valid signature
    /// suffices, and [`Freshness`](super::Freshness) says the rest.
    #[must_use]
    pub fn require_fresh(mut self, within: Duration) -> Self {
        self.tolerance = within;
        self.require_fresh = true;
        self
    }

    /// Refuses a body of more bytes without looking at it, instead of [`DEFAULT_MAX_BODY_BYTES`].
    #[must_use]
    pub fn max_body_bytes(mut self, limit: usize) -> Self {
        self.max_body_bytes = limit;
        self
    }

    /// Tells the time by this clock, instead of the machine's.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Calls `callback` when webhooks depart from the contract in a way that this verifier and its clones have not met before, as
    /// [`ClientBuilder::on_drift`](crate::client::ClientBuilder::on_drift) does for answers; give both the same one.
    ///
    /// Told are the [departures](StatusChanged::nonconformances), members that are not known, and that there are events of
    /// another kind: each place once, without values, only of bodies whose signature holds, and also of those that
    /// [`require_fresh`](Self::require_fresh) refuses. The same is an event of `tracing` (target `flinks_pay`, level WARN), with or
    /// without a callback. The callback runs before the event is returned, so it must not block; a panic in it is caught, where
    /// panics unwind, and costs no event. Set twice, the last one counts; set on a clone, that one begins anew.
    ///
    /// ```
    /// use flinks_pay::client::Drift;
    /// use flinks_pay::webhook::{WebhookSecret, WebhookVerifier};
    /// # use flinks_pay::{Client, Credentials, Environment};
    ///
    /// # fn build(credentials: Credentials, secret: WebhookSecret) -> Result<(), flinks_pay::client::BuildError> {
    /// let tell = |drift: &Drift| eprintln!("Flinks has changed: {drift}");
    /// let client = Client::builder(Environment::sandbox(), credentials).on_drift(tell).build()?;
    /// let verifier = WebhookVerifier::new(secret).on_drift(tell);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn on_drift(mut self, callback: impl Fn(&Drift) + Send + Sync + 'static) -> Self {
        self.observer = Arc::new(Observer::new(OnDrift::call(callback)));
        self
    }

    /// Verifies a request by its headers, which must have the signature exactly once, and reads the body.
    ///
    /// The body must be the bytes as they came.
    ///
    /// # Errors
    ///
    /// The body is too long, the signature is not there once in the right form, it does not hold, or the event is not as
    /// fresh as required. [`WebhookError::status`] is the answer to give.
    pub fn verify(&self, headers: &HeaderMap, body: &[u8]) -> Result<Verified, WebhookError> {
        self.check_length(body.len())?;
        self.verify_signature(Signature::of(headers)?, body)
    }

    /// Verifies a request by the value of its one header `X-Webhook-Signature`, and reads the body. For frameworks with
    /// headers of another type; see that there is no second value that they keep to themselves.
    ///
    /// The body must be the bytes as they came.
    ///
    /// # Errors
    ///
    /// As [`verify`](Self::verify). To a request without the header answer 401, as to the others.
    pub fn verify_value(
        &self,
        signature: impl AsRef<[u8]>,
        body: &[u8],
    ) -> Result<Verified, WebhookError> {
        self.check_length(body.len())?;
        self.verify_signature(Signature::read(signature.as_ref())?, body)
    }

    /// The longest body that is looked at.
    #[cfg(feature = "axum")]
    pub(super) fn limit(&self) -> usize {
        self.max_body_bytes
    }

    pub(super) fn check_length(&self, length: usize) -> Result<(), Refusal> {
        let limit = self.max_body_bytes;
        if length > limit {
            return Err(Refusal::TooLarge { limit });
        }
        Ok(())
    }

    fn verify_signature(
        &self,
        signature: Signature,
        body: &[u8],
    ) -> Result<Verified, WebhookError> {
        let signed = Signed::check(&self.secrets, signature, body)?;
        let read = body::read(signed);
        let findings = read.findings(signed);
        self.observer.observe(DriftSource::Webhook, None, &findings);
        let when = read.when;
        let freshness = when.freshness(self.clock.wall(), self.tolerance);
        if self.require_fresh && !freshness.is_fresh() {
            return Err(Refusal::NotFresh(freshness).into());
        }
        let kind = read.kind.map(Kind);
        let nonconformances = departing(findings);
        let event = match read.report {
            Some((report, envelope)) => Event::StatusChanged(StatusChanged {
                kind,
                report,
                envelope,
                when,
                freshness,
                nonconformances,
            }),
            None => Event::Other(OtherEvent {
                kind,
                when,
                freshness,
                nonconformances,
                body: Bytes::copy_from_slice(signed.body()),
            }),
        };
        Ok(Verified {
            event,
            secret: signed.secret(),
        })
    }
}
