//! `flinks-pay session`: the calls of the API, one by one, against any server.
//!
//! What a call answers is printed with exit code 0, also where it tells of a payment that failed: the answer is the answer.
//! Only `wait` judges.

mod create;
mod failure;
mod request;
mod show;
mod wait;

use flinks_pay::client::{Client, Nonconformance, Operation, Response};
use flinks_pay::domain::SessionId;
use flinks_pay::session::GuaranteeDecision;
use serde_json::json;

use self::failure::Known;
use self::show::Answer;
use super::args::{
    CancelArgs, ConfirmArgs, CreateArgs, DetailsArgs, Format, SessionCommand, StatusArgs, Target,
    WaitArgs,
};
use super::exit::Exit;
use super::mask::masked;
use super::problem::Problem;
use super::seen::{StatusSeen, dollars};
use super::{connect, print_problem_json, report, written};

pub(super) async fn run(command: &SessionCommand) -> Exit {
    let format = target(command).format;
    let mut known = Known::default();
    // In this order: whoever has read a line may press Ctrl-C.
    let ended = tokio::select! {
        biased;
        Ok(()) = tokio::signal::ctrl_c() => None,
        ended = perform(command, &mut known) => Some(ended),
    };
    match ended.unwrap_or_else(|| Err(failure::interrupted(&known))) {
        Ok(exit) => exit,
        Err(problem) => match format {
            Format::Text => report(&problem),
            Format::Json => print_problem_json(&problem),
        },
    }
}

fn target(command: &SessionCommand) -> &Target {
    match command {
        SessionCommand::Create(args) => {
            let CreateArgs { target, .. } = &**args;
            target
        }
        SessionCommand::Status(StatusArgs { target, .. })
        | SessionCommand::Details(DetailsArgs { target, .. })
        | SessionCommand::Cancel(CancelArgs { target, .. })
        | SessionCommand::Confirm(ConfirmArgs { target, .. })
        | SessionCommand::Wait(WaitArgs { target, .. }) => target,
    }
}

async fn perform(command: &SessionCommand, known: &mut Known) -> Result<Exit, Problem> {
    match command {
        SessionCommand::Create(args) => create::run(args, known).await,
        SessionCommand::Status(args) => status(args, known).await,
        SessionCommand::Details(args) => details(args, known).await,
        SessionCommand::Cancel(args) => cancel(args, known).await,
        SessionCommand::Confirm(args) => confirm(args, known).await,
        SessionCommand::Wait(args) => wait::run(args, known).await,
    }
}

/// Reads the id and sets up the client: what can be wrong before anything is sent.
fn begin(
    target: &Target,
    session: &str,
    known: &mut Known,
) -> Result<(Client, SessionId), Problem> {
    // Not repeated: a misplaced argument may be anything.
    let session = SessionId::new(session).map_err(|error| {
        Problem::new(
            "this is no session id",
            "give the id as `flinks-pay session create` printed it",
        )
        .caused_by(&error)
    })?;
    known.session = Some(session);
    Ok((connect::of(target)?, session))
}

async fn status(args: &StatusArgs, known: &mut Known) -> Result<Exit, Problem> {
    let (client, session) = begin(&args.target, &args.session, known)?;
    known.called = Some(Operation::GetSessionStatus);
    let answer = client
        .status(&session)
        .await
        .map_err(|error| failure::of_call(&client, known, &error))?;
    let seen = StatusSeen::of(&answer);
    let mut shown = Answer::new(&answer.session_id, answer.reference_id.as_ref());
    shown.status(&seen);
    if let Some(amount) = &answer.amount {
        shown.row("amount", format!("{} CAD", dollars(amount)));
    }
    let document = json!({
        "session": masked(&*answer),
        "meaning": seen.meaning(),
        "final": seen.is_final(),
        "scheduled": seen.is_scheduled(),
    });
    written(shown.print(args.target.format, document, departures(&answer)))
}

async fn details(args: &DetailsArgs, known: &mut Known) -> Result<Exit, Problem> {
    let (client, session) = begin(&args.target, &args.session, known)?;
    known.called = Some(Operation::GetSessionDetails);
    let answer = client
        .details(&session)
        .await
        .map_err(|error| failure::of_call(&client, known, &error))?;
    let seen = StatusSeen::of_details(&answer);
    let whole = if args.reveal {
        // Members with texts for names always serialise.
        serde_json::to_value(&*answer).unwrap_or_default()
    } else {
        masked(&*answer)
    };
    let mut shown = Answer::default();
    shown.rows_of("", &whole);
    let document = json!({
        "session": whole,
        "revealed": args.reveal,
        "meaning": seen.meaning(),
        "final": seen.is_final(),
        "scheduled": seen.is_scheduled(),
    });
    written(shown.print(args.target.format, document, departures(&answer)))
}

async fn cancel(args: &CancelArgs, known: &mut Known) -> Result<Exit, Problem> {
    let (client, session) = begin(&args.target, &args.session, known)?;
    known.called = Some(Operation::CancelSession);
    let answer = client
        .cancel(&session)
        .await
        .map_err(|error| failure::of_call(&client, known, &error))?;
    let seen = StatusSeen::new(answer.status.clone(), answer.status_details.clone());
    let mut shown = Answer::new(&answer.session_id, answer.reference_id.as_ref());
    shown.status(&seen);
    let document = json!({ "session": masked(&*answer), "meaning": seen.meaning() });
    written(shown.print(args.target.format, document, departures(&answer)))
}

async fn confirm(args: &ConfirmArgs, known: &mut Known) -> Result<Exit, Problem> {
    let (client, session) = begin(&args.target, &args.session, known)?;
    // The arguments have exactly one of the two.
    let (decision, taken) = if args.accept {
        (GuaranteeDecision::accept(), "accepted")
    } else {
        (GuaranteeDecision::reject(), "rejected")
    };
    known.called = Some(Operation::ConfirmGuarantee);
    let answer = client
        .confirm_guarantee(&session, decision)
        .await
        .map_err(|error| failure::of_call(&client, known, &error))?;
    let mut shown = Answer::new(&answer.session_id, answer.reference_id.as_ref());
    shown.row("guarantee", taken);
    let document = json!({ "session": masked(&*answer), "decision": taken });
    written(shown.print(args.target.format, document, departures(&answer)))
}

fn departures<T>(answer: &Response<T>) -> Vec<String> {
    let departures = answer.nonconformances().iter();
    departures.map(Nonconformance::to_string).collect()
}
