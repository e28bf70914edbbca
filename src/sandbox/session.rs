//! One payment session: what was sent, and how far the payor has come.

use std::time::{Instant, SystemTime};

use uuid::Uuid;

use crate::domain::{ReportedReference, SessionId};
use crate::session::SessionRequest;

use super::chance::Chance;
use super::defect::Planted;
use super::flow::{Flow, Plan};
use super::scenario::Scenario;
use super::terms::{Said, Terms};

/// A session as the sandbox keeps it.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) id: SessionId,
    /// The index of the client that created it.
    pub(super) owner: usize,
    pub(super) created: Instant,
    pub(super) created_at: SystemTime,
    pub(super) terms: Terms,
    pub(super) flow: Flow,
    /// What its ids in other systems of the vendor are drawn from, which a real session has too.
    pub(super) elsewhere: u64,
}

impl Session {
    /// In a box, as a table of sessions has room for more of them than there are.
    pub(super) fn new(
        id: SessionId,
        owner: usize,
        request: SessionRequest,
        integrator_decides: bool,
        (created, created_at): (Instant, SystemTime),
        chance: &mut Chance,
        planted: Planted,
    ) -> Box<Self> {
        let (guaranteed, debit, reference_id, payee) = match request {
            SessionRequest::Guaranteed(request) => (
                true,
                request.debit,
                request.reference_id.as_ref().map(ReportedReference::from),
                request.payee,
            ),
            SessionRequest::Regular(request) => (
                false,
                request.debit,
                request.reference_id.as_ref().map(ReportedReference::from),
                None,
            ),
        };
        let scenario = Scenario::of(reference_id.as_ref().map(ReportedReference::expose));
        let plan = Plan {
            guaranteed,
            consent_screen: debit.show_consent_screen == Some(true),
            limits: debit.limits,
            scenario,
            integrator_decides,
            planted,
        };
        let flow = Flow::new(plan, debit.amount);
        let terms = Terms::new(
            guaranteed,
            debit.language.unwrap_or_else(|| scenario.language()),
            debit.show_consent_screen,
            debit.amount_modification,
            &Said {
                reference_id: reference_id.as_ref(),
                payor: &debit.payor,
                payee: payee.as_ref(),
                redirect: debit.redirect.as_ref(),
            },
        );
        Box::new(Self {
            id,
            owner,
            created,
            created_at,
            terms,
            flow,
            elsewhere: chance.number(),
        })
    }

    /// The id of the look at the payor's bank account.
    pub(super) fn aggregation_request(&self) -> Uuid {
        Chance::at(self.elsewhere).uuid()
    }

    /// The id of the agreement that the payor signs.
    pub(super) fn pad(&self) -> Uuid {
        let mut chance = Chance::at(self.elsewhere);
        chance.uuid();
        chance.uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of which somebody may make a hundred thousand. What is not in here is one piece of text.
    #[test]
    fn a_session_is_small() {
        assert!(size_of::<Session>() <= 152, "{}", size_of::<Session>());
    }
}
