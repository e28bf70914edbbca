//! How a debt stands, and what may follow: the whole life of it as plain functions, so that every [`Guard`](super::Guard)
//! keeps the same rules.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Resolution;
use crate::domain::{GuaranteedReferenceId, SessionId};
use crate::session::{SessionStatus, StatusDetails};

/// Names one attempt to create a session for a debt. It is random, so that nobody gives back a claim that is not theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ClaimId(Uuid);

impl ClaimId {
    /// One that is the same every time.
    #[cfg(test)]
    pub(super) const NIL: Self = Self(Uuid::nil());

    pub(super) fn random() -> Self {
        Self(Uuid::new_v4())
    }
}

impl fmt::Display for ClaimId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How a debt stands.
///
/// It serialises, for guards that keep it in a database; what is read back equals what was written, and what an older
/// version wrote is read and written again as it was. The session id is written whole, and opens the hosted page to whoever
/// reads it; so is the reference, which may identify a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "standing",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
#[non_exhaustive]
pub enum Standing {
    /// Nothing stands in the way of a session: there was none, or the last one ended unpaid.
    Free,
    /// Somebody is about to create a session, and has not sent anything yet.
    #[non_exhaustive]
    Claimed {
        /// Whose claim it is.
        claim: ClaimId,
        /// Since when, in whole seconds.
        #[serde(with = "seconds")]
        since: SystemTime,
        /// From then on, whoever claimed it is taken for gone, and the debt is [`Free`](Self::Free).
        #[serde(with = "seconds")]
        until: SystemTime,
        /// The reference that the create will be sent with; nothing in what an older version wrote.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reference: Option<GuaranteedReferenceId>,
    },
    /// Somebody is creating a session, and the create may have left.
    #[non_exhaustive]
    Sending {
        /// Whose claim it is.
        claim: ClaimId,
        /// Since when the debt is claimed, in whole seconds.
        #[serde(with = "seconds")]
        since: SystemTime,
        /// From then on, whoever claimed it is taken for gone, and the debt is [`Doubtful`](Self::Doubtful).
        #[serde(with = "seconds")]
        until: SystemTime,
        /// The reference that the create is sent with; nothing in what an older version wrote. By it, a report of a session that
        /// nobody knows is recognised as one of this debt.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reference: Option<GuaranteedReferenceId>,
    },
    /// Somebody is replacing a session, and has not begun to create another one.
    #[non_exhaustive]
    Replacing {
        /// The session that is being replaced.
        session: SessionId,
        /// Whose claim it is.
        claim: ClaimId,
        /// Since when, in whole seconds.
        #[serde(with = "seconds")]
        since: SystemTime,
        /// From then on, whoever claimed it is taken for gone, and the session is [`Live`](Self::Live) again, or the debt
        /// is free if the session has ended.
        #[serde(with = "seconds")]
        until: SystemTime,
        /// Whether the session was said to have ended unpaid, as by the cancellation that comes before the new one.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        ended: bool,
    },
    /// A session may still be paid. One that waits for the signature of the debit agreement may.
    #[non_exhaustive]
    Live {
        /// That session.
        session: SessionId,
    },
    /// A create may have been carried out, and nobody has the session's id. The caller can say what became of it, see
    /// [`Resolution`]; so does a report of a session that nobody knows under its reference, see
    /// [`Client::note_outcome`](crate::Client::note_outcome).
    #[non_exhaustive]
    Doubtful {
        /// Whose create it was. It may still hear of the session.
        claim: ClaimId,
        /// Since when, in whole seconds.
        #[serde(with = "seconds")]
        since: SystemTime,
        /// The session in an answer that has another reference than the one sent. It may be another payor's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        suspect: Option<SessionId>,
        /// The reference that the create is sent with; nothing in what an older version wrote. By it, a report of a session that
        /// nobody knows is recognised as one of this debt.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reference: Option<GuaranteedReferenceId>,
    },
    /// The session ended, and what was said of it does not tell whether a debit is scheduled: status and code contradict
    /// each other, or the code is one that is not known. A completion without any code is not held: it stays live. Nothing but a debit that is scheduled after all changes this, except the
    /// caller.
    #[non_exhaustive]
    Held {
        /// That session.
        session: SessionId,
        /// What was said of it.
        status: SessionStatus,
        /// What was said of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status_details: Option<StatusDetails>,
    },
    /// The debit is scheduled: never again.
    #[non_exhaustive]
    Paid {
        /// The session that it was scheduled in; nothing where the caller said that it is paid in another way.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        session: Option<SessionId>,
        /// Whether the session was also said to have ended otherwise. Somebody should look at it.
        contradicted: bool,
        /// The session that the debt had when the caller said that it is paid in another way. Nobody has said that it ended
        /// unpaid: as long as it is open, the debt may be paid a second time there. Cancel it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        open: Option<SessionId>,
    },
}

