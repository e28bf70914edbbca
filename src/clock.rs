//! Time as a parameter: token lifetimes and session expiry follow a [`Clock`], which tests move by hand.

use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// A source of time.
pub trait Clock: Debug + Send + Sync {
    /// Returns a time that never goes back. For lifetimes and deadlines.
    fn now(&self) -> Instant;

    /// Returns the time of day. For dates that come from or go to somebody else.
    fn wall(&self) -> SystemTime;
}

/// The time of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(
        clippy::disallowed_methods,
        reason = "the one place where the machine's clock is read"
    )]
    fn now(&self) -> Instant {
        Instant::now()
    }

    #[allow(
        clippy::disallowed_methods,
        reason = "the one place where the machine's clock is read"
    )]
    fn wall(&self) -> SystemTime {
        SystemTime::now()
    }
}

/// A time that stands still until it is told to move. Clones share it.
#[derive(Debug, Clone)]
pub struct ManualClock {
    start: (Instant, SystemTime),
    passed: Arc<Mutex<Duration>>,
}

impl ManualClock {
    /// Returns a clock that begins at the machine's present time.
    #[must_use]
    pub fn new() -> Self {
        Self::starting_at(SystemClock.wall())
    }

    /// Returns a clock that begins at the given time of day.
    #[must_use]
    pub fn starting_at(wall: SystemTime) -> Self {
        Self {
            start: (SystemClock.now(), wall),
            passed: Arc::default(),
        }
    }

    /// The furthest that the clock can be moved in all: a hundred years. Beyond it, it stands still.
    pub const FURTHEST: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

    /// Moves the time forward.
    pub fn advance(&self, by: Duration) {
        let mut passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        *passed = passed.saturating_add(by).min(Self::FURTHEST);
    }

    fn passed(&self) -> Duration {
        *self.passed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for ManualClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Instant {
        self.start
            .0
            .checked_add(self.passed())
            .unwrap_or(self.start.0)
    }

    fn wall(&self) -> SystemTime {
        self.start
            .1
            .checked_add(self.passed())
            .unwrap_or(self.start.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_when_told_to_and_for_all_its_clones() {
        let clock = ManualClock::new();
        let clone = clock.clone();
        let before = (clock.now(), clock.wall());
        assert_eq!((clone.now(), clone.wall()), before);
        clock.advance(Duration::from_secs(299));
        assert_eq!(clone.now() - before.0, Duration::from_secs(299));
        assert_eq!(
            clone.wall().duration_since(before.1).ok(),
            Some(Duration::from_secs(299))
        );
    }

    #[test]
    fn a_manual_clock_never_goes_back() {
        let clock = ManualClock::new();
        clock.advance(ManualClock::FURTHEST);
        let furthest = (clock.now(), clock.wall());
        clock.advance(Duration::MAX);
        assert_eq!((clock.now(), clock.wall()), furthest);
    }
}
