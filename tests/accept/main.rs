//! What two documents accept, compared: one small pair of documents for each rule of the comparison.
#![cfg(feature = "spec")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod operation;
mod schema;

use flinks_pay::spec::accept::{Product, Scope, differences};
use flinks_pay::spec::{Document, SpecError};
use serde_json::{Value as Json, json};

const COMPLETE: &str = r#"{"completeness": "complete"}"#;
const PARTIAL: &str = r#"{"completeness": "partial"}"#;

/// A document with one operation, `POST /pay`, and components.
fn document(source: &str, operation: &Json, components: &Json) -> Document {
    let whole = json!({
        "x-source": serde_json::from_str::<Json>(source).unwrap(),
        "openapi": "3.0.3",
        "info": {"title": "t", "version": "1"},
        "paths": {"/pay": {"post": operation}},
        "components": components,
    });
    Document::parse("test", whole.to_string()).unwrap()
}

/// An operation whose request body has this schema.
fn body(schema: &Json) -> Json {
    json!({"requestBody": {"content": {"application/json": {"schema": schema}}}})
}

fn compared(ours: &Document, theirs: &Document) -> Result<Vec<String>, SpecError> {
    let shown = |value: &Option<Json>| {
        value
            .as_ref()
            .map_or_else(|| "-".to_owned(), Json::to_string)
    };
    Ok(differences(ours, theirs)?
        .iter()
        .map(|one| {
            let (instance, keyword) = (&one.instance, &one.keyword);
            format!(
                "{}{instance} {keyword} {} {}",
                one.part,
                shown(&one.contract.value),
                shown(&one.upstream.value)
            )
        })
        .collect())
}

fn bodies(source: &str, ours: &Json, theirs: &Json, components: &Json) -> Vec<String> {
    let contract = document(COMPLETE, &body(ours), components);
    compared(&contract, &document(source, &body(theirs), components)).unwrap()
}

fn operations(source: &str, ours: &Json, theirs: &Json) -> Vec<String> {
    let components = json!({"securitySchemes": {
        "A": {"type": "http", "scheme": "bearer"},
        "B": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
        "K": {"type": "apiKey", "in": "header", "name": "x-key"},
    }});
    compared(
        &document(COMPLETE, ours, &components),
        &document(source, theirs, &components),
    )
    .unwrap()
}

const NONE: [&str; 0] = [];

#[test]
fn a_side_without_the_keyword_points_at_what_would_hold_it() {
    let components = json!({"schemas": {"Name": {"type": "string"}}});
    let ours = document(
        COMPLETE,
        &body(&json!({"type": "string", "maxLength": 9})),
        &components,
    );
    let theirs = document(
        COMPLETE,
        &body(&json!({"$ref": "#/components/schemas/Name"})),
        &components,
    );
    let found = differences(&ours, &theirs).unwrap();
    let [one] = &found[..] else {
        panic!("{found:?}")
    };
    let schema = "/paths/~1pay/post/requestBody/content/application~1json/schema/maxLength";
    assert_eq!(
        (
            one.contract.at.to_string().as_str(),
            one.upstream.at.to_string().as_str()
        ),
        (schema, "/components/schemas/Name")
    );
    for side in [(&ours, &one.contract), (&theirs, &one.upstream)] {
        assert!(side.0.at(&side.1.at).is_some());
    }
}

#[test]
fn what_cannot_be_compared_is_an_error_with_its_place() {
    let plain = document(COMPLETE, &json!({}), &json!({}));
    let error = differences(&plain, &document("{}", &json!({}), &json!({}))).unwrap_err();
    assert_eq!(error.pointer().to_string(), "/x-source/completeness");
    let error = differences(
        &plain,
        &document(
            r#"{"completeness": "partial", "product": "visa"}"#,
            &json!({}),
            &json!({}),
        ),
    );
    assert_eq!(
        error.unwrap_err().pointer().to_string(),
        "/x-source/product"
    );

    let nowhere = document(
        COMPLETE,
        &body(&json!({"$ref": "#/components/schemas/Gone"})),
        &json!({}),
    );
    assert!(
        differences(&nowhere, &nowhere)
            .unwrap_err()
            .what()
            .contains("points at nothing")
    );
    let circle = json!({"schemas": {"A": {"$ref": "#/components/schemas/B"}, "B": {"$ref": "#/components/schemas/A"}}});
    let circle = document(
        COMPLETE,
        &body(&json!({"$ref": "#/components/schemas/A"})),
        &circle,
    );
    assert!(
        differences(&circle, &circle)
            .unwrap_err()
            .what()
            .contains("comes back to itself")
    );

    // Thirty schemas, each naming the next one twice: two to the thirtieth visits without a limit.
    let mut schemas = serde_json::Map::new();
    for level in 0..30 {
        let next = json!({"$ref": format!("#/components/schemas/S{}", level + 1)});
        schemas.insert(format!("S{level}"), json!({"allOf": [next, next]}));
    }
    schemas.insert("S30".to_owned(), json!({"type": "string"}));
    let wide = document(
        COMPLETE,
        &body(&json!({"$ref": "#/components/schemas/S0"})),
        &json!({"schemas": schemas}),
    );
    assert!(
        differences(&wide, &wide)
            .unwrap_err()
            .what()
            .contains("100000 schemas")
    );
}

#[test]
fn a_scope_is_read_from_the_source() {
    let source = r#"{"completeness": "complete", "operations": "partial", "product": "regular"}"#;
    let scope = Scope::of(&document(source, &json!({}), &json!({}))).unwrap();
    assert_eq!(
        scope,
        Scope {
            complete: true,
            complete_operations: false,
            product: Some(Product::Regular)
        }
    );
}
