//! What arrived at the API and what was answered: a bounded record without credentials and personal data.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

#[cfg(doc)]
use super::fault::Fault;
use super::fault::FaultMet;
use super::json_text;
use crate::session::Operation;

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
    /// The body that arrived, redacted; `None` for none, and for one that cannot be read. One of which even that is longer than
    /// 4 KiB is `"[too long]"`; the contract has none.
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

/// The longest body that is kept, redacted. The contract's longest is less than half of that.
const LONGEST_BODY: usize = 4 * 1024;

/// What stands for a longer one.
const TOO_LONG: &str = "\"[too long]\"";

/// What may be kept for each exchange, on average.
const ROOM: usize = 2 * 1024;

/// What may be kept however few exchanges are.
const LEAST_ROOM: usize = 64 * 1024;

/// What there is to keep of an exchange, but its bodies.
#[derive(Debug)]
pub(super) struct Facts<'a> {
    pub(super) at_millis: u64,
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) operation: Option<Operation>,
    pub(super) status: Option<u16>,
    pub(super) credential: Option<&'a str>,
    pub(super) rules: &'a [&'static str],
    pub(super) violations: &'a [String],
    pub(super) fault: Option<&'a FaultMet>,
}

/// An exchange as it is kept: the values of its members, in their order, in the text of a JSON array, with 0 for the sequence number.
/// It is written for every call and read for few, and a tree of values takes many times the memory.
#[derive(Clone)]
pub(super) struct Entry(Arc<str>);

impl Entry {
    /// Writes an exchange down. The bodies are JSON, and redacted.
    pub(super) fn new(facts: &Facts<'_>, request: Option<&str>, answer: Option<&str>) -> Self {
        let bodies = request.map_or(0, str::len) + answer.map_or(0, str::len);
        let mut text = String::with_capacity(bodies.min(2 * LONGEST_BODY) + facts.path.len() + 128);
        text.push_str("[0,");
        json_text::number(facts.at_millis, &mut text);
        text.push(',');
        json_text::text(facts.method, &mut text);
        text.push(',');
        json_text::text(facts.path, &mut text);
        text.push(',');
        json_text::text_or_null(facts.operation.map(Operation::id), &mut text);
        text.push(',');
        match facts.status {
            Some(status) => json_text::number(status.into(), &mut text),
            None => text.push_str("null"),
        }
        text.push(',');
        json_text::text_or_null(facts.credential, &mut text);
        for body in [request, answer] {
            text.push(',');
            text.push_str(match body {
                Some(body) if body.len() > LONGEST_BODY => TOO_LONG,
                Some(body) => body,
                None => "null",
            });
        }
        let rest = (facts.rules, facts.violations, facts.fault);
        if !rest.0.is_empty() || !rest.1.is_empty() || rest.2.is_some() {
            // Texts, numbers and flags, of which none cannot be written.
            let rest = serde_json::to_string(&rest).unwrap_or_default();
            text.push(',');
            let rest = rest.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
            text.push_str(rest.unwrap_or_default());
        }
        text.push(']');
        Self(text.into())
    }

    fn read(&self, sequence: u64) -> serde_json::Result<Exchange> {
        let mut exchange: Exchange = serde_json::from_str(&self.0)?;
        exchange.sequence = sequence;
        Ok(exchange)
    }
}

/// Shorter than what it holds.
impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("bytes", &self.0.len())
            .finish_non_exhaustive()
    }
}

/// The most recent exchanges.
#[derive(Debug)]
pub(super) struct Journal {
    entries: VecDeque<Entry>,
    /// How long they are together.
    bytes: usize,
    capacity: usize,
    arrived: u64,
    /// How many had arrived when it was cleared.
    cleared: u64,
}

/// What a journal had at one time, to be read while it goes on.
pub(super) struct Snapshot {
    entries: Vec<Entry>,
    /// The sequence number of the exchange before the first.
    before: u64,
    /// How many older ones had to make room.
    pub(super) dropped: u64,
}

impl Snapshot {
    pub(super) fn read(&self) -> Vec<Exchange> {
        let sequences = self.before.saturating_add(1)..;
        let entries = self.entries.iter().zip(sequences);
        // Each was written from an exchange's parts, so that none fails.
        entries
            .filter_map(|(entry, sequence)| entry.read(sequence).ok())
            .collect()
    }
}

impl Journal {
    /// How many exchanges a journal keeps by default.
    pub(super) const CAPACITY: usize = 10_000;

