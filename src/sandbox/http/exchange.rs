//! One call of the API from its arrival to its answer: it is read whole, handed on, and written into the journal.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{MatchedPath, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::answer::{Answer, Noted};
use super::judged::{self, Asked};
use super::media_type;
use super::trouble::Trouble;
use crate::sandbox::fault::FaultMet;
use crate::sandbox::journal::Exchange;
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

/// What the journal keeps of a call before it is read.
struct Opening {
    at_millis: u64,
    method: String,
    path: String,
    operation: Option<Operation>,
    is_form: bool,
}

/// What has become of a call.
struct Outcome<'a> {
    /// `None` where the connection breaks in place of an answer.
    status: Option<StatusCode>,
    noted: Noted,
    verdict: Option<&'a Verdict>,
    fault: Option<FaultMet>,
}

pub(super) async fn exchange(
    State(core): State<Arc<Core>>,
    request: Request,
    next: Next,
) -> Response {
    let opening = Opening::of(&core, &request);
    let (mut parts, body) = request.into_parts();
    let mut trouble = Trouble::of(&core, opening.operation, &mut parts).await;
    let judging = core.settings.self_check == SelfCheck::On;
    let presented = match opening.operation {
        Some(operation) if judging => Some(Presented::of(operation, &mut parts).await),
        _ => None,
    };
    let request = Request::from_parts(parts, Body::empty());
    let (arrived, answer) = if trouble.comes_first() {
        (None, None)
    } else {
        match read(body).await {
            Ok(arrived) if trouble.applies() => {
                let mut request = request;
                request.extensions_mut().insert(arrived.clone());
                (Some(arrived), Some(opening.handle(request, next).await))
            }
            Ok(arrived) => (Some(arrived), None),
            Err(refusal) => {
                let refusal = match opening.operation {
                    Some(operation) => refusal.shaped(&core, operation),
                    None => refusal,
                };
                (None, Some(refusal.into_response()))
            }
        }
    };
    let handled = answer.as_ref().map(|answer| answer.status().as_u16());
    let mut response = trouble.spoil(answer).await;
    let mut noted = response
        .extensions_mut()
        .remove::<Noted>()
        .unwrap_or_default();
    let met = trouble.met();
    noted.spoilt |= met.as_ref().is_some_and(|met| met.breaks_contract);
    let mut verdict = None;
    if judging {
        let asked = Asked {
            operation: opening.operation,
            presented,
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
        status: trouble.leaves_an_answer().then(|| response.status()),
        noted,
        verdict: verdict.as_ref(),
        fault: met,
    };
    let exchange = opening.close(arrived.as_ref(), outcome);
    core.world().note(exchange, verdict.as_ref());
    trouble.send(response).await
}

impl Opening {
    fn of(core: &Core, request: &Request) -> Self {
        let kept = |text: &str, length| text.chars().take(length).collect();
        Self {
            at_millis: core.millis(),
            method: kept(request.method().as_str(), LONGEST_METHOD),
            path: kept(request.uri().path(), LONGEST_PATH),
            operation: operation(request),
            is_form: media_type::is(request.headers(), media_type::FORM),
        }
    }

    async fn handle(&self, request: Request, next: Next) -> Response {
        let known_path = request.extensions().get::<MatchedPath>().is_some();
        // A HEAD would be answered as the GET that it stands for, and the contract has none.
        if known_path && self.operation.is_none() {
            return super::no_such_method().await.into_response();
        }
        next.run(request).await
    }

    fn close(self, arrived: Option<&Arrived>, outcome: Outcome<'_>) -> Exchange {
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
        Exchange {
            sequence: 0,
            at_millis: self.at_millis,
            method: self.method,
            path: self.path,
            operation: operation.map(|operation| operation.id().to_owned()),
            status: status.map(|status| status.as_u16()),
            credential: noted.credential,
            request: request.as_ref().map(redact::request),
            // What is no JSON is not kept.
            answer: (status.is_some() && !noted.body.is_null())
                .then(|| redact::answer(&noted.body)),
            rules: noted.rules.into_iter().map(str::to_owned).collect(),
            violations: verdict.map(Verdict::places).unwrap_or_default(),
            fault,
        }
    }
}

/// The operation of the contract that a request asks for; none for a path or a method that it does not have.
fn operation(request: &Request) -> Option<Operation> {
    let path = request.extensions().get::<MatchedPath>()?.as_str();
    let method = request.method().as_str();
    let asked = |operation: &&Operation| operation.path() == path && operation.method() == method;
    Operation::ALL.iter().find(asked).copied()
}

/// Reads a body to its end.
async fn read(mut body: Body) -> Result<Arrived, Answer> {
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
        if arrived <= MAX_REQUEST_BYTES {
            kept.extend_from_slice(&data);
        } else if arrived > MAX_DISCARDED_BYTES {
            break;
        }
    }
    if arrived > MAX_REQUEST_BYTES {
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
