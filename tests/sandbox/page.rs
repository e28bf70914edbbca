//! The hosted page and the shop's page, as a browser asks for them.

use std::time::Duration;

use flinks_pay::SessionId;
use flinks_pay::sandbox::Sandbox;
use flinks_pay::session::Step;
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};

use crate::bench::{Answer, Bench, read};
use crate::bodies::{full_guaranteed, guaranteed, referring, regular, without};

const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

fn endpoint(id: &SessionId) -> String {
    format!("app/sessions/{}", id.expose())
}

async fn look(bench: &Bench, id: &SessionId) -> Value {
    let answer = read(bench.get(&endpoint(id)).send().await.unwrap()).await;
    answer.expect(200).clone()
}

fn turn(bench: &Bench, id: &SessionId, body: &Value) -> RequestBuilder {
    bench.post(&endpoint(id)).json(body)
}

async fn act(bench: &Bench, id: &SessionId, body: &Value) -> Answer {
    read(turn(bench, id, body).send().await.unwrap()).await
}

/// Plays a turn, after which this screen is shown.
#[track_caller]
fn shows(answer: &Answer, screen: &str) {
    assert_eq!(answer.expect(200)["screen"], screen, "{:#}", answer.body);
}

async fn play(bench: &Bench, id: &SessionId, turns: &[(Value, &str)]) -> Value {
    let mut last = Value::Null;
    for (body, screen) in turns {
        let answer = act(bench, id, body).await;
        shows(&answer, screen);
        last = answer.body;
    }
    last
}

fn login(username: &str, password: &str) -> Value {
    json!({ "screen": "BankConnection", "username": username, "password": password })
}

fn account() -> Value {
    json!({ "screen": "AccountSelection", "account": "****8826" })
}

/// To the bank's login.
fn arrival() -> Vec<(Value, &'static str)> {
    vec![
        (json!({ "screen": "Opening" }), "Start"),
        (json!({ "screen": "Start" }), "BankSelection"),
        (
            json!({ "screen": "BankSelection", "institution": "999" }),
            "BankConnection",
        ),
    ]
}

async fn logged_in(bench: &Bench, id: &SessionId, username: &str) {
    play(bench, id, &arrival()).await;
    shows(
        &act(bench, id, &login(username, "Everyday")).await,
        "AccountSelection",
    );
}

fn header<'r>(response: &'r Response, name: &str) -> &'r str {
    let value = response.headers().get(name);
    value
        .map(|value| value.to_str().unwrap())
        .unwrap_or_default()
}

#[tokio::test]
async fn a_payment_is_made_screen_by_screen() {
    let bench = Bench::start().await;
    let id = bench.session(&guaranteed()).await;
    assert_eq!(look(&bench, &id).await["screen"], "Opening");
    // Nobody has come by looking.
    assert_eq!(bench.state(&id).await, "Initiated EFT0101");
    let mut turns = arrival();
    turns.extend([
        (login("Happy1", "Everyday"), "AccountSelection"),
        (account(), "GuaranteeOffer"),
        (json!({ "screen": "GuaranteeOffer" }), "Review"),
        (json!({ "screen": "Review" }), "Pad"),
        (json!({ "screen": "Pad", "sign": true }), "Complete"),
    ]);
    let last = play(&bench, &id, &turns).await;
    assert_eq!(bench.state(&id).await, "Completed EFT0301");
    assert_eq!(last["over"], true);
    assert_eq!(last["amount"], 120.5);
    assert_eq!(
        last["events"],
        json!([
            "APP_MOUNTED",
            "CONSENT_DISABLED",
            "INSTITUTION_SELECTED",
            "SUBMIT_CREDENTIAL",
            "ACCOUNT_SELECTED",
            "GUARANTEE_OFFERED",
            "COMPONENT_PAD_DOWNLOADED",
            "SUCCESS"
        ])
    );
}

#[tokio::test]
async fn the_page_gets_nothing_personal() {
    let bench = Bench::start().await;
    let id = bench.session(&full_guaranteed()).await;
    let mut seen = look(&bench, &id).await.to_string();
    for _ in 0..20 {
        if bench.sandbox.payor(&id).step().is_err() {
            break;
        }
        seen.push_str(&look(&bench, &id).await.to_string());
    }
    let request = full_guaranteed();
    let mut private: Vec<&str> = Vec::new();
    for part in [
        "firstName",
        "lastName",
        "middleName",
        "email",
        "occupation",
        "birthDate",
    ] {
        private.extend(request["payor"][part].as_str());
    }
    private.extend(
        request["payor"]["address"]
            .as_object()
            .unwrap()
            .values()
            .filter_map(Value::as_str)
            .filter(|text| text.len() > 3),
    );
    private.push(
        request["payee"]["account"]["accountNumber"]
            .as_str()
            .unwrap(),
    );
    // The payor's account is shown by its last digits.
    private.push("300458826");
    assert!(private.len() > 6, "{private:?}");
    for text in private {
        assert!(!seen.contains(text), "{text}");
    }
    assert!(seen.contains("****8826"));
}

