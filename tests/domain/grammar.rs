//! The hand-written grammars against the contract's patterns: every short text over the characters that matter.
#![cfg(feature = "spec")]

use flinks_pay::domain::{BirthDate, Email, RedirectUrl, SessionId};
use flinks_pay::spec::translate::{self, Direction};
use flinks_pay::spec::{Document, Pointer};
use serde_json::json;

fn judge(name: &str) -> impl Fn(&str) -> bool {
    let contract = Document::parse(
        "flinks-pay.yaml",
        include_str!("../../openapi/flinks-pay.yaml"),
    )
    .unwrap();
    let pointer: Pointer = format!("/components/schemas/{name}").parse().unwrap();
    let schema = translate::schema(&contract, &pointer, Direction::Request).unwrap();
    let judge = jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .should_validate_formats(true)
        .build(&schema)
        .unwrap();
    move |text| judge.is_valid(&json!(text))
}

/// Calls `each` with every text of up to `length` characters of the alphabet.
fn every_text(alphabet: &[char], length: usize, each: &mut impl FnMut(&str)) {
    fn grow(text: &mut String, alphabet: &[char], left: usize, each: &mut impl FnMut(&str)) {
        each(text);
        if left == 0 {
            return;
        }
        for character in alphabet {
            text.push(*character);
            grow(text, alphabet, left - 1, each);
            text.pop();
        }
    }
    grow(&mut String::new(), alphabet, length, each);
}

/// Compares type and judge on every text between a prefix and a suffix; the judge must have accepted some and refused some.
fn agree(
    name: &str,
    takes: impl Fn(&str) -> bool,
    (prefix, suffix): (&str, &str),
    alphabet: &[char],
    length: usize,
) {
    let judge = judge(name);
    let mut verdicts = [0_u32; 2];
    every_text(alphabet, length, &mut |middle| {
        let text = format!("{prefix}{middle}{suffix}");
        let accepted = judge(&text);
        verdicts[usize::from(accepted)] += 1;
        assert_eq!(takes(&text), accepted, "{name}: {text:?}");
    });
    assert!(verdicts.iter().all(|count| *count > 0), "{verdicts:?}");
}

#[test]
fn email() {
    let takes = |text: &str| Email::new(text).is_ok();
    agree("Email", takes, ("", ""), &['a', '7', '-', '.', '@'], 7);
    agree("Email", takes, ("a", "@b.c"), &['+', '.', '_', '"', ' '], 5);
    // No text here has two hyphens in third and fourth place of a label, where the judge asks for more than the pattern.
    agree("Email", takes, ("a@", "c"), &['b', '7', '-', '.'], 3);
    agree("Email", takes, ("a@b.", ""), &['b', '7', '-', '_', 'é'], 3);
}

#[test]
fn redirect_url() {
    let takes = |text: &str| RedirectUrl::new(text).is_ok();
    let rest = ['a', '7', ':', '/', '?', '#', '%', '@'];
    agree("RedirectUrl", takes, ("s://", ""), &rest, 5);
    agree("RedirectUrl", takes, ("s://h", ""), &rest, 5);
    agree(
        "RedirectUrl",
        takes,
        ("s://h:", ""),
        &['0', '9', '/', 'x'],
        6,
    );
    agree(
        "RedirectUrl",
        takes,
        ("", "h"),
        &['s', '7', '+', ':', '/'],
        5,
    );
    agree(
        "RedirectUrl",
        takes,
        ("s://h/%", ""),
        &['a', 'F', 'g', '0', '%'],
        4,
    );
    let accepts = judge("RedirectUrl");
    for byte in 0..=0xFF_u8 {
        for place in [
            "@://h", "s@://h", "s://@", "s://h@", "s://h/@", "s://h?@", "s://h#@", "s://h:1@",
        ] {
            let text = place.replace('@', &char::from(byte).to_string());
            assert_eq!(takes(&text), accepts(&text), "{text:?}");
        }
    }
}

#[test]
fn birth_date() {
    // Of the days that the pattern allows, only those that no year has are refused besides; here all are of January.
    let takes = |text: &str| BirthDate::new(text).is_ok();
    agree(
        "BirthDate",
        takes,
        ("90-01-", ""),
        &['0', '1', '2', '3', '9', '/'],
        3,
    );
    agree(
        "BirthDate",
        takes,
        ("90", "01"),
        &['0', '1', '2', '3', '-', '/'],
        4,
    );
    agree(
        "BirthDate",
        takes,
        ("", "-12-31"),
        &['0', '1', '5', '9', '-', 'é'],
        3,
    );
}

#[test]
fn session_id() {
    let takes = |text: &str| SessionId::new(text).is_ok();
    let parts = ("0f8fad5b-d9cd-469f-a165-7086772", "0e");
    agree("SessionId", takes, parts, &['0', 'f', 'F', 'g', '-'], 4);
    let parts = ("0f8fad", "-469f-a165-70867728950e");
    agree("SessionId", takes, parts, &['0', 'f', 'F', '-'], 7);
}
