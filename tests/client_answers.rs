//! What the client makes of every kind of answer, over a real socket.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use std::error::Error as _;
use std::fmt::Write as _;
use std::time::Duration;

use flinks_pay::client::{MAX_BODY_BYTES, Operation, Timeouts};
use flinks_pay::{
    Client, Credentials, Environment, Error, ErrorKind, GuaranteeDecision, GuaranteedEft, Payor,
    RegularEft, SessionId, SessionStatus, StatusDetails,
};
use support::scripted::{Asked, Reply, Scripted};

const SESSION: &str = "0f9e8d7c-6b5a-4c3d-8e1f-001122334455";
const OTHER: &str = "11111111-2222-4333-8444-555555555555";

fn client(server: &Scripted) -> Client {
    client_with(server, Credentials::basic("shop", "hush").unwrap())
}

fn client_with(server: &Scripted, credentials: Credentials) -> Client {
    Client::builder(Environment::custom(server.base()).unwrap(), credentials)
        .build()
        .unwrap()
}

fn session() -> SessionId {
    SessionId::new(SESSION).unwrap()
}

fn request() -> GuaranteedEft {
    GuaranteedEft::new(Payor::new("Robin", "Tester"))
        .amount("120.50")
        .reference_id("invoice-1042")
        .build()
        .unwrap()
}

/// Calls one operation and drops the answer.
async fn call(client: &Client, operation: Operation) -> Result<(), Error> {
    match operation {
        Operation::Authorize => client.authorize().await.map(drop),
        Operation::CreateSession => client.create_guaranteed(&request()).await.map(drop),
        Operation::GetSessionStatus => client.status(&session()).await.map(drop),
        Operation::GetSessionDetails => client.details(&session()).await.map(drop),
        Operation::CancelSession => client.cancel(&session()).await.map(drop),
        Operation::ConfirmGuarantee => client
            .confirm_guarantee(&session(), GuaranteeDecision::accept())
            .await
            .map(drop),
        other => panic!("{other} is not called here"),
    }
}

/// An error's whole chain, as a caller would log it.
fn chain(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        write!(text, ": {cause}").unwrap();
        source = cause.source();
    }
    text
}

