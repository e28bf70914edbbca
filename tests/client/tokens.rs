//! Tokens over a real socket: who fetches, who waits, how long one lives.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;

use flinks_pay::client::TokenReuse;
use flinks_pay::clock::{Clock, ManualClock};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

use super::support::reset::Reset;
use super::*;

fn fine() -> Reply {
    let body =
        format!(r#"{{"sessionId":"{SESSION}","status":"Initiated","referenceId":"invoice-1042"}}"#);
    Reply::json(200, &body)
}

fn patient(server: &Scripted, clock: impl Clock + 'static, reuse: TokenReuse) -> Client {
    let base = Environment::custom(server.base()).unwrap();
    Client::builder(base, Credentials::basic("shop", "hush").unwrap())
        .clock(Arc::new(clock))
        .token_reuse(reuse)
        .build()
        .unwrap()
}

fn fetched(server: &Scripted) -> usize {
    let asked = server.asked();
    asked
        .iter()
        .filter(|asked| asked.line == "POST /api/v1/authorize")
        .count()
}

/// Makes the same call many times at once.
async fn crowd(client: &Client, operation: Operation) -> Vec<Result<(), Error>> {
    let calls: Vec<_> = (0..100)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { call(&client, operation).await })
        })
        .collect();
    let mut ends = Vec::new();
    for call in calls {
        ends.push(call.await.unwrap());
    }
    ends
}

#[tokio::test]
async fn a_hundred_first_reads_fetch_one_token_and_a_hundred_creates_a_hundred() {
    let server = Scripted::start(|_: &Asked| fine()).await;
    let client = patient(&server, ManualClock::new(), TokenReuse::OnePerCreate);
    for end in crowd(&client, Operation::GetSessionDetails).await {
        end.unwrap();
    }
    assert_eq!(fetched(&server), 1);
    for end in crowd(&client, Operation::CreateSession).await {
        end.unwrap();
    }
    assert_eq!(
        fetched(&server),
        100,
        "the one that has only read creates one of them"
    );
    let calls = server.calls();
    let mut creating: Vec<&str> = calls
        .iter()
        .filter(|asked| asked.line == "POST /api/v2/sessions")
        .map(|asked| asked.header("authorization")[0])
        .collect();
    creating.sort_unstable();
    creating.dedup();
    assert_eq!(creating.len(), 100);
}

#[tokio::test]
async fn one_token_serves_a_hundred_creates_where_that_is_confirmed() {
    let server = Scripted::start(|_: &Asked| fine()).await;
    let client = patient(&server, ManualClock::new(), TokenReuse::Shared);
    for end in crowd(&client, Operation::CreateSession).await {
        end.unwrap();
    }
    assert_eq!(fetched(&server), 1);
}

/// A call that has gone as far as it goes without an answer.
async fn begun<T>(call: impl Future<Output = T>) -> Pin<Box<impl Future<Output = T>>> {
    let mut call = Box::pin(call);
    poll_fn(|context| {
        assert!(call.as_mut().poll(context).is_pending(), "it has to wait");
        Poll::Ready(())
    })
    .await;
    call
}

