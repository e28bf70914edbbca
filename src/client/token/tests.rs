#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::HashSet;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::task::{Context, Poll, Waker};

use super::*;
use crate::clock::ManualClock;

/// Answers `token-1`, `token-2` and so on, when it is not held back.
#[derive(Default)]
struct Server {
    asked: AtomicU32,
    held_back: AtomicBool,
}

impl Server {
    async fn number(&self) -> u32 {
        let number = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        tokio::task::yield_now().await;
        while self.held_back.load(Ordering::SeqCst) {
            tokio::task::yield_now().await;
        }
        number
    }

    async fn token<E>(&self, lifetime: Duration) -> Result<Token, E> {
        Ok(token(&format!("token-{}", self.number().await), lifetime))
    }

    async fn refusal(&self) -> Result<Token, u32> {
        Err(self.number().await)
    }

    fn asked(&self) -> u32 {
        self.asked.load(Ordering::SeqCst)
    }

    fn hold_back(&self, yes: bool) {
        self.held_back.store(yes, Ordering::SeqCst);
    }
}

fn token(text: &str, lifetime: Duration) -> Token {
    Token {
        access_token: AccessToken::new(text).unwrap(),
        token_type: None,
        lifetime,
    }
}

const LIFETIME: Duration = Duration::from_secs(299);

struct Bench<E> {
    server: Arc<Server>,
    manual: ManualClock,
    clock: Arc<dyn Clock>,
    jitter: Arc<Jitter>,
    cache: Arc<TokenCache<E>>,
}

impl<E: Clone + Send + Sync + 'static> Bench<E> {
    fn new(reuse: TokenReuse) -> Self {
        let manual = ManualClock::new();
        Self {
            server: Arc::default(),
            clock: Arc::new(manual.clone()),
            manual,
            jitter: Arc::new(Jitter::new(Some(1))),
            cache: Arc::new(TokenCache::new(reuse)),
        }
    }

    async fn read_living(&self, lifetime: Duration) -> Result<String, E> {
        let server = Arc::clone(&self.server);
        let fetch = || async move { server.token(lifetime).await };
        let token = self.cache.any(&self.clock, &self.jitter, fetch).await?;
        Ok(token.expose().to_owned())
    }

    async fn read(&self) -> Result<String, E> {
        self.read_living(LIFETIME).await
    }

    async fn create(&self) -> Result<String, E> {
        let server = Arc::clone(&self.server);
        let fetch = || async move { server.token(LIFETIME).await };
        let token = self
            .cache
            .for_create(&self.clock, &self.jitter, fetch)
            .await?;
        Ok(token.expose().to_owned())
    }
}

fn bench() -> Bench<Infallible> {
    Bench::new(TokenReuse::OnePerCreate)
}

#[tokio::test]
async fn reads_share_a_token_and_creates_never_do() {
    let bench = bench();
    assert_eq!(bench.read().await.unwrap(), "token-1");
    // One that has only read may still create, once; and one that has created may still read.
    assert_eq!(bench.create().await.unwrap(), "token-1");
    assert_eq!(bench.create().await.unwrap(), "token-2");
    assert_eq!(bench.read().await.unwrap(), "token-2");
    assert_eq!(bench.server.asked(), 2);
}

#[tokio::test]
async fn one_token_serves_everything_where_that_is_confirmed() {
    let bench = Bench::<Infallible>::new(TokenReuse::Shared);
    for _ in 0..3 {
        assert_eq!(bench.create().await.unwrap(), "token-1");
        assert_eq!(bench.read().await.unwrap(), "token-1");
    }
    let many = all((0..100).map(|_| bench.create())).await;
    assert_eq!(many.len(), 100);
    assert_eq!(bench.server.asked(), 1);
}

#[tokio::test]
async fn a_hundred_reads_fetch_once_and_a_hundred_creates_a_hundred_times() {
    let bench = bench();
    all((0..100).map(|_| bench.read())).await;
    assert_eq!(bench.server.asked(), 1);
    let tokens = all((0..100).map(|_| bench.create())).await;
    let distinct: HashSet<String> = tokens.into_iter().map(Result::unwrap).collect();
    assert_eq!(distinct.len(), 100);
    assert_eq!(
        bench.server.asked(),
        100,
        "the one that only read is used, too"
    );
}

