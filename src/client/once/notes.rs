//! What is told of debts and their sessions, and what a guard makes of it.

use std::time::Duration;

use super::guard::ROUNDS;
use super::{Answer, DebtKey, Guard, GuardError, Lost, Noted, OnceError, Resolution, Standing};
use crate::Client;
use crate::client::news::{News, Said};
use crate::clock::{after, in_time};
use crate::domain::{GuaranteedReferenceId, SessionId};
use crate::session::{Outcome, SessionStatus, StatusDetails, StatusReport};

/// The longest that one answer of the guard is waited for, however long a request to Flinks may take: claims end by the
/// clock, and what is asked of the guard meanwhile must fit in.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

/// How long it is tried to write down what came of a create that may have left, whatever time its call had.
pub(super) const AFTERWARDS: Duration = Duration::from_secs(40);

impl Client {
    /// Returns how a debt stands.
    ///
    /// # Errors
    ///
    /// Those of the guard.
    pub async fn standing(&self, debt: &DebtKey) -> Result<Standing, GuardError> {
        let standing = self.ask(self.guard().read(debt)).await?;
        Ok(standing.aged(self.0.clock.wall()))
    }

    /// Says what has become of a debt, and returns how it stands then. The caller's word is taken for it: find out first.
    ///
    /// | | from | to |
    /// |---|---|---|
    /// | [`Resolution::NothingExists`] | doubtful | free |
    /// | [`Resolution::Session`] | doubtful, free | live |
    /// | [`Resolution::Unpaid`] | live or held, with this session | free |
    /// | [`Resolution::Paid`] | any that nobody is creating or replacing a session for | paid |
    /// | [`Resolution::PaidIn`] | the same, with this session or none | paid |
    ///
    /// Nothing makes a paid debt anything else. Saying what is so already changes nothing. A session that a debt has when it
    /// is [paid](Resolution::Paid) in another way stays open: cancel it.
    ///
    /// # Errors
    ///
    /// [`OnceError::NotResolved`] from any other standing, [`OnceError::NotItsSession`] if the session belongs to another
    /// debt, and those of the guard.
    pub async fn resolve(
        &self,
        debt: &DebtKey,
        resolution: Resolution,
    ) -> Result<Standing, OnceError> {
        if let Resolution::Session(session) | Resolution::PaidIn(session) = &resolution {
            let owners = self.ask(self.guard().debts_of(session)).await?;
            if owners.iter().any(|owner| owner != debt) {
                return Err(OnceError::NotItsSession { live: None });
            }
        }
        let now = self.0.clock.wall();
        // A create that nobody came back for is in doubt for the guard, too, before the doubt is over: it remembers that.
        self.change(debt, |standing| (Some(standing.aged(now)), ()))
            .await?;
        self.change(debt, |standing| {
            let standing = standing.aged(now);
            match standing.resolved(resolution) {
                Some(to) => (Some(to.clone()), Ok(to)),
                None => (
                    None,
                    Err(OnceError::NotResolved {
                        standing: Box::new(standing),
                    }),
                ),
            }
        })
        .await?
    }

    /// Tells the guard how a session came out; for webhooks. What this client reads itself, it tells itself.
    ///
    /// Safe to repeat, and in any order: what was paid stays paid. A session that is still open, or is no guarded debt's,
    /// changes nothing.
    ///
    /// A session that no debt is known for may be the one that a create [in doubt](Standing::Doubtful) has made. Where one debt
    /// alone has a create in doubt, now or before, with the reference in the report, it is taken for its session, and the debt
    /// comes to stand as if the answer to the create had arrived: live, paid, held, or free. Afterwards, when the caller has
    /// [resolved](Self::resolve) the doubt, it is [`Noted::Stray`], and so it is where several debts have such creates: it is
    /// not guessed between them. What the client reads itself, of a session that no debt is known for, never frees a debt: it may
    /// be an old session's under the same reference.
    ///
    /// [`Noted::Contradicted`], [`Noted::Held`] and above all [`Noted::Stray`], [`Noted::Late`] and [`Noted::Twice`] are for a
    /// person to look at, who finds the debt by the reference in the report; each is an event of `tracing` as well, at WARN and
    /// without a value. [`Noted::Unknown`] with a report that it is paid may be one, too: of a debt that was not guarded, of a
    /// guard in memory before a restart, or of a session that ended unpaid longer ago than the guard
    /// [remembers](Guard::former_debts_of). Sessions may also come from elsewhere, so that is an event at DEBUG only.
    ///
    /// # Errors
    ///
    /// Those of the guard. The outcome is not lost: tell it again, or read the status.
    pub async fn note_outcome(&self, report: &StatusReport) -> Result<Noted, GuardError> {
        self.note(report.said(), true).await
    }

