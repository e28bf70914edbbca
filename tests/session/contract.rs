//! The requests and the contract agree, and the judge is a JSON Schema validator.
#![cfg(feature = "spec")]

mod parts;
mod witnesses;

use std::path::Path;
use std::sync::LazyLock;

use flinks_pay::domain::Language;
use flinks_pay::session::{
    GuaranteeDecision, GuaranteedEft, Limits, Operation, Redirect, RedirectBuilder, RegularEft,
    SessionRequest,
};
use flinks_pay::spec::translate::{self, Direction};
use flinks_pay::spec::{Document, Pointer};
use jsonschema::Validator;
use parts::{Parts, parts, payee, payors};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

static CONTRACT: LazyLock<Document> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/flinks-pay.yaml");
    Document::read(&path).unwrap_or_else(|error| panic!("{}", error.report()))
});

static REQUEST: LazyLock<Validator> =
    LazyLock::new(|| judge("#/components/schemas/CreateSessionRequest"));
static GUARANTEED: LazyLock<Validator> =
    LazyLock::new(|| judge("#/components/schemas/GuaranteedSessionRequest"));
static REGULAR: LazyLock<Validator> =
    LazyLock::new(|| judge("#/components/schemas/RegularSessionRequest"));

/// The validator of one schema of the contract.
fn judge(pointer: &str) -> Validator {
    validator(&schema(pointer), true)
}

fn schema(pointer: &str) -> Value {
    let pointer: Pointer = pointer.parse().unwrap();
    translate::schema(&CONTRACT, &pointer, Direction::Request)
        .unwrap_or_else(|error| panic!("{}", error.report()))
}

/// Without `formats`, `format` is an annotation: what OpenAPI itself asks for. With it, this judge's reading of an email
/// address, a URI and a UUID counts too.
fn validator(schema: &Value, formats: bool) -> Validator {
    jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .should_validate_formats(formats)
        .build(schema)
        .unwrap()
}

/// Rules that the contract's schema cannot say: the facade may refuse by them what the schema accepts of a create.
const BEYOND_SCHEMA: [&str; 6] = [
    "limits-ordered",
    "amount-within-limits",
    "redirect-urls",
    "redirect-url-scheme",
    "birth-date-exists",
    "email-part-lengths",
];

// -- every request that builds is one that the contract accepts ---------------------------------------------------------

fn check_guaranteed(request: &GuaranteedEft) {
    let json = serde_json::to_value(request).unwrap();
    assert!(GUARANTEED.is_valid(&json), "{json:#}");
    assert!(
        REQUEST.is_valid(&json) && !REGULAR.is_valid(&json),
        "{json:#}"
    );
    assert_eq!(&GuaranteedEft::from_json(&json).unwrap(), request);
    assert_eq!(
        SessionRequest::from_json(&json).unwrap(),
        SessionRequest::Guaranteed(request.clone())
    );
    check_text(request);
}

fn check_regular(request: &RegularEft) {
    let json = serde_json::to_value(request).unwrap();
    assert!(REGULAR.is_valid(&json), "{json:#}");
    assert!(
        REQUEST.is_valid(&json) && !GUARANTEED.is_valid(&json),
        "{json:#}"
    );
    assert_eq!(&RegularEft::from_json(&json).unwrap(), request);
    assert_eq!(
        SessionRequest::from_json(&json).unwrap(),
        SessionRequest::Regular(request.clone())
    );
    check_text(request);
}

impl Parts {
    fn check(self) {
        check_regular(&self.clone().regular().unwrap());
        check_guaranteed(&self.guaranteed().unwrap());
    }
}

/// Through the text of the JSON too, where an amount becomes decimal digits, and back.
fn check_text<T>(request: &T)
where
    T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let text = serde_json::to_string(request).unwrap();
    assert_eq!(
        &serde_json::from_str::<T>(&text).unwrap(),
        request,
        "{text}"
    );
    assert!(
        !has_null(&serde_json::from_str(&text).unwrap()),
        "what is absent is left out: {text}"
    );
}

/// Whether a member of the JSON, at any depth, is `null`.
fn has_null(json: &Value) -> bool {
    json.is_null()
        || json
            .as_object()
            .is_some_and(|members| members.values().any(has_null))
}

