//! The context of one attempt at a call: what goes out with it, and what came back.
//!
//! One generated client value serves one attempt, and this is its inner type: the hooks have no other way to hand anything
//! back. Their error types have room for a text only, and a text is not enough to decide about money.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use http::HeaderValue;
use progenitor_client::ResponseValue;
use serde::de::DeserializeOwned;

use super::observer::{DriftKind, Observer};
use super::readable::Readable;
use super::token::TokenCache;
use super::transport::{Lost, Transport};
use super::{Error, ErrorKind, Operation, RawResponse, RequestId, Response};
use super::{conformance, decode, retry_after, salvage};
use crate::clock::{Clock, after, in_time};
use crate::domain::AccessToken;

/// Headers that say who calls. Each value is marked sensitive.
pub(crate) type Stamp = Vec<(http::HeaderName, HeaderValue)>;

/// See the module. Clones share what came.
#[derive(Clone)]
pub(crate) struct Call {
    operation: Operation,
    request_id: RequestId,
    /// When the time of the whole call is up.
    deadline: Instant,
    /// From when on, by the time of day, no attempt is begun; see [`Call::leaving_before`].
    too_late: Option<SystemTime>,
    /// How long one attempt may take.
    patience: Duration,
    /// The number of this attempt, from 1.
    attempt: u32,
    /// Whether a failure is returned rather than followed by another attempt; see [`Call::trying_once`].
    once: bool,
    clock: Arc<dyn Clock>,
    transport: Arc<dyn Transport>,
    observer: Arc<Observer>,
    stamp: Stamp,
    came: Arc<Mutex<Came>>,
    /// Whether a request of the call may have left, and nothing says that it was not carried out.
    departed: Arc<AtomicBool>,
    /// The token that the call is made with, and where it is held.
    token: Option<(AccessToken, Arc<TokenCache<Error>>)>,
}

/// What the transport has seen.
#[derive(Default)]
struct Came {
    raw: Option<RawResponse>,
    readable: Option<Readable>,
    fault: Option<Fault>,
}

/// A failure that the generated client has no room for.
pub(crate) enum Fault {
    Lost(Lost),
    TimedOut,
    Redirect,
    TooLarge,
    Encoded,
    Body(reqwest::Error),
}

impl Call {
    pub(crate) fn begin(
        operation: Operation,
        (total, patience): (Duration, Duration),
        clock: Arc<dyn Clock>,
        transport: Arc<dyn Transport>,
        observer: Arc<Observer>,
    ) -> Self {
        Self {
            operation,
            request_id: RequestId::random(),
            deadline: after(&*clock, total),
            too_late: None,
            patience,
            attempt: 1,
            once: false,
            clock,
            transport,
            observer,
            stamp: Stamp::new(),
            came: Arc::default(),
            departed: Arc::default(),
            token: None,
        }
    }

    /// A call made on behalf of this one, under its id and within its time.
    pub(crate) fn errand(&self, operation: Operation) -> Self {
        Self {
            operation,
            attempt: 1,
            once: false,
            stamp: Stamp::new(),
            came: Arc::default(),
            departed: Arc::default(),
            token: None,
            ..self.clone()
        }
    }

    /// The attempt after this one: nothing has come for it yet.
    pub(crate) fn next_attempt(&self) -> Self {
        Self {
            attempt: self.attempt.saturating_add(1),
            once: self.once,
            departed: Arc::clone(&self.departed),
            ..self.errand(self.operation)
        }
    }

    /// The same, of which no failure is followed by another attempt, other than a 401 by one with another token: for those
    /// who come back anyway. Errands, such as for a token, are tried as always.
    pub(crate) fn trying_once(self) -> Self {
        Self { once: true, ..self }
    }

    pub(crate) fn tries_once(&self) -> bool {
        self.once
    }

    /// The same, of which nothing leaves from this time of day on. A machine that sleeps does not count that time in
    /// [`Call::time_left`], and those that it shares a guard with do.
    pub(crate) fn leaving_before(self, too_late: SystemTime) -> Self {
        Self {
            too_late: Some(too_late),
            ..self
        }
    }

    /// Whether it is too late for an attempt to be begun, however much time the call has left.
    pub(crate) fn is_too_late(&self) -> bool {
        let wall = self.clock.wall();
        self.too_late.is_some_and(|too_late| too_late <= wall)
    }

    pub(crate) fn stamped(&self, stamp: Stamp) -> Self {
        Self {
            stamp,
            ..self.clone()
        }
    }

