//! Tokens and sessions end by the sandbox's clock, to the second.

use std::sync::Arc;
use std::time::Duration;

use flinks_pay::clock::ManualClock;
use flinks_pay::sandbox::Sandbox;
use flinks_pay::session::Step;

use crate::bench::{Bench, id_of};
use crate::bodies::{guaranteed, regular};

const TOKEN: u64 = 299;
const SESSION: u64 = 900;

/// How the time is moved: by the clock that was given, or by the sandbox.
#[derive(Clone, Copy, Debug)]
enum By {
    Clock,
    Sandbox,
}

const BOTH: [By; 2] = [By::Clock, By::Sandbox];

struct Timed {
    bench: Bench,
    clock: ManualClock,
    by: By,
}

impl Timed {
    async fn start(by: By) -> Self {
        let clock = ManualClock::new();
        let builder = Sandbox::builder()
            .clock(Arc::new(clock.clone()))
            .token_lifetime(Duration::from_secs(TOKEN))
            .session_timeout(Duration::from_secs(SESSION));
        let bench = Bench::with(builder).await;
        Self { bench, clock, by }
    }

    fn pass(&self, seconds: u64) {
        let by = Duration::from_secs(seconds);
        match self.by {
            By::Clock => self.clock.advance(by),
            By::Sandbox => self.bench.sandbox.advance(by),
        }
    }
}

#[tokio::test]
async fn a_token_lives_for_its_lifetime_and_not_a_second_longer() {
    for by in BOTH {
        for (passed, read, created) in [
            (TOKEN - 1, 200, 201),
            (TOKEN, 401, 401),
            (TOKEN + 1, 401, 401),
        ] {
            let timed = Timed::start(by).await;
            let id = timed.bench.session(&guaranteed()).await;
            let token = timed.bench.token().await;
            timed.pass(passed);
            let answer = timed.bench.details_with(&token, &id).await;
            assert_eq!(answer.status, read, "{by:?} {passed}");
            let request = timed
                .bench
                .get(&crate::bench::path(&id, "status"))
                .bearer_auth(&token);
            let answer = timed.bench.send("getSessionStatus", request).await;
            assert_eq!(answer.status, read, "{by:?} {passed}");
            let answer = timed.bench.create_with(&token, &guaranteed()).await;
            assert_eq!(answer.status, created, "{by:?} {passed}");
        }
    }
}

#[tokio::test]
async fn a_later_token_outlives_an_earlier_one() {
    let timed = Timed::start(By::Clock).await;
    let early = timed.bench.token().await;
    timed.pass(100);
    let late = timed.bench.token().await;
    timed.pass(TOKEN - 100);
    timed
        .bench
        .create_with(&early, &regular())
        .await
        .expect(401);
    timed.bench.create_with(&late, &regular()).await.expect(201);
}

#[tokio::test]
async fn a_session_that_has_not_ended_expires() {
    for by in BOTH {
        for screen in [None, Some(Step::BankConnection), Some(Step::Pad)] {
            for (passed, expired) in [(SESSION - 1, false), (SESSION, true), (SESSION + 1, true)] {
                let timed = Timed::start(by).await;
                let id = timed.bench.session(&guaranteed()).await;
                let payor = timed.bench.sandbox.payor(&id);
                if let Some(screen) = &screen {
                    payor.run_to(screen).unwrap();
                }
                let before = timed.bench.state(&id).await;
                timed.pass(passed);
                let after = timed.bench.state(&id).await;
                assert_ne!(before, "Expired EFT0601");
                if expired {
                    assert_eq!(after, "Expired EFT0601", "{by:?} {screen:?} {passed}");
                    let error = payor.step().unwrap_err().to_string();
                    assert!(error.contains("expired (EFT0601)"), "{error}");
                } else {
                    assert_eq!(after, before, "{by:?} {screen:?} {passed}");
                    payor.step().unwrap();
                }
            }
        }
    }
}

#[tokio::test]
async fn the_time_of_a_session_begins_with_it() {
    let timed = Timed::start(By::Sandbox).await;
    let one = timed.bench.session(&guaranteed()).await;
    timed.pass(1);
    let two = timed.bench.session(&guaranteed()).await;
    timed.pass(SESSION - 1);
    assert_eq!(timed.bench.state(&one).await, "Expired EFT0601");
    assert_eq!(timed.bench.state(&two).await, "Initiated EFT0101");
    // What the payor does meanwhile does not prolong it.
    timed
        .bench
        .sandbox
        .payor(&two)
        .run_to(&Step::Review)
        .unwrap();
    timed.pass(1);
    assert_eq!(timed.bench.state(&two).await, "Expired EFT0601");
    assert_eq!(timed.bench.details(&two).await["statusDetails"], "EFT0601");
}

#[tokio::test]
async fn a_session_that_has_ended_does_not_expire() {
    let timed = Timed::start(By::Clock).await;
    let bench = &timed.bench;
    let complete = bench.session(&guaranteed()).await;
    bench.sandbox.payor(&complete).run().unwrap();
    let failed = bench.session(&guaranteed()).await;
    bench.sandbox.payor(&failed).fail_login().run().unwrap();
    let cancelled = bench.session(&guaranteed()).await;
    bench.cancel(&cancelled).await.expect(200);
    let ids = [complete, failed, cancelled];
    let mut before = Vec::new();
    for id in &ids {
        before.push(bench.state(id).await);
    }
    timed.pass(2 * SESSION);
    for (id, before) in ids.iter().zip(before) {
        assert_eq!(bench.state(id).await, before);
    }
}

#[tokio::test]
async fn by_default_it_is_299_seconds_and_half_an_hour() {
    for (passed, alive) in [(298, true), (299, false)] {
        let clock = ManualClock::new();
        let bench = Bench::with(Sandbox::builder().clock(Arc::new(clock.clone()))).await;
        let token = bench.token().await;
        clock.advance(Duration::from_secs(passed));
        let answer = bench.create_with(&token, &guaranteed()).await;
        assert_eq!(answer.status == 201, alive, "{passed}");
    }
    for (passed, alive) in [(1799, true), (1800, false)] {
        let clock = ManualClock::new();
        let bench = Bench::with(Sandbox::builder().clock(Arc::new(clock.clone()))).await;
        let id = id_of(bench.create(&guaranteed()).await.expect(201));
        clock.advance(Duration::from_secs(passed));
        let alike = bench.state(&id).await == "Initiated EFT0101";
        assert_eq!(alike, alive, "{passed}");
    }
}
