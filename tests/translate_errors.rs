//! What the translator refuses and what it says, and the shape of what it gives.
#![cfg(feature = "spec")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::fmt::Write as _;

use flinks_pay::spec::translate::{self, Direction};
use flinks_pay::spec::{Document, Pointer, SpecError};
use serde_json::{Value, json};

fn try_translate(text: &str, direction: Direction) -> Result<Value, SpecError> {
    let document =
        Document::parse("pay.yaml", text).unwrap_or_else(|error| panic!("{}", error.report()));
    translate::schema(&document, &"/schema".parse::<Pointer>().unwrap(), direction)
}

fn translated(text: &str, direction: Direction) -> Value {
    try_translate(text, direction).unwrap_or_else(|error| panic!("{}", error.report()))
}

fn snapshot(name: &str, shown: &str) {
    let mut settings = insta::Settings::new();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, shown));
}

/// Each text is a schema that is refused; the snapshot has the one-line message of each.
fn refused(name: &str, schemas: &[&str]) {
    let mut shown = String::new();
    for schema in schemas {
        let text = format!("schema: {}\n", schema.replace('\n', "\n  "));
        match try_translate(&text, Direction::Request) {
            Ok(accepted) => panic!("{schema} is accepted: {accepted}"),
            Err(error) => writeln!(shown, "{schema}\n    {error}\n").unwrap(),
        }
    }
    snapshot(name, &shown);
}

#[test]
fn values_of_the_wrong_shape() {
    refused(
        "translate_errors_shapes",
        &[
            "true",
            "[]",
            "{ title: 1 }",
            "{ description: [a] }",
            "{ multipleOf: 0 }",
            "{ multipleOf: '0.01' }",
            "{ maximum: '10' }",
            "{ minimum: null }",
            "{ maximum: 10, exclusiveMaximum: 10 }",
            "{ exclusiveMinimum: 10 }",
            "{ exclusiveMinimum: true }",
            "{ minimum: 1, exclusiveMaximum: true }",
            "{ maxLength: -1 }",
            "{ minLength: 1.5 }",
            "{ pattern: 7 }",
            "{ pattern: '[a-' }",
            "{ pattern: '(?<a' }",
            "{ maxItems: a }",
            "{ uniqueItems: 'true' }",
            "{ required: true }",
            "{ required: [] }",
            "{ required: [a, 1] }",
            "{ required: [a, a] }",
            "{ enum: a }",
            "{ enum: [] }",
            "{ enum: [a, b, a] }",
            "{ type: text }",
            "{ type: 1 }",
            "{ type: array }",
            "{ allOf: {} }",
            "{ oneOf: [] }",
            "{ anyOf: [a] }",
            "{ not: [] }",
            "{ items: [{}] }",
            "{ properties: [a] }",
            "{ properties: { a: { b: { minLength: -1 } } } }",
            "{ properties: { a: { items: { minLength: -1 } } } }",
            "{ additionalProperties: 1 }",
            "{ format: 1 }",
            "{ type: string, format: datetime }",
            "{ type: string, format: int32 }",
            "{ type: number, format: int64 }",
            "{ nullable: yes }",
            "{ readOnly: 1 }",
            "{ readOnly: true, writeOnly: true }",
            "{ discriminator: kind }",
            "{ discriminator: { mapping: {} } }",
            "{ discriminator: { propertyName: a, mapping: { b: 1 } } }",
            "{ externalDocs: here }",
            "{ xml: a }",
            "{ deprecated: since 2 }",
        ],
    );
}

#[test]
fn keywords_that_3_0_does_not_have() {
    refused(
        "translate_errors_keywords",
        &[
            "{ type: [string, 'null'] }",
            "{ type: 'null' }",
            "{ const: 1 }",
            "{ prefixItems: [] }",
            "{ contains: {} }",
            "{ minContains: 1 }",
            "{ maxContains: 1 }",
            "{ patternProperties: {} }",
            "{ propertyNames: {} }",
            "{ dependentRequired: {} }",
            "{ dependentSchemas: {} }",
            "{ dependencies: {} }",
            "{ if: {} }",
            "{ then: {} }",
            "{ else: {} }",
            "{ examples: [] }",
            "{ unevaluatedProperties: false }",
            "{ unevaluatedItems: false }",
            "{ additionalItems: false }",
            "{ contentEncoding: base64 }",
            "{ contentMediaType: text/plain }",
            "{ contentSchema: {} }",
            "{ $defs: {} }",
            "{ definitions: {} }",
            "{ $id: a }",
            "{ id: a }",
            "{ $schema: a }",
            "{ $anchor: a }",
            "{ $dynamicRef: a }",
            "{ $dynamicAnchor: a }",
            "{ $comment: a }",
            "{ maxLenght: 1 }",
            "{ type: string\n, X-note: a }",
        ],
    );
}

