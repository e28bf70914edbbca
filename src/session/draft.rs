//! A value on its way into a request.

use std::fmt;

use super::violation::Warning;
use crate::domain::{DomainValue, Invalid};

/// A text that is yet to be checked, or a value that already is.
///
/// Builders take either, so that a text from a form and a value from elsewhere in the program go in alike. `Debug` does not
/// print it.
#[derive(Clone)]
pub struct Draft<T>(State<T>);

#[derive(Clone)]
enum State<T> {
    /// As it was given.
    Text(String),
    /// Checked before.
    Value(T),
    /// Missing or of the wrong JSON type, and recorded as such by the reader of the JSON.
    Reported,
}

impl<T> Draft<T> {
    /// A value whose violation is recorded already.
    pub(super) fn reported() -> Self {
        Self(State::Reported)
    }

    pub(super) fn valid(value: T) -> Self {
        Self(State::Value(value))
    }
}

impl<T: DomainValue + Clone> Draft<T> {
    /// Checks the draft; `None` if its violation is recorded already.
    pub(super) fn check(&self) -> Option<Result<T, Invalid>> {
        match &self.0 {
            State::Text(text) => Some(text.parse()),
            State::Value(value) => Some(Ok(value.clone())),
            State::Reported => None,
        }
    }

    /// Collects what the rules advise against in the value, if it is a valid one.
    pub(super) fn warn(&self, path: &'static str, warnings: &mut Vec<Warning>) {
        if let Some(Ok(value)) = self.check() {
            warnings.extend(value.warnings().map(|rule| Warning::new(path, rule)));
        }
    }
}

impl<T: DomainValue> From<&str> for Draft<T> {
    fn from(text: &str) -> Self {
        Self(State::Text(text.to_owned()))
    }
}

impl<T: DomainValue> From<&String> for Draft<T> {
    fn from(text: &String) -> Self {
        Self(State::Text(text.clone()))
    }
}

impl<T: DomainValue> From<String> for Draft<T> {
    fn from(text: String) -> Self {
        Self(State::Text(text))
    }
}

impl<T: DomainValue> From<T> for Draft<T> {
    fn from(value: T) -> Self {
        Self(State::Value(value))
    }
}

impl<T: DomainValue + Clone> From<&T> for Draft<T> {
    fn from(value: &T) -> Self {
        Self(State::Value(value.clone()))
    }
}

impl<T> fmt::Debug for Draft<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            State::Text(_) => "unchecked [redacted]",
            State::Value(_) => "checked [redacted]",
            State::Reported => "refused",
        })
    }
}
