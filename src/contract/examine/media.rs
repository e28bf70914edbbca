//! Bodies, and what they are said to be.

use bytes::Bytes;
use http::{HeaderMap, header};
use serde_json::Value;

/// What a body is said to be, without parameters and in lower case.
pub(super) fn said(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let essence = text.split(';').next().unwrap_or_default().trim();
    (!essence.is_empty()).then(|| essence.to_ascii_lowercase())
}

/// Of the declared types, the one that is nearest to what was said.
pub(super) fn declared<'c, T>(content: &'c [(String, T)], said: &str) -> Option<&'c (String, T)> {
    let essence = |declared: &str| {
        let essence = declared.split(';').next().unwrap_or_default();
        essence.trim().to_ascii_lowercase()
    };
    let group = |declared: &str| {
        let declared = essence(declared);
        let group = declared.strip_suffix("/*").map(str::to_owned);
        group.is_some_and(|group| said.split('/').next() == Some(&group))
    };
    let find = |is: &dyn Fn(&str) -> bool| content.iter().find(|(declared, _)| is(declared));
    find(&|declared| essence(declared) == said)
        .or_else(|| find(&group))
        .or_else(|| find(&|declared| essence(declared) == "*/*"))
}

/// How a body becomes a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Json,
    Form,
    Text,
}

impl Kind {
    pub(super) fn of(said: &str) -> Self {
        if said == "application/json" || said.ends_with("+json") {
            Self::Json
        } else if said == "application/x-www-form-urlencoded" {
            Self::Form
        } else {
            Self::Text
        }
    }
}

/// A body that is no form, as a value. Nothing for what is said to be JSON and is none.
pub(super) fn value(kind: Kind, body: &Bytes) -> Option<Value> {
    match kind {
        Kind::Json => serde_json::from_slice(body).ok(),
        Kind::Form | Kind::Text => Some(String::from_utf8_lossy(body).into_owned().into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_type_is_taken() {
        let content = ["*/*", "text/*", "text/plain; charset=utf-8"];
        let content: Vec<(String, ())> = content.iter().map(|it| ((*it).to_owned(), ())).collect();
        let found = |said: &str| declared(&content, said).map(|(declared, ())| declared.as_str());
        assert_eq!(found("text/plain"), Some("text/plain; charset=utf-8"));
        assert_eq!(found("text/html"), Some("text/*"));
        assert_eq!(found("image/png"), Some("*/*"));
        let json = [("application/json".to_owned(), ())];
        assert_eq!(declared(&json, "application/problem+json"), None);
    }
}
