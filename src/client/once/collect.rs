//! Creating and replacing under a guard.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use super::notes::{AFTERWARDS, PATIENCE, warn_of};
use super::{Abandoned, ClaimId, DebtKey, Guard, GuardError, Once, OnceError, Standing};
use crate::Client;
use crate::client::{Call, ErrorKind, Operation};
use crate::clock::{after, in_time};
use crate::domain::{GuaranteedReferenceId, SessionId};
use crate::session::SessionRequest;

/// How long after its call's own end a claimant is taken for gone: longer than clocks that share a guard differ
/// ([`APART`]), and than the answer to the claim ([`PATIENCE`]) and keeping the session ([`AFTERWARDS`]) take.
const MARGIN: Duration = Duration::from_secs(120);

/// How far clocks that share a guard may differ. A create that would leave in this last part of its claim, or later, does not
/// leave: for somebody else the claim may be over. Only a machine that slept comes so late, or one whose clock was set.
const APART: Duration = Duration::from_secs(60);

/// How many calls it takes at most to end a session: the cancellation with what it reads itself, and a look at the status, at
/// the details, and at the status again.
const ENDING: u32 = 4;

/// How often it is tried to keep a session that was created, within [`AFTERWARDS`].
const KEEPING: u32 = 6;

/// How long it is tried to give a claim back of which nothing has left, where its call has no more time than this: nothing
/// depends on it but how soon the debt is free.
const GIVING_BACK: Duration = Duration::from_secs(5);

const _: () =
    assert!(PATIENCE.as_secs() + AFTERWARDS.as_secs() + APART.as_secs() <= MARGIN.as_secs());

/// The first and the longest pause between two looks at a claim of another client.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// What a look at a debt comes to.
enum Entry {
    Claimed {
        /// Whether the guard knew of no session.
        was_free: bool,
        /// How the debt stands by the claim.
        standing: Standing,
    },
    Live(SessionId),
    Refused(OnceError),
}

/// A claim. One that is dropped before it has [ended](Claim::ended) is given back or put in doubt.
struct Claim<'a> {
    guard: &'a dyn Guard,
    debt: &'a DebtKey,
    id: ClaimId,
    /// What the create is sent with.
    reference: GuaranteedReferenceId,
    /// How the debt stands by it.
    standing: Standing,
    /// Whether the create may have left.
    departed: Arc<AtomicBool>,
    /// What was created.
    session: Option<SessionId>,
    ended: bool,
}

impl Claim<'_> {
    fn ended(mut self) {
        self.ended = true;
    }

    /// How the debt stands once it is claimed for a create.
    fn begun(&self, now: SystemTime, within: Duration) -> Standing {
        Standing::claimed(self.id, now, within).under(&self.reference)
    }

    fn may_have_left(&self) -> bool {
        self.departed.load(Ordering::Relaxed)
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        if !self.ended {
            let abandoned = Abandoned {
                claim: self.id,
                may_have_left: self.may_have_left(),
                session: self.session,
            };
            if abandoned.may_have_left {
                tracing::warn!(
                    target: "flinks_pay",
                    debt = ?self.debt,
                    session = ?self.session,
                    "a create was not seen to its end, and the guard of debts is told what is known of it"
                );
            }
            self.guard.abandoned(self.debt, abandoned);
        }
    }
}

