//! The sandbox: Flinks Pay on a loopback port, in process, with real state and no money.
//!
//! It answers the six operations as the contract says them, strictly in what it takes: a token creates one session, a
//! value that breaks a rule is refused with the rule's name, a session that has ended stays ended. It is awkward in what
//! it gives, where the sources disagree, so that a client that lives with it lives with either reading. The state machine
//! ([the flow of a session](Scenario)) knows nothing of HTTP; time is a clock that tests move.
//!
//! Every exchange is [judged](judge) by the contract: what it takes, what it refuses and what it answers. The payor is played by
//! a call, or by hand on the page that it shows; see [below](#the-pages). It sends [webhooks](#webhooks). What goes wrong with a
//! call goes wrong on demand: see [`FaultRule`] and [`Fault`].
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
//! assert!(sandbox.violations().is_empty());
//! # Ok(())
//! # }
//! ```
//!
//! Entry points: [`Sandbox::start`] and [`Sandbox::builder`], [`Sandbox::payor`], [`Sandbox::advance`],
//! [`Sandbox::journal`], [`Sandbox::deliveries`], [`Sandbox::violations`], [`SandboxBuilder::state`].
//!
//! # Scenarios and seeds
//!
//! The `referenceId` of a session selects its course: the vendor's `Happy1`, `Happy2`, `Happy3` and `Unhappy1`, and ours for the
//! rest, such as `SandboxLoginFails` for EFT0401. [`Scenario`] has them all; between them they reach every status, code, step
//! and browser event but those of calls: a cancel, a decision, the passing of time. What a payor does otherwise can be told with
//! each step, too: [`Behaviour`].
//!
//! [`SandboxBuilder::seed`] makes a run repeat exactly, ids and tokens included.
//!
//! # Profiles
//!
//! Where the vendor's pages disagree, a [`Profile`] says which of them is followed. The default is [`Profile::STRICT`]; the
//! others are read from the pages of one product, or take everything. Each setting names the entry of
//! `openapi/deviations.toml` that quotes the pages.
//!
//! | Setting | `strict` | `geft` | `eft` | `lenient` |
//! |---|---|---|---|---|
//! | [`token-lifetime`](TokenLifetime) | 299 | 599 | 599 | 599 |
//! | [`token-use`](TokenUse) | single | reusable | reusable | reusable |
//! | [`credentials`](CredentialsTaken) | all | basic | basic | all |
//! | [`status-access`](StatusAccess) | credential | anybody | credential | anybody |
//! | [`cancelled-spelling`](CancelledSpelling) | Canceled | Canceled | Cancelled | Canceled |
//! | [`account-number`](AccountNumberShown) | masked-until-complete | masked-until-complete | masked | full |
//! | [`account-before-login`](AccountBeforeLogin) | null | empty | null | null |
//! | [`create-status`](CreateStatus) | 201 | 200 | 201 | 201 |
//! | [`cancel-details`](CancelDetails) | given | given | given | given |
//! | [`authorize-errors`](ErrorShape) | pages | pages | problem | pages |
//! | [`create-errors`](ErrorShape) | pages | pages | pages | pages |
//! | [`status-errors`](ErrorShape) | pages | pages | pages | pages |
//! | [`details-errors`](ErrorShape) | pages | pages | pages | pages |
//! | [`cancel-errors`](ErrorShape) | pages | pages | problem | pages |
//! | [`confirm-errors`](ErrorShape) | pages | pages | problem | pages |
//! | [`completed-webhook`](CompletedWebhook) | both | both | both | scheduled |
//!
//! # What it does where the sources are silent
//!
//! | Question | Here |
//! |---|---|
//! | When does a session end? | at EFT0301, one of EFT0401 to EFT0404, EFT0501 or EFT0601. EFT0302 can still be cancelled and still expires: the agreement is not signed, nothing is scheduled |
//! | How long is it open? | 30 minutes from its creation, unless set otherwise |
//! | What is a spent token good for? | every call but another create. A create that is refused does not spend it |
//! | What code has a guarantee that the integrator rejects, or that could not be told to them? | EFT0402; none is published |
//! | What if it is decided about twice, or too late? | the second decision is refused with 400 |
//! | What if a guarantee needs no decision? | confirm is refused with 400 |
//! | What becomes of a payor who declines a lower offer? | the session stays `InProgress` until it expires; no code is published |
//! | What becomes of a payor who refuses the agreement? | the session stays `Completed` with EFT0302 until it expires; no code is published |
//! | What does `amountModification` do? | it is repeated in the details; a preset amount stays as it is |
//!
//! # The pages
//!
//! `/app/?sessionId=…` is the hosted page, in English or French by the session's language: it shows the screens of one session,
//! posts its events to the page that embeds it, or goes to the session's redirect URLs, and says that it is a simulator. The
//! bank's user name is the name of the scenario, the password `Everyday`; any other login fails (EFT0401). What else may go
//! wrong is chosen on the page, under "For developers". `/demo/` is a shop that embeds it. Its backend calls this simulator by its
//! API as any integrator does, so its calls meet the faults that are asked for, and are in the journal.
//!
//! | Question | Here |
//! |---|---|
//! | What is posted when a page is loaded again? | `APP_MOUNTED`, and what happens from then on |
//! | When does a page with a redirect go by itself? | when the payor has finished, or has chosen to leave. After a failure there is a link |
//! | What is appended to the redirect URLs? | nothing; none is published |
//! | Who may embed the page? | every page, as it may the vendor's. What the payor does is taken from the page's own origin only |
//!
//! # Webhooks
//!
//! Register a receiver with [`SandboxBuilder::webhook`], or while the sandbox runs by the control API. It is told of every
//! session that becomes `Completed`, `Failed` or `Canceled`, once of each code, and never of one that expires: what the status endpoint answers, and
//! `when` by the sandbox's clock, signed in `X-Webhook-Signature` as Flinks does (WST, WSET). One that does not take it, with
//! 2xx within ten seconds, is not told again. The events of a session keep their order.
//!
//! A [guarantee webhook](SandboxBuilder::guarantee_webhook) is told of every guarantee on offer and decides about it by the
//! confirm operation: the sessions that are created while one is registered wait for that. It is tried three times, 30 seconds of
//! the sandbox's clock apart; if none is answered with 2xx, the session fails with EFT0402 (GCON has no pause and no code). There
//! is no further try for a session that does not wait any more. No page has the body, so this one is ours, signed alike:
//!
//! ```json
//! {
//!   "event": "GuaranteeOffered",
//!   "when": "2026-03-04T05:06:07Z",
//!   "sessionId": "6f1d0c3a-52b7-4e98-8a41-c07d95e2b613",
//!   "referenceId": "invoice-1042",
//!   "amount": 120.5,
//!   "highestDebitAmountToGuarantee": 60.25,
//!   "overallRiskLevel": "Medium"
//! }
//! ```
//!
//! Up to 1,024 events wait; of more, the oldest is dropped and counted in [`Sandbox::webhooks`]. A guarantee that is dropped has
//! failed to be delivered, and its session with it. What became of each is in [`Sandbox::deliveries`]. [`WebhookFaults`] lose, delay, double, reorder and wrongly sign them. There is one receiver of each kind
//! for all clients of a sandbox.
//!
//! # The state in a file
//!
//! [`SandboxBuilder::state`] keeps the state in a file, so that the next sandbox goes on from where this one ended, with the same
//! ids and tokens to come.
//!
//! | Question | Here |
//! |---|---|
//! | What is kept? | sessions with all that has happened to them, tokens, the id and the secrets that the sandbox made itself, the time, the generator, fault rules and what is left of them, events that are still to be told |
//! | What is not? | the journal, what the judge has counted, what became of past webhooks, connections that are refused. Secrets that were given are given again |
//! | Does time pass in between? | no: clock and date go on from where they stood, so that no token and no session expires meanwhile |
//! | When is it written? | at the start, within a tenth of a second after a change, and at the end ([`Sandbox::shutdown`]). With many thousand sessions a write takes longer, and the pause before the next one is nine times as long as that |
//! | What does one lose that is killed? | what has happened since the last write, and up to a second of the time |
//! | Who hears of sessions then? | who is named at the start, unless the control API has changed it: then who was registered there, as its secret is kept |
//! | What if an event was under way? | it is told again, as nobody knows whether it has arrived. What is owed to a receiver that was named at the start goes to the one that is named now; where none is, it is dropped and counted |
//! | What is in the file? | two lines of JSON: format, version, length and SHA-256, and the state, which has payors, tokens and secrets of webhooks in clear. Only its owner can read it |
//! | What if the profile or the seed is another one? | the file is refused ([`StateError`]). Without a seed, the one of the file is gone on with. Everything else may be set up anew; clients may be added |
//! | What if it is torn, or was changed? | it is refused and left as it is, however little of it is wrong |
//! | What if two want one file? | the second is refused. The lock is on `FILE.lock`, which stays |
//! | What if it cannot be written? | the sandbox goes on, tries again, and counts it: [`Sandbox::state_failure`], [`StateReport`] |
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
//! | `GET /_sandbox/violations` | | [`ViolationsReport`](judge::ViolationsReport) |
//! | `DELETE /_sandbox/journal` | | [`Forgotten`] |
//! | `GET /_sandbox/faults` | | [`FaultList`] |
//! | `POST /_sandbox/faults` | [`FaultRule`] | 201, [`FaultStanding`] |
//! | `DELETE /_sandbox/faults` | | [`FaultList`], as it was |
//! | `DELETE /_sandbox/faults/{id}` | | [`FaultStanding`], as it was |
//! | `POST /_sandbox/connections/refuse` | [`Refusal`] | the same |
//! | `POST /_sandbox/reset` | | [`Forgotten`] |
//! | `PUT /_sandbox/webhooks` | an object with `session` and `guarantee`, each absent, null, or an object with `url`, `secret` and maybe `faults` ([`WebhookFaults`]); it replaces both | [`WebhooksReport`] |
//! | `GET /_sandbox/webhooks` | | [`WebhooksReport`] |
//! | `DELETE /_sandbox/webhooks` | | [`WebhooksReport`] |
//! | `GET /_sandbox/webhooks/deliveries` | | [`DeliveriesReport`] |
//!
//! A `status` in these documents is a value of the API, and is spelled as the [profile](CancelledSpelling) has it. What is the
//! simulator's own, such as `over`, `step` and the words of an error, is the same under every profile.
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
mod chance;
mod clock;
mod control;
mod defect;
mod details;
mod error;
mod event;
mod fault;
mod flow;
mod hooks;
mod http;
mod journal;
mod json_text;
pub mod judge;
mod line;
mod page;
mod payor;
mod posted;
mod profile;
pub(crate) mod redact;
mod refusals;
mod roster;
mod scenario;
mod screen;
mod server;
mod session;
mod settings;
mod state;
mod terms;
mod timestamp;
mod token;
mod world;

