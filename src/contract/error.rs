//! Why a document cannot be used as a contract.

use thiserror::Error;

use crate::spec::SpecError;

/// Why a document cannot be used as a contract.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ContractError {
    /// It cannot be read, is not OpenAPI 3.0, or has a schema that JSON Schema cannot say.
    #[error("the contract cannot be read")]
    Spec(#[from] SpecError),
    /// What asks this crate for its opinion could not be set up.
    #[error("the client that reads answers cannot be set up")]
    Setup(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The validator does not take a schema that could be translated.
    #[error("the validator does not take the schema at {at}")]
    Schema {
        /// The place in the contract, as a fragment.
        at: String,
        /// What the validator says.
        #[source]
        source: Box<jsonschema::ValidationError<'static>>,
    },
}
