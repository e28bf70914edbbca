//! Reading a request from JSON, without stopping at the first thing that is wrong.
//!
//! What can be said about the document itself is recorded here: a member that does not belong, one of the wrong JSON type,
//! one that is missing. Texts go on into a builder, which checks them as it checks texts from anywhere else.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::draft::Draft;
use super::violation::Findings;
use crate::domain::rules::{UNKNOWN_MEMBER, WRONG_TYPE};
use crate::domain::{Amount, DomainValue, Found, JsonKind, Rule};

/// What `null` means for an optional member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Null {
    /// The contract calls the member nullable: `null` is the same as leaving it out.
    IsAbsent,
    /// The contract does not: `null` is of the wrong type.
    IsWrong,
}

/// The members of one JSON object of the request.
#[derive(Debug)]
pub(super) struct Members<'j> {
    at: &'static str,
    members: &'j Map<String, Value>,
}

impl<'j> Members<'j> {
    /// Opens the object at `at`; records whatever is no object, and every member that is not in `known`.
    pub(super) fn of(
        value: &'j Value,
        at: &'static str,
        known: &[&str],
        findings: &mut Findings,
    ) -> Option<Self> {
        let Some(members) = value.as_object() else {
            wrong_type(at, value, JsonKind::Object, findings);
            return None;
        };
        for name in members
            .keys()
            .filter(|name| !known.contains(&name.as_str()))
        {
            findings.refuse(
                join(at, &printable(name)),
                UNKNOWN_MEMBER.refuse(Found::Shape("a member of another name")),
            );
        }
        Some(Self { at, members })
    }

    /// The path of a member.
    pub(super) fn path(&self, name: &str) -> Cow<'static, str> {
        join(self.at, name)
    }

    /// Whether the member is there, `null` included.
    pub(super) fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    /// A text that must be there; where it is missing, `missing` is the rule that says so.
    pub(super) fn required<T: DomainValue>(
        &self,
        name: &str,
        missing: &'static Rule,
        findings: &mut Findings,
    ) -> Draft<T> {
        if !self.has(name) {
            findings.refuse(self.path(name), missing.refuse(Found::Nothing));
            return Draft::reported();
        }
        self.optional(name, Null::IsWrong, findings)
            .unwrap_or_else(Draft::reported)
    }

    /// A text that may be absent.
    pub(super) fn optional<T: DomainValue>(
        &self,
        name: &str,
        null: Null,
        findings: &mut Findings,
    ) -> Option<Draft<T>> {
        let value = self.present(name, null)?;
        Some(if let Value::String(text) = value {
            Draft::from(text)
        } else {
            wrong_type(self.path(name), value, JsonKind::String, findings);
            Draft::reported()
        })
    }

    /// An amount that may be absent: a JSON number, taken by the shortest decimal that names it.
    pub(super) fn amount(&self, name: &str, findings: &mut Findings) -> Option<Draft<Amount>> {
        let value = self.present(name, Null::IsAbsent)?;
        let Value::Number(number) = value else {
            wrong_type(self.path(name), value, JsonKind::Number, findings);
            return Some(Draft::reported());
        };
        // A double prints as its shortest decimal, without an exponent; `serde_json` would write one.
        Some(match number.as_f64() {
            Some(double) if number.is_f64() => double.to_string().into(),
            _ => number.to_string().into(),
        })
    }

    /// A boolean that may be absent.
    pub(super) fn flag(&self, name: &str, null: Null, findings: &mut Findings) -> Option<bool> {
        let value = self.present(name, null)?;
        let flag = value.as_bool();
        if flag.is_none() {
            wrong_type(self.path(name), value, JsonKind::Boolean, findings);
        }
        flag
    }

    /// An object that may be absent, with its path in full.
    pub(super) fn object(
        &self,
        name: &str,
        at: &'static str,
        null: Null,
        known: &[&str],
        findings: &mut Findings,
    ) -> Option<Members<'j>> {
        Members::of(self.present(name, null)?, at, known, findings)
    }

    /// The member, unless it is absent or a `null` that means so.
    fn present(&self, name: &str, null: Null) -> Option<&'j Value> {
        self.members
            .get(name)
            .filter(|value| !(null == Null::IsAbsent && value.is_null()))
    }
}

/// Records a value of the wrong JSON type.
pub(super) fn wrong_type(
    at: impl Into<Cow<'static, str>>,
    value: &Value,
    wanted: JsonKind,
    findings: &mut Findings,
) {
    findings.refuse(
        at,
        WRONG_TYPE.refuse(Found::Json {
            found: JsonKind::of(value),
            wanted,
        }),
    );
}

/// The path of a member of the object at `at`.
fn join(at: &str, name: &str) -> Cow<'static, str> {
    if at.is_empty() {
        name.to_owned().into()
    } else {
        format!("{at}.{name}").into()
    }
}

/// A member name from the document, fit for a path in a log: bounded, and without characters that steer a terminal.
fn printable(name: &str) -> String {
    const LONGEST: usize = 40;
    let mut shown: String = name
        .chars()
        .take(LONGEST)
        .flat_map(char::escape_debug)
        .collect();
    if name.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

/// Gives a part of a request its own way in from JSON, with paths as in a whole request.
macro_rules! json_part {
    ($part:ident, $builder:ident, $at:literal, $known:expr) => {
        impl $builder {
            /// The members of the JSON object.
            pub(super) const MEMBERS: &'static [&'static str] = &$known;
        }

        impl $part {
            /// Reads the part from JSON.
            ///
            /// # Errors
            ///
            /// Every violation, with paths as in a whole request.
            pub fn from_json(json: &serde_json::Value) -> Result<Self, Violations> {
                let mut findings = Findings::default();
                let built =
                    Members::of(json, $at, $builder::MEMBERS, &mut findings).and_then(|members| {
                        $builder::read(&members, &mut findings).check(&mut findings)
                    });
                findings.finish(built)
            }
        }

        $crate::session::parse::deserialize_checked!($part);
    };
}

/// `Deserialize` through `from_json`.
macro_rules! deserialize_checked {
    ($name:ident) => {
        impl<'de> serde::Deserialize<'de> for $name {
            /// Reads JSON through the checks of `from_json`; the error's text lists every violation.
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let json = serde_json::Value::deserialize(deserializer)?;
                Self::from_json(&json).map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(super) use {deserialize_checked, json_part};
