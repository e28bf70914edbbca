//! `flinks-pay session wait`: each change on the way, and how it came out.

use std::io::{self, Write};

use flinks_pay::client::Operation;
use flinks_pay::domain::ReportedAmount;
use flinks_pay::session::RiskLevel;
use flinks_pay::{Outcome, Progress, Settled, WaitPolicy};
use serde_json::json;

use super::{Known, begin, failure};
use crate::cli::args::{Format, WaitArgs};
use crate::cli::exit::Exit;
use crate::cli::mask::masked;
use crate::cli::output::{Lines, Sink as _, json_text};
use crate::cli::problem::Problem;
use crate::cli::seen::{StatusSeen, dollars};
use crate::cli::terminal::Look;
use crate::cli::{SCHEMA_VERSION, unwritable, written};

pub(super) async fn run(args: &WaitArgs, known: &mut Known) -> Result<Exit, Problem> {
    let (client, session) = begin(&args.target, &args.session, known)?;
    known.called = Some(Operation::GetSessionStatus);
    let policy = WaitPolicy::default()
        .every(args.every)
        .for_at_most(args.timeout);
    let (mut out, mut errors) = (io::stdout(), io::stderr());
    let mut lines = match args.target.format {
        Format::Text => Some(Lines::new(&mut out, &mut errors, Look::detect())),
        Format::Json => None,
    };
    let mut statuses: Vec<StatusSeen> = Vec::new();
    let mut watch = client.watch(&session, policy);
    let settled = loop {
        if let Some(lines) = &mut lines {
            lines.waiting("waiting for the session to end");
        }
        let (label, text) = match watch.next().await {
            Some(Ok(Progress::Settled(settled))) => break settled,
            Some(Ok(Progress::Status(report))) => {
                let seen = StatusSeen::of(&report);
                known.last = Some(seen.clone());
                if statuses.last() == Some(&seen) {
                    continue;
                }
                let text = format!("{}: {}", seen.name(), seen.meaning());
                statuses.push(seen);
                ("status", text)
            }
            Some(Ok(progress)) => match entry(&progress) {
                Some(entry) => entry,
                None => continue,
            },
            Some(Err(error)) => {
                if let Some(lines) = &mut lines {
                    lines.stop();
                }
                return Err(failure::of_wait(&client, known, &error));
            }
            // The last item is the end or an error, and ends this loop.
            None => return Err(Problem::new("the wait has no end", "report it")),
        };
        if let Some(lines) = &mut lines {
            lines.entry(label, &text);
        }
    };
    let (result, exit, message) = judge(&settled);
    let Some(mut lines) = lines else {
        let document = json!({
            "schema_version": SCHEMA_VERSION,
            "session": masked(&settled.report),
            "statuses": statuses,
            "requested_amount": settled.requested,
            "amount_changed": settled.amount_changed(),
            "outcome": { "result": result, "exit_code": exit.code(), "message": message },
        });
        let text = json_text(&document);
        return written(writeln!(out, "{text}").and_then(|()| out.flush())).map(|_| exit);
    };
    lines.outcome(&message, exit);
    match lines.failure() {
        // Whoever read this has seen enough; how the payment ended is not their reader's business.
        Some(error) if !lines.is_unread() => Err(unwritable(error)),
        _ => Ok(exit),
    }
}

/// The line of what happens besides a status; none of what a later version may tell.
fn entry(progress: &Progress) -> Option<(&'static str, String)> {
    Some(match progress {
        Progress::AwaitingPadSignature => (
            "signature",
            "the payor has not signed the debit agreement yet".to_owned(),
        ),
        Progress::Step(step) => ("payor", format!("at {step}")),
        Progress::GuaranteeDecisionNeeded { amount, risk } => {
            ("guarantee", offer(amount.as_ref(), risk.as_ref()))
        }
        Progress::Trouble(error) => ("trouble", error.to_string()),
        _ => return None,
    })
}

fn offer(amount: Option<&ReportedAmount>, risk: Option<&RiskLevel>) -> String {
    let amount = amount.map_or("an amount".to_owned(), |amount| {
        format!("{} CAD", dollars(amount))
    });
    let risk = risk.map_or(String::new(), |risk| format!(", risk {risk}"));
    format!("{amount} would be guaranteed{risk}; a decision is waited for")
}

/// Judges how it came out: the word for scripts, the exit code, the sentence.
fn judge(settled: &Settled) -> (&'static str, Exit, String) {
    let seen = StatusSeen::of(&settled.report);
    let (name, meaning) = (seen.name(), seen.meaning());
    match &settled.outcome {
        Outcome::Scheduled => {
            let amount = settled
                .final_amount()
                .map_or(String::new(), |amount| format!("{} CAD, ", dollars(amount)));
            let message = format!("payment scheduled: {amount}{name}, {meaning}");
            ("scheduled", Exit::Good, message)
        }
        outcome if outcome.is_unpaid() => (
            "ended_badly",
            Exit::Bad,
            format!("no payment: {name}, {meaning}"),
        ),
        outcome => (
            "unclear",
            Exit::Bad,
            format!("for a person to look at: {name}, {outcome}"),
        ),
    }
}
