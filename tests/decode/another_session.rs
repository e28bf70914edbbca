//! An answer that is about another session than the one asked for, or another payor's.

use super::*;

#[tokio::test]
async fn an_answer_about_another_session_is_an_error_of_its_own_and_is_asked_for_once() {
    let body = format!(
        r#"{{"sessionId":"{OTHER}","referenceId":"invoice-9999","status":"Cancelled","statusDetails":"EFT0501","payor":{{"firstName":"Someoneelse"}}}}"#
    );
    for operation in ABOUT_SESSIONS {
        let server = answering(Reply::json(200, &body)).await;
        // With retries on: nothing gets better by asking again, and a create must not be sent again.
        let base = Environment::custom(server.base()).unwrap();
        let client = Client::builder(base, Credentials::api_key("key-1", "shop").unwrap())
            .build()
            .unwrap();
        let error = call(&client, operation).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.operation()),
            (ErrorKind::WrongSession, operation)
        );
        assert_eq!(server.calls().len(), 1, "{operation}");
        assert_eq!(
            error.maybe_applied(),
            operation.changes_state(),
            "{operation}"
        );
        assert!(!error.is_retryable(), "{operation}");
        let created = operation == Operation::CreateSession;
        let other = SessionId::new(OTHER).unwrap();
        assert_eq!(error.session_id(), created.then_some(&other), "{operation}");
        assert_eq!(error.raw().unwrap().body(), body.as_bytes());
        let printed = format!("{error} {error:?} {error:#?}");
        for secret in [&OTHER[9..], "9999", "Someoneelse"] {
            assert!(!printed.contains(secret), "{operation}: {printed}");
        }
    }
}

#[tokio::test]
async fn a_reference_is_compared_as_it_was_sent() {
    for (theirs, accepted) in [
        (r#","referenceId":"invoice-1042""#, true),
        // Not every answer repeats it.
        (r#","referenceId":null"#, true),
        ("", true),
        (r#","referenceId":"INVOICE-1042""#, false),
        (r#","referenceId":"invoice-1042 ""#, false),
        (r#","referenceId":"invoice-104""#, false),
        (r#","referenceId":"""#, false),
    ] {
        let body = format!(r#"{{"sessionId":"{SESSION}"{theirs}}}"#);
        let server = answering(Reply::json(201, &body)).await;
        let kind = client(&server)
            .create_guaranteed(&request())
            .await
            .map_err(|error| error.kind())
            .map(drop);
        let expected = if accepted {
            Ok(())
        } else {
            Err(ErrorKind::WrongSession)
        };
        assert_eq!(kind, expected, "{theirs}");
    }
}