/// The work of a claim that was dropped half-way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Abandoned {
    /// Whose claim it was.
    pub claim: ClaimId,
    /// Whether a create may have left.
    pub may_have_left: bool,
    /// The session that was created, where the answer had come and the guard had not kept it yet.
    pub session: Option<SessionId>,
}

impl Standing {
    /// Returns the session that it is about, if one is known. The suspect of a doubtful create is not.
    #[must_use]
    pub fn session(&self) -> Option<&SessionId> {
        match self {
            Self::Free | Self::Claimed { .. } | Self::Sending { .. } | Self::Doubtful { .. } => {
                None
            }
            Self::Replacing { session, .. }
            | Self::Live { session }
            | Self::Held { session, .. } => Some(session),
            Self::Paid { session, open, .. } => session.as_ref().or(open.as_ref()),
        }
    }

    /// Returns the session that is the debt's no longer once it stands as `to` says: one that ended unpaid. For guards that
    /// [remember](super::Guard::former_debts_of) those.
    #[must_use]
    pub fn lets_go(&self, to: &Self) -> Option<&SessionId> {
        self.session().filter(|it| to.session() != Some(it))
    }

    /// Returns the reference of a create that may have made a session of which nobody has the id: one that is under way, or in
    /// doubt. For guards that [find debts by it](super::Guard::lost_under).
    #[must_use]
    pub fn reference(&self) -> Option<&GuaranteedReferenceId> {
        match self {
            Self::Sending { reference, .. } | Self::Doubtful { reference, .. } => {
                reference.as_ref()
            }
            _ => None,
        }
    }

    /// Returns the reference of a create whose doubt is over once the debt stands as `to` says, however it came to be. A
    /// session of it may still turn up, and guards [remember](super::Guard::lost_under) that. A create that was simply answered
    /// was never in doubt.
    #[must_use]
    pub fn ends_doubt(&self, to: &Self) -> Option<&GuaranteedReferenceId> {
        match (self, to) {
            (_, Self::Sending { .. } | Self::Doubtful { .. })
            | (Self::Sending { .. }, Self::Free | Self::Live { .. }) => None,
            _ => self.reference(),
        }
    }

    /// Returns what follows when a claim has been dropped; nothing where it stands as it should.
    #[must_use]
    pub fn after(&self, abandoned: &Abandoned) -> Option<Self> {
        match abandoned.session {
            Some(session) => self.opened(abandoned.claim, session),
            None if abandoned.may_have_left => self.in_doubt(abandoned.claim, None),
            None => self.released(abandoned.claim),
        }
    }

    /// A claim that is too old is one whose claimant is gone: it may have created a session, if that may have left.
    pub(super) fn aged(self, now: SystemTime) -> Self {
        if !self.is_over(now) {
            return self;
        }
        match self {
            Self::Claimed { .. } => Self::Free,
            Self::Sending {
                claim,
                since,
                reference,
                ..
            } => Self::Doubtful {
                claim,
                since,
                suspect: None,
                reference,
            },
            // Nothing was created in this state.
            Self::Replacing { session, ended, .. } => given_back(session, ended),
            other => other,
        }
    }

    /// Whether it is a claim whose time is over, or one from a time that is yet to come: the clock was set back since, and
    /// its end may be days away.
    fn is_over(&self, now: SystemTime) -> bool {
        match self {
            Self::Claimed { since, until, .. }
            | Self::Sending { since, until, .. }
            | Self::Replacing { since, until, .. } => {
                *until <= now || since.duration_since(now).is_ok_and(|ahead| ahead > AHEAD)
            }
            _ => false,
        }
    }

