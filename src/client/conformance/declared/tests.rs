#![allow(clippy::unwrap_used)]
use super::*;
use crate::client::observer::WEBHOOK;
use serde_json::{Value, json};

#[derive(Debug, Clone, Copy, PartialEq)]
enum Shape {
    Problem,
    Code,
}
use Shape::{Code, Problem};

const EITHER: &[Shape] = &[Problem, Code];

/// Every failure that the contract declares, as a person reads it there.
const DECLARED: &[(&str, u16, &[Shape])] = &[
    ("authorize", 400, EITHER),
    ("authorize", 401, EITHER),
    ("createSession", 400, &[Problem]),
    ("createSession", 401, &[Problem]),
    ("createSession", 403, &[Problem]),
    ("getSessionStatus", 401, &[Code]),
    ("getSessionStatus", 404, &[Code]),
    ("getSessionDetails", 400, &[Problem]),
    ("getSessionDetails", 401, EITHER),
    ("getSessionDetails", 403, &[Code]),
    ("getSessionDetails", 404, &[Code]),
    ("cancelSession", 400, EITHER),
    ("cancelSession", 401, EITHER),
    ("cancelSession", 404, EITHER),
    ("confirmGuarantee", 400, EITHER),
    ("confirmGuarantee", 401, EITHER),
    ("confirmGuarantee", 404, EITHER),
];

/// What departs, a line each, and whether it is news.
fn told(operation: &str, status: u16, body: &str) -> (Vec<String>, bool) {
    let found = departures(operation, status, body.as_bytes());
    let lines = found.findings.iter().map(|finding| {
        let Nonconformance {
            pointer,
            contract,
            keyword,
        } = &finding.odd;
        format!("{pointer} {keyword} {contract}")
    });
    (lines.collect(), found.is_news)
}

impl Shape {
    fn least(self) -> Value {
        match self {
            Problem => json!({ "title": "Bad", "status": 400 }),
            Code => json!({ "error": "x" }),
        }
    }

    /// The least with one thing wrong, and what is said of it.
    fn spoilt(self) -> Vec<(Value, &'static str)> {
        let with = |name: &str, value: Value| {
            let mut body = self.least();
            body[name] = value;
            body
        };
        match self {
            Problem => vec![
                (
                    json!({ "status": 400 }),
                    "/title required #/components/schemas/ProblemDetails/required",
                ),
                (
                    json!({ "title": "Bad" }),
                    "/status required #/components/schemas/ProblemDetails/required",
                ),
                (
                    with("title", 7.into()),
                    "/title type #/components/schemas/ProblemDetails/properties/title/type",
                ),
                (
                    with("title", Value::Null),
                    "/title nullable #/components/schemas/ProblemDetails/properties/title",
                ),
                (
                    with("status", "400".into()),
                    "/status type #/components/schemas/ProblemStatus/type",
                ),
                (
                    with("status", 400.5.into()),
                    "/status type #/components/schemas/ProblemStatus/type",
                ),
                (
                    with("status", 2_147_483_648_u64.into()),
                    "/status format #/components/schemas/ProblemStatus/format",
                ),
                (
                    with("status", Value::Null),
                    "/status nullable #/components/schemas/ProblemDetails/properties/status",
                ),
                (
                    with("type", json!({})),
                    "/type type #/components/schemas/ProblemDetails/properties/type/type",
                ),
                (
                    with("detail", json!([])),
                    "/detail type #/components/schemas/ProblemDetails/properties/detail/type",
                ),
                (
                    with("instance", true.into()),
                    "/instance type #/components/schemas/ProblemDetails/properties/instance/type",
                ),
            ],
            Code => vec![
                (
                    json!({ "error_description": "x" }),
                    "/error required #/components/schemas/ErrorBody/required",
                ),
                (
                    with("error", 7.into()),
                    "/error type #/components/schemas/ErrorCode/type",
                ),
                (
                    with("error", "".into()),
                    "/error minLength #/components/schemas/ErrorCode/minLength",
                ),
                (
                    with("error", Value::Null),
                    "/error nullable #/components/schemas/ErrorBody/properties/error",
                ),
                (
                    with("error_description", 7.into()),
                    "/error_description type #/components/schemas/ErrorBody/properties/error_description/type",
                ),
                (
                    with("error_description", Value::Null),
                    "/error_description nullable #/components/schemas/ErrorBody/properties/error_description",
                ),
            ],
        }
    }
}

#[test]
fn every_declared_failure_is_taken_at_its_least_and_each_fault_in_it_is_named() {
    for (operation, status, shapes) in DECLARED {
        for shape in *shapes {
            let least = shape.least();
            assert_eq!(
                told(operation, *status, &least.to_string()).0,
                [""; 0],
                "{operation} {status} {shape:?}"
            );
            for (body, says) in shape.spoilt() {
                assert_eq!(
                    told(operation, *status, &body.to_string()),
                    (vec![says.to_owned()], true),
                    "{operation} {status} {body}"
                );
            }
        }
        // The other shape, where it is not declared.
        if let [shape] = shapes {
            let other = if *shape == Problem { Code } else { Problem };
            let (lines, _) = told(operation, *status, &other.least().to_string());
            assert!(
                !lines.is_empty() && lines.iter().all(|line| line.contains(" required ")),
                "{operation} {status}: {lines:?}"
            );
        }
    }
}

