//! Why a call failed, what that says about money, and what to do.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::{
    Fate, Nonconformance, Operation, Problem, RawResponse, RequestId, Verdict, salvage, verdict,
};
use crate::domain::SessionId;

/// A failed call.
///
/// `Display` is one line without bodies, header values or anything that was sent; the cause is in `source()`.
#[derive(Debug, Clone)]
pub struct Error(Box<Inner>);

#[derive(Debug, Clone)]
struct Inner {
    kind: ErrorKind,
    operation: Operation,
    request_id: RequestId,
    raw: Option<RawResponse>,
    problem: Option<Problem>,
    nonconformances: Vec<Nonconformance>,
    retry_after: Option<Duration>,
    path: Option<String>,
    session_id: Option<SessionId>,
    attempts: u32,
    /// Whether an earlier attempt of the call may have been carried out.
    unsure: bool,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// What kind of failure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client is not set up for this: no token exists for API keys, or the request could not be put together.
    Configuration,
    /// No connection came about: name not found, refused, unreachable, too slow, refused by a proxy, or no TLS to agree on.
    /// No byte of the request left.
    Connect,
    /// The server's certificate does not prove that it is the host: expired, for another name, or of an issuer that is not
    /// trusted. No byte of the request left. It will not go better the next time: see
    /// [`root_certificates_pem`](super::ClientBuilder::root_certificates_pem) if a proxy inspects TLS here.
    Certificate,
    /// The server wants a certificate of this client, or does not accept the one that it was shown: see
    /// [`identity_pem`](super::ClientBuilder::identity_pem).
    ///
    /// Since TLS 1.3 a server may say so only after the request has left, and counts as one that may have carried it out. One
    /// that closes the connection without saying why is [`Interrupted`](Self::Interrupted).
    ClientCertificate,
    /// The time for the whole call was up, or nearly, before the request could be sent. Nothing of it left.
    NotSent,
    /// The time for the attempt or for the whole call ran out after the request may have left.
    Timeout,
    /// The connection broke after the request may have left, or the answer stopped half-way.
    Interrupted,
    /// A redirect was answered, and not followed: credentials are not carried along. Or a
    /// [plugged-in](super::ClientBuilder::http_client) client followed one, and its answer is not looked at.
    Redirect,
    /// The answer is longer than [`MAX_BODY_BYTES`](super::MAX_BODY_BYTES), compression undone.
    TooLarge,
    /// The answer is compressed although that was not offered, or cannot be decompressed.
    Encoded,
    /// A success answer that is not what the contract says: not JSON, a wrong JSON type, a missing member, a
    /// malformed session id. [`path`](Error::path) says where.
    Decode,
    /// The answer is about another session than the one asked for; of a create, it has another reference than the one
    /// sent, however much of the answer can be read besides. The answer may be somebody else's.
    WrongSession,
    /// 400, 422 and the other 4xx that say that nothing was done: a value or the state of the session is refused.
    Refused,
    /// 401: the token or the credentials are not accepted.
    Unauthorized,
    /// 403: the session may not be read, or the product is not enabled.
    Forbidden,
    /// 404: no such session.
    NotFound,
    /// 409: the session is in another state. Also a cancellation that was answered by a success with another status than
    /// cancelled.
    Conflict,
    /// 408: the server gave up waiting for the request.
    RequestTimeout,
    /// 429.
    RateLimited,
    /// 5xx: from Flinks or from a proxy in between.
    Server,
    /// A status that nothing here stands for, such as 499, by which a proxy says that it gave up waiting.
    UnexpectedStatus,
}

impl ErrorKind {
    /// Returns the kind of a complete answer that is no success.
    pub(crate) fn of_status(status: u16) -> Self {
        match status {
            300..=399 => Self::Redirect,
            401 => Self::Unauthorized,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            408 => Self::RequestTimeout,
            409 => Self::Conflict,
            429 => Self::RateLimited,
            // Those of RFC 9110 and its kin that end a request before it is carried out. Of any other, who knows.
            400 | 405..=407 | 410..=417 | 421 | 422 | 426 | 428 | 431 | 451 => Self::Refused,
            500..=599 => Self::Server,
            _ => Self::UnexpectedStatus,
        }
    }

    /// Whether Flinks may have carried the operation out all the same.
    fn may_have_been_carried_out(self) -> bool {
        match self {
            // Nothing was sent, or a complete answer says that it was not done.
            Self::Configuration
            | Self::Connect
            | Self::NotSent
            | Self::Certificate
            | Self::Refused
            | Self::Unauthorized
            | Self::Forbidden
            | Self::NotFound
            | Self::Conflict
            | Self::RateLimited => false,
            // No answer, half of one, one that cannot be read, or one that a proxy may have made up.
            Self::Timeout
            | Self::Interrupted
            | Self::ClientCertificate
            | Self::Redirect
            | Self::TooLarge
            | Self::Encoded
            | Self::Decode
            | Self::WrongSession
            | Self::RequestTimeout
            | Self::Server
            | Self::UnexpectedStatus => true,
        }
    }

