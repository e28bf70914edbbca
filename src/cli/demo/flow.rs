//! The course of one payment: token, session, payor, status, account.

mod person;

use std::time::Duration;

use flinks_pay::client::{ErrorKind, Response};
use flinks_pay::domain::{GuaranteedReferenceId, RegularReferenceId, ReportedAmount, SessionId};
use flinks_pay::session::{PayorAccount, SessionRequest};
use tokio::time::sleep;

use self::person::Patience;
use super::failure;
use super::report::Report;
use super::scenario::{Product, Scenario};
use super::step::Step;
use super::target::Target;
use crate::cli::args::DemoArgs;
use crate::cli::control::Control;
use crate::cli::output::Sink;
use crate::cli::problem::Problem;
use crate::cli::seen::StatusSeen;

/// How far the simulator's time is moved for a session to expire.
const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// More screens than the hosted page has.
const MANY_SCREENS: u32 = 30;

/// One payment under way.
pub(super) struct Flow<'a> {
    target: &'a Target,
    scenario: Scenario,
    pace: Duration,
    report: &'a mut Report,
    sink: &'a mut dyn Sink,
}

impl<'a> Flow<'a> {
    pub(super) fn new(
        target: &'a Target,
        args: &DemoArgs,
        report: &'a mut Report,
        sink: &'a mut dyn Sink,
    ) -> Self {
        Self {
            target,
            scenario: args.scenario,
            pace: Duration::from_millis(args.pace),
            report,
            sink,
        }
    }

    /// Runs the payment to its end. Returns the last status, which is final.
    pub(super) async fn run(&mut self, product: Product) -> Result<StatusSeen, Problem> {
        self.authorize().await?;
        let session = self.create(product).await?;
        let first = self.look(&session).await?;
        let last = match &self.target.control {
            _ if self.scenario == Scenario::Cancel => self.cancel(&session).await?,
            Some(control) if self.scenario == Scenario::Expire => {
                self.expire(control, &session).await?
            }
            Some(control) => self.play(control, &session).await?,
            None if first.is_final() => first,
            None => self.wait_for_person(&session, Patience::default()).await?,
        };
        self.settle(&session, &last).await?;
        Ok(last)
    }

    async fn authorize(&mut self) -> Result<(), Problem> {
        self.sink.waiting("asking for a token");
        let step = match self.target.client.authorize().await {
            Ok(token) => Step::Token {
                lifetime_seconds: token.lifetime.as_secs(),
            },
            // An API key is sent with every call; there is no token to ask for.
            Err(error) if error.kind() == ErrorKind::Configuration => Step::ApiKey,
            Err(error) => return Err(self.failed(&error)),
        };
        self.show(step).await;
        Ok(())
    }

    async fn create(&mut self, product: Product) -> Result<SessionId, Problem> {
        let request = self.scenario.request(product).map_err(|violations| {
            Problem::new("the demo's own request breaks a rule", "report it").caused_by(&violations)
        })?;
        let (amount, reference) = match &request {
            SessionRequest::Guaranteed(request) => (
                request.amount(),
                request.reference_id().map(GuaranteedReferenceId::expose),
            ),
            SessionRequest::Regular(request) => (
                request.amount(),
                request.reference_id().map(RegularReferenceId::expose),
            ),
        };
        self.report.requested_amount = amount;
        self.show(Step::Request {
            product,
            amount,
            reference_id: reference.map(str::to_owned),
        })
        .await;
        self.sink.waiting("creating the session");
        let created = self
            .target
            .client
            .create(&request)
            .await
            .map_err(|error| self.failed(&error))?;
        let session = created.session_id;
        self.report.session_id = Some(session);
        self.show(Step::Session {
            session_id: session.expose(),
        })
        .await;
        self.departures("createSession", &created).await;
        let url = self.target.client.hosted_url(&session).to_string();
        self.report.hosted_url = Some(url.clone());
        self.show(Step::HostedPage { url }).await;
        Ok(session)
    }

    /// Asks for the status, and shows it if it has changed.
    async fn look(&mut self, session: &SessionId) -> Result<StatusSeen, Problem> {
        let status = self
            .target
            .client
            .status(session)
            .await
            .map_err(|error| self.failed(&error))?;
        self.seen(StatusSeen::of(&status)).await;
        self.departures("getSessionStatus", &status).await;
        Ok(StatusSeen::of(&status))
    }

    async fn seen(&mut self, seen: StatusSeen) {
        if self.report.statuses.last() != Some(&seen) {
            self.report.statuses.push(seen.clone());
            self.show(Step::Status(seen)).await;
        }
    }

