//! What follows an attempt that failed: pauses, the end of the call's time, the budget, and what is sent again.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use flinks_pay::clock::{Clock, ManualClock};

use super::support::moved::moved;
use super::*;

const DETAILS: Operation = Operation::GetSessionDetails;

fn status(text: &str) -> Reply {
    let body =
        format!(r#"{{"sessionId":"{SESSION}","status":"{text}","referenceId":"invoice-1042"}}"#);
    Reply::json(200, &body)
}

struct Bench {
    server: Scripted,
    clock: ManualClock,
    start: Instant,
    client: Client,
}

impl Bench {
    /// `script` is told the number of the request, from 1, tokens not counted.
    async fn new(
        timeouts: Timeouts,
        retries: Retries,
        script: impl Fn(usize, &Asked) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let count = AtomicUsize::new(0);
        let server = Scripted::start(move |asked| {
            if asked.line.contains("/authorize") {
                return Reply::Bytes(Vec::new());
            }
            script(count.fetch_add(1, Ordering::SeqCst) + 1, asked)
        })
        .await;
        let clock = ManualClock::new();
        let base = Environment::custom(server.base()).unwrap();
        let client = Client::builder(base, Credentials::basic("shop", "hush").unwrap())
            .clock(Arc::new(clock.clone()))
            .timeouts(timeouts)
            .retries(retries)
            .jitter_seed(3)
            .build()
            .unwrap();
        let start = clock.now();
        Self {
            server,
            clock,
            start,
            client,
        }
    }

    async fn call(&self, operation: Operation) -> Result<(), Error> {
        moved(&self.clock, &self.server, call(&self.client, operation)).await
    }

    fn passed(&self) -> Duration {
        self.clock.now() - self.start
    }
}

fn long() -> Timeouts {
    Timeouts::default().total(Duration::from_secs(600))
}

#[tokio::test]
async fn retry_after_is_waited_for_and_a_little_more() {
    let now = std::time::SystemTime::now();
    let date = |seconds: i64| {
        let offset = Duration::from_secs(seconds.unsigned_abs());
        httpdate::fmt_http_date(if seconds < 0 {
            now - offset
        } else {
            now + offset
        })
    };
    // The clock starts with the machine's time of day, and a date has whole seconds.
    let second = Duration::from_secs(1);
    for (header, at_least, at_most) in [
        ("0".to_owned(), 0, 0),
        ("1".to_owned(), 1, 1),
        ("7".to_owned(), 7, 7),
        (date(-60), 0, 0),
        (date(5), 4, 6),
        ("-1".to_owned(), 0, 0),
        ("soon".to_owned(), 0, 0),
        ("1.5".to_owned(), 0, 0),
    ] {
        let headers = header.clone();
        let bench = Bench::new(long(), Retries::default(), move |number, _| match number {
            1 => Reply::of(503, &[("retry-after", &headers)], ""),
            _ => status("Initiated"),
        })
        .await;
        bench.call(DETAILS).await.unwrap();
        let passed = bench.passed();
        // On top comes what keeps clients from coming back at once: half a second at most.
        assert!(passed >= second * at_least, "{header}: {passed:?}");
        assert!(
            passed <= second * at_most + second / 2,
            "{header}: {passed:?}"
        );
    }
}

#[tokio::test]
async fn two_of_them_say_nothing() {
    let bench = Bench::new(long(), Retries::default(), |number, _| match number {
        1 => Reply::of(429, &[("retry-after", "9"), ("retry-after", "9")], ""),
        _ => status("Initiated"),
    })
    .await;
    bench.call(DETAILS).await.unwrap();
    assert!(bench.passed() <= Duration::from_millis(500));
}

#[tokio::test]
async fn a_pause_that_ends_after_the_call_is_not_begun() {
    let bench = Bench::new(Timeouts::default(), Retries::default(), |_, _| {
        Reply::of(503, &[("retry-after", "120")], "")
    })
    .await;
    let error = bench.call(DETAILS).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status(), error.attempts()),
        (ErrorKind::Server, Some(503), 1)
    );
    assert_eq!(error.retry_after(), Some(Duration::from_secs(120)));
    assert_eq!(
        bench.passed(),
        Duration::ZERO,
        "the failure is told at once"
    );
}

