//! What the page is not to do: twice, too late, for another site, or on nonsense.

use std::time::Duration;

use flinks_pay::SessionId;
use flinks_pay::sandbox::Sandbox;
use flinks_pay::session::Step;
use serde_json::json;

use super::{NOBODY, act, arrival, endpoint, login, look, order, play, shows, turn};
use crate::bench::{Bench, read};
use crate::bodies::guaranteed;

#[tokio::test]
async fn a_second_click_skips_no_screen() {
    let bench = Bench::start().await;
    let id = bench.session(&guaranteed()).await;
    play(&bench, &id, &[(json!({ "screen": "Opening" }), "Start")]).await;
    let start = json!({ "screen": "Start" });
    let clicks = (0..8).map(|_| act(&bench, &id, &start));
    let answers = futures_util::future::join_all(clicks).await;
    let played = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(played, 1);
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        answer.expect_error(409, "screen_changed");
        assert_eq!(answer.body["view"]["screen"], "BankSelection");
    }
    assert_eq!(look(&bench, &id).await["screen"], "BankSelection");
}

#[tokio::test]
async fn a_session_that_has_ended_is_shown_as_that() {
    let bench = Bench::start().await;
    let ended = |id: SessionId| {
        let bench = &bench;
        async move {
            let late = act(bench, &id, &json!({ "screen": "Start" })).await;
            late.expect_error(409, "screen_changed");
            assert_eq!(late.body["view"]["over"], true);
            look(bench, &id).await["screen"]
                .as_str()
                .unwrap()
                .to_owned()
        }
    };
    let cancelled = bench.session(&guaranteed()).await;
    play(
        &bench,
        &cancelled,
        &[(json!({ "screen": "Opening" }), "Start")],
    )
    .await;
    bench.cancel(&cancelled).await.expect(200);
    assert_eq!(ended(cancelled).await, "TimedOut");

    let expired = bench.session(&guaranteed()).await;
    bench.sandbox.advance(Duration::from_secs(30 * 60));
    assert_eq!(ended(expired).await, "TimedOut");
}

#[tokio::test]
async fn the_page_waits_for_the_decision_about_a_guarantee() {
    let bench = Bench::with(Sandbox::builder().guarantee_decision(true)).await;
    for (accept, then) in [(true, "GuaranteeOffer"), (false, "NoGuarantee")] {
        let id = bench.session(&guaranteed()).await;
        bench
            .sandbox
            .payor(&id)
            .run_to(&Step::GuaranteeOffer)
            .unwrap();
        assert_eq!(look(&bench, &id).await["screen"], "GuaranteePending");
        let hasty = act(&bench, &id, &json!({ "screen": "GuaranteeOffer" })).await;
        hasty.expect_error(409, "screen_changed");
        bench
            .confirm(&id, &json!({ "guaranteeAccepted": accept }))
            .await
            .expect(200);
        assert_eq!(look(&bench, &id).await["screen"], then);
    }
}

#[tokio::test]
async fn what_is_no_turn_is_refused_and_moves_nothing() {
    let bench = Bench::start().await;
    let id = bench.session(&guaranteed()).await;
    play(&bench, &id, &arrival()).await;
    let long = json!({ "screen": "BankConnection", "username": "x".repeat(5000), "password": "" });
    let bodies = [
        "",
        "{",
        "null",
        "[]",
        "\"BankConnection\"",
        "{}",
        r#"{"screen":"Nowhere"}"#,
        r#"{"screen":7}"#,
        r#"{"screen":"BankConnection"}"#,
        r#"{"screen":"BankConnection","username":"sesame-1","password":7}"#,
        r#"{"screen":"BankConnection","username":"Happy1","password":"sesame-1","more":1}"#,
        r#"{"screen":"Start","agree":true}"#,
        r#"{"screen":"TimedOut"}"#,
        r#"["BankConnection"]"#,
        &long.to_string(),
    ];
    for body in bodies {
        let request = bench
            .post(&endpoint(&id))
            .header("content-type", "application/json")
            .body(body.to_owned());
        let answer = read(request.send().await.unwrap()).await;
        answer.expect_error(400, "invalid_request");
        assert!(
            !answer.body.to_string().contains("sesame"),
            "{}",
            answer.body
        );
    }
    let form = bench
        .post(&endpoint(&id))
        .body(login("Happy1", "x").to_string());
    read(form.send().await.unwrap())
        .await
        .expect_error(415, "unsupported_media_type");
    for (screen, field, value) in [
        ("BankSelection", "institution", "001"),
        ("AccountSelection", "account", "****0000"),
    ] {
        let id = bench.session(&guaranteed()).await;
        let step = if screen == "BankSelection" {
            Step::BankSelection
        } else {
            Step::AccountSelection
        };
        bench.sandbox.payor(&id).run_to(&step).unwrap();
        let answer = act(&bench, &id, &json!({ "screen": screen, field: value })).await;
        answer.expect_error(400, "invalid_request");
    }
    assert_eq!(look(&bench, &id).await["screen"], "BankConnection");
}

#[tokio::test]
async fn another_site_cannot_click() {
    let bench = Bench::start().await;
    let id = bench.session(&guaranteed()).await;
    let base = bench
        .sandbox
        .base_url()
        .as_str()
        .trim_end_matches('/')
        .to_owned();
    let port = bench.sandbox.base_url().port().unwrap();
    let opening = json!({ "screen": "Opening" });
    let foreign = [
        ("origin", "https://shop.example".to_owned()),
        ("origin", "null".to_owned()),
        // The same machine under its other name, and another port of it.
        ("origin", format!("http://localhost:{port}")),
        ("origin", "http://127.0.0.1:1".to_owned()),
        ("sec-fetch-site", "cross-site".to_owned()),
        ("sec-fetch-site", "same-site".to_owned()),
        ("host", format!("rebound.example:{port}")),
    ];
    for (name, value) in foreign {
        for request in [
            turn(&bench, &id, &opening),
            bench.get(&endpoint(&id)),
            bench.post("demo/sessions").json(&order("Happy1")),
            bench.get(&format!("demo/sessions/{}/status", id.expose())),
            bench
                .post(&format!("demo/sessions/{}/decision", id.expose()))
                .json(&json!({ "accept": true })),
        ] {
            let request = request.header(name, &value);
            read(request.send().await.unwrap())
                .await
                .expect_error(403, "forbidden");
        }
    }
    assert_eq!(bench.state(&id).await, "Initiated EFT0101");
    let own = turn(&bench, &id, &opening)
        .header("origin", &base)
        .header("sec-fetch-site", "same-origin");
    shows(&read(own.send().await.unwrap()).await, "Start");
}

#[tokio::test]
async fn an_unknown_session_is_answered_as_that() {
    let bench = Bench::start().await;
    for id in [NOBODY, "x", "%FF"] {
        let path = format!("app/sessions/{id}");
        for request in [
            bench.get(&path),
            bench.post(&path).json(&json!({ "screen": "Opening" })),
        ] {
            read(request.send().await.unwrap())
                .await
                .expect_error(404, "not_found");
        }
    }
    let put = bench.to(reqwest::Method::PUT, &format!("app/sessions/{NOBODY}"));
    read(put.send().await.unwrap())
        .await
        .expect_error(405, "method_not_allowed");
}
