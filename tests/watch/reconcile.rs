//! Asking once for each of many sessions.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use flinks_pay::session::Step;
use flinks_pay::watch::{Found, Reconcile, ReconcilePolicy};

fn numbered(number: usize) -> SessionId {
    SessionId::new(&format!("a1f04c77-9be2-4d18-b36a-{number:012}")).unwrap()
}

/// The number of the session that a call is about.
fn number(asked: &Asked) -> usize {
    let id = asked.line.split('/').nth_back(1).unwrap();
    id[24..].parse().unwrap()
}

/// A status answer about the session that was asked for.
fn about(asked: &Asked, status: &str) -> Reply {
    let id = asked.line.split('/').nth_back(1).unwrap();
    Reply::json(
        200,
        &format!(r#"{{"sessionId":"{id}","status":"{status}"}}"#),
    )
}

async fn standings(run: &mut Reconcile<'_>) -> Vec<String> {
    let mut standings = Vec::new();
    while let Some(session) = run.next().await {
        standings.push(match session.found {
            Found::Settled(settled) => settled.outcome.to_string(),
            Found::Open(report) => format!("open: {}", report.status),
            Found::Gone(_) => "gone".to_owned(),
            Found::Failed(error) => format!("failed: {}", error.kind()),
            Found::NotAsked(error) => format!("not asked: {}", error.kind()),
            other => panic!("{other:?} is new"),
        });
    }
    standings
}

/// Such a row is asked for again: the code that says whether money moves may still come.
#[tokio::test]
async fn completed_without_a_code_is_not_settled() {
    let stage = Stage::playing(vec![status("Completed", ""), scheduled()]).await;
    let client = stage.client();
    for standing in ["open: Completed", "the debit is scheduled"] {
        let mut run = client.reconcile([session()], ReconcilePolicy::default());
        assert_eq!(stage.clock.run(standings(&mut run)).await, [standing]);
    }
}

#[tokio::test]
async fn each_session_is_told_as_it_stands_and_in_order() {
    let clock = Moved::new();
    let (sandbox, client) = sandbox(&clock, Sandbox::builder()).await;
    let mut sessions = Vec::new();
    for _ in 0..6 {
        sessions.push(create(&client, "Happy1", Some("20")).await);
    }
    sandbox.payor(&sessions[0]).run().unwrap();
    sandbox.payor(&sessions[1]).step().unwrap();
    sandbox.payor(&sessions[2]).fail_login().run().unwrap();
    sandbox.payor(&sessions[3]).run_to(&Step::Pad).unwrap();
    client.cancel(&sessions[4]).await.unwrap();
    sessions.insert(2, session());
    let mut run = client.reconcile(sessions.clone(), ReconcilePolicy::default());
    assert_eq!(
        clock.run(standings(&mut run)).await,
        [
            "the debit is scheduled",
            "open: InProgress",
            "gone",
            "failed: the payor could not log in at the bank",
            "open: Completed",
            "cancelled",
            "open: Initiated",
        ]
    );
    assert!(run.next().await.is_none());
    // Half an hour later, those that nobody finished have expired, and no webhook says so.
    clock.advance(SandboxBuilder::SESSION_TIMEOUT);
    let mut again = client.reconcile(sessions, ReconcilePolicy::default());
    let again = clock.run(standings(&mut again)).await;
    assert_eq!([&*again[1], &*again[4], &*again[6]], ["expired"; 3]);
    assert_eq!(again[0], "the debit is scheduled");
}

#[tokio::test]
async fn a_session_is_named_with_its_standing_whichever_answers_first() {
    // The first is the slowest: it is asked for twice.
    let stage = Stage::with(|asked, _| about(asked, "Expired")).await;
    let failures = Arc::new(AtomicUsize::new(0));
    let slow = Stage::with(move |asked, _| {
        if number(asked) == 0 && failures.fetch_add(1, Ordering::SeqCst) < 1 {
            return empty(401);
        }
        about(asked, "Expired")
    })
    .await;
    for stage in [stage, slow] {
        let client = stage.client_trying(Retries::default());
        let policy = ReconcilePolicy::default().spacing(Duration::ZERO);
        let mut run = client.reconcile((0..9).map(numbered), policy);
        let mut seen = Vec::new();
        while let Some(session) = stage.clock.run(run.next()).await {
            assert!(
                matches!(&session.found, Found::Settled(settled) if settled.report.session_id == session.session_id)
            );
            seen.push(session.session_id);
        }
        assert_eq!(seen, (0..9).map(numbered).collect::<Vec<_>>());
    }
}

/// What has failed for once is asked for again by the next run.
#[tokio::test]
async fn a_read_is_one_attempt_whatever_the_client_would_try() {
    let stage = Stage::with(|asked, _| match number(asked) {
        1 => empty(503),
        _ => about(asked, "Expired"),
    })
    .await;
    let client = stage.client_trying(Retries::default());
    let mut run = client.reconcile((0..3).map(numbered), ReconcilePolicy::default());
    assert_eq!(
        stage.clock.run(standings(&mut run)).await,
        ["expired", "failed: the server failed", "expired"]
    );
    assert_eq!(stage.times().len(), 3);
}

#[tokio::test]
async fn reads_begin_no_closer_than_the_spacing() {
    let stage = Stage::with(|asked, _| about(asked, "Expired")).await;
    let client = stage.client();
    let spacing = Duration::from_millis(250);
    let policy = ReconcilePolicy::default().spacing(spacing);
    let mut run = client.reconcile((0..10).map(numbered), policy);
    assert_eq!(stage.clock.run(standings(&mut run)).await.len(), 10);
    let expected: Vec<Duration> = (0..10).map(|turn| spacing * turn).collect();
    assert_eq!(stage.times(), expected);

    let stage = Stage::with(|asked, _| about(asked, "Expired")).await;
    let client = stage.client();
    let mut run = client.reconcile((0..3).map(numbered), ReconcilePolicy::default());
    stage.clock.run(standings(&mut run)).await;
    let expected: Vec<Duration> = [0, 100, 200].map(Duration::from_millis).to_vec();
    assert_eq!(stage.times(), expected);
}

#[tokio::test]
async fn no_more_are_asked_for_or_even_taken_than_fit_at_once() {
    for (set, most) in [(None, 4), (Some(3), 3), (Some(1), 1), (Some(0), 1)] {
        let stage = Stage::with(|_, _| Reply::Stall(Vec::new())).await;
        let client = stage.client();
        let taken = Arc::new(AtomicUsize::new(0));
        let sessions = (0..1_000_000_000).map({
            let taken = Arc::clone(&taken);
            move |number| {
                taken.fetch_add(1, Ordering::SeqCst);
                numbered(number)
            }
        });
        let mut policy = ReconcilePolicy::default().spacing(Duration::ZERO);
        if let Some(set) = set {
            policy = policy.at_once(set);
        }
        let mut run = client.reconcile(sessions, policy);
        let run = tokio::spawn(async move { run.next().await });
        while stage.times().len() < most {
            tokio::task::yield_now().await;
        }
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
        assert_eq!(stage.times().len(), most);
        assert_eq!(taken.load(Ordering::SeqCst), most);
        run.abort();
    }
}

#[tokio::test]
async fn the_failure_of_one_is_no_failure_of_the_others() {
    let stage = Stage::with(|asked, _| match number(asked) {
        0 => empty(500),
        1 => empty(403),
        2 => empty(404),
        3 => Reply::Close,
        4 => status("Completed", "EFT0301"),
        5 => Reply::of(200, &[], "no JSON"),
        _ => about(asked, "Expired"),
    })
    .await;
    let client = stage.client();
    let mut run = client.reconcile((0..7).map(numbered), ReconcilePolicy::default());
    assert_eq!(
        stage.clock.run(standings(&mut run)).await,
        [
            "failed: the server failed",
            "failed: forbidden",
            "gone",
            "failed: the connection broke",
            "failed: the answer is about another session or reference",
            "failed: the answer cannot be read",
            "expired",
        ]
    );
}

#[tokio::test]
async fn each_session_is_looked_for_where_it_is() {
    let stage = Stage::with(|asked, _| {
        if number(asked).is_multiple_of(2) && asked.line.ends_with("/status") {
            empty(404)
        } else {
            about(asked, "Expired")
        }
    })
    .await;
    let client = stage.client();
    let policy = ReconcilePolicy::default().at_once(1);
    let mut run = client.reconcile((0..4).map(numbered), policy);
    assert_eq!(stage.clock.run(standings(&mut run)).await, ["expired"; 4]);
    assert_eq!(
        stage.paths(),
        ["status", "details", "status", "status", "details", "status"]
    );
}

#[tokio::test]
async fn refused_credentials_are_not_tried_for_every_session() {
    let stage = Stage::refusing_tokens(401, |asked, _| about(asked, "Expired")).await;
    let client = stage.client();
    let policy = ReconcilePolicy::default().at_once(1);
    let mut run = client.reconcile((0..100).map(numbered), policy);
    let all = stage.clock.run(standings(&mut run)).await;
    assert_eq!(all[0], "failed: not authorized");
    assert_eq!(all[1..], ["not asked: not authorized"; 99]);
    assert_eq!(stage.server.asked().len(), 1);

    // A token that is not accepted, neither the old one nor a new one.
    let stage = Stage::with(|asked, number| {
        if number < 2 {
            about(asked, "Expired")
        } else {
            empty(401)
        }
    })
    .await;
    let client = stage.client();
    let mut run = client.reconcile((0..6).map(numbered), policy);
    assert_eq!(
        stage.clock.run(standings(&mut run)).await,
        [
            "expired",
            "expired",
            "failed: not authorized",
            "not asked: not authorized",
            "not asked: not authorized",
            "not asked: not authorized",
        ]
    );
}

#[tokio::test]
async fn a_retry_after_is_for_all_and_too_long_a_one_ends_the_asking() {
    for (asks, least, standing) in [
        ("0", Duration::from_millis(400), "expired"),
        ("30", seconds(30), "expired"),
        ("60", seconds(60), "expired"),
        ("61", Duration::ZERO, "not asked: too many requests"),
    ] {
        let stage = Stage::with(move |asked, _| {
            if number(asked) == 3 {
                Reply::of(429, &[("retry-after", asks)], "")
            } else {
                about(asked, "Expired")
            }
        })
        .await;
        let client = stage.client();
        let policy = ReconcilePolicy::default().at_once(3);
        let mut run = client.reconcile((0..12).map(numbered), policy);
        let all = stage.clock.run(standings(&mut run)).await;
        assert_eq!(all[..3], ["expired"; 3]);
        assert_eq!(all[3], "failed: too many requests");
        assert_eq!(all[4..], [standing; 8], "{asks}");
        let times = stage.times();
        let asked_at = Duration::from_millis(300);
        if standing == "expired" {
            let first = asked_at + least;
            let after: Vec<Duration> = times[4..].to_vec();
            if asks == "0" {
                assert_eq!(after[0], Duration::from_millis(400));
            } else {
                // Those that had their turns before it have other ones after it, as far apart as ever.
                let spaced: Vec<Duration> = (0..8)
                    .map(|turn| first + Duration::from_millis(100) * turn)
                    .collect();
                assert_eq!(after, spaced, "{asks}");
            }
        } else {
            assert_eq!(times.len(), 4);
        }
    }
}

#[tokio::test]
async fn nothing_to_ask_for_is_nothing_to_tell() {
    let stage = Stage::with(|_, _| open()).await;
    let client = stage.client();
    let mut run = client.reconcile([], ReconcilePolicy::default());
    assert!(run.next().await.is_none());
    assert!(stage.times().is_empty());
}
