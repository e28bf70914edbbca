//! The faults.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::domain::SessionId;
use crate::sandbox::refusals;
use crate::session::Operation;

/// What goes wrong with one call.
///
/// Times are those of the sandbox's clock: a test that moves it does not wait. A fault that alters an answer alters the one
/// that the call would have had, so the call has been carried out by then; one that replaces the answer says by `applied`
/// whether it has.
///
/// | Fault | Carried out | Meant to break the contract |
/// |---|---|---|
/// | `delay`, `drip` | yes | no |
/// | `status` | only if `applied`; by default not | where the contract has no such refusal of the operation |
/// | `htmlPage` | only if `applied`; by default not | yes |
/// | `emptyBody`, `gzipBomb`, `resetAfterRequest` | only if `applied`; by default yes | yes |
/// | `truncatedBody`, `wrongContentType`, `wrongContentLength`, `resetMidResponse` | yes | yes |
/// | `resetBeforeRequest` | no | yes |
/// | `wrongValue`, `extraMembers`, `missingMembers`, `nullMembers`, `anotherSession` | yes | yes |
/// | `revokedToken` | refused for want of a token | no |
///
/// As JSON a fault is an object with its name and its settings, `{"delay": {"millis": 500}}`, or its name alone where it has
/// none: `"revokedToken"`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
#[non_exhaustive]
pub enum Fault {
    /// The answer is held back. The call is carried out at once.
    Delay {
        /// For how long; at most a day.
        millis: u64,
    },
    /// The head of the answer comes at once, the body byte by byte.
    Drip {
        /// The time before each byte; a second unless said otherwise.
        #[serde(default = "second")]
        millis_per_byte: u64,
    },
    /// Another status, with an error in one of the two shapes.
    Status {
        /// From 400 to 599.
        status: u16,
        /// The shape of the body; by default the one that the operation refuses in, which the profile may have changed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shape: Option<RefusalShape>,
        /// When the caller may come back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after: Option<RetryAfter>,
        /// Whether the call has been carried out all the same.
        #[serde(default)]
        applied: bool,
    },
    /// A page for people, as a proxy answers that reaches nobody.
    HtmlPage {
        /// From 400 to 599; 502 unless said otherwise.
        #[serde(default = "bad_gateway")]
        status: u16,
        /// Whether the call has been carried out all the same.
        #[serde(default)]
        applied: bool,
    },
    /// The status of a success, and no body.
    EmptyBody {
        /// Whether the call has been carried out. Then a refusal keeps its own status.
        #[serde(default = "yes")]
        applied: bool,
    },
    /// The connection is closed before the body is at its end.
    TruncatedBody {
        /// How much of the body is sent; half of it unless said otherwise, and never all of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bytes: Option<usize>,
    },
    /// The answer is said to be something else than JSON.
    WrongContentType {
        /// What it is said to be.
        #[serde(default = "text_plain")]
        content_type: String,
    },
    /// The body has another length than the head says; the connection is closed after it.
    WrongContentLength {
        /// How much too much the head says: below 0 too little.
        by: i64,
    },
    /// A success whose body is a small stream of gzip that inflates to a very large one. It is compressed whatever the caller
    /// takes, and it is made as it is sent.
    GzipBomb {
        /// The inflated size, rounded up to whole mebibytes; one gibibyte unless said otherwise.
        #[serde(default = "gibibyte")]
        bytes: u64,
        /// Whether the call has been carried out.
        #[serde(default = "yes")]
        applied: bool,
    },
    /// The connection is reset before the request is read. Its head has been, as the operation stands in it.
    ResetBeforeRequest,
    /// The connection is reset in place of an answer.
    ResetAfterRequest {
        /// Whether the call has been carried out.
        #[serde(default = "yes")]
        applied: bool,
    },
    /// The connection is reset in the middle of the answer.
    ResetMidResponse {
        /// How much of the body is sent before; half of it unless said otherwise, and never all of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bytes: Option<usize>,
    },
    /// A member of the answer has another value: an unknown code, or a wrong one, or one of another type.
    WrongValue {
        /// The member, as a JSON pointer. By default the first code that the answer has, such as `/status`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pointer: Option<String>,
        /// What stands there instead.
        #[serde(default = "unheard_of")]
        value: Value,
    },
    /// The answer has members that the contract does not know.
    ExtraMembers {
        /// The object that gets them, as a JSON pointer; the answer itself by default.
        #[serde(default)]
        pointer: String,
        /// The members.
        #[serde(default = "extra")]
        members: Map<String, Value>,
    },
    /// Members are left out.
    MissingMembers {
        /// Which, as JSON pointers. By default the first that the answer must have, such as `/sessionId`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pointers: Option<Vec<String>>,
    },
    /// Members are null.
    NullMembers {
        /// Which, as JSON pointers. By default the first that the answer must have, such as `/sessionId`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pointers: Option<Vec<String>>,
    },
    /// The answer names another session, and its reference where the answer has one.
    AnotherSession {
        /// A session of this sandbox; one that does not exist unless said otherwise.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        session: Option<SessionId>,
    },
    /// The token that the call was made with is revoked before the call is looked at, for good. Of an authorize call it is the
    /// token in the answer.
    RevokedToken,
}