    /// Says which token the call is made with: a server that does not accept it will not accept it the next time.
    pub(crate) fn holding(self, token: AccessToken, cache: Arc<TokenCache<Error>>) -> Self {
        Self {
            token: Some((token, cache)),
            ..self
        }
    }

    pub(crate) fn operation(&self) -> Operation {
        self.operation
    }

    pub(crate) fn request_id(&self) -> RequestId {
        self.request_id
    }

    pub(crate) fn attempt(&self) -> u32 {
        self.attempt
    }

    /// What tells, whenever it is read and also after the call was dropped, whether a request may have left.
    pub(crate) fn departed(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.departed)
    }

    /// Says that no byte of this attempt has left: the token has created no session.
    pub(crate) fn not_sent(&self) {
        if let (Operation::CreateSession, Some((token, cache))) = (self.operation, &self.token) {
            cache.give_back(token);
        }
    }

    /// Says that nothing of what was sent so far was carried out.
    pub(crate) fn undone(&self) {
        self.departed.store(false, Ordering::Relaxed);
    }

    pub(crate) fn stamp(&self) -> &Stamp {
        &self.stamp
    }

    pub(crate) fn transport(&self) -> &dyn Transport {
        &*self.transport
    }

    /// How much of the call's time is left.
    pub(crate) fn time_left(&self) -> Duration {
        self.deadline.saturating_duration_since(self.clock.now())
    }

    /// Does the work of one exchange, for as long as an attempt or the whole call may take. What had come by the end of
    /// the time is kept by the work when it is dropped.
    pub(crate) async fn exchange(&self, work: impl Future<Output = Option<Fault>>) {
        self.departed.store(true, Ordering::Relaxed);
        let until = after(&*self.clock, self.patience).min(self.deadline);
        let fault = match in_time(&*self.clock, until, work).await {
            Some(fault) => fault,
            None => Some(Fault::TimedOut),
        };
        if let Some(fault) = fault {
            self.came().fault = Some(fault);
        }
    }

    /// Waits.
    pub(crate) async fn pause(&self, pause: Duration) {
        let until = after(&*self.clock, pause).min(self.deadline);
        self.clock.sleep_until(until).await;
    }

    /// Makes the attempt, and turns the outcome into the facade's.
    pub(crate) async fn run<W: DeserializeOwned, T>(
        &self,
        work: impl Future<Output = Result<ResponseValue<W>, progenitor_client::Error<()>>>,
        convert: impl FnOnce(W) -> T,
    ) -> Result<Response<T>, Error> {
        let outcome = work.await;
        self.finish(outcome, convert)
    }

    /// Waits no longer than the whole call may take.
    pub(crate) async fn in_time<T>(&self, work: impl Future<Output = T>) -> Result<T, Error> {
        let outcome = in_time(&*self.clock, self.deadline, work).await;
        outcome.ok_or_else(|| self.error(ErrorKind::Timeout))
    }

    /// Refuses an answer that is not about the session asked for.
    pub(crate) fn insist<T>(&self, right: bool, answer: Response<T>) -> Result<Response<T>, Error> {
        if right {
            Ok(answer)
        } else {
            Err(self.failed(ErrorKind::WrongSession, Some(answer.raw)))
        }
    }

    /// Keeps what came, for the end of the attempt.
    pub(crate) fn keep(&self, raw: RawResponse) {
        self.came().raw = Some(raw);
    }

    /// Keeps what is decoded of it.
    pub(crate) fn keep_readable(&self, readable: Readable) {
        self.came().readable = Some(readable);
    }

    fn came(&self) -> MutexGuard<'_, Came> {
        self.came.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Turns what the generated client says, and what the transport has seen, into the facade's answer.
    fn finish<W: DeserializeOwned, T>(
        &self,
        outcome: Result<ResponseValue<W>, progenitor_client::Error<()>>,
        convert: impl FnOnce(W) -> T,
    ) -> Result<Response<T>, Error> {
        use progenitor_client::Error as Wire;
        let Came {
            raw,
            readable,
            fault,
        } = std::mem::take(&mut *self.came());
        if let Some(fault) = fault {
            return Err(self.faulted(fault, raw));
        }
        match (outcome, raw) {
            (Ok(answer), Some(raw)) => {
                Ok(self.answered(convert(answer.into_inner()), raw, readable))
            }
            (Err(Wire::UnexpectedResponse(_)), Some(raw)) => {
                Err(self.failed(ErrorKind::of_status(raw.status()), Some(raw)))
            }
            // An answer came, so whatever the generated client holds against it is about the answer.
            (_, Some(raw)) => {
                let json = readable.map_or_else(|| raw.json(), |readable| readable.json);
                let fault = decode::fault::<W>(&json);
                if let Some((path, cause)) = &fault
                    && cause.is_about_a_member()
                {
                    let finding = conformance::unreadable(path);
                    self.observer
                        .observe(self.operation, self.request_id, &[finding]);
                }
                let error = self.failed(ErrorKind::Decode, Some(raw));
                Err(match fault {
                    Some((path, cause)) => error.with_path(path).with_source(cause),
                    // What follows the value is at fault.
                    None => error,
                })
            }
            (Err(Wire::CommunicationError(error)), None) => Err(self.lost(Lost::by(error))),
            // Nothing came and nothing was lost on the way: the request could not be put together.
            (_, None) => Err(self.error(ErrorKind::Configuration)),
        }
    }

    fn answered<T>(&self, value: T, raw: RawResponse, readable: Option<Readable>) -> Response<T> {
        let mut findings = Vec::new();
        if let Some(readable) = readable {
            findings = readable.left_out;
            let json = readable.value.unwrap_or_default();
            findings.extend(conformance::inspect(self.operation.id(), &json));
        }
        self.observer
            .observe(self.operation, self.request_id, &findings);
        // An unknown member departs from nothing: the contract is open.
        let departures = findings
            .into_iter()
            .filter(|finding| finding.kind != DriftKind::UnknownMember);
        Response {
            value,
            nonconformances: departures.map(|finding| finding.odd).collect(),
            raw,
            request_id: self.request_id,
            attempts: self.attempt,
        }
    }

    pub(crate) fn error(&self, kind: ErrorKind) -> Error {
        Error::new(kind, self.operation, self.request_id, self.attempt)
    }

    /// An error with the answer that it is about. A create that may have been carried out keeps its session's id, if
    /// the answer has it.
    fn failed(&self, kind: ErrorKind, raw: Option<RawResponse>) -> Error {
        let spoilt = raw
            .as_ref()
            .filter(|raw| self.operation == Operation::CreateSession && raw.status.is_success());
        if let (ErrorKind::Unauthorized, Some((token, cache))) = (kind, &self.token) {
            cache.forget(token);
        }
        self.error(kind)
            .with_session(spoilt.and_then(|raw| salvage::session_id(&raw.body)))
            .with_retry_after(
                raw.as_ref()
                    .and_then(|raw| retry_after::read(&raw.headers, self.clock.wall())),
            )
            .with_raw(raw)
    }

    fn faulted(&self, fault: Fault, raw: Option<RawResponse>) -> Error {
        // A failure is one whatever is the matter with its body; a success is none without its body.
        let by_status = raw
            .as_ref()
            .filter(|raw| !raw.status.is_success())
            .map(|raw| ErrorKind::of_status(raw.status()));
        match fault {
            Fault::Lost(lost) => self.lost(lost),
            Fault::TimedOut => self.failed(ErrorKind::Timeout, raw),
            Fault::Redirect => self.failed(ErrorKind::Redirect, raw),
            Fault::TooLarge => self.failed(by_status.unwrap_or(ErrorKind::TooLarge), raw),
            Fault::Encoded => self.failed(by_status.unwrap_or(ErrorKind::Encoded), raw),
            Fault::Body(error) => {
                let kind = if error.is_timeout() {
                    ErrorKind::Timeout
                } else if uninflatable(&error) {
                    by_status.unwrap_or(ErrorKind::Encoded)
                } else {
                    ErrorKind::Interrupted
                };
                self.failed(kind, raw).with_source(error.without_url())
            }
        }
    }

    fn lost(&self, lost: Lost) -> Error {
        if matches!(lost.kind, ErrorKind::Connect | ErrorKind::Certificate) {
            self.not_sent();
        }
        self.error(lost.kind).with_boxed_source(lost.source)
    }
}

/// Whether a body came, but could not be decompressed by a plugged-in client. What goes wrong in the connection is an error of
/// `hyper`; a decompressor says it as an I/O error.
fn uninflatable(error: &reqwest::Error) -> bool {
    let cause = std::error::Error::source(error);
    error.is_decode() && cause.is_some_and(<dyn std::error::Error>::is::<std::io::Error>)
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("operation", &self.operation)
            .field("request_id", &self.request_id)
            .field("attempt", &self.attempt)
            .finish_non_exhaustive()
    }
}
