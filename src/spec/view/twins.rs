//! Components used by requests and answers alike: answers get a copy of their own, `Reported<Name>`.

use super::super::{Document, Node, SpecError, Value};
use super::reach::{Side, components};
use super::{Report, Step, component, components_place};

/// Gives answers their own copy of every component that requests use too.
pub(super) fn separate(
    contract: &Document,
    document: &mut Document,
    report: &mut Report,
) -> Result<(), SpecError> {
    let requests = components(document, Side::Request)?;
    let answers = components(document, Side::Answer)?;
    let shared: Vec<&String> = requests.intersection(&answers).collect();
    let schemas = components_place();
    for name in &shared {
        let Some(node) = document.at(&component(name)).cloned() else {
            continue;
        };
        let twin = reported(name);
        if document.at(&component(&twin)).is_some() {
            return Err(contract.error_at(
                node.at,
                &component(name),
                format!("requests and answers share `{name}`, and the name of its copy, `{twin}`, is taken"),
                "rename one of the two components",
            ));
        }
        report.add(
            Step::SeparateTwin,
            &component(name),
            format!("answers use the copy `{twin}`"),
        );
        if let Some(object) = document.at_mut(&schemas).and_then(Node::as_object_mut) {
            object.insert(twin, node);
        }
    }
    let is_shared = |name: &str| shared.iter().any(|other| other.as_str() == name);
    for name in &answers {
        let place = if is_shared(name) {
            component(&reported(name))
        } else {
            component(name)
        };
        if let Some(node) = document.at_mut(&place) {
            redirect(node, &is_shared);
        }
    }
    let places: Vec<_> = super::reach::operations(document)
        .into_iter()
        .map(|operation| operation.pointer.join("responses"))
        .collect();
    for place in places {
        if let Some(node) = document.at_mut(&place) {
            redirect(node, &is_shared);
        }
    }
    Ok(())
}

fn reported(name: &str) -> String {
    format!("Reported{name}")
}

/// Lets references to shared components lead to their copies.
fn redirect(node: &mut Node, is_shared: &dyn Fn(&str) -> bool) {
    const PREFIX: &str = "#/components/schemas/";
    match &mut node.value {
        Value::Array(items) => items.iter_mut().for_each(|item| redirect(item, is_shared)),
        Value::Object(object) => {
            if let Some(Node {
                value: Value::String(text),
                ..
            }) = object.get_mut("$ref")
                && let Some(name) = text.strip_prefix(PREFIX)
                && is_shared(name)
            {
                *text = format!("{PREFIX}{}", reported(name));
            }
            object
                .iter_mut()
                .for_each(|(_, _, child)| redirect(child, is_shared));
        }
        _ => {}
    }
}
