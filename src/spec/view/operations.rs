//! The operations of the view: success answers only, plain parameters, nothing that the generator does not read.

use super::super::{Document, Node, Object, Pointer, Position, SpecError, Value};
use super::reach::operations;
use super::{Report, Step};

/// Removes security and vendor extensions.
pub(super) fn drop_unread(document: &mut Document, report: &mut Report) {
    let pointers: Vec<Pointer> = operations(document)
        .into_iter()
        .map(|operation| operation.pointer)
        .collect();
    let root = Pointer::root();
    let mut drop = |document: &mut Document, at: &Pointer, unwanted: &dyn Fn(&str) -> bool| {
        if let Some(object) = document.at_mut(at).and_then(Node::as_object_mut) {
            object.retain(|key, _| {
                let keep = !unwanted(key);
                if !keep {
                    report.add(Step::DropUnread, &at.join(key), format!("`{key}` removed"));
                }
                keep
            });
        }
    };
    drop(document, &root, &|key| {
        key == "security" || key.starts_with("x-")
    });
    drop(document, &root.join("components"), &|key| {
        key == "securitySchemes"
    });
    for pointer in pointers {
        drop(document, &pointer, &|key| {
            key == "security" || key.starts_with("x-")
        });
    }
}

/// Keeps the success answers of each operation, as one range.
pub(super) fn drop_failures(
    contract: &Document,
    document: &mut Document,
    report: &mut Report,
) -> Result<(), SpecError> {
    let pointers: Vec<Pointer> = operations(document)
        .into_iter()
        .map(|operation| operation.pointer)
        .collect();
    for operation in pointers {
        let at = operation.join("responses");
        let Some(responses) = document.at_mut(&at).and_then(Node::as_object_mut) else {
            return Err(missing(
                contract,
                &operation,
                "responses",
                "state at least one success answer",
            ));
        };
        responses.retain(|status, _| {
            let keep = status.starts_with('2');
            if !keep {
                report.add(
                    Step::DropFailures,
                    &at.join(status),
                    format!("answer {status} removed"),
                );
            }
            keep
        });
        let successes: Vec<(String, Position, serde_json::Value)> = responses
            .iter()
            .map(|(status, place, node)| {
                (
                    status.to_owned(),
                    place,
                    node.get("content")
                        .map_or(serde_json::Value::Null, Node::to_json),
                )
            })
            .collect();
        let Some(((first, _, content), others)) = successes.split_first() else {
            return Err(missing(
                contract,
                &operation,
                "responses",
                "state the success answer of this operation",
            ));
        };
        if let Some((status, place, _)) = others.iter().find(|(_, _, other)| other != content) {
            return Err(contract.error_at(
                *place,
                &at.join(status),
                format!("answers {first} and {status} have different bodies"),
                "give the success answers of an operation one schema, or split the operation",
            ));
        }
        if let Some(node) = responses.remove(first) {
            for (status, _, _) in others {
                responses.remove(status);
            }
            responses.insert("2XX", node);
            let statuses: Vec<&str> = successes
                .iter()
                .map(|(status, _, _)| status.as_str())
                .collect();
            report.add(
                Step::FoldSuccesses,
                &at,
                format!("{} becomes 2XX", statuses.join(" and ")),
            );
        }
    }
    Ok(())
}

/// Replaces the schema of each path parameter by plain text, in place of the reference.
pub(super) fn plain_parameters(
    contract: &Document,
    document: &mut Document,
    report: &mut Report,
) -> Result<(), SpecError> {
    let mut plain = Vec::new();
    let paths = Pointer::root().join("paths");
    for (path, at, item) in document
        .at(&paths)
        .and_then(Node::as_object)
        .into_iter()
        .flat_map(Object::iter)
    {
        if item.get("parameters").is_some() {
            return Err(contract.error_at(
                at,
                &paths.join(path).join("parameters"),
                "the parameters stand at the path",
                "give them to each operation of the path",
            ));
        }
    }
    for operation in operations(document) {
        let at = operation.pointer.join("parameters");
        let Some(parameters) = operation.node.get("parameters").and_then(Node::as_array) else {
            continue;
        };
        let mut list = Vec::new();
        for (index, parameter) in parameters.iter().enumerate() {
            let place = at.join(index.to_string());
            let mut resolved = document.resolve(parameter)?.clone();
            if resolved.get("in").and_then(Node::as_str) != Some("path") {
                return Err(contract.error_at(
                    parameter.at,
                    &place,
                    "only path parameters are generated",
                    "send anything else from the transport, and leave it out of the contract's operations",
                ));
            }
            if let Some(schema) = resolved.get_mut("schema") {
                *schema = Node::from_json(&serde_json::json!({ "type": "string" }), schema.at);
            }
            report.add(
                Step::PlainParameters,
                &place,
                "the parameter's schema becomes plain text",
            );
            list.push(resolved);
        }
        plain.push((at, list));
    }
    for (at, list) in plain {
        if let Some(node) = document.at_mut(&at) {
            node.value = Value::Array(list);
        }
    }
    Ok(())
}

fn missing(contract: &Document, operation: &Pointer, what: &str, remedy: &str) -> SpecError {
    let place = contract
        .at(operation)
        .map_or(contract.root().at, |node| node.at);
    contract.error_at(
        place,
        operation,
        format!("no success answer under `{what}`"),
        remedy,
    )
}