#[tokio::test]
async fn the_time_of_the_whole_call_ends_it_to_the_moment() {
    let timeouts = Timeouts::default()
        .attempt(Duration::from_secs(15))
        .total(Duration::from_secs(45));
    let often = Retries::default().attempts(100);
    let silent = |_: usize, _: &Asked| Reply::Stall(Vec::new());
    let bench = Bench::new(timeouts, often, silent).await;
    let error = bench.call(DETAILS).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 3));
    assert_eq!(bench.passed(), Duration::from_secs(45));
    assert_eq!(bench.server.calls().len(), 3);
}

#[tokio::test]
async fn pauses_grow_and_follow_the_seed() {
    let run = async || {
        let retries = Retries::default()
            .attempts(8)
            .pauses(Duration::from_secs(1), Duration::from_secs(6));
        let failing = |_: usize, _: &Asked| Reply::of(500, &[], "");
        let bench = Bench::new(long(), retries, failing).await;
        let error = bench.call(DETAILS).await.unwrap_err();
        assert_eq!(error.attempts(), 8);
        bench.passed()
    };
    let first = run().await;
    // At most 1, 2, 4, 6, 6, 6, 6.
    assert!(first > Duration::ZERO && first <= Duration::from_secs(31));
    assert_eq!(first, run().await, "the same seed, the same pauses");
}

#[tokio::test]
async fn clones_share_a_budget_that_an_outage_empties_and_successes_fill() {
    let bench = Bench::new(long(), Retries::default(), |_, asked| {
        if asked.line.ends_with("/details") {
            Reply::of(500, &[], "")
        } else {
            status("Cancelled")
        }
    })
    .await;
    let mut attempts = Vec::new();
    for _ in 0..8 {
        let clone = bench.client.clone();
        let error = moved(&bench.clock, &bench.server, call(&clone, DETAILS)).await;
        attempts.push(error.unwrap_err().attempts());
    }
    // Full, the bucket lets 20 retries through; the token has filled nothing, because it was full.
    assert_eq!(attempts, [4, 4, 4, 4, 4, 4, 3, 1]);
    for _ in 0..5 {
        bench.call(Operation::CancelSession).await.unwrap();
    }
    let error = bench.call(DETAILS).await.unwrap_err();
    assert_eq!(error.attempts(), 2, "five successes pay for one retry");
}

/// A call that comes out in the end is no part of an outage, however many of them there are.
#[tokio::test]
async fn a_retry_that_succeeds_costs_nothing() {
    let bench = Bench::new(long(), Retries::default(), |number, _| {
        if number % 2 == 1 {
            Reply::of(500, &[], "")
        } else {
            status("Cancelled")
        }
    })
    .await;
    for _ in 0..30 {
        let session = session();
        let call = bench.client.cancel(&session);
        let answer = moved(&bench.clock, &bench.server, call).await.unwrap();
        assert_eq!(answer.attempts(), 2);
    }
}

#[tokio::test]
async fn what_is_sent_again_is_the_same_but_for_a_fresh_token() {
    for operation in Operation::ALL.iter().copied() {
        if operation == Operation::Authorize {
            continue;
        }
        let bench = Bench::new(long(), Retries::default(), |number, asked| match number {
            // A status is refused without a token, too.
            1 => Reply::of(401, &[], ""),
            2 if asked.line.ends_with("/status") => Reply::of(401, &[], ""),
            _ => status("Cancelled"),
        })
        .await;
        bench.call(operation).await.unwrap();
        let calls = bench.server.calls();
        let (last, before) = calls.split_last().unwrap();
        let before = before.last().unwrap();
        assert_eq!((&last.line, &last.body), (&before.line, &before.body));
        assert_eq!(before.header("authorization"), ["Bearer token-1"]);
        assert_eq!(last.header("authorization"), ["Bearer token-2"]);
        assert_eq!(
            bench.passed(),
            Duration::ZERO,
            "there is nothing to wait for"
        );
    }
}

#[tokio::test]
async fn a_second_401_is_the_answer_and_an_api_key_has_nothing_fresher() {
    let refusal = |_: usize, _: &Asked| Reply::of(401, &[], "");
    let bench = Bench::new(long(), Retries::default(), refusal).await;
    let error = bench.call(DETAILS).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.attempts()),
        (ErrorKind::Unauthorized, 2)
    );
    let server = Scripted::start(|_: &Asked| Reply::of(401, &[], "")).await;
    let base = Environment::custom(server.base()).unwrap();
    let client = Client::builder(base, Credentials::api_key("key-1", "shop").unwrap())
        .build()
        .unwrap();
    let error = call(&client, DETAILS).await.unwrap_err();
    assert_eq!(error.attempts(), 1);
}

