//! What other exchanges say about one.

use std::collections::HashMap;

use http::header::AUTHORIZATION;
use serde_json::Value;

use super::finding::{Finding, Part, Side};
use super::text::parts;
use super::{Examiner, Reading};
use crate::contract::reference::behind;
use crate::contract::{ContractError, Exchange, OperationOutline, SchemeOutline, Sender};
use crate::spec::{Document, Node, Object, Pointer};

/// The exchanges that one is among.
#[derive(Debug, Default)]
pub(super) struct Record<'x> {
    /// Those that were carried out.
    done: Vec<&'x Exchange>,
    /// What was sent to make the thing that an answer names, by that name.
    made: HashMap<String, &'x Exchange>,
}

impl<'x> Record<'x> {
    pub(super) fn of(exchanges: &'x [Exchange]) -> Self {
        let mut record = Self::default();
        for exchange in exchanges {
            if exchange.by != Sender::Client || !exchange.status.is_success() {
                continue;
            }
            record.done.push(exchange);
            let answer = if exchange.body.is_empty() {
                None
            } else {
                serde_json::from_slice(&exchange.answer).ok()
            };
            if let Some(Value::Object(members)) = answer {
                for name in members.values().filter_map(Value::as_str) {
                    let known = exchange.target.contains(name);
                    if !known {
                        record.made.entry(name.to_owned()).or_insert(exchange);
                    }
                }
            }
        }
        record
    }
}

impl Record<'_> {
    /// Whether the same was carried out for the same caller.
    pub(super) fn has_taken(&self, exchange: &Exchange) -> bool {
        let caller = |exchange: &Exchange| exchange.headers.get(AUTHORIZATION).cloned();
        self.done.iter().any(|done| {
            (&done.method, &done.target) == (&exchange.method, &exchange.target)
                && caller(done) == caller(exchange)
        })
    }
}

impl Examiner<'_> {
    /// Whether a refused request has keys with which the server carried out another.
    pub(super) fn has_good_keys(&self, reading: &Reading<'_, '_>) -> bool {
        let Some(operation) = reading.operation else {
            return false;
        };
        let presented = reading
            .ways
            .iter()
            .filter_map(|index| operation.security.get(*index));
        presented.filter(|way| !way.is_empty()).any(|way| {
            let keys = |exchange: &Exchange| {
                let keys = way.iter().map(|scheme| match scheme {
                    SchemeOutline::Key { location, name } => {
                        super::request::key(location, name, exchange)
                    }
                    // Tokens pass.
                    SchemeOutline::Http(_) | SchemeOutline::Other(_) => None,
                });
                keys.collect::<Option<Vec<_>>>()
            };
            let presented = keys(reading.exchange);
            presented.is_some() && self.record.done.iter().any(|it| keys(it) == presented)
        })
    }

    /// Returns the members of an answer that tell of what the request left out that has made the thing which it is about.
    pub(in crate::contract) fn told(
        &self,
        reading: &Reading<'_, '_>,
    ) -> Result<Vec<LeftOut>, ContractError> {
        let (Some((_, Some(schema))), Some(answer), true) = (
            reading.answer_type,
            &reading.answer,
            reading.exchange.status.is_success(),
        ) else {
            return Ok(Vec::new());
        };
        let mut names = reading.captured.iter();
        let Some(made) = names.find_map(|(_, name)| self.record.made.get(name)) else {
            return Ok(Vec::new());
        };
        let made = self.read(made, &self.route(made))?;
        let (Some(operation), Some((media_type, Some(asked))), Some(request)) =
            (made.operation, made.request_type, &made.request)
        else {
            return Ok(Vec::new());
        };
        let mut told = Told {
            document: self.document,
            seat: format!("{} request {media_type}", operation.id),
            found: Vec::new(),
        };
        told.compare(asked, schema, Some(request), answer, &Pointer::root(), 0)?;
        Ok(told.found)
    }

    /// Adds what an answer tells of something that was left out, and the contract has no default for.
    pub(super) fn defaults(
        &self,
        reading: &Reading<'_, '_>,
        findings: &mut Vec<Finding>,
    ) -> Result<(), ContractError> {
        for left_out in self.told(reading)? {
            if left_out.default.is_none() {
                findings.push(Finding {
                    side: Side::Answer,
                    part: Part::Body,
                    at: left_out.at,
                    instance: left_out.instance,
                    keyword: "default".to_owned(),
                });
            }
        }
        Ok(())
    }
}

