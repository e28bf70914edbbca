//! What a contract says at the place that an expectation is from.

use crate::contract::tour::Basis;
use crate::spec::{Document, Node, Pointer};

/// How much of it is shown.
const LONGEST: usize = 300;

/// Nothing where the contract is silent.
pub(super) fn of(contract: &Document, basis: Basis) -> Option<String> {
    match basis {
        Basis::Contract(at) => place(contract, &at.trim_start_matches('#').parse().ok()?),
        Basis::Rule(id) => {
            let rules = contract.at(&Pointer::root().join("x-rules"))?;
            let mut rules = rules.as_array()?.iter();
            let named = |rule: &&Node| rule.get("id").and_then(Node::as_str) == Some(id);
            let rule = rules.find(named)?;
            rule.get("says").and_then(Node::as_str).map(str::to_owned)
        }
        Basis::Deviation(_) | Basis::Simulator | Basis::Http => None,
    }
}

/// The text at a place, behind any reference, cut where it is long.
pub(super) fn place(contract: &Document, at: &Pointer) -> Option<String> {
    let node = contract.at(at)?;
    let text = contract.resolve(node).ok()?.to_json().to_string();
    let mut shown: String = text.chars().take(LONGEST).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    Some(shown)
}
