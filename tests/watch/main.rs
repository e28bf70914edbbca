//! Waiting, over real sockets and by a clock that is moved.
#![cfg(feature = "sandbox")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::unchecked_time_subtraction,
    missing_docs
)]

mod amounts;
#[path = "../support/checked.rs"]
mod checked;
mod deadline;
mod details;
mod drops;
mod guard;
mod reconcile;
mod settling;
mod stage;
#[path = "../support/mod.rs"]
mod support;
mod troubles;

use std::time::Duration;

use checked::Checked;
use flinks_pay::client::Retries;
use flinks_pay::sandbox::{Sandbox, SandboxBuilder};
use flinks_pay::watch::{Progress, WaitError, WaitErrorKind, WaitPolicy, Watch};
use flinks_pay::{
    Client, Credentials, ErrorKind, GuaranteedEft, Outcome, Payor, SessionId, SessionStatus,
    Settled, StatusDetails,
};
use stage::Stage;
use support::moved::Moved;
use support::scripted::{Asked, Reply};

const SESSION: &str = "3e0d91b2-64c8-4f7a-a5d3-9b1c20f7e486";
const OTHER: &str = "c77a5b10-2d9e-4b63-8f08-1e4d6a93c052";

fn session() -> SessionId {
    SessionId::new(SESSION).unwrap()
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// A status answer; without a code where that is empty.
fn status(status: &str, code: &str) -> Reply {
    status_with(status, code, "")
}

/// A status answer with more members, each after a comma.
fn status_with(status: &str, code: &str, more: &str) -> Reply {
    let code = if code.is_empty() {
        "null".to_owned()
    } else {
        format!("\"{code}\"")
    };
    Reply::json(
        200,
        &format!(r#"{{"sessionId":"{SESSION}","status":"{status}","statusDetails":{code}{more}}}"#),
    )
}

fn scheduled() -> Reply {
    status("Completed", "EFT0301")
}

fn open() -> Reply {
    status("InProgress", "")
}

/// Without the details, which a watch reads as well.
fn status_only() -> WaitPolicy {
    WaitPolicy::default().watch_details(false)
}

fn empty(status: u16) -> Reply {
    Reply::of(status, &[], "")
}

/// A sandbox that lives by the clock, and a client of it.
async fn sandbox(clock: &Moved, builder: SandboxBuilder) -> (Checked, Client) {
    let builder = builder.clock(std::sync::Arc::new(clock.clone()));
    let sandbox = checked::with(builder).await.unwrap();
    let credentials = Credentials::basic(sandbox.client_id(), sandbox.client_secret()).unwrap();
    let client = clock.client(sandbox.base_url().as_str(), credentials, Retries::default());
    (sandbox, client)
}

/// Creates a guaranteed session; the reference is the scenario.
async fn create(client: &Client, reference: &str, amount: Option<&str>) -> SessionId {
    let mut request = GuaranteedEft::new(Payor::new("Robin", "Tester")).reference_id(reference);
    if let Some(amount) = amount {
        request = request.amount(amount);
    }
    let request = request.build().unwrap();
    client.create_guaranteed(&request).await.unwrap().session_id
}

/// Everything that a watch tells, in short words.
async fn told(watch: &mut Watch) -> Vec<String> {
    let mut told = Vec::new();
    while let Some(item) = watch.next().await {
        told.push(match item {
            Ok(progress) => short(&progress),
            Err(error) => format!("error: {error}"),
        });
    }
    assert!(watch.next().await.is_none(), "it stays over");
    told
}

fn short(progress: &Progress) -> String {
    match progress {
        Progress::Status(report) => match &report.status_details {
            Some(code) => format!("{} {code}", report.status),
            None => report.status.to_string(),
        },
        Progress::AwaitingPadSignature => "awaiting signature".to_owned(),
        Progress::Step(step) => format!("step {step}"),
        Progress::GuaranteeDecisionNeeded { amount, risk } => {
            let amount = amount.as_ref().map(ToString::to_string);
            let risk = risk.as_ref().map(ToString::to_string);
            format!(
                "decide {} {}",
                amount.unwrap_or_default(),
                risk.unwrap_or_default()
            )
        }
        Progress::Trouble(error) => format!("trouble: {}", error.kind()),
        Progress::Settled(settled) => format!("settled: {}", settled.outcome),
        other => panic!("{other:?} has no short words"),
    }
}

/// Jobs are spawned: what waits must be able to move between threads.
#[test]
fn every_future_and_stream_is_send() {
    fn is_send<T: Send>(it: T) -> T {
        it
    }
    fn is_stream<T: futures_util::Stream + Unpin>(it: T) -> T {
        it
    }
    let clock = Moved::new();
    let credentials = Credentials::api_key("key-1", "shop").unwrap();
    let client = clock.client("https://pay.example", credentials, Retries::default());
    let policy = WaitPolicy::default();
    let wait = is_send(client.wait(&session(), policy));
    // What waits for minutes should not hold what a request needs.
    let size = size_of_val(&wait);
    assert!(size < 2_500, "{size}");
    drop(wait);
    let mut watch = is_stream(is_send(client.watch(&session(), policy)));
    assert_eq!(*watch.session_id(), session());
    assert!(!format!("{watch:?}").contains(SESSION));
    drop(is_send(watch.next()));
    let sessions = [session()];
    let mut run = is_stream(is_send(client.reconcile(
        sessions.iter().copied(),
        flinks_pay::watch::ReconcilePolicy::default(),
    )));
    drop(is_send(run.next()));
    assert_eq!(clock.sleepers(), 0);
}
