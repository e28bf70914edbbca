//! Schemas: what binds a value, however it is written.

use serde_json::json;

use crate::{COMPLETE, NONE, PARTIAL, bodies};

#[test]
fn the_same_said_in_another_way_is_no_difference() {
    let components = json!({"schemas": {
        "Name": {"type": "string", "maxLength": 9},
        "Alias": {"$ref": "#/components/schemas/Name"},
        "Half": {"type": "object", "required": ["b"], "properties": {"b": {"type": "string", "maxLength": 9}}},
        "Tree": {"type": "object", "properties": {"kids": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}}},
    }});
    let cases = [
        (
            json!({"$ref": "#/components/schemas/Alias"}),
            json!({"type": "string", "maxLength": 9.0}),
        ),
        (
            json!({"type": "string", "enum": ["a", "b"]}),
            json!({"enum": ["b", "a"], "type": "string"}),
        ),
        (
            json!({"type": "string", "nullable": false}),
            json!({"type": "string", "description": "words"}),
        ),
        (
            json!({"type": "object"}),
            json!({"type": "object", "additionalProperties": true}),
        ),
        (
            json!({"allOf": [{"$ref": "#/components/schemas/Half"}, {"properties": {"a": {"$ref": "#/components/schemas/Name"}}}]}),
            json!({"type": "object", "required": ["b"], "properties": {
                "a": {"type": "string", "maxLength": 9}, "b": {"type": "string", "maxLength": 9}}}),
        ),
        (
            json!({"allOf": [{"$ref": "#/components/schemas/Half"}], "nullable": true}),
            json!({"type": "object", "nullable": true, "required": ["b"], "properties": {
                "b": {"$ref": "#/components/schemas/Name"}}}),
        ),
        (
            json!({"$ref": "#/components/schemas/Tree"}),
            json!({"$ref": "#/components/schemas/Tree"}),
        ),
    ];
    for (ours, theirs) in cases {
        assert_eq!(
            bodies(COMPLETE, &ours, &theirs, &components),
            NONE,
            "{ours}"
        );
        assert_eq!(
            bodies(COMPLETE, &theirs, &ours, &components),
            NONE,
            "{theirs}"
        );
    }
}

#[test]
fn each_keyword_that_binds_gives_a_difference() {
    let cases = [
        ("type", json!("integer"), json!("string")),
        ("format", json!("uuid"), json!("date")),
        ("enum", json!(["a"]), json!(["a", "b"])),
        ("pattern", json!("^a"), json!("^b")),
        ("minLength", json!(1), json!(2)),
        ("maxLength", json!(1), json!(2)),
        ("minimum", json!(0.01), json!(0.1)),
        ("maximum", json!(1), json!(2)),
        ("exclusiveMinimum", json!(true), json!(false)),
        ("exclusiveMaximum", json!(true), json!(false)),
        ("multipleOf", json!(0.01), json!(0.1)),
        ("minItems", json!(1), json!(2)),
        ("maxItems", json!(1), json!(2)),
        ("uniqueItems", json!(true), json!(false)),
        ("minProperties", json!(1), json!(2)),
        ("maxProperties", json!(1), json!(2)),
        ("nullable", json!(true), json!(false)),
        ("additionalProperties", json!(false), json!(true)),
        ("default", json!("a"), json!("b")),
        ("readOnly", json!(true), json!(false)),
        ("writeOnly", json!(true), json!(false)),
        ("not", json!({"type": "string"}), json!({"type": "object"})),
    ];
    for (keyword, a, b) in cases {
        let expected = format!("request application/json {keyword} {a} {b}");
        assert_eq!(
            bodies(
                COMPLETE,
                &json!({keyword: a}),
                &json!({keyword: b}),
                &json!({})
            ),
            [expected]
        );
        let expected = format!("request application/json {keyword} {a} -");
        assert_eq!(
            bodies(COMPLETE, &json!({keyword: a}), &json!({}), &json!({})),
            [expected]
        );
        assert_eq!(
            bodies(PARTIAL, &json!({keyword: a}), &json!({}), &json!({})),
            NONE
        );
    }
}

#[test]
fn members_are_named_once_and_required_is_theirs() {
    let inner =
        json!({"type": "object", "properties": {"deep": {"type": "string", "maxLength": 3}}});
    let open = json!({"type": "object"});
    let with = json!({"type": "object", "required": ["a"], "properties": {"a": inner}});
    assert_eq!(
        bodies(COMPLETE, &with, &open, &json!({})),
        [r#"request application/json/a member "a" -"#]
    );
    assert_eq!(
        bodies(COMPLETE, &open, &with, &json!({})),
        [r#"request application/json/a member - "a""#]
    );
    assert_eq!(bodies(PARTIAL, &with, &open, &json!({})), NONE);
    let optional = json!({"type": "object", "x-optional": ["a"], "properties": {"a": inner}});
    assert_eq!(
        bodies(PARTIAL, &with, &optional, &json!({})),
        ["request application/json/a required true false"]
    );
    let silent = json!({"type": "object", "properties": {"a": {}}});
    assert_eq!(bodies(PARTIAL, &with, &silent, &json!({})), NONE);
}

#[test]
fn of_two_bounds_the_narrower_binds() {
    let both = json!({"maxLength": 9, "allOf": [{"maxLength": 5, "minLength": 2}, {"minLength": 1, "maxLength": 7}]});
    assert_eq!(
        bodies(
            COMPLETE,
            &both,
            &json!({"minLength": 2, "maxLength": 5}),
            &json!({})
        ),
        NONE
    );
}

#[test]
fn an_alternative_is_chosen_by_product_or_by_its_members() {
    let product = |flag: bool, name: &str| {
        let enable = json!({"type": "object", "properties": {"enable": {"enum": [flag]}}});
        json!({"properties": {name: {}, "options": {"properties": {"guarantee": enable}}}})
    };
    let either = json!({"oneOf": [product(true, "payee"), product(false, "email")]});
    let regular = r#"{"completeness": "complete", "product": "regular"}"#;
    let guaranteed = r#"{"completeness": "complete", "product": "guaranteed"}"#;
    let count = ["request application/json oneOf 2 -"];
    assert_eq!(
        bodies(regular, &either, &product(false, "email"), &json!({})),
        count
    );
    assert_eq!(
        bodies(guaranteed, &either, &product(true, "payee"), &json!({})),
        count
    );

    let problem = json!({"properties": {"title": {}, "status": {}}});
    let error = json!({"properties": {"error": {}, "status": {}}});
    let either = json!({"anyOf": [problem, error]});
    for one in [problem, error] {
        assert_eq!(
            bodies(COMPLETE, &either, &one, &json!({})),
            ["request application/json anyOf 2 -"]
        );
        assert_eq!(bodies(PARTIAL, &either, &one, &json!({})), NONE);
    }
}