#[test]
fn references() {
    refused(
        "translate_errors_references",
        &[
            "{ $ref: '#/a', nullable: true }",
            "{ $ref: '#/a', maxLength: 1 }",
            "{ $ref: '#/a', readOnly: true }",
            "{ $ref: '#/a', const: 1 }",
            "{ $ref: '#/nowhere' }",
            "{ $ref: 'other.yaml' }",
            "{ $ref: 1 }",
            "{ $ref: '#/schema' }",
            "{ allOf: [{ $ref: '#/schema' }] }",
            "{ properties: { a: { anyOf: [{ type: integer }, { $ref: '#/schema/properties/a' }] } } }",
            "{ not: { $ref: '#/schema' } }",
            "{ items: { $ref: '#/schema/items/x-definition', type: array } }",
        ],
    );
}

#[test]
fn circles_through_several_schemas_are_refused_and_those_that_go_down_are_not() {
    let text = "
schema: { $ref: '#/components/schemas/A' }
components:
  schemas:
    A: { oneOf: [{ type: string }, { $ref: '#/components/schemas/B' }] }
    B: { allOf: [{ $ref: '#/components/schemas/C' }] }
    C: { not: { $ref: '#/components/schemas/A' } }
";
    let error = try_translate(text, Direction::Neutral).unwrap_err();
    assert!(
        error.what().contains("applies itself to the same value"),
        "{error}"
    );
    assert!(
        error
            .position()
            .is_some_and(|at| (5..=7).contains(&at.line)),
        "{error}"
    );
    for step in ["items", "additionalProperties"] {
        let text = text.replace("not: {", &format!("{step}: {{"));
        translated(&text, Direction::Neutral);
    }
    // The way down may also come after the reference that closes the circle.
    let text = text.replace(
        "$ref: '#/components/schemas/B'",
        "items: { $ref: '#/components/schemas/B' }, type: array",
    );
    translated(&text, Direction::Neutral);
}

#[test]
fn many_schemas_one_behind_the_other_are_fine() {
    let mut text = String::from("schema: { $ref: '#/s0' }\n");
    for index in 0..5_000 {
        writeln!(
            text,
            "s{index}: {{ properties: {{ next: {{ $ref: '#/s{}' }} }} }}",
            (index + 1) % 5_000
        )
        .unwrap();
    }
    let schema = translated(&text, Direction::Request);
    assert_eq!(schema["$defs"].as_object().unwrap().len(), 5_000);
}

#[test]
fn too_many_schemas_are_refused() {
    let mut text = String::from("schema: { anyOf: [");
    for index in 0..=translate::MAX_DEFINITIONS {
        write!(text, "{{ $ref: '#/x/{index}' }}, ").unwrap();
    }
    write!(
        text,
        "] }}\nx: [{}]",
        "{}, ".repeat(translate::MAX_DEFINITIONS + 1)
    )
    .unwrap();
    let error = try_translate(&text, Direction::Neutral).unwrap_err();
    assert!(error.what().contains("too many"), "{error}");
}

#[test]
fn a_pointer_to_nothing() {
    let document = Document::parse("pay.yaml", "a: {}").unwrap();
    let error =
        translate::schema(&document, &"/b".parse().unwrap(), Direction::Neutral).unwrap_err();
    assert_eq!(error.what(), "there is no schema at this pointer");
    assert_eq!(error.pointer().to_string(), "/b");
}

#[test]
fn the_output_stands_alone() {
    let text = "
schema:
  type: object
  description: dropped
  x-rules: [dropped]
  required: [id, amount]
  properties:
    id: { $ref: '#/components/schemas/Id' }
    amount: { type: number, format: double, minimum: 0, exclusiveMinimum: true, nullable: true }
    count: { type: integer, format: int32, minimum: 1, default: 2 }
    payor: { allOf: [{ $ref: '#/components/schemas/Base' }, { properties: { name: { readOnly: true } } }], nullable: true }
    payee: { $ref: '#/components/schemas/Base', description: dropped }
    odd: { $ref: '#/paths/~1a%20b/x' }
components:
  schemas:
    Id: { type: string, format: uuid, readOnly: true }
    Base: { type: object, required: [name], properties: { children: { type: array, items: { $ref: '#/components/schemas/Base' } } } }
paths:
  /a b: { x: { enum: [a], nullable: true } }
";
    let mut shown = String::new();
    for direction in [Direction::Neutral, Direction::Request] {
        let schema = translated(text, direction);
        writeln!(shown, "{direction:?}: {schema:#}\n").unwrap();
        // A validator without access to the document takes it, so every reference in it is its own.
        let judge = jsonschema::draft202012::new(&schema).unwrap();
        let full = json!({"id": "x", "amount": 1, "payor": {"name": 1}, "odd": null});
        assert!(judge.is_valid(&full));
        assert_eq!(
            judge.is_valid(&json!({"amount": 1})),
            direction == Direction::Request
        );
        assert_eq!(
            judge.is_valid(&json!({"id": "x", "amount": 1, "payor": {}})),
            direction == Direction::Request
        );
        assert!(!judge.is_valid(&json!({"id": "x", "amount": 1, "payee": {}})));
    }
    snapshot("translate_output", &shown);
}
