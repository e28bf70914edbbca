//! Failed answers are held against what the contract declares of them, and so is the status of a success.

use std::sync::{Arc, Mutex};

use flinks_pay::client::{Drift, DriftKind, DriftSource};
use support::calls::chain;

use super::*;

/// Operation, status, and whether it is problem details or an error body that is declared; both where either may come.
const DECLARED: [(Operation, u16, bool, bool); 17] = [
    (Operation::Authorize, 400, true, true),
    (Operation::Authorize, 401, true, true),
    (Operation::CreateSession, 400, true, false),
    (Operation::CreateSession, 401, true, false),
    (Operation::CreateSession, 403, true, false),
    (Operation::GetSessionStatus, 401, false, true),
    (Operation::GetSessionStatus, 404, false, true),
    (Operation::GetSessionDetails, 400, true, false),
    (Operation::GetSessionDetails, 401, true, true),
    (Operation::GetSessionDetails, 403, false, true),
    (Operation::GetSessionDetails, 404, false, true),
    (Operation::CancelSession, 400, true, true),
    (Operation::CancelSession, 401, true, true),
    (Operation::CancelSession, 404, true, true),
    (Operation::ConfirmGuarantee, 400, true, true),
    (Operation::ConfirmGuarantee, 401, true, true),
    (Operation::ConfirmGuarantee, 404, true, true),
];

const PROBLEM: &str = r#"{"title":"Robin 7654321","status":400,"traceId":"Robin 7654321"}"#;
const CODE: &str = r#"{"error":"x","reason":"Robin 7654321"}"#;

/// A client that makes one request for a call, and what it is told.
fn observed(server: &Scripted, operation: Operation) -> (Client, Arc<Mutex<Vec<Drift>>>) {
    let told = Arc::new(Mutex::new(Vec::new()));
    let keeper = Arc::clone(&told);
    let credentials = if operation == Operation::Authorize {
        Credentials::basic("shop", "hush")
    } else {
        Credentials::api_key("key-1", "shop")
    };
    let base = Environment::custom(server.base()).unwrap();
    let client = Client::builder(base, credentials.unwrap())
        .retries(Retries::off())
        .on_drift(move |drift: &Drift| keeper.lock().unwrap().push(drift.clone()))
        .build()
        .unwrap();
    (client, told)
}

/// What a failure says of its answer, and what the observer is told of it.
struct Seen {
    error: Error,
    odd: Vec<String>,
    told: Vec<Drift>,
}

async fn seen(operation: Operation, reply: Reply) -> Seen {
    let server = Scripted::bare(move |_: &Asked| reply.clone()).await;
    let (client, told) = observed(&server, operation);
    let error = call(&client, operation).await.unwrap_err();
    let again = call(&client, operation).await.unwrap_err();
    assert_eq!(error.nonconformances(), again.nonconformances());
    let odd = error.nonconformances().iter();
    let odd = odd.map(|odd| format!("{} {}", odd.pointer(), odd.keyword()));
    let told = told.lock().unwrap().clone();
    let printed = format!("{error:?} {} {told:?}", chain(&error));
    assert!(!printed.contains("7654321"), "{printed}");
    Seen {
        odd: odd.collect(),
        error,
        told,
    }
}

#[tokio::test]
async fn a_failure_as_the_contract_has_it_departs_from_nothing() {
    for (operation, status, problem, code) in DECLARED {
        for (body, declared) in [(PROBLEM, problem), (CODE, code)] {
            let Seen { error, odd, told } = seen(operation, Reply::json(status, body)).await;
            assert_eq!(error.status(), Some(status));
            assert_eq!(odd.is_empty(), declared, "{operation} {status}: {odd:?}");
            assert_eq!(told.is_empty(), declared, "{operation} {status}: {told:?}");
        }
    }
}

