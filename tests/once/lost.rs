//! Sessions whose id was lost with the answer to their create, and that are heard of by their reference afterwards.

use std::pin::pin;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use flinks_pay::client::once::GuardError;
use flinks_pay::clock::{Clock, ManualClock};

use super::durable::Ledger;
use super::watched::Watched;
use super::*;

const REFERENCE: &str = "invoice-1042";

/// What a webhook says of the session so-and-so.
fn said(number: usize, status: &str, code: &str) -> StatusReport {
    let mut report: serde_json::Value =
        serde_json::from_str(&report_json(number, status, code)).unwrap();
    report["referenceId"] = REFERENCE.into();
    serde_json::from_value(report).unwrap()
}

async fn told(client: &Client, number: usize, status: &str, code: &str) -> Noted {
    let report = said(number, status, code);
    client.note_outcome(&report).await.unwrap()
}

/// Loses the answer to its first create, of session 9, and to as many more as it is said.
async fn forgetful(lost: usize) -> Scripted {
    server(
        move |number| match number {
            number if number <= lost => Reply::Close,
            _ => created(number),
        },
        |asked| {
            let canceled = asked.line.ends_with("/cancel");
            let status = if canceled { "Canceled" } else { "Expired" };
            let id = asked.line.split('/').nth(4).unwrap();
            let body =
                serde_json::json!({ "sessionId": id, "referenceId": REFERENCE, "status": status });
            Reply::json(200, &body.to_string())
        },
    )
    .await
}

/// A client for each guard, of a debt that is in doubt.
async fn in_doubt(lost: usize) -> Vec<(Scripted, Client)> {
    let mut all = Vec::new();
    let guards: [Arc<dyn Guard>; 2] = [Arc::new(MemoryGuard::new()), Arc::new(Ledger::default())];
    for guard in guards {
        let server = forgetful(lost).await;
        let client = builder(&server).guard(guard).build().unwrap();
        let failed = once(&client).await.unwrap_err();
        assert!(matches!(failed, OnceError::MaybeCreated(_)), "{failed:?}");
        all.push((server, client));
    }
    all
}

async fn nothing_exists(client: &Client) {
    let free = client.resolve(&debt(), Resolution::NothingExists).await;
    assert_eq!(free.unwrap(), Standing::Free);
}

/// A session that was paid is not created again, whoever forgot its id.
#[tokio::test]
async fn a_lost_session_that_is_paid_pays_its_doubtful_debt() {
    for (server, client) in in_doubt(1).await {
        assert_eq!(told(&client, 9, "Completed", "EFT0301").await, Noted::Paid);
        assert_eq!(stands(&client).await, paid(9));
        let refused = once(&client).await.unwrap_err();
        assert!(matches!(refused, OnceError::Paid { .. }), "{refused:?}");
        let again = told(&client, 9, "Completed", "EFT0301").await;
        assert_eq!(again, Noted::NoNews);
        assert_eq!(creates(&server), 1);
    }
}

#[tokio::test]
async fn a_lost_session_that_is_paid_after_all_is_told_and_the_other_one_is_not_handed_out() {
    for (server, client) in in_doubt(1).await {
        nothing_exists(&client).await;
        assert_eq!(*once(&client).await.unwrap().session_id(), session(2));
        for _ in 0..2 {
            assert_eq!(told(&client, 9, "Completed", "EFT0301").await, Noted::Stray);
        }
        let refused = once(&client).await.unwrap_err();
        assert!(
            matches!(&refused, OnceError::Paid { session: None, open: Some(it), .. } if *it == session(2)),
            "{refused:?}"
        );
        assert!(refused.to_string().contains("cancel that one"), "{refused}");
        assert_eq!(told(&client, 2, "Completed", "EFT0301").await, Noted::Twice);
        client.cancel(&session(2)).await.unwrap();
        let there = Resolution::PaidIn(session(9));
        assert_eq!(client.resolve(&debt(), there).await.unwrap(), paid(9));
        let known = told(&client, 9, "Completed", "EFT0301").await;
        assert_eq!(known, Noted::NoNews);
        assert_eq!(creates(&server), 2);
    }
}

