//! The client: six operations on the types of [`domain`](crate::domain) and [`session`](crate::session).
//!
//! It stands on a generated client that does the requests and the decoding, and adds what no generator knows: which
//! token may create, what may be sent where, how much may come back, what an odd answer means, and what a failure says
//! about money. Nothing is retried.
//!
//! Entry points: [`Client::builder`], [`Environment`], [`Credentials`]; [`Response`] for what comes back, and
//! [`Error`] for what does not: [`Error::maybe_applied`] is the one to read before creating another session.

mod builder;
mod call;
mod conformance;
mod convert;
mod credentials;
mod decode;
mod environment;
mod error;
mod facade;
mod operation;
mod problem;
mod raw;
mod request_id;
mod response;
mod retry_after;
mod salvage;
mod token;
mod transport;

pub use self::builder::{BuildError, ClientBuilder, Timeouts};
pub(crate) use self::call::Call;
pub use self::conformance::Nonconformance;
pub use self::credentials::{Credentials, CredentialsError};
pub use self::environment::{Environment, EnvironmentError};
pub use self::error::{Error, ErrorKind};
pub use self::facade::Client;
pub use self::operation::Operation;
pub use self::problem::Problem;
pub use self::raw::RawResponse;
pub use self::request_id::RequestId;
pub use self::response::Response;
pub use self::token::Token;
pub use self::transport::MAX_BODY_BYTES;
