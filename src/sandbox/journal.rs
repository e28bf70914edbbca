//! What arrived at the API and what was answered: a bounded record without credentials and personal data.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use serde_json::Value;

#[cfg(doc)]
use super::fault::Fault;
use super::fault::FaultMet;

/// One call and its answer.
///
/// Bodies are redacted: what is kept are codes, amounts and flags, session ids, and the names of members that the
/// contract knows. A reference id is shortened unless it names a [scenario](super::Scenario).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Exchange {
    /// Counts from 1.
    pub sequence: u64,
    /// Milliseconds since the start, by the sandbox's clock.
    pub at_millis: u64,
    /// The method; at most 20 characters of it.
    pub method: String,
    /// The path without a query; at most 200 characters of it.
    pub path: String,
    /// The operation of the contract; `None` for a path or a method that it does not have, and for a request that could not
    /// be read to its end.
    pub operation: Option<String>,
    /// The status that was answered; `None` where a [fault](Fault) broke the connection in place of an answer.
    pub status: Option<u16>,
    /// What the call was made with: `token#3` for the third token that was issued, `api-key`, or `unknown` for credentials
    /// that are neither. For an authorize call, the token that it was answered with.
    pub credential: Option<String>,
    /// The body that arrived, redacted; `None` for none, and for one that cannot be read.
    pub request: Option<Value>,
    /// The body that was answered, redacted. Where the request has unknown members, the text that names them counts
    /// them instead.
    pub answer: Option<Value>,
    /// The ids of the [rules](crate::domain::RULES) that the request breaks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<String>,
    /// What the [judge](super::judge) finds in the exchange: `answer at "/status": enum`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub violations: Vec<String>,
    /// What went wrong on purpose, if anything did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<FaultMet>,
}

/// The most recent exchanges.
#[derive(Debug)]
pub(super) struct Journal {
    exchanges: VecDeque<Exchange>,
    capacity: usize,
    arrived: u64,
    /// How many had arrived when it was cleared.
    cleared: u64,
}

impl Journal {
    /// How many exchanges a journal keeps by default.
    pub(super) const CAPACITY: usize = 10_000;

    pub(super) fn new(capacity: usize) -> Self {
        Self {
            exchanges: VecDeque::new(),
            capacity,
            arrived: 0,
            cleared: 0,
        }
    }

    /// Adds an exchange, which gets the next sequence number; the oldest makes room.
    pub(super) fn push(&mut self, mut exchange: Exchange) {
        self.arrived += 1;
        exchange.sequence = self.arrived;
        if self.exchanges.len() >= self.capacity {
            self.exchanges.pop_front();
        }
        if self.capacity > 0 {
            self.exchanges.push_back(exchange);
        }
    }

    pub(super) fn exchanges(&self) -> Vec<Exchange> {
        self.exchanges.iter().cloned().collect()
    }

    /// Forgets every exchange, and returns how many that were. Sequence numbers go on.
    pub(super) fn clear(&mut self) -> usize {
        self.cleared = self.arrived;
        let exchanges = self.exchanges.len();
        self.exchanges.clear();
        exchanges
    }

    /// How many have arrived.
    pub(super) fn arrived(&self) -> u64 {
        self.arrived
    }

    /// How many it keeps at most.
    pub(super) fn capacity(&self) -> usize {
        self.capacity
    }

    pub(super) fn len(&self) -> usize {
        self.exchanges.len()
    }

    /// How many have made room since it was cleared.
    pub(super) fn dropped(&self) -> u64 {
        self.arrived
            .saturating_sub(self.cleared)
            .saturating_sub(u64::try_from(self.exchanges.len()).unwrap_or(u64::MAX))
    }
}
