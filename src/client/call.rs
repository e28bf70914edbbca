//! The context of one attempt at a call: what goes out with it, and what came back.
//!
//! One generated client value serves one attempt, and this is its inner type: the hooks have no other way to hand anything
//! back. Their error types have room for a text only, and a text is not enough to decide about money.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use progenitor_client::ResponseValue;
use serde::de::DeserializeOwned;
use url::Url;

use super::conformance::declared::{departures, undeclared_success};
use super::conformance::departing;
use super::facade::Shared;
use super::observer::DriftSource;
use super::readable::Readable;
use super::transport::{Lost, Transport};
use super::{Error, ErrorKind, Nonconformance, Operation, RawResponse, RequestId, Response};
use super::{conformance, decode, retry_after, salvage};
use crate::clock::{Clock, after, in_time};
use crate::domain::AccessToken;

/// Headers that say who calls, two at most. Each value is marked sensitive.
pub(crate) type Stamp = [Option<(http::HeaderName, HeaderValue)>; 2];

/// See the module. Clones are the same attempt, and share what came.
#[derive(Clone)]
pub(crate) struct Call(Arc<Context>);

struct Context {
    /// The client that makes the call.
    client: Arc<Shared>,
    operation: Operation,
    request_id: RequestId,
    /// When the time of the whole call is up.
    deadline: Instant,
    /// From when on, by the time of day, no attempt is begun; see [`Call::leaving_before`].
    too_late: Option<SystemTime>,
    /// The number of this attempt, from 1.
    attempt: u32,
    /// Whether a failure is returned rather than followed by another attempt; see [`Call::trying_once`].
    once: bool,
    stamp: Stamp,
    came: Mutex<Came>,
    /// Whether a request of the call may have left, and nothing says that it was not carried out.
    departed: Arc<AtomicBool>,
    /// The token that the call is made with.
    token: Option<AccessToken>,
}

impl Context {
    /// The same, with nothing yet that belongs to one attempt: no headers and no token, and nothing that came.
    fn fresh(&self) -> Self {
        Self {
            client: Arc::clone(&self.client),
            stamp: Stamp::default(),
            came: Mutex::default(),
            departed: Arc::clone(&self.departed),
            token: None,
            operation: self.operation,
            request_id: self.request_id,
            deadline: self.deadline,
            too_late: self.too_late,
            attempt: self.attempt,
            once: self.once,
        }
    }
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
    /// Begins a call: from here its time runs.
    pub(super) fn begin(client: &Arc<Shared>, operation: Operation) -> Self {
        Self(Arc::new(Context {
            client: Arc::clone(client),
            operation,
            request_id: RequestId::another(),
            deadline: after(&*client.clock, client.timeouts.total),
            too_late: None,
            attempt: 1,
            once: false,
            stamp: Stamp::default(),
            came: Mutex::default(),
            departed: Arc::default(),
            token: None,
        }))
    }

    /// A call made on behalf of this one, under its id and within its time.
    pub(crate) fn errand(&self, operation: Operation) -> Self {
        let context = self.0.fresh();
        Self(Arc::new(Context {
            operation,
            attempt: 1,
            once: false,
            departed: Arc::default(),
            ..context
        }))
    }

    /// The attempt after this one: nothing has come for it yet.
    pub(crate) fn next_attempt(&self) -> Self {
        let mut context = self.0.fresh();
        context.attempt = context.attempt.saturating_add(1);
        Self(Arc::new(context))
    }

    /// The same, of which no failure is followed by another attempt, other than a 401 by one with another token: for those
    /// who come back anyway. Errands, such as for a token, are tried as always.
    pub(crate) fn trying_once(self) -> Self {
        self.with(|context| context.once = true)
    }

    pub(crate) fn tries_once(&self) -> bool {
        self.0.once
    }

