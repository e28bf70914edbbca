//! What is made of a body whose signature holds: nothing is lost for being odd.

use flinks_pay::session::{SessionStatus, StatusDetails, StatusReport};
use flinks_pay::webhook::{Event, EventKey, Freshness, STATUS_CHANGED, When};
use serde_json::{Value, json};

use super::{BODY, OTHER_SESSION, SESSION, changed, other, session, verified};

#[test]
fn every_member_of_the_documented_event_is_read() {
    let verified = verified(BODY);
    assert_eq!(verified.secret, 0);
    assert_eq!(verified.event.session_id(), Some(session()));
    assert_eq!(verified.event.kind(), None);
    assert_eq!(verified.event.freshness(), Freshness::Fresh);
    assert_eq!(verified.event.when().time(), Some(super::then()));

    let event = changed(BODY);
    assert_eq!(event.kind(), None);
    assert_eq!(event.when().time(), Some(super::then()));
    assert_eq!(event.freshness(), Freshness::Fresh);
    assert!(event.envelope().is_empty());
    assert!(!event.contradicts_itself());
    let report = event.into_report();
    assert_eq!(report.session_id, session());
    assert_eq!(
        report.reference_id.as_ref().unwrap().expose(),
        "invoice-1042"
    );
    assert_eq!(report.amount.as_ref().unwrap().cents(), Some(12_050));
    assert_eq!(report.status, SessionStatus::Completed);
    assert_eq!(report.status_details, Some(StatusDetails::Eft0301));
    assert!(report.extra.is_empty());
    assert!(report.is_scheduled());
}

#[test]
fn the_report_is_the_one_of_the_status_endpoint() {
    let mut body: Value = serde_json::from_str(BODY).unwrap();
    body.as_object_mut().unwrap().remove("when");
    let polled: StatusReport = serde_json::from_value(body).unwrap();
    assert_eq!(changed(BODY).report(), &polled);
    assert_eq!(changed(BODY).key(), EventKey::of(&polled));
}

/// The smallest report, with other members beside it.
fn report_and(more: &Value) -> Value {
    let mut body = json!({ "sessionId": SESSION, "status": "Completed" });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

#[test]
fn optional_members_may_be_absent_null_or_of_another_type() {
    for body in [
        report_and(&json!({})),
        report_and(
            &json!({ "referenceId": null, "amount": null, "statusDetails": null, "when": null, "type": null }),
        ),
    ] {
        let event = changed(body.to_string());
        assert_eq!(event.when(), When::Missing);
        let report = event.report();
        assert_eq!(
            (&report.reference_id, &report.amount, &report.status_details),
            (&None, &None, &None)
        );
        assert!(report.extra.is_empty());
    }
    let odd = json!({ "referenceId": 1042, "amount": "120.50", "statusDetails": ["EFT0301"], "when": {} });
    let event = changed(report_and(&odd).to_string());
    assert_eq!(event.when(), When::Unreadable);
    let report = event.report();
    assert_eq!(
        (&report.reference_id, &report.amount, &report.status_details),
        (&None, &None, &None)
    );
    // Not lost: they are where unknown members are.
    for name in ["referenceId", "amount", "statusDetails"] {
        assert_eq!(report.extra.get(name), Some(&odd[name]), "{name}");
    }
    assert_eq!(report.extra.len(), 3);
}

#[test]
fn members_that_are_not_known_are_kept() {
    let more = json!({ "deliveryId": 7, "flags": [true, false, -1, 1.5, null], "nested": { "a": { "b": "c" } }, "none": null });
    let event = changed(report_and(&more).to_string());
    let kept: serde_json::Map<String, Value> = event
        .report()
        .extra
        .iter()
        .map(|(name, value)| (name.to_owned(), value.clone()))
        .collect();
    assert_eq!(Value::Object(kept), more);
}

#[test]
fn new_codes_and_both_spellings_are_read() {
    for (text, status) in [
        ("Completed", SessionStatus::Completed),
        ("Canceled", SessionStatus::Cancelled),
        ("Cancelled", SessionStatus::Cancelled),
        ("Expired", SessionStatus::Expired),
        ("Paused", SessionStatus::Unknown("Paused".to_owned())),
        ("", SessionStatus::Unknown(String::new())),
    ] {
        let event = changed(
            json!({ "sessionId": SESSION, "status": text, "statusDetails": "EFT0999" }).to_string(),
        );
        assert_eq!(event.report().status, status);
        assert_eq!(
            event.report().status_details,
            Some(StatusDetails::from("EFT0999"))
        );
    }
}

#[test]
fn escapes_and_a_byte_order_mark_are_json_and_upper_case_is_an_id() {
    let body = format!(
        "\u{feff} {{\"session\\u0049d\":\"{}\",\"status\":\"Comp\\u006ceted\",\"referenceId\":\"caf\\u00e9 \\ud83c\\udf41\"}}\r\n",
        SESSION.to_uppercase()
    );
    let event = changed(body);
    assert_eq!(event.report().session_id, session());
    assert_eq!(event.report().status, SessionStatus::Completed);
    assert_eq!(
        event.report().reference_id.as_ref().unwrap().expose(),
        "café 🍁"
    );
}

#[test]
fn of_a_repeated_member_the_last_counts() {
    let event = changed(format!(
        r#"{{"sessionId":"{OTHER_SESSION}","status":"Failed","amount":1,"when":0,"x":1,"statusDetails":"EFT0401","referenceId":"a",
            "sessionId":"{SESSION}","status":"Completed","amount":2,"when":"2026-03-04T05:06:07Z","x":2,"statusDetails":"EFT0301","referenceId":"b"}}"#
    ));
    let report = event.report();
    assert_eq!(report.session_id, session());
    assert_eq!(report.status, SessionStatus::Completed);
    assert_eq!(report.status_details, Some(StatusDetails::Eft0301));
    assert_eq!(report.amount.as_ref().unwrap().cents(), Some(200));
    assert_eq!(report.reference_id.as_ref().unwrap().expose(), "b");
    assert_eq!(report.extra.get("x"), Some(&json!(2)));
    assert_eq!(event.when().time(), Some(super::then()));

    // A null is as good as absent, so it takes nothing away.
    let event = changed(format!(
        r#"{{"sessionId":"{SESSION}","status":"Completed","x":2,"sessionId":null,"status":null,"x":null}}"#
    ));
    assert_eq!(event.report().session_id, session());
    assert_eq!(event.report().extra.get("x"), Some(&json!(2)));
}

