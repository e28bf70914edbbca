//! What the program has said in other ways than by logging, and the types of what has been printed.

use std::any::type_name;
use std::collections::BTreeSet;
use std::error::Error as StdError;
use std::fmt::{Debug, Write as _};

#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) text: String,
    /// Types by the paths where they are defined, without their parameters.
    pub(crate) types: BTreeSet<String>,
}

impl Told {
    pub(crate) fn say(&mut self, text: &str) {
        writeln!(self.text, "{text}").unwrap();
    }

    /// Adds what was told elsewhere.
    pub(crate) fn take_in(&mut self, other: Self) {
        self.text.push_str(&other.text);
        self.types.extend(other.types);
    }

    /// Prints a value in both ways.
    pub(crate) fn look<T: Debug>(&mut self, value: &T) {
        let name = type_name::<T>().trim_start_matches('&');
        self.types
            .insert(name.split('<').next().unwrap().to_owned());
        self.say(&format!("{value:?}"));
        self.say(&format!("{value:#?}"));
    }

    /// Prints an error, and everything behind it to the root. Each message is one line.
    pub(crate) fn error<E: StdError>(&mut self, error: &E) {
        self.look(error);
        self.say(&error.to_string());
        let mut cause: Option<&dyn StdError> = error.source();
        assert!(
            !error.to_string().chars().any(char::is_control),
            "{:?}",
            error.to_string()
        );
        while let Some(error) = cause {
            self.say(&format!("{error}\n{error:?}\n{error:#?}"));
            assert!(
                !error.to_string().chars().any(char::is_control),
                "{:?}",
                error.to_string()
            );
            cause = error.source();
        }
    }
}
