//! Whether two schemas in [normal form](super::normal) accept the same values, as far as it can be proved.

use serde_json::{Map, Value as Json};

use super::language;

/// Whether they do: they say the same, but for what they say of texts, and that comes to the same.
pub(super) fn same(one: &Json, other: &Json) -> bool {
    if one == other {
        return true;
    }
    match (one, other) {
        (Json::Object(one), Json::Object(other)) => {
            let is_of_texts = |name: &str| language::KEYWORDS.contains(&name);
            let names = one.keys().chain(other.keys());
            let mut others = names.filter(|name| !is_of_texts(name));
            others.all(|name| match (one.get(name), other.get(name)) {
                (Some(one), Some(other)) => same_said(name, one, other),
                _ => false,
            }) && (said_of_texts(one) == said_of_texts(other) || language::equal(one, other))
        }
        _ => false,
    }
}

/// Whether two values of one keyword say the same.
fn same_said(keyword: &str, one: &Json, other: &Json) -> bool {
    match (keyword, one, other) {
        _ if one == other => true,
        ("properties", Json::Object(one), Json::Object(other)) => {
            one.keys().eq(other.keys())
                && one
                    .values()
                    .zip(other.values())
                    .all(|(one, other)| same(one, other))
        }
        ("allOf" | "anyOf" | "oneOf", Json::Array(one), Json::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        ("items" | "additionalProperties" | "not", one, other) => same(one, other),
        _ => false,
    }
}

fn said_of_texts(schema: &Map<String, Json>) -> [Option<&Json>; 4] {
    language::KEYWORDS.map(|keyword| schema.get(keyword))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_same_texts_anywhere_in_a_schema_are_the_same() {
        let with = |text: Json| {
            json!({
                "type": "object",
                "required": ["a"],
                "properties": { "a": { "anyOf": [{ "type": "array", "items": text }, { "type": "null" }] } },
            })
        };
        let plain = with(json!({ "type": "string", "pattern": "^[a-z]{2}$" }));
        let longer = with(
            json!({ "type": "string", "pattern": "^[a-z]+$", "minLength": 2, "maxLength": 2 }),
        );
        assert!(same(&plain, &longer));
        for other in [
            with(json!({ "type": "string", "pattern": "^[a-z]+$", "minLength": 2 })),
            with(json!({ "type": ["string", "null"], "pattern": "^[a-z]{2}$" })),
            with(json!({ "pattern": "^[a-z]{2}$" })),
        ] {
            assert!(!same(&plain, &other), "{other}");
        }
    }

    #[test]
    fn a_member_may_have_the_name_of_a_keyword() {
        let named = |pattern: Json| json!({ "properties": { "pattern": pattern } });
        assert!(!same(
            &named(json!({ "minLength": 1 })),
            &named(json!({ "minLength": 2 }))
        ));
        // What is listed is no schema, and must be the same to the letter.
        let listed = |pattern: &str| json!({ "enum": [{ "pattern": pattern }] });
        assert!(!same(&listed("^a{1}$"), &listed("^a$")));
    }
}
