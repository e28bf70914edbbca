//! One at a time for each debt, within one client and its clones: who comes second waits for the first, in order.
//!
//! It saves work and gives a definite answer; what keeps a debt from being collected twice is the guard alone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::DebtKey;

/// The debts that somebody is at.
#[derive(Debug, Default)]
pub(super) struct Turns(Mutex<Queues>);

type Queues = HashMap<DebtKey, Arc<tokio::sync::Mutex<()>>>;

/// A place in the queue of one debt.
pub(super) struct Place<'a> {
    turns: &'a Turns,
    debt: &'a DebtKey,
    queue: Arc<tokio::sync::Mutex<()>>,
}

impl Turns {
    pub(super) fn place<'a>(&'a self, debt: &'a DebtKey) -> Place<'a> {
        let queue = Arc::clone(self.queues().entry(debt.clone()).or_default());
        Place {
            turns: self,
            debt,
            queue,
        }
    }

    fn queues(&self) -> MutexGuard<'_, Queues> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place<'_> {
    /// Waits until nobody is before this place.
    pub(super) async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.queue.lock().await
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut queues = self.turns.queues();
        // Places are taken and left under the same lock. Counted before it is let go of, of two that are left at once
        // each would see the other.
        drop(std::mem::take(&mut self.queue));
        if let Some(queue) = queues.get(self.debt)
            && Arc::strong_count(queue) == 1
        {
            queues.remove(self.debt);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[tokio::test]
    async fn a_queue_lasts_as_long_as_anybody_is_in_it() {
        let turns = Turns::default();
        let (one, two) = (DebtKey::new("1").unwrap(), DebtKey::new("2").unwrap());
        let (first, other) = (turns.place(&one), turns.place(&two));
        let turn = first.turn().await;
        let second = turns.place(&one);
        assert!(second.queue.try_lock().is_err() && other.queue.try_lock().is_ok());
        drop(turn);
        drop(first);
        let third = turns.place(&one);
        let turn = second.turn().await;
        assert!(third.queue.try_lock().is_err(), "the queue was kept");
        drop(turn);
        drop((second, third, other));
        assert!(turns.queues().is_empty());
    }
}
