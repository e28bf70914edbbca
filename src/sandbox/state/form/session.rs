//! A session, and what a state file says of it.

use std::borrow::Cow;

use super::{Moments, SessionForm, date, of_date};
use crate::sandbox::session::Session;

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
            elsewhere,
        } = session;
        Self {
            id: *id,
            client: *owner,
            created: moments.number(*created),
            created_at: date(*created_at),
            terms: Cow::Borrowed(terms),
            elsewhere: *elsewhere,
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
            terms: self.terms.into_owned(),
            flow: self.flow.into_owned(),
            elsewhere: self.elsewhere,
        })
    }
}
