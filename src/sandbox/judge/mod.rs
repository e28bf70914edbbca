//! The sandbox's judge: what it takes, refuses and answers, held against the contract.
//!
//! The contract is the one that the crate is built with, and a JSON Schema validator reads it: neither the sandbox's own
//! checks nor the types of this crate have a say. Of every exchange three things are asked:
//!
//! - a request that was carried out is valid: its path, credentials, content type and body, and no rule of `x-rules` is broken;
//! - a request that was refused as invalid is invalid, or breaks the rule of `x-rules` that the refusal names;
//! - the answer is one that the contract declares for the operation and the status, member by member: none is undeclared.
//!
//! Where the sandbox takes a spelling that the contract does not have, as the types of this crate do, that is in one
//! [list](respellings), by rule, and counted. What is found otherwise is a [`Violation`]: logged as a warning without values,
//! counted in [`Sandbox::violations`](super::Sandbox::violations), noted in the journal, and told in the header
//! [`HEADER`] of the answer. It is a fault of the sandbox, not of who calls it.
//!
//! The judge says what is wrong and does not mend it: the answer goes out as it was. An answer that was spoilt on purpose is
//! not judged, and its exchange is counted as such; the request is judged all the same, by what the operation answered before. A
//! request that a fault has kept from its operation was neither taken nor refused, and there is nothing to judge.
//!
//! Entry points: [`answer`] for one answer of any server, [`declared`] for what can be answered.

mod answer;
mod close;
mod contract;
mod read;
mod report;
mod request;
mod respelling;
mod rules;
mod tally;
#[cfg(test)]
mod tests;
mod verdict;

use serde_json::Value;

use self::contract::contract;
use crate::session::Operation;

pub use self::report::{Part, Violation, ViolationsReport};
pub(super) use self::request::{Body, Presented};
pub(super) use self::tally::Tally;
pub(super) use self::verdict::{Call, Sent, Verdict, verdict};

/// The header that says how many violations there are in an exchange; there is none without one.
pub const HEADER: &str = "x-sandbox-violations";

/// Whether a sandbox judges itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum SelfCheck {
    #[default]
    On,
    Off,
}

/// Returns what the contract says against the body of an answer: the wrong values, what is missing, and what it does not
/// declare. Nothing for one that it accepts.
///
/// Without an operation, it is the answer to a path or a method that the contract does not have.
///
/// ```
/// use flinks_pay::client::Operation;
/// use flinks_pay::sandbox::judge;
///
/// let body = serde_json::json!({ "error": "not_found", "reason": "no such session" });
/// let found = judge::answer(Some(Operation::GetSessionStatus), 404, &body);
/// assert_eq!(found[0].to_string(), "getSessionStatus 404: answer at \"/reason\": additionalProperties");
/// ```
#[must_use]
pub fn answer(operation: Option<Operation>, status: u16, body: &Value) -> Vec<Violation> {
    let mut verdict = Verdict::of(operation, status);
    match contract() {
        Ok(contract) => answer::judge(contract, operation, status, body, &mut verdict),
        Err(error) => verdict.broken(error),
    }
    verdict.violations
}

/// Returns every pair of operation and status that the contract declares.
#[must_use]
pub fn declared() -> Vec<(Operation, u16)> {
    let operations = contract().map(|contract| &contract.operations[..]);
    operations
        .unwrap_or_default()
        .iter()
        .flat_map(|judge| {
            let statuses = judge.answers.iter().map(|(status, _)| *status);
            statuses.map(|status| (judge.operation, status))
        })
        .collect()
}

/// Returns the ids of the [rules](crate::domain::RULES) by which a text is taken in another spelling than the contract's.
pub fn respellings() -> impl Iterator<Item = &'static str> {
    respelling::RESPELLINGS
        .iter()
        .map(|respelling| respelling.rule)
}

/// Reads the contract on a thread of its own, so that neither the start nor the first call waits for it longer than it must.
pub(super) fn warm_up() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        // Without a thread, the first call reads it.
        let _ = std::thread::Builder::new()
            .name("flinks-pay-judge".to_owned())
            .spawn(|| contract().is_ok());
    });
}
