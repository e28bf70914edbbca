//! The sessions of a sandbox as the control API shows them, and how one is put into the state that a test needs.

use std::collections::BinaryHeap;
use std::fmt;
use std::time::Instant;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock::Clock;
use crate::domain::{ReportedReference, SessionId};
use crate::session::{SessionRequest, SessionStatus, StatusDetails, Step};

use super::behaviour::Behaviour;
use super::defect;
use super::error::SandboxError;
use super::flow::Stuck;
use super::hooks::Letter;
use super::session::Session;
use super::timestamp::rfc3339;
use super::world::Core;

/// A session, and how far it has come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SessionStanding {
    /// Its id, which opens the hosted page.
    pub session_id: SessionId,
    /// The integrator's reference, if it has one.
    pub reference_id: Option<ReportedReference>,
    /// Whether it is a Guaranteed EFT.
    pub guaranteed: bool,
    /// The status that it has now; in the document, as the operations spell it.
    pub status: SessionStatus,
    /// Why it has this status; absent while the payor is under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_details: Option<StatusDetails>,
    /// The screen that the payor sees now, or saw last.
    pub step: Option<Step>,
    /// Whether the payor has nothing more to do: the session has ended, or the payor has left.
    pub over: bool,
    /// When it was created, by the sandbox's clock.
    pub created_at: String,
}

/// Some of the sessions, in the order of their creation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SessionPage {
    /// The sessions.
    pub sessions: Vec<SessionStanding>,
    /// The last of them, if there are more: the next page begins after it.
    pub next: Option<SessionId>,
}

/// A session to be made, and how far it is to come.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use flinks_pay::sandbox::{Goal, Sandbox, SessionOrder};
/// use serde_json::json;
///
/// let sandbox = Sandbox::start().await?;
/// let order = SessionOrder::new(json!({
///     "type": "EFT",
///     "direction": "DEBIT",
///     "amount": 120.5,
///     "options": { "guarantee": { "enable": true } },
///     "payor": { "firstName": "Robin", "lastName": "Tester" },
/// }));
/// let session = sandbox.prepare(&order.until(Goal::Outcome("EFT0404".into())))?;
/// assert_eq!(session.status.as_str(), "Failed");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct SessionOrder {
    /// What an integrator would send to create it. Which products a client has does not matter here.
    pub request: Value,
    /// How far the payor goes; nowhere unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Goal>,
    /// What the payor does otherwise than the scenario says.
    #[serde(default)]
    pub behaviour: Behaviour,
}

/// How far a payor is to come. A guarantee that waits for the integrator is accepted on the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Goal {
    /// So many steps.
    Steps(u32),
    /// The payor sees this screen.
    Step(Step),
    /// The status has this code: the payor does what leads to it, a cancellation and the end of the session's time included.
    Outcome(StatusDetails),
}

impl SessionOrder {
    /// A session of this request, in the contract's form, which the payor has not seen yet.
    #[must_use]
    pub fn new(request: Value) -> Self {
        Self {
            request,
            until: None,
            behaviour: Behaviour::default(),
        }
    }

    /// Says how far the payor goes.
    #[must_use]
    pub fn until(mut self, goal: Goal) -> Self {
        self.until = Some(goal);
        self
    }

    /// Says what the payor does otherwise than the scenario says.
    #[must_use]
    pub fn behaviour(mut self, behaviour: Behaviour) -> Self {
        self.behaviour = behaviour;
        self
    }
}

/// The request is somebody's.
impl fmt::Debug for SessionOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionOrder")
            .field("until", &self.until)
            .field("behaviour", &self.behaviour)
            .finish_non_exhaustive()
    }
}

/// The most steps of any session, with room for a bank's second question.
const MOST_STEPS: u32 = 20;

impl Core {
    /// Makes a session of the first client and brings it to where it is to be.
    ///
    /// The world has it only then, and only then somebody is told of it: of one that cannot come there, nobody hears.
    pub(super) fn prepare(&self, order: &SessionOrder) -> Result<SessionStanding, SandboxError> {
        let request = SessionRequest::from_json(&order.request)?;
        let mut behaviour = order.behaviour;
        if let Some(Goal::Outcome(code)) = &order.until {
            behaviour = behaviour.towards(code);
        }
        let mut world = self.world();
        let id = world.free_id()?;
        let now = (self.clock.now(), self.clock.wall());
        let decides = self.integrator_decides();
        let planted = self.settings.planted;
        let mut session = Session::new(id, 0, request, decides, now, &mut world.chance, planted);
        if order.until == Some(Goal::Outcome(StatusDetails::Eft0402)) {
            session.flow.refuse_cover();
        }
        let letters = match &order.until {
            None => Vec::new(),
            Some(goal) => self.bring(&mut session, goal, &behaviour)?,
        };
        world.sessions.insert(id, session);
        self.hooks.post(self, letters);
        let standing = self.on_session(&mut world, &id, |session| session.standing());
        standing.ok_or(SandboxError::UnknownSession)
    }

