//! Requests read from JSON: what is taken, what is missing, what does not belong, and where each is said.

use crate::full::{full_guaranteed, full_regular};
use flinks_pay::domain::Language;
use flinks_pay::session::{GuaranteedEft, Limits, RegularEft, SessionRequest, Violations};
use serde_json::{Value, json};

fn found(violations: &Violations) -> Vec<(&str, &str)> {
    violations
        .iter()
        .map(|it| (it.path(), it.rule().id))
        .collect()
}

/// The create example of S2 and S4, and the regular one of S4, with other values.
#[test]
fn requests_of_the_shapes_that_the_pages_show_are_read() {
    let guaranteed = json!({
        "referenceId": "order-20391", "type": "EFT", "direction": "DEBIT", "currency": "CAD", "amount": 640.00,
        "options": { "guarantee": { "enable": true }, "notificationPreferences": { "language": "EN" } },
        "payor": {
            "firstName": "Anne-Sophie", "lastName": "Lacroix", "email": "as@shop.example",
            "address": {
                "addressLine1": "31 quay", "city": "Gaspé", "postalCode": "g4x1a1", "province": "QC", "country": "CA"
            }
        },
        "payee": { "account": { "accountNumber": "8812345", "transitNumber": "70001", "institutionCode": "999" } }
    });
    let SessionRequest::Guaranteed(request) = SessionRequest::from_json(&guaranteed).unwrap()
    else {
        panic!("the flag says guaranteed");
    };
    assert_eq!(
        request.payor().address().unwrap().postal_code().expose(),
        "G4X1A1"
    );
    assert_eq!(request.amount().unwrap().cents(), 64_000);

    let regular = json!({
        "referenceId": "order-20391", "type": "EFT", "direction": "DEBIT", "currency": "CAD", "amount": 100,
        "options": {
            "guarantee": { "enable": false }, "notificationPreferences": { "language": "EN" }, "showConsentScreen": false
        },
        "payor": {
            "firstName": "Anne-Sophie", "lastName": "Lacroix", "email": "as@shop.example",
            "address": {
                "addressLine1": "31 quay", "city": "Gaspé", "postalCode": "G4X1A1", "province": "QC", "country": "CA"
            }
        }
    });
    let SessionRequest::Regular(request) = SessionRequest::from_json(&regular).unwrap() else {
        panic!("the flag says regular");
    };
    assert_eq!(request.show_consent_screen(), Some(false));
    assert_eq!(request.language(), Some(Language::En));

    // The sandbox scenario of GTST leaves the amount to the payor.
    let mut scenario = guaranteed;
    scenario.as_object_mut().unwrap().remove("amount");
    scenario["referenceId"] = json!("Happy1");
    assert_eq!(GuaranteedEft::from_json(&scenario).unwrap().amount(), None);
}

fn regular_json() -> Value {
    serde_json::to_value(full_regular().limits(Limits::new()).build().unwrap()).unwrap()
}

fn guaranteed_json() -> Value {
    serde_json::to_value(full_guaranteed().build().unwrap()).unwrap()
}

#[test]
fn a_payee_on_a_regular_request_is_one_violation() {
    for payee in [
        json!({ "account": {} }),
        json!(null),
        json!("somewhere"),
        guaranteed_json()["payee"].clone(),
    ] {
        let mut json = regular_json();
        json["payee"] = payee;
        assert_eq!(
            found(&SessionRequest::from_json(&json).unwrap_err()),
            [("payee", "payee-only-guaranteed")]
        );
    }
}

#[test]
fn an_email_is_required_on_a_regular_request_only() {
    let mut json = regular_json();
    json["payor"].as_object_mut().unwrap().remove("email");
    assert_eq!(
        found(&SessionRequest::from_json(&json).unwrap_err()),
        [("payor.email", "email-required-regular")]
    );
    json["payor"]["email"] = json!(null);
    assert_eq!(
        found(&SessionRequest::from_json(&json).unwrap_err()),
        [("payor.email", "wrong-type")]
    );
    json["payor"]["email"] = json!("");
    assert_eq!(
        found(&SessionRequest::from_json(&json).unwrap_err()),
        [("payor.email", "email")]
    );
    json["payor"].as_object_mut().unwrap().remove("email");
    json["options"]["guarantee"]["enable"] = json!(true);
    assert!(SessionRequest::from_json(&json).is_ok());
}

