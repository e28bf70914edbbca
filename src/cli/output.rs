//! Where a demo's steps go: lines with a spinner between them, plain lines, or one JSON document.

use std::io::{self, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::demo::{Outcome, Report, Step};
use super::exit::Exit;
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
        let label = self.look.label();
        self.line(&format!(
            "{label}{:LABELS$}{label:#}{}",
            step.label(),
            step.line()
        ));
    }

    fn waiting(&mut self, what: &str) {
        if let Some(spinner) = &self.spinner {
            spinner.set_message(what.to_owned());
        }
    }

    fn end(&mut self, _: &Report, outcome: &Outcome) {
        if let Some(spinner) = self.spinner.take() {
            spinner.finish_and_clear();
        }
        if let Some(message) = outcome.message() {
            let end = if outcome.exit() == Exit::Good {
                self.look.good()
            } else {
                self.look.bad()
            };
            self.line(&format!("{end}{:LABELS$}{message}{end:#}", "outcome"));
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
