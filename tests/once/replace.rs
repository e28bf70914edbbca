//! Another session in the place of one that has surely ended unpaid.

use flinks_pay::clock::ManualClock;

use super::durable::Ledger;
use super::*;

/// A client whose debt has session 1; `cancel` and `status` are what the server says to those.
async fn with_session(cancel: Reply, status: Reply) -> (Scripted, Client) {
    let server = server(created, move |asked| {
        if asked.line.ends_with("/cancel") {
            cancel.clone()
        } else {
            assert!(asked.line.ends_with("/status"), "{}", asked.line);
            status.clone()
        }
    })
    .await;
    let client = client(&server);
    once(&client).await.unwrap();
    (server, client)
}

async fn replace(client: &Client, old: usize) -> Result<Once, OnceError> {
    client.replace(&session(old), &debt(), &request()).await
}

fn canceled() -> Reply {
    status(1, "Canceled", "EFT0501")
}

#[tokio::test]
async fn an_open_session_is_cancelled_looked_at_and_replaced() {
    let (server, client) = with_session(canceled(), canceled()).await;
    let new = replace(&client, 1).await.unwrap();
    assert!(matches!(&new, Once::Created(it) if it.session_id == session(2)));
    assert_eq!(stands(&client).await, live(2));
    let lines: Vec<String> = server.calls().into_iter().map(|asked| asked.line).collect();
    let old = format!("/api/v2/sessions/{}", id(1));
    assert_eq!(
        lines,
        [
            "POST /api/v2/sessions".to_owned(),
            format!("POST {old}/cancel"),
            format!("GET {old}/status"),
            "POST /api/v2/sessions".to_owned(),
        ]
    );
    // The one that was replaced is not the debt's any more.
    let late = replace(&client, 1).await.unwrap_err();
    assert!(
        matches!(late, OnceError::NotItsSession { live: Some(it), .. } if it == session(2)),
        "{late:?}"
    );
    assert_eq!(server.calls().len(), 4);
}

#[tokio::test]
async fn what_the_cancellation_answers_does_not_matter_if_the_session_ended_unpaid() {
    for cancel in [
        Reply::Close,
        Reply::of(500, &[], ""),
        Reply::of(409, &[], ""),
        Reply::of(400, &[], ""),
        Reply::json(200, "garbage"),
    ] {
        let (server, client) = with_session(cancel, status(1, "Expired", "EFT0601")).await;
        assert_eq!(*replace(&client, 1).await.unwrap().session_id(), session(2));
        assert_eq!(creates(&server), 2);
        assert_eq!(stands(&client).await, live(2));
    }
}

