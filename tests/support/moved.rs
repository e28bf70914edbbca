//! Clocks that are moved by hand while real sockets are at work: minutes of waiting pass in milliseconds.
//!
//! [`moved`] takes any client on a [`ManualClock`], and tells a pause from a request on its way by how long somebody sleeps.
//! [`Moved`] knows it for sure, so that pauses may be as long as they like, and times are right to the nanosecond; for that,
//! its clients have an attempt of a length that nothing else has.

use std::fmt;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant, SystemTime};

use flinks_pay::client::{Retries, Timeouts};
use flinks_pay::clock::{Clock, ManualClock, Sleep};
use flinks_pay::{Client, Credentials, Environment};
use tokio::sync::Notify;

use super::scripted::Scripted;

/// Does the work, and moves the clock to where the next one wakes, each time after `rest`: it ends when nothing but the clock
/// is waited for.
async fn moving<T>(
    clock: &ManualClock,
    work: impl Future<Output = T>,
    mut rest: impl AsyncFnMut(),
) -> T {
    let mut work = pin!(work);
    for _ in 0..10_000 {
        tokio::select! {
            biased;
            done = &mut work => return done,
            () = rest() => {}
        }
        clock.advance_to_next_wake();
    }
    panic!("no end in sight");
}

/// No pause between attempts is longer, and no attempt is this short.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Runs `work`, and moves the clock whenever nothing but the clock is waited for: in a pause, or when the server keeps
/// silent on purpose.
pub async fn moved<T>(clock: &ManualClock, server: &Scripted, work: impl Future<Output = T>) -> T {
    let mut stalled = server.stalled();
    let rest = async || {
        loop {
            tokio::time::sleep(Duration::from_millis(1)).await;
            if clock.next_wake().is_some_and(|wait| wait <= LONGEST_PAUSE) {
                return;
            }
            // Each silence is sat out once: the connection may be seen a while after its time is over.
            if server.stalled() > stalled {
                stalled += 1;
                // What was sent before the silence is here, and whoever waits for it gets to read it.
                tokio::time::sleep(Duration::from_millis(5)).await;
                return;
            }
        }
    };
    moving(clock, work, rest).await
}

/// How long an attempt of a client of [`Moved`] may take. Whoever sleeps for exactly so long guards a request that is on its way.
const ATTEMPT: Duration = Duration::from_secs(7_919);

/// A clock that stands still while a request is on its way, and goes to the next moment that somebody waits for when none
/// is. Clones share it.
#[derive(Clone)]
pub struct Moved {
    hand: ManualClock,
    start: Instant,
    sleepers: Arc<Sleepers>,
}

#[derive(Default)]
struct Sleepers {
    on_their_way: AtomicUsize,
    pausing: AtomicUsize,
    changed: Notify,
}

impl Moved {
    pub fn new() -> Self {
        let hand = ManualClock::new();
        Self {
            start: hand.now(),
            hand,
            sleepers: Arc::default(),
        }
    }

    /// How much time has passed.
    pub fn elapsed(&self) -> Duration {
        self.hand.now() - self.start
    }

    /// Moves the time by hand.
    pub fn advance(&self, by: Duration) {
        self.hand.advance(by);
    }

    /// How many wait for anything.
    pub fn sleepers(&self) -> usize {
        self.sleepers.on_their_way.load(Ordering::SeqCst)
            + self.sleepers.pausing.load(Ordering::SeqCst)
    }

    /// Does the work, and moves the time on whenever the work only waits for it. Before each move, `at_rest` is told how
    /// many there have been.
    pub async fn run_with<T>(
        &self,
        work: impl Future<Output = T>,
        mut at_rest: impl FnMut(usize),
    ) -> T {
        let mut moves = 0;
        let rest = async || {
            self.rest().await;
            at_rest(moves);
            moves += 1;
        };
        moving(&self.hand, work, rest).await
    }

    pub async fn run<T>(&self, work: impl Future<Output = T>) -> T {
        self.run_with(work, |_| {}).await
    }

    /// Whether somebody pauses and no request is on its way.
    pub fn at_rest(&self) -> bool {
        self.sleepers.on_their_way.load(Ordering::SeqCst) == 0 && self.hand.next_wake().is_some()
    }

    /// Until it is [`at_rest`](Self::at_rest).
    pub async fn rest(&self) {
        while !self.at_rest() {
            self.sleepers.changed.notified().await;
        }
    }

    /// Moves the time to where the next one wakes.
    pub fn advance_to_next_wake(&self) {
        assert!(
            self.hand.advance_to_next_wake(),
            "it waits for something else than time"
        );
    }

    /// A client that lives by this clock.
    pub fn client(&self, base: &str, credentials: Credentials, retries: Retries) -> Client {
        Client::builder(Environment::custom(base).unwrap(), credentials)
            .clock(Arc::new(self.clone()))
            .timeouts(Timeouts::default().attempt(ATTEMPT).total(3 * ATTEMPT))
            .retries(retries)
            .jitter_seed(11)
            .build()
            .unwrap()
    }
}

impl fmt::Debug for Moved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Moved")
    }
}

impl Clock for Moved {
    fn now(&self) -> Instant {
        self.hand.now()
    }

    fn wall(&self) -> SystemTime {
        self.hand.wall()
    }

    fn sleep_until(&self, deadline: Instant) -> Sleep {
        let guards = deadline.saturating_duration_since(self.now()) == ATTEMPT;
        self.sleepers.of(guards).fetch_add(1, Ordering::SeqCst);
        Box::pin(Sleeper {
            sleep: self.hand.sleep_until(deadline),
            guards,
            sleepers: Arc::clone(&self.sleepers),
        })
    }
}

impl Sleepers {
    fn of(&self, guards: bool) -> &AtomicUsize {
        if guards {
            &self.on_their_way
        } else {
            &self.pausing
        }
    }
}

struct Sleeper {
    sleep: Sleep,
    guards: bool,
    sleepers: Arc<Sleepers>,
}

impl Future for Sleeper {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let slept = self.sleep.as_mut().poll(context);
        self.sleepers.changed.notify_one();
        slept
    }
}

impl Drop for Sleeper {
    fn drop(&mut self) {
        self.sleepers.of(self.guards).fetch_sub(1, Ordering::SeqCst);
        self.sleepers.changed.notify_one();
    }
}
