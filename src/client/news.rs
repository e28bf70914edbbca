//! Telling the guard of debts what a call has read.

use std::time::Duration;

use super::Client;
use super::once::is_open;
use crate::clock::{after, in_time};
use crate::domain::{ReportedReference, SessionId};
use crate::session::{
    CancelledSession, SessionDetails, SessionStatus, StatusDetails, StatusReport,
};

/// What was read of a session, for a guard of debts.
pub(crate) trait News {
    /// Returns the session, and what is said of it.
    fn said(&self) -> Said<'_>;
}

/// A session, and what is said of it.
#[derive(Clone, Copy)]
pub(crate) struct Said<'a> {
    pub(crate) session: &'a SessionId,
    pub(crate) reference: Option<&'a ReportedReference>,
    pub(crate) status: &'a SessionStatus,
    pub(crate) details: Option<&'a StatusDetails>,
}

/// They have these members by the same names.
macro_rules! news {
    ($($report:ident),+) => {
        $(impl News for $report {
            fn said(&self) -> Said<'_> {
                Said {
                    session: &self.session_id,
                    reference: self.reference_id.as_ref(),
                    status: &self.status,
                    details: self.status_details.as_ref(),
                }
            }
        })+
    };
}

news!(StatusReport, CancelledSession, SessionDetails);

impl Client {
    /// Tells the guard what was read. The answer is in hand by then, and is not given up for a guard that takes its time:
    /// that is waited for no longer than `within`, nor than an attempt may take.
    pub(crate) async fn tell(&self, within: Duration, news: &impl News) {
        let said = news.said();
        if is_open(said.status, said.details) {
            return;
        }
        let clock = &*self.0.clock;
        let until = after(clock, within.min(self.0.timeouts.attempt));
        let told = in_time(clock, until, self.seen(said)).await;
        if told.is_none() {
            tracing::warn!(
                target: "flinks_pay",
                "the guard of debts did not hear in time how a session came out; read its status again"
            );
        }
    }
}
