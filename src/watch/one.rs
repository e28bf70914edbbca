//! Waiting for one session.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures_util::stream::{self, Stream, StreamExt as _};

use super::error::{WaitError, WaitErrorKind};
use super::look::{Seen, Source, read_details};
use super::policy::WaitPolicy;
use super::progress::{Progress, Settled};
use crate::client::{Client, Error};
use crate::clock::{after, in_time};
use crate::domain::{ReportedAmount, SessionId};
use crate::session::{
    GuaranteeDetails, Outcome, RiskLevel, SessionDetails, StatusReport, Step, StepReport,
};

/// How often `Completed` without a code is seen before it is taken for the outcome. The code says whether a debit is scheduled.
const UNCLEAR_LOOKS: u32 = 3;

impl Client {
    /// Waits until a session has come out, and returns how. Dropping the future ends the wait, at any time and with nothing
    /// left behind; the session goes on.
    ///
    /// Nothing is sent before the future is polled, and the time of the policy runs from there. A payor who has a page open
    /// takes minutes, so this is for a background job and not for the handler of a web request; the future borrows nothing,
    /// and can be spawned.
    ///
    /// ```no_run
    /// # async fn wait(client: flinks_pay::Client, id: flinks_pay::SessionId) -> Result<(), flinks_pay::WaitError> {
    /// use flinks_pay::WaitPolicy;
    ///
    /// let settled = client.wait(&id, WaitPolicy::default()).await?;
    /// if settled.outcome.is_scheduled() {
    ///     println!("the debit is scheduled, changed amount: {:?}", settled.amount_changed());
    /// } else if settled.outcome.is_unpaid() {
    ///     println!("no money moves: {}", settled.outcome);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The deadline, a pace that is too fast, or a read that failed in a way that will not pass: the
    /// [module](crate::watch) has the table. [`WaitError::last_seen`] is what was known by then.
    pub fn wait(
        &self,
        session: &SessionId,
        policy: WaitPolicy,
    ) -> impl Future<Output = Result<Settled, WaitError>> + Send + use<> {
        let details = policy.details.unwrap_or(false);
        let mut course = Course::new(self.clone(), *session, policy, details);
        async move {
            loop {
                if let Progress::Settled(settled) = course.next().await? {
                    return Ok(settled);
                }
            }
        }
    }

    /// Waits as [`wait`](Self::wait) does, and tells each change on the way. The last item is [`Progress::Settled`] or the
    /// error. Dropping the stream ends the wait.
    ///
    /// The payor's steps and a guarantee that waits for a decision are in the details only, so that they are read as well,
    /// unless [`WaitPolicy::watch_details`] says otherwise.
    ///
    /// Nothing is read while nobody asks for the next item; the deadline comes nevertheless.
    pub fn watch(&self, session: &SessionId, policy: WaitPolicy) -> Watch {
        let session = *session;
        let details = policy.details.unwrap_or(true);
        let course = Course::new(self.clone(), session, policy, details);
        let items = stream::unfold(Some(course), |course| async {
            let mut course = course?;
            let item = course.next().await;
            let over = matches!(item, Ok(Progress::Settled(_)) | Err(_));
            Some((item, (!over).then_some(course)))
        });
        Watch {
            session,
            items: Box::pin(items.fuse()),
        }
    }
}

/// The progress of one session, as a stream; made by [`Client::watch`].
#[must_use = "nothing is read unless the stream is polled"]
pub struct Watch {
    session: SessionId,
    items: Pin<Box<dyn Stream<Item = Result<Progress, WaitError>> + Send>>,
}

impl Watch {
    /// Returns the session that is watched.
    #[must_use]
    pub fn session_id(&self) -> &SessionId {
        &self.session
    }

    /// Waits for the next item; nothing after the last one. Dropping the future loses no item and no time.
    pub async fn next(&mut self) -> Option<Result<Progress, WaitError>> {
        self.items.next().await
    }
}

impl Stream for Watch {
    type Item = Result<Progress, WaitError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.items.as_mut().poll_next(context)
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch")
            .field("session", &self.session)
            .finish_non_exhaustive()
    }
}

/// What is read next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Due {
    Status,
    /// The details, right after a status of a session that has not ended.
    Details,
}

/// A wait under way.
struct Course {
    client: Client,
    session: SessionId,
    policy: WaitPolicy,
    /// When the time is up; nothing before the wait has begun.
    deadline: Option<Instant>,
    /// When the next look is due; nothing while it is the first.
    next_look: Option<Instant>,
    due: Due,
    source: Source,
    /// Whether details are read beside the status.
    details: bool,
    /// An end that the guard of debts has not been told yet.
    untold: Option<Box<Seen>>,
    /// What has been read and not told yet, oldest first.
    news: VecDeque<Progress>,
    /// What ends the wait once the news are told.
    end: Option<WaitError>,

    seen: Option<StatusReport>,
    requested: Option<ReportedAmount>,
    awaits_signature: bool,
    /// How often in a row the session was said to be completed, and nothing more.
    unclear_looks: u32,
    step: Option<Step>,
    decision: Option<(Option<ReportedAmount>, Option<RiskLevel>)>,
    /// What failed last and has not succeeded since.
    trouble: Option<(Due, Error)>,
    failed_looks: u32,
}

