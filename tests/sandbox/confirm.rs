//! `confirmGuarantee`: the integrator's decision, once, about a guarantee that is on offer.

use std::time::Duration;

use flinks_pay::SessionId;
use flinks_pay::sandbox::{Sandbox, SandboxError};
use flinks_pay::session::Step;
use serde_json::{Value, json};

use crate::bench::{Bench, OTHER_ID, OTHER_SECRET, path, two_clients};
use crate::bodies::{guaranteed, referring, regular};
use crate::status::NO_SESSIONS;

fn accept() -> Value {
    json!({ "guaranteeAccepted": true })
}

fn reject() -> Value {
    json!({ "guaranteeAccepted": false })
}

async fn asked() -> Bench {
    Bench::with(Sandbox::builder().guarantee_decision(true)).await
}

/// A session that waits for the decision.
async fn waiting(bench: &Bench, body: &Value) -> SessionId {
    let id = bench.session(body).await;
    let payor = bench.sandbox.payor(&id);
    payor.run_to(&Step::GuaranteeOffer).unwrap();
    let stuck = payor.step().unwrap_err();
    assert!(matches!(stuck, SandboxError::DecisionPending), "{stuck}");
    let details = bench.details(&id).await;
    assert_eq!(
        details["guaranteeDetails"]["guaranteeAccepted"],
        json!(null)
    );
    id
}

#[tokio::test]
async fn an_accepted_guarantee_lets_the_payor_go_on() {
    let bench = asked().await;
    for (scenario, paid) in [("Happy1", 120.5), ("Happy2", 60.25)] {
        let id = waiting(&bench, &referring(guaranteed(), scenario)).await;
        let answer = bench.confirm(&id, &accept()).await;
        let expected = json!({ "sessionId": id.expose(), "referenceId": scenario });
        assert_eq!(answer.expect(200), &expected);
        let details = bench.details(&id).await;
        assert_eq!(details["guaranteeDetails"]["guaranteeAccepted"], true);
        assert_eq!(bench.state(&id).await, "InProgress -");
        bench.sandbox.payor(&id).run().unwrap();
        assert_eq!(bench.state(&id).await, "Completed EFT0301");
        assert_eq!(bench.details(&id).await["amount"], paid);
    }
}

#[tokio::test]
async fn a_rejected_guarantee_fails_the_session() {
    let bench = asked().await;
    let id = waiting(&bench, &guaranteed()).await;
    bench.confirm(&id, &reject()).await.expect(200);
    assert_eq!(bench.state(&id).await, "Failed EFT0402");
    let details = bench.details(&id).await;
    assert_eq!(details["guaranteeDetails"]["guaranteeAccepted"], false);
    let events = bench.sandbox.payor(&id).events().unwrap();
    assert_eq!(events.last().unwrap().as_str(), "GUARANTEE_FAILED");
    bench.cancel(&id).await.expect(400);
}

#[tokio::test]
async fn a_second_decision_is_refused_whatever_it_is() {
    let bench = asked().await;
    for (first, state) in [(accept(), "InProgress -"), (reject(), "Failed EFT0402")] {
        for second in [accept(), reject()] {
            let id = waiting(&bench, &guaranteed()).await;
            bench.confirm(&id, &first).await.expect(200);
            let answer = bench.confirm(&id, &second).await;
            answer.expect_problem(400, "decision");
            assert_eq!(bench.state(&id).await, state);
        }
    }
}

