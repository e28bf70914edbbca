//! What a report shows of an exchange: no credentials, no whole session ids, no personal data.

use http::HeaderMap;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::Value;

use crate::contract::{Exchange, Sender};
use crate::domain::SessionId;
use crate::sandbox::redact;

/// How much of a body is shown.
const LONGEST: usize = 400;

/// The request.
pub(super) fn sent(exchange: &Exchange) -> String {
    if exchange.by == Sender::Server {
        return format!("webhook {}", body(&exchange.headers, &exchange.body));
    }
    let path = exchange.target.split('?').next().unwrap_or_default();
    let path: Vec<String> = path.split('/').map(shortened).collect();
    let mut shown = format!("{} {}", exchange.method, path.join("/"));
    let headers = &exchange.headers;
    if let Some(value) = headers.get(AUTHORIZATION) {
        let scheme = value.to_str().unwrap_or_default().split(' ').next();
        let known = scheme.filter(|it| ["Bearer", "Basic"].contains(it));
        shown.push_str(" with ");
        shown.push_str(known.unwrap_or("another scheme"));
    }
    if headers.contains_key("x-api-key") {
        shown.push_str(" with an API key");
    }
    let body = body(headers, &exchange.body);
    if !body.is_empty() {
        shown.push(' ');
        shown.push_str(&body);
    }
    shown
}

/// The answer.
pub(super) fn received(exchange: &Exchange) -> String {
    let body = body(&exchange.answer_headers, &exchange.answer);
    format!("{} {body}", exchange.status.as_u16())
}

fn body(headers: &HeaderMap, bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return String::new();
    }
    let kind = headers.get(CONTENT_TYPE);
    let kind = kind
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or("no type");
    match serde_json::from_slice::<Value>(bytes) {
        Ok(mut value @ Value::Object(_)) => {
            shorten(&mut value);
            let shown: String = redact::answer(&value).chars().take(LONGEST).collect();
            format!("{kind} {shown}")
        }
        _ => format!("{kind}, {} bytes", bytes.len()),
    }
}

/// A session id opens the hosted page. A text in words may name one, or anything else that was sent.
fn shorten(value: &mut Value) {
    match value {
        Value::Object(members) => members.values_mut().for_each(shorten),
        Value::Array(items) => items.iter_mut().for_each(shorten),
        Value::String(text) => {
            let words: Vec<String> = text.split(' ').map(shortened).collect();
            *text = words.join(" ");
        }
        _ => {}
    }
}

fn shortened(text: &str) -> String {
    match SessionId::new(text) {
        Ok(_) => text.chars().take(8).chain(['…']).collect(),
        Err(_) => text.to_owned(),
    }
}
