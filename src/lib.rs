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
//! [`Client::create_once`] creates one session for one debt, however often and from how many places it is called.
//!
//! It runs on a Tokio runtime with I/O and time enabled. What fails is tried again where that is safe, by
//! [a table](client::RETRY_TABLE): a create is not sent a second time once it may have left, and [`Error::maybe_applied`] is
//! the thing to read before creating a session again. The address of the hosted page opens the session to whoever has it.
//!
//! # Where things are
//!
//! | Module | What it has |
//! |---|---|
//! | [`domain`] | validated values, and the table of every [rule](domain::RULES) with its source |
//! | [`session`] | requests that report every violation at once, and answers that keep what they do not know |
//! | [`client`] | the six operations, the token, and failures that say whether money may have moved |
//! | [`hosted`] | the page that the payor sees: its address, an iframe, its events, and a listener for the browser |
//! | [`watch`] | waiting for how sessions come out, and asking for those that stayed silent |
//! | [`webhook`] | what Flinks sends: verified first, read afterwards |
//! | [`clock`] | time as a parameter |
#![cfg_attr(
    feature = "blocking",
    doc = "| [`blocking`] | the client for programs without a runtime |"
)]
#![cfg_attr(
    feature = "spec",
    doc = "| [`spec`] | the reader of the contract, its translation to JSON Schema, the codegen view |"
)]
#![cfg_attr(
    feature = "sandbox",
    doc = "| [`sandbox`] | a stateful Flinks Pay on a loopback port |"
)]
#![cfg_attr(
    feature = "contract",
    doc = "| [`contract`] | what a contract accepts, held against this crate and against a server |"
)]
//!
//! # What it is built from
//!
//! `openapi/flinks-pay.yaml` is the contract. The client behind the facade is generated from it when the crate is built,
//! the rules of [`domain`] are tested against it, and every place where it departs from what Flinks publishes is listed
//! in `openapi/deviations.toml`. Keys such as S0 or GIDX, by which these pages name their sources, are explained in
//! `openapi/README.md`.

// Of the nightly compiler, which docs.rs has.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "blocking")]
pub mod blocking;
pub mod client;
pub mod clock;
#[cfg(feature = "contract")]
pub mod contract;
pub mod domain;
#[cfg(all(test, feature = "axum", feature = "blocking", feature = "contract"))]
mod errors;
pub mod hosted;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod session;
#[cfg(test)]
mod simulation;
#[cfg(feature = "spec")]
pub mod spec;
pub mod watch;
pub mod webhook;
mod wire;

pub use client::once::{DebtKey, Once, OnceError};
pub use client::{Client, Credentials, Environment, Error, ErrorKind, Response};
pub use domain::{Amount, Language, SessionId};
pub use hosted::{HostedEvent, HostedPage};
pub use session::{
    Address, GuaranteeDecision, GuaranteedEft, Limits, Outcome, Payee, Payor, Redirect, RegularEft,
    SessionDetails, SessionRequest, SessionStatus, StatusDetails, StatusReport, Violations,
};
pub use watch::{Progress, Settled, WaitError, WaitErrorKind, WaitPolicy};
