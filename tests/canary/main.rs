//! Silence: nothing that must not be told is in any log, span, error, panic or printed value, whatever happens to a call.
//!
//! Every secret and every private value that goes out or comes in here has a marker in it. All that the program says meanwhile is
//! collected, the TRACE output of every library in it included, and searched for the markers.
#![cfg(all(feature = "cli", feature = "axum", feature = "blocking"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod blocking;
mod calls;
mod capture;
#[path = "../support/checked.rs"]
mod checked;
mod contract;
mod debts;
mod given;
mod markers;
mod programs;
mod public_types;
mod replies;
mod sandbox;
mod spans;
#[path = "../support/mod.rs"]
mod support;
mod sweep;
mod told;
mod values;
mod waiting;
mod webhooks;
