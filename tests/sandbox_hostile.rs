//! The sandbox and callers that do not play by the rules: paths, bodies and headers that no client of this crate sends.
#![cfg(feature = "sandbox")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

#[path = "support/checked.rs"]
mod checked;
#[path = "support/trace.rs"]
mod trace;

use std::time::Duration;

use checked::Checked;
use flinks_pay::domain::SessionId;
use flinks_pay::sandbox::Sandbox;
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Status and body of an answer that must be JSON and must be an error in one of the two shapes.
async fn refused(request: RequestBuilder) -> (u16, Value) {
    refusal(request.send().await.unwrap()).await
}

async fn refusal(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let kind = response.headers()["content-type"]
        .to_str()
        .unwrap()
        .to_owned();
    let text = response.text().await.unwrap();
    assert_eq!(kind, "application/json", "{text}");
    let body: Value = serde_json::from_str(&text).unwrap();
    let problem = body["title"].is_string() && body["status"] == status;
    assert!(problem || body["error"].is_string(), "{status} {body}");
    (status, body)
}

async fn token(sandbox: &Sandbox) -> String {
    let form = [
        ("grant_type", "client_credentials"),
        ("Username", sandbox.client_id()),
        ("Password", sandbox.client_secret()),
    ];
    let url = sandbox.base_url().join("api/v1/authorize").unwrap();
    let answer: Value = Client::new()
        .post(url)
        .form(&form)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    answer["access_token"].as_str().unwrap().to_owned()
}

fn create(sandbox: &Sandbox, token: &str, body: &Value) -> RequestBuilder {
    let url = sandbox.base_url().join("api/v2/sessions").unwrap();
    Client::new().post(url).bearer_auth(token).json(body)
}

fn body() -> Value {
    json!({
        "type": "EFT", "direction": "DEBIT", "amount": 12.5,
        "options": {"guarantee": {"enable": true}},
        "payor": {"firstName": "Robin", "lastName": "Tester"},
    })
}

async fn session(sandbox: &Sandbox) -> SessionId {
    let answer = create(sandbox, &token(sandbox).await, &body())
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 201);
    let answer: Value = answer.json().await.unwrap();
    SessionId::new(answer["sessionId"].as_str().unwrap()).unwrap()
}

async fn sandbox() -> Checked {
    trace::listen();
    checked::start().await
}

#[tokio::test]
async fn a_path_that_cannot_be_decoded_is_answered_in_the_shape_of_its_operation() {
    let sandbox = sandbox().await;
    let (token, client) = (token(&sandbox).await, Client::new());
    for (method, path, status) in [
        ("GET", "api/v2/sessions/%FF/status", 404),
        ("GET", "api/v2/sessions/%FF/details", 400),
        ("POST", "api/v2/sessions/%FF/cancel", 404),
        ("POST", "api/v2/sessions/%FF/guarantees/confirm", 404),
        ("POST", "_sandbox/sessions/%FF/step", 404),
    ] {
        let url = format!("{}{path}", sandbox.base_url());
        let request = client
            .request(method.parse().unwrap(), url)
            .bearer_auth(&token);
        assert_eq!(refused(request).await.0, status, "{path}");
    }
    let operations: Vec<_> = sandbox
        .journal()
        .into_iter()
        .filter_map(|it| it.operation)
        .collect();
    let named = [
        "authorize",
        "getSessionStatus",
        "getSessionDetails",
        "cancelSession",
        "confirmGuarantee",
    ];
    assert_eq!(operations, named);
}

#[tokio::test]
async fn a_percent_encoded_session_id_is_the_id_it_stands_for() {
    let sandbox = sandbox().await;
    let id = session(&sandbox).await.expose().replace('-', "%2D");
    let url = format!("{}api/v2/sessions/{id}/status", sandbox.base_url());
    let request = Client::new().get(url).bearer_auth(token(&sandbox).await);
    assert_eq!(request.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_body_of_64_kib_is_read_and_a_longer_one_is_refused_however_long_it_is() {
    let sandbox = sandbox().await;
    let token = token(&sandbox).await;
    let url = sandbox.base_url().join("api/v2/sessions").unwrap();
    for (length, status) in [(65_536, 201), (65_537, 413), (3_000_000, 413)] {
        let mut text = body().to_string();
        text.push_str(&" ".repeat(length - text.len()));
        let request = Client::new().post(url.clone()).bearer_auth(&token);
        let request = request
            .header("content-type", "application/json")
            .body(text);
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), status, "{length}");
        if status == 413 {
            refusal(response).await;
        }
    }
}

