//! Which components an operation reaches, from its requests and from its answers.

use std::collections::BTreeSet;

use super::super::{Document, Node, Pointer, SpecError, Value};
use super::{Report, Step, component, components_place};

/// The methods under which a path item holds operations.
pub(super) const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// One operation of a document.
pub(super) struct Operation<'a> {
    pub(super) pointer: Pointer,
    pub(super) node: &'a Node,
}

/// Returns the operations in the order of the document.
pub(super) fn operations(document: &Document) -> Vec<Operation<'_>> {
    let paths = Pointer::root().join("paths");
    let mut found = Vec::new();
    let Some(items) = document.at(&paths).and_then(Node::as_object) else {
        return found;
    };
    for (path, _, item) in items.iter() {
        for method in METHODS {
            if let Some(node) = item.get(method) {
                found.push(Operation {
                    pointer: paths.join(path).join(method),
                    node,
                });
            }
        }
    }
    found
}

/// Which side of an operation a component is seen from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Request,
    Answer,
}

/// Returns the names of the schema components that one side of all operations reaches.
pub(super) fn components(document: &Document, side: Side) -> Result<BTreeSet<String>, SpecError> {
    let mut names = BTreeSet::new();
    for operation in operations(document) {
        let parts: &[&str] = match side {
            Side::Request => &["requestBody", "parameters"],
            Side::Answer => &["responses"],
        };
        for node in parts.iter().filter_map(|part| operation.node.get(part)) {
            gather(document, node, &mut names)?;
        }
    }
    Ok(names)
}

fn gather(document: &Document, node: &Node, names: &mut BTreeSet<String>) -> Result<(), SpecError> {
    if let Some((pointer, target)) = document.target(node)? {
        if let [first, second, name] = pointer.tokens()
            && (first.as_str(), second.as_str()) == ("components", "schemas")
            && !names.insert(name.clone())
        {
            return Ok(());
        }
        return gather(document, target, names);
    }
    match &node.value {
        Value::Array(items) => items
            .iter()
            .try_for_each(|item| gather(document, item, names)),
        Value::Object(object) => object
            .iter()
            .try_for_each(|(_, _, child)| gather(document, child, names)),
        _ => Ok(()),
    }
}

/// Removes the schema components that no operation reaches.
pub(super) fn prune(document: &mut Document, report: &mut Report) -> Result<(), SpecError> {
    let mut kept = components(document, Side::Request)?;
    kept.extend(components(document, Side::Answer)?);
    let schemas = components_place();
    if let Some(object) = document.at_mut(&schemas).and_then(Node::as_object_mut) {
        object.retain(|name, _| {
            let keep = kept.contains(name);
            if !keep {
                report.add(
                    Step::PruneComponent,
                    &component(name),
                    "no generated operation refers to it",
                );
            }
            keep
        });
    }
    Ok(())
}

/// Refuses two members of one object that get the same Rust name: the generated type would not compile.
pub(super) fn no_name_twice(contract: &Document, view: &Document) -> Result<(), SpecError> {
    let schemas = components_place();
    let components = view.at(&schemas).and_then(Node::as_object);
    for (name, _, node) in components.into_iter().flat_map(super::super::Object::iter) {
        let mut seen: Vec<(String, &str)> = Vec::new();
        let properties = node.get("properties").and_then(Node::as_object);
        for (member, at, _) in properties.into_iter().flat_map(super::super::Object::iter) {
            // The generator breaks words at capitals and at anything that is no letter or digit.
            let plain: String = member
                .chars()
                .filter(char::is_ascii_alphanumeric)
                .map(|letter| letter.to_ascii_lowercase())
                .collect();
            if let Some((_, other)) = seen.iter().find(|(known, _)| *known == plain) {
                return Err(contract.error_at(
                    at,
                    &component(name).join("properties").join(member),
                    format!("`{member}` and `{other}` get the same name in Rust"),
                    "rename one of the two members, or leave one out",
                ));
            }
            seen.push((plain, member));
        }
    }
    Ok(())
}

/// Refuses an object, or a constrained scalar, that is written in place instead of as a named component, in a list as
/// much as alone: a type needs a name.
pub(super) fn no_inline_scalars(contract: &Document, view: &Document) -> Result<(), SpecError> {
    const CONSTRAINTS: [&str; 9] = [
        "properties",
        "enum",
        "pattern",
        "format",
        "minLength",
        "maxLength",
        "minimum",
        "maximum",
        "multipleOf",
    ];
    let schemas = components_place();
    let Some(components) = view.at(&schemas).and_then(Node::as_object) else {
        return Ok(());
    };
    for (name, _, node) in components.iter() {
        let Some(properties) = node.get("properties").and_then(Node::as_object) else {
            continue;
        };
        for (member, at, schema) in properties.iter() {
            let place = component(name).join("properties").join(member);
            let found = CONSTRAINTS.into_iter().find(|keyword| {
                let items = schema.get("items");
                schema.get(keyword).is_some()
                    || items.is_some_and(|items| items.get(keyword).is_some())
            });
            if let Some(keyword) = found {
                return Err(contract.error_at(
                    at,
                    &place,
                    format!("`{member}` has `{keyword}` in place"),
                    "make it a named component and refer to it",
                ));
            }
        }
    }
    Ok(())
}
