//! A tour of a server: scenarios that are played there over real sockets, by this crate's client and by requests that it would
//! never send, and what is expected of every answer.
//!
//! What is expected is read from the contract, from its rules and from `openapi/deviations.toml`, and where all of them are silent
//! from what the [sandbox](crate::sandbox) says of itself. An expectation that fails is reported, and the tour goes on; a scenario
//! that cannot be played at a server is told as skipped.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use flinks_pay::contract::tour::Tour;
//! use flinks_pay::sandbox::Sandbox;
//!
//! let sandbox = Sandbox::start().await?;
//! let report = Tour::of(&sandbox)?.run().await?;
//! assert!(report.is_clean(), "{:?}", report.failures().next());
//! assert!(report.held() > 1_000 && report.exchanges.len() > 500);
//! # Ok(())
//! # }
//! ```

mod control;
mod home;
mod inbox;
mod report;
mod scenario;
mod scene;
mod show;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use self::control::Control;
pub use self::home::simulators;
use self::inbox::Inbox;
pub use self::report::{Basis, Failure, Outcome, Report};
pub use self::scenario::{Needs, Scenario};
use self::scene::{Course, Inboxes, Scene, Who};
use super::line::{Line, Raw, Record};
use super::{Exchange, Sender};
use crate::client::{Credentials, CredentialsError, Environment, EnvironmentError, Scheme};
use crate::sandbox::{CredentialsTaken, Profile, Sandbox, SandboxError};
use crate::session::Operation;
use crate::webhook::WebhookSecret;

/// A tour: where it goes, who calls there, and what may be done.
#[derive(Clone)]
#[must_use]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is about something else"
)]
pub struct Tour {
    environment: Environment,
    credentials: Credentials,
    other: Option<Credentials>,
    key: Option<Credentials>,
    profile: Profile,
    regular_eft: bool,
    settlement_account: bool,
    control: bool,
    read_only: bool,
    max_sessions: Option<usize>,
    pace: Duration,
}