#[test]
fn the_operations_are_those_of_the_contract() {
    let contract = CONTRACT.root().to_json();
    let mut declared = Vec::new();
    for (path, item) in contract["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if let Some(id) = operation.get("operationId") {
                declared.push((
                    id.as_str().unwrap().to_owned(),
                    method.to_uppercase(),
                    path.clone(),
                ));
            }
        }
    }
    let mut known: Vec<_> = Operation::ALL
        .iter()
        .map(|it| {
            (
                it.id().to_owned(),
                it.method().to_owned(),
                it.path().to_owned(),
            )
        })
        .collect();
    declared.sort();
    known.sort();
    assert_eq!(known, declared);
}

/// Each object with every choice of its own optional parts, beside the least and the most of everything else.
#[test]
fn every_combination_of_optional_parts_is_one_that_the_contract_accepts() {
    let mut requests = 0;
    for rest in [Parts::least(), Parts::most()] {
        for payor in payors() {
            Parts {
                payor,
                ..rest.clone()
            }
            .check();
            requests += 1;
        }
        for payee in [None, Some(payee()), Some(payee().label("Shop"))] {
            for amount in [None, Some("20".to_owned())] {
                for reference in [None, Some("order-20391".to_owned())] {
                    Parts {
                        payee: payee.clone(),
                        amount: amount.clone(),
                        reference,
                        ..rest.clone()
                    }
                    .check();
                    requests += 1;
                }
            }
        }
        for choice in 0..(3 * 3 * 3 * 5 * 4) {
            let flag = |choice: usize| [None, Some(false), Some(true)][choice % 3];
            let redirects = [
                None,
                Some(Redirect::js_events()),
                Some(Redirect::to(
                    "https://shop.example/paid",
                    "http://127.0.0.1:8080",
                )),
                Some(read_redirect(&json!({ "urlExit": "https://shop.example" }))),
            ];
            let limits = [
                None,
                Some(Limits::new()),
                Some(Limits::new().minimum("19.99")),
                Some(Limits::new().maximum("20.01")),
                Some(Limits::new().minimum("20").maximum("20")),
            ];
            Parts {
                language: [None, Some(Language::En), Some(Language::Fr)][choice % 3],
                show_consent_screen: flag(choice / 3),
                amount_modification: flag(choice / 9),
                limits: limits[choice / 27 % 5].clone(),
                redirect: redirects[choice / 135 % 4].clone(),
                ..rest.clone()
            }
            .check();
            requests += 1;
        }
    }
    assert_eq!(requests, 2 * (80 + 12 + 540));
}

fn read_redirect(json: &Value) -> RedirectBuilder {
    Redirect::from_json(json).unwrap().into()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn whatever_builds_is_accepted_by_the_contract_and_reads_back(parts in parts()) {
        parts.check();
    }

    /// A request with something done to it: contract and facade give the same verdict, and so does the published schema.
    #[test]
    fn a_damaged_request_is_judged_alike(
        parts in parts(),
        guaranteed in any::<bool>(),
        blows in proptest::collection::vec((any::<Index>(), any::<Index>(), 0_u8..4), 1..4),
    ) {
        let mut json = if guaranteed {
            serde_json::to_value(parts.guaranteed().unwrap()).unwrap()
        } else {
            serde_json::to_value(parts.regular().unwrap()).unwrap()
        };
        for (place, with, how) in blows {
            damage(&mut json, place, with, how);
        }
        let accepted = REQUEST.is_valid(&json);
        match SessionRequest::from_json(&json) {
            Ok(_) => prop_assert!(accepted, "only the facade accepts {json:#}"),
            Err(violations) => {
                let beyond = violations.iter().all(|it| BEYOND_SCHEMA.contains(&it.rule().id));
                prop_assert_eq!(accepted, beyond, "{}\n{:#}", violations.report(), json);
            }
        }
        #[cfg(feature = "schemars")]
        prop_assert_eq!(published::REQUEST.is_valid(&json), accepted, "{:#}", json);
    }
}

