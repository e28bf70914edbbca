//! What the client makes of answers that are not as the contract has them, over a real socket.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod amounts;
mod another_session;
mod declared;
mod drift;
mod failures;
mod identifiers;
mod members;
#[path = "../support/mod.rs"]
mod support;
mod unknown_values;

use flinks_pay::client::{Operation, Retries};
use flinks_pay::{
    Client, Credentials, Environment, Error, ErrorKind, Response, SessionId, StatusReport,
};
use support::calls::{SESSION, call, request, session};
use support::scripted::{Asked, Reply, Scripted};

const OTHER: &str = "11111111-2222-4333-8444-555555555555";

/// Operations whose answers are about a session.
const ABOUT_SESSIONS: [Operation; 5] = [
    Operation::CreateSession,
    Operation::GetSessionStatus,
    Operation::GetSessionDetails,
    Operation::CancelSession,
    Operation::ConfirmGuarantee,
];

/// A client that sends one request for a call. API keys need no token.
fn client(server: &Scripted) -> Client {
    let base = Environment::custom(server.base()).unwrap();
    Client::builder(base, Credentials::api_key("key-1", "shop").unwrap())
        .retries(Retries::off())
        .build()
        .unwrap()
}

/// A server that answers everything with this.
async fn answering(reply: Reply) -> Scripted {
    Scripted::start(move |_: &Asked| reply.clone()).await
}

/// Asks for a status, and is answered with this body.
async fn status_of(body: impl AsRef<str>) -> Result<Response<StatusReport>, Error> {
    let server = answering(Reply::json(200, body.as_ref())).await;
    client(&server).status(&session()).await
}

/// Pointers and keywords of what departs from the contract.
fn odd<T>(answer: &Response<T>) -> Vec<String> {
    answer
        .nonconformances()
        .iter()
        .map(|odd| format!("{} {}", odd.pointer(), odd.keyword()))
        .collect()
}

/// The kind of an error and its path.
#[track_caller]
fn refused<T: std::fmt::Debug>(answer: Result<Response<T>, Error>) -> (ErrorKind, String) {
    let error = answer.unwrap_err();
    (error.kind(), error.path().unwrap_or("none").to_owned())
}