#[test]
fn the_kind_is_found_under_any_of_its_names() {
    for name in ["type", "event", "eventType", "eventName"] {
        let event = changed(report_and(&json!({ name: STATUS_CHANGED })).to_string());
        assert_eq!(event.kind(), Some(STATUS_CHANGED), "{name}");
        assert!(event.report().extra.is_empty(), "{name}");
    }
    for text in [
        "sessionSetupStatusChanged",
        "SESSION_SETUP_STATUS_CHANGED",
        "session.setup-status changed",
    ] {
        let event = changed(report_and(&json!({ "type": text })).to_string());
        assert_eq!(event.kind(), Some(text));
    }
}

#[test]
fn an_event_of_another_kind_is_not_read_as_a_status() {
    for name in ["type", "event", "eventType", "eventName"] {
        for kind in [
            "GuaranteeIssued",
            "",
            "SessionSetupStatusChanged2",
            "SessionSetupStatusChange",
        ] {
            let body =
                report_and(&json!({ name: kind, "when": "2026-03-04T05:06:07Z" })).to_string();
            let event = other(&body);
            assert_eq!(event.kind(), Some(kind), "{name}");
            assert_eq!(event.session_id(), Some(session()));
            assert_eq!(event.when().time(), Some(super::then()));
            assert_eq!(event.freshness(), Freshness::Fresh);
            assert_eq!(&event.body()[..], body.as_bytes());
            assert_eq!(
                event.json::<Value>().unwrap(),
                serde_json::from_str::<Value>(&body).unwrap()
            );
            assert_eq!(Event::Other(event).kind(), Some(kind));
        }
    }
}

#[test]
fn the_type_of_the_payment_is_no_kind() {
    let event = changed(report_and(&json!({ "type": "EFT" })).to_string());
    assert_eq!(event.kind(), None);
    assert_eq!(event.report().extra.get("type"), Some(&json!("EFT")));

    let event = changed(report_and(&json!({ "type": "EFT", "event": STATUS_CHANGED })).to_string());
    assert_eq!(event.kind(), Some(STATUS_CHANGED));
    assert_eq!(event.report().extra.get("type"), Some(&json!("EFT")));
    // Neither is what is no text.
    let event = changed(report_and(&json!({ "type": 7, "event": [STATUS_CHANGED] })).to_string());
    assert_eq!(event.kind(), None);
}

