//! What a schema holds against a value.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use serde_json::Value;

use super::finding::UNDECLARED;
use super::undeclared;
use crate::contract::{ContractError, Judge};
use crate::spec::Pointer;
use crate::spec::translate::Direction;

/// A place in a value, and the keyword that refuses what is there.
pub(super) type Odd = (Pointer, String);

/// Returns everything that a schema holds against a value: what it refuses, or if that is nothing, what it does not have.
pub(super) fn odd(
    judge: &Judge<'_>,
    at: &Pointer,
    direction: Direction,
    value: &Value,
) -> Result<Vec<Odd>, ContractError> {
    let validator = judge.validator(at, direction)?;
    let mut found = Vec::new();
    if !validator.is_valid(value) {
        for error in validator.iter_errors(value) {
            add(&error, &mut found);
        }
        return Ok(found);
    }
    if value.is_object() || value.is_array() {
        let closed = judge.closed(at, direction)?;
        if !closed.is_valid(value) {
            let members = undeclared::members(&closed, value);
            found.extend(members.into_iter().map(|it| (it, UNDECLARED.to_owned())));
        }
    }
    Ok(found)
}

fn add(error: &ValidationError<'_>, found: &mut Vec<Odd>) {
    let kind = error.kind();
    let instance: Pointer = error
        .instance_path()
        .to_string()
        .parse()
        .unwrap_or_default();
    match kind {
        // Of several schemas, what is said by the one that has the least against the value.
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            match context.iter().min_by_key(|errors| errors.len()) {
                Some(nearest) if !nearest.is_empty() => {
                    for error in nearest {
                        add(error, found);
                    }
                }
                _ => found.push((instance, kind.keyword().to_owned())),
            }
        }
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            found.push((instance.join(name), kind.keyword().to_owned()));
        }
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            for name in unexpected {
                found.push((instance.join(name), kind.keyword().to_owned()));
            }
        }
        _ => found.push((instance, kind.keyword().to_owned())),
    }
}
