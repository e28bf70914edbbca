//! Why a command could not run: what is wrong, why, and what to do about it.

use std::error::Error;
use std::fmt;
use std::io::{self, Write};

use flinks_pay::domain::{Found, Rule};
use serde::Serialize;

/// A reason for exit code 2.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Problem {
    #[serde(rename = "problem")]
    what: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    remedy: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    violations: Vec<Broken>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    standing: Option<Box<Standing>>,
}

/// A rule that a request breaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Broken {
    path: String,
    rule: &'static str,
    expected: String,
    found: String,
}

impl Broken {
    /// Takes what was found at a path of the request.
    pub(super) fn new(path: &str, rule: &'static Rule, found: &Found) -> Self {
        Self {
            path: visible(path),
            rule: rule.id,
            expected: rule.expectation(),
            found: found.to_string(),
        }
    }

    /// Where in the request.
    pub(super) fn path(&self) -> &str {
        &self.path
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            path,
            rule,
            expected,
            found,
        } = self;
        let path = if path.is_empty() { "the request" } else { path };
        write!(
            f,
            "{path}: expected {expected}, found {found} (rule {rule})"
        )
    }
}

/// How a payment stands that could not be followed to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Standing {
    /// Whole: it is what somebody needs to cancel the session.
    pub(super) session_id: Option<String>,
    /// Whether the call that failed may have been carried out all the same.
    pub(super) maybe_applied: bool,
    /// The same in words, with the last status that was seen.
    #[serde(rename = "standing")]
    pub(super) says: String,
}

impl Problem {
    /// Says what is wrong and what to do, as fragments without a full stop.
    pub(super) fn new(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            what: visible(&what.into()),
            why: None,
            remedy: visible(&remedy.into()),
            violations: Vec::new(),
            standing: None,
        }
    }

    /// Adds the reason in words.
    pub(super) fn because(mut self, why: impl AsRef<str>) -> Self {
        self.why = Some(visible(why.as_ref()));
        self
    }

    /// Adds an error with everything behind it.
    pub(super) fn caused_by(self, error: &dyn Error) -> Self {
        self.because(chain(error))
    }

    /// Adds every rule that is broken.
    pub(super) fn breaking(mut self, violations: Vec<Broken>) -> Self {
        self.violations = violations;
        self
    }

    /// Adds how the payment stands.
    pub(super) fn leaving(mut self, standing: Standing) -> Self {
        self.standing = Some(Box::new(standing));
        self
    }

    /// Writes it for a person, one line for each part.
    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let Self {
            what,
            why,
            remedy,
            violations,
            standing,
        } = self;
        writeln!(out, "error: {what}")?;
        if let Some(why) = why {
            writeln!(out, "  why: {why}")?;
        }
        for broken in violations {
            writeln!(out, "  {broken}")?;
        }
        if let Some(standing) = standing {
            if let Some(id) = &standing.session_id {
                writeln!(out, "  session: {id}")?;
            }
            writeln!(out, "  payment: {}", standing.says)?;
        }
        writeln!(out, "  what to do: {remedy}")
    }
}

/// The messages of an error and of its causes. A cause that its effect repeats is left out.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let message = error.to_string();
        if !text.contains(&message) {
            text.push_str(": ");
            text.push_str(&message);
        }
        cause = error.source();
    }
    text
}

/// Returns the text with control characters escaped: part of it may come from a server or from the command line.
pub(super) fn visible(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() {
            safe.extend(character.escape_default());
        } else {
            safe.push(character);
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("outer")]
    struct Outer(#[source] Inner);

    #[derive(Debug, thiserror::Error)]
    #[error("inner \u{1b}[31m")]
    struct Inner;

    #[test]
    fn a_problem_says_what_why_how_it_stands_and_what_to_do() {
        let problem = Problem::new("no answer", "try again")
            .caused_by(&Outer(Inner))
            .leaving(Standing {
                session_id: Some("an-id".to_owned()),
                maybe_applied: false,
                says: "as last seen".to_owned(),
            });
        let mut text = Vec::new();
        assert!(problem.write(&mut text).is_ok());
        assert_eq!(
            String::from_utf8_lossy(&text),
            "error: no answer\n  why: outer: inner \\u{1b}[31m\n  session: an-id\n  payment: as last seen\n  \
             what to do: try again\n"
        );
    }
}
