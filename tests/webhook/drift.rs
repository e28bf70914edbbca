//! Events are held against the contract: what departs is listed with the event, and told once without a value.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};

use flinks_pay::client::{Drift, DriftKind, DriftSource};
use flinks_pay::webhook::{Event, Refusal, WebhookVerifier};
use serde_json::{Value, json};

use super::{BODY, OTHER_SESSION, SESSION, changed, other, secret, verifier};

/// The event as it is expected to come, with one member changed.
fn with(name: &str, value: Value) -> Value {
    let mut body: Value = serde_json::from_str(BODY).unwrap();
    body[name] = value;
    body
}

fn without(name: &str) -> Value {
    let mut body: Value = serde_json::from_str(BODY).unwrap();
    body.as_object_mut().unwrap().remove(name);
    body
}

/// Pointers and keywords of what departs.
fn odd(event: &Event) -> Vec<String> {
    let odd = event.nonconformances().iter();
    odd.map(|odd| format!("{} {}", odd.pointer(), odd.keyword()))
        .collect()
}

/// A verifier, and what it tells.
fn observed() -> (WebhookVerifier, Arc<Mutex<Vec<Drift>>>) {
    let told = Arc::new(Mutex::new(Vec::new()));
    let keeper = Arc::clone(&told);
    let verifier = verifier().on_drift(move |drift| keeper.lock().unwrap().push(drift.clone()));
    (verifier, told)
}

/// What departs in a body, and what is told of it the first time.
#[track_caller]
fn seen(body: impl AsRef<[u8]>) -> (Vec<String>, Vec<String>) {
    let body = body.as_ref();
    let (verifier, told) = observed();
    let header = secret().sign(body);
    let event = verifier.verify_value(&header, body).unwrap().event;
    let again = verifier.clone().verify_value(&header, body).unwrap().event;
    assert_eq!(event, again);
    let told = told.lock().unwrap();
    assert!(
        told.iter()
            .all(|drift| drift.source() == DriftSource::Webhook)
    );
    let printed = format!("{event:?} {told:?}");
    for value in ["7654321", "Robin", "invoice-1042", SESSION] {
        assert!(!printed.contains(value), "{value} in {printed}");
    }
    let lines = told.iter().map(|drift| {
        let line = drift.to_string();
        line.strip_prefix("sessionSetupStatusChanged: ")
            .unwrap()
            .to_owned()
    });
    (odd(&event), lines.collect())
}

#[test]
fn an_event_as_the_contract_has_it_departs_from_nothing() {
    let kinds = [
        ("type", json!("SessionSetupStatusChanged")),
        ("eventType", json!("session.setup_status-changed")),
        ("type", json!("EFT")),
        ("referenceId", Value::Null),
    ];
    let least = json!({ "when": "soon", "sessionId": SESSION, "status": "Failed" });
    let bodies = kinds.map(|(name, value)| with(name, value));
    for body in bodies.iter().chain([&least]) {
        assert_eq!(seen(body.to_string()), (Vec::new(), Vec::new()), "{body}");
        let wrapped = json!({ "eventType": "SessionSetupStatusChanged", "id": 7, "data": body });
        assert_eq!(
            seen(wrapped.to_string()),
            (Vec::new(), Vec::new()),
            "{wrapped}"
        );
    }
}

#[test]
fn one_thing_wrong_is_named_and_the_event_is_read_all_the_same() {
    let schema = "#/components/schemas";
    for (body, pointer, keyword, contract) in [
        (
            without("when"),
            "/when",
            "required",
            "SessionSetupStatusChanged/required",
        ),
        (
            with("when", Value::Null),
            "/when",
            "nullable",
            "SessionSetupStatusChanged/properties/when",
        ),
        (
            with("when", 1_772_600_767.into()),
            "/when",
            "type",
            "SessionSetupStatusChanged/properties/when/type",
        ),
        (
            with("referenceId", 7_654_321.into()),
            "/referenceId",
            "type",
            "SessionSetupStatusChanged/properties/referenceId/type",
        ),
        (
            with("amount", "7654321".into()),
            "/amount",
            "type",
            "ReportedAmount/type",
        ),
        (
            with("amount", 76_543.217.into()),
            "/amount",
            "multipleOf",
            "ReportedAmount/multipleOf",
        ),
        (
            with("status", "Paused".into()),
            "/status",
            "enum",
            "SessionStatus/enum",
        ),
        (
            with("statusDetails", Value::Null),
            "/statusDetails",
            "nullable",
            "SessionSetupStatusChanged/properties/statusDetails",
        ),
        (
            with("statusDetails", json!(["Robin"])),
            "/statusDetails",
            "type",
            "StatusDetails/type",
        ),
        (
            with("statusDetails", "EFT0999".into()),
            "/statusDetails",
            "enum",
            "StatusDetails/enum",
        ),
        (
            with("statusDetails", "EFT0401".into()),
            "/statusDetails",
            "status-and-code-agree",
            "SessionStatusReport",
        ),
    ] {
        let event = changed(body.to_string());
        let [found] = event.nonconformances() else {
            panic!("{body}: {:?}", event.nonconformances());
        };
        assert_eq!(
            (found.pointer(), found.keyword(), found.contract()),
            (pointer, keyword, &*format!("{schema}/{contract}")),
            "{body}"
        );
        let (_, told) = seen(body.to_string());
        let [line] = &told[..] else {
            panic!("{body}: {told:?}");
        };
        assert!(
            line.ends_with(&format!(
                " at {pointer}, `{keyword}` of {schema}/{contract}"
            )),
            "{line}"
        );
    }
}