#[tokio::test]
async fn a_lost_session_that_is_paid_before_there_is_another_one_keeps_it_from_being_made() {
    for (server, client) in in_doubt(1).await {
        nothing_exists(&client).await;
        assert_eq!(told(&client, 9, "Completed", "EFT0301").await, Noted::Stray);
        let refused = once(&client).await.unwrap_err();
        assert!(
            matches!(&refused, OnceError::Paid { session: Some(it), .. } if *it == session(9)),
            "{refused:?}"
        );
        assert_eq!(creates(&server), 1);
    }
}

#[tokio::test]
async fn a_lost_session_that_waits_for_a_signature_is_the_debts_live_one() {
    for resolved in [false, true] {
        for (server, client) in in_doubt(1).await {
            if resolved {
                nothing_exists(&client).await;
            }
            assert_eq!(told(&client, 9, "Completed", "EFT0302").await, Noted::Live);
            assert!(matches!(once(&client).await, Ok(Once::Live(it)) if it == session(9)));
            assert_eq!(told(&client, 9, "Completed", "EFT0301").await, Noted::Paid);
            assert_eq!(creates(&server), 1);
        }
    }
}

#[tokio::test]
async fn a_lost_session_of_which_nothing_can_be_concluded_holds_its_debt() {
    for (server, client) in in_doubt(1).await {
        assert_eq!(told(&client, 9, "Failed", "EFT0301").await, Noted::Held);
        let refused = once(&client).await.unwrap_err();
        assert!(matches!(refused, OnceError::Held { .. }), "{refused:?}");
        assert_eq!(creates(&server), 1);
    }
}

#[tokio::test]
async fn a_lost_session_that_ended_unpaid_frees_its_debt_if_a_webhook_says_so() {
    for (server, client) in in_doubt(1).await {
        // It was asked for, and may be an old one of the same reference.
        client.status(&session(8)).await.unwrap();
        client.cancel(&session(8)).await.unwrap();
        assert!(matches!(stands(&client).await, Standing::Doubtful { .. }));
        let noted = told(&client, 9, "Canceled", "EFT0501").await;
        assert_eq!(
            (noted, stands(&client).await),
            (Noted::Free, Standing::Free)
        );
        assert_eq!(*once(&client).await.unwrap().session_id(), session(2));
        // What was heard of the doubt before is not the last word.
        assert_eq!(told(&client, 7, "Completed", "EFT0301").await, Noted::Stray);
        assert_eq!(creates(&server), 2);
    }
}

/// Sessions of one debt have one reference, as a rule.
#[tokio::test]
async fn an_earlier_session_of_the_debt_is_not_taken_for_the_lost_one() {
    let lose_second = |number| match number {
        2 => Reply::Close,
        _ => created(number),
    };
    let guards: [Arc<dyn Guard>; 2] = [Arc::new(MemoryGuard::new()), Arc::new(Ledger::default())];
    for guard in guards {
        let server = server(lose_second, nothing).await;
        let client = builder(&server).guard(guard).build().unwrap();
        once(&client).await.unwrap();
        assert_eq!(told(&client, 1, "Failed", "EFT0402").await, Noted::Free);
        let failed = once(&client).await.unwrap_err();
        assert!(matches!(failed, OnceError::MaybeCreated(_)), "{failed:?}");
        for (status, code, noted) in [
            ("Failed", "EFT0402", Noted::Unknown),
            ("Completed", "EFT0302", Noted::NoNews),
            ("Completed", "EFT0301", Noted::Late),
        ] {
            assert_eq!(told(&client, 1, status, code).await, noted, "{code}");
            assert!(matches!(stands(&client).await, Standing::Doubtful { .. }));
        }
        assert_eq!(creates(&server), 2);
    }
}

#[tokio::test]
async fn of_two_lost_sessions_an_unpaid_one_frees_nothing() {
    for (server, client) in in_doubt(2).await {
        nothing_exists(&client).await;
        let failed = once(&client).await.unwrap_err();
        assert!(matches!(failed, OnceError::MaybeCreated(_)), "{failed:?}");
        let unpaid = told(&client, 9, "Canceled", "EFT0501").await;
        assert_eq!(unpaid, Noted::Unknown);
        assert_eq!(told(&client, 9, "Completed", "EFT0302").await, Noted::Stray);
        assert!(matches!(stands(&client).await, Standing::Doubtful { .. }));
        // Paid it is by either, and twice by both.
        assert_eq!(told(&client, 9, "Completed", "EFT0301").await, Noted::Paid);
        assert_eq!(told(&client, 8, "Completed", "EFT0301").await, Noted::Stray);
        assert_eq!((stands(&client).await, creates(&server)), (paid(9), 2));
    }
}