    /// The same, of which nothing leaves from this time of day on. A machine that sleeps does not count that time in
    /// [`Call::time_left`], and those that it shares a guard with do.
    pub(crate) fn leaving_before(self, too_late: SystemTime) -> Self {
        self.with(|context| context.too_late = Some(too_late))
    }

    /// Whether it is too late for an attempt to be begun, however much time the call has left.
    pub(crate) fn is_too_late(&self) -> bool {
        let too_late = self.0.too_late;
        too_late.is_some_and(|too_late| too_late <= self.clock().wall())
    }

    /// The same, with these headers.
    pub(crate) fn stamped(self, stamp: Stamp) -> Self {
        self.with(|context| context.stamp = stamp)
    }

    /// Says which token the call is made with: a server that does not accept it will not accept it the next time.
    pub(crate) fn holding(self, token: AccessToken) -> Self {
        self.with(|context| context.token = Some(token))
    }

    /// Changes an attempt that has not begun. Whoever else has the call keeps it as it was.
    fn with(mut self, change: impl FnOnce(&mut Context)) -> Self {
        if let Some(context) = Arc::get_mut(&mut self.0) {
            change(context);
            return self;
        }
        let mut context = Context {
            stamp: self.0.stamp.clone(),
            token: self.0.token.clone(),
            ..self.0.fresh()
        };
        change(&mut context);
        Self(Arc::new(context))
    }

    pub(crate) fn operation(&self) -> Operation {
        self.0.operation
    }

    pub(crate) fn request_id(&self) -> RequestId {
        self.0.request_id
    }

    pub(crate) fn attempt(&self) -> u32 {
        self.0.attempt
    }