#[test]
fn without_a_usable_flag_nothing_is_guessed() {
    let flag = "options.guarantee.enable";
    let broken = json!({ "type": "WIRE", "payor": 5, "payee": {}, "surplus": 1 });
    for (options, rule) in [
        (None, "missing-member"),
        (Some(json!({})), "missing-member"),
        (Some(json!({ "guarantee": {} })), "missing-member"),
        (
            Some(json!({ "guarantee": { "enable": null } })),
            "wrong-type",
        ),
        (
            Some(json!({ "guarantee": { "enable": "true" } })),
            "wrong-type",
        ),
        (Some(json!({ "guarantee": { "enable": 1 } })), "wrong-type"),
    ] {
        let mut json = broken.clone();
        if let Some(options) = options {
            json["options"] = options;
        }
        assert_eq!(
            found(&SessionRequest::from_json(&json).unwrap_err()),
            [(flag, rule)],
            "{json}"
        );
    }
    for no_object in [json!(null), json!([]), json!("text")] {
        assert_eq!(
            found(&SessionRequest::from_json(&no_object).unwrap_err()),
            [("", "wrong-type")]
        );
    }
    let other = json!({ "options": { "guarantee": { "enable": false } } });
    let of_guaranteed = GuaranteedEft::from_json(&other).unwrap_err();
    assert!(found(&of_guaranteed).contains(&(flag, "guarantee-enabled")));
    assert!(
        RegularEft::from_json(&guaranteed_json())
            .unwrap_err()
            .iter()
            .any(|it| it.rule().id == "guarantee-disabled")
    );
}

/// `null` is absent exactly where the contract says nullable, and of the wrong type everywhere else.
#[test]
fn null_is_absent_where_the_contract_says_so() {
    let full = guaranteed_json();
    let nullable = [
        "/amount",
        "/referenceId",
        "/options/showConsentScreen",
        "/options/limits/minimumAmount",
        "/options/limits/maximumAmount",
        "/payor/middleName",
        "/payor/occupation",
        "/payor/birthDate",
        "/payor/address",
        "/payor/address/addressLine2",
        "/payor/address/unit",
    ];
    let mut pointers = Vec::new();
    collect(&full, "", &mut pointers);
    assert!(
        nullable
            .iter()
            .all(|pointer| pointers.iter().any(|it| it == pointer))
    );
    for pointer in pointers {
        let mut json = full.clone();
        *json.pointer_mut(&pointer).unwrap() = Value::Null;
        let read = GuaranteedEft::from_json(&json);
        let path = pointer[1..].replace('/', ".");
        if nullable.contains(&pointer.as_str()) {
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            json.pointer_mut(parent)
                .unwrap()
                .as_object_mut()
                .unwrap()
                .remove(name);
            assert_eq!(serde_json::to_value(read.unwrap()).unwrap(), json, "{path}");
        } else if path.starts_with("options.redirectPreferences.url") {
            assert_eq!(
                found(&read.unwrap_err()),
                [(path.as_str(), "redirect-urls")]
            );
        } else {
            assert_eq!(found(&read.unwrap_err()), [(path.as_str(), "wrong-type")]);
        }
    }
}

/// The pointers to every member of an object, at any depth.
fn collect(value: &Value, at: &str, into: &mut Vec<String>) {
    if let Value::Object(members) = value {
        for (name, member) in members {
            let pointer = format!("{at}/{name}");
            into.push(pointer.clone());
            collect(member, &pointer, into);
        }
    }
}

