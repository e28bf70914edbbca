#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::contract::Unusable;
use super::rules::DOCUMENT_RULES;
use super::*;
use crate::spec::Document;

const TEXT: &str = include_str!("../../../openapi/flinks-pay.yaml");

fn rules() -> Vec<Value> {
    let document = Document::parse("flinks-pay.yaml", TEXT).unwrap();
    let rules = &document.to_json()["x-rules"];
    rules.as_array().unwrap().clone()
}

#[test]
fn every_rule_of_the_contract_is_about_documents_or_about_calls() {
    let ids: BTreeSet<String> = rules()
        .iter()
        .map(|rule| rule["id"].as_str().unwrap().to_owned())
        .collect();
    let documents = DOCUMENT_RULES.iter().map(|rule| rule.id.to_owned());
    let calls = contract().unwrap().calls.iter().map(|rule| rule.id.clone());
    let known: Vec<String> = documents.chain(calls).collect();
    assert_eq!(known.len(), ids.len());
    assert_eq!(known.into_iter().collect::<BTreeSet<_>>(), ids);
    for call in &contract().unwrap().calls {
        assert!(!call.refused.is_empty(), "{}", call.id);
    }
}

#[test]
fn the_rules_about_documents_judge_their_witnesses_as_the_contract_says() {
    for rule in rules() {
        let witness = &rule["witness"];
        let Some(refuses) = witness.get("refuses") else {
            continue;
        };
        let id = rule["id"].as_str().unwrap();
        let own = DOCUMENT_RULES.iter().find(|own| own.id == id).unwrap();
        assert!((own.holds)(&witness["accepts"]), "{id}");
        let more = witness.get("also-refuses").and_then(Value::as_array);
        for refused in std::iter::once(refuses).chain(more.into_iter().flatten()) {
            assert!(!(own.holds)(refused), "{id}: {refused}");
        }
    }
}

#[test]
fn rules_let_through_what_is_not_theirs() {
    for rule in DOCUMENT_RULES {
        for other in [json!(null), json!(7), json!([]), json!({})] {
            assert!((rule.holds)(&other), "{}: {other}", rule.id);
        }
    }
    let exists = DOCUMENT_RULES
        .iter()
        .find(|rule| rule.id == "birth-date-exists");
    for (date, exists_then) in [
        ("00-02-29", true),
        ("96-02-29", true),
        ("97-02-29", false),
        ("97-02-28", true),
        ("00-02-30", false),
        ("70-04-31", false),
        ("70-12-31", true),
    ] {
        assert_eq!((exists.unwrap().holds)(&json!(date)), exists_then, "{date}");
    }
}

/// Reads the contract with one text put in the place of another, which stands there once.
fn changed(from: &str, to: &str) -> Unusable {
    assert_eq!(TEXT.matches(from).count(), 1, "{from}");
    match read::contract("changed.yaml", &TEXT.replace(from, to)) {
        Ok(_) => panic!("{to} is let through"),
        Err(error) => error,
    }
}

#[test]
fn what_the_judge_does_not_look_at_is_an_error() {
    // A parameter that is no path.
    let error = changed("      in: path\n", "      in: query\n");
    assert!(matches!(error, Unusable::Unjudged(_)), "{error}");
    // Two types of one body.
    let body = "          application/x-www-form-urlencoded:\n            schema:\n              $ref: '#/components/schemas/AuthorizeRequest'\n";
    let two = format!("{body}          text/plain:\n            schema: {{}}\n");
    let error = changed(body, &two).to_string();
    assert!(error.contains("of several types"), "{error}");
    // A key that travels in a cookie.
    let error = changed(
        "      type: apiKey\n      in: header\n      name: x-api-key\n",
        "      type: apiKey\n      in: cookie\n      name: x-api-key\n",
    );
    assert!(matches!(error, Unusable::Unjudged(_)), "{error}");
    // A rule about a call that no operation has.
    let error = changed(
        "    applies-to: '#/paths/~1api~1v1~1authorize/post'\n",
        "    applies-to: '#/paths/~1api~1v1~1renew/post'\n",
    );
    assert!(matches!(error, Unusable::Missing(_)), "{error}");
    // An operation that is gone.
    let error = changed("  /api/v2/sessions:\n", "  /api/v3/sessions:\n");
    assert!(matches!(error, Unusable::Missing(_)), "{error}");
    let error = changed("openapi: 3.0.3\n", "openapi: 3.0.3\nopenapi: 3.0.3\n");
    assert!(matches!(error, Unusable::Spec(_)), "{error}");
}

#[test]
fn a_contract_that_cannot_be_used_is_a_violation_and_not_silence() {
    let mut verdict = Verdict::of(Some(Operation::CreateSession), 201);
    verdict.broken(&Unusable::Missing("/paths".to_owned()));
    assert_eq!(
        verdict.violations[0].to_string(),
        "createSession 201: answer: contract"
    );
}

#[test]
fn a_tally_is_bounded_and_counts_on() {
    let mut tally = Tally::default();
    for round in 0..3_u64 {
        for member in 0..150 {
            let mut verdict = Verdict::of(Some(Operation::CreateSession), 201);
            verdict.add(Part::Answer, format!("/m{member}"), "additionalProperties");
            tally.note(&verdict);
        }
        let report = tally.report();
        assert_eq!(report.violations.len(), 100);
        assert_eq!(report.total, 150 * (round + 1));
        assert!(report.violations.iter().all(|it| it.count == round + 1));
    }
    assert_eq!(tally.report().judged["createSession"], 450);
}
