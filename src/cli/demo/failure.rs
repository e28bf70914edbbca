//! What is said when a payment cannot be followed to its end: why, and how the payment stands.

use flinks_pay::client::{Environment, Error, ErrorKind, Operation};

use super::report::Report;
use super::step::Step;
use crate::cli::control::ControlError;
use crate::cli::problem::{Problem, Standing};

const CANCEL: &str = "cancel the session if it is not wanted: POST /api/v2/sessions/{sessionId}/cancel; left alone, it \
                      expires";

/// A call of the API failed.
pub(super) fn of_call(report: &Report, environment: &Environment, error: &Error) -> Problem {
    let lost = matches!(
        error.kind(),
        ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Interrupted
    );
    let problem = match (lost, report.steps.is_empty()) {
        (true, true) => format!("{environment} does not answer"),
        (true, false) => {
            format!("{environment} has stopped answering, and the payment is not at its end")
        }
        (false, true) => format!("{environment} does not let the demo in"),
        (false, false) => format!("{environment} does not do what the payment needs"),
    };
    let remedy = match error.kind() {
        _ if error.operation() == Operation::Authorize && !lost => {
            "see that FLINKS_PAY_CLIENT_ID and FLINKS_PAY_CLIENT_SECRET are those of this server; a simulator has new ones \
             at every start"
        }
        ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Interrupted | ErrorKind::Server => {
            "see that the server is up, and run the demo again"
        }
        ErrorKind::Unauthorized => "see that the credentials are those of this server",
        ErrorKind::Forbidden => {
            "ask Flinks whether this client may use the product; --regular chooses the other one"
        }
        ErrorKind::RateLimited => "wait, and run the demo again",
        _ => "compare with the contract, `flinks-pay spec`",
    };
    let standing = match (error.operation(), error.maybe_applied()) {
        (Operation::CreateSession, true) => {
            "a session may exist whose id is lost; nobody can pay in it, and it should expire"
                .to_owned()
        }
        (_, true) => format!(
            "the call may have been carried out all the same; {}",
            last_seen(report)
        ),
        (_, false) => untouched(report),
    };
    Problem::new(problem, remedy)
        .caused_by(error)
        .leaving(Standing {
            session_id: report.session_id.map(|id| id.expose()),
            maybe_applied: error.maybe_applied(),
            says: standing,
        })
}

/// The simulator's control API failed.
pub(super) fn of_control(
    report: &Report,
    environment: &Environment,
    error: &ControlError,
) -> Problem {
    let maybe_applied = error.maybe_applied();
    let (problem, remedy) = match error {
        ControlError::Unreachable { .. } => (
            format!(
                "the simulator at {environment} has stopped answering, and the payment is not at its end"
            ),
            "start it again, and run the demo again: a simulator forgets its sessions when it ends",
        ),
        _ => (
            format!("the simulator at {environment} does not go on"),
            "use a simulator of this version",
        ),
    };
    let standing = if maybe_applied {
        format!(
            "the payor may have gone on by one screen; {}",
            last_seen(report)
        )
    } else {
        untouched(report)
    };
    Problem::new(problem, remedy)
        .caused_by(error)
        .leaving(Standing {
            session_id: report.session_id.map(|id| id.expose()),
            maybe_applied,
            says: standing,
        })
}

/// Every call went well, and the session has not ended.
pub(super) fn unfinished(report: &Report, problem: &str) -> Problem {
    Problem::new(problem, CANCEL).leaving(Standing {
        session_id: report.session_id.map(|id| id.expose()),
        maybe_applied: false,
        says: last_seen(report),
    })
}

/// Ctrl-C. Nothing is known about a call that was under way; but a simulator of the demo's own has ended with it.
pub(super) fn interrupted(report: &Report, own_simulator: bool) -> Problem {
    let (maybe_applied, standing, remedy) = if own_simulator {
        (
            false,
            "the simulator has ended, and whatever session it had".to_owned(),
            "run it again",
        )
    } else if report.session_id.is_some() {
        (true, last_seen(report), CANCEL)
    } else if report
        .steps
        .iter()
        .any(|step| matches!(step, Step::Request { .. }))
    {
        (
            true,
            "a session may exist whose id is lost; nobody can pay in it, and it should expire"
                .to_owned(),
            "run it again",
        )
    } else {
        (false, "no session was asked for".to_owned(), "run it again")
    };
    Problem::new("interrupted, and the payment is not at its end", remedy).leaving(Standing {
        session_id: report.session_id.map(|id| id.expose()),
        maybe_applied,
        says: standing,
    })
}

fn untouched(report: &Report) -> String {
    if report.session_id.is_some() {
        format!(
            "the call that failed has changed nothing; {}",
            last_seen(report)
        )
    } else {
        "no session was created".to_owned()
    }
}

fn last_seen(report: &Report) -> String {
    match report.statuses.last() {
        Some(seen) => format!("the session was last seen as {}", seen.name()),
        None => "its status has not been seen".to_owned(),
    }
}
