//! What the reader says about input that it refuses.
#![cfg(feature = "spec")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::fmt::Write as _;

use flinks_pay::spec::{Document, MAX_DOCUMENT_BYTES, MAX_NODES, SpecError};

fn snapshot(name: &str, cases: &[(&str, SpecError)]) {
    let mut shown = String::new();
    for (title, error) in cases {
        writeln!(shown, "# {title}\n{error}\n\n{}\n", error.report()).unwrap();
    }
    let mut settings = insta::Settings::new();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, shown));
}

fn refused(text: impl Into<String>) -> SpecError {
    Document::parse("pay.yaml", text).expect_err("this is refused")
}

fn refused_bytes(bytes: &[u8]) -> SpecError {
    Document::from_bytes("pay.yaml", bytes.to_vec()).expect_err("this is refused")
}

#[test]
fn keys() {
    snapshot(
        "spec_errors_keys",
        &[
            ("twice", refused("paths:\n  a: 1\n  b: 2\n  a: 3\n")),
            (
                "twice, once quoted",
                refused("responses:\n  200: a\n  '200': b\n"),
            ),
            (
                "twice in JSON",
                refused("{\n  \"a\": {\"b\": 1, \"b\": 2}\n}"),
            ),
            ("merge", refused("a: &a { b: 1 }\nc:\n  <<: *a\n")),
            ("a list", refused("? [a, b]\n: c\n")),
            (
                "a mapping, as in a template without quotes",
                refused("path: { {id}: 1 }\n"),
            ),
            ("an alias", refused("a: &x b\n*x : c\n")),
            ("an anchor on it", refused("&x a: b\n")),
            ("none", refused("a: 1\n: 2\n")),
        ],
    );
}

#[test]
fn values() {
    snapshot(
        "spec_errors_values",
        &[
            ("not a number", refused("maximum: .nan\n")),
            ("infinite", refused("bounds:\n  - 1\n  - -.inf\n")),
            (
                "not a number, as Python writes it into JSON",
                refused("{\"maximum\": NaN}"),
            ),
            ("too large", refused("maximum: 1e999\n")),
            ("an own tag", refused("a: !secret b\n")),
            ("a tag that does not fit", refused("a: !!int b\n")),
            ("a tag of a mapping on a text", refused("a: !!map b\n")),
            ("a tag of a text on a list", refused("a: !!str [b]\n")),
            ("an alias without an anchor", refused("a: *b\n")),
            ("an alias inside its own node", refused("a: &x\n  b: *x\n")),
        ],
    );
}

#[test]
fn syntax() {
    snapshot(
        "spec_errors_syntax",
        &[
            ("a tab as indentation", refused("a:\n\tb: 1\n")),
            (
                "indentation that fits nowhere",
                refused("a:\n    b: 1\n  c: 2\n"),
            ),
            ("a colon in a text", refused("description: note: this\n")),
            ("a bracket that stays open", refused("a: [1, 2\nb: 3\n")),
            ("a quote that stays open", refused("a: 'b\n")),
            ("a character that must be quoted", refused("a: @b\n")),
            ("two documents", refused("---\na: 1\n---\nb: 2\n")),
            (
                "another version of YAML",
                refused("%YAML 1.1\n---\na: yes\n"),
            ),
            ("half a pair of surrogates", refused("{\"a\": \"\\ud83c\"}")),
            ("half a document", refused("{\"a\": [1, ")),
        ],
    );
}

#[test]
fn encoding() {
    snapshot(
        "spec_errors_encoding",
        &[
            ("nothing", refused("")),
            ("white space and a comment", refused(" \n# nothing\n")),
            ("a document of nothing", refused("---\n")),
            ("not UTF-8", refused_bytes(b"a: b\nc: caf\xe9\n")),
            ("UTF-16", refused_bytes(b"\xff\xfea\0:\0 \0b\0")),
            ("a byte order mark inside", refused("a: 1\n\u{FEFF}b: 2\n")),
            ("a control character", refused("a: 1\nb: \u{1b}[31mred\n")),
            ("a nul", refused("a: \0\n")),
        ],
    );
}