    /// What tells, whenever it is read and also after the call was dropped, whether a request may have left.
    pub(crate) fn departed(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.0.departed)
    }

    /// Says that no byte of this attempt has left: the token has created no session.
    pub(crate) fn not_sent(&self) {
        if let (Operation::CreateSession, Some(token)) = (self.0.operation, &self.0.token) {
            self.0.client.tokens.give_back(token);
        }
    }

    /// Says that nothing of what was sent so far was carried out.
    pub(crate) fn undone(&self) {
        self.0.departed.store(false, Ordering::Relaxed);
    }

    pub(crate) fn stamp(&self) -> &Stamp {
        &self.0.stamp
    }

    pub(crate) fn transport(&self) -> &dyn Transport {
        &*self.0.client.transport
    }

    /// The address of a path of the API.
    pub(crate) fn address(&self, path: &str) -> Url {
        let client = &self.0.client;
        match &client.sessions {
            (its, address) if *its == path => address.clone(),
            _ => client.environment.under(path),
        }
    }

    fn clock(&self) -> &dyn Clock {
        &*self.0.client.clock
    }

    /// How much of the call's time is left.
    pub(crate) fn time_left(&self) -> Duration {
        self.0
            .deadline
            .saturating_duration_since(self.clock().now())
    }

    /// Does the work of one exchange, for as long as an attempt or the whole call may take. What had come by the end of
    /// the time is kept by the work when it is dropped.
    pub(crate) async fn exchange(&self, work: impl Future<Output = Option<Fault>>) {
        self.0.departed.store(true, Ordering::Relaxed);
        let patience = self.0.client.timeouts.attempt;
        let until = after(self.clock(), patience).min(self.0.deadline);
        let fault = match in_time(self.clock(), until, work).await {
            Some(fault) => fault,
            None => Some(Fault::TimedOut),
        };
        if let Some(fault) = fault {
            self.came().fault = Some(fault);
        }
    }

    /// Waits.
    pub(crate) async fn pause(&self, pause: Duration) {
        let until = after(self.clock(), pause).min(self.0.deadline);
        self.clock().sleep_until(until).await;
    }

    /// Waits no longer than the whole call may take; nothing where that is not long enough.
    pub(crate) async fn in_time<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        in_time(self.clock(), self.0.deadline, work).await
    }

    /// Refuses an answer that is not about the session asked for.
    pub(crate) fn insist<T>(&self, right: bool, answer: Response<T>) -> Result<Response<T>, Error> {
        if right {
            Ok(answer)
        } else {
            let error = self.failed(ErrorKind::WrongSession, Some(answer.raw));
            Err(error.with_nonconformances(answer.nonconformances))
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

    /// Decodes what is kept. The generated client has this done instead of reading the answer: it has been read already.
    #[allow(
        clippy::result_large_err,
        reason = "the error of the generated client, which returns it as it is"
    )]
    pub(crate) fn decoded<W: DeserializeOwned>(
        &self,
        answer: &reqwest::Response,
    ) -> Result<ResponseValue<W>, progenitor_client::Error<()>> {
        let json = match &self.came().readable {
            Some(readable) => readable.json.clone(),
            // Where nothing came, there is a fault, and it is told instead of this.
            None => Bytes::new(),
        };
        let value = match std::str::from_utf8(&json) {
            // Of bytes, the decoder asks of each name and value whether it is text.
            Ok(text) => serde_json::from_str(text),
            Err(_) => serde_json::from_slice(&json),
        };
        match value {
            Ok(value) => Ok(ResponseValue::new(value, answer.status(), HeaderMap::new())),
            Err(error) => Err(progenitor_client::Error::InvalidResponsePayload(
                json, error,
            )),
        }
    }

    fn came(&self) -> MutexGuard<'_, Came> {
        self.0.came.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Turns what the generated client says, and what the transport has seen, into the facade's answer.
    pub(crate) fn finish<W: DeserializeOwned, T>(
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
                    self.observe(&[conformance::unreadable(path)]);
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
        let mut findings = readable.map_or_else(Vec::new, |readable| readable.findings);
        findings.extend(undeclared_success(self.0.operation.id(), raw.status()));
        self.observe(&findings);
        Response {
            value,
            nonconformances: departing(findings),
            raw,
            request_id: self.0.request_id,
            attempts: self.0.attempt,
        }
    }

    /// Tells what of this is new.
    fn observe(&self, findings: &[conformance::Finding]) {
        let source = DriftSource::Answer(self.0.operation);
        let observer = &self.0.client.observer;
        observer.observe(source, Some(self.0.request_id), findings);
    }

    /// Holds an answer that the call fails for against the contract, if all of it came.
    fn departures(&self, kind: ErrorKind, raw: &RawResponse) -> Vec<Nonconformance> {
        // What can be read of a success has been looked at as such.
        if !raw.complete || raw.status.is_success() && kind != ErrorKind::Decode {
            return Vec::new();
        }
        let found = departures(self.0.operation.id(), raw.status(), &raw.json());
        if found.is_news {
            self.observe(&found.findings);
        }
        departing(found.findings)
    }

    pub(crate) fn error(&self, kind: ErrorKind) -> Error {
        Error::new(kind, self.0.operation, self.0.request_id, self.0.attempt)
    }

    /// An error with the answer that it is about. A create that may have been carried out keeps its session's id, if
    /// the answer has it.
    fn failed(&self, kind: ErrorKind, raw: Option<RawResponse>) -> Error {
        let spoilt = raw
            .as_ref()
            .filter(|raw| self.0.operation == Operation::CreateSession && raw.status.is_success());
        if let (ErrorKind::Unauthorized, Some(token)) = (kind, &self.0.token) {
            self.0.client.tokens.forget(token);
            self.0.client.bearer.forget(token);
        }
        let departures = raw.as_ref().map(|raw| self.departures(kind, raw));
        self.error(kind)
            .with_nonconformances(departures.unwrap_or_default())
            .with_session(spoilt.and_then(|raw| salvage::session_id(&raw.body)))
            .with_retry_after(
                raw.as_ref()
                    .and_then(|raw| retry_after::read(&raw.headers, self.clock().wall())),
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
            .field("operation", &self.0.operation)
            .field("request_id", &self.0.request_id)
            .field("attempt", &self.0.attempt)
            .finish_non_exhaustive()
    }
}