impl Client {
    /// Creates a session for a debt, unless it has one: then returns that one, and creates nothing.
    ///
    /// Safe to call again, and from many places at once: callers on clones of one client wait for each other, those on
    /// other clients of the same [`Guard`] look again every now and then, and one create leaves. If it fails without
    /// having made a session, the next caller tries. If it may have made one, everyone is refused until the caller
    /// [resolves](Self::resolve) it, or a webhook [tells](Self::note_outcome) of its session by the reference.
    ///
    /// Waiting for others and for the guard's word takes the time of one call at most
    /// ([`Timeouts::total`](crate::client::Timeouts)), and the create another, with the guard's word before it leaves. What came
    /// of the create is written down all the same when that time is up, for money depends on it: a guard that is slow may take
    /// 40 s more. That nothing left is written down within 5 s more.
    ///
    /// Dropping the future gives the debt back as long as nothing has been sent, and leaves it
    /// [in doubt](Standing::Doubtful) afterwards: the session may exist. Once the answer has come, it is live. A guard that
    /// does not hear of it ([`Guard::abandoned`]) gives the debt back, or leaves it in doubt, when the claim grows too old,
    /// minutes later.
    ///
    /// The request needs a reference id: by it, a session whose id is lost is looked for, by the guard in what webhooks say and
    /// by the caller elsewhere. It should be the debt's own.
    ///
    /// A live session is answered whatever the request says: its amount and its payor are not compared, for the guard keeps
    /// neither. Where the amount has changed, [replace](Self::replace) the session, or let the amount be part of the
    /// [key](DebtKey).
    ///
    /// The guard of a client that was given none is a [`MemoryGuard`](super::MemoryGuard), and a long-lived one fills with paid
    /// debts.
    ///
    /// A live session that may have expired meanwhile is asked about with [`status`](Self::status), after which this can
    /// be called again, or is [replaced](Self::replace).
    ///
    /// # Errors
    ///
    /// [`OnceError::NoReference`], [`OnceError::Paid`], [`OnceError::Doubtful`], [`OnceError::Held`] and [`OnceError::InProgress`] by how the debt
    /// stands, [`OnceError::NotCreated`] and [`OnceError::MaybeCreated`] for a create that failed, and those of the guard.
    pub async fn create_once(
        &self,
        debt: &DebtKey,
        request: &SessionRequest,
    ) -> Result<Once, OnceError> {
        let reference = reference_of(request)?;
        let call = self.begin(Operation::CreateSession);
        let place = self.0.debts.turns.place(debt);
        let _turn = in_turn(&call, place.turn()).await?;
        let mut claim = self.claim(debt, reference, &call);
        let within = self.0.timeouts.total.saturating_add(MARGIN);
        let entry = self.enter(&claim, &call, |standing, now| match standing {
            Standing::Free => taken(claim.begun(now, within), true),
            Standing::Live { session } => (None, Entry::Live(session)),
            other => (None, refused(&other)),
        });
        match entry.await? {
            // On the heap: most calls find a session, and their future should stay small.
            Entry::Claimed { standing, .. } => {
                claim.standing = standing;
                Box::pin(self.open(claim, request)).await
            }
            Entry::Live(session) => {
                claim.ended();
                Ok(Once::Live(session))
            }
            Entry::Refused(error) => {
                claim.ended();
                Err(error)
            }
        }
    }

