//! Webhooks out: who is registered, what is told of a session, and what became of it.
//!
//! A change of a session is looked at where it happens, under the lock of the world, and what there is to tell goes into a bounded
//! [queue](queue). One task, the [courier], takes it from there: the API never waits for a receiver.

mod courier;
pub(super) mod delivery;
pub(super) mod faults;
mod kept;
mod letter;
mod queue;
pub(super) mod receiver;
pub(super) mod status_event;
pub(super) mod webhook;

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

pub(super) use self::courier::run;
use self::delivery::{Deliveries, Delivery, DeliveryOutcome, WebhookKind};
pub(super) use self::letter::{Letter, Standing};
use self::queue::{Job, Lane, Next, Queue, Settled};
use self::webhook::Webhook;
use super::control::webhooks::{WebhookReport, WebhooksReport};
use super::defect;
use super::session::Session;
use super::world::Core;
use crate::clock::{Clock as _, after};
use crate::domain::SessionId;

/// How many events may wait. Of more, the oldest is dropped.
const MOST_WAITING: usize = 1024;

/// How many deliveries are remembered.
const MOST_REMEMBERED: usize = 10_000;

/// How long an event that is to come out of order waits for the next one of its session.
const HELD_BACK: Duration = Duration::from_secs(60);

/// Who is registered, what waits, and what was delivered.
pub(super) struct Hooks {
    state: Mutex<State>,
    /// Wakes the courier.
    changed: Notify,
}

struct State {
    registered: Registered,
    queue: Queue,
    /// What the queue has handed out and nobody has settled yet.
    under_way: HashMap<Lane, Job>,
    /// What the queue let go of as it was closed before it was due.
    left: Vec<Job>,
    /// How many were dropped before this start.
    dropped_before: u64,
    deliveries: Deliveries,
    /// Counts what has changed of all but the deliveries.
    changes: u64,
    /// Sessions whose guarantees made room for others. The courier ends them, as whoever queues an event holds the world.
    given_up: VecDeque<SessionId>,
}

impl State {
    /// Records that something made room for others.
    fn give_up(&mut self, core: &Core, job: &Job) {
        self.deliveries
            .push(job.record(core.millis(), DeliveryOutcome::Dropped));
        self.lose(job.letter.kind, job.letter.session);
    }

    /// A guarantee that nobody will be told of has failed to be delivered.
    fn lose(&mut self, kind: WebhookKind, session: SessionId) {
        if kind == WebhookKind::Guarantee {
            self.given_up.push_back(session);
        }
    }

    /// How many events wait or are under way, those included that were dropped and have a consequence still.
    fn unfinished(&self) -> u64 {
        let given_up = u64::try_from(self.given_up.len()).unwrap_or(u64::MAX);
        self.queue.unfinished().saturating_add(given_up)
    }
}

/// One receiver for each kind.
#[derive(Default)]
pub(super) struct Registered {
    pub(super) session: Option<Arc<Webhook>>,
    pub(super) guarantee: Option<Arc<Webhook>>,
    /// Whether it was changed through the control API.
    pub(super) while_running: bool,
}

impl Registered {
    fn receiver(&self, kind: WebhookKind) -> Option<&Arc<Webhook>> {
        match kind {
            WebhookKind::Session => self.session.as_ref(),
            WebhookKind::Guarantee => self.guarantee.as_ref(),
        }
    }
}

/// What there is to tell of a session, by what has become of it.
pub(super) fn letters(core: &Core, before: &Standing, session: &Session) -> Vec<Letter> {
    let now = Standing::of(&session.flow);
    let (profile, when) = (&core.settings.profile, core.clock.wall());
    let letters = if now == *before {
        Vec::new()
    } else {
        letter::of(session, before, &now, profile, when)
    };
    let status = || letter::status(session, profile, when);
    defect::webhooks::told(core.settings.planted, (before, &now), letters, status)
}

impl Hooks {
    pub(super) fn new(registered: Registered) -> Self {
        Self {
            state: Mutex::new(State {
                registered,
                queue: Queue::new(MOST_WAITING),
                under_way: HashMap::new(),
                left: Vec::new(),
                dropped_before: 0,
                changes: 0,
                deliveries: Deliveries::new(MOST_REMEMBERED),
                given_up: VecDeque::new(),
            }),
            changed: Notify::new(),
        }
    }

    /// Whether somebody is asked about guarantees.
    pub(super) fn asks_about_guarantees(&self) -> bool {
        self.state().registered.guarantee.is_some()
    }

    /// Replaces who is registered. What waits already goes to who was registered when it happened.
    pub(super) fn register(&self, registered: Registered) {
        let mut state = self.state();
        state.registered = registered;
        state.changes += 1;
    }

