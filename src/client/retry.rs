//! Which attempt may be followed by another one: a table, and the pause between the two.

use std::time::Duration;

use super::{Error, ErrorKind, Operation};

/// How far an attempt came that did not succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fate {
    /// No connection came about, or no time was left to begin: no byte of the request left.
    NeverSent,
    /// The request may have left, and no whole answer came.
    MaybeSent,
    /// A whole 401.
    Unauthorized,
    /// A whole 429 or 503: come back later.
    Busy,
    /// A whole 408, 425, 500, 502 or 504: the server, or a proxy before it, faltered.
    Faltered,
    /// Any other whole answer, or an answer or a certificate that will not be better the next time.
    Settled,
}

/// What follows a [`Fate`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verdict {
    /// The same request once more, after a pause.
    Again,
    /// The same request once more, with another token; once only.
    NewToken,
    /// Once more, if the client was set up for it by [`Retries::also_when_busy`].
    IfAsked,
    /// The failure is the answer.
    Never,
}

/// One row of [`RETRY_TABLE`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryRow {
    /// The operation.
    pub operation: Operation,
    /// After [`Fate::NeverSent`].
    pub never_sent: Verdict,
    /// After [`Fate::MaybeSent`].
    pub maybe_sent: Verdict,
    /// After [`Fate::Unauthorized`].
    pub unauthorized: Verdict,
    /// After [`Fate::Busy`].
    pub busy: Verdict,
    /// After [`Fate::Faltered`].
    pub faltered: Verdict,
}

impl Fate {
    /// Every one.
    pub const ALL: &'static [Fate] = &[
        Fate::NeverSent,
        Fate::MaybeSent,
        Fate::Unauthorized,
        Fate::Busy,
        Fate::Faltered,
        Fate::Settled,
    ];

    /// Returns how far the attempt came that ended in `error`.
    #[must_use]
    pub fn of(error: &Error) -> Self {
        let whole = error.raw().is_none_or(super::RawResponse::is_complete);
        match error.kind() {
            ErrorKind::Connect | ErrorKind::NotSent => Self::NeverSent,
            ErrorKind::Timeout | ErrorKind::Interrupted => Self::MaybeSent,
            _ => match error.status() {
                // A 401 whose body is too long or compressed. Not for sure a whole one, and credentials that are refused
                // are not sent once more on a guess.
                Some(401) if !whole => Self::Settled,
                // Of an answer that was cut short, not even the status counts.
                Some(408 | 425 | 429 | 500 | 502 | 503 | 504) if !whole => Self::MaybeSent,
                Some(401) => Self::Unauthorized,
                Some(429 | 503) => Self::Busy,
                Some(408 | 425 | 500 | 502 | 504) => Self::Faltered,
                _ => Self::Settled,
            },
        }
    }
}

/// A read, or anything else that is the same whether it is done once or twice.
const fn repeatable(operation: Operation) -> RetryRow {
    RetryRow {
        operation,
        never_sent: Verdict::Again,
        maybe_sent: Verdict::Again,
        unauthorized: Verdict::NewToken,
        busy: Verdict::Again,
        faltered: Verdict::Again,
    }
}

/// What must not be done twice.
const fn once_only(operation: Operation) -> RetryRow {
    RetryRow {
        operation,
        never_sent: Verdict::Again,
        maybe_sent: Verdict::Never,
        unauthorized: Verdict::NewToken,
        busy: Verdict::IfAsked,
        faltered: Verdict::Never,
    }
}

/// Which attempt may be followed by another one.
///
/// | Operation | never sent | maybe sent | 401 | 429, 503 | 408, 425, 500, 502, 504 |
/// |---|---|---|---|---|---|
/// | `authorize` | again | again | never | again | again |
/// | `createSession` | again | never | new token | if asked | never |
/// | `getSessionStatus` | again | again | new token | again | again |
/// | `getSessionDetails` | again | again | new token | again | again |
/// | `cancelSession` | again | again | new token | again | again |
/// | `confirmGuarantee` | again | never | new token | if asked | never |
///
/// *Never sent* means that no connection came about, or that the call's time was over before it was tried. *Maybe sent* is everything between that and a whole answer: time that
/// ran out, a connection that broke, an answer that stopped half-way. A client cannot tell a request that was lost from
/// one whose answer was lost, so nothing that must not happen twice is sent after it. *New token* means once, with a
/// token that is asked for anew. *If asked* means [`Retries::also_when_busy`]. Any other answer is final:
/// [`Fate::Settled`] is followed by nothing.
pub static RETRY_TABLE: &[RetryRow] = &[
    RetryRow {
        // Credentials that are refused are refused the next time, and a row of refusals may lock an account.
        unauthorized: Verdict::Never,
        ..repeatable(Operation::Authorize)
    },
    once_only(Operation::CreateSession),
    repeatable(Operation::GetSessionStatus),
    repeatable(Operation::GetSessionDetails),
    repeatable(Operation::CancelSession),
    once_only(Operation::ConfirmGuarantee),
];

