//! Client for Flinks Pay V2 sessions: Guaranteed EFT and regular EFT payments from Canadian bank accounts.
//!
//! A payment is a session. A backend creates it with a [`GuaranteedEft`] or a [`RegularEft`] request, sends the payor to
//! the [hosted page](Client::hosted_url), and reads the [`StatusReport`] until it is final.
//!
//! ```no_run
//! # async fn collect() -> Result<(), Box<dyn std::error::Error>> {
//! use flinks_pay::{Client, Credentials, Environment, GuaranteedEft, Payor};
//!
//! let client = Client::builder(Environment::sandbox(), Credentials::from_env()?).build()?;
//! let request = GuaranteedEft::new(Payor::new("Robin", "Tester")).amount("120.50").build()?;
//! let created = client.create_guaranteed(&request).await?;
//! println!("payor's page: {}", client.hosted_url(&created.session_id));
//! let report = client.status(&created.session_id).await?;
//! println!("{}", report.status);
//! # Ok(())
//! # }
//! ```
//!
//! It runs on a Tokio runtime with I/O and time enabled. Nothing is retried; [`Error::maybe_applied`] is the thing to read
//! before creating a session again. The address of the hosted page opens the session to whoever has it.
//!
//! # Where things are
//!
//! | Module | What it has |
//! |---|---|
//! | [`domain`] | validated values, and the table of every [rule](domain::RULES) with its source |
//! | [`session`] | requests that report every violation at once, and answers that keep what they do not know |
//! | [`client`] | the six operations, the token, and failures that say whether money may have moved |
//! | [`clock`] | time as a parameter |
#![cfg_attr(
    feature = "spec",
    doc = "| [`spec`] | the reader of the contract, its translation to JSON Schema, the codegen view |"
)]
#![cfg_attr(
    feature = "sandbox",
    doc = "| [`sandbox`] | a stateful Flinks Pay on a loopback port |"
)]
//!
//! # What it is built from
//!
//! `openapi/flinks-pay.yaml` is the contract. The client behind the facade is generated from it when the crate is built,
//! the rules of [`domain`] are tested against it, and every place where it departs from what Flinks publishes is listed
//! in `openapi/deviations.toml`.

pub mod client;
pub mod clock;
pub mod domain;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod session;
#[cfg(feature = "spec")]
pub mod spec;
mod wire;

pub use client::{Client, Credentials, Environment, Error, ErrorKind, Response};
pub use domain::{Amount, Language, SessionId};
pub use session::{
    Address, GuaranteeDecision, GuaranteedEft, Limits, Payee, Payor, Redirect, RegularEft,
    SessionDetails, SessionRequest, SessionStatus, StatusDetails, StatusReport, Violations,
};
