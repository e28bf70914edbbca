//! One payment session: what was sent, and how far the payor has come.

use std::time::{Instant, SystemTime};

use uuid::Uuid;

use crate::domain::{Language, ReportedReference, SessionId};
use crate::session::{Payee, Payor, Redirect, SessionRequest};

use super::chance::Chance;
use super::flow::{Flow, Plan};
use super::scenario::Scenario;

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
    /// Ids in other systems of the vendor, which a real session has too.
    pub(super) aggregation_request: Uuid,
    pub(super) pad: Uuid,
}

/// What the request said.
#[derive(Debug)]
pub(super) struct Terms {
    pub(super) guaranteed: bool,
    pub(super) reference_id: Option<ReportedReference>,
    pub(super) payor: Payor,
    /// Where the money goes, if the request said so.
    pub(super) payee: Option<Payee>,
    pub(super) language: Language,
    pub(super) show_consent_screen: Option<bool>,
    pub(super) amount_modification: Option<bool>,
    pub(super) redirect: Option<Redirect>,
}

impl Session {
    pub(super) fn new(
        id: SessionId,
        owner: usize,
        request: SessionRequest,
        integrator_decides: bool,
        (created, created_at): (Instant, SystemTime),
        chance: &mut Chance,
    ) -> Self {
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
        let flow = Flow::new(Plan {
            guaranteed,
            consent_screen: debit.show_consent_screen == Some(true),
            preset: debit.amount,
            limits: debit.limits,
            scenario,
            integrator_decides,
        });
        let terms = Terms {
            guaranteed,
            reference_id,
            payor: debit.payor,
            payee,
            language: debit.language.unwrap_or_else(|| scenario.language()),
            show_consent_screen: debit.show_consent_screen,
            amount_modification: debit.amount_modification,
            redirect: debit.redirect,
        };
        Self {
            id,
            owner,
            created,
            created_at,
            terms,
            flow,
            aggregation_request: chance.uuid(),
            pad: chance.uuid(),
        }
    }
}
