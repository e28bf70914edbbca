//! `flinks-pay session`, as `--help` shows it.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgGroup, Args, Subcommand, ValueEnum};

use super::{Format, seconds};

const EXAMPLES: &str = "\
Examples:
  flinks-pay session create --environment sandbox --file request.json
  flinks-pay session status --environment sandbox SESSION
  flinks-pay session wait --environment sandbox SESSION --timeout 900

Where and who:
  FLINKS_PAY_BASE_URL                    stands for --base-url
  FLINKS_PAY_CLIENT_ID and _CLIENT_SECRET, or _CLIENT_ID and _API_KEY
                                         stand for --credentials

Exit codes:
  0  the call worked, whatever it tells of the payment; for wait: the payment is
     scheduled
  1  only of wait: the session ended, and no debit is known to be scheduled
  2  it could not be done: arguments, network, a refusal, no end in time";

const CREATE_EXAMPLES: &str = "\
Examples:
  flinks-pay session create --environment sandbox --file request.json
  flinks-pay session create --first-name Robin --last-name Tester --amount 120.50
  flinks-pay session create --file - --format json

A file has the request in the contract's form, `flinks-pay spec`. Whoever has the
address of the hosted page can act as the payor. Arguments can be seen by every
process of this machine; a file cannot.

Exit codes:
  0  the session was created
  2  it was not, or nobody knows: a create that may have left is never sent again";

const STATUS_EXAMPLES: &str = "\
Examples:
  flinks-pay session status --environment sandbox SESSION
  flinks-pay session status --format json SESSION

Exit codes:
  0  the status was read, also that of a session that failed
  2  it could not be read";

const DETAILS_EXAMPLES: &str = "\
Examples:
  flinks-pay session details --environment sandbox SESSION
  flinks-pay session details --reveal --format json SESSION

Exit codes:
  0  the details were read, also those of a session that failed
  2  they could not be read";

const CANCEL_EXAMPLES: &str = "\
Examples:
  flinks-pay session cancel --environment sandbox SESSION

Exit codes:
  0  the session is cancelled
  2  it is not, or nobody knows";

const CONFIRM_EXAMPLES: &str = "\
Examples:
  flinks-pay session confirm --environment sandbox --accept SESSION
  flinks-pay session confirm --environment sandbox --reject SESSION

Exit codes:
  0  the decision was taken
  2  it was not, or nobody knows";

const WAIT_EXAMPLES: &str = "\
Examples:
  flinks-pay session wait --environment sandbox SESSION
  flinks-pay session wait --timeout 900 --every 30 --format json SESSION

Flinks asks for 30 seconds between two looks and allows no fewer than 10.

Exit codes:
  0  the payment is scheduled (EFT0301)
  1  the session ended, and no debit is known to be scheduled
  2  it could not be followed to its end";

#[derive(Args)]
#[command(after_help = EXAMPLES, disable_help_subcommand = true)]
pub(in crate::cli) struct SessionArgs {
    #[command(subcommand)]
    pub(in crate::cli) command: SessionCommand,
}

#[derive(Subcommand)]
pub(in crate::cli) enum SessionCommand {
    /// Create a session, and print where its payor goes.
    Create(Box<CreateArgs>),
    /// Print the status of a session.
    Status(StatusArgs),
    /// Print everything known of a session, personal data masked.
    Details(DetailsArgs),
    /// Cancel a session.
    Cancel(CancelArgs),
    /// Accept or reject the guarantee that is offered.
    Confirm(ConfirmArgs),
    /// Wait until a session has ended.
    Wait(WaitArgs),
}

/// Which server, who asks, and how it is printed.
#[derive(Args)]
pub(in crate::cli) struct Target {
    /// Use the server at this address.
    #[arg(long, value_name = "URL", conflicts_with = "environment")]
    pub(in crate::cli) base_url: Option<String>,
    /// Use Flinks' sandbox or production.
    #[arg(long, value_enum)]
    pub(in crate::cli) environment: Option<Named>,
    /// Read the credentials from a file of NAME=VALUE lines instead of the environment.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) credentials: Option<PathBuf>,
    /// Lines for reading, or one JSON document.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(in crate::cli) format: Format,
}

/// The environments that Flinks names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Named {
    Sandbox,
    Production,
}

