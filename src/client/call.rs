//! The context of one call: what goes out with it, and what came back.
//!
//! One generated client value serves one call, and this is its inner type: the hooks have no other way to hand anything
//! back. Their error types have room for a text only, and a text is not enough to decide about money.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use http::HeaderValue;
use progenitor_client::ResponseValue;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use super::{Error, ErrorKind, Operation, RawResponse, RequestId, Response};
use super::{conformance, decode, retry_after, salvage};
use crate::clock::Clock;

/// Headers that say who calls. Each value is marked sensitive.
pub(crate) type Stamp = Vec<(http::HeaderName, HeaderValue)>;

/// See the module. Clones share what came.
#[derive(Clone)]
pub(crate) struct Call {
    operation: Operation,
    request_id: RequestId,
    deadline: Instant,
    clock: Arc<dyn Clock>,
    stamp: Stamp,
    came: Arc<Mutex<Came>>,
}

/// What the transport has seen.
#[derive(Default)]
struct Came {
    raw: Option<RawResponse>,
    fault: Option<Fault>,
}

/// A failure that the generated client has no room for.
pub(crate) enum Fault {
    Redirect,
    TooLarge,
    Encoded,
    Body(reqwest::Error),
}

impl Call {
    pub(crate) fn begin(operation: Operation, deadline: Instant, clock: Arc<dyn Clock>) -> Self {
        let request_id = RequestId::random();
        Self {
            operation,
            request_id,
            deadline,
            clock,
            stamp: Stamp::new(),
            came: Arc::default(),
        }
    }

    /// A call made on behalf of this one, under its id and within its time.
    pub(crate) fn errand(&self, operation: Operation) -> Self {
        Self {
            operation,
            came: Arc::default(),
            ..self.clone()
        }
    }

    pub(crate) fn stamped(&self, stamp: Stamp) -> Self {
        Self {
            stamp,
            ..self.clone()
        }
    }

    pub(crate) fn stamp(&self) -> &Stamp {
        &self.stamp
    }

    /// Makes the call, and turns the outcome into the facade's.
    pub(crate) async fn run<W: DeserializeOwned, T>(
        &self,
        work: impl Future<Output = Result<ResponseValue<W>, progenitor_client::Error<()>>>,
        convert: impl FnOnce(W) -> T,
    ) -> Result<Response<T>, Error> {
        let outcome = self.in_time(work).await?;
        self.finish(outcome, convert)
    }

    /// Waits no longer than the call may take.
    pub(crate) async fn in_time<T>(&self, work: impl Future<Output = T>) -> Result<T, Error> {
        let outcome = tokio::time::timeout_at(self.deadline, work).await;
        // What had come by then was kept when the work was dropped.
        outcome.map_err(|_| self.failed(ErrorKind::Timeout, self.take().raw))
    }

    /// Refuses an answer that is not about the session asked for.
    pub(crate) fn insist<T>(&self, right: bool, answer: Response<T>) -> Result<Response<T>, Error> {
        if right {
            Ok(answer)
        } else {
            Err(self.failed(ErrorKind::WrongSession, Some(answer.raw)))
        }
    }

    /// Keeps what came, for the end of the call.
    pub(crate) fn keep(&self, raw: RawResponse, fault: Option<Fault>) {
        *self.came.lock().unwrap_or_else(PoisonError::into_inner) = Came {
            raw: Some(raw),
            fault,
        };
    }

    fn take(&self) -> Came {
        std::mem::take(&mut *self.came.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Turns what the generated client says, and what the transport has seen, into the facade's answer.
    fn finish<W: DeserializeOwned, T>(
        &self,
        outcome: Result<ResponseValue<W>, progenitor_client::Error<()>>,
        convert: impl FnOnce(W) -> T,
    ) -> Result<Response<T>, Error> {
        use progenitor_client::Error as Wire;
        let Came { raw, fault } = self.take();
        if let (Some(fault), Some(raw)) = (fault, &raw) {
            return Err(self.faulted(fault, raw.clone()));
        }
        match (outcome, raw) {
            (Ok(answer), Some(raw)) => Ok(self.answered(convert(answer.into_inner()), raw)),
            (Err(Wire::UnexpectedResponse(_)), Some(raw)) => {
                Err(self.failed(ErrorKind::of_status(raw.status()), Some(raw)))
            }
            // An answer came, so whatever the generated client holds against it is about the answer.
            (_, Some(raw)) => {
                let fault = decode::fault::<W>(&raw.json());
                let error = self.failed(ErrorKind::Decode, Some(raw));
                Err(match fault {
                    Some((path, cause)) => error.with_path(path).with_source(cause),
                    // What follows the value is at fault.
                    None => error,
                })
            }
            (Err(Wire::CommunicationError(error)), None) => Err(self.lost(error)),
            // Nothing came and nothing was lost on the way: the request could not be put together.
            (_, None) => Err(self.error(ErrorKind::Configuration)),
        }
    }

    fn answered<T>(&self, value: T, raw: RawResponse) -> Response<T> {
        let json = serde_json::from_slice(&raw.json()).unwrap_or_default();
        let nonconformances = conformance::inspect(self.operation.id(), &json);
        for odd in &nonconformances {
            // Place and keyword, never the value.
            tracing::warn!(
                operation = self.operation.id(),
                request_id = %self.request_id,
                pointer = odd.pointer(),
                keyword = odd.keyword(),
                contract = odd.contract(),
                "an answer departs from the contract",
            );
        }
        Response {
            value,
            nonconformances,
            raw,
            request_id: self.request_id,
        }
    }

    pub(crate) fn error(&self, kind: ErrorKind) -> Error {
        Error::new(kind, self.operation, self.request_id)
    }

    /// An error with the answer that it is about. A create that may have been carried out keeps its session's id, if
    /// the answer has it.
    fn failed(&self, kind: ErrorKind, raw: Option<RawResponse>) -> Error {
        let spoilt = raw
            .as_ref()
            .filter(|raw| self.operation == Operation::CreateSession && raw.status.is_success());
        self.error(kind)
            .with_session(spoilt.and_then(|raw| salvage::session_id(&raw.body)))
            .with_retry_after(
                raw.as_ref()
                    .and_then(|raw| retry_after::read(&raw.headers, self.clock.wall())),
            )
            .with_raw(raw)
    }

    fn faulted(&self, fault: Fault, raw: RawResponse) -> Error {
        // A failure is one whatever is the matter with its body; a success is none without its body.
        let by_status = (!raw.status.is_success()).then(|| ErrorKind::of_status(raw.status()));
        match fault {
            Fault::Redirect => self.failed(ErrorKind::Redirect, Some(raw)),
            Fault::TooLarge => self.failed(by_status.unwrap_or(ErrorKind::TooLarge), Some(raw)),
            Fault::Encoded => self.failed(by_status.unwrap_or(ErrorKind::Encoded), Some(raw)),
            Fault::Body(error) => {
                let kind = if error.is_timeout() {
                    ErrorKind::Timeout
                } else {
                    ErrorKind::Interrupted
                };
                self.failed(kind, Some(raw))
                    .with_source(error.without_url())
            }
        }
    }

    /// No answer came. Its URL has the session id in it, so it goes.
    fn lost(&self, error: reqwest::Error) -> Error {
        let kind = if error.is_connect() {
            ErrorKind::Connect
        } else if error.is_timeout() {
            ErrorKind::Timeout
        } else if error.is_builder() {
            ErrorKind::Configuration
        } else {
            ErrorKind::Interrupted
        };
        self.error(kind).with_source(error.without_url())
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("operation", &self.operation)
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}
