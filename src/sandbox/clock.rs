//! The time of a sandbox: somebody's clock, and an offset that tests move.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use tokio::sync::watch;

use crate::clock::{Clock, Sleep, SystemClock};

/// A clock that can be moved forward, on top of one that runs by itself or stands still.
///
/// Token lifetimes, session time-outs, the times in webhooks and between their tries, and late answers follow it.
#[derive(Debug)]
pub struct SandboxClock {
    base: Arc<dyn Clock>,
    offset: watch::Sender<Duration>,
    before: Before,
}

/// What earlier runs add to the time of the base.
#[derive(Debug, Default)]
struct Before {
    /// How long they have lasted.
    lasted: Duration,
    /// How far the date is ahead of the base's, and how far behind: one of the two is nothing.
    ahead: Duration,
    behind: Duration,
}

impl SandboxClock {
    /// The furthest that a sandbox's time may be moved in all: ten years.
    pub const FURTHEST: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

    /// Returns a clock that shows the time of `base`, until it is moved.
    #[must_use]
    pub fn over(base: Arc<dyn Clock>) -> Self {
        Self {
            base,
            offset: watch::Sender::new(Duration::ZERO),
            before: Before::default(),
        }
    }

    /// Goes on from where another clock stood: so much time has passed by it, of that so much as it was moved by, and this was its
    /// date. The time in between has not passed.
    pub(super) fn resume(&mut self, passed: Duration, moved: Duration, date: SystemTime) {
        let moved = moved.min(passed).min(Self::FURTHEST);
        self.offset.send_replace(moved);
        let base = self.base.wall();
        let base = base.checked_add(moved).unwrap_or(base);
        self.before = Before {
            lasted: passed.saturating_sub(moved),
            ahead: date.duration_since(base).unwrap_or_default(),
            behind: base.duration_since(date).unwrap_or_default(),
        };
    }

    /// Moves the time forward, as far as [`FURTHEST`](Self::FURTHEST) in all, and returns how far it has been moved since
    /// the start.
    #[allow(clippy::must_use_candidate, reason = "it is called for what it does")]
    pub fn advance(&self, by: Duration) -> Duration {
        self.offset.send_modify(|offset| {
            *offset = offset.saturating_add(by).min(Self::FURTHEST);
        });
        self.offset()
    }

    /// How far it has been moved since the start.
    pub(super) fn offset(&self) -> Duration {
        *self.offset.borrow()
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
        let more = self.offset().saturating_add(self.before.lasted);
        now.checked_add(more).unwrap_or(now)
    }

    fn wall(&self) -> SystemTime {
        let wall = self.base.wall();
        let more = self.offset().saturating_add(self.before.ahead);
        let moved = wall.checked_add(more);
        let moved = moved.and_then(|moved| moved.checked_sub(self.before.behind));
        moved.unwrap_or(wall)
    }

    fn sleep_until(&self, deadline: Instant) -> Sleep {
        let (base, mut moved) = (Arc::clone(&self.base), self.offset.subscribe());
        let lasted = self.before.lasted;
        Box::pin(async move {
            loop {
                let offset = moved.borrow_and_update().saturating_add(lasted);
                let Some(until) = deadline.checked_sub(offset) else {
                    return;
                };
                tokio::select! {
                    () = base.sleep_until(until) => return,
                    changed = moved.changed() => {
                        if changed.is_err() {
                            // The sandbox is gone, and nobody can move its time any more.
                            return base.sleep_until(until).await;
                        }
                    }
                }
            }
        })
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

    #[tokio::test]
    async fn who_sleeps_wakes_by_the_base_time_and_by_being_moved() {
        let base = ManualClock::new();
        let clock = SandboxClock::over(Arc::new(base.clone()));
        let minute = Duration::from_secs(60);
        let task = tokio::spawn(clock.sleep_until(clock.now() + 3 * minute));
        while base.next_wake() != Some(3 * minute) {
            tokio::task::yield_now().await;
        }
        clock.advance(minute);
        while base.next_wake() != Some(2 * minute) {
            tokio::task::yield_now().await;
        }
        assert!(!task.is_finished());
        base.advance(minute);
        clock.advance(minute);
        assert!(task.await.is_ok());
    }

    #[tokio::test]
    async fn one_that_goes_on_stands_where_the_other_stood_whatever_the_machine_says() {
        let hour = Duration::from_secs(3600);
        let date = ManualClock::new().wall();
        for machine in [date + 5 * hour, date - 5 * hour] {
            let base = ManualClock::starting_at(machine);
            let mut clock = SandboxClock::over(Arc::new(base.clone()));
            let start = clock.now();
            clock.resume(3 * hour, hour, date);
            assert_eq!((clock.now() - start, clock.wall()), (3 * hour, date));
            assert_eq!(clock.offset(), hour);
            // It has woken up who waited for a time that has passed, and no one else.
            clock.sleep_until(start + 3 * hour).await;
            let task = tokio::spawn(clock.sleep_until(start + 5 * hour));
            while base.next_wake() != Some(2 * hour) {
                tokio::task::yield_now().await;
            }
            base.advance(hour);
            assert_eq!(clock.advance(hour), 2 * hour);
            assert!(task.await.is_ok());
            assert_eq!(
                (clock.now() - start, clock.wall()),
                (5 * hour, date + 2 * hour)
            );
        }
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
