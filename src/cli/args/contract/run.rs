//! `flinks-pay contract run`, as `--help` shows it.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use flinks_pay::sandbox::Profile;

const RUN_EXAMPLES: &str = "\
Examples:
  flinks-pay contract run --base-url http://127.0.0.1:8080
  flinks-pay contract run --base-url https://payments-uat.flinksapp.com --read-only
  flinks-pay contract run --base-url http://127.0.0.1:8080 --format junit
  flinks-pay contract run --base-url http://127.0.0.1:8080 --profile geft

FLINKS_PAY_CLIENT_ID and FLINKS_PAY_CLIENT_SECRET, or FLINKS_PAY_API_KEY, have the
credentials; `flinks-pay sandbox` prints both.

It sends wrong credentials and broken requests on purpose, and no payor in it exists.
What it creates it cancels, after Ctrl-C, too. At a simulator on this machine it moves
the time, which ends the sessions and tokens of others, and registers webhooks anew.
It does not run against production.

Exit codes:
  0  no drift
  1  the server departs from the contract, or from what is documented
  2  it could not run, or not to its end: arguments, network, credentials, Ctrl-C";

#[derive(Args)]
#[command(after_help = RUN_EXAMPLES)]
pub(in crate::cli) struct RunArgs {
    /// The server.
    #[arg(long, value_name = "URL")]
    pub(in crate::cli) base_url: String,
    /// Read the credentials from a file of NAME=VALUE lines instead of the environment.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) credentials: Option<PathBuf>,
    /// Create no session.
    #[arg(long)]
    pub(in crate::cli) read_only: bool,
    /// Create at most so many sessions; 25 by default, and as many as are wanted at a simulator on this machine.
    #[arg(long, value_name = "N")]
    pub(in crate::cli) max_sessions: Option<usize>,
    /// Lines as it happens, or a document at the end.
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub(in crate::cli) format: ReportFormat,
    /// Draw the requests that are made up by this seed.
    #[arg(long, value_name = "N", default_value_t = 7)]
    pub(in crate::cli) seed: u64,
    /// Read the contract from this file instead of the one that is built in.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) spec: Option<PathBuf>,
    /// What to expect where the vendor's pages disagree: strict, geft, eft or lenient, and single settings behind it.
    #[arg(long, default_value_t = Profile::STRICT)]
    pub(in crate::cli) profile: Profile,
}

/// How a report is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ReportFormat {
    /// Lines for a person.
    Text,
    /// One JSON document.
    Json,
    /// The XML that CI systems read.
    Junit,
    /// A page that needs nothing else.
    Html,
}
