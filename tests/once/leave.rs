//! The moment at which a create leaves: the guard says yes to it, or it does not.

use flinks_pay::client::once::{Answer, GuardError};
use flinks_pay::clock::ManualClock;

use super::durable::Ledger;
use super::support::reset::Reset;
use super::*;

/// A guard in memory that does something when a create wants to leave.
struct Gate<F> {
    guard: MemoryGuard,
    at: F,
}

impl<F> std::fmt::Debug for Gate<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Gate")
    }
}

impl<F: Fn(&MemoryGuard) -> Result<(), GuardError> + Send + Sync> Guard for Gate<F> {
    fn read<'a>(&'a self, debt: &'a DebtKey) -> Answer<'a, Standing> {
        self.guard.read(debt)
    }

    fn swap<'a>(
        &'a self,
        debt: &'a DebtKey,
        from: &'a Standing,
        to: &'a Standing,
    ) -> Answer<'a, bool> {
        if matches!(to, Standing::Sending { .. })
            && let Err(error) = (self.at)(&self.guard)
        {
            return Box::pin(async move { Err(error) });
        }
        self.guard.swap(debt, from, to)
    }

    fn debts_of<'a>(&'a self, session: &'a SessionId) -> Answer<'a, Vec<DebtKey>> {
        self.guard.debts_of(session)
    }

    fn abandoned(&self, debt: &DebtKey, abandoned: flinks_pay::client::once::Abandoned) {
        self.guard.abandoned(debt, abandoned);
    }
}

pub(super) fn gated(
    server: &Scripted,
    at: impl Fn(&MemoryGuard) -> Result<(), GuardError> + Send + Sync + 'static,
) -> ClientBuilder {
    let guard = MemoryGuard::new();
    builder(server).guard(Arc::new(Gate { guard, at }))
}

/// Has somebody else write a row. This guard answers at once.
fn overwrite(guard: &MemoryGuard, with: &Standing) {
    let write = async {
        let (debt, with) = (debt(), with);
        let from = guard.read(&debt).await.unwrap();
        assert!(guard.swap(&debt, &from, with).await.unwrap());
    };
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(std::pin::pin!(write).poll(&mut context).is_ready());
}

/// Such a guard hears of nothing, as after a crash.
#[tokio::test]
async fn a_claim_that_breaks_off_before_anything_left_frees_the_debt_after_a_while() {
    let tokens = AtomicUsize::new(0);
    let server = Scripted::bare(move |asked| {
        if is_create(asked) {
            return created(1);
        }
        match tokens.fetch_add(1, Ordering::SeqCst) + 1 {
            1 => Reply::Stall(Vec::new()),
            number => Reply::token(number, 599),
        }
    })
    .await;
    let (clock, guard) = (ManualClock::new(), Arc::new(Ledger::default()));
    let on_the_guard = || {
        let builder = builder(&server).clock(Arc::new(clock.clone()));
        builder.guard(Arc::clone(&guard) as _).build().unwrap()
    };
    let task = tokio::spawn({
        let client = on_the_guard();
        async move { once(&client).await }
    });
    while server.stalled() == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    let client = on_the_guard();
    assert!(matches!(stands(&client).await, Standing::Claimed { .. }));
    clock.advance(Duration::from_secs(181));
    assert_eq!(stands(&client).await, Standing::Free);
    assert_eq!(*once(&client).await.unwrap().session_id(), session(1));
}

#[tokio::test]
async fn a_create_does_not_leave_without_the_guards_word() {
    let server = server(created, nothing).await;
    let fails = |_: &MemoryGuard| Err(GuardError::store("the disk is gone"));
    let client = gated(&server, fails).build().unwrap();
    let refused = once(&client).await.unwrap_err();
    assert!(
        matches!(refused, OnceError::Guard(GuardError::Store(_))),
        "{refused:?}"
    );
    assert_eq!(stands(&client).await, Standing::Free);
    assert_eq!(creates(&server), 0);
}

#[tokio::test]
async fn a_create_does_not_leave_when_its_claim_is_somebody_elses() {
    let server = server(created, nothing).await;
    for (meanwhile, says) in [(paid(9), "is paid"), (live(9), "somebody else")] {
        let overtakes = {
            let meanwhile = meanwhile.clone();
            move |guard: &MemoryGuard| {
                overwrite(guard, &meanwhile);
                Ok(())
            }
        };
        let client = gated(&server, overtakes).build().unwrap();
        let refused = once(&client).await.unwrap_err();
        assert!(refused.to_string().contains(says), "{refused:?}");
        assert_eq!(stands(&client).await, meanwhile);
    }
    assert_eq!(creates(&server), 0);
}

#[tokio::test]
async fn a_second_attempt_does_not_leave_either() {
    let turned_away = server(|_| Reply::of(401, &[], ""), nothing).await;
    let asked = AtomicUsize::new(0);
    let overtakes = move |guard: &MemoryGuard| {
        if asked.fetch_add(1, Ordering::SeqCst) == 1 {
            overwrite(guard, &paid(9));
        }
        Ok(())
    };
    let client = gated(&turned_away, overtakes).build().unwrap();
    let refused = once(&client).await.unwrap_err();
    assert!(matches!(refused, OnceError::Paid { .. }), "{refused:?}");
    assert_eq!(creates(&turned_away), 1);
}

#[tokio::test]
async fn a_machine_that_sleeps_while_the_guard_answers_sends_nothing() {
    let server = server(created, nothing).await;
    let clock = Reset::default();
    let sleeps = {
        let clock = clock.clone();
        move |_: &MemoryGuard| {
            clock.set_ahead(3600);
            Ok(())
        }
    };
    let client = gated(&server, sleeps).clock(Arc::new(clock.clone()));
    let refused = once(&client.build().unwrap()).await.unwrap_err();
    assert!(
        matches!(&refused, OnceError::NotCreated(error) if error.kind() == ErrorKind::NotSent),
        "{refused:?}"
    );
    assert_eq!(creates(&server), 0);
}
