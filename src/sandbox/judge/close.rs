//! Closing a schema.

use serde_json::{Value, json};

/// An `allOf` of objects: each part would refuse the members of the others.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Joined;

/// Lets every object that has members take no others.
///
/// The contract leaves answers open, so that a client tolerates what it does not know. A server may only say what is declared.
pub(super) fn close(schema: &mut Value) -> Result<(), Joined> {
    match schema {
        Value::Object(keywords) => {
            let joined = keywords.get("allOf").and_then(Value::as_array);
            let mut parts = joined.into_iter().flatten();
            if parts.any(|part| {
                part.get("properties")
                    .or_else(|| part.get("$ref"))
                    .is_some()
            }) {
                return Err(Joined);
            }
            for (keyword, value) in keywords.iter_mut() {
                match (keyword.as_str(), value) {
                    ("properties" | "$defs", Value::Object(named)) => {
                        named.values_mut().try_for_each(close)?;
                    }
                    ("enum" | "const" | "default" | "required", _) => {}
                    (_, value) => close(value)?,
                }
            }
            if keywords.contains_key("properties") {
                keywords.insert("additionalProperties".to_owned(), json!(false));
            }
            Ok(())
        }
        Value::Array(schemas) => schemas.iter_mut().try_for_each(close),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_members_is_closed_and_names_and_values_are_no_schemas() {
        let mut schema = json!({
            "properties": {
                "properties": { "type": "string" },
                "inner": { "anyOf": [{ "type": "null" }, { "properties": { "a": {} } }] },
            },
            "enum": [{ "properties": {} }],
            "$defs": { "Open": { "type": "object" } },
        });
        assert_eq!(close(&mut schema), Ok(()));
        assert_eq!(
            schema,
            json!({
                "properties": {
                    "properties": { "type": "string" },
                    "inner": { "anyOf": [
                        { "type": "null" },
                        { "properties": { "a": {} }, "additionalProperties": false },
                    ] },
                },
                "additionalProperties": false,
                "enum": [{ "properties": {} }],
                "$defs": { "Open": { "type": "object" } },
            })
        );
    }

    #[test]
    fn objects_that_are_joined_cannot_be_closed() {
        for part in [json!({ "properties": {} }), json!({ "$ref": "#/$defs/A" })] {
            let mut schema = json!({ "items": { "allOf": [{ "type": "object" }, part] } });
            assert_eq!(close(&mut schema), Err(Joined));
        }
    }
}
