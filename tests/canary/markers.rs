//! What is searched for, in every form in which it could leak.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

pub(crate) const CLIENT_ID: &str = "CanaryIdMarigold";
pub(crate) const CLIENT_SECRET: &str = "CanarySecretVantablack";
pub(crate) const API_KEY: &str = "CanaryKeyObsidian";
pub(crate) const TOKEN: &str = "CanaryTokenCerulean";
pub(crate) const WEBHOOK_SECRET: &str = "CanaryHookSaffron";
pub(crate) const FIRST_NAME: &str = "Canaryfirst";
pub(crate) const LAST_NAME: &str = "Canarylast";
pub(crate) const EMAIL: &str = "canarymail@canary.example";
pub(crate) const STREET: &str = "7 Canarylane";
pub(crate) const CITY: &str = "Canaryville";
pub(crate) const POSTAL_CODE: &str = "K9X 7Z3";
pub(crate) const ACCOUNT: &str = "90347561823";
pub(crate) const LABEL: &str = "Canarylabel";
pub(crate) const URL: &str = "https://canary.example/canarypath";
/// The first eight digits are shown, to tell one session from another.
pub(crate) const SESSION: &str = "0f9e8d7c-6b5a-4c3d-8e1f-5e55c0deca7e";
/// Of another payor.
pub(crate) const OTHER: &str = "1a2b3c4d-5e6f-4a1b-9c2d-07e4ca9a4100";
/// The first four characters are shown.
pub(crate) const REFERENCE: &str = "ref-Canaryreference";
pub(crate) const MIDDLE_NAME: &str = "Canarymiddle";
pub(crate) const OCCUPATION: &str = "Canarykeeper";
pub(crate) const BIRTH_DATE: &str = "90-02-10";
/// In headers of answers: a cookie, a location.
pub(crate) const HEADER: &str = "CanaryCookieUmber";

/// The part of each that must not be found, in lower case, with what it is.
pub(crate) fn markers() -> Vec<(&'static str, String)> {
    let pair = BASE64_STANDARD.encode(format!("{CLIENT_ID}:{CLIENT_SECRET}"));
    [
        ("client id", CLIENT_ID),
        ("client secret", CLIENT_SECRET),
        ("client id and secret for HTTP Basic", &pair),
        ("API key", API_KEY),
        ("token", TOKEN),
        ("webhook secret", WEBHOOK_SECRET),
        ("first name", FIRST_NAME),
        ("last name", LAST_NAME),
        ("middle name", MIDDLE_NAME),
        ("occupation", OCCUPATION),
        ("birth date", BIRTH_DATE),
        ("email", "canarymail"),
        ("street", "canarylane"),
        ("city", CITY),
        ("postal code", POSTAL_CODE),
        ("account number", ACCOUNT),
        ("account label", LABEL),
        ("URL of the integrator", "canarypath"),
        ("session id", &SESSION[9..]),
        ("another payor's session id", &OTHER[9..]),
        ("reference id", &REFERENCE[4..]),
        ("header of an answer", HEADER),
    ]
    .map(|(what, text)| (what, text.to_lowercase()))
    .into()
}

/// Every marker in a text, with the line that it is in. Case does not hide one, and neither do the escapes of a URL, of a list
/// of bytes or of Base64.
pub(crate) fn found(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    // Most of what is printed has been printed before.
    let lines: BTreeSet<&str> = text.lines().collect();
    let lower = Vec::from_iter(lines).join("\n").to_lowercase();
    for (what, marker) in markers() {
        // The whole is searched at once; lines are only for showing.
        for form in forms(&marker)
            .iter()
            .filter(|form| lower.contains(form.as_str()))
        {
            for line in lower.lines().filter(|line| line.contains(form.as_str())) {
                let shown: String = line.chars().take(300).collect();
                found.push(format!("{what}: {shown}"));
            }
        }
    }
    found
}

/// The marker as it stands, as the numbers of its bytes, in hexadecimal digits, and with its spaces escaped.
fn forms(marker: &str) -> Vec<String> {
    let numbers: Vec<String> = marker.bytes().map(|byte| byte.to_string()).collect();
    let mut forms = vec![
        marker.to_owned(),
        numbers.join(", "),
        numbers.join(","),
        hex(marker),
    ];
    if marker.contains(' ') {
        forms.push(marker.replace(' ', "%20"));
        forms.push(marker.replace(' ', "+"));
    }
    forms
}

fn hex(text: &str) -> String {
    text.bytes().fold(String::new(), |mut digits, byte| {
        write!(digits, "{byte:02x}").unwrap();
        digits
    })
}

#[test]
fn a_marker_is_found_in_every_form() {
    for (what, marker) in markers() {
        let bytes = marker.as_bytes();
        for text in [
            marker.clone(),
            marker.to_uppercase(),
            format!("{bytes:?}"),
            format!("b{marker:?}"),
            serde_json::to_string(&serde_json::json!({ "a": [marker] })).unwrap(),
            url::form_urlencoded::byte_serialize(bytes).collect(),
            hex(&marker).to_uppercase(),
        ] {
            assert_eq!(
                found(&format!("a\nb {text} c\nd")).len(),
                1,
                "{what}: {text}"
            );
        }
    }
    assert!(found("Canary, a bird").is_empty());
}
