//! What the asynchronous client tells as streams, as iterators.

use std::fmt;
use std::sync::Arc;

use super::runtime::Runtime;
use crate::SessionId;
use crate::watch::{Progress, Reconciled, WaitError};

/// The progress of one session; made by [`Client::watch`](super::Client::watch). Each step of the iterator waits for the next
/// item; the last one is [`Progress::Settled`] or the error.
#[must_use = "nothing is read unless it is iterated over"]
pub struct Watch {
    // Before the runtime: what it holds ends before what it runs on.
    pub(super) watch: crate::watch::Watch,
    pub(super) runtime: Arc<Runtime>,
}

impl Watch {
    /// Returns the session that is watched.
    #[must_use]
    pub fn session_id(&self) -> &SessionId {
        self.watch.session_id()
    }
}

impl Iterator for Watch {
    type Item = Result<Progress, WaitError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.runtime.wait(self.watch.next())
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.watch.fmt(f)
    }
}

/// How each of many sessions stands; made by [`Client::reconcile`](super::Client::reconcile). Each step of the iterator waits
/// for the next session's answer.
#[must_use = "nothing is read unless it is iterated over"]
pub struct Reconcile<'a> {
    pub(super) reconcile: crate::watch::Reconcile<'a>,
    pub(super) runtime: Arc<Runtime>,
}

impl Iterator for Reconcile<'_> {
    type Item = Reconciled;

    fn next(&mut self) -> Option<Reconciled> {
        self.runtime.wait(self.reconcile.next())
    }
}

impl fmt::Debug for Reconcile<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reconcile").finish_non_exhaustive()
    }
}
