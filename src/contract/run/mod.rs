//! The suite against a server that runs: where it departs from a contract, and from what is documented.
//!
//! It begins with what is cheap and creates nothing, ends every session that it has created, and goes on after a difference: all
//! of them are reported, each as what was sent, what came back and what the contract says.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use flinks_pay::contract::run::Run;
//! use flinks_pay::sandbox::Sandbox;
//! use flinks_pay::spec::Document;
//! use flinks_pay::{Credentials, Environment};
//!
//! let sandbox = Sandbox::start().await?;
//! let environment = Environment::custom(sandbox.base_url().as_str())?;
//! let credentials = Credentials::basic(sandbox.client_id(), sandbox.client_secret())?;
//! let contract = Document::read("openapi/flinks-pay.yaml".as_ref())?;
//!
//! let report = Run::new(environment, credentials).read_only().against(&contract).await?;
//! assert!(report.is_clean() && report.sessions == 0);
//! # Ok(())
//! # }
//! ```

mod error;
mod exchanges;
mod html;
mod json;
mod junit;
mod reach;
mod report;
mod says;
mod text;
mod witnesses;

use std::time::Duration;

pub use self::error::RunError;
pub use self::report::{Drift, RunReport, WitnessTally};
use super::tour::{self, Outcome, Tour};
use crate::client::{Credentials, Environment};
use crate::clock::{Clock as _, SystemClock, after};
use crate::sandbox::Profile;
use crate::spec::Document;

/// A run of the suite against one server.
#[derive(Debug, Clone)]
#[must_use]
pub struct Run {
    environment: Environment,
    credentials: Credentials,
    profile: Profile,
    read_only: bool,
    max_sessions: Option<usize>,
    pace: Option<Duration>,
    deadline: Duration,
    seed: u64,
}

impl Run {
    /// How long a run takes at most, where nothing else is said, before it only cleans up.
    pub const DEADLINE: Duration = Duration::from_secs(15 * 60);

    /// A run at the server there, as this client. A simulator on this machine is controlled: its time is moved, and its webhooks
    /// are registered anew.
    pub fn new(environment: Environment, credentials: Credentials) -> Self {
        Self {
            environment,
            credentials,
            profile: Profile::STRICT,
            read_only: false,
            max_sessions: None,
            pace: None,
            deadline: Self::DEADLINE,
            seed: 7,
        }
    }

    /// Creates no session and controls nothing.
    pub fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// Creates at most so many sessions: by default [`Tour::SESSIONS`], and at a simulator on this machine as many as are wanted.
    pub fn max_sessions(mut self, most: usize) -> Self {
        self.max_sessions = Some(most);
        self
    }

    /// Waits so long before each request: by default [`Tour::PACE`], and on this machine not at all.
    pub fn pace(mut self, pace: Duration) -> Self {
        self.pace = Some(pace);
        self
    }

    /// Ends after so long. What was not played by then is told as skipped.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Expects the answers of this profile where the vendor's pages disagree.
    pub fn profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    /// Draws witnesses by this seed.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Runs, by what this contract says.
    ///
    /// # Errors
    ///
    /// The contract cannot be used, or the server cannot be asked: it is not there, is something else, or does not take the
    /// credentials. A departure is no error.
    pub async fn against(self, contract: &Document) -> Result<RunReport, RunError> {
        let never = std::future::pending();
        self.against_until(contract, never, |_| {}).await
    }

    /// The same until somebody asks it to stop, which ends what was created all the same. Each scenario is told when it has been
    /// played.
    ///
    /// # Errors
    ///
    /// As for [`against`](Self::against).
    pub async fn against_until(
        self,
        contract: &Document,
        stop: impl Future<Output = ()>,
        told: impl FnMut(&Outcome),
    ) -> Result<RunReport, RunError> {
        let asking = witnesses::Asking::of(contract, self.seed)?;
        let credentials = reach::credentials(&self.environment, &self.credentials).await?;
        let mut tour = Tour::new(self.environment.clone(), credentials).profile(self.profile);
        if self.read_only {
            tour = tour.read_only();
        } else if self.environment.is_loopback() {
            tour = tour.controlled();
        }
        if let Some(most) = self.max_sessions {
            tour = tour.max_sessions(most);
        }
        if let Some(pace) = self.pace {
            tour = tour.pace(pace);
        }
        let end = after(&SystemClock, self.deadline);
        let mut stopping = std::pin::pin!(async {
            tokio::select! {
                biased;
                () = stop => "it was interrupted",
                () = SystemClock.sleep_until(end) => "the time is over",
            }
        });
        let visit = tour.begin().await?;
        let simulator = visit.0.control.is_some();
        let mut stopped = None;
        let scenarios = visit
            .play(
                |_| true,
                async {
                    let why = stopping.as_mut().await;
                    stopped = Some(why);
                    why
                },
                told,
            )
            .await;
        let asked = if let Some(why) = stopped {
            Ok(witnesses::Asking::skipped(why))
        } else {
            tokio::select! {
                biased;
                why = &mut stopping => {
                    stopped = Some(why);
                    Ok(witnesses::Asking::skipped(why))
                }
                asked = asking.ask(&visit, self.read_only) => asked,
            }
        };
        // Whatever has happened, what was created is ended.
        let exchanges = visit.end().await;
        let asked = asked?;
        let mut report = RunReport {
            server: self.environment.to_string(),
            simulator,
            read_only: self.read_only,
            seed: self.seed,
            sessions: tour::created(&exchanges),
            left_open: tour::open(&exchanges).len(),
            stopped: stopped.map(str::to_owned),
            requests: exchanges.len(),
            drift: Vec::new(),
            scenarios,
            witnesses: asked.tally,
        };
        for outcome in &report.scenarios {
            for failure in &outcome.failures {
                let drift = Drift::of(outcome.name, failure, contract);
                // What is found again says nothing more.
                let known = |it: &Drift| it.says_as_much_as(&drift);
                if !report.drift.iter().any(known) {
                    report.drift.push(drift);
                }
            }
        }
        report.drift.extend(asked.drift);
        let judged = exchanges::judged(contract, asking.facade(), &exchanges)?;
        report.drift.extend(judged);
        Ok(report)
    }
}