    /// Plays the payor, screen by screen, to the end of the hosted page.
    async fn play(
        &mut self,
        control: &Control,
        session: &SessionId,
    ) -> Result<StatusSeen, Problem> {
        for _ in 0..MANY_SCREENS {
            let over = self.play_screen(control, session).await?;
            let seen = self.look(session).await?;
            if over && seen.is_final() {
                return Ok(seen);
            }
            if over {
                break;
            }
        }
        Err(failure::unfinished(
            self.report,
            "the payor is through, and the session has not ended",
        ))
    }

    async fn play_screen(
        &mut self,
        control: &Control,
        session: &SessionId,
    ) -> Result<bool, Problem> {
        self.sink.waiting("the payor is in the hosted page");
        let played = control
            .step(session)
            .await
            .map_err(|error| self.not_controlled(&error))?;
        self.show(Step::Payor {
            screen: played.step,
            events: played.events,
        })
        .await;
        Ok(played.over)
    }

    /// Cancels the session, with the payor under way where there is one.
    async fn cancel(&mut self, session: &SessionId) -> Result<StatusSeen, Problem> {
        if let Some(control) = &self.target.control {
            for _ in 0..2 {
                self.play_screen(control, session).await?;
                self.look(session).await?;
            }
        }
        self.sink.waiting("cancelling the session");
        let cancelled = self
            .target
            .client
            .cancel(session)
            .await
            .map_err(|error| self.failed(&error))?;
        self.show(Step::Cancel).await;
        self.departures("cancelSession", &cancelled).await;
        self.final_status(session).await
    }

    /// Lets the session time out.
    async fn expire(
        &mut self,
        control: &Control,
        session: &SessionId,
    ) -> Result<StatusSeen, Problem> {
        self.play_screen(control, session).await?;
        self.look(session).await?;
        control
            .advance(A_DAY)
            .await
            .map_err(|error| self.not_controlled(&error))?;
        self.show(Step::Clock {
            advanced_seconds: A_DAY.as_secs(),
        })
        .await;
        // The token has expired as well, by the simulator's time; by the client's, no time has passed.
        self.authorize().await?;
        self.final_status(session).await
    }

    async fn final_status(&mut self, session: &SessionId) -> Result<StatusSeen, Problem> {
        let seen = self.look(session).await?;
        if seen.is_final() {
            return Ok(seen);
        }
        Err(failure::unfinished(
            self.report,
            "the session has not ended, although it should have",
        ))
    }

    /// Shows what is known once the session has ended: the account, and what the payment comes to.
    async fn settle(&mut self, session: &SessionId, last: &StatusSeen) -> Result<(), Problem> {
        self.sink.waiting("reading the details");
        let details = self
            .target
            .client
            .details(session)
            .await
            .map_err(|error| self.failed(&error))?;
        self.departures("getSessionDetails", &details).await;
        let account = details.payor.as_ref().and_then(|payor| payor.account());
        let masked = account.and_then(PayorAccount::masked_number);
        self.report.account.clone_from(&masked);
        self.show(Step::Account { masked }).await;

        let requested = self.report.requested_amount;
        let debited = details.amount.clone().filter(|_| last.is_scheduled());
        let asked = requested.and_then(|amount| i64::try_from(amount.cents()).ok());
        let differ = asked.is_some()
            && debited.is_some()
            && asked != debited.as_ref().and_then(ReportedAmount::cents);
        self.report.final_amount.clone_from(&debited);
        self.show(Step::Amounts {
            requested,
            r#final: debited,
            differ,
        })
        .await;
        Ok(())
    }

    /// Shows where an answer departs from the contract. That is no failure; it is worth a look.
    async fn departures<T>(&mut self, operation: &'static str, answer: &Response<T>) {
        for departure in answer.nonconformances() {
            self.show(Step::Departure {
                operation,
                what: departure.to_string(),
            })
            .await;
        }
    }

    async fn show(&mut self, step: Step) {
        self.sink.step(&step);
        self.report.steps.push(step);
        if !self.pace.is_zero() {
            sleep(self.pace).await;
        }
    }

    fn failed(&self, error: &flinks_pay::client::Error) -> Problem {
        failure::of_call(self.report, self.target.client.environment(), error)
    }

    fn not_controlled(&self, error: &crate::cli::control::ControlError) -> Problem {
        failure::of_control(self.report, self.target.client.environment(), error)
    }
}