    /// Cancels a session and creates another one for the same debt, if it is certain that the old one will not debit
    /// anybody.
    ///
    /// The status of the old session is read whatever the cancellation answered: its answer may be lost, and the payor may
    /// have been faster. The debt is claimed all the while, so that nobody else creates a session for it. A debt that
    /// the guard does not know is taken to have the old session, unless Flinks knows no such session either. Where a
    /// session has no status, its details are read, and the status once more if those do not tell how it ended. Takes as
    /// long as six calls at most: waiting for others, the cancellation, three reads, and the create. What must be written down
    /// in between and afterwards may take a guard that is slow 40 s more each time, as for [`create_once`](Self::create_once).
    ///
    /// Dropping the future before the create has been sent leaves the old session as the debt's, unless the guard has heard
    /// that it ended unpaid: then the debt is free. [`status`](Self::status) tells it. Afterwards the debt is in doubt, as
    /// for [`create_once`](Self::create_once).
    ///
    /// # Errors
    ///
    /// [`OnceError::NotReplaced`] with the report if the old session is paid, open, waits for a signature, or is
    /// contradictory; [`OnceError::NotRead`]; [`OnceError::NotItsSession`] if the debt has another; and those of
    /// [`create_once`](Self::create_once).
    pub async fn replace(
        &self,
        old: &SessionId,
        debt: &DebtKey,
        request: &SessionRequest,
    ) -> Result<Once, OnceError> {
        let reference = reference_of(request)?;
        let call = self.begin(Operation::CreateSession);
        let place = self.0.debts.turns.place(debt);
        let _turn = in_turn(&call, place.turn()).await?;
        let owners = in_call(&call, self.ask(self.guard().debts_of(old))).await?;
        if owners.iter().any(|owner| owner != debt) {
            return Err(OnceError::NotItsSession { live: None });
        }
        // One that the debt has let go has ended, and must not come back as its live session because a read fails.
        let let_go = owners.is_empty()
            && in_call(&call, self.ask(self.guard().former_debts_of(old)))
                .await?
                .contains(debt);
        let claim = self.claim(debt, reference, &call);
        let within = self
            .0
            .timeouts
            .total
            .saturating_mul(ENDING)
            .saturating_add(MARGIN);
        let entry = self.enter(&claim, &call, |standing, now| match standing {
            Standing::Live { session } if session != *old => (
                None,
                Entry::Refused(OnceError::NotItsSession {
                    live: Some(session),
                }),
            ),
            standing @ (Standing::Free | Standing::Live { .. }) => {
                let is_free = standing == Standing::Free;
                let replacing = Standing::replacing(*old, claim.id, now, within);
                taken(replacing.over(let_go && is_free), is_free)
            }
            other => (None, refused(&other)),
        });
        let was_free = match entry.await? {
            Entry::Claimed { was_free, .. } => was_free,
            Entry::Live(_) => false,
            Entry::Refused(error) => {
                claim.ended();
                return Err(error);
            }
        };
        if let Err(error) = Box::pin(self.end(&claim, old)).await {
            let unfounded = was_free && is_of_no_session(&error);
            self.give_back(claim, AFTERWARDS, |standing, id| {
                if unfounded {
                    standing.unfounded(id)
                } else {
                    standing.released(id)
                }
            })
            .await;
            return Err(error);
        }
        let claim = self.go_on(claim).await?;
        Box::pin(self.open(claim, request)).await
    }

    /// Cancels the session that is being replaced, and sees to it that it has surely ended unpaid.
    async fn end(&self, claim: &Claim<'_>, old: &SessionId) -> Result<(), OnceError> {
        let cancel = self.cancel(old).await.err();
        let report = match Box::pin(self.look(old)).await {
            Ok(report) => report,
            Err(error) => return Err(OnceError::NotRead { error, cancel }),
        };
        if report.outcome().is_some_and(|outcome| outcome.is_unpaid()) {
            return Ok(());
        }
        // The guard may fail: the caller learns what was read all the same.
        let details = report.status_details.as_ref();
        let told = self.change(claim.debt, |standing| {
            let (to, noted) = standing.told(old, &report.status, details);
            (to.or_else(|| standing.not_ended(claim.id)), noted)
        });
        match told.await {
            // The caller gets the report itself.
            Ok(noted) => warn_of(old, claim.debt, noted),
            Err(error) => tracing::warn!(
                target: "flinks_pay",
                session = ?old,
                debt = ?claim.debt,
                %error,
                "the guard of debts was not told how a session came out; read its status again"
            ),
        }
        Err(OnceError::NotReplaced {
            report: Box::new(report),
            cancel,
        })
    }

