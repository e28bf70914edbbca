//! Ten lines of Python and this crate verify each other's signatures.

use flinks_pay::webhook::{WebhookSecret, WebhookVerifier};
use serde_json::{Value, json};

use super::script::{ask, hex};
use super::{BODY, SECRET};

/// Secrets and bodies; none is a vector of another test.
fn cases() -> Vec<(&'static str, Vec<u8>)> {
    let secrets = [
        SECRET,
        "clé-partagée-à-Montréal",
        "a \"quoted\" \\ secret 🍁",
    ];
    let bodies = [
        BODY.as_bytes().to_vec(),
        Vec::new(),
        (0..=255).collect(),
        vec![b'a'; 63],
        vec![b'a'; 64],
        vec![b'a'; 65],
        vec![b' '; 60_000],
    ];
    secrets
        .into_iter()
        .flat_map(|secret| bodies.clone().map(|body| (secret, body)))
        .collect()
}

#[test]
fn python_verifies_what_we_sign_and_nothing_else() {
    let mut lines = Vec::new();
    let mut expected = Vec::new();
    for (secret, body) in cases() {
        let header = WebhookSecret::new(secret).unwrap().sign(&body);
        let another = WebhookSecret::new("some other secret").unwrap().sign(&body);
        for (header, holds) in [
            (header.clone(), true),
            (header.to_lowercase(), true),
            (another, false),
        ] {
            lines.push(json!({ "secret": secret, "body": hex(&body), "signature": header }));
            expected.push(Value::from(holds));
        }
        let more = [&body[..], b"."].concat();
        lines.push(json!({ "secret": secret, "body": hex(&more), "signature": header }));
        expected.push(Value::from(false));
    }
    assert_eq!(ask(&lines), expected);
}

#[test]
fn we_verify_what_python_signs() {
    let lines: Vec<Value> = cases()
        .iter()
        .map(|(secret, body)| json!({ "secret": secret, "body": hex(body) }))
        .collect();
    let answers = ask(&lines);
    assert_eq!(answers.len(), cases().len());
    for ((secret, body), answer) in cases().into_iter().zip(answers) {
        let verifier = WebhookVerifier::new(WebhookSecret::new(secret).unwrap());
        let header = answer.as_str().unwrap();
        assert!(verifier.verify_value(header, &body).is_ok());
        assert!(
            verifier
                .verify_value(header, &[&body[..], b"."].concat())
                .is_err()
        );
    }
}