#[test]
fn of_several_kinds_this_one_counts_and_then_the_first() {
    let event =
        changed(report_and(&json!({ "eventType": "webhook", "type": STATUS_CHANGED })).to_string());
    assert_eq!(event.kind(), Some(STATUS_CHANGED));
    assert_eq!(
        event.report().extra.get("eventType"),
        Some(&json!("webhook"))
    );

    let body =
        report_and(&json!({ "type": "d", "event": "c", "eventName": "b", "eventType": "a" }));
    assert_eq!(other(body.to_string()).kind(), Some("a"));
    let body = report_and(&json!({ "type": "d", "event": "c", "eventName": "b" }));
    assert_eq!(other(body.to_string()).kind(), Some("b"));
    let body = report_and(&json!({ "type": "d", "event": "c" }));
    assert_eq!(other(body.to_string()).kind(), Some("c"));
}

#[test]
fn a_report_may_stand_in_one_object() {
    for name in ["data", "payload", "session", "event", "anything at all"] {
        let body = json!({
            name: { "sessionId": SESSION, "status": "Failed", "statusDetails": "EFT0402", "amount": 5, "referenceId": "r", "x": 1 },
            "type": STATUS_CHANGED,
            "when": "2026-03-04T05:06:07Z",
            "deliveryId": 7,
            "other": { "sessionId": "no id", "status": "Failed" },
        });
        let event = changed(body.to_string());
        assert_eq!(event.kind(), Some(STATUS_CHANGED));
        assert_eq!(event.when().time(), Some(super::then()));
        let report = event.report();
        assert_eq!(report.session_id, session());
        assert_eq!(report.status, SessionStatus::Failed);
        assert_eq!(report.status_details, Some(StatusDetails::Eft0402));
        assert_eq!(report.amount.as_ref().unwrap().cents(), Some(500));
        assert_eq!(report.reference_id.as_ref().unwrap().expose(), "r");
        assert_eq!(report.extra.names().collect::<Vec<_>>(), ["x"]);
        assert_eq!(
            event.envelope().names().collect::<Vec<_>>(),
            ["deliveryId", "other"]
        );
    }
}

#[test]
fn kind_and_time_may_stand_inside_and_the_outer_ones_count() {
    let inner = report_and(&json!({ "type": STATUS_CHANGED, "when": "2026-03-04T05:06:07Z" }));
    let event = changed(json!({ "data": inner }).to_string());
    assert_eq!(event.kind(), Some(STATUS_CHANGED));
    assert_eq!(event.when().time(), Some(super::then()));
    assert!(event.report().extra.is_empty());

    let inner = report_and(&json!({ "type": "inner", "when": 0 }));
    let body = json!({ "data": inner, "type": STATUS_CHANGED, "when": "2026-03-04T05:06:07Z" });
    let event = changed(body.to_string());
    assert_eq!(event.kind(), Some(STATUS_CHANGED));
    assert_eq!(event.when().time(), Some(super::then()));
    assert_eq!(event.report().extra.get("when"), Some(&json!(0)));
    assert_eq!(event.report().extra.get("type"), Some(&json!("inner")));

    let event = other(json!({ "data": report_and(&json!({ "type": "inner" })) }).to_string());
    assert_eq!(event.kind(), Some("inner"));
    let event = other(json!({ "type": "outer", "data": report_and(&json!({})) }).to_string());
    assert_eq!(event.kind(), Some("outer"));
}

#[test]
fn what_stands_around_a_report_is_kept_as_it_came() {
    let body = json!({
        "data": report_and(&json!({})),
        "status": "delivered",
        "statusDetails": "first try",
        "referenceId": "delivery-7",
        "amount": 1.25,
    });
    let event = changed(body.to_string());
    assert_eq!(
        event.report(),
        changed(report_and(&json!({})).to_string()).report()
    );
    for name in ["status", "statusDetails", "referenceId", "amount"] {
        assert_eq!(event.envelope().get(name), Some(&body[name]), "{name}");
    }
    assert_eq!(event.envelope().len(), 4);

    let same = json!({ "data": report_and(&json!({})), "sessionId": SESSION });
    assert_eq!(
        changed(same.to_string()).envelope().get("sessionId"),
        Some(&json!(SESSION))
    );
    // The whole report at the top is the report, whatever else is there.
    let event = changed(
        report_and(&json!({ "previous": { "sessionId": OTHER_SESSION, "status": "Initiated" } }))
            .to_string(),
    );
    assert_eq!(event.report().session_id, session());
    assert!(event.report().extra.get("previous").is_some());
}

