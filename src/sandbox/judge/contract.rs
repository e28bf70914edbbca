//! The contract as the judge holds it: read and compiled once for the whole process, when it is first asked for.

use std::sync::{Arc, LazyLock};

use jsonschema::Validator;
use thiserror::Error;

use super::read;
use crate::session::Operation;
use crate::spec::SpecError;

/// The contract that this crate is built from.
const TEXT: &str = include_str!("../../../openapi/flinks-pay.yaml");

static CONTRACT: LazyLock<Result<Contract, Unusable>> =
    LazyLock::new(|| read::contract("openapi/flinks-pay.yaml", TEXT));

/// Returns the contract.
///
/// # Errors
///
/// None in fact: a test reads it.
pub(super) fn contract() -> Result<&'static Contract, &'static Unusable> {
    CONTRACT.as_ref()
}

/// Why a contract cannot be judged by.
#[derive(Debug, Error)]
pub(super) enum Unusable {
    #[error("the contract cannot be read")]
    Spec(#[from] SpecError),
    #[error("the validator does not take the schema at {0}")]
    Schema(String),
    #[error("the schema at {0} joins objects, which cannot be closed")]
    Open(String),
    #[error("{0} is expected in the contract")]
    Missing(String),
    #[error("{0} is nothing that the judge looks at")]
    Unjudged(String),
}

/// What is asked of every exchange.
#[derive(Debug)]
pub(super) struct Contract {
    /// In the order of [`Operation::ALL`].
    pub(super) operations: Vec<OperationJudge>,
    /// For what is answered beyond the contract.
    pub(super) error: Arc<Validator>,
    /// The rules about calls.
    pub(super) calls: Vec<CallRule>,
    /// An email address without regard to its format.
    pub(super) email: Arc<Validator>,
}

/// What is asked of one operation.
#[derive(Debug)]
pub(super) struct OperationJudge {
    pub(super) operation: Operation,
    /// The session in the path, if there is one.
    pub(super) session: Option<Arc<Validator>>,
    /// Each is one way of saying who calls; one of no schemes asks for nothing.
    pub(super) security: Vec<Vec<Scheme>>,
    pub(super) body: Option<BodyJudge>,
    pub(super) answers: Vec<(u16, Arc<Validator>)>,
}

/// What is asked of a request's body.
#[derive(Debug)]
pub(super) struct BodyJudge {
    pub(super) form: bool,
    pub(super) schema: Arc<Validator>,
}

/// One part of what says who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Scheme {
    /// `Authorization`, with this scheme in front.
    Http(String),
    /// A header of its own, in lower case.
    Header(String),
}

/// A rule of `x-rules` about a call, by what refuses it.
#[derive(Debug)]
pub(super) struct CallRule {
    pub(super) id: String,
    pub(super) operation: Operation,
    pub(super) refused: Vec<u16>,
}

impl Contract {
    pub(super) fn of(&self, operation: Operation) -> Option<&OperationJudge> {
        self.operations
            .iter()
            .find(|judge| judge.operation == operation)
    }

    /// Whether breaking a rule about calls is refused like this.
    pub(super) fn refuses(&self, rule: &str, operation: Operation, status: u16) -> bool {
        self.calls.iter().any(|call| {
            call.id == rule && call.operation == operation && call.refused.contains(&status)
        })
    }
}

impl OperationJudge {
    pub(super) fn answer(&self, status: u16) -> Option<&Validator> {
        let mut answers = self.answers.iter();
        answers
            .find(|(declared, _)| *declared == status)
            .map(|(_, judge)| &**judge)
    }
}
