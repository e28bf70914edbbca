//! Whether no value is of two schemas.

use serde_json::Value as Json;

/// Whether no value is of two of these schemas, as far as it can be proved.
pub(super) fn exclude_each_other(schemas: &[Json]) -> bool {
    let mut rest = schemas.iter();
    while let Some(one) = rest.next() {
        if !rest.as_slice().iter().all(|other| disjoint(one, other)) {
            return false;
        }
    }
    true
}

fn disjoint(one: &Json, other: &Json) -> bool {
    if let (Some(ours), Some(theirs)) = (values(one), values(other)) {
        return !ours.iter().any(|value| theirs.contains(value));
    }
    match (types(one), types(other)) {
        (Some(ours), Some(theirs)) if ours.iter().all(|name| !overlap(name, &theirs)) => true,
        // Two objects that both must have a member, which cannot be of both.
        (Some(ours), Some(theirs)) if ours == ["object"] && theirs == ["object"] => {
            let member = |schema: &'_ Json, name: &str| -> Option<Json> {
                let required = schema.get("required")?.as_array()?;
                let named = required.iter().any(|required| required == name);
                schema
                    .get("properties")?
                    .get(name)
                    .filter(|_| named)
                    .cloned()
            };
            let names = one.get("properties").and_then(Json::as_object);
            names.into_iter().flatten().any(|(name, _)| {
                member(one, name)
                    .zip(member(other, name))
                    .is_some_and(|(one, other)| disjoint(&one, &other))
            })
        }
        _ => false,
    }
}

/// The values that are listed, if they are texts and truth values alone: those are the same where they are written the same.
fn values(schema: &Json) -> Option<Vec<Json>> {
    let listed = match schema.get("const") {
        Some(only) => vec![only.clone()],
        None => schema.get("enum")?.as_array()?.clone(),
    };
    let plain = |value: &Json| value.is_string() || value.is_boolean() || value.is_null();
    listed.iter().all(plain).then_some(listed)
}

fn types(schema: &Json) -> Option<Vec<&str>> {
    match schema.get("type")? {
        Json::String(name) => Some(vec![name]),
        Json::Array(names) => names.iter().map(Json::as_str).collect(),
        _ => None,
    }
}

/// An integer is a number, too.
fn overlap(name: &str, others: &[&str]) -> bool {
    let is_number = |name: &str| matches!(name, "integer" | "number");
    others
        .iter()
        .any(|other| *other == name || (is_number(name) && is_number(other)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_must_differ_in_a_member_excludes_each_other() {
        let flagged = |flags: Json| {
            let inner = json!({ "type": "object", "required": ["on"], "properties": { "on": { "enum": flags } } });
            json!({ "type": "object", "required": ["a"], "properties": { "a": inner, "b": { "type": "string" } } })
        };
        let (on, off, any) = (json!([true]), json!([false]), json!([true, false]));
        assert!(exclude_each_other(&[
            flagged(on.clone()),
            flagged(off.clone())
        ]));
        assert!(!exclude_each_other(&[flagged(on.clone()), flagged(any)]));
        let mut free = flagged(off);
        free["properties"]["a"]["required"] = json!([]);
        assert!(!exclude_each_other(&[flagged(on.clone()), free]));
        let mut nullable = flagged(json!([false]));
        nullable["properties"]["a"]["type"] = json!(["object", "null"]);
        assert!(!exclude_each_other(&[flagged(on), nullable]));
    }

    #[test]
    fn types_exclude_each_other_unless_one_is_of_the_other() {
        let of = |names: &[&str]| json!({ "type": names });
        assert!(exclude_each_other(&[
            of(&["string"]),
            of(&["integer", "null"]),
            of(&["object"])
        ]));
        assert!(!exclude_each_other(&[
            of(&["string"]),
            of(&["integer"]),
            of(&["number"])
        ]));
        assert!(!exclude_each_other(&[
            of(&["string", "null"]),
            of(&["integer", "null"])
        ]));
        assert!(!exclude_each_other(&[json!({}), of(&["null"])]));
        // One and one with a point are one number.
        assert!(!exclude_each_other(&[
            json!({ "enum": [1] }),
            json!({ "enum": [1.0] })
        ]));
        assert!(exclude_each_other(&[
            json!({ "enum": ["1"] }),
            json!({ "const": "2" })
        ]));
    }
}