#[test]
fn a_file_that_is_not_there() {
    let error = Document::read(std::path::Path::new("no/such/file.yaml")).unwrap_err();
    assert_eq!(error.position(), None);
    assert_eq!(error.document(), "no/such/file.yaml");
    assert!(
        error
            .to_string()
            .starts_with("no/such/file.yaml: the document cannot be read: ")
    );
    assert!(std::error::Error::source(&error).is_some());
}

#[test]
fn limits() {
    let mut laughs = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..10 {
        let before = level - 1;
        let aliases = format!("*a{before}, ").repeat(10);
        writeln!(laughs, "a{level}: &a{level} [{aliases}]").unwrap();
    }
    let long = format!(
        "a: &a '{}'\nb: [{}]\n",
        "x".repeat(1_000_000),
        "*a, ".repeat(100)
    );
    let nested = format!(
        "a: &a {}{}\nb: {}*a{}\n",
        "[".repeat(100),
        "]".repeat(100),
        "[".repeat(100),
        "]".repeat(100)
    );
    snapshot(
        "spec_errors_limits",
        &[
            ("brackets", refused("[".repeat(100_000))),
            ("braces", refused("{a: ".repeat(100_000))),
            ("dashes", refused("- ".repeat(100_000))),
            ("questions", refused("? ".repeat(100_000))),
            (
                "members",
                refused(format!("{}1{}", "{\"a\":".repeat(200), "}".repeat(200))),
            ),
            ("depth through an alias", refused(nested)),
            ("values through aliases", refused(laughs)),
            ("text through aliases", refused(long)),
            ("values", refused(format!("[{}]", "1,".repeat(MAX_NODES)))),
            ("bytes", refused(" ".repeat(MAX_DOCUMENT_BYTES + 1))),
        ],
    );
}

#[test]
fn what_a_report_shows_cannot_steer_a_terminal() {
    let error = Document::parse(
        "a\u{1b}[2J.yaml",
        "\"k\u{202e}\u{7f}\\e[31m\": 1\n\"k\u{202e}\u{7f}\\e[31m\": 2 # \u{9b}\n",
    )
    .unwrap_err();
    for text in [error.to_string(), error.report()] {
        assert!(
            !text
                .chars()
                .any(|character| character != '\n' && character.is_control()),
            "{text:?}"
        );
        assert!(!text.contains('\u{202e}'), "{text:?}");
    }
    assert!(!error.to_string().contains('\n'));
}

#[test]
fn a_place_on_a_long_line_is_shown_with_its_surroundings() {
    let before = "\"some text\", ".repeat(40);
    let after = ", \"more text\"".repeat(40);
    let error = refused(format!("[{before}{{\"a\": 1, \"a\": 2}}{after}]"));
    snapshot("spec_errors_long_line", &[("a key twice", error)]);
}

#[test]
fn versions() {
    let check = |text: &str| {
        let document = Document::parse("pay.yaml", text).unwrap();
        document.require_openapi_3_0().unwrap_err()
    };
    snapshot(
        "spec_errors_versions",
        &[
            ("2.0", check("swagger: '2.0'\n")),
            ("3.1", check("openapi: 3.1.0\n")),
            ("4.0", check("openapi: 4.0.0\n")),
            ("two parts, a number", check("openapi: 3.0\n")),
            ("two parts", check("openapi: '3.0'\n")),
            ("missing", check("info: {}\n")),
            ("no mapping", check("- a\n")),
            ("a page", check("<html>\n")),
        ],
    );
    for version in ["3.0.0", "3.0.3", "3.0.10"] {
        let document = Document::parse("pay.yaml", format!("openapi: {version}")).unwrap();
        assert_eq!(document.require_openapi_3_0().unwrap(), version);
    }
    for version in ["3.0.", "3.0.x", "3.00.1", "30.0.3", ""] {
        let document = Document::parse("pay.yaml", format!("openapi: '{version}'")).unwrap();
        document.require_openapi_3_0().unwrap_err();
    }
}