#[tokio::test]
async fn what_leaves_is_what_the_contract_says_and_nothing_more() {
    let server = Scripted::start(|asked: &Asked| {
        let body = if asked.line.contains("/status") {
            format!(r#"{{"sessionId":"{SESSION}","status":"Initiated","statusDetails":"EFT0101"}}"#)
        } else {
            format!(r#"{{"sessionId":"{SESSION}","referenceId":"invoice-1042","status":"Canceled","statusDetails":"EFT0501"}}"#)
        };
        Reply::json(if asked.line == "POST /api/v2/sessions" { 201 } else { 200 }, &body)
    })
    .await;
    let client = client(&server);
    for operation in Operation::ALL
        .into_iter()
        .filter(|operation| *operation != Operation::Authorize)
    {
        call(&client, operation).await.unwrap();
    }
    let mut text = String::new();
    for asked in server.asked() {
        writeln!(text, "{}", asked.line).unwrap();
        for (name, value) in &asked.headers {
            let value = if name == "host" || name == "user-agent" {
                "[...]"
            } else {
                value
            };
            writeln!(text, "  {name}: {value}").unwrap();
        }
        writeln!(text, "  {}", asked.body).unwrap();
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("client_requests", text));
}

#[tokio::test]
async fn the_generated_request_is_the_facades_own() {
    let server =
        Scripted::start(|_: &Asked| Reply::json(201, &format!(r#"{{"sessionId":"{SESSION}"}}"#)))
            .await;
    let client = client(&server);
    let guaranteed = request();
    let regular = RegularEft::new(Payor::new("Robin", "Tester"), "robin@example.com")
        .reference_id("a-1")
        .build()
        .unwrap();
    client.create_guaranteed(&guaranteed).await.unwrap();
    client.create(&regular.clone().into()).await.unwrap();
    let sent: Vec<serde_json::Value> = server
        .calls()
        .iter()
        .map(|asked| serde_json::from_str(&asked.body).unwrap())
        .collect();
    assert_eq!(
        sent,
        [
            serde_json::to_value(&guaranteed).unwrap(),
            serde_json::to_value(&regular).unwrap()
        ]
    );
}

#[tokio::test]
async fn credentials_travel_in_each_of_the_three_ways() {
    let reply = |_: &Asked| {
        Reply::json(
            200,
            &format!(r#"{{"sessionId":"{SESSION}","status":"Initiated"}}"#),
        )
    };
    let server = Scripted::start(reply).await;
    // RFC 7617: everything after the first colon is the secret.
    client_with(&server, Credentials::basic("shop", "hü:sh%").unwrap())
        .status(&session())
        .await
        .unwrap();
    client_with(&server, Credentials::form("shop:1", "hü:sh% &=").unwrap())
        .status(&session())
        .await
        .unwrap();
    client_with(&server, Credentials::api_key("key-1", "shop").unwrap())
        .status(&session())
        .await
        .unwrap();
    let asked = server.asked();
    let lines: Vec<&str> = asked.iter().map(|asked| asked.line.as_str()).collect();
    let status = format!("GET /api/v2/sessions/{SESSION}/status");
    assert_eq!(
        lines,
        [
            "POST /api/v1/authorize",
            &status,
            "POST /api/v1/authorize",
            &status,
            &status
        ]
    );
    assert_eq!(asked[0].header("authorization"), ["Basic c2hvcDpow7w6c2gl"]);
    assert_eq!(asked[0].body, "grant_type=client_credentials");
    assert_eq!(asked[1].header("authorization"), ["Bearer token-1"]);
    assert_eq!(asked[2].header("authorization"), [] as [&str; 0]);
    assert_eq!(
        asked[2].body,
        "grant_type=client_credentials&Password=h%C3%BC%3Ash%25+%26%3D&Username=shop%3A1"
    );
    assert_eq!(asked[4].header("authorization"), [] as [&str; 0]);
    assert_eq!(
        (asked[4].header("x-api-key"), asked[4].header("x-client-id")),
        (vec!["key-1"], vec!["shop"])
    );
    let error = client_with(&server, Credentials::api_key("key-1", "shop").unwrap())
        .authorize()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
}

#[tokio::test]
async fn each_create_takes_a_token_of_its_own_and_everything_else_shares() {
    let server = Scripted::start(|asked: &Asked| {
        let body = format!(
            r#"{{"sessionId":"{SESSION}","status":"Initiated","referenceId":"invoice-1042"}}"#
        );
        Reply::json(
            if asked.line == "POST /api/v2/sessions" {
                201
            } else {
                200
            },
            &body,
        )
    })
    .await;
    let client = client(&server);
    for operation in [
        Operation::GetSessionStatus,
        Operation::CreateSession,
        Operation::GetSessionDetails,
        Operation::CreateSession,
        Operation::CancelSession,
    ] {
        call(&client, operation).await.unwrap();
    }
    let used: Vec<String> = server
        .calls()
        .iter()
        .map(|asked| asked.header("authorization").join(","))
        .collect();
    assert_eq!(
        used,
        [
            "Bearer token-1",
            "Bearer token-1",
            "Bearer token-1",
            "Bearer token-2",
            "Bearer token-2"
        ]
    );
}

// -- answers that are odd, and kept ------------------------------------------------------------------------------------

#[tokio::test]
async fn an_odd_answer_is_kept_whole_and_reported() {
    let body = format!(
        r#"{{"sessionId":"{}","referenceId":null,"amount":10.005,"status":"Paused","statusDetails":"EFT9999","note":{{"a":[1]}}}}"#,
        SESSION.to_uppercase()
    );
    let sent = body.clone();
    let server = Scripted::start(move |_: &Asked| Reply::json(200, &body)).await;
    let answer = client(&server).status(&session()).await.unwrap();
    assert_eq!(answer.status, SessionStatus::from("Paused"));
    assert!(!answer.status.is_known());
    assert_eq!(
        answer.status_details.as_ref().map(StatusDetails::as_str),
        Some("EFT9999")
    );
    assert_eq!(
        answer.amount.as_ref().map(ToString::to_string).as_deref(),
        Some("10.005")
    );
    assert_eq!(
        answer.extra.get("note"),
        Some(&serde_json::json!({ "a": [1] }))
    );
    let odd: Vec<String> = answer
        .nonconformances()
        .iter()
        .map(|odd| format!("{} {}", odd.pointer(), odd.keyword()))
        .collect();
    assert_eq!(
        odd,
        ["/amount multipleOf", "/status enum", "/statusDetails enum"]
    );
    assert_eq!(answer.raw().body(), sent.as_bytes());
    assert!(answer.raw().is_complete());
    assert!(
        !format!("{answer:?}").contains("10.005")
            || !format!("{:?}", answer.raw()).contains("10.005")
    );
}

#[tokio::test]
async fn details_keep_their_account_in_every_form_it_comes_in() {
    for (account, number) in [
        ("", None),
        (r#","account":null"#, None),
        (r#","account":{}"#, None),
        (
            r#","account":{"accountNumber":"****4321","accountLabel":"Chequing"}"#,
            Some("****4321"),
        ),
        (
            r#","account":{"accountNumber":"7654321","availableBalance":12.5}"#,
            Some("7654321"),
        ),
    ] {
        let body = format!(
            r#"{{"sessionId":"{SESSION}","status":"Initiated","payor":{{"firstName":"Robin"{account}}}}}"#
        );
        let server = Scripted::start(move |_: &Asked| Reply::json(200, &body)).await;
        let details = client(&server).details(&session()).await.unwrap();
        let payor = details.payor.as_ref().unwrap();
        let found = payor
            .account()
            .and_then(|account| account.account_number.as_ref())
            .map(|number| number.expose());
        assert_eq!(found, number, "{account}");
        assert_eq!(details.nonconformances(), [], "{account}");
        let shown = format!("{details:?}");
        assert!(
            !shown.contains("4321") && !shown.contains("Robin"),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn both_spellings_of_cancelled_are_one() {
    for spelling in ["Canceled", "Cancelled"] {
        let body = format!(r#"{{"sessionId":"{SESSION}","status":"{spelling}"}}"#);
        let server = Scripted::start(move |_: &Asked| Reply::json(200, &body)).await;
        let answer = client(&server).cancel(&session()).await.unwrap();
        assert_eq!(answer.status, SessionStatus::Cancelled);
        assert_eq!(answer.nonconformances(), []);
    }
}

#[tokio::test]
async fn a_create_is_read_from_200_and_201_alike() {
    for status in [200, 201] {
        let server = Scripted::start(move |_: &Asked| {
            Reply::json(status, &format!(r#"{{"sessionId":"{SESSION}"}}"#))
        })
        .await;
        let created = client(&server).create_guaranteed(&request()).await.unwrap();
        assert_eq!(
            (created.session_id.clone(), created.raw().status()),
            (session(), status)
        );
    }
}

// -- answers that fail -------------------------------------------------------------------------------------------------

/// Every failed answer: its name, the answer, the kind, and whether a create may have been carried out.
fn failures() -> Vec<(&'static str, Reply, ErrorKind, bool)> {
    let marked = "Robin Tester 7654321";
    let problem =
        format!(r#"{{"type":"about:blank","title":"{marked}","status":400,"detail":"{marked}"}}"#);
    let coded = format!(r#"{{"error":"not_found","error_description":"{marked}"}}"#);
    let html = format!("<html><body>{marked}</body></html>");
    let json = &[("content-type", "application/json")][..];
    let page = &[("content-type", "text/html")][..];
    let mut list = vec![
        (
            "400 problem details",
            Reply::of(400, json, &problem),
            ErrorKind::Refused,
            false,
        ),
        (
            "401 error body",
            Reply::of(401, json, r#"{"error":"unauthorized"}"#),
            ErrorKind::Unauthorized,
            false,
        ),
        (
            "403 problem details",
            Reply::of(403, json, &problem),
            ErrorKind::Forbidden,
            false,
        ),
        (
            "404 error body",
            Reply::of(404, json, &coded),
            ErrorKind::NotFound,
            false,
        ),
        (
            "404 page",
            Reply::of(404, page, &html),
            ErrorKind::NotFound,
            false,
        ),
        (
            "408 empty",
            Reply::of(408, &[], ""),
            ErrorKind::RequestTimeout,
            true,
        ),
        (
            "409 error body",
            Reply::of(409, json, &coded),
            ErrorKind::Conflict,
            false,
        ),
        (
            "422 problem details",
            Reply::of(422, json, &problem),
            ErrorKind::Refused,
            false,
        ),
        (
            "429 with seconds",
            Reply::of(429, &[("retry-after", "17")], ""),
            ErrorKind::RateLimited,
            false,
        ),
        (
            "500 problem details",
            Reply::of(500, json, &problem),
            ErrorKind::Server,
            true,
        ),
        (
            "502 page",
            Reply::of(502, page, &html),
            ErrorKind::Server,
            true,
        ),
        (
            "503 with seconds",
            Reply::of(503, &[("retry-after", "7")], &html),
            ErrorKind::Server,
            true,
        ),
        (
            "504 empty",
            Reply::of(504, &[], ""),
            ErrorKind::Server,
            true,
        ),
        (
            "200 empty",
            Reply::of(200, json, ""),
            ErrorKind::Decode,
            true,
        ),
        (
            "200 page",
            Reply::of(200, page, &html),
            ErrorKind::Decode,
            true,
        ),
        (
            "200 null",
            Reply::of(200, json, "null"),
            ErrorKind::Decode,
            true,
        ),
        (
            "200 half of the JSON",
            Reply::of(200, json, r#"{"sessionId":"0f9e"#),
            ErrorKind::Decode,
            true,
        ),
        (
            "200 something after the JSON",
            Reply::of(
                200,
                json,
                format!(
                    r#"{{"sessionId":"{SESSION}","status":"Failed","access_token":"t","expires_in":9}} {marked}"#
                ),
            ),
            ErrorKind::Decode,
            true,
        ),
        (
            "200 another type",
            Reply::of(
                200,
                json,
                format!(
                    r#"{{"sessionId":["{marked}"],"status":"Failed","access_token":1,"expires_in":9}}"#
                ),
            ),
            ErrorKind::Decode,
            true,
        ),
        (
            "200 a malformed id",
            Reply::of(
                200,
                json,
                format!(
                    r#"{{"sessionId":"{marked}","status":"Failed","access_token":null,"expires_in":"x"}}"#
                ),
            ),
            ErrorKind::Decode,
            true,
        ),
        (
            "200 nothing required",
            Reply::of(200, json, format!(r#"{{"note":"{marked}"}}"#)),
            ErrorKind::Decode,
            true,
        ),
        (
            "200 nested too deep",
            Reply::of(
                200,
                json,
                format!("{}{}", "[".repeat(10_000), "]".repeat(10_000)),
            ),
            ErrorKind::Decode,
            true,
        ),
        ("204", Reply::of(204, &[], ""), ErrorKind::Decode, true),
        (
            "truncated body",
            Reply::Bytes(b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"sess".to_vec()),
            ErrorKind::Interrupted,
            true,
        ),
        (
            "chunk cut off",
            Reply::Bytes(
                b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n40\r\n{\"se".to_vec(),
            ),
            ErrorKind::Interrupted,
            true,
        ),
        (
            "closed without a word",
            Reply::Close,
            ErrorKind::Interrupted,
            true,
        ),
        (
            "not HTTP",
            Reply::Bytes(b"220 mail.example ESMTP\r\n".to_vec()),
            ErrorKind::Interrupted,
            true,
        ),
        (
            "too long",
            Reply::of(200, json, vec![b' '; MAX_BODY_BYTES + 1]),
            ErrorKind::TooLarge,
            true,
        ),
        (
            "compressed",
            Reply::of(200, &[("content-encoding", "gzip")], b"\x1f\x8b\x08"),
            ErrorKind::Encoded,
            true,
        ),
        (
            "stalled body",
            Reply::Stall(b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{".to_vec()),
            ErrorKind::Timeout,
            true,
        ),
        (
            "stalled head",
            Reply::Stall(b"HTTP/1.1 200 OK\r\n".to_vec()),
            ErrorKind::Timeout,
            true,
        ),
    ];
    for status in [301, 302, 303, 307, 308] {
        let reply = Reply::of(status, &[("location", "http://127.0.0.1:9/elsewhere")], "");
        list.push(("redirect", reply, ErrorKind::Redirect, true));
    }
    list
}

#[tokio::test]
async fn every_failed_answer_has_its_kind_on_every_operation() {
    let mut lines = Vec::new();
    for (name, reply, kind, maybe) in failures() {
        for operation in Operation::ALL {
            let Some(reply) = scripted_for(operation, reply.clone()) else {
                continue;
            };
            let server = Scripted::start(move |_: &Asked| reply.clone()).await;
            let base = Environment::custom(server.base()).unwrap();
            // Only a server that says nothing is waited for; and a slow machine must not lose its token to the wait.
            let (credentials, timeouts) = if kind == ErrorKind::Timeout {
                let attempt = Duration::from_millis(150);
                let timeouts = Timeouts {
                    attempt,
                    ..Timeouts::default()
                };
                (Credentials::api_key("key-1", "shop"), timeouts)
            } else {
                (Credentials::basic("shop", "hush"), Timeouts::default())
            };
            let client = Client::builder(base, credentials.unwrap())
                .timeouts(timeouts)
                .build()
                .unwrap();
            if operation != Operation::Authorize
                && matches!(kind, ErrorKind::Interrupted)
                && name == "closed without a word"
            {
                // The script closes `authorize` too; it is covered by that operation's own turn.
                continue;
            }
            let error = call(&client, operation).await.expect_err(name);
            assert_eq!(error.kind(), kind, "{name}, {operation}: {}", chain(&error));
            assert_eq!(error.operation(), operation, "{name}");
            assert_eq!(
                error.maybe_applied(),
                maybe && operation.changes_state(),
                "{name}, {operation}"
            );
            assert_eq!(
                server.calls().len(),
                usize::from(operation != Operation::Authorize),
                "{name}: one request, never two"
            );
            let told = format!("{} {error:?} {error:#?}", chain(&error));
            for secret in ["Robin", "Tester", "7654321", "hush", "token-1", SESSION] {
                assert!(
                    !told.contains(secret),
                    "{name}, {operation} tells {secret}: {told}"
                );
            }
            assert!(!error.to_string().contains('\n'), "{name}: one line");
            if operation == Operation::CreateSession || operation == Operation::GetSessionStatus {
                let told = error
                    .to_string()
                    .replace(&error.request_id().to_string(), "[id]");
                lines.push(format!(
                    "{name}: {told}{}",
                    if error.is_retryable() {
                        " [retryable]"
                    } else {
                        ""
                    }
                ));
            }
        }
    }
    lines.dedup();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("client_failures", lines.join("\n")));
}

/// The script answers tokens itself, unless an answer says that it is for `authorize` as well.
fn scripted_for(operation: Operation, reply: Reply) -> Option<Reply> {
    match (operation, reply) {
        (Operation::Authorize, Reply::Bytes(bytes)) => {
            let end = bytes.windows(2).position(|window| window == b"\r\n")? + 2;
            let (line, rest) = bytes.split_at(end);
            Some(Reply::Bytes(
                [line, b"x-scripted: authorize\r\n", rest].concat(),
            ))
        }
        (Operation::Authorize, Reply::Stall(_)) => None,
        (_, reply) => Some(reply),
    }
}

#[tokio::test]
async fn what_a_failed_answer_says_can_be_read() {
    let server = Scripted::start(|_: &Asked| {
        Reply::of(
            503,
            &[("content-type", "application/problem+json"), ("retry-after", "7"), ("x-trace", "abc")],
            r#"{"type":"https://pay.example/busy","title":"Busy","status":503,"detail":"later","instance":"/1"}"#,
        )
    })
    .await;
    let error = client(&server).status(&session()).await.unwrap_err();
    assert_eq!(
        (error.status(), error.retry_after()),
        (Some(503), Some(Duration::from_secs(7)))
    );
    let problem = error.problem().unwrap();
    assert_eq!(
        (
            problem.title(),
            problem.detail(),
            problem.type_uri(),
            problem.instance()
        ),
        (
            Some("Busy"),
            Some("later"),
            Some("https://pay.example/busy"),
            Some("/1")
        )
    );
    let raw = error.raw().unwrap();
    assert_eq!(raw.headers().get("x-trace").unwrap(), "abc");
    assert!(raw.body().starts_with(b"{\"type\""));
    assert!(error.is_retryable() && !error.maybe_applied());
}

#[tokio::test]
async fn a_decode_error_names_the_path() {
    for (body, path) in [
        (
            format!(r#"{{"sessionId":"{SESSION}","status":7}}"#),
            "status",
        ),
        (
            format!(
                r#"{{"sessionId":"{SESSION}","status":"Failed","payor":{{"account":{{"accountNumber":7}}}}}}"#
            ),
            "payor.account.accountNumber",
        ),
        (
            r#"{"sessionId":"nonsense","status":"Failed"}"#.to_owned(),
            "sessionId",
        ),
        (r#"{"status":"Failed"}"#.to_owned(), "sessionId"),
        ("[]".to_owned(), ""),
    ] {
        let shown = body.clone();
        let server = Scripted::start(move |_: &Asked| Reply::json(200, &body)).await;
        let error = client(&server).details(&session()).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.path()),
            (ErrorKind::Decode, Some(path)),
            "{shown}: {}",
            chain(&error)
        );
    }
}

#[tokio::test]
async fn an_answer_about_another_session_is_refused() {
    let body =
        format!(r#"{{"sessionId":"{OTHER}","status":"Completed","statusDetails":"EFT0301"}}"#);
    let server = Scripted::start(move |_: &Asked| Reply::json(200, &body)).await;
    let client = client(&server);
    for operation in [
        Operation::GetSessionStatus,
        Operation::GetSessionDetails,
        Operation::CancelSession,
        Operation::ConfirmGuarantee,
    ] {
        let error = call(&client, operation).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.operation()),
            (ErrorKind::WrongSession, operation)
        );
        assert!(error.raw().is_some(), "the answer can still be looked at");
    }
    let body = format!(r#"{{"sessionId":"{OTHER}","referenceId":"invoice-9999"}}"#);
    let server = Scripted::start(move |_: &Asked| Reply::json(201, &body)).await;
    let error = self::client(&server)
        .create_guaranteed(&request())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WrongSession);
    assert!(
        error.maybe_applied(),
        "a session exists, and whose it is nobody knows"
    );
}

#[tokio::test]
async fn a_byte_order_mark_is_no_reason_to_fail() {
    let body = format!("\u{FEFF}{{\"sessionId\":\"{SESSION}\",\"status\":\"Paused\"}}");
    let server = Scripted::start(move |_: &Asked| Reply::json(200, &body)).await;
    let answer = client(&server).status(&session()).await.unwrap();
    assert_eq!(
        answer.nonconformances().len(),
        1,
        "and the answer is inspected all the same"
    );
}

#[tokio::test]
async fn nothing_was_sent_where_there_was_no_connection() {
    let unused = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", unused.local_addr().unwrap());
    drop(unused);
    let key = Credentials::api_key("key-1", "shop").unwrap();
    let client = Client::builder(Environment::custom(&base).unwrap(), key)
        .build()
        .unwrap();
    for operation in Operation::ALL
        .into_iter()
        .filter(|operation| *operation != Operation::Authorize)
    {
        let error = call(&client, operation).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connect, "{}", chain(&error));
        assert!(error.is_retryable() && !error.maybe_applied());
    }
}

#[tokio::test]
async fn a_create_that_fails_for_want_of_a_token_has_created_nothing() {
    let server = Scripted::start(|_: &Asked| {
        Reply::of(
            401,
            &[("x-scripted", "authorize")],
            r#"{"error":"unauthorized"}"#,
        )
    })
    .await;
    let error = client(&server)
        .create_guaranteed(&request())
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.operation()),
        (ErrorKind::Unauthorized, Operation::Authorize)
    );
    assert!(!error.maybe_applied());
    assert_eq!(server.calls().len(), 0);
}

#[tokio::test]
async fn the_whole_call_ends_in_time() {
    let server = Scripted::start(|_: &Asked| Reply::Stall(Vec::new())).await;
    let timeouts = Timeouts {
        total: Duration::from_millis(100),
        ..Timeouts::default()
    };
    let base = Environment::custom(server.base()).unwrap();
    let client = Client::builder(base, Credentials::basic("shop", "hush").unwrap())
        .timeouts(timeouts)
        .build()
        .unwrap();
    let error = client.create_guaranteed(&request()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.operation()),
        (ErrorKind::Timeout, Operation::CreateSession)
    );
    assert!(error.maybe_applied());
}

#[tokio::test]
async fn futures_can_be_spawned() {
    let server = Scripted::start(|_: &Asked| {
        Reply::json(
            200,
            &format!(r#"{{"sessionId":"{SESSION}","status":"Initiated"}}"#),
        )
    })
    .await;
    let client = client(&server);
    let calls: Vec<_> = (0..20)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.status(&session()).await.map(drop) })
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    let tokens = server
        .asked()
        .iter()
        .filter(|asked| asked.line.contains("/authorize"))
        .count();
    assert_eq!(tokens, 1, "calls that need any token wait for the same one");
}
