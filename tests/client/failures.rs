//! Every kind of failed answer, on every operation.

use super::*;

/// Every failed answer: its name, the answer, the kind, and whether a create may have been carried out.
#[allow(clippy::too_many_lines, reason = "a table")]
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
        (
            "200 a member of any name",
            Reply::of(
                200,
                json,
                format!(
                    "{{\"a\\n\\u001b[31m{marked}\":{{\"b\":1e999}},\"sessionId\":7,\"access_token\":7}}"
                ),
            ),
            ErrorKind::Decode,
            true,
        ),
        (
            "401 compressed",
            Reply::of(401, &[("content-encoding", "gzip")], b"\x1f\x8b\x08"),
            ErrorKind::Unauthorized,
            false,
        ),
        (
            "404 too long",
            Reply::of(404, page, vec![b' '; MAX_BODY_BYTES + 1]),
            ErrorKind::NotFound,
            false,
        ),
        (
            "425 empty",
            Reply::of(425, &[], ""),
            ErrorKind::UnexpectedStatus,
            true,
        ),
        (
            "499 empty",
            Reply::of(499, &[], ""),
            ErrorKind::UnexpectedStatus,
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
        for operation in Operation::ALL.iter().copied() {
            let Some(reply) = scripted_for(operation, reply.clone()) else {
                continue;
            };
            let server = Scripted::start(move |_: &Asked| reply.clone()).await;
            let base = Environment::custom(server.base()).unwrap();
            // The script closes `authorize` as well, and a slow machine must not lose its token to a short wait.
            let silent = kind == ErrorKind::Timeout;
            let tokenless = silent || name == "closed without a word";
            let credentials = if tokenless && operation != Operation::Authorize {
                Credentials::api_key("key-1", "shop")
            } else {
                Credentials::basic("shop", "hush")
            };
            let mut timeouts = Timeouts::default();
            if silent {
                timeouts.attempt = Duration::from_millis(150);
            }
            let client = Client::builder(base, credentials.unwrap())
                .timeouts(timeouts)
                .retries(Retries::off())
                .build()
                .unwrap();
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
            for secret in [
                "\u{1b}", "Robin", "Tester", "7654321", "hush", "token-1", SESSION,
            ] {
                assert!(
                    !told.contains(secret),
                    "{name}, {operation} tells {secret}: {told}"
                );
            }
            assert!(!error.to_string().contains('\n'), "{name}: one line");
            // How much of an answer came before the wait ended depends on the machine.
            let read = [Operation::CreateSession, Operation::GetSessionStatus].contains(&operation);
            if read && !silent {
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
    settings.set_snapshot_path("../../snapshots");
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