/// The two shapes that errors have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum RefusalShape {
    /// Problem details (RFC 7807): `title`, `status` and so on.
    Problem,
    /// `error` and `error_description`.
    Error,
}

/// When a caller may come back: the two forms of `Retry-After`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub enum RetryAfter {
    /// After so many seconds, said as a number.
    Seconds(u32),
    /// After so many seconds, said as a date by the sandbox's clock.
    Date(u32),
}

impl Fault {
    /// The answer is held back for so long.
    #[must_use]
    pub fn delay(time: Duration) -> Self {
        let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        Self::Delay { millis }
    }

    /// The body comes byte by byte, one a second.
    #[must_use]
    pub fn drip() -> Self {
        Self::Drip {
            millis_per_byte: second(),
        }
    }

    /// Another status, and the call is not carried out.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self::Status {
            status,
            shape: None,
            retry_after: None,
            applied: false,
        }
    }

    /// 429, and the call is not carried out.
    #[must_use]
    pub fn too_many_requests(retry_after: RetryAfter) -> Self {
        Self::Status {
            status: 429,
            shape: None,
            retry_after: Some(retry_after),
            applied: false,
        }
    }

    /// A gzip bomb of so many bytes in place of the answer of a call that has been carried out.
    #[must_use]
    pub fn gzip_bomb(bytes: u64) -> Self {
        Self::GzipBomb {
            bytes,
            applied: true,
        }
    }

    /// Returns its name, as the documents of the control API have it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Delay { .. } => "delay",
            Self::Drip { .. } => "drip",
            Self::Status { .. } => "status",
            Self::HtmlPage { .. } => "htmlPage",
            Self::EmptyBody { .. } => "emptyBody",
            Self::TruncatedBody { .. } => "truncatedBody",
            Self::WrongContentType { .. } => "wrongContentType",
            Self::WrongContentLength { .. } => "wrongContentLength",
            Self::GzipBomb { .. } => "gzipBomb",
            Self::ResetBeforeRequest => "resetBeforeRequest",
            Self::ResetAfterRequest { .. } => "resetAfterRequest",
            Self::ResetMidResponse { .. } => "resetMidResponse",
            Self::WrongValue { .. } => "wrongValue",
            Self::ExtraMembers { .. } => "extraMembers",
            Self::MissingMembers { .. } => "missingMembers",
            Self::NullMembers { .. } => "nullMembers",
            Self::AnotherSession { .. } => "anotherSession",
            Self::RevokedToken => "revokedToken",
        }
    }

    /// Returns whether what is sent to a call of the operation is meant to be something that the contract does not have.
    #[must_use]
    pub fn breaks_contract(&self, operation: Operation) -> bool {
        match self {
            // What is sent is what the operation answers, late or to a caller without a token.
            Self::Delay { .. } | Self::Drip { .. } | Self::RevokedToken => false,
            Self::Status { status, shape, .. } => {
                let shape = shape.unwrap_or_else(|| refusals::usual(operation, *status));
                !refusals::has(operation, *status, shape)
            }
            Self::HtmlPage { .. }
            | Self::EmptyBody { .. }
            | Self::TruncatedBody { .. }
            | Self::WrongContentType { .. }
            | Self::WrongContentLength { .. }
            | Self::GzipBomb { .. }
            | Self::ResetBeforeRequest
            | Self::ResetAfterRequest { .. }
            | Self::ResetMidResponse { .. }
            | Self::WrongValue { .. }
            | Self::ExtraMembers { .. }
            | Self::MissingMembers { .. }
            | Self::NullMembers { .. }
            | Self::AnotherSession { .. } => true,
        }
    }

    /// Returns whether the call is handed to its operation.
    #[must_use]
    pub fn is_applied(&self) -> bool {
        match self {
            Self::Status { applied, .. }
            | Self::HtmlPage { applied, .. }
            | Self::EmptyBody { applied }
            | Self::GzipBomb { applied, .. }
            | Self::ResetAfterRequest { applied } => *applied,
            Self::ResetBeforeRequest => false,
            Self::Delay { .. }
            | Self::Drip { .. }
            | Self::TruncatedBody { .. }
            | Self::WrongContentType { .. }
            | Self::WrongContentLength { .. }
            | Self::ResetMidResponse { .. }
            | Self::WrongValue { .. }
            | Self::ExtraMembers { .. }
            | Self::MissingMembers { .. }
            | Self::NullMembers { .. }
            | Self::AnotherSession { .. }
            | Self::RevokedToken => true,
        }
    }
}

fn second() -> u64 {
    1000
}

fn bad_gateway() -> u16 {
    502
}

fn yes() -> bool {
    true
}

fn text_plain() -> String {
    "text/plain".to_owned()
}

fn gibibyte() -> u64 {
    1 << 30
}

fn unheard_of() -> Value {
    "UnheardOf".into()
}

fn extra() -> Map<String, Value> {
    let mut members = Map::new();
    members.insert("unheardOf".to_owned(), json!({ "since": 2030 }));
    members
}
