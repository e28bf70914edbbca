//! Every single change of a schema.

use serde_json::{Number, Value as Json, json};

use super::edit::Edit;
use super::pattern;
use crate::contract::witness::Decimal;
use crate::spec::keyword::Keyword;
use crate::spec::{Document, Node, Object, Pointer};

/// A change, and the name of its kind.
pub(super) type Named = (&'static str, Edit);

/// Adds the changes of a schema and of those inside it. References are left to where they lead.
pub(super) fn changes(document: &Document, at: &Pointer, found: &mut Vec<Named>) {
    let Some(object) = document.at(at).and_then(Node::as_object) else {
        return;
    };
    for (keyword, _, value) in object.iter() {
        let place = at.join(keyword);
        match keyword {
            "type" => of_type(&place, value, found),
            "enum" => of_list(&place, value, found),
            "required" => of_names(&place, value, object, found),
            "minimum" | "maximum" => of_bound(&place, keyword, value, object, found),
            "multipleOf" => of_step(&place, value, found),
            "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties"
            | "maxProperties" => of_count(&place, keyword, value, found),
            "pattern" => of_pattern(&place, value, found),
            "format" => of_format(&place, value, found),
            "nullable" | "uniqueItems" | "exclusiveMinimum" | "exclusiveMaximum" => {
                found.push(("drop", Edit::Remove(place)));
            }
            "additionalProperties" => of_further(document, &place, value, found),
            "properties" => of_members(document, &place, value, found),
            "items" | "not" => changes(document, &place, found),
            "oneOf" | "anyOf" | "allOf" => of_branches(document, &place, keyword, value, found),
            "default" => {
                found.push(("drop", Edit::Remove(place.clone())));
                found.push(("retype", Edit::Set(place, json!({ "none": true }))));
            }
            _ => {}
        }
    }
    additions(at, object, found);
}

fn of_type(place: &Pointer, value: &Node, found: &mut Vec<Named>) {
    let others: &[&str] = match value.as_str() {
        Some("string") => &["integer", "boolean", "object"],
        Some("integer") => &["number", "string"],
        Some("number") => &["integer", "string"],
        Some("boolean") => &["string", "integer"],
        Some("object") => &["array", "string"],
        Some("array") => &["object", "string"],
        _ => &[],
    };
    found.push(("drop", Edit::Remove(place.clone())));
    for other in others {
        found.push(("retype", Edit::Set(place.clone(), json!(other))));
    }
}

fn of_list(place: &Pointer, value: &Node, found: &mut Vec<Named>) {
    found.push(("drop", Edit::Remove(place.clone())));
    let items = value.as_array().unwrap_or_default();
    for (index, item) in items.iter().enumerate() {
        let at = place.join(index.to_string());
        if items.len() > 1 {
            found.push(("drop", Edit::Remove(at.clone())));
        }
        if let Some(text) = item.as_str() {
            found.push(("rename", Edit::Set(at.clone(), json!(format!("{text}x")))));
        }
        if let Some(flag) = item.as_bool() {
            found.push(("swap", Edit::Set(at.clone(), json!(!flag))));
        }
    }
    let other = if items.iter().any(|item| item.as_str().is_some()) {
        json!("OTHER")
    } else {
        json!(items.first().and_then(Node::as_bool) != Some(true))
    };
    found.push(("add", Edit::Add(place.clone(), String::new(), other)));
}

fn of_names(place: &Pointer, value: &Node, schema: &Object, found: &mut Vec<Named>) {
    found.push(("drop", Edit::Remove(place.clone())));
    let names: Vec<&str> = value
        .as_array()
        .unwrap_or_default()
        .iter()
        .filter_map(Node::as_str)
        .collect();
    if names.len() > 1 {
        for index in 0..names.len() {
            found.push(("drop", Edit::Remove(place.join(index.to_string()))));
        }
    }
    for name in properties(schema).filter(|name| !names.contains(name)) {
        found.push(("add", Edit::Add(place.clone(), String::new(), json!(name))));
    }
}

fn of_bound(place: &Pointer, keyword: &str, value: &Node, schema: &Object, found: &mut Vec<Named>) {
    found.push(("drop", Edit::Remove(place.clone())));
    let step = schema.get("multipleOf").and_then(Node::as_number);
    let step = step.and_then(Decimal::of).unwrap_or(Decimal::ONE);
    let bound = value.as_number().and_then(Decimal::of);
    for (kind, moved) in [
        (
            "tighten",
            bound.and_then(|bound| {
                if keyword == "minimum" {
                    bound.plus(step)
                } else {
                    bound.minus(step)
                }
            }),
        ),
        (
            "loosen",
            bound.and_then(|bound| {
                if keyword == "minimum" {
                    bound.minus(step)
                } else {
                    bound.plus(step)
                }
            }),
        ),
    ] {
        if let Some(moved) = moved.and_then(Decimal::json) {
            found.push((kind, Edit::Set(place.clone(), moved)));
        }
    }
    let exclusive = if keyword == "minimum" {
        "exclusiveMinimum"
    } else {
        "exclusiveMaximum"
    };
    if let (Some(holder), false) = (place.parent(), schema.contains_key(exclusive)) {
        found.push((
            "tighten",
            Edit::Add(holder, exclusive.to_owned(), json!(true)),
        ));
    }
}

fn of_step(place: &Pointer, value: &Node, found: &mut Vec<Named>) {
    found.push(("drop", Edit::Remove(place.clone())));
    let step = value.as_number().and_then(Decimal::of);
    for (kind, other) in [
        ("tighten", step.and_then(|step| step.times(10))),
        ("loosen", step.map(Decimal::tenth)),
        ("tighten", step.and_then(|step| step.times(3))),
    ] {
        if let Some(other) = other.and_then(Decimal::json) {
            found.push((kind, Edit::Set(place.clone(), other)));
        }
    }
}

fn of_count(place: &Pointer, keyword: &str, value: &Node, found: &mut Vec<Named>) {
    found.push(("drop", Edit::Remove(place.clone())));
    let Some(count) = value.as_number().and_then(Number::as_u64) else {
        return;
    };
    let (more, less) = if keyword.starts_with("min") {
        ("tighten", "loosen")
    } else {
        ("loosen", "tighten")
    };
    found.push((more, Edit::Set(place.clone(), json!(count + 1))));
    if let Some(count) = count.checked_sub(1) {
        found.push((less, Edit::Set(place.clone(), json!(count))));
    }
}

fn of_pattern(place: &Pointer, value: &Node, found: &mut Vec<Named>) {
    found.push(("drop", Edit::Remove(place.clone())));
    for (kind, other) in pattern::changes(value.as_str().unwrap_or_default()) {
        found.push((kind, Edit::Set(place.clone(), json!(other))));
    }
}

fn of_format(place: &Pointer, value: &Node, found: &mut Vec<Named>) {
    found.push(("drop", Edit::Remove(place.clone())));
    let other = match value.as_str() {
        Some("int64") => "int32",
        Some("int32") => "int64",
        Some("double") => "float",
        Some("date-time") => "date",
        Some("uuid" | "password") => "date-time",
        Some("email") => "uri",
        _ => "uuid",
    };
    found.push(("swap", Edit::Set(place.clone(), json!(other))));
}

fn of_further(document: &Document, place: &Pointer, value: &Node, found: &mut Vec<Named>) {
    found.push(("drop", Edit::Remove(place.clone())));
    match value.as_bool() {
        Some(open) => found.push(("swap", Edit::Set(place.clone(), json!(!open)))),
        None => changes(document, place, found),
    }
}

fn of_members(document: &Document, place: &Pointer, value: &Node, found: &mut Vec<Named>) {
    let members: Vec<(&str, &Node)> = value
        .as_object()
        .into_iter()
        .flat_map(Object::iter)
        .map(|(name, _, schema)| (name, schema))
        .collect();
    for (index, (name, schema)) in members.iter().enumerate() {
        let at = place.join(*name);
        found.push(("drop", Edit::Remove(at.clone())));
        found.push(("rename", Edit::Rename(at.clone(), format!("{name}X"))));
        // The schema of the next member, if it is another one.
        let next = (1..members.len())
            .filter_map(|step| members.get((index + step) % members.len()))
            .map(|(_, schema)| schema.to_json())
            .find(|next| accepted(next) != accepted(&schema.to_json()));
        if let Some(next) = next {
            found.push(("swap", Edit::Set(at.clone(), next)));
        }
        changes(document, &at, found);
    }
    let added = json!({ "type": "string" });
    found.push((
        "add",
        Edit::Add(place.clone(), "addedMember".to_owned(), added),
    ));
}

/// A schema without what says nothing of values.
fn accepted(schema: &Json) -> Json {
    let mut schema = schema.clone();
    if let Some(members) = schema.as_object_mut() {
        members.remove("description");
    }
    schema
}

fn of_branches(
    document: &Document,
    place: &Pointer,
    keyword: &str,
    value: &Node,
    found: &mut Vec<Named>,
) {
    let branches = value.as_array().unwrap_or_default();
    for index in 0..branches.len() {
        let at = place.join(index.to_string());
        if branches.len() > 1 {
            found.push(("drop", Edit::Remove(at.clone())));
        }
        changes(document, &at, found);
    }
    let added = json!({ "type": "string" });
    found.push(("add", Edit::Add(place.clone(), String::new(), added)));
    let other = match keyword {
        "oneOf" => "anyOf",
        "anyOf" => "oneOf",
        _ => return,
    };
    found.push(("swap", Edit::Rename(place.clone(), other.to_owned())));
}

/// Constraints that the schema does not have.
fn additions(at: &Pointer, schema: &Object, found: &mut Vec<Named>) {
    let mut add = |keyword: &str, value: Json| {
        if Keyword::named(keyword).is_some() && !schema.contains_key(keyword) {
            found.push(("add", Edit::Add(at.clone(), keyword.to_owned(), value)));
        }
    };
    let listed = schema.contains_key("enum");
    match schema.get("type").and_then(Node::as_str) {
        Some("string") => {
            add("nullable", json!(true));
            if !listed {
                add("maxLength", json!(5));
                add("minLength", json!(3));
                add("pattern", json!("^[a-z]*$"));
                add("format", json!("uuid"));
                add("enum", json!(["OTHER"]));
            }
        }
        Some("integer" | "number") => {
            add("nullable", json!(true));
            add("minimum", json!(2));
            add("maximum", json!(2));
            add("multipleOf", json!(2));
            add("enum", json!([2]));
        }
        Some("boolean") => {
            add("nullable", json!(true));
            if !listed {
                add("enum", json!([true]));
            }
        }
        Some("object") => {
            add("nullable", json!(true));
            add("additionalProperties", json!(false));
            add("minProperties", json!(20));
            add("maxProperties", json!(0));
            if let Some(name) = properties(schema).next() {
                add("required", json!([name]));
            }
        }
        Some("array") => {
            add("nullable", json!(true));
            add("minItems", json!(2));
            add("maxItems", json!(0));
            add("uniqueItems", json!(true));
        }
        _ => {}
    }
}

fn properties(schema: &Object) -> impl Iterator<Item = &str> {
    let named = schema.get("properties").and_then(Node::as_object);
    named.into_iter().flat_map(Object::keys)
}
