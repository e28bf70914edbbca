//! What the outcome of a session makes of its debt.

use super::Standing;
use super::notes::is_open;
use crate::domain::SessionId;
use crate::session::{Outcome, SessionStatus, StatusDetails};

/// What a guard made of an outcome that it was told; in order, the last needs a person most.
#[must_use = "some outcomes are for a person to look at"]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Noted {
    /// No debt is known to have this session, or to have let it go, as far back as the guard
    /// [remembers](super::Guard::former_debts_of), and it has the reference of no create whose session is
    /// [lost](super::Guard::lost_under). So it is, too, where the session is said once more to have ended unpaid, and where one
    /// ended unpaid that cannot be told for certain to be the lost one.
    Unknown,
    /// It changes nothing: the session is open, or this is known. So it is, too, where the session of a debt that is paid in
    /// another way ended unpaid, as it should.
    NoNews,
    /// The session of a create in doubt has been found by its reference, and is open: it is the debt's live session now.
    Live,
    /// The session ended unpaid, and another one may be created.
    Free,
    /// The debit is scheduled; no other session will be created.
    Paid,
    /// Nothing can be concluded, and nothing more is created until the caller decides: [`Standing::Held`].
    Held,
    /// What is said of the session contradicts what was said of it before. The standing keeps to the safe side: a debt
    /// that is paid stays paid, one that is held stays held.
    Contradicted,
    /// Nobody knows this session, and it has the reference of a create that was in doubt: of a debt that has another session
    /// by now, or none, or of several debts. It is not surely unpaid, and its debt may be paid twice: cancel what is open, or pay
    /// back. Where its debit is scheduled and the reference is one debt's, nothing more is created for that debt: it counts as
    /// paid, and the session that it has as one to be cancelled. A session that is open becomes that of a debt that is free
    /// ([`Live`](Self::Live)). It is told each time.
    Stray,
    /// The session was let go as one that ended unpaid, and now it is said to be paid, or not surely unpaid. Its debt may have
    /// another session by now, and be paid twice: cancel that one, or pay back. A debt that was free is not any more; of
    /// one that has another session, the standing keeps to that session.
    Late,
    /// The caller had said that the debt [is paid](super::Resolution::Paid) in another way, and now its session is said to
    /// be paid as well, or not surely unpaid: pay back. It is told each time, until the caller says that the debt was
    /// [paid there](super::Resolution::PaidIn).
    Twice,
}

impl Standing {
    /// What it becomes when somebody tells how a session came out.
    pub(super) fn told(
        &self,
        of: &SessionId,
        status: &SessionStatus,
        details: Option<&StatusDetails>,
    ) -> (Option<Self>, Noted) {
        let Some(outcome) = Outcome::of(status, details) else {
            return (None, Noted::NoNews);
        };
        if self.session() != Some(of) {
            return (None, Noted::Unknown);
        }
        // A completion without a code says that either a debit is scheduled or a signature is missing, and the code may
        // come with the next report. The session is live until then.
        let open = matches!(
            outcome,
            Outcome::AwaitingPadSignature | Outcome::Unclear(None)
        );
        let contradicted = matches!(self, Self::Replacing { ended: true, .. });
        let paid = Self::Paid {
            session: Some(*of),
            contradicted,
            open: None,
        };
        match self {
            Self::Paid { open: Some(_), .. } if open => (None, Noted::NoNews),
            Self::Paid {
                session,
                contradicted,
                open: Some(_),
            } if outcome.is_unpaid() => (
                Some(Self::Paid {
                    session: *session,
                    contradicted: *contradicted,
                    open: None,
                }),
                Noted::NoNews,
            ),
            Self::Paid { open: Some(_), .. } => (None, Noted::Twice),
            // A signature that is missing is one that has come since.
            Self::Paid { .. } if outcome.is_scheduled() || open => (None, Noted::NoNews),
            Self::Paid { contradicted, .. } => (
                (!contradicted).then_some(Self::Paid {
                    session: Some(*of),
                    contradicted: true,
                    open: None,
                }),
                Noted::Contradicted,
            ),
            _ if outcome.is_scheduled() && contradicted => (Some(paid), Noted::Contradicted),
            _ if outcome.is_scheduled() => (Some(paid), Noted::Paid),
            _ if open => (None, Noted::NoNews),
            Self::Held { .. } if outcome.is_unpaid() => (None, Noted::Contradicted),
            Self::Held { .. } => (None, Noted::NoNews),
            Self::Live { .. } if outcome.is_unpaid() => (Some(Self::Free), Noted::Free),
            Self::Replacing { ended: true, .. } if outcome.is_unpaid() => (None, Noted::NoNews),
            // Whoever replaces it goes on to the new one, unless it is gone or its look at the status fails.
            Self::Replacing { .. } if outcome.is_unpaid() => {
                (Some(self.clone().over(true)), Noted::Free)
            }
            _ => (
                Some(Self::Held {
                    session: *of,
                    status: status.clone(),
                    status_details: details.cloned(),
                }),
                Noted::Held,
            ),
        }
    }