/// Takes a member away, puts something else in its place, or adds one.
fn damage(json: &mut Value, place: Index, with: Index, how: u8) {
    let mut pointers = Vec::new();
    collect(json, "", &mut pointers);
    if pointers.is_empty() {
        return;
    }
    let pointer = place.get(&pointers).clone();
    let others = [
        json!(null),
        json!(true),
        json!(false),
        json!(5),
        json!(0.005),
        json!(-1),
        json!(""),
        json!("x"),
        json!("4400550"),
        json!("EFT"),
        json!("JsEvents"),
        json!({}),
        json!([]),
        json!({ "account": {} }),
        json!({ "enable": true }),
    ];
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = json.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    match how {
        0 => {
            parent.remove(name);
        }
        1 => {
            parent.insert(
                ["payee", "extra", "email", "unit"][with.index(4)].to_owned(),
                with.get(&others).clone(),
            );
        }
        _ => {
            parent.insert(name.to_owned(), with.get(&others).clone());
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

#[test]
fn a_decision_is_what_the_contract_says() {
    let schema = judge("#/components/schemas/ConfirmGuaranteeRequest");
    for decision in [GuaranteeDecision::accept(), GuaranteeDecision::reject()] {
        assert!(schema.is_valid(&serde_json::to_value(decision).unwrap()));
    }
}

/// The JSON Schemas that the crate publishes for its own types.
#[cfg(feature = "schemars")]
mod published {
    use super::*;
    use flinks_pay::session::{
        CancelledSession, ConfirmedGuarantee, CreatedSession, SessionDetails, StatusReport,
    };

    pub(super) static REQUEST: LazyLock<Validator> =
        LazyLock::new(|| validator(schemars::schema_for!(SessionRequest).as_value(), true));

    fn reply<T: schemars::JsonSchema>(name: &str) -> (String, Validator, Validator) {
        let own = validator(schemars::schema_for!(T).as_value(), true);
        (
            name.to_owned(),
            own,
            judge(&format!("#/components/schemas/{name}")),
        )
    }

    /// A reply that the contract accepts is one that the published schema accepts: it is the more open of the two.
    #[test]
    fn a_reply_of_the_contract_fits_the_published_schema() {
        let id = "0b7d4c1e-5a36-4f0e-9d5c-3f2a91c7e864";
        let account = json!({ "accountNumber": "****0042", "availableBalance": 4.5 });
        let details = json!({
            "sessionId": id, "status": "Completed", "statusDetails": "EFT0301", "amount": null, "type": "EFT",
            "step": { "current": "Pad", "padId": null }, "options": { "limits": { "minimumAmount": 1.25 } },
            "payor": { "firstName": "Zoë", "account": account, "address": null, "novel": 1 },
            "payee": null, "guaranteeDetails": { "overallRiskLevel": "Unknown" }, "userDetails": { "nameMatch": 4.5 },
            "createdAt": "2026-02-03T04:05:06Z", "novel": [1]
        });
        for (name, own, contract) in [
            reply::<CreatedSession>("CreatedSession"),
            reply::<ConfirmedGuarantee>("ConfirmedGuarantee"),
            reply::<StatusReport>("SessionStatusReport"),
            reply::<SessionDetails>("SessionDetails"),
        ] {
            assert!(
                contract.is_valid(&details) && own.is_valid(&details),
                "{name}"
            );
            for broken in [
                json!({}),
                json!({ "sessionId": 5, "status": "Failed" }),
                json!([]),
            ] {
                assert!(
                    !contract.is_valid(&broken) && !own.is_valid(&broken),
                    "{name}: {broken}"
                );
            }
            // Open where the contract lists codes.
            let novel = json!({ "sessionId": id, "status": "Paused" });
            assert!(own.is_valid(&novel), "{name}");
        }
        let (_, own, contract) = reply::<CancelledSession>("CancelledSession");
        let cancelled =
            json!({ "sessionId": id, "status": "Cancelled", "statusDetails": "EFT0501" });
        assert!(contract.is_valid(&cancelled) && own.is_valid(&cancelled));
    }

    #[test]
    fn each_request_has_a_schema_of_its_own() {
        let least = Parts::least().guaranteed().unwrap();
        let json = serde_json::to_value(&least).unwrap();
        assert!(validator(schemars::schema_for!(GuaranteedEft).as_value(), true).is_valid(&json));
        assert!(!validator(schemars::schema_for!(RegularEft).as_value(), true).is_valid(&json));
        let decision = validator(schemars::schema_for!(GuaranteeDecision).as_value(), true);
        assert!(decision.is_valid(&json!({ "guaranteeAccepted": false })));
        assert!(!decision.is_valid(&json!({ "guaranteeAccepted": false, "why": 1 })));
    }
}
