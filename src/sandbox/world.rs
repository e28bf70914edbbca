//! The state of a sandbox: tokens, sessions, journal. It is behind one lock, which nothing holds while it waits.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::clock::Clock;
use crate::domain::{Invalid, SessionId};
use crate::session::Limits;

use super::behaviour::Behaviour;
use super::chance::Chance;
use super::clock::SandboxClock;
use super::control::{Forgotten, Played};
use super::defect;
use super::error::SandboxError;
use super::event::BrowserEvent;
use super::fault::{FaultRule, FaultStanding, Faults};
use super::flow::{NothingToDecide, Stuck};
use super::hooks::{self, Hooks, Letter, Registered, Standing};
use super::journal::{Entry, Journal};
use super::judge::{Tally, Verdict};
use super::line::Porter;
use super::session::Session;
use super::settings::Settings;
use super::token::Tokens;

/// A sandbox without its socket.
pub(super) struct Core {
    pub(super) settings: Settings,
    pub(super) clock: SandboxClock,
    /// When the first sandbox of this state was started, by this clock.
    pub(super) started: Instant,
    pub(super) porter: Porter,
    /// Whether there are fault rules, so that a call without any does not look for one.
    faulty: AtomicBool,
    /// Whether it is over: what a connection that outlives the sandbox asks for is not done any more.
    stopped: AtomicBool,
    pub(super) hooks: Hooks,
    world: Mutex<World>,
}

/// What has become of the state, for one who looks again and again.
///
/// Every id and every token is drawn, so that where the generator stands says of most changes that there was one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Changes {
    chance: u64,
    tokens: u64,
    sessions: (usize, u64),
    faults: u64,
    hooks: u64,
    moved: Duration,
}

/// What a state file has of what changes.
#[derive(Debug)]
pub(super) struct Resumed {
    pub(super) chance: Chance,
    pub(super) tokens: Tokens,
    pub(super) sessions: HashMap<SessionId, Box<Session>>,
    pub(super) faults: Faults,
}

/// What changes.
#[derive(Debug)]
pub(super) struct World {
    pub(super) chance: Chance,
    pub(super) tokens: Tokens,
    pub(super) sessions: HashMap<SessionId, Box<Session>>,
    pub(super) journal: Journal,
    pub(super) tally: Tally,
    pub(super) faults: Faults,
    /// Counts how often a session has come further.
    moves: u64,
}

impl Core {
    pub(super) fn new(
        settings: Settings,
        (clock, started): (SandboxClock, Instant),
        journal_capacity: usize,
        webhooks: Registered,
        chance: Chance,
    ) -> Self {
        Self {
            settings,
            started,
            clock,
            porter: Porter::default(),
            faulty: AtomicBool::new(false),
            stopped: AtomicBool::new(false),
            hooks: Hooks::new(webhooks),
            world: Mutex::new(World::new(journal_capacity, chance)),
        }
    }

    /// Returns the state. A panic elsewhere, while it was locked, does not take the rest of the sandbox down.
    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does nothing more.
    pub(super) fn stop(&self) {
        self.stopped.store(true, Ordering::Release);
    }

    pub(super) fn has_stopped(&self) -> bool {
        self.stopped.load(Ordering::Acquire)
    }

    pub(super) fn since_start(&self) -> Duration {
        self.clock.now().saturating_duration_since(self.started)
    }

    /// The same in milliseconds, as journals have it.
    pub(super) fn millis(&self) -> u64 {
        u64::try_from(self.since_start().as_millis()).unwrap_or(u64::MAX)
    }

    /// Adds a fault rule.
    pub(super) fn fault(&self, rule: FaultRule) -> Result<FaultStanding, SandboxError> {
        rule.check()?;
        let most = Faults::MOST;
        let added = self.on_faults(|faults| faults.add(rule));
        added.ok_or(SandboxError::TooManyFaults { most })
    }

    /// Does something with the fault rules. Everything that changes them goes through here.
    pub(super) fn on_faults<T>(&self, act: impl FnOnce(&mut Faults) -> T) -> T {
        let mut world = self.world();
        let done = act(&mut world.faults);
        let any = !world.faults.is_empty();
        self.faulty.store(any, Ordering::Release);
        done
    }

