//! What goes wrong with one call, from the moment that it meets a fault to the last byte that is sent.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde_json::Value;

use super::answer::{Answer, Noted};
use super::asked::Asked;
use super::caller;
use crate::clock::{Clock, after};
use crate::domain::SessionId;
use crate::sandbox::fault::{Bomb, Change, Fault, FaultMet, Hit, RefusalShape, RetryAfter};
use crate::sandbox::line::{Ending, Wire};
use crate::sandbox::refusals;
use crate::sandbox::world::Core;
use crate::session::Operation;

/// The most that is taken of an answer to alter it. The contract's are a few kilobytes.
const LONGEST_ANSWER: usize = 1 << 20;

/// A call's fault, if it meets any.
#[derive(Debug)]
pub(super) struct Trouble {
    core: Arc<Core>,
    wire: Option<Wire>,
    operation: Option<Operation>,
    hit: Option<Hit>,
    applied: bool,
    effective: bool,
}

impl Trouble {
    /// For a call that meets no fault.
    pub(super) fn none(core: &Arc<Core>, operation: Option<Operation>) -> Self {
        Self {
            core: Arc::clone(core),
            wire: None,
            operation,
            hit: None,
            applied: false,
            effective: false,
        }
    }

    /// Whether the call meets no fault.
    pub(super) fn is_none(&self) -> bool {
        self.hit.is_none()
    }

    /// Finds out whether a call meets a fault, by its head. A token that is to be revoked is revoked here.
    pub(super) async fn of(
        core: &Arc<Core>,
        operation: Option<Operation>,
        parts: &mut Parts,
    ) -> Self {
        let mut trouble = Self::none(core, operation);
        let (true, Some(operation)) = (core.is_faulty(), operation) else {
            return trouble;
        };
        let session = Asked::of(parts).await;
        let mut world = core.world();
        trouble.hit = world.faults.meet(operation, session.as_ref());
        let revokes = matches!(&trouble.hit, Some(hit) if hit.fault == Fault::RevokedToken);
        trouble.effective = revokes
            && caller::token(&parts.headers).is_some_and(|token| world.tokens.revoke(token));
        drop(world);
        let wire = parts.extensions.get::<ConnectInfo<Wire>>();
        trouble.wire = wire.map(|ConnectInfo(wire)| wire.clone());
        trouble
    }

    /// Whether the connection is to break before the body is read.
    pub(super) fn comes_first(&self) -> bool {
        matches!(self.fault(), Some(Fault::ResetBeforeRequest))
    }

    /// Whether the call is to be handed to its operation; if so, it is taken to be.
    pub(super) fn applies(&mut self) -> bool {
        self.applied = self.fault().is_none_or(Fault::is_applied);
        self.applied
    }

    /// What the journal keeps of it.
    pub(super) fn met(&self) -> Option<FaultMet> {
        let hit = self.hit.as_ref()?;
        Some(hit.met(self.operation?, self.applied, self.effective))
    }

    /// Whether the caller gets an answer with a status.
    pub(super) fn leaves_an_answer(&self) -> bool {
        let silent = matches!(
            self.fault(),
            Some(Fault::ResetBeforeRequest | Fault::ResetAfterRequest { .. })
        );
        !(silent && self.effective)
    }

    /// The answer as it is to be, of the one that there would have been, or of none. What takes time to send, and what breaks
    /// the connection, is left to [`send`](Self::send), so that the journal knows of the call before.
    pub(super) async fn spoil(&mut self, answer: Option<Response>) -> Response {
        let Some(fault) = self.fault().cloned() else {
            return answer.unwrap_or_else(|| self.unheard());
        };
        let revoked = std::mem::replace(&mut self.effective, true);
        match fault {
            Fault::Status {
                status,
                shape,
                retry_after,
                ..
            } => replaced(answer, self.refusal(status, shape, retry_after)),
            Fault::HtmlPage { status, .. } => replaced(answer, html(status)),
            Fault::EmptyBody { .. } => {
                let status = answer.as_ref().map(Response::status);
                replaced(answer, bare(status.unwrap_or_else(|| self.success())))
            }
            Fault::GzipBomb { bytes, .. } => replaced(answer, bomb(self.success(), bytes)),
            Fault::WrongContentType { content_type } => {
                let mut answer = answer.unwrap_or_else(|| self.unheard());
                if let Ok(kind) = HeaderValue::from_str(&content_type) {
                    answer.headers_mut().insert(header::CONTENT_TYPE, kind);
                }
                answer
            }
            Fault::WrongValue { .. }
            | Fault::ExtraMembers { .. }
            | Fault::MissingMembers { .. }
            | Fault::NullMembers { .. }
            | Fault::AnotherSession { .. } => {
                let answer = answer.unwrap_or_else(|| self.unheard());
                let (answer, effective) = self.change(&fault, answer).await;
                self.effective = effective;
                answer
            }
            Fault::RevokedToken => {
                let answer = answer.unwrap_or_else(|| self.unheard());
                if self.operation == Some(Operation::Authorize) {
                    return self.revoke_new_token(answer).await;
                }
                // There was a token to revoke before the call was looked at, or there was none.
                self.effective = revoked;
                answer
            }
            Fault::ResetBeforeRequest
            | Fault::ResetAfterRequest { .. }
            | Fault::TruncatedBody { .. }
            | Fault::WrongContentLength { .. }
            | Fault::ResetMidResponse { .. } => {
                // Called without a connection, there is none to break.
                self.effective = self.wire.is_some();
                answer.unwrap_or_else(|| self.unheard())
            }
            Fault::Delay { .. } | Fault::Drip { .. } => answer.unwrap_or_else(|| self.unheard()),
        }
    }

