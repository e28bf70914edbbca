//! Where it is kept how debts stand.

use std::error::Error as StdError;
use std::fmt::Debug;
use std::pin::Pin;
use std::sync::Arc;

use super::{Abandoned, DebtKey, Standing};
use crate::domain::{GuaranteedReferenceId, SessionId};

/// What a guard answers, when it has it.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, GuardError>> + Send + 'a>>;

/// Keeps how each debt [stands](Standing). The rules are not the guard's: it is a table with an atomic exchange.
///
/// [`MemoryGuard`](super::MemoryGuard) serves one process and forgets with it. Where several processes collect the same
/// debts, or debts outlive a restart, put a database behind this trait: one row for each debt that is not
/// [`Standing::Free`], with the key, the standing as JSON, and the session of [`Standing::session`] and the reference of
/// [`Standing::reference`], each with an index. Two more tables remember what was: see
/// [`former_debts_of`](Self::former_debts_of) and [`lost_under`](Self::lost_under).
///
/// # What it must promise
///
/// - **One at a time.** Of two [`swap`](Self::swap)s from the same standing, whoever makes them, one succeeds. In a
///   database: compare and write in one transaction that locks the row, or `UPDATE .. WHERE standing = ..` and count rows;
///   for a debt without a row, an `INSERT` that fails if there is one.
/// - **Durable before it answers.** A create is sent only after the swap from [`Standing::Claimed`] to
///   [`Standing::Sending`] has succeeded. If that can be lost by a crash, so can the knowledge of a session.
/// - **Nothing is forgotten.** A row goes when the standing becomes free, and otherwise by the operator's decision: one of
///   a paid debt protects the payor for as long as it is there. A guard that has no more room refuses what is new
///   ([`GuardError::Full`]).
///
/// After a crash a row still says `Sending`, and nobody will ever come back for it. That is no session and no absence of
/// one: once the row's `until` has passed, the client takes it for [`Standing::Doubtful`], and the caller
/// [resolves](super::Resolution) it. A row that says `Claimed` is older than its create, and its debt is free again then;
/// should its claimant come back after all, the swap to `Sending` fails, and nothing leaves. A row that says `Replacing` is older than any create; its session is taken for live
/// again, unless it was said to have ended. Clocks of the machines that share a guard should agree to within a minute: a create that would leave in the last
/// minute of its claim or later, as on a machine that slept in between, does not leave. A claim from more than two minutes
/// ahead was made before the clock was set back, and counts as one whose time has passed.
///
/// Every answer is waited for as long as one request to Flinks may take ([`Timeouts::attempt`](crate::client::Timeouts)),
/// but for 20 s at most, and dropped then. As long as no create has left, it is not waited for beyond the time of the call
/// ([`Timeouts::total`](crate::client::Timeouts)) either. What came of a create is written down for 40 s at most, whatever the
/// call's time is, and that nothing came of it for 5 s, or what the call has left. What is not kept by then is told to
/// [`abandoned`](Self::abandoned), and otherwise the claim grows too old.
pub trait Guard: Debug + Send + Sync {
    /// Returns how a debt stands; [`Standing::Free`] for one that is not kept.
    fn read<'a>(&'a self, debt: &'a DebtKey) -> Answer<'a, Standing>;

