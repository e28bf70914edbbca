//! The parts of an operation, each under a name that two documents can share, with its place.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::super::{Document, Node, Pointer, SpecError};

/// Parts on one side by name.
pub(super) type Named = BTreeMap<String, Pointer>;

/// The methods that OpenAPI 3.0.3 knows (Path Item Object).
const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// Follows `$ref` to the end and returns the pointer of what it finds.
pub(super) fn follow(document: &Document, at: Pointer) -> Result<(Pointer, &Node), SpecError> {
    let mut here = (at, document.root());
    if let Some(node) = document.at(&here.0) {
        // Fails on a circle of references, so that the loop below ends.
        document.resolve(node)?;
        here.1 = node;
    }
    while let Some(next) = document.target(here.1)? {
        here = next;
    }
    Ok(here)
}

/// Returns the operations by method and path, path parameters written as `{}`.
pub(super) fn operations(document: &Document) -> Result<Named, SpecError> {
    let mut named = Named::new();
    let paths = Pointer::root().join("paths");
    for path in keys(document, &paths) {
        let (at, item) = follow(document, paths.join(&path))?;
        for method in METHODS {
            if item.get(method).is_some() {
                named.insert(
                    format!("{} {}", method.to_uppercase(), nameless(&path)),
                    at.join(method),
                );
            }
        }
    }
    Ok(named)
}

/// Returns the list that holds for an operation: its own, that of its path, or that of the document; else the operation.
pub(super) fn list(document: &Document, operation: &Pointer, name: &str) -> Pointer {
    let path = operation.parent().unwrap_or_default();
    [operation, &path, &Pointer::root()]
        .into_iter()
        .map(|level| level.join(name))
        .find(|at| document.at(at).is_some())
        .unwrap_or_else(|| operation.clone())
}

/// Returns the servers that hold for an operation, by URL.
pub(super) fn servers(document: &Document, operation: &Pointer) -> Named {
    indices(document, &list(document, operation, "servers"))
        .filter_map(|at| Some((document.at(&at)?.get("url")?.as_str()?.to_owned(), at)))
        .collect()
}

/// Returns the alternatives of the security that holds for an operation, named by what a caller has to send.
pub(super) fn security(document: &Document, operation: &Pointer) -> Result<Named, SpecError> {
    let mut named = Named::new();
    let list = list(document, operation, "security");
    for at in indices(document, &list) {
        let mut schemes = Vec::new();
        for name in keys(document, &at) {
            let place = Pointer::root()
                .join("components")
                .join("securitySchemes")
                .join(&name);
            // A scheme that is not defined is told apart by its name alone.
            if document.at(&place).is_none() {
                schemes.push(name);
                continue;
            }
            let (_, scheme) = follow(document, place)?;
            let words = ["type", "scheme", "in", "name"]
                .map(|word| scheme.get(word).and_then(Node::as_str));
            schemes.push(words.into_iter().flatten().collect::<Vec<_>>().join(" "));
        }
        schemes.sort_unstable();
        let name = if schemes.is_empty() {
            "none".to_owned()
        } else {
            schemes.join(" and ")
        };
        named.insert(name, at);
    }
    if named.is_empty() {
        named.insert("none".to_owned(), list);
    }
    Ok(named)
}

/// Returns the parameters of an operation and its path, by place and name; a path parameter by its position.
pub(super) fn parameters(document: &Document, operation: &Pointer) -> Result<Named, SpecError> {
    let path = operation.parent().unwrap_or_default();
    let template = path.tokens().last().map_or("", String::as_str);
    let mut named = Named::new();
    for list in [path.join("parameters"), operation.join("parameters")] {
        for at in indices(document, &list) {
            let (at, parameter) = follow(document, at)?;
            let word = |key: &str| {
                parameter
                    .get(key)
                    .and_then(Node::as_str)
                    .unwrap_or_default()
            };
            let name = match word("in") {
                "path" => template
                    .split('{')
                    .skip(1)
                    .position(|rest| rest.split('}').next() == Some(word("name"))),
                _ => None,
            };
            // Header names are compared without regard to case (RFC 9110 section 5.1).
            let name = match (name, word("in")) {
                (Some(position), place) => format!("{place} {position}"),
                (None, "header") => format!("header {}", word("name").to_ascii_lowercase()),
                (None, place) => format!("{place} {}", word("name")),
            };
            named.insert(name, at);
        }
    }
    Ok(named)
}

/// Returns the request body of an operation, under no name, if it has one.
pub(super) fn request(document: &Document, operation: &Pointer) -> Result<Named, SpecError> {
    let at = operation.join("requestBody");
    match document.at(&at) {
        Some(_) => Ok(Named::from([(String::new(), follow(document, at)?.0)])),
        None => Ok(Named::new()),
    }
}

/// Returns the responses of an operation by status, as the document writes it.
pub(super) fn responses(document: &Document, operation: &Pointer) -> Result<Named, SpecError> {
    let list = operation.join("responses");
    keys(document, &list)
        .filter(|status| !status.starts_with("x-"))
        .map(|status| {
            Ok((
                status.to_uppercase(),
                follow(document, list.join(status))?.0,
            ))
        })
        .collect()
}

/// Returns the media types of a body, without parameters and in lower case.
pub(super) fn contents(document: &Document, body: &Pointer) -> Named {
    let list = body.join("content");
    keys(document, &list)
        .map(|name| {
            let media = name
                .split(';')
                .next()
                .unwrap_or_default()
                .trim()
                .to_ascii_lowercase();
            (media, list.join(name))
        })
        .collect()
}

/// Returns whether `range`, such as `2XX`, holds `status`; a status holds itself.
pub(super) fn in_range(range: &str, status: &str) -> bool {
    range == status
        || range
            .strip_suffix("XX")
            .is_some_and(|class| status.starts_with(class))
}

/// Returns what a keyword means when it is not given, where OpenAPI says so.
pub(super) fn implied(keyword: &str) -> Option<Json> {
    match keyword {
        "additionalProperties" => Some(Json::Bool(true)),
        "nullable" | "required" | "uniqueItems" | "exclusiveMinimum" | "exclusiveMaximum"
        | "readOnly" | "writeOnly" => Some(Json::Bool(false)),
        _ => None,
    }
}

/// Compares two values as JSON Schema does: 1 and 1.0 are one number.
pub(super) fn same(one: &Json, other: &Json) -> bool {
    match (one, other) {
        (Json::Number(a), Json::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Json::Array(a), Json::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => one == other,
    }
}

/// Writes a path template without the names of its parameters.
fn nameless(path: &str) -> String {
    let mut parts = path.split('{');
    let mut nameless = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        nameless.push_str("{}");
        nameless.push_str(part.split_once('}').map_or("", |(_, rest)| rest));
    }
    nameless
}

fn keys(document: &Document, at: &Pointer) -> impl Iterator<Item = String> {
    let object = document.at(at).and_then(Node::as_object);
    object
        .into_iter()
        .flat_map(|object| object.keys().map(str::to_owned))
        .collect::<Vec<_>>()
        .into_iter()
}

fn indices(document: &Document, at: &Pointer) -> impl Iterator<Item = Pointer> {
    let length = document
        .at(at)
        .and_then(Node::as_array)
        .map_or(0, <[Node]>::len);
    (0..length).map(|index| at.join(index.to_string()))
}