/// Why a tour could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TourError {
    /// The address cannot be used.
    #[error(transparent)]
    Environment(#[from] EnvironmentError),
    /// The credentials cannot be used.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    /// A simulator does not start.
    #[error("the simulator does not start")]
    Simulator(#[from] SandboxError),
    /// No HTTP client can be made.
    #[error("the requests cannot be set up")]
    Setup(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Tour {
    /// How many sessions are created at most where nothing else is said, but for a simulator that may be controlled: there it is
    /// as many as are wanted.
    pub const SESSIONS: usize = 25;

    /// How long is waited before each request to a server that is not on this machine, where nothing else is said.
    pub const PACE: Duration = Duration::from_millis(500);

    /// A tour of the server there, as this client. It creates up to [`SESSIONS`](Self::SESSIONS) sessions, and cancels them.
    pub fn new(environment: Environment, credentials: Credentials) -> Self {
        let pace = if environment.is_loopback() {
            Duration::ZERO
        } else {
            Self::PACE
        };
        Self {
            environment,
            credentials,
            other: None,
            key: None,
            profile: Profile::STRICT,
            regular_eft: true,
            settlement_account: true,
            control: false,
            read_only: false,
            max_sessions: None,
            pace,
        }
    }

    /// A tour of a simulator of this process, as its first client: everything is played there.
    ///
    /// # Errors
    ///
    /// None in fact: its address and its credentials can be used.
    pub fn of(sandbox: &Sandbox) -> Result<Self, TourError> {
        let environment = Environment::custom(sandbox.base_url().as_str())?;
        let (id, secret) = (sandbox.client_id(), sandbox.client_secret());
        let key = sandbox.api_key().map(|key| Credentials::api_key(key, id));
        let key = key.transpose()?;
        let credentials = match (sandbox.profile().credentials, &key) {
            (CredentialsTaken::ApiKey, Some(key)) => key.clone(),
            (CredentialsTaken::Form, _) => Credentials::form(id, secret)?,
            _ => Credentials::basic(id, secret)?,
        };
        let mut tour = Self::new(environment, credentials)
            .profile(*sandbox.profile())
            .controlled();
        tour.key = key;
        Ok(tour)
    }

    /// Has another client, whose sessions are not the first one's, call as well.
    pub fn another(mut self, credentials: Credentials) -> Self {
        self.other = Some(credentials);
        self
    }

    /// Has the same client call with an API key as well.
    pub fn api_key(mut self, credentials: Credentials) -> Self {
        self.key = Some(credentials);
        self
    }

    /// Expects the answers of this profile where the vendor's pages disagree; [`Profile::STRICT`] by default.
    pub fn profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    /// Says that the client may not create regular EFT sessions.
    pub fn without_regular_eft(mut self) -> Self {
        self.regular_eft = false;
        self
    }

    /// Says that the client has no settlement account.
    pub fn without_settlement_account(mut self) -> Self {
        self.settlement_account = false;
        self
    }

    /// Lets the tour use the control API of a simulator, if the server is one: it plays payors, moves the time, which ends the
    /// sessions and tokens of others, and registers webhooks in the place of those that are registered.
    pub fn controlled(mut self) -> Self {
        self.control = true;
        self
    }

    /// Creates no session.
    pub fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// Creates at most so many sessions.
    pub fn max_sessions(mut self, most: usize) -> Self {
        self.max_sessions = Some(most);
        self
    }

    /// Waits so long before each request.
    pub fn pace(mut self, pace: Duration) -> Self {
        self.pace = pace;
        self
    }

    /// Plays every scenario that can be played there, from the cheap and safe to the expensive.
    ///
    /// # Errors
    ///
    /// No client can be made. A server that cannot be reached is a failed expectation of each scenario.
    pub async fn run(self) -> Result<Report, TourError> {
        self.run_only(|_| true).await
    }

    /// The same of some scenarios. The others are told as skipped.
    ///
    /// # Errors
    ///
    /// As for [`run`](Self::run).
    pub async fn run_only(self, wanted: impl Fn(&Scenario) -> bool) -> Result<Report, TourError> {
        let visit = self.begin().await?;
        let scenarios = visit.play(wanted, std::future::pending(), |_| {}).await;
        Ok(Report {
            scenarios,
            exchanges: visit.end().await,
        })
    }

    /// Sets everything up and asks for nothing yet.
    pub(super) async fn begin(self) -> Result<Visit, TourError> {
        Ok(Visit(Arc::new(self.prepared().await?)))
    }

    /// How many sessions may be created.
    fn most(&self, is_controlled: bool) -> usize {
        let usual = if is_controlled {
            usize::MAX
        } else {
            Self::SESSIONS
        };
        self.max_sessions.unwrap_or(usual)
    }

    async fn prepared(self) -> Result<Course, TourError> {
        let setup = |error: reqwest::Error| TourError::Setup(error.without_url().into());
        let record = Record::default();
        let line = Line::to(&self.environment, Some(record.clone())).map_err(setup)?;
        let line = line.paced(self.pace);
        let mut control = None;
        if self.control && !self.read_only {
            let unrecorded = Line::to(&self.environment, None).map_err(setup)?;
            control = Control::of(unrecorded).await;
        }
        let mut inboxes = None;
        if control.is_some() {
            let io = |error: std::io::Error| TourError::Setup(error.into());
            inboxes = Some(Inboxes {
                session: Inbox::open(record.clone(), true).await.map_err(io)?,
                guarantee: Inbox::open(record.clone(), false).await.map_err(io)?,
            });
        }
        // Nobody else knows it.
        let secret = uuid::Uuid::new_v4().simple().to_string();
        let secret = WebhookSecret::new(&secret).map_err(|it| TourError::Setup(it.into()))?;
        Ok(Course::new(self, line, record, control, inboxes, secret))
    }
}

/// A tour that is under way.
pub(super) struct Visit(pub(super) Arc<Course>);

impl Visit {
    /// Plays scenarios until there is a reason to stop. Each is told when it has been played.
    pub(super) async fn play(
        &self,
        wanted: impl Fn(&Scenario) -> bool,
        stop: impl Future<Output = &'static str>,
        mut told: impl FnMut(&Outcome),
    ) -> Vec<Outcome> {
        let Self(course) = self;
        let mut stop = std::pin::pin!(stop);
        let mut stopped: Option<String> = None;
        let mut outcomes = Vec::new();
        for scenario in Scenario::ALL {
            let mut scene = Scene::new(course, scenario.name);
            scene.outcome.skipped = match &stopped {
                Some(why) => Some(why.clone()),
                None if wanted(scenario) => course.lacks(scenario),
                None => Some("it was not asked for".to_owned()),
            };
            if scene.outcome.skipped.is_none() {
                let ended = tokio::select! {
                    biased;
                    why = &mut stop => Some(why),
                    () = scenario.play(&mut scene) => None,
                };
                stopped = ended.map(str::to_owned);
                // What has failed by then has failed.
                scene.outcome.skipped = stopped
                    .clone()
                    .filter(|_| scene.outcome.failures.is_empty());
            }
            told(&scene.outcome);
            outcomes.push(scene.outcome);
        }
        outcomes
    }

    /// Cancels what may be open, and returns everything that travelled.
    pub(super) async fn end(self) -> Vec<Exchange> {
        let Self(course) = self;
        course.line.quiet().await;
        course.clean_up().await;
        course.record.all()
    }
}

impl Course {
    /// Where it goes, and who calls.
    pub(super) fn who(&self) -> (Environment, Credentials) {
        (self.tour.environment.clone(), self.tour.credentials.clone())
    }

    /// How many sessions may be created in all.
    pub(super) fn tour_most(&self) -> usize {
        self.tour.most(self.control.is_some())
    }

    /// Why a scenario cannot be played here.
    fn lacks(&self, scenario: &Scenario) -> Option<String> {
        let (tour, needs) = (&self.tour, &scenario.needs);
        let has_secret = !matches!(tour.credentials.0, Scheme::ApiKey { .. });
        let why = if needs.sessions > 0 && tour.read_only {
            "nothing may be created"
        } else if needs.sessions > self.left() {
            return Some(format!(
                "it creates {} sessions, and {} are left",
                needs.sessions,
                self.left()
            ));
        } else if needs.control && self.control.is_none() {
            "the server has no control API that may be used"
        } else if needs.another && tour.other.is_none() {
            "there is no other client"
        } else if needs.key && tour.key.is_none() {
            "there is no API key"
        } else if needs.secret && !has_secret {
            "there is no client secret"
        } else if needs.regular_eft == Some(!tour.regular_eft) {
            if tour.regular_eft {
                "the client may create regular EFT sessions"
            } else {
                "the client may not create regular EFT sessions"
            }
        } else if needs.settlement_account == Some(!tour.settlement_account) {
            if tour.settlement_account {
                "the client has a settlement account"
            } else {
                "the client has no settlement account"
            }
        } else {
            return None;
        };
        Some(why.to_owned())
    }

    /// Cancels what was created and may be open still.
    async fn clean_up(&self) {
        if let Some(control) = &self.control {
            // Nobody is told of what happens after the tour.
            let _ = control.register(Value::Null, Value::Null).await;
        }
        let open = open(&self.record.all());
        for session in open {
            let raw = scene::raw(Operation::CancelSession, &session);
            if let Ok(raw) = self.signed(raw, &Who::Us).await {
                let _ = self.send(raw).await;
            }
        }
    }
}

/// A request that changes nothing, by which a server says whether it takes credentials.
pub(super) fn probe(credentials: &Credentials) -> Raw {
    let by_form = matches!(credentials.0, Scheme::Form { .. });
    let nobody = scene::raw(Operation::GetSessionStatus, scene::NONE);
    match Course::grant(credentials, by_form) {
        Some(raw) => raw,
        None => scene::with_key(nobody.clone(), credentials).unwrap_or(nobody),
    }
}

/// The two halves of an exchange as a report shows them.
pub(super) fn shown(exchange: &Exchange) -> (String, String) {
    (show::sent(exchange), show::received(exchange))
}

/// How many sessions were created.
pub(super) fn created(exchanges: &[Exchange]) -> usize {
    let created = |exchange: &&Exchange| {
        exchange.by == Sender::Client
            && exchange.target == Operation::CreateSession.path()
            && exchange.status.is_success()
    };
    exchanges.iter().filter(created).count()
}

/// The sessions that were created and are not known to have ended.
pub(super) fn open(exchanges: &[Exchange]) -> Vec<String> {
    let mut open = Vec::new();
    for exchange in exchanges {
        let body: Value = serde_json::from_slice(&exchange.answer).unwrap_or_default();
        let said = |member| body.get(member).and_then(Value::as_str).unwrap_or_default();
        if let Some(session) = refused_cancel(exchange) {
            open.retain(|known| known != session);
        }
        let session = said("sessionId");
        if exchange.by == Sender::Server || session.is_empty() {
            continue;
        }
        if exchange.target == Operation::CreateSession.path() {
            open.push(session.to_owned());
        }
        let ended = ["Failed", "Canceled", "Cancelled", "Expired"].contains(&said("status"))
            || body.get("statusDetails") == Some(&json!("EFT0301"));
        if ended {
            open.retain(|known| known != session);
        }
    }
    open
}

/// The session of a cancel that is refused as the session has ended already.
fn refused_cancel(exchange: &Exchange) -> Option<&str> {
    let (before, after) = Operation::CancelSession.path().split_once("{sessionId}")?;
    let session = exchange.target.strip_prefix(before)?.strip_suffix(after)?;
    let ended = [400, 409].contains(&exchange.status.as_u16());
    (ended && exchange.method == http::Method::POST).then_some(session)
}

/// No credentials.
impl fmt::Debug for Tour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tour")
            .field("environment", &self.environment)
            .field("read_only", &self.read_only)
            .field("max_sessions", &self.max_sessions)
            .finish_non_exhaustive()
    }
}
