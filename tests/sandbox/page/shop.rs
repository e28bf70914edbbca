//! The shop's backend.

use flinks_pay::SessionId;
use flinks_pay::domain::ClientId;
use flinks_pay::sandbox::{Fault, FaultRule, RetryAfter, Sandbox};
use flinks_pay::session::{Operation, Step};
use serde_json::{Value, json};

use super::{NOBODY, look, order};
use crate::bench::{Answer, Bench, read};

async fn pay(bench: &Bench) -> Answer {
    let request = bench.post("demo/sessions").json(&order("Happy1"));
    read(request.send().await.unwrap()).await
}

fn id_of(created: &Answer) -> SessionId {
    SessionId::new(created.expect(201)["sessionId"].as_str().unwrap()).unwrap()
}

async fn status(bench: &Bench, id: &SessionId) -> Answer {
    let request = bench.get(&format!("demo/sessions/{}/status", id.expose()));
    read(request.send().await.unwrap()).await
}

/// The operations that were called, with what was answered.
fn calls(bench: &Bench) -> Vec<(String, u16)> {
    let journal = bench.sandbox.journal().into_iter();
    journal
        .map(|it| (it.operation.unwrap(), it.status.unwrap_or(0)))
        .collect()
}

#[tokio::test]
async fn the_shop_calls_the_api_as_a_backend_does() {
    let bench = Bench::start().await;
    let created = pay(&bench).await;
    let id = id_of(&created);
    let told = status(&bench, &id).await;
    let authorize = ("authorize".to_owned(), 200);
    let read = |status| ("getSessionStatus".to_owned(), status);
    assert_eq!(
        calls(&bench),
        [
            authorize,
            ("createSession".to_owned(), 201),
            // Without a token first, as some pages have it.
            read(401),
            read(200),
        ]
    );
    let journal = bench.sandbox.journal();
    assert_eq!(journal[1].request.as_ref().unwrap()["amount"], 120.5);
    assert_eq!(journal[1].credential.as_deref(), Some("token#1"));
    // The browser gets nothing that opens the API.
    for told in [&created.body, &told.body] {
        let told = told.to_string();
        assert!(!told.contains(bench.sandbox.client_secret()), "{told}");
        assert!(!told.to_lowercase().contains("token"), "{told}");
    }
}

#[tokio::test]
async fn the_shop_has_the_credentials_that_the_profile_takes() {
    for (taken, id) in [
        ("basic", "shop"),
        ("form", "shop"),
        ("all", "shop"),
        ("all", "shop:1"),
        ("form", "shop:1"),
        ("api-key", "shop"),
    ] {
        let profile = format!("credentials={taken}").parse().unwrap();
        let builder = Sandbox::builder().profile(profile);
        let bench = Bench::with(builder.client_id(ClientId::new(id).unwrap())).await;
        let id = id_of(&pay(&bench).await);
        assert_eq!(status(&bench, &id).await.expect(200)["status"], "Initiated");
    }
    let builder = Sandbox::builder().profile("credentials=basic".parse().unwrap());
    let bench = Bench::with(builder.client_id(ClientId::new("shop:1").unwrap())).await;
    let refused = pay(&bench).await;
    refused.expect_error(500, "shop_not_set_up");
    let why = refused.body["error_description"].as_str().unwrap();
    assert!(why.contains("a client id with a colon"), "{why}");
}

#[tokio::test]
async fn a_fault_reaches_the_shop_and_is_said_in_plain_words() {
    let bench = Bench::start().await;
    let applied: Fault = serde_json::from_value(json!({ "resetAfterRequest": {} })).unwrap();
    for (fault, operation, sessions, says) in [
        (
            Fault::too_many_requests(RetryAfter::Seconds(7)),
            Operation::CreateSession,
            0,
            "The payment could not be begun: too many requests (HTTP 429), saying “a fault that was asked for”. \
             Flinks Pay asks to wait 7 seconds.",
        ),
        (
            Fault::status(401),
            Operation::Authorize,
            0,
            "The shop got no token from Flinks Pay: not authorized (HTTP 401)",
        ),
        (
            applied,
            Operation::CreateSession,
            1,
            "The payment could not be begun: the connection broke. A session may exist all the same: a shop looks for it \
             before it begins the payment again, or somebody pays twice.",
        ),
    ] {
        let rule = FaultRule::next(1, fault).on(operation);
        bench.sandbox.fault(rule).unwrap();
        let refused = pay(&bench).await;
        refused.expect_error(502, "api_failed");
        let why = refused.body["error_description"].as_str().unwrap();
        assert!(why.starts_with(says), "{why}");
        let made = bench.sandbox.sessions(None, 10).unwrap().sessions.len();
        assert_eq!(made, sessions, "{why}");
    }
    let id = id_of(&pay(&bench).await);
    // Once would be got over.
    let twice = FaultRule::next(2, Fault::status(503)).on(Operation::GetSessionStatus);
    bench.sandbox.fault(twice).unwrap();
    let refused = status(&bench, &id).await;
    refused.expect_error(502, "api_failed");
    let says = "The status could not be read: the server failed (HTTP 503)";
    let why = refused.body["error_description"].as_str().unwrap();
    assert!(why.starts_with(says), "{why}");
    status(&bench, &id).await.expect(200);
}

#[tokio::test]
async fn a_shop_goes_on_after_a_reset_and_when_its_tokens_are_too_old() {
    let bench = Bench::start().await;
    let id = id_of(&pay(&bench).await);
    status(&bench, &id).await.expect(200);
    bench.sandbox.advance(std::time::Duration::from_secs(600));
    status(&bench, &id).await.expect(200);
    bench.sandbox.reset();
    status(&bench, &id).await.expect_error(404, "not_found");
    status(&bench, &id_of(&pay(&bench).await)).await.expect(200);
}

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