    pub(super) fn new(capacity: usize) -> Self {
        Self {
            entries: VecDeque::new(),
            bytes: 0,
            capacity,
            arrived: 0,
            cleared: 0,
        }
    }

    /// Adds an exchange, which gets the next sequence number; the oldest make room.
    pub(super) fn push(&mut self, entry: Entry) {
        self.arrived += 1;
        self.bytes += entry.0.len();
        self.entries.push_back(entry);
        let room = self.capacity.saturating_mul(ROOM).max(LEAST_ROOM);
        while self.entries.len() > self.capacity || self.bytes > room {
            let Some(oldest) = self.entries.pop_front() else {
                return;
            };
            self.bytes -= oldest.0.len();
        }
    }

    /// Returns what there is now. It is read without the lock that the journal is behind.
    pub(super) fn snapshot(&self) -> Snapshot {
        let kept = u64::try_from(self.entries.len()).unwrap_or(u64::MAX);
        Snapshot {
            entries: self.entries.iter().cloned().collect(),
            before: self.arrived.saturating_sub(kept),
            dropped: self.dropped(),
        }
    }

    /// Forgets every exchange, and returns how many that were. Sequence numbers go on.
    pub(super) fn clear(&mut self) -> usize {
        self.cleared = self.arrived;
        self.bytes = 0;
        let exchanges = self.entries.len();
        self.entries.clear();
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
        self.entries.len()
    }

    /// How many have made room since it was cleared.
    fn dropped(&self) -> u64 {
        self.arrived
            .saturating_sub(self.cleared)
            .saturating_sub(u64::try_from(self.entries.len()).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;

    fn entry(request: Option<&str>, answer: Option<&str>) -> Entry {
        let facts = Facts {
            at_millis: 7,
            method: "GET",
            path: "/\"é\n",
            operation: Some(Operation::GetSessionStatus),
            status: Some(200),
            credential: None,
            rules: &["amount"],
            violations: &[],
            fault: None,
        };
        Entry::new(&facts, request, answer)
    }

    #[test]
    fn what_is_written_is_read() {
        let mut journal = Journal::new(2);
        for number in ["1", "2", "3"] {
            journal.push(entry(Some(number), Some("{\"a\":null}")));
        }
        let snapshot = journal.snapshot();
        let exchanges = snapshot.read();
        assert_eq!((exchanges.len(), snapshot.dropped), (2, 1));
        let last = &exchanges[1];
        assert_eq!(
            (last.sequence, last.at_millis, last.path.as_str()),
            (3, 7, "/\"é\n")
        );
        assert_eq!(last.operation.as_deref(), Some("getSessionStatus"));
        assert_eq!(
            (last.request.clone(), last.answer.clone()),
            (Some(json!(3)), Some(json!({ "a": null })))
        );
        assert_eq!(
            (last.rules.clone(), last.violations.len()),
            (vec!["amount".to_owned()], 0)
        );
    }

    #[test]
    fn a_body_that_is_too_long_is_not_kept() {
        let long = |length: usize| format!("\"{}\"", "x".repeat(length - 2));
        let mut journal = Journal::new(9);
        journal.push(entry(
            Some(&long(LONGEST_BODY)),
            Some(&long(LONGEST_BODY + 1)),
        ));
        let exchange = journal.snapshot().read().remove(0);
        assert_eq!(
            exchange.request.unwrap().as_str().unwrap().len(),
            LONGEST_BODY - 2
        );
        assert_eq!(exchange.answer, Some(json!("[too long]")));
    }

    #[test]
    fn a_million_exchanges_take_no_more_than_those_that_are_kept() {
        let mut journal = Journal::new(100);
        let (short, long) = (entry(None, None), "1".repeat(LONGEST_BODY));
        for _ in 0..1_000_000 {
            journal.push(short.clone());
        }
        assert_eq!((journal.len(), journal.dropped()), (100, 999_900));
        assert_eq!(journal.bytes, 100 * short.0.len());
        assert!(journal.entries.capacity() <= 256);
        // Long ones make room sooner, each for itself.
        for _ in 0..1000 {
            journal.push(entry(Some(&long), Some(&long)));
            assert!(journal.bytes <= 100 * ROOM);
        }
        assert!((20..100).contains(&journal.len()), "{}", journal.len());
        assert_eq!(journal.dropped() + journal.len() as u64, 1_001_000);
        journal.clear();
        assert_eq!((journal.bytes, journal.len(), journal.dropped()), (0, 0, 0));
    }
}