#[tokio::test]
async fn nothing_replaces_a_session_that_may_be_paid_whatever_the_cancellation_answers() {
    let held = |says: &str, code: &str| {
        let code = if code.is_empty() {
            String::new()
        } else {
            format!(r#","statusDetails":"{code}""#)
        };
        standing(&format!(
            r#"{{"standing":"held","session":"{}","status":"{says}"{code}}}"#,
            id(1)
        ))
    };
    for cancel in [canceled(), Reply::Close, Reply::of(409, &[], "")] {
        for (says, code, then, message) in [
            ("Completed", "EFT0301", paid(1), "the debit is scheduled"),
            ("Completed", "EFT0302", live(1), "not signed"),
            ("Initiated", "EFT0101", live(1), "still open"),
            ("InProgress", "", live(1), "still open"),
            ("Paused", "", live(1), "still open"),
            ("Completed", "", live(1), "without saying"),
            (
                "Completed",
                "EFT0399",
                held("Completed", "EFT0399"),
                "surely unpaid",
            ),
            ("Failed", "EFT0301", held("Failed", "EFT0301"), "contradict"),
        ] {
            let (server, client) = with_session(cancel.clone(), status(1, says, code)).await;
            let refused = replace(&client, 1).await.unwrap_err();
            let OnceError::NotReplaced {
                report,
                cancel: failed,
                ..
            } = &refused
            else {
                panic!("{says} {code}: {refused:?}")
            };
            assert_eq!(report.status.as_str(), says);
            assert_eq!(
                failed.is_some(),
                !matches!(&cancel, Reply::Bytes(it) if it.starts_with(b"HTTP/1.1 200"))
            );
            assert!(refused.to_string().contains(message), "{refused}");
            assert_eq!(refused.session_id(), Some(&session(1)));
            let then = match then {
                // The cancellation was confirmed, and here it is paid: somebody should look at it.
                paid if failed.is_none() && report.is_scheduled() => {
                    let json = serde_json::to_string(&paid).unwrap();
                    standing(&json.replace("false", "true"))
                }
                then => then,
            };
            assert_eq!(stands(&client).await, then, "{says} {code}");
            assert_eq!(creates(&server), 1, "{says} {code}");
        }
    }
}

#[tokio::test]
async fn without_a_status_nothing_is_created_and_the_old_session_stays() {
    for (status, kind) in [
        (Reply::of(500, &[], ""), ErrorKind::Server),
        (Reply::Close, ErrorKind::Interrupted),
        (self::status(2, "Expired", ""), ErrorKind::WrongSession),
    ] {
        let (server, client) = with_session(Reply::Close, status).await;
        let refused = replace(&client, 1).await.unwrap_err();
        assert!(
            matches!(&refused, OnceError::NotRead { error, cancel: Some(_), .. } if error.kind() == kind),
            "{refused:?}"
        );
        assert_eq!(stands(&client).await, live(1));
        assert_eq!(creates(&server), 1);
    }
}

#[tokio::test]
async fn a_cancellation_that_was_confirmed_counts_when_the_status_cannot_be_read() {
    let (server, client) = with_session(canceled(), Reply::of(500, &[], "")).await;
    let refused = replace(&client, 1).await.unwrap_err();
    assert!(
        matches!(&refused, OnceError::NotRead { cancel: None, .. }),
        "{refused:?}"
    );
    assert_eq!(stands(&client).await, Standing::Free);
    assert_eq!(*once(&client).await.unwrap().session_id(), session(2));
    assert_eq!(creates(&server), 2);
}

#[tokio::test]
async fn a_session_that_the_debt_has_let_go_does_not_come_back_when_its_status_cannot_be_read() {
    let (server, client) = with_session(Reply::Close, Reply::of(500, &[], "")).await;
    let failed = report(1, "Failed", "EFT0402");
    assert_eq!(client.note_outcome(&failed).await.unwrap(), Noted::Free);
    let refused = replace(&client, 1).await.unwrap_err();
    assert!(matches!(&refused, OnceError::NotRead { .. }), "{refused:?}");
    assert_eq!(stands(&client).await, Standing::Free);
    assert_eq!(creates(&server), 1);
}

#[tokio::test]
async fn a_webhook_that_comes_while_a_session_is_replaced_is_not_forgotten() {
    let told = Arc::new(tokio::sync::Semaphore::new(0));
    let server = server(created, {
        let told = Arc::clone(&told);
        move |asked| match asked.line.rsplit('/').next() {
            Some("cancel") => Reply::Close,
            _ => Reply::After(Arc::clone(&told), Box::new(Reply::of(500, &[], ""))),
        }
    })
    .await;
    let client = client(&server);
    once(&client).await.unwrap();
    let webhook = async {
        while !server.calls().iter().any(|it| it.line.ends_with("/status")) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let canceled = report(1, "Canceled", "EFT0501");
        let noted = client.note_outcome(&canceled).await.unwrap();
        told.add_permits(100);
        noted
    };
    let (replaced, noted) = tokio::join!(replace(&client, 1), webhook);
    assert!(
        matches!(&replaced, Err(OnceError::NotRead { .. })),
        "{replaced:?}"
    );
    assert_eq!(noted, Noted::Free);
    assert_eq!(*once(&client).await.unwrap().session_id(), session(2));
}

/// The webhook of its end is sent once, and need not find anybody at work.
#[tokio::test]
async fn a_replacement_that_nobody_comes_back_for_does_not_hide_how_its_session_ended() {
    for by_webhook in [false, true] {
        let server = server(created, |asked| match asked.line.rsplit('/').next() {
            Some("cancel") => Reply::Stall(Vec::new()),
            _ => canceled(),
        })
        .await;
        let (clock, ledger) = (ManualClock::new(), Ledger::default());
        let client = builder(&server)
            .guard(Arc::new(ledger.clone()))
            .clock(Arc::new(clock.clone()))
            .build()
            .unwrap();
        once(&client).await.unwrap();
        let task = tokio::spawn({
            let client = client.clone();
            async move { replace(&client, 1).await }
        });
        while server.stalled() == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        // Its claim lasts as long as the cancellation and all that is read after it.
        let Standing::Replacing { since, until, .. } = stands(&client).await else {
            panic!("nobody replaces it")
        };
        let total = Timeouts::default().total;
        assert!(until.duration_since(since).unwrap() >= 4 * total);
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
        clock.advance(Duration::from_secs(600));
        assert_eq!(stands(&client).await, live(1));
        if by_webhook {
            let canceled = report(1, "Canceled", "EFT0501");
            assert_eq!(client.note_outcome(&canceled).await.unwrap(), Noted::Free);
        } else {
            client.status(&session(1)).await.unwrap();
        }
        let row = ledger.read(&debt()).await.unwrap();
        assert_eq!(row, Standing::Free, "nobody else has to find that out");
        assert_eq!(*once(&client).await.unwrap().session_id(), session(2));
    }
}

/// A server that has no status of the old session, and whose details say what is given.
async fn without_status(code: u16, details: Reply) -> Scripted {
    server(
        |number| created(number + 1),
        move |asked| match asked.line.rsplit('/').next() {
            Some("cancel") => Reply::of(409, &[], ""),
            Some("status") => Reply::of(code, &[], ""),
            _ => {
                assert!(asked.line.ends_with("/details"), "{}", asked.line);
                details.clone()
            }
        },
    )
    .await
}

#[tokio::test]
async fn where_a_session_has_no_status_its_details_are_read() {
    let old = Resolution::Session(session(1));
    for code in [404, 405, 501] {
        for says in ["Failed", "Canceled", "Expired"] {
            let server = without_status(code, status(1, says, "")).await;
            let client = client(&server);
            client.resolve(&debt(), old).await.unwrap();
            let new = replace(&client, 1).await.unwrap();
            assert_eq!(*new.session_id(), session(2), "{code} {says}");
            assert_eq!(stands(&client).await, live(2));
        }
        for says in ["Completed", "InProgress", "Paused"] {
            let server = without_status(code, status(1, says, "")).await;
            let client = client(&server);
            client.resolve(&debt(), old).await.unwrap();
            let refused = replace(&client, 1).await.unwrap_err();
            assert!(
                matches!(refused, OnceError::NotReplaced { .. }),
                "{refused:?}"
            );
            assert_eq!(stands(&client).await, live(1), "{code} {says}");
            assert_eq!(creates(&server), 0);
        }
    }
}

#[tokio::test]
async fn a_session_that_flinks_does_not_know_is_not_taken_for_the_debts() {
    for known in [false, true] {
        let server = without_status(404, Reply::of(404, &[], "")).await;
        let client = client(&server);
        if known {
            let old = Resolution::Session(session(1));
            client.resolve(&debt(), old).await.unwrap();
        }
        let refused = replace(&client, 1).await.unwrap_err();
        assert!(
            matches!(&refused, OnceError::NotRead { error, .. } if error.kind() == ErrorKind::NotFound),
            "{refused:?}"
        );
        assert_eq!(creates(&server), 0);
        let then = if known { live(1) } else { Standing::Free };
        assert_eq!(stands(&client).await, then);
    }
}

#[tokio::test]
async fn a_create_that_fails_leaves_the_debt_free_or_in_doubt() {
    for (code, free) in [(400, true), (500, false)] {
        let answer = move |number| match number {
            2 => Reply::of(code, &[], ""),
            _ => created(number),
        };
        let server = server(answer, |_| canceled()).await;
        let client = client(&server);
        once(&client).await.unwrap();
        let failed = replace(&client, 1).await.unwrap_err();
        let standing = stands(&client).await;
        if free {
            assert!(matches!(failed, OnceError::NotCreated(_)), "{failed:?}");
            assert_eq!(standing, Standing::Free);
        } else {
            assert!(matches!(failed, OnceError::MaybeCreated(_)), "{failed:?}");
            assert!(matches!(standing, Standing::Doubtful { .. }));
            let refused = replace(&client, 1).await.unwrap_err();
            assert!(matches!(refused, OnceError::Doubtful { .. }), "{refused:?}");
        }
        assert_eq!(creates(&server), 2);
    }
}

#[tokio::test]
async fn another_debts_session_is_left_alone() {
    let (server, client) = with_session(canceled(), canceled()).await;
    let other = DebtKey::new("order 2026/1043").unwrap();
    let refused = client.replace(&session(1), &other, &request()).await;
    assert!(matches!(
        refused,
        Err(OnceError::NotItsSession { live: None, .. })
    ));
    let refused = replace(&client, 7).await.unwrap_err();
    assert!(matches!(refused, OnceError::NotItsSession { live: Some(it), .. } if it == session(1)));
    assert_eq!(server.calls().len(), 1);
    client.resolve(&debt(), Resolution::Paid).await.unwrap();
    let refused = replace(&client, 1).await.unwrap_err();
    assert!(matches!(refused, OnceError::Paid { .. }), "{refused:?}");
    assert_eq!(server.calls().len(), 1);
}

#[tokio::test]
async fn a_session_that_the_guard_has_not_heard_of_is_replaced_all_the_same() {
    let server = server(|_| created(2), |_| canceled()).await;
    let client = client(&server);
    assert_eq!(*replace(&client, 1).await.unwrap().session_id(), session(2));
    assert_eq!(stands(&client).await, live(2));
    let server = self::server(created, |_| status(1, "InProgress", "")).await;
    let client = self::client(&server);
    assert!(replace(&client, 1).await.is_err());
    assert_eq!(stands(&client).await, live(1), "it is open, and known now");
    assert_eq!(creates(&server), 0);
}

#[tokio::test]
async fn who_comes_while_a_session_is_replaced_gets_the_new_one() {
    let (server, client) = with_session(canceled(), canceled()).await;
    let (new, one, two) = tokio::join!(replace(&client, 1), once(&client), once(&client));
    assert!(matches!(&new, Ok(Once::Created(it)) if it.session_id == session(2)));
    for other in [one, two] {
        assert!(matches!(other, Ok(Once::Live(it)) if it == session(2)));
    }
    assert_eq!(creates(&server), 2);
    // Two that replace the same one.
    let (server, client) = with_session(canceled(), canceled()).await;
    let (first, second) = tokio::join!(replace(&client, 1), replace(&client, 1));
    assert!(first.is_ok());
    assert!(matches!(
        second,
        Err(OnceError::NotItsSession { live: Some(it), .. }) if it == session(2)
    ));
    assert_eq!(creates(&server), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn other_clients_of_the_guard_wait_for_a_replacement_too() {
    let (server, _) = with_session(canceled(), canceled()).await;
    let guard: Arc<dyn Guard> = Arc::new(MemoryGuard::new());
    let clients: Vec<Client> = (0..4)
        .map(|_| builder(&server).guard(Arc::clone(&guard)).build().unwrap())
        .collect();
    let known = Resolution::Session(session(1));
    clients[0].resolve(&debt(), known).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for client in clients {
        tasks.spawn(async move { replace(&client, 1).await });
    }
    let all = tasks.join_all().await;
    assert_eq!(all.iter().filter(|it| it.is_ok()).count(), 1);
    for refused in all.into_iter().filter_map(Result::err) {
        assert!(
            matches!(refused, OnceError::NotItsSession { live: Some(it), .. } if it == session(2)),
            "{refused:?}"
        );
    }
    assert_eq!(creates(&server), 2);
}
