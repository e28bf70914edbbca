//! The command line over the crate's public parts. One file to a command; [`output`] decides how things look.
//!
//! Standard output has what was asked for and nothing else; what went wrong goes to standard error, or into the JSON
//! document where one was asked for. A reader that goes away (`| head -1`) ends the printing, quietly.

mod args;
mod connect;
mod contract;
mod control;
mod credentials;
mod demo;
mod exit;
mod input;
mod mask;
mod output;
mod problem;
mod rules;
mod sandbox;
mod seen;
mod session;
mod spec;
mod terminal;
mod variable;
mod webhook;
mod wrap;

use std::ffi::OsString;
use std::future::Future;
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind as UsageKind;
use serde_json::json;

use self::args::{Cli, Command};
use self::exit::Exit;
use self::problem::Problem;

/// The version of every JSON document that the command prints.
const SCHEMA_VERSION: u32 = 1;

/// Reads the command line and runs it.
pub(crate) fn run() -> ExitCode {
    let command = match Cli::try_parse() {
        Ok(cli) => cli.command,
        Err(error) => return usage(&error).into(),
    };
    let mut out = io::stdout();
    let ran = match command {
        Command::Demo(args) => block_on(demo::run(&args)),
        Command::Session(args) => block_on(session::run(&args.command)),
        Command::Webhook(args) => block_on(webhook::run(&args.command)),
        Command::Sandbox(args) => block_on(sandbox::run(&args, &mut out)).and_then(|ran| ran),
        Command::Spec(args) => spec::run(&args, &mut out),
        Command::Rules(args) => rules::run(&args, &mut out),
        Command::Contract(args) => contract::run(&args.command, &mut out),
    };
    ran.unwrap_or_else(|problem| report(&problem)).into()
}

fn block_on<T>(future: impl Future<Output = T>) -> Result<T, Problem> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| {
            Problem::new(
                "no threads or sockets can be had",
                "look at the limits of this user and this machine",
            )
            .caused_by(&error)
        })?;
    let result = runtime.block_on(future);
    // A name that is being looked up does not keep the process.
    runtime.shutdown_background();
    Ok(result)
}

/// Prints a problem where people look for it.
fn report(problem: &Problem) -> Exit {
    // When standard error is gone too, nobody is there to be told.
    let _ = problem.write(&mut io::stderr());
    Exit::CouldNotRun
}

/// Makes of a failed write what it means for the command: a reader that went away has seen enough.
fn written(result: io::Result<()>) -> Result<Exit, Problem> {
    match result {
        Ok(()) => Ok(Exit::Good),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(Exit::Good),
        Err(error) => Err(unwritable(&error)),
    }
}

fn unwritable(error: &io::Error) -> Problem {
    Problem::new(
        "standard output cannot be written",
        "look at where it goes: a full disk, a closed file?",
    )
    .caused_by(error)
}

/// Prints help, the version, or what is wrong with the arguments.
fn usage(error: &clap::Error) -> Exit {
    match error.kind() {
        UsageKind::DisplayHelp | UsageKind::DisplayVersion => match written(error.print()) {
            Ok(exit) => exit,
            Err(problem) => report(&problem),
        },
        _ if wants_json(std::env::args_os().skip(1)) => {
            let text = error.render().to_string();
            let problem = Problem::new(first_paragraph(&text), "see --help");
            print_problem_json(&problem)
        }
        _ => {
            let _ = error.print();
            Exit::CouldNotRun
        }
    }
}

/// Prints a problem as a JSON document of its own, with the place of an outcome in a demo's document.
fn print_problem_json(problem: &Problem) -> Exit {
    let outcome = demo::Outcome::error(problem.clone());
    let document = json!({ "schema_version": SCHEMA_VERSION, "outcome": outcome });
    let mut out = io::stdout();
    let text = output::json_text(&document);
    if writeln!(out, "{text}").and_then(|()| out.flush()).is_err() {
        // It may be standard output that is the problem.
        return report(problem);
    }
    Exit::CouldNotRun
}

/// Whether JSON is asked for, as far as that can be told of arguments that are wrong.
fn wants_json(arguments: impl Iterator<Item = OsString>) -> bool {
    let mut previous = OsString::new();
    for argument in arguments {
        if argument == "--format=json" || (previous == "--format" && argument == "json") {
            return true;
        }
        previous = argument;
    }
    false
}

/// What clap says first, on one line and without its label: the problem and the values that are possible.
fn first_paragraph(text: &str) -> String {
    let lines = text
        .lines()
        .take_while(|line| !line.is_empty())
        .map(str::trim);
    let joined = lines.collect::<Vec<_>>().join(" ");
    joined.strip_prefix("error: ").unwrap_or(&joined).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_is_found_in_arguments_that_are_wrong() {
        let wants = |line: &str| wants_json(line.split(' ').map(OsString::from));
        assert!(wants("demo --scenario nope --format json"));
        assert!(wants("demo --format=json --nope"));
        assert!(!wants("demo --format text json"));
        assert!(!wants("demo json --format"));
    }

    #[test]
    fn the_first_paragraph_is_what_is_wrong() {
        let text = "error: invalid value 'x'\n  [possible values: a, b]\n\nFor more information, try '--help'.\n";
        assert_eq!(
            first_paragraph(text),
            "invalid value 'x' [possible values: a, b]"
        );
    }

    #[test]
    fn the_command_line_is_consistent() {
        <Cli as clap::CommandFactory>::command().debug_assert();
    }
}
