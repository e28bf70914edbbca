//! An answer as it can be decoded: without the unknown members that cannot be held.
//!
//! Unknown members never fail an answer, and some would: one that nests deeper than the decoder goes, one with a number
//! that no machine number can hold, one with half of a surrogate pair. Nobody asked for them, so they are left out of what is
//! decoded. The raw answer has them, and that they are missing is reported. Everything else of such an answer, a known member
//! with the same fault among it, is decoded as it came.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::Operation;
use super::conformance::{Finding, inspect, known_members, left_out};
use super::json::Json;

/// The body of a successful answer, ready to be decoded. It holds personal data, and cannot be printed.
pub(crate) struct Readable {
    pub(crate) json: Bytes,
    /// What is not as the contract has it, if the body is JSON; what had to be left out comes first.
    pub(crate) findings: Vec<Finding>,
}

impl Readable {
    /// Takes a body without a byte order mark.
    pub(crate) fn of(operation: Operation, body: Bytes) -> Self {
        // Text is text once for all: of bytes, the decoder asks it of each name and value.
        if let Ok(text) = std::str::from_utf8(&body)
            && let Ok(json) = serde_json::from_str::<Json>(text)
        {
            let findings = inspect(operation.id(), &json);
            return Self {
                json: body,
                findings,
            };
        }
        Self::decoded(operation, &body).unwrap_or(Self {
            json: body,
            findings: Vec::new(),
        })
    }

    /// The same for a body in which there is something that not every decoder can hold. Nothing where it is no JSON.
    fn decoded(operation: Operation, body: &Bytes) -> Option<Self> {
        if let Ok(value) = serde_json::from_slice::<Value>(body) {
            return Some(Self {
                json: body.clone(),
                findings: inspect(operation.id(), &Json::from(&value)),
            });
        }
        let whole: &RawValue = serde_json::from_slice(body).ok()?;
        let mut text = String::new();
        let mut findings = Vec::new();
        copy(
            operation.id(),
            &mut Vec::new(),
            whole,
            &mut text,
            &mut findings,
        )?;
        if let Ok(value) = serde_json::from_str::<Value>(&text) {
            findings.extend(inspect(operation.id(), &Json::from(&value)));
        }
        Some(Self {
            json: Bytes::from(text),
            findings,
        })
    }
}

/// Copies the object at `path` without the unknown members that cannot be decoded. Nothing for what is no object.
fn copy<'a>(
    operation: &str,
    path: &mut Vec<&'a str>,
    object: &'a RawValue,
    text: &mut String,
    without: &mut Vec<Finding>,
) -> Option<()> {
    let (known, contract) = known_members(operation, path)?;
    let members = serde_json::Deserializer::from_str(object.get())
        .deserialize_map(Members)
        .ok()?;
    text.push('{');
    let before = text.len();
    for (name, value) in &members {
        let is_known = known.contains(&&**name);
        if !is_known && !can_be_held(value, path.len() + 1) {
            without.push(left_out(path, name, contract));
            continue;
        }
        if text.len() > before {
            text.push(',');
        }
        text.push_str(&serde_json::to_string(name).ok()?);
        text.push(':');
        let start = (text.len(), without.len());
        path.push(
            known
                .iter()
                .find(|known| **known == name.as_ref())
                .unwrap_or(&""),
        );
        if !is_known || copy(operation, path, value, text, without).is_none() {
            // What a nested copy that failed has left behind does not count.
            text.truncate(start.0);
            without.truncate(start.1);
            text.push_str(value.get());
        }
        path.pop();
    }
    text.push('}');
    Some(())
}

/// Whether a value decodes at this depth.
fn can_be_held(value: &RawValue, depth: usize) -> bool {
    let wrapped = format!("{}{}{}", "[".repeat(depth), value.get(), "]".repeat(depth));
    serde_json::from_str::<Value>(&wrapped).is_ok()
}

