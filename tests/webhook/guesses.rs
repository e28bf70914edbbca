//! Bodies and signatures that nobody thought of.

use flinks_pay::webhook::{Event, Refusal};
use proptest::prelude::*;
use serde_json::Value;

use super::{BODY, OTHER_SESSION, SESSION, secret, verifier};

/// JSON of any shape, with the members that are looked for in likely and unlikely places.
fn json() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        Just(SESSION.to_owned()),
        Just(OTHER_SESSION.to_owned()),
        Just("Completed".to_owned()),
        Just("SessionSetupStatusChanged".to_owned()),
        Just("2026-03-04T05:06:07Z".to_owned()),
        ".{0,12}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    let name = prop_oneof![
        Just("sessionId".to_owned()),
        Just("status".to_owned()),
        Just("statusDetails".to_owned()),
        Just("referenceId".to_owned()),
        Just("amount".to_owned()),
        Just("when".to_owned()),
        Just("type".to_owned()),
        Just("event".to_owned()),
        Just("data".to_owned()),
        ".{0,8}",
    ];
    leaf.prop_recursive(3, 24, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..8)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn one_bit_of_the_body_is_enough(at in 0..BODY.len(), bit in 0..8_u8) {
        let header = secret().sign(BODY.as_bytes());
        let mut body = BODY.as_bytes().to_vec();
        body[at] ^= 1 << bit;
        let refused = verifier().verify_value(&header, &body).unwrap_err();
        prop_assert_eq!(refused.reason(), Refusal::WrongSignature);
    }

    #[test]
    fn one_bit_of_the_signature_is_enough(at in 0..32_usize, bit in 0..8_u8) {
        let header = secret().sign(BODY.as_bytes());
        let (prefix, digits) = header.split_at(7);
        let byte = u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).unwrap() ^ 1 << bit;
        let changed = format!("{prefix}{}{byte:02X}{}", &digits[..2 * at], &digits[2 * at + 2..]);
        let refused = verifier().verify_value(&changed, BODY.as_bytes()).unwrap_err();
        prop_assert_eq!(refused.reason(), Refusal::WrongSignature);
    }

    #[test]
    fn a_part_is_not_the_whole(body in 0..BODY.len(), header in 0..71_usize) {
        let signature = secret().sign(BODY.as_bytes());
        let refused = verifier().verify_value(&signature, &BODY.as_bytes()[..body]);
        prop_assert_eq!(refused.unwrap_err().reason(), Refusal::WrongSignature);
        let refused = verifier().verify_value(&signature[..header], BODY.as_bytes());
        prop_assert_eq!(refused.unwrap_err().reason(), Refusal::MalformedSignature);
    }

    #[test]
    fn no_random_signature_holds(digits in "[0-9a-fA-F]{64}") {
        let refused = verifier().verify_value(format!("sha256={digits}"), BODY.as_bytes());
        prop_assert_eq!(refused.unwrap_err().reason(), Refusal::WrongSignature);
    }

    #[test]
    fn no_random_header_is_a_signature(value in prop::collection::vec(any::<u8>(), 0..100)) {
        prop_assert!(verifier().verify_value(&value, BODY.as_bytes()).is_err());
    }

    #[test]
    fn any_signed_bytes_are_an_event(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let verified = verifier().verify_value(secret().sign(&body), &body).unwrap();
        let Event::Other(event) = verified.event else {
            panic!("random bytes are no report");
        };
        prop_assert_eq!(&event.body()[..], &body[..]);
    }

    #[test]
    fn any_signed_json_is_an_event_and_shows_no_session(json in json()) {
        let body = json.to_string();
        let verified = verifier().verify_value(secret().sign(body.as_bytes()), body.as_bytes()).unwrap();
        if let Some(id) = verified.event.session_id().map(|id| id.expose()) {
            // Where it stands as a status too, it is shown as one.
            let once = body.matches(&id).count() == 1;
            let shown = format!("{verified:?}").contains(&id);
            prop_assert!(!once || !shown);
        }
        match &verified.event {
            Event::StatusChanged(event) => {
                // What is told is in the body, in one object.
                let report = event.report();
                let holds = |object: &Value| {
                    object["sessionId"] == report.session_id.expose()
                        && object["status"] == report.status.as_str()
                };
                let places = std::iter::once(&json).chain(json.as_object().into_iter().flat_map(|top| top.values()));
                prop_assert!(places.filter(|value| value.is_object()).any(holds));
            }
            Event::Other(event) => prop_assert_eq!(event.json::<Value>().unwrap(), json),
            other => panic!("{other:?}"),
        }
    }
}
