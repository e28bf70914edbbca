//! `flinks-pay contract`, as `--help` shows it.

mod run;

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

pub(in crate::cli) use self::run::{ReportFormat, RunArgs};

const EXAMPLES: &str = "\
Examples:
  flinks-pay contract mutate
  flinks-pay contract mutate --spec edited.yaml --format json
  flinks-pay contract run --base-url http://127.0.0.1:8080";

const MUTATE_EXAMPLES: &str = "\
Examples:
  flinks-pay contract mutate
  flinks-pay contract mutate --spec edited.yaml
  flinks-pay contract mutate --format html > score.html
  flinks-pay contract mutate --format json | jq '.mutants[] | select(.fate == \"survived\")'

A change is noticed by a value about which this crate and the contract were at one,
and are not any more, or by an exchange with a simulator of this process that is judged
otherwise. It is equivalent where the same is accepted before and after, which is proved
and not guessed.

Exit codes:
  0  every change that means something is noticed
  1  at least one survived, or this crate differs from the contract as it is
  2  it could not be told: arguments, an unreadable contract, or one of another API";

#[derive(Args)]
#[command(after_help = EXAMPLES, disable_help_subcommand = true)]
pub(in crate::cli) struct ContractArgs {
    #[command(subcommand)]
    pub(in crate::cli) command: ContractCommand,
}

#[derive(Subcommand)]
pub(in crate::cli) enum ContractCommand {
    /// Change the contract at one place after the other, and count the changes that somebody notices.
    Mutate(MutateArgs),
    /// Ask a server everything, and report where it departs from the contract.
    Run(RunArgs),
}

#[derive(Args)]
#[command(after_help = MUTATE_EXAMPLES)]
pub(in crate::cli) struct MutateArgs {
    /// An OpenAPI 3.0 document, instead of the contract that this program was built from.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) spec: Option<PathBuf>,
    /// Draw the values that are made of two others from this number.
    #[arg(long, value_name = "NUMBER", default_value_t = 7)]
    pub(in crate::cli) seed: u64,
    /// The score for reading, one JSON document, or a page.
    #[arg(long, value_enum, default_value_t = ScoreFormat::Text)]
    pub(in crate::cli) format: ScoreFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ScoreFormat {
    Text,
    Json,
    Html,
}