#[tokio::test]
async fn there_must_be_something_to_decide() {
    let bench = asked().await;
    let nothing = |answer: crate::bench::Answer| answer.expect_problem(400, "decision");
    // Not yet.
    let id = bench.session(&guaranteed()).await;
    nothing(bench.confirm(&id, &accept()).await);
    bench
        .sandbox
        .payor(&id)
        .run_to(&Step::AccountSelection)
        .unwrap();
    nothing(bench.confirm(&id, &accept()).await);
    assert_eq!(bench.state(&id).await, "InProgress -");
    // No longer: cancelled, expired.
    let id = waiting(&bench, &guaranteed()).await;
    bench.cancel(&id).await.expect(200);
    nothing(bench.confirm(&id, &accept()).await);
    let id = waiting(&bench, &guaranteed()).await;
    bench.sandbox.advance(Duration::from_secs(30 * 60));
    nothing(bench.confirm(&id, &reject()).await);
    assert_eq!(bench.state(&id).await, "Expired EFT0601");
    // Never: no guarantee on offer, none asked for.
    let id = bench.session(&referring(guaranteed(), "Unhappy1")).await;
    bench.sandbox.payor(&id).run().unwrap();
    nothing(bench.confirm(&id, &accept()).await);
    let id = bench.session(&regular()).await;
    bench.sandbox.payor(&id).run_to(&Step::Review).unwrap();
    nothing(bench.confirm(&id, &accept()).await);
}

#[tokio::test]
async fn a_client_that_is_not_asked_has_nothing_to_decide() {
    let bench = Bench::start().await;
    for scenario in ["Happy1", "Happy2"] {
        let id = bench.session(&referring(guaranteed(), scenario)).await;
        bench
            .sandbox
            .payor(&id)
            .run_to(&Step::GuaranteeOffer)
            .unwrap();
        bench
            .confirm(&id, &reject())
            .await
            .expect_problem(400, "decision");
        bench.sandbox.payor(&id).run().unwrap();
        assert_eq!(bench.state(&id).await, "Completed EFT0301");
    }
}

#[tokio::test]
async fn a_decision_that_is_none_decides_nothing() {
    let bench = asked().await;
    let id = waiting(&bench, &guaranteed()).await;
    for (body, rules) in [
        (json!({}), vec!["missing-member"]),
        (json!({ "guaranteeAccepted": "true" }), vec!["wrong-type"]),
        (json!({ "guaranteeAccepted": null }), vec!["wrong-type"]),
        (
            json!({ "guaranteeAccepted": true, "x": 1 }),
            vec!["unknown-member"],
        ),
        (
            json!({ "guaranteeaccepted": true }),
            vec!["missing-member", "unknown-member"],
        ),
        (json!([true]), vec!["wrong-type"]),
        (json!(true), vec!["wrong-type"]),
    ] {
        bench.confirm(&id, &body).await.expect(400);
        let mut broken = bench.last().rules;
        broken.sort();
        assert_eq!(broken, rules, "{body}");
    }
    let token = bench.token().await;
    for (kind, body, status) in [
        ("application/json", "", 400),
        ("application/json", "{", 400),
        ("text/plain", "{\"guaranteeAccepted\":true}", 415),
    ] {
        let request = bench
            .post(&path(&id, "guarantees/confirm"))
            .bearer_auth(&token)
            .header("content-type", kind)
            .body(body);
        bench.send("confirmGuarantee", request).await.expect(status);
    }
    // After all that the decision is still open.
    bench.confirm(&id, &reject()).await.expect(200);
}

#[tokio::test]
async fn only_the_owner_decides() {
    let bench = Bench::with(two_clients().guarantee_decision(true)).await;
    let id = waiting(&bench, &guaranteed()).await;
    let other = bench.token_of(OTHER_ID, OTHER_SECRET).await;
    let answer = bench.confirm_with(&other, &id, &reject()).await;
    answer.expect_error(404, "not_found");
    let answer = bench.confirm_with("wrong", &id, &reject()).await;
    answer.expect_error(401, "unauthorized");
    let request = bench.post(&path(&id, "guarantees/confirm")).json(&reject());
    let answer = bench.send("confirmGuarantee", request).await;
    answer.expect_error(401, "unauthorized");
    assert_eq!(bench.state(&id).await, "InProgress -");
    for text in NO_SESSIONS {
        let request = bench
            .post(&format!("api/v2/sessions/{text}/guarantees/confirm"))
            .bearer_auth(&other)
            .json(&accept());
        let answer = bench.send("confirmGuarantee", request).await;
        answer.expect_error(404, "not_found");
    }
}
