//! The server that a command talks to, and a client for it.

use flinks_pay::client::{Client, Credentials, Environment};

use super::args::{Named, Target};
use super::problem::Problem;
use super::{credentials, variable};

/// The variable that stands for `--base-url`.
const BASE_URL: &str = "FLINKS_PAY_BASE_URL";

/// Makes the client that the arguments ask for.
pub(super) fn of(target: &Target) -> Result<Client, Problem> {
    let environment = environment(target)?;
    let credentials = credentials::find(target.credentials.as_deref(), &environment)?;
    client(environment, credentials)
}

fn environment(target: &Target) -> Result<Environment, Problem> {
    match (&target.base_url, target.environment) {
        (Some(base_url), _) => at(base_url, "--base-url"),
        (None, Some(Named::Sandbox)) => Ok(Environment::sandbox()),
        (None, Some(Named::Production)) => Ok(Environment::production()),
        (None, None) => match variable::filled(BASE_URL) {
            // What is not Unicode is no address either.
            Some(base_url) => at(&base_url.to_string_lossy(), BASE_URL),
            None => Err(Problem::new(
                "it is not said which server is meant",
                "give --environment sandbox, --environment production or --base-url, or set FLINKS_PAY_BASE_URL",
            )),
        },
    }
}

/// The server at an address; `given_by` is where the address was given.
pub(super) fn at(base_url: &str, given_by: &str) -> Result<Environment, Problem> {
    // The text is not repeated: it may hold credentials.
    Environment::custom(base_url).map_err(|error| {
        Problem::new(
            format!("{given_by} cannot be used"),
            "give an address such as http://127.0.0.1:8080",
        )
        .caused_by(&error)
    })
}

/// Sets up a client.
pub(super) fn client(
    environment: Environment,
    credentials: Credentials,
) -> Result<Client, Problem> {
    Client::builder(environment, credentials)
        .build()
        .map_err(|error| {
            Problem::new(
                "the client cannot be set up",
                "see that this machine has root certificates",
            )
            .caused_by(&error)
        })
}
