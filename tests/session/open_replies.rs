//! Replies are open where they may grow, and closed where a wrong reading would cost: nothing is lost, nothing is echoed.

use flinks_pay::domain::Language;
use flinks_pay::session::{Open, SessionDetails, SessionStatus, StatusDetails, StatusReport, Step};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const ID: &str = "0b7d4c1e-5a36-4f0e-9d5c-3f2a91c7e864";

fn read<T: DeserializeOwned>(json: &Value) -> T {
    serde_json::from_value(json.clone()).unwrap_or_else(|error| panic!("{json:#}: {error}"))
}

/// Reads a reply, and writes back what was read.
fn there_and_back<T: DeserializeOwned + Serialize>(json: &Value) -> Value {
    serde_json::to_value(read::<T>(json)).unwrap()
}

/// The details reply of S1 with every member that the page shows.
fn details_in_full() -> Value {
    serde_json::from_str(include_str!("replies/details_in_full.json")).unwrap()
}

/// Every object of a reply takes unknown members, and gives them back.
#[test]
fn unknown_members_survive_at_every_level() {
    fn plant(value: &mut Value, count: &mut usize) {
        if let Value::Object(members) = value {
            for member in members.values_mut() {
                plant(member, count);
            }
            members.insert("novel".to_owned(), json!([{ "a": 1.5 }, null]));
            *count += 1;
        }
    }
    let mut json = details_in_full();
    let mut objects = 0;
    plant(&mut json, &mut objects);
    assert_eq!(objects, 14);
    assert_eq!(there_and_back::<SessionDetails>(&json), json);
}

/// Every code of a reply takes a text that this version does not know, and gives it back.
#[test]
fn unknown_codes_survive() {
    const NOVEL: &str = "Paused\u{1b}[2J";
    let mut json = details_in_full();
    let mut codes = vec![
        "/statusDetails",
        "/status",
        "/step/current",
        "/type",
        "/direction",
        "/currency",
    ];
    codes.extend([
        "/options/notificationPreferences/language",
        "/options/redirectPreferences/mode",
        "/guaranteeDetails/overallRiskLevel",
        "/guaranteeDetails/transactionRiskLevel",
        "/guaranteeDetails/userRiskLevel",
        "/guaranteeDetails/otherRiskLevel",
        "/guaranteeDetails/guaranteedEftType",
    ]);
    json["statusDetails"] = json!("EFT0301");
    for code in codes {
        *json.pointer_mut(code).unwrap() = json!(NOVEL);
    }
    let details: SessionDetails = read(&json);
    assert_eq!(serde_json::to_value(&details).unwrap(), json);
    assert_eq!(details.status, SessionStatus::Unknown(NOVEL.to_owned()));
    assert!(!details.is_final() && !details.status.is_known());
    assert_eq!(details.status.to_string(), "Paused\\u{1b}[2J");
    assert_eq!(
        details.currency.as_ref().unwrap().to_string(),
        "Paused\\u{1b}[2J"
    );
    assert!(!format!("{details:?}").contains('\u{1b}'));
    let code = details.status_details.unwrap();
    assert_eq!(code.belongs_to(), None);
    assert!(code.meaning().contains("does not know"));
}

#[test]
fn codes_are_compared_exactly() {
    assert_eq!(
        SessionStatus::from("completed"),
        SessionStatus::Unknown("completed".to_owned())
    );
    assert_eq!(Open::<Language>::from("fr"), Open::Unknown("fr".to_owned()));
    assert_eq!(Open::<Language>::from("FR"), Open::Known(Language::Fr));
}