#[tokio::test]
async fn an_endless_body_is_cut_off() {
    let sandbox = sandbox().await;
    let mut socket = TcpStream::connect(("127.0.0.1", sandbox.base_url().port().unwrap()))
        .await
        .unwrap();
    let head =
        "POST /api/v2/sessions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 999999999999\r\n\r\n";
    socket.write_all(head.as_bytes()).await.unwrap();
    let block = vec![b' '; 1 << 20];
    let mut sent = 0_usize;
    while sent < 64 && socket.write_all(&block).await.is_ok() {
        sent += 1;
    }
    assert!(sent < 64, "the sandbox took 64 MiB");
}

#[tokio::test]
async fn a_control_body_that_is_too_long_is_refused_as_a_control_error() {
    let sandbox = sandbox().await;
    for path in [
        "_sandbox/clock/advance",
        &format!(
            "_sandbox/sessions/{}/step",
            session(&sandbox).await.expose()
        ),
    ] {
        let url = sandbox.base_url().join(path).unwrap();
        let (status, body) = refused(Client::new().post(url).body(" ".repeat(65_537))).await;
        assert_eq!(
            (status, &body["error"]),
            (400, &json!("invalid_request")),
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_control_api_answers_to_loopback_names_and_origins_only() {
    let sandbox = sandbox().await;
    let port = sandbox.base_url().port().unwrap();
    let url = sandbox.base_url().join("_sandbox").unwrap();
    let call = |host: String, origin: Option<&str>| {
        let request = Client::new().get(url.clone()).header("host", host);
        match origin {
            Some(origin) => request.header("origin", origin),
            None => request,
        }
    };
    for host in ["127.0.0.1", "127.8.9.1", "localhost", "LocalHost", "[::1]"] {
        let answer = call(format!("{host}:{port}"), None).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{host}");
    }
    for host in [
        "shop.example",
        "localhost.shop.example",
        "10.0.0.1",
        "[2001:db8::1]",
        "0.0.0.0",
    ] {
        assert_eq!(
            refused(call(format!("{host}:{port}"), None)).await.0,
            403,
            "{host}"
        );
    }
    let own = format!("127.0.0.1:{port}");
    for origin in ["http://localhost:3000", "http://127.0.0.1"] {
        let answer = call(own.clone(), Some(origin)).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{origin}");
    }
    for origin in [
        "https://shop.example",
        "null",
        "",
        "http://localhost.shop.example",
    ] {
        assert_eq!(
            refused(call(own.clone(), Some(origin))).await.0,
            403,
            "{origin}"
        );
    }
}

#[tokio::test]
async fn what_a_caller_makes_up_does_not_reach_the_journal() {
    const NAME: &str = "mallory-made-this-up";
    const NUMBER: u64 = 300_451_234_007;
    let sandbox = sandbox().await;
    let token = token(&sandbox).await;
    let mut made_up = body();
    made_up["payor"][NAME] = json!(NUMBER);
    made_up["direction"] = json!(NAME);
    made_up["options"]["notificationPreferences"] = json!({"language": NUMBER});
    let (status, answer) = refused(create(&sandbox, &token, &made_up)).await;
    assert_eq!(status, 400);
    // The caller is told; the journal is not.
    assert!(
        answer["detail"].as_str().unwrap().contains(NAME),
        "{answer}"
    );
    let journal = sandbox.journal();
    let last = journal.last().unwrap();
    assert!(
        last.rules.iter().any(|rule| rule == "unknown-member"),
        "{:?}",
        last.rules
    );
    let text = serde_json::to_string(&journal).unwrap();
    for marker in [NAME, &NUMBER.to_string(), &token, sandbox.client_secret()] {
        assert!(!text.contains(marker), "{text}");
    }
}

#[tokio::test]
async fn a_dropped_sandbox_lets_go_of_its_port_and_of_idle_connections() {
    let sandbox = sandbox().await;
    let address = ("127.0.0.1", sandbox.base_url().port().unwrap());
    let mut idle = TcpStream::connect(address).await.unwrap();
    idle.write_all(b"GET /_sandbox HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await
        .unwrap();
    let mut answer = [0; 4096];
    assert!(idle.read(&mut answer).await.unwrap() > 0);
    drop(sandbox);
    let closed = tokio::time::timeout(Duration::from_secs(5), idle.read(&mut answer)).await;
    assert!(matches!(closed, Ok(Ok(0) | Err(_))), "{closed:?}");
    let refused = async {
        while TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), refused)
        .await
        .unwrap();
}