#[tokio::test]
async fn whoever_waits_for_a_refused_token_shares_the_refusal() {
    let gate = Arc::new(Semaphore::new(0));
    let server = Scripted::bare({
        let gate = Arc::clone(&gate);
        move |_: &Asked| {
            let refused = Reply::json(401, r#"{"error":"unauthorized"}"#);
            Reply::After(Arc::clone(&gate), Box::new(refused))
        }
    })
    .await;
    let client = patient(&server, ManualClock::new(), TokenReuse::OnePerCreate);
    let mut calls = Vec::new();
    for _ in 0..100 {
        calls.push(begun(call(&client, Operation::GetSessionDetails)).await);
    }
    // Now that all of them wait, one answer.
    gate.add_permits(1);
    for call in calls {
        let error = call.await.unwrap_err();
        assert_eq!(
            (error.kind(), error.operation()),
            (ErrorKind::Unauthorized, Operation::Authorize)
        );
    }
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_hundred_reads_with_a_token_that_was_revoked_fetch_one_more() {
    let server = Scripted::start(
        |asked: &Asked| match asked.header("authorization").as_slice() {
            ["Bearer token-1"] => Reply::of(401, &[], ""),
            _ => fine(),
        },
    )
    .await;
    let client = patient(&server, ManualClock::new(), TokenReuse::OnePerCreate);
    client.authorize().await.unwrap();
    for end in crowd(&client, Operation::GetSessionDetails).await {
        end.unwrap();
    }
    assert_eq!(
        fetched(&server),
        2,
        "nobody gives up the token that took its place"
    );
}

#[tokio::test]
async fn whoever_fetches_may_give_up_and_those_who_wait_get_a_token() {
    let gate = Arc::new(Semaphore::new(0));
    let tokens = AtomicUsize::new(0);
    let server = Scripted::bare({
        let gate = Arc::clone(&gate);
        move |asked: &Asked| {
            if !asked.line.contains("/authorize") {
                return fine();
            }
            let token = Reply::token(tokens.fetch_add(1, Ordering::SeqCst) + 1, 599);
            Reply::After(Arc::clone(&gate), Box::new(token))
        }
    })
    .await;
    let client = patient(&server, ManualClock::new(), TokenReuse::OnePerCreate);
    let leader = tokio::spawn({
        let client = client.clone();
        async move { call(&client, Operation::GetSessionDetails).await }
    });
    while fetched(&server) == 0 {
        tokio::task::yield_now().await;
    }
    let followers = [
        begun(call(&client, Operation::GetSessionDetails)).await,
        begun(call(&client, Operation::GetSessionDetails)).await,
    ];
    leader.abort();
    assert!(leader.await.unwrap_err().is_cancelled());
    gate.add_permits(1);
    for follower in followers {
        follower.await.unwrap();
    }
    // They may go on with what was begun, or begin again, but not each for itself.
    assert!(fetched(&server) <= 2, "{}", fetched(&server));
    call(&client, Operation::GetSessionDetails).await.unwrap();
    assert_eq!(server.calls().len(), 3, "nobody answered the one who left");
}

#[tokio::test]
async fn a_lifetime_is_what_the_answer_says() {
    // How many seconds later a fresh one is fetched, at the latest; none for one that is not kept at all.
    for (said, kept_until, fresh_from) in [
        ("299", Some(254), 270),
        ("599", Some(553), 570),
        ("599.0", Some(553), 570),
        ("0", None, 0),
        ("-1", None, 0),
        ("1000000000000", Some(86_354), 86_371),
        ("9223372036854775808", Some(86_354), 86_371),
        ("1e300", Some(86_354), 86_371),
    ] {
        let tokens = AtomicUsize::new(0);
        let server = Scripted::bare(move |asked: &Asked| {
            if !asked.line.contains("/authorize") {
                return fine();
            }
            let number = tokens.fetch_add(1, Ordering::SeqCst);
            // Case of the type and members beyond it do not matter.
            Reply::json(
                200,
                &format!(
                    r#"{{"access_token":"t{number}","token_type":"BeArEr","expires_in":{said},"scope":null}}"#
                ),
            )
        })
        .await;
        let clock = ManualClock::new();
        let client = patient(&server, clock.clone(), TokenReuse::OnePerCreate);
        let read = async || call(&client, Operation::GetSessionDetails).await.unwrap();
        read().await;
        if let Some(kept) = kept_until {
            clock.advance(Duration::from_secs(kept));
            read().await;
            assert_eq!(fetched(&server), 1, "{said}: kept");
            clock.advance(Duration::from_secs(fresh_from - kept));
        }
        read().await;
        assert_eq!(fetched(&server), 2, "{said}: fresh");
    }
}

#[tokio::test]
async fn a_lifetime_that_is_none_is_told_with_its_place() {
    for said in [r#","expires_in":"599""#, r#","expires_in":null"#, ""] {
        let server = Scripted::bare(move |_: &Asked| {
            Reply::json(200, &format!(r#"{{"access_token":"t"{said}}}"#))
        })
        .await;
        let client = patient(&server, ManualClock::new(), TokenReuse::OnePerCreate);
        let error = call(&client, Operation::GetSessionDetails)
            .await
            .unwrap_err();
        assert_eq!(
            (error.kind(), error.path()),
            (ErrorKind::Decode, Some("expires_in"))
        );
        assert_eq!(error.operation(), Operation::Authorize);
    }
}

#[tokio::test]
async fn a_token_that_no_header_can_carry_is_refused_where_it_arrives_and_never_held() {
    for odd in [
        r"a\nb",
        r"a\r\nx-odd: b",
        r"a\u0000",
        r"a\tb",
        r"a\u007f",
        r"a\u00e9b",
        r"\u6f22",
        "é",
        "",
        " ",
    ] {
        let answers = AtomicUsize::new(0);
        let server = Scripted::bare(move |asked: &Asked| {
            if !asked.line.contains("/authorize") {
                return fine();
            }
            // What comes after it is a good one.
            let token = match answers.fetch_add(1, Ordering::SeqCst) {
                0 | 1 => odd,
                _ => "good",
            };
            Reply::json(
                200,
                &format!(r#"{{"access_token":"{token}","expires_in":599}}"#),
            )
        })
        .await;
        let client = patient(&server, ManualClock::new(), TokenReuse::OnePerCreate);
        let asked_for = client.authorize().await.map(drop).unwrap_err();
        let needed = call(&client, Operation::GetSessionDetails)
            .await
            .unwrap_err();
        for error in [asked_for, needed] {
            assert_eq!(
                (error.operation(), error.kind(), error.path()),
                (
                    Operation::Authorize,
                    ErrorKind::Decode,
                    Some("access_token")
                ),
                "{odd:?}"
            );
            assert!(odd.len() < 5 || !chain(&error).contains(odd), "{error}");
        }
        assert_eq!(fetched(&server), 2, "{odd:?}: it is refused once for each");
        call(&client, Operation::GetSessionDetails).await.unwrap();
        let used = server.calls();
        assert_eq!(used.len(), 1, "{odd:?}: no call left with it");
        assert_eq!(used[0].header("authorization"), ["Bearer good"]);
    }
}

#[tokio::test]
async fn setting_the_time_of_day_neither_ages_a_token_nor_keeps_it_young() {
    for set_to in [3600, -3600] {
        let server = Scripted::start(|_: &Asked| fine()).await;
        let clock = Reset::default();
        let client = patient(&server, clock.clone(), TokenReuse::OnePerCreate);
        call(&client, Operation::GetSessionDetails).await.unwrap();
        clock.set_ahead(set_to);
        clock.hand.advance(Duration::from_secs(500));
        call(&client, Operation::GetSessionDetails).await.unwrap();
        assert_eq!(fetched(&server), 1, "500 s have passed, whatever it says");
        clock.hand.advance(Duration::from_secs(100));
        call(&client, Operation::GetSessionDetails).await.unwrap();
        assert_eq!(fetched(&server), 2, "600 s have passed, whatever it says");
    }
}

#[tokio::test]
async fn a_create_that_never_left_has_not_used_its_token() {
    let server = Scripted::start(|_: &Asked| fine()).await;
    let client = Client::builder(
        Environment::custom(server.base()).unwrap(),
        Credentials::basic("shop", "hush").unwrap(),
    )
    .retries(Retries::off())
    .build()
    .unwrap();
    client.authorize().await.unwrap();
    let address = server.base().trim_start_matches("http://").to_owned();
    drop(server);
    tokio::task::yield_now().await;
    let error = call(&client, Operation::CreateSession).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert_eq!(error.operation(), Operation::CreateSession);

    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    let server = Scripted::at(listener, |_: &Asked| fine());
    call(&client, Operation::CreateSession).await.unwrap();
    let asked = server.asked();
    assert_eq!(asked.len(), 1, "no token was asked for");
    assert_eq!(asked[0].header("authorization"), ["Bearer token-1"]);
    // It has created a session now.
    let error = call(&client, Operation::CreateSession).await.unwrap_err();
    assert_eq!(error.operation(), Operation::Authorize);
}

/// Begins a create with a minute for everything, and lets the token take this much of it.
async fn after_a_slow_token(passed: Duration) -> (Scripted, Client, Result<(), Error>) {
    let gate = Arc::new(Semaphore::new(0));
    let token = Arc::clone(&gate);
    let server = Scripted::bare(move |asked: &Asked| {
        if asked.line.contains("/authorize") {
            Reply::After(Arc::clone(&token), Box::new(Reply::token(1, 599)))
        } else {
            fine()
        }
    })
    .await;
    let clock = ManualClock::new();
    let minute = Duration::from_secs(60);
    let client = Client::builder(
        Environment::custom(server.base()).unwrap(),
        Credentials::basic("shop", "hush").unwrap(),
    )
    .clock(Arc::new(clock.clone()))
    .timeouts(Timeouts::default().attempt(minute).total(minute))
    .build()
    .unwrap();
    let late = tokio::spawn({
        let client = client.clone();
        async move { call(&client, Operation::CreateSession).await }
    });
    while server.asked().is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    clock.advance(passed);
    gate.add_permits(1);
    let outcome = late.await.unwrap();
    (server, client, outcome)
}

/// A quarter of an attempt is the least that a create begins with.
#[tokio::test]
async fn a_create_is_not_begun_when_the_token_took_most_of_its_time() {
    let just = Duration::from_secs(45);
    let (server, _, outcome) = after_a_slow_token(just).await;
    outcome.unwrap();
    assert_eq!(server.asked().len(), 2);

    let (server, client, outcome) = after_a_slow_token(just + Duration::from_nanos(1)).await;
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotSent);
    assert_eq!(error.operation(), Operation::CreateSession);
    assert!(!error.maybe_applied() && error.is_retryable());
    assert_eq!(server.asked().len(), 1, "the token, and nothing else");

    // With its time for itself it is sent, and by the token that nothing has used.
    call(&client, Operation::CreateSession).await.unwrap();
    let lines: Vec<String> = server.asked().into_iter().map(|asked| asked.line).collect();
    assert_eq!(lines, ["POST /api/v1/authorize", "POST /api/v2/sessions"]);
}

/// A call that was under way for ten seconds when its token was refused, and then the next one is to be had in 55 only.
async fn refused_late(
    reuse: TokenReuse,
    operation: Operation,
) -> (Scripted, ManualClock, JoinHandle<Result<(), Error>>) {
    let gate = Arc::new(Semaphore::new(0));
    let (refused, tokens) = (Arc::clone(&gate), AtomicUsize::new(0));
    let server = Scripted::bare(move |asked: &Asked| {
        if !asked.line.contains("/authorize") {
            let refusal = Box::new(Reply::of(401, &[], ""));
            return Reply::After(Arc::clone(&refused), refusal);
        }
        match tokens.fetch_add(1, Ordering::SeqCst) {
            0 => Reply::token(1, 599),
            _ => Reply::of(503, &[("retry-after", "55")], ""),
        }
    })
    .await;
    let clock = ManualClock::new();
    let client = patient(&server, clock.clone(), reuse);
    let late = tokio::spawn(async move { call(&client, operation).await });
    while server.asked().len() < 2 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    clock.advance(Duration::from_secs(10));
    gate.add_permits(1);
    (server, clock, late)
}

#[tokio::test]
async fn a_token_for_one_create_has_the_time_of_that_create() {
    let (_server, _clock, late) =
        refused_late(TokenReuse::OnePerCreate, Operation::CreateSession).await;
    // By a clock that nobody moves, so that a pause would last for ever.
    let ended = tokio::time::timeout(Duration::from_secs(10), late).await;
    let error = ended.expect("it does not pause").unwrap().unwrap_err();
    assert_eq!(error.operation(), Operation::Authorize);
    assert_eq!(error.status(), Some(503), "50 s are left, and 55 too many");
}

/// Others may wait for it who came later.
#[tokio::test]
async fn a_token_for_all_has_time_of_its_own() {
    for (reuse, operation) in [
        (TokenReuse::OnePerCreate, Operation::GetSessionDetails),
        (TokenReuse::Shared, Operation::CreateSession),
    ] {
        let (_server, clock, late) = refused_late(reuse, operation).await;
        // The answer is there when nothing waits any more but the pause, and the call for its end.
        let left = Some(Duration::from_secs(50));
        while clock.next_wake() != left {
            assert!(
                !late.is_finished(),
                "{operation}: the pause is gone through"
            );
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        clock.advance_to_next_wake();
        let error = late.await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout, "{operation}");
    }
}

#[tokio::test]
async fn when_every_token_is_revoked_a_refused_call_asks_for_another_and_takes_none_that_is_held() {
    let gate = Arc::new(Semaphore::new(0));
    let revoked = Arc::clone(&gate);
    let tokens = AtomicUsize::new(0);
    let server = Scripted::bare(move |asked: &Asked| {
        if asked.line.contains("/authorize") {
            return Reply::token(tokens.fetch_add(1, Ordering::SeqCst) + 1, 599);
        }
        match asked.header("authorization").as_slice() {
            ["Bearer token-1" | "Bearer token-2"] if asked.line.contains("/details") => {
                Reply::After(Arc::clone(&revoked), Box::new(Reply::of(401, &[], "")))
            }
            _ => fine(),
        }
    })
    .await;
    let client = patient(&server, ManualClock::new(), TokenReuse::OnePerCreate);
    let read = tokio::spawn({
        let client = client.clone();
        async move { call(&client, Operation::GetSessionDetails).await }
    });
    while server.calls().is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    // The first create takes the token of the read, the second one of its own, which is the one that is held then.
    for _ in 0..2 {
        call(&client, Operation::CreateSession).await.unwrap();
    }
    gate.add_permits(2);
    read.await.unwrap().unwrap();
    assert_eq!(fetched(&server), 3);
}