/// Takes an object apart, whatever its values are, and keeps a name that comes twice.
struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some((name, value)) = map.next_entry::<String, &RawValue>()? {
            members.push((Cow::Owned(name), value));
        }
        Ok(members)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::client::DriftKind;

    fn read(operation: Operation, body: &str) -> (Option<String>, Vec<String>) {
        let readable = Readable::of(operation, Bytes::copy_from_slice(body.as_bytes()));
        let pointers = readable
            .findings
            .iter()
            .filter(|finding| finding.kind == DriftKind::MemberLeftOut)
            .map(|finding| finding.odd.pointer().to_owned());
        let text = String::from_utf8(readable.json.to_vec()).unwrap();
        let decodes = serde_json::from_str::<Value>(&text).is_ok();
        (decodes.then_some(text), pointers.collect())
    }

    #[test]
    fn an_unknown_member_that_cannot_be_held_is_left_out() {
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        for odd in [
            &*deep,
            "1e400",
            "-1e999",
            r#""\ud800""#,
            r#"{"a":[{"b":1e400}]}"#,
        ] {
            let body = format!(r#"{{"novel":{odd},"status":"Failed" ,"more":[1, 2]}}"#);
            assert_eq!(
                read(Operation::GetSessionStatus, &body),
                (
                    Some(r#"{"status":"Failed","more":[1, 2]}"#.to_owned()),
                    vec!["/novel".to_owned()]
                )
            );
            let body = format!(
                r#"{{"payor":{{"account":{{"accountNumber":"1","novel":{odd}}}}},"a@b":{odd}}}"#
            );
            assert_eq!(
                read(Operation::GetSessionDetails, &body),
                (
                    Some(r#"{"payor":{"account":{"accountNumber":"1"}}}"#.to_owned()),
                    vec!["/payor/account/novel".to_owned(), "/?".to_owned()]
                )
            );
        }
    }

    #[test]
    fn a_known_member_that_cannot_be_held_stays_where_it_is() {
        for body in [
            r#"{"status":"Failed","amount":1e400}"#,
            r#"{"status":"\ud800"}"#,
            r#"{"novel":1e400"#,
            r#"{"novel":1e400}}"#,
            "[1e400]",
            "",
        ] {
            assert_eq!(
                read(Operation::GetSessionStatus, body),
                (None, Vec::new()),
                "{body}"
            );
        }
    }

    #[test]
    fn the_fault_of_a_known_member_is_not_hidden_behind_an_unknown_one() {
        let body = br#"{"novel":1e400,"amount":1e400}"#;
        let readable = Readable::of(Operation::GetSessionStatus, Bytes::from_static(body));
        assert!(serde_json::from_slice::<Value>(&readable.json).is_err());
        assert_eq!(readable.json, r#"{"amount":1e400}"#);
    }

    #[test]
    fn what_decodes_is_not_touched() {
        let fits = format!("{}{}", "[".repeat(126), "]".repeat(126));
        let body = format!(r#"{{ "status":"Failed", "novel":{fits}, "novel":1 }}"#);
        assert_eq!(
            read(Operation::GetSessionStatus, &body),
            (Some(body.clone()), Vec::new())
        );
    }

    #[test]
    fn a_member_is_judged_by_the_depth_at_which_it_stands() {
        // Alone it fits; two objects further in it does not.
        let fits = format!("{}{}", "[".repeat(126), "]".repeat(126));
        let body = format!(r#"{{"payor":{{"account":{{"novel":{fits}}}}}}}"#);
        assert_eq!(
            read(Operation::GetSessionDetails, &body),
            (
                Some(r#"{"payor":{"account":{}}}"#.to_owned()),
                vec!["/payor/account/novel".to_owned()]
            )
        );
    }

    #[test]
    fn whatever_the_depth_what_is_left_decodes_and_nothing_that_would_is_left_out() {
        for levels in 115..135 {
            let novel = format!("{}{}", "[".repeat(levels), "]".repeat(levels));
            for (operation, before, after) in [
                (Operation::GetSessionStatus, "{", "}"),
                (Operation::GetSessionDetails, r#"{"payor":{"#, "}}"),
                (
                    Operation::GetSessionDetails,
                    r#"{"payor":{"account":{"#,
                    "}}}",
                ),
            ] {
                let body = format!(r#"{before}"novel":{novel}{after}"#);
                let decodes = serde_json::from_str::<Value>(&body).is_ok();
                let kept = if decodes {
                    body.clone()
                } else {
                    format!("{before}{after}")
                };
                assert_eq!(read(operation, &body).0, Some(kept), "{levels}");
            }
        }
    }

    #[test]
    fn a_member_that_comes_twice_comes_twice() {
        assert_eq!(
            read(
                Operation::GetSessionStatus,
                r#"{"status":"Failed","status":"Paused","novel":1e400}"#
            )
            .0,
            Some(r#"{"status":"Failed","status":"Paused"}"#.to_owned())
        );
    }
}
