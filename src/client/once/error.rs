//! Why there is no session for a debt, and what to do.

use std::error::Error as StdError;
use std::fmt;
use std::time::SystemTime;

use super::{GuardError, Standing};
use crate::client::Error;
use crate::domain::SessionId;
use crate::session::StatusReport;

/// Why no session was created for a debt.
///
/// `Display` is one line that says what to do. It has no session id, no key and nothing that was sent; the cause is in
/// `source()`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum OnceError {
    /// The request has no reference id. Should its answer be lost, there would be nothing by which to look for the
    /// session, and the debt would stay in doubt. Nothing was sent, and the guard was not asked.
    NoReference,
    /// Somebody else is creating or replacing a session for the debt, and was not done in time. Nothing was sent.
    #[non_exhaustive]
    InProgress {
        /// Since when, where the guard has it.
        since: Option<SystemTime>,
    },
    /// An earlier create may have been carried out. Nothing was sent.
    #[non_exhaustive]
    Doubtful {
        /// When that was.
        since: SystemTime,
        /// The session in an answer that has another reference. It may be another payor's.
        suspect: Option<SessionId>,
    },
    /// This create may have been carried out. From here on the debt is refused until it is
    /// [resolved](crate::Client::resolve).
    MaybeCreated(Error),
    /// The debt is paid. Nothing was created.
    #[non_exhaustive]
    Paid {
        /// The session that it was paid in.
        session: Option<SessionId>,
        /// Whether it was also said not to be.
        contradicted: bool,
        /// A session that the debt has all the same, and that may be open: cancel it, or the debt may be paid twice.
        open: Option<SessionId>,
    },
    /// The debt's session ended without telling whether it is paid. Nothing was created.
    #[non_exhaustive]
    Held {
        /// That session.
        session: SessionId,
    },
    /// The create failed, and no session came of it. The debt is free again; where the guard could not keep that, which is
    /// logged, it may take the debt for doubtful in a while.
    NotCreated(Error),
    /// The old session is not one that has surely ended unpaid. No other was created.
    #[non_exhaustive]
    NotReplaced {
        /// What Flinks said of it after the attempt to cancel it.
        report: Box<StatusReport>,
        /// Why it could not be cancelled, if it could not.
        cancel: Option<Error>,
    },
    /// What became of the old session could not be read. No other was created, and the old one may be cancelled.
    #[non_exhaustive]
    NotRead {
        /// Why it could not be read.
        error: Error,
        /// Why it could not be cancelled, if it could not.
        cancel: Option<Error>,
    },
    /// The session is not the debt's. It was left alone.
    #[non_exhaustive]
    NotItsSession {
        /// The live session of the debt; nothing where the session belongs to another debt.
        live: Option<SessionId>,
    },
    /// A session was created, and meanwhile the debt has come to stand otherwise: the claim was taken for one that nobody
    /// comes back for, and somebody resolved it.
    #[non_exhaustive]
    Overtaken {
        /// The session that was created, which the guard does not know.
        session: SessionId,
        /// How the debt stands.
        standing: Box<Standing>,
    },
    /// A session was created, and the guard could not keep it, also when it was asked again. It takes the debt for doubtful
    /// in a few minutes; before, the debt cannot be [resolved](crate::Client::resolve).
    #[non_exhaustive]
    NotKept {
        /// The session that was created.
        session: SessionId,
        /// Why it was not kept.
        error: GuardError,
    },
    /// The caller's word does not go with how the debt stands; see [`Resolution`](super::Resolution).
    #[non_exhaustive]
    NotResolved {
        /// How it stands.
        standing: Box<Standing>,
    },
    /// The guard failed or refused. Nothing was created.
    Guard(GuardError),
}

impl OnceError {
    /// Returns the session that is at stake, if its id is known: live, paid, or created just now. The suspect of a doubtful
    /// create is not.
    #[must_use]
    pub fn session_id(&self) -> Option<&SessionId> {
        match self {
            Self::Paid { session, open, .. } => session.as_ref().or(open.as_ref()),
            Self::Held { session }
            | Self::Overtaken { session, .. }
            | Self::NotKept { session, .. } => Some(session),
            Self::NotReplaced { report, .. } => Some(&report.session_id),
            Self::NotItsSession { live } => live.as_ref(),
            Self::NotResolved { standing } => standing.session(),
            Self::NoReference
            | Self::InProgress { .. }
            | Self::Doubtful { .. }
            | Self::MaybeCreated(_)
            | Self::NotCreated(_)
            | Self::NotRead { .. }
            | Self::Guard(_) => None,
        }
    }

