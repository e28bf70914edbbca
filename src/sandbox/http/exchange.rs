//! One call of the API from its arrival to its answer: it is read whole, handed on, and written into the journal.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;

use super::answer::{Answer, Noted, Told};
use super::judged::{self, Asked};
use super::media_type;
use super::trouble::Trouble;
use crate::sandbox::defect;
use crate::sandbox::fault::FaultMet;
use crate::sandbox::journal::{Entry, Facts};
use crate::sandbox::judge::{self, Presented, SelfCheck, Verdict};
use crate::sandbox::redact;
use crate::sandbox::world::Core;
use crate::session::Operation;

/// The longest request that is read: 64 KiB. The longest that the contract has is a few kilobytes.
pub(super) const MAX_REQUEST_BYTES: usize = 64 * 1024;

/// How much of a longer request is taken and thrown away, so that the caller is still there to read the refusal.
const MAX_DISCARDED_BYTES: usize = 8 * 1024 * 1024;

/// How much of a path is kept.
const LONGEST_PATH: usize = 200;

/// How much of a method is kept. Every registered one is shorter; a caller may make up one of any length.
const LONGEST_METHOD: usize = 20;

/// A request's body, for the handlers.
#[derive(Debug, Clone)]
pub(super) struct Arrived {
    pub(super) bytes: Bytes,
}

impl Arrived {
    /// The body as JSON; nothing for one that is not.
    pub(super) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.bytes).ok()
    }
}

/// A call before its body is read.
pub(super) struct Opening {
    operation: Option<Operation>,
    at_millis: u64,
    method: Method,
    uri: Uri,
    is_form: bool,
    trouble: Option<Box<Trouble>>,
    /// None without an operation, and where nothing is judged.
    presented: Option<Presented>,
}

/// What has become of a call.
struct Outcome<'a> {
    /// `None` where the connection breaks in place of an answer.
    status: Option<StatusCode>,
    noted: &'a Noted,
    verdict: Option<&'a Verdict>,
    fault: Option<FaultMet>,
}

/// The way of a call that a router has found an operation for, or none.
pub(super) async fn exchange(
    State(core): State<Arc<Core>>,
    request: Request,
    next: Next,
) -> Response {
    let operation = operation(&request);
    let known_path = request.extensions().get::<MatchedPath>().is_some();
    let (mut parts, body) = request.into_parts();
    let trouble = Trouble::of(&core, operation, &mut parts).await;
    let presented = match operation {
        Some(operation) if is_judging(&core) => Some(Presented::of(operation, &mut parts).await),
        _ => None,
    };
    let mut opening = Opening::of(
        &core,
        (parts.method.clone(), parts.uri.clone()),
        &parts.headers,
        operation,
        presented,
    );
    opening.trouble = (!trouble.is_none()).then(|| Box::new(trouble));
    let answer = async |arrived: Arrived| {
        // A HEAD would be answered as the GET that it stands for, and the contract has none.
        if known_path && operation.is_none() {
            return super::no_such_method().await.into();
        }
        let mut request = Request::from_parts(parts, Body::empty());
        request.extensions_mut().insert(arrived);
        Told::from(next.run(request).await)
    };
    opening.answered(&core, body, answer).await
}

pub(super) fn is_judging(core: &Core) -> bool {
    core.settings.self_check == SelfCheck::On
}

impl Opening {
    /// A call that meets no fault.
    pub(super) fn of(
        core: &Core,
        (method, uri): (Method, Uri),
        headers: &HeaderMap,
        operation: Option<Operation>,
        presented: Option<Presented>,
    ) -> Self {
        Self {
            operation,
            at_millis: core.millis(),
            method,
            uri,
            is_form: media_type::is(headers, media_type::FORM),
            trouble: None,
            presented,
        }
    }

