//! The sandbox: Flinks Pay on a loopback port, in process, with real state and no money.
//!
//! It answers the six operations as the contract says them, strictly in what it takes: a token creates one session, a
//! value that breaks a rule is refused with the rule's name, a session that has ended stays ended. It is awkward in what
//! it gives, where the sources disagree, so that a client that lives with it lives with either reading. The state machine
//! ([the flow of a session](Scenario)) knows nothing of HTTP; time is a clock that tests move.
//!
//! It does not judge itself against the contract, sends no webhooks and shows no page: the payor is played by a call. What goes
//! wrong with a call goes wrong on demand: see [`FaultRule`] and [`Fault`].
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use flinks_pay::sandbox::Sandbox;
//! use flinks_pay::{Client, Credentials, Environment, GuaranteedEft, Payor};
//!
//! let sandbox = Sandbox::start().await?;
//! let credentials = Credentials::basic(sandbox.client_id(), sandbox.client_secret())?;
//! let client = Client::builder(Environment::custom(sandbox.base_url().as_str())?, credentials).build()?;
//!
//! let request = GuaranteedEft::new(Payor::new("Robin", "Tester")).amount("120.50").build()?;
//! let session = client.create_guaranteed(&request).await?.session_id;
//! sandbox.payor(&session).run()?;
//! assert!(client.status(&session).await?.is_scheduled());
//! # Ok(())
//! # }
//! ```
//!
//! Entry points: [`Sandbox::start`] and [`Sandbox::builder`], [`Sandbox::payor`], [`Sandbox::advance`],
//! [`Sandbox::journal`].
//!
//! # What it does where the sources are silent or disagree
//!
//! | Question | Here |
//! |---|---|
//! | When does a session end? | at EFT0301, one of EFT0401 to EFT0404, EFT0501 or EFT0601. EFT0302 can still be cancelled and still expires: the agreement is not signed, nothing is scheduled |
//! | How long is it open? | 30 minutes from its creation, unless set otherwise; a token lives 599 seconds |
//! | What does a token create? | one session; a create that is refused does not spend it. Other calls take a spent one, too |
//! | How is the payor's account shown? | not before the login, then masked to its last four digits, in full once the session is complete |
//! | What code has a guarantee that the integrator rejects? | EFT0402; none is published |
//! | What if a guarantee needs no decision? | confirm is refused with 400 |
//! | What becomes of a payor who declines a lower offer? | the session stays `InProgress` until it expires; no code is published |
//! | What does `amountModification` do? | it is repeated in the details; a preset amount stays as it is |
//!
//! # The control API
//!
//! Another process plays the payor, moves the time and reads the journal over HTTP, from this machine only: the host, and the
//! origin of a page in a browser, must be loopback ones.
//!
//! | Call | Sent | Answered |
//! |---|---|---|
//! | `GET /_sandbox` | | [`About`] |
//! | `GET /_sandbox/sessions?limit=100&after={sessionId}` | | [`SessionPage`] |
//! | `POST /_sandbox/sessions` | [`SessionOrder`] | 201, [`SessionStanding`] |
//! | `POST /_sandbox/sessions/{sessionId}/step` | nothing, or a [`Behaviour`] | [`Played`] |
//! | `POST /_sandbox/clock/advance` | [`Advance`] | [`Advanced`] |
//! | `GET /_sandbox/journal` | | [`JournalReport`] |
//! | `DELETE /_sandbox/journal` | | [`Forgotten`] |
//! | `GET /_sandbox/faults` | | [`FaultList`] |
//! | `POST /_sandbox/faults` | [`FaultRule`] | 201, [`FaultStanding`] |
//! | `DELETE /_sandbox/faults` | | [`FaultList`], as it was |
//! | `DELETE /_sandbox/faults/{id}` | | [`FaultStanding`], as it was |
//! | `POST /_sandbox/connections/refuse` | [`Refusal`] | the same |
//! | `POST /_sandbox/reset` | | [`Forgotten`] |
//!
//! `openapi/sandbox-control.yaml` in the repository describes it for other languages.
//!
//! A refusal is an object with `error` and `error_description`: 400 `invalid_request` for a body of another shape, 403
//! `forbidden` for a caller that is not on this machine, 404 `not_found` for an unknown session or rule, and 409 where the payor
//! cannot go on: `session_ended`, `payor_left`, `decision_pending`, `amount_refused`, or a session cannot come to where it is to
//! be, `unreachable`, or a rule finds no room, `too_many_faults`.

mod bank;
mod behaviour;
mod builder;
mod clock;
mod control;
mod details;
mod error;
mod event;
mod fault;
mod flow;
mod http;
mod journal;
mod line;
mod payor;
mod redact;
mod roster;
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
pub use control::{About, Advance, Advanced, Forgotten, JournalReport, Played, Refusal};
pub use error::SandboxError;
pub use event::BrowserEvent;
pub use fault::kind::{Fault, RefusalShape, RetryAfter};
pub use fault::ledger::{FaultList, FaultMet, FaultStanding};
pub use fault::rule::{FaultRule, Trigger, Turn};
pub use journal::Exchange;
pub use payor::Payor;
pub use roster::{Goal, SessionOrder, SessionPage, SessionStanding};
pub use scenario::Scenario;
pub use server::Sandbox;
