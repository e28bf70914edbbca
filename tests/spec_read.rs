//! What the reader makes of good input: values, places, pointers, references.
#![cfg(feature = "spec")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use flinks_pay::spec::{Document, Node, Pointer, PointerError, Position};
use serde_json::{Value, json};

fn read(text: &str) -> Document {
    Document::parse("pay.yaml", text).unwrap_or_else(|error| panic!("{}", error.report()))
}

fn value(text: &str) -> Value {
    read(&format!("v: {text}")).to_json()["v"].clone()
}

fn pointer(text: &str) -> Pointer {
    text.parse().unwrap()
}

/// Where the node at the pointer starts, as line and column.
fn place(document: &Document, at: &str) -> (usize, usize) {
    let Position { line, column } = document.at(&pointer(at)).expect(at).at;
    (line, column)
}

#[test]
fn words_follow_the_core_schema() {
    for word in [
        "ON",
        "on",
        "off",
        "yes",
        "No",
        "y",
        "n",
        "tRUE",
        "nULL",
        "nan",
        "inf",
        "1_000",
        "1:30",
        "2026-02-28",
        "0b11",
        "0o8",
        "0xG",
        "-0x1",
        "1e",
        "e3",
        ".",
        "+",
        "+.",
        "--1",
        "1.2.3",
        "=",
        "'1'",
        "\"true\"",
        "'null'",
        "!!str 1",
        "!!str true",
        "! 1",
        "|-\n  1",
        "!!str",
    ] {
        let got = value(word);
        assert!(got.is_string(), "{word} is {got}");
    }
    for word in ["", "~", "null", "Null", "NULL", "!!null ''", "!!null null"] {
        assert_eq!(value(word), Value::Null, "{word}");
    }
    for (word, expected) in [
        ("true", json!(true)),
        ("True", json!(true)),
        ("FALSE", json!(false)),
        ("!!bool 'true'", json!(true)),
        ("0", json!(0)),
        ("007", json!(7)),
        ("+12", json!(12)),
        ("-12", json!(-12)),
        ("0o17", json!(15)),
        ("0xfF", json!(255)),
        ("!!int '3'", json!(3)),
        ("9223372036854775807", json!(i64::MAX)),
        ("-9223372036854775808", json!(i64::MIN)),
        ("18446744073709551615", json!(u64::MAX)),
        (
            "18446744073709551616",
            json!(18_446_744_073_709_551_616_f64),
        ),
        ("0.01", json!(0.01)),
        ("99999.99", json!(99999.99)),
        ("1e3", json!(1e3)),
        ("-1.5E-3", json!(-1.5e-3)),
        (".5", json!(0.5)),
        ("5.", json!(5.0)),
        ("+.5e+1", json!(5.0)),
        ("!!float 1", json!(1.0)),
    ] {
        assert_eq!(value(word), expected, "{word}");
    }
}

#[test]
fn a_number_keeps_every_digit_that_a_double_has() {
    // A reader that is off by one bit in the last place fails on some of these.
    for text in [
        "0.1",
        "1.7976931348623157e308",
        "2.2250738585072014e-308",
        "5e-324",
        "8.41e21",
        "9007199254740993.0",
    ] {
        let expected: f64 = text.parse().unwrap();
        assert_eq!(
            value(text).as_f64().map(f64::to_bits),
            Some(expected.to_bits()),
            "{text}"
        );
    }
}

#[test]
fn keys_are_taken_by_their_text() {
    let document = read("200: a\n4XX: b\ntrue: c\n1.0: d\n~: e\n'': f\n\"<<\": g\n!!str 5: h\n");
    assert_eq!(
        document.to_json(),
        json!({"200": "a", "4XX": "b", "true": "c", "1.0": "d", "~": "e", "": "f", "<<": "g", "5": "h"})
    );
}

#[test]
fn anchors_are_copied() {
    let document = read("a: &a { b: [1, &c x] }\nd: [*a, *c]\ne: *a\n");
    assert_eq!(
        document.to_json(),
        json!({"a": {"b": [1, "x"]}, "d": [{"b": [1, "x"]}, "x"], "e": {"b": [1, "x"]}})
    );
    assert_eq!(place(&document, "/d/0"), place(&document, "/a"));
    assert_eq!(place(&document, "/d/1"), place(&document, "/a/b/1"));
}

