//! One debt, one session: a guard against charging a payor twice.
//!
//! Flinks documents neither a key that makes a repeated create harmless nor a call that lists sessions. So two tabs, a
//! double click, a job that runs again or a second server make two sessions for one debt, and two sessions can both be
//! paid. [`Client::create_once`] and [`Client::replace`] create under the name of the debt, a [`DebtKey`], and ask a
//! [`Guard`] first.
//!
//! | A debt [stands](Standing) | `create_once` | Left by |
//! |---|---|---|
//! | `Free` | creates | a claim |
//! | `Claimed`, `Sending`, `Replacing` | waits for whoever is at it, for as long as one call may take | that create; the claimant's being dropped; time |
//! | `Live` | answers the live session | its outcome: told by [`Client::status`], `details` or `cancel` of the same guard, or by [`Client::note_outcome`] from a webhook |
//! | `Doubtful` | refuses | [`Client::resolve`]; a webhook of its session, found by the reference |
//! | `Held` | refuses | [`Client::resolve`]; a debit that is scheduled after all |
//! | `Paid` | refuses | nothing |
//!
//! A session that ended surely unpaid ([`Outcome::is_unpaid`](crate::Outcome::is_unpaid)) frees its debt. One that waits
//! for a signature is live, and so is one that is completed without a code, which would tell whether it does. Flinks sends
//! no webhook for a session that expires: one that may have is asked about, with [`Client::status`] or by replacing it.
//!
//! A session that was let go like that and is said to be paid afterwards is a contradiction, and maybe a second payment:
//! [`Noted::Late`], from guards that [remember](Guard::former_debts_of) such sessions. A debt that was still free counts as
//! paid then. Where the caller said that a debt is [paid](Resolution::Paid) in another way while a session of it was open, a
//! payment in that session is [`Noted::Twice`].
//!
//! A create whose answer is lost may have made a session of which nobody has the id. The guard keeps its reference, and a
//! report of a session that nobody knows is compared with that: while the debt is in doubt, the session is taken for the
//! debt's; afterwards, when the caller has said that there was none or another one, it is [`Noted::Stray`]. So references
//! should be the debt's own. Where several debts with a lost session share one, it is not guessed between them.
//!
//! Creates that do not go through here, [`Client::create`] and its kin, are not guarded.

mod collect;
mod error;
mod guard;
mod key;
mod memory;
mod notes;
mod standing;
#[cfg(test)]
mod tests;
mod told;
mod turns;

use std::sync::Arc;

pub(super) use self::notes::is_open;
use self::turns::Turns;
#[cfg(doc)]
use crate::Client;
use crate::client::{Error, Response};
use crate::domain::SessionId;
use crate::session::CreatedSession;

pub use self::error::OnceError;
pub use self::guard::{Answer, Guard, GuardError, Lost, settle};
pub use self::key::{DebtKey, InvalidDebtKey};
pub use self::memory::MemoryGuard;
pub use self::standing::{Abandoned, ClaimId, Standing};
pub use self::told::Noted;

/// The session of a debt.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Once {
    /// It was created just now.
    Created(Box<Response<CreatedSession>>),
    /// It was created before, and nobody has said that it ended. Whether it is still open was not asked.
    Live(SessionId),
    /// It was created just now, and of the answer little more than its id can be read.
    #[non_exhaustive]
    Salvaged {
        /// The session.
        session: SessionId,
        /// What is wrong with the answer.
        error: Error,
    },
}

impl Once {
    /// Returns the session, however it came about.
    #[must_use]
    pub fn session_id(&self) -> &SessionId {
        match self {
            Self::Created(created) => &created.session_id,
            Self::Live(session) | Self::Salvaged { session, .. } => session,
        }
    }
}

/// What the caller knows about a debt, from the Flinks dashboard, the reconciliation file or a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Resolution {
    /// The doubtful create made no session. The debt is free.
    NothingExists,
    /// This session is the debt's, and is live: the one that a doubtful create made, or one that the guard has not heard
    /// of, as after a restart.
    Session(SessionId),
    /// This session, which is the debt's, will not debit anybody. The debt is free.
    Unpaid(SessionId),
    /// The debt is paid in another way than by its session: in cash, by a transfer. Nothing is created for it any more. A
    /// session that it has may still be paid as well: [cancel](crate::Client::cancel) it. Until it is said to have ended
    /// unpaid, the guard watches it, and a payment there is [`Noted::Twice`].
    Paid,
    /// The debt is paid, and in this session, which is the debt's. Also of a debt that was thought to be paid in another way,
    /// or whose session was said to have ended in two ways: somebody has looked at it.
    PaidIn(SessionId),
}

/// The guard of a client and its clones.
#[derive(Debug)]
pub(super) struct Debts {
    guard: Arc<dyn Guard>,
    turns: Turns,
}

impl Debts {
    pub(super) fn new(guard: Arc<dyn Guard>) -> Self {
        Self {
            guard,
            turns: Turns::default(),
        }
    }
}
