//! What refusals look like, by operation and status. Written apart from the judge, who reads it in the contract.

use super::fault::RefusalShape;
use crate::session::Operation;

/// The shapes that the contract has for a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shapes {
    /// The one of the page that shows it.
    One(RefusalShape),
    /// Either, as no page shows a body.
    Either,
}

/// Returns the shapes of a refusal; none for a status that the contract does not declare for the operation.
pub(super) fn declared(operation: Operation, status: u16) -> Option<Shapes> {
    use RefusalShape::{Error, Problem};
    let shapes = match (operation, status) {
        (Operation::CreateSession, 400 | 401 | 403) | (Operation::GetSessionDetails, 400) => {
            Shapes::One(Problem)
        }
        (Operation::GetSessionStatus, 401 | 404) | (Operation::GetSessionDetails, 403 | 404) => {
            Shapes::One(Error)
        }
        (Operation::Authorize, 400 | 401)
        | (Operation::GetSessionDetails, 401)
        | (Operation::CancelSession | Operation::ConfirmGuarantee, 400 | 401 | 404) => {
            Shapes::Either
        }
        _ => return None,
    };
    Some(shapes)
}

/// Returns the shape that a refusal of the sandbox has unless its profile says otherwise.
pub(super) fn usual(operation: Operation, status: u16) -> RefusalShape {
    match (declared(operation, status), operation) {
        (Some(Shapes::One(shape)), _) => shape,
        (Some(Shapes::Either), Operation::ConfirmGuarantee) if status == 400 => {
            RefusalShape::Problem
        }
        // What no page has goes by what the pages of the operation have otherwise.
        (None, Operation::CreateSession | Operation::ConfirmGuarantee) => RefusalShape::Problem,
        (Some(Shapes::Either) | None, _) => RefusalShape::Error,
    }
}

/// Whether a refusal of this shape is one of the contract.
pub(super) fn has(operation: Operation, status: u16, shape: RefusalShape) -> bool {
    match declared(operation, status) {
        Some(Shapes::One(known)) => known == shape,
        Some(Shapes::Either) => true,
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::sandbox::judge;

    #[test]
    fn the_contract_has_the_same_refusals_in_the_same_shapes() {
        let pairs = judge::declared();
        for &operation in Operation::ALL {
            for status in 400..=599 {
                let problem = json!({ "title": "No", "status": status });
                let error = json!({ "error": "no" });
                for (shape, body) in [
                    (RefusalShape::Problem, problem),
                    (RefusalShape::Error, error),
                ] {
                    let declared = pairs.contains(&(operation, status))
                        && judge::answer(Some(operation), status, &body).is_empty();
                    assert_eq!(
                        has(operation, status, shape),
                        declared,
                        "{operation} {status} {shape:?}"
                    );
                }
                let known = declared(operation, status).is_some();
                assert_eq!(has(operation, status, usual(operation, status)), known);
            }
        }
    }
}
