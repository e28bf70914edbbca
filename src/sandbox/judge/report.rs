//! What the judge has found, for people and other processes.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// Which half of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// What arrived.
    Request,
    /// What was answered.
    Answer,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Request => "request",
            Self::Answer => "answer",
        })
    }
}

/// One way in which exchanges depart from the contract. There is no value in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Violation {
    /// The operation; `None` for a path or a method that the contract does not have.
    pub operation: Option<String>,
    /// The status that was answered. Of a request, the one that it came to, whatever a fault had sent instead.
    pub status: u16,
    /// Where it is.
    pub part: Part,
    /// The place in the body, as a JSON pointer; empty for the whole of it.
    pub pointer: String,
    /// What is not kept to: a keyword of the schema; the id of a [rule](crate::domain::RULES); or one of these.
    ///
    /// | Word | Meaning |
    /// |---|---|
    /// | `refused` | the request is valid and breaks no rule that the refusal names |
    /// | `content-type`, `json` | the body is not of the declared type, or is no JSON |
    /// | `session-id`, `security` | the path or the credentials are not of the declared form |
    /// | `status` | the contract does not have this answer |
    /// | `contract` | the contract itself cannot be judged by |
    pub keyword: String,
    /// How often it was found.
    pub count: u64,
}

impl Violation {
    /// Whether it is the same, however often it was found.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let Self {
            operation,
            status,
            part,
            pointer,
            keyword,
            count: _,
        } = self;
        (status, part) == (&other.status, &other.part)
            && keyword == &other.keyword
            && pointer == &other.pointer
            && operation == &other.operation
    }

    /// Without operation and status, for whom has them.
    pub(super) fn place(&self) -> String {
        let Self {
            part,
            pointer,
            keyword,
            ..
        } = self;
        if pointer.is_empty() {
            format!("{part}: {keyword}")
        } else {
            format!("{part} at {pointer:?}: {keyword}")
        }
    }
}

/// On one line, without the count.
impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operation = self.operation.as_deref().unwrap_or("no operation");
        write!(f, "{operation} {}: {}", self.status, self.place())
    }
}

/// How many exchanges were judged, and what was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ViolationsReport {
    /// Exchanges of which both halves were judged, by operation.
    pub judged: BTreeMap<String, u64>,
    /// Exchanges that were judged and are of no operation: unknown paths, wrong methods, and requests that were not read to
    /// their end.
    pub without_operation: u64,
    /// Exchanges whose answer was not judged, because it was spoilt on purpose. The request was, if anything became of it.
    pub spoilt: u64,
    /// How often a text was taken in another spelling than the contract's, by the [rule](super::respellings) that takes it.
    pub respelled: BTreeMap<String, u64>,
    /// How many violations were found, the repeated ones included.
    pub total: u64,
    /// What was found, in the order of the first time; at most a hundred different ones.
    pub violations: Vec<Violation>,
}

impl ViolationsReport {
    /// Whether nothing was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.total == 0
    }
}

/// A line for each violation, with how often it was found.
impl fmt::Display for ViolationsReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            violations, total, ..
        } = self;
        write!(f, "{total} violations of the contract")?;
        for violation in violations {
            write!(f, "\n{} times {violation}", violation.count)?;
        }
        Ok(())
    }
}