#[test]
fn of_two_statuses_of_one_session_the_known_one_is_not_taken_for_the_one_that_counts() {
    // A delivery's, or a new status of the session with its earlier one beside it: the status endpoint knows.
    let inner = report_and(&json!({ "statusDetails": "EFT0301" }));
    for (top, code) in [("delivered", None), ("Sent", Some("first try")), ("", None)] {
        let body =
            json!({ "sessionId": SESSION, "status": top, "statusDetails": code, "data": inner });
        assert_eq!(
            other(body.to_string()).session_id(),
            Some(session()),
            "{top}"
        );
    }

    let about = |id: &str, status: &str| json!({ "sessionId": id, "status": status });
    // Whose status it is, is not known; the session is, as long as it is one.
    for (data, more, session_id) in [
        (about(SESSION, "Held"), Value::Null, Some(session())),
        (inner.clone(), about(SESSION, "Failed"), Some(session())),
        (about(OTHER_SESSION, "Completed"), Value::Null, None),
    ] {
        let body =
            json!({ "sessionId": SESSION, "status": "delivered", "data": data, "more": more });
        assert_eq!(other(body.to_string()).session_id(), session_id, "{body}");
    }
    // What is known at the top, or stands there alone, is the session's.
    for (status, code, more) in [
        ("Completed", None, about(SESSION, "Initiated")),
        ("Paused", Some("EFT0301"), about(SESSION, "Initiated")),
        ("Paused", None, json!({ "sessionId": SESSION })),
    ] {
        let event = changed(
            json!({ "sessionId": SESSION, "status": status, "statusDetails": code, "more": more })
                .to_string(),
        );
        assert_eq!(event.report().status, SessionStatus::from(status));
    }
}

#[test]
fn which_report_is_meant_is_not_guessed() {
    let report = report_and(&json!({}));
    for body in [
        json!({ "current": report, "previous": { "sessionId": SESSION, "status": "Initiated" } }),
        json!({ "sessionId": OTHER_SESSION, "data": report }),
        // In an array, or deeper than one object.
        json!([report]),
        json!({ "data": [report] }),
        json!({ "data": { "session": report } }),
        // In two places.
        json!({ "sessionId": SESSION, "data": { "status": "Completed" } }),
        json!({ "status": "Completed", "data": { "sessionId": SESSION } }),
    ] {
        let event = other(body.to_string());
        assert_eq!(event.json::<Value>().unwrap(), body);
    }
}

#[test]
fn a_body_without_a_report_is_kept_raw() {
    for body in [
        json!({}),
        json!({ "sessionId": SESSION }),
        json!({ "status": "Completed" }),
        json!({ "sessionId": SESSION, "status": 3 }),
        json!({ "sessionId": SESSION, "status": null }),
        json!({ "sessionId": SESSION.replace('-', ""), "status": "Completed" }),
        json!({ "sessionId": 7, "status": "Completed" }),
        json!({ "SessionId": SESSION, "Status": "Completed" }),
        json!([]),
        json!("text"),
        json!(7),
        json!(null),
        json!(true),
    ] {
        let event = other(body.to_string());
        assert_eq!(event.json::<Value>().unwrap(), body);
        assert_eq!(event.kind(), None);
    }
}