#[tokio::test]
async fn whoever_waits_shares_a_failure_and_whoever_comes_later_tries_again() {
    let bench = Bench::<u32>::new(TokenReuse::OnePerCreate);
    let refused = |_| {
        let server = Arc::clone(&bench.server);
        let fetch = || async move { server.refusal().await };
        bench.cache.any(&bench.clock, &bench.jitter, fetch)
    };
    bench.server.hold_back(true);
    let mut waiting: Vec<_> = (0..100).map(refused).map(Box::pin).collect();
    assert!(waiting.iter_mut().all(|one| poll(one).is_pending()));
    bench.server.hold_back(false);
    let failures = all(waiting.into_iter()).await;
    assert!(failures.iter().all(|failure| matches!(failure, Err(1))));
    assert_eq!(bench.server.asked(), 1);
    assert_eq!(bench.read().await, Ok("token-2".to_owned()));
}

#[tokio::test]
async fn whoever_waits_goes_on_with_the_fetch_of_one_who_gives_up() {
    let bench = bench();
    bench.server.hold_back(true);
    let mut leader = Box::pin(bench.read());
    let mut follower = Box::pin(bench.read());
    assert!(poll(&mut leader).is_pending() && poll(&mut follower).is_pending());
    drop(leader);
    bench.server.hold_back(false);
    assert_eq!(follower.await.unwrap(), "token-1");
    assert_eq!(bench.server.asked(), 1);
}

#[tokio::test]
async fn nobody_waits_for_one_who_is_not_polled() {
    let bench = bench();
    let mut idle = Box::pin(bench.read());
    assert!(poll(&mut idle).is_pending());
    assert_eq!(bench.read().await.unwrap(), "token-1");
    assert_eq!(idle.await.unwrap(), "token-1");
    assert_eq!(bench.server.asked(), 1);
}

#[tokio::test]
async fn a_fetch_that_everybody_has_given_up_is_over() {
    let bench = bench();
    let mut leader = Box::pin(bench.read());
    assert!(poll(&mut leader).is_pending());
    drop(leader);
    assert_eq!(bench.read().await.unwrap(), "token-2");
}

#[tokio::test]
async fn a_failure_that_is_still_being_heard_is_not_told_to_who_comes_later() {
    let bench = Bench::<u32>::new(TokenReuse::OnePerCreate);
    let refused = || {
        let server = Arc::clone(&bench.server);
        let fetch = || async move { server.refusal().await };
        Box::pin(bench.cache.any(&bench.clock, &bench.jitter, fetch))
    };
    bench.server.hold_back(true);
    let (mut first, mut second) = (refused(), refused());
    assert!(poll(&mut first).is_pending() && poll(&mut second).is_pending());
    bench.server.hold_back(false);
    assert_eq!(first.await.err(), Some(1));
    assert_eq!(bench.read().await, Ok("token-2".to_owned()));
    assert_eq!(second.await.err(), Some(1));
}

#[tokio::test]
async fn a_token_is_given_up_a_little_before_it_expires() {
    let millis = Duration::from_millis;
    for (lifetime, margin) in [
        (Duration::ZERO, Duration::ZERO),
        (Duration::from_secs(1), millis(100)),
        (Duration::from_secs(100), millis(10_000)),
        (Duration::from_secs(299), millis(29_900)),
        (Duration::from_secs(300), millis(30_000)),
        (Duration::from_secs(599), millis(30_000)),
        (Duration::from_secs(100_000), millis(30_000)),
        (Duration::MAX, millis(30_000)),
    ] {
        let mut earliest = Duration::MAX;
        for seed in 0..200 {
            let drawn = early(lifetime, &Jitter::new(Some(seed)));
            assert!(
                drawn >= margin && drawn <= margin + margin / 2,
                "{lifetime:?}"
            );
            earliest = earliest.min(drawn);
        }
        assert!(
            earliest <= margin + margin / 20,
            "draws reach down to the margin"
        );
    }
}

#[tokio::test]
async fn to_the_millisecond_a_token_is_used_before_that_and_not_from_then_on() {
    let bench = bench();
    bench.read().await.unwrap();
    let early = early(LIFETIME, &Jitter::new(Some(1)));
    let tick = Duration::from_millis(1);
    bench.manual.advance(LIFETIME.saturating_sub(early + tick));
    assert_eq!(bench.read().await.unwrap(), "token-1");
    bench.manual.advance(tick);
    assert_eq!(bench.read().await.unwrap(), "token-2");
    assert_eq!(bench.read().await.unwrap(), "token-2");
    bench.manual.advance(LIFETIME);
    // A create does not take one that is nearly over either.
    assert_eq!(bench.create().await.unwrap(), "token-3");

    let bench = self::bench();
    bench.read().await.unwrap();
    bench.manual.advance(LIFETIME.saturating_sub(early));
    assert_eq!(bench.create().await.unwrap(), "token-2");
}

