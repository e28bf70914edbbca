//! The command line, as `--help` shows it. The commands with commands of their own have a file each.

mod contract;
mod session;
mod webhook;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(super) use self::contract::{
    ContractArgs, ContractCommand, MutateArgs, ReportFormat, RunArgs, ScoreFormat,
};
pub(super) use self::session::{
    CancelArgs, ConfirmArgs, CreateArgs, DetailsArgs, Named, SessionArgs, SessionCommand,
    StatusArgs, Target, WaitArgs,
};
pub(super) use self::webhook::{
    Kind, ListenArgs, SECRET_VARIABLE, SendArgs, WebhookArgs, WebhookCommand,
};
use flinks_pay::sandbox::Profile;

use super::demo::Scenario;

const EXAMPLES: &str = "\
Examples:
  flinks-pay demo                        watch a whole payment, without account or network
  flinks-pay demo --scenario unhappy1    the same, and it ends badly: exit code 1
  flinks-pay sandbox                     a simulator to develop against
  flinks-pay session --help              create a session, look at it, wait for its end
  flinks-pay webhook --help              receive webhooks here, or send some
  flinks-pay rules                       what every value must be, and who says so
  flinks-pay contract --help             whether a change of the contract would be noticed

Exit codes:
  0  nothing is wrong; the payment is scheduled
  1  it ran, and the payment ended badly
  2  it could not run: arguments, unreadable input, network";

const DEMO_EXAMPLES: &str = "\
Examples:
  flinks-pay demo
  flinks-pay demo --scenario happy2      less is guaranteed than was asked for
  flinks-pay demo --regular --format json
  flinks-pay demo --pace 500             slow enough to watch

Another server: FLINKS_PAY_CLIENT_ID and FLINKS_PAY_CLIENT_SECRET have its credentials;
`flinks-pay sandbox` prints both.
  flinks-pay demo --base-url http://127.0.0.1:8080

Exit codes:
  0  the payment is scheduled (EFT0301)
  1  the payment ended badly
  2  it could not be run, or not be followed to its end";

const SANDBOX_EXAMPLES: &str = "\
Examples:
  flinks-pay sandbox
  flinks-pay sandbox --port 8080
  flinks-pay sandbox --open              and a link to a shop's page
  flinks-pay sandbox --profile lenient   forgiving where the vendor's pages disagree
  flinks-pay sandbox --seed 7            the same ids, tokens and choices each time
  flinks-pay sandbox --webhook http://127.0.0.1:8090/
                                         signed with the secret in FLINKS_PAY_WEBHOOK_SECRET
  flinks-pay sandbox --port 8080 --state shop.state
                                         Ctrl-C and start again: nobody has to notice

It prints what another shell needs, as exports, and each operation as a line of curl.
Every start has new credentials, but for those with the same --seed or --state.
Ctrl-C ends it, and so does SIGTERM.

A state file has payors, tokens and the credentials that were printed; only its
owner can read it. No time passes there between two starts. The journal is not in
it. Receivers that were registered by the control API come back, and win over
--webhook and --guarantee-webhook. A process that is killed loses the last second,
and more with many thousand sessions, as a write takes its time then.";

const SPEC_EXAMPLES: &str = "\
Examples:
  flinks-pay spec > flinks-pay.yaml
  flinks-pay spec --report               what was changed before code was generated, and why
  flinks-pay spec --checks               what a success answer is checked for";

const RULES_EXAMPLES: &str = "\
Examples:
  flinks-pay rules
  flinks-pay rules --format json | jq '.rules[] | select(.severity == \"warn\") | .id'

The sources are keys of pages; openapi/README.md in the repository says which.";

