//! What is made of a webhook.

use serde_json::Value;

use super::{Opinion, Remark};
use crate::client::DriftSource;
use crate::webhook::{
    Event, Refusal, SIGNATURE_HEADER, Verified, WebhookError, WebhookSecret, WebhookVerifier,
};

/// Known to nobody else, so that nothing is signed with it but here.
const SECRET: &str = "a secret that signs nothing real";

/// The body, rightly signed.
pub(super) fn body(operation: &str, value: &Value) -> Option<Opinion> {
    Some(match verified(operation, value)? {
        Ok(verified) => match (wrapped(value), verified.event.nonconformances()) {
            // What stands around the report is not published, and anything may.
            (Some(report), []) => Opinion::Writes(report.clone()),
            (_, odd) => Opinion::of(odd),
        },
        Err(_) => refuses("signature"),
    })
}

/// What the event of the body holds. Of a report, what stands around it comes with it; of anything else, the body itself.
pub(super) fn held(operation: &str, value: &Value) -> Option<Value> {
    match verified(operation, value)?.ok()?.event {
        Event::StatusChanged(event) => {
            let mut held = serde_json::to_value(event.report()).ok()?;
            let around = event.envelope().iter();
            let around = around.map(|(name, value)| (name.to_owned(), value.clone()));
            held.as_object_mut()?.extend(around);
            Some(held)
        }
        Event::Other(event) => event.json().ok(),
    }
}

fn verified(operation: &str, value: &Value) -> Option<Result<Verified, WebhookError>> {
    if operation != DriftSource::Webhook.id() {
        return None;
    }
    let secret = WebhookSecret::new(SECRET).ok()?;
    let body = value.to_string();
    let signature = secret.sign(body.as_bytes());
    Some(WebhookVerifier::new(secret).verify_value(signature, body.as_bytes()))
}

/// The signature. One that does not hold is well formed all the same.
pub(super) fn parameter(name: &str, value: &Value) -> Option<Opinion> {
    if !name.eq_ignore_ascii_case(SIGNATURE_HEADER) {
        return None;
    }
    let Some(text) = value.as_str() else {
        return Some(refuses("type"));
    };
    let secret = WebhookSecret::new(SECRET).ok()?;
    Some(
        match WebhookVerifier::new(secret).verify_value(text, b"{}") {
            Ok(_) => Opinion::Takes,
            Err(error) if error.reason() == Refusal::WrongSignature => Opinion::Takes,
            Err(_) => refuses("pattern"),
        },
    )
}

/// The report, where it does not stand at the root.
fn wrapped(value: &Value) -> Option<&Value> {
    let members = value.as_object()?;
    if members.contains_key("sessionId") {
        return None;
    }
    members
        .values()
        .find(|inner| inner.get("sessionId").is_some())
}

fn refuses(rule: &str) -> Opinion {
    Opinion::Refuses(vec![Remark {
        at: String::new(),
        rule: rule.to_owned(),
    }])
}
