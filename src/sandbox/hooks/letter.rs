//! What is told of a session, and when.

use std::time::SystemTime;

use bytes::Bytes;
use serde_json::json;

use super::delivery::WebhookKind;
use super::status_event::StatusEvent;
use crate::domain::SessionId;
use crate::sandbox::details::risk;
use crate::sandbox::flow::{Flow, Offer};
use crate::sandbox::profile::Profile;
use crate::sandbox::profile::choices::CompletedWebhook;
use crate::sandbox::session::Session;
use crate::sandbox::timestamp::rfc3339;
use crate::session::{SessionStatus, StatusDetails};
use crate::webhook::STATUS_CHANGED;

/// The name of the event that a guarantee is on offer. Ours: no page has the vendor's.
const GUARANTEE_OFFERED: &str = "GuaranteeOffered";

/// What of a session there is to tell, at one time.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::sandbox) struct Standing {
    status: (SessionStatus, Option<StatusDetails>),
    awaits_decision: bool,
}

impl Standing {
    pub(in crate::sandbox) fn status(&self) -> &(SessionStatus, Option<StatusDetails>) {
        &self.status
    }

    pub(in crate::sandbox) fn of(flow: &Flow) -> Self {
        Self {
            status: flow.status(),
            awaits_decision: flow.offer_to_decide().is_some(),
        }
    }
}

/// An event, as it is sent.
#[derive(Clone)]
pub(in crate::sandbox) struct Letter {
    pub(in crate::sandbox) kind: WebhookKind,
    pub(super) session: SessionId,
    pub(in crate::sandbox) code: Option<StatusDetails>,
    pub(in crate::sandbox) body: Bytes,
}

impl Letter {
    pub(super) fn event(&self) -> &'static str {
        match self.kind {
            WebhookKind::Session => STATUS_CHANGED,
            WebhookKind::Guarantee => GUARANTEE_OFFERED,
        }
    }

    fn new(session: &Session, kind: WebhookKind, code: Option<StatusDetails>, body: Bytes) -> Self {
        Self {
            kind,
            session: session.id,
            code,
            body,
        }
    }
}

/// What there is to tell of a session that has come from one standing to another.
pub(super) fn of(
    session: &Session,
    before: &Standing,
    now: &Standing,
    profile: &Profile,
    when: SystemTime,
) -> Vec<Letter> {
    let mut letters = Vec::new();
    if now.status != before.status && is_told(&now.status, profile.completed_webhook) {
        letters.push(status(session, profile, when));
    }
    if let Some(offer) = session.flow.offer_to_decide()
        && !before.awaits_decision
    {
        letters.push(guarantee(session, *offer, when));
    }
    letters
}

fn is_told(now: &(SessionStatus, Option<StatusDetails>), completed: CompletedWebhook) -> bool {
    match now {
        (SessionStatus::Completed, Some(StatusDetails::Eft0302)) => {
            completed == CompletedWebhook::Both
        }
        (SessionStatus::Completed | SessionStatus::Failed | SessionStatus::Cancelled, _) => true,
        // Never of a session that expired (WST), nor of one that is still open.
        _ => false,
    }
}

pub(super) fn status(session: &Session, profile: &Profile, when: SystemTime) -> Letter {
    let (status, code) = session.flow.status();
    let event = StatusEvent {
        when,
        session_id: session.id,
        reference_id: session
            .terms
            .reference_id()
            .map(|text| text.to_owned().into()),
        amount: session.flow.amount(),
        status: profile.spell(&status).to_owned(),
        status_details: code.clone(),
    };
    Letter::new(session, WebhookKind::Session, code, event.body())
}

fn guarantee(session: &Session, offer: Offer, when: SystemTime) -> Letter {
    let body = json!({
        "event": GUARANTEE_OFFERED,
        "when": rfc3339(when),
        "sessionId": session.id,
        "referenceId": session.terms.reference_id(),
        "amount": session.flow.amount(),
        "highestDebitAmountToGuarantee": offer.amount,
        "overallRiskLevel": risk(offer),
    });
    let body = body.to_string().into();
    Letter::new(session, WebhookKind::Guarantee, None, body)
}
