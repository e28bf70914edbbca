//! A table with a column for each operation, which is printed and kept as a snapshot.
#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    reason = "each test program uses a part of it"
)]

use std::fmt::Write as _;
use std::io::Write as _;

use flinks_pay::client::Operation;

pub struct Table {
    text: String,
    /// How wide the names of the lines are.
    names: usize,
}

impl Table {
    pub fn new(title: &str, names: usize) -> Self {
        let mut text = format!("{title}\n{:names$}", "");
        for operation in Operation::ALL {
            write!(text, " | {:18}", operation.id()).unwrap();
        }
        text.push('\n');
        Self { text, names }
    }

    /// Begins a line.
    pub fn line(&mut self, name: &str) -> Line<'_> {
        write!(self.text, "{name:width$}", width = self.names).unwrap();
        Line(&mut self.text)
    }

    /// Shows it past the capture of the test harness, as it is to be seen, and holds it against the snapshot.
    pub fn keep(&self, snapshot: &str) {
        let seen = format!("\n{}\n", self.text);
        std::io::stderr().write_all(seen.as_bytes()).unwrap();
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path("../../snapshots");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!(snapshot, self.text));
    }
}

/// A line, which ends when it is dropped.
pub struct Line<'t>(&'t mut String);

impl Line<'_> {
    /// Adds how a call ended, and how many requests there were.
    pub fn cell(&mut self, outcome: &str, requests: usize) {
        let cell = format!("{outcome} {requests}");
        write!(self.0, " | {cell:18}").unwrap();
    }
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        self.0.push('\n');
    }
}
