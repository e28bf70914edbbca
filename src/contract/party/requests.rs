//! What can be sent.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{Opinion, Remark};
use crate::client::Credentials;
use crate::domain::{Currency, Invalid, SessionId};
use crate::session::{GuaranteeDecision, Operation, SessionRequest, Violations};

/// The body of a request.
pub(super) fn body(operation: &str, value: &Value) -> Option<Opinion> {
    let opinion = if operation == Operation::Authorize.id() {
        grant(value)
    } else if operation == Operation::CreateSession.id() {
        read(value, SessionRequest::from_json(value))
    } else if operation == Operation::ConfirmGuarantee.id() {
        read(value, GuaranteeDecision::from_json(value))
    } else {
        return None;
    };
    Some(opinion)
}

/// A parameter.
pub(super) fn parameter(name: &str, value: &Value) -> Option<Opinion> {
    match name {
        "sessionId" => Some(text(value, |text| {
            SessionId::new(text).map(|id| Value::String(id.expose()))
        })),
        _ => None,
    }
}

fn read<T: Serialize>(value: &Value, read: Result<T, Violations>) -> Opinion {
    match read {
        Ok(request) => sent(value, serde_json::to_value(&request).unwrap_or_default()),
        Err(violations) => Opinion::Refuses(
            violations
                .iter()
                .map(|violation| Remark {
                    at: violation.path().to_owned(),
                    rule: violation.rule().id.to_owned(),
                })
                .collect(),
        ),
    }
}

fn text(value: &Value, read: impl FnOnce(&str) -> Result<Value, Invalid>) -> Opinion {
    let Some(text) = value.as_str() else {
        return Opinion::Refuses(vec![remark("", "type")]);
    };
    match read(text) {
        Ok(written) => sent(value, written),
        Err(invalid) => Opinion::Refuses(vec![remark("", invalid.rule().id)]),
    }
}

/// What is written is the value itself, or another that means the same.
fn sent(value: &Value, written: Value) -> Opinion {
    if plain(value) == plain(&written) {
        Opinion::Takes
    } else {
        Opinion::Writes(written)
    }
}

/// A value without what says nothing: a null where it is taken at all, and an object without members. A number is the same
/// with a point and without, and of currencies there is one, which is always written.
fn plain(value: &Value) -> Value {
    let mut plain = without_nothing(value).unwrap_or_default();
    if let (Value::Object(members), true) = (&mut plain, value.get("payor").is_some()) {
        members
            .entry("currency")
            .or_insert_with(|| Currency::Cad.as_str().into());
    }
    plain
}

fn without_nothing(value: &Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::Object(members) => {
            let kept: Map<String, Value> = members
                .iter()
                .filter_map(|(name, value)| {
                    let mut value = without_nothing(value)?;
                    // Letters of a postal code are written large.
                    if let ("postalCode", Value::String(code)) = (name.as_str(), &mut value) {
                        code.make_ascii_uppercase();
                    }
                    Some((name.clone(), value))
                })
                .collect();
            (!kept.is_empty()).then_some(Value::Object(kept))
        }
        Value::Number(number) => Some(json!(number.as_f64())),
        // An id is the same in either case.
        Value::String(text) => Some(match SessionId::new(text) {
            Ok(id) => id.expose().into(),
            Err(_) => text.clone().into(),
        }),
        other => Some(other.clone()),
    }
}

/// The form that a token is asked for with: the credentials are in it, or in a header.
fn grant(value: &Value) -> Opinion {
    let Some(fields) = value.as_object() else {
        return Opinion::Refuses(vec![remark("", "type")]);
    };
    let known = ["grant_type", "Username", "Password"];
    if let Some(name) = fields.keys().find(|name| !known.contains(&name.as_str())) {
        return Opinion::Refuses(vec![remark(name, "unknown-member")]);
    }
    if fields.get("grant_type").and_then(Value::as_str) != Some("client_credentials") {
        return Opinion::Refuses(vec![remark("grant_type", "grant-type")]);
    }
    match (fields.get("Username"), fields.get("Password")) {
        (None, None) => Opinion::Takes,
        (Some(Value::String(id)), Some(Value::String(secret))) => {
            match Credentials::form(id, secret) {
                Ok(_) => Opinion::Takes,
                Err(_) => Opinion::Refuses(vec![remark("", "credentials")]),
            }
        }
        (Some(Value::String(_)), None) | (None, Some(Value::String(_))) => {
            Opinion::Refuses(vec![remark("", "credentials-paired")])
        }
        _ => Opinion::Refuses(vec![remark("", "type")]),
    }
}

fn remark(at: &str, rule: &str) -> Remark {
    Remark {
        at: at.to_owned(),
        rule: rule.to_owned(),
    }
}