#[test]
fn a_body_that_is_not_json_is_kept_raw_with_the_session_that_it_names() {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let id = format!(r#""sessionId":"{SESSION}""#);
    let bodies: Vec<(Vec<u8>, bool)> = [
        (String::new(), false),
        (" ".to_owned(), false),
        ("\u{feff}".to_owned(), false),
        ("<html>".to_owned(), false),
        (format!("{{{id},\"status\":\"Completed\""), true),
        (format!("{{{id},\"status\":\"Completed\"}}x"), true),
        (format!("{{{id},\"status\":\"Completed\",}}"), true),
        (
            format!("{{{id},\"status\":\"Completed\",\"amount\":1e400}}"),
            true,
        ),
        (format!("{{{id},\"status\":\"\\ud800\"}}"), true),
        (
            format!("{{{id},\"status\":\"Completed\",\"x\":{deep}}}"),
            true,
        ),
        (deep, false),
    ]
    .map(|(body, named)| (body.into_bytes(), named))
    .into_iter()
    .chain([
        (b"\xff\xfe\x00".to_vec(), false),
        (
            [
                format!("{{{id},\"status\":\"Completed\",\"referenceId\":\"").as_bytes(),
                b"\xe9\"}",
            ]
            .concat(),
            true,
        ),
    ])
    .collect();
    for (body, named) in bodies {
        let event = other(&body);
        assert_eq!(&event.body()[..], body);
        assert_eq!(event.session_id(), named.then(session));
        assert_eq!(event.kind(), None);
        assert_eq!(event.when(), When::Missing);
        assert_eq!(event.freshness(), Freshness::Missing);
        assert!(event.json::<Value>().is_err());
    }
}

#[test]
fn a_mark_before_another_kind_does_not_hide_its_json() {
    let event = other("\u{feff}{\"type\":\"GuaranteeIssued\"}");
    assert_eq!(event.kind(), Some("GuaranteeIssued"));
    assert_eq!(
        event.json::<Value>().unwrap(),
        json!({ "type": "GuaranteeIssued" })
    );
}

#[test]
fn a_pair_that_contradicts_itself_is_reported() {
    for (status, code, expected) in [
        ("Completed", Some("EFT0301"), false),
        ("Completed", Some("EFT0302"), false),
        ("Completed", None, false),
        ("Completed", Some("EFT0999"), false),
        ("Canceled", Some("EFT0501"), false),
        ("Cancelled", Some("EFT0501"), false),
        ("Failed", Some("EFT0301"), true),
        ("Completed", Some("EFT0402"), true),
        ("Expired", Some("EFT0501"), true),
        // A status that is not known contradicts nothing.
        ("Paused", Some("EFT0301"), false),
    ] {
        let event = changed(
            json!({ "sessionId": SESSION, "status": status, "statusDetails": code }).to_string(),
        );
        assert_eq!(event.contradicts_itself(), expected, "{status} {code:?}");
        assert_eq!(event.report().contradicts_itself(), expected);
        // Both are told as they came.
        assert_eq!(event.report().status, SessionStatus::from(status));
        assert_eq!(event.report().status_details, code.map(StatusDetails::from));
    }
}

#[test]
fn the_key_is_the_one_that_is_documented() {
    let key = |status: &str, code: Option<&str>| {
        changed(
            json!({ "sessionId": SESSION, "status": status, "statusDetails": code }).to_string(),
        )
        .key()
    };
    // Made by Python: sha256 of ["3b9c...","Completed","EFT0301"] and so on.
    for (status, code, expected) in [
        (
            "Completed",
            Some("EFT0301"),
            "6d9c32358c6f847d91fa465b370b67fc8a2aae74daa9e3487bb8f7956b6292a9",
        ),
        (
            "Completed",
            Some("EFT0302"),
            "6bcda20e4905cd024fa83ee787c06d2513ad9b57a6485ea6904c7090697605dd",
        ),
        (
            "Canceled",
            None,
            "aacd90d031a0af9e8ed725cb2cb26d86ebdfe2b4a80e529dd4a04e98d0daf7ef",
        ),
        (
            "Cancelled",
            None,
            "aacd90d031a0af9e8ed725cb2cb26d86ebdfe2b4a80e529dd4a04e98d0daf7ef",
        ),
    ] {
        let key = key(status, code);
        assert_eq!(key.to_string(), expected);
        assert_eq!(format!("{key:?}"), format!("EventKey({expected})"));
        assert_eq!(
            key.as_bytes()[..2],
            [
                u8::from_str_radix(&expected[..2], 16).unwrap(),
                u8::from_str_radix(&expected[2..4], 16).unwrap()
            ]
        );
    }
    // Where one text ends and the next begins is part of it.
    assert_ne!(key("a\",\"b", Some("c")), key("a", Some("b\",\"c")));
    assert_ne!(key("Canceled", None), key("Canceled", Some("null")));
}

#[test]
fn the_key_is_of_what_is_said_and_not_of_how() {
    let again = json!({
        "type": STATUS_CHANGED,
        "when": "2026-03-04T06:00:00Z",
        "data": { "status": "Completed", "statusDetails": "EFT0301", "sessionId": SESSION.to_uppercase(), "amount": 7 },
    });
    assert_eq!(changed(again.to_string()).key(), changed(BODY).key());
    assert_ne!(
        changed(BODY.replace(SESSION, OTHER_SESSION)).key(),
        changed(BODY).key()
    );
    assert_ne!(
        changed(BODY.replace("EFT0301", "EFT0302")).key(),
        changed(BODY).key()
    );
    assert_ne!(
        changed(BODY.replace("Completed", "Failed")).key(),
        changed(BODY).key()
    );
}