#[tokio::test]
async fn a_lifetime_counts_from_before_it_was_asked_for() {
    let bench = bench();
    let clock = bench.manual.clone();
    let slow = || async move {
        clock.advance(LIFETIME);
        Ok(token("slow", LIFETIME))
    };
    let first = bench.cache.any(&bench.clock, &bench.jitter, slow).await;
    assert_eq!(
        first.unwrap().expose(),
        "slow",
        "it serves the call that asked for it"
    );
    assert_eq!(bench.read().await.unwrap(), "token-1");
}

#[tokio::test]
async fn a_lifetime_of_nothing_or_for_ever_is_one() {
    let bench = bench();
    for lifetime in [Duration::ZERO, Duration::ZERO, Duration::MAX, Duration::MAX] {
        bench.read_living(lifetime).await.unwrap();
    }
    // Nothing is kept of the first two; the third lives, but for no more than a day.
    assert_eq!(bench.server.asked(), 3);
    bench.manual.advance(LONGEST);
    assert_eq!(bench.read().await.unwrap(), "token-4");
}

#[tokio::test]
async fn a_token_that_comes_again_is_still_the_one_that_created() {
    let bench = bench();
    assert_eq!(bench.create().await.unwrap(), "token-1");
    let again = token("token-1", LIFETIME);
    bench.cache.put(&again, bench.clock.now(), &bench.jitter);
    assert_eq!(bench.create().await.unwrap(), "token-2");
    // And one that is put there by hand serves the next create.
    let other = token("other", LIFETIME);
    bench.cache.put(&other, bench.clock.now(), &bench.jitter);
    // The youngest of those that may is the one that lives longest.
    let youngest = token("youngest", LIFETIME);
    bench.cache.put(&youngest, bench.clock.now(), &bench.jitter);
    assert_eq!(bench.create().await.unwrap(), "youngest");
}

#[tokio::test]
async fn a_token_that_may_still_create_is_not_given_up_for_one_that_may_not() {
    let bench = bench();
    let mut create = Box::pin(bench.create());
    assert!(poll(&mut create).is_pending());
    let unspent = token("unspent", LIFETIME);
    bench.cache.put(&unspent, bench.clock.now(), &bench.jitter);
    assert_eq!(create.await.unwrap(), "token-1");
    assert_eq!(bench.read().await.unwrap(), "unspent");
    assert_eq!(bench.create().await.unwrap(), "unspent");
    // But one that is over is.
    let mut create = Box::pin(bench.create());
    assert!(poll(&mut create).is_pending());
    let over = token("over", Duration::ZERO);
    bench.cache.put(&over, bench.clock.now(), &bench.jitter);
    assert_eq!(create.await.unwrap(), "token-2");
    assert_eq!(bench.read().await.unwrap(), "token-2");
}

#[tokio::test]
async fn a_refusal_gives_up_whatever_is_held_and_the_same_one_again_nothing() {
    let bench = bench();
    let refused = |text: &str| bench.cache.forget(&AccessToken::new(text).unwrap());
    bench.read().await.unwrap();
    // It is as old as the one that was refused, or older: nobody knows whether it is any better.
    refused("token-0");
    assert_eq!(bench.read().await.unwrap(), "token-2");
    // What was fetched since the first of these refusals is not what they are about.
    refused("token-0");
    assert_eq!(bench.read().await.unwrap(), "token-2");
    refused("token-2");
    assert_eq!(bench.read().await.unwrap(), "token-3");
    // A server that gives out a token again that it has refused may refuse it again.
    bench.cache.put(
        &token("token-2", LIFETIME),
        bench.clock.now(),
        &bench.jitter,
    );
    refused("token-2");
    assert_eq!(bench.read().await.unwrap(), "token-4");
}

#[tokio::test]
async fn a_create_with_a_token_does_not_wait_for_a_read_without_one() {
    let bench = bench();
    let never = std::future::pending::<Result<Token, Infallible>>;
    let mut read = Box::pin(bench.cache.any(&bench.clock, &bench.jitter, never));
    let waker = Waker::noop();
    assert!(
        read.as_mut()
            .poll(&mut Context::from_waker(waker))
            .is_pending()
    );
    assert_eq!(bench.create().await.unwrap(), "token-1");
}

fn poll<F: Future>(future: &mut Pin<Box<F>>) -> Poll<F::Output> {
    future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
}

/// Runs them side by side, and returns what they return in the order in which they end.
async fn all<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut running: Vec<Pin<Box<F>>> = futures.map(Box::pin).collect();
    let mut done = Vec::new();
    std::future::poll_fn(|context| {
        running.retain_mut(|future| match future.as_mut().poll(context) {
            Poll::Ready(output) => {
                done.push(output);
                false
            }
            Poll::Pending => true,
        });
        if running.is_empty() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
    done
}