    /// When a claim grows too old, where it is one.
    pub(super) fn until(&self) -> Option<SystemTime> {
        match self {
            Self::Claimed { until, .. }
            | Self::Sending { until, .. }
            | Self::Replacing { until, .. } => Some(*until),
            _ => None,
        }
    }

    pub(super) fn claimed(claim: ClaimId, now: SystemTime, within: Duration) -> Self {
        Self::Claimed {
            claim,
            since: whole(now),
            until: later(now, within),
            reference: None,
        }
    }

    /// The same claim, of a create with this reference.
    pub(super) fn under(mut self, by: &GuaranteedReferenceId) -> Self {
        if let Self::Claimed { reference, .. } = &mut self {
            *reference = Some(by.clone());
        }
        self
    }

    pub(super) fn replacing(
        session: SessionId,
        claim: ClaimId,
        now: SystemTime,
        within: Duration,
    ) -> Self {
        Self::Replacing {
            session,
            claim,
            since: whole(now),
            until: later(now, within),
            ended: false,
        }
    }

    /// The same, of a session that is known to have ended unpaid, or not to have.
    pub(super) fn over(mut self, is_over: bool) -> Self {
        if let Self::Replacing { ended, .. } = &mut self {
            *ended = is_over;
        }
        self
    }

    /// What a claimed debt becomes right before its create leaves.
    pub(super) fn sending(&self) -> Option<Self> {
        match self {
            Self::Claimed {
                claim,
                since,
                until,
                reference,
            } => Some(Self::Sending {
                claim: *claim,
                since: *since,
                until: *until,
                reference: reference.clone(),
            }),
            _ => None,
        }
    }

    /// What a claimed or a doubtful debt becomes when its create has a session after all.
    pub(super) fn opened(&self, by: ClaimId, session: SessionId) -> Option<Self> {
        match self {
            Self::Claimed { claim, .. }
            | Self::Sending { claim, .. }
            | Self::Doubtful { claim, .. }
                if *claim == by =>
            {
                Some(Self::Live { session })
            }
            // The claim grew too old, the caller said that nothing exists, and here it is.
            Self::Free => Some(Self::Live { session }),
            _ => None,
        }
    }

    /// What a claimed debt becomes when its create may have been carried out.
    pub(super) fn in_doubt(&self, by: ClaimId, suspect: Option<SessionId>) -> Option<Self> {
        match self {
            Self::Claimed {
                claim,
                since,
                reference,
                ..
            }
            | Self::Sending {
                claim,
                since,
                reference,
                ..
            } if *claim == by => Some(Self::Doubtful {
                claim: by,
                since: *since,
                suspect,
                reference: reference.clone(),
            }),
            Self::Doubtful {
                claim,
                since,
                suspect: known,
                reference,
            } if *claim == by => Some(Self::Doubtful {
                claim: by,
                since: *since,
                suspect: suspect.or(*known),
                reference: reference.clone(),
            }),
            _ => None,
        }
    }

    /// What it becomes when the claimant knows that nothing was created.
    pub(super) fn released(&self, by: ClaimId) -> Option<Self> {
        match self {
            Self::Claimed { claim, .. }
            | Self::Sending { claim, .. }
            | Self::Doubtful { claim, .. }
                if *claim == by =>
            {
                Some(Self::Free)
            }
            Self::Replacing {
                claim,
                session,
                ended,
                ..
            } if *claim == by => Some(given_back(*session, *ended)),
            _ => None,
        }
    }

    /// What becomes of the word that the session which is being replaced has ended, when it was read afterwards and did not
    /// say so.
    pub(super) fn not_ended(&self, by: ClaimId) -> Option<Self> {
        match self {
            Self::Replacing {
                claim, ended: true, ..
            } if *claim == by => Some(self.clone().over(false)),
            _ => None,
        }
    }

