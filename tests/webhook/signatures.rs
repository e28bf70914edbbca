//! Which headers hold, and what a sender learns from those that do not.

use std::error::Error as _;
use std::time::Duration;

use flinks_pay::webhook::{
    DEFAULT_MAX_BODY_BYTES, Freshness, Refusal, SIGNATURE_HEADER, WebhookError, WebhookSecret,
};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::{BODY, SECRET, secret, then, verifier, verifier_at};

/// The signature of [`BODY`], made by Python.
const DIGITS: &str = "AADC8C74169899A762BB59BDE82F0DCE49CBE6979E8066B02E013C5EF5D04F7D";

fn headers(values: &[&[u8]]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for value in values {
        headers.append(
            HeaderName::from_static(SIGNATURE_HEADER),
            HeaderValue::from_bytes(value).unwrap(),
        );
    }
    headers
}

#[test]
fn only_the_documented_form_is_a_signature() {
    let twice = format!("sha256={DIGITS}{DIGITS}");
    let malformed: Vec<Vec<u8>> = [
        String::new(),
        "sha256".to_owned(),
        "sha256=".to_owned(),
        DIGITS.to_owned(),
        format!("={DIGITS}"),
        format!("sha1={DIGITS}"),
        format!("sha512={DIGITS}"),
        format!("SHA256={DIGITS}"),
        format!("Sha256={DIGITS}"),
        format!("sha256:{DIGITS}"),
        format!("sha256 ={DIGITS}"),
        format!("sha256= {DIGITS}"),
        format!(" sha256={DIGITS}"),
        format!("sha256={DIGITS} "),
        format!("\tsha256={DIGITS}"),
        format!("sha256=\"{DIGITS}\""),
        format!("sha256=0x{DIGITS}"),
        format!("sha256={DIGITS},sha256={DIGITS}"),
        format!("sha256={DIGITS}, sha256={DIGITS}"),
        format!("v1,sha256={DIGITS}"),
        twice,
        // 31 bytes and a half, 31, 33, 32 and a half, 1, 0.
        format!("sha256={}", &DIGITS[..63]),
        format!("sha256={}", &DIGITS[..62]),
        format!("sha256={}", &DIGITS[2..]),
        format!("sha256={DIGITS}00"),
        format!("sha256=00{DIGITS}"),
        format!("sha256={DIGITS}0"),
        format!("sha256={}", &DIGITS[..2]),
        // Not digits, among them those beside the ranges.
        format!("sha256=G{}", &DIGITS[1..]),
        format!("sha256=g{}", &DIGITS[1..]),
        format!("sha256=/{}", &DIGITS[1..]),
        format!("sha256=:{}", &DIGITS[1..]),
        format!("sha256=@{}", &DIGITS[1..]),
        format!("sha256=`{}", &DIGITS[1..]),
        format!("sha256={}G", &DIGITS[..63]),
        format!("sha256={}-", &DIGITS[..63]),
        format!("sha256=+{}", &DIGITS[1..]),
        // The right signature in Base64.
        "sha256=qtyMdBaYmadiu1m96C8NzknL5pegCAZrAuATxe9dBPfQ==".to_owned(),
        // Two bytes of UTF-8, then digits that look like digits.
        format!("sha256=é{}", &DIGITS[2..]),
        format!("sha256={}\u{ff10}", &DIGITS[..61]),
    ]
    .into_iter()
    .map(String::into_bytes)
    .chain([[b"sha256=".as_slice(), &[0xff; 64]].concat()])
    .collect();
    for value in malformed {
        let shown = String::from_utf8_lossy(&value);
        let error = verifier()
            .verify_value(&value, BODY.as_bytes())
            .unwrap_err();
        assert_eq!(error.reason(), Refusal::MalformedSignature, "{shown}");
        let error = verifier()
            .verify(&headers(&[&value]), BODY.as_bytes())
            .unwrap_err();
        assert_eq!(error.reason(), Refusal::MalformedSignature, "{shown}");
    }
}

#[test]
fn a_signature_of_something_else_is_refused() {
    let another = WebhookSecret::new("kQ7-vault-entry-2026-production").unwrap();
    let reversed: String = DIGITS.chars().rev().collect();
    for value in [
        another.sign(BODY.as_bytes()),
        secret().sign(b""),
        secret().sign(&BODY.as_bytes()[1..]),
        format!("sha256={}", "0".repeat(64)),
        format!("sha256={}", "f".repeat(64)),
        format!("sha256={reversed}"),
        format!("sha256={}E", &DIGITS[..63]),
        format!("sha256=B{}", &DIGITS[1..]),
    ] {
        let error = verifier()
            .verify_value(&value, BODY.as_bytes())
            .unwrap_err();
        assert_eq!(error.reason(), Refusal::WrongSignature, "{value}");
    }
}

#[test]
fn there_is_exactly_one_header() {
    let right = format!("sha256={DIGITS}");
    let right = right.as_bytes();
    let reason = |values: &[&[u8]]| {
        verifier()
            .verify(&headers(values), BODY.as_bytes())
            .map_err(|error| error.reason())
            .err()
    };
    assert_eq!(reason(&[right]), None);
    assert_eq!(reason(&[]), Some(Refusal::NoSignature));
    // Not even the same twice: what stands before us could count either.
    for values in [[right, right], [right, b"sha256=00"], [b"", right]] {
        assert_eq!(reason(&values), Some(Refusal::SeveralSignatures));
    }
    let elsewhere = HeaderMap::from_iter([(
        HeaderName::from_static("x-flinks-signature"),
        HeaderValue::from_bytes(right).unwrap(),
    )]);
    let error = verifier().verify(&elsewhere, BODY.as_bytes()).unwrap_err();
    assert_eq!(error.reason(), Refusal::NoSignature);
}