pub use behaviour::Behaviour;
pub use builder::SandboxBuilder;
pub use clock::SandboxClock;
pub use control::webhooks::{DeliveriesReport, WebhookReport, WebhooksReport};
pub use control::{About, Advance, Advanced, Forgotten, JournalReport, Played, Refusal};
#[cfg(feature = "__defects")]
#[doc(hidden)]
pub use defect::table::Defect;
pub use error::SandboxError;
pub use event::BrowserEvent;
pub use fault::kind::{Fault, RefusalShape, RetryAfter};
pub use fault::ledger::{FaultList, FaultMet, FaultStanding};
pub use fault::rule::{FaultRule, Trigger, Turn};
pub use hooks::delivery::{Delivery, DeliveryOutcome, WebhookKind};
pub use hooks::faults::WebhookFaults;
pub use hooks::receiver::{WebhookReceiver, WebhookUrlError};
pub use hooks::status_event::StatusEvent;
pub use hooks::webhook::Webhook;
pub use journal::Exchange;
pub use payor::Payor;
pub use profile::choices::{
    AccountBeforeLogin, AccountNumberShown, CancelDetails, CancelledSpelling, CompletedWebhook,
    CreateStatus, CredentialsTaken, ErrorShape, StatusAccess, TokenLifetime, TokenUse,
};
pub use profile::questions::Question;
pub use profile::text::ProfileError;
pub use profile::{ErrorShapes, Profile};
pub use roster::{Goal, SessionOrder, SessionPage, SessionStanding};
pub use scenario::Scenario;
pub use server::Sandbox;
pub use state::error::{Damage, StateError};
pub use state::standing::StateReport;
