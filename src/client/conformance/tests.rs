use super::*;
use serde_json::{Value, json};

fn inspect(operation: &str, answer: &Value) -> Vec<Finding> {
    super::inspect(operation, &Json::from(answer))
}

#[test]
fn decimals_are_those_of_the_text() {
    for (text, two) in [
        ("500", true),
        ("500.0", true),
        ("0.1", true),
        ("0.01", true),
        ("0.001", false),
        ("0.30000000000000004", false),
        ("5e2", true),
        ("1e-2", true),
        ("1e-3", false),
        ("100e-4", true),
        ("1000e-4", true),
        ("0e-9", true),
        ("1.5e-1", true),
        ("1.5e-2", false),
        ("-12.34", true),
        ("1e400", true),
    ] {
        assert_eq!(has_decimals_at_most(text, 2), two, "{text}");
    }
}

#[test]
fn integers_are_told_from_what_lies_beyond_them() {
    let lies = |text: &str, least, most| {
        let number: serde_json::Number = serde_json::from_str(text).expect("a number");
        super::lies(&number, least, most)
    };
    for (text, narrow, wide) in [
        ("0", true, true),
        ("2147483647", true, true),
        ("2147483648", false, true),
        ("-2147483648", true, true),
        ("-2147483649", false, true),
        ("2147483647.5", true, true),
        ("2147483648.0", false, true),
        ("9223372036854775807", false, true),
        ("9223372036854775808", false, false),
        ("-9223372036854775808", false, true),
        ("9.3e18", false, false),
        ("1e300", false, false),
    ] {
        assert_eq!(
            lies(text, i32::MIN.into(), i32::MAX.into()),
            narrow,
            "{text}"
        );
        assert_eq!(lies(text, i64::MIN, i64::MAX), wide, "{text}");
    }
}

#[test]
fn date_times_are_those_of_rfc_3339() {
    for text in [
        "2026-01-02T03:04:05Z",
        "2026-01-02t03:04:05.123456789+05:30",
        "1990-12-31T23:59:60Z",
    ] {
        assert!(matches(&DATE_TIME, text), "{text}");
    }
    for text in [
        "2026-01-02",
        "2026-01-02 03:04:05Z",
        "2026-13-02T03:04:05Z",
        "2026-01-02T03:04:05",
        "",
    ] {
        assert!(!matches(&DATE_TIME, text), "{text}");
    }
}

#[test]
fn each_departure_is_named_with_its_pointer_and_keyword() {
    let answer = json!({
        "sessionId": "0b7d4c1e-5a36-4f0e-9d5c-3f2a91c7e864",
        "status": "Paused",
        "amount": 10.005,
        "statusDetails": null,
        "unheardOf": true,
    });
    let found: Vec<String> = inspect("getSessionStatus", &answer)
        .iter()
        .map(|finding| finding.odd.to_string())
        .collect();
    assert_eq!(
        found,
        [
            "/unheardOf does not satisfy `properties` (#/components/schemas/SessionStatusReport/properties)",
            "/amount does not satisfy `multipleOf` (#/components/schemas/ReportedAmount/multipleOf)",
            "/status does not satisfy `enum` (#/components/schemas/SessionStatus/enum)",
            "/statusDetails does not satisfy `nullable` (#/components/schemas/SessionStatusReport/properties/statusDetails)",
        ]
    );
}

#[test]
fn nested_members_are_inspected() {
    let answer = json!({
        "sessionId": "0b7d4c1e-5a36-4f0e-9d5c-3f2a91c7e864",
        "status": "Completed",
        "guaranteeDetails": { "overallRiskLevel": "Extreme" },
        "userDetails": { "nameMatch": 101 },
        "createdAt": "yesterday",
    });
    let found: Vec<&str> = Vec::from_iter([
        "/guaranteeDetails/overallRiskLevel",
        "/userDetails/nameMatch",
        "/createdAt",
    ]);
    let seen = inspect("getSessionDetails", &answer);
    assert_eq!(
        seen.iter()
            .map(|finding| finding.odd.pointer())
            .collect::<Vec<_>>(),
        found
    );
    assert_eq!(
        seen.iter()
            .map(|finding| finding.odd.keyword())
            .collect::<Vec<_>>(),
        ["enum", "maximum", "format"]
    );
}

#[test]
fn an_answer_as_the_contract_says_has_none() {
    let answer = json!({
        "sessionId": "0b7d4c1e-5a36-4f0e-9d5c-3f2a91c7e864",
        "referenceId": null,
        "amount": null,
        "status": "Cancelled",
        "statusDetails": "EFT0501",
    });
    assert!(inspect("getSessionStatus", &answer).is_empty());
}

#[test]
fn a_contradiction_is_found_where_both_stand_and_named_by_its_rule() {
    let answer = json!({ "status": "Failed", "statusDetails": "EFT0301" });
    for operation in ["getSessionStatus", "getSessionDetails", "cancelSession"] {
        let found: Vec<(DriftKind, String)> = inspect(operation, &answer)
            .iter()
            .map(|finding| (finding.kind, finding.odd.to_string()))
            // To a cancellation, both are unknown values besides.
            .filter(|(kind, _)| *kind != DriftKind::UnknownValue)
            .collect();
        assert_eq!(
            found,
            [(
                DriftKind::Contradiction,
                "/statusDetails does not satisfy `status-and-code-agree` \
                 (#/components/schemas/SessionStatusReport)"
                    .to_owned()
            )],
            "{operation}"
        );
    }
    let kinds: Vec<DriftKind> = inspect("createSession", &answer)
        .iter()
        .map(|finding| finding.kind)
        .collect();
    assert_eq!(kinds, [DriftKind::UnknownMember, DriftKind::UnknownMember]);
    for details in ["EFT0402", "EFT9999"] {
        let answer = json!({ "status": "Failed", "statusDetails": details });
        let found = inspect("getSessionStatus", &answer);
        assert!(
            found
                .iter()
                .all(|finding| finding.kind != DriftKind::Contradiction),
            "{details}"
        );
    }
}

#[test]
fn an_unknown_member_is_named_where_its_name_is_one() {
    let nested = json!({ "payor": { "account": { "iban": 1, "ada@shop.example": 1 } } });
    let found = inspect("getSessionDetails", &nested);
    let mut found: Vec<(&str, &str)> = found
        .iter()
        .map(|finding| (finding.odd.pointer(), finding.place.as_str()))
        .collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            ("/payor/account/?", "/payor/account/?"),
            ("/payor/account/iban", "/payor/account/iban"),
        ]
    );
}
