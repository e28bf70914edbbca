//! `flinks-pay sandbox`: a simulator in the foreground.

mod curl;

use std::io::{self, Write};

use flinks_pay::sandbox::{CredentialsTaken, Sandbox, Webhook};
use flinks_pay::session::Operation;

use super::args::SandboxArgs;
use super::exit::Exit;
use super::problem::Problem;
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
    let sandbox = builder.start().await.map_err(|error| {
        Problem::new(
            "the simulator cannot start",
            "choose another --port, or leave it out for a free one",
        )
        .caused_by(&error)
    })?;
    let announced = async {
        match announce(&sandbox, args.open, out) {
            Ok(()) => std::future::pending().await,
            // Whoever was to read the credentials is gone, so nobody will call.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Exit::Good),
            Err(error) => Err(unwritable(&error)),
        }
    };
    // In this order: whoever has read the announcement may press Ctrl-C.
    let ended = tokio::select! {
        biased;
        interrupted = tokio::signal::ctrl_c() => interrupted.map(|()| Exit::Good).map_err(|error| {
            Problem::new("Ctrl-C cannot be waited for", "end the process by its id")
                .caused_by(&error)
        }),
        ended = announced => ended,
    };
    sandbox.shutdown().await;
    ended
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
