//! Every difference between the contract and what Flinks publishes is explained, and every explanation is still true.
#![cfg(feature = "spec")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod controls;
mod enforcer;
mod fault;
mod register;

use std::fmt::Write as _;

use fault::{Fault, place_of, shown, unescaped};
use flinks_pay::spec::{Document, Node, Pointer, Position, Value};
use register::Register;
use serde_json::json;

fn listed(faults: &[Fault]) -> String {
    faults.iter().fold(String::new(), |mut text, fault| {
        writeln!(text, "{fault}").unwrap();
        text
    })
}

/// Puts a value at a pointer, whose last name may be new.
fn set(document: &mut Document, pointer: &str, value: &serde_json::Value) {
    let pointer: Pointer = pointer.parse().unwrap();
    let name = pointer.tokens().last().unwrap().clone();
    let around = document.at_mut(&pointer.parent().unwrap()).unwrap();
    around
        .as_object_mut()
        .unwrap()
        .insert(name, Node::from_json(value, Position::START));
}

/// Takes away what is at a pointer.
fn remove(document: &mut Document, pointer: &str) {
    let pointer: Pointer = pointer.parse().unwrap();
    let around = document.at_mut(&pointer.parent().unwrap()).unwrap();
    let removed = around
        .as_object_mut()
        .unwrap()
        .remove(pointer.tokens().last().unwrap());
    assert!(removed.is_some(), "nothing at {pointer}");
}

#[test]
fn every_difference_is_explained_and_every_entry_explains_one() {
    let faults = Register::checked_in().check();
    assert!(faults.is_empty(), "\n{}", listed(&faults));
}

#[test]
fn differences_and_their_entries() {
    let register = Register::checked_in();
    let mut text = String::new();
    for (file, difference, by) in register.explained() {
        writeln!(text, "{file} | {}", place_of(&difference)).unwrap();
        for (name, side) in [
            ("contract", &difference.contract),
            ("upstream", &difference.upstream),
        ] {
            writeln!(text, "  {name} {} = {}", unescaped(&side.at), shown(side)).unwrap();
        }
        writeln!(text, "  explained by {}", by.join(", ")).unwrap();
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("deviations_explained", text));
}

/// Upstream is kept as structure; what its authors wrote in sentences is not ours to keep.
#[test]
fn upstream_documents_have_no_prose() {
    for (name, document) in Register::checked_in().upstream {
        assert_eq!(
            prose(document.root(), &Pointer::root()),
            Vec::<String>::new(),
            "{name}"
        );
    }
}

#[test]
fn prose_is_found_wherever_it_stands() {
    for (key, value) in [
        ("description", json!("Some words.")),
        ("summary", json!("Words")),
        ("example", json!(100)),
        ("examples", json!({})),
        ("contact", json!({})),
        ("termsOfService", json!("")),
        ("externalDocs", json!({})),
    ] {
        let mut document = Register::checked_in()
            .upstream
            .remove("eft-v2.yaml")
            .unwrap();
        let pointer = format!("#/components/schemas/BaseAddressModel/{key}");
        set(&mut document, &pointer, &value);
        assert_eq!(
            prose(document.root(), &Pointer::root()),
            [pointer[1..].to_owned()]
        );
    }
}

fn prose(node: &Node, at: &Pointer) -> Vec<String> {
    let below = |(key, child): (String, &Node)| prose(child, &at.join(key));
    match &node.value {
        Value::Array(items) => items
            .iter()
            .enumerate()
            .flat_map(|(index, item)| below((index.to_string(), item)))
            .collect(),
        Value::Object(object) => {
            let named = at.tokens().last().is_some_and(|name| name == "properties");
            let mut found = Vec::new();
            for (key, _, child) in object.iter() {
                let is_prose = match key {
                    "description" | "summary" => child.as_str() != Some(""),
                    "example" | "examples" | "contact" | "termsOfService" | "externalDocs" => true,
                    _ => false,
                };
                if matches!(key, "x-source" | "x-facts") && at.is_root() {
                    continue;
                }
                if is_prose && !named {
                    found.push(at.join(key).to_string());
                } else {
                    found.extend(below((key.to_owned(), child)));
                }
            }
            found
        }
        _ => Vec::new(),
    }
}
