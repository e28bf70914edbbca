//! Every keyword of the OpenAPI 3.0.3 Schema Object, shown by values that its translation accepts and refuses.
#![cfg(feature = "spec")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use flinks_pay::spec::keyword::KEYWORDS;
use flinks_pay::spec::translate::{self, Direction, FORMATS, FormatTreatment};
use flinks_pay::spec::{Document, Pointer};
use serde_json::{Value, json};

struct Case {
    of: String,
    name: String,
    direction: Option<String>,
    schema: Value,
    components: Value,
    accept: Vec<Value>,
    refuse: Vec<Value>,
}

impl Case {
    fn title(&self) -> String {
        format!("{}: {}", self.of, self.name)
    }

    /// The verdicts on the values of this case when `schema` stands in the place of its own.
    fn verdicts(&self, schema: &Value) -> Vec<bool> {
        let judge = self.judge(schema);
        self.accept
            .iter()
            .chain(&self.refuse)
            .map(|value| judge.is_valid(value))
            .collect()
    }

    fn judge(&self, schema: &Value) -> jsonschema::Validator {
        let text = json!({"schema": schema, "components": {"schemas": self.components}});
        let document = Document::parse(self.title(), text.to_string()).unwrap();
        let direction = match self.direction.as_deref() {
            None => Direction::Neutral,
            Some("request") => Direction::Request,
            Some("response") => Direction::Response,
            Some(other) => panic!("{}: direction {other}", self.title()),
        };
        let pointer: Pointer = "/schema".parse().unwrap();
        let translated = translate::schema(&document, &pointer, direction)
            .unwrap_or_else(|error| panic!("{}", error.report()));
        let again = translate::schema(&document, &pointer, direction).unwrap();
        assert_eq!(translated.to_string(), again.to_string());
        assert!(
            jsonschema::draft202012::meta::is_valid(&translated),
            "{}: {translated:#} is no schema of 2020-12",
            self.title()
        );
        jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .should_validate_formats(true)
            .build(&translated)
            .unwrap_or_else(|error| panic!("{}: {error}", self.title()))
    }
}

fn cases() -> Vec<Case> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/translate_pairs.yaml");
    let document = Document::read(&path).unwrap_or_else(|error| panic!("{}", error.report()));
    let list = |value: &Value| value.as_array().expect("a list").clone();
    document
        .to_json()
        .as_array()
        .unwrap()
        .iter()
        .map(|case| {
            let known = [
                "of",
                "case",
                "schema",
                "components",
                "direction",
                "accept",
                "refuse",
            ];
            for key in case.as_object().unwrap().keys() {
                assert!(known.contains(&key.as_str()), "{case}: {key}");
            }
            Case {
                of: case["of"].as_str().unwrap().to_owned(),
                name: case["case"].as_str().unwrap().to_owned(),
                direction: case["direction"].as_str().map(str::to_owned),
                schema: case["schema"].clone(),
                components: match &case["components"] {
                    Value::Null => json!({}),
                    components => components.clone(),
                },
                accept: list(&case["accept"]),
                refuse: list(&case["refuse"]),
            }
        })
        .collect()
}

