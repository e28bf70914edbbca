//! What the control API takes is what its document describes: whole documents, and each with one value put in the place of
//! another.

use flinks_pay::sandbox::Sandbox;
use reqwest::Method;
use serde_json::{Value, json};

use crate::bench::{Bench, unjudged};
use crate::bodies::guaranteed;
use crate::control_api::{describes, judge};

const ID: &str = "7e1c1a52-9a0d-4bb4-9d5c-0a3c1f9f2b11";

/// Values of every type, some of which are in their place anywhere.
fn values() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(0),
        json!(1),
        json!(-1),
        json!(0.5),
        json!(1.005),
        json!(700),
        json!(86_401),
        json!(4_294_967_296_u64),
        json!(u64::MAX),
        json!(""),
        json!("x"),
        json!("a\nb"),
        json!("/a"),
        json!("/a~2"),
        json!(ID),
        json!("http://127.0.0.1:1/"),
        json!("Start"),
        json!("EFT0301"),
        json!("revokedToken"),
        json!([]),
        json!(["/a"]),
        json!({}),
    ]
}

/// Every place in a document, the whole of it included.
fn places(document: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match document {
        Value::Object(members) => {
            for (name, value) in members {
                places(value, &format!("{at}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                places(value, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}

/// The document itself; with each value in each place; with a member too many; and with each member left out.
fn variations(document: &Value) -> Vec<Value> {
    let mut all = vec![document.clone()];
    let mut found = Vec::new();
    places(document, "", &mut found);
    for place in found {
        // What an integrator would send is judged by the contract, and not here.
        if place.starts_with("/request") {
            continue;
        }
        for value in values() {
            let mut other = document.clone();
            *other.pointer_mut(&place).unwrap() = value;
            all.push(other);
        }
        let mut more = document.clone();
        if let Some(members) = more.pointer_mut(&place).unwrap().as_object_mut() {
            let names: Vec<String> = members.keys().cloned().collect();
            members.insert("unheardOf".to_owned(), json!(1));
            all.push(more);
            for name in names {
                let mut fewer = document.clone();
                let members = fewer.pointer_mut(&place).unwrap().as_object_mut();
                members.unwrap().remove(&name);
                all.push(fewer);
            }
        }
    }
    all
}

fn rule(fault: &Value) -> Value {
    json!({ "trigger": { "always": fault } })
}

fn documents() -> Vec<(Method, &'static str, Value)> {
    let receiver = json!({
        "url": "http://127.0.0.1:1/in",
        "secret": "only for this test",
        "faults": {
            "lost": true, "lateSeconds": 5, "twice": true, "reordered": true, "wrongSignature": true,
        },
    });
    let behaviour = json!({
        "failLogin": false, "wrongName": false, "lowBalance": false, "enterAmount": 20.5, "declineOffer": false,
        "mfa": false, "refuseAgreement": false, "otherFunding": false,
    });
    let order =
        |until: Value| json!({ "request": guaranteed(), "until": until, "behaviour": behaviour });
    let faults = [
        json!("resetBeforeRequest"),
        json!({ "delay": { "millis": 1 } }),
        json!({ "drip": { "millisPerByte": 1 } }),
        json!({ "status": { "status": 429, "shape": "problem", "retryAfter": { "seconds": 1 }, "applied": true } }),
        json!({ "status": { "status": 429, "retryAfter": { "date": 1 } } }),
        json!({ "htmlPage": { "status": 502, "applied": true } }),
        json!({ "emptyBody": { "applied": true } }),
        json!({ "truncatedBody": { "bytes": 1 } }),
        json!({ "wrongContentType": { "contentType": "text/plain" } }),
        json!({ "wrongContentLength": { "by": 1 } }),
        json!({ "gzipBomb": { "bytes": 1, "applied": true } }),
        json!({ "resetAfterRequest": { "applied": true } }),
        json!({ "resetMidResponse": { "bytes": 1 } }),
        json!({ "wrongValue": { "pointer": "/a", "value": 1 } }),
        json!({ "extraMembers": { "pointer": "/a", "members": { "b": 1 } } }),
        json!({ "missingMembers": { "pointers": ["/a"] } }),
        json!({ "nullMembers": { "pointers": ["/a"] } }),
        json!({ "anotherSession": { "session": ID } }),
    ];
    let mut documents = vec![
        (
            Method::PUT,
            "/webhooks",
            json!({ "session": receiver, "guarantee": receiver }),
        ),
        (Method::POST, "/clock/advance", json!({ "seconds": 0 })),
        (Method::POST, "/sessions", order(json!({ "steps": 1 }))),
        (Method::POST, "/sessions", order(json!({ "step": "Start" }))),
        (
            Method::POST,
            "/sessions",
            order(json!({ "outcome": "EFT0301" })),
        ),
        (Method::POST, "/sessions/{sessionId}/step", behaviour),
        (
            Method::POST,
            "/faults",
            json!({
                "operations": ["getSessionStatus"],
                "session": ID,
                "trigger": { "next": { "calls": 1, "fault": "revokedToken" } },
            }),
        ),
        (
            Method::POST,
            "/faults",
            json!({ "trigger": { "rate": { "rate": 1, "fault": "revokedToken" } } }),
        ),
        (
            Method::POST,
            "/faults",
            json!({ "trigger": { "script": ["pass", { "fault": "revokedToken" }] } }),
        ),
    ];
    documents.extend(
        faults
            .iter()
            .map(|fault| (Method::POST, "/faults", rule(fault))),
    );
    documents
}

#[tokio::test]
async fn what_is_taken_is_what_is_described() {
    let bench = Bench::with(Sandbox::builder()).await;
    let id = bench.session(&guaranteed()).await;
    let mut wrong = Vec::new();
    let mut counts = (0, 0);
    for (method, path, document) in documents() {
        assert!(describes(method.as_str(), path, &document), "{document}");
        for sent in variations(&document) {
            let described = describes(method.as_str(), path, &sent);
            let path = path.replace("{sessionId}", &id.expose());
            let path = format!("_sandbox{path}");
            let request = bench.to(method.clone(), &path).json(&sent);
            let answer = unjudged(request.send().await.unwrap()).await;
            judge(method.as_str(), &format!("/{path}"), Some(&sent), &answer);
            bench.sandbox.clear_faults();
            // What is in conflict with how things are may be well described, and a screen that there is not is never come to.
            let (taken, refused) = (answer.status < 300, answer.status == 400);
            counts.0 += usize::from(taken);
            counts.1 += usize::from(refused);
            if (taken && !described) || (refused && described) {
                wrong.push(format!("{method} {path} {}: {sent}", answer.status));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} are taken or refused otherwise\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(counts.0 > 250 && counts.1 > 1000, "{counts:?}");
}
