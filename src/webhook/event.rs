//! What a webhook said.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::{EventKey, Freshness, When};
use crate::client::{Nonconformance, salvage};
use crate::domain::SessionId;
use crate::session::{Extra, StatusReport};

/// The name of the event that this crate understands (WST).
pub const STATUS_CHANGED: &str = "SessionSetupStatusChanged";

/// An event whose signature holds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// What it says.
    pub event: Event,
    /// Which of the verifier's secrets it was signed with: 0 is the one of
    /// [`WebhookVerifier::new`](super::WebhookVerifier::new), then in the order of
    /// [`and_secret`](super::WebhookVerifier::and_secret). When nothing is signed with the old one any more, it can go.
    pub secret: usize,
}

/// What a verified body says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A session completed, failed or was cancelled.
    StatusChanged(StatusChanged),
    /// Anything else: another kind of event, such as that of the guarantee webhook, whose body is not published, or a body
    /// without a session id and a status.
    ///
    /// It may be a status event under a name that this version does not know. No event comes twice, so do not drop it: ask for
    /// the [status](crate::Client::status) of its [session](OtherEvent::session_id).
    Other(OtherEvent),
}

/// A session has reached another status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusChanged {
    pub(super) kind: Option<Kind>,
    pub(super) report: StatusReport,
    pub(super) envelope: Extra,
    pub(super) when: When,
    pub(super) freshness: Freshness,
    pub(super) nonconformances: Vec<Nonconformance>,
}

/// An event that is not understood, as it came.
#[derive(Clone, PartialEq, Eq)]
pub struct OtherEvent {
    pub(super) kind: Option<Kind>,
    pub(super) when: When,
    pub(super) freshness: Freshness,
    pub(super) nonconformances: Vec<Nonconformance>,
    pub(super) body: Bytes,
}

impl Event {
    /// Returns the kind that the body names, if it names one. [`STATUS_CHANGED`] is the only one that is published.
    #[must_use]
    pub fn kind(&self) -> Option<&str> {
        match self {
            Self::StatusChanged(event) => event.kind(),
            Self::Other(event) => event.kind(),
        }
    }

    /// Returns when the event was made.
    #[must_use]
    pub fn when(&self) -> When {
        match self {
            Self::StatusChanged(event) => event.when,
            Self::Other(event) => event.when,
        }
    }

    /// Returns how that compares with the receiver's clock.
    #[must_use]
    pub fn freshness(&self) -> Freshness {
        match self {
            Self::StatusChanged(event) => event.freshness,
            Self::Other(event) => event.freshness,
        }
    }

    /// Returns the session that it is about, if it names just one.
    #[must_use]
    pub fn session_id(&self) -> Option<SessionId> {
        match self {
            Self::StatusChanged(event) => Some(event.report.session_id),
            Self::Other(event) => event.session_id(),
        }
    }

    /// Returns where the body departs from what the contract says of a status event: see
    /// [`StatusChanged::nonconformances`] and [`OtherEvent::nonconformances`].
    #[must_use]
    pub fn nonconformances(&self) -> &[Nonconformance] {
        match self {
            Self::StatusChanged(event) => &event.nonconformances,
            Self::Other(event) => &event.nonconformances,
        }
    }
}

impl StatusChanged {
    /// Returns what the status endpoint would say of the session (WST). Members that this version does not know are in its
    /// `extra`.
    #[must_use]
    pub fn report(&self) -> &StatusReport {
        &self.report
    }

    /// Returns the report alone.
    #[must_use]
    pub fn into_report(self) -> StatusReport {
        self.report
    }

    /// Returns the kind that the body names, if it names one.
    #[must_use]
    pub fn kind(&self) -> Option<&str> {
        self.kind.as_ref().map(|kind| &*kind.0)
    }

    /// Returns the members around the report, where it stands in another object; without `when` and the kind.
    #[must_use]
    pub fn envelope(&self) -> &Extra {
        &self.envelope
    }

