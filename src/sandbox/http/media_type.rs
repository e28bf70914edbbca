//! What a request says that its body is.

use axum::http::{HeaderMap, header};

/// The content type of the contract's JSON bodies.
pub(in crate::sandbox) const JSON: &str = "application/json";

/// The content type of the form that `authorize` takes.
pub(in crate::sandbox) const FORM: &str = "application/x-www-form-urlencoded";

/// Whether the body is said to be of a type, in either case, with or without parameters.
pub(in crate::sandbox) fn is(headers: &HeaderMap, kind: &str) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|value| {
        let text = value.to_str().unwrap_or_default();
        let said = text.split(';').next().unwrap_or_default();
        said.trim().eq_ignore_ascii_case(kind)
    })
}
