//! Guards that outlive a process, and guards that fail.

use std::collections::{BTreeMap, BTreeSet};
use std::future::pending;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use flinks_pay::client::once::{Abandoned, Answer, GuardError, Lost, settle};
use flinks_pay::clock::{Clock, ManualClock};
use flinks_pay::domain::GuaranteedReferenceId;

use super::support::moved::moved;
use super::watched::Watched;
use super::*;

/// A guard as one would write it over a database: a table of JSON by key, and a round trip for each question.
#[derive(Debug, Clone, Default)]
pub(super) struct Ledger {
    rows: Arc<Mutex<BTreeMap<String, String>>>,
    /// References of creates that were in doubt, and keys.
    lost: Arc<Mutex<BTreeSet<(String, String)>>>,
    /// Sessions that were let go, and keys.
    former: Arc<Mutex<BTreeSet<(SessionId, String)>>>,
    /// Whether it hears of claims that are dropped; otherwise it is as after a crash.
    settles: bool,
    /// How many of the next questions it fails at.
    failing: Arc<AtomicUsize>,
    /// Whether it fails, from now on.
    broken: Arc<AtomicBool>,
    /// Whether it does not answer, from now on.
    stuck: Arc<AtomicBool>,
}

const FREE: &str = r#"{"standing":"free"}"#;

impl Ledger {
    pub(super) fn settling() -> Self {
        Self {
            settles: true,
            ..Self::default()
        }
    }

    async fn round_trip(&self) -> Result<(), GuardError> {
        tokio::task::yield_now().await;
        if self.stuck.load(Ordering::SeqCst) {
            pending::<()>().await;
        }
        let fewer = |left: usize| left.checked_sub(1);
        let fails = self
            .failing
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, fewer);
        if fails.is_ok() || self.broken.load(Ordering::SeqCst) {
            return Err(GuardError::store("the disk is gone"));
        }
        Ok(())
    }
}

impl Guard for Ledger {
    fn read<'a>(&'a self, debt: &'a DebtKey) -> Answer<'a, Standing> {
        Box::pin(async move {
            self.round_trip().await?;
            let rows = self.rows.lock().unwrap();
            let row = rows.get(debt.expose()).map_or(FREE, String::as_str);
            serde_json::from_str(row).map_err(GuardError::store)
        })
    }

    fn swap<'a>(
        &'a self,
        debt: &'a DebtKey,
        from: &'a Standing,
        to: &'a Standing,
    ) -> Answer<'a, bool> {
        Box::pin(async move {
            self.round_trip().await?;
            let json = |it| serde_json::to_string(it).map_err(GuardError::store);
            let key = || debt.expose().to_owned();
            let lost = from.ends_doubt(to).map(|it| it.expose().to_owned());
            let former = from.lets_go(to).copied();
            let (from, to) = (json(from)?, json(to)?);
            let mut rows = self.rows.lock().unwrap();
            if rows.get(debt.expose()).map_or(FREE, String::as_str) != from {
                return Ok(false);
            }
            // In one transaction.
            let mut remembered = self.lost.lock().unwrap();
            remembered.extend(lost.map(|it| (it, key())));
            let mut remembered = self.former.lock().unwrap();
            remembered.extend(former.map(|it| (it, key())));
            if to == FREE {
                rows.remove(debt.expose());
            } else {
                rows.insert(key(), to);
            }
            Ok(true)
        })
    }

    fn debts_of<'a>(&'a self, session: &'a SessionId) -> Answer<'a, Vec<DebtKey>> {
        Box::pin(async move {
            self.round_trip().await?;
            let rows = self.rows.lock().unwrap();
            let has = |row: &&String| {
                let standing: Standing = serde_json::from_str(row).unwrap();
                standing.session() == Some(session)
            };
            let found = rows.iter().filter(|(_, row)| has(row));
            Ok(found.map(|(key, _)| DebtKey::new(key).unwrap()).collect())
        })
    }

    fn former_debts_of<'a>(&'a self, session: &'a SessionId) -> Answer<'a, Vec<DebtKey>> {
        Box::pin(async move {
            self.round_trip().await?;
            let former = self.former.lock().unwrap();
            let found = former.iter().filter(|(it, _)| it == session);
            Ok(found.map(|(_, key)| DebtKey::new(key).unwrap()).collect())
        })
    }

    fn lost_under<'a>(&'a self, reference: &'a GuaranteedReferenceId) -> Answer<'a, Lost> {
        Box::pin(async move {
            self.round_trip().await?;
            let rows = self.rows.lock().unwrap();
            let has = |row: &&String| {
                let standing: Standing = serde_json::from_str(row).unwrap();
                standing.reference() == Some(reference)
            };
            let now = rows.iter().filter(|(_, row)| has(row)).map(|(key, _)| key);
            let lost = self.lost.lock().unwrap();
            let before = lost.iter().filter(|(it, _)| it == reference.expose());
            let key = |text: &String| DebtKey::new(text).unwrap();
            Ok(Lost::new(
                now.map(key).collect(),
                before.map(|(_, it)| key(it)).collect(),
            ))
        })
    }

    fn abandoned(&self, debt: &DebtKey, abandoned: Abandoned) {
        if self.settles {
            let (ledger, debt) = (self.clone(), debt.clone());
            tokio::spawn(async move { settle(&ledger, &debt, abandoned).await });
        }
    }
}