impl Course {
    fn new(client: Client, session: SessionId, policy: WaitPolicy, details: bool) -> Self {
        Self {
            client,
            session,
            policy,
            deadline: None,
            next_look: None,
            due: Due::Status,
            source: Source::default(),
            details,
            untold: None,
            news: VecDeque::new(),
            end: None,
            seen: None,
            requested: policy.requested.map(ReportedAmount::from),
            awaits_signature: false,
            unclear_looks: 0,
            step: None,
            decision: None,
            trouble: None,
            failed_looks: 0,
        }
    }

    /// Returns what comes next. After [`Progress::Settled`] or an error there is nothing to come.
    async fn next(&mut self) -> Result<Progress, WaitError> {
        let deadline = self.begin()?;
        loop {
            // Not within the time of the look: what was read is safe by now, however long the guard takes.
            if let Some(seen) = self.untold.take() {
                Box::pin(seen.tell(&self.client)).await;
            }
            if let Some(news) = self.news.pop_front() {
                return Ok(news);
            }
            if let Some(end) = self.end.take() {
                return Err(end);
            }
            self.pause(deadline).await;
            let clock = Arc::clone(self.client.clock());
            let in_time = if clock.now() < deadline {
                // On the heap: a look is large, and what waits is mostly at rest.
                in_time(&*clock, deadline, Box::pin(self.look())).await
            } else {
                None
            };
            if in_time.is_none() {
                self.time_is_up();
            }
        }
    }

    /// Returns the deadline. The first time, the policy is checked and the time begins.
    fn begin(&mut self) -> Result<Instant, WaitError> {
        if let Some(deadline) = self.deadline {
            return Ok(deadline);
        }
        self.policy.check(self.client.environment())?;
        let deadline = after(&**self.client.clock(), self.policy.limit);
        self.deadline = Some(deadline);
        Ok(deadline)
    }

    /// Waits until the next look is due, and not past the deadline.
    async fn pause(&self, deadline: Instant) {
        let clock = self.client.clock();
        if let Some(until) = self.next_look.map(|due| due.min(deadline))
            && clock.now() < until
        {
            clock.sleep_until(until).await;
        }
    }

    async fn look(&mut self) {
        match self.due {
            Due::Status => match self.source.look(&self.client, &self.session).await {
                Ok(seen) => {
                    self.note(&seen);
                    self.remember(seen);
                }
                Err(error) => self.failed(error),
            },
            Due::Details => match read_details(&self.client, &self.session).await {
                Ok(details) => {
                    if self.recovered(Due::Details) {
                        self.news.extend(self.seen.clone().map(Progress::Status));
                    }
                    self.note_details(&details);
                    self.rest(None);
                    self.remember(Seen::of(details));
                }
                Err(error) => {
                    // Not what is waited for: it ends the asking, not the wait.
                    self.details = WaitErrorKind::of(&error).is_none();
                    let asked = error.retry_after();
                    self.troubled(Due::Details, error);
                    self.rest(asked);
                }
            },
        }
    }

    /// The look is over: sets when the next one begins. Counted from here, so that a slow answer and the request after it do
    /// not come closer to each other than the pace allows.
    fn rest(&mut self, asked: Option<Duration>) {
        let pace = self.policy.every;
        let pause = pace.max(asked.unwrap_or_default());
        let chance = self.client.chance(pace / 10);
        self.next_look = Some(after(&**self.client.clock(), pause.saturating_add(chance)));
        self.due = Due::Status;
    }

    /// Keeps an end for the guard of debts.
    fn remember(&mut self, seen: Seen) {
        if seen.outcome().is_some() {
            self.untold = Some(Box::new(seen));
        }
    }

    fn note(&mut self, seen: &Seen) {
        let outcome = seen.outcome();
        let Seen { report, details } = seen;
        self.failed_looks = 0;
        if self.recovered(Due::Status) || self.seen.as_ref() != Some(report) {
            self.news.push_back(Progress::Status(report.clone()));
        }
        self.seen = Some(report.clone());
        let awaits_signature = outcome == Some(Outcome::AwaitingPadSignature);
        if awaits_signature && !self.awaits_signature {
            self.news.push_back(Progress::AwaitingPadSignature);
        }
        self.awaits_signature = awaits_signature;
        // The code may be a look behind the status.
        let is_unclear = outcome == Some(Outcome::Unclear(None));
        self.unclear_looks = if is_unclear {
            self.unclear_looks + 1
        } else {
            0
        };
        let goes_on = match &outcome {
            None => true,
            Some(_) if is_unclear => self.unclear_looks < UNCLEAR_LOOKS,
            Some(outcome) => !outcome.is_final() && self.policy.until_signed,
        };
        if let Some(details) = details {
            self.note_details(details);
        }
        match outcome {
            Some(outcome) if !goes_on => self.news.push_back(Progress::Settled(Settled {
                report: report.clone(),
                outcome,
                requested: self.requested.take(),
            })),
            _ => {
                self.requested = self.requested.take().or(report.amount.clone());
                if self.details && details.is_none() {
                    self.due = Due::Details;
                    self.next_look = None;
                } else {
                    self.rest(None);
                }
            }
        }
    }

