//! `flinks-pay contract mutate`: which changes of a contract are noticed.
#![cfg(feature = "cli")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod cli_support;

use std::io::Write as _;

use cli_support::{Ran, assert_plain, assert_snapshot, run};
use serde_json::Value;
use tempfile::NamedTempFile;

/// One operation of the contract, so that it takes no time, with a member more to every answer of the kind that the page shows.
const DECISION: &str = "openapi: 3.0.3
info: { title: <b>One operation</b>, version: '1' }
paths:
  /api/v2/sessions/{sessionId}/guarantees/confirm:
    post:
      operationId: confirmGuarantee
      requestBody:
        required: true
        content: { application/json: { schema: { $ref: '#/components/schemas/Decision' } } }
      responses: {}
components:
  schemas:
    Decision:
      type: object
      required: [guaranteeAccepted]
      additionalProperties: false
      properties:
        guaranteeAccepted: { type: boolean }
";

/// A schema that nothing refers to, so that nobody can notice what becomes of it.
const UNUSED: &str = "    Unused: { type: string, maxLength: 3, description: '<script>' }\n";

fn file(text: &str) -> NamedTempFile {
    let mut file = NamedTempFile::with_suffix(".yaml").unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

fn mutate(text: &str, format: &str) -> Ran {
    let file = file(text);
    let path = file.path().to_str().unwrap();
    let mut ran = run(&["contract", "mutate", "--spec", path, "--format", format]);
    ran.out = ran.out.replace(path, "decision.yaml");
    ran.err = ran.err.replace(path, "decision.yaml");
    ran
}

#[test]
fn a_contract_every_change_of_which_is_noticed_is_a_good_end() {
    let ran = mutate(DECISION, "text");
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{ran:?}");
    assert_plain(&ran.out);
    assert_snapshot("cli_contract_mutate_noticed", &ran.out);
}

#[test]
fn what_nobody_notices_is_named_and_is_a_bad_end() {
    let ran = mutate(&format!("{DECISION}{UNUSED}"), "text");
    assert_eq!((ran.code, ran.err.as_str()), (Some(1), ""), "{ran:?}");
    assert_plain(&ran.out);
    assert_snapshot("cli_contract_mutate_survived", &ran.out);
}

#[test]
fn the_document_has_a_fate_for_every_change_and_a_value_for_every_one_that_is_noticed() {
    let ran = mutate(&format!("{DECISION}{UNUSED}"), "json");
    assert_eq!(ran.code, Some(1));
    let document = ran.json();
    let names: Vec<&String> = document.as_object().unwrap().keys().collect();
    assert_eq!(names, ["mutants", "schema_version", "summary"]);
    assert_eq!(document["schema_version"], 1);
    let mutants = document["mutants"].as_array().unwrap();
    let count = |fate: &str| mutants.iter().filter(|it| it["fate"] == fate).count();
    let summary = &document["summary"];
    assert_eq!(summary["total"], mutants.len());
    for fate in ["killed", "equivalent", "survived"] {
        assert_eq!(summary[fate], count(fate), "{fate}");
    }
    assert_eq!(summary.as_object().unwrap().len(), 4);
    assert!(count("killed") > 10 && count("survived") > 5, "{summary}");
    for mutant in mutants {
        let killed = mutant["fate"] == "killed";
        let pointer = mutant["pointer"].as_str().unwrap();
        let by = mutant["killed_by"].as_object();
        assert_eq!(killed, by.is_some(), "{mutant}");
        if pointer.starts_with("#/components/schemas/") {
            let by_value =
                mutant["killed_by"]["place"] == "confirmGuarantee request application/json";
            let unused = pointer.starts_with("#/components/schemas/Unused");
            assert_eq!((killed, killed), (by_value, !unused), "{mutant}");
        } else if let Some(by) = by {
            let known = ["exchange", "obligation", "place"];
            assert!(known.iter().any(|it| by.contains_key(*it)), "{mutant}");
        }
    }
    let outside = |it: &&Value| it["killed_by"]["exchange"].is_u64();
    assert!(mutants.iter().filter(outside).count() > 5);
    let wanted = mutants.iter().find(|it| {
        it["pointer"] == "#/components/schemas/Decision/required" && it["kind"] == "drop"
    });
    let by = &wanted.unwrap()["killed_by"];
    assert_eq!(
        (&by["witness"], &by["accepted_now"]),
        (&serde_json::json!({}), &Value::Bool(true))
    );
}

#[test]
fn the_page_needs_nothing_else_and_takes_nothing_for_markup() {
    let ran = mutate(&format!("{DECISION}{UNUSED}"), "html");
    assert_eq!((ran.code, ran.err.as_str()), (Some(1), ""));
    assert_plain(&ran.out);
    assert!(ran.out.starts_with("<!doctype html>") && ran.out.ends_with("</html>\n"));
    for outside in [
        "<script", "<link", "<img", "src=", "url(", "http:", "https:", "@import",
    ] {
        assert!(!ran.out.contains(outside), "{outside}");
    }
    assert_snapshot("cli_contract_mutate_page", &ran.out);
}

#[test]
fn a_file_that_is_no_contract_is_refused_with_the_place_in_it() {
    let unread = mutate("openapi: 3.0.3\npaths: {\n", "text");
    let unjudged = DECISION.replace("type: boolean", "type: boolean, patternn: a");
    let unjudged = mutate(&unjudged, "text");
    let other = mutate(
        &DECISION.replace("confirmGuarantee\n", "confirmOrder\n"),
        "text",
    );
    let missing = run(&["contract", "mutate", "--spec", "no/such/file.yaml"]);
    let mut told = String::new();
    for ran in [unread, unjudged, other, missing] {
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{ran:?}");
        assert_plain(&ran.err);
        told.push_str(&ran.err);
        told.push('\n');
    }
    assert_snapshot("cli_contract_mutate_problems", &told);
}

#[test]
fn whoever_differs_from_the_contract_as_it_is_notices_nothing_there_by_values() {
    let looser = DECISION.replace("additionalProperties: false", "additionalProperties: true");
    let ran = mutate(&looser, "text");
    assert_eq!(ran.code, Some(1));
    assert!(!ran.out.contains("by a value"), "{}", ran.out);
    assert_snapshot("cli_contract_mutate_differs", &ran.out);
}
