//! Creates that fail: those that may have made a session, and those that have not.

use flinks_pay::clock::ManualClock;

use super::support::moved::moved;
use super::support::scripted::nobody;
use super::*;

/// Answers after which a session may exist.
fn unclear() -> Vec<(&'static str, Reply)> {
    let json = &[("content-type", "application/json")][..];
    let half = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"sess".to_vec();
    vec![
        ("the connection breaks", Reply::Close),
        ("no answer", Reply::Stall(Vec::new())),
        ("half a head", Reply::Stall(b"HTTP/1.1 20".to_vec())),
        ("half an answer", Reply::Bytes(half)),
        ("408", Reply::of(408, &[], "")),
        ("500", Reply::of(500, &[], "")),
        ("502", Reply::of(502, &[], "<html>")),
        ("503", Reply::of(503, &[("retry-after", "0")], "")),
        ("302", Reply::of(302, &[("location", "/login")], "")),
        (
            "a page",
            Reply::of(201, &[("content-type", "text/html")], "<html>"),
        ),
        ("garbage", Reply::of(201, json, "\u{0}\u{1}")),
        ("nothing", Reply::of(204, json, "")),
        ("no id", Reply::json(200, "{}")),
    ]
}

#[tokio::test]
async fn after_a_create_that_may_have_been_carried_out_all_are_refused_until_somebody_says() {
    for (name, reply) in unclear() {
        let server = server(
            move |number| match number {
                1 => reply.clone(),
                _ => created(number),
            },
            nothing,
        )
        .await;
        let clock = ManualClock::new();
        let client = builder(&server)
            .clock(Arc::new(clock.clone()))
            .build()
            .unwrap();
        let failed = moved(&clock, &server, once(&client)).await.unwrap_err();
        let OnceError::MaybeCreated(error) = &failed else {
            panic!("{name}: {failed:?}")
        };
        assert!(error.maybe_applied(), "{name}");
        let said = failed.to_string();
        for place in ["dashboard", "reconciliation file", "webhooks", "resolve"] {
            assert!(said.contains(place), "{said}");
        }
        assert!(matches!(
            stands(&client).await,
            Standing::Doubtful { suspect: None, .. }
        ));
        for _ in 0..2 {
            let refused = once(&client).await.unwrap_err();
            assert!(
                matches!(refused, OnceError::Doubtful { suspect: None, .. }),
                "{name}: {refused:?}"
            );
            assert!(refused.to_string().contains("dashboard"), "{refused}");
        }
        let refused = client.replace(&session(9), &debt(), &request()).await;
        assert!(matches!(refused, Err(OnceError::Doubtful { .. })), "{name}");
        assert_eq!(server.calls().len(), 1, "{name}");
        let free = client.resolve(&debt(), Resolution::NothingExists).await;
        assert_eq!(free.unwrap(), Standing::Free);
        assert_eq!(*once(&client).await.unwrap().session_id(), session(2));
        assert_eq!(creates(&server), 2, "{name}");
    }
}

#[tokio::test]
async fn a_create_that_made_nothing_leaves_the_debt_free() {
    for code in [400, 401, 403, 404, 409, 422, 429] {
        let server = server(move |_| Reply::of(code, &[], ""), nothing).await;
        let client = client(&server);
        let failed = once(&client).await.unwrap_err();
        assert!(
            matches!(&failed, OnceError::NotCreated(error) if error.status() == Some(code)),
            "{failed:?}"
        );
        assert_eq!(stands(&client).await, Standing::Free, "{code}");
    }
    let (_taken, base) = nobody();
    let client = Client::builder(
        Environment::custom(&base).unwrap(),
        Credentials::api_key("key-1", "shop").unwrap(),
    )
    .retries(Retries::default().pauses(Duration::ZERO, Duration::ZERO))
    .build()
    .unwrap();
    let failed = once(&client).await.unwrap_err();
    let OnceError::NotCreated(error) = &failed else {
        panic!("{failed:?}")
    };
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 4));
    assert_eq!(stands(&client).await, Standing::Free);
}