#[test]
fn the_header_is_found_by_the_name_that_is_documented() {
    let mut headers = HeaderMap::new();
    let name = HeaderName::from_bytes(b"X-Webhook-Signature").unwrap();
    headers.insert(name, format!("sha256={DIGITS}").parse().unwrap());
    assert!(verifier().verify(&headers, BODY.as_bytes()).is_ok());
}

#[test]
fn the_bytes_are_signed_and_not_what_they_mean() {
    let header = secret().sign(BODY.as_bytes());
    let value: serde_json::Value = serde_json::from_str(BODY).unwrap();
    let again = serde_json::to_string(&value).unwrap();
    assert_ne!(again, BODY, "its members are in another order");
    let refused = [
        again,
        serde_json::to_string_pretty(&value).unwrap(),
        BODY.replace("120.5", "120.50"),
        BODY.replace('-', "\\u002d"),
        format!("{BODY}\n"),
        format!(" {BODY}"),
        format!("\u{feff}{BODY}"),
    ];
    for body in refused {
        let error = verifier()
            .verify_value(&header, body.as_bytes())
            .unwrap_err();
        assert_eq!(error.reason(), Refusal::WrongSignature, "{body}");
    }
}

#[test]
fn a_body_up_to_the_limit_is_looked_at() {
    assert_eq!(DEFAULT_MAX_BODY_BYTES, 65_536);
    for (verifier, limit) in [
        (verifier(), 65_536),
        (verifier().max_body_bytes(200_000), 200_000),
        (verifier().max_body_bytes(10), 10),
        (verifier().max_body_bytes(0), 0),
    ] {
        let body = vec![b' '; limit];
        assert!(verifier.verify_value(secret().sign(&body), &body).is_ok());
        let body = vec![b' '; limit + 1];
        let too_large = Err(Refusal::TooLarge { limit });
        let header = secret().sign(&body);
        // The length comes before everything else: it costs nothing to look at.
        for header in [header.as_str(), "sha256=00", ""] {
            let refused = verifier.verify_value(header, &body);
            assert_eq!(refused.map_err(|error| error.reason()), too_large);
        }
        let refused = verifier.verify(&HeaderMap::new(), &body);
        assert_eq!(refused.map_err(|error| error.reason()), too_large);
    }
}

/// Every way to be refused for the signature or the time.
fn refusals() -> Vec<WebhookError> {
    let right = secret().sign(BODY.as_bytes());
    let late =
        verifier_at(then() + Duration::from_secs(3600)).require_fresh(Duration::from_secs(60));
    let body = BODY.as_bytes();
    [
        verifier().verify(&HeaderMap::new(), body),
        verifier().verify(&headers(&[b"", b""]), body),
        verifier().verify_value("sha256=", body),
        verifier().verify_value("sha1=00", body),
        verifier().verify_value(secret().sign(b""), body),
        late.verify_value(right, body),
    ]
    .map(Result::unwrap_err)
    .into()
}

#[test]
fn a_sender_learns_nothing_from_a_refusal() {
    let refusals = refusals();
    let mut reasons: Vec<Refusal> = refusals.iter().map(WebhookError::reason).collect();
    for error in &refusals {
        assert_eq!(error.to_string(), "the webhook is not accepted");
        assert_eq!(error.status(), 401);
        assert!(error.source().is_none());
    }
    reasons.dedup();
    assert_eq!(
        reasons,
        [
            Refusal::NoSignature,
            Refusal::SeveralSignatures,
            Refusal::MalformedSignature,
            Refusal::WrongSignature,
            Refusal::NotFresh(Freshness::Stale(Duration::from_secs(3600))),
        ]
    );
}

#[test]
fn a_body_over_the_limit_is_answered_otherwise() {
    let error = verifier()
        .max_body_bytes(3)
        .verify_value("", b"four")
        .unwrap_err();
    assert_eq!(error.status(), 413);
    assert_eq!(error.to_string(), "the webhook body is too large");
    assert!(error.source().is_none());
}

const REASONS: [&str; 7] = [
    "there is no signature header",
    "there is more than one signature header",
    "the signature is not sha256= and 64 hexadecimal digits",
    "the signature is not sha256= and 64 hexadecimal digits",
    "the signature is of another body or secret",
    "the signature holds, but the event is 3600 seconds old",
    "the body is longer than 64 bytes",
];

#[test]
fn a_log_learns_the_reason_and_no_values() {
    let reasons: Vec<String> = refusals()
        .iter()
        .map(|error| error.reason().to_string())
        .chain([Refusal::TooLarge { limit: 64 }.to_string()])
        .collect();
    assert_eq!(reasons, REASONS);
    for refusal in refusals() {
        for text in [format!("{refusal:?}"), refusal.reason().to_string()] {
            for marker in [
                SECRET,
                DIGITS,
                &DIGITS.to_lowercase(),
                "3b9c1f0e",
                "invoice",
            ] {
                assert!(!text.contains(marker), "{marker} in {text}");
            }
        }
    }
}
