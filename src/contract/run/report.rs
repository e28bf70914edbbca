//! What came of a run.

use super::super::tour::{Failure, Outcome};
use super::says;
use crate::spec::Document;

/// What came of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunReport {
    /// The server, by its base URL.
    pub server: String,
    /// Whether it is a simulator that was controlled.
    pub simulator: bool,
    /// Whether nothing was to be created.
    pub read_only: bool,
    /// What witnesses were drawn by.
    pub seed: u64,
    /// Every scenario, in the order of the tour.
    pub scenarios: Vec<Outcome>,
    /// What came of requests on the bounds of the contract.
    pub witnesses: WitnessTally,
    /// Every departure.
    pub drift: Vec<Drift>,
    /// Why it ended before its end; nothing if it did not.
    pub stopped: Option<String>,
    /// How many requests were answered, webhooks included.
    pub requests: usize,
    /// How many sessions were created.
    pub sessions: usize,
    /// How many of them are not known to have ended.
    pub left_open: usize,
}

/// Requests on the bounds of the contract.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WitnessTally {
    /// How many were sent.
    pub asked: usize,
    /// Why some or all of them were not; nothing if all were.
    pub skipped: Option<String>,
}

/// A place where the server departs from what is expected. Nothing in it is secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    /// The scenario that found it, or `witnesses`.
    pub scenario: String,
    /// What it departs from: a place of the contract, a rule, a choice.
    pub constraint: String,
    /// What was expected, in words.
    pub expected: String,
    /// The request.
    pub sent: String,
    /// The answer.
    pub received: String,
    /// What the contract says there; nothing where it is silent.
    pub says: Option<String>,
}

impl Drift {
    pub(super) fn of(scenario: &str, failure: &Failure, contract: &Document) -> Self {
        Self {
            scenario: scenario.to_owned(),
            constraint: failure.basis.to_string(),
            expected: failure.expected.clone(),
            sent: failure.sent.clone(),
            received: failure.received.clone(),
            says: says::of(contract, failure.basis),
        }
    }
}

impl Drift {
    /// Whether both are of one scenario and one expectation.
    pub(super) fn says_as_much_as(&self, other: &Self) -> bool {
        let said = |it: &Self| (it.scenario.clone(), it.expected.clone());
        said(self) == said(other)
    }
}

impl RunReport {
    /// Whether nothing departs.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.drift.is_empty()
    }

    /// How many scenarios were played.
    #[must_use]
    pub fn played(&self) -> usize {
        let each = self.scenarios.iter();
        each.filter(|outcome| outcome.skipped.is_none()).count()
    }

    /// How many expectations held.
    #[must_use]
    pub fn held(&self) -> usize {
        self.scenarios.iter().map(|outcome| outcome.held).sum()
    }
}