#[tokio::test]
async fn the_status_is_asked_for_without_a_token_until_that_is_refused() {
    let bench = Bench::new(long(), Retries::default(), |_, asked| {
        match asked.header("authorization").as_slice() {
            [] => Reply::of(401, &[], ""),
            _ => status("Initiated"),
        }
    })
    .await;
    let used = || -> Vec<String> {
        let calls = bench.server.calls();
        calls
            .iter()
            .map(|asked| asked.header("authorization").join(","))
            .collect()
    };
    bench.call(Operation::GetSessionStatus).await.unwrap();
    assert_eq!(used(), ["", "Bearer token-1"]);
    // Remembered, by every clone.
    let clone = bench.client.clone();
    clone.status(&session()).await.unwrap();
    assert_eq!(used(), ["", "Bearer token-1", "Bearer token-1"]);
    // And where nothing is refused, nothing is told.
    let open = Bench::new(long(), Retries::default(), |_, _| status("Initiated")).await;
    for _ in 0..2 {
        open.call(Operation::GetSessionStatus).await.unwrap();
    }
    assert_eq!(open.server.asked().len(), 2, "no token was asked for");
}

/// Credentials that are refused are not sent once more on a guess.
#[tokio::test]
async fn a_401_whose_body_could_not_be_read_is_followed_by_nothing() {
    let refusals = [
        Reply::of(401, &[("content-encoding", "gzip")], "{}"),
        Reply::of(401, &[], vec![b' '; MAX_BODY_BYTES + 1]),
    ];
    for refusal in refusals {
        let bench = Bench::new(long(), Retries::default(), move |_, _| refusal.clone()).await;
        for operation in [Operation::CreateSession, Operation::GetSessionDetails] {
            let error = bench.call(operation).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unauthorized, "{operation}");
            assert_eq!(error.attempts(), 1, "{operation}");
        }
    }
}

/// That a proxy says so is one thing; an answer of which the end is missing says nothing for sure.
#[tokio::test]
async fn a_create_is_not_sent_again_for_a_503_that_could_not_be_read_to_its_end() {
    for (body, attempts) in [(MAX_BODY_BYTES, 4), (MAX_BODY_BYTES + 1, 1)] {
        let retries = Retries::default().also_when_busy(true);
        let bench = Bench::new(long(), retries, move |_, _| {
            Reply::of(503, &[], vec![b' '; body])
        })
        .await;
        let error = bench.call(Operation::CreateSession).await.unwrap_err();
        assert_eq!(error.status(), Some(503));
        assert_eq!(bench.server.calls().len(), attempts, "{body}");
    }
}

/// A gateway says 403 where a token is missing, a framework 400 or 422 where a header is.
#[tokio::test]
async fn a_refusal_without_a_token_may_be_about_the_token_whatever_its_number() {
    for number in [400, 403, 422] {
        let bench = Bench::new(long(), Retries::default(), move |_, asked| {
            match asked.header("authorization").as_slice() {
                [] => Reply::of(number, &[], ""),
                _ => status("Initiated"),
            }
        })
        .await;
        for attempts in [2, 1] {
            let answer = bench.client.status(&session()).await.unwrap();
            assert_eq!(answer.attempts(), attempts, "{number}");
        }

        // If it is about the session, a token changes nothing, and nothing is learned about tokens.
        let bench = Bench::new(long(), Retries::default(), move |_, _| {
            Reply::of(number, &[], "")
        })
        .await;
        for _ in 0..2 {
            let error = bench.client.status(&session()).await.unwrap_err();
            assert_eq!((error.status(), error.attempts()), (Some(number), 2));
        }
        let used: Vec<bool> = bench
            .server
            .calls()
            .iter()
            .map(|asked| asked.header("authorization").is_empty())
            .collect();
        assert_eq!(used, [true, false, true, false], "{number}");
    }
}

#[tokio::test]
async fn an_api_key_is_kept_back_from_the_status_as_well() {
    let server = Scripted::start(|asked: &Asked| match asked.header("x-api-key").as_slice() {
        [] => Reply::of(401, &[], ""),
        _ => status("Initiated"),
    })
    .await;
    let base = Environment::custom(server.base()).unwrap();
    let client = Client::builder(base, Credentials::api_key("key-1", "shop").unwrap())
        .build()
        .unwrap();
    let answer = client.status(&session()).await.unwrap();
    assert_eq!(answer.attempts(), 2);
    let seen: Vec<usize> = server
        .asked()
        .iter()
        .map(|asked| asked.header("x-client-id").len())
        .collect();
    assert_eq!(seen, [0, 1]);
}

