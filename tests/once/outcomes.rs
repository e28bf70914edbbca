//! What is told of a session: by reading it, and by webhooks.

use super::*;

/// A client whose debt has session 1, of which the server says what is given.
async fn with_session(
    path: &'static str,
    says: &'static str,
    code: &'static str,
) -> (Scripted, Client) {
    let server = server(created, move |asked| {
        assert!(asked.line.ends_with(path), "{}", asked.line);
        status(1, says, code)
    })
    .await;
    let client = client(&server);
    once(&client).await.unwrap();
    (server, client)
}

#[tokio::test]
async fn a_status_that_the_client_reads_is_told_to_its_guard() {
    for (says, code, then) in [
        ("Initiated", "EFT0101", "live"),
        ("InProgress", "", "live"),
        ("Completed", "EFT0302", "live"),
        ("Completed", "EFT0301", "paid"),
        // Which of the two it is, its code will tell.
        ("Completed", "", "live"),
        ("Completed", "EFT0399", "held"),
        ("Failed", "EFT0301", "held"),
        ("Failed", "EFT0402", "free"),
        ("Expired", "EFT0601", "free"),
        ("Canceled", "EFT0501", "free"),
    ] {
        let (server, client) = with_session("/status", says, code).await;
        client.status(&session(1)).await.unwrap();
        let standing = stands(&client).await;
        let again = once(&client).await;
        let sessions = match then {
            "live" => {
                assert!(matches!(again, Ok(Once::Live(it)) if it == session(1)));
                1
            }
            "free" => {
                assert!(matches!(again, Ok(Once::Created(it)) if it.session_id == session(2)));
                2
            }
            "paid" => {
                assert_eq!(standing, paid(1));
                let error = again.unwrap_err();
                assert!(matches!(
                    error,
                    OnceError::Paid {
                        contradicted: false,
                        ..
                    }
                ));
                assert_eq!(error.session_id(), Some(&session(1)));
                1
            }
            _ => {
                let error = again.unwrap_err();
                assert!(matches!(error, OnceError::Held { session: it, .. } if it == session(1)));
                assert!(error.to_string().contains("ask Flinks"), "{error}");
                let unpaid = Resolution::Unpaid(session(1));
                assert!(client.resolve(&debt(), unpaid).await.is_ok());
                assert!(once(&client).await.is_ok());
                2
            }
        };
        assert_eq!(creates(&server), sessions, "{says} {code}");
    }
}

#[tokio::test]
async fn details_and_a_cancellation_are_told_too() {
    for (says, code, standing) in [
        ("Failed", "", Standing::Free),
        ("Completed", "EFT0301", paid(1)),
        // It may still wait for a signature.
        ("Completed", "", live(1)),
        ("InProgress", "", live(1)),
    ] {
        let (_server, client) = with_session("/details", says, code).await;
        client.details(&session(1)).await.unwrap();
        assert_eq!(stands(&client).await, standing, "{says} {code}");
    }
    let (_server, client) = with_session("/cancel", "Canceled", "EFT0501").await;
    client.cancel(&session(1)).await.unwrap();
    assert_eq!(stands(&client).await, Standing::Free);
}

#[tokio::test]
async fn a_webhook_tells_and_no_order_undoes_a_payment() {
    let (server, client) = with_session("", "", "").await;
    let told = async |says, code| {
        let noted = client.note_outcome(&report(1, says, code)).await;
        noted.unwrap()
    };
    let other = client
        .note_outcome(&report(7, "Completed", "EFT0301"))
        .await;
    assert_eq!(other.unwrap(), Noted::Unknown);
    assert_eq!(told("Initiated", "EFT0101").await, Noted::NoNews);
    assert_eq!(told("Completed", "EFT0302").await, Noted::NoNews);
    assert_eq!(told("Completed", "EFT0301").await, Noted::Paid);
    assert_eq!(told("Completed", "EFT0301").await, Noted::NoNews);
    assert_eq!(told("Canceled", "EFT0501").await, Noted::Contradicted);
    assert_eq!(told("Canceled", "EFT0501").await, Noted::Contradicted);
    let refused = once(&client).await.unwrap_err();
    assert!(
        matches!(
            refused,
            OnceError::Paid {
                contradicted: true,
                ..
            }
        ),
        "{refused:?}"
    );
    assert!(
        refused.to_string().contains("ask Flinks which"),
        "{refused}"
    );
    assert_eq!(creates(&server), 1);
}

