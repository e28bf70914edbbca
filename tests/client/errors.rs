//! What an error tells, and what it says about money.

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
