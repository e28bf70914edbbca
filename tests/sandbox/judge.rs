//! The judge itself: it refuses what it should.

use serde_json::{Value, json};

use crate::bodies::with;
use flinks_pay::client::Operation;

use crate::contract::{NO_OPERATION, declared, problems};

const ID: &str = "7e1c1a52-9a0d-4bb4-9d5c-0a3c1f9f2b11";

fn details() -> Value {
    json!({
        "sessionId": ID,
        "status": "InProgress",
        "step": { "current": "Review", "aggregationRequestId": ID, "padId": null },
        "amount": 20.25,
        "options": { "guarantee": { "enable": true } },
        "payor": { "account": { "accountNumber": "****1234", "availableBalance": 7 } },
        "guaranteeDetails": { "overallRiskLevel": "Low" },
        "createdAt": "2026-03-01T09:05:00Z",
    })
}

#[track_caller]
fn caught(operation: &str, status: u16, body: &Value, says: &str) {
    let problems = problems(operation, status, body);
    assert!(
        problems.iter().any(|problem| problem.contains(says)),
        "{body:#}\n{problems:#?}"
    );
}

#[test]
fn what_the_contract_accepts_is_let_through() {
    let refusal = json!({ "error": "not_found", "error_description": "no such session" });
    let problem = json!({ "title": "Bad Request", "status": 400, "detail": null });
    for (operation, status, body) in [
        ("getSessionDetails", 200, &details()),
        ("getSessionStatus", 404, &refusal),
        ("createSession", 400, &problem),
        ("cancelSession", 400, &problem),
        ("cancelSession", 400, &refusal),
        ("createSession", 413, &problem),
        (NO_OPERATION, 405, &refusal),
    ] {
        assert_eq!(
            problems(operation, status, body),
            [""; 0],
            "{operation} {status}"
        );
    }
}

#[test]
fn planted_faults_are_caught() {
    for (pointer, value, says) in [
        ("/sessionId", json!("7e1c1a52"), "/sessionId"),
        ("/status", json!("Finished"), "/status"),
        ("/statusDetails", json!("EFT0999"), "/statusDetails"),
        ("/statusDetails", json!(null), "/statusDetails"),
        ("/amount", json!("20.25"), "/amount"),
        ("/amount", json!(20.255), "/amount"),
        ("/createdAt", json!("yesterday"), "/createdAt"),
        ("/step/current", json!("Lunch"), "/step"),
        (
            "/guaranteeDetails/overallRiskLevel",
            json!("Unrated"),
            "/guaranteeDetails",
        ),
        ("/options/guarantee/enable", json!("true"), "/options"),
        ("/payor/account/availableBalance", json!([]), "/payor"),
        ("/note", json!(1), "/note"),
        ("/payor/account/iban", json!("x"), "/payor/account/iban"),
        ("/step/next", json!(null), "/step/next"),
    ] {
        caught(
            "getSessionDetails",
            200,
            &with(details(), pointer, value),
            says,
        );
    }
}

#[test]
fn missing_members_are_caught() {
    caught(
        "createSession",
        201,
        &json!({ "referenceId": "x" }),
        "sessionId",
    );
    caught("cancelSession", 200, &json!({ "sessionId": ID }), "status");
    caught(
        "authorize",
        200,
        &json!({ "access_token": "x" }),
        "expires_in",
    );
    caught(
        "createSession",
        403,
        &json!({ "title": "Forbidden" }),
        "status",
    );
}

#[test]
fn one_error_shape_does_not_pass_for_the_other_and_they_do_not_mix() {
    let refusal = json!({ "error": "bad", "error_description": "bad" });
    let problem = json!({ "title": "Bad", "status": 400 });
    caught("createSession", 400, &refusal, "title");
    caught("getSessionStatus", 404, &problem, "error");
    let mixed = json!({ "title": "Bad", "status": 400, "error": "bad" });
    assert!(!problems("cancelSession", 400, &mixed).is_empty());
    assert!(!problems("createSession", 413, &mixed).is_empty());
    assert!(!problems("authorize", 400, &json!({})).is_empty());
}

#[test]
fn an_answer_that_the_contract_does_not_have_is_caught() {
    let refusal = json!({ "error": "bad" });
    caught("getSessionStatus", 400, &refusal, "answer: status");
    caught(NO_OPERATION, 400, &refusal, "answer: status");
}

#[test]
fn what_is_outside_the_contract_is_outside_of_it() {
    let declared = declared();
    assert_eq!(declared.len(), 24, "{declared:#?}");
    for operation in Operation::ALL.iter().map(|operation| operation.id()) {
        let has_a_body = ["authorize", "createSession", "confirmGuarantee"].contains(&operation);
        for status in [413, 415] {
            assert!(!declared.contains(&(operation.to_owned(), status)));
            let answered = problems(operation, status, &json!({ "error": "bad" })).is_empty();
            assert_eq!(answered, has_a_body, "{operation} {status}");
        }
    }
}
