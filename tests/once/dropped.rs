//! Callers that go away, at every point where they can.

use std::future::poll_fn;
use std::task::Poll;

use super::durable::{Ledger, on};
use super::*;

/// Polls at most so many times, and drops. Returns what came of it, if anything.
async fn polled<T>(times: usize, work: impl Future<Output = T>) -> Option<T> {
    let mut work = Box::pin(work);
    let mut left = times;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match work.as_mut().poll(context) {
            Poll::Ready(done) => Poll::Ready(Some(done)),
            Poll::Pending => {
                if left == 0 {
                    context.waker().wake_by_ref();
                }
                Poll::Pending
            }
        }
    })
    .await
}

/// What had left is given the time to arrive.
async fn arrive() {
    tokio::time::sleep(Duration::from_millis(20)).await;
}

/// A client whose guard answers at once, or at the next poll and after a round trip as a database.
fn client_of(server: &Scripted, pends: bool) -> Client {
    if pends {
        on(server, &Ledger::settling())
    } else {
        client(server)
    }
}

/// How the debt stands after its caller has gone away, which a guard that pends learns in the background.
async fn stands_then(client: &Client, pends: bool) -> Standing {
    let standing = stands(client).await;
    arrive().await;
    let later = stands(client).await;
    assert!(pends || later == standing, "{standing:?} {later:?}");
    later
}

#[tokio::test]
async fn a_create_that_is_dropped_frees_the_debt_or_leaves_it_in_doubt() {
    assert_eq!(drop_creates(false).await, 0);
}

#[tokio::test]
async fn a_create_that_is_dropped_while_the_guard_is_told_of_its_session_does_not_lose_it() {
    assert!(drop_creates(true).await > 0);
}

/// Drops creates at every point, and returns how often the session was known by then.
async fn drop_creates(pends: bool) -> usize {
    let (mut freed, mut doubted, mut lived) = (0, 0, 0);
    for times in 0.. {
        let server = server(created, nothing).await;
        let client = client_of(&server, pends);
        if let Some(done) = polled(times, once(&client)).await {
            assert_eq!(*done.unwrap().session_id(), session(1));
            break;
        }
        let standing = stands_then(&client, pends).await;
        let left = creates(&server);
        match standing {
            Standing::Free => {
                assert_eq!(left, 0, "a create left, and the debt is free ({times})");
                freed += 1;
                assert_eq!(*once(&client).await.unwrap().session_id(), session(1));
                assert_eq!(creates(&server), 1);
            }
            Standing::Doubtful { suspect: None, .. } => {
                doubted += 1;
                let refused = once(&client).await.unwrap_err();
                assert!(matches!(refused, OnceError::Doubtful { .. }), "{refused:?}");
                assert_eq!(creates(&server), left);
            }
            other => {
                assert_eq!(other, live(1), "{times}");
                assert_eq!(left, 1);
                lived += 1;
            }
        }
    }
    assert!(freed > 1 && doubted > 0, "{freed} {doubted}");
    lived
}

#[tokio::test]
async fn a_replacement_that_is_dropped_keeps_the_old_session_or_leaves_doubt() {
    assert_eq!(drop_replacements(false).await, 0);
}

#[tokio::test]
async fn a_replacement_that_is_dropped_while_the_guard_is_told_does_not_lose_the_new_session() {
    assert!(drop_replacements(true).await > 0);
}

async fn drop_replacements(pends: bool) -> usize {
    let (mut kept, mut doubted, mut lived) = (0, 0, 0);
    for times in 0.. {
        let server = server(created, |_| status(1, "Canceled", "EFT0501")).await;
        let client = client_of(&server, pends);
        once(&client).await.unwrap();
        let (old, debt, request) = (session(1), debt(), request());
        let work = client.replace(&old, &debt, &request);
        if let Some(done) = polled(times, work).await {
            assert_eq!(*done.unwrap().session_id(), session(2));
            break;
        }
        let standing = stands_then(&client, pends).await;
        let left = creates(&server);
        match standing {
            Standing::Doubtful { .. } => {
                doubted += 1;
                assert!(once(&client).await.is_err());
            }
            standing if standing == live(2) => {
                assert_eq!(left, 2);
                lived += 1;
            }
            standing => {
                // Free: between the look at the old session and the create.
                assert!(
                    standing == live(1) || standing == Standing::Free,
                    "{times}: {standing:?}"
                );
                assert_eq!(left, 1, "{times}: a create left");
                kept += 1;
                let new = client.replace(&old, &debt, &request).await;
                assert_eq!(*new.unwrap().session_id(), session(2));
            }
        }
        assert!(creates(&server) <= 2);
    }
    assert!(kept > 3 && doubted > 0, "{kept} {doubted}");
    lived
}

#[tokio::test]
async fn who_waits_and_goes_away_takes_nothing_with_it() {
    let server = server(created, nothing).await;
    let client = client(&server);
    for times in 1..12 {
        let key = DebtKey::new(&format!("order {times}")).unwrap();
        let request = request();
        let (first, second, third) = tokio::join!(
            client.create_once(&key, &request),
            polled(times, client.create_once(&key, &request)),
            client.create_once(&key, &request),
        );
        assert!(matches!(&first, Ok(Once::Created(_))));
        assert!(second.is_none_or(|it| matches!(it, Ok(Once::Live(_)))));
        assert_eq!(first.unwrap().session_id(), third.unwrap().session_id());
        assert_eq!(creates(&server), times);
    }
}
