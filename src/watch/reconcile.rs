//! Asking once for each of many sessions.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures_util::stream::{self, Stream, StreamExt as _};

use super::error::WaitErrorKind;
use super::look::{Seen, Source};
use super::progress::Settled;
use crate::client::{Client, Error, Operation};
use crate::clock::Clock;
use crate::domain::SessionId;
use crate::session::{Outcome, StatusReport};

/// How fast to ask for many sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct ReconcilePolicy {
    at_once: usize,
    spacing: Duration,
}

impl Default for ReconcilePolicy {
    /// Four at once, and ten a second at most.
    fn default() -> Self {
        Self {
            at_once: 4,
            spacing: Duration::from_millis(100),
        }
    }
}

impl ReconcilePolicy {
    /// The longest `Retry-After` that a run waits for: a minute. After a longer one nothing more is asked.
    pub const LONGEST_BREAK: Duration = Duration::from_secs(60);

    /// Sets how many sessions may be asked for at the same time; also how many are held in memory. 4 by default; 0 is 1.
    pub fn at_once(mut self, sessions: usize) -> Self {
        self.at_once = sessions.max(1);
        self
    }

    /// Sets the shortest time between the beginnings of two reads; 100 ms by default. Flinks publishes no limit on reads of
    /// different sessions. The details that are read where a session has no status, and a read that is repeated with a token,
    /// are not counted.
    pub fn spacing(mut self, spacing: Duration) -> Self {
        self.spacing = spacing;
        self
    }
}

/// What became of one session.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Reconciled {
    /// The session.
    pub session_id: SessionId,
    /// What was found out about it.
    pub found: Found,
}

/// What was found out about a session.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Found {
    /// It has come out. What was requested is not known here.
    Settled(Settled),
    /// It is open, or waits for a signature; or it has completed without a code, which may still come, and which alone says
    /// whether the debit is scheduled.
    Open(StatusReport),
    /// 404 of status and details.
    Gone(Error),
    /// It could not be read.
    Failed(Error),
    /// It was not asked for, because the read of an earlier one failed in a way that holds for all: the credentials are not
    /// accepted, or the server wants to be left alone for longer than [`ReconcilePolicy::LONGEST_BREAK`]. That failure is
    /// here.
    NotAsked(Error),
}

impl Client {
    /// Asks once for each of these sessions, and tells for each how it stands, in the order in which they came. Made for a job
    /// that runs every now and then over the sessions that should have ended and of which no webhook has told: Flinks sends
    /// each session event once, and none for a session that expires (WST).
    ///
    /// Which ones these are, the caller knows: those whose time is over by its own records, and of which neither a webhook
    /// nor an earlier run has told an [outcome](Outcome) that is [final](Outcome::is_final). The time is that of the create
    /// plus the life of a session, which Flinks does not publish; an hour or two is a fair beginning, since a session that is
    /// still [open](Found::Open) is simply asked for again by the next run. A row goes from the list with
    /// [`Found::Settled`], and for good: Flinks changes no end. One that stays [`Found::Gone`] or [`Found::Failed`] run after
    /// run is for a person.
    ///
    /// ```no_run
    /// # struct Row { session: flinks_pay::SessionId, created: std::time::SystemTime, settled: bool }
    /// # fn silent(rows: Vec<Row>, now: std::time::SystemTime) -> impl Iterator<Item = flinks_pay::SessionId> {
    /// let due = now - std::time::Duration::from_secs(2 * 60 * 60);
    /// rows.into_iter()
    ///     .filter(move |row| !row.settled && row.created < due)
    ///     .map(|row| row.session)
    /// # }
    /// ```
    ///
    /// Each session is one attempt: a read that fails is asked for again by the next run. It never fails as a whole. The sessions are taken as room for them comes, so that any number of them needs little
    /// memory; one that is given twice is asked for twice. A run over a session must not come sooner than
    /// [`WaitPolicy::FLOOR`](super::WaitPolicy::FLOOR) after the one before.
    ///
    /// ```no_run
    /// # async fn job(client: flinks_pay::Client, silent: Vec<flinks_pay::SessionId>) {
    /// use flinks_pay::watch::{ReconcilePolicy, Found};
    ///
    /// let mut run = client.reconcile(silent, ReconcilePolicy::default());
    /// while let Some(session) = run.next().await {
    ///     match session.found {
    ///         Found::Settled(settled) => println!("{:?}: {}", session.session_id, settled.outcome),
    ///         Found::Open(report) => println!("{:?}: still {}", session.session_id, report.status),
    ///         other => println!("{:?}: {other:?}", session.session_id),
    ///     }
    /// }
    /// # }
    /// ```
    pub fn reconcile<'a, I>(&self, sessions: I, policy: ReconcilePolicy) -> Reconcile<'a>
    where
        I: IntoIterator<Item = SessionId>,
        I::IntoIter: Send + 'a,
    {
        let run = Arc::new(Run {
            client: self.clone(),
            spacing: policy.spacing,
            turns: Mutex::default(),
        });
        let answers = stream::iter(sessions)
            .map(move |session| Arc::clone(&run).ask(session))
            .buffered(policy.at_once);
        Reconcile(Box::pin(answers))
    }
}

