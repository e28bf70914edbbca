//! The client over a real socket: what leaves, and what it makes of every kind of answer.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod errors;
mod failures;
mod odd_answers;
mod requests;
#[path = "../support/mod.rs"]
mod support;

use std::error::Error as _;
use std::fmt::Write as _;
use std::time::Duration;

use flinks_pay::client::{MAX_BODY_BYTES, Operation, Timeouts};
use flinks_pay::domain::Private;
use flinks_pay::{
    Client, Credentials, Environment, Error, ErrorKind, GuaranteeDecision, GuaranteedEft, Payor,
    RegularEft, SessionId, SessionStatus, StatusDetails,
};
use support::scripted::{Asked, Reply, Scripted};

const SESSION: &str = "0f9e8d7c-6b5a-4c3d-8e1f-001122334455";
const OTHER: &str = "11111111-2222-4333-8444-555555555555";

fn client(server: &Scripted) -> Client {
    client_with(server, Credentials::basic("shop", "hush").unwrap())
}

fn client_with(server: &Scripted, credentials: Credentials) -> Client {
    Client::builder(Environment::custom(server.base()).unwrap(), credentials)
        .build()
        .unwrap()
}

fn session() -> SessionId {
    SessionId::new(SESSION).unwrap()
}

fn request() -> GuaranteedEft {
    GuaranteedEft::new(Payor::new("Robin", "Tester"))
        .amount("120.50")
        .reference_id("invoice-1042")
        .build()
        .unwrap()
}

/// Calls one operation and drops the answer.
async fn call(client: &Client, operation: Operation) -> Result<(), Error> {
    match operation {
        Operation::Authorize => client.authorize().await.map(drop),
        Operation::CreateSession => client.create_guaranteed(&request()).await.map(drop),
        Operation::GetSessionStatus => client.status(&session()).await.map(drop),
        Operation::GetSessionDetails => client.details(&session()).await.map(drop),
        Operation::CancelSession => client.cancel(&session()).await.map(drop),
        Operation::ConfirmGuarantee => client
            .confirm_guarantee(&session(), GuaranteeDecision::accept())
            .await
            .map(drop),
        other => panic!("{other} is not called here"),
    }
}

/// An error's whole chain, as a caller would log it.
fn chain(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        write!(text, ": {cause}").unwrap();
        source = cause.source();
    }
    text
}

/// Handlers of a web server are spawned: every future must be able to move between threads.
#[test]
fn every_future_is_send() {
    fn is_send(_: impl Send) {}
    let base = Environment::custom("https://pay.example").unwrap();
    let credentials = Credentials::api_key("key-1", "shop").unwrap();
    let client = Client::builder(base, credentials).build().unwrap();
    is_send(client.authorize());
    is_send(client.create(&request().into()));
    is_send(client.status(&session()));
    is_send(client.details(&session()));
    is_send(client.cancel(&session()));
    is_send(client.confirm_guarantee(&session(), GuaranteeDecision::accept()));
}