#[test]
fn a_byte_order_mark_at_the_start_is_dropped() {
    let document = read("\u{FEFF}a: 1\n");
    assert_eq!(document.to_json(), json!({"a": 1}));
    assert_eq!(document.text(), "a: 1\n");
    assert_eq!(place(&document, "/a"), (1, 4));
}

#[test]
fn every_node_of_yaml_has_its_place() {
    let text = "\
# comment
openapi: 3.0.3
info:
  title: 'Pay'
  empty:
paths:
- a
-   b: |
      long
    c: é 🍁 # not a key
    \"d\": [1, {e: 2}, x y]
last: end
";
    let document = read(text);
    for (at, expected) in [
        ("", (2, 1)),
        ("/openapi", (2, 10)),
        ("/info", (4, 3)),
        ("/info/title", (4, 10)),
        ("/info/empty", (5, 3)),
        ("/paths", (7, 1)),
        ("/paths/0", (7, 3)),
        ("/paths/1", (8, 5)),
        // The text of a block begins on the line below its sign.
        ("/paths/1/b", (9, 7)),
        ("/paths/1/c", (10, 8)),
        ("/paths/1/d", (11, 10)),
        ("/paths/1/d/0", (11, 11)),
        ("/paths/1/d/1", (11, 14)),
        ("/paths/1/d/1/e", (11, 18)),
        ("/paths/1/d/2", (11, 22)),
        ("/last", (12, 7)),
    ] {
        assert_eq!(place(&document, at), expected, "{at}");
    }
    let info = document.root().get("info").unwrap().as_object().unwrap();
    assert_eq!(info.key_at("title"), Some(Position { line: 4, column: 3 }));
    assert_eq!(
        info.iter()
            .map(|(key, at, _)| (key, at.line))
            .collect::<Vec<_>>(),
        [("title", 4), ("empty", 5)]
    );
}

#[test]
fn every_node_of_json_has_its_place() {
    let text = "{\r\n\t\"a\": [1,\r\n  \"\\ud83c\\udf41 \\\\ud83c\\\\udf41\", {\"b\"\n:\n null}],\"c\\ud83c\\udf41\": [\"\\ud83c\\udf41\", true]\n}";
    let document = read(text);
    assert_eq!(
        document.to_json(),
        serde_json::from_str::<Value>(text).unwrap()
    );
    for (at, expected) in [
        ("", (1, 1)),
        ("/a", (2, 7)),
        ("/a/0", (2, 8)),
        ("/a/1", (3, 3)),
        ("/a/2", (3, 34)),
        ("/a/2/b", (5, 2)),
        ("/c🍁", (5, 26)),
        ("/c🍁/0", (5, 27)),
        ("/c🍁/1", (5, 43)),
    ] {
        assert_eq!(place(&document, at), expected, "{at}");
    }
}

#[test]
fn surrogates_outside_json_are_left_alone() {
    let text = r"a: '\ud83c\udf41'";
    assert_eq!(read(text).to_json(), json!({"a": r"\ud83c\udf41"}));
}

#[test]
fn pointers_read_and_print() {
    for (text, tokens) in [
        ("", vec![]),
        ("#", vec![]),
        ("/", vec![""]),
        ("/a/0", vec!["a", "0"]),
        ("#/a~1b/c~0d", vec!["a/b", "c~d"]),
        ("#/%C3%A9%20%25", vec!["é %"]),
        ("/%20", vec!["%20"]),
        ("/~01", vec!["~1"]),
    ] {
        let pointer: Pointer = text.parse().unwrap();
        assert_eq!(pointer.tokens(), tokens, "{text}");
        assert_eq!(pointer.to_string().parse(), Ok(pointer.clone()), "{text}");
        assert_eq!(pointer.fragment().parse(), Ok(pointer), "{text}");
    }
    for (text, error) in [
        ("a", PointerError::NoSlash),
        ("#a", PointerError::NoSlash),
        ("/~", PointerError::BadEscape),
        ("/~2", PointerError::BadEscape),
        ("#/%", PointerError::BadPercent),
        ("#/%4", PointerError::BadPercent),
        ("#/%+1", PointerError::BadPercent),
        ("#/%ff", PointerError::BadPercent),
    ] {
        assert_eq!(text.parse::<Pointer>(), Err(error), "{text}");
    }
    let base = pointer("/a/b");
    assert!(base.is_prefix_of(&base) && base.is_prefix_of(&base.join("c")));
    assert!(!base.is_prefix_of(&pointer("/a/bc")) && !base.is_prefix_of(&pointer("/a")));
    assert_eq!(base.parent(), Some(pointer("/a")));
}