/// A member that a request left out, and an answer has.
#[derive(Debug)]
pub(in crate::contract) struct LeftOut {
    /// Where the request goes: the operation and the type of the body.
    pub(in crate::contract) seat: String,
    pub(in crate::contract) instance: Pointer,
    /// Where its schema stands.
    at: Pointer,
    default: Option<Value>,
    told: Value,
}

impl LeftOut {
    /// The default, if it is what was told. Another value somebody may have put in its place since.
    pub(in crate::contract) fn default(&self) -> Option<&Value> {
        self.default
            .as_ref()
            .filter(|default| **default == self.told)
    }
}

/// The deepest members that are compared.
const DEEPEST: usize = 16;

struct Told<'d> {
    document: &'d Document,
    seat: String,
    found: Vec<LeftOut>,
}

impl Told<'_> {
    /// Goes down the members that request and answer have in common.
    fn compare(
        &mut self,
        asked: &Pointer,
        told: &Pointer,
        request: Option<&Value>,
        answer: &Value,
        instance: &Pointer,
        depth: usize,
    ) -> Result<(), ContractError> {
        let Some(members) = answer.as_object().filter(|_| depth < DEEPEST) else {
            return self.leaf(asked, told, request, answer, instance);
        };
        for (name, value) in members {
            let asked = self.member(asked, name)?;
            if let (Some(asked), Some(told)) = (asked, self.member(told, name)?) {
                let request = request.and_then(|request| request.get(name));
                self.compare(
                    &asked,
                    &told,
                    request,
                    value,
                    &instance.join(name),
                    depth + 1,
                )?;
            }
        }
        Ok(())
    }

    fn leaf(
        &mut self,
        asked: &Pointer,
        told: &Pointer,
        request: Option<&Value>,
        answer: &Value,
        instance: &Pointer,
    ) -> Result<(), ContractError> {
        let there = |at: &Pointer| match self.document.at(at) {
            Some(node) => behind(self.document, node, at.clone()).map(|(at, _)| at),
            None => Ok(at.clone()),
        };
        let asked = there(asked)?;
        if request.is_some() || answer.is_null() || asked != there(told)? {
            return Ok(());
        }
        let default = self
            .document
            .at(&asked)
            .and_then(|node| node.get("default"));
        self.found.push(LeftOut {
            seat: self.seat.clone(),
            instance: instance.clone(),
            default: default.map(Node::to_json),
            told: answer.clone(),
            at: asked,
        });
        Ok(())
    }

    fn member(&self, at: &Pointer, name: &str) -> Result<Option<Pointer>, ContractError> {
        let parts = parts(self.document, at)?;
        Ok(parts.into_iter().find_map(|(at, node)| {
            let named = node.get("properties").and_then(Node::as_object);
            named.filter(|it: &&Object| it.contains_key(name))?;
            Some(at.join("properties").join(name))
        }))
    }
}

/// The names in a path that the operation has no parameter for.
pub(super) fn nameless<'c>(
    operation: &OperationOutline,
    captured: &'c [(String, String)],
) -> impl Iterator<Item = &'c str> {
    let declared: Vec<String> = operation
        .parameters
        .iter()
        .filter(|it| it.location == "path")
        .map(|it| it.name.clone())
        .collect();
    captured
        .iter()
        .map(|(name, _)| name.as_str())
        .filter(move |name| !declared.iter().any(|it| it == name))
}
