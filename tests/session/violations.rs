//! Every message that a refused request gives: path, rule and expectation are in it, the value is not.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Write as _;

use crate::snapshot;
use flinks_pay::domain::{Limit, RULES, Severity};
use flinks_pay::session::{
    Address, GuaranteedEft, Limits, Payee, Payor, Redirect, RegularEft, SessionRequest, Violations,
};
use serde_json::{Value, json};

/// In every refused text of this file, so that an echo shows.
const MARKER: &str = "xqz";

/// What every message owes its reader.
fn check(violations: &Violations) {
    assert!(!violations.is_empty());
    let line = violations.to_string();
    assert!(!line.contains('\n'));
    for violation in violations {
        let message = violation.to_string();
        assert!(line.contains(&message) && violations.report().contains(&message));
        assert!(message.contains(violation.path()));
        assert!(
            message.contains(&violation.rule().expectation()),
            "{message}"
        );
        assert!(
            message.contains(&format!("(rule {})", violation.rule().id)),
            "{message}"
        );
        assert!(
            message.contains(&violation.found().to_string()),
            "{message}"
        );
        assert!(violation.source().is_some());
    }
    for text in [
        line,
        violations.report(),
        format!("{violations:?}"),
        format!("{violations:#?}"),
    ] {
        assert!(!text.to_lowercase().contains(MARKER), "{text}");
        assert!(!text.contains("90210"), "{text}");
    }
}

/// A request whose every text is wrong.
fn all_wrong() -> Violations {
    let long = |length: usize| MARKER.repeat(length / MARKER.len() + 1);
    let address = Address::new("\u{7}xqz", "   ", "XQZ", "xqz 90210")
        .line2("xqz\nxqz")
        .unit("")
        .country("xqz");
    let payor = Payor::new(long(256), "\txqz")
        .middle_name("xqz\u{0}")
        .email("xqz at example")
        .occupation(" ")
        .birth_date("89-02-29")
        .address(address);
    GuaranteedEft::new(payor)
        .amount("xqz")
        .reference_id(long(101))
        .payee(Payee::new("xqz", "90210xqz", "xqz90210").label("\u{1b}xqz"))
        .language("xqz")
        .limits(Limits::new().minimum("902.105").maximum("-90210"))
        .redirect(Redirect::to("xqz", "https://xqz:xqz@shop.example/"))
        .build()
        .unwrap_err()
}

#[test]
fn everything_wrong_is_said_at_once() {
    let violations = all_wrong();
    check(&violations);
    assert_eq!(violations.len(), 24);
    let paths: BTreeSet<_> = violations.iter().map(|it| it.path().to_owned()).collect();
    assert_eq!(paths.len(), 24, "one for each member");
    snapshot("session_violations_all_values", &violations.report());
    snapshot("session_violations_one_line", &violations.to_string());
}

#[test]
fn every_part_reports_what_the_whole_reports() {
    let whole = all_wrong();
    let mut parts: Vec<String> = Vec::new();
    let payor = Payor::new("xqz".repeat(90), "\txqz")
        .middle_name("xqz\u{0}")
        .email("xqz at example")
        .occupation(" ")
        .birth_date("89-02-29");
    let address = Address::new("\u{7}xqz", "   ", "XQZ", "xqz 90210")
        .line2("xqz\nxqz")
        .unit("")
        .country("xqz");
    let payee = Payee::new("xqz", "90210xqz", "xqz90210").label("\u{1b}xqz");
    let limits = Limits::new().minimum("902.105").maximum("-90210");
    let redirect = Redirect::to("xqz", "https://xqz:xqz@shop.example/");
    for refused in [
        payor.build().unwrap_err(),
        address.build().unwrap_err(),
        payee.build().unwrap_err(),
        limits.build().unwrap_err(),
        redirect.build().unwrap_err(),
    ] {
        check(&refused);
        parts.extend(
            refused
                .iter()
                .map(|it| format!("{} {}", it.path(), it.rule().id)),
        );
    }
    parts.extend(
        [
            "amount amount",
            "options.notificationPreferences.language language",
        ]
        .map(str::to_owned),
    );
    parts.push("referenceId reference-id-guaranteed".to_owned());
    parts.sort();
    let whole: Vec<_> = whole
        .iter()
        .map(|it| format!("{} {}", it.path(), it.rule().id))
        .collect();
    let mut sorted = whole.clone();
    sorted.sort();
    assert_eq!(parts, sorted);
}