#[derive(Args)]
#[command(after_help = CREATE_EXAMPLES, group = ArgGroup::new("given").multiple(true))]
pub(in crate::cli) struct CreateArgs {
    #[command(flatten)]
    pub(in crate::cli) target: Target,
    /// Read the request from this file, JSON in the contract's form; - for standard input.
    #[arg(long, value_name = "FILE", conflicts_with = "given")]
    pub(in crate::cli) file: Option<PathBuf>,
    /// Ask for a guarantee; so it is unless --regular is there.
    #[arg(long, group = "given", conflicts_with = "regular")]
    pub(in crate::cli) guaranteed: bool,
    /// Make it a regular EFT, which has no guarantee.
    #[arg(long, group = "given")]
    pub(in crate::cli) regular: bool,
    /// The payor's first name.
    #[arg(long, value_name = "NAME", group = "given")]
    pub(in crate::cli) first_name: Option<String>,
    /// The payor's middle name.
    #[arg(long, value_name = "NAME", group = "given")]
    pub(in crate::cli) middle_name: Option<String>,
    /// The payor's last name.
    #[arg(long, value_name = "NAME", group = "given")]
    pub(in crate::cli) last_name: Option<String>,
    /// The payor's email address; a regular EFT needs it.
    #[arg(long, group = "given")]
    pub(in crate::cli) email: Option<String>,
    /// What the payor does for a living.
    #[arg(long, value_name = "WORDS", group = "given")]
    pub(in crate::cli) occupation: Option<String>,
    /// When the payor was born, with two digits for the year: the century is not sent.
    #[arg(long, value_name = "YY-MM-DD", group = "given")]
    pub(in crate::cli) birth_date: Option<String>,
    /// The payor's street; with it go --city, --province and --postal-code.
    #[arg(long, value_name = "STREET", group = "given")]
    pub(in crate::cli) address_line1: Option<String>,
    /// A second line under the street.
    #[arg(long, value_name = "STREET", group = "given")]
    pub(in crate::cli) address_line2: Option<String>,
    /// The unit of the payor's address.
    #[arg(long, group = "given")]
    pub(in crate::cli) unit: Option<String>,
    /// The city of the payor's address.
    #[arg(long, group = "given")]
    pub(in crate::cli) city: Option<String>,
    /// The province, such as ON.
    #[arg(long, value_name = "CODE", group = "given")]
    pub(in crate::cli) province: Option<String>,
    /// The postal code, such as M5V 2T6.
    #[arg(long, value_name = "CODE", group = "given")]
    pub(in crate::cli) postal_code: Option<String>,
    /// Preset the amount, in Canadian dollars.
    #[arg(
        long,
        value_name = "DOLLARS",
        group = "given",
        allow_hyphen_values = true
    )]
    pub(in crate::cli) amount: Option<String>,
    /// The least that the payor may pay.
    #[arg(
        long,
        value_name = "DOLLARS",
        group = "given",
        allow_hyphen_values = true
    )]
    pub(in crate::cli) minimum: Option<String>,
    /// The most that the payor may pay.
    #[arg(
        long,
        value_name = "DOLLARS",
        group = "given",
        allow_hyphen_values = true
    )]
    pub(in crate::cli) maximum: Option<String>,
    /// Your own id of the payment: the only way to find a session whose id was lost.
    #[arg(long, value_name = "ID", group = "given")]
    pub(in crate::cli) reference: Option<String>,
    /// The language of the hosted page.
    #[arg(long, value_name = "CODE", group = "given")]
    pub(in crate::cli) language: Option<String>,
    /// Whether Flinks' own consent screen comes first.
    #[arg(long, value_name = "BOOL", group = "given")]
    pub(in crate::cli) consent_screen: Option<bool>,
    /// Whether the payor may change the amount.
    #[arg(long, value_name = "BOOL", group = "given")]
    pub(in crate::cli) amount_modification: Option<bool>,
    /// Send the payor there at the end; with it goes --redirect-exit.
    #[arg(long, value_name = "URL", group = "given")]
    pub(in crate::cli) redirect_success: Option<String>,
    /// Send a payor there who leaves.
    #[arg(long, value_name = "URL", group = "given")]
    pub(in crate::cli) redirect_exit: Option<String>,
    /// Send messages to the page around the hosted page, and no payor anywhere.
    #[arg(long, group = "given", conflicts_with_all = ["redirect_success", "redirect_exit"])]
    pub(in crate::cli) js_events: bool,
    /// Read the payee from this file, JSON in the contract's form: an account number is no argument.
    #[arg(long, value_name = "FILE", group = "given")]
    pub(in crate::cli) payee: Option<PathBuf>,
}

#[derive(Args)]
#[command(after_help = STATUS_EXAMPLES)]
pub(in crate::cli) struct StatusArgs {
    #[command(flatten)]
    pub(in crate::cli) target: Target,
    /// The id of the session.
    pub(in crate::cli) session: String,
}

#[derive(Args)]
#[command(after_help = DETAILS_EXAMPLES)]
pub(in crate::cli) struct DetailsArgs {
    #[command(flatten)]
    pub(in crate::cli) target: Target,
    /// The id of the session.
    pub(in crate::cli) session: String,
    /// Print names, addresses and accounts whole, and members that this version does not know.
    #[arg(long)]
    pub(in crate::cli) reveal: bool,
}

#[derive(Args)]
#[command(after_help = CANCEL_EXAMPLES)]
pub(in crate::cli) struct CancelArgs {
    #[command(flatten)]
    pub(in crate::cli) target: Target,
    /// The id of the session.
    pub(in crate::cli) session: String,
}

#[derive(Args)]
#[command(after_help = CONFIRM_EXAMPLES, group = ArgGroup::new("decision").required(true))]
pub(in crate::cli) struct ConfirmArgs {
    #[command(flatten)]
    pub(in crate::cli) target: Target,
    /// The id of the session.
    pub(in crate::cli) session: String,
    /// Take the amount that is guaranteed.
    #[arg(long, group = "decision")]
    pub(in crate::cli) accept: bool,
    /// Leave it.
    #[arg(long, group = "decision")]
    pub(in crate::cli) reject: bool,
}

#[derive(Args)]
#[command(after_help = WAIT_EXAMPLES)]
pub(in crate::cli) struct WaitArgs {
    #[command(flatten)]
    pub(in crate::cli) target: Target,
    /// The id of the session.
    pub(in crate::cli) session: String,
    /// Give up after this time.
    #[arg(long, value_name = "SECONDS", default_value = "600", value_parser = seconds)]
    pub(in crate::cli) timeout: Duration,
    /// The pause between two looks.
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds)]
    pub(in crate::cli) every: Duration,
}
