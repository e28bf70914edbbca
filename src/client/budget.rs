//! How much a client and its clones may retry in all, so that an outage is not made worse by those who wait for its end.

use std::sync::{Mutex, PoisonError};

/// A bucket that retries draw from and successes fill.
///
/// Full, it lets 20 retries through in a row. Each call that succeeds gives back what its last retry took, or a fifth of a
/// retry if it needed none: in a lasting outage at most one call in five is sent again.
#[derive(Debug)]
pub(crate) struct Budget(Mutex<u32>);

impl Budget {
    pub(crate) const FULL: u32 = 100;
    pub(crate) const RETRY: u32 = 5;

    pub(crate) fn full() -> Self {
        Self(Mutex::new(Self::FULL))
    }

    /// Takes what a retry costs, if it is there.
    pub(crate) fn take(&self) -> bool {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let after = left.checked_sub(Self::RETRY);
        *left = after.unwrap_or(*left);
        after.is_some()
    }

    /// Gives back for a call that succeeded.
    pub(crate) fn give_back(&self, retried: bool) {
        let gift = if retried { Self::RETRY } else { 1 };
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *left = left.saturating_add(gift).min(Self::FULL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_empties_refills_and_does_not_overflow() {
        let budget = Budget::full();
        budget.give_back(true);
        assert_eq!((0..100).take_while(|_| budget.take()).count(), 20);
        for _ in 0..4 {
            budget.give_back(false);
            assert!(!budget.take());
        }
        budget.give_back(false);
        assert!(budget.take());
        assert!(!budget.take());
        budget.give_back(true);
        assert!(budget.take());
        assert!(!budget.take());
    }
}
