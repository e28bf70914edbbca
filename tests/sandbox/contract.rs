//! What the contract says about an answer, by the crate's own judge, of which the operations are named by their ids here.

use std::collections::BTreeSet;

use flinks_pay::client::Operation;
use flinks_pay::sandbox::judge;
use serde_json::Value;

/// Stands for the operation where a call has none: an unknown path, a wrong method.
pub(crate) const NO_OPERATION: &str = "";

/// Every pair of operation and status that the contract declares.
pub(crate) fn declared() -> BTreeSet<(String, u16)> {
    judge::declared()
        .into_iter()
        .map(|(operation, status)| (operation.id().to_owned(), status))
        .collect()
}

/// What is wrong with an answer; nothing for one that the contract declares and accepts, member by member.
pub(crate) fn problems(operation: &str, status: u16, body: &Value) -> Vec<String> {
    let asked = Operation::ALL.iter().find(|it| it.id() == operation);
    assert_eq!(asked.is_none(), operation == NO_OPERATION, "{operation}");
    judge::answer(asked.copied(), status, body)
        .iter()
        .map(ToString::to_string)
        .collect()
}
