//! What can go wrong with a sandbox.

use thiserror::Error;

use crate::domain::{Amount, Invalid};
use crate::session::{Outcome, SessionStatus, StatusDetails, Violations};

use super::fault::Flaw;
use super::state::error::StateError;

/// Why a sandbox could not start, or a payor could not go on.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SandboxError {
    /// The port cannot be had: taken, or not allowed.
    #[error("cannot listen on 127.0.0.1:{port}: choose another port, or 0 for a free one")]
    Bind {
        /// The port that was asked for; 0 for any.
        port: u16,
        /// What the system says.
        source: std::io::Error,
    },
    /// Connections cannot be refused without giving the port up, so they are taken still.
    #[error("connections cannot be refused without giving the port up")]
    Refuse {
        /// What the system says.
        source: std::io::Error,
    },
    /// Connections cannot be taken again: another program has got the port meanwhile.
    #[error("connections cannot be taken again, as another program has got the port")]
    Accept {
        /// What the system says.
        source: std::io::Error,
    },
    /// The address that was bound has no URL form.
    #[error("the address that was bound has no URL form")]
    Address(#[from] url::ParseError),
    /// The id or the secret that the sandbox made for its first client breaks a rule. A fault of the sandbox.
    #[error("the sandbox made credentials that are not valid")]
    Generated(#[from] Invalid),
    /// The state file cannot be taken up, or not be written.
    #[error(transparent)]
    State(#[from] StateError),
    /// A fault rule cannot do what it says.
    #[error("expected at `{path}` of the fault rule: {expected}")]
    FaultRule {
        /// Where in the rule, such as `trigger.next.calls`.
        path: String,
        /// What is expected there.
        expected: &'static str,
    },
    /// There are as many fault rules as there may be.
    #[error("there are {most} fault rules already: clear some")]
    TooManyFaults {
        /// How many there may be at a time.
        most: usize,
    },
    /// The request for a session breaks rules of the contract.
    #[error("the session cannot be created: {0}")]
    Request(Violations),
    /// A session of this request never comes to where it was to be brought.
    #[error("a session of this request does not come to {goal}")]
    Unreachable {
        /// Where it was to come.
        goal: String,
    },
    /// There is no such session in this sandbox.
    #[error("no session of this sandbox has that id")]
    UnknownSession,
    /// The session has ended, so no screen is left to play.
    #[error("the session has ended already: {}", how(status, details.as_ref()))]
    SessionEnded {
        /// How it ended.
        status: SessionStatus,
        /// Why.
        details: Option<StatusDetails>,
    },
    /// The payor has left the hosted page; the session is open until it times out.
    #[error("the payor has left the hosted page")]
    PayorLeft,
    /// The integrator has not yet decided about the guarantee on offer: call the confirm operation first.
    #[error("the integrator has not confirmed or rejected the guarantee yet")]
    DecisionPending,
    /// No guarantee of the session waits for the integrator's decision.
    #[error("no guarantee of the session waits for a decision")]
    NothingToDecide,
    /// The amount screen takes no amount outside the session's limits.
    #[error("the amount is outside the session's limits{}", bounds(*minimum, *maximum))]
    AmountRefused {
        /// The least that the session allows.
        minimum: Option<Amount>,
        /// The most that the session allows.
        maximum: Option<Amount>,
    },
}

/// What is wrong is told in the message, so that it is not a source as well.
impl From<Violations> for SandboxError {
    fn from(violations: Violations) -> Self {
        Self::Request(violations)
    }
}

impl From<Flaw> for SandboxError {
    fn from(Flaw { path, expected }: Flaw) -> Self {
        Self::FaultRule { path, expected }
    }
}

/// In plain words, as how a status is spelled depends on the profile.
fn how(status: &SessionStatus, details: Option<&StatusDetails>) -> String {
    let outcome = Outcome::of(status, details);
    let outcome = outcome.map_or_else(|| status.to_string(), |outcome| outcome.to_string());
    let code = details.map_or_else(String::new, |details| format!(" ({details})"));
    outcome + &code
}

fn bounds(minimum: Option<Amount>, maximum: Option<Amount>) -> String {
    match (minimum, maximum) {
        (Some(minimum), Some(maximum)) => format!(": expected {minimum} to {maximum}"),
        (Some(minimum), None) => format!(": expected {minimum} or more"),
        (None, Some(maximum)) => format!(": expected {maximum} or less"),
        (None, None) => String::new(),
    }
}