    /// A number that is another one after every change of what is to be told, and to whom.
    pub(super) fn changes(&self) -> u64 {
        self.state().changes
    }

    pub(super) fn report(&self) -> WebhooksReport {
        let state = self.state();
        let report = |webhook: Option<&Arc<Webhook>>| webhook.map(|it| WebhookReport::of(it));
        WebhooksReport {
            session: report(state.registered.session.as_ref()),
            guarantee: report(state.registered.guarantee.as_ref()),
            waiting: state.unfinished(),
            dropped: state.dropped_before + state.queue.dropped(),
        }
    }

    /// Returns the most recent deliveries, oldest first, and how many older ones had to make room.
    pub(super) fn deliveries(&self) -> (Vec<Delivery>, u64) {
        let state = self.state();
        (state.deliveries.all(), state.deliveries.dropped())
    }

    /// Forgets what waits and what was delivered, and returns how much that was. Who is registered stays.
    pub(super) fn forget(&self) -> usize {
        let mut state = self.state();
        state.changes += 1;
        state.under_way.clear();
        state.left.clear();
        let delivered = std::mem::replace(&mut state.deliveries, Deliveries::new(MOST_REMEMBERED));
        state.given_up.clear();
        state.queue.forget() + delivered.all().len()
    }

    /// Takes no more events, and lets the courier go when what is due has been delivered.
    pub(super) fn close(&self, now: Instant) {
        let mut state = self.state();
        if !state.queue.is_closed() {
            state.left = state.queue.not_due(now).cloned().collect();
            state.queue.close(now);
        }
        drop(state);
        self.changed.notify_one();
    }

    /// Queues what there is to tell of a session.
    pub(super) fn post(&self, core: &Core, letters: Vec<Letter>) {
        for letter in letters {
            self.queue(core, letter);
        }
    }

    fn queue(&self, core: &Core, letter: Letter) {
        let mut state = self.state();
        let Some(to) = state.registered.receiver(letter.kind).map(Arc::clone) else {
            return;
        };
        let faults = to.faults();
        let late = faults.late_seconds.map(Duration::from_secs);
        let gives_way = defect::webhooks::gives_way(core.settings.planted, &letter);
        let held_back = (faults.reordered || gives_way)
            .then(|| late.unwrap_or_default().saturating_add(HELD_BACK));
        state.changes += 1;
        let job = Job {
            letter,
            attempt: 1,
            not_before: late.map(|late| after(&core.clock, late)),
            gives_way: held_back.map(|time| after(&core.clock, time)),
            to,
        };
        if state.queue.is_closed() {
            // What happens in the last moments is told after the next start.
            state.left.push(job);
        } else if let Some(oldest) = state.queue.push(job) {
            state.give_up(core, &oldest);
        }
        drop(state);
        self.changed.notify_one();
    }

    fn next(&self, now: Instant) -> Next {
        let mut state = self.state();
        let next = state.queue.next(now);
        if let Next::Job(job) = &next {
            state.under_way.insert(job.lane(), job.clone());
        }
        next
    }

    fn is_closed(&self) -> bool {
        self.state().queue.is_closed()
    }

    /// Records a delivery, and lets the next event of its lane go: a further try of this one, or another. Both at once: who has
    /// read that a try has failed may move the time to the next one.
    fn settle(&self, core: &Core, lane: Lane, records: Vec<Delivery>, again: Option<Job>) {
        let mut state = self.state();
        // What comes too late for the queue may come after the next start.
        let left = again.clone().filter(|_| state.queue.is_closed());
        let settled = state.queue.settle(lane, again);
        if matches!(settled, Settled::NotUnderWay) {
            return;
        }
        state.left.extend(left);
        state.under_way.remove(&lane);
        state.changes += 1;
        for record in records {
            state.deliveries.push(record);
        }
        if let Settled::WithoutRoom(job) = settled {
            state.give_up(core, &job);
        }
    }

    /// The session of a guarantee that made room for others, if there is one, until it is [dealt with](Self::dealt_with).
    fn given_up(&self) -> Option<SessionId> {
        self.state().given_up.front().copied()
    }

    fn dealt_with(&self, session: &SessionId) {
        let mut state = self.state();
        state.given_up.retain(|known| known != session);
        state.changes += 1;
    }

    /// A panic elsewhere, while it was locked, does not take the rest of the sandbox down.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// No receivers, no events.
impl fmt::Debug for Hooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hooks")
            .field("waiting", &self.state().unfinished())
            .finish_non_exhaustive()
    }
}