#[tokio::test]
async fn one_thing_wrong_is_named_told_once_and_changes_nothing_else() {
    for (operation, status, problem, code) in DECLARED {
        let mut cases = Vec::new();
        if problem {
            cases.extend([
                (r#"{"title":"Robin 7654321"}"#, "/status required"),
                (r#"{"title":"x","status":"Robin 7654321"}"#, "/status type"),
                (r#"{"title":null,"status":400}"#, "/title nullable"),
                (r#"{"title":"x","status":76543210000}"#, "/status format"),
            ]);
        }
        if code {
            cases.extend([
                (r#"{"error":["Robin 7654321"]}"#, "/error type"),
                (r#"{"error":""}"#, "/error minLength"),
                (
                    r#"{"error_description":"Robin 7654321"}"#,
                    "/error required",
                ),
            ]);
        }
        cases.push((r#"["Robin 7654321"]"#, " type"));
        let right = if problem { PROBLEM } else { CODE };
        let right = seen(operation, Reply::json(status, right)).await.error;
        for (body, says) in cases {
            let Seen { error, odd, told } = seen(operation, Reply::json(status, body)).await;
            assert_eq!(odd, [says], "{operation} {status} {body}");
            let [drift] = &told[..] else {
                panic!("{operation} {status} {body}: {told:?}");
            };
            assert_eq!(drift.kind(), DriftKind::Constraint);
            assert_eq!(drift.source(), DriftSource::Answer(operation));
            assert_eq!(drift.status(), Some(status));
            assert_eq!(format!("{} {}", drift.pointer(), drift.keyword()), says);
            assert_eq!(
                (error.kind(), error.maybe_applied(), error.is_retryable()),
                (right.kind(), right.maybe_applied(), right.is_retryable()),
                "{operation} {status} {body}"
            );
        }
    }
}

#[tokio::test]
async fn a_drift_of_failures_names_the_status() {
    let Seen { told, .. } = seen(
        Operation::GetSessionStatus,
        Reply::json(404, r#"{"error":7}"#),
    )
    .await;
    assert_eq!(
        told[0].to_string(),
        "getSessionStatus: constraint at /error, status 404, `type` of #/components/schemas/ErrorCode/type"
    );
    let Seen { told, error, .. } = seen(Operation::CreateSession, Reply::json(422, PROBLEM)).await;
    assert_eq!(
        told[0].to_string(),
        "createSession: undeclared-status, status 422, `responses` of #/paths/~1api~1v2~1sessions/post/responses"
    );
    assert_eq!(
        error.nonconformances()[0].to_string(),
        "the status does not satisfy `responses` (#/paths/~1api~1v2~1sessions/post/responses)"
    );
}

#[tokio::test]
async fn a_page_in_the_place_of_a_declared_body_is_listed_and_not_told() {
    for body in ["", "<html>Robin 7654321</html>", r#"{"error":"x""#] {
        let Seen { odd, told, .. } =
            seen(Operation::GetSessionStatus, Reply::of(404, &[], body)).await;
        assert_eq!(
            (odd, told.len()),
            (vec![" content".to_owned()], 0),
            "{body}"
        );
    }
}

#[tokio::test]
async fn a_status_that_is_not_declared_counts_where_it_is_flinks_word() {
    for operation in Operation::ALL.iter().copied() {
        for (status, counts) in [
            (402, true),
            (409, true),
            (422, true),
            (498, true),
            (407, false),
            (408, false),
            (411, false),
            (413, false),
            (414, false),
            (417, false),
            (421, false),
            (425, false),
            (426, false),
            (429, false),
            (431, false),
            (499, false),
            (500, false),
            (502, false),
            (503, false),
        ] {
            for (body, is_json) in [(CODE, true), ("<html>", false), ("", false)] {
                let Seen { odd, told, .. } = seen(operation, Reply::json(status, body)).await;
                let expected = if counts && is_json {
                    vec![" responses"]
                } else {
                    Vec::new()
                };
                assert_eq!(odd, expected, "{operation} {status} {body}");
                let kinds: Vec<DriftKind> = told.iter().map(Drift::kind).collect();
                assert_eq!(kinds, vec![DriftKind::UndeclaredStatus; odd.len()]);
            }
        }
    }
}

#[tokio::test]
async fn nothing_is_said_of_an_answer_that_did_not_come_whole() {
    let half = b"HTTP/1.1 404 Scripted\r\ncontent-length: 90\r\n\r\n{\"error\":7}";
    let packed = Reply::of(404, &[("content-encoding", "gzip")], r#"{"error":7}"#);
    let moved = Reply::of(302, &[("location", "/elsewhere")], r#"{"error":7}"#);
    for reply in [Reply::Bytes(half.to_vec()), packed, moved, Reply::Close] {
        let Seen { odd, told, .. } = seen(Operation::GetSessionStatus, reply).await;
        assert_eq!((odd, told), (Vec::new(), Vec::new()));
    }
}

#[tokio::test]
async fn a_success_with_a_status_that_is_not_declared_is_read_and_remarked_on() {
    let body = format!(
        r#"{{"sessionId":"{SESSION}","status":"Cancelled","statusDetails":"EFT0501","referenceId":"invoice-1042"}}"#
    );
    for status in [200, 201, 202, 203, 299] {
        let reply = Reply::json(status, &body);
        let server = answering(reply).await;
        let (client, told) = observed(&server, Operation::GetSessionStatus);
        let answer = client.status(&session()).await.unwrap();
        let remarks: &[&str] = if status == 200 { &[] } else { &[" responses"] };
        assert_eq!(odd(&answer), remarks, "{status}");
        let told = told.lock().unwrap().clone();
        assert_eq!(told.len(), remarks.len(), "{status}");
        assert!(told.iter().all(|drift| drift.status() == Some(status)));
        // A create may say either of two numbers.
        let (client, _) = observed(&server, Operation::CreateSession);
        let answer = client.create_guaranteed(&request()).await.unwrap();
        let remarked = odd(&answer).contains(&" responses".to_owned());
        assert_eq!(remarked, status > 201, "{status}");
    }
    // One without a body says no less.
    let Seen { odd, told, error } = seen(Operation::CancelSession, Reply::of(204, &[], "")).await;
    assert_eq!(
        (error.kind(), odd, told.len()),
        (ErrorKind::Decode, vec![" responses".to_owned()], 1)
    );
}

#[tokio::test]
async fn a_success_that_is_no_answer_names_its_departures_too() {
    let unreadable = r#"{"sessionId":["Robin 7654321"],"status":"Paused","amount":"7654321"}"#;
    let Seen { odd, told, error } =
        seen(Operation::GetSessionStatus, Reply::json(200, unreadable)).await;
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(odd, ["/sessionId type", "/amount type", "/status enum"]);
    let kinds: Vec<DriftKind> = told.iter().map(Drift::kind).collect();
    assert_eq!(kinds, [DriftKind::Unreadable]);

    let elsewhere = format!(r#"{{"sessionId":"{OTHER}","status":"Paused"}}"#);
    let Seen { odd, error, .. } =
        seen(Operation::GetSessionStatus, Reply::json(200, &elsewhere)).await;
    assert_eq!(
        (error.kind(), odd),
        (ErrorKind::WrongSession, vec!["/status enum".to_owned()])
    );

    let other_status =
        format!(r#"{{"sessionId":"{SESSION}","status":"Completed","statusDetails":"EFT0301"}}"#);
    let Seen { odd, error, .. } =
        seen(Operation::CancelSession, Reply::json(200, &other_status)).await;
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert_eq!(odd, ["/status enum", "/statusDetails enum"]);
}

#[tokio::test]
async fn what_an_attempt_was_answered_before_another_one_went_well_is_told() {
    let body = format!(r#"{{"sessionId":"{SESSION}","status":"Failed"}}"#);
    let first = Mutex::new(true);
    let server = Scripted::start(move |_: &Asked| {
        if std::mem::take(&mut *first.lock().unwrap()) {
            Reply::json(401, r#"{"title":"no token","status":401}"#)
        } else {
            Reply::json(200, &body)
        }
    })
    .await;
    let told = Arc::new(Mutex::new(Vec::new()));
    let keeper = Arc::clone(&told);
    let base = Environment::custom(server.base()).unwrap();
    let client = Client::builder(base, Credentials::basic("shop", "hush").unwrap())
        .on_drift(move |drift: &Drift| keeper.lock().unwrap().push(drift.to_string()))
        .build()
        .unwrap();
    let answer = client.status(&session()).await.unwrap();
    assert_eq!((odd(&answer), answer.attempts()), (Vec::new(), 2));
    assert_eq!(
        told.lock().unwrap()[..],
        [
            "getSessionStatus: constraint at /error, status 401, `required` of #/components/schemas/ErrorBody/required"
        ]
    );
}
