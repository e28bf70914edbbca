//! Of all header values one verifies, in either letter case; lines of the input are headers of their own.
#![no_main]

use std::sync::LazyLock;

use flinks_pay::webhook::{SIGNATURE_HEADER, WebhookSecret, WebhookVerifier};
use http::{HeaderMap, HeaderName, HeaderValue};
use libfuzzer_sys::fuzz_target;

const BODY: &[u8] = b"{}";

static VERIFIER: LazyLock<(WebhookVerifier, String)> = LazyLock::new(|| {
    let secret = WebhookSecret::new("the secret of a fuzz target").unwrap();
    let signature = secret.sign(BODY);
    (WebhookVerifier::new(secret), signature)
});

fuzz_target!(|data: &[u8]| {
    let (verifier, signature) = &*VERIFIER;
    let is_right = |value: &[u8]| {
        value.starts_with(b"sha256=") && value.eq_ignore_ascii_case(signature.as_bytes())
    };
    assert_eq!(verifier.verify_value(data, BODY).is_ok(), is_right(data));

    let mut headers = HeaderMap::new();
    for line in data.split(|byte| *byte == b'\n') {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.append(HeaderName::from_static(SIGNATURE_HEADER), value);
        }
    }
    let values: Vec<&HeaderValue> = headers.get_all(SIGNATURE_HEADER).iter().collect();
    let one = matches!(&values[..], [value] if is_right(value.as_bytes()));
    assert_eq!(verifier.verify(&headers, BODY).is_ok(), one);
});
