//! `flinks-pay contract`: the contract suite, from the command line.

mod killer;
mod mutate;
mod page;
mod record;
mod run;

use std::io::Write;
use std::path::Path;

use flinks_pay::contract::ContractError;
use flinks_pay::spec::{Document, SpecError};

use super::args::ContractCommand;
use super::block_on;
use super::exit::Exit;
use super::problem::Problem;
use super::spec::CONTRACT;

pub(super) fn run(command: &ContractCommand, out: &mut dyn Write) -> Result<Exit, Problem> {
    match command {
        ContractCommand::Mutate(args) => mutate::run(args, out),
        ContractCommand::Run(args) => block_on(run::run(args)).and_then(|ran| ran),
    }
}

/// Reads a contract from a file, or takes the one that this program was built from.
fn document(path: Option<&Path>) -> Result<Document, Problem> {
    match path {
        Some(path) => Document::read(path),
        None => Document::parse("openapi/flinks-pay.yaml", CONTRACT),
    }
    .map_err(|error| unreadable(&error))
}

/// A contract that cannot be judged by, with the place in it.
fn unusable(error: &ContractError) -> Problem {
    match error {
        ContractError::Spec(error) => unreadable(error),
        error => {
            Problem::new("the contract cannot be judged by", "correct the schema").caused_by(error)
        }
    }
}

fn unreadable(error: &SpecError) -> Problem {
    let document = error.document();
    let place = error.position().map_or_else(
        || document.to_owned(),
        |at| format!("{document}:{}:{}", at.line, at.column),
    );
    Problem::new(
        format!("{document} cannot be read as a contract"),
        error.remedy(),
    )
    .because(format!("{place}: {}", error.what()))
}
