//! The control API: what another process may do to a sandbox.

use flinks_pay::sandbox::{About, Advanced, Behaviour, JournalReport, Played, SandboxClock};
use flinks_pay::session::{SessionStatus, StatusDetails, Step};
use flinks_pay::{Amount, SessionId};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::bench::Bench;
use crate::bodies::{guaranteed, referring, without};
use crate::control_api::call;
use crate::raw;

fn step_of(bench: &Bench, id: &SessionId) -> RequestBuilder {
    bench.post(&format!("_sandbox/sessions/{}/step", id.expose()))
}

async fn step(bench: &Bench, id: &SessionId, behaviour: &Behaviour) -> Played {
    let answer = call(step_of(bench, id).json(behaviour)).await;
    serde_json::from_value(answer.expect(200).clone()).unwrap()
}

#[tokio::test]
async fn it_says_what_it_is() {
    let bench = Bench::start().await;
    for path in ["_sandbox", "_sandbox/"] {
        let answer = call(bench.get(path)).await;
        let about: About = serde_json::from_value(answer.expect(200).clone()).unwrap();
        assert_eq!(about.name, About::NAME);
        assert_eq!(about.version, env!("CARGO_PKG_VERSION"));
    }
}

#[tokio::test]
async fn a_payor_is_played_with_empty_bodies() {
    let bench = Bench::start().await;
    let id = bench.session(&guaranteed()).await;
    let answer = call(step_of(&bench, &id)).await;
    let expected = json!({
        "step": "Start",
        "status": "InProgress",
        "events": ["APP_MOUNTED", "CONSENT_DISABLED"],
        "over": false,
    });
    assert_eq!(answer.expect(200), &expected);
    let mut played = Vec::new();
    loop {
        let answer = call(step_of(&bench, &id)).await;
        let step: Played = serde_json::from_value(answer.expect(200).clone()).unwrap();
        let over = step.over;
        played.push(step);
        if over {
            break;
        }
    }
    // In process the same session comes out the same.
    let twin = bench.session(&guaranteed()).await;
    assert_eq!(bench.sandbox.payor(&twin).run().unwrap()[1..], played);
    assert_eq!(bench.state(&id).await, "Completed EFT0301");
}