#[tokio::test]
async fn a_cancellation_whose_answer_was_lost_is_not_taken_for_a_failure() {
    for (refused, now, done) in [
        (400, "Canceled", true),
        (409, "Cancelled", true),
        (422, "Cancelled", true),
        (409, "Completed", false),
        (400, "Failed", false),
        (409, "Initiated", false),
        // No such session is no session that was cancelled.
        (404, "Cancelled", false),
    ] {
        let bench = Bench::new(long(), Retries::default(), move |number, asked| {
            match (number, asked.line.ends_with("/cancel")) {
                (1, _) => Reply::Reset,
                (_, true) => Reply::of(refused, &[], ""),
                (_, false) => status(now),
            }
        })
        .await;
        let session = session();
        let work = bench.client.cancel(&session);
        let cancelled = moved(&bench.clock, &bench.server, work).await;
        match cancelled {
            Ok(session) => {
                assert!(done, "{refused} and {now}");
                assert_eq!(session.status, SessionStatus::Cancelled);
                assert_eq!(
                    session.reference_id.as_ref().unwrap().expose(),
                    "invoice-1042"
                );
            }
            Err(error) => {
                assert!(!done, "{refused} and {now}: {error}");
                assert_eq!(error.status(), Some(refused));
            }
        }
    }
}

/// Only what is surely cancelled is answered as cancelled.
#[tokio::test]
async fn a_success_that_tells_another_status_is_no_cancellation() {
    let says = |text: &str, code: &str| {
        let body =
            format!(r#"{{"sessionId":"{SESSION}","status":"{text}","statusDetails":"{code}"}}"#);
        Reply::json(200, &body)
    };
    // What the cancellation and the status answer; whether it is done, and otherwise whether it may be.
    for (answer, now, done) in [
        (
            ("Completed", "EFT0301"),
            ("Completed", "EFT0301"),
            Err(false),
        ),
        (("Failed", "EFT0401"), ("Failed", "EFT0401"), Err(false)),
        (("Expired", "EFT0601"), ("Expired", "EFT0601"), Err(false)),
        (("Canceled", "EFT0301"), ("Canceled", "EFT0301"), Err(true)),
        (("Canceled", "EFT0399"), ("Canceled", "EFT0399"), Err(true)),
        (
            ("Completed", "EFT0302"),
            ("Completed", "EFT0302"),
            Err(true),
        ),
        (
            ("Initiated", "EFT0101"),
            ("Initiated", "EFT0101"),
            Err(true),
        ),
        (("Paused", "EFT0101"), ("Paused", "EFT0101"), Err(true)),
        // It takes a moment.
        (("Initiated", "EFT0101"), ("Canceled", "EFT0501"), Ok(())),
    ] {
        let bench = Bench::new(long(), Retries::default(), move |_, asked| {
            let (text, code) = if asked.line.ends_with("/cancel") {
                answer
            } else {
                now
            };
            says(text, code)
        })
        .await;
        let cancelled = bench.client.cancel(&session()).await;
        let paths = bench.server.calls().len();
        assert_eq!(paths, 2, "one cancellation, one look");
        match cancelled {
            Ok(session) => {
                assert_eq!(done, Ok(()), "{answer:?}");
                assert_eq!(session.status, SessionStatus::Cancelled);
            }
            Err(error) => {
                assert_eq!(done, Err(error.maybe_applied()), "{answer:?}");
                assert_eq!(
                    (error.kind(), error.status(), error.operation()),
                    (ErrorKind::Conflict, Some(200), Operation::CancelSession)
                );
                let raw = String::from_utf8(error.raw().unwrap().body().to_vec()).unwrap();
                assert!(raw.contains(answer.0), "{raw}");
            }
        }
    }
    // A look that finds a contradiction finds no cancellation.
    let bench = Bench::new(long(), Retries::default(), move |_, asked| {
        if asked.line.ends_with("/cancel") {
            Reply::of(409, &[], "")
        } else {
            says("Canceled", "EFT0301")
        }
    })
    .await;
    let error = bench.client.cancel(&session()).await.unwrap_err();
    assert_eq!(error.status(), Some(409));
}

#[tokio::test]
async fn where_there_is_no_status_the_details_tell_whether_it_is_cancelled() {
    for (absent, now, done) in [
        (404, "Canceled", true),
        (405, "Cancelled", true),
        (501, "Canceled", true),
        (404, "Completed", false),
        (403, "Canceled", false),
    ] {
        let bench = Bench::new(long(), Retries::default(), move |_, asked| {
            if asked.line.ends_with("/cancel") {
                Reply::of(409, &[], "")
            } else if asked.line.ends_with("/details") {
                status(now)
            } else {
                Reply::of(absent, &[], "")
            }
        })
        .await;
        let cancelled = bench.client.cancel(&session()).await;
        assert_eq!(cancelled.is_ok(), done, "{absent} {now}");
    }
}

#[tokio::test]
async fn a_look_that_fails_leaves_the_refusal_as_it_was() {
    let bench = Bench::new(long(), Retries::default(), |_, asked| {
        if asked.line.ends_with("/cancel") {
            Reply::of(409, &[], "")
        } else {
            Reply::of(500, &[], "")
        }
    })
    .await;
    let error = bench.call(Operation::CancelSession).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.operation()),
        (ErrorKind::Conflict, Operation::CancelSession)
    );
}

