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

/// Some of them, for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// Why nobody meets them.
    pub reason: String,
    /// The names of the obligations.
    pub obligations: Vec<String>,
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
            for name in &waiver.obligations {
                if waiver.reason.trim().is_empty() {
                    return Err(WaiverError::NoReason(name.clone()));
                }
                if !known.insert(name) {
                    return Err(WaiverError::Twice(name.clone()));
                }
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
        self.names().any(|name| name == obligation)
    }

    /// Returns the waivers that waive nothing, of obligations of which `unmet` are not met.
    #[must_use]
    pub fn stale(&self, obligations: &Obligations, unmet: &[&Obligation]) -> Vec<StaleWaiver> {
        let mut stale = Vec::new();
        for name in self.names() {
            if !obligations.all().iter().any(|it| it.name == name) {
                stale.push(StaleWaiver::Unknown(name.to_owned()));
            } else if !unmet.iter().any(|it| it.name == name) {
                stale.push(StaleWaiver::Met(name.to_owned()));
            }
        }
        stale
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        let all = self.all.iter().flat_map(|waiver| &waiver.obligations);
        all.map(String::as_str)
    }
}