    /// Refuses connections, for a time or until told otherwise.
    pub(super) async fn refuse_connections(
        &self,
        time: Option<Duration>,
    ) -> Result<(), SandboxError> {
        let refuse = |source| SandboxError::Refuse { source };
        let refused = self.porter.refuse(&self.clock, time).await;
        refused.map_err(refuse)
    }

    /// A value that is another one after every change that a state file is to have.
    pub(super) fn changes(&self, world: &World) -> Changes {
        Changes {
            chance: world.chance.place(),
            tokens: world.tokens.changes(),
            sessions: (world.sessions.len(), world.moves),
            faults: world.faults.changes(),
            hooks: self.hooks.changes(),
            moved: self.clock.offset(),
        }
    }

    /// Puts what a state file says in the place of a state in which nothing has happened yet.
    pub(super) fn resume(&self, resumed: Resumed) {
        let mut world = self.world();
        world.chance = resumed.chance;
        world.tokens = resumed.tokens;
        world.sessions = resumed.sessions;
        world.faults = resumed.faults;
        self.faulty
            .store(!world.faults.is_empty(), Ordering::Release);
    }

    /// Whether there are any fault rules.
    pub(super) fn is_faulty(&self) -> bool {
        self.faulty.load(Ordering::Acquire)
    }

    /// Forgets everything that has happened. Time goes on, and whatever was set up stays.
    pub(super) fn reset(&self) -> Forgotten {
        let mut world = self.world();
        let chance = world.chance.split();
        let fresh = World::new(world.journal.capacity(), chance);
        let old = std::mem::replace(&mut *world, fresh);
        // What departed from the contract has done so.
        world.tally = old.tally;
        self.faulty.store(false, Ordering::Release);
        Forgotten {
            sessions: old.sessions.len(),
            tokens: old.tokens.count(),
            faults: old.faults.list().faults.len(),
            exchanges: old.journal.len(),
            webhooks: self.hooks.forget(),
        }
    }

    /// Plays one screen of a session.
    pub(super) fn play(
        &self,
        id: &SessionId,
        behaviour: &Behaviour,
    ) -> Result<Played, SandboxError> {
        self.play_as(id, |_| Ok(*behaviour))
    }

    /// Plays one screen of a session, in a way that depends on where it is. Nothing comes between the look and the step.
    pub(super) fn play_as<E: From<SandboxError>>(
        &self,
        id: &SessionId,
        behaviour: impl FnOnce(&Session) -> Result<Behaviour, E>,
    ) -> Result<Played, E> {
        let played = self.on_session(&mut self.world(), id, |session| {
            let behaviour = behaviour(session)?;
            let events = match session.flow.advance(&behaviour) {
                Ok(events) => events.to_vec(),
                Err(stuck) => return Err(session.explain(stuck).into()),
            };
            Ok(session.played(events))
        });
        played.unwrap_or(Err(SandboxError::UnknownSession.into()))
    }

    /// Ends a session whose guarantee webhook could not be delivered.
    pub(super) fn fail_delivery(&self, id: &SessionId) -> Result<(), SandboxError> {
        self.on_session(&mut self.world(), id, |session| {
            session.flow.fail_delivery()
        })
        .ok_or(SandboxError::UnknownSession)?
        .map_err(|NothingToDecide| SandboxError::NothingToDecide)
    }

    /// Does something with a session as it is now, and tells what has become of it. Everything that changes a session of the
    /// world goes through here. `None` for a session that does not exist.
    pub(super) fn on_session<T>(
        &self,
        world: &mut World,
        id: &SessionId,
        act: impl FnOnce(&mut Session) -> T,
    ) -> Option<T> {
        let session = world.sessions.get_mut(id)?;
        if defect::store::is_gone(self.settings.planted, self.age(session).as_secs()) {
            return None;
        }
        let place = session.flow.place();
        let (done, letters) = self.change(session, act);
        self.hooks.post(self, letters);
        let moved = session.flow.place() != place;
        world.moves += u64::from(moved);
        Some(done)
    }

