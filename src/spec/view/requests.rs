//! Requests as the generator should see them: no defaults, no nulls.

use super::super::{Document, Node, Pointer, SpecError, Value};
use super::reach::{Side, components};
use super::{Report, Step, component};

/// Removes defaults and `nullable` from every component that requests reach.
pub(super) fn simplify(
    contract: &Document,
    document: &mut Document,
    report: &mut Report,
) -> Result<(), SpecError> {
    let names = components(document, Side::Request)?;
    for name in &names {
        let place = component(name);
        if let Some(node) = document.at(&place) {
            refuse_required_null(contract, document, node, &place)?;
        }
    }
    for name in names {
        let place = component(&name);
        if let Some(node) = document.at_mut(&place) {
            strip(node, &place, report);
        }
    }
    Ok(())
}

/// A required member that may be null would have to be sent as null, which the facade never does.
fn refuse_required_null(
    contract: &Document,
    document: &Document,
    node: &Node,
    place: &Pointer,
) -> Result<(), SpecError> {
    let required = node
        .get("required")
        .and_then(Node::as_array)
        .unwrap_or_default();
    for name in required {
        let Some(member) = name.as_str() else {
            continue;
        };
        let Some(schema) = node
            .get("properties")
            .and_then(|properties| properties.get(member))
        else {
            return Err(contract.error_at(
                name.at,
                &place.join("required"),
                format!("`{member}` is required and not among the properties"),
                "describe it under `properties`, or take it out of `required`",
            ));
        };
        if document
            .resolve(schema)?
            .get("nullable")
            .and_then(Node::as_bool)
            == Some(true)
        {
            return Err(contract.error_at(
                schema.at,
                &place.join("properties").join(member),
                format!("`{member}` is required and may be null"),
                "a request never sends null: make the member optional, or take `nullable` off its schema",
            ));
        }
    }
    Ok(())
}

fn strip(node: &mut Node, place: &Pointer, report: &mut Report) {
    let Value::Object(schema) = &mut node.value else {
        return;
    };
    if schema.remove("default").is_some() {
        report.add(Step::DropDefault, place, "`default` removed");
    }
    if schema.remove("nullable").is_some() {
        report.add(Step::DropNullable, place, "`nullable` removed");
    }
    if let Some(Value::Object(properties)) =
        schema.get_mut("properties").map(|node| &mut node.value)
    {
        for (member, _, child) in properties.iter_mut() {
            strip(child, &place.join("properties").join(member), report);
        }
    }
}
