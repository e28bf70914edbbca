//! Answers without their constraints: an unknown value, an unknown member or a null must not fail a whole answer.

use super::super::{Document, Node, Pointer, SpecError, Value};
use super::reach::{Side, components};
use super::{Report, Step, component};

/// Keywords that narrow what a value may be, within its JSON type.
const NARROWING: [&str; 16] = [
    "enum",
    "format",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "default",
];

/// Opens every component that answers reach.
pub(super) fn answers(
    contract: &Document,
    document: &mut Document,
    report: &mut Report,
) -> Result<(), SpecError> {
    let names = components(document, Side::Answer)?;
    for name in names {
        let place = component(&name);
        // A required member that may be null is generated as optional: the check reports it when it is absent.
        let nullable_required = match document.at(&place) {
            Some(node) => required_nullable(document, node)?,
            None => Vec::new(),
        };
        if let Some(node) = document.at_mut(&place) {
            for member in nullable_required {
                unrequire(node, &member);
                report.add(
                    Step::RelaxAnswer,
                    &place,
                    format!("`{member}` may be null, so it is generated as optional"),
                );
            }
            open(contract, node, &place, report)?;
        }
    }
    Ok(())
}

fn required_nullable(document: &Document, node: &Node) -> Result<Vec<String>, SpecError> {
    let required = node
        .get("required")
        .and_then(Node::as_array)
        .unwrap_or_default();
    let mut found = Vec::new();
    for name in required.iter().filter_map(Node::as_str) {
        let Some(schema) = node
            .get("properties")
            .and_then(|properties| properties.get(name))
        else {
            continue;
        };
        if document
            .resolve(schema)?
            .get("nullable")
            .and_then(Node::as_bool)
            == Some(true)
        {
            found.push(name.to_owned());
        }
    }
    Ok(found)
}

fn unrequire(node: &mut Node, member: &str) {
    let now_empty = match node.get_mut("required").and_then(Node::as_array_mut) {
        Some(list) => {
            list.retain(|name| name.as_str() != Some(member));
            list.is_empty()
        }
        None => false,
    };
    if now_empty && let Some(object) = node.as_object_mut() {
        object.remove("required");
    }
}

fn open(
    contract: &Document,
    node: &mut Node,
    place: &Pointer,
    report: &mut Report,
) -> Result<(), SpecError> {
    let at = node.at;
    let Value::Object(schema) = &mut node.value else {
        return Ok(());
    };
    if schema.contains_key("$ref") {
        return Ok(());
    }
    for keyword in ["oneOf", "anyOf", "allOf", "not"] {
        if schema.contains_key(keyword) {
            return Err(contract.error_at(
                at,
                place,
                format!("`{keyword}` in a success answer is not supported"),
                "describe the answer as one object",
            ));
        }
    }
    let mut removed = Vec::new();
    schema.retain(|key, _| {
        let narrow = NARROWING.contains(&key) || key == "nullable";
        if narrow {
            removed.push(format!("`{key}`"));
        }
        !narrow
    });
    if !removed.is_empty() {
        report.add(
            Step::RelaxAnswer,
            place,
            format!("{} removed", removed.join(", ")),
        );
    }
    if let Some(Value::Object(properties)) =
        schema.get_mut("properties").map(|node| &mut node.value)
    {
        for (member, _, child) in properties.iter_mut() {
            open(
                contract,
                child,
                &place.join("properties").join(member),
                report,
            )?;
        }
        schema.insert(
            "additionalProperties",
            Node::from_json(&serde_json::json!({}), at),
        );
        report.add(Step::RelaxAnswer, place, "unknown members are kept");
    }
    if let Some(items) = schema.get_mut("items") {
        open(contract, items, &place.join("items"), report)?;
    }
    Ok(())
}
