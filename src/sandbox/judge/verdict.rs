//! What becomes of one exchange before the judge.

use super::answer;
use super::contract::{Unusable, contract};
use super::report::{Part, Violation};
use super::request::{self, Body, Presented};
use crate::session::Operation;

/// One exchange, as it is judged.
#[derive(Debug)]
pub(in crate::sandbox) struct Call<'a> {
    pub(in crate::sandbox) operation: Option<Operation>,
    /// The request apart from its body; none if it asks for no operation.
    pub(in crate::sandbox) presented: Option<Presented>,
    pub(in crate::sandbox) body: Body<'a>,
    /// The status that the request came to: not the one that was sent, if a fault came between. None if nothing became of it.
    pub(in crate::sandbox) handled: Option<u16>,
    pub(in crate::sandbox) status: u16,
    pub(in crate::sandbox) sent: Sent<'a>,
    /// The ids of the rules that a refusal names.
    pub(in crate::sandbox) rules: &'a [&'static str],
}

/// An answer as it goes out.
#[derive(Debug)]
pub(in crate::sandbox) enum Sent<'a> {
    Json(&'a serde_json::Value),
    /// Said to be JSON, and is none.
    NoJson,
    OtherType,
    /// It is wrong on purpose.
    Spoilt,
}

/// What the judge says.
#[derive(Debug, Default)]
pub(in crate::sandbox) struct Verdict {
    pub(super) operation: Option<Operation>,
    pub(in crate::sandbox) violations: Vec<Violation>,
    pub(super) status: u16,
    pub(super) respelled: Vec<&'static str>,
    pub(super) spoilt: bool,
}

impl Verdict {
    pub(super) fn of(operation: Option<Operation>, status: u16) -> Self {
        Self {
            operation,
            status,
            ..Self::default()
        }
    }

    pub(super) fn add(&mut self, part: Part, pointer: impl Into<String>, keyword: &str) {
        self.violations.push(Violation {
            operation: self.operation.map(|operation| operation.id().to_owned()),
            status: self.status,
            part,
            pointer: pointer.into(),
            keyword: keyword.to_owned(),
            count: 1,
        });
    }

    /// Nothing can be judged, which must not look like nothing found.
    pub(super) fn broken(&mut self, error: &Unusable) {
        tracing::error!(
            error = error as &dyn std::error::Error,
            "the sandbox cannot judge itself"
        );
        self.add(Part::Answer, "", "contract");
    }

    /// What is found, for the journal, which has operation and status.
    pub(in crate::sandbox) fn places(&self) -> Vec<String> {
        self.violations.iter().map(Violation::place).collect()
    }

    fn log(&self) {
        for violation in &self.violations {
            tracing::warn!(
                operation = violation.operation,
                status = violation.status,
                part = %violation.part,
                pointer = violation.pointer,
                keyword = violation.keyword,
                "the sandbox departs from the contract"
            );
        }
    }
}

/// Judges an exchange, and logs what is found.
pub(in crate::sandbox) fn verdict(call: &Call<'_>) -> Verdict {
    let mut verdict = Verdict::of(call.operation, call.status);
    match contract() {
        Ok(contract) => {
            match call.sent {
                // A request that did not arrive whole is refused like this whatever it asks for.
                Sent::Json(body) if matches!(call.body, Body::Unread) => {
                    verdict.operation = None;
                    answer::error(contract, body, &mut verdict);
                }
                Sent::Json(body) => {
                    answer::judge(contract, call.operation, call.status, body, &mut verdict);
                }
                Sent::NoJson => verdict.add(Part::Answer, "", "json"),
                Sent::OtherType => verdict.add(Part::Answer, "", "content-type"),
                Sent::Spoilt => verdict.spoilt = true,
            }
            if let (Some(presented), Some(handled)) = (&call.presented, call.handled) {
                verdict.status = handled;
                request::judge(contract, presented, call.body, call.rules, &mut verdict);
            }
        }
        Err(error) => verdict.broken(error),
    }
    verdict.log();
    verdict
}