    fn note_details(&mut self, details: &SessionDetails) {
        let SessionDetails {
            step,
            guarantee_details,
            ..
        } = details;
        let step = step.as_ref().and_then(|step| {
            let StepReport { current, .. } = step;
            current.clone()
        });
        if let Some(step) = step.filter(|step| self.step.as_ref() != Some(step)) {
            self.news.push_back(Progress::Step(step.clone()));
            self.step = Some(step);
        }
        // Of a session that has ended nothing is left to decide, though its details may say so for ever.
        let decision = guarantee_details
            .as_ref()
            .filter(|_| !details.is_final())
            .and_then(undecided);
        if let Some((amount, risk)) = decision
            .clone()
            .filter(|decision| self.decision.as_ref() != Some(decision))
        {
            self.news
                .push_back(Progress::GuaranteeDecisionNeeded { amount, risk });
        }
        self.decision = decision;
    }

    fn failed(&mut self, error: Error) {
        self.failed_looks = self.failed_looks.saturating_add(1);
        let too_many = self
            .policy
            .tolerated
            .is_some_and(|tolerated| self.failed_looks > tolerated)
            .then_some(WaitErrorKind::TooManyFailures);
        if let Some(kind) = WaitErrorKind::of(&error).or(too_many) {
            self.end = Some(self.ended(kind, Some(error)));
        } else {
            let asked = error.retry_after();
            self.troubled(Due::Status, error);
            self.rest(asked);
        }
    }

    /// Tells a trouble, unless it is the one that was told last.
    fn troubled(&mut self, place: Due, error: Error) {
        let same = |known: &Error| {
            (known.operation(), known.kind(), known.status())
                == (error.operation(), error.kind(), error.status())
        };
        if !matches!(&self.trouble, Some((_, known)) if same(known)) {
            self.news.push_back(Progress::Trouble(error.clone()));
        }
        self.trouble = Some((place, error));
    }

    /// A read went well. Returns whether a trouble with it is over by that, which is told by the report.
    fn recovered(&mut self, place: Due) -> bool {
        self.trouble.take_if(|(known, _)| *known == place).is_some()
    }

    fn time_is_up(&mut self) {
        let trouble = match &self.trouble {
            Some((Due::Status, error)) => Some(error.clone()),
            _ => None,
        };
        self.end = Some(self.ended(WaitErrorKind::Deadline, trouble));
    }

    fn ended(&self, kind: WaitErrorKind, cause: Option<Error>) -> WaitError {
        WaitError::new(kind)
            .last_seeing(self.seen.clone())
            .by(cause)
    }
}

/// What is to be decided about, if a guarantee waits for it.
fn undecided(guarantee: &GuaranteeDetails) -> Option<(Option<ReportedAmount>, Option<RiskLevel>)> {
    let GuaranteeDetails {
        highest_debit_amount_to_guarantee,
        overall_risk_level,
        ..
    } = guarantee;
    guarantee.is_undecided().then(|| {
        (
            highest_debit_amount_to_guarantee.clone(),
            overall_risk_level.clone(),
        )
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::future::ready;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::client::transport::{Exchange, Lost, Transport};
    use crate::client::{Credentials, Environment, ErrorKind, Retries};
    use crate::clock::ManualClock;

    /// Fails at once, which no socket does, and counts.
    #[derive(Debug, Default)]
    struct Nowhere(AtomicUsize);

    impl Transport for Nowhere {
        fn send(&self, _: reqwest::Request) -> Exchange<'_> {
            self.0.fetch_add(1, Ordering::SeqCst);
            Box::pin(ready(Err(Lost {
                kind: ErrorKind::Connect,
                source: "nowhere".into(),
            })))
        }
    }

    #[tokio::test]
    async fn nothing_is_sent_at_the_deadline_however_fast_the_answer_would_be() {
        for (limit, sent) in [(Duration::ZERO, 0), (Duration::from_nanos(1), 1)] {
            let (clock, nowhere) = (ManualClock::new(), Arc::new(Nowhere::default()));
            let base = Environment::custom("http://127.0.0.1:9").unwrap();
            let client = Client::builder(base, Credentials::api_key("key-1", "shop").unwrap())
                .clock(Arc::new(clock.clone()))
                .retries(Retries::off())
                .build()
                .unwrap()
                .carried_by(Arc::clone(&nowhere) as Arc<dyn Transport>);
            let session = SessionId::new("8c5b1f70-3d2e-4e99-b1a4-6f07d25ec318").unwrap();
            let wait = client.wait(&session, WaitPolicy::default().for_at_most(limit));
            let wait = tokio::spawn(wait);
            tokio::task::yield_now().await;
            clock.advance(limit);
            let error = wait.await.unwrap().unwrap_err();
            assert_eq!(error.kind(), WaitErrorKind::Deadline);
            assert_eq!(nowhere.0.load(Ordering::SeqCst), sent);
        }
    }
}
