//! The shop's backend.

use flinks_pay::SessionId;
use flinks_pay::sandbox::Sandbox;
use flinks_pay::session::Step;
use serde_json::{Value, json};

use super::{NOBODY, look, order};
use crate::bench::{Bench, read};

#[tokio::test]
async fn the_shop_creates_a_session_and_asks_for_its_status() {
    let bench = Bench::start().await;
    let port = bench.sandbox.base_url().port().unwrap();
    let answer = read(
        bench
            .post("demo/sessions")
            .json(&order("Happy2"))
            .send()
            .await
            .unwrap(),
    )
    .await;
    let created = answer.expect(201);
    let id = SessionId::new(created["sessionId"].as_str().unwrap()).unwrap();
    assert_eq!(created["origin"], format!("http://localhost:{port}"));
    assert_eq!(
        created["page"],
        format!("http://localhost:{port}/app/?sessionId={}", id.expose())
    );
    // No secret and no token comes with it.
    assert_eq!(created.as_object().unwrap().len(), 4);
    let details = bench.details(&id).await;
    assert_eq!(details["referenceId"], "Happy2");
    assert_eq!(details["amount"], 120.5);

    let status = format!("demo/sessions/{}/status", id.expose());
    let asked = async || {
        read(bench.get(&status).send().await.unwrap())
            .await
            .expect(200)
            .clone()
    };
    assert_eq!(
        asked().await,
        json!({ "status": "Initiated", "statusDetails": "EFT0101", "over": false, "decides": false })
    );
    bench.sandbox.payor(&id).run().unwrap();
    assert_eq!(
        asked().await,
        json!({ "status": "Completed", "statusDetails": "EFT0301", "over": true, "decides": false })
    );
}

#[tokio::test]
async fn the_shop_decides_about_a_guarantee() {
    let bench = Bench::with(Sandbox::builder().guarantee_decision(true)).await;
    let answer = read(
        bench
            .post("demo/sessions")
            .json(&order("Happy1"))
            .send()
            .await
            .unwrap(),
    )
    .await;
    let id = SessionId::new(answer.expect(201)["sessionId"].as_str().unwrap()).unwrap();
    let decision = format!("demo/sessions/{}/decision", id.expose());
    let decide = async || {
        read(
            bench
                .post(&decision)
                .json(&json!({ "accept": true }))
                .send()
                .await
                .unwrap(),
        )
        .await
    };
    decide().await.expect_error(409, "nothing_to_decide");
    bench
        .sandbox
        .payor(&id)
        .run_to(&Step::GuaranteeOffer)
        .unwrap();
    let status = bench.get(&format!("demo/sessions/{}/status", id.expose()));
    assert_eq!(
        read(status.send().await.unwrap()).await.body["decides"],
        true
    );
    decide().await.expect(200);
    assert_eq!(look(&bench, &id).await["screen"], "GuaranteeOffer");
}

#[tokio::test]
async fn an_order_that_is_none_is_refused() {
    let bench = Bench::start().await;
    let with = |member: &str, value: Value| {
        let mut order = order("Happy1");
        order[member] = value;
        order
    };
    for (body, says) in [
        (json!({}), "scenario"),
        (json!([]), "scenario"),
        (with("more", json!(1)), "scenario"),
        (with("consent", json!("on")), "scenario"),
        (with("amount", json!("a lot")), "amount"),
        (with("language", json!("DE")), "language"),
        (with("scenario", json!("")), "referenceId"),
        (with("mode", json!("Pigeon")), "mode"),
    ] {
        let answer = read(
            bench
                .post("demo/sessions")
                .json(&body)
                .send()
                .await
                .unwrap(),
        )
        .await;
        answer.expect_error(400, "invalid_request");
        let why = answer.body["error_description"].as_str().unwrap();
        assert!(why.contains(says), "{why}");
    }
    for path in ["status", "decision"] {
        let path = format!("demo/sessions/{NOBODY}/{path}");
        let request = if path.ends_with("status") {
            bench.get(&path)
        } else {
            bench.post(&path).json(&json!({ "accept": true }))
        };
        read(request.send().await.unwrap())
            .await
            .expect_error(404, "not_found");
    }
}
