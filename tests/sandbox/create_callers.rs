//! `createSession`: who may call it, and how often.

use std::time::Duration;

use flinks_pay::domain::ApiKey;
use flinks_pay::sandbox::Sandbox;
use serde_json::json;

use crate::bench::Bench;
use crate::bodies::{guaranteed, with};

const KEY: &str = "key-of-the-first-client";

fn with_key() -> flinks_pay::sandbox::SandboxBuilder {
    Sandbox::builder().api_key(ApiKey::new(KEY).unwrap())
}

#[tokio::test]
async fn nobody_creates_nothing() {
    let bench = Bench::start().await;
    let request = bench.post("api/v2/sessions").json(&guaranteed());
    let answer = bench.send("createSession", request).await;
    answer.expect_problem(401, "token");
    assert_eq!(bench.last().credential, None);
}

#[tokio::test]
async fn credentials_that_are_no_token_create_nothing() {
    let bench = Bench::start().await;
    let token = bench.token().await;
    for header in [
        "Bearer made-up".to_owned(),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        String::new(),
        token.clone(),
        format!("Token {token}"),
        format!("Bearer {}", token.to_uppercase()),
        format!("Bearer {token}x"),
    ] {
        let request = bench
            .post("api/v2/sessions")
            .header("authorization", &header)
            .json(&guaranteed());
        let answer = bench.send("createSession", request).await;
        answer.expect_problem(401, "token");
        assert_eq!(
            bench.last().credential.as_deref(),
            Some("unknown"),
            "{header}"
        );
    }
    // None of it has spent the token, and the scheme is read in either case.
    let request = bench
        .post("api/v2/sessions")
        .header("authorization", format!("bEARER {token}"))
        .json(&guaranteed());
    bench.send("createSession", request).await.expect(201);
}

#[tokio::test]
async fn an_expired_token_creates_nothing() {
    let bench = Bench::start().await;
    let token = bench.token().await;
    bench.sandbox.advance(Duration::from_secs(599));
    let answer = bench.create_with(&token, &guaranteed()).await;
    answer.expect_problem(401, "token");
    assert_eq!(bench.last().credential.as_deref(), Some("token#1"));
    assert!(bench.last().rules.is_empty());
}

#[tokio::test]
async fn a_token_creates_one_session() {
    let bench = Bench::start().await;
    let token = bench.token().await;
    let answer = bench.create_with(&token, &guaranteed()).await;
    let id = crate::bench::id_of(answer.expect(201));
    for body in [guaranteed(), json!({})] {
        let answer = bench.create_with(&token, &body).await;
        answer.expect_problem(401, "already");
        assert_eq!(bench.last().rules, ["token-per-create"]);
        assert_eq!(bench.last().credential.as_deref(), Some("token#1"));
    }
    // Everything else takes it.
    bench.details_with(&token, &id).await.expect(200);
    bench.cancel_with(&token, &id).await.expect(200);
}

#[tokio::test]
async fn a_refused_create_does_not_spend_the_token() {
    let bench = Bench::start().await;
    let token = bench.token().await;
    let bad = with(guaranteed(), "/amount", json!(0));
    bench.create_with(&token, &bad).await.expect(400);
    bench.create_with(&token, &guaranteed()).await.expect(201);
}

#[tokio::test]
async fn an_api_key_creates_as_often_as_it_likes() {
    let bench = Bench::with(with_key()).await;
    for _ in 0..3 {
        let request = bench
            .post("api/v2/sessions")
            .header("x-api-key", KEY)
            .header("x-client-id", bench.sandbox.client_id())
            .json(&guaranteed());
        let answer = bench.send("createSession", request).await;
        let id = crate::bench::id_of(answer.expect(201));
        assert_eq!(bench.last().credential.as_deref(), Some("api-key"));
        // A token of the same client is the same caller.
        bench.details(&id).await;
    }
}

#[tokio::test]
async fn an_api_key_needs_its_client_id_and_the_other_way_round() {
    let bench = Bench::with(with_key()).await;
    let id = bench.sandbox.client_id();
    for headers in [
        vec![("x-api-key", KEY)],
        vec![("x-client-id", id)],
        vec![("x-api-key", "wrong"), ("x-client-id", id)],
        vec![("x-api-key", ""), ("x-client-id", id)],
        vec![("x-api-key", KEY), ("x-client-id", "wrong")],
        // A token that is wrong is not made good by a key.
        vec![
            ("x-api-key", KEY),
            ("x-client-id", id),
            ("authorization", "Bearer x"),
        ],
    ] {
        let mut request = bench.post("api/v2/sessions").json(&guaranteed());
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let answer = bench.send("createSession", request).await;
        answer.expect_problem(401, "token");
        assert_eq!(bench.last().credential.as_deref(), Some("unknown"));
    }
}

#[tokio::test]
async fn without_a_configured_key_none_is_taken() {
    let bench = Bench::start().await;
    for key in [KEY, "", bench.sandbox.client_secret()] {
        let request = bench
            .post("api/v2/sessions")
            .header("x-api-key", key)
            .header("x-client-id", bench.sandbox.client_id())
            .json(&guaranteed());
        bench.send("createSession", request).await.expect(401);
    }
}