    /// Goes on from the old session, which has ended, to the create of another one.
    async fn go_on<'a>(&self, mut claim: Claim<'a>) -> Result<Claim<'a>, OnceError> {
        let within = self.0.timeouts.total.saturating_add(MARGIN);
        let gone_on = self.change(claim.debt, |standing| match standing {
            Standing::Replacing { claim: whose, .. } if whose == claim.id => {
                let claimed = claim.begun(self.0.clock.wall(), within);
                (Some(claimed.clone()), Ok(claimed))
            }
            other => {
                let why = OnceError::of(&other);
                (
                    None,
                    Err(why.unwrap_or(OnceError::InProgress { since: None })),
                )
            }
        });
        match gone_on.await? {
            Ok(claimed) => {
                claim.standing = claimed;
                Ok(claim)
            }
            Err(error) => {
                claim.ended();
                Err(error)
            }
        }
    }

    /// Writes down what the debt of a claim becomes that has made no session, or none of which the id is known.
    async fn give_back(
        &self,
        claim: Claim<'_>,
        within: Duration,
        to: impl Fn(&Standing, ClaimId) -> Option<Standing>,
    ) {
        let given_back =
            self.change_within(within, claim.debt, |standing| (to(&standing, claim.id), ()));
        match given_back.await {
            Ok(()) => claim.ended(),
            Err(error) => not_kept(claim.debt, &error),
        }
    }

    /// Creates the session of a debt that is claimed, and keeps what comes of it.
    async fn open(
        &self,
        mut claim: Claim<'_>,
        request: &SessionRequest,
    ) -> Result<Once, OnceError> {
        // However long the debt was waited for, the create has its whole time: one that is cut short is a doubt for nothing.
        let mut call = self.begin(Operation::CreateSession);
        claim.departed = call.departed();
        let until = claim.standing.until();
        if let Some(too_late) = until.and_then(|until| until.checked_sub(APART)) {
            call = call.leaving_before(too_late);
        }
        let clock = &*self.0.clock;
        let deadline = after(clock, call.time_left());
        let why = OnceLock::new();
        let create = self.create_within(call, request, |call| {
            let (claim, why) = (&claim, &why);
            async move {
                let left = call.in_time(self.leave(claim, &call)).await;
                let left = left.unwrap_or(Err(Some(GuardError::Slow.into())));
                left.map_err(|refused| {
                    if let Some(refused) = refused {
                        why.get_or_init(|| refused);
                    }
                    call.error(ErrorKind::NotSent)
                })
            }
        });
        let error = match create.await {
            Ok(created) => {
                self.keep(claim, created.session_id).await?;
                return Ok(Once::Created(Box::new(created)));
            }
            Err(error) => error,
        };
        let named = error.session_id().copied();
        let others = error.kind() == ErrorKind::WrongSession;
        if let (Some(session), false) = (named, others) {
            self.keep(claim, session).await?;
            return Ok(Once::Salvaged { session, error });
        }
        let doubt = claim.may_have_left();
        let within = if doubt {
            AFTERWARDS
        } else {
            let left = deadline.saturating_duration_since(clock.now());
            left.clamp(GIVING_BACK, AFTERWARDS)
        };
        self.give_back(claim, within, |standing, id| {
            if doubt {
                standing.in_doubt(id, named)
            } else {
                standing.released(id)
            }
        })
        .await;
        Err(match why.into_inner() {
            _ if doubt => OnceError::MaybeCreated(error),
            Some(why) => why,
            None => OnceError::NotCreated(error),
        })
    }

    /// Writes down that the create leaves, right before it does; before a later attempt, sees that this still stands. If not,
    /// says why, unless it is for want of time.
    async fn leave(&self, claim: &Claim<'_>, call: &Call) -> Result<(), Option<OnceError>> {
        let Some(sending) = claim.standing.sending() else {
            return Err(None);
        };
        let swapped = self
            .ask(self.guard().swap(claim.debt, &claim.standing, &sending))
            .await;
        if !swapped.map_err(OnceError::Guard)? {
            let stands = self.ask(self.guard().read(claim.debt)).await;
            let stands = stands.map_err(OnceError::Guard)?;
            if stands != sending {
                let why = OnceError::of(&stands);
                return Err(Some(why.unwrap_or(OnceError::InProgress { since: None })));
            }
        }
        // The guard may have taken its time.
        if self.has_time_for(call) {
            Ok(())
        } else {
            Err(None)
        }
    }

    /// Keeps what was created. A store that fails is asked again: of a session that it does not know it could tell nobody.
    async fn keep(&self, mut claim: Claim<'_>, session: SessionId) -> Result<(), OnceError> {
        // A caller who goes away from here on does not take the id along.
        claim.session = Some(session);
        let clock = &*self.0.clock;
        let mut left = KEEPING;
        let (mut pause, longest) = PAUSES;
        let kept = in_time(clock, clock.now() + AFTERWARDS, async {
            loop {
                let kept = self.keep_once(&claim, session).await;
                left -= 1;
                match kept {
                    Err(GuardError::Store(_) | GuardError::Slow) if left > 0 => {
                        clock.sleep_until(clock.now() + pause).await;
                        pause = pause.saturating_mul(2).min(longest);
                    }
                    kept => return kept,
                }
            }
        });
        match kept.await.unwrap_or(Err(GuardError::Slow)) {
            Ok(kept) => {
                claim.ended();
                kept
            }
            Err(error) => Err(OnceError::NotKept { session, error }),
        }
    }

    async fn keep_once(
        &self,
        claim: &Claim<'_>,
        session: SessionId,
    ) -> Result<Result<(), OnceError>, GuardError> {
        self.change(claim.debt, |standing| {
            match standing.opened(claim.id, session) {
                Some(to) => (Some(to), Ok(())),
                // The caller knew of it before.
                None if standing.session() == Some(&session) => (None, Ok(())),
                None => (
                    None,
                    Err(OnceError::Overtaken {
                        session,
                        standing: Box::new(standing),
                    }),
                ),
            }
        })
        .await
    }

    fn claim<'a>(
        &'a self,
        debt: &'a DebtKey,
        reference: GuaranteedReferenceId,
        call: &Call,
    ) -> Claim<'a> {
        Claim {
            guard: self.guard(),
            debt,
            id: ClaimId::random(),
            reference,
            standing: Standing::Free,
            departed: call.departed(),
            session: None,
            ended: false,
        }
    }

    /// Looks at a debt until nobody else is at it, and takes it if it may be taken.
    async fn enter(
        &self,
        claim: &Claim<'_>,
        call: &Call,
        look: impl Fn(Standing, SystemTime) -> (Option<Standing>, Entry),
    ) -> Result<Entry, OnceError> {
        let (mut pause, longest) = PAUSES;
        loop {
            let entry = self.change(claim.debt, |standing| {
                let now = self.0.clock.wall();
                look(standing.aged(now), now)
            });
            let entry = in_call(call, entry).await?;
            let busy = matches!(&entry, Entry::Refused(OnceError::InProgress { .. }));
            if !busy || pause >= call.time_left() {
                return Ok(entry);
            }
            call.pause(pause).await;
            pause = pause.saturating_mul(2).min(longest);
        }
    }
}