    /// Why nobody else may create a session for a debt that stands so; nothing where it is free or has a live one.
    pub(super) fn of(standing: &Standing) -> Option<Self> {
        match standing {
            Standing::Free | Standing::Live { .. } => None,
            Standing::Claimed { since, .. }
            | Standing::Sending { since, .. }
            | Standing::Replacing { since, .. } => Some(Self::InProgress {
                since: Some(*since),
            }),
            Standing::Doubtful { since, suspect, .. } => Some(Self::Doubtful {
                since: *since,
                suspect: *suspect,
            }),
            Standing::Held { session, .. } => Some(Self::Held { session: *session }),
            Standing::Paid {
                session,
                contradicted,
                open,
            } => Some(Self::Paid {
                session: *session,
                contradicted: *contradicted,
                open: *open,
            }),
        }
    }
}

/// Where to find out about a session without its id.
const LOOK: &str = "look for the reference in the Flinks dashboard, the reconciliation file and webhooks, and resolve the debt";

impl fmt::Display for OnceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoReference => f.write_str(
                "the request has no reference id, and a create whose answer is lost could not be looked for; nothing was \
                 sent: give it one",
            ),
            Self::InProgress { .. } => f.write_str(
                "somebody else is creating a session for this debt; ask again when that has ended",
            ),
            Self::Doubtful { suspect: None, .. } => write!(
                f,
                "an earlier create for this debt may have been carried out, and its session id is lost: {LOOK}"
            ),
            Self::Doubtful { .. } => f.write_str(
                "an earlier create for this debt was answered with another reference: find out by the details of the \
                 session in the answer whose it is, do not cancel it unseen, and resolve the debt",
            ),
            Self::MaybeCreated(_) => {
                write!(f, "the create may have been carried out: before another one, {LOOK}")
            }
            Self::Paid { open: Some(_), .. } => f.write_str(
                "this debt is paid, and a session of it may be open: cancel that one; nothing was created",
            ),
            Self::Paid {
                contradicted: false,
                ..
            } => f.write_str("this debt is paid; nothing was created"),
            Self::Paid { .. } => f.write_str(
                "this debt is paid, and its session was also said not to be; nothing was created: ask Flinks which it is",
            ),
            Self::Held { .. } => f.write_str(
                "the last session of this debt ended without telling whether it is paid: ask Flinks, and resolve the debt",
            ),
            Self::NotCreated(_) => {
                f.write_str("the create failed and made no session")
            }
            Self::NotReplaced { report, .. } => match report.outcome() {
                Some(outcome) => write!(
                    f,
                    "the old session is not surely unpaid ({outcome}); no other was created"
                ),
                None => f.write_str("the old session is still open; no other was created"),
            },
            Self::NotRead { .. } => f.write_str(
                "what became of the old session could not be read; no other was created: try again",
            ),
            Self::NotItsSession { live: Some(_) } => f.write_str(
                "the debt has another live session; the one to be replaced was left alone",
            ),
            Self::NotItsSession { live: None } => {
                f.write_str("the session belongs to another debt; it was left alone")
            }
            Self::Overtaken { standing, .. } => write!(
                f,
                "a session was created, and meanwhile the debt stands otherwise ({standing}): cancel the session"
            ),
            Self::NotKept { .. } => f.write_str(
                "a session was created and the guard could not keep it: keep its id, and resolve the debt with it when the \
                 debt is doubtful, in a few minutes",
            ),
            Self::NotResolved { standing } => write!(
                f,
                "the debt cannot be resolved like this from how it stands ({standing})"
            ),
            Self::Guard(GuardError::Full { .. }) => {
                f.write_str("the guard of debts has no room for this one; nothing was created")
            }
            Self::Guard(_) => f.write_str("the guard of debts failed; nothing was created"),
        }
    }
}

impl StdError for OnceError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::MaybeCreated(error) | Self::NotCreated(error) | Self::NotRead { error, .. } => {
                Some(error)
            }
            Self::NotReplaced { cancel, .. } => {
                let cancel = cancel.as_ref()?;
                Some(cancel)
            }
            Self::NotKept { error, .. } | Self::Guard(error) => Some(error),
            Self::NoReference
            | Self::InProgress { .. }
            | Self::Doubtful { .. }
            | Self::Paid { .. }
            | Self::Held { .. }
            | Self::NotItsSession { .. }
            | Self::Overtaken { .. }
            | Self::NotResolved { .. } => None,
        }
    }
}

impl From<GuardError> for OnceError {
    fn from(error: GuardError) -> Self {
        Self::Guard(error)
    }
}