    /// Sends the answer the way that the fault has it.
    pub(super) async fn send(self, answer: Response) -> Response {
        let (Some(hit), true) = (&self.hit, self.effective) else {
            return answer;
        };
        match &hit.fault {
            Fault::Delay { millis } => {
                let time = Duration::from_millis(*millis);
                let clock = &self.core.clock;
                clock.sleep_until(after(clock, time)).await;
                answer
            }
            Fault::Drip { millis_per_byte } => {
                let pace = Duration::from_millis(*millis_per_byte);
                drip(Arc::clone(&self.core), answer, pace).await
            }
            Fault::ResetBeforeRequest | Fault::ResetAfterRequest { .. } => {
                self.end(Bytes::new(), Ending::Reset);
                answer
            }
            Fault::TruncatedBody { bytes } => {
                let (head, body) = taken_apart(answer, 0).await;
                self.end(joined(&head, part(&body, *bytes)), Ending::Close);
                bare(StatusCode::OK)
            }
            Fault::ResetMidResponse { bytes } => {
                let (head, body) = taken_apart(answer, 0).await;
                self.end(joined(&head, part(&body, *bytes)), Ending::Reset);
                bare(StatusCode::OK)
            }
            Fault::WrongContentLength { by } => {
                let (head, body) = taken_apart(answer, *by).await;
                self.end(joined(&head, &body), Ending::Close);
                bare(StatusCode::OK)
            }
            _ => answer,
        }
    }

    fn fault(&self) -> Option<&Fault> {
        self.hit.as_ref().map(|hit| &hit.fault)
    }

    fn end(&self, bytes: Bytes, ending: Ending) {
        if let Some(wire) = &self.wire {
            wire.end(bytes, ending);
        }
    }

    /// Stands where an answer would be that nobody gets.
    fn unheard(&self) -> Response {
        self.refusal(500, None, None)
    }

    fn success(&self) -> StatusCode {
        let profile = &self.core.settings.profile;
        self.operation
            .map_or(StatusCode::OK, |operation| profile.success_of(operation))
    }

    fn refusal(
        &self,
        status: u16,
        shape: Option<RefusalShape>,
        retry_after: Option<RetryAfter>,
    ) -> Response {
        const WHY: &str = "a fault that was asked for";
        // A status from 400 to 599 is one.
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let of = |shape| match shape {
            RefusalShape::Problem => Answer::problem(status, WHY),
            RefusalShape::Error => Answer::error(status, "sandbox_fault", WHY),
        };
        let answer = match (shape, self.operation) {
            (Some(shape), _) => of(shape),
            // As if the operation had refused.
            (None, Some(operation)) => {
                of(refusals::usual(operation, status.as_u16())).shaped(&self.core, operation)
            }
            // A call of no operation meets no fault.
            (None, None) => of(RefusalShape::Error),
        };
        let mut response = answer.into_response();
        let value = retry_after.map(|wait| match wait {
            RetryAfter::Seconds(seconds) => seconds.to_string(),
            RetryAfter::Date(seconds) => {
                let wall = self.core.clock.wall();
                let wait = Duration::from_secs(seconds.into());
                httpdate::fmt_http_date(wall.checked_add(wait).unwrap_or(wall))
            }
        });
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
            response.headers_mut().insert(header::RETRY_AFTER, value);
        }
        response
    }

    /// Makes the same change to what is sent and to what the journal keeps.
    async fn change(&self, fault: &Fault, answer: Response) -> (Response, bool) {
        let (mut parts, body) = answer.into_parts();
        let bytes = whole(body).await;
        let Ok(mut json) = serde_json::from_slice::<Value>(&bytes) else {
            return (Response::from_parts(parts, bytes.into()), false);
        };
        let change = Change::of(fault, &json, || self.other(fault));
        let effective = change.as_ref().is_some_and(|change| {
            if let Some(noted) = parts.extensions.get_mut::<Noted>() {
                change.make(noted.body.json(&json));
            }
            change.make(&mut json)
        });
        if !effective {
            return (Response::from_parts(parts, bytes.into()), false);
        }
        // The length is another one now, and is set anew with the body.
        parts.headers.remove(header::CONTENT_LENGTH);
        let body = json.to_string();
        (Response::from_parts(parts, body.into()), true)
    }

    /// Another session, and the reference that it goes by.
    fn other(&self, fault: &Fault) -> Option<(SessionId, String)> {
        let Fault::AnotherSession { session } = fault else {
            return None;
        };
        let nobody = "another-reference";
        let Some(session) = session else {
            let id = self.core.world().free_id().ok()?;
            return Some((id, nobody.to_owned()));
        };
        let world = self.core.world();
        let known = world.sessions.get(session);
        let reference = known.and_then(|known| known.terms.reference_id());
        Some((*session, reference.unwrap_or(nobody).to_owned()))
    }

    async fn revoke_new_token(&mut self, answer: Response) -> Response {
        let (parts, body) = answer.into_parts();
        let bytes = whole(body).await;
        let json: Option<Value> = serde_json::from_slice(&bytes).ok();
        let token = json
            .as_ref()
            .and_then(|json| json.get("access_token"))
            .and_then(Value::as_str);
        self.effective = token.is_some_and(|token| self.core.world().tokens.revoke(token));
        Response::from_parts(parts, bytes.into())
    }
}

