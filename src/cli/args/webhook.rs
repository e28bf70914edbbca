//! `flinks-pay webhook`, as `--help` shows it.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand, ValueEnum};

use super::Format;

/// The variable with the secret, unless another one is named.
pub(in crate::cli) const SECRET_VARIABLE: &str = "FLINKS_PAY_WEBHOOK_SECRET";

const EXAMPLES: &str = "\
Examples:
  flinks-pay webhook listen --port 8090
  flinks-pay webhook send --to http://127.0.0.1:8090/ --kind duplicate

Both take the secret from the variable FLINKS_PAY_WEBHOOK_SECRET, or from the one
that --secret-env names.";

const LISTEN_EXAMPLES: &str = "\
Examples:
  flinks-pay webhook listen
  flinks-pay webhook listen --port 8090 --format json
  flinks-pay webhook listen --secret-env NEW_SECRET --secret-env OLD_SECRET

It answers 200 to what is signed, 401 to what is not, 413 to what is too long.
Ctrl-C ends it, once every delivery under way is answered and printed.";

const SEND_EXAMPLES: &str = "\
Examples:
  flinks-pay webhook send --to http://127.0.0.1:8090/
  flinks-pay webhook send --to http://localhost:3000/flinks --kind tampered
  flinks-pay webhook send --to http://127.0.0.1:8090/ --body event.json
  flinks-pay webhook send --to https://localhost:8443/ --ca ca.pem
  flinks-pay webhook send --to http://127.0.0.1:8090/ --body caught.json --signature sha256=…

Exit codes:
  0  every answer was that of a correct receiver
  1  at least one was not
  2  it could not be sent: arguments, or nobody listens there";

#[derive(Args)]
#[command(after_help = EXAMPLES, disable_help_subcommand = true)]
pub(in crate::cli) struct WebhookArgs {
    #[command(subcommand)]
    pub(in crate::cli) command: WebhookCommand,
}

#[derive(Subcommand)]
pub(in crate::cli) enum WebhookCommand {
    /// Receive webhooks on this machine until Ctrl-C, and print what each one says.
    Listen(ListenArgs),
    /// Send a webhook to a receiver on this machine, and print what it answers.
    Send(Box<SendArgs>),
}

#[derive(Args)]
#[command(after_help = LISTEN_EXAMPLES)]
pub(in crate::cli) struct ListenArgs {
    /// The port on 127.0.0.1; 0 for any that is free.
    #[arg(long, default_value_t = 0)]
    pub(in crate::cli) port: u16,
    /// A variable with a secret; several while Flinks changes from one to the next.
    #[arg(long, value_name = "VAR", default_value = SECRET_VARIABLE)]
    pub(in crate::cli) secret_env: Vec<String>,
    /// A line for each delivery, or a JSON document on a line for each.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(in crate::cli) format: Format,
}

#[derive(Args)]
#[command(after_help = SEND_EXAMPLES, group = ArgGroup::new("made").multiple(true))]
pub(in crate::cli) struct SendArgs {
    /// The receiver: http or https, and on this machine.
    #[arg(long, value_name = "URL")]
    pub(in crate::cli) to: String,
    /// Trust the certificates in this file as well, for https: PEM, of the receiver itself or of who signed it.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) ca: Option<PathBuf>,
    /// The variable with the secret.
    #[arg(long, value_name = "VAR", default_value = SECRET_VARIABLE)]
    pub(in crate::cli) secret_env: String,
    /// What is sent.
    #[arg(long, value_enum, default_value_t = Kind::Good)]
    pub(in crate::cli) kind: Kind,
    /// The session that the event is about; one of nobody's unless it is given.
    #[arg(long, value_name = "ID", group = "made")]
    pub(in crate::cli) session_id: Option<String>,
    /// The status that the event tells.
    #[arg(long, value_name = "NAME", group = "made")]
    pub(in crate::cli) status: Option<String>,
    /// The code that goes with it; the usual one of the status unless it is given.
    #[arg(long, value_name = "CODE", group = "made")]
    pub(in crate::cli) code: Option<String>,
    /// The reference of the session.
    #[arg(long, value_name = "ID", group = "made")]
    pub(in crate::cli) reference: Option<String>,
    /// The amount in Canadian dollars; 120.50 unless it is given.
    #[arg(long, value_name = "AMOUNT", group = "made")]
    pub(in crate::cli) amount: Option<String>,
    /// Send the bytes of this file instead; - for standard input.
    #[arg(long, value_name = "FILE", conflicts_with = "made")]
    pub(in crate::cli) body: Option<PathBuf>,
    /// Send that body with the signature that it came with, as it is: 200. No secret is needed.
    #[arg(long, value_name = "HEADER", requires = "body", conflicts_with_all = ["kind", "secret_env"])]
    pub(in crate::cli) signature: Option<String>,
    /// Lines for reading, or one JSON document.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(in crate::cli) format: Format,
}

/// What a delivery is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Kind {
    /// Signed and new: 200
    Good,
    /// Signed with another secret: 401
    WrongSignature,
    /// Signed, and a space was added on the way: 401
    Tampered,
    /// Without a signature: 401
    Unsigned,
    /// Signed, and an hour old: 200, or 401 of a receiver that insists on fresh ones
    Stale,
    /// The same twice: 200 both times
    Duplicate,
    /// The end of a session, and then what came before it: 200 both times
    OutOfOrder,
    /// Signed, and of a kind that nobody knows: 200
    #[value(name = "unknown-kind")]
    Unknown,
}
