//! `flinks-pay session`: every call in a process of its own, against a simulator or a server that misbehaves.
#![cfg(feature = "cli")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod calls;
#[path = "../cli_support/mod.rs"]
mod cli_support;
mod credentials;
mod doubt;
mod kinds;
mod requests;
#[path = "../cli_support/scripted.rs"]
mod scripted;
#[path = "../support/trace.rs"]
mod trace;
mod waiting;

use std::io::Write;
use std::net::TcpListener;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cli_support::{
    Ran, Running, Simulator, assert_plain, assert_snapshot, command, finish, ids, run,
};
use scripted::{Reply, Scripted};
use serde_json::{Value, json};

/// What the payor of these tests has, none of which details show unasked.
const PAYOR: &[&str] = &["Robin", "Tester", "robin@example.com", "Sample", "M5V"];

const CREATE: &[&str] = &[
    "session",
    "create",
    "--first-name",
    "Robin",
    "--last-name",
    "Tester",
    "--email",
    "robin@example.com",
    "--amount",
    "120.50",
];

fn at(simulator: &Simulator, arguments: &[&str]) -> Ran {
    let ran = finish(simulator.command(arguments).spawn().unwrap());
    assert!(!ran.everything().contains(&simulator.client_secret));
    assert_plain(&ran.everything());
    ran
}

fn create(simulator: &Simulator, more: &[&str]) -> String {
    let ran = at(simulator, &[CREATE, more, &["--format", "json"]].concat());
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{ran:?}");
    let document = ran.json();
    assert_eq!(document["session_id"], document["session"]["sessionId"]);
    document["session_id"].as_str().unwrap().to_owned()
}

/// The problem of a command that could not run, whose standard output has nothing.
fn problem(ran: &Ran) -> &str {
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{ran:?}");
    assert_plain(&ran.err);
    &ran.err
}
