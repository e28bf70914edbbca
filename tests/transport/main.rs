//! What carries a call: connections, TLS, redirects, proxies, bodies, and what each of their failures says about money.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    unreachable_pub
)]

mod bases;
#[cfg(all(feature = "blocking", feature = "sandbox"))]
mod blocking;
mod bodies;
mod certificates;
#[cfg(all(feature = "blocking", feature = "sandbox"))]
#[path = "../support/checked.rs"]
mod checked;
mod connections;
mod host;
mod http2;
mod proxies;
mod redirects;
#[path = "../support/mod.rs"]
mod support;
#[path = "../support/tls.rs"]
mod tls;

use std::error::Error as _;

use flinks_pay::client::{BuildError, ClientBuilder, Operation, Retries};
use flinks_pay::{Client, Credentials, Environment, ErrorKind};
use host::{Answer, Asked};
use support::calls::{SESSION, call, chain, request, session};

/// A client with API keys: no call needs a token first, so that each is one request. Listened to, whatever server it calls.
fn keys(base: &str) -> ClientBuilder {
    support::trace::listen();
    let credentials = Credentials::api_key("marker-key", "shop").unwrap();
    Client::builder(Environment::custom(base).unwrap(), credentials)
}

/// A client of the caller's own, as this crate takes it.
fn plugged_in(
    adjust: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder,
) -> reqwest::Client {
    let http = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none());
    adjust(http).build().unwrap()
}

/// What is right for any operation but `authorize`.
fn created(asked: &Asked) -> Answer {
    let status = if asked.line() == "POST /api/v2/sessions" {
        201
    } else {
        200
    };
    Answer::json(status, &answer())
}

/// An answer that every operation but `authorize` can read.
fn answer() -> String {
    format!(r#"{{"sessionId":"{SESSION}","status":"Canceled"}}"#)
}
