//! Why a wait ended without an outcome, and what was last seen.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use crate::client::{Error, ErrorKind, Operation};
use crate::session::StatusReport;

/// A wait that ended without an outcome. It says nothing about the payment: the session is as it was.
///
/// `Display` is one line; the failed call, if there is one, is in `source()`.
#[derive(Debug, Clone)]
pub struct WaitError(Box<Inner>);

#[derive(Debug, Clone)]
struct Inner {
    kind: WaitErrorKind,
    last: Option<StatusReport>,
    cause: Option<Error>,
}

/// Why a wait ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WaitErrorKind {
    /// The pace is faster than Flinks allows (S0). Nothing was sent.
    TooFast {
        /// The pause that was asked for.
        every: Duration,
        /// The shortest one that this host is asked with.
        floor: Duration,
    },
    /// The time is up. The session may still come to its end.
    Deadline,
    /// 404: neither the status nor the details of such a session are there.
    Gone,
    /// 401 although the token was renewed, or credentials that buy no token.
    Unauthorized,
    /// 403: another client's session.
    Forbidden,
    /// An answer was about another session.
    WrongSession,
    /// More looks in a row failed than [`tolerate`](super::WaitPolicy::tolerate) allows.
    TooManyFailures,
    /// A read failed in a way that will not pass.
    Failed,
}

impl WaitErrorKind {
    /// The end that a failed read makes; nothing if it may go better the next time.
    pub(super) fn of(error: &Error) -> Option<Self> {
        if error.is_retryable() {
            // A 401 that was cut short, for one: of such an answer not even the status counts.
            return None;
        }
        Some(match error.kind() {
            ErrorKind::Connect
            | ErrorKind::NotSent
            | ErrorKind::Timeout
            | ErrorKind::Interrupted
            | ErrorKind::RequestTimeout
            | ErrorKind::RateLimited
            | ErrorKind::Server
            // Not Flinks' word on the session, and giving up on a live payment costs more than asking again.
            | ErrorKind::Decode
            | ErrorKind::TooLarge
            | ErrorKind::Encoded
            | ErrorKind::UnexpectedStatus => return None,
            // Where tokens are not found, it is not the session that is gone.
            ErrorKind::NotFound if error.operation() != Operation::Authorize => Self::Gone,
            ErrorKind::Unauthorized => Self::Unauthorized,
            ErrorKind::Forbidden => Self::Forbidden,
            ErrorKind::WrongSession => Self::WrongSession,
            ErrorKind::NotFound
            | ErrorKind::Configuration
            // Somebody has to change a certificate first.
            | ErrorKind::Certificate
            | ErrorKind::ClientCertificate
            | ErrorKind::Redirect
            | ErrorKind::Refused
            | ErrorKind::Conflict => Self::Failed,
        })
    }

    fn says(self) -> &'static str {
        match self {
            Self::TooFast { .. } => "the pace is too fast",
            Self::Deadline => "the session has not ended in the time given",
            Self::Gone => "no such session",
            Self::Unauthorized => "the credentials are not accepted",
            Self::Forbidden => "the session may not be read",
            Self::WrongSession => "an answer was about another session",
            Self::TooManyFailures => "too many looks in a row failed",
            Self::Failed => "the session cannot be read",
        }
    }
}

impl fmt::Display for WaitErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.says())
    }
}

impl WaitError {
    pub(crate) fn new(kind: WaitErrorKind) -> Self {
        Self(Box::new(Inner {
            kind,
            last: None,
            cause: None,
        }))
    }

    pub(crate) fn last_seeing(mut self, last: Option<StatusReport>) -> Self {
        self.0.last = last;
        self
    }

    pub(crate) fn by(mut self, cause: Option<Error>) -> Self {
        self.0.cause = cause;
        self
    }

    /// Returns why the wait ended.
    #[must_use]
    pub fn kind(&self) -> WaitErrorKind {
        self.0.kind
    }

    /// Returns the last report that was read, if any was.
    #[must_use]
    pub fn last_seen(&self) -> Option<&StatusReport> {
        self.0.last.as_ref()
    }

    /// Returns the read that failed: the one that ended the wait, or at the deadline the trouble that was not over.
    #[must_use]
    pub fn call_error(&self) -> Option<&Error> {
        self.0.cause.as_ref()
    }
}

impl fmt::Display for WaitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind().says())?;
        if let WaitErrorKind::TooFast { every, floor } = self.kind() {
            return write!(f, ": every {every:?}, expected at least {floor:?}");
        }
        let Some(last) = self.last_seen() else {
            return f.write_str("; nothing was seen of it");
        };
        // A text that this version does not know may be of any length.
        if last.status.is_known() {
            write!(f, "; last seen {}", last.status)?;
        } else {
            f.write_str("; last seen with a status that this version does not know")?;
        }
        match &last.status_details {
            Some(code) if code.is_known() => write!(f, ", {code}"),
            _ => Ok(()),
        }
    }
}