#[tokio::test]
async fn a_payor_who_departs_from_the_scenario() {
    let bench = Bench::start().await;
    let typed = without(guaranteed(), "/amount");
    let id = bench.session(&typed).await;
    bench
        .sandbox
        .payor(&id)
        .run_to(&Step::AmountSelection)
        .unwrap();
    let mut behaviour = Behaviour::default();
    behaviour.enter_amount = Some(Amount::from_cents(4210).unwrap());
    let played = step(&bench, &id, &behaviour).await;
    assert_eq!(played.step, Some(Step::GuaranteeOffer));
    assert_eq!(bench.status(&id).await.body["amount"], 42.1);

    let id = bench.session(&typed).await;
    bench
        .sandbox
        .payor(&id)
        .run_to(&Step::BankConnection)
        .unwrap();
    let answer = call(step_of(&bench, &id).body(r#"{"failLogin":true}"#)).await;
    let played: Played = serde_json::from_value(answer.expect(200).clone()).unwrap();
    assert_eq!(played.status, SessionStatus::Failed);
    assert_eq!(played.status_details, Some(StatusDetails::Eft0401));
    assert!(played.over);
}

#[tokio::test]
async fn a_behaviour_that_is_none_moves_nothing() {
    let bench = Bench::start().await;
    let id = bench.session(&guaranteed()).await;
    for body in [
        r#"{"failLogins":true}"#,
        r#"{"fail_login":true}"#,
        r#"{"failLogin":"yes"}"#,
        r#"{"enterAmount":0}"#,
        r#"{"enterAmount":"1e9"}"#,
        "{",
        "[]",
        "[true,false,false,null,false]",
        "null",
        " ",
    ] {
        let answer = call(step_of(&bench, &id).body(body)).await;
        answer.expect_error(400, "invalid_request");
    }
    assert_eq!(bench.state(&id).await, "Initiated EFT0101");
}

#[tokio::test]
async fn a_body_that_is_too_long_is_refused() {
    let bench = Bench::start().await;
    let id = bench.session(&guaranteed()).await;
    let long = format!("{{}}{}", " ".repeat(64 * 1024));
    let answer = call(step_of(&bench, &id).body(long.clone())).await;
    answer.expect_error(400, "invalid_request");
    let answer = call(bench.post("_sandbox/clock/advance").body(long)).await;
    answer.expect_error(400, "invalid_request");
}

#[tokio::test]
async fn sessions_that_cannot_be_played() {
    let bench = Bench::start().await;
    for id in crate::status::NO_SESSIONS {
        let request = bench.post(&format!("_sandbox/sessions/{id}/step"));
        call(request).await.expect_error(404, "not_found");
    }
    let id = bench.session(&guaranteed()).await;
    bench.sandbox.payor(&id).run().unwrap();
    let answer = call(step_of(&bench, &id)).await;
    answer.expect_error(409, "session_ended");
    let why = answer.body["error_description"].as_str().unwrap();
    assert!(why.contains("the debit is scheduled (EFT0301)"), "{why}");

    let id = bench.session(&referring(guaranteed(), "Happy2")).await;
    bench.sandbox.payor(&id).decline_offer().run().unwrap();
    call(step_of(&bench, &id))
        .await
        .expect_error(409, "payor_left");

    let body = without(guaranteed(), "/amount");
    let body = crate::bodies::with(body, "/options/limits", json!({ "maximumAmount": 50 }));
    let id = bench.session(&body).await;
    bench
        .sandbox
        .payor(&id)
        .run_to(&Step::AmountSelection)
        .unwrap();
    let answer = call(step_of(&bench, &id).body(r#"{"enterAmount":50.01}"#)).await;
    answer.expect_error(409, "amount_refused");
    assert!(
        answer.body["error_description"]
            .as_str()
            .unwrap()
            .contains("50.00")
    );
    // The screen is still there.
    call(step_of(&bench, &id).body(r#"{"enterAmount":50}"#))
        .await
        .expect(200);
}

#[tokio::test]
async fn a_decision_is_waited_for() {
    let builder = flinks_pay::sandbox::Sandbox::builder().guarantee_decision(true);
    let bench = Bench::with(builder).await;
    let id = bench.session(&guaranteed()).await;
    bench
        .sandbox
        .payor(&id)
        .run_to(&Step::GuaranteeOffer)
        .unwrap();
    call(step_of(&bench, &id))
        .await
        .expect_error(409, "decision_pending");
}

#[tokio::test]
async fn the_clock_is_moved() {
    let bench = Bench::start().await;
    let id = bench.session(&guaranteed()).await;
    let advance = |body: Value| call(bench.post("_sandbox/clock/advance").json(&body));
    let moved = async |seconds: u64| {
        let answer = advance(json!({ "seconds": seconds })).await;
        let moved: Advanced = serde_json::from_value(answer.expect(200).clone()).unwrap();
        moved.moved_seconds
    };
    assert_eq!(moved(0).await, 0);
    assert_eq!(moved(1700).await, 1700);
    assert_eq!(bench.state(&id).await, "Initiated EFT0101");
    assert_eq!(moved(100).await, 1800);
    assert_eq!(bench.state(&id).await, "Expired EFT0601");
    for body in [
        json!({}),
        json!({ "seconds": -1 }),
        json!({ "seconds": 1.5 }),
        json!({ "seconds": "1" }),
        json!({ "seconds": 1, "minutes": 1 }),
        json!([1]),
    ] {
        advance(body).await.expect_error(400, "invalid_request");
    }
    assert_eq!(moved(0).await, 1800);
    assert_eq!(moved(u64::MAX).await, SandboxClock::FURTHEST.as_secs());
    bench.session(&guaranteed()).await;
}

#[tokio::test]
async fn the_journal_is_the_one_of_the_process() {
    let bench = Bench::start().await;
    let id = bench.session(&guaranteed()).await;
    bench.cancel(&id).await.expect(200);
    let answer = call(bench.get("_sandbox/journal")).await;
    let report: JournalReport = serde_json::from_value(answer.expect(200).clone()).unwrap();
    assert_eq!(report.exchanges, bench.sandbox.journal());
    // Control calls are not in it.
    let operations: Vec<_> = report
        .exchanges
        .iter()
        .map(|it| it.operation.as_deref())
        .collect();
    let cancel = [
        Some("authorize"),
        Some("createSession"),
        Some("authorize"),
        Some("cancelSession"),
    ];
    assert_eq!(operations, cancel);
    assert_eq!(report.dropped, 0);
}

#[tokio::test]
async fn what_it_does_not_have() {
    let bench = Bench::start().await;
    for path in ["_sandbox/nothing", "_sandbox/sessions/x", "_sandbox/clock"] {
        call(bench.get(path)).await.expect_error(404, "not_found");
    }
    for (method, path) in [
        (Method::POST, "_sandbox"),
        (Method::GET, "_sandbox/clock/advance"),
        (Method::DELETE, "_sandbox/sessions"),
    ] {
        let answer = call(bench.to(method, path)).await;
        answer.expect_error(405, "method_not_allowed");
    }
}

#[tokio::test]
async fn only_a_loopback_name_is_answered() {
    let bench = Bench::start().await;
    for host in [
        "sandbox.example",
        "sandbox.example:80",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "192.0.2.1",
        "0.0.0.0",
        "[2001:db8::1]:80",
        "evil@127.0.0.1.example",
    ] {
        for request in [
            bench.get("_sandbox"),
            bench.get("_sandbox/journal"),
            bench.get("_sandbox/nothing"),
            bench
                .post("_sandbox/clock/advance")
                .body(r#"{"seconds":9}"#),
        ] {
            let answer = call(request.header("host", host)).await;
            answer.expect_error(403, "forbidden");
        }
    }
    for host in [
        "localhost",
        "LocalHost:9",
        "127.0.0.1",
        "127.9.9.9:1",
        "[::1]:80",
        "[::1]",
    ] {
        call(bench.get("_sandbox").header("host", host))
            .await
            .expect(200);
    }
    let answer = raw::send(&bench, b"GET /_sandbox/journal HTTP/1.0\r\n\r\n").await;
    answer.unwrap().expect_error(403, "forbidden");
    // The clock has not been moved by any of it.
    let answer = call(
        bench
            .post("_sandbox/clock/advance")
            .body(r#"{"seconds":0}"#),
    )
    .await;
    assert_eq!(answer.expect(200)["movedSeconds"], 0);
}