    /// Reads the body, has the call answered unless something goes wrong on purpose, and writes down what has become of it.
    pub(super) async fn answered<F>(
        mut self,
        core: &Core,
        body: Body,
        answer: impl FnOnce(Arrived) -> F,
    ) -> Response
    where
        F: Future<Output = Told>,
    {
        let mut trouble = self.trouble.take();
        let (arrived, told) = if trouble.as_ref().is_some_and(|it| it.comes_first()) {
            (None, None)
        } else {
            let planted = core.settings.planted;
            let most = defect::admission::most_bytes(planted, MAX_REQUEST_BYTES);
            let read = read(body, most).await;
            if core.has_stopped() {
                return StatusCode::SERVICE_UNAVAILABLE.into_response();
            }
            match read {
                Ok(arrived) if trouble.as_mut().is_none_or(|it| it.applies()) => {
                    let told = answer(arrived.clone()).await;
                    let told = told.spoilt(planted, self.operation, &arrived);
                    (Some(arrived), Some(told))
                }
                Ok(arrived) => (Some(arrived), None),
                Err(refusal) => {
                    let refusal = match self.operation {
                        Some(operation) => refusal.shaped(core, operation),
                        None => refusal,
                    };
                    (None, Some(refusal.into()))
                }
            }
        };
        let handled = told.as_ref().map(|told| told.response.status().as_u16());
        let Told {
            mut response,
            mut noted,
        } = match (&mut trouble, told) {
            (None, Some(told)) => told,
            (Some(trouble), told) => trouble.spoil(told.map(Told::into_response)).await.into(),
            // Without a fault a call is answered.
            (None, None) => Answer::unheard().into(),
        };
        let met = trouble.as_ref().and_then(|it| it.met());
        noted.spoilt |= met.as_ref().is_some_and(|met| met.breaks_contract);
        let mut verdict = None;
        if is_judging(core) {
            let asked = Asked {
                operation: self.operation,
                presented: self.presented.take(),
                body: arrived.as_ref().map_or(judge::Body::Unread, |arrived| {
                    judge::Body::Whole(&arrived.bytes)
                }),
                handled,
            };
            let (judged, found) = judged::judge(asked, response, &noted).await;
            response = judged;
            verdict = Some(found);
        }
        let outcome = Outcome {
            status: trouble
                .as_ref()
                .is_none_or(|it| it.leaves_an_answer())
                .then(|| response.status()),
            noted: &noted,
            verdict: verdict.as_ref(),
            fault: met,
        };
        let entry = self.entry(arrived.as_ref(), &outcome);
        if defect::control::is_noted(core.settings.planted, response.status()) {
            core.world().note(entry, verdict.as_ref());
        }
        match trouble {
            Some(trouble) => trouble.send(response).await,
            None => response,
        }
    }

    fn entry(&self, arrived: Option<&Arrived>, outcome: &Outcome<'_>) -> Entry {
        let Outcome {
            status,
            noted,
            verdict,
            fault,
        } = outcome;
        let sent = arrived.filter(|arrived| !arrived.bytes.is_empty());
        let request = sent.and_then(|arrived| {
            if self.is_form {
                Some(form(&arrived.bytes))
            } else {
                arrived.json()
            }
        });
        // A body that did not arrive whole was none of an operation. One that was not waited for may have been.
        let operation = self
            .operation
            .filter(|_| arrived.is_some() || status.is_none());
        let violations = verdict.map(Verdict::places).unwrap_or_default();
        let facts = Facts {
            at_millis: self.at_millis,
            method: beginning(self.method.as_str(), LONGEST_METHOD),
            path: beginning(self.uri.path(), LONGEST_PATH),
            operation,
            status: status.map(|status| status.as_u16()),
            credential: noted.credential.as_deref(),
            rules: &noted.rules,
            violations: &violations,
            fault: fault.as_ref(),
        };
        let request = request.as_ref().map(redact::request);
        // What is no JSON is not kept.
        let answer = noted.body.kept().filter(|_| status.is_some());
        Entry::new(&facts, request.as_deref(), answer.as_deref())
    }
}

/// At most so many characters.
fn beginning(text: &str, most: usize) -> &str {
    let end = text.char_indices().nth(most).map(|(at, _)| at);
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}

/// The operation of the contract that a request asks for; none for a path or a method that it does not have.
fn operation(request: &Request) -> Option<Operation> {
    let path = request.extensions().get::<MatchedPath>()?.as_str();
    let method = request.method().as_str();
    let asked = |operation: &&Operation| operation.path() == path && operation.method() == method;
    Operation::ALL.iter().find(asked).copied()
}

/// Reads a body to its end.
async fn read(mut body: Body, most: usize) -> Result<Arrived, Answer> {
    let mut kept = Vec::new();
    let mut arrived = 0_usize;
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let Ok(frame) = frame else {
            let why = "the request did not arrive whole";
            return Err(Answer::problem(StatusCode::BAD_REQUEST, why));
        };
        // What is not data is trailers, which mean nothing here.
        let Ok(data) = frame.into_data() else {
            continue;
        };
        arrived = arrived.saturating_add(data.len());
        if arrived <= most {
            kept.extend_from_slice(&data);
        } else if arrived > MAX_DISCARDED_BYTES {
            break;
        }
    }
    if arrived > most {
        let why = "a request of at most 65,536 bytes is expected";
        return Err(Answer::problem(StatusCode::PAYLOAD_TOO_LARGE, why));
    }
    Ok(Arrived { bytes: kept.into() })
}

/// A form as the JSON object that it stands for.
fn form(bytes: &[u8]) -> Value {
    url::form_urlencoded::parse(bytes)
        .map(|(name, value)| (name.into_owned(), Value::from(value.into_owned())))
        .collect()
}
