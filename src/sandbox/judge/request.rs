//! Judging what became of a request.

use axum::extract::{FromRequestParts as _, RawPathParams};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use jsonschema::Validator;
use serde_json::{Map, Value};

use super::answer;
use super::contract::{BodyJudge, Contract, OperationJudge, Scheme, contract};
use super::report::Part;
use super::verdict::Verdict;
use super::{respelling, rules};
use crate::sandbox::http::media_type;
use crate::session::Operation;

/// A request apart from its body, looked at before it is handed on.
#[derive(Debug)]
pub(in crate::sandbox) struct Presented {
    operation: Operation,
    /// The session in the path; none for a text that is not even UTF-8.
    session: Option<Value>,
    /// Whether it says who calls, in one of the declared ways.
    secured: bool,
    /// Whether its body is said to be of the declared type.
    typed: bool,
}

/// A body as it arrived.
#[derive(Debug, Clone, Copy)]
pub(in crate::sandbox) enum Body<'a> {
    Whole(&'a [u8]),
    /// It was too long, or broke off.
    Unread,
}

impl Presented {
    pub(in crate::sandbox) async fn of(operation: Operation, parts: &mut Parts) -> Self {
        let named = RawPathParams::from_request_parts(parts, &()).await.ok();
        let session = named.as_ref().and_then(|named| {
            let (_, text) = named.iter().find(|(name, _)| *name == "sessionId")?;
            Some(text)
        });
        Self::naming(operation, session, &parts.headers)
    }

    /// The same where it is known how the path names the session.
    pub(in crate::sandbox) fn naming(
        operation: Operation,
        session: Option<&str>,
        headers: &HeaderMap,
    ) -> Self {
        // What the contract asks for is not known if it cannot be read, which the verdict says.
        let judge = contract().ok().and_then(|contract| contract.of(operation));
        let secured = judge.is_some_and(|judge| is_secured(judge, headers));
        let typed = judge.is_some_and(|judge| is_typed(judge, headers));
        Self {
            operation,
            session: session.map(Value::from),
            secured,
            typed,
        }
    }
}

fn is_typed(judge: &OperationJudge, headers: &HeaderMap) -> bool {
    judge.body.as_ref().is_none_or(|body| {
        let kind = if body.form {
            media_type::FORM
        } else {
            media_type::JSON
        };
        media_type::is(headers, kind)
    })
}

fn is_secured(judge: &OperationJudge, headers: &HeaderMap) -> bool {
    judge
        .security
        .iter()
        .any(|way| way.iter().all(|scheme| scheme.is_in(headers)))
}

impl Scheme {
    fn is_in(&self, headers: &HeaderMap) -> bool {
        match self {
            Self::Http(scheme) => headers.get(header::AUTHORIZATION).is_some_and(|value| {
                let (said, rest) = value
                    .to_str()
                    .ok()
                    .and_then(|text| text.split_once(' '))
                    .unwrap_or_default();
                said.eq_ignore_ascii_case(scheme) && !rest.trim().is_empty()
            }),
            Self::Header(name) => headers.contains_key(name),
        }
    }
}

/// Judges whether a request was rightly carried out, or rightly refused as invalid. A refusal for want of credentials, of
/// a session or of a feature is neither.
pub(super) fn judge(
    contract: &Contract,
    presented: &Presented,
    body: Body<'_>,
    named: &[&'static str],
    verdict: &mut Verdict,
) {
    let Some(judge) = contract.of(presented.operation) else {
        return;
    };
    let Body::Whole(bytes) = body else {
        if (200..=299).contains(&verdict.status) {
            verdict.add(Part::Request, "", "json");
        }
        return;
    };
    match verdict.status {
        200..=299 => accepted(contract, judge, presented, bytes, verdict),
        400 | 415 => {
            let status = verdict.status;
            if !is_rightly_refused(contract, judge, presented, bytes, named, status) {
                verdict.add(Part::Request, "", "refused");
            }
        }
        _ => {}
    }
}

fn accepted(
    contract: &Contract,
    judge: &OperationJudge,
    presented: &Presented,
    bytes: &[u8],
    verdict: &mut Verdict,
) {
    if !presented.secured {
        verdict.add(Part::Request, "", "security");
    }
    if !has_session(judge, presented.session.as_ref()) {
        verdict.add(Part::Request, "", "session-id");
    }
    let Some(expected) = &judge.body else { return };
    if !presented.typed {
        verdict.add(Part::Request, "", "content-type");
    }
    let Some(mut body) = read(expected, bytes) else {
        verdict.add(Part::Request, "", "json");
        return;
    };
    let schema: &Validator = &expected.schema;
    if !schema.is_valid(&body) {
        let respelled = respelling::as_the_contract_has_it(contract, judge.operation, &mut body);
        if schema.is_valid(&body) {
            verdict.respelled = respelled;
        } else {
            answer::errors(Part::Request, schema, &body, verdict);
        }
    }
    rules::judge(judge.operation, Part::Request, &body, verdict);
}

fn is_rightly_refused(
    contract: &Contract,
    judge: &OperationJudge,
    presented: &Presented,
    bytes: &[u8],
    named: &[&'static str],
    status: u16,
) -> bool {
    // Another type is refused for that, and nothing else is.
    let Some(expected) = &judge.body else {
        return !has_session(judge, presented.session.as_ref())
            || breaks_a_call_rule(contract, judge.operation, named, status);
    };
    if status == 415 || !presented.typed {
        return !presented.typed;
    }
    let Some(body) = read(expected, bytes) else {
        return true;
    };
    !expected.schema.is_valid(&body)
        || !has_session(judge, presented.session.as_ref())
        || breaks_a_call_rule(contract, judge.operation, named, status)
        || rules::are_broken(judge.operation, &body, named)
}

/// Whether a rule is named that is about calls: only the server knows whether it was broken.
fn breaks_a_call_rule(
    contract: &Contract,
    operation: Operation,
    named: &[&'static str],
    status: u16,
) -> bool {
    named
        .iter()
        .any(|rule| contract.refuses(rule, operation, status))
}

fn has_session(judge: &OperationJudge, session: Option<&Value>) -> bool {
    judge
        .session
        .as_ref()
        .is_none_or(|schema| session.is_some_and(|text| schema.is_valid(text)))
}

/// A body as JSON; a form as the object that it stands for, whose members are texts. None for what is neither, which a form
/// with a field given twice is.
fn read(expected: &BodyJudge, bytes: &[u8]) -> Option<Value> {
    if !expected.form {
        return serde_json::from_slice(bytes).ok();
    }
    let mut fields = Map::new();
    for (name, value) in url::form_urlencoded::parse(bytes) {
        let twice = fields.insert(name.into_owned(), Value::from(value.into_owned()));
        if twice.is_some() {
            return None;
        }
    }
    Some(Value::Object(fields))
}
