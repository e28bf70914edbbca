//! The journal: what it keeps of an exchange, and how many.

use std::sync::Arc;
use std::time::Duration;

use flinks_pay::clock::ManualClock;
use flinks_pay::sandbox::{JournalReport, Sandbox};
use serde_json::{Value, json};

use crate::bench::{Bench, path};
use crate::bodies::{full_guaranteed, guaranteed, referring};
use crate::control_api::call;

async fn report(bench: &Bench) -> JournalReport {
    let answer = call(bench.get("_sandbox/journal")).await;
    serde_json::from_value(answer.expect(200).clone()).unwrap()
}

#[tokio::test]
async fn it_keeps_the_last_and_counts_the_rest() {
    let bench = Bench::with(Sandbox::builder().journal_capacity(3)).await;
    let id = bench.session(&guaranteed()).await;
    let token = bench.token().await;
    let full = report(&bench).await;
    assert_eq!((full.exchanges.len(), full.dropped), (3, 0));
    for _ in 0..4 {
        bench.status_with(&token, &id).await.expect(200);
    }
    bench.cancel(&id).await.expect(200);
    let report = report(&bench).await;
    let kept = |it: &flinks_pay::sandbox::Exchange| (it.sequence, it.operation.clone().unwrap());
    assert_eq!(
        report.exchanges.iter().map(kept).collect::<Vec<_>>(),
        [
            (7, "getSessionStatus".to_owned()),
            (8, "authorize".to_owned()),
            (9, "cancelSession".to_owned()),
        ]
    );
    assert_eq!(report.dropped, 6);
    assert_eq!(bench.sandbox.journal(), report.exchanges);
}

#[tokio::test]
async fn it_may_keep_nothing() {
    let bench = Bench::with(Sandbox::builder().journal_capacity(0)).await;
    let id = bench.session(&guaranteed()).await;
    bench.status(&id).await.expect(200);
    let report = report(&bench).await;
    assert_eq!((report.exchanges.len(), report.dropped), (0, 4));
}

#[tokio::test]
async fn it_tells_the_time_since_the_start() {
    let clock = ManualClock::new();
    let bench = Bench::with(Sandbox::builder().clock(Arc::new(clock.clone()))).await;
    clock.advance(Duration::from_millis(1500));
    bench.token().await;
    bench.sandbox.advance(Duration::from_secs(2));
    bench.token().await;
    let times: Vec<u64> = bench
        .sandbox
        .journal()
        .iter()
        .map(|it| it.at_millis)
        .collect();
    assert_eq!(times, [1500, 3500]);
}

#[tokio::test]
async fn codes_amounts_and_flags_are_kept() {
    let bench = Bench::start().await;
    let id = bench.session(&referring(full_guaranteed(), "Happy2")).await;
    let request = bench.last().request.unwrap();
    assert_eq!(request["type"], "EFT");
    assert_eq!(request["amount"], 231.45);
    assert_eq!(request["referenceId"], "Happy2");
    assert_eq!(request["options"]["limits"]["maximumAmount"], 400.25);
    assert_eq!(request["options"]["guarantee"]["enable"], true);
    assert_eq!(request["payor"]["firstName"], "[redacted]");
    bench.sandbox.payor(&id).run().unwrap();
    bench.details(&id).await;
    let answer = bench.last().answer.unwrap();
    assert_eq!(answer["status"], "Completed");
    assert_eq!(answer["step"]["current"], "Complete");
    assert_eq!(answer["guaranteeDetails"]["overallRiskLevel"], "Medium");
    assert_eq!(answer["payor"]["account"]["accountNumber"], "[redacted]");
    bench.cancel(&id).await.expect(400);
    assert_eq!(bench.last().answer.unwrap()["error"], "session_terminal");
}

#[tokio::test]
async fn why_a_request_was_refused_is_kept() {
    let bench = Bench::start().await;
    let body = json!({ "options": { "guarantee": { "enable": true } } });
    let sent = bench.create(&body).await;
    let kept = bench.last().answer.unwrap();
    assert_eq!(kept["title"], sent.body["title"]);
    let detail = kept["detail"].as_str().unwrap();
    assert!(detail.contains("payor"), "{detail}");
    let refused = bench.post("api/v2/sessions").bearer_auth("x").body("");
    let sent = bench.send("createSession", refused).await;
    assert_eq!(bench.last().answer.unwrap()["detail"], sent.body["detail"]);
}

#[tokio::test]
async fn a_path_and_a_method_are_cut_off() {
    let bench = Bench::start().await;
    let long = "x".repeat(5000);
    let method = reqwest::Method::from_bytes(long.as_bytes()).unwrap();
    let request = bench.to(method, &format!("api/{long}"));
    bench
        .send(crate::contract::NO_OPERATION, request)
        .await
        .expect(404);
    let exchange = bench.last();
    assert_eq!(exchange.path.len(), 200);
    assert!(exchange.method.len() <= 20, "{}", exchange.method.len());
}

#[tokio::test]
async fn a_call_without_a_body_has_none() {
    let bench = Bench::start().await;
    let id = bench.session(&guaranteed()).await;
    bench.status(&id).await.expect(200);
    let exchange = bench.last();
    assert_eq!(exchange.request, None);
    assert_eq!(exchange.path, format!("/{}", path(&id, "status")));
    let json = serde_json::to_value(&exchange).unwrap();
    assert_eq!(json["request"], Value::Null);
    assert_eq!(json["atMillis"], exchange.at_millis);
}

#[tokio::test]
async fn a_status_is_kept_as_it_was_answered_with_its_reference_shortened() {
    let bench = Bench::start().await;
    for (reference, shown) in [("Happy2", "Happy2"), ("order-20391", "orde…")] {
        let id = bench.session(&referring(guaranteed(), reference)).await;
        let mut answer = bench.status(&id).await.expect(200).clone();
        assert_eq!(answer["referenceId"], reference);
        answer["referenceId"] = shown.into();
        assert_eq!(bench.last().answer, Some(answer));
    }
}
