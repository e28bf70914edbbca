//! `createSession`: bodies that cannot be read.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::bench::{Answer, Bench};
use crate::bodies::{guaranteed, with};
use crate::contract::problems;
use crate::raw;

/// The longest request that is read.
const MOST: usize = 64 * 1024;

async fn create(bench: &Bench, kind: Option<&str>, body: impl Into<reqwest::Body>) -> Answer {
    let mut request = bench
        .post("api/v2/sessions")
        .bearer_auth(bench.token().await)
        .body(body);
    if let Some(kind) = kind {
        request = request.header("content-type", kind);
    }
    bench.send("createSession", request).await
}

#[tokio::test]
async fn another_content_type_is_refused() {
    let bench = Bench::start().await;
    for kind in [
        None,
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some("application/jsonp"),
        Some("application/problem+json"),
        Some(""),
    ] {
        let answer = create(&bench, kind, guaranteed().to_string()).await;
        answer.expect_problem(415, "application/json");
    }
}

#[tokio::test]
async fn what_is_not_json_is_refused() {
    let bench = Bench::start().await;
    let body = guaranteed().to_string();
    let deep = "[".repeat(10_000);
    for text in ["", "{", "{}}", "hello", "{'type':'EFT'}", &body[1..], &deep] {
        let answer = create(&bench, Some("application/json"), text.to_owned()).await;
        answer.expect_problem(400, "not JSON");
        assert_eq!(bench.last().request, None);
    }
    let answer = create(
        &bench,
        Some("application/json"),
        b"{\"a\":\"\xff\"}".to_vec(),
    )
    .await;
    answer.expect_problem(400, "not JSON");
}

#[tokio::test]
async fn json_that_is_no_object_is_refused() {
    let bench = Bench::start().await;
    for value in [json!([]), json!("EFT"), json!(1), json!(true), Value::Null] {
        bench.create(&value).await.expect_problem(400, "object");
        assert_eq!(bench.last().rules, ["wrong-type"]);
    }
}

/// A body of an exact size that is right but for one long member.
fn of_size(size: usize) -> String {
    let empty = with(guaranteed(), "/payor/occupation", json!("")).to_string();
    let occupation = "x".repeat(size - empty.len());
    let body = with(guaranteed(), "/payor/occupation", json!(occupation)).to_string();
    assert_eq!(body.len(), size);
    body
}

#[tokio::test]
async fn a_body_over_64_kib_is_refused() {
    let bench = Bench::start().await;
    for (size, status) in [
        (MOST - 1, 201),
        (MOST, 201),
        (MOST + 1, 413),
        (4 * MOST, 413),
    ] {
        let answer = create(&bench, Some("application/json"), of_size(size)).await;
        answer.expect(status);
    }
    assert_eq!(bench.last().request, None);
}

/// The head of a create, up to the headers about its body.
fn head(token: &str) -> String {
    format!(
        "POST /api/v2/sessions HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\
         authorization: Bearer {token}\r\ncontent-type: application/json\r\n"
    )
}

#[tokio::test]
async fn a_body_without_a_length_is_counted() {
    let bench = Bench::start().await;
    for (size, status) in [(MOST, 201), (MOST + 1, 413)] {
        let mut request = head(&bench.token().await);
        request.push_str("transfer-encoding: chunked\r\n\r\n");
        for part in of_size(size).as_bytes().chunks(4000) {
            let part = std::str::from_utf8(part).unwrap();
            write!(request, "{:x}\r\n{part}\r\n", part.len()).unwrap();
        }
        request.push_str("0\r\n\r\n");
        let answer = raw::send(&bench, request.as_bytes()).await.unwrap();
        answer.expect(status);
        assert_eq!(problems("createSession", status, &answer.body), [""; 0]);
        assert_eq!(bench.last().status, Some(status));
    }
}

#[tokio::test]
async fn a_body_that_does_not_arrive_whole_is_refused_and_creates_nothing() {
    let bench = Bench::start().await;
    let token = bench.token().await;
    let body = guaranteed().to_string();
    let length = body.len() + 1;
    let request = format!("{}content-length: {length}\r\n\r\n{body}", head(&token));
    if let Some(answer) = raw::send(&bench, request.as_bytes()).await {
        answer.expect_problem(400, "whole");
        assert_eq!(problems("createSession", 400, &answer.body), [""; 0]);
    }
    let exchange = bench.last();
    assert_eq!((exchange.status, exchange.request), (Some(400), None));
    // The token is as good as before.
    bench.create_with(&token, &guaranteed()).await.expect(201);
    assert_eq!(bench.sandbox.journal().len(), 3);
}
