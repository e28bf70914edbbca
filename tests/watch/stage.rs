//! A clock that stands still while a request is on its way, and goes to the next moment that somebody waits for when none
//! is: minutes of waiting pass in milliseconds over real sockets, to the nanosecond.

use std::fmt;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::{Duration, Instant, SystemTime};

use flinks_pay::client::{Retries, Timeouts};
use flinks_pay::clock::{Clock, ManualClock, Sleep};
use flinks_pay::{Client, Credentials, Environment};
use tokio::sync::Notify;

use crate::empty;
use crate::support::scripted::{Asked, Reply, Scripted};

/// How long an attempt may take. Whoever sleeps for exactly so long guards a request that is on its way.
const ATTEMPT: Duration = Duration::from_secs(7_919);

/// The clock; clones share it.
#[derive(Clone)]
pub(crate) struct Moved {
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
    pub(crate) fn new() -> Self {
        let hand = ManualClock::new();
        Self {
            start: hand.now(),
            hand,
            sleepers: Arc::default(),
        }
    }

    /// How much time has passed.
    pub(crate) fn elapsed(&self) -> Duration {
        self.hand.now() - self.start
    }

    /// Moves the time by hand.
    pub(crate) fn advance(&self, by: Duration) {
        self.hand.advance(by);
    }

    /// How many wait for anything.
    pub(crate) fn sleepers(&self) -> usize {
        self.sleepers.on_their_way.load(Ordering::SeqCst)
            + self.sleepers.pausing.load(Ordering::SeqCst)
    }

    /// Does the work, and moves the time on whenever the work only waits for it. Before each move, `at_rest` is told how
    /// many there have been.
    pub(crate) async fn run_with<T>(
        &self,
        work: impl Future<Output = T>,
        mut at_rest: impl FnMut(usize),
    ) -> T {
        let mut work = pin!(work);
        for moves in 0..10_000 {
            tokio::select! {
                biased;
                done = &mut work => return done,
                () = self.rest() => {}
            }
            at_rest(moves);
            self.advance_to_next_wake();
        }
        panic!("no end in sight");
    }

    pub(crate) async fn run<T>(&self, work: impl Future<Output = T>) -> T {
        self.run_with(work, |_| {}).await
    }

    /// Whether somebody pauses and no request is on its way.
    pub(crate) fn at_rest(&self) -> bool {
        self.sleepers.on_their_way.load(Ordering::SeqCst) == 0 && self.hand.next_wake().is_some()
    }

    /// Until it is [`at_rest`](Self::at_rest).
    pub(crate) async fn rest(&self) {
        while !self.at_rest() {
            self.sleepers.changed.notified().await;
        }
    }

    /// Moves the time to where the next one wakes.
    pub(crate) fn advance_to_next_wake(&self) {
        assert!(
            self.hand.advance_to_next_wake(),
            "it waits for something else than time"
        );
    }

    /// A client that lives by this clock.
    pub(crate) fn client(&self, base: &str, credentials: Credentials, retries: Retries) -> Client {
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

/// A scripted server on a clock of this kind, which notes when it was asked what.
pub(crate) struct Stage {
    pub(crate) clock: Moved,
    pub(crate) server: Scripted,
    times: Arc<Mutex<Vec<Duration>>>,
}

impl Stage {
    /// Answers the calls in order, tokens aside; the last answer again and again.
    pub(crate) async fn playing(replies: Vec<Reply>) -> Self {
        Self::with(move |_, number| replies[number.min(replies.len() - 1)].clone()).await
    }

    /// Answers by what a call says and its number, from 0; tokens aside, which it gives to everybody.
    pub(crate) async fn with(
        script: impl Fn(&Asked, usize) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::with_tokens(empty(200), script).await
    }

    /// The same, of a server that answers whoever wants a token with this status.
    pub(crate) async fn refusing_tokens(
        status: u16,
        script: impl Fn(&Asked, usize) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let refusal = Reply::of(status, &[("x-scripted", "authorize")], "");
        Self::with_tokens(refusal, script).await
    }

    async fn with_tokens(
        token: Reply,
        script: impl Fn(&Asked, usize) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let clock = Moved::new();
        let times = Arc::new(Mutex::new(Vec::new()));
        let server = Scripted::start({
            let (clock, times) = (clock.clone(), Arc::clone(&times));
            move |asked| {
                if asked.line.contains("/authorize") {
                    return token.clone();
                }
                let number = {
                    let mut times = times.lock().unwrap();
                    times.push(clock.elapsed());
                    times.len() - 1
                };
                script(asked, number)
            }
        })
        .await;
        Self {
            clock,
            server,
            times,
        }
    }

    /// A client whose every call is one request.
    pub(crate) fn client(&self) -> Client {
        self.client_trying(Retries::off())
    }

    pub(crate) fn client_trying(&self, retries: Retries) -> Client {
        let credentials = Credentials::basic("shop", "hush").unwrap();
        self.clock.client(self.server.base(), credentials, retries)
    }

    /// When each call came, tokens aside.
    pub(crate) fn times(&self) -> Vec<Duration> {
        self.times.lock().unwrap().clone()
    }

    /// The last part of each call's path, tokens aside.
    pub(crate) fn paths(&self) -> Vec<String> {
        let last = |asked: &Asked| asked.line.rsplit('/').next().unwrap().to_owned();
        self.server.calls().iter().map(last).collect()
    }
}
