//! Three parties, one judge: what the contract accepts, what this crate's types and decoding make of it, and what the
//! simulator does.
#![cfg(feature = "contract")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

mod answers;
#[path = "../support/checked.rs"]
mod checked;
#[cfg(feature = "__defects")]
mod defects;
mod exchanges;
#[cfg(feature = "schemars")]
mod members;
mod mutation;
mod obligations;
mod parties;
#[path = "../session/contract/parts.rs"]
mod parts;
mod requests;
mod rules;
mod run;
mod surface;
mod tour;
#[path = "../support/trace.rs"]
mod trace;
mod witnesses;

use std::sync::LazyLock;

use flinks_pay::contract::witness::Witness;
use flinks_pay::contract::{Seat, Suite};
use flinks_pay::spec::Document;

/// The contract that this crate is built from.
pub(crate) static CONTRACT: LazyLock<Document> = LazyLock::new(|| {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/flinks-pay.yaml");
    Document::read(path.as_ref()).unwrap()
});

/// The seed of the witnesses that are made of two others.
pub(crate) const SEED: u64 = 7;

/// The witnesses of the contract, which every test shares: making and judging them takes longest.
pub(crate) static SUITE: LazyLock<Suite<'static>> =
    LazyLock::new(|| Suite::of(&CONTRACT, SEED).unwrap());

/// Every witness of the contract, where it travels, and whether the judge accepts it.
pub(crate) fn judged() -> impl Iterator<Item = (&'static Seat, &'static Witness, bool)> {
    SUITE.judged()
}

/// Shows some of the differences that there should not be.
#[track_caller]
pub(crate) fn expect_none(differences: &[String]) {
    let shown: Vec<&String> = differences
        .iter()
        .step_by(differences.len() / 20 + 1)
        .collect();
    assert!(
        differences.is_empty(),
        "{} differences, some of them: {shown:#?}",
        differences.len()
    );
}

/// Compares with a snapshot in the folder that all of them are in.
pub(crate) fn snapshots() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings
}