#[test]
fn the_translation_accepts_and_refuses_as_the_pairs_say() {
    let mut wrong = Vec::new();
    for case in cases() {
        let judge = case.judge(&case.schema);
        let expected = (case.accept.iter().map(|value| (value, true)))
            .chain(case.refuse.iter().map(|value| (value, false)));
        for (value, accepted) in expected {
            if judge.is_valid(value) != accepted {
                wrong.push(format!("{}: {value} accepted: {}", case.title(), !accepted));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_keyword_has_pairs_and_nothing_else_has() {
    let cases = cases();
    let names: BTreeSet<&str> = KEYWORDS.iter().map(|keyword| keyword.name).collect();
    assert_eq!(names.len(), KEYWORDS.len(), "a keyword stands twice");
    assert_eq!(
        names,
        cases.iter().map(|case| case.of.as_str()).collect(),
        "left: the table, right: the pairs"
    );
    for case in &cases {
        assert!(!case.accept.is_empty(), "{}", case.title());
        assert!(!case.refuse.is_empty(), "{}", case.title());
    }
    let titles: BTreeSet<String> = cases.iter().map(Case::title).collect();
    assert_eq!(titles.len(), cases.len(), "a case stands twice");
}

/// The fields of the Schema Object and of the Reference Object, in the order of the specification (version 3.0.3,
/// section 4.7.24).
#[test]
fn the_table_is_the_schema_object_of_3_0_3() {
    let specified = BTreeSet::from([
        "$ref",
        "title",
        "multipleOf",
        "maximum",
        "exclusiveMaximum",
        "minimum",
        "exclusiveMinimum",
        "maxLength",
        "minLength",
        "pattern",
        "maxItems",
        "minItems",
        "uniqueItems",
        "maxProperties",
        "minProperties",
        "required",
        "enum",
        "type",
        "allOf",
        "oneOf",
        "anyOf",
        "not",
        "items",
        "properties",
        "additionalProperties",
        "description",
        "format",
        "default",
        "nullable",
        "discriminator",
        "readOnly",
        "writeOnly",
        "xml",
        "externalDocs",
        "example",
        "deprecated",
    ]);
    assert_eq!(
        specified,
        KEYWORDS.iter().map(|keyword| keyword.name).collect()
    );
    assert!(KEYWORDS.iter().all(|keyword| !keyword.note.is_empty()));
}

/// Takes the keyword out of the schema of each case. A constraint must then let a verdict change in one of its cases at
/// least, and any other keyword in none; otherwise the pairs do not show what they claim to show.
#[test]
fn the_pairs_depend_on_the_keyword_they_are_about() {
    let cases = cases();
    for keyword in KEYWORDS {
        let changed = cases
            .iter()
            .filter(|case| case.of == keyword.name)
            .filter(|case| {
                let mut without = case.clone_without(keyword.name);
                if keyword.name == "items" {
                    // An array without `items` is refused, so the schema is emptied.
                    without.schema["items"] = json!({});
                }
                without.verdicts(&without.schema) != case.verdicts(&case.schema)
            })
            .count();
        if keyword.is_constraint() {
            assert!(changed > 0, "no pair depends on `{}`", keyword.name);
        } else {
            assert_eq!(changed, 0, "`{}` changes a verdict", keyword.name);
        }
    }
}

impl Case {
    /// This case with the keyword taken out of every schema in it, properties of that name left alone.
    fn clone_without(&self, keyword: &str) -> Case {
        fn strip(schema: &mut Value, keyword: &str) {
            let Some(object) = schema.as_object_mut() else {
                return;
            };
            object.remove(keyword);
            if keyword == "minimum" || keyword == "maximum" {
                object.remove(&format!("exclusiveM{}", &keyword[1..]));
            }
            for inner in ["not", "items", "additionalProperties"] {
                if let Some(inner) = object.get_mut(inner) {
                    strip(inner, keyword);
                }
            }
            for inner in ["allOf", "anyOf", "oneOf"] {
                let members = object.get_mut(inner).and_then(Value::as_array_mut);
                for member in members.into_iter().flatten() {
                    strip(member, keyword);
                }
            }
            let properties = object.get_mut("properties").and_then(Value::as_object_mut);
            for property in properties
                .into_iter()
                .flat_map(|object| object.values_mut())
            {
                strip(property, keyword);
            }
        }
        let mut schema = self.schema.clone();
        strip(&mut schema, keyword);
        let mut components = self.components.clone();
        for component in components.as_object_mut().unwrap().values_mut() {
            strip(component, keyword);
        }
        Case {
            of: self.of.clone(),
            name: self.name.clone(),
            direction: self.direction.clone(),
            schema,
            components,
            accept: self.accept.clone(),
            refuse: self.refuse.clone(),
        }
    }
}

#[test]
fn every_format_has_a_pair() {
    let cases = cases();
    for format in FORMATS {
        let of_format: Vec<&Case> = cases
            .iter()
            .filter(|case| case.of == "format" && case.schema["format"] == format.name)
            .collect();
        assert!(
            !of_format.is_empty(),
            "no pair for the format {}",
            format.name
        );
        let changed = of_format.iter().any(|case| {
            let without = case.clone_without("format");
            without.verdicts(&without.schema) != case.verdicts(&case.schema)
        });
        assert_eq!(
            changed,
            format.treatment != FormatTreatment::Annotation,
            "{}",
            format.name
        );
    }
}

/// Where the Python validator judges otherwise, and why ours stays. The values are those of the case on which it does.
fn differences() -> Value {
    let nullable = "It reads `nullable` strictly: null joins a `type` in the same schema only. We take what the \
                    author means; see the note in the table of keywords.";
    let direction = "It refuses a read-only property in a request and a write-only one in a response; the \
                     specification says SHOULD NOT, so we let both pass.";
    json!([
        {"case": "nullable: with a type and an enum without null", "values": [null], "reason": nullable},
        {"case": "nullable: with an enum alone", "values": [null], "reason": nullable},
        {"case": "nullable: with allOf", "values": [null], "reason": nullable},
        {"case": "nullable: with allOf and a type", "values": [null], "reason": nullable},
        {"case": "nullable: with oneOf", "values": [null], "reason": nullable},
        {"case": "nullable: with anyOf", "values": [null], "reason": nullable},
        {"case": "nullable: with not", "values": [null], "reason": nullable},
        {"case": "readOnly: may still be sent", "values": [{"id": 1}], "reason": direction},
        {"case": "writeOnly: may still come", "values": [{"secret": "a"}], "reason": direction},
        {"case": "readOnly: required where no direction is known", "values": [{}],
         "reason": "Where no direction is known it requires neither kind of property; we require both."},
        {"case": "readOnly: the property is a reference", "values": [{"a": 1}],
         "reason": "It looks for `readOnly` beside the property's `$ref` only, not behind it."},
        {"case": "readOnly: the property and required meet in allOf", "values": [{"name": "a"}],
         "reason": "It looks at the properties beside `required` only, not at those of the same allOf."},
        {"case": "discriminator: the members decide, not the mapping", "values": [{"kind": "dog", "lives": 9}],
         "reason": "It lets the discriminator choose the member. The property's value is not constrained by the \
                    members here, so oneOf alone accepts it; a contract that means otherwise gives it an enum."},
        {"case": "pattern: the end is the end of the text", "values": ["a\n"],
         "reason": "Python's `$` also matches before a last line break; that of ECMA-262 does not."},
        {"case": "pattern: the digits are those of ASCII", "values": ["\u{663}"],
         "reason": "Python's `\\d` takes the digits of every script; that of ECMA-262 takes 0 to 9."},
        {"case": "type: integer written with a fraction of zero", "values": [1.0],
         "reason": "Draft 4, on which it stands, asks for a number without a fraction part; 2020-12 for the value."},
        {"case": "format: email without its parts", "values": ["payor@", "@example.com", "a b@example.com"],
         "reason": "It looks for an `@` and nothing else."},
    ])
}

#[test]
#[ignore = "needs python3 with openapi-schema-validator"]
fn an_independent_validator_agrees_but_for_the_named_differences() {
    let list: Vec<Value> = cases()
        .iter()
        .map(|case| {
            let verdicts = case.verdicts(&case.schema);
            let values: Vec<Value> = case
                .accept
                .iter()
                .chain(&case.refuse)
                .zip(verdicts)
                .map(|(value, accepted)| json!({"value": value, "accepted": accepted}))
                .collect();
            json!({
                "case": case.title(),
                "direction": case.direction,
                "schema": case.schema,
                "components": {"schemas": case.components},
                "values": values,
            })
        })
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pairs.json");
    let pairs = json!({"cases": list, "differences": differences()});
    std::fs::write(&path, pairs.to_string()).unwrap();
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/check_pairs.py");
    let output = Command::new(python).arg(script).arg(path).output().unwrap();
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    let said = String::from_utf8_lossy(&output.stdout);
    let values: usize = list
        .iter()
        .map(|case| case["values"].as_array().unwrap().len())
        .sum();
    assert!(
        said.contains(&format!("{values} values compared")),
        "{said}"
    );
}
