//! The documents of the control API: what another process sends and gets under `/_sandbox`. The
//! [module's page](super) has the calls.

pub(super) mod webhooks;

use serde::{Deserialize, Serialize};

use crate::session::{SessionStatus, StatusDetails, Step};

use super::event::BrowserEvent;
use super::journal::Exchange;

/// Which sandbox answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct About {
    /// Always [`NAME`](Self::NAME).
    pub name: String,
    /// The version of this crate.
    pub version: String,
}

impl About {
    /// What a sandbox calls itself.
    pub const NAME: &'static str = "flinks-pay sandbox";

    pub(super) fn this() -> Self {
        Self {
            name: Self::NAME.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

/// What one step of the payor came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Played {
    /// The screen that the payor sees now, or saw last.
    pub step: Option<Step>,
    /// The status that the session has now; in the document, as the operations spell it.
    pub status: SessionStatus,
    /// Why it has this status; absent while the payor is under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_details: Option<StatusDetails>,
    /// What the hosted page posted during the step, in order.
    pub events: Vec<BrowserEvent>,
    /// Whether the bank has asked its second question, which the next step answers.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub question: bool,
    /// Whether the payor has nothing more to do: the session has ended, or the payor has left.
    pub over: bool,
}

/// How far to move the sandbox's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Advance {
    /// Forward, in seconds.
    pub seconds: u64,
}

/// How far the sandbox's time has been moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Advanced {
    /// In seconds since the start. At most ten years: see [`SandboxClock::FURTHEST`](super::SandboxClock::FURTHEST).
    pub moved_seconds: u64,
}

/// How long connections are to be refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Refusal {
    /// In seconds of the sandbox's clock, from 1 to a day: nobody can say over a refused connection that it is enough.
    pub seconds: u32,
}

/// How much was forgotten.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Forgotten {
    /// Sessions.
    pub sessions: usize,
    /// Tokens, expired ones included.
    pub tokens: usize,
    /// Fault rules.
    pub faults: usize,
    /// Exchanges in the journal.
    pub exchanges: usize,
    /// Webhooks that waited, or were remembered.
    pub webhooks: usize,
}

/// What has arrived at the API.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct JournalReport {
    /// The most recent exchanges, oldest first.
    pub exchanges: Vec<Exchange>,
    /// How many older ones had to make room.
    pub dropped: u64,
}
