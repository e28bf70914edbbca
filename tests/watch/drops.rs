//! Waiting that is given up, at every point at which it can be.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;

use super::*;

/// Polls once.
async fn once<T>(mut work: Pin<&mut impl Future<Output = T>>) -> Poll<T> {
    poll_fn(|context| Poll::Ready(work.as_mut().poll(context))).await
}

/// Polls the work as often as that, moving the time on where it only waits for it, and drops it. Returns whether it was
/// over by then.
async fn poll_and_drop<T>(clock: &Moved, polls: usize, work: impl Future<Output = T>) -> bool {
    let mut work = pin!(work);
    for _ in 0..polls {
        let polled = once(work.as_mut()).await;
        if polled.is_ready() {
            return true;
        }
        if clock.at_rest() {
            clock.advance_to_next_wake();
        } else {
            // Lets the other side of the socket work.
            tokio::task::yield_now().await;
        }
    }
    false
}

/// Does work that is dropped at one point after another, until it is over before that. Returns how many points there were.
async fn at_every_point(mut is_over_by: impl AsyncFnMut(usize) -> bool) -> usize {
    let mut points = 0;
    while !is_over_by(points).await {
        points += 1;
    }
    points
}

/// What is left of dropped work: nobody who waits, no request to come, and a client that works.
async fn nothing_is_left(stage: &Stage, client: &Client) {
    assert_eq!(stage.clock.sleepers(), 0);
    // A call of another session goes through, and by then whatever was sent has arrived.
    let other = SessionId::new(OTHER).unwrap();
    let _ = client.status(&other).await;
    let before = stage.server.asked().len();
    stage.clock.advance(seconds(7_200));
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
    let answer = client.details(&other).await;
    assert_eq!(answer.unwrap().status, SessionStatus::Expired);
    let ours = |asked: &Asked| asked.line.contains(OTHER) || asked.line.contains("/authorize");
    let later = stage.server.asked().split_off(before);
    assert!(later.iter().all(ours), "{later:?}");
}

/// Trouble, a token, details, a signature that is waited for and one that comes.
async fn stage() -> Stage {
    Stage::with(|asked, number| {
        if asked.line.contains(OTHER) {
            return Reply::json(
                200,
                &format!(r#"{{"sessionId":"{OTHER}","status":"Expired"}}"#),
            );
        }
        if asked.line.ends_with("/details") {
            return Reply::json(
                200,
                &format!(
                    r#"{{"sessionId":"{SESSION}","status":"InProgress","step":{{"current":"Pad"}}}}"#
                ),
            );
        }
        match number {
            0 => empty(401),
            1 => empty(503),
            2 => open(),
            4 => status("Completed", "EFT0302"),
            _ => scheduled(),
        }
    })
    .await
}

#[tokio::test]
async fn a_wait_may_be_dropped_at_every_point() {
    let points = at_every_point(async |polls| {
        let stage = stage().await;
        let client = stage.client_trying(Retries::default());
        let policy = WaitPolicy::default().watch_details(true);
        let wait = client.wait(&session(), policy);
        let over = poll_and_drop(&stage.clock, polls, wait).await;
        nothing_is_left(&stage, &client).await;
        over
    })
    .await;
    // Seven requests and three pauses.
    assert!(points > 20, "{points}");
}

#[tokio::test]
async fn a_watch_may_be_dropped_at_every_point() {
    let points = at_every_point(async |polls| {
        let stage = stage().await;
        let client = stage.client_trying(Retries::default());
        let policy = WaitPolicy::default().watch_details(true);
        let mut watch = client.watch(&session(), policy);
        let over = poll_and_drop(&stage.clock, polls, told(&mut watch)).await;
        drop(watch);
        nothing_is_left(&stage, &client).await;
        over
    })
    .await;
    assert!(points > 20, "{points}");
}

#[tokio::test]
async fn a_reconciliation_may_be_dropped_at_every_point() {
    let points = at_every_point(async |polls| {
        let stage = stage().await;
        let client = stage.client_trying(Retries::default());
        let sessions = [session(); 5];
        let policy = flinks_pay::watch::ReconcilePolicy::default().at_once(2);
        let mut run = client.reconcile(sessions, policy);
        let all = async { while run.next().await.is_some() {} };
        let over = poll_and_drop(&stage.clock, polls, all).await;
        drop(run);
        nothing_is_left(&stage, &client).await;
        over
    })
    .await;
    // Five sessions, two at a time.
    assert!(points > 5, "{points}");
}

/// Asking for the next item is one thing, the wait another: the first may be dropped, and the second goes on where it was.
#[tokio::test]
async fn what_is_dropped_while_it_asks_for_the_next_item_loses_none() {
    let stage = stage().await;
    let client = stage.client_trying(Retries::default());
    let policy = WaitPolicy::default().watch_details(true);
    let mut watch = client.watch(&session(), policy);
    let mut told = Vec::new();
    loop {
        let mut item = None;
        {
            let mut next = pin!(watch.next());
            // One poll, and away with it.
            if let Poll::Ready(ready) = once(next.as_mut()).await {
                item = Some(ready);
            }
        }
        match item {
            Some(Some(item)) => told.push(short(&item.unwrap())),
            Some(None) => break,
            None if stage.clock.at_rest() => stage.clock.advance_to_next_wake(),
            None => tokio::task::yield_now().await,
        }
    }
    assert_eq!(
        told,
        [
            "trouble: the server failed",
            "InProgress",
            "step Pad",
            "Completed EFT0302",
            "awaiting signature",
            "Completed EFT0301",
            "settled: the debit is scheduled",
        ]
    );
    assert_eq!(stage.times().len(), 7);
}
