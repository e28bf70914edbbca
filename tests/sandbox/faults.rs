//! Each fault as it is seen on the wire.

use std::io::Read as _;
use std::sync::Arc;
use std::time::Duration;

use flinks_pay::SessionId;
use flinks_pay::clock::ManualClock;
use flinks_pay::sandbox::{Fault, FaultMet, FaultRule, RefusalShape, RetryAfter};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::bench::{Bench, id_of, open_statuses, path};
use crate::bodies::{guaranteed, referring};
use crate::wire::{self, End, Seen, request};

/// A fault as the control API has it.
fn fault(document: Value) -> Fault {
    serde_json::from_value(document).unwrap()
}

/// Calls the status of a session with a fault.
async fn status(bench: &Bench, id: &SessionId, fault: Fault) -> Seen {
    bench.sandbox.fault(FaultRule::next(1, fault)).unwrap();
    wire::send(bench, &request("GET", &path(id, "status"), None, "")).await
}

/// Creates a session with a fault. Returns what was seen, and how many sessions there are then.
async fn create(bench: &Bench, fault: Fault) -> (Seen, usize) {
    let token = bench.token().await;
    bench.sandbox.fault(FaultRule::next(1, fault)).unwrap();
    let body = guaranteed().to_string();
    let bytes = request("POST", "api/v2/sessions", Some(&token), &body);
    let seen = wire::send(bench, &bytes).await;
    (seen, sessions(bench))
}

/// How many sessions there are: as many as creates were carried out.
fn sessions(bench: &Bench) -> usize {
    bench.sandbox.sessions(None, 1000).unwrap().sessions.len()
}

fn met(bench: &Bench) -> FaultMet {
    bench.last().fault.expect("a fault was met")
}