#[tokio::test]
async fn a_token_that_cannot_be_had_leaves_the_debt_free() {
    let server = Scripted::start(|asked| {
        assert!(asked.line.contains("authorize"));
        Reply::of(401, &[("x-scripted", "authorize")], "")
    })
    .await;
    let client = client(&server);
    let failed = once(&client).await.unwrap_err();
    assert!(matches!(failed, OnceError::NotCreated(_)), "{failed:?}");
    assert_eq!(stands(&client).await, Standing::Free);
}

#[tokio::test]
async fn a_401_and_another_token_are_no_doubt() {
    let refuse_first = |number| match number {
        1 => Reply::of(401, &[], ""),
        2 => Reply::of(400, &[], ""),
        _ => created(number),
    };
    let server = server(refuse_first, nothing).await;
    let client = client(&server);
    let failed = once(&client).await.unwrap_err();
    assert!(matches!(failed, OnceError::NotCreated(_)), "{failed:?}");
    assert_eq!(creates(&server), 2);
    assert_eq!(stands(&client).await, Standing::Free);
}

/// The last answer says that nothing was done, but the one before it may have come from a proxy.
#[tokio::test]
async fn a_doubt_about_one_attempt_outlasts_the_answer_to_the_next() {
    let busy_then_refuse = |number| match number {
        1 => Reply::of(503, &[], ""),
        _ => Reply::of(400, &[], ""),
    };
    let server = server(busy_then_refuse, nothing).await;
    let retries = Retries::default().pauses(Duration::ZERO, Duration::ZERO);
    let client = builder(&server)
        .retries(retries.also_when_busy(true))
        .build()
        .unwrap();
    let failed = once(&client).await.unwrap_err();
    assert!(
        matches!(&failed, OnceError::MaybeCreated(error) if error.status() == Some(400)),
        "{failed:?}"
    );
    assert_eq!(creates(&server), 2);
    assert!(matches!(stands(&client).await, Standing::Doubtful { .. }));
}

