//! Webhooks: which bodies verify, what is made of those that do, and what a sender learns from a refusal.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

#[cfg(feature = "axum")]
mod debts;
mod drift;
mod events;
mod golden;
mod guesses;
mod python;
#[path = "../support/python.rs"]
mod script;
mod secrets;
#[cfg(feature = "axum")]
mod server;
mod signatures;
mod source;
#[cfg(feature = "axum")]
#[path = "../support/mod.rs"]
mod support;
mod times;

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use flinks_pay::SessionId;
use flinks_pay::clock::ManualClock;
use flinks_pay::webhook::{
    Event, OtherEvent, StatusChanged, Verified, WebhookSecret, WebhookVerifier,
};

/// The secret of these tests.
const SECRET: &str = "kQ7-vault-entry-2026-sandbox";
/// The session of these tests.
const SESSION: &str = "3b9c1f0e-7d24-4a6b-8e15-d2c4a60f9b37";
const OTHER_SESSION: &str = "c2a7d518-90e3-4b6f-a1d4-57e86b3f0c92";

/// The event as it is expected to come.
const BODY: &str = r#"{"when":"2026-03-04T05:06:07Z","sessionId":"3b9c1f0e-7d24-4a6b-8e15-d2c4a60f9b37","referenceId":"invoice-1042","amount":120.5,"status":"Completed","statusDetails":"EFT0301"}"#;

/// The time in [`BODY`].
fn then() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_772_600_767)
}

fn secret() -> WebhookSecret {
    WebhookSecret::new(SECRET).unwrap()
}

fn session() -> SessionId {
    SessionId::new(SESSION).unwrap()
}

/// A verifier at this time.
fn verifier_at(now: SystemTime) -> WebhookVerifier {
    WebhookVerifier::new(secret()).clock(Arc::new(ManualClock::starting_at(now)))
}

/// A verifier at the time of [`BODY`].
fn verifier() -> WebhookVerifier {
    verifier_at(then())
}

/// Signs a body and verifies it.
#[track_caller]
fn verified(body: impl AsRef<[u8]>) -> Verified {
    let body = body.as_ref();
    verifier()
        .verify_value(secret().sign(body), body)
        .unwrap_or_else(|error| panic!("{}", error.reason()))
}

/// The status event in a body.
#[track_caller]
fn changed(body: impl AsRef<[u8]>) -> StatusChanged {
    match verified(body).event {
        Event::StatusChanged(event) => event,
        other => panic!("not a status event: {other:?}"),
    }
}

/// The event of another kind in a body.
#[track_caller]
fn other(body: impl AsRef<[u8]>) -> OtherEvent {
    match verified(body).event {
        Event::Other(event) => event,
        other => panic!("a status event: {other:?}"),
    }
}
