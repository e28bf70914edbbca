//! A run in lines.

use std::fmt;

use super::report::{Drift, RunReport};
use crate::contract::tour::Outcome;

impl Outcome {
    /// The outcome in a line.
    #[must_use]
    pub fn line(&self) -> String {
        let Self { name, held, .. } = self;
        match (&self.skipped, self.failures.len()) {
            (Some(why), _) => format!("skipped  {name}: {why}"),
            (None, 0) => format!("held     {name}: {held} expectations"),
            (None, failed) => format!(
                "DRIFT    {name}: {failed} of {} expectations",
                held + failed
            ),
        }
    }
}

/// The lines that come after those of the scenarios.
impl fmt::Display for RunReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tally = &self.witnesses;
        match (&tally.skipped, tally.asked) {
            (Some(why), 0) => writeln!(f, "skipped  witnesses: {why}")?,
            (Some(why), asked) => writeln!(f, "asked    {asked} witnesses: {why}")?,
            (None, asked) => writeln!(f, "asked    {asked} witnesses")?,
        }
        for drift in &self.drift {
            writeln!(f, "\n{drift}")?;
        }
        writeln!(f)?;
        let of = self.scenarios.len();
        let (played, held) = (self.played(), self.held());
        writeln!(
            f,
            "{played} of {of} scenarios played, {held} expectations held"
        )?;
        let (sessions, open) = (self.sessions, self.left_open);
        writeln!(f, "{sessions} sessions created, {open} left open")?;
        if let Some(why) = &self.stopped {
            writeln!(f, "not to its end: {why}")?;
        }
        match self.drift.len() {
            0 => writeln!(f, "no drift"),
            1 => writeln!(f, "1 departure"),
            more => writeln!(f, "{more} departures"),
        }
    }
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.expected)?;
        writeln!(f, "  found by  {}", self.scenario)?;
        writeln!(f, "  from      {}", self.constraint)?;
        writeln!(f, "  sent      {}", self.sent)?;
        write!(f, "  received  {}", self.received)?;
        match &self.says {
            Some(says) => write!(f, "\n  it says   {says}"),
            None => Ok(()),
        }
    }
}
