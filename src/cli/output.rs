//! Where a demo's steps go: lines with a spinner between them, plain lines, or one JSON document.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;

use super::demo::{Outcome, Report, Step};
use super::exit::Exit;
use super::problem::visible;
use super::terminal::Look;

/// Takes what a demo has to tell.
pub(super) trait Sink {
    /// Says what is about to run, and where.
    fn begin(&mut self, heading: &str);

    /// Shows a step.
    fn step(&mut self, step: &Step);

    /// Says what is waited for, where something moves to show that it is.
    fn waiting(&mut self, what: &str);

    /// Shows how it ended.
    fn end(&mut self, report: &Report, outcome: &Outcome);

    /// The first write that failed. Nothing is written after it.
    fn failure(&self) -> Option<&io::Error>;

    /// Whether the reader has gone away.
    fn is_unread(&self) -> bool {
        self.failure()
            .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    }
}

/// How wide the labels are.
const LABELS: usize = 14;

/// Lines for a person.
pub(super) struct Lines<'a> {
    out: &'a mut dyn Write,
    errors: &'a mut dyn Write,
    look: Look,
    spinner: Option<ProgressBar>,
    failure: Option<io::Error>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(out: &'a mut dyn Write, errors: &'a mut dyn Write, look: Look) -> Self {
        let spinner = look.spinner.then(|| {
            let spinner = ProgressBar::new_spinner();
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
                spinner.set_style(style);
            }
            spinner.enable_steady_tick(Duration::from_millis(100));
            spinner
        });
        Self {
            out,
            errors,
            look,
            spinner,
            failure: None,
        }
    }

    /// Writes a labelled line.
    pub(super) fn entry(&mut self, label: &str, text: &str) {
        let style = self.look.label();
        let text = visible(text);
        self.line(&format!("{style}{label:LABELS$}{style:#}{text}"));
    }

    /// Writes how it ended, and nothing moves any more.
    pub(super) fn outcome(&mut self, message: &str, exit: Exit) {
        self.stop();
        let end = if exit == Exit::Good {
            self.look.good()
        } else {
            self.look.bad()
        };
        let message = visible(message);
        self.line(&format!("{end}{:LABELS$}{message}{end:#}", "outcome"));
    }

    /// Takes the spinner away.
    pub(super) fn stop(&mut self) {
        if let Some(spinner) = self.spinner.take() {
            spinner.finish_and_clear();
        }
    }

    fn line(&mut self, line: &str) {
        if self.failure.is_some() {
            return;
        }
        let out = &mut *self.out;
        let mut write = || writeln!(out, "{line}").and_then(|()| out.flush());
        let written = match &self.spinner {
            Some(spinner) => spinner.suspend(write),
            None => write(),
        };
        self.failure = written.err();
    }
}

impl Sink for Lines<'_> {
    fn begin(&mut self, heading: &str) {
        self.line(heading);
        self.line("");
    }

    fn step(&mut self, step: &Step) {
        self.entry(step.label(), &step.line());
    }

    fn waiting(&mut self, what: &str) {
        if let Some(spinner) = &self.spinner {
            spinner.set_message(what.to_owned());
        }
    }

    fn end(&mut self, _: &Report, outcome: &Outcome) {
        self.stop();
        if let Some(message) = outcome.message() {
            self.outcome(message, outcome.exit());
        }
        if let Some(problem) = outcome.problem()
            && !self.is_unread()
        {
            // When standard error is gone too, nobody is there to be told.
            let _ = problem.write(self.errors);
        }
    }

    fn failure(&self) -> Option<&io::Error> {
        self.failure.as_ref()
    }
}

/// One document at the end.
pub(super) struct Json<'a> {
    out: &'a mut dyn Write,
    failure: Option<io::Error>,
}

impl<'a> Json<'a> {
    pub(super) fn new(out: &'a mut dyn Write) -> Self {
        Self { out, failure: None }
    }
}

impl Sink for Json<'_> {
    fn begin(&mut self, _: &str) {}

    fn step(&mut self, _: &Step) {}

    fn waiting(&mut self, _: &str) {}

    fn end(&mut self, report: &Report, _: &Outcome) {
        let document = serde_json::to_string_pretty(report).map_err(io::Error::from);
        let written = document
            .and_then(|document| writeln!(self.out, "{document}"))
            .and_then(|()| self.out.flush());
        self.failure = written.err();
    }

    fn failure(&self) -> Option<&io::Error> {
        self.failure.as_ref()
    }
}

/// A JSON document as text, in which no control character is left but the line breaks between its lines. JSON itself leaves
/// some that a terminal obeys.
pub(super) fn json_text(document: &Value) -> String {
    escaped(&format!("{document:#}"))
}

/// The same on one line.
pub(super) fn json_line(document: &Value) -> String {
    escaped(&document.to_string())
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() && character != '\n' {
            // Writing to a String cannot fail.
            let _ = write!(safe, "\\u{:04x}", u32::from(character));
        } else {
            safe.push(character);
        }
    }
    safe
}

/// The members of two JSON objects in one; those of the second count where both have one.
pub(super) fn merged(first: Value, second: Value) -> Value {
    match (first, second) {
        (Value::Object(mut first), Value::Object(second)) => {
            first.extend(second);
            Value::Object(first)
        }
        (first, _) => first,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn no_control_character_is_left_in_a_document_and_it_says_the_same() {
        let document = json!({ "a": "\u{1b}[31m\u{7f}\u{9b}\n" });
        for text in [json_text(&document), json_line(&document)] {
            let plain = text.replace('\n', "");
            assert!(!plain.chars().any(char::is_control), "{text:?}");
            assert_eq!(
                serde_json::from_str::<Value>(&text).ok(),
                Some(document.clone())
            );
        }
    }
}
