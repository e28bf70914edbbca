//! The rules of `x-rules`, as far as an exchange shows whether one of them is broken.
//!
//! What a rule means its contract says in words only. This crate knows its own: those about documents are the facade's, and those
//! about calls are here, by what a request must have if it breaks them. A rule of which nothing is known excuses nothing.

use std::collections::BTreeSet;

use http::header;
use serde_json::Value;

use super::Reading;
use super::record::Record;
use crate::domain::rules;
use crate::spec::{Document, Node, Pointer};

/// A rule about a call, by what refuses it.
#[derive(Debug)]
pub(super) struct CallRule {
    id: String,
    /// Where the operation stands.
    on: Pointer,
    refused: Vec<u16>,
}

/// Reads the rules about calls.
pub(super) fn of_calls(document: &Document) -> Vec<CallRule> {
    let listed = document.root().get("x-rules").and_then(Node::as_array);
    let mut found = Vec::new();
    for rule in listed.unwrap_or_default() {
        let said = |member: &str| rule.get(member).and_then(Node::as_str);
        let refused = rule.get("witness").and_then(|it| it.get("refused"));
        if let (Some(id), Some(on), Some(refused)) = (
            said("id"),
            said("applies-to").and_then(|on| on.parse().ok()),
            refused.and_then(Node::as_array),
        ) {
            let status = |node: &Node| node.as_number()?.as_u64()?.try_into().ok();
            found.push(CallRule {
                id: id.to_owned(),
                on,
                refused: refused.iter().filter_map(status).collect(),
            });
        }
    }
    found
}

/// The rules about calls by which a request may have been refused like this.
pub(super) fn broken(
    rules: &[CallRule],
    reading: &Reading<'_, '_>,
    record: &Record<'_>,
) -> BTreeSet<String> {
    let Some(operation) = reading.operation else {
        return BTreeSet::new();
    };
    let status = reading.exchange.status.as_u16();
    rules
        .iter()
        .filter(|rule| rule.on == operation.at && rule.refused.contains(&status))
        .filter(|rule| may_break(&rule.id, reading, record))
        .map(|rule| rule.id.clone())
        .collect()
}

fn may_break(id: &str, reading: &Reading<'_, '_>, record: &Record<'_>) -> bool {
    let null = Value::Null;
    let body = reading.request.as_ref().unwrap_or(&null);
    let authorization = reading.exchange.headers.get(header::AUTHORIZATION);
    let by = |scheme: &str| {
        let said = authorization.and_then(|value| value.to_str().ok());
        said.and_then(|said| said.split_once(' '))
            .is_some_and(|(said, _)| said.eq_ignore_ascii_case(scheme))
    };
    if id == rules::AMOUNT_WITHIN_CLIENT_LIMITS.id {
        body.get("amount").is_some_and(Value::is_number)
    } else if id == rules::PAYEE_OR_SETTLEMENT.id {
        let guaranteed = body.pointer("/options/guarantee/enable") == Some(&Value::Bool(true));
        guaranteed && body.get("payee").is_none()
    } else if id == rules::TOKEN_PER_CREATE.id {
        by("bearer") && record.has_taken(reading.exchange)
    } else if id == rules::CREDENTIALS_IN_ONE_PLACE.id {
        by("basic") && (body.get("Username").is_some() || body.get("Password").is_some())
    } else {
        // Of these the state of the session says it all, which the request does not show.
        id == rules::CANCEL_OPEN_ONLY.id || id == rules::GUARANTEE_PENDING_ONLY.id
    }
}
