//! What is said when a call fails: why, what that means for the payment, and what to do.

use std::io;

use flinks_pay::WaitError;
use flinks_pay::client::{Client, Error, ErrorKind, Operation};
use flinks_pay::domain::SessionId;
use flinks_pay::watch::WaitErrorKind;

use crate::cli::problem::{Problem, Standing};
use crate::cli::seen::StatusSeen;

/// What is known of the payment by the time that something goes wrong.
#[derive(Default)]
pub(super) struct Known {
    pub(super) session: Option<SessionId>,
    pub(super) reference: Option<String>,
    /// The call that may be under way.
    pub(super) called: Option<Operation>,
    pub(super) last: Option<StatusSeen>,
}

/// A call failed.
pub(super) fn of_call(client: &Client, known: &Known, error: &Error) -> Problem {
    let environment = client.environment();
    let lost = matches!(
        error.kind(),
        ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Interrupted | ErrorKind::NotSent
    );
    let problem = match error.kind() {
        _ if lost => format!("{environment} does not answer"),
        _ if error.operation() == Operation::Authorize => {
            format!("{environment} does not let this client in")
        }
        ErrorKind::NotFound => format!("{environment} knows no such session"),
        ErrorKind::Unauthorized => format!("{environment} does not accept the credentials"),
        ErrorKind::Forbidden => format!("{environment} does not allow this to this client"),
        ErrorKind::Refused | ErrorKind::Conflict => format!("{environment} refuses"),
        ErrorKind::RateLimited => format!("{environment} has been asked too often"),
        ErrorKind::Certificate | ErrorKind::ClientCertificate => {
            format!("{environment} cannot be talked to")
        }
        _ => format!("{environment} gives an answer that cannot be used"),
    };
    let create = error.operation() == Operation::CreateSession;
    let remedy = match error.kind() {
        _ if create && error.maybe_applied() => look_for(known),
        _ if error.maybe_applied() => {
            "look at it: `flinks-pay session status`, with the same id".to_owned()
        }
        _ if lost || error.kind() == ErrorKind::Server => {
            "see that the server is up and that the address is right, and do it again".to_owned()
        }
        _ if error.operation() == Operation::Authorize => {
            "see that the credentials are those of this server; a simulator has new ones at every start".to_owned()
        }
        ErrorKind::NotFound => {
            "see that the id is whole, and that the session was created there".to_owned()
        }
        ErrorKind::Unauthorized => "see that the credentials are those of this server".to_owned(),
        ErrorKind::Forbidden => {
            "ask Flinks what this client may do, or see whose session it is".to_owned()
        }
        ErrorKind::Conflict | ErrorKind::Refused if !create => {
            "look at it: `flinks-pay session status`; it may have ended, or be at another step"
                .to_owned()
        }
        ErrorKind::RateLimited => "wait, and do it again".to_owned(),
        _ => "compare with the contract, `flinks-pay spec`".to_owned(),
    };
    Problem::new(problem, remedy)
        .caused_by(error)
        .leaving(Standing {
            session_id: error
                .session_id()
                .or(known.session.as_ref())
                .map(SessionId::expose),
            maybe_applied: error.maybe_applied(),
            says: match (create, error.maybe_applied(), error.session_id()) {
                (true, true, Some(_)) if error.kind() == ErrorKind::WrongSession => {
                    "a session may exist; the one in the answer may be another payor's, so do not cancel it unseen"
                        .to_owned()
                }
                (true, true, Some(_)) => {
                    "a session exists, and its id could be read; it was not asked for again".to_owned()
                }
                (true, true, None) => MAY_EXIST.to_owned(),
                (_, true, _) => {
                    format!("the call may have been carried out all the same; {}", last(known))
                }
                (_, false, _) if known.session.is_none() => "no session was created".to_owned(),
                (_, false, _) => last(known),
            },
        })
}

const MAY_EXIST: &str = "a session may exist whose id is lost; the create was not sent again, nobody can pay in that session, \
                         and it should expire";

/// Where to look for a session whose id is lost.
fn look_for(known: &Known) -> String {
    let what = match &known.reference {
        Some(reference) => format!("the reference {reference}"),
        None => "the payor and the amount, for there is no reference,".to_owned(),
    };
    format!(
        "before creating another, look for {what} in the Flinks dashboard, the reconciliation file and webhooks"
    )
}

/// A wait ended without an outcome.
pub(super) fn of_wait(client: &Client, known: &Known, error: &WaitError) -> Problem {
    let remedy = match error.kind() {
        WaitErrorKind::TooFast { .. } => "give a longer --every",
        WaitErrorKind::Deadline => {
            "wait again, with a longer --timeout; a session that is left alone expires"
        }
        _ => match error.call_error() {
            Some(error) => return of_call(client, known, error),
            None => "look at it: `flinks-pay session status`",
        },
    };
    let problem = match error.kind() {
        WaitErrorKind::TooFast { .. } => "--every is shorter than this server may be asked",
        _ => "the session has not been followed to its end",
    };
    Problem::new(problem, remedy)
        .caused_by(error)
        .leaving(Standing {
            session_id: known.session.as_ref().map(SessionId::expose),
            maybe_applied: false,
            says: last(known),
        })
}

/// The session was created, and its id could not be printed where it was to be printed.
pub(super) fn unprinted(session: &SessionId, error: &io::Error) -> Problem {
    Problem::new(
        "the session was created, and standard output cannot be written",
        "do not create it again; use this one, or cancel it: `flinks-pay session cancel`",
    )
    .caused_by(error)
    .leaving(Standing {
        session_id: Some(session.expose()),
        maybe_applied: true,
        says: "the session exists".to_owned(),
    })
}

/// Ctrl-C. Nothing is known about a call that was under way.
pub(super) fn interrupted(known: &Known) -> Problem {
    let changes = known.called.is_some_and(|operation| {
        matches!(
            operation,
            Operation::CreateSession | Operation::CancelSession | Operation::ConfirmGuarantee
        )
    });
    let (says, remedy) = match known.called {
        None => ("nothing was sent".to_owned(), "do it again".to_owned()),
        Some(Operation::CreateSession) => (MAY_EXIST.to_owned(), look_for(known)),
        Some(_) if changes => (
            format!("the call may have been carried out; {}", last(known)),
            "look at it: `flinks-pay session status`".to_owned(),
        ),
        Some(_) => (last(known), "do it again".to_owned()),
    };
    Problem::new("interrupted", remedy).leaving(Standing {
        session_id: known.session.as_ref().map(SessionId::expose),
        maybe_applied: changes,
        says,
    })
}

fn last(known: &Known) -> String {
    match &known.last {
        Some(seen) => format!("the session was last seen as {}", seen.name()),
        None => "its status has not been seen".to_owned(),
    }
}