#[test]
fn members_that_are_not_known_are_told_and_depart_from_nothing() {
    let mut body = with("novel", json!({ "a": "Robin" }));
    body["ada@shop.example"] = 1.into();
    let properties = "`properties` of #/components/schemas/SessionSetupStatusChanged/properties";
    assert_eq!(
        seen(body.to_string()),
        (
            Vec::new(),
            vec![
                format!("unknown-member at /?, {properties}"),
                format!("unknown-member at /novel, {properties}"),
            ]
        )
    );
}

#[test]
fn of_a_member_that_comes_twice_the_last_is_looked_at() {
    let twice = |first: &str, last: &str| {
        format!(r#"{{"when":"soon","sessionId":"{SESSION}","status":{first},"status":{last}}}"#)
    };
    assert_eq!(seen(twice("7", "\"Failed\"")).0, [""; 0]);
    assert_eq!(seen(twice("\"Failed\"", "\"Paused\"")).0, ["/status enum"]);
}

#[test]
fn a_report_that_stands_in_a_member_is_named_by_that() {
    let report = json!({ "sessionId": SESSION, "status": "Paused", "amount": "1" });
    let around =
        |when: Value, name: &str| json!({ name: report, "when": when, "id": "Robin" }).to_string();
    assert_eq!(
        seen(around("soon".into(), "data")).0,
        ["/data/amount type", "/data/status enum"]
    );
    // The outer time counts.
    assert_eq!(
        seen(around(7.into(), "data")).0,
        ["/data/amount type", "/data/status enum", "/when type"]
    );
    assert_eq!(
        seen(around(Value::Null, "data")).0,
        [
            "/data/when required",
            "/data/amount type",
            "/data/status enum"
        ]
    );
    // Names come from outside.
    let (odd, told) = seen(around("soon".into(), "ada@7654321"));
    assert_eq!(odd, ["/?/amount type", "/?/status enum"]);
    assert!(told[0].contains(" at /?/amount, "), "{told:?}");
}

#[test]
fn what_is_no_status_event_although_it_names_no_other_kind_says_why() {
    for (body, says) in [
        (
            without("sessionId").to_string(),
            &["/sessionId required"][..],
        ),
        (
            with("sessionId", "Robin".into()).to_string(),
            &["/sessionId format"],
        ),
        (with("status", 7.into()).to_string(), &["/status type"]),
        (
            "{}".to_owned(),
            &["/when required", "/sessionId required", "/status required"],
        ),
        (
            json!({
                "a": { "sessionId": SESSION, "status": "Failed" },
                "b": { "sessionId": OTHER_SESSION, "status": "Failed" },
            })
            .to_string(),
            &["/when required", "/sessionId required", "/status required"],
        ),
        (format!("[{BODY}]"), &[" type"]),
        ("null".to_owned(), &[" nullable"]),
        ("7654321".to_owned(), &[" type"]),
        (String::new(), &[" content"]),
        (BODY[..40].to_owned(), &[" content"]),
        (BODY.replace("120.5", "1e400"), &[" content"]),
    ] {
        let event = other(&body);
        let found = event.nonconformances().iter();
        let found: Vec<String> = found
            .map(|odd| format!("{} {}", odd.pointer(), odd.keyword()))
            .collect();
        assert_eq!(found, says, "{body}");
        let (_, told) = seen(&body);
        let told = told
            .iter()
            .filter(|line| !line.starts_with("unknown-member"));
        assert_eq!(told.count(), says.len(), "{body}");
    }
}

#[test]
fn an_event_of_another_kind_departs_from_nothing_and_is_told_without_its_name() {
    for kind in ["GuaranteeOffered", "Robin 7654321"] {
        assert_eq!(
            seen(with("event", kind.into()).to_string()),
            (
                Vec::new(),
                vec!["unknown-event, `x-webhooks` of #/x-webhooks".to_owned()]
            )
        );
    }
}

#[test]
fn one_odd_event_and_many_are_told_once_and_nothing_that_is_not_signed_is() {
    let (verifier, told) = observed();
    let body = with("status", "Paused".into()).to_string();
    for _ in 0..3 {
        assert!(
            verifier
                .verify_value(secret().sign(b"another"), body.as_bytes())
                .is_err()
        );
    }
    assert_eq!(told.lock().unwrap().len(), 0);
    for status in ["Paused", "Frozen"] {
        let body = with("status", status.into()).to_string();
        let verifier = verifier.clone();
        verifier
            .verify_value(secret().sign(body.as_bytes()), body.as_bytes())
            .unwrap();
    }
    let kinds: Vec<DriftKind> = told.lock().unwrap().iter().map(Drift::kind).collect();
    assert_eq!(kinds, [DriftKind::UnknownValue]);
}

#[test]
fn that_events_have_lost_their_time_is_told_although_they_are_refused_for_it() {
    let (verifier, told) = observed();
    let verifier = verifier.require_fresh(std::time::Duration::from_secs(60));
    let body = without("when").to_string();
    let refused = verifier.verify_value(secret().sign(body.as_bytes()), body.as_bytes());
    assert!(matches!(
        refused.unwrap_err().reason(),
        Refusal::NotFresh(_)
    ));
    let told = told.lock().unwrap();
    assert_eq!(
        (told[0].pointer(), told[0].keyword()),
        ("/when", "required")
    );
}

#[test]
fn a_callback_that_panics_costs_no_event() {
    let verifier = verifier().on_drift(|_| panic!("a fault of the callback"));
    let body = with("status", "Paused".into()).to_string();
    let header = secret().sign(body.as_bytes());
    let verify = AssertUnwindSafe(|| verifier.verify_value(&header, body.as_bytes()));
    let event = std::panic::catch_unwind(verify).unwrap().unwrap().event;
    assert_eq!(odd(&event), ["/status enum"]);
}
