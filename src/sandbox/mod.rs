//! The sandbox: Flinks Pay on a loopback port, in process, with real state and no money.
//!
//! It answers the six operations as the contract says them, strictly in what it takes: a token creates one session, a
//! value that breaks a rule is refused with the rule's name, a session that has ended stays ended. It is awkward in what
//! it gives, where the sources disagree, so that a client that lives with it lives with either reading. The state machine
//! ([the flow of a session](Scenario)) knows nothing of HTTP; time is a clock that tests move.
//!
//! It does not judge itself against the contract, sends no webhooks and shows no page: the payor is played by a call.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use flinks_pay::sandbox::Sandbox;
//! use flinks_pay::{Client, Credentials, Environment, GuaranteedEft, Payor, SessionStatus};
//!
//! let sandbox = Sandbox::start().await?;
//! let credentials = Credentials::basic(sandbox.client_id(), sandbox.client_secret())?;
//! let client = Client::builder(Environment::custom(sandbox.base_url().as_str())?, credentials).build()?;
//!
//! let request = GuaranteedEft::new(Payor::new("Robin", "Tester")).amount("120.50").build()?;
//! let session = client.create_guaranteed(&request).await?.session_id;
//! sandbox.payor(&session).run()?;
//! assert_eq!(client.status(&session).await?.status, SessionStatus::Completed);
//! # Ok(())
//! # }
//! ```
//!
//! Entry points: [`Sandbox::start`] and [`Sandbox::builder`], [`Sandbox::payor`], [`Sandbox::advance`],
//! [`Sandbox::journal`]. Another process does the same over HTTP, under `/_sandbox`: [`Advance`], [`Played`] and
//! [`JournalReport`] are the documents of that control API.

mod bank;
mod behaviour;
mod builder;
mod clock;
mod control;
mod details;
mod error;
mod event;
mod flow;
mod http;
mod journal;
mod payor;
mod redact;
mod scenario;
mod screen;
mod server;
mod session;
mod settings;
mod timestamp;
mod token;
mod world;

pub use behaviour::Behaviour;
pub use builder::SandboxBuilder;
pub use clock::SandboxClock;
pub use control::{About, Advance, Advanced, JournalReport, Played};
pub use error::SandboxError;
pub use event::BrowserEvent;
pub use journal::Exchange;
pub use payor::Payor;
pub use scenario::Scenario;
pub use server::Sandbox;
