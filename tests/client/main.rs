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
mod injection;
mod matrix;
mod odd_answers;
mod requests;
mod retries;
#[path = "../support/mod.rs"]
mod support;
mod tokens;

use std::fmt::Write as _;
use std::time::Duration;

use flinks_pay::client::{MAX_BODY_BYTES, Operation, Retries, Timeouts};
use flinks_pay::domain::Private;
use flinks_pay::{
    Client, Credentials, Environment, Error, ErrorKind, GuaranteeDecision, Payor, RegularEft,
    SessionId, SessionStatus, StatusDetails,
};
use support::calls::{SESSION, call, chain, request, session};
use support::scripted::{Asked, Reply, Scripted};

const OTHER: &str = "11111111-2222-4333-8444-555555555555";

/// A client that makes one request of a call: what one answer means is one thing, what follows it is another.
fn client(server: &Scripted) -> Client {
    client_with(server, Credentials::basic("shop", "hush").unwrap())
}

fn client_with(server: &Scripted, credentials: Credentials) -> Client {
    Client::builder(Environment::custom(server.base()).unwrap(), credentials)
        .retries(Retries::off())
        .build()
        .unwrap()
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

/// A handler's task holds the future of the call that it makes.
#[test]
fn no_future_is_large() {
    fn size<T>(_: &T) -> usize {
        std::mem::size_of::<T>()
    }
    let base = Environment::custom("https://pay.example").unwrap();
    let credentials = Credentials::api_key("key-1", "shop").unwrap();
    let client = Client::builder(base, credentials).build().unwrap();
    let (session, request) = (session(), request());
    let sizes = [
        size(&client.authorize()),
        size(&client.create_guaranteed(&request)),
        size(&client.status(&session)),
        size(&client.details(&session)),
        size(&client.cancel(&session)),
        size(&client.confirm_guarantee(&session, GuaranteeDecision::accept())),
    ];
    assert!(sizes.iter().all(|size| *size <= 6 * 1024), "{sizes:?}");
}
