//! The mutation score: every single change of a contract, and whether anybody notices.
//!
//! A suite that passes proves little. So the contract is changed at one place after the other, and the suite is run against each
//! changed contract with the code as it is. A change is noticed when the judge, reading the changed contract, and a party differ
//! about a value, who did not differ about it before: one from the witnesses of the contract as it was, or one from those of the
//! changed contract. Or it is noticed by a recorded exchange: the changed contract thinks otherwise of it, or offers something that
//! none has. Texts, trees and digests are not compared.

mod disjoint;
mod edit;
mod language;
mod normal;
mod pattern;
mod queue;
mod recorded;
mod same;
mod schema;
mod score;
mod security;
mod surface;
mod whole;

use std::fmt;

use edit::Edit;

pub use recorded::{Known, Recorded};
pub use score::{Fate, Killer, Score, score};
pub use whole::{every, score_with};

use super::ContractError;
use crate::spec::{Document, Node, Object, Pointer};

/// One change of a contract.
#[derive(Debug, Clone, PartialEq)]
pub struct Mutant {
    /// Where it is.
    pub at: Pointer,
    /// Its kind: `drop`, `add`, `tighten`, `loosen`, `rename`, `retype` or `swap`.
    pub kind: &'static str,
    /// What changes, in words.
    pub change: String,
    edit: Edit,
}

impl Mutant {
    /// The contract with this change.
    #[must_use]
    pub fn apply(&self, document: &Document) -> Option<Document> {
        self.edit.apply(document)
    }
}

impl fmt::Display for Mutant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.kind, self.at.fragment(), self.change)
    }
}

/// Returns every single change of the schemas of a contract, in the order of the document.
#[must_use]
pub fn mutants(document: &Document) -> Vec<Mutant> {
    let schemas = Pointer::root().join("components").join("schemas");
    let named = document.at(&schemas).and_then(Node::as_object);
    let mut found = Vec::new();
    for name in named.into_iter().flat_map(Object::keys) {
        schema::changes(document, &schemas.join(name), &mut found);
    }
    named_mutants(document, found)
}

/// Returns every single change of a contract outside its schemas, in the order of the document.
///
/// # Errors
///
/// The document is not OpenAPI 3.0, or a reference in it cannot be followed.
pub fn surface(document: &Document) -> Result<Vec<Mutant>, ContractError> {
    let mut found = Vec::new();
    surface::changes(document, &mut found)?;
    let mut mutants = named_mutants(document, found);
    // A name that is taken cannot be given, and what stands there already changes nothing.
    mutants.retain(|mutant| {
        let changed = mutant.apply(document);
        changed.is_some_and(|changed| changed.to_json() != document.to_json())
    });
    Ok(mutants)
}

fn named_mutants(document: &Document, found: Vec<schema::Named>) -> Vec<Mutant> {
    found
        .into_iter()
        .map(|(kind, edit)| Mutant {
            at: edit.at().clone(),
            kind,
            change: edit.describe(document),
            edit,
        })
        .collect()
}
