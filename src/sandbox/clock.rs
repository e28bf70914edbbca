//! The time of a sandbox: somebody's clock, and an offset that tests move.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use crate::clock::{Clock, SystemClock};

/// A clock that can be moved forward, on top of one that runs by itself or stands still.
///
/// Token lifetimes and session time-outs follow it.
#[derive(Debug)]
pub struct SandboxClock {
    base: Arc<dyn Clock>,
    offset: Mutex<Duration>,
}

impl SandboxClock {
    /// The furthest that a sandbox's time may be moved in all: ten years.
    pub const FURTHEST: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

    /// Returns a clock that shows the time of `base`, until it is moved.
    #[must_use]
    pub fn over(base: Arc<dyn Clock>) -> Self {
        Self {
            base,
            offset: Mutex::default(),
        }
    }

    /// Moves the time forward, as far as [`FURTHEST`](Self::FURTHEST) in all, and returns how far it has been moved since
    /// the start.
    pub fn advance(&self, by: Duration) -> Duration {
        let mut offset = self.offset.lock().unwrap_or_else(PoisonError::into_inner);
        *offset = offset.saturating_add(by).min(Self::FURTHEST);
        *offset
    }

    fn offset(&self) -> Duration {
        *self.offset.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The time of the machine, until it is moved.
impl Default for SandboxClock {
    fn default() -> Self {
        Self::over(Arc::new(SystemClock))
    }
}

impl Clock for SandboxClock {
    fn now(&self) -> Instant {
        let now = self.base.now();
        now.checked_add(self.offset()).unwrap_or(now)
    }

    fn wall(&self) -> SystemTime {
        let wall = self.base.wall();
        wall.checked_add(self.offset()).unwrap_or(wall)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;

    #[test]
    fn it_shows_the_base_time_plus_what_it_was_moved_by() {
        let base = ManualClock::new();
        let clock = SandboxClock::over(Arc::new(base.clone()));
        let (now, wall) = (clock.now(), clock.wall());
        base.advance(Duration::from_secs(5));
        assert_eq!(
            clock.advance(Duration::from_secs(60)),
            Duration::from_secs(60)
        );
        assert_eq!(clock.now() - now, Duration::from_secs(65));
        assert_eq!(
            clock.wall().duration_since(wall).ok(),
            Some(Duration::from_secs(65))
        );
    }

    #[test]
    fn it_cannot_be_moved_out_of_what_a_time_can_hold() {
        let clock = SandboxClock::default();
        assert_eq!(clock.advance(Duration::MAX), SandboxClock::FURTHEST);
        assert_eq!(
            clock.advance(Duration::from_secs(1)),
            SandboxClock::FURTHEST
        );
    }
}
