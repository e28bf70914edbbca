//! Who asks: the credentials in the environment, or in a file of the same names.

use std::collections::BTreeMap;
use std::path::Path;

use flinks_pay::client::{Credentials, CredentialsError, Environment};

use super::input;
use super::problem::Problem;

/// Takes the credentials from the file, or from the environment where none is named.
pub(super) fn find(file: Option<&Path>, environment: &Environment) -> Result<Credentials, Problem> {
    match file {
        Some(path) => of_file(path),
        None => checked(environment, Credentials::from_env()),
    }
}

/// Says of an environment what is wrong with its credentials.
pub(super) fn checked(
    environment: &Environment,
    credentials: Result<Credentials, CredentialsError>,
) -> Result<Credentials, Problem> {
    credentials.map_err(|error| {
        let remedy = "set FLINKS_PAY_CLIENT_ID and FLINKS_PAY_CLIENT_SECRET; `flinks-pay sandbox` prints those of a \
                      simulator";
        Problem::new(format!("there are no credentials for {environment}"), remedy).caused_by(&error)
    })
}

/// Why a file has no credentials. Nothing of the file is in it.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
enum FileError {
    #[error("it is not UTF-8")]
    NotText,
    #[error("line {0} is not NAME=VALUE")]
    NotAPair(usize),
    #[error("line {0} has another name than the four that are known")]
    UnknownName(usize),
    #[error("line {0} has a name that is there already")]
    Twice(usize),
    #[error("{0} is not in it")]
    Missing(&'static str),
    #[error(transparent)]
    Refused(CredentialsError),
}

fn of_file(path: &Path) -> Result<Credentials, Problem> {
    let bytes = input::read_private(path, "credentials")?;
    std::str::from_utf8(&bytes)
        .map_err(|_| FileError::NotText)
        .and_then(read)
        .map_err(|error| {
            let remedy = "write FLINKS_PAY_CLIENT_ID=… and FLINKS_PAY_CLIENT_SECRET=… (or FLINKS_PAY_API_KEY=…), a line each";
            Problem::new(
                format!("{} has no usable credentials", path.display()),
                remedy,
            )
            .caused_by(&error)
        })
}

/// Reads lines of `NAME=VALUE`. Empty lines and those that begin with `#` are left out, an `export` before the name and
/// one pair of quotes around the value are taken off; the rest is as in the environment.
fn read(text: &str) -> Result<Credentials, FileError> {
    let mut values = BTreeMap::new();
    for (at, line) in text.lines().enumerate() {
        let (number, line) = (at + 1, line.trim());
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let line = line.strip_prefix("export ").unwrap_or(line);
        let (name, value) = line.split_once('=').ok_or(FileError::NotAPair(number))?;
        let name = Credentials::NAMES
            .into_iter()
            .find(|known| *known == name.trim())
            .ok_or(FileError::UnknownName(number))?;
        if values.insert(name, unquoted(value.trim())).is_some() {
            return Err(FileError::Twice(number));
        }
    }
    Credentials::from_lookup(|name| values.get(name).copied()).map_err(|error| match error {
        CredentialsError::NotSet { name } => FileError::Missing(name),
        error => FileError::Refused(error),
    })
}

fn unquoted(value: &str) -> &str {
    ['"', '\'']
        .into_iter()
        .find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scheme(text: &str) -> Result<String, FileError> {
        read(text).map(|credentials| format!("{credentials:?}"))
    }

    #[test]
    fn a_file_says_what_the_environment_would() {
        let pair = "FLINKS_PAY_CLIENT_ID=shop\nFLINKS_PAY_CLIENT_SECRET=hush\n";
        for (text, expected) in [
            (pair.to_owned(), "basic"),
            (format!("# ours\n\n{pair}FLINKS_PAY_API_KEY=\n"), "basic"),
            (
                pair.replace("FLINKS", "export FLINKS")
                    .replace('\n', "\r\n"),
                "basic",
            ),
            (format!("{pair}FLINKS_PAY_AUTH='form'"), "form"),
            (format!("{pair}FLINKS_PAY_API_KEY=\"k-1\""), "api_key"),
        ] {
            let expected = format!("Credentials::{expected}([redacted])");
            assert_eq!(scheme(&text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_by_line_and_never_repeated() {
        for (text, expected) in [
            ("", "FLINKS_PAY_CLIENT_ID is not in it"),
            (
                "FLINKS_PAY_CLIENT_ID=shop",
                "FLINKS_PAY_CLIENT_SECRET is not in it",
            ),
            ("\nhush", "line 2 is not NAME=VALUE"),
            (
                "hush=1",
                "line 1 has another name than the four that are known",
            ),
            (
                "FLINKS_PAY_AUTH=form\nFLINKS_PAY_AUTH=form",
                "line 2 has a name that is there already",
            ),
            (
                "FLINKS_PAY_AUTH=hush",
                "FLINKS_PAY_AUTH must be basic, form or api-key",
            ),
            (
                "FLINKS_PAY_CLIENT_ID=a:b\nFLINKS_PAY_CLIENT_SECRET=hush",
                "a client id with a colon cannot be sent by HTTP Basic; use Credentials::form",
            ),
        ] {
            let said = scheme(text).map_err(|error| error.to_string());
            assert_eq!(said, Err(expected.to_owned()), "{text}");
        }
    }
}
