//! Any JSON value reads back from JSON and from block YAML; no input makes the reader panic.
#![cfg(feature = "spec")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::fmt::Write as _;

use flinks_pay::spec::{Document, Node, Position};
use proptest::prelude::*;
use serde_json::Value;

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[ -~]{0,20}",
        "[-+.0-9eExo_:]{1,8}",
        prop::sample::select(vec![
            "",
            "~",
            "null",
            "true",
            "yes",
            "ON",
            ".nan",
            "<<",
            "- a",
            "? b",
            "a: b",
            "#",
            " x ",
            "'",
            "\"",
            "\\",
            "---",
            "...",
            "%YAML",
            "&a",
            "*a",
            "!t",
            "|",
            ">",
            "{",
            "[",
            "🍁",
            "\u{feff}",
            "\u{85}\u{2028}",
            "\t",
            "\n",
        ])
        .prop_map(str::to_owned),
    ]
}

fn any_number() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (0_i64..10_000_000).prop_map(|cents| format!("{}.{:02}", cents / 100, cents % 100)
            .parse::<f64>()
            .unwrap()
            .into()),
    ]
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any_number(),
        any_text().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 60, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::btree_map(any_text(), inner, 0..8)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Prints block YAML. Texts are in double quotes with JSON's escapes; what YAML forbids even there is escaped too.
fn block(value: &Value, indent: usize, out: &mut String) {
    let pad = " ".repeat(indent);
    match value {
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                write!(out, "\n{pad}-").unwrap();
                block(item, indent + 2, out);
            }
        }
        Value::Object(members) if !members.is_empty() => {
            for (key, member) in members {
                write!(out, "\n{pad}{}:", quoted(key)).unwrap();
                block(member, indent + 2, out);
            }
        }
        Value::String(text) => write!(out, " {}", quoted(text)).unwrap(),
        other => write!(out, " {other}").unwrap(),
    }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// The same number in both, as far as JSON tells numbers apart: 1 and 1.0 are one.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => {
            a == b || (a.as_f64() == b.as_f64() && !(a.is_i64() && b.is_i64()))
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(key, value)| b.get(key).is_some_and(|other| same(value, other)))
        }
        _ => a == b,
    }
}

/// ASCII only, characters beyond the first plane as pairs of escapes, as Python's `json` writes them.
fn escaped(value: &Value) -> String {
    let mut out = String::new();
    for character in value.to_string().chars() {
        if character.is_ascii() && character != '\u{7f}' {
            out.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}").unwrap();
            }
        }
    }
    out
}

fn check(text: &str, expected: &Value) -> Result<(), TestCaseError> {
    match Document::parse("generated", text) {
        Ok(document) => {
            let read = document.to_json();
            prop_assert!(same(&read, expected), "{text}\nread as {read}");
            places(document.root(), text)
        }
        Err(error) => Err(TestCaseError::fail(format!("{text}\n{}", error.report()))),
    }
}

/// What stands at the place of a node fits the node.
fn places(node: &Node, text: &str) -> Result<(), TestCaseError> {
    let Position { line, column } = node.at;
    let rest: String = text
        .split('\n')
        .nth(line - 1)
        .unwrap_or_default()
        .chars()
        .skip(column - 1)
        .collect();
    if let Some(items) = node.as_array() {
        prop_assert!(
            rest.starts_with(['[', '-']),
            "{text}\n{line}:{column} {rest}"
        );
        items.iter().try_for_each(|item| places(item, text))
    } else if let Some(object) = node.as_object() {
        prop_assert!(
            rest.starts_with(['{', '"']),
            "{text}\n{line}:{column} {rest}"
        );
        object
            .iter()
            .try_for_each(|(_, _, member)| places(member, text))
    } else if node.as_str().is_some() {
        prop_assert!(rest.starts_with('"'), "{text}\n{line}:{column} {rest}");
        Ok(())
    } else {
        let printed = node.to_json().to_string();
        let first = &printed[..1];
        prop_assert!(
            rest.starts_with(first),
            "{text}\n{line}:{column} {rest} {printed}"
        );
        Ok(())
    }
}

/// Text made of what YAML gives a meaning to, which reaches deeper than random characters do.
fn yaml_like() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a",
        "b",
        "1",
        " ",
        "  ",
        "\n",
        "\n  ",
        "\r\n",
        "\r",
        "\t",
        ":",
        ": ",
        "- ",
        "-",
        "? ",
        ", ",
        "[",
        "]",
        "{",
        "}",
        "#",
        " #c\n",
        "'",
        "\"",
        "\\",
        "\\u",
        "d83c",
        "&a ",
        "*a",
        "!t ",
        "!!str ",
        "!<",
        ">",
        "|",
        "|2-\n",
        ">+\n",
        "%YAML 1.2\n",
        "%TAG ! t\n",
        "---",
        "---\n",
        "...\n",
        "@",
        "`",
        "~",
        "<<",
        "\u{feff}",
        "\u{85}",
        "é",
        "🍁",
        "\u{0}",
        "=",
        ".nan",
        "true",
        "null",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn json_reads_back(value in any_json()) {
        check(&value.to_string(), &value)?;
        check(&format!("{value:#}"), &value)?;
        check(&escaped(&value), &value)?;
    }

    #[test]
    fn block_yaml_reads_back(value in any_json()) {
        let mut text = String::new();
        block(&value, 0, &mut text);
        check(text.trim_start(), &value)?;
    }

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        if let Err(error) = Document::from_bytes("random", bytes) {
            prop_assert!(!error.to_string().contains('\n'));
            prop_assert!(!error.report().is_empty());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, ..ProptestConfig::default() })]

    #[test]
    fn odd_yaml_never_panics_and_a_fault_lies_inside_the_text(text in yaml_like()) {
        if let Err(error) = Document::parse("odd", text.as_str()) {
            prop_assert!(!error.to_string().contains('\n'));
            prop_assert!(!error.report().is_empty());
            if let Some(at) = error.position() {
                let lines = text.replace("\r\n", "\n").replace('\r', "\n").split('\n').count();
                prop_assert!(at.line <= lines, "{at} of {lines} lines: {error}");
            }
        }
    }
}