    /// Puts `to` in the place of `from`, if the debt still stands as `from` says, and returns whether it did. Never
    /// anything in between, and never later than the answer.
    fn swap<'a>(
        &'a self,
        debt: &'a DebtKey,
        from: &'a Standing,
        to: &'a Standing,
    ) -> Answer<'a, bool>;

    /// Returns the debts whose standing has this [session](Standing::session): one, or none. More than one is a mishap of
    /// the server's, of which none may be lost.
    fn debts_of<'a>(&'a self, session: &'a SessionId) -> Answer<'a, Vec<DebtKey>>;

    /// Returns the debts that had this session and [let it go](Standing::lets_go), as far back as the guard remembers. By
    /// them it is noticed that a session which ended unpaid is said to be paid after all: [`Noted::Late`](super::Noted::Late).
    ///
    /// The default remembers none, and such a report is [`Noted::Unknown`](super::Noted::Unknown). In a database: a second
    /// table, of sessions and keys, with a row put in by each [`swap`](Self::swap) that lets a session go.
    fn former_debts_of<'a>(&'a self, session: &'a SessionId) -> Answer<'a, Vec<DebtKey>> {
        let _ = session;
        Box::pin(std::future::ready(Ok(Vec::new())))
    }

    /// Returns the debts with a create under this reference whose session's id nobody has: by them, a report of a session
    /// that nobody knows finds its debt. See [`Client::note_outcome`](crate::Client::note_outcome).
    ///
    /// The default knows none, and such a report is [`Noted::Unknown`](super::Noted::Unknown). In a database:
    /// [`Lost::in_doubt`] is asked for by the [reference](Standing::reference) of the row, and [`Lost::before`] is a table of
    /// references and keys, with a row put in, if it is not there, by each [`swap`](Self::swap) that
    /// [ends a doubt](Standing::ends_doubt), in its transaction. A guard that answers this should
    /// [remember](Self::former_debts_of) the sessions that were let go, too: under one reference, one of those is not to be
    /// taken for the lost one.
    fn lost_under<'a>(&'a self, reference: &'a GuaranteedReferenceId) -> Answer<'a, Lost> {
        let _ = reference;
        Box::pin(std::future::ready(Ok(Lost::default())))
    }

    /// Hears that a claim was dropped half-way: its future was cancelled. Must not block.
    ///
    /// The default does nothing: the claim grows too old, which lasts minutes. The debt is free then if nothing had been
    /// sent, and in doubt otherwise, even if the session is known by now. A guard that can do work in the background
    /// [settles](settle) it there.
    fn abandoned(&self, debt: &DebtKey, abandoned: Abandoned) {
        let _ = (debt, abandoned);
    }
}

/// The debts that a session may be of, by its reference. A reference may be that of several.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lost {
    /// Those whose standing has the [reference](Standing::reference).
    pub in_doubt: Vec<DebtKey>,
    /// Those that had a create [in doubt](Standing::ends_doubt) under it, as far back as the guard remembers. A debt may be
    /// among both.
    pub before: Vec<DebtKey>,
}

impl Lost {
    /// Returns what a guard found.
    #[must_use]
    pub fn new(in_doubt: Vec<DebtKey>, before: Vec<DebtKey>) -> Self {
        Self { in_doubt, before }
    }

    pub(super) fn debts(&self) -> impl Iterator<Item = &DebtKey> {
        self.in_doubt.iter().chain(&self.before)
    }

    /// The debt, where there is just one, and whether it was in doubt before.
    pub(super) fn only(&self) -> Option<(&DebtKey, bool)> {
        let first = self.debts().next()?;
        let alone = self.debts().all(|debt| debt == first);
        alone.then_some((first, !self.before.is_empty()))
    }
}

/// Writes down what follows from a claim that was dropped: free again if nothing had been sent, live if the session is
/// known, doubtful otherwise.
///
/// For [`Guard::abandoned`] of guards with something to run it on, such as `tokio::spawn`.
///
/// # Errors
///
/// Those of the guard. The claim grows too old then, which is safe.
pub async fn settle(
    guard: &dyn Guard,
    debt: &DebtKey,
    abandoned: Abandoned,
) -> Result<(), GuardError> {
    for _ in 0..ROUNDS {
        let from = guard.read(debt).await?;
        let Some(to) = from.after(&abandoned) else {
            return Ok(());
        };
        if guard.swap(debt, &from, &to).await? {
            return Ok(());
        }
    }
    Err(GuardError::Restless)
}

/// How often a swap is tried again because somebody else was faster. Claims are held for a whole create, so two in a row
/// are rare.
pub(super) const ROUNDS: u32 = 32;

/// Why a guard did not answer. Without its answer nothing is created.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum GuardError {
    /// No room for another debt: every one that is kept is live, in doubt or paid, and none may be forgotten.
    #[error(
        "the guard keeps {capacity} debts and none may be forgotten; give it more room, let it forget paid debts after a \
         time, or resolve those in doubt"
    )]
    Full {
        /// How many it keeps.
        capacity: usize,
    },
    /// The store failed.
    #[error("the store of the guard failed")]
    Store(#[source] Arc<dyn StdError + Send + Sync>),
    /// No answer in time. What was asked of the store may have been done.
    #[error("the store of the guard did not answer in time")]
    Slow,
    /// Swap after swap was refused, although nothing else stood in the way.
    #[error(
        "the standing of the debt did not hold still; does the guard compare standings as a whole?"
    )]
    Restless,
}

impl GuardError {
    /// Wraps the failure of a store.
    pub fn store(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Store(Arc::from(error.into()))
    }
}
