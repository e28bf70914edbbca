//! Many changes, and every core at work on them.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::{Fate, Mutant};
use crate::contract::ContractError;

/// Changes that are taken one after the other, by whichever thread is free.
pub(super) struct Queue<'q> {
    mutants: &'q [Mutant],
    told: &'q (dyn Fn(usize) + Sync),
    next: AtomicUsize,
    done: AtomicUsize,
}

impl Queue<'_> {
    /// What becomes of each change that this thread takes, with its number.
    pub(super) fn each(&self, fate: impl Fn(&Mutant) -> Fate) -> Vec<(usize, Fate)> {
        let mut fates = Vec::new();
        loop {
            let index = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(mutant) = self.mutants.get(index) else {
                return fates;
            };
            fates.push((index, fate(mutant)));
            (self.told)(self.done.fetch_add(1, Ordering::Relaxed) + 1);
        }
    }
}

/// What becomes of each change, in their order. `work` runs on a thread for each core; `told` is called after each change, with how
/// many are done.
pub(super) fn in_turn(
    mutants: &[Mutant],
    told: impl Fn(usize) + Sync,
    work: impl Fn(&Queue<'_>) -> Result<Vec<(usize, Fate)>, ContractError> + Sync,
) -> Result<Vec<Fate>, ContractError> {
    let queue = Queue {
        mutants,
        told: &told,
        next: AtomicUsize::new(0),
        done: AtomicUsize::new(0),
    };
    let workers = thread::available_parallelism().map_or(1, NonZero::get);
    let mut fates = thread::scope(|scope| {
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(|| work(&queue))).collect();
        let mut fates = Vec::new();
        for worker in workers {
            match worker.join() {
                Ok(done) => fates.extend(done?),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        Ok::<_, ContractError>(fates)
    })?;
    fates.sort_by_key(|(index, _)| *index);
    Ok(fates.into_iter().map(|(_, fate)| fate).collect())
}
