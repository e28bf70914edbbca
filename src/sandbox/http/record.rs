//! Reads each request whole, hands it on, and writes the exchange into the journal.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::answer::{Answer, Noted};
use super::media_type;
use crate::sandbox::journal::Exchange;
use crate::sandbox::redact;
use crate::sandbox::world::Core;

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

pub(super) async fn record(
    State(core): State<Arc<Core>>,
    request: Request,
    next: Next,
) -> Response {
    let at_millis = u64::try_from(core.since_start().as_millis()).unwrap_or(u64::MAX);
    let method = request.method().as_str();
    let method: String = method.chars().take(LONGEST_METHOD).collect();
    let path: String = request.uri().path().chars().take(LONGEST_PATH).collect();
    let is_form = media_type::is(request.headers(), media_type::FORM);
    let (parts, body) = request.into_parts();
    let (arrived, mut response) = match read(body).await {
        Ok(bytes) => {
            let arrived = Arrived { bytes };
            let mut request = Request::from_parts(parts, Body::empty());
            request.extensions_mut().insert(arrived.clone());
            (Some(arrived), next.run(request).await)
        }
        Err(refusal) => (None, refusal.into_response()),
    };
    let noted = response
        .extensions_mut()
        .remove::<Noted>()
        .unwrap_or_default();
    let request = arrived
        .filter(|arrived| !arrived.bytes.is_empty())
        .and_then(|arrived| {
            if is_form {
                Some(form(&arrived.bytes))
            } else {
                arrived.json()
            }
        });
    core.world().journal.push(Exchange {
        sequence: 0,
        at_millis,
        method,
        path,
        operation: noted.operation.map(str::to_owned),
        status: response.status().as_u16(),
        credential: noted.credential,
        request: request.as_ref().map(redact::request),
        answer: Some(redact::answer(&noted.body)),
        rules: noted.rules.into_iter().map(str::to_owned).collect(),
    });
    response
}

/// Reads a body to its end.
async fn read(mut body: Body) -> Result<Bytes, Answer> {
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
    Ok(kept.into())
}

/// A form as the JSON object that it stands for.
fn form(bytes: &[u8]) -> Value {
    url::form_urlencoded::parse(bytes)
        .map(|(name, value)| (name.into_owned(), Value::from(value.into_owned())))
        .collect()
}
