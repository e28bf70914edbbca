//! A run as a JSON document.

use serde_json::{Value, json};

use super::report::{Drift, RunReport};
use crate::contract::tour::Outcome;

/// The version of the document.
const SCHEMA_VERSION: u32 = 1;

impl RunReport {
    /// The run as a JSON document, whose shape goes by its `schema_version`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "schema_version": SCHEMA_VERSION,
            "server": self.server,
            "simulator": self.simulator,
            "read_only": self.read_only,
            "seed": self.seed,
            "stopped": self.stopped,
            "summary": {
                "scenarios": self.scenarios.len(),
                "played": self.played(),
                "held": self.held(),
                "drift": self.drift.len(),
                "requests": self.requests,
                "sessions": self.sessions,
                "left_open": self.left_open,
            },
            "scenarios": self.scenarios.iter().map(scenario).collect::<Vec<_>>(),
            "witnesses": { "asked": self.witnesses.asked, "skipped": self.witnesses.skipped },
            "drift": self.drift.iter().map(drift).collect::<Vec<_>>(),
        })
    }
}

fn scenario(outcome: &Outcome) -> Value {
    json!({
        "name": outcome.name,
        "skipped": outcome.skipped,
        "held": outcome.held,
        "failed": outcome.failures.len(),
    })
}

fn drift(drift: &Drift) -> Value {
    json!({
        "scenario": drift.scenario,
        "constraint": drift.constraint,
        "expected": drift.expected,
        "sent": drift.sent,
        "received": drift.received,
        "says": drift.says,
    })
}
