//! When a wait ends although the session does not.

use super::*;

async fn out_of_time(stage: &Stage, policy: WaitPolicy) -> WaitError {
    let client = stage.client();
    let wait = client.wait(&session(), policy);
    let error = stage.clock.run(wait).await.unwrap_err();
    assert_eq!(error.kind(), WaitErrorKind::Deadline);
    error
}

fn last(error: &WaitError) -> Option<String> {
    error.last_seen().map(|report| report.status.to_string())
}

#[tokio::test]
async fn by_default_it_is_ten_minutes_to_the_nanosecond() {
    let stage = Stage::playing(vec![status("Initiated", "EFT0101"), open()]).await;
    let error = out_of_time(&stage, WaitPolicy::default()).await;
    assert_eq!(stage.clock.elapsed(), seconds(600));
    let looks = stage.times().len();
    assert!((19..=20).contains(&looks), "{looks}");
    assert_eq!(last(&error).as_deref(), Some("InProgress"));
    assert!(error.call_error().is_none());
}

#[tokio::test]
async fn no_look_begins_at_the_deadline_and_none_is_owed_before_it() {
    let nano = Duration::from_nanos(1);
    for (limit, looks) in [
        (Duration::ZERO, 0),
        (nano, 1),
        (seconds(30), 1),
        (seconds(33) + nano, 2),
    ] {
        let stage = Stage::playing(vec![open()]).await;
        let error = out_of_time(&stage, WaitPolicy::default().for_at_most(limit)).await;
        assert_eq!(stage.clock.elapsed(), limit);
        assert_eq!(stage.times().len(), looks, "{limit:?}");
        assert_eq!(error.last_seen().is_some(), looks > 0);
    }
}

#[tokio::test]
async fn a_read_on_its_way_does_not_hold_it_up() {
    let stage = Stage::playing(vec![open(), Reply::Stall(Vec::new())]).await;
    let client = stage.client();
    let limit = seconds(45);
    let policy = WaitPolicy::default().for_at_most(limit);
    let wait = tokio::spawn(async move { client.wait(&session(), policy).await });
    stage.clock.rest().await;
    stage.clock.advance(seconds(34));
    while stage.times().len() < 2 {
        tokio::task::yield_now().await;
    }
    stage.clock.advance(seconds(11) - Duration::from_nanos(1));
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(!wait.is_finished());
    stage.clock.advance(Duration::from_nanos(1));
    let error = wait.await.unwrap().unwrap_err();
    assert_eq!(error.kind(), WaitErrorKind::Deadline);
    assert_eq!(last(&error).as_deref(), Some("InProgress"));
    assert_eq!(stage.clock.sleepers(), 0);
}

#[tokio::test]
async fn a_trouble_that_is_not_over_is_told_with_it() {
    let stage = Stage::playing(vec![open(), empty(503)]).await;
    let policy = WaitPolicy::default().for_at_most(seconds(100));
    let error = out_of_time(&stage, policy).await;
    assert_eq!(last(&error).as_deref(), Some("InProgress"));
    assert_eq!(error.call_error().unwrap().status(), Some(503));
    assert_eq!(stage.clock.elapsed(), seconds(100));

    let stage = Stage::playing(vec![open(), empty(503), open()]).await;
    let error = out_of_time(&stage, policy).await;
    assert!(error.call_error().is_none());

    // What is the matter with the details does not keep the session from ending.
    let stage = Stage::with(|asked, _| {
        if asked.line.ends_with("/details") {
            empty(502)
        } else {
            open()
        }
    })
    .await;
    let error = out_of_time(&stage, policy.watch_details(true)).await;
    assert!(error.call_error().is_none());
}

#[tokio::test]
async fn what_waits_for_a_signature_says_so_at_the_end() {
    let stage = Stage::playing(vec![status("Completed", "EFT0302")]).await;
    let error = out_of_time(&stage, WaitPolicy::default()).await;
    let seen = error.last_seen().unwrap();
    assert_eq!(seen.outcome(), Some(Outcome::AwaitingPadSignature));
}

/// It may be asked for so much later that the time is over: what was read in time is told first.
#[tokio::test]
async fn it_comes_for_a_stream_that_nobody_asks() {
    let stage = Stage::playing(vec![status("Completed", "EFT0302"), scheduled()]).await;
    let client = stage.client();
    let mut watch = client.watch(&session(), status_only());
    let first = stage.clock.run(watch.next()).await.unwrap().unwrap();
    assert_eq!(short(&first), "Completed EFT0302");
    stage.clock.advance(seconds(600));
    let told = stage.clock.run(told(&mut watch)).await;
    assert_eq!(
        told,
        [
            "awaiting signature",
            "error: the session has not ended in the time given; last seen Completed, EFT0302",
        ]
    );
    assert_eq!(stage.times().len(), 1);
}

/// Waiting begins when it is first polled, and so does its time.
#[tokio::test]
async fn its_time_runs_from_the_first_poll() {
    let stage = Stage::playing(vec![open()]).await;
    let client = stage.client();
    let wait = client.wait(&session(), WaitPolicy::default());
    let mut watch = client.watch(&session(), status_only());
    stage.clock.advance(seconds(1000));
    assert!(stage.clock.run(wait).await.is_err());
    assert_eq!(stage.clock.elapsed(), seconds(1600));
    stage.clock.run(told(&mut watch)).await;
    assert_eq!(stage.clock.elapsed(), seconds(2200));
}

/// A limit that no clock can hold is no limit.
#[tokio::test]
async fn it_may_be_as_good_as_never() {
    let stage = Stage::playing(vec![open(), scheduled()]).await;
    let client = stage.client();
    let policy = WaitPolicy::default().for_at_most(Duration::MAX);
    let settled = stage.clock.run(client.wait(&session(), policy)).await;
    assert!(settled.is_ok());
}
