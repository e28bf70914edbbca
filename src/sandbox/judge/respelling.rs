//! Spellings that the sandbox takes and the contract does not have: the types of this crate write them as it has them.

use serde_json::Value;

use super::contract::Contract;
use crate::session::Operation;

/// A text that is taken in another spelling.
#[derive(Debug)]
pub(super) struct Respelling {
    /// The rule that takes it.
    pub(super) rule: &'static str,
    operation: Operation,
    pointer: &'static str,
    /// The text as the contract has it, if it is one that is meant here.
    contracts: fn(&Contract, &str) -> Option<String>,
}

/// All of them; there are no others.
pub(super) const RESPELLINGS: &[Respelling] = &[
    create("currency", "/currency", upper_case),
    create(
        "language",
        "/options/notificationPreferences/language",
        upper_case,
    ),
    create("email", "/payor/email", plain_domain),
    create("province", "/payor/address/province", upper_case),
    create("country", "/payor/address/country", upper_case),
    create("postal-code", "/payor/address/postalCode", without_space),
];

const fn create(
    rule: &'static str,
    pointer: &'static str,
    contracts: fn(&Contract, &str) -> Option<String>,
) -> Respelling {
    Respelling {
        rule,
        operation: Operation::CreateSession,
        pointer,
        contracts,
    }
}

/// Writes a body as the contract has it; returns the rules by which something was written in another way.
pub(super) fn as_the_contract_has_it(
    contract: &Contract,
    operation: Operation,
    body: &mut Value,
) -> Vec<&'static str> {
    let mut respelled = Vec::new();
    for respelling in RESPELLINGS {
        let value = (respelling.operation == operation)
            .then(|| body.pointer_mut(respelling.pointer))
            .flatten();
        let Some(Value::String(text)) = value else {
            continue;
        };
        if let Some(contracts) = (respelling.contracts)(contract, text) {
            *text = contracts;
            respelled.push(respelling.rule);
        }
    }
    respelled
}

/// A code in lower case.
fn upper_case(_: &Contract, text: &str) -> Option<String> {
    text.bytes()
        .any(|byte| byte.is_ascii_lowercase())
        .then(|| text.to_ascii_uppercase())
}

/// A postal code with a space in its middle.
fn without_space(_: &Contract, text: &str) -> Option<String> {
    let (front, back) = text.split_once(' ')?;
    (front.len() == 3 && back.len() == 3).then(|| format!("{front}{back}"))
}

/// An email address that the schema's own keywords accept and the validator's reading of `format` does not: it also holds the
/// domain to the rules for international names (no hyphens in third and fourth place) and to 253 characters. A mail server
/// asks neither. Returned is one with another domain.
fn plain_domain(contract: &Contract, text: &str) -> Option<String> {
    let (local, domain) = text.split_once('@')?;
    let unusual =
        domain.len() > 253 || domain.split('.').any(|label| label.get(2..4) == Some("--"));
    let accepted = unusual && contract.email.is_valid(&Value::from(text));
    accepted.then(|| format!("{local}@domain.example"))
}
