//! What a schema says, without what it says twice: two schemas of one normal form accept the same values.

use serde_json::{Map, Value as Json};

use super::disjoint::exclude_each_other;
use crate::contract::witness::lengths;

/// Returns the normal form of a translated schema: what it refers to stands in it, and no constraint is implied by another one
/// beside it.
pub(super) fn normal(mut schema: Json) -> Json {
    let definitions = schema.as_object_mut().and_then(|root| root.remove("$defs"));
    let definitions = definitions.unwrap_or_default();
    put_in(&mut schema, &definitions, &mut Vec::new());
    plain(&mut schema);
    schema
}

/// Puts what is referred to in the place of the reference; but not into itself.
fn put_in(schema: &mut Json, definitions: &Json, around: &mut Vec<String>) {
    match schema {
        Json::Object(keywords) => {
            let name = keywords.get("$ref").and_then(Json::as_str);
            let name = name
                .and_then(|name| name.strip_prefix("#/$defs/"))
                .map(str::to_owned);
            if let Some(name) = name.filter(|name| !around.contains(name))
                && let Some(definition) =
                    definitions.get(name.replace("~1", "/").replace("~0", "~"))
            {
                let mut definition = definition.clone();
                around.push(name);
                put_in(&mut definition, definitions, around);
                around.pop();
                keywords.remove("$ref");
                if keywords.is_empty() {
                    *schema = definition;
                    return;
                }
                // What stands beside a reference holds, too.
                keywords.insert("allOf".to_owned(), Json::Array(vec![definition]));
            }
            for (keyword, value) in keywords.iter_mut() {
                if !matches!(keyword.as_str(), "enum" | "const" | "default" | "required") {
                    put_in(value, definitions, around);
                }
            }
        }
        Json::Array(schemas) => {
            for schema in schemas {
                put_in(schema, definitions, around);
            }
        }
        _ => {}
    }
}

/// Takes out of a schema, and of all in it, the constraints that others beside them imply.
fn plain(schema: &mut Json) {
    match schema {
        Json::Object(keywords) => {
            one_of_which_no_two_can_be(keywords);
            lengths_of_the_pattern(keywords);
            type_of_the_list(keywords);
            if keywords.get("additionalProperties") == Some(&Json::Bool(true)) {
                keywords.remove("additionalProperties");
            }
            for (keyword, value) in keywords.iter_mut() {
                match (keyword.as_str(), value) {
                    ("enum" | "const" | "default" | "required", _) => {}
                    ("properties", Json::Object(named)) => {
                        named.values_mut().for_each(plain);
                    }
                    (_, value) => plain(value),
                }
            }
        }
        Json::Array(schemas) => schemas.iter_mut().for_each(plain),
        _ => {}
    }
}

/// A pattern that is anchored at both ends says how long a text may be. One that is not is as good as anchored where a text may
/// not be longer than what matches.
fn lengths_of_the_pattern(keywords: &mut Map<String, Json>) {
    let Some(pattern) = keywords.get("pattern").and_then(Json::as_str) else {
        return;
    };
    let count = |keyword: &str| keywords.get(keyword).and_then(Json::as_u64);
    let (least, most) = (count("minLength"), count("maxLength"));
    let bare = pattern.strip_prefix('^').unwrap_or(pattern);
    let bare = bare.strip_suffix('$').unwrap_or(bare);
    let anchored = format!("^{bare}$");
    let whole = lengths(pattern).or_else(|| {
        let (shortest, longest) = lengths(&anchored)?;
        (Some(shortest) == most).then_some((shortest, longest))
    });
    let Some((shortest, longest)) = whole else {
        return;
    };
    keywords.insert("pattern".to_owned(), anchored.into());
    if least.is_some_and(|least| least <= shortest) {
        keywords.remove("minLength");
    }
    if longest
        .zip(most)
        .is_some_and(|(longest, most)| longest <= most)
    {
        keywords.remove("maxLength");
    }
}

/// Of alternatives that exclude each other, one holds where any does.
fn one_of_which_no_two_can_be(keywords: &mut Map<String, Json>) {
    let alternatives = keywords.get("oneOf").and_then(Json::as_array);
    if alternatives.is_some_and(|schemas| exclude_each_other(schemas))
        && !keywords.contains_key("anyOf")
        && let Some(schemas) = keywords.remove("oneOf")
    {
        keywords.insert("anyOf".to_owned(), schemas);
    }
}

