//! What a contract holds against an answer.

use http::Method;
use serde_json::Value;

use super::finding::{Finding, Part, Side, UNDECLARED};
use super::request::header_texts;
use super::text::{self, Style};
use super::{Examiner, Reading, schema};
use crate::contract::party::Opinion;
use crate::contract::reference::behind;
use crate::contract::{AnswerOutline, ContractError, OperationOutline, Seat, SeatPart, Sender};
use crate::spec::translate::Direction;
use crate::spec::{Node, Object, Pointer};

/// The answer that an operation declares for a status: the number itself, then its hundred, then `default`.
pub(super) fn declared(operation: &OperationOutline, status: u16) -> Option<&AnswerOutline> {
    let exact = status.to_string();
    let hundred = format!("{}XX", status / 100);
    let find = |name: &str| {
        let mut answers = operation.answers.iter();
        answers.find(|answer| answer.status.eq_ignore_ascii_case(name))
    };
    find(&exact)
        .or_else(|| find(&hundred))
        .or_else(|| find("default"))
}

/// A header that an answer declares.
pub(in crate::contract) struct HeaderOutline {
    pub(in crate::contract) name: String,
    pub(in crate::contract) required: bool,
    pub(in crate::contract) at: Pointer,
}

impl Examiner<'_> {
    pub(super) fn answer(
        &self,
        reading: &Reading<'_, '_>,
        findings: &mut Vec<Finding>,
    ) -> Result<(), ContractError> {
        let mut add = |part: Part, at: Pointer, instance: Pointer, keyword: &str| {
            findings.push(Finding {
                side: Side::Answer,
                part,
                at,
                instance,
                keyword: keyword.to_owned(),
            });
        };
        let root = Pointer::root;
        // What is asked for is not there, and neither is what the contract says of the answer.
        let Some(operation) = reading.operation else {
            return Ok(());
        };
        let Some(answered) = reading.answered else {
            let at = operation.at.join("responses");
            add(Part::Status, at, root(), "status");
            return Ok(());
        };
        for header in headers(self.document, answered)? {
            let part = || Part::Header(header.name.clone());
            let texts = header_texts(&reading.exchange.answer_headers, &header.name);
            let at = header.at.join("schema");
            if texts.is_empty() {
                if header.required {
                    add(part(), header.at.clone(), root(), "required");
                }
            } else if self.document.at(&at).is_some() {
                let style = Style::Separated(',');
                let value = text::value(self.document, &self.judge, &at, &texts, style)?;
                let odd = schema::odd(&self.judge, &at, Direction::Response, &value)?;
                for (instance, keyword) in odd {
                    add(part(), at.clone(), instance, &keyword);
                }
            }
        }
        let body = &reading.exchange.answer;
        let content = answered.at.join("content");
        if body.is_empty() {
            if !answered.content.is_empty() && reading.exchange.method != Method::HEAD {
                add(Part::Body, content, root(), "body");
            }
            return Ok(());
        }
        if answered.content.is_empty() {
            add(Part::Body, answered.at.clone(), root(), UNDECLARED);
            return Ok(());
        }
        match (reading.answer_type, &reading.answer) {
            (None, _) => add(Part::Body, content, root(), "content-type"),
            (Some((kind, _)), None) => add(Part::Body, content.join(kind), root(), "json"),
            (Some((kind, Some(at))), Some(value)) => {
                for (instance, keyword) in schema::odd(&self.judge, at, Direction::Response, value)?
                {
                    add(Part::Body, at.clone(), instance, &keyword);
                }
                for (instance, rule) in self.broken_in_answer(reading, answered, kind, at, value) {
                    add(Part::Body, at.clone(), instance, &rule);
                }
            }
            (Some((_, None)), Some(_)) => {}
        }
        Ok(())
    }

    /// The rules of `x-rules` that this crate finds broken in an answer.
    fn broken_in_answer(
        &self,
        reading: &Reading<'_, '_>,
        answered: &AnswerOutline,
        media_type: &str,
        schema: &Pointer,
        value: &Value,
    ) -> Vec<(Pointer, String)> {
        let Some(operation) = reading.operation else {
            return Vec::new();
        };
        if reading.exchange.by == Sender::Server || !reading.exchange.status.is_success() {
            return Vec::new();
        }
        let seat = Seat {
            operation: operation.id.clone(),
            part: SeatPart::Answer {
                status: answered.status.clone(),
                media_type: media_type.to_owned(),
            },
            schema: schema.clone(),
            written: false,
        };
        match self.facade.opinion(&seat, value) {
            Some(Opinion::Remarks(remarks)) => remarks
                .into_iter()
                .filter(|remark| self.rules.has(&remark.rule))
                .map(|remark| (remark.at.parse().unwrap_or_default(), remark.rule))
                .collect(),
            _ => Vec::new(),
        }
    }
}

/// The headers that an answer declares. Of `Content-Type` the contents speak.
pub(in crate::contract) fn headers(
    document: &crate::spec::Document,
    answered: &AnswerOutline,
) -> Result<Vec<HeaderOutline>, ContractError> {
    let at = answered.at.join("headers");
    let declared = document.at(&at).and_then(Node::as_object);
    let mut found = Vec::new();
    for (name, _, node) in declared.into_iter().flat_map(Object::iter) {
        let (place, node) = behind(document, node, at.join(name))?;
        if !name.eq_ignore_ascii_case("content-type") {
            found.push(HeaderOutline {
                name: name.to_owned(),
                required: node.get("required").and_then(Node::as_bool) == Some(true),
                at: place,
            });
        }
    }
    Ok(found)
}
