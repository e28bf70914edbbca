//! What the two streams can show: plain lines, or colour and a spinner.

use std::io::{self, IsTerminal};

use anstyle::{AnsiColor, Style};

use super::variable;

/// How standard output is written.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Look {
    /// Escape sequences for colour.
    colour: bool,
    /// A spinner on standard error, between the lines.
    pub(super) spinner: bool,
}

impl Look {
    /// Finds out what the streams are. Colour only on a terminal that has it and without `NO_COLOR` (no-color.org);
    /// a spinner only where both streams are one terminal, so that it is never in the way of a file.
    pub(super) fn detect() -> Self {
        let out = io::stdout().is_terminal();
        let moves = variable::filled("TERM").is_none_or(|term| term != "dumb");
        Self {
            colour: out && moves && variable::filled("NO_COLOR").is_none(),
            spinner: out && moves && io::stderr().is_terminal(),
        }
    }

    /// The label of a line.
    pub(super) fn label(self) -> Style {
        self.only(AnsiColor::Cyan.on_default())
    }

    /// A good end.
    pub(super) fn good(self) -> Style {
        self.only(AnsiColor::Green.on_default().bold())
    }

    /// A bad end.
    pub(super) fn bad(self) -> Style {
        self.only(AnsiColor::Red.on_default().bold())
    }

    fn only(self, style: Style) -> Style {
        if self.colour { style } else { Style::new() }
    }
}