#[tokio::test]
async fn it_is_not_guessed_whose_a_session_is_that_two_debts_may_have_lost() {
    for resolved in [false, true] {
        for (server, client) in in_doubt(2).await {
            let other = DebtKey::new("order 2026/1043").unwrap();
            let failed = client.create_once(&other, &request()).await;
            assert!(matches!(failed, Err(OnceError::MaybeCreated(_))));
            if resolved {
                nothing_exists(&client).await;
            }
            let before = stands(&client).await;
            for (status, code, noted) in [
                ("Completed", "EFT0301", Noted::Stray),
                ("Completed", "EFT0302", Noted::Stray),
                ("Canceled", "EFT0501", Noted::Unknown),
            ] {
                assert_eq!(told(&client, 9, status, code).await, noted);
                assert_eq!(stands(&client).await, before);
                let others = client.standing(&other).await.unwrap();
                assert!(matches!(others, Standing::Doubtful { .. }));
            }
            assert_eq!(creates(&server), 2);
        }
    }
}

#[tokio::test]
async fn a_session_of_a_reference_that_nobody_lost_is_nobodys() {
    for (_, client) in in_doubt(1).await {
        let doubtful = stands(&client).await;
        for reference in [
            serde_json::json!("invoice-1043"),
            serde_json::json!("INVOICE-1042"),
            serde_json::json!("x".repeat(101)),
            serde_json::json!(null),
        ] {
            for (code, noted) in [("EFT0301", Noted::Unknown), ("EFT0302", Noted::NoNews)] {
                let report = serde_json::json!({
                    "sessionId": id(9), "status": "Completed", "statusDetails": code,
                    "referenceId": reference,
                });
                let report = serde_json::from_value(report).unwrap();
                assert_eq!(client.note_outcome(&report).await.unwrap(), noted);
            }
        }
        assert_eq!(stands(&client).await, doubtful);
    }
}

/// The process that made it has crashed, and nobody has resolved it.
#[tokio::test]
async fn a_create_that_nobody_came_back_for_is_settled_by_its_webhook() {
    let sending = format!(
        r#"{{"standing":"sending","claim":"5c1a1111-2222-4333-8444-555566667777","since":1772600000,"until":1772600200,"reference":"{REFERENCE}"}}"#
    );
    let client_on = async |server: &Scripted| {
        let guard = MemoryGuard::new();
        let row = standing(&sending);
        assert!(guard.swap(&debt(), &Standing::Free, &row).await.unwrap());
        builder(server).guard(Arc::new(guard)).build().unwrap()
    };
    let server = server(created, nothing).await;
    let client = client_on(&server).await;
    assert_eq!(told(&client, 9, "Completed", "EFT0301").await, Noted::Paid);
    assert_eq!(stands(&client).await, paid(9));
    // A doubt that the guard has never been told of, other than by its end, is remembered like any other.
    for unpaid in [false, true] {
        let client = client_on(&server).await;
        if unpaid {
            assert_eq!(told(&client, 9, "Failed", "EFT0402").await, Noted::Free);
        } else {
            nothing_exists(&client).await;
        }
        assert_eq!(told(&client, 8, "Completed", "EFT0301").await, Noted::Stray);
    }
    assert_eq!(creates(&server), 0);
}

/// What was written before references were kept.
#[tokio::test]
async fn a_row_without_a_reference_is_resolved_as_ever() {
    let old = r#"{"standing":"doubtful","claim":"5c1a1111-2222-4333-8444-555566667777","since":1772600000}"#;
    let row = standing(old);
    assert_eq!(serde_json::to_string(&row).unwrap(), old);
    let guard = MemoryGuard::new();
    assert!(guard.swap(&debt(), &Standing::Free, &row).await.unwrap());
    let server = server(created, nothing).await;
    let client = builder(&server).guard(Arc::new(guard)).build().unwrap();
    let noted = told(&client, 9, "Completed", "EFT0301").await;
    assert_eq!((noted, stands(&client).await), (Noted::Unknown, row));
    nothing_exists(&client).await;
    assert!(matches!(once(&client).await, Ok(Once::Created(_))));
}