pub(super) fn on(server: &Scripted, ledger: &Ledger) -> Client {
    let guard = Arc::new(ledger.clone());
    builder(server).guard(guard).build().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_live_or_paid_survives_a_restart() {
    let server = server(created, |_| status(1, "Completed", "EFT0301")).await;
    let ledger = Ledger::default();
    // Two servers, many callers.
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..2 {
        let client = on(&server, &ledger);
        for _ in 0..20 {
            let client = client.clone();
            tasks.spawn(async move { *once(&client).await.unwrap().session_id() });
        }
    }
    let all = tasks.join_all().await;
    assert!(all.iter().all(|it| *it == session(1)));
    let client = on(&server, &ledger);
    assert!(matches!(once(&client).await, Ok(Once::Live(it)) if it == session(1)));
    client.status(&session(1)).await.unwrap();
    let client = on(&server, &ledger);
    assert!(matches!(once(&client).await, Err(OnceError::Paid { .. })));
    assert_eq!(creates(&server), 1);
}

#[tokio::test]
async fn a_guard_in_memory_forgets_and_can_be_told() {
    let server = server(created, nothing).await;
    once(&client(&server)).await.unwrap();
    let client = client(&server);
    assert_eq!(stands(&client).await, Standing::Free);
    let known = Resolution::Session(session(1));
    assert_eq!(client.resolve(&debt(), known).await.unwrap(), live(1));
    assert!(matches!(once(&client).await, Ok(Once::Live(it)) if it == session(1)));
    assert_eq!(creates(&server), 1);
}

/// A create that is found after a crash is neither a session nor none.
#[tokio::test]
async fn a_create_that_nobody_comes_back_for_is_in_doubt_after_a_while() {
    let server = server(
        |number| match number {
            1 => Reply::Stall(Vec::new()),
            _ => created(number),
        },
        nothing,
    )
    .await;
    let ledger = Ledger::default();
    let task = tokio::spawn({
        let client = on(&server, &ledger);
        async move { once(&client).await }
    });
    while creates(&server) == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    let clock = ManualClock::new();
    let client = builder(&server)
        .guard(Arc::new(ledger.clone()))
        .clock(Arc::new(clock.clone()))
        .build()
        .unwrap();
    assert!(matches!(stands(&client).await, Standing::Sending { .. }));
    // Within the time of a create, somebody may still be at it; afterwards nobody is.
    clock.advance(Duration::from_secs(60));
    assert!(matches!(stands(&client).await, Standing::Sending { .. }));
    clock.advance(Duration::from_secs(180));
    assert!(matches!(stands(&client).await, Standing::Doubtful { .. }));
    let refused = once(&client).await.unwrap_err();
    assert!(matches!(refused, OnceError::Doubtful { .. }), "{refused:?}");
    assert_eq!(creates(&server), 1);
    let nothing = Resolution::NothingExists;
    client.resolve(&debt(), nothing).await.unwrap();
    assert!(ledger.rows.lock().unwrap().is_empty());
    assert!(once(&client).await.is_ok());
    assert_eq!(creates(&server), 2);
}

#[tokio::test]
async fn a_guard_that_settles_in_the_background_does_not_wait_for_that() {
    let server = server(|_| Reply::Stall(Vec::new()), nothing).await;
    let ledger = Ledger::settling();
    let client = on(&server, &ledger);
    let task = tokio::spawn({
        let client = client.clone();
        async move { once(&client).await }
    });
    while creates(&server) == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    let mut looks = 0;
    while !matches!(stands(&client).await, Standing::Doubtful { .. }) {
        looks += 1;
        assert!(looks < 1000, "it is never settled");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn without_the_guard_nothing_is_created() {
    let server = server(created, nothing).await;
    let ledger = Ledger::default();
    ledger.broken.store(true, Ordering::SeqCst);
    let client = on(&server, &ledger);
    let refused = once(&client).await.unwrap_err();
    assert!(matches!(refused, OnceError::Guard(GuardError::Store(_))));
    assert!(chain(&refused).contains("the disk is gone"));
    assert!(client.standing(&debt()).await.is_err());
    let webhook = report(1, "Completed", "EFT0301");
    assert!(client.note_outcome(&webhook).await.is_err());
    ledger.broken.store(false, Ordering::SeqCst);
    ledger.stuck.store(true, Ordering::SeqCst);
    let client = hasty(&server, Duration::from_millis(100))
        .guard(Arc::new(ledger.clone()))
        .build()
        .unwrap();
    let refused = once(&client).await.unwrap_err();
    assert!(matches!(refused, OnceError::Guard(GuardError::Slow)));
    let replaced = client.replace(&session(1), &debt(), &request()).await;
    assert!(matches!(replaced, Err(OnceError::Guard(GuardError::Slow))));
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn a_call_that_the_guard_should_hear_of_does_not_fail_with_it() {
    let server = server(created, |_| status(1, "Completed", "EFT0301")).await;
    let ledger = Ledger::default();
    let client = on(&server, &ledger);
    once(&client).await.unwrap();
    ledger.broken.store(true, Ordering::SeqCst);
    assert!(client.status(&session(1)).await.unwrap().is_scheduled());
    ledger.broken.store(false, Ordering::SeqCst);
    assert_eq!(stands(&client).await, live(1));
}

#[tokio::test]
async fn a_session_that_the_guard_cannot_keep_is_not_lost() {
    let ledger = Ledger::default();
    let broken = Arc::clone(&ledger.broken);
    let break_then_create = move |number| {
        broken.store(true, Ordering::SeqCst);
        created(number)
    };
    let server = server(break_then_create, nothing).await;
    let clock = ManualClock::new();
    let client = builder(&server)
        .guard(Arc::new(ledger.clone()))
        .clock(Arc::new(clock.clone()))
        .build()
        .unwrap();
    let failed = moved(&clock, &server, once(&client)).await.unwrap_err();
    assert!(matches!(failed, OnceError::NotKept { .. }), "{failed:?}");
    assert_eq!(failed.session_id(), Some(&session(1)));
    assert!(failed.to_string().contains("keep its id"), "{failed}");
    ledger.broken.store(false, Ordering::SeqCst);
    assert!(matches!(stands(&client).await, Standing::Sending { .. }));
    assert_eq!(creates(&server), 1);
    // As the message says.
    clock.advance(Duration::from_secs(240));
    let known = Resolution::Session(session(1));
    assert_eq!(client.resolve(&debt(), known).await.unwrap(), live(1));
}

#[tokio::test]
async fn a_store_that_fails_for_a_moment_keeps_the_session() {
    let ledger = Ledger::default();
    let failing = Arc::clone(&ledger.failing);
    let fail_then_create = move |number| {
        failing.store(3, Ordering::SeqCst);
        created(number)
    };
    let server = server(fail_then_create, nothing).await;
    let clock = ManualClock::new();
    let client = builder(&server)
        .guard(Arc::new(ledger.clone()))
        .clock(Arc::new(clock.clone()))
        .build()
        .unwrap();
    let made = moved(&clock, &server, once(&client)).await.unwrap();
    assert!(matches!(&made, Once::Created(it) if it.session_id == session(1)));
    assert_eq!(stands(&client).await, live(1));
}

#[tokio::test]
async fn what_was_read_of_the_old_session_is_said_even_if_the_guard_fails_then() {
    let ledger = Ledger::default();
    let broken = Arc::clone(&ledger.broken);
    let server = server(created, move |_| {
        broken.store(true, Ordering::SeqCst);
        status(1, "Completed", "EFT0301")
    })
    .await;
    let client = on(&server, &ledger);
    once(&client).await.unwrap();
    let refused = client.replace(&session(1), &debt(), &request()).await;
    let refused = refused.unwrap_err();
    assert!(
        matches!(&refused, OnceError::NotReplaced { report, .. } if report.is_scheduled()),
        "{refused:?}"
    );
    assert_eq!(creates(&server), 1);
}

#[tokio::test]
async fn a_request_that_may_take_forever_does_not_make_the_guard_slow() {
    let server = server(created, nothing).await;
    let client = builder(&server)
        .guard(Arc::new(Ledger::default()))
        .timeouts(Timeouts::default().attempt(Duration::MAX))
        .build()
        .unwrap();
    assert_eq!(*once(&client).await.unwrap().session_id(), session(1));
}

#[tokio::test]
async fn a_create_has_its_whole_time_however_long_the_debt_was_waited_for() {
    let silent = server(|_| Reply::Stall(Vec::new()), nothing).await;
    let clock = ManualClock::new();
    // The first read takes most of the call's time.
    let late = Watched::by({
        let (clock, reads) = (clock.clone(), AtomicUsize::new(0));
        move |to| {
            if to.is_none() && reads.fetch_add(1, Ordering::SeqCst) == 0 {
                clock.advance(Duration::from_secs(59));
            }
            true
        }
    });
    let client = builder(&silent)
        .guard(late)
        .clock(Arc::new(clock.clone()))
        .build()
        .unwrap();
    let begun = clock.now();
    let failed = moved(&clock, &silent, once(&client)).await.unwrap_err();
    assert!(matches!(failed, OnceError::MaybeCreated(_)), "{failed:?}");
    let attempt = Timeouts::default().attempt;
    assert_eq!(clock.now() - begun, Duration::from_secs(59) + attempt);
}

#[tokio::test]
async fn a_debt_that_comes_to_stand_otherwise_meanwhile_is_said() {
    let guard = Arc::new(MemoryGuard::new());
    for (meanwhile, overtaken) in [(paid(9), true), (paid(1), false), (live(1), false)] {
        let server = {
            let (guard, meanwhile) = (Arc::clone(&guard), meanwhile.clone());
            Scripted::start(move |asked| {
                if is_create(asked) {
                    // This guard answers at once.
                    let (guard, meanwhile) = (Arc::clone(&guard), meanwhile.clone());
                    let change = async move {
                        let debt = debt();
                        let from = guard.read(&debt).await.unwrap();
                        assert!(matches!(from, Standing::Sending { .. }));
                        assert!(guard.swap(&debt, &from, &meanwhile).await.unwrap());
                    };
                    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
                    assert!(std::pin::pin!(change).poll(&mut context).is_ready());
                }
                created(1)
            })
            .await
        };
        let client = builder(&server)
            .guard(Arc::<MemoryGuard>::clone(&guard))
            .build()
            .unwrap();
        let done = once(&client).await;
        if overtaken {
            let error = done.unwrap_err();
            assert!(
                matches!(&error, OnceError::Overtaken { session: it, standing, .. } if *it == session(1) && **standing == paid(9)),
                "{error:?}"
            );
            assert!(error.to_string().contains("cancel the session"), "{error}");
        } else {
            assert!(matches!(done, Ok(Once::Created(_))));
        }
        assert_eq!(stands(&client).await, meanwhile);
        let reset = guard.swap(&debt(), &meanwhile, &Standing::Free).await;
        assert!(reset.unwrap());
    }
}