/// Whatever member is taken away, it is either optional or reported as missing; nothing else is.
#[test]
fn a_missing_member_is_reported_where_it_is_required() {
    let mut full = regular_json();
    full["payor"]["address"] = guaranteed_json()["payor"]["address"].clone();
    full["options"]["redirectPreferences"] = json!({ "mode": "JsEvents" });
    let address = ["addressLine1", "city", "province", "country", "postalCode"];
    let mut pointers = Vec::new();
    collect(&full, "", &mut pointers);
    for pointer in pointers {
        let mut json = full.clone();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        json.pointer_mut(parent)
            .unwrap()
            .as_object_mut()
            .unwrap()
            .remove(name);
        let path = pointer[1..].replace('/', ".");
        let rule = match (parent, name) {
            ("/payor/address", name) if address.contains(&name) => Some("address-complete"),
            ("/payor", "email") => Some("email-required-regular"),
            ("", "type" | "direction" | "options" | "payor")
            | ("/options", "guarantee")
            | ("/options/guarantee", "enable")
            | ("/payor", "firstName" | "lastName") => Some("missing-member"),
            _ => None,
        };
        match (RegularEft::from_json(&json), rule) {
            (Ok(_), None) => {}
            (Err(violations), Some(rule)) => {
                assert_eq!(found(&violations), [(path.as_str(), rule)]);
            }
            (result, rule) => panic!("{path}: {result:?}, {rule:?}"),
        }
    }
}

#[test]
fn unknown_members_are_reported_at_every_level() {
    let mut json = guaranteed_json();
    let levels = [
        ("", "phone"),
        ("/options", "sendInteracLink"),
        ("/options/guarantee", "percent"),
        ("/options/notificationPreferences", "sms"),
        ("/options/limits", "currency"),
        ("/options/redirectPreferences", "urlCancel"),
        ("/payor", "dateOfBirth"),
        ("/payor/address", "line3"),
        ("/payee", "name"),
        ("/payee/account", "iban"),
    ];
    let mut expected = Vec::new();
    for (level, name) in levels {
        json.pointer_mut(level)
            .unwrap()
            .as_object_mut()
            .unwrap()
            .insert(name.to_owned(), json!(1));
        let level = level.trim_start_matches('/').replace('/', ".");
        expected.push(if level.is_empty() {
            name.to_owned()
        } else {
            format!("{level}.{name}")
        });
    }
    expected.sort();
    let violations = SessionRequest::from_json(&json).unwrap_err();
    assert_eq!(
        violations
            .iter()
            .map(|it| it.path().to_owned())
            .collect::<Vec<_>>(),
        expected
    );
    assert!(violations.iter().all(|it| it.rule().id == "unknown-member"));
}

#[test]
fn a_member_name_cannot_steer_a_terminal_or_fill_a_log() {
    let mut json = guaranteed_json();
    json[format!("\u{1b}[2J{}", "n".repeat(5_000))] = json!(1);
    let message = SessionRequest::from_json(&json).unwrap_err().to_string();
    assert!(
        !message.contains('\u{1b}') && message.len() < 300,
        "{message}"
    );
}

/// Numbers that JSON can write in many ways are one amount; what is no amount is refused.
#[test]
fn an_amount_is_read_exactly() {
    let read = |amount: &str| {
        let text = guaranteed_json().to_string().replace("231.45", amount);
        let json: Value = serde_json::from_str(&text).unwrap();
        GuaranteedEft::from_json(&json)
    };
    for (amount, cents) in [
        ("500", 50_000),
        ("500.00", 50_000),
        ("5e2", 50_000),
        ("5E+2", 50_000),
        ("20.07", 2_007),
        ("1e5", 10_000_000),
    ] {
        assert_eq!(
            read(amount).unwrap().amount().unwrap().cents(),
            cents,
            "{amount}"
        );
    }
    for amount in [
        "0",
        "-0.0",
        "-5",
        "20.005",
        "1e300",
        "18446744073709551616",
        "0.30000000000000004",
        "100000.01",
    ] {
        assert_eq!(
            found(&read(amount).unwrap_err()),
            [("amount", "amount")],
            "{amount}"
        );
    }
    assert_eq!(
        found(&read("\"500\"").unwrap_err()),
        [("amount", "wrong-type")]
    );
}
