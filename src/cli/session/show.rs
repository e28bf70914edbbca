//! An answer as aligned lines, or as one JSON document.

use std::io::{self, Write};

use flinks_pay::domain::{ReportedReference, SessionId};
use serde_json::{Value, json};

use crate::cli::SCHEMA_VERSION;
use crate::cli::args::Format;
use crate::cli::exit::Exit;
use crate::cli::output::{json_text, merged};
use crate::cli::problem::visible;
use crate::cli::seen::StatusSeen;
use crate::cli::terminal::Look;

/// How wide the labels are at least.
const LABELS: usize = 14;

/// The lines of an answer.
#[derive(Default)]
pub(super) struct Answer(Vec<(String, String)>);

impl Answer {
    /// Begins with the session. Its id and reference are whole: this is the command line.
    pub(super) fn new(session: &SessionId, reference: Option<&ReportedReference>) -> Self {
        let mut answer = Self::default();
        answer.row("session", session.expose());
        if let Some(reference) = reference {
            answer.row("reference", reference.expose());
        }
        answer
    }

    pub(super) fn row(&mut self, label: impl Into<String>, value: impl Into<String>) {
        self.0.push((label.into(), value.into()));
    }

    pub(super) fn status(&mut self, seen: &StatusSeen) {
        self.row("status", format!("{}: {}", seen.name(), seen.meaning()));
    }

    /// Adds a line for each value inside, named by its path in the contract.
    pub(super) fn rows_of(&mut self, path: &str, value: &Value) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    let path = if path.is_empty() {
                        name.clone()
                    } else {
                        format!("{path}.{name}")
                    };
                    self.rows_of(&path, member);
                }
            }
            Value::String(text) => self.row(path, text.as_str()),
            Value::Null => {}
            other => self.row(path, other.to_string()),
        }
    }

    /// Prints the lines, or the document with the version, the departures and the outcome of a call that worked.
    pub(super) fn print(
        mut self,
        format: Format,
        document: Value,
        departures: Vec<String>,
    ) -> io::Result<()> {
        let mut out = io::stdout();
        match format {
            Format::Text => {
                for departure in departures {
                    self.row("odd answer", departure);
                }
                self.lines(&mut out, Look::detect())
            }
            Format::Json => {
                let document = merged(
                    document,
                    json!({
                        "schema_version": SCHEMA_VERSION,
                        "departures": departures,
                        "outcome": { "result": "answered", "exit_code": Exit::Good.code() },
                    }),
                );
                writeln!(out, "{}", json_text(&document)).and_then(|()| out.flush())
            }
        }
    }

    fn lines(&self, out: &mut dyn Write, look: Look) -> io::Result<()> {
        let rows = self.0.iter().map(|(label, value)| (visible(label), value));
        let rows: Vec<_> = rows.collect();
        let longest = rows
            .iter()
            .map(|(label, _)| label.chars().count() + 2)
            .max();
        let width = longest.unwrap_or_default().max(LABELS);
        let style = look.label();
        for (label, value) in rows {
            writeln!(out, "{style}{label:width$}{style:#}{}", visible(value))?;
        }
        out.flush()
    }
}