    /// Does something with a session as it is now: one whose time is over has expired. Returns what there is to tell of it, too,
    /// which nobody has been told yet.
    pub(super) fn change<T>(
        &self,
        session: &mut Session,
        act: impl FnOnce(&mut Session) -> T,
    ) -> (T, Vec<Letter>) {
        let before = Standing::of(&session.flow);
        let age = self.age(session);
        let Settings {
            session_timeout,
            planted,
            ..
        } = self.settings;
        if age >= defect::course::timeout(planted, session_timeout) {
            session.flow.expire();
        }
        defect::store::aged(self, session, age.as_secs());
        let done = act(session);
        (done, hooks::letters(self, &before, session))
    }

    /// Moves the time forward, and returns how far it has been moved since the start.
    pub(super) fn advance(&self, by: Duration) -> Duration {
        self.clock
            .advance(defect::control::moved(self.settings.planted, by))
    }

    fn age(&self, session: &Session) -> Duration {
        self.clock.now().saturating_duration_since(session.created)
    }

    /// Whether the integrator is asked about the guarantee of a session that is created now.
    pub(super) fn integrator_decides(&self) -> bool {
        self.settings.guarantee_decision || self.hooks.asks_about_guarantees()
    }

    /// Whether a session still waits for the integrator's decision.
    pub(super) fn awaits_decision(&self, id: &SessionId) -> bool {
        let awaits = |session: &mut Session| session.flow.offer_to_decide().is_some();
        self.on_session(&mut self.world(), id, awaits) == Some(true)
    }

    /// Returns what the hosted page of a session has posted so far.
    pub(super) fn events(&self, id: &SessionId) -> Result<Vec<BrowserEvent>, SandboxError> {
        let world = self.world();
        let session = world.sessions.get(id).ok_or(SandboxError::UnknownSession)?;
        Ok(session.flow.events().to_vec())
    }
}

/// No credentials, no payors.
impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Core")
            .field("clock", &self.clock)
            .finish_non_exhaustive()
    }
}

impl World {
    /// A world in which nothing has happened yet.
    pub(super) fn new(journal_capacity: usize, mut chance: Chance) -> Self {
        Self {
            faults: Faults::seeded(chance.number()),
            chance,
            tally: Tally::default(),
            tokens: Tokens::default(),
            sessions: HashMap::new(),
            moves: 0,
            journal: Journal::new(journal_capacity),
        }
    }

    /// Keeps what has become of a call.
    pub(super) fn note(&mut self, entry: Entry, verdict: Option<&Verdict>) {
        if let Some(verdict) = verdict {
            self.tally.note(verdict);
        }
        self.journal.push(entry);
    }

    /// Returns an id that no session has.
    ///
    /// # Errors
    ///
    /// None in fact: a UUID is a session id.
    pub(super) fn free_id(&mut self) -> Result<SessionId, Invalid> {
        loop {
            let id = SessionId::new(&self.chance.uuid().hyphenated().to_string())?;
            if !self.sessions.contains_key(&id) {
                return Ok(id);
            }
        }
    }
}

impl Session {
    fn played(&self, events: Vec<BrowserEvent>) -> Played {
        let (status, status_details) = self.flow.status();
        Played {
            step: self.flow.screen().map(Into::into),
            status,
            status_details,
            events,
            question: self.flow.asks_question(),
            over: self.flow.is_over(),
        }
    }

    pub(super) fn explain(&self, stuck: Stuck) -> SandboxError {
        match stuck {
            Stuck::Ended => {
                let (status, details) = self.flow.status();
                SandboxError::SessionEnded { status, details }
            }
            Stuck::Left => SandboxError::PayorLeft,
            Stuck::DecisionPending => SandboxError::DecisionPending,
            Stuck::AmountRefused => SandboxError::AmountRefused {
                minimum: self.flow.limits().and_then(Limits::minimum),
                maximum: self.flow.limits().and_then(Limits::maximum),
            },
        }
    }
}
