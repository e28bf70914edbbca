//! A guard in memory: one process, as long as it runs.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

#[cfg(doc)]
use super::Noted;
use super::guard::Answer;
use super::{Abandoned, DebtKey, Guard, GuardError, Lost, Standing};
use crate::clock::{Clock, SystemClock};
use crate::domain::{GuaranteedReferenceId, SessionId};

/// Keeps standings in memory: for one process, and until it ends. A session that is live then is not known afterwards:
/// tell it with [`Resolution::Session`](super::Resolution), or use a guard that lasts.
///
/// It is bounded, and forgets nothing to make room: a debt that is being collected, in doubt or paid would be collected
/// twice. What is refused is the next new debt, with [`GuardError::Full`]. A debt that ended unpaid takes no room; of the
/// sessions that did, the last [`REMEMBERED`](Self::REMEMBERED) are remembered, and as many creates that were in doubt.
///
/// **Paid debts fill it.** Each takes room for as long as the guard lives, unless [`keep_paid_for`](Self::keep_paid_for)
/// says for how long; once they fill it, nothing new is collected. When nine tenths are taken, an event of `tracing` warns
/// of it, once. [`room`](Self::room) tells how much is left.
pub struct MemoryGuard {
    capacity: usize,
    keep_paid: Option<Duration>,
    clock: Arc<dyn Clock>,
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    /// Every debt that is not free.
    debts: HashMap<DebtKey, Standing>,
    sessions: HashMap<SessionId, Vec<DebtKey>>,
    /// Debts by when they were paid; only where they are forgotten one day.
    paid: VecDeque<(Instant, DebtKey)>,
    /// Debts with a create under way or in doubt, by its reference.
    in_doubt: HashMap<GuaranteedReferenceId, Vec<DebtKey>>,
    /// Sessions that ended unpaid and whose they were, the last one last.
    let_go: VecDeque<(SessionId, DebtKey)>,
    /// References of creates that were in doubt, and whose they were, each once, the last one last.
    lost: VecDeque<(GuaranteedReferenceId, DebtKey)>,
    /// Whether it was said that it is nearly full.
    warned: bool,
}

impl MemoryGuard {
    /// How many debts are kept, unless [`capacity`](Self::capacity) says otherwise.
    pub const CAPACITY: usize = 100_000;

    /// How many sessions that ended unpaid are remembered, to notice when one is paid after all ([`Noted::Late`]), and how many
    /// creates that were in doubt, to notice when their session turns up ([`Noted::Stray`]).
    pub const REMEMBERED: usize = 10_000;

    /// Returns an empty guard for [`CAPACITY`](Self::CAPACITY) debts, which keeps those that are paid for as long as it
    /// lives, and follows the machine's clock.
    #[must_use]
    pub fn new() -> Self {
        Self {
            capacity: Self::CAPACITY,
            keep_paid: None,
            clock: Arc::new(SystemClock),
            table: Mutex::default(),
        }
    }

    /// Sets how many debts are kept.
    #[must_use]
    pub fn capacity(mut self, debts: usize) -> Self {
        self.capacity = debts;
        self
    }

    /// Forgets that a debt is paid after a time. From then on nothing here stops it from being collected again: take
    /// longer than any page stays open, any job is retried, and any webhook is late.
    #[must_use]
    pub fn keep_paid_for(mut self, time: Duration) -> Self {
        self.keep_paid = Some(time);
        self
    }

    /// Sets the clock by which paid debts are forgotten.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Returns how many debts are kept. Those that are free are not.
    #[must_use]
    pub fn len(&self) -> usize {
        self.table().debts.len()
    }

    /// Returns how many more debts are kept before new ones are refused.
    #[must_use]
    pub fn room(&self) -> usize {
        self.capacity.saturating_sub(self.len())
    }

    /// Returns whether no debt is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the debts that wait for a person, and how they stand: those that are [doubtful](Standing::Doubtful) or
    /// [held](Standing::Held), in no order. [`Client::resolve`](crate::Client::resolve) takes them off the list.
    #[must_use]
    pub fn unresolved(&self) -> Vec<(DebtKey, Standing)> {
        let waits = |it: &Standing| matches!(it, Standing::Doubtful { .. } | Standing::Held { .. });
        let table = self.table();
        let debts = table.debts.iter().filter(|(_, standing)| waits(standing));
        debts
            .map(|(debt, standing)| (debt.clone(), standing.clone()))
            .collect()
    }

    /// Whether what is found by session is what is kept by debt, no more and no less.
    #[cfg(test)]
    pub(super) fn table_is_clean(&self) -> bool {
        let table = self.table();
        let kept = table
            .debts
            .iter()
            .filter_map(|(debt, standing)| Some((standing.session()?, debt)));
        let mut kept: Vec<_> = kept.collect();
        let found = table
            .sessions
            .iter()
            .flat_map(|(session, debts)| debts.iter().map(move |debt| (session, debt)));
        let mut found: Vec<_> = found.collect();
        kept.sort_unstable();
        found.sort_unstable();
        let doubted = table
            .debts
            .iter()
            .filter_map(|(debt, standing)| Some((standing.reference()?, debt)));
        let mut doubted: Vec<_> = doubted.collect();
        let by_reference = table
            .in_doubt
            .iter()
            .flat_map(|(reference, debts)| debts.iter().map(move |debt| (reference, debt)));
        let mut by_reference: Vec<_> = by_reference.collect();
        doubted.sort_unstable();
        by_reference.sort_unstable();
        kept == found
            && doubted == by_reference
            && !table.in_doubt.values().any(Vec::is_empty)
            && !table.debts.values().any(|it| *it == Standing::Free)
            && !table.sessions.values().any(Vec::is_empty)
    }

