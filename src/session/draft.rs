//! A value on its way into a request.

use std::fmt;

use super::violation::Warning;
use crate::domain::{DomainValue, Invalid};

/// A value of a request, or what was wrong with the text that was given for it.
///
/// Builders take a text or a value, so that one from a form and one from elsewhere in the program go in alike. A text is
/// checked here, at once, and `build` tells what came of it. `Debug` does not print it.
#[derive(Clone)]
pub struct Draft<T>(State<T>);

#[derive(Clone)]
enum State<T> {
    Value(T),
    /// Boxed, for it is rare, and larger than most values.
    Invalid(Box<Invalid>),
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

impl<T: DomainValue> Draft<T> {
    /// Returns what came of the check; `None` if the violation is recorded already.
    pub(super) fn check(self) -> Option<Result<T, Invalid>> {
        match self.0 {
            State::Value(value) => Some(Ok(value)),
            State::Invalid(invalid) => Some(Err(*invalid)),
            State::Reported => None,
        }
    }

    /// Collects what the rules advise against in the value, if it is a valid one.
    pub(super) fn warn(&self, path: &'static str, warnings: &mut Vec<Warning>) {
        if let State::Value(value) = &self.0 {
            warnings.extend(value.warnings().map(|rule| Warning::new(path, rule)));
        }
    }
}

impl<T: DomainValue> From<&str> for Draft<T> {
    fn from(text: &str) -> Self {
        Self(match text.parse() {
            Ok(value) => State::Value(value),
            Err(invalid) => State::Invalid(Box::new(invalid)),
        })
    }
}

impl<T: DomainValue> From<&String> for Draft<T> {
    fn from(text: &String) -> Self {
        Self::from(&**text)
    }
}

impl<T: DomainValue> From<String> for Draft<T> {
    fn from(text: String) -> Self {
        Self::from(&*text)
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
            State::Value(_) => "checked [redacted]",
            State::Invalid(_) | State::Reported => "refused",
        })
    }
}
