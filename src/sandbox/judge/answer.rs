//! Judging an answer.

use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use super::contract::Contract;
use super::report::Part;
use super::rules;
use super::verdict::Verdict;
use crate::session::Operation;

/// What an operation with a body answers beyond the contract: the request is too long, or not of the declared type.
const WITH_A_BODY: [u16; 2] = [413, 415];

/// What is answered to a path or a method that the contract does not have.
const WITHOUT_OPERATION: [u16; 2] = [404, 405];

/// The longest name of a member that is told.
const LONGEST_NAME: usize = 40;

pub(super) fn judge(
    contract: &Contract,
    operation: Option<Operation>,
    status: u16,
    body: &Value,
    verdict: &mut Verdict,
) {
    let asked = operation.and_then(|operation| contract.of(operation));
    if let Some(declared) = asked.and_then(|asked| asked.answer(status)) {
        if !declared.is_valid(body) {
            errors(Part::Answer, declared, body, verdict);
        }
        if let (Some(operation), 200..=299) = (operation, status) {
            rules::judge(operation, Part::Answer, body, verdict);
        }
        return;
    }
    let beyond = match asked {
        Some(asked) => asked.body.is_some() && WITH_A_BODY.contains(&status),
        None => WITHOUT_OPERATION.contains(&status),
    };
    if beyond {
        error(contract, body, verdict);
    } else {
        verdict.add(Part::Answer, "", "status");
    }
}

/// Judges a refusal that the contract does not have. It is in one of the two error shapes all the same.
pub(super) fn error(contract: &Contract, body: &Value, verdict: &mut Verdict) {
    if !contract.error.is_valid(body) {
        errors(Part::Answer, &contract.error, body, verdict);
    }
}

/// Adds every error that a validator has against a body.
pub(super) fn errors(part: Part, schema: &Validator, body: &Value, verdict: &mut Verdict) {
    for error in schema.iter_errors(body) {
        add(part, &error, verdict);
    }
}

fn add(part: Part, error: &ValidationError<'_>, verdict: &mut Verdict) {
    let pointer = error.instance_path().to_string();
    let kind = error.kind();
    match kind {
        // Of several schemas, what is said against the body by the one that it is nearest to.
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            match context.iter().min_by_key(|errors| distance(errors)) {
                Some(nearest) if !nearest.is_empty() => {
                    for error in nearest {
                        add(part, error, verdict);
                    }
                }
                _ => verdict.add(part, pointer, kind.keyword()),
            }
        }
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            verdict.add(part, member(&pointer, name), kind.keyword());
        }
        // In an answer the names are the sandbox's own. In a request they are anybody's, and not repeated.
        ValidationErrorKind::AdditionalProperties { unexpected } if part == Part::Answer => {
            for name in unexpected {
                verdict.add(part, member(&pointer, name), kind.keyword());
            }
        }
        _ => verdict.add(part, pointer, kind.keyword()),
    }
}

/// How far a body is from a schema: a constant that is another one says that the other schema is meant.
fn distance(errors: &[ValidationError<'_>]) -> (usize, usize) {
    let other = errors.iter().filter(|error| {
        matches!(
            error.kind(),
            ValidationErrorKind::Enum { .. } | ValidationErrorKind::Type { .. }
        ) && error.instance_path().to_string() == "/options/guarantee/enable"
    });
    (other.count(), errors.len())
}

fn member(pointer: &str, name: &str) -> String {
    let name: String = name.chars().take(LONGEST_NAME).collect();
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}