/// Waits until somebody waits for the clock.
async fn asleep(clock: &ManualClock) -> Duration {
    loop {
        if let Some(wait) = clock.next_wake() {
            return wait;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

async fn on_a_clock() -> (Bench, ManualClock) {
    let clock = ManualClock::new();
    let bench = Bench::with(open_statuses().clock(Arc::new(clock.clone()))).await;
    (bench, clock)
}

#[tokio::test]
async fn a_delay_holds_the_answer_back_and_not_the_call() {
    let (bench, clock) = on_a_clock().await;
    let id = bench.session(&guaranteed()).await;
    let arrived = bench.sandbox.journal().len();
    let call = status(&bench, &id, Fault::delay(Duration::from_secs(30)));
    let moved = async {
        assert_eq!(asleep(&clock).await, Duration::from_secs(30));
        assert_eq!(
            bench.sandbox.journal().len(),
            arrived + 1,
            "it is known already"
        );
        clock.advance(Duration::from_secs(30));
    };
    let (seen, ()) = tokio::join!(call, moved);
    assert_eq!((seen.status(), seen.end), (200, End::Closed));
    assert_eq!(seen.json()["status"], "Initiated");
    let met = met(&bench);
    assert_eq!((met.name.as_str(), met.breaks_contract), ("delay", false));
}

#[tokio::test]
async fn a_caller_who_does_not_wait_is_in_the_journal_all_the_same() {
    let (bench, clock) = on_a_clock().await;
    let token = bench.token().await;
    let delay = Fault::delay(Duration::from_secs(30));
    bench.sandbox.fault(FaultRule::always(delay)).unwrap();
    let body = guaranteed().to_string();
    let mut stream = wire::connect(&bench).await;
    let bytes = request("POST", "api/v2/sessions", Some(&token), &body);
    stream.write_all(&bytes).await.unwrap();
    asleep(&clock).await;
    drop(stream);
    assert_eq!(sessions(&bench), 1);
    assert_eq!(bench.last().operation.as_deref(), Some("createSession"));
}

#[tokio::test]
async fn a_drip_is_one_byte_at_a_time() {
    let (bench, clock) = on_a_clock().await;
    let id = bench.session(&guaranteed()).await;
    bench
        .sandbox
        .fault(FaultRule::next(1, Fault::drip()))
        .unwrap();
    let mut stream = wire::connect(&bench).await;
    let bytes = request("GET", &path(&id, "status"), None, "");
    stream.write_all(&bytes).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let length: usize = length.unwrap().parse().unwrap();
    let mut body = Vec::new();
    while body.len() < length {
        assert_eq!(asleep(&clock).await, Duration::from_secs(1));
        if body.len() == 5 {
            let early = tokio::time::timeout(Duration::from_millis(50), stream.read_u8());
            assert!(early.await.is_err(), "nothing comes before its time");
        }
        clock.advance(Duration::from_secs(1));
        body.push(stream.read_u8().await.unwrap());
    }
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["status"], "Initiated");
}

#[tokio::test]
async fn a_status_has_either_shape_and_either_retry_after() {
    let (bench, clock) = on_a_clock().await;
    let id = bench.session(&guaranteed()).await;
    let busy = Fault::too_many_requests(RetryAfter::Seconds(7));
    let seen = status(&bench, &id, busy).await;
    assert_eq!(
        (seen.status(), seen.header("retry-after")),
        (429, Some("7"))
    );
    assert_eq!(
        seen.json()["error"],
        "sandbox_fault",
        "the shape of the operation"
    );

    let busy = Fault::too_many_requests(RetryAfter::Date(90));
    let seen = status(&bench, &id, busy).await;
    let date = flinks_pay::clock::Clock::wall(&clock) + Duration::from_secs(90);
    let date = httpdate::fmt_http_date(date);
    assert_eq!(seen.header("retry-after"), Some(date.as_str()));

    for code in [400, 401, 404, 408, 418, 425, 451, 499, 500, 503, 504, 599] {
        for shape in [RefusalShape::Problem, RefusalShape::Error] {
            let other = fault(json!({ "status": { "status": code, "shape": shape } }));
            let seen = status(&bench, &id, other).await;
            assert_eq!((seen.status(), seen.header("retry-after")), (code, None));
            let body = seen.json();
            assert_eq!(
                body.get("error").is_some(),
                shape == RefusalShape::Error,
                "{body}"
            );
            assert_eq!(
                body.get("status"),
                (shape == RefusalShape::Problem).then_some(&json!(code)),
                "{body}"
            );
        }
    }
    let (seen, sessions) = create(&bench, Fault::status(500)).await;
    assert_eq!(
        (seen.status(), sessions),
        (500, 1),
        "it was not carried out"
    );
    assert_eq!(seen.json()["title"], "Internal Server Error");
    let all_the_same = fault(json!({ "status": { "status": 500, "applied": true } }));
    let (seen, sessions) = create(&bench, all_the_same).await;
    assert_eq!((seen.status(), sessions), (500, 2), "it was carried out");
    assert_eq!(
        bench.last().credential.as_deref(),
        Some("token#3"),
        "and the caller is known"
    );
}

#[tokio::test]
async fn a_page_and_nothing_at_all_take_the_place_of_an_answer() {
    let bench = Bench::start().await;
    let (seen, sessions) = create(&bench, fault(json!({ "htmlPage": {} }))).await;
    assert_eq!((seen.status(), sessions), (502, 0));
    assert_eq!(
        seen.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    assert!(seen.body.starts_with(b"<!DOCTYPE html>"));
    assert_eq!(bench.last().answer, None);

    let (seen, sessions) = create(&bench, fault(json!({ "emptyBody": {} }))).await;
    assert_eq!((seen.status(), sessions, seen.body.len()), (201, 1, 0));
    assert_eq!(seen.length(), 0);
    assert!(met(&bench).applied);
    let not = fault(json!({ "emptyBody": { "applied": false } }));
    let (seen, sessions) = create(&bench, not).await;
    assert_eq!((seen.status(), sessions, seen.body.len()), (201, 1, 0));
    assert!(!met(&bench).applied);
}

#[tokio::test]
async fn a_body_ends_before_its_end() {
    let bench = Bench::with(open_statuses()).await;
    let id = bench.session(&guaranteed()).await;
    let seen = status(&bench, &id, fault(json!({ "truncatedBody": {} }))).await;
    assert_eq!((seen.status(), seen.end), (200, End::Closed));
    assert_eq!(seen.body.len(), seen.length() / 2);
    let seen = status(
        &bench,
        &id,
        fault(json!({ "truncatedBody": { "bytes": 3 } })),
    )
    .await;
    assert_eq!(seen.body.len(), 3);
    let seen = status(
        &bench,
        &id,
        fault(json!({ "truncatedBody": { "bytes": 9999 } })),
    )
    .await;
    assert_eq!(seen.body.len(), seen.length() - 1);
}

#[tokio::test]
async fn the_head_says_something_else_than_the_body() {
    let bench = Bench::with(open_statuses()).await;
    let id = bench.session(&guaranteed()).await;
    let seen = status(&bench, &id, fault(json!({ "wrongContentType": {} }))).await;
    assert_eq!(seen.header("content-type"), Some("text/plain"));
    assert_eq!(seen.json()["status"], "Initiated");
    for by in [12, -12] {
        let seen = status(
            &bench,
            &id,
            fault(json!({ "wrongContentLength": { "by": by } })),
        )
        .await;
        assert_eq!((seen.status(), seen.end), (200, End::Closed));
        assert_eq!(seen.json()["status"], "Initiated", "the body is whole");
        let too_much =
            i64::try_from(seen.length()).unwrap() - i64::try_from(seen.body.len()).unwrap();
        assert_eq!(too_much, by);
    }
}

#[tokio::test]
async fn a_bomb_is_small_on_the_wire() {
    let bench = Bench::with(open_statuses()).await;
    let token = bench.token().await;
    let bomb = Fault::gzip_bomb(64 << 20);
    bench.sandbox.fault(FaultRule::next(1, bomb)).unwrap();
    let request = bench.post("api/v2/sessions").bearer_auth(&token);
    let response = request.json(&guaranteed()).send().await.unwrap();
    // The plain client of these tests undoes gzip where it meets it, so the header is gone, and the body is large.
    assert_eq!(response.status(), 201);
    assert_eq!(response.bytes().await.unwrap().len(), 64 << 20);
    assert_eq!(sessions(&bench), 1);

    let id = bench.session(&guaranteed()).await;
    let seen = status(&bench, &id, Fault::gzip_bomb(3 << 20)).await;
    assert_eq!(seen.header("content-encoding"), Some("gzip"));
    assert_eq!(seen.header("content-length"), None);
    assert!(seen.body.len() < 8192, "{}", seen.body.len());
    let mut inflated = Vec::new();
    flate2::read::GzDecoder::new(&dechunked(&seen.body)[..])
        .read_to_end(&mut inflated)
        .unwrap();
    assert_eq!(inflated.len(), 3 << 20);
}

/// A body out of its chunks.
fn dechunked(mut body: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    loop {
        let end = body
            .windows(2)
            .position(|window| window == b"\r\n")
            .unwrap();
        let length = std::str::from_utf8(&body[..end]).unwrap();
        let length = usize::from_str_radix(length, 16).unwrap();
        if length == 0 {
            return whole;
        }
        whole.extend_from_slice(&body[end + 2..end + 2 + length]);
        body = &body[end + 2 + length + 2..];
    }
}

#[tokio::test]
async fn a_connection_is_reset_before_and_after_the_request_and_within_the_answer() {
    let bench = Bench::start().await;
    let (seen, sessions) = create(&bench, Fault::ResetBeforeRequest).await;
    assert_eq!(
        (seen.end, seen.head.as_str(), sessions),
        (End::Reset, "", 0)
    );
    let exchange = bench.last();
    assert_eq!(exchange.operation.as_deref(), Some("createSession"));
    assert_eq!(
        (exchange.status, exchange.request, exchange.answer),
        (None, None, None)
    );
    assert!(!met(&bench).applied);

    let (seen, sessions) = create(&bench, fault(json!({ "resetAfterRequest": {} }))).await;
    assert_eq!(
        (seen.end, seen.head.as_str(), sessions),
        (End::Reset, "", 1)
    );
    let exchange = bench.last();
    assert_eq!((exchange.status, exchange.answer), (None, None));
    assert_eq!(exchange.request.unwrap()["amount"], 120.5);
    assert!(met(&bench).applied);

    let not = fault(json!({ "resetAfterRequest": { "applied": false } }));
    let (seen, sessions) = create(&bench, not).await;
    assert_eq!(
        (seen.end, seen.head.as_str(), sessions),
        (End::Reset, "", 1)
    );
    assert!(!met(&bench).applied);

    let (seen, sessions) = create(&bench, fault(json!({ "resetMidResponse": {} }))).await;
    assert_eq!((seen.end, seen.status(), sessions), (End::Reset, 201, 2));
    assert_eq!(seen.body.len(), seen.length() / 2);
    let (seen, sessions) =
        create(&bench, fault(json!({ "resetMidResponse": { "bytes": 0 } }))).await;
    assert_eq!((seen.end, seen.body.len(), sessions), (End::Reset, 0, 3));
    assert_eq!(bench.last().status, Some(201));
}

#[tokio::test]
async fn a_request_that_has_not_arrived_is_reset_by_its_head() {
    let bench = Bench::start().await;
    let reset = FaultRule::always(Fault::ResetBeforeRequest);
    bench.sandbox.fault(reset).unwrap();
    let mut stream = wire::connect(&bench).await;
    let head = "POST /api/v2/sessions HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5000\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    assert_eq!(wire::read(&mut stream).await.end, End::Reset);
}

#[tokio::test]
async fn members_are_wrong_too_many_missing_and_null() {
    let bench = Bench::with(open_statuses()).await;
    let id = bench.session(&guaranteed()).await;
    let whole = bench.status(&id).await.expect(200).clone();
    for (document, pointer, expected) in [
        (
            json!({ "wrongValue": {} }),
            "/status",
            Some(json!("UnheardOf")),
        ),
        (
            json!({ "wrongValue": { "pointer": "/amount", "value": "1" } }),
            "/amount",
            Some(json!("1")),
        ),
        (
            json!({ "extraMembers": {} }),
            "/unheardOf",
            Some(json!({ "since": 2030 })),
        ),
        (json!({ "missingMembers": {} }), "/sessionId", None),
        (
            json!({ "missingMembers": { "pointers": ["/amount"] } }),
            "/amount",
            None,
        ),
        (
            json!({ "nullMembers": { "pointers": ["/status", "/amount"] } }),
            "/amount",
            Some(json!(null)),
        ),
    ] {
        let seen = status(&bench, &id, fault(document.clone())).await;
        assert_eq!(seen.status(), 200);
        assert_eq!(seen.length(), seen.body.len());
        let body = seen.json();
        assert_eq!(body.pointer(pointer), expected.as_ref(), "{document}");
        assert_ne!(body, whole);
        let met = met(&bench);
        assert!(met.effective && met.breaks_contract, "{document}");
        // The journal tells what was sent, where it keeps it at all.
        let kept = bench.last().answer.unwrap();
        assert_eq!(
            kept.get("sessionId").is_some(),
            body.get("sessionId").is_some()
        );
    }
    let nothing = json!({ "missingMembers": { "pointers": ["/nothing"] } });
    let seen = status(&bench, &id, fault(nothing)).await;
    assert_eq!(seen.json(), whole);
    let met = met(&bench);
    assert!(!met.effective && !met.breaks_contract);
}

#[tokio::test]
async fn an_answer_is_about_another_session() {
    let bench = Bench::with(open_statuses()).await;
    let other = bench.session(&referring(guaranteed(), "theirs")).await;
    let id = bench.session(&referring(guaranteed(), "ours")).await;
    let seen = status(&bench, &id, fault(json!({ "anotherSession": {} }))).await;
    assert_ne!(id_of(&seen.json()), id);
    assert_eq!(seen.json()["referenceId"], "another-reference");
    let theirs = fault(json!({ "anotherSession": { "session": other } }));
    let seen = status(&bench, &id, theirs).await;
    assert_eq!(id_of(&seen.json()), other);
    assert_eq!(seen.json()["referenceId"], "theirs");
    assert_eq!(bench.status(&id).await.expect(200)["referenceId"], "ours");
}

#[tokio::test]
async fn a_token_is_revoked_for_good() {
    let bench = Bench::with(open_statuses()).await;
    let token = bench.token().await;
    bench
        .sandbox
        .fault(FaultRule::next(1, Fault::RevokedToken))
        .unwrap();
    bench.create_with(&token, &guaranteed()).await.expect(401);
    assert!(met(&bench).effective);
    bench.create_with(&token, &guaranteed()).await.expect(401);
    assert_eq!(bench.last().fault, None);
    bench.create(&guaranteed()).await.expect(201);

    bench
        .sandbox
        .fault(FaultRule::next(1, Fault::RevokedToken))
        .unwrap();
    let token = bench.token().await;
    assert!(met(&bench).effective);
    bench.create_with(&token, &guaranteed()).await.expect(401);

    let id = bench.session(&guaranteed()).await;
    bench
        .sandbox
        .fault(FaultRule::next(1, Fault::RevokedToken))
        .unwrap();
    bench.status_by_nobody(&id).await.expect(200);
    assert!(!met(&bench).effective, "the call had no token");
}