/// JSON that breaks every rule about its own shape, and every rule on several members.
fn wrong_documents() -> Vec<(&'static str, Value)> {
    let wrong_types = json!({
        "type": 90210, "direction": ["xqz"], "currency": null, "amount": "xqz", "referenceId": { "xqz": 1 },
        "options": {
            "guarantee": { "enable": true },
            "notificationPreferences": "xqz",
            "showConsentScreen": "xqz",
            "limits": { "minimumAmount": "xqz", "maximumAmount": true },
            "amountModification": null,
            "redirectPreferences": { "mode": 90210, "urlSuccess": 90210, "urlExit": [] }
        },
        "payor": { "firstName": 90210, "lastName": null, "email": false, "middleName": 1.5, "address": "xqz" },
        "payee": { "account": { "institutionCode": 90210, "transitNumber": 90210, "accountNumber": 90210, "accountLabel": null } }
    });
    let nothing =
        json!({ "options": { "guarantee": { "enable": true } }, "payee": { "account": {} } });
    let wrong_constants = json!({
        "type": "xqz", "direction": "xqz", "currency": "xqz",
        "options": { "guarantee": { "enable": false }, "redirectPreferences": { "mode": "xqz" } },
        "payor": { "firstName": "Zoë", "lastName": "O'Dea", "email": "xqz", "address": {} },
        "payee": { "account": { "institutionCode": "xqz" } },
        "referenceId": "xqz_90210",
        "surplus": "xqz"
    });
    let cross_fields = json!({
        "type": "EFT", "direction": "DEBIT", "amount": 19.99,
        "options": {
            "guarantee": { "enable": true },
            "limits": { "minimumAmount": 20, "maximumAmount": 30 },
            "redirectPreferences": { "mode": "RedirectUri" }
        },
        "payor": { "firstName": "Zoë", "lastName": "O'Dea", "address": { "unit": "xqz" } }
    });
    let mut over = cross_fields.clone();
    over["amount"] = json!(30.01);
    over["options"]
        .as_object_mut()
        .unwrap()
        .remove("redirectPreferences");
    over["payor"].as_object_mut().unwrap().remove("address");
    let mut disordered = over.clone();
    disordered["options"]["limits"]["minimumAmount"] = json!(30.5);
    let regular = json!({
        "type": "EFT", "direction": "DEBIT",
        "options": { "guarantee": { "enable": false } },
        "payor": { "firstName": "Zoë", "lastName": "O'Dea" },
        "payee": { "account": { "institutionCode": "999", "transitNumber": "90210", "accountNumber": "9021012" } }
    });
    vec![
        ("wrong types", wrong_types),
        ("nothing there", nothing),
        ("wrong constants and codes, no guarantee", wrong_constants),
        (
            "an amount under the limits, a redirect without URLs, half an address",
            cross_fields,
        ),
        ("an amount over the limits", over),
        ("limits in the wrong order", disordered),
        (
            "a regular request with a payee and without an email address",
            regular,
        ),
        ("no flag", json!({ "payor": "xqz" })),
        ("no object", json!("xqz")),
    ]
}

#[test]
fn json_is_refused_with_everything_that_is_wrong() {
    let mut text = String::new();
    for (title, json) in wrong_documents() {
        let violations = SessionRequest::from_json(&json).unwrap_err();
        check(&violations);
        write!(text, "# {title}\n{}\n\n", violations.report()).unwrap();
        // serde's error lists the same, and echoes as little.
        let error = serde_json::from_value::<SessionRequest>(json)
            .unwrap_err()
            .to_string();
        assert_eq!(error, violations.to_string());
    }
    snapshot("session_violations_json", text.trim_end());
}

#[test]
fn the_wrong_product_is_said_so() {
    let guaranteed = serde_json::to_value(
        GuaranteedEft::new(Payor::new("Zoë", "O'Dea"))
            .build()
            .unwrap(),
    )
    .unwrap();
    let regular = RegularEft::new(Payor::new("Zoë", "O'Dea"), "zoe@shop.example")
        .build()
        .unwrap();
    let text = format!(
        "{}\n{}",
        GuaranteedEft::from_json(&serde_json::to_value(regular).unwrap())
            .unwrap_err()
            .report(),
        RegularEft::from_json(&guaranteed).unwrap_err().report(),
    );
    snapshot("session_violations_product", &text);
}

/// Each rule that a request can break is broken somewhere in this file.
#[test]
fn every_rule_on_a_request_is_seen_refusing() {
    let mut seen: BTreeSet<&str> = all_wrong().iter().map(|it| it.rule().id).collect();
    for (_, json) in wrong_documents() {
        seen.extend(
            SessionRequest::from_json(&json)
                .unwrap_err()
                .iter()
                .map(|it| it.rule().id),
        );
        seen.extend(
            GuaranteedEft::from_json(&json)
                .unwrap_err()
                .iter()
                .map(|it| it.rule().id),
        );
        seen.extend(
            RegularEft::from_json(&json)
                .unwrap_err()
                .iter()
                .map(|it| it.rule().id),
        );
    }
    let email = format!("{}@shop.example", "a".repeat(65));
    let payor = Payor::new("Zoë", "O'Dea").birth_date("1990-01-01");
    let redirect = Redirect::to("Data://shop.example/paid", "https://shop.example/left");
    let refused = RegularEft::new(payor, email)
        .redirect(redirect)
        .build()
        .unwrap_err();
    seen.extend(refused.iter().map(|it| it.rule().id));

    let members = [
        "*",
        "type",
        "direction",
        "currency",
        "amount",
        "referenceId",
        "options",
        "payor",
        "payee",
    ];
    let of_a_request = |field: &&str| members.contains(&field.split('.').next().unwrap());
    let rules: Vec<_> = (RULES.iter())
        .filter(|rule| {
            rule.severity == Severity::Refuse && !matches!(rule.limit, Limit::Protocol(_))
        })
        .filter(|rule| rule.fields.iter().any(of_a_request))
        .map(|rule| rule.id)
        .collect();
    assert!(rules.len() > 30, "{rules:?}");
    let missing: Vec<_> = rules.iter().filter(|id| !seen.contains(*id)).collect();
    assert_eq!(missing, Vec::<&&str>::new());
}