    fn says(self) -> &'static str {
        match self {
            Self::Configuration => "the client is not set up for this call",
            Self::Connect => "no connection",
            Self::Certificate => "the server's certificate is not trusted",
            Self::ClientCertificate => {
                "the server does not accept this client's certificate, or misses one"
            }
            Self::NotSent => "no time was left to send it",
            Self::Timeout => "no answer in time",
            Self::Interrupted => "the connection broke",
            Self::Redirect => "a redirect, which is not followed",
            Self::TooLarge => "the answer is too long",
            Self::Encoded => {
                "the answer is compressed in a way that was not offered or cannot be undone"
            }
            Self::Decode => "the answer cannot be read",
            Self::WrongSession => "the answer is about another session or reference",
            Self::Refused => "refused",
            Self::Unauthorized => "not authorized",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not found",
            Self::Conflict => "in conflict with the state of the session",
            Self::RequestTimeout => "the server stopped waiting for the request",
            Self::RateLimited => "too many requests",
            Self::Server => "the server failed",
            Self::UnexpectedStatus => "an unexpected status",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.says())
    }
}

impl Error {
    pub(crate) fn new(
        kind: ErrorKind,
        operation: Operation,
        request_id: RequestId,
        attempts: u32,
    ) -> Self {
        Self(Box::new(Inner {
            kind,
            operation,
            request_id,
            raw: None,
            problem: None,
            nonconformances: Vec::new(),
            retry_after: None,
            path: None,
            session_id: None,
            attempts,
            unsure: false,
            source: None,
        }))
    }

    /// The same failure, of a call of which an earlier attempt may have been carried out.
    pub(crate) fn unsure(mut self) -> Self {
        self.0.unsure = true;
        self
    }

    /// The same failure, as that of another call that waited for it.
    pub(crate) fn in_call(mut self, request_id: RequestId) -> Self {
        self.0.request_id = request_id;
        self
    }

    pub(crate) fn with_session(mut self, session: Option<SessionId>) -> Self {
        self.0.session_id = session;
        self
    }

    /// The same of a create that sent this reference. A spoilt answer that names another one is no more the create's than a
    /// whole one would be.
    pub(crate) fn judged_by(mut self, reference: Option<&str>) -> Self {
        if let (Some(_), Some(raw), Some(ours)) = (&self.0.session_id, &self.0.raw, reference)
            && salvage::names_another(&raw.body, ours)
        {
            self.0.kind = ErrorKind::WrongSession;
            self.0.path = None;
        }
        self
    }

    pub(crate) fn with_raw(mut self, raw: Option<RawResponse>) -> Self {
        self.0.problem = raw
            .as_ref()
            .filter(|raw| !raw.status.is_success())
            .and_then(|raw| Problem::read(&raw.json()));
        self.0.raw = raw;
        self
    }

    pub(crate) fn with_nonconformances(mut self, departures: Vec<Nonconformance>) -> Self {
        self.0.nonconformances = departures;
        self
    }

    pub(crate) fn with_retry_after(mut self, retry_after: Option<Duration>) -> Self {
        self.0.retry_after = retry_after;
        self
    }

    pub(crate) fn with_path(mut self, path: String) -> Self {
        self.0.path = Some(path);
        self
    }

    pub(crate) fn with_source(self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.with_boxed_source(Box::new(source))
    }

    pub(crate) fn with_boxed_source(mut self, source: Box<dyn StdError + Send + Sync>) -> Self {
        self.0.source = Some(Arc::from(source));
        self
    }

    /// Returns what kind of failure it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns the operation that failed. It is [`Operation::Authorize`] when a call failed for want of a token.
    #[must_use]
    pub fn operation(&self) -> Operation {
        self.0.operation
    }

