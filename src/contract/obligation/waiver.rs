//! Obligations that nobody meets, each with the reason.

use std::collections::BTreeSet;

use serde::Deserialize;
use thiserror::Error;

use super::{Obligation, Obligations};

/// Obligations that nobody meets, each with the reason. The file has one `[[waiver]]` for each.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waivers {
    #[serde(default, rename = "waiver")]
    all: Vec<Waiver>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// The name of the obligation. A `*` at its end stands for the rest of it: all that begin so.
    pub obligation: String,
    /// Why nobody meets it.
    pub reason: String,
}

/// Why waivers cannot be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum WaiverError {
    /// The text is no TOML, or not of this form.
    #[error("the waivers cannot be read: line {line}: {what}")]
    Form {
        /// The line, from 1.
        line: usize,
        /// What is wrong there, in one line.
        what: String,
    },
    /// One has no reason.
    #[error("the waiver of {0} has no reason")]
    NoReason(String),
    /// Two are of one obligation.
    #[error("{0} is waived twice")]
    Twice(String),
}

/// A waiver that waives nothing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum StaleWaiver {
    /// The contract offers no such thing.
    #[error("{0} is waived, and the contract does not offer it")]
    Unknown(String),
    /// It is met.
    #[error("{0} is waived, and it is met")]
    Met(String),
}

impl Waivers {
    /// Reads them.
    ///
    /// # Errors
    ///
    /// The text is not of this form, one has no reason, or two are of one obligation.
    pub fn read(text: &str) -> Result<Self, WaiverError> {
        let read: Self = toml::from_str(text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start));
            WaiverError::Form {
                line: before.unwrap_or_default().matches('\n').count() + 1,
                what: error.message().replace('\n', " "),
            }
        })?;
        let mut known = BTreeSet::new();
        for waiver in &read.all {
            if waiver.reason.trim().is_empty() {
                return Err(WaiverError::NoReason(waiver.obligation.clone()));
            }
            if !known.insert(&waiver.obligation) {
                return Err(WaiverError::Twice(waiver.obligation.clone()));
            }
        }
        Ok(read)
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[Waiver] {
        &self.all
    }

    /// Whether an obligation is waived.
    #[must_use]
    pub fn has(&self, obligation: &str) -> bool {
        self.all.iter().any(|waiver| waiver.is_of(obligation))
    }

    /// Returns the waivers that waive nothing, of obligations of which `unmet` are not met.
    #[must_use]
    pub fn stale(&self, obligations: &Obligations, unmet: &[&Obligation]) -> Vec<StaleWaiver> {
        let mut stale = Vec::new();
        for waiver in &self.all {
            let mut of_it = obligations.all().iter().filter(|it| waiver.is_of(&it.name));
            let name = || waiver.obligation.clone();
            match of_it.next() {
                None => stale.push(StaleWaiver::Unknown(name())),
                Some(first) => {
                    let mut all = std::iter::once(first).chain(of_it);
                    if let Some(met) = all.find(|it| !unmet.contains(it)) {
                        stale.push(StaleWaiver::Met(met.name.clone()));
                    }
                }
            }
        }
        stale
    }
}

impl Waiver {
    fn is_of(&self, obligation: &str) -> bool {
        match self.obligation.strip_suffix('*') {
            Some(beginning) => obligation.starts_with(beginning),
            None => obligation == self.obligation,
        }
    }
}
