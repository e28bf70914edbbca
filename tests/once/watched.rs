//! A guard in memory that something happens to before it answers.

use std::fmt;
use std::future::pending;

use flinks_pay::client::once::{Answer, Lost};
use flinks_pay::domain::GuaranteedReferenceId;

use super::*;

/// What happens before an answer. It is told what is to be kept, or of a read nothing, and says whether there is an answer at all.
type Before = dyn Fn(Option<&Standing>) -> bool + Send + Sync;

/// A guard in memory that something happens to before it answers.
pub(super) struct Watched {
    guard: MemoryGuard,
    before: Box<Before>,
}

impl Watched {
    pub(super) fn by(
        before: impl Fn(Option<&Standing>) -> bool + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            guard: MemoryGuard::new(),
            before: Box::new(before),
        })
    }
}

impl fmt::Debug for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watched").finish_non_exhaustive()
    }
}

impl Guard for Watched {
    fn read<'a>(&'a self, debt: &'a DebtKey) -> Answer<'a, Standing> {
        if (self.before)(None) {
            self.guard.read(debt)
        } else {
            Box::pin(pending())
        }
    }

    fn swap<'a>(
        &'a self,
        debt: &'a DebtKey,
        from: &'a Standing,
        to: &'a Standing,
    ) -> Answer<'a, bool> {
        if (self.before)(Some(to)) {
            self.guard.swap(debt, from, to)
        } else {
            Box::pin(pending())
        }
    }

    fn debts_of<'a>(&'a self, session: &'a SessionId) -> Answer<'a, Vec<DebtKey>> {
        self.guard.debts_of(session)
    }

    fn lost_under<'a>(&'a self, reference: &'a GuaranteedReferenceId) -> Answer<'a, Lost> {
        self.guard.lost_under(reference)
    }
}