    /// Tells the guard what a call has seen. A guard that fails does not fail the call.
    pub(in crate::client) async fn seen(&self, said: Said<'_>) {
        // On the heap: sessions end once, and the future of every read should stay small.
        if let Err(error) = Box::pin(self.note(said, false)).await {
            tracing::warn!(
                target: "flinks_pay",
                session = ?said.session,
                %error,
                "the guard of debts was not told how a session came out; read its status again"
            );
        }
    }

    /// Tells it of a session's debts, of those that have let it go, or of those that may have lost it. Whether it is `news` and
    /// not the answer to a question, of a session that may have ended long ago.
    async fn note(&self, said: Said<'_>, news: bool) -> Result<Noted, GuardError> {
        let Said {
            session,
            reference,
            status,
            details,
        } = said;
        // What is no reference for a request is none of a debt.
        let reference = reference.and_then(|it| GuaranteedReferenceId::new(it.expose()).ok());
        let open = is_open(status, details);
        if open && reference.is_none() {
            return Ok(Noted::NoNews);
        }
        let debts = self.ask(self.guard().debts_of(session)).await?;
        // A claim that nobody comes back for must not hide what is told of its session.
        let now = self.0.clock.wall();
        let mut noted = Noted::Unknown;
        let mut known = !debts.is_empty();
        for debt in debts {
            let told = self.change(&debt, |standing| {
                standing.aged(now).told(session, status, details)
            });
            let told = told.await?;
            warn_of(session, &debt, told);
            noted = noted.max(told);
        }
        // Whoever let it go took it for unpaid, and to hear that again is no news.
        let unpaid = Outcome::of(status, details).is_none_or(|outcome| outcome.is_unpaid());
        if noted != Noted::Unknown || unpaid && (!news || reference.is_none()) {
            return Ok(noted);
        }
        let former = self.ask(self.guard().former_debts_of(session)).await?;
        known |= !former.is_empty();
        for debt in former.into_iter().filter(|_| !unpaid && !open) {
            let told = self.change(&debt, |standing| {
                standing.aged(now).told_late(session, status, details)
            });
            let told = told.await?;
            warn_of(session, &debt, told);
            noted = noted.max(told);
        }
        if let (false, Some(reference)) = (known, reference) {
            noted = self.note_lost(&reference, said).await?;
        }
        if noted == Noted::Unknown && open {
            return Ok(Noted::NoNews);
        }
        if noted == Noted::Unknown && !unpaid {
            tracing::debug!(
                target: "flinks_pay",
                ?session,
                "no guarded debt has this session, and it is said to be paid, or not surely unpaid"
            );
        }
        Ok(noted)
    }

    /// Tells it of a session that nobody knows to the debt that may have lost it.
    async fn note_lost(
        &self,
        reference: &GuaranteedReferenceId,
        said: Said<'_>,
    ) -> Result<Noted, GuardError> {
        let Said {
            session,
            status,
            details,
            ..
        } = said;
        let now = self.0.clock.wall();
        for _ in 0..ROUNDS {
            let lost = self.ask(self.guard().lost_under(reference)).await?;
            let Some((debt, again)) = lost.only() else {
                return Ok(told_of_several(session, status, details, &lost));
            };
            let from = self.ask(self.guard().read(debt)).await?;
            // Asked again: a doubt that was over, and followed by another one, before the standing was read is seen by then.
            let still = self.ask(self.guard().lost_under(reference)).await?;
            if still.only() != Some((debt, again)) {
                continue;
            }
            let aged = from.clone().aged(now);
            if aged != from {
                // In doubt for the guard, too, before the doubt is over: it remembers that.
                self.ask(self.guard().swap(debt, &from, &aged)).await?;
                continue;
            }
            let (to, noted) = from.told_of_lost(session, status, details, again);
            let swapped = match to {
                Some(to) => self.ask(self.guard().swap(debt, &from, &to)).await?,
                None => true,
            };
            if swapped {
                warn_of(session, debt, noted);
                return Ok(noted);
            }
        }
        Err(GuardError::Restless)
    }

