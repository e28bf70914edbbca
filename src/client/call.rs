//! The context of one call: what goes out with it, and what came back.
//!
//! One generated client value serves one call, and this is its inner type: the hooks have no other way to hand anything
//! back. Their error types have room for a text only, and a text is not enough to decide about money.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use http::HeaderValue;
use http::header::RETRY_AFTER;
use progenitor_client::ResponseValue;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use super::conformance;
use super::{Error, ErrorKind, Operation, RawResponse, RequestId, Response};
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
        tokio::time::timeout_at(self.deadline, work)
            .await
            .map_err(|_| self.error(ErrorKind::Timeout))
    }

    /// Refuses an answer that is not about the session asked for.
    pub(crate) fn insist<T>(&self, right: bool, answer: Response<T>) -> Result<Response<T>, Error> {
        if right {
            Ok(answer)
        } else {
            Err(self
                .error(ErrorKind::WrongSession)
                .with_raw(Some(answer.raw)))
        }
    }

    /// Keeps what came, for [`finish`](Self::finish).
    pub(crate) fn keep(&self, raw: RawResponse, fault: Option<Fault>) {
        *self.came.lock().unwrap_or_else(PoisonError::into_inner) = Came {
            raw: Some(raw),
            fault,
        };
    }

    /// Turns what the generated client says, and what the transport has seen, into the facade's answer.
    fn finish<W: DeserializeOwned, T>(
        &self,
        outcome: Result<ResponseValue<W>, progenitor_client::Error<()>>,
        convert: impl FnOnce(W) -> T,
    ) -> Result<Response<T>, Error> {
        use progenitor_client::Error as Wire;
        let wall = self.clock.wall();
        let Came { raw, fault } =
            std::mem::take(&mut *self.came.lock().unwrap_or_else(PoisonError::into_inner));
        if let Some(fault) = fault {
            return Err(self
                .faulted(fault)
                .with_retry_after(retry_after(raw.as_ref(), wall))
                .with_raw(raw));
        }
        match (outcome, raw) {
            (Ok(answer), Some(raw)) => {
                let value = serde_json::from_slice(&raw.json()).unwrap_or_default();
                Ok(Response {
                    nonconformances: conformance::inspect(self.operation.id(), &value),
                    value: convert(answer.into_inner()),
                    raw,
                    request_id: self.request_id,
                })
            }
            (Err(Wire::CommunicationError(error)), raw) => Err(self.lost(error).with_raw(raw)),
            (Err(Wire::InvalidResponsePayload(..)), Some(raw)) => {
                Err(self.undecodable::<W>(&raw).with_raw(Some(raw)))
            }
            (Err(Wire::UnexpectedResponse(_)), Some(raw)) => {
                let kind = ErrorKind::of_status(raw.status());
                Err(self
                    .error(kind)
                    .with_retry_after(retry_after(Some(&raw), wall))
                    .with_raw(Some(raw)))
            }
            // Without an answer kept, the request was never sent: it could not be put together.
            (_, raw) => Err(self.error(ErrorKind::Configuration).with_raw(raw)),
        }
    }

    pub(crate) fn error(&self, kind: ErrorKind) -> Error {
        Error::new(kind, self.operation, self.request_id)
    }

    fn faulted(&self, fault: Fault) -> Error {
        match fault {
            Fault::Redirect => self.error(ErrorKind::Redirect),
            Fault::TooLarge => self.error(ErrorKind::TooLarge),
            Fault::Encoded => self.error(ErrorKind::Encoded),
            Fault::Body(error) => {
                let kind = if error.is_timeout() {
                    ErrorKind::Timeout
                } else {
                    ErrorKind::Interrupted
                };
                self.error(kind).with_source(error.without_url())
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

    /// Decodes once more, now for the path of the fault: the generated client loses it.
    fn undecodable<W: DeserializeOwned>(&self, raw: &RawResponse) -> Error {
        let body = raw.json();
        let mut reader = serde_json::Deserializer::from_slice(&body);
        let error = self.error(ErrorKind::Decode);
        match serde_path_to_error::deserialize::<_, W>(&mut reader) {
            // What follows the value is at fault.
            Ok(_) => error,
            Err(fault) => {
                let path = fault.path().to_string();
                let cause = fault.into_inner();
                let path = path_of(&path, &cause);
                // The cause's text repeats the value where its type is wrong; class and place are enough.
                error.with_path(path).with_source(DecodeCause {
                    category: cause.classify(),
                    line: cause.line(),
                    column: cause.column(),
                })
            }
        }
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

/// The path of a fault; for a missing member, the member's own. Its name is in the cause's text alone.
fn path_of(path: &str, cause: &serde_json::Error) -> String {
    let path = if path == "." { "" } else { path };
    let text = cause.to_string();
    let missing = text
        .strip_prefix("missing field `")
        .and_then(|rest| rest.split('`').next());
    match missing {
        Some(member) if path.is_empty() => member.to_owned(),
        Some(member) => format!("{path}.{member}"),
        None => path.to_owned(),
    }
}

/// Why decoding failed, without the value that it failed on.
#[derive(Debug)]
struct DecodeCause {
    category: serde_json::error::Category,
    line: usize,
    column: usize,
}

impl fmt::Display for DecodeCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use serde_json::error::Category;
        let what = match self.category {
            Category::Io | Category::Eof => "the body ends too early",
            Category::Syntax => "the body is not JSON",
            Category::Data => "a member is missing or of another type",
        };
        write!(f, "{what}, line {} column {}", self.line, self.column)
    }
}

impl std::error::Error for DecodeCause {}

/// `Retry-After`: seconds, or a date (RFC 9110, section 10.2.3). Anything else, and two that differ, say nothing.
fn retry_after(raw: Option<&RawResponse>, wall: SystemTime) -> Option<Duration> {
    let mut values = raw?.headers.get_all(RETRY_AFTER).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return None;
    };
    let text = value.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok().map(Duration::from_secs);
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(wall).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderMap;

    fn wait(values: &[&'static str], wall: SystemTime) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(RETRY_AFTER, HeaderValue::from_static(value));
        }
        let raw = RawResponse {
            status: http::StatusCode::SERVICE_UNAVAILABLE,
            headers,
            body: bytes::Bytes::new(),
            complete: true,
        };
        retry_after(Some(&raw), wall)
    }

    #[test]
    fn retry_after_is_read_in_both_forms_and_nothing_else() {
        let wall = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777); // Sun, 06 Nov 1994 08:49:37 GMT
        let seconds = |count| Some(Duration::from_secs(count));
        assert_eq!(wait(&["120"], wall), seconds(120));
        assert_eq!(wait(&[" 0 "], wall), seconds(0));
        assert_eq!(wait(&["Sun, 06 Nov 1994 08:50:37 GMT"], wall), seconds(60));
        assert_eq!(wait(&["Sun, 06 Nov 1994 08:48:37 GMT"], wall), seconds(0));
        for odd in ["-1", "1.5", "soon", "", "99999999999999999999999"] {
            assert_eq!(wait(&[odd], wall), None, "{odd}");
        }
        assert_eq!(wait(&["1", "2"], wall), None);
        assert_eq!(wait(&[], wall), None);
    }
}
