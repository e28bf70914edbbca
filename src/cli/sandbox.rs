//! `flinks-pay sandbox`: a simulator in the foreground.

mod curl;

use std::io::{self, Write};

use flinks_pay::sandbox::{
    CredentialsTaken, Sandbox, SandboxError, StateError, StateReport, Webhook,
};
use flinks_pay::session::Operation;

use super::args::SandboxArgs;
use super::exit::Exit;
use super::problem::{Problem, visible};
use super::{unwritable, webhook};

pub(super) async fn run(args: &SandboxArgs, out: &mut dyn Write) -> Result<Exit, Problem> {
    let mut builder = Sandbox::builder().port(args.port).profile(args.profile);
    if let Some(seed) = args.seed {
        builder = builder.seed(seed);
    }
    if let Some(url) = &args.webhook {
        builder = builder.webhook(receiver(url, &args.secret_env)?);
    }
    if let Some(url) = &args.guarantee_webhook {
        builder = builder.guarantee_webhook(receiver(url, &args.secret_env)?);
    }
    if let Some(file) = &args.state {
        builder = builder.state(file);
    }
    let sandbox = builder.start().await.map_err(|error| {
        Problem::new("the simulator cannot start", remedy(&error)).caused_by(&error)
    })?;
    let announced = async {
        match announce(&sandbox, args.open, out) {
            Ok(()) => std::future::pending().await,
            // Whoever was to read the credentials is gone, so nobody will call.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Exit::Good),
            Err(error) => Err(unwritable(&error)),
        }
    };
    let announced = async {
        tokio::select! {
            ended = announced => ended,
            never = tell_of_failure(&sandbox) => match never {},
        }
    };
    // In this order: whoever has read the announcement may press Ctrl-C.
    let ended = tokio::select! {
        biased;
        asked = asked_to_end() => asked.map(|()| Exit::Good).map_err(|error| {
            Problem::new("Ctrl-C cannot be waited for", "end the process by its id")
                .caused_by(&error)
        }),
        ended = announced => ended,
    };
    let state = sandbox.shutdown().await;
    ended.and_then(|exit| state.as_ref().and_then(lost).map_or(Ok(exit), Err))
}

/// Waits for Ctrl-C, or for what ends a process in a container.
#[cfg(unix)]
pub(super) async fn asked_to_end() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        biased;
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminated.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
pub(super) async fn asked_to_end() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}

/// What to do about a simulator that does not start.
fn remedy(error: &SandboxError) -> &'static str {
    let SandboxError::State(error) = error else {
        return "choose another --port, or leave it out for a free one";
    };
    match error {
        StateError::InUse { .. } => "end the other simulator, or give another --state",
        StateError::Unreadable { .. } | StateError::Unwritable { .. } => {
            "look at the file, its directory and the disk, or give another --state"
        }
        StateError::Damaged { .. } => {
            "move the file away or delete it, and the simulator starts afresh; nothing was written to it"
        }
        StateError::SetUpOtherwise { .. } => {
            "start with the same --profile and --seed as before, or give another --state"
        }
        _ => "give another --state; nothing was written to this file",
    }
}

/// Says once that the state could not be written, and then waits for ever.
async fn tell_of_failure(sandbox: &Sandbox) -> std::convert::Infallible {
    let report = sandbox.state_failure().await;
    // When standard error is gone, the exit code says it.
    let _ = writeln!(
        io::stderr(),
        "warning: the state cannot be written to {} ({}); the simulator goes on and tries again",
        visible(&report.path.to_string_lossy()),
        visible(report.problem.as_deref().unwrap_or_default()),
    );
    std::future::pending().await
}

/// What there is to say at the end of a state that could not always be written.
fn lost(report: &StateReport) -> Option<Problem> {
    if report.failed == 0 {
        return None;
    }
    let file = report.path.to_string_lossy();
    let (what, remedy) = if report.behind {
        (
            format!("what happened last is not in the state in {file}"),
            "look at its directory and the disk; the file is as it was written last",
        )
    } else {
        (
            format!("the state in {file} is whole, but could not be written for a time"),
            "look at its directory and the disk",
        )
    };
    let why = report.problem.as_deref().unwrap_or_default();
    let tries = report.written + report.failed;
    let why = format!(
        "{} of {tries} writes failed, the last of them by: {why}",
        report.failed
    );
    Some(Problem::new(what, remedy).because(why))
}

/// A receiver of webhooks, with the secret of a variable. The address is not repeated: it may hold a token.
fn receiver(url: &str, secret_variable: &str) -> Result<Webhook, Problem> {
    let secret = webhook::secret(secret_variable)?;
    Webhook::new(url, secret).map_err(|error| {
        Problem::new(
            "webhooks cannot be sent there",
            "give an address such as http://127.0.0.1:8090/",
        )
        .caused_by(&error)
    })
}

/// Says where it is and who may call it, so that a shell can take it up. The values need no quotes: they are an address
/// and texts of letters, digits and hyphens.
fn announce(sandbox: &Sandbox, open: bool, out: &mut dyn Write) -> io::Result<()> {
    let base = sandbox.base_url().as_str().trim_end_matches('/');
    writeln!(
        out,
        "# A simulator of Flinks Pay. Ctrl-C ends it. In another shell:"
    )?;
    if let Some(state) = sandbox.state_report() {
        let file = state.path.to_string_lossy();
        let says = if state.resumed {
            "goes on from"
        } else {
            "begins"
        };
        writeln!(out, "# It {says} the state in {}", visible(&file))?;
    }
    writeln!(out, "export FLINKS_PAY_BASE_URL={base}")?;
    writeln!(out, "export FLINKS_PAY_CLIENT_ID={}", sandbox.client_id())?;
    writeln!(
        out,
        "export FLINKS_PAY_CLIENT_SECRET={}",
        sandbox.client_secret()
    )?;
    let taken = sandbox.profile().credentials;
    if taken == CredentialsTaken::Form {
        writeln!(out, "export FLINKS_PAY_AUTH=form")?;
    }
    if let Some(key) = sandbox.api_key() {
        writeln!(out, "export FLINKS_PAY_API_KEY={key}")?;
    }
    if open {
        writeln!(out, "# A shop to pay in, in a browser: {base}/demo/")?;
    }
    writeln!(out, "flinks-pay demo --base-url \"$FLINKS_PAY_BASE_URL\"")?;
    writeln!(out, "# Or call by call, from any language:")?;
    for operation in curl::ORDER {
        if let Some(line) = curl::line(operation, taken) {
            writeln!(out, "{line}")?;
        }
        if operation == Operation::CreateSession {
            writeln!(out, "{}", curl::PAYOR)?;
        }
    }
    out.flush()
}