#[tokio::test]
async fn a_call_that_is_dropped_is_not_tried_again() {
    let bench = Bench::new(long(), Retries::default(), |_, _| Reply::Stall(Vec::new())).await;
    {
        let call = std::pin::pin!(call(&bench.client, DETAILS));
        tokio::select! {
            _ = call => panic!("nobody answers"),
            () = async { while bench.server.stalled() == 0 { tokio::task::yield_now().await } } => {}
        }
    }
    assert_eq!(bench.clock.next_wake(), None, "nothing waits any more");
    assert_eq!(bench.server.calls().len(), 1);
}

#[tokio::test]
async fn what_an_earlier_attempt_may_have_done_is_still_said_at_the_end() {
    // The first attempt may have been carried out; what ends the call comes after it and was refused.
    for (operation, first, then, kind) in [
        (
            Operation::CancelSession,
            Reply::Reset,
            401,
            ErrorKind::Unauthorized,
        ),
        (
            Operation::CancelSession,
            Reply::of(500, &[], ""),
            403,
            ErrorKind::Forbidden,
        ),
        (
            Operation::CancelSession,
            Reply::Close,
            404,
            ErrorKind::NotFound,
        ),
        (
            Operation::CreateSession,
            Reply::of(503, &[], ""),
            403,
            ErrorKind::Forbidden,
        ),
    ] {
        let asked = Retries::default().also_when_busy(true);
        let bench = Bench::new(long(), asked, move |number, _| match number {
            1 => first.clone(),
            _ => Reply::of(then, &[], ""),
        })
        .await;
        let error = bench.call(operation).await.unwrap_err();
        assert_eq!((error.kind(), error.operation()), (kind, operation));
        assert!(error.maybe_applied(), "{error}");
    }
    // And where it was refused at once, it was not done.
    let refusal = |_: usize, _: &Asked| Reply::of(403, &[], "");
    let bench = Bench::new(long(), Retries::default(), refusal).await;
    let error = bench.call(Operation::CancelSession).await.unwrap_err();
    assert!(!error.maybe_applied());
}

#[tokio::test]
async fn for_want_of_another_token_the_earlier_attempt_is_the_answer() {
    let tokens = AtomicUsize::new(0);
    let server = Scripted::bare(move |asked: &Asked| {
        if asked.line.ends_with("/cancel") {
            return Reply::of(500, &[], "");
        }
        match tokens.fetch_add(1, Ordering::SeqCst) {
            // Not kept: each attempt asks for one of its own.
            0 => Reply::token(1, 0),
            _ => Reply::of(401, &[], ""),
        }
    })
    .await;
    let clock = ManualClock::new();
    let base = Environment::custom(server.base()).unwrap();
    let client = Client::builder(base, Credentials::basic("shop", "hush").unwrap())
        .clock(Arc::new(clock.clone()))
        .build()
        .unwrap();
    let work = call(&client, Operation::CancelSession);
    let error = moved(&clock, &server, work).await.unwrap_err();
    assert_eq!(
        (error.operation(), error.status()),
        (Operation::CancelSession, Some(500))
    );
    assert!(error.maybe_applied());
}