/// Returns what [`RETRY_TABLE`] says.
#[must_use]
pub fn verdict(operation: Operation, fate: Fate) -> Verdict {
    let Some(row) = RETRY_TABLE.iter().find(|row| row.operation == operation) else {
        return Verdict::Never;
    };
    match fate {
        Fate::NeverSent => row.never_sent,
        Fate::MaybeSent => row.maybe_sent,
        Fate::Unauthorized => row.unauthorized,
        Fate::Busy => row.busy,
        Fate::Faltered => row.faltered,
        Fate::Settled => Verdict::Never,
    }
}

/// How often and how soon an attempt is followed by another one. What may be followed at all is in [`RETRY_TABLE`].
///
/// Pauses are drawn evenly between nothing and a bound that doubles from one to the next, so that many clients do not
/// come back at once. `Retry-After` is waited for on top, unless the call's time ends before it: then the failure is
/// returned at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retries {
    pub(super) attempts: u32,
    pub(super) first_pause: Duration,
    pub(super) longest_pause: Duration,
    pub(super) also_when_busy: bool,
}

impl Default for Retries {
    /// At most four requests, with pauses of at most 0.5, 1 and 2 s.
    fn default() -> Self {
        Self {
            attempts: 4,
            first_pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(8),
            also_when_busy: false,
        }
    }
}

impl Retries {
    /// One call is one request, whatever happens to it: no second attempt, no fresh token after a 401, no look at the
    /// status when a cancellation is refused. A token that the call needs is still fetched before it, and the status is
    /// asked for with a token at once.
    #[must_use]
    pub fn off() -> Self {
        Self {
            attempts: 1,
            ..Self::default()
        }
    }

    /// Sets how many requests one call may send at most, the first one included. 1 is [`off`](Self::off), and so is 0. One
    /// that is repeated with a new token after a 401 is not counted.
    #[must_use]
    pub fn attempts(mut self, most: u32) -> Self {
        self.attempts = most.max(1);
        self
    }

    /// Sets the bound of the first pause, and the one that the bounds of later pauses do not pass.
    #[must_use]
    pub fn pauses(mut self, first: Duration, longest: Duration) -> Self {
        self.first_pause = first;
        self.longest_pause = longest;
        self
    }

    /// Sends creates and guarantee decisions again after a whole 429 or 503, too.
    ///
    /// Both answers say that nothing was done. Whether a proxy in front of Flinks is right when it says so is for the
    /// caller to know; without this they are returned, with [`Error::retry_after`].
    #[must_use]
    pub fn also_when_busy(mut self, yes: bool) -> Self {
        self.also_when_busy = yes;
        self
    }

    pub(super) fn are_off(&self) -> bool {
        self.attempts <= 1
    }

    /// The bound of the pause after `failed` failed attempts.
    pub(super) fn bound(&self, failed: u32) -> Duration {
        let doublings = failed.saturating_sub(1).min(31);
        self.first_pause
            .saturating_mul(1_u32 << doublings)
            .min(self.longest_pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_each_operation_once_and_the_documentation_says_the_same() {
        let operations: Vec<Operation> = RETRY_TABLE.iter().map(|row| row.operation).collect();
        assert_eq!(operations, Operation::ALL);
        let said = |verdict| match verdict {
            Verdict::Again => "again",
            Verdict::NewToken => "new token",
            Verdict::IfAsked => "if asked",
            Verdict::Never => "never",
        };
        let documentation: Vec<&str> = include_str!("retry.rs")
            .lines()
            .filter_map(|line| line.strip_prefix("/// | `"))
            .collect();
        let table: Vec<String> = RETRY_TABLE
            .iter()
            .map(|row| {
                let cells: Vec<&str> = Fate::ALL
                    .iter()
                    .filter(|fate| **fate != Fate::Settled)
                    .map(|fate| said(verdict(row.operation, *fate)))
                    .collect();
                format!("{}` | {} |", row.operation, cells.join(" | "))
            })
            .collect();
        assert_eq!(table, documentation);
    }

    #[test]
    fn what_must_not_happen_twice_is_never_sent_after_it_may_have_been() {
        for operation in Operation::ALL
            .iter()
            .copied()
            .filter(|one| !one.is_repeatable())
        {
            for fate in [Fate::MaybeSent, Fate::Faltered, Fate::Settled] {
                assert_eq!(
                    verdict(operation, fate),
                    Verdict::Never,
                    "{operation} {fate:?}"
                );
            }
        }
    }

    #[test]
    fn bounds_double_up_to_the_longest_and_never_overflow() {
        let retries = Retries::default();
        let bounds: Vec<u128> = (1..=7)
            .map(|failed| retries.bound(failed).as_millis())
            .collect();
        assert_eq!(bounds, [500, 1000, 2000, 4000, 8000, 8000, 8000]);
        assert_eq!(retries.bound(0), retries.first_pause);
        for failed in [32, 33, 64, u32::MAX] {
            assert_eq!(retries.bound(failed), retries.longest_pause, "{failed}");
        }
        let endless = Retries::default().pauses(Duration::MAX, Duration::MAX);
        assert_eq!(endless.bound(64), Duration::MAX);
        assert!(Retries::default().attempts(0).are_off() && Retries::off().are_off());
    }
}