    /// Returns when the event was made.
    #[must_use]
    pub fn when(&self) -> When {
        self.when
    }

    /// Returns how that compares with the receiver's clock.
    #[must_use]
    pub fn freshness(&self) -> Freshness {
        self.freshness
    }

    /// Returns whether status and code contradict each other, such as a failure with the code of a scheduled debit (rule
    /// `status-and-code-agree`). Believe neither: ask the status endpoint.
    #[must_use]
    pub fn contradicts_itself(&self) -> bool {
        self.report.contradicts_itself()
    }

    /// Returns where the report departs from what the contract says of it: a member that is missing or of another JSON type, a
    /// null, a status or a code that is not known, a format, and a status and a code that contradict each other. What of that can
    /// be held is in the report all the same, as it came.
    ///
    /// A pointer leads into the body, so it begins with the member in which the report stands, if it stands in one. That it does
    /// is no departure, for the envelope is not published, and neither is the name of the kind. Members that are not known are
    /// kept in `extra` and depart from nothing. [`on_drift`](super::WebhookVerifier::on_drift) is told of them, too.
    #[must_use]
    pub fn nonconformances(&self) -> &[Nonconformance] {
        &self.nonconformances
    }

    /// Returns what a deduplicator keeps: see [`EventKey`].
    #[must_use]
    pub fn key(&self) -> EventKey {
        EventKey::of(&self.report)
    }
}

impl OtherEvent {
    /// Returns the kind that the body names, if it is JSON and names one.
    #[must_use]
    pub fn kind(&self) -> Option<&str> {
        self.kind.as_ref().map(|kind| &*kind.0)
    }

    /// Returns when the event was made.
    #[must_use]
    pub fn when(&self) -> When {
        self.when
    }

    /// Returns how that compares with the receiver's clock.
    #[must_use]
    pub fn freshness(&self) -> Freshness {
        self.freshness
    }

    /// Returns the session that it is about: every `sessionId` in the body has this value. Also of a body that is not quite
    /// JSON, so that the status endpoint can be asked.
    #[must_use]
    pub fn session_id(&self) -> Option<SessionId> {
        salvage::session_id(&self.body)
    }

    /// Returns why it is not the status event of the contract: which members are missing or of another JSON type, and all else
    /// that [`StatusChanged::nonconformances`] names. A body that cannot be read as JSON is named by the keyword `content`.
    ///
    /// A body that names no kind is held against the status event, as it is when it is read; where it has several reports in it,
    /// its top is. One that names another kind departs from nothing: the contract has no other.
    #[must_use]
    pub fn nonconformances(&self) -> &[Nonconformance] {
        &self.nonconformances
    }

    /// Returns the body as it came. It may hold personal data.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Reads the body into a type of the caller's, such as `serde_json::Value`.
    ///
    /// # Errors
    ///
    /// The body is not JSON, or not that of the type. serde's text may repeat a value of the body.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(super::body::json(&self.body))
    }
}

impl fmt::Debug for OtherEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OtherEvent")
            .field("kind", &self.kind)
            .field("when", &self.when)
            .field("freshness", &self.freshness)
            .field("nonconformances", &self.nonconformances)
            .field("body", &format_args!("[{} bytes]", self.body.len()))
            .finish()
    }
}

/// The name of a kind. Any text may stand there, also an id or a person's name, so `Debug` shows it only where it can be nothing
/// but a name of Flinks': one word of letters that begins with a thing that Flinks has events of.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Kind(pub(super) Cow<'static, str>);

const THINGS: [&str; 4] = ["eft", "guarantee", "payment", "session"];

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let begins_with = |thing: &str| {
            let start = self.0.get(..thing.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(thing))
        };
        let is_word = self.0.len() <= 64 && self.0.bytes().all(|byte| byte.is_ascii_alphabetic());
        if is_word && THINGS.iter().any(|thing| begins_with(thing)) {
            write!(f, "{:?}", self.0)
        } else {
            f.write_str("…")
        }
    }
}