#[tokio::test]
async fn a_webhook_frees_a_debt_that_ended_unpaid() {
    let (server, client) = with_session("", "", "").await;
    let failed = report(1, "Failed", "EFT0402");
    assert_eq!(client.note_outcome(&failed).await.unwrap(), Noted::Free);
    assert_eq!(client.note_outcome(&failed).await.unwrap(), Noted::Unknown);
    assert_eq!(*once(&client).await.unwrap().session_id(), session(2));
    assert_eq!(creates(&server), 2);
}

#[tokio::test]
async fn a_session_that_is_paid_after_its_debt_let_it_go_is_told_late_and_not_collected_again() {
    let (server, client) = with_session("", "", "").await;
    let note = async |number, says, code| {
        let noted = client.note_outcome(&report(number, says, code)).await;
        noted.unwrap()
    };
    assert_eq!(note(1, "Failed", "EFT0402").await, Noted::Free);
    // Webhooks come in any order: that it is open, or waits for a signature, is old.
    assert_eq!(note(1, "InProgress", "").await, Noted::NoNews);
    assert_eq!(note(1, "Completed", "EFT0302").await, Noted::NoNews);
    assert_eq!(stands(&client).await, Standing::Free);
    assert_eq!(note(1, "Completed", "EFT0301").await, Noted::Late);
    assert_eq!(note(1, "Completed", "EFT0301").await, Noted::NoNews);
    let refused = once(&client).await.unwrap_err();
    assert!(
        matches!(&refused, OnceError::Paid { session: Some(it), contradicted: true, .. } if *it == session(1)),
        "{refused:?}"
    );
    assert_eq!(creates(&server), 1);
}

#[tokio::test]
async fn a_session_that_is_not_surely_unpaid_after_its_debt_let_it_go_holds_the_debt() {
    let (server, client) = with_session("/status", "Completed", "EFT0402").await;
    let unpaid = Resolution::Unpaid(session(1));
    client.resolve(&debt(), unpaid).await.unwrap();
    assert_eq!(stands(&client).await, Standing::Free);
    // What a read says is told like what a webhook says.
    client.status(&session(1)).await.unwrap();
    let refused = once(&client).await.unwrap_err();
    assert!(matches!(refused, OnceError::Held { session: it, .. } if it == session(1)));
    assert_eq!(creates(&server), 1);
}

#[tokio::test]
async fn a_second_payment_is_told_each_time_and_the_live_session_is_kept() {
    let (server, client) = with_session("/1", "Canceled", "EFT0501").await;
    let note = async |number, says, code| {
        let noted = client.note_outcome(&report(number, says, code)).await;
        noted.unwrap()
    };
    assert_eq!(note(1, "Expired", "EFT0601").await, Noted::Free);
    once(&client).await.unwrap();
    assert_eq!(note(1, "Completed", "EFT0301").await, Noted::Late);
    assert_eq!(stands(&client).await, live(2));
    assert_eq!(note(1, "Completed", "EFT0301").await, Noted::Late);
    assert_eq!(note(2, "Completed", "EFT0301").await, Noted::Paid);
    assert_eq!(note(1, "Completed", "EFT0301").await, Noted::Late);
    assert_eq!(stands(&client).await, paid(2));
    assert_eq!(creates(&server), 2);
}

#[tokio::test]
async fn a_guard_that_remembers_no_sessions_does_not_know_a_late_one() {
    let server = server(created, nothing).await;
    let client = super::leave::gated(&server, |_| Ok(())).build().unwrap();
    once(&client).await.unwrap();
    let note = async |says, code| client.note_outcome(&report(1, says, code)).await.unwrap();
    assert_eq!(note("Failed", "EFT0402").await, Noted::Free);
    assert_eq!(note("Completed", "EFT0301").await, Noted::Unknown);
}

#[tokio::test]
async fn a_full_guard_refuses_new_debts_and_sends_nothing() {
    let server = server(created, nothing).await;
    let guard = Arc::new(MemoryGuard::new().capacity(1));
    let client = builder(&server).guard(guard).build().unwrap();
    once(&client).await.unwrap();
    let other = DebtKey::new("order 2026/1043").unwrap();
    let refused = client.create_once(&other, &request()).await.unwrap_err();
    assert!(matches!(refused, OnceError::Guard(_)), "{refused:?}");
    assert!(chain(&refused).contains("the guard keeps 1 debts"));
    assert!(refused.to_string().contains("no room"), "{refused}");
    assert_eq!(creates(&server), 1);
    assert!(once(&client).await.is_ok());
}