    /// Returns what there is to tell of the way.
    fn bring(
        &self,
        session: &mut Session,
        goal: &Goal,
        behaviour: &Behaviour,
    ) -> Result<Vec<Letter>, SandboxError> {
        let unreachable = || {
            Err(SandboxError::Unreachable {
                goal: match goal {
                    Goal::Steps(steps) => format!("{steps} steps"),
                    Goal::Step(step) => step.as_str().to_owned(),
                    Goal::Outcome(code) => code.as_str().to_owned(),
                },
            })
        };
        if let Goal::Step(step) = goal
            && !step.is_known()
        {
            return unreachable();
        }
        let mut steps = 0;
        let mut letters = Vec::new();
        for _ in 0..=MOST_STEPS {
            if session.has_come_to(goal, steps) {
                return Ok(letters);
            }
            if session.flow.is_over() {
                return unreachable();
            }
            let (stepped, told) = self.change(session, |session| session.go_on(goal, behaviour));
            steps += stepped?;
            letters.extend(told);
        }
        unreachable()
    }

    /// Returns at most so many sessions, from the first one created after `after`.
    pub(super) fn roster(
        &self,
        after: Option<&SessionId>,
        limit: usize,
    ) -> Result<SessionPage, SandboxError> {
        let mut world = self.world();
        let begins: Option<(Instant, SessionId)> = match after {
            None => None,
            Some(id) => {
                let session = world.sessions.get(id).ok_or(SandboxError::UnknownSession)?;
                Some((session.created, *id))
            }
        };
        // The earliest that fit, latest first; so only a page is kept, however many there are.
        let mut page: BinaryHeap<(Instant, SessionId)> = BinaryHeap::new();
        let mut more = false;
        for (id, session) in &world.sessions {
            let key = (session.created, *id);
            if begins.as_ref().is_some_and(|begins| key <= *begins) {
                continue;
            }
            page.push(key);
            if page.len() > limit {
                page.pop();
                more = true;
            }
        }
        let ids = page.into_sorted_vec();
        let sessions: Vec<SessionStanding> = ids
            .iter()
            .filter_map(|(_, id)| self.on_session(&mut world, id, |session| session.standing()))
            .collect();
        let sessions = defect::control::listed(self.settings.planted, sessions);
        let next = sessions.last().filter(|_| more);
        Ok(SessionPage {
            next: next.map(|session| session.session_id),
            sessions,
        })
    }
}

impl Session {
    fn standing(&self) -> SessionStanding {
        let (status, status_details) = self.flow.status();
        SessionStanding {
            session_id: self.id,
            reference_id: self.terms.reference_id().map(ReportedReference::from),
            guaranteed: self.terms.guaranteed,
            status,
            status_details,
            step: self.flow.screen().map(Into::into),
            over: self.flow.is_over(),
            created_at: rfc3339(self.created_at),
        }
    }

    /// Does the next thing on the way to a goal. Returns how many steps of the payor that was.
    fn go_on(&mut self, goal: &Goal, behaviour: &Behaviour) -> Result<u32, SandboxError> {
        match goal {
            Goal::Outcome(StatusDetails::Eft0501) => {
                // One that is over goes nowhere, so this one is open.
                let _ = self.flow.cancel();
                Ok(0)
            }
            Goal::Outcome(StatusDetails::Eft0601) => {
                self.flow.expire();
                Ok(0)
            }
            _ => match self.flow.advance(behaviour) {
                Ok(_) => Ok(1),
                Err(Stuck::DecisionPending) => {
                    // That it is waited for says that there is one.
                    let _ = self.flow.decide(true);
                    Ok(0)
                }
                Err(stuck) => Err(self.explain(stuck)),
            },
        }
    }

    fn has_come_to(&self, goal: &Goal, steps: u32) -> bool {
        match goal {
            Goal::Steps(goal) => steps == *goal,
            Goal::Step(step) => self.flow.screen().map(Step::from).as_ref() == Some(step),
            Goal::Outcome(code) => self.flow.status().1.as_ref() == Some(code),
        }
    }
}

impl Behaviour {
    /// What a payor does who is to end with this code.
    fn towards(mut self, code: &StatusDetails) -> Self {
        match code {
            StatusDetails::Eft0401 => self.fail_login = true,
            StatusDetails::Eft0403 => self.wrong_name = true,
            StatusDetails::Eft0404 => self.low_balance = true,
            _ => {}
        }
        self
    }
}