impl StdError for WaitError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.call_error().map(|error| {
            let error: &(dyn StdError + 'static) = error;
            error
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::client::RequestId;

    #[test]
    fn it_says_in_one_line_why_and_what_was_last_seen() {
        let seen = |status: &str, code: &str| {
            let report = format!(
                r#"{{"sessionId":"5d3c1e0f-7b29-4a86-9c41-d80e6fa2b357","status":"{status}","statusDetails":{code},"referenceId":"order-77"}}"#
            );
            Some(serde_json::from_str(&report).unwrap())
        };
        let fast = WaitErrorKind::TooFast {
            every: Duration::from_secs(9),
            floor: Duration::from_secs(10),
        };
        for (kind, last, line) in [
            (
                fast,
                None,
                "the pace is too fast: every 9s, expected at least 10s",
            ),
            (
                WaitErrorKind::Deadline,
                None,
                "the session has not ended in the time given; nothing was seen of it",
            ),
            (
                WaitErrorKind::Deadline,
                seen("Completed", r#""EFT0302""#),
                "the session has not ended in the time given; last seen Completed, EFT0302",
            ),
            (
                WaitErrorKind::Gone,
                seen("InProgress", "null"),
                "no such session; last seen InProgress",
            ),
            (
                WaitErrorKind::Forbidden,
                seen("Paused by Robin", r#""why-Robin""#),
                "the session may not be read; last seen with a status that this version does not know",
            ),
        ] {
            let error = WaitError::new(kind).last_seeing(last);
            assert_eq!(error.to_string(), line);
            assert!(error.source().is_none());
        }
        let cause = Error::new(
            ErrorKind::NotFound,
            Operation::GetSessionDetails,
            RequestId::another(),
            1,
        );
        let error = WaitError::new(WaitErrorKind::Gone).by(Some(cause.clone()));
        assert_eq!(error.source().unwrap().to_string(), cause.to_string());
        assert!(!format!("{error:?}").contains("order-77"));
    }

    #[test]
    fn what_may_pass_does_not_end_a_wait_and_everything_else_does() {
        for (operation, kind, end) in [
            (Operation::GetSessionStatus, ErrorKind::Connect, None),
            (Operation::GetSessionStatus, ErrorKind::Timeout, None),
            (Operation::GetSessionStatus, ErrorKind::Interrupted, None),
            (Operation::GetSessionStatus, ErrorKind::RequestTimeout, None),
            (Operation::GetSessionStatus, ErrorKind::RateLimited, None),
            (Operation::GetSessionStatus, ErrorKind::Server, None),
            (Operation::Authorize, ErrorKind::Server, None),
            (Operation::GetSessionStatus, ErrorKind::Decode, None),
            (Operation::GetSessionStatus, ErrorKind::TooLarge, None),
            (Operation::GetSessionStatus, ErrorKind::Encoded, None),
            (
                Operation::GetSessionStatus,
                ErrorKind::UnexpectedStatus,
                None,
            ),
            (
                Operation::GetSessionDetails,
                ErrorKind::NotFound,
                Some(WaitErrorKind::Gone),
            ),
            (
                Operation::Authorize,
                ErrorKind::NotFound,
                Some(WaitErrorKind::Failed),
            ),
            (
                Operation::GetSessionStatus,
                ErrorKind::Unauthorized,
                Some(WaitErrorKind::Unauthorized),
            ),
            (
                Operation::Authorize,
                ErrorKind::Unauthorized,
                Some(WaitErrorKind::Unauthorized),
            ),
            (
                Operation::GetSessionDetails,
                ErrorKind::Forbidden,
                Some(WaitErrorKind::Forbidden),
            ),
            (
                Operation::GetSessionStatus,
                ErrorKind::WrongSession,
                Some(WaitErrorKind::WrongSession),
            ),
            (
                Operation::GetSessionStatus,
                ErrorKind::Configuration,
                Some(WaitErrorKind::Failed),
            ),
            (
                Operation::GetSessionStatus,
                ErrorKind::Redirect,
                Some(WaitErrorKind::Failed),
            ),
            (
                Operation::GetSessionStatus,
                ErrorKind::Refused,
                Some(WaitErrorKind::Failed),
            ),
            (
                Operation::GetSessionStatus,
                ErrorKind::Conflict,
                Some(WaitErrorKind::Failed),
            ),
        ] {
            let error = Error::new(kind, operation, RequestId::another(), 1);
            assert_eq!(WaitErrorKind::of(&error), end, "{operation} {kind}");
        }
    }
}
