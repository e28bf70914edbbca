//! What an error tells, and what it says about money.

use std::sync::Arc;

use flinks_pay::clock::{Clock, ManualClock};

use super::support::moved::moved;
use super::*;

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
    // Nobody can listen on port 0.
    let base = "http://127.0.0.1:0";
    let key = Credentials::api_key("key-1", "shop").unwrap();
    let client = Client::builder(Environment::custom(base).unwrap(), key)
        .retries(Retries::off())
        .build()
        .unwrap();
    for operation in Operation::ALL
        .iter()
        .copied()
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
    let timeouts = Timeouts::default().total(Duration::from_secs(12));
    let base = Environment::custom(server.base()).unwrap();
    let clock = ManualClock::new();
    let began = clock.now();
    let client = Client::builder(base, Credentials::api_key("key-1", "shop").unwrap())
        .timeouts(timeouts)
        .clock(Arc::new(clock.clone()))
        .build()
        .unwrap();
    let request = request();
    let create = client.create_guaranteed(&request);
    let error = moved(&clock, &server, create).await.unwrap_err();
    assert_eq!(clock.now() - began, Duration::from_secs(12));
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

#[tokio::test]
async fn a_session_id_that_can_be_read_is_not_lost() {
    let whole = format!(r#"{{"sessionId":"{SESSION}","referenceId":"#);
    let head = |length: usize| format!("HTTP/1.1 201 Created\r\ncontent-length: {length}\r\n\r\n");
    for (name, reply, kind) in [
        (
            "another type",
            Reply::json(201, &format!("{whole}1042}}")),
            ErrorKind::Decode,
        ),
        (
            "a stray comma",
            Reply::json(201, &format!("{whole}null,}}")),
            ErrorKind::Decode,
        ),
        (
            "a member twice",
            Reply::json(201, &format!("{whole}null,\"referenceId\":null}}")),
            ErrorKind::Decode,
        ),
        (
            "a number too large",
            Reply::json(201, &format!("{whole}1e999}}")),
            ErrorKind::Decode,
        ),
        (
            "another reference",
            Reply::json(201, &format!("{whole}\"invoice-1042 \"}}")),
            ErrorKind::WrongSession,
        ),
        (
            "half of it",
            Reply::Bytes(format!("{}{whole}", head(500)).into_bytes()),
            ErrorKind::Interrupted,
        ),
        (
            "half of it, then silence",
            Reply::Stall(format!("{}{whole}", head(500)).into_bytes()),
            ErrorKind::Timeout,
        ),
    ] {
        let server = Scripted::start(move |_: &Asked| reply.clone()).await;
        let base = Environment::custom(server.base()).unwrap();
        // The total time ends before the attempt's: half an answer is in hand then, and is kept.
        let timeouts = Timeouts::default().total(Duration::from_secs(12));
        let clock = ManualClock::new();
        let client = Client::builder(base, Credentials::api_key("key-1", "shop").unwrap())
            .timeouts(timeouts)
            .clock(Arc::new(clock.clone()))
            .build()
            .unwrap();
        let request = request();
        let create = client.create_guaranteed(&request);
        let error = moved(&clock, &server, create).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{name}: {}", chain(&error));
        assert_eq!(error.session_id(), Some(&session()), "{name}");
        assert_eq!(error.status(), Some(201), "{name}");
        assert!(error.maybe_applied(), "{name}");
        let advice = if kind == ErrorKind::WrongSession {
            "do not cancel it unseen"
        } else {
            "its id could be read"
        };
        assert!(error.to_string().contains(advice), "{name}: {error}");
        assert!(
            !format!("{error} {error:?}").contains(SESSION),
            "{name}: it is there to be asked for, not to be printed"
        );
    }
    // An answer to a read is about a session that the caller knows.
    let server = Scripted::start(move |_: &Asked| {
        Reply::json(200, &format!(r#"{{"sessionId":"{SESSION}"}}"#))
    })
    .await;
    let error = client(&server).status(&session()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.session_id()),
        (ErrorKind::Decode, None)
    );
}

#[tokio::test]
async fn no_time_is_too_long() {
    let body = format!(r#"{{"sessionId":"{SESSION}","status":"Initiated"}}"#);
    let server = Scripted::start(move |_: &Asked| Reply::json(200, &body)).await;
    let forever = Timeouts::default()
        .connect(Duration::MAX)
        .attempt(Duration::MAX)
        .total(Duration::MAX);
    let base = Environment::custom(server.base()).unwrap();
    let credentials = Credentials::basic("shop", "hush").unwrap();
    let client = Client::builder(base, credentials)
        .timeouts(forever)
        .build()
        .unwrap();
    client.status(&session()).await.unwrap();
}

#[test]
fn what_no_client_can_be_built_with_is_refused() {
    let builder = || {
        let base = Environment::custom("https://pay.example").unwrap();
        Client::builder(base, Credentials::basic("shop", "hush").unwrap())
    };
    for pem in [
        "garbage",
        "",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        let error = builder().root_certificates_pem(pem).build().unwrap_err();
        assert!(
            error
                .to_string()
                .contains("a root certificate cannot be used"),
            "{pem}: {error}"
        );
    }
    let error = builder().user_agent("shop\r\nx: y").build().unwrap_err();
    assert!(error.to_string().contains("user agent"), "{error}");
    let none = Timeouts::default().attempt(Duration::ZERO);
    let error = builder().timeouts(none).build().unwrap_err();
    assert!(error.to_string().contains("zero"), "{error}");
}

#[tokio::test]
async fn a_lifetime_is_any_whole_number_of_seconds() {
    for (seconds, expected) in [
        ("299", Some(299)),
        ("599.0", Some(599)),
        ("0", Some(0)),
        ("-1", Some(0)),
        ("\"599\"", None),
    ] {
        let server = Scripted::start(move |_: &Asked| {
            let body = format!(r#"{{"access_token":"t","expires_in":{seconds}}}"#);
            Reply::of(200, &[("x-scripted", "authorize")], body)
        })
        .await;
        let token = client(&server).authorize().await;
        let lifetime = token.ok().map(|token| token.lifetime);
        assert_eq!(lifetime, expected.map(Duration::from_secs), "{seconds}");
    }
}

#[tokio::test]
async fn a_token_that_is_not_accepted_is_not_used_again() {
    let server = Scripted::start(|asked: &Asked| {
        if asked.header("authorization") == ["Bearer token-1"] {
            Reply::json(401, r#"{"error":"unauthorized"}"#)
        } else {
            Reply::json(
                200,
                &format!(r#"{{"sessionId":"{SESSION}","status":"Initiated"}}"#),
            )
        }
    })
    .await;
    let client = client(&server);
    let error = client.status(&session()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    client.status(&session()).await.unwrap();
    let used: Vec<String> = server
        .calls()
        .iter()
        .map(|asked| asked.header("authorization").join(","))
        .collect();
    assert_eq!(used, ["Bearer token-1", "Bearer token-2"]);
}
