//! Which names `required` does not ask for, as their property is read-only in a request or write-only in a response.
//!
//! `required` and the property need not stand in the same schema: `allOf` may join them. So the members of an `allOf`
//! are looked at together.

use std::collections::{BTreeSet, HashSet};

use super::error::SpecError;
use super::translate::Direction;
use super::{Document, Node, Object};

/// The names that a schema and all its `allOf` members speak of.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Properties that the direction excuses.
    pub(super) excused: BTreeSet<String>,
    /// Properties that are required.
    pub(super) required: BTreeSet<String>,
}

/// Collects the names from `schema`, through `$ref` and `allOf`.
pub(super) fn names(
    document: &Document,
    schema: &Node,
    direction: Direction,
) -> Result<Names, SpecError> {
    let mut names = Names::default();
    let Some(flag) = direction.excusing_flag() else {
        return Ok(names);
    };
    for part in parts(document, schema)? {
        let properties = part.get("properties").and_then(Node::as_object);
        for (name, _, property) in properties.into_iter().flat_map(Object::iter) {
            let flagged = parts(document, property)?
                .iter()
                .any(|part| part.get(flag).and_then(Node::as_bool) == Some(true));
            if flagged {
                names.excused.insert(name.to_owned());
            }
        }
        let required = part.get("required").and_then(Node::as_array);
        names.required.extend(
            required
                .into_iter()
                .flatten()
                .filter_map(|name| name.as_str().map(str::to_owned)),
        );
    }
    Ok(names)
}

/// Returns `schema` and its `allOf` members, however deep, with references resolved. A circle ends where it closes.
fn parts<'d>(document: &'d Document, schema: &'d Node) -> Result<Vec<&'d Node>, SpecError> {
    let mut seen: HashSet<*const Node> = HashSet::new();
    let mut found = Vec::new();
    let mut waiting = vec![schema];
    while let Some(next) = waiting.pop() {
        let part = document.resolve(next)?;
        if seen.insert(part) {
            found.push(part);
            waiting.extend(
                part.get("allOf")
                    .and_then(Node::as_array)
                    .unwrap_or_default(),
            );
        }
    }
    Ok(found)
}