#[test]
fn nothing_else_is_declared_than_what_a_person_reads_there() {
    for operation in crate::client::Operation::ALL {
        let answers = table::answers(operation.id()).unwrap();
        let failures: Vec<u16> = answers
            .declared
            .iter()
            .map(|(status, _)| *status)
            .filter(|status| *status >= 300)
            .collect();
        let read: Vec<u16> = DECLARED
            .iter()
            .filter(|(its, ..)| *its == operation.id())
            .map(|(_, status, _)| *status)
            .collect();
        assert_eq!(failures, read, "{operation}");
        for status in 200..300 {
            let declared = status == 200 || operation.id() == "createSession" && status == 201;
            let found = undeclared_success(operation.id(), status);
            assert_eq!(found.is_none(), declared, "{operation} {status}");
        }
    }
    assert!(table::webhook(WEBHOOK).is_some());
}

#[test]
fn what_may_be_null_may_be_null_and_what_is_not_known_is_not_held_against_it() {
    let body = json!({
        "title": "Bad", "status": 400.0, "type": null, "detail": null, "instance": null, "traceId": [1], "errors": {},
    });
    assert_eq!(told("createSession", 400, &body.to_string()).0, [""; 0]);
    let body = json!({ "error": "x", "title": 7, "status": {} });
    assert_eq!(told("authorize", 401, &body.to_string()).0, [""; 0]);
}

#[test]
fn what_is_no_object_is_named_as_a_whole_and_what_is_no_json_is_not_told() {
    let type_of_problem = "#/components/schemas/ProblemDetails/type";
    for body in ["[]", "\"<html>\"", "7", "true", r#"[{"error":"x"}]"#] {
        for operation in ["createSession", "cancelSession"] {
            assert_eq!(
                told(operation, 400, body),
                (vec![format!(" type {type_of_problem}")], true),
                "{body}"
            );
        }
    }
    assert_eq!(
        told("getSessionStatus", 404, "null"),
        (
            vec![" nullable #/components/schemas/ErrorBody".to_owned()],
            true
        )
    );
    let content = "#/paths/~1api~1v2~1sessions~1%7BsessionId%7D~1status/get/responses/404/content";
    for body in ["", "<html>", r#"{"error":"x""#, "not found"] {
        assert_eq!(
            told("getSessionStatus", 404, body),
            (vec![format!(" content {content}")], false),
            "{body}"
        );
    }
    // JSON, and nothing can be said of it.
    for body in [r#"{"error":"x","n":1e400}"#, r#"{"error":1e400}"#] {
        assert_eq!(told("getSessionStatus", 404, body).0, [""; 0], "{body}");
    }
}

#[test]
fn of_two_shapes_the_nearer_one_speaks() {
    let schemas = "#/components/schemas";
    for (body, says) in [
        (json!({}), vec!["/error required ErrorBody/required"]),
        (
            json!({ "title": 7 }),
            vec![
                "/title type ProblemDetails/properties/title/type",
                "/status required ProblemDetails/required",
            ],
        ),
        (
            json!({ "error": 7, "type": "x", "detail": "x" }),
            vec!["/error type ErrorCode/type"],
        ),
        (
            json!({ "error_description": 7 }),
            vec![
                "/error required ErrorBody/required",
                "/error_description type ErrorBody/properties/error_description/type",
            ],
        ),
        (
            json!({ "title": 7, "status": "400" }),
            vec![
                "/title type ProblemDetails/properties/title/type",
                "/status type ProblemStatus/type",
            ],
        ),
    ] {
        let says: Vec<String> = says
            .iter()
            .map(|line| {
                let (place, contract) = line.rsplit_once(' ').unwrap();
                format!("{place} {schemas}/{contract}")
            })
            .collect();
        let told = told("cancelSession", 404, &body.to_string()).0;
        assert_eq!(told, says, "{body}");
    }
}

