//! One debt, one session: how many creates a server receives, whatever happens to them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod asleep;
#[cfg(feature = "sandbox")]
#[path = "../support/checked.rs"]
mod checked;
mod doubt;
mod dropped;
mod durable;
mod leave;
mod lost;
mod outcomes;
mod replace;
#[cfg(feature = "sandbox")]
mod sandbox;
#[path = "../support/mod.rs"]
mod support;
mod together;
mod watched;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use flinks_pay::client::once::{Guard, MemoryGuard, Noted, Resolution, Standing};
use flinks_pay::client::{ClientBuilder, Retries, Timeouts};
use flinks_pay::{
    Client, Credentials, DebtKey, Environment, ErrorKind, GuaranteedEft, Once, OnceError, Payor,
    SessionId, SessionRequest, StatusReport,
};
use support::scripted::{Asked, Reply, Scripted};

fn debt() -> DebtKey {
    DebtKey::new("order 2026/1042").unwrap()
}

fn request() -> SessionRequest {
    support::calls::request().into()
}

/// The session of the create so-and-so, from 1.
fn session(number: usize) -> SessionId {
    SessionId::new(&id(number)).unwrap()
}

fn id(number: usize) -> String {
    format!("5b0d7c1e-5a36-4f0e-9d5c-{number:012x}")
}

fn created(number: usize) -> Reply {
    Reply::json(200, &format!(r#"{{"sessionId":"{}"}}"#, id(number)))
}

/// What a status says.
fn status(number: usize, status: &str, code: &str) -> Reply {
    Reply::json(200, &report_json(number, status, code))
}

fn report_json(number: usize, status: &str, code: &str) -> String {
    let id = id(number);
    if code.is_empty() {
        format!(r#"{{"sessionId":"{id}","status":"{status}"}}"#)
    } else {
        format!(r#"{{"sessionId":"{id}","status":"{status}","statusDetails":"{code}"}}"#)
    }
}

fn report(number: usize, status: &str, code: &str) -> StatusReport {
    serde_json::from_str(&report_json(number, status, code)).unwrap()
}

fn standing(json: &str) -> Standing {
    serde_json::from_str(json).unwrap()
}

fn live(number: usize) -> Standing {
    standing(&format!(
        r#"{{"standing":"live","session":"{}"}}"#,
        id(number)
    ))
}

fn paid(number: usize) -> Standing {
    standing(&format!(
        r#"{{"standing":"paid","session":"{}","contradicted":false}}"#,
        id(number)
    ))
}

fn is_create(asked: &Asked) -> bool {
    asked.line == "POST /api/v2/sessions"
}

fn creates(server: &Scripted) -> usize {
    server
        .calls()
        .iter()
        .filter(|asked| is_create(asked))
        .count()
}

/// Answers creates by their number from 1, and everything else by what it is.
async fn server(
    create: impl Fn(usize) -> Reply + Send + Sync + 'static,
    rest: impl Fn(&Asked) -> Reply + Send + Sync + 'static,
) -> Scripted {
    let count = AtomicUsize::new(0);
    Scripted::start(move |asked| {
        if is_create(asked) {
            create(count.fetch_add(1, Ordering::SeqCst) + 1)
        } else if asked.line.contains("/authorize") {
            // Tokens are the server's own.
            nothing(asked)
        } else {
            rest(asked)
        }
    })
    .await
}

/// For servers that are asked for nothing else.
fn nothing(_: &Asked) -> Reply {
    Reply::of(404, &[], "")
}

fn builder(server: &Scripted) -> ClientBuilder {
    Client::builder(
        Environment::custom(server.base()).unwrap(),
        Credentials::basic("shop", "hush").unwrap(),
    )
    .retries(Retries::default().pauses(Duration::ZERO, Duration::ZERO))
}

fn client(server: &Scripted) -> Client {
    builder(server).build().unwrap()
}

fn hasty(server: &Scripted, total: Duration) -> ClientBuilder {
    builder(server).timeouts(Timeouts::default().attempt(total).total(total))
}

async fn stands(client: &Client) -> Standing {
    client.standing(&debt()).await.unwrap()
}

async fn once(client: &Client) -> Result<Once, OnceError> {
    client.create_once(&debt(), &request()).await
}

/// An error's whole chain, as a caller would log it.
fn chain(error: &OnceError) -> String {
    let mut text = format!("{error} {error:?}");
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

#[test]
fn every_future_is_send() {
    fn is_send(_: impl Send) {}
    let base = Environment::custom("https://pay.example").unwrap();
    let credentials = Credentials::api_key("key-1", "shop").unwrap();
    let client = Client::builder(base, credentials).build().unwrap();
    let (debt, request, report) = (debt(), request(), report(1, "Initiated", ""));
    is_send(client.create_once(&debt, &request));
    is_send(client.replace(&session(1), &debt, &request));
    is_send(client.standing(&debt));
    is_send(client.resolve(&debt, Resolution::Paid));
    is_send(client.note_outcome(&report));
    is_send(client.status(&report.session_id));
}
