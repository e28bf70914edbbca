//! Whether the judge is exact about `multipleOf: 0.01`, the rule that an amount has whole cents.
#![cfg(feature = "spec")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use flinks_pay::spec::translate::{self, Direction};
use flinks_pay::spec::{Document, Pointer};
use serde_json::Value;

fn judge() -> jsonschema::Validator {
    let document = Document::parse("amount.yaml", "{ type: number, multipleOf: 0.01 }").unwrap();
    let schema = translate::schema(&document, &Pointer::root(), Direction::Neutral).unwrap();
    jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .build(&schema)
        .unwrap()
}

/// The number that a JSON text with this content gives.
fn number(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn decimal(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

#[test]
fn whole_cents_are_accepted() {
    let judge = judge();
    let step = if std::env::var_os("EVERY_CENT").is_some() {
        1
    } else {
        97
    };
    let known = [7, 29, 57, 58, 113, 1_999, 9_999_999, 10_000_000];
    let refused: Vec<String> = (1..=10_000_000)
        .step_by(step)
        .chain(known)
        .map(decimal)
        .filter(|text| !judge.is_valid(&number(text)))
        .collect();
    assert!(
        refused.is_empty(),
        "{} refused, {:?}",
        refused.len(),
        refused.first()
    );
}

#[test]
fn a_fraction_of_a_cent_is_refused() {
    let judge = judge();
    let step = if std::env::var_os("EVERY_CENT").is_some() {
        1
    } else {
        97
    };
    let accepted: Vec<String> = (0..10_000_000)
        .step_by(step)
        .flat_map(|cents| [1, 5, 9].map(|mill| format!("{}{mill}", decimal(cents))))
        .chain(["1.005", "0.001", "99999.995", "0.0100001", "1e-9"].map(str::to_owned))
        .filter(|text| judge.is_valid(&number(text)))
        .collect();
    assert!(
        accepted.is_empty(),
        "{} accepted, {:?}",
        accepted.len(),
        accepted.first()
    );
}
