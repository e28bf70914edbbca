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
        let when = read.when;
        let freshness = when.freshness(self.clock.wall(), self.tolerance);
        if self.require_fresh && !freshness.is_fresh() {
            return Err(Refusal::NotFresh(freshness).into());
        }
        let kind = read.kind.map(Kind);
        let event = match read.report {
            Some((report, envelope)) => Event::StatusChanged(StatusChanged {
                kind,
                report,
                envelope,
                when,
                freshness,
            }),
            None => Event::Other(OtherEvent {
                kind,
                when,
                freshness,
                body: Bytes::copy_from_slice(signed.body()),
            }),
        };
        Ok(Verified {
            event,
            secret: signed.secret(),
        })
    }
}
