//! Values that are in no list: kept, written back as they came, and reported.

use flinks_pay::{Outcome, SessionStatus, StatusDetails};
use serde_json::{Value, json};

use super::*;

#[tokio::test]
async fn every_list_is_open_and_its_values_go_round() {
    let details = json!({
        "sessionId": SESSION,
        "status": "Paused",
        "statusDetails": "EFT9999",
        "step": { "current": "Selfie" },
        "type": "ACH",
        "direction": "SIDEWAYS",
        "currency": "USD",
        "options": {
            "notificationPreferences": { "language": "de" },
            "redirectPreferences": { "mode": "Popup" },
        },
        "guaranteeDetails": {
            "overallRiskLevel": "Extreme",
            "transactionRiskLevel": "VeryHigh",
            "userRiskLevel": "",
            "otherRiskLevel": "low",
            "guaranteedEftType": "Sometimes",
        },
    });
    let server = answering(Reply::json(200, &details.to_string())).await;
    let answer = client(&server).details(&session()).await.unwrap();
    assert_eq!(serde_json::to_value(&*answer).unwrap(), details);
    let mut pointers: Vec<&str> = answer
        .nonconformances()
        .iter()
        .inspect(|odd| assert_eq!(odd.keyword(), "enum", "{odd}"))
        .map(flinks_pay::client::Nonconformance::pointer)
        .collect();
    pointers.sort_unstable();
    assert_eq!(
        pointers,
        [
            "/currency",
            "/direction",
            "/guaranteeDetails/guaranteedEftType",
            "/guaranteeDetails/otherRiskLevel",
            "/guaranteeDetails/overallRiskLevel",
            "/guaranteeDetails/transactionRiskLevel",
            "/guaranteeDetails/userRiskLevel",
            "/options/notificationPreferences/language",
            "/options/redirectPreferences/mode",
            "/status",
            "/statusDetails",
            "/step/current",
            "/type",
        ]
    );
    assert!(!answer.status.is_known());
}

#[tokio::test]
async fn a_status_with_control_characters_is_kept_and_printed_escaped() {
    let body = json!({ "sessionId": SESSION, "status": "Fa\u{1b}[31miled\n", "statusDetails": "EFT\r\n0301" });
    let answer = status_of(body.to_string()).await.unwrap();
    assert_eq!(answer.status.as_str(), "Fa\u{1b}[31miled\n");
    let code = answer.status_details.as_ref().unwrap();
    assert_eq!(code.as_str(), "EFT\r\n0301");
    let printed = format!("{} {code} {:?} {:?}", answer.status, answer.status, *answer);
    assert!(!printed.chars().any(char::is_control), "{printed:?}");
    assert!(printed.contains("iled"), "{printed}");
}

#[tokio::test]
async fn a_status_and_a_code_that_contradict_each_other_are_reported_and_not_guessed() {
    for (status, code) in [
        ("Failed", "EFT0301"),
        ("Completed", "EFT0402"),
        ("Cancelled", "EFT0301"),
        ("Expired", "EFT0302"),
    ] {
        let body = json!({ "sessionId": SESSION, "status": status, "statusDetails": code });
        let answer = status_of(body.to_string()).await.unwrap();
        assert_eq!(
            odd(&answer),
            ["/statusDetails status-and-code-agree"],
            "{status} {code}"
        );
        assert!(answer.contradicts_itself());
        let outcome = answer.outcome().unwrap();
        let (status, code) = (SessionStatus::from(status), StatusDetails::from(code));
        assert_eq!(outcome, Outcome::Contradictory(status, code));
        assert!(!outcome.is_scheduled() && !outcome.is_unpaid());
        let server = answering(Reply::json(200, &body.to_string())).await;
        let details = client(&server).details(&session()).await.unwrap();
        assert_eq!(odd(&details), ["/statusDetails status-and-code-agree"]);
    }
    for (status, code) in [
        ("Failed", "EFT0402"),
        ("Completed", "EFT0301"),
        ("Failed", "EFT9999"),
    ] {
        let body = json!({ "sessionId": SESSION, "status": status, "statusDetails": code });
        let answer = status_of(body.to_string()).await.unwrap();
        assert!(
            !odd(&answer).iter().any(|odd| odd.contains("agree")),
            "{status} {code}"
        );
    }
}

#[tokio::test]
async fn a_masked_account_and_a_whole_one_are_both_kept_and_neither_is_printed() {
    for number in ["****4321", "7654321", "XXXX-4321", ""] {
        let account =
            json!({ "institutionCode": "621", "transitNumber": "16001", "accountNumber": number });
        let details = json!({
            "sessionId": SESSION, "status": "Completed", "statusDetails": "EFT0301",
            "payor": { "account": account }, "payee": { "account": account },
        });
        let server = answering(Reply::json(200, &details.to_string())).await;
        let answer = client(&server).details(&session()).await.unwrap();
        assert_eq!(serde_json::to_value(&*answer).unwrap(), details, "{number}");
        // The id of the call beside it is random, and may have any three digits.
        let printed = format!("{:?} {:#?}", *answer, *answer);
        for secret in ["4321", "621", "16001"] {
            assert!(!printed.contains(secret), "{secret} in {printed}");
        }
        let value: Value = serde_json::from_slice(answer.raw().body()).unwrap();
        assert_eq!(value, details);
    }
}
