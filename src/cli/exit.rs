//! The exit codes, which scripts may rely on.

use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// 0: it ran, and nothing is wrong; for a payment, the debit is scheduled.
    Good,
    /// 1: it ran, and what it looked at is bad; for a payment, it ended without a debit.
    Bad,
    /// 2: it could not run, or not to its end.
    CouldNotRun,
}

impl Exit {
    /// Returns the number that the shell sees.
    pub(super) fn code(self) -> u8 {
        match self {
            Self::Good => 0,
            Self::Bad => 1,
            Self::CouldNotRun => 2,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
