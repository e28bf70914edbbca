//! Time as a parameter: lifetimes, deadlines, pauses and session expiry follow a [`Clock`], which tests move by hand.

use std::collections::BTreeMap;
use std::fmt::{self, Debug};
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant, SystemTime};

/// A wait for a time to come. Dropping it ends it.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A source of time.
pub trait Clock: Debug + Send + Sync {
    /// Returns a time that never goes back. For lifetimes and deadlines.
    fn now(&self) -> Instant;

    /// Returns the time of day. For dates that come from or go to somebody else.
    fn wall(&self) -> SystemTime;

    /// Waits until [`now`](Self::now) is `deadline` or later.
    fn sleep_until(&self, deadline: Instant) -> Sleep;
}

/// Returns when this much time will have passed. What is too far away for the machine's clock is a year away.
pub(crate) fn after(clock: &dyn Clock, time: Duration) -> Instant {
    const NEVER: Duration = Duration::from_secs(365 * 24 * 60 * 60);
    let now = clock.now();
    now.checked_add(time).unwrap_or(now + NEVER)
}

/// Does the work if it takes no longer than until `deadline`; nothing where it does. Work that is ready is never too late.
pub(crate) async fn in_time<T>(
    clock: &dyn Clock,
    deadline: Instant,
    work: impl Future<Output = T>,
) -> Option<T> {
    let (mut work, mut end) = (pin!(work), None);
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending => {
            // Much of the work is ready at once, and needs no end.
            let end = end.get_or_insert_with(|| clock.sleep_until(deadline));
            end.as_mut().poll(context).map(|()| None)
        }
    })
    .await
}

/// The time of the machine, and of a Tokio runtime with time enabled: where a test has paused that, it stands still.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(
        clippy::disallowed_methods,
        reason = "the one place where the machine's clock is read"
    )]
    fn now(&self) -> Instant {
        tokio::time::Instant::now().into_std()
    }

    fn sleep_until(&self, deadline: Instant) -> Sleep {
        Box::pin(tokio::time::sleep_until(deadline.into()))
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
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    passed: Duration,
    /// Who waits, by the time that they wait for.
    sleepers: BTreeMap<(Duration, u64), Waker>,
    /// The number of the next sleeper.
    next: u64,
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
            state: Arc::default(),
        }
    }

    /// The furthest that the clock can be moved in all: a hundred years. Beyond it, it stands still.
    pub const FURTHEST: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

    /// Moves the time forward, and wakes those whose time has come.
    pub fn advance(&self, by: Duration) {
        let woken = {
            let mut state = self.state();
            state.passed = state.passed.saturating_add(by).min(Self::FURTHEST);
            state.due()
        };
        // Not under the lock: a waker may run anything.
        woken.into_iter().for_each(Waker::wake);
    }

    /// Returns how long the earliest of those who wait has to wait, or nothing if nobody does.
    #[must_use]
    pub fn next_wake(&self) -> Option<Duration> {
        let state = self.state();
        let ((at, _), _) = state.sleepers.first_key_value()?;
        Some(at.saturating_sub(state.passed))
    }

    /// Moves the time to where the earliest of those who wait wakes. Returns whether anybody waited.
    #[allow(clippy::must_use_candidate, reason = "it is called for what it does")]
    pub fn advance_to_next_wake(&self) -> bool {
        let next = self.next_wake();
        if let Some(wait) = next {
            self.advance(wait);
        }
        next.is_some()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Takes out whoever's time has come.
    fn due(&mut self) -> Vec<Waker> {
        let later = self
            .sleepers
            .split_off(&(self.passed.saturating_add(Duration::from_nanos(1)), 0));
        let due = std::mem::replace(&mut self.sleepers, later);
        due.into_values().collect()
    }
}

impl Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State")
            .field("passed", &self.passed)
            .field("sleepers", &self.sleepers.len())
            .finish_non_exhaustive()
    }
}

impl Default for ManualClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Instant {
        let (start, _) = self.start;
        start.checked_add(self.state().passed).unwrap_or(start)
    }

    fn wall(&self) -> SystemTime {
        let (_, start) = self.start;
        start.checked_add(self.state().passed).unwrap_or(start)
    }

    fn sleep_until(&self, deadline: Instant) -> Sleep {
        let mut state = self.state();
        let number = state.next;
        state.next += 1;
        Box::pin(ManualSleep {
            key: (deadline.saturating_duration_since(self.start.0), number),
            state: Arc::clone(&self.state),
        })
    }
}

/// A wait on a [`ManualClock`].
struct ManualSleep {
    key: (Duration, u64),
    state: Arc<Mutex<State>>,
}

impl Future for ManualSleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if self.key.0 <= state.passed {
            return Poll::Ready(());
        }
        state.sleepers.insert(self.key, context.waker().clone());
        Poll::Pending
    }
}

impl Drop for ManualSleep {
    fn drop(&mut self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.sleepers.remove(&self.key);
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

    #[tokio::test]
    async fn a_sleeper_wakes_when_its_time_has_come_and_not_before() {
        let clock = ManualClock::new();
        let start = clock.now();
        let seconds = Duration::from_secs;
        let (mut late, mut early) = (
            ByHand(clock.sleep_until(start + seconds(3))),
            ByHand(clock.sleep_until(start + seconds(2))),
        );
        assert_eq!(clock.next_wake(), None, "nobody has been polled");
        assert!(!late.ready() && !early.ready());
        assert_eq!(clock.next_wake(), Some(seconds(2)));
        clock.advance(Duration::from_nanos(1_999_999_999));
        assert!(!late.ready() && !early.ready());
        assert!(clock.advance_to_next_wake());
        assert!(!late.ready() && early.ready());
        assert_eq!(clock.next_wake(), Some(seconds(1)));
        drop(late);
        assert!(!clock.advance_to_next_wake());
        clock.sleep_until(start).await;
    }

    /// A future that is polled by hand.
    struct ByHand(Sleep);

    impl ByHand {
        fn ready(&mut self) -> bool {
            let mut context = Context::from_waker(Waker::noop());
            self.0.as_mut().poll(&mut context).is_ready()
        }
    }

    #[tokio::test]
    async fn those_who_sleep_are_woken_across_tasks() {
        let clock = ManualClock::new();
        let sleep = clock.sleep_until(clock.now() + Duration::from_secs(1));
        let task = tokio::spawn(sleep);
        while clock.next_wake().is_none() {
            tokio::task::yield_now().await;
        }
        clock.advance(Duration::from_secs(1));
        assert!(task.await.is_ok());
    }
}