#[tokio::test]
async fn a_login_that_is_wrong_fails_the_session() {
    let bench = Bench::start().await;
    for (username, password) in [("Happy1", "everyday"), ("Happy2", "Everyday"), ("", "")] {
        let id = bench.session(&guaranteed()).await;
        play(&bench, &id, &arrival()).await;
        shows(
            &act(&bench, &id, &login(username, password)).await,
            "LoginFailed",
        );
        assert_eq!(bench.state(&id).await, "Failed EFT0401");
    }
}

#[tokio::test]
async fn a_second_question_wants_its_answer() {
    let bench = Bench::start().await;
    let mut asking = login("Happy1", "Everyday");
    asking["secondQuestion"] = json!(true);
    for (answer, screen) in [("montréal", "AccountSelection"), ("Canada", "LoginFailed")] {
        let id = bench.session(&guaranteed()).await;
        play(&bench, &id, &arrival()).await;
        shows(&act(&bench, &id, &asking).await, "SecondQuestion");
        // The login is done: to send it again answers nothing.
        let again = act(&bench, &id, &login("Happy1", "Everyday")).await;
        again.expect_error(409, "screen_changed");
        let answer = json!({ "screen": "SecondQuestion", "answer": answer });
        let answer = act(&bench, &id, &answer).await;
        shows(&answer, screen);
        let events = answer.body["events"].as_array().unwrap();
        assert_eq!(events.last().unwrap(), "SUBMIT_MFA");
    }
}

#[tokio::test]
async fn what_a_developer_chooses_is_what_happens() {
    let bench = Bench::start().await;
    for (choice, screen, state) in [
        ("wrongName", "NameMismatch", "Failed EFT0403"),
        ("lowBalance", "LowBalance", "Failed EFT0404"),
    ] {
        let id = bench.session(&guaranteed()).await;
        logged_in(&bench, &id, "Happy1").await;
        let mut chosen = account();
        chosen[choice] = json!(true);
        shows(&act(&bench, &id, &chosen).await, screen);
        assert_eq!(bench.state(&id).await, state);
    }
}

#[tokio::test]
async fn without_a_guarantee_the_payor_may_want_another_way_to_pay() {
    let bench = Bench::start().await;
    for (other, event) in [
        (false, "GUARANTEE_FAILED"),
        (true, "COMPONENT_OTHER_FUNDING_OPTIONS_SELECTED"),
    ] {
        let id = bench.session(&referring(guaranteed(), "Unhappy1")).await;
        logged_in(&bench, &id, "Unhappy1").await;
        let mut chosen = account();
        chosen["otherFunding"] = json!(other);
        let answer = act(&bench, &id, &chosen).await;
        shows(&answer, "NoGuarantee");
        let events = answer.body["events"].as_array().unwrap();
        assert_eq!(events.last().unwrap(), event);
        assert_eq!(bench.state(&id).await, "Failed EFT0402");
    }
}

#[tokio::test]
async fn an_amount_is_typed_as_people_type_it() {
    let bench = Bench::start().await;
    let mut body = without(guaranteed(), "/amount");
    body["options"]["limits"] = json!({ "minimumAmount": 20, "maximumAmount": 2000 });
    let id = bench.session(&body).await;
    logged_in(&bench, &id, "Happy1").await;
    let answer = act(&bench, &id, &account()).await;
    shows(&answer, "AmountSelection");
    assert_eq!(answer.body["minimum"], 20);
    assert_eq!(answer.body["maximum"], 2000);
    let typed = |amount: &str| json!({ "screen": "AmountSelection", "amount": amount });
    for amount in ["", "1,000", "ten"] {
        let answer = act(&bench, &id, &typed(amount)).await;
        answer.expect_error(400, "invalid_amount");
    }
    let outside = act(&bench, &id, &typed("2000.01")).await;
    outside.expect_error(409, "amount_refused");
    assert_eq!(outside.body["view"]["screen"], "AmountSelection");
    shows(
        &act(&bench, &id, &typed("1 234,50 $")).await,
        "GuaranteeOffer",
    );
    assert_eq!(bench.status(&id).await.body["amount"], 1234.5);
}