    /// Puts in the place of how a debt stands what `next` makes of it, if anything, however often it changes meanwhile.
    pub(super) async fn change<T>(
        &self,
        debt: &DebtKey,
        next: impl Fn(Standing) -> (Option<Standing>, T),
    ) -> Result<T, GuardError> {
        self.change_within(AFTERWARDS, debt, next).await
    }

    /// The same, in no more time than this.
    pub(super) async fn change_within<T>(
        &self,
        time: Duration,
        debt: &DebtKey,
        next: impl Fn(Standing) -> (Option<Standing>, T),
    ) -> Result<T, GuardError> {
        let clock = &*self.0.clock;
        // On the heap: whoever waits for it in turn should stay small.
        let changed = Box::pin(self.change_at_leisure(debt, next));
        in_time(clock, after(clock, time), changed)
            .await
            .unwrap_or(Err(GuardError::Slow))
    }

    async fn change_at_leisure<T>(
        &self,
        debt: &DebtKey,
        next: impl Fn(Standing) -> (Option<Standing>, T),
    ) -> Result<T, GuardError> {
        for _ in 0..ROUNDS {
            let from = self.ask(self.guard().read(debt)).await?;
            let (to, done) = next(from.clone());
            let Some(to) = to.filter(|to| *to != from) else {
                return Ok(done);
            };
            if self.ask(self.guard().swap(debt, &from, &to)).await? {
                return Ok(done);
            }
        }
        Err(GuardError::Restless)
    }

    /// Waits for the guard for as long as for one request, within [`PATIENCE`].
    pub(super) async fn ask<T>(&self, answer: Answer<'_, T>) -> Result<T, GuardError> {
        let clock = &*self.0.clock;
        let now = clock.now();
        let until = now + self.0.timeouts.attempt.min(PATIENCE);
        in_time(clock, until, answer)
            .await
            .unwrap_or(Err(GuardError::Slow))
    }

    pub(super) fn guard(&self) -> &dyn Guard {
        &*self.0.debts.guard
    }
}

/// Tells the log of what a person should look at.
pub(super) fn warn_of(session: &SessionId, debt: &DebtKey, told: Noted) {
    let warning = match told {
        Noted::Contradicted => {
            "a session is said to have ended in two ways; its debt keeps to the safe side"
        }
        Noted::Held => {
            "a session ended without telling whether it is paid; its debt is held until it is resolved"
        }
        Noted::Stray => {
            "a session that nobody knows has the reference of a debt whose create was in doubt; the debt may be paid twice"
        }
        Noted::Late => {
            "a session that had ended unpaid is said to be paid after all, or not surely unpaid; its debt may be paid twice"
        }
        Noted::Twice => {
            "a session of a debt that is paid in another way is said to be paid too, or not surely unpaid; the debt may be paid twice"
        }
        _ => return,
    };
    tracing::warn!(target: "flinks_pay", ?session, ?debt, "{warning}");
}

/// What is told of a session that none or several debts may have lost. It is not guessed between them.
fn told_of_several(
    session: &SessionId,
    status: &SessionStatus,
    details: Option<&StatusDetails>,
    lost: &Lost,
) -> Noted {
    let unpaid = Outcome::of(status, details).is_some_and(|outcome| outcome.is_unpaid());
    if unpaid || lost.debts().next().is_none() {
        return Noted::Unknown;
    }
    tracing::warn!(
        target: "flinks_pay",
        ?session,
        "a session that nobody knows has a reference under which several debts had a create in doubt; one of them may be paid \
         twice"
    );
    Noted::Stray
}

/// Whether there is nothing to tell: most reports say so, and no guard need be asked for them. A completion without a code
/// may still wait for a signature.
pub(in crate::client) fn is_open(status: &SessionStatus, details: Option<&StatusDetails>) -> bool {
    Outcome::of(status, details)
        .is_none_or(|outcome| !outcome.is_final() || outcome == Outcome::Unclear(None))
}