/// The webhook is faster than the answer.
#[tokio::test]
async fn a_session_that_is_paid_before_its_create_is_answered_is_its_own() {
    for (answered, overtaken) in [(9, false), (1, true)] {
        let guard = Arc::new(MemoryGuard::new());
        let hears = Arc::<Mutex<Option<Client>>>::default();
        let server = {
            let hears = Arc::clone(&hears);
            let answer = move |_| {
                let client = hears.lock().unwrap().clone().unwrap();
                let tell = async move {
                    assert_eq!(
                        told(&client, 9, "Completed", "EFT0302").await,
                        Noted::NoNews
                    );
                    assert_eq!(told(&client, 9, "Canceled", "").await, Noted::Unknown);
                    assert!(matches!(stands(&client).await, Standing::Sending { .. }));
                    assert_eq!(told(&client, 9, "Completed", "EFT0301").await, Noted::Paid);
                };
                // This guard answers at once.
                let mut context = std::task::Context::from_waker(std::task::Waker::noop());
                assert!(std::pin::pin!(tell).poll(&mut context).is_ready());
                created(answered)
            };
            server(answer, nothing).await
        };
        let client = builder(&server).guard(guard).build().unwrap();
        *hears.lock().unwrap() = Some(client.clone());
        let done = once(&client).await;
        if overtaken {
            let error = done.unwrap_err();
            assert!(
                matches!(&error, OnceError::Overtaken { session: it, .. } if *it == session(1)),
                "{error:?}"
            );
        } else {
            assert!(matches!(done, Ok(Once::Created(_))), "{done:?}");
        }
        assert_eq!(stands(&client).await, paid(9));
        hears.lock().unwrap().take();
    }
}

/// Which standing.
type From = fn(&Standing) -> bool;

#[tokio::test]
async fn a_slow_guard_takes_a_create_no_more_time_than_the_call_has_until_it_leaves() {
    let seconds = Duration::from_secs;
    let total = seconds(5);
    let guards: [(From, Duration, usize); 3] = [
        (|to| matches!(to, Standing::Claimed { .. }), total, 0),
        // That nothing came of it is tried to be said for 5 s more.
        (
            |to| matches!(to, Standing::Sending { .. }),
            total + seconds(5),
            0,
        ),
        // What came of it, for 40 s.
        (|to| matches!(to, Standing::Live { .. }), seconds(40), 1),
    ];
    for (from, longest, left) in guards {
        let server = server(created, nothing).await;
        let clock = ManualClock::new();
        let muted = Arc::new(AtomicBool::new(false));
        // It does not answer what is asked from that standing on.
        let guard = Watched::by({
            let muted = Arc::clone(&muted);
            move |to| {
                let falls_silent = to.is_some_and(from);
                !(muted.fetch_or(falls_silent, Ordering::SeqCst) || falls_silent)
            }
        });
        let client = builder(&server)
            .clock(Arc::new(clock.clone()))
            .timeouts(Timeouts::default().attempt(seconds(10)).total(total))
            .guard(guard)
            .build()
            .unwrap();
        let begun = clock.now();
        let mut create = pin!(once(&client));
        // Time passes only once the guard has fallen silent: until then requests are on their way.
        let failed = loop {
            tokio::select! {
                biased;
                done = &mut create => break done.unwrap_err(),
                () = tokio::time::sleep(Duration::from_millis(1)) => {}
            }
            if muted.load(Ordering::SeqCst) {
                clock.advance_to_next_wake();
            }
        };
        match failed {
            OnceError::Guard(GuardError::Slow) => assert_eq!(left, 0),
            OnceError::NotKept { session: it, .. } => assert_eq!((it, left), (session(1), 1)),
            other => panic!("{other:?}"),
        }
        assert_eq!(clock.now() - begun, longest);
        assert_eq!(creates(&server), left);
    }
}
