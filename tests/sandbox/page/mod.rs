//! The hosted page and the shop's page, as a browser asks for them.

mod documents;
mod refusals;
mod screens;
mod shop;

use flinks_pay::SessionId;
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};

use crate::bench::{Answer, Bench, read};

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

fn order(scenario: &str) -> Value {
    json!({ "scenario": scenario, "language": "", "amount": "120.50", "mode": "JsEvents", "consent": false })
}
