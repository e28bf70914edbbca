//! The client: six operations on the types of [`domain`](crate::domain) and [`session`](crate::session).
//!
//! It stands on a generated client that does the requests and the decoding, and adds what no generator knows: which
//! token may create, what may be sent where, how much may come back, what an odd answer means, and what a failure says
//! about money, and what may be sent again.
//!
//! A call is a loop over attempts. Each is one exchange with the server, and what follows one that failed stands in
//! [`RETRY_TABLE`]. All time, pauses and deadlines included, is the client's [`Clock`](crate::clock::Clock).
//!
//! # What operators see
//!
//! Each call is a span of [`tracing`] (`flinks_pay.create_session`), and so is each request in it (`POST /api/v2/sessions`), with
//! the fields that OpenTelemetry's conventions give to HTTP clients and, as `flinks_pay.outcome`, `ok`, the kind of the error, or
//! `cancelled` for a future that was dropped. `flinks_pay.request_id` is the one of [`Error::request_id`]. What Flinks answers
//! otherwise than the contract says is a WARN event, once for each place and client, and goes to
//! [`ClientBuilder::on_drift`]. None of it has a value that was sent or answered. All has the target `flinks_pay`.
//!
//! Entry points: [`Client::builder`], [`Environment`], [`Credentials`]; [`Response`] for what comes back, and
//! [`Error`] for what does not: [`Error::maybe_applied`] is the one to read before creating another session.

mod bearer;
mod budget;
mod builder;
mod call;
pub(crate) mod conformance;
mod connector;
mod convert;
mod credentials;
mod decode;
mod drive;
mod environment;
mod error;
mod facade;
#[cfg(fuzzing)]
pub mod fuzzing;
mod hooks;
mod jitter;
pub(crate) mod json;
mod news;
pub(crate) mod observer;
pub mod once;
mod problem;
mod raw;
mod readable;
mod request_id;
mod response;
mod retry;
mod retry_after;
pub(crate) mod salvage;
mod span;
mod token;
pub(crate) mod transport;

pub use self::builder::{BuildError, ClientBuilder, Timeouts};
pub(crate) use self::call::Call;
pub use self::conformance::Nonconformance;
#[cfg(feature = "sandbox")]
pub(crate) use self::connector::certificates;
#[cfg(feature = "contract")]
pub(crate) use self::credentials::Scheme;
pub use self::credentials::{Credentials, CredentialsError};
pub use self::environment::{Environment, EnvironmentError};
pub use self::error::{Error, ErrorKind};
pub use self::facade::Client;
pub use self::hooks::MAX_BODY_BYTES;
pub use self::observer::{Drift, DriftKind, DriftSource, MAX_DRIFTS};
pub use self::problem::Problem;
pub use self::raw::RawResponse;
pub use self::request_id::RequestId;
pub use self::response::Response;
pub use self::retry::{Fate, RETRY_TABLE, Retries, RetryRow, Verdict, verdict};
pub use self::token::{Token, TokenReuse};
pub use crate::session::Operation;
