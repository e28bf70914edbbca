//! What verifying and reading a webhook costs, beside the least that any receiver has to do: one HMAC with the same library, and
//! `serde_json` into a plain struct.
//!
//!     cargo bench --bench webhook
//!
//! Both run in turns, round by round, so that whatever else the machine does hits both; the figure is the quotient of the
//! medians. Exit code 1 where it is over the limit. Times are printed, and judged by nobody.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use aws_lc_rs::hmac;
use flinks_pay::webhook::{Event, WebhookSecret, WebhookVerifier};
use serde::Deserialize;

/// The most that a webhook may cost, as a multiple of the least.
const LIMIT: f64 = 1.5;
/// A try that is over the limit may have had bad luck; this many may not.
const TRIES: usize = 3;
/// Short rounds, and many: a round is over before a busy machine takes the core away, so the medians are of rounds that ran
/// undisturbed. A long round of the slower of the two would be disturbed more often, and the quotient with it.
const ROUNDS: usize = 10_001;
const CALLS: u32 = 20;

const SECRET: &str = "only for measurements";

/// 300 bytes: the members that are documented, and a kind.
const BODY: &str = r#"{"type":"SessionSetupStatusChanged","when":"2026-03-04T05:06:07.1234567Z","sessionId":"3b9c1f0e-7d24-4a6b-8e15-d2c4a60f9b37","referenceId":"order-2026-03-04-000123-of-a-shop-with-long-references-of-its-own-making-and-more-than-one-syst","amount":1234.5,"status":"Completed","statusDetails":"EFT0301"}"#;

/// What a receiver without this crate would write.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "read by whoever receives it")]
struct Plain {
    r#type: String,
    when: String,
    session_id: String,
    reference_id: String,
    amount: f64,
    status: String,
    status_details: String,
}

struct Least {
    key: hmac::Key,
    signature: [u8; 32],
}

impl Least {
    /// Neither reads the header nor checks its form, which a receiver has to.
    fn call(&self) {
        hmac::verify(
            &self.key,
            black_box(BODY.as_bytes()),
            black_box(&self.signature),
        )
        .unwrap();
        let plain: Plain = serde_json::from_str(black_box(BODY)).unwrap();
        black_box(&plain);
    }
}

struct Ours {
    verifier: WebhookVerifier,
    header: String,
}

impl Ours {
    fn call(&self) {
        let verified = self
            .verifier
            .verify_value(black_box(&self.header), black_box(BODY.as_bytes()))
            .unwrap();
        black_box(&verified);
    }
}

fn time(call: impl Fn()) -> Duration {
    let begun = Instant::now();
    for _ in 0..CALLS {
        call();
    }
    begun.elapsed() / CALLS
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    *times.get(times.len() / 2).unwrap()
}

fn main() -> ExitCode {
    assert_eq!(BODY.len(), 300);
    let secret = WebhookSecret::new(SECRET).unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    let signature = hmac::sign(&key, BODY.as_bytes())
        .as_ref()
        .try_into()
        .unwrap();
    let least = Least { key, signature };
    let ours = Ours {
        header: secret.sign(BODY.as_bytes()),
        verifier: WebhookVerifier::new(secret),
    };
    let read = ours
        .verifier
        .verify_value(&ours.header, BODY.as_bytes())
        .unwrap();
    assert!(
        matches!(read.event, Event::StatusChanged(_)),
        "what is measured is the work that is done"
    );

    for _ in 0..TRIES {
        let (mut of_least, mut of_ours) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            of_least.push(time(|| least.call()));
            of_ours.push(time(|| ours.call()));
        }
        let (of_least, of_ours) = (median(of_least), median(of_ours));
        let ratio = of_ours.as_secs_f64() / of_least.as_secs_f64();
        println!("webhook: {of_ours:?}, the least: {of_least:?}, ratio {ratio:.3}, limit {LIMIT}");
        if ratio <= LIMIT {
            return ExitCode::SUCCESS;
        }
    }
    println!("over the limit, {TRIES} times of {TRIES}");
    ExitCode::FAILURE
}