/// How each of many sessions stands, as a stream; made by [`Client::reconcile`].
#[must_use = "nothing is read unless the stream is polled"]
pub struct Reconcile<'a>(Pin<Box<dyn Stream<Item = Reconciled> + Send + 'a>>);

impl Reconcile<'_> {
    /// Waits for the next session's answer; nothing after the last one. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Option<Reconciled> {
        self.0.next().await
    }
}

impl Stream for Reconcile<'_> {
    type Item = Reconciled;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Reconciled>> {
        self.0.as_mut().poll_next(context)
    }
}

impl fmt::Debug for Reconcile<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reconcile")
    }
}

/// What the reads of one run share.
struct Run {
    client: Client,
    spacing: Duration,
    turns: Mutex<Turns>,
}

/// Who may ask when.
#[derive(Default)]
struct Turns {
    /// The first turn that nobody has.
    next: Option<Instant>,
    /// Until when nobody asks.
    rest: Option<Instant>,
    /// Why nobody asks any more.
    stopped: Option<Error>,
}

impl Run {
    async fn ask(self: Arc<Self>, session_id: SessionId) -> Reconciled {
        let found = match self.turn().await {
            Ok(()) => self.read(&session_id).await,
            Err(why) => Found::NotAsked(why),
        };
        Reconciled { session_id, found }
    }

    async fn read(&self, session: &SessionId) -> Found {
        // On the heap: a look is large, and most of those who hold one wait for their turn.
        let seen = match Box::pin(Source::default().look(&self.client, session)).await {
            Ok(seen) => seen,
            Err(error) => {
                self.learn(&error);
                return if WaitErrorKind::of(&error) == Some(WaitErrorKind::Gone) {
                    Found::Gone(error)
                } else {
                    Found::Failed(error)
                };
            }
        };
        seen.tell(&self.client).await;
        // As the guard of debts has it.
        let outcome = seen
            .outcome()
            .filter(|outcome| outcome.is_final() && *outcome != Outcome::Unclear(None));
        let Seen { report, details: _ } = seen;
        match outcome {
            Some(outcome) => Found::Settled(Settled {
                report,
                outcome,
                requested: None,
            }),
            None => Found::Open(report),
        }
    }

    /// Waits for a turn; the error that has ended the run where there is none to come.
    async fn turn(&self) -> Result<(), Error> {
        let clock = &**self.client.clock();
        let mut mine = self.take_turn(clock)?;
        while clock.now() < mine {
            clock.sleep_until(mine).await;
            let (stopped, rest) = {
                let turns = self.turns();
                (turns.stopped.clone(), turns.rest)
            };
            if let Some(why) = stopped {
                return Err(why);
            }
            // A turn that falls into a rest is given back for one after it.
            if rest.is_some_and(|rest| mine < rest) {
                mine = self.take_turn(clock)?;
            }
        }
        Ok(())
    }

    fn take_turn(&self, clock: &dyn Clock) -> Result<Instant, Error> {
        let mut turns = self.turns();
        if let Some(why) = &turns.stopped {
            return Err(why.clone());
        }
        let now = clock.now();
        let mine = now
            .max(turns.next.unwrap_or(now))
            .max(turns.rest.unwrap_or(now));
        turns.next = Some(mine.checked_add(self.spacing).unwrap_or(mine));
        Ok(mine)
    }

    /// Draws from one failure what holds for those that come after it.
    fn learn(&self, error: &Error) {
        let asked = error.retry_after().unwrap_or_default();
        // A row of refused tokens may lock an account.
        let refused = WaitErrorKind::of(error).is_some_and(|kind| {
            kind == WaitErrorKind::Unauthorized || error.operation() == Operation::Authorize
        });
        let mut turns = self.turns();
        if refused || asked > ReconcilePolicy::LONGEST_BREAK {
            turns.stopped.get_or_insert_with(|| error.clone());
        } else if !asked.is_zero() {
            let until = self.client.clock().now().checked_add(asked);
            turns.rest = turns.rest.max(until);
        }
    }

    fn turns(&self) -> MutexGuard<'_, Turns> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
