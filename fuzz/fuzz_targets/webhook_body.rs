//! Any body that is signed is an event, and the same body with one bit changed is not.
#![no_main]

use std::sync::LazyLock;

use flinks_pay::webhook::{Event, EventKey, Refusal, WebhookSecret, WebhookVerifier};
use libfuzzer_sys::fuzz_target;

static SECRET: LazyLock<WebhookSecret> =
    LazyLock::new(|| WebhookSecret::new("the secret of a fuzz target").unwrap());

fuzz_target!(|body: &[u8]| {
    let verifier = WebhookVerifier::new(SECRET.clone()).max_body_bytes(usize::MAX);
    let signature = SECRET.sign(body);
    let verified = verifier.verify_value(&signature, body).unwrap();
    let mut shown = format!("{:?} {:#?}", verified, verified);
    for odd in verified.event.nonconformances() {
        shown.push_str(&odd.to_string());
    }
    if let Some(id) = verified.event.session_id() {
        // An unknown status, or the name of an unknown member, is shown, whatever it is.
        let id = id.expose();
        let once = String::from_utf8_lossy(body)
            .to_lowercase()
            .matches(&id)
            .count()
            == 1;
        assert!(!once || !shown.contains(&id), "the session id is shown");
    }
    match &verified.event {
        Event::StatusChanged(event) => {
            let report = event.report();
            assert_eq!(event.key(), EventKey::of(report));
            let _ = (
                event.contradicts_itself(),
                event.key().to_string(),
                report.is_final(),
            );
            let _ = report.amount.as_ref().map(|amount| amount.cents());
            serde_json::to_vec(report).unwrap();
        }
        Event::Other(event) => {
            assert_eq!(&event.body()[..], body);
            let _ = event.json::<serde_json::Value>();
        }
        other => panic!("{other:?}"),
    }
    let mut changed = body.to_vec();
    // Where the change is depends on the input, so that every place is tried.
    let at = body
        .iter()
        .fold(0_usize, |sum, byte| sum * 31 % 8191 + usize::from(*byte));
    match changed.len() {
        0 => changed.push(0),
        length => changed[at % length] ^= 1 << (at % 8),
    }
    let refused = verifier.verify_value(&signature, &changed).unwrap_err();
    assert_eq!(refused.reason(), Refusal::WrongSignature);
});