    /// The table, without what has had its time.
    fn table(&self) -> MutexGuard<'_, Table> {
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(time) = self.keep_paid {
            let now = self.clock.now();
            while let Some((since, _)) = table.paid.front()
                && now.saturating_duration_since(*since) >= time
                && let Some((_, debt)) = table.paid.pop_front()
            {
                if matches!(table.read(&debt), Standing::Paid { .. }) {
                    table.put(&debt, &Standing::Free);
                }
            }
        }
        table
    }

    fn try_swap(&self, debt: &DebtKey, from: &Standing, to: &Standing) -> Result<bool, GuardError> {
        let mut table = self.table();
        let stands = table.read(debt);
        if stands != *from {
            return Ok(false);
        }
        if stands == Standing::Free && *to != Standing::Free && table.debts.len() >= self.capacity {
            return Err(GuardError::Full {
                capacity: self.capacity,
            });
        }
        let newly_paid =
            !matches!(stands, Standing::Paid { .. }) && matches!(to, Standing::Paid { .. });
        if newly_paid && self.keep_paid.is_some() {
            let now = self.clock.now();
            table.paid.push_back((now, debt.clone()));
        }
        table.put(debt, to);
        let nearly_full = self.capacity - self.capacity / 10;
        let warns = !table.warned && table.debts.len() >= nearly_full;
        table.warned |= warns;
        drop(table);
        // Without the lock: whoever listens may ask the guard.
        if warns {
            tracing::warn!(
                target: "flinks_pay",
                "the guard of debts in memory is nearly full, and will refuse new debts; give it more room, or let it forget \
                 paid debts after a time"
            );
        }
        Ok(true)
    }
}

impl Table {
    fn read(&self, debt: &DebtKey) -> Standing {
        self.debts.get(debt).cloned().unwrap_or(Standing::Free)
    }

    fn put(&mut self, debt: &DebtKey, to: &Standing) {
        let old = match to {
            Standing::Free => self.debts.remove(debt),
            to => self.debts.insert(debt.clone(), to.clone()),
        };
        let old = old.as_ref();
        if let Some(session) = old.and_then(|old| old.lets_go(to))
            // A paid debt that is forgotten after its time was paid.
            && !(matches!(old, Some(Standing::Paid { .. })) && *to == Standing::Free)
        {
            self.let_go.push_back((*session, debt.clone()));
            if self.let_go.len() > MemoryGuard::REMEMBERED {
                self.let_go.pop_front();
            }
        }
        if let Some(reference) = old.and_then(|old| old.ends_doubt(to)) {
            let lost = (reference.clone(), debt.clone());
            self.lost.retain(|known| *known != lost);
            self.lost.push_back(lost);
            if self.lost.len() > MemoryGuard::REMEMBERED {
                self.lost.pop_front();
            }
        }
        let (was, is) = (old.and_then(Standing::session), to.session());
        reindex(&mut self.sessions, debt, was, is);
        let (was, is) = (old.and_then(Standing::reference), to.reference());
        reindex(&mut self.in_doubt, debt, was, is);
    }
}

/// Has a debt found by what it is about now, and no longer by what it was about.
fn reindex<K: Clone + Eq + Hash>(
    index: &mut HashMap<K, Vec<DebtKey>>,
    debt: &DebtKey,
    was: Option<&K>,
    is: Option<&K>,
) {
    if let Some(was) = was
        && let Entry::Occupied(mut debts) = index.entry(was.clone())
    {
        debts.get_mut().retain(|known| known != debt);
        if debts.get().is_empty() {
            debts.remove();
        }
    }
    if let Some(is) = is {
        index.entry(is.clone()).or_default().push(debt.clone());
    }
}

impl Guard for MemoryGuard {
    fn read<'a>(&'a self, debt: &'a DebtKey) -> Answer<'a, Standing> {
        Box::pin(async move { Ok(self.table().read(debt)) })
    }

    fn swap<'a>(
        &'a self,
        debt: &'a DebtKey,
        from: &'a Standing,
        to: &'a Standing,
    ) -> Answer<'a, bool> {
        Box::pin(async move { self.try_swap(debt, from, to) })
    }

    fn debts_of<'a>(&'a self, session: &'a SessionId) -> Answer<'a, Vec<DebtKey>> {
        Box::pin(async move {
            Ok(self
                .table()
                .sessions
                .get(session)
                .cloned()
                .unwrap_or_default())
        })
    }

    fn former_debts_of<'a>(&'a self, session: &'a SessionId) -> Answer<'a, Vec<DebtKey>> {
        Box::pin(async move {
            // It is searched only for what no debt has and was not unpaid: rarely.
            let mut debts = Vec::new();
            for (known, debt) in &self.table().let_go {
                if known == session && !debts.contains(debt) {
                    debts.push(debt.clone());
                }
            }
            Ok(debts)
        })
    }

    fn lost_under<'a>(&'a self, reference: &'a GuaranteedReferenceId) -> Answer<'a, Lost> {
        Box::pin(async move {
            let table = self.table();
            let in_doubt = table.in_doubt.get(reference).cloned().unwrap_or_default();
            // It is searched only for sessions that nobody knows.
            let lost = table.lost.iter().filter(|(known, _)| known == reference);
            let before = lost.map(|(_, debt)| debt.clone()).collect();
            Ok(Lost::new(in_doubt, before))
        })
    }

    fn abandoned(&self, debt: &DebtKey, abandoned: Abandoned) {
        let mut table = self.table();
        if let Some(to) = table.read(debt).after(&abandoned) {
            table.put(debt, &to);
        }
    }
}

impl Default for MemoryGuard {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryGuard")
            .field("debts", &self.len())
            .field("capacity", &self.capacity)
            .field("keep_paid", &self.keep_paid)
            .finish_non_exhaustive()
    }
}
