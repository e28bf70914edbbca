//! Why a server could not be asked.

use thiserror::Error;

use crate::contract::ContractError;
use crate::contract::tour::TourError;

/// Why a server could not be asked.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RunError {
    /// The contract cannot be used.
    #[error(transparent)]
    Contract(#[from] ContractError),
    /// The requests cannot be set up.
    #[error(transparent)]
    Setup(#[from] TourError),
    /// No answer came.
    #[error("the server does not answer")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It sends callers elsewhere. Credentials do not go there.
    #[error("the server redirects ({status})")]
    Redirects {
        /// The status of its answer.
        status: u16,
    },
    /// What answers is something else.
    #[error("what answers is not the API: no JSON comes with its status {status}")]
    SomethingElse {
        /// The status of its answer.
        status: u16,
    },
    /// It does not take the credentials.
    #[error("the server does not take the credentials ({status})")]
    Credentials {
        /// The status of its answer.
        status: u16,
    },
}
