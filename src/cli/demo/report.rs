//! The JSON document of a demo, which is also what the demo remembers while it runs.

use flinks_pay::domain::{Amount, ReportedAmount, SessionId};
use flinks_pay::sandbox::Exchange;
use serde::Serialize;

use super::scenario::{Product, Scenario};
use super::step::Step;
use crate::cli::SCHEMA_VERSION;
use crate::cli::exit::Exit;
use crate::cli::problem::Problem;
use crate::cli::seen::{StatusSeen, dollars};

/// Everything that a demo has to tell.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Report {
    schema_version: u32,
    scenario: Scenario,
    product: Product,
    pub(super) session_id: Option<SessionId>,
    pub(super) hosted_url: Option<String>,
    pub(super) steps: Vec<Step>,
    pub(super) statuses: Vec<StatusSeen>,
    pub(super) requested_amount: Option<Amount>,
    /// What will be debited; null where nothing will be.
    pub(super) final_amount: Option<ReportedAmount>,
    /// Masked.
    pub(super) account: Option<String>,
    pub(super) outcome: Option<Outcome>,
    /// What the simulator has received; null for another server, and for one that does not answer any more.
    pub(super) journal: Option<Vec<Exchange>>,
}

/// How it ended.
#[derive(Debug, Clone, Serialize)]
pub(in crate::cli) struct Outcome {
    result: &'static str,
    exit_code: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(flatten)]
    status: Option<StatusSeen>,
    #[serde(flatten)]
    problem: Option<Problem>,
    #[serde(skip)]
    exit: Exit,
}

impl Report {
    pub(super) fn new(scenario: Scenario, product: Product) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            scenario,
            product,
            session_id: None,
            hosted_url: None,
            steps: Vec::new(),
            statuses: Vec::new(),
            requested_amount: None,
            final_amount: None,
            account: None,
            outcome: None,
            journal: None,
        }
    }

    /// Judges the last status, which is final.
    pub(super) fn judge(&self, last: &StatusSeen) -> Outcome {
        let meaning = last.meaning();
        let name = last.name();
        let (result, exit, message) = if last.is_scheduled() {
            let amount = self
                .final_amount
                .as_ref()
                .map_or(String::new(), |amount| format!("{} CAD, ", dollars(amount)));
            (
                "scheduled",
                Exit::Good,
                format!("payment scheduled: {amount}{name}, {meaning}"),
            )
        } else {
            (
                "ended_badly",
                Exit::Bad,
                format!("no payment: {name}, {meaning}"),
            )
        };
        let exit_code = exit.code();
        Outcome {
            result,
            exit_code,
            message: Some(message),
            status: Some(last.clone()),
            problem: None,
            exit,
        }
    }
}

impl Outcome {
    /// It could not be run, or not be followed to its end.
    pub(in crate::cli) fn error(problem: Problem) -> Self {
        let exit = Exit::CouldNotRun;
        Self {
            result: "error",
            exit_code: exit.code(),
            message: None,
            status: None,
            problem: Some(problem),
            exit,
        }
    }

    pub(in crate::cli) fn exit(&self) -> Exit {
        self.exit
    }

    /// The last line of the text.
    pub(in crate::cli) fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    pub(in crate::cli) fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }
}