    /// What a free debt that was claimed to replace a session becomes when there is no such session.
    pub(super) fn unfounded(&self, by: ClaimId) -> Option<Self> {
        match self {
            Self::Replacing { claim, .. } if *claim == by => Some(Self::Free),
            _ => None,
        }
    }

    /// What it becomes by the word of the caller; nothing where that is not for the caller to say.
    pub(super) fn resolved(&self, by: Resolution) -> Option<Self> {
        match (by, self) {
            // Somebody is at work; a claim that is too old is none.
            (_, Self::Claimed { .. } | Self::Sending { .. } | Self::Replacing { .. }) => None,
            (Resolution::NothingExists, Self::Free | Self::Doubtful { .. }) => Some(Self::Free),
            (Resolution::Unpaid(of), Self::Live { session } | Self::Held { session, .. })
                if *session == of =>
            {
                Some(Self::Free)
            }
            (Resolution::Session(of), Self::Free | Self::Doubtful { .. }) => {
                Some(Self::Live { session: of })
            }
            (Resolution::Session(of), Self::Live { session }) if *session == of => {
                Some(self.clone())
            }
            (Resolution::Paid, Self::Paid { .. }) => Some(self.clone()),
            (Resolution::Paid, _) => Some(Self::Paid {
                session: None,
                contradicted: false,
                open: self.session().copied(),
            }),
            (Resolution::PaidIn(of), _) if self.session().is_none_or(|it| *it == of) => {
                Some(Self::Paid {
                    session: Some(of),
                    contradicted: false,
                    open: None,
                })
            }
            (
                Resolution::NothingExists
                | Resolution::Unpaid(_)
                | Resolution::Session(_)
                | Resolution::PaidIn(_),
                Self::Free
                | Self::Live { .. }
                | Self::Doubtful { .. }
                | Self::Held { .. }
                | Self::Paid { .. },
            ) => None,
        }
    }
}

/// What a debt is whose session was not replaced.
fn given_back(session: SessionId, ended: bool) -> Standing {
    if ended {
        Standing::Free
    } else {
        Standing::Live { session }
    }
}

/// As it is said to people, without what it is about.
impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Free => "free",
            Self::Claimed { .. } | Self::Sending { .. } => "a session is being created",
            Self::Replacing { .. } => "a session is being replaced",
            Self::Live { .. } => "a session is live",
            Self::Doubtful { .. } => "a session may have been created whose id is lost",
            Self::Held { .. } => "a session ended without telling whether it is paid",
            Self::Paid {
                contradicted: false,
                open: None,
                ..
            } => "paid",
            Self::Paid {
                contradicted: false,
                ..
            } => "paid in another way than by its session, which may be open",
            Self::Paid {
                contradicted: true, ..
            } => "paid, and also said not to be",
        })
    }
}

/// Whole seconds, so that a time that was written into a database is the same when it is read.
fn whole(time: SystemTime) -> SystemTime {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    UNIX_EPOCH
        .checked_add(Duration::from_secs(since.as_secs()))
        .unwrap_or(UNIX_EPOCH)
}

/// Never earlier than `within` from now.
fn later(now: SystemTime, within: Duration) -> SystemTime {
    let second = Duration::from_secs(1);
    let end = within.min(LONGEST_CLAIM).saturating_add(second);
    whole(now.checked_add(end).unwrap_or(now))
}

/// How far ahead of a clock the others of a guard may be: twice what they should differ by.
const AHEAD: Duration = Duration::from_secs(120);

/// A claim is taken for gone after a year at the latest, whatever the timeouts are.
const LONGEST_CLAIM: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Times as seconds since 1970.
mod seconds {
    use std::time::{Duration, SystemTime, UNIX_EPOCH};

    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::Serializer;

    pub(super) fn serialize<S: Serializer>(time: &SystemTime, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u64(
            time.duration_since(UNIX_EPOCH)
                .unwrap_or_default()
                .as_secs(),
        )
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<SystemTime, D::Error> {
        let seconds = u64::deserialize(from)?;
        UNIX_EPOCH
            .checked_add(Duration::from_secs(seconds))
            .ok_or_else(|| D::Error::custom("a time that is too far away"))
    }
}
