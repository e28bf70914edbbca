//! What a value has and its schema does not, where that leaves room for more.

use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde_json::{Map, Value, json};

use crate::spec::Pointer;

/// Lets every object of a translated schema that has members take no others than those of all the schemas that apply to it.
pub(in crate::contract) fn close(schema: &mut Value) {
    let definitions = schema.get("$defs").cloned().unwrap_or_default();
    inside(schema, true, &definitions);
}

/// `whole` says that the schema is all there is about a value, not one of several about it.
fn inside(schema: &mut Value, whole: bool, definitions: &Value) {
    let Some(keywords) = schema.as_object_mut() else {
        return;
    };
    for (keyword, value) in keywords.iter_mut() {
        match (keyword.as_str(), value) {
            ("properties", Value::Object(named)) => {
                named
                    .values_mut()
                    .for_each(|it| inside(it, true, definitions));
            }
            ("$defs", Value::Object(named)) => {
                named
                    .values_mut()
                    .for_each(|it| inside(it, false, definitions));
            }
            ("items" | "additionalProperties", value) => inside(value, true, definitions),
            ("allOf" | "anyOf" | "oneOf", Value::Array(schemas)) => {
                for schema in schemas {
                    inside(schema, false, definitions);
                }
            }
            _ => {}
        }
    }
    if whole && has_members(keywords, definitions, &mut Vec::new()) {
        keywords.insert("unevaluatedProperties".to_owned(), json!(false));
    }
}

fn has_members<'v>(
    keywords: &'v Map<String, Value>,
    definitions: &'v Value,
    seen: &mut Vec<&'v str>,
) -> bool {
    if keywords.contains_key("properties") {
        return true;
    }
    if let Some(name) = keywords.get("$ref").and_then(Value::as_str)
        && !seen.contains(&name)
    {
        seen.push(name);
        let key = name.trim_start_matches("#/$defs/");
        let key = key.replace("~1", "/").replace("~0", "~");
        let definition = definitions.get(&key).and_then(Value::as_object);
        if definition.is_some_and(|it| has_members(it, definitions, seen)) {
            return true;
        }
    }
    ["allOf", "anyOf", "oneOf"].iter().any(|keyword| {
        let schemas = keywords.get(*keyword).and_then(Value::as_array);
        let mut schemas = schemas.into_iter().flatten().filter_map(Value::as_object);
        schemas.any(|it| has_members(it, definitions, seen))
    })
}

/// Returns the members that are undeclared, of a value that the schema itself accepts.
pub(super) fn members(closed: &Validator, value: &Value) -> Vec<Pointer> {
    let errors: Vec<ValidationError<'_>> = closed.iter_errors(value).collect();
    let mut found = Vec::new();
    collect(&errors, &mut found);
    // An object in which something is refused has no declared members at all, to the validator.
    let deepest: Vec<Pointer> = found
        .iter()
        .filter(|(around, _)| {
            !found
                .iter()
                .any(|(other, _)| other != around && around.is_prefix_of(other))
        })
        .map(|(around, name)| around.join(name))
        .collect();
    let mut members: Vec<Pointer> = Vec::new();
    for member in deepest {
        if !members.contains(&member) {
            members.push(member);
        }
    }
    members
}

fn collect(errors: &[ValidationError<'_>], found: &mut Vec<(Pointer, String)>) {
    for error in errors {
        match error.kind() {
            ValidationErrorKind::UnevaluatedProperties { unexpected } => {
                let around: Pointer = error
                    .instance_path()
                    .to_string()
                    .parse()
                    .unwrap_or_default();
                found.extend(unexpected.iter().map(|name| (around.clone(), name.clone())));
            }
            ValidationErrorKind::AnyOf { context }
            | ValidationErrorKind::OneOfNotValid { context } => {
                // The alternative that the value is of: all that is against it is that it has more.
                let more = context.iter().map(|errors| {
                    let mut more = Vec::new();
                    collect(errors, &mut more);
                    (errors.len(), more)
                });
                let more = more.filter(|(errors, more)| *errors > 0 && !more.is_empty());
                if let Some((_, more)) = more.min_by_key(|(errors, more)| (*errors, more.len())) {
                    found.extend(more);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn undeclared(mut schema: Value, value: &Value) -> Vec<String> {
        assert!(jsonschema::is_valid(&schema, value));
        close(&mut schema);
        let closed = jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .build(&schema)
            .expect("a schema");
        members(&closed, value)
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn what_no_schema_of_an_object_has_is_undeclared() {
        let schema = json!({
            "allOf": [{ "$ref": "#/$defs/Base" }, { "properties": { "b": {
                "anyOf": [{ "type": "null" }, { "properties": { "c": {} } }],
            } } }],
            "properties": { "free": { "type": "object" }, "map": { "additionalProperties": { "$ref": "#/$defs/Base" } } },
            "$defs": { "Base": { "properties": { "a": { "type": "integer" } } } },
        });
        let whole =
            json!({ "a": 1, "b": { "c": 1 }, "free": { "x": 1 }, "map": { "any": { "a": 1 } } });
        assert_eq!(undeclared(schema.clone(), &whole), Vec::<String>::new());
        assert_eq!(
            undeclared(schema.clone(), &json!({ "a": 1, "x": 1 })),
            ["/x"]
        );
        assert_eq!(
            undeclared(schema.clone(), &json!({ "b": { "x": 1 } })),
            ["/b/x"]
        );
        assert_eq!(
            undeclared(schema, &json!({ "map": { "any": { "x": 1 } } })),
            ["/map/any/x"]
        );
    }
}
