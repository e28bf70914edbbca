//! `flinks-pay webhook`: a receiver to develop a sender's side against, and a sender for a receiver.

mod delivery;
mod listen;
mod send;

use flinks_pay::webhook::WebhookSecret;

use super::args::{Format, SECRET_VARIABLE, WebhookCommand};
use super::exit::Exit;
use super::problem::Problem;
use super::{print_problem_json, report, variable};

pub(super) async fn run(command: &WebhookCommand) -> Exit {
    let (format, ended) = match command {
        WebhookCommand::Listen(args) => (args.format, listen::run(args).await),
        WebhookCommand::Send(args) => (args.format, send::run(args).await),
    };
    match ended {
        Ok(exit) => exit,
        Err(problem) => match format {
            Format::Text => report(&problem),
            Format::Json => print_problem_json(&problem),
        },
    }
}

/// Reads a secret from the variable of that name. Neither is repeated: somebody may have put the secret in the place of the
/// name.
pub(super) fn secret(name: &str) -> Result<WebhookSecret, Problem> {
    let named = if name == SECRET_VARIABLE {
        SECRET_VARIABLE
    } else {
        "the variable that --secret-env names"
    };
    let remedy = "put the secret of the receiver into a variable, and its name after --secret-env; it has 16 bytes or more";
    // A name with one of these makes some platforms panic.
    let value = if name.is_empty() || name.contains(['=', '\0']) {
        None
    } else {
        variable::set(name)
    };
    let value = value.ok_or_else(|| {
        Problem::new("there is no webhook secret", remedy).because(format!("{named} is not set"))
    })?;
    let text = value.into_string().map_err(|_| {
        Problem::new("there is no webhook secret", remedy)
            .because(format!("{named} is not Unicode"))
    })?;
    WebhookSecret::try_from(text).map_err(|error| {
        Problem::new(format!("{named} has no usable secret"), remedy).caused_by(&error)
    })
}