#[test]
fn pointers_lead_to_nodes() {
    let document = read("a: [x, {b/c: y}]\n");
    assert_eq!(
        document.at(&pointer("/a/1/b~1c")).and_then(Node::as_str),
        Some("y")
    );
    for nowhere in ["/a/2", "/a/01", "/a/-", "/a/+1", "/a/0/x", "/b"] {
        assert_eq!(document.at(&pointer(nowhere)), None, "{nowhere}");
    }
    let inner = document.at(&pointer("/a/1/b~1c")).unwrap();
    assert_eq!(document.pointer_of(inner), Some(pointer("/a/1/b~1c")));
    assert_eq!(document.pointer_of(&inner.clone()), None);
}

#[test]
fn references_are_followed() {
    let document = read("a: { $ref: '#/b' }\nb: { $ref: '#/c/0' }\nc: [end]\n");
    let start = document.root().get("a").unwrap();
    assert_eq!(document.resolve(start).unwrap().as_str(), Some("end"));
    let (first, _) = document.target(start).unwrap().unwrap();
    assert_eq!(first, pointer("/b"));
    let end = document.root().get("c").unwrap();
    assert!(std::ptr::eq(document.resolve(end).unwrap(), end));
}

#[test]
fn references_that_lead_nowhere_are_refused() {
    for (text, what) in [
        ("a: { $ref: '#/a' }", "comes back to itself"),
        (
            "a: { $ref: '#/b' }\nb: { $ref: '#/a' }",
            "comes back to itself",
        ),
        ("a: { $ref: 'other.yaml#/a' }", "leaves this document"),
        (
            "a: { $ref: 'https://example.com/#/a' }",
            "leaves this document",
        ),
        ("a: { $ref: '#a' }", "is no JSON pointer"),
        ("a: { $ref: '#/b/c' }", "points at nothing"),
        ("a: { $ref: 1 }", "`$ref` is a text, not a number"),
    ] {
        let document = read(text);
        let error = document
            .resolve(document.root().get("a").unwrap())
            .unwrap_err();
        assert!(error.what().contains(what), "{error}");
        assert_eq!(error.position().map(|at| at.column), Some(12), "{error}");
        assert!(error.pointer().to_string().ends_with("/$ref"), "{error}");
    }
    let document = read("a: { $ref: '#/components/schemas/Amuont' }\ncomponents: { schemas: {} }");
    let error = document
        .resolve(document.root().get("a").unwrap())
        .unwrap_err();
    assert_eq!(
        error.remedy(),
        "`#/components/schemas` has no `Amuont`; define it there or correct the name"
    );
}

#[test]
fn a_tree_can_be_changed() {
    let mut document = read("a: 1\nb: 2\nc: 3\n");
    let root = document.root_mut().as_object_mut().unwrap();
    let one = root.get("a").unwrap().clone();
    assert_eq!(root.insert("b", one.clone()).unwrap().to_json(), json!(2));
    assert!(
        root.insert("d", Node::from_json(&json!({"e": [null]}), one.at))
            .is_none()
    );
    assert_eq!(root.remove("a").unwrap().to_json(), json!(1));
    assert!(root.remove("a").is_none());
    assert_eq!(root.keys().collect::<Vec<_>>(), ["b", "c", "d"]);
    root.retain(|key, _| key != "c");
    assert_eq!(root.len(), 2);
    *document.at_mut(&pointer("/d/e/0")).unwrap() = one;
    assert_eq!(document.to_json(), json!({"b": 1, "d": {"e": [1]}}));
    assert_eq!(place(&document, "/d/e/0"), (1, 4));
}