/// A list of values says of which types they are.
fn type_of_the_list(keywords: &mut Map<String, Json>) {
    let Some(listed) = keywords.get("enum").and_then(Json::as_array) else {
        return;
    };
    let said = match keywords.get("type") {
        Some(Json::String(name)) => vec![name.as_str()],
        Some(Json::Array(names)) => names.iter().filter_map(Json::as_str).collect(),
        _ => return,
    };
    let is_of = |value: &Json, name: &str| match value {
        Json::Null => name == "null",
        Json::Bool(_) => name == "boolean",
        Json::Number(number) => {
            name == "number" || (name == "integer" && (number.is_i64() || number.is_u64()))
        }
        Json::String(_) => name == "string",
        Json::Array(_) => name == "array",
        Json::Object(_) => name == "object",
    };
    if listed
        .iter()
        .all(|value| said.iter().any(|name| is_of(value, name)))
    {
        keywords.remove("type");
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn is_normal(schema: Json, expected: &Json) {
        assert_eq!(normal(schema), *expected);
    }

    #[test]
    fn a_length_that_the_pattern_has_says_nothing_more() {
        let pattern = "^[0-9]{3,5}$";
        is_normal(
            json!({ "properties": { "a": { "pattern": pattern, "minLength": 3, "maxLength": 5 } } }),
            &json!({ "properties": { "a": { "pattern": pattern } } }),
        );
        for tight in [
            json!({ "pattern": pattern, "minLength": 4 }),
            json!({ "pattern": pattern, "maxLength": 4 }),
            // A text that has such a part may be longer.
            json!({ "pattern": "[0-9]{3,5}", "minLength": 3, "maxLength": 5 }),
            json!({ "pattern": "^a|b$", "minLength": 1 }),
            json!({ "pattern": "[0-9]{3,5}$", "maxLength": 4 }),
        ] {
            is_normal(tight.clone(), &tight);
        }
    }

    #[test]
    fn a_pattern_that_leaves_no_room_is_anchored() {
        let anchored = json!({ "pattern": "^[0-9]{3}$" });
        for pattern in ["^[0-9]{3}$", "[0-9]{3}$", "^[0-9]{3}", "[0-9]{3}"] {
            is_normal(
                json!({ "pattern": pattern, "minLength": 3, "maxLength": 3 }),
                &anchored,
            );
        }
    }

    #[test]
    fn what_is_referred_to_stands_where_the_reference_was() {
        let schema = json!({
            "properties": { "id": { "$ref": "#/$defs/Id" }, "more": { "$ref": "#/$defs/Tree" } },
            "$defs": {
                "Id": { "type": "string" },
                "Tree": { "properties": { "id": { "$ref": "#/$defs/Id" }, "inner": { "$ref": "#/$defs/Tree" } } },
            },
        });
        let tree = json!({ "properties": { "id": { "type": "string" }, "inner": { "$ref": "#/$defs/Tree" } } });
        let expected = json!({ "properties": { "id": { "type": "string" }, "more": tree } });
        is_normal(schema, &expected);
    }

    #[test]
    fn one_of_alternatives_that_exclude_each_other_is_any_of_them() {
        let schemas = json!([{ "type": "string" }, { "type": "null" }]);
        is_normal(json!({ "oneOf": schemas }), &json!({ "anyOf": schemas }));
        let both = json!({ "oneOf": [{ "type": "string" }, { "minLength": 1 }] });
        is_normal(both.clone(), &both);
    }

    #[test]
    fn members_that_are_allowed_anyway_need_not_be() {
        let open = json!({ "properties": { "a": { "additionalProperties": true } } });
        is_normal(open, &json!({ "properties": { "a": {} } }));
        // A member of that name is none of it.
        let named = json!({ "properties": { "additionalProperties": true } });
        is_normal(named.clone(), &named);
    }

    #[test]
    fn a_type_that_all_listed_values_have_says_nothing_more() {
        is_normal(
            json!({ "enum": ["a", null], "type": ["string", "null"] }),
            &json!({ "enum": ["a", null] }),
        );
        let narrower = json!({ "enum": ["a", null], "type": "string" });
        is_normal(narrower.clone(), &narrower);
        // A member may have the name of a keyword.
        let named = json!({ "properties": { "enum": { "type": "string" } }, "required": ["enum"] });
        is_normal(named.clone(), &named);
    }
}