#[tokio::test]
async fn a_session_whose_id_can_be_read_in_a_spoilt_answer_is_the_debts() {
    let spoilt = |number| {
        let body = format!(r#"{{"sessionId":"{}","#, id(number));
        Reply::json(200, &body)
    };
    let server = server(spoilt, nothing).await;
    let client = client(&server);
    let Once::Salvaged {
        session: id, error, ..
    } = once(&client).await.unwrap()
    else {
        panic!("not salvaged")
    };
    assert_eq!((id, error.kind()), (session(1), ErrorKind::Decode));
    assert_eq!(stands(&client).await, live(1));
    let again = once(&client).await.unwrap();
    assert!(matches!(again, Once::Live(live) if live == session(1)));
    assert_eq!(creates(&server), 1);
}

#[tokio::test]
async fn a_session_of_another_reference_is_a_suspect_and_not_the_debts() {
    let another = |number| {
        let body = format!(
            r#"{{"sessionId":"{}","referenceId":"invoice-2000"}}"#,
            id(number)
        );
        Reply::json(200, &body)
    };
    let expired = |_: &Asked| status(1, "Expired", "EFT0601");
    let server = server(another, expired).await;
    let client = client(&server);
    let failed = once(&client).await.unwrap_err();
    assert!(
        matches!(&failed, OnceError::MaybeCreated(error) if error.kind() == ErrorKind::WrongSession),
        "{failed:?}"
    );
    let doubtful = stands(&client).await;
    assert!(
        matches!(&doubtful, Standing::Doubtful { suspect: Some(suspect), .. } if *suspect == session(1))
    );
    assert_eq!(doubtful.session(), None);
    client.status(&session(1)).await.unwrap();
    assert_eq!(stands(&client).await, doubtful, "another payor's, perhaps");
    let refused = once(&client).await.unwrap_err();
    assert!(
        matches!(
            &refused,
            OnceError::Doubtful {
                suspect: Some(_),
                ..
            }
        ),
        "{refused:?}"
    );
    assert!(refused.to_string().contains("do not cancel it unseen"));
    assert_eq!(refused.session_id(), None);
    let live_again = client
        .resolve(&debt(), Resolution::Session(session(1)))
        .await;
    assert_eq!(live_again.unwrap(), live(1));
    let other = DebtKey::new("order 2026/1043").unwrap();
    let taken = client
        .resolve(&other, Resolution::Session(session(1)))
        .await
        .unwrap_err();
    assert!(
        matches!(taken, OnceError::NotItsSession { live: None, .. }),
        "{taken:?}"
    );
    assert_eq!(creates(&server), 1);
}

#[tokio::test]
async fn a_session_of_another_reference_is_a_suspect_in_a_spoilt_answer_too() {
    let named = format!(r#"{{"sessionId":"{}","referenceId":"invoice-2000""#, id(1));
    let cut = format!(
        "HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{named},"
    );
    for (reply, otherwise) in [
        (Reply::Bytes(cut.into_bytes()), ErrorKind::Interrupted),
        (Reply::json(201, &format!("{named},}}")), ErrorKind::Decode),
        (
            Reply::json(201, &format!(r#"{named},"referenceId":7}}"#)),
            ErrorKind::Decode,
        ),
        (
            Reply::json(
                201,
                &format!(r#"{named},"novel":"{}"}}"#, "x".repeat(1024 * 1024)),
            ),
            ErrorKind::TooLarge,
        ),
    ] {
        let spoilt = server(move |_| reply.clone(), nothing).await;
        let client = client(&spoilt);
        let failed = once(&client).await.unwrap_err();
        let OnceError::MaybeCreated(error) = &failed else {
            panic!("{otherwise}: {failed:?}")
        };
        assert_eq!(error.kind(), ErrorKind::WrongSession, "{otherwise}");
        assert!(
            matches!(stands(&client).await, Standing::Doubtful { suspect: Some(it), .. } if it == session(1)),
            "{otherwise}"
        );
        assert_eq!(creates(&spoilt), 1);
        let plain = client.create(&request()).await.unwrap_err();
        assert_eq!(plain.session_id(), Some(&session(1)));
        let advice = plain.to_string();
        assert!(advice.contains("do not cancel it unseen"), "{advice}");
        // Ours, as spoilt as that, is another matter.
        let other: SessionRequest = GuaranteedEft::new(Payor::new("Robin", "Tester"))
            .amount("120.50")
            .reference_id("invoice-2000")
            .build()
            .unwrap()
            .into();
        let ours = client.create(&other).await.unwrap_err();
        assert_eq!(ours.kind(), otherwise);
    }
}

#[tokio::test]
async fn what_is_said_to_be_paid_is_never_created_again() {
    let server = server(created, nothing).await;
    let client = client(&server);
    let standing = client.resolve(&debt(), Resolution::Paid).await.unwrap();
    assert!(matches!(standing, Standing::Paid { session: None, .. }));
    for resolution in [
        Resolution::NothingExists,
        Resolution::Session(session(1)),
        Resolution::Unpaid(session(1)),
    ] {
        let refused = client.resolve(&debt(), resolution).await.unwrap_err();
        assert!(
            matches!(&refused, OnceError::NotResolved { standing, .. } if **standing == stands(&client).await),
            "{refused:?}"
        );
        assert!(refused.to_string().ends_with("(paid)"), "{refused}");
    }
    assert!(client.resolve(&debt(), Resolution::Paid).await.is_ok());
    let refused = once(&client).await.unwrap_err();
    assert!(
        matches!(
            refused,
            OnceError::Paid {
                session: None,
                contradicted: false,
                ..
            }
        ),
        "{refused:?}"
    );
    assert_eq!(creates(&server), 0);
}

/// The payor pays in cash while the hosted page is open.
#[tokio::test]
async fn a_debt_that_is_paid_in_another_way_is_not_paid_in_its_session_without_a_word() {
    let server = server(created, |_| status(1, "Canceled", "EFT0501")).await;
    let told = async |client: &Client, code| {
        let report = report(1, "Completed", code);
        client.note_outcome(&report).await.unwrap()
    };
    let client = client(&server);
    once(&client).await.unwrap();
    let cash = client.resolve(&debt(), Resolution::Paid).await.unwrap();
    assert!(
        matches!(cash, Standing::Paid { session: None, open: Some(it), .. } if it == session(1)),
        "{cash:?}"
    );
    let refused = once(&client).await.unwrap_err();
    assert!(
        matches!(&refused, OnceError::Paid { session: None, open: Some(it), .. } if *it == session(1)),
        "{refused:?}"
    );
    assert!(refused.to_string().contains("cancel that one"), "{refused}");
    for _ in 0..2 {
        assert_eq!(told(&client, "EFT0301").await, Noted::Twice);
    }
    // Somebody has looked at it.
    let there = Resolution::PaidIn(session(1));
    assert_eq!(client.resolve(&debt(), there).await.unwrap(), paid(1));
    assert_eq!(told(&client, "EFT0301").await, Noted::NoNews);

    let client = self::client(&server);
    let known = Resolution::Session(session(1));
    client.resolve(&debt(), known).await.unwrap();
    client.resolve(&debt(), Resolution::Paid).await.unwrap();
    client.cancel(&session(1)).await.unwrap();
    let standing = stands(&client).await;
    assert!(
        matches!(
            standing,
            Standing::Paid {
                session: None,
                contradicted: false,
                open: None,
                ..
            }
        ),
        "{standing:?}"
    );
    assert_eq!(told(&client, "EFT0302").await, Noted::NoNews);
    assert_eq!(told(&client, "EFT0301").await, Noted::Late);
    assert_eq!(creates(&server), 1);
}

#[tokio::test]
async fn what_is_said_to_be_paid_in_a_session_is_paid_there() {
    let server = server(created, nothing).await;
    let client = client(&server);
    once(&client).await.unwrap();
    let another = Resolution::PaidIn(session(7));
    let refused = client.resolve(&debt(), another).await.unwrap_err();
    assert!(
        matches!(refused, OnceError::NotResolved { .. }),
        "{refused:?}"
    );
    let there = Resolution::PaidIn(session(1));
    let other = DebtKey::new("order 2026/1043").unwrap();
    let refused = client.resolve(&other, there).await.unwrap_err();
    assert!(
        matches!(refused, OnceError::NotItsSession { .. }),
        "{refused:?}"
    );
    assert_eq!(client.resolve(&debt(), there).await.unwrap(), paid(1));
    let late = report(1, "Canceled", "EFT0501");
    assert_eq!(
        client.note_outcome(&late).await.unwrap(),
        Noted::Contradicted
    );
    assert_eq!(client.resolve(&debt(), there).await.unwrap(), paid(1));
}

#[tokio::test]
async fn without_a_reference_nothing_is_created_that_could_not_be_looked_for() {
    let server = server(created, nothing).await;
    let client = client(&server);
    let nameless: SessionRequest = GuaranteedEft::new(Payor::new("Robin", "Tester"))
        .amount("120.50")
        .build()
        .unwrap()
        .into();
    let refused = [
        client.create_once(&debt(), &nameless).await,
        client.replace(&session(1), &debt(), &nameless).await,
    ];
    for refused in refused {
        let refused = refused.unwrap_err();
        assert!(matches!(refused, OnceError::NoReference), "{refused:?}");
        assert!(refused.to_string().contains("give it one"), "{refused}");
    }
    assert_eq!(stands(&client).await, Standing::Free);
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn no_error_prints_what_it_is_about() {
    let server = server(created, nothing).await;
    let client = client(&server);
    let paid = client.create_once(&debt(), &request()).await.unwrap();
    let scheduled = report(1, "Completed", "EFT0301");
    assert_eq!(client.note_outcome(&scheduled).await.unwrap(), Noted::Paid);
    let refused = once(&client).await.unwrap_err();
    let held = client
        .resolve(&debt(), Resolution::NothingExists)
        .await
        .unwrap_err();
    for error in [refused, held] {
        assert_eq!(error.session_id(), Some(paid.session_id()));
        let text = chain(&error);
        for secret in [&*id(1), "2026/1042", "1042", "Robin"] {
            assert!(!text.contains(secret), "{text}");
        }
    }
}

#[tokio::test]
async fn a_later_attempt_that_may_have_been_carried_out_is_a_doubt_like_the_first() {
    for reply in [Reply::Close, Reply::of(500, &[], "")] {
        let refuse_first = move |number| match number {
            1 => Reply::of(401, &[], ""),
            _ => reply.clone(),
        };
        let server = server(refuse_first, nothing).await;
        let client = client(&server);
        let failed = once(&client).await.unwrap_err();
        assert!(matches!(failed, OnceError::MaybeCreated(_)), "{failed:?}");
        assert!(matches!(stands(&client).await, Standing::Doubtful { .. }));
        assert_eq!(creates(&server), 2);
    }
}
