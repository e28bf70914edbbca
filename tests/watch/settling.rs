//! How a wait ends when the session does.

use super::*;

#[tokio::test]
async fn a_session_that_has_ended_is_settled_at_the_first_look() {
    for (answer, outcome) in [
        (scheduled(), Outcome::Scheduled),
        (
            status("Failed", "EFT0402"),
            Outcome::Failed(Some(StatusDetails::Eft0402)),
        ),
        (status("Cancelled", "EFT0501"), Outcome::Cancelled),
        (status("Expired", "EFT0601"), Outcome::Expired),
        (
            status("Failed", "EFT0301"),
            Outcome::Contradictory(SessionStatus::Failed, StatusDetails::Eft0301),
        ),
    ] {
        let stage = Stage::playing(vec![answer, open()]).await;
        let client = stage.client();
        let wait = client.wait(&session(), WaitPolicy::default());
        let settled = stage.clock.run(wait).await.unwrap();
        assert_eq!(settled.outcome, outcome);
        assert_eq!(settled.report.session_id, session());
        assert_eq!(stage.times(), [Duration::ZERO]);
    }
}

/// The code says whether a debit is scheduled, and may come a little later than the status.
#[tokio::test]
async fn completed_without_a_code_is_looked_at_again_before_it_is_the_outcome() {
    let bare = || status("Completed", "");
    for (answers, outcome, looks) in [
        (vec![bare(), scheduled()], Outcome::Scheduled, 2),
        (vec![bare(), bare(), scheduled()], Outcome::Scheduled, 3),
        (vec![bare(); 3], Outcome::Unclear(None), 3),
        // It counts from the last time that it was anything else.
        (
            vec![bare(), bare(), open(), bare(), bare(), scheduled()],
            Outcome::Scheduled,
            6,
        ),
    ] {
        let stage = Stage::playing(answers).await;
        let client = stage.client();
        let wait = client.wait(&session(), WaitPolicy::default());
        let settled = stage.clock.run(wait).await.unwrap();
        assert_eq!(settled.outcome, outcome);
        assert_eq!(stage.times().len(), looks);
    }
}

#[tokio::test]
async fn the_pace_is_kept_until_the_session_ends() {
    for (policy, pace) in [
        (WaitPolicy::default(), seconds(30)),
        (WaitPolicy::default().every(seconds(10)), seconds(10)),
        (
            WaitPolicy::default().every(Duration::from_millis(1)),
            Duration::from_millis(1),
        ),
    ] {
        let mut answers = vec![open(); 7];
        answers.push(scheduled());
        let stage = Stage::playing(answers).await;
        let client = stage.client();
        let settled = stage
            .clock
            .run(client.wait(&session(), policy))
            .await
            .unwrap();
        assert_eq!(settled.outcome, Outcome::Scheduled);
        let times = stage.times();
        assert_eq!((times.len(), times[0]), (8, Duration::ZERO));
        let pauses: Vec<Duration> = times.windows(2).map(|two| two[1] - two[0]).collect();
        for pause in &pauses {
            assert!(*pause >= pace && *pause <= pace + pace / 10, "{pause:?}");
        }
        // By chance, so that waits that began together do not stay together.
        assert!(pauses.iter().any(|pause| *pause != pauses[0]), "{pauses:?}");
        assert!(
            pauses.iter().any(|pause| *pause > pace + pace / 50),
            "{pauses:?}"
        );
    }
}

#[tokio::test]
async fn each_change_is_told_once() {
    let stage = Stage::playing(vec![
        status("Initiated", "EFT0101"),
        status("Initiated", "EFT0101"),
        open(),
        open(),
        status_with("InProgress", "", r#","amount":80"#),
        status_with("InProgress", "", r#","amount":80"#),
        status("Paused", "EFT9999"),
        status("Paused", "EFT9999"),
        scheduled(),
    ])
    .await;
    let client = stage.client();
    let mut watch = client.watch(&session(), status_only());
    assert_eq!(
        stage.clock.run(told(&mut watch)).await,
        [
            "Initiated EFT0101",
            "InProgress",
            "InProgress",
            "Paused EFT9999",
            "Completed EFT0301",
            "settled: the debit is scheduled",
        ]
    );
    assert_eq!(stage.times().len(), 9);
}

#[tokio::test]
async fn a_signature_is_waited_for_and_seen_to_come() {
    let clock = Moved::new();
    let (sandbox, client) = sandbox(&clock, Sandbox::builder()).await;
    let id = create(&client, "Happy1", Some("75.25")).await;
    let payor = sandbox.payor(&id);
    let mut watch = client.watch(&id, status_only());
    let told = clock
        .run_with(told(&mut watch), |moves| {
            if moves == 0 {
                payor.run_to(&flinks_pay::session::Step::Pad).unwrap();
            } else if moves == 3 {
                payor.step().unwrap();
            }
        })
        .await;
    assert_eq!(
        told,
        [
            "Initiated EFT0101",
            "Completed EFT0302",
            "awaiting signature",
            "Completed EFT0301",
            "settled: the debit is scheduled",
        ]
    );
}

#[tokio::test]
async fn a_signature_need_not_be_waited_for() {
    let stage = Stage::playing(vec![open(), status("Completed", "EFT0302"), scheduled()]).await;
    let client = stage.client();
    let policy = status_only().until_signed(false);
    let mut watch = client.watch(&session(), policy);
    assert_eq!(
        stage.clock.run(told(&mut watch)).await,
        [
            "InProgress",
            "Completed EFT0302",
            "awaiting signature",
            "settled: the debit agreement is not signed yet",
        ]
    );
    assert_eq!(stage.times().len(), 2);
}

#[tokio::test]
async fn a_session_that_times_out_is_seen_to() {
    let clock = Moved::new();
    let (sandbox, client) = sandbox(&clock, Sandbox::builder()).await;
    let id = create(&client, "Happy1", None).await;
    sandbox.payor(&id).step().unwrap();
    let policy = WaitPolicy::default().for_at_most(seconds(3600));
    let settled = clock.run(client.wait(&id, policy)).await.unwrap();
    assert_eq!(settled.outcome, Outcome::Expired);
    assert!(settled.outcome.is_unpaid());
    // The first look after 30 minutes.
    let over = clock.elapsed() - SandboxBuilder::SESSION_TIMEOUT;
    assert!(over <= seconds(33), "{over:?}");
}

#[tokio::test]
async fn a_pace_under_the_floor_is_refused_before_anything_is_sent() {
    let clock = Moved::new();
    let credentials = Credentials::basic("shop", "hush").unwrap();
    let client = clock.client("https://pay.example", credentials, Retries::default());
    let every = seconds(10) - Duration::from_nanos(1);
    let policy = status_only().every(every);
    let error = client.wait(&session(), policy).await.unwrap_err();
    let floor = WaitPolicy::FLOOR;
    assert_eq!(error.kind(), WaitErrorKind::TooFast { every, floor });
    assert_eq!(
        told(&mut client.watch(&session(), policy)).await,
        ["error: the pace is too fast: every 9.999999999s, expected at least 10s"]
    );
}
