//! Failed answers in every shape and with every status, and success answers that are none.

use super::*;

const MARK: &str = "Robin 7654321";

/// A body, the content type it comes with, and what is read of it: code, title and detail.
type Shape = (
    &'static str,
    &'static str,
    String,
    [Option<&'static str>; 3],
);

fn shapes() -> Vec<Shape> {
    let problem =
        format!(r#"{{"type":"about:blank","title":"Bad","status":400,"detail":"{MARK}"}}"#);
    let coded = format!(r#"{{"error":"invalid_request","error_description":"{MARK}"}}"#);
    let both = format!(
        r#"{{"title":"Bad","detail":"{MARK}","error":"invalid_request","error_description":"other"}}"#
    );
    let full = [Some("invalid_request"), Some("Bad"), Some(MARK)];
    vec![
        (
            "application/problem+json",
            "problem details",
            problem.clone(),
            [None, Some("Bad"), Some(MARK)],
        ),
        (
            "application/json",
            "error body",
            coded.clone(),
            [full[0], None, full[2]],
        ),
        ("application/json", "both", both, full),
        // What it is called does not matter, what it is does.
        (
            "text/html",
            "problem details as a page",
            problem,
            [None, Some("Bad"), Some(MARK)],
        ),
        (
            "",
            "error body without a type",
            coded,
            [full[0], None, full[2]],
        ),
        (
            "application/json",
            "a page as JSON",
            format!("<html>{MARK}</html>"),
            [None; 3],
        ),
        (
            "text/html",
            "a page",
            format!("<html>{MARK}</html>"),
            [None; 3],
        ),
        ("application/json", "nothing", String::new(), [None; 3]),
        (
            "application/json",
            "an array",
            format!(r#"["{MARK}"]"#),
            [None; 3],
        ),
        (
            "application/json",
            "other types",
            r#"{"error":["x"],"title":7,"detail":{}}"#.to_owned(),
            [None; 3],
        ),
        (
            "application/json",
            "half of it",
            r#"{"error":"invalid_request""#.to_owned(),
            [None; 3],
        ),
    ]
}

#[tokio::test]
async fn every_status_has_its_kind_and_every_shape_is_read() {
    for (status, kind) in [
        (400, ErrorKind::Refused),
        (401, ErrorKind::Unauthorized),
        (403, ErrorKind::Forbidden),
        (404, ErrorKind::NotFound),
        (409, ErrorKind::Conflict),
        (422, ErrorKind::Refused),
        (429, ErrorKind::RateLimited),
        (500, ErrorKind::Server),
        (502, ErrorKind::Server),
        (503, ErrorKind::Server),
    ] {
        for (media, name, body, [code, title, detail]) in shapes() {
            let server = answering(Reply::of(status, &[("content-type", media)], &body)).await;
            let client = client(&server);
            for operation in ABOUT_SESSIONS {
                let error = call(&client, operation).await.unwrap_err();
                assert_eq!(
                    (error.kind(), error.status()),
                    (kind, Some(status)),
                    "{name}"
                );
                let problem = error.problem();
                let read = [
                    problem.and_then(|problem| problem.code()),
                    problem.and_then(|problem| problem.title()),
                    problem.and_then(|problem| problem.detail()),
                ];
                assert_eq!(read, [code, title, detail], "{status} {name}");
                assert_eq!(error.raw().unwrap().body(), body.as_bytes());
                let printed = format!("{error} {error:?} {error:#?}");
                assert!(!printed.contains("7654321"), "{status} {name}: {printed}");
            }
        }
    }
}

#[tokio::test]
async fn a_code_with_anything_odd_in_it_can_be_asked_for_and_is_not_printed() {
    for code in [
        "\u{1b}[2J",
        "a\nb",
        "ada@shop.example",
        "7654321",
        "\u{9b}31m",
        "\u{202e}x",
    ] {
        let body = serde_json::json!({ "error": code, "error_description": code, "title": code, "instance": code, "type": code });
        let server = answering(Reply::json(400, &body.to_string())).await;
        let error = client(&server).status(&session()).await.unwrap_err();
        let problem = error.problem().unwrap();
        assert_eq!(problem.code(), Some(code));
        for printed in [
            format!("{error}"),
            format!("{error:?}"),
            format!("{problem:?}"),
        ] {
            assert!(!printed.contains(code), "{printed:?}");
            assert!(
                !printed.chars().any(|c| c.is_control() || c == '\u{202e}'),
                "{printed:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_header_with_anything_in_it_is_not_printed() {
    let reply = Reply::of(
        400,
        &[("x-odd", "\u{9b}31mRobin"), ("set-cookie", "Robin=1")],
        "{}",
    );
    let server = answering(reply).await;
    let error = client(&server).status(&session()).await.unwrap_err();
    let printed = format!("{error} {error:?} {error:#?}");
    assert!(!printed.contains("Robin"), "{printed}");
    assert!(printed.contains("set-cookie"), "its name is: {printed}");
}

#[tokio::test]
async fn a_success_is_one_by_its_body_and_not_by_its_type() {
    let good = format!(
        r#"{{"sessionId":"{SESSION}","status":"Cancelled","statusDetails":"EFT0501","referenceId":"invoice-1042"}}"#
    );
    for media in [
        "text/html",
        "application/octet-stream",
        "",
        "application/json; charset=utf-16",
    ] {
        let server = answering(Reply::of(200, &[("content-type", media)], &good)).await;
        let client = client(&server);
        for operation in ABOUT_SESSIONS {
            call(&client, operation).await.unwrap();
        }
    }
    for (status, body) in [
        (200, String::new()),
        (204, String::new()),
        (202, String::new()),
        (200, "<!doctype html><title>Maintenance</title>".to_owned()),
        (200, "OK".to_owned()),
        (200, r#"{"error":"not_found"}"#.to_owned()),
        (200, r#"{"title":"Bad Request","status":400}"#.to_owned()),
    ] {
        let server = answering(Reply::of(
            status,
            &[("content-type", "application/json")],
            &body,
        ))
        .await;
        let client = client(&server);
        for operation in ABOUT_SESSIONS {
            let error = call(&client, operation).await.unwrap_err();
            assert_eq!(
                error.kind(),
                ErrorKind::Decode,
                "{status} {body} {operation}"
            );
            assert_eq!(error.status(), Some(status));
            assert_eq!(error.maybe_applied(), operation.changes_state());
        }
    }
}

/// And nothing of the body itself.
#[tokio::test]
async fn the_cause_says_what_is_wrong_with_a_success_answer_and_where() {
    for (body, says) in [
        (
            r#"{"sessionId":"0b7d"#,
            "the body ends too early, line 1 column 18",
        ),
        ("<html>\n</html>", "the body is not JSON, line 1 column 1"),
        (
            "{\"sessionId\":\n5}",
            "a member is missing or of another type, line 2 column 1",
        ),
    ] {
        let error = status_of(body).await.unwrap_err();
        let cause = std::error::Error::source(&error).unwrap();
        assert_eq!(cause.to_string(), says);
    }
}
