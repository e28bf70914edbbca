//! A session, and what a state file says of it.

use std::borrow::Cow;

use super::{Moments, SessionForm, date, of_date};
use crate::sandbox::session::{Session, Terms};

impl<'a> SessionForm<'a> {
    /// What a state file says of it.
    pub(in crate::sandbox) fn of(session: &'a Session, moments: &Moments) -> Self {
        let Session {
            id,
            owner,
            created,
            created_at,
            terms,
            flow,
            aggregation_request,
            pad,
        } = session;
        let Terms {
            guaranteed,
            reference_id,
            payor,
            payee,
            language,
            show_consent_screen,
            amount_modification,
            redirect,
        } = terms;
        Self {
            id: *id,
            client: *owner,
            created: moments.number(*created),
            created_at: date(*created_at),
            guaranteed: *guaranteed,
            reference_id: reference_id.as_ref().map(Cow::Borrowed),
            payor: Cow::Borrowed(payor),
            payee: payee.as_ref().map(Cow::Borrowed),
            language: *language,
            show_consent_screen: *show_consent_screen,
            amount_modification: *amount_modification,
            redirect: redirect.as_ref().map(Cow::Borrowed),
            aggregation_request: *aggregation_request,
            pad: *pad,
            flow: Cow::Borrowed(flow),
        }
    }

    /// Where it comes in the order of creation.
    pub(in crate::sandbox) fn order(&self) -> impl Ord + use<> {
        (self.created, self.id)
    }

    /// The session of a state file; nothing if it has a client or a moment that cannot be.
    pub(in crate::sandbox) fn resumed(
        self,
        moments: &Moments,
        client: impl Fn(usize) -> Option<usize>,
    ) -> Option<Session> {
        Some(Session {
            id: self.id,
            owner: client(self.client)?,
            created: moments.instant(self.created)?,
            created_at: of_date(self.created_at),
            terms: Terms {
                guaranteed: self.guaranteed,
                reference_id: self.reference_id.map(Cow::into_owned),
                payor: self.payor.into_owned(),
                payee: self.payee.map(Cow::into_owned),
                language: self.language,
                show_consent_screen: self.show_consent_screen,
                amount_modification: self.amount_modification,
                redirect: self.redirect.map(Cow::into_owned),
            },
            flow: self.flow.into_owned(),
            aggregation_request: self.aggregation_request,
            pad: self.pad,
        })
    }
}