#[tokio::test]
async fn a_lower_offer_is_taken_or_declined() {
    let bench = Bench::start().await;
    for (accept, screen, state) in [
        (true, "Review", "InProgress -"),
        (false, "Left", "InProgress -"),
    ] {
        let id = bench.session(&referring(guaranteed(), "Happy2")).await;
        logged_in(&bench, &id, "Happy2").await;
        let answer = act(&bench, &id, &account()).await;
        shows(&answer, "LowerOffer");
        assert_eq!(answer.body["offer"], 60.25);
        let answer = act(
            &bench,
            &id,
            &json!({ "screen": "LowerOffer", "accept": accept }),
        )
        .await;
        shows(&answer, screen);
        assert_eq!(answer.body["amount"], if accept { 60.25 } else { 120.5 });
        assert_eq!(bench.state(&id).await, state);
    }
}

#[tokio::test]
async fn a_payor_may_refuse_the_agreement() {
    let bench = Bench::start().await;
    let id = bench.session(&guaranteed()).await;
    bench.sandbox.payor(&id).run_to(&Step::Pad).unwrap();
    let answer = act(&bench, &id, &json!({ "screen": "Pad", "sign": false })).await;
    shows(&answer, "Left");
    let events = answer.body["events"].as_array().unwrap();
    assert_eq!(events.last().unwrap(), "COMPONENT_PAD_WARNING_SCREEN_EXIT");
    assert_eq!(bench.state(&id).await, "Completed EFT0302");
    bench.sandbox.advance(Duration::from_secs(30 * 60));
    assert_eq!(look(&bench, &id).await["screen"], "TimedOut");
}

#[tokio::test]
async fn the_consent_screen_wants_a_consent() {
    let bench = Bench::start().await;
    let mut body = guaranteed();
    body["options"]["showConsentScreen"] = json!(true);
    let id = bench.session(&body).await;
    play(
        &bench,
        &id,
        &[
            (json!({ "screen": "Opening" }), "Start"),
            (json!({ "screen": "Start" }), "Consent"),
        ],
    )
    .await;
    let no = act(&bench, &id, &json!({ "screen": "Consent", "agree": false })).await;
    no.expect_error(400, "invalid_request");
    let yes = act(&bench, &id, &json!({ "screen": "Consent", "agree": true })).await;
    shows(&yes, "BankSelection");
}

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
async fn a_regular_session_has_no_offer() {
    let bench = Bench::start().await;
    let id = bench.session(&regular()).await;
    logged_in(&bench, &id, "Happy1").await;
    shows(&act(&bench, &id, &account()).await, "Review");
}

