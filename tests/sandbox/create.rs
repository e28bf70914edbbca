//! `createSession`: what is created.

use flinks_pay::SessionId;
use flinks_pay::sandbox::Sandbox;
use serde_json::json;

use crate::bench::{Bench, id_of};
use crate::bodies::{full_guaranteed, full_regular, guaranteed, referring, regular, with, without};

#[tokio::test]
async fn a_session_has_an_id_and_the_reference_that_was_sent() {
    let bench = Bench::start().await;
    for (body, reference) in [
        (referring(guaranteed(), "order 1"), json!("order 1")),
        (referring(regular(), "order-1"), json!("order-1")),
        (full_guaranteed(), json!("Order 20391 / Été")),
        (full_regular(), json!("order-20391")),
        (guaranteed(), json!(null)),
        (with(regular(), "/referenceId", json!(null)), json!(null)),
    ] {
        let answer = bench.create(&body).await;
        let created = answer.expect(201);
        assert_eq!(created["referenceId"], reference);
        let id = id_of(created);
        assert_eq!(bench.state(&id).await, "Initiated EFT0101");
    }
}

#[tokio::test]
async fn the_content_type_may_have_parameters() {
    let bench = Bench::start().await;
    let request = bench
        .post("api/v2/sessions")
        .bearer_auth(bench.token().await)
        .header("content-type", "Application/JSON ; charset=utf-8")
        .body(guaranteed().to_string());
    bench.send("createSession", request).await.expect(201);
}

#[tokio::test]
async fn amounts_may_be_left_to_the_payor() {
    let bench = Bench::start().await;
    for body in [
        without(guaranteed(), "/amount"),
        with(guaranteed(), "/amount", json!(null)),
    ] {
        let id = bench.session(&body).await;
        assert_eq!(bench.status(&id).await.expect(200)["amount"], json!(null));
    }
}

#[tokio::test]
async fn the_journal_says_what_was_created_and_with_which_token() {
    let bench = Bench::start().await;
    bench.token().await;
    let id = bench.session(&guaranteed()).await;
    let exchange = bench.last();
    assert_eq!(exchange.sequence, 3);
    assert_eq!(exchange.method, "POST");
    assert_eq!(exchange.path, "/api/v2/sessions");
    assert_eq!(exchange.operation.as_deref(), Some("createSession"));
    assert_eq!(exchange.status, Some(201));
    assert_eq!(exchange.credential.as_deref(), Some("token#2"));
    assert_eq!(exchange.request.unwrap()["amount"], 120.5);
    assert_eq!(exchange.answer.unwrap()["sessionId"], id.expose());
    assert!(exchange.rules.is_empty());
}

#[tokio::test]
async fn a_guaranteed_session_needs_a_payee_or_a_settlement_account() {
    let bench = Bench::with(Sandbox::builder().settlement_account(false)).await;
    bench
        .create(&guaranteed())
        .await
        .expect_problem(400, "payee");
    assert_eq!(bench.last().rules, ["payee-or-settlement"]);
    bench.create(&full_guaranteed()).await.expect(201);
    assert!(bench.last().rules.is_empty());
}

#[tokio::test]
async fn a_regular_session_needs_the_product() {
    let bench = Bench::with(Sandbox::builder().regular_eft(false)).await;
    bench
        .create(&regular())
        .await
        .expect_problem(403, "regular");
    bench.create(&guaranteed()).await.expect(201);
    // What is wrong with a request comes first.
    bench
        .create(&without(regular(), "/payor/email"))
        .await
        .expect(400);
}

#[tokio::test]
async fn an_id_is_read_in_either_case() {
    let bench = Bench::start().await;
    let id = bench.session(&guaranteed()).await;
    let shouted = SessionId::new(&id.expose().to_uppercase()).unwrap();
    assert_eq!(shouted, id);
    let path = format!("api/v2/sessions/{}/status", id.expose().to_uppercase());
    let answer = bench
        .send(
            "getSessionStatus",
            bench.get(&path).bearer_auth(bench.token().await),
        )
        .await;
    assert_eq!(answer.expect(200)["sessionId"], id.expose());
}
