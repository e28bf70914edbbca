//! What becomes of the members of an answer.

use serde_json::{Map, Value};

use crate::domain::SessionId;

use super::kind::Fault;

/// A change to an answer's JSON: the same one can be made to what is sent and to what the journal keeps.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::sandbox) enum Change {
    /// Another value.
    Set(Vec<String>, Value),
    /// More members.
    Extend(String, Map<String, Value>),
    /// Fewer members.
    Remove(Vec<String>),
    /// Another session and its reference.
    Rename {
        session: SessionId,
        reference: String,
    },
}

/// Where codes stand in the answers of the contract.
const CODES: [&str; 4] = ["/status", "/token_type", "/statusDetails", "/error"];

/// What the answers of the contract must have.
const REQUIRED: [&str; 4] = ["/sessionId", "/access_token", "/error", "/title"];

impl Change {
    /// What a fault changes in this answer; nothing for a fault that is about something else, or that has nothing to change.
    pub(in crate::sandbox) fn of(
        fault: &Fault,
        answer: &Value,
        other: impl FnOnce() -> Option<(SessionId, String)>,
    ) -> Option<Self> {
        let first = |known: &[&str]| {
            let known = known.iter().find(|known| answer.pointer(known).is_some());
            known.map(|&known| vec![known.to_owned()])
        };
        let chosen = |pointers: &Option<Vec<String>>| pointers.clone().or_else(|| first(&REQUIRED));
        match fault {
            Fault::WrongValue { pointer, value } => {
                let one = pointer.clone().map(|pointer| vec![pointer]);
                Some(Self::Set(one.or_else(|| first(&CODES))?, value.clone()))
            }
            Fault::NullMembers { pointers } => Some(Self::Set(chosen(pointers)?, Value::Null)),
            Fault::MissingMembers { pointers } => Some(Self::Remove(chosen(pointers)?)),
            Fault::ExtraMembers { pointer, members } => {
                Some(Self::Extend(pointer.clone(), members.clone()))
            }
            Fault::AnotherSession { .. } => {
                let (session, reference) = other()?;
                Some(Self::Rename { session, reference })
            }
            _ => None,
        }
    }

    /// Makes it. Returns whether the answer is another one now.
    pub(in crate::sandbox) fn make(&self, answer: &mut Value) -> bool {
        let before = answer.clone();
        match self {
            Self::Set(pointers, value) => {
                for pointer in pointers {
                    set(answer, pointer, value);
                }
            }
            Self::Extend(pointer, members) => {
                if let Some(Value::Object(object)) = answer.pointer_mut(pointer) {
                    object.extend(members.clone());
                }
            }
            Self::Remove(pointers) => {
                for pointer in pointers {
                    remove(answer, pointer);
                }
            }
            Self::Rename { session, reference } => {
                if let Some(id @ Value::String(_)) = answer.pointer_mut("/sessionId") {
                    *id = session.expose().into();
                }
                if let Some(known @ Value::String(_)) = answer.pointer_mut("/referenceId") {
                    *known = reference.clone().into();
                }
            }
        }
        *answer != before
    }
}

/// The object that has the member, and the member's name.
fn parent<'a>(answer: &'a mut Value, pointer: &str) -> Option<(&'a mut Value, String)> {
    let (parent, name) = pointer.rsplit_once('/')?;
    // In this order (RFC 6901, section 4).
    let name = name.replace("~1", "/").replace("~0", "~");
    Some((answer.pointer_mut(parent)?, name))
}

/// Sets a member that is there, or adds it to its object.
fn set(answer: &mut Value, pointer: &str, value: &Value) {
    if let Some(known) = answer.pointer_mut(pointer) {
        *known = value.clone();
    } else if let Some((Value::Object(object), name)) = parent(answer, pointer) {
        object.insert(name, value.clone());
    }
}

fn remove(answer: &mut Value, pointer: &str) {
    match parent(answer, pointer) {
        Some((Value::Object(object), name)) => {
            object.remove(&name);
        }
        Some((Value::Array(items), index)) => {
            if let Ok(index) = index.parse::<usize>()
                && index < items.len()
            {
                items.remove(index);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ID: &str = "7e1c1a52-9a0d-4bb4-9d5c-0a3c1f9f2b11";

    fn answer() -> Value {
        json!({
            "sessionId": "0f9e8d7c-6b5a-4c3d-8e1f-001122334455",
            "referenceId": "invoice-1",
            "status": "Initiated",
            "payor": { "account": null, "a/b": 1, "list": [1, 2] },
        })
    }

    /// What is left after the fault of a document.
    fn after(fault: Value) -> Option<Value> {
        let fault: Fault = serde_json::from_value(fault).unwrap();
        let mut answer = answer();
        let other = || Some((SessionId::new(ID).unwrap(), "other".to_owned()));
        let change = Change::of(&fault, &answer, other)?;
        change.make(&mut answer).then_some(answer)
    }

    #[test]
    fn members_change_where_they_are_named_or_where_codes_and_required_ones_are_known_to_stand() {
        for (fault, pointer, value) in [
            (
                json!({ "wrongValue": {} }),
                "/status",
                Some(json!("UnheardOf")),
            ),
            (
                json!({ "wrongValue": { "pointer": "/statusDetails", "value": 7 } }),
                "/statusDetails",
                Some(json!(7)),
            ),
            (
                json!({ "wrongValue": { "pointer": "/payor/a~1b", "value": "x" } }),
                "/payor/a~1b",
                Some(json!("x")),
            ),
            (
                json!({ "extraMembers": {} }),
                "/unheardOf",
                Some(json!({ "since": 2030 })),
            ),
            (
                json!({ "extraMembers": { "pointer": "/payor", "members": { "shoe": 44 } } }),
                "/payor/shoe",
                Some(json!(44)),
            ),
            (json!({ "missingMembers": {} }), "/sessionId", None),
            (
                json!({ "missingMembers": { "pointers": ["/payor/list/0", "/payor/a~1b"] } }),
                "/payor",
                Some(json!({ "account": null, "list": [2] })),
            ),
            (
                json!({ "nullMembers": {} }),
                "/sessionId",
                Some(json!(null)),
            ),
            (
                json!({ "nullMembers": { "pointers": ["/status", "/new"] } }),
                "/new",
                Some(json!(null)),
            ),
            (
                json!({ "anotherSession": {} }),
                "/sessionId",
                Some(json!(ID)),
            ),
            (
                json!({ "anotherSession": {} }),
                "/referenceId",
                Some(json!("other")),
            ),
        ] {
            let after = after(fault.clone()).unwrap();
            assert_eq!(after.pointer(pointer), value.as_ref(), "{fault}");
        }
    }

    #[test]
    fn what_is_not_there_cannot_be_changed() {
        for fault in [
            json!({ "missingMembers": { "pointers": ["/nothing", "/payor/list/2", "/status/x"] } }),
            json!({ "nullMembers": { "pointers": ["/payor/account"] } }),
            json!({ "extraMembers": { "pointer": "/status" } }),
            json!({ "wrongValue": { "pointer": "/status/deeper" } }),
            json!("resetBeforeRequest"),
        ] {
            assert_eq!(after(fault.clone()), None, "{fault}");
        }
    }
}
