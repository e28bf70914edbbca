//! What the pages are answered, with the headers that keep a browser strict.

use axum::Json;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;

use super::view::View;

pub(super) const STYLE: &str = "text/css; charset=utf-8";
pub(super) const SCRIPT: &str = "text/javascript; charset=utf-8";

/// Nothing from elsewhere, nothing inline, and nothing that a form sends by itself.
const OWN_FILES_ONLY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
     img-src data:; form-action 'none'; base-uri 'none'";

/// A page. More directives than those of every page may follow.
pub(super) fn document(status: StatusCode, html: String, directives: &str) -> Response {
    let policy = format!("{OWN_FILES_ONLY}{directives}");
    let mut response = (status, file("text/html; charset=utf-8", html)).into_response();
    // The directives have host and port in them, which were looked at, so there is nothing that a header cannot hold.
    let policy =
        HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"));
    response
        .headers_mut()
        .insert(CONTENT_SECURITY_POLICY, policy);
    response
}

/// A file that belongs to a page. A new version of the simulator may have another, so it is not kept.
pub(super) fn file(kind: &'static str, content: impl IntoResponse) -> Response {
    let mut response = ([(CONTENT_TYPE, kind)], content.into_response()).into_response();
    let headers = response.headers_mut();
    let strict: [(HeaderName, &str); 4] = [
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // The address of the page opens the session.
        (REFERRER_POLICY, "no-referrer"),
        (RESOURCE_POLICY, "same-origin"),
    ];
    for (name, value) in strict {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// An answer for the page's script.
pub(super) fn data(status: StatusCode, body: &impl Serialize) -> Response {
    let mut response = (status, Json(body)).into_response();
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
    response
}

/// A refusal, with what the page is to show now where there is something.
pub(super) fn refusal(
    status: StatusCode,
    code: &str,
    description: &str,
    view: Option<&View>,
) -> Response {
    let mut body = json!({ "error": code, "error_description": description });
    if let (Some(view), Some(members)) = (view, body.as_object_mut()) {
        members.insert("view".to_owned(), json!(view));
    }
    data(status, &body)
}