    /// Returns the HTTP status, if an answer came.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.raw.as_ref().map(RawResponse::status)
    }

    /// Returns how long the server asks to wait (`Retry-After`, in seconds or as a date).
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Returns whether the same call may be made again: it may go better, and doing it twice does no harm. It is what
    /// [`RETRY_TABLE`](super::RETRY_TABLE) says; the client has done it as often as [`Retries`](super::Retries) allow.
    ///
    /// A create is retryable only if no byte of it left. 429 and 503 of a create carry
    /// [`retry_after`](Self::retry_after) and are left to the caller.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        let again = verdict(self.operation(), Fate::of(self)) == Verdict::Again;
        again && (!self.0.unsure || self.operation().is_repeatable())
    }

    /// Returns whether Flinks may have carried the operation out although it failed here.
    ///
    /// For a create it means that a session may exist whose id nobody holds, unless [`session_id`](Self::session_id)
    /// has it. It cannot be opened without the id and
    /// should expire. Before creating another one for the same debt, look for the reference in the Flinks dashboard,
    /// in the reconciliation file, or in a webhook.
    #[must_use]
    pub fn maybe_applied(&self) -> bool {
        let Inner {
            kind,
            operation,
            unsure,
            ..
        } = *self.0;
        operation.changes_state() && (unsure || kind.may_have_been_carried_out())
    }

    /// Returns the session id in the spoilt answer of a failed create, where it can be read: the session that was made
    /// all the same, to be looked at, used or cancelled.
    ///
    /// With [`ErrorKind::WrongSession`] it is the session of an answer with another reference, which may be another
    /// payor's. Find out by its details whose it is before anything else.
    #[must_use]
    pub fn session_id(&self) -> Option<&SessionId> {
        self.0.session_id.as_ref()
    }

    /// Returns the id that this client gave the call. It is not sent.
    #[must_use]
    pub fn request_id(&self) -> RequestId {
        self.0.request_id
    }

    /// Returns how many requests of the operation were sent, or tried to be sent, before this was the answer.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Returns what the answer says about the failure, if it is in one of the two shapes that Flinks uses.
    #[must_use]
    pub fn problem(&self) -> Option<&Problem> {
        self.0.problem.as_ref()
    }

    /// Returns where the answer departs from the contract. It changes nothing about the failure: neither its
    /// [`kind`](Self::kind), nor what is tried again, nor [`maybe_applied`](Self::maybe_applied).
    ///
    /// An answer that came whole is held against what the contract declares for the operation and the status:
    ///
    /// - Of a status that is declared, each place where the body departs: a member that is missing, of another JSON type, null,
    ///   too short or out of range. Where two shapes are declared and the body is of neither, that is what the nearer one has
    ///   against it. A body that is no JSON at all is named by the keyword `content`.
    /// - A status from 400 to 499 that is not declared, by the keyword `responses`, if the body is JSON. A page in its place is a
    ///   proxy's word and not Flinks'. So are, whatever the body, the statuses that are about the exchange and not about the
    ///   operation: 407, 408, 411, 413, 414, 417, 421, 425, 426, 429, 431 and 499. 5xx is never held against Flinks for not being
    ///   declared: it says that something went wrong, and everything on the way may say so.
    /// - A success that could not be read, or that is about another session, like any other; and a 2xx that is not declared.
    ///
    /// Unknown members depart from nothing: both shapes of a failure are open. Nothing is said of an answer that broke off, was too
    /// long or redirects.
    ///
    /// All of this is told once by [`on_drift`](super::ClientBuilder::on_drift), of each attempt, with two exceptions: that a body
    /// is no JSON, since nobody knows whose it is, and what a success could not be read for, which is told as
    /// [`DriftKind::Unreadable`](super::DriftKind::Unreadable). A gateway that answers JSON of its own cannot be told from Flinks,
    /// here and there.
    #[must_use]
    pub fn nonconformances(&self) -> &[Nonconformance] {
        &self.0.nonconformances
    }

    /// Returns the answer as it came, if one came.
    #[must_use]
    pub fn raw(&self) -> Option<&RawResponse> {
        self.0.raw.as_ref()
    }

    /// Returns where in the answer decoding failed, such as `payor.account`, or nothing for the answer as a whole; only
    /// for [`ErrorKind::Decode`].
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        self.0.path.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.operation(), self.kind().says())?;
        if let Some(status) = self.status() {
            write!(f, ", status {status}")?;
        }
        if let Some(code) = self.problem().and_then(Problem::printable_code) {
            write!(f, ", code {code}")?;
        }
        if let Some(path) = self.path() {
            if path.is_empty() {
                f.write_str(", as a whole")?;
            } else {
                write!(f, ", at `{path}`")?;
            }
        }
        if let Some(wait) = self.retry_after() {
            write!(f, ", retry after {} s", wait.as_secs())?;
        }
        if self.maybe_applied() {
            f.write_str(match self.operation() {
                Operation::CreateSession if self.kind() == ErrorKind::WrongSession => {
                    "; a session may exist, and the one in the answer may be another payor's: find out by its details \
                     whose it is, and do not cancel it unseen"
                }
                Operation::CreateSession if self.session_id().is_some() => {
                    "; a session exists, and its id could be read: look at it or cancel it before creating another"
                }
                Operation::CreateSession => {
                    "; a session may exist whose id is lost: before creating another, look for the reference in the \
                     Flinks dashboard, the reconciliation file and webhooks"
                }
                _ => "; it may have been carried out all the same: read the status",
            })?;
        }
        write!(f, " (request {})", self.request_id())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_ref().map(|source| {
            let source: &(dyn StdError + 'static) = source.as_ref();
            source
        })
    }
}
