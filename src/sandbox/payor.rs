//! Playing the payor.

use std::fmt;
use std::sync::Arc;

use crate::domain::{Amount, SessionId};
use crate::session::Step;

use super::behaviour::Behaviour;
use super::control::Played;
use super::error::SandboxError;
use super::event::BrowserEvent;
use super::world::Core;

/// The payor of one session: goes through the hosted page, screen by screen.
///
/// A handle, which may be made again and again, also for a session that does not exist (then every call says so). What the
/// payor does otherwise than the scenario says belongs to the handle, not to the session. It works after the sandbox has
/// stopped, as it does not use the socket.
#[derive(Clone)]
#[must_use]
pub struct Payor {
    core: Arc<Core>,
    session: SessionId,
    behaviour: Behaviour,
}

impl Payor {
    pub(super) fn new(core: Arc<Core>, session: SessionId) -> Self {
        Self {
            core,
            session,
            behaviour: Behaviour::default(),
        }
    }

    /// Fails the login at the bank (EFT0401).
    pub fn fail_login(mut self) -> Self {
        self.behaviour.fail_login = true;
        self
    }

    /// Is asked a second question by the bank: the login takes one step more.
    pub fn mfa(mut self) -> Self {
        self.behaviour.mfa = true;
        self
    }

    /// Selects an account of somebody of another name (EFT0403).
    pub fn wrong_name(mut self) -> Self {
        self.behaviour.wrong_name = true;
        self
    }

    /// Has one cent less than the payment needs (EFT0404).
    pub fn low_balance(mut self) -> Self {
        self.behaviour.low_balance = true;
        self
    }

    /// Enters this amount where the scenario has one of its own. Without effect on a session with a preset amount.
    pub fn enter_amount(mut self, amount: Amount) -> Self {
        self.behaviour.enter_amount = Some(amount);
        self
    }

    /// Declines an offer that is lower than the amount, and leaves. The session stays `InProgress` until it times out.
    pub fn decline_offer(mut self) -> Self {
        self.behaviour.decline_offer = true;
        self
    }

    /// Asks for other ways to pay where there is no guarantee, which changes the page's last message only (EFT0402).
    pub fn other_funding(mut self) -> Self {
        self.behaviour.other_funding = true;
        self
    }

    /// Refuses the debit agreement, and leaves. The session stays `Completed` with EFT0302 until it times out.
    pub fn refuse_agreement(mut self) -> Self {
        self.behaviour.refuse_agreement = true;
        self
    }

    /// Replaces everything that the payor does otherwise.
    pub fn with_behaviour(mut self, behaviour: Behaviour) -> Self {
        self.behaviour = behaviour;
        self
    }

    /// Finishes the screen that the payor sees and goes to the next one; the first step opens the page.
    ///
    /// # Errors
    ///
    /// The session is unknown or has ended, the payor has left, the integrator must decide about a guarantee first, or the
    /// amount screen does not take the amount. Nothing has changed then.
    pub fn step(&self) -> Result<Played, SandboxError> {
        self.core.play(&self.session, &self.behaviour)
    }

    /// Goes on until nothing is left to do. Returns each step.
    ///
    /// # Errors
    ///
    /// Those of [`step`](Self::step); the steps before have happened.
    pub fn run(&self) -> Result<Vec<Played>, SandboxError> {
        self.run_until(|_| false)
    }

    /// Goes on until the payor sees a screen, or nothing is left to do. Returns each step.
    ///
    /// # Errors
    ///
    /// Those of [`step`](Self::step); the steps before have happened.
    pub fn run_to(&self, screen: &Step) -> Result<Vec<Played>, SandboxError> {
        self.run_until(|played| played.step.as_ref() == Some(screen))
    }

    fn run_until(&self, reached: impl Fn(&Played) -> bool) -> Result<Vec<Played>, SandboxError> {
        let mut steps = Vec::new();
        loop {
            let played = self.step()?;
            let stop = played.over || reached(&played);
            steps.push(played);
            if stop {
                return Ok(steps);
            }
        }
    }

    /// Returns what the hosted page has posted since the session was created, whoever played it.
    ///
    /// # Errors
    ///
    /// The session is unknown.
    pub fn events(&self) -> Result<Vec<BrowserEvent>, SandboxError> {
        self.core.events(&self.session)
    }
}

impl fmt::Debug for Payor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Payor")
            .field("session", &self.session)
            .field("behaviour", &self.behaviour)
            .finish_non_exhaustive()
    }
}