/// An answer in the place of one: who called, and what was wrong with the request, stays as it is.
fn replaced(answer: Option<Response>, mut by: Response) -> Response {
    let noted = answer.and_then(|mut answer| answer.extensions_mut().remove::<Noted>());
    if let Some(noted) = noted {
        let own = by.extensions_mut().remove::<Noted>().unwrap_or_default();
        by.extensions_mut().insert(Noted {
            body: own.body,
            detail: own.detail,
            spoilt: own.spoilt,
            ..noted
        });
    }
    by
}

fn bare(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

fn html(status: u16) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    let page = format!(
        "<!DOCTYPE html>\n<html><head><title>{status}</title></head>\n<body><center><h1>{status}</h1></center></body></html>\n"
    );
    let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    (status, kind, page).into_response()
}

fn bomb(status: StatusCode, bytes: u64) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CONTENT_ENCODING, "gzip"),
    ];
    // Without a compressor there is no bomb, and the answer is empty, which is bad enough.
    let pieces = Bomb::new(bytes).into_iter().flatten();
    let pieces = stream::iter(pieces.map(Ok::<_, std::convert::Infallible>));
    (status, headers, Body::from_stream(pieces)).into_response()
}

/// The same answer with its body byte by byte.
async fn drip(core: Arc<Core>, answer: Response, pace: Duration) -> Response {
    let (mut parts, body) = answer.into_parts();
    let bytes = whole(body).await;
    parts
        .headers
        .insert(header::CONTENT_LENGTH, bytes.len().into());
    let drops = stream::unfold((core, bytes), move |(core, mut bytes)| async move {
        if bytes.is_empty() {
            return None;
        }
        core.clock.sleep_until(after(&core.clock, pace)).await;
        let one = bytes.split_to(1);
        Some((Ok::<_, std::convert::Infallible>(one), (core, bytes)))
    });
    Response::from_parts(parts, Body::from_stream(drops))
}

/// A body that is made here, so that it does not fail and is not long.
async fn whole(body: Body) -> Bytes {
    axum::body::to_bytes(body, LONGEST_ANSWER)
        .await
        .unwrap_or_default()
}

/// What goes over the wire: the head, whose length is wrong by so much, and the body.
async fn taken_apart(answer: Response, by: i64) -> (String, Bytes) {
    let (parts, body) = answer.into_parts();
    let body = whole(body).await;
    let length = u64::try_from(body.len()).unwrap_or(u64::MAX);
    let said = length.saturating_add_signed(by);
    let reason = parts.status.canonical_reason().unwrap_or_default();
    let mut head = format!("HTTP/1.1 {} {reason}\r\n", parts.status.as_u16());
    for (name, value) in &plain(parts.headers) {
        // What is written here is made here, and is text.
        let value = value.to_str().unwrap_or_default();
        let _ = write!(head, "{name}: {value}\r\n");
    }
    let _ = write!(head, "content-length: {said}\r\n\r\n");
    (head, body)
}

fn plain(mut headers: HeaderMap) -> HeaderMap {
    headers.remove(header::CONTENT_LENGTH);
    headers
}

/// So much of a body, half of it by default, and never all of it.
fn part(body: &Bytes, bytes: Option<usize>) -> &[u8] {
    let most = body.len().saturating_sub(1);
    let length = bytes.unwrap_or(body.len() / 2).min(most);
    body.get(..length).unwrap_or_default()
}

fn joined(head: &str, body: &[u8]) -> Bytes {
    [head.as_bytes(), body].concat().into()
}