#[test]
fn a_status_that_is_not_declared_is_held_against_flinks_where_it_is_flinks_word() {
    let responses = |lines: &[String]| match lines {
        [] => false,
        [line] => {
            assert_eq!(
                line,
                " responses #/paths/~1api~1v2~1sessions/post/responses"
            );
            true
        }
        more => unreachable!("{more:?}"),
    };
    for status in 100..600 {
        let declared = [200, 201, 400, 401, 403].contains(&status);
        let of_the_exchange = [407, 408, 411, 413, 414, 417, 421, 425, 426, 429, 431, 499];
        let held = (200..300).contains(&status)
            || (400..500).contains(&status) && !of_the_exchange.contains(&status);
        for (body, is_json) in [
            (r#"{"error":"x"}"#, true),
            ("[]", true),
            (r#"{"n":1e400}"#, true),
            ("<html>", false),
            (r#"{"error":"#, false),
        ] {
            if !declared {
                let (lines, is_news) = told("createSession", status, body);
                assert_eq!(responses(&lines), held && is_json, "{status} {body}");
                assert!(is_news);
            }
        }
        if !declared {
            let (lines, _) = told("createSession", status, "");
            assert_eq!(responses(&lines), (200..300).contains(&status), "{status}");
        }
    }
}

/// The judge of the sandbox has another reader of the contract and another validator.
#[cfg(feature = "sandbox")]
mod beside_the_judge {
    use std::collections::BTreeSet;

    use super::*;
    use crate::client::Operation;
    use crate::sandbox::judge;

    /// A body with all that the contract knows of, for a success.
    fn full(operation: Operation) -> Value {
        let id = "0b7d4c1e-5a36-4f0e-9d5c-3f2a91c7e864";
        match operation {
            Operation::Authorize => {
                json!({ "access_token": "token-1", "token_type": "bearer", "expires_in": 599 })
            }
            Operation::CreateSession | Operation::ConfirmGuarantee => {
                json!({ "sessionId": id, "referenceId": "invoice-1042" })
            }
            Operation::GetSessionStatus => json!({
                "sessionId": id, "referenceId": "invoice-1042", "amount": 12.5, "status": "Completed",
                "statusDetails": "EFT0301",
            }),
            Operation::CancelSession => json!({
                "sessionId": id, "referenceId": "invoice-1042", "status": "Cancelled", "statusDetails": "EFT0501",
            }),
            Operation::GetSessionDetails => serde_json::from_str(include_str!(
                "../../../../tests/session/replies/details_in_full.json"
            ))
            .unwrap(),
        }
    }

    /// Every way of spoiling one value of a body.
    fn spoilt(body: &Value) -> Vec<Value> {
        let mut pointers = vec![String::new()];
        let mut at = 0;
        while let Some(pointer) = pointers.get(at).cloned() {
            let value = body.pointer(&pointer).unwrap();
            let members = value.as_object().into_iter().flatten();
            pointers.extend(members.map(|(name, _)| format!("{pointer}/{name}")));
            at += 1;
        }
        let others = [
            Value::Null,
            json!({}),
            json!([]),
            json!("x"),
            json!(""),
            json!(7),
            json!(7.125),
            json!(3e9),
            json!(true),
        ];
        let mut all = vec![body.clone()];
        for pointer in &pointers {
            for other in &others {
                let mut spoilt = body.clone();
                *spoilt.pointer_mut(pointer).unwrap() = other.clone();
                all.push(spoilt);
            }
            if let Some((parent, name)) = pointer.rsplit_once('/') {
                let mut spoilt = body.clone();
                let parent = spoilt.pointer_mut(parent).unwrap();
                parent.as_object_mut().unwrap().remove(name);
                all.push(spoilt);
            }
        }
        all
    }

    #[test]
    fn the_same_bodies_depart_at_the_same_places() {
        let mut departed = 0;
        for (operation, status) in judge::declared() {
            let bodies = if status < 300 {
                vec![full(operation)]
            } else {
                let problem = json!({
                    "type": "about:blank", "title": "Bad", "status": 400, "detail": "x", "instance": "/7",
                });
                vec![problem, json!({ "error": "x", "error_description": "x" })]
            };
            for body in bodies.iter().flat_map(spoilt) {
                let found = departures(operation.id(), status, body.to_string().as_bytes());
                let ours: BTreeSet<(&str, &str)> = found
                    .findings
                    .iter()
                    .map(|finding| (finding.odd.pointer(), finding.odd.keyword()))
                    // A validator of JSON Schema takes null for another type, and knows how large 32 bits are.
                    .map(|(at, keyword)| match keyword {
                        "nullable" => (at, "type"),
                        "format" if at == "/status" && status >= 300 => (at, "maximum"),
                        keyword => (at, keyword),
                    })
                    .collect();
                let theirs = judge::answer(Some(operation), status, &body);
                let theirs: BTreeSet<(&str, &str)> = theirs
                    .iter()
                    .map(|violation| (&*violation.pointer, &*violation.keyword))
                    // Members that are not known, and what no schema can say.
                    .filter(|(_, keyword)| {
                        *keyword != "additionalProperties" && !keyword.contains('-')
                    })
                    .collect();
                // It looks at a value of another type by the other keywords, too, and may think another shape the nearer one.
                let either = operation.id() != "createSession" && status >= 300;
                assert!(
                    ours.is_subset(&theirs) || either,
                    "{operation} {status} {body}: {ours:?} is not of {theirs:?}"
                );
                assert_eq!(
                    ours.is_empty(),
                    theirs.is_empty(),
                    "{operation} {status} {body}: {ours:?} and {theirs:?}"
                );
                departed += usize::from(!ours.is_empty());
            }
        }
        assert!(departed > 1000, "{departed}");
    }
}
