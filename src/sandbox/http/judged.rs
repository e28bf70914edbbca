//! An answer before the [judge](crate::sandbox::judge), as it goes out.

use axum::body::{Body, HttpBody as _, to_bytes};
use axum::http::HeaderValue;
use axum::response::Response;
use serde_json::Value;

use super::answer::{Noted, Said};
use super::media_type;
use crate::sandbox::judge::{self, Call, Presented, Sent, Verdict};
use crate::session::Operation;

/// A call whose answer is to be judged.
#[derive(Debug)]
pub(super) struct Asked<'a> {
    pub(super) operation: Option<Operation>,
    pub(super) presented: Option<Presented>,
    pub(super) body: judge::Body<'a>,
    /// The status that it was answered with before a fault came between; none if the operation has not seen it.
    pub(super) handled: Option<u16>,
}

/// Judges a call by what is answered to it, and says in a header if something was found.
pub(super) async fn judge(
    asked: Asked<'_>,
    response: Response,
    noted: &Noted,
) -> (Response, Verdict) {
    let (mut response, body) = if noted.spoilt {
        (response, Out::Spoilt)
    } else {
        body(response).await
    };
    let is_json = media_type::is(response.headers(), media_type::JSON);
    let sent = match (&body, is_json) {
        (Out::Spoilt, _) => Sent::Spoilt,
        (_, false) => Sent::OtherType,
        (Out::Streamed, true) => match &noted.body {
            Said::Json(body) => Sent::Json(body),
            Said::Nothing | Said::Kept(_) => Sent::NoJson,
        },
        (Out::Whole(body), true) => body.as_ref().map_or(Sent::NoJson, Sent::Json),
    };
    let verdict = judge::verdict(&Call {
        operation: asked.operation,
        presented: asked.presented,
        body: asked.body,
        handled: asked.handled,
        status: response.status().as_u16(),
        sent,
        rules: &noted.rules,
    });
    if !verdict.violations.is_empty() {
        let count = HeaderValue::from(verdict.violations.len());
        response.headers_mut().insert(judge::HEADER, count);
    }
    (response, verdict)
}

/// A body that goes out.
enum Out {
    /// As JSON, if it is.
    Whole(Option<Value>),
    /// One that is made while it goes out. Collecting it would change when it arrives.
    Streamed,
    /// One that is not looked at.
    Spoilt,
}

async fn body(response: Response) -> (Response, Out) {
    if response.body().size_hint().exact().is_none() {
        return (response, Out::Streamed);
    }
    let (parts, body) = response.into_parts();
    // It is in memory already, so no limit is needed; and one of a known size that breaks off is no JSON.
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let json = serde_json::from_slice(&bytes).ok();
    let response = Response::from_parts(parts, Body::from(bytes));
    (response, Out::Whole(json))
}