/// Waits for a turn within the time of the call.
async fn in_turn<T>(call: &Call, turn: impl Future<Output = T>) -> Result<T, OnceError> {
    let turn = call.in_time(turn).await;
    turn.ok_or(OnceError::InProgress { since: None })
}

/// Waits for the guard no longer than the call may take.
async fn in_call<T>(
    call: &Call,
    answer: impl Future<Output = Result<T, GuardError>>,
) -> Result<T, GuardError> {
    call.in_time(answer).await.unwrap_or(Err(GuardError::Slow))
}

/// The guard hears of it once more when the claim is dropped, and otherwise the claim grows too old.
fn not_kept(debt: &DebtKey, error: &GuardError) {
    tracing::warn!(
        target: "flinks_pay",
        ?debt,
        %error,
        "the guard of debts did not keep what came of a claim"
    );
}

/// Whether Flinks knows no such session, wherever it was asked.
fn is_of_no_session(error: &OnceError) -> bool {
    matches!(error, OnceError::NotRead { error, .. }
        if error.kind() == ErrorKind::NotFound && error.operation() == Operation::GetSessionDetails)
}

/// By the reference, a create without an answer is looked for.
fn reference_of(request: &SessionRequest) -> Result<GuaranteedReferenceId, OnceError> {
    let reference = match request {
        SessionRequest::Guaranteed(request) => request.reference_id().cloned(),
        SessionRequest::Regular(request) => request.reference_id().cloned().map(Into::into),
    };
    reference.ok_or(OnceError::NoReference)
}

/// What follows when a claim is taken.
fn taken(claim: Standing, was_free: bool) -> (Option<Standing>, Entry) {
    let standing = claim.clone();
    (Some(claim), Entry::Claimed { was_free, standing })
}

fn refused(standing: &Standing) -> Entry {
    Entry::Refused(OnceError::of(standing).unwrap_or(OnceError::InProgress { since: None }))
}
