//! What came of a tour.

use std::collections::BTreeSet;
use std::fmt;

use super::super::Exchange;

/// What came of a tour.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Every scenario there is, in the order of the tour.
    pub scenarios: Vec<Outcome>,
    /// Everything that travelled, in the order of the answers. Secrets are in it.
    pub exchanges: Vec<Exchange>,
}

/// What came of one scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Its name.
    pub name: &'static str,
    /// Why it could not be played here; nothing if it was.
    pub skipped: Option<String>,
    /// How many expectations held.
    pub held: usize,
    /// Those that did not.
    pub failures: Vec<Failure>,
    /// Where its expectations are from, those that held included.
    pub bases: BTreeSet<Basis>,
}

/// An expectation that did not hold. Nothing in it is secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The expectation, in words.
    pub expected: String,
    /// Where that is said.
    pub basis: Basis,
    /// The request, without credentials, ids and personal data.
    pub sent: String,
    /// The answer, likewise.
    pub received: String,
}

/// Where an expectation is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Basis {
    /// A place of the contract, as a fragment.
    Contract(&'static str),
    /// A rule of the contract's `x-rules`, by its id.
    Rule(&'static str),
    /// A choice between pages that disagree, by its id in `openapi/deviations.toml`.
    Deviation(&'static str),
    /// What [`sandbox`](crate::sandbox) says of itself where every page is silent.
    Simulator,
    /// HTTP itself.
    Http,
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Contract(at) => write!(f, "the contract at {at}"),
            Self::Rule(id) => write!(f, "the rule {id}"),
            Self::Deviation(id) => write!(f, "the deviation {id}"),
            Self::Simulator => f.write_str("the simulator's own documentation"),
            Self::Http => f.write_str("HTTP"),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            expected,
            basis,
            sent,
            received,
        } = self;
        write!(f, "{expected} ({basis}); sent {sent}; received {received}")
    }
}

impl Report {
    /// Every failure, with the name of its scenario.
    pub fn failures(&self) -> impl Iterator<Item = (&'static str, &Failure)> {
        let each = self.scenarios.iter();
        each.flat_map(|outcome| outcome.failures.iter().map(|it| (outcome.name, it)))
    }

    /// Where the expectations are from, each once.
    #[must_use]
    pub fn bases(&self) -> BTreeSet<Basis> {
        let each = self.scenarios.iter();
        each.flat_map(|outcome| outcome.bases.iter().copied())
            .collect()
    }

    /// Adds what came of another tour.
    pub fn add(&mut self, other: Self) {
        self.scenarios.extend(other.scenarios);
        self.exchanges.extend(other.exchanges);
    }

    /// Whether everything that was expected came true.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.failures().next().is_none()
    }

    /// How many expectations held.
    #[must_use]
    pub fn held(&self) -> usize {
        self.scenarios.iter().map(|outcome| outcome.held).sum()
    }
}