#[tokio::test]
async fn a_redirect_goes_where_the_request_says() {
    let bench = Bench::start().await;
    let mut body = guaranteed();
    body["options"]["redirectPreferences"] = json!({
        "mode": "RedirectUri",
        "urlSuccess": "https://shop.example/paid",
        "urlExit": "https://shop.example/left",
    });
    let id = bench.session(&body).await;
    let view = look(&bench, &id).await;
    assert_eq!(view["messages"], false);
    assert_eq!(
        view["leave"],
        json!({ "url": "https://shop.example/left", "now": false })
    );
    bench.sandbox.payor(&id).run().unwrap();
    let view = look(&bench, &id).await;
    assert_eq!(
        view["leave"],
        json!({ "url": "https://shop.example/paid", "now": true })
    );

    let failed = bench.session(&referring(body, "Unhappy1")).await;
    bench.sandbox.payor(&failed).run().unwrap();
    let view = look(&bench, &failed).await;
    assert_eq!(
        view["leave"],
        json!({ "url": "https://shop.example/left", "now": false })
    );

    // By messages there is nowhere to go, whatever the URLs say.
    let mut body = guaranteed();
    body["options"]["redirectPreferences"] =
        json!({ "mode": "JsEvents", "urlExit": "https://shop.example/left" });
    let id = bench.session(&body).await;
    let view = look(&bench, &id).await;
    assert_eq!(view["messages"], true);
    assert_eq!(view.get("leave"), None);
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

#[tokio::test]
async fn the_document_is_in_the_language_of_the_session() {
    let bench = Bench::start().await;
    let mut french = guaranteed();
    french["options"]["notificationPreferences"] = json!({ "language": "FR" });
    let english = bench.session(&guaranteed()).await;
    let by_request = bench.session(&french).await;
    let by_scenario = bench.session(&referring(guaranteed(), "Happy3")).await;
    for (id, lang, says) in [
        (english, "en", "No money moves"),
        (by_request, "fr", "Aucun argent n’est déplacé"),
        (by_scenario, "fr", "Aucun argent n’est déplacé"),
    ] {
        let page = bench.get(&format!("app/?sessionId={}", id.expose()));
        let page = page.header("accept-language", "de").send().await.unwrap();
        assert_eq!(page.status(), 200);
        let html = page.text().await.unwrap();
        assert!(html.contains(&format!("<html lang=\"{lang}\">")));
        assert!(html.contains(says));
        // The same document for every session: nothing of one is in it.
        assert!(!html.contains(&id.expose()));
    }
    for (query, accepted, lang) in [
        ("", "fr-CA,en;q=0.5", "fr"),
        ("?sessionId=x", "en-CA", "en"),
        (&format!("?sessionId={NOBODY}"), "de, fr", "en"),
        ("?sessionId=%FF&x=%", "*", "en"),
    ] {
        let page = bench
            .get(&format!("app/{query}"))
            .header("accept-language", accepted);
        let page = page.send().await.unwrap();
        assert_eq!(page.status(), 404, "{query}");
        assert!(
            page.text()
                .await
                .unwrap()
                .contains(&format!("<html lang=\"{lang}\">"))
        );
    }
}

#[tokio::test]
async fn documents_and_files_have_strict_headers() {
    let bench = Bench::start().await;
    let id = bench.session(&guaranteed()).await;
    let page = format!("app/?sessionId={}", id.expose());
    for (path, kind) in [
        (page.as_str(), "text/html; charset=utf-8"),
        ("app/page.css", "text/css; charset=utf-8"),
        ("app/page.js", "text/javascript; charset=utf-8"),
        ("demo/", "text/html; charset=utf-8"),
        ("demo/demo.css", "text/css; charset=utf-8"),
        ("demo/demo.js", "text/javascript; charset=utf-8"),
        ("demo/listener.js", "text/javascript; charset=utf-8"),
    ] {
        let response = bench.get(path).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(header(&response, "content-type"), kind, "{path}");
        assert_eq!(header(&response, "cache-control"), "no-store", "{path}");
        assert_eq!(
            header(&response, "x-content-type-options"),
            "nosniff",
            "{path}"
        );
        assert_eq!(
            header(&response, "referrer-policy"),
            "no-referrer",
            "{path}"
        );
        assert_eq!(
            header(&response, "cross-origin-resource-policy"),
            "same-origin",
            "{path}"
        );
    }
    let policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; \
                  form-action 'none'; base-uri 'none'";
    let app = bench.get(&page).send().await.unwrap();
    assert_eq!(header(&app, "content-security-policy"), policy);
    // Any page may embed it, as the vendor's.
    assert_eq!(header(&app, "x-frame-options"), "");
    let html = app.text().await.unwrap();
    // Nothing inline: each script is a file, and there is no style and no handler.
    assert_eq!(
        html.matches("<script").count(),
        html.matches("<script type=\"module\" src=\"/").count()
    );
    assert!(!html.contains("<style") && !html.contains(" style="));
    let handlers = html
        .split_whitespace()
        .filter(|word| word.starts_with("on") && word.contains('='));
    assert_eq!(handlers.count(), 0);
    assert!(!html.contains("http:") && !html.contains("https:"));

    let port = bench.sandbox.base_url().port().unwrap();
    let demo = bench.get("demo/").send().await.unwrap();
    let frames = format!("{policy}; frame-src http://localhost:{port}; frame-ancestors 'none'");
    assert_eq!(header(&demo, "content-security-policy"), frames);
    let demo = bench
        .get("demo/")
        .header("host", format!("localhost:{port}"))
        .send()
        .await
        .unwrap();
    let frames = format!("{policy}; frame-src http://127.0.0.1:{port}; frame-ancestors 'none'");
    assert_eq!(header(&demo, "content-security-policy"), frames);
}

fn order(scenario: &str) -> Value {
    json!({ "scenario": scenario, "language": "", "amount": "120.50", "mode": "JsEvents", "consent": false })
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

#[tokio::test]
async fn the_pages_are_not_in_the_journal() {
    let bench = Bench::start().await;
    let id = bench.session(&guaranteed()).await;
    let before = bench.sandbox.journal().len();
    for path in ["demo/", "app/", "app/page.js", &endpoint(&id)] {
        bench.get(path).send().await.unwrap();
    }
    act(&bench, &id, &json!({ "screen": "Opening" })).await;
    bench
        .post("demo/sessions")
        .json(&order("Happy1"))
        .send()
        .await
        .unwrap();
    assert_eq!(bench.sandbox.journal().len(), before);
}