/// Flinks Pay sessions from the command line: a payment to watch, calls of the API, webhooks, a simulator, the contract
/// and its rules.
// No Debug from here on: the arguments may name a payor.
#[derive(Parser)]
#[command(name = "flinks-pay", version, after_help = EXAMPLES, disable_help_subcommand = true)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Subcommand)]
pub(super) enum Command {
    /// Run a whole payment and show every step of it.
    Demo(DemoArgs),
    /// Create a session, look at it, cancel it, wait for its end.
    Session(SessionArgs),
    /// Receive webhooks on this machine, or send some.
    Webhook(WebhookArgs),
    /// Run a simulator of Flinks Pay on this machine until Ctrl-C.
    Sandbox(SandboxArgs),
    /// Print the contract, or what the code is generated from.
    Spec(SpecArgs),
    /// Print every rule that values are checked by.
    Rules(RulesArgs),
    /// Hold servers to the contract, and changes of it against the tests.
    Contract(ContractArgs),
}

#[derive(Debug, Args)]
#[command(after_help = DEMO_EXAMPLES)]
pub(super) struct DemoArgs {
    /// How the payment goes.
    #[arg(long, value_enum, default_value_t = Scenario::Happy1)]
    pub(super) scenario: Scenario,
    /// Make it a regular EFT, which has no guarantee.
    #[arg(long)]
    pub(super) regular: bool,
    /// Use the server at this address instead of a simulator of its own.
    #[arg(long, value_name = "URL")]
    pub(super) base_url: Option<String>,
    /// Lines as it happens, or one JSON document at the end.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
    /// Wait so long between two steps.
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=60_000))]
    pub(super) pace: u64,
}

#[derive(Debug, Args)]
#[command(after_help = SANDBOX_EXAMPLES)]
pub(super) struct SandboxArgs {
    /// The port on 127.0.0.1; 0 for any that is free.
    #[arg(long, default_value_t = 0)]
    pub(super) port: u16,
    /// Print the link of a shop's page, to click through payments by hand.
    #[arg(long)]
    pub(super) open: bool,
    /// How it answers where the vendor's pages disagree: strict, geft, eft or lenient, and single settings, such as
    /// geft,token-use=single.
    #[arg(long, value_name = "PROFILE", default_value_t = Profile::default())]
    pub(super) profile: Profile,
    /// Draw every id and every choice from this number, so that a run can be repeated.
    #[arg(long, value_name = "NUMBER")]
    pub(super) seed: Option<u64>,
    /// Tell this address how sessions come out: https, or http to this machine.
    #[arg(long, value_name = "URL")]
    pub(super) webhook: Option<String>,
    /// Tell this address of guarantees, and let the confirm operation decide about them.
    #[arg(long, value_name = "URL")]
    pub(super) guarantee_webhook: Option<String>,
    /// The variable with the secret that webhooks are signed with.
    #[arg(long, value_name = "VAR", default_value = SECRET_VARIABLE)]
    pub(super) secret_env: String,
    /// Keep the state in this file, and go on from it at the next start.
    #[arg(long, value_name = "FILE")]
    pub(super) state: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = SPEC_EXAMPLES)]
pub(super) struct SpecArgs {
    #[command(flatten)]
    pub(super) part: SpecPart,
}

#[derive(Debug, Args)]
#[group(multiple = false)]
pub(super) struct SpecPart {
    /// Print the document that the code is generated from, as JSON.
    #[arg(long)]
    pub(super) view: bool,
    /// Print what was changed in the contract to make that document, and why.
    #[arg(long)]
    pub(super) report: bool,
    /// Print what a success answer is checked for.
    #[arg(long)]
    pub(super) checks: bool,
}

#[derive(Debug, Args)]
#[command(after_help = RULES_EXAMPLES)]
pub(super) struct RulesArgs {
    /// Text for reading, or one JSON document.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
}

/// Reads a time in seconds, with a fraction or without.
fn seconds(text: &str) -> Result<Duration, &'static str> {
    let seconds = text.parse().map_err(|_| "expected a number of seconds")?;
    Duration::try_from_secs_f64(seconds)
        .map_err(|_| "expected a number of seconds, not negative and not endless")
}