#[test]
fn every_known_code_reads_back_as_itself() {
    for status in SessionStatus::KNOWN {
        assert_eq!(&SessionStatus::from(status.as_str()), status);
    }
    for step in Step::KNOWN {
        assert_eq!(&Step::from(step.as_str()), step);
    }
    assert_eq!(
        (
            SessionStatus::KNOWN.len(),
            Step::KNOWN.len(),
            StatusDetails::KNOWN.len()
        ),
        (6, 10, 9)
    );
    for code in StatusDetails::KNOWN {
        assert_eq!(&StatusDetails::from(code.as_str()), code);
        // The first digits of a code tell the family, which is what ties it to a status.
        let family = match code.as_str().split_at(5).0 {
            "EFT01" => SessionStatus::Initiated,
            "EFT03" => SessionStatus::Completed,
            "EFT04" => SessionStatus::Failed,
            "EFT05" => SessionStatus::Cancelled,
            "EFT06" => SessionStatus::Expired,
            other => panic!("{other}"),
        };
        assert_eq!(code.belongs_to(), Some(family));
    }
    let mut meanings: Vec<_> = StatusDetails::KNOWN
        .iter()
        .map(StatusDetails::meaning)
        .collect();
    meanings.sort_unstable();
    meanings.dedup();
    assert_eq!(
        meanings.len(),
        StatusDetails::KNOWN.len(),
        "each code has its own meaning"
    );
}

/// A wrong JSON type, a missing required member and a malformed id fail, with the path, and without the value.
#[test]
fn what_must_fail_fails_without_an_echo() {
    const MARKER: &str = "xqzmarkerzqx";
    const NUMBER: u64 = 5_550_042_777;
    fn failure(json: &Value) -> (String, String) {
        let error = serde_path_to_error::deserialize::<_, SessionDetails>(json).unwrap_err();
        let path = error.path().to_string();
        (path, error.into_inner().to_string())
    }
    let full = details_in_full();
    let wrong = [
        json!(MARKER),
        json!(NUMBER),
        json!(5_550_042_777.5),
        json!(-5),
        json!(true),
        json!([MARKER]),
    ];
    let (mut tried, mut pointers) = (0, Vec::new());
    collect(&full, "", &mut pointers);
    for pointer in &pointers {
        let kind = std::mem::discriminant(full.pointer(pointer).unwrap());
        for value in &wrong {
            if std::mem::discriminant(value) == kind {
                continue;
            }
            let mut json = full.clone();
            *json.pointer_mut(pointer).unwrap() = value.clone();
            let (path, message) = failure(&json);
            assert_eq!(
                format!("/{}", path.replace('.', "/")),
                *pointer,
                "{message}"
            );
            assert!(
                !message.contains(MARKER) && !message.contains("5550042777"),
                "{pointer}: {message}"
            );
            tried += 1;
        }
    }
    assert!(tried > 200, "{tried}");

    for (json, path, says) in [
        (json!({ "status": "Failed" }), ".", "sessionId"),
        (json!({ "sessionId": ID }), ".", "status"),
        (json!({ "sessionId": ID, "status": null }), "status", "null"),
        (
            json!({ "sessionId": MARKER, "status": "Failed" }),
            "sessionId",
            "session-id",
        ),
        (
            json!({ "sessionId": format!("{{{ID}}}"), "status": "Failed" }),
            "sessionId",
            "session-id",
        ),
    ] {
        let (found, message) = failure(&json);
        assert_eq!(found, path, "{message}");
        assert!(
            message.contains(says) && !message.contains(MARKER),
            "{message}"
        );
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

#[test]
fn a_null_member_is_an_absent_one_except_where_it_is_required() {
    let full = details_in_full();
    let mut pointers = Vec::new();
    collect(&full, "", &mut pointers);
    for pointer in pointers {
        let mut json = full.clone();
        *json.pointer_mut(&pointer).unwrap() = Value::Null;
        let read = serde_json::from_value::<SessionDetails>(json.clone());
        if ["/sessionId", "/status"].contains(&pointer.as_str()) {
            assert!(read.is_err(), "{pointer}");
            continue;
        }
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        json.pointer_mut(parent)
            .unwrap()
            .as_object_mut()
            .unwrap()
            .remove(name);
        let back = serde_json::to_value(read.unwrap()).unwrap();
        assert_eq!(back, json, "{pointer}");
    }
}

#[test]
fn an_odd_amount_is_kept() {
    for amount in ["500.005", "1e400", "-3", "12345678901234567890", "5e2"] {
        let text = format!(r#"{{"sessionId":"{ID}","amount":{amount},"status":"Completed"}}"#);
        let Ok(report) = serde_json::from_str::<StatusReport>(&text) else {
            assert_eq!(
                amount, "1e400",
                "only what no number of JSON here can hold fails"
            );
            continue;
        };
        let json: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::to_value(&report).unwrap(), json);
    }
}
