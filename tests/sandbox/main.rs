//! The sandbox, called over a real socket by a plain HTTP client. Every answer is judged by the contract.
#![cfg(feature = "sandbox")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod bench;
mod bodies;
mod codes;
mod contract;
mod control_api;
#[path = "../support/python.rs"]
mod python;
mod raw;
mod receiver;
mod wire;

mod authorize;
mod cancel;
#[path = "../support/checked.rs"]
mod checked;
mod concurrency;
mod confirm;
mod control;
mod control_documents;
mod coverage;
mod create;
mod create_bodies;
mod create_callers;
mod create_values;
mod departures;
mod details;
mod expiry;
mod faults;
mod faults_client;
mod faults_connections;
mod faults_misplaced;
mod faults_refusals;
mod faults_rules;
mod journal;
mod judge;
mod lifecycle;
mod machine;
mod page;
mod paths;
mod profile;
mod redaction;
mod refusals;
mod roster;
mod scenarios;
mod seed;
mod self_check;
mod state;
mod state_damage;
mod status;
#[path = "../support/table.rs"]
mod table;
#[path = "../support/trace.rs"]
mod trace;
mod webhooks;
mod webhooks_client;
mod webhooks_control;
mod webhooks_guarantee;