    /// What it becomes when somebody tells how a session came out that the debt has let go, as one that ended unpaid.
    pub(super) fn told_late(
        &self,
        of: &SessionId,
        status: &SessionStatus,
        details: Option<&StatusDetails>,
    ) -> (Option<Self>, Noted) {
        let Some(outcome) = Outcome::of(status, details).filter(|it| !it.is_unpaid()) else {
            return (None, Noted::NoNews);
        };
        match self {
            // It came back meanwhile.
            _ if self.session() == Some(of) => self.told(of, status, details),
            Self::Free if outcome.is_scheduled() => {
                let paid = Self::Paid {
                    session: Some(*of),
                    contradicted: true,
                    open: None,
                };
                (Some(paid), Noted::Late)
            }
            Self::Free => {
                let held = Self::Held {
                    session: *of,
                    status: status.clone(),
                    status_details: details.cloned(),
                };
                (Some(held), Noted::Late)
            }
            _ => (None, Noted::Late),
        }
    }

    /// What it becomes when a session is told of that nobody knows, under the reference of a create whose session's id is lost:
    /// a create of this debt, and of no other. With `again`, an earlier create of the debt was in doubt under the reference, and
    /// the session may be that one's.
    ///
    /// A reference is no proof, so it frees a debt only where just one create can be meant, and goes to the safe side anywhere
    /// else.
    pub(super) fn told_of_lost(
        &self,
        of: &SessionId,
        status: &SessionStatus,
        details: Option<&StatusDetails>,
        again: bool,
    ) -> (Option<Self>, Noted) {
        let outcome = Outcome::of(status, details);
        let scheduled = outcome.as_ref().is_some_and(Outcome::is_scheduled);
        let unpaid = outcome.as_ref().is_some_and(Outcome::is_unpaid);
        let open = is_open(status, details);
        let live = Self::Live { session: *of };
        let paid = |contradicted| Self::Paid {
            session: Some(*of),
            contradicted,
            open: None,
        };
        let held = || Self::Held {
            session: *of,
            status: status.clone(),
            status_details: details.cloned(),
        };
        match self {
            Self::Doubtful { .. } if !again && open => (Some(live), Noted::Live),
            // As if the answer to the create had come before.
            Self::Doubtful { .. } if !again => live.told(of, status, details),
            _ if unpaid => (None, Noted::Unknown),
            // The only payment that is known, whichever create made the session. A second one would be a stray.
            Self::Sending { .. } | Self::Doubtful { .. } if scheduled => {
                (Some(paid(false)), Noted::Paid)
            }
            // Its answer may come yet, with this id.
            Self::Sending { .. } if open => (None, Noted::NoNews),
            Self::Sending { .. } if !again => (Some(held()), Noted::Held),
            // A claim whose create has not left: by this, it does not.
            Self::Free | Self::Claimed { .. } if open => (Some(live), Noted::Live),
            Self::Free | Self::Claimed { .. } | Self::Replacing { ended: true, .. }
                if scheduled =>
            {
                (Some(paid(true)), Noted::Stray)
            }
            Self::Free | Self::Claimed { .. } => (Some(held()), Noted::Stray),
            Self::Live { session }
            | Self::Replacing { session, .. }
            | Self::Held { session, .. }
                if scheduled =>
            {
                let paid_elsewhere = Self::Paid {
                    session: None,
                    contradicted: false,
                    open: Some(*session),
                };
                (Some(paid_elsewhere), Noted::Stray)
            }
            _ => (None, Noted::Stray),
        }
    }
}
