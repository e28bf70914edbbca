//! What was read is not lost to a guard of debts that takes its time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use flinks_pay::Environment;
use flinks_pay::client::Timeouts;
use flinks_pay::client::once::{Answer, DebtKey, Guard, Standing};
use flinks_pay::watch::{Found, ReconcilePolicy};
use tokio::task::{JoinHandle, yield_now};

use super::*;

/// Never answers, and counts who asks.
#[derive(Debug, Default)]
struct Silent(AtomicUsize);

impl Silent {
    fn answer<T: Send + 'static>(&self) -> Answer<'_, T> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Box::pin(std::future::pending())
    }

    async fn asked(&self) {
        while self.0.load(Ordering::SeqCst) == 0 {
            yield_now().await;
        }
    }
}

impl Guard for Silent {
    fn read<'a>(&'a self, _: &'a DebtKey) -> Answer<'a, Standing> {
        self.answer()
    }

    fn swap<'a>(&'a self, _: &'a DebtKey, _: &'a Standing, _: &'a Standing) -> Answer<'a, bool> {
        self.answer()
    }

    fn debts_of<'a>(&'a self, _: &'a SessionId) -> Answer<'a, Vec<DebtKey>> {
        self.answer()
    }
}

const ATTEMPT: u64 = 60;
const TOTAL: u64 = 25;

fn client(stage: &Stage, guard: &Arc<Silent>) -> Client {
    let credentials = Credentials::basic("shop", "hush").unwrap();
    Client::builder(
        Environment::custom(stage.server.base()).unwrap(),
        credentials,
    )
    .clock(Arc::new(stage.clock.clone()))
    .timeouts(
        Timeouts::default()
            .attempt(seconds(ATTEMPT))
            .total(seconds(TOTAL)),
    )
    .guard(Arc::clone(guard) as Arc<dyn Guard>)
    .build()
    .unwrap()
}

/// The work, once it has had every chance to be over.
async fn over<T>(work: JoinHandle<T>) -> T {
    for _ in 0..1_000 {
        if work.is_finished() {
            return work.await.unwrap();
        }
        yield_now().await;
    }
    panic!("it still waits for the guard");
}

#[tokio::test]
async fn an_end_that_was_read_in_time_outlives_the_deadline() {
    for details in [false, true] {
        let stage = Stage::with(move |asked, _| {
            if details && asked.line.ends_with("/status") {
                open()
            } else {
                scheduled()
            }
        })
        .await;
        let guard = Arc::default();
        let client = client(&stage, &guard);
        let limit = seconds(10);
        let policy = WaitPolicy::default().watch_details(true);
        let mut watch = client.watch(&session(), policy.for_at_most(limit));
        let work = tokio::spawn(async move { told(&mut watch).await });
        guard.asked().await;
        stage.clock.advance(limit);
        for _ in 0..100 {
            yield_now().await;
        }
        assert!(!work.is_finished());
        stage.clock.advance(seconds(ATTEMPT) - limit);
        let told = over(work).await;
        if details {
            // Only the status ends a wait that has one.
            assert_eq!(told[0], "InProgress");
        } else {
            assert_eq!(
                told,
                ["Completed EFT0301", "settled: the debit is scheduled"]
            );
        }
    }
}

#[tokio::test]
async fn a_reconciliation_tells_it_as_well() {
    let stage = Stage::playing(vec![scheduled()]).await;
    let guard = Arc::default();
    let mut run = client(&stage, &guard).reconcile([session()], ReconcilePolicy::default());
    let work = tokio::spawn(async move { run.next().await.unwrap().found });
    guard.asked().await;
    stage.clock.advance(seconds(ATTEMPT));
    let found = over(work).await;
    assert!(matches!(found, Found::Settled(settled) if settled.outcome.is_scheduled()));
}

/// The time of a call is for all that it does.
#[tokio::test]
async fn a_call_returns_its_answer_when_its_time_is_up() {
    for path in ["status", "details", "cancel"] {
        let answer = match path {
            "cancel" => status("Canceled", "EFT0501"),
            _ => scheduled(),
        };
        let stage = Stage::playing(vec![answer]).await;
        let guard = Arc::default();
        let client = client(&stage, &guard);
        let work = tokio::spawn(async move {
            match path {
                "status" => client.status(&session()).await.map(|it| it.status.clone()),
                "details" => client.details(&session()).await.map(|it| it.status.clone()),
                _ => client.cancel(&session()).await.map(|it| it.status.clone()),
            }
        });
        guard.asked().await;
        stage.clock.advance(seconds(TOTAL));
        assert!(over(work).await.is_ok(), "{path}");
    }
}
