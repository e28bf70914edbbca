//! The life of a debt, and the guard in memory, against a model.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::too_many_lines,
    clippy::unchecked_time_subtraction
)]

use std::collections::{HashMap, HashSet};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, SystemTime};

use proptest::prelude::*;

use super::*;
use crate::clock::{Clock, ManualClock};
use crate::domain::GuaranteedReferenceId;
use crate::session::{Outcome, SessionStatus, StatusDetails};

const MINUTE: Duration = Duration::from_secs(60);

fn debt(number: usize) -> DebtKey {
    DebtKey::new(&format!("order-{number}")).unwrap()
}

fn session(number: usize) -> SessionId {
    SessionId::new(&format!("0b7d4c1e-5a36-4f0e-9d5c-{number:012x}")).unwrap()
}

/// The answer of a guard that answers at once.
fn now<T>(answer: Answer<'_, T>) -> Result<T, GuardError> {
    match pin!(answer).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => panic!("a guard in memory does not wait"),
    }
}

fn read(guard: &MemoryGuard, debt: &DebtKey) -> Standing {
    now(guard.read(debt)).unwrap()
}

fn swap(guard: &MemoryGuard, debt: &DebtKey, from: &Standing, to: &Standing) -> bool {
    now(guard.swap(debt, from, to)).unwrap()
}

fn reference() -> GuaranteedReferenceId {
    GuaranteedReferenceId::new("invoice-1042").unwrap()
}

/// A replacement of which it was told that the old session ended unpaid.
fn ended(replacing: &Standing) -> Standing {
    let of = replacing.session().unwrap();
    let (to, noted) = replacing.told(of, &SessionStatus::Cancelled, None);
    assert_eq!(noted, Noted::Free);
    to.unwrap()
}

fn every_standing() -> Vec<Standing> {
    let (at, claim) = (SystemTime::now(), ClaimId::random());
    vec![
        Standing::Free,
        Standing::claimed(claim, at, MINUTE),
        Standing::claimed(claim, at, MINUTE).sending().unwrap(),
        Standing::replacing(session(1), claim, at, MINUTE),
        // One that nobody comes back for.
        Standing::replacing(session(1), claim, at - 2 * MINUTE, MINUTE),
        ended(&Standing::replacing(session(1), claim, at, MINUTE)),
        Standing::Live {
            session: session(1),
        },
        Standing::claimed(claim, at, MINUTE)
            .in_doubt(claim, None)
            .unwrap(),
        Standing::claimed(claim, at, MINUTE)
            .under(&reference())
            .in_doubt(claim, Some(session(2)))
            .unwrap(),
        Standing::claimed(claim, at, MINUTE).under(&reference()),
        Standing::claimed(claim, at, MINUTE)
            .under(&reference())
            .sending()
            .unwrap(),
        Standing::Held {
            session: session(1),
            status: SessionStatus::from("Paused"),
            status_details: Some(StatusDetails::from("EFT9999")),
        },
        Standing::Paid {
            session: Some(session(1)),
            contradicted: true,
            open: None,
        },
        Standing::Paid {
            session: None,
            contradicted: false,
            open: None,
        },
        Standing::Paid {
            session: None,
            contradicted: false,
            open: Some(session(1)),
        },
    ]
}

#[test]
fn a_standing_is_read_back_as_it_was_written() {
    for standing in every_standing() {
        let text = serde_json::to_string(&standing).unwrap();
        let back: Standing = serde_json::from_str(&text).unwrap();
        assert_eq!(back, standing, "{text}");
        assert_eq!(serde_json::to_string(&back).unwrap(), text);
        let debug = format!("{standing:?} {standing}");
        assert!(!debug.contains("9d5c"), "{debug}");
        assert!(!debug.contains("1042"), "{debug}");
    }
}

/// A reference is no proof of a session: what it is told under must not let anybody pay twice, whatever is so.
#[test]
fn what_is_told_of_a_lost_session_goes_to_the_safe_side() {
    let of = session(7);
    let told = |standing: &Standing, again, status: &str, code: &str| {
        let details = (!code.is_empty()).then(|| StatusDetails::from(code));
        standing.told_of_lost(&of, &SessionStatus::from(status), details.as_ref(), again)
    };
    for (standing, again) in every_standing()
        .into_iter()
        .flat_map(|it| [(it.clone(), false), (it, true)])
    {
        let doubtful = matches!(standing, Standing::Doubtful { .. });
        let sending = matches!(standing, Standing::Sending { .. });
        let to_be_had = matches!(standing, Standing::Free | Standing::Claimed { .. });
        let why = format!("{standing:?} {again}");

        let (paid, noted) = told(&standing, again, "Completed", "EFT0301");
        let after = paid.clone().unwrap_or_else(|| standing.clone());
        let Standing::Paid { session, open, .. } = after else {
            panic!("{why}: {after:?}")
        };
        let expected = if doubtful || sending {
            Noted::Paid
        } else {
            Noted::Stray
        };
        assert_eq!(noted, expected, "{why}");
        if paid.is_some() {
            // A session that the debt has besides is not forgotten.
            let ended = matches!(standing, Standing::Replacing { ended: true, .. });
            let other = standing.session().filter(|_| !ended).copied();
            assert_eq!(open, other, "{why}");
            assert_eq!(session, other.is_none().then_some(of), "{why}");
        }

        let (unpaid, noted) = told(&standing, again, "Canceled", "EFT0501");
        if doubtful && !again {
            assert_eq!(
                (unpaid, noted),
                (Some(Standing::Free), Noted::Free),
                "{why}"
            );
        } else {
            assert_eq!((unpaid, noted), (None, Noted::Unknown), "{why}");
        }

        let live = Standing::Live { session: of };
        let signing = told(&standing, again, "Completed", "EFT0302");
        if to_be_had || doubtful && !again {
            assert_eq!(signing, (Some(live), Noted::Live), "{why}");
        } else if sending {
            assert_eq!(signing, (None, Noted::NoNews), "{why}");
        } else {
            assert_eq!(signing, (None, Noted::Stray), "{why}");
        }

        let (unclear, noted) = told(&standing, again, "Failed", "EFT0301");
        let own = (doubtful || sending) && !again;
        assert_eq!(noted, if own { Noted::Held } else { Noted::Stray }, "{why}");
        assert_eq!(
            matches!(&unclear, Some(Standing::Held { session, .. }) if *session == of),
            own || to_be_had,
            "{why}"
        );
        assert!(own || to_be_had || unclear.is_none(), "{why}");
    }
}

#[test]
fn the_end_of_a_doubt_is_remembered_and_an_answer_is_none() {
    for from in every_standing() {
        let doubtful = matches!(from, Standing::Doubtful { .. });
        for to in every_standing() {
            let ends = match &to {
                Standing::Sending { .. } | Standing::Doubtful { .. } => false,
                Standing::Free | Standing::Live { .. } => doubtful,
                _ => true,
            };
            let expected = from.reference().filter(|_| ends);
            assert_eq!(from.ends_doubt(&to), expected, "{from:?} {to:?}");
        }
    }
    let (claim, at) = (ClaimId::random(), SystemTime::now());
    let sending = Standing::claimed(claim, at, MINUTE)
        .under(&reference())
        .sending()
        .unwrap();
    assert_eq!(sending.reference(), Some(&reference()));
    // Whoever puts it in doubt, the reference stays.
    for doubtful in [
        sending.in_doubt(claim, None).unwrap(),
        sending.clone().aged(at + 2 * MINUTE),
    ] {
        assert!(matches!(doubtful, Standing::Doubtful { .. }));
        assert_eq!(doubtful.reference(), Some(&reference()));
        let again = doubtful.in_doubt(claim, Some(session(3))).unwrap();
        assert_eq!(again.reference(), Some(&reference()));
    }
}

#[test]
fn creates_that_were_in_doubt_are_remembered_up_to_a_number() {
    let guard = MemoryGuard::new();
    let (claim, at) = (ClaimId::random(), SystemTime::now());
    let doubtful = |number: usize| {
        let reference = GuaranteedReferenceId::new(&format!("invoice-{number}")).unwrap();
        let claimed = Standing::claimed(claim, at, MINUTE).under(&reference);
        (reference, claimed.in_doubt(claim, None).unwrap())
    };
    let lost = |number| now(guard.lost_under(&doubtful(number).0)).unwrap();
    let come_and_go = |of: usize, number| {
        let standing = doubtful(number).1;
        assert!(swap(&guard, &debt(of), &Standing::Free, &standing));
        assert!(swap(&guard, &debt(of), &standing, &Standing::Free));
    };
    assert_eq!(lost(0), Lost::default());
    for of in 0..2 {
        assert!(swap(&guard, &debt(of), &Standing::Free, &doubtful(0).1));
    }
    assert_eq!(lost(0), Lost::new(vec![debt(0), debt(1)], Vec::new()));
    assert_eq!(lost(0).only(), None);
    assert!(swap(&guard, &debt(1), &doubtful(0).1, &Standing::Free));
    assert_eq!(lost(0), Lost::new(vec![debt(0)], vec![debt(1)]));
    assert!(swap(&guard, &debt(0), &doubtful(0).1, &Standing::Free));
    assert_eq!(lost(0), Lost::new(Vec::new(), vec![debt(1), debt(0)]));
    // However often, it takes the room of one.
    for _ in 0..3 {
        come_and_go(1, 0);
    }
    assert_eq!(lost(0), Lost::new(Vec::new(), vec![debt(0), debt(1)]));
    come_and_go(2, 1);
    assert_eq!(lost(1).only(), Some((&debt(2), true)));
    for number in 3..=MemoryGuard::REMEMBERED {
        come_and_go(2, number);
    }
    assert_eq!(lost(0).before, [debt(1)], "the oldest makes room");
    assert!(guard.table_is_clean());
}

#[test]
fn what_is_told_of_a_session_frees_pays_or_holds_and_never_goes_back() {
    let of = session(1);
    let told = |standing: &Standing, status: &str, code: &str| {
        let code = (!code.is_empty()).then(|| StatusDetails::from(code));
        let (to, noted) = standing.told(&of, &SessionStatus::from(status), code.as_ref());
        (to.unwrap_or_else(|| standing.clone()), noted)
    };
    let claim = ClaimId::random();
    let free = Standing::Free;
    let live = Standing::Live { session: of };
    let replacing = Standing::replacing(of, claim, SystemTime::now(), MINUTE);
    let over = ended(&replacing);
    let [cash, closed] = [Some(of), None].map(|open| Standing::Paid {
        session: None,
        contradicted: false,
        open,
    });
    let paid = |contradicted| Standing::Paid {
        session: Some(of),
        contradicted,
        open: None,
    };
    let held = |status: &str, code: &str| Standing::Held {
        session: of,
        status: status.into(),
        status_details: (!code.is_empty()).then(|| code.into()),
    };
    for (from, status, code, to, noted) in [
        (&live, "Initiated", "EFT0101", live.clone(), Noted::NoNews),
        (&live, "InProgress", "", live.clone(), Noted::NoNews),
        (&live, "Paused", "", live.clone(), Noted::NoNews),
        (&live, "Completed", "EFT0302", live.clone(), Noted::NoNews),
        (&live, "Completed", "EFT0301", paid(false), Noted::Paid),
        (&live, "Failed", "EFT0402", free.clone(), Noted::Free),
        (&live, "Failed", "", free.clone(), Noted::Free),
        (&live, "Canceled", "EFT0501", free.clone(), Noted::Free),
        (&live, "Cancelled", "", free.clone(), Noted::Free),
        (&live, "Expired", "EFT0601", free.clone(), Noted::Free),
        (
            &live,
            "Failed",
            "EFT0301",
            held("Failed", "EFT0301"),
            Noted::Held,
        ),
        // The code may come yet, and say either.
        (&live, "Completed", "", live.clone(), Noted::NoNews),
        (
            &live,
            "Completed",
            "EFT0399",
            held("Completed", "EFT0399"),
            Noted::Held,
        ),
        (&replacing, "Failed", "EFT0402", over.clone(), Noted::Free),
        (&over, "Failed", "EFT0402", over.clone(), Noted::NoNews),
        (&over, "Completed", "EFT0302", over.clone(), Noted::NoNews),
        (
            &over,
            "Completed",
            "EFT0301",
            paid(true),
            Noted::Contradicted,
        ),
        (
            &over,
            "Completed",
            "EFT0399",
            held("Completed", "EFT0399"),
            Noted::Held,
        ),
        (&replacing, "Completed", "EFT0301", paid(false), Noted::Paid),
        (
            &replacing,
            "Completed",
            "",
            replacing.clone(),
            Noted::NoNews,
        ),
        (
            &replacing,
            "Completed",
            "EFT0399",
            held("Completed", "EFT0399"),
            Noted::Held,
        ),
        (&paid(false), "Completed", "", paid(false), Noted::NoNews),
        // Paid in another way: what happens in its session must not be another payment.
        (&cash, "Initiated", "EFT0101", cash.clone(), Noted::NoNews),
        (&cash, "Completed", "EFT0302", cash.clone(), Noted::NoNews),
        (&cash, "Completed", "", cash.clone(), Noted::NoNews),
        (&cash, "Completed", "EFT0301", cash.clone(), Noted::Twice),
        (&cash, "Completed", "EFT0399", cash.clone(), Noted::Twice),
        (&cash, "Failed", "EFT0301", cash.clone(), Noted::Twice),
        (&cash, "Canceled", "EFT0501", closed.clone(), Noted::NoNews),
        (&cash, "Expired", "", closed.clone(), Noted::NoNews),
        (
            &held("Completed", ""),
            "Canceled",
            "",
            held("Completed", ""),
            Noted::Contradicted,
        ),
        (
            &held("Completed", ""),
            "Completed",
            "EFT0399",
            held("Completed", ""),
            Noted::NoNews,
        ),
        (
            &held("Completed", ""),
            "Completed",
            "EFT0302",
            held("Completed", ""),
            Noted::NoNews,
        ),
        (
            &held("Completed", ""),
            "Completed",
            "EFT0301",
            paid(false),
            Noted::Paid,
        ),
        (
            &paid(false),
            "Completed",
            "EFT0301",
            paid(false),
            Noted::NoNews,
        ),
        (
            &paid(false),
            "Completed",
            "EFT0302",
            paid(false),
            Noted::NoNews,
        ),
        (
            &paid(false),
            "Canceled",
            "EFT0501",
            paid(true),
            Noted::Contradicted,
        ),
        (
            &paid(false),
            "Failed",
            "EFT0301",
            paid(true),
            Noted::Contradicted,
        ),
        (&paid(true), "Expired", "", paid(true), Noted::Contradicted),
        (
            &paid(true),
            "Completed",
            "EFT0301",
            paid(true),
            Noted::NoNews,
        ),
    ] {
        assert_eq!(
            told(from, status, code),
            (to, noted),
            "{from:?} {status} {code}"
        );
    }
    for standing in every_standing() {
        let (to, noted) = standing.told(&session(9), &SessionStatus::Cancelled, None);
        assert_eq!((to, noted), (None, Noted::Unknown), "{standing:?}");
    }
}

#[test]
fn the_callers_word_goes_as_far_as_the_table_says() {
    let (ours, other) = (session(1), session(7));
    let live = |session| Standing::Live { session };
    // A session that the debt has stays open, and is no proof of the payment.
    let paid = |open| Standing::Paid {
        session: None,
        contradicted: false,
        open,
    };
    for standing in every_standing() {
        let is_paid = matches!(standing, Standing::Paid { .. });
        let at_work = matches!(
            standing,
            Standing::Claimed { .. } | Standing::Sending { .. } | Standing::Replacing { .. }
        );
        let doubtful_or_free = matches!(standing, Standing::Free | Standing::Doubtful { .. });
        let live_or_held = matches!(standing, Standing::Live { .. } | Standing::Held { .. });
        let resolved = |by| standing.resolved(by);
        assert_eq!(
            resolved(Resolution::NothingExists),
            doubtful_or_free.then_some(Standing::Free),
            "{standing:?}"
        );
        assert_eq!(
            resolved(Resolution::Session(other)),
            doubtful_or_free.then_some(live(other)),
            "{standing:?}"
        );
        let same = matches!(standing, Standing::Live { .. });
        assert_eq!(
            resolved(Resolution::Session(ours)),
            (doubtful_or_free || same).then_some(live(ours)),
            "{standing:?}"
        );
        let theirs = !at_work && standing.session().is_none_or(|it| *it == ours);
        let paid_in = |session| Standing::Paid {
            session: Some(session),
            contradicted: false,
            open: None,
        };
        assert_eq!(
            resolved(Resolution::PaidIn(ours)),
            theirs.then_some(paid_in(ours)),
            "{standing:?}"
        );
        let none = !at_work && standing.session().is_none();
        assert_eq!(
            resolved(Resolution::PaidIn(other)),
            none.then_some(paid_in(other)),
            "{standing:?}"
        );
        assert_eq!(
            resolved(Resolution::Unpaid(ours)),
            live_or_held.then_some(Standing::Free),
            "{standing:?}"
        );
        assert_eq!(resolved(Resolution::Unpaid(other)), None, "{standing:?}");
        let expected = match &standing {
            _ if at_work => None,
            same if is_paid => Some(same.clone()),
            other => Some(paid(other.session().copied())),
        };
        assert_eq!(resolved(Resolution::Paid), expected, "{standing:?}");
    }
}

#[test]
fn a_claim_is_only_its_claimants_and_grows_too_old_at_its_end() {
    let at = SystemTime::UNIX_EPOCH + Duration::from_millis(1_700_000_000_750);
    let (ours, others) = (ClaimId::random(), ClaimId::random());
    assert_ne!(ours, others);
    let claimed = Standing::claimed(ours, at, MINUTE);
    let Standing::Claimed { since, until, .. } = &claimed else {
        panic!("{claimed:?}")
    };
    let second = Duration::from_secs(1);
    assert!(*since <= at && at < *since + second);
    assert!(*until >= at + MINUTE && *until <= at + MINUTE + second);
    let sending = claimed.sending().unwrap();
    assert_eq!(sending.until(), claimed.until());
    assert_eq!(sending.sending(), None);
    let doubtful = sending.in_doubt(ours, None).unwrap();
    assert_eq!(claimed.in_doubt(ours, None), Some(doubtful.clone()));
    let replacing = Standing::replacing(session(1), ours, at, MINUTE);
    let live = Standing::Live {
        session: session(1),
    };
    let over = ended(&replacing);
    for (standing, aged) in [
        (&claimed, &Standing::Free),
        (&sending, &doubtful),
        (&replacing, &live),
        (&over, &Standing::Free),
    ] {
        // A clock that was set back by more than clocks differ.
        let back = *since - 2 * MINUTE;
        assert_eq!(standing.clone().aged(back), *standing);
        assert_eq!(standing.clone().aged(back - second), *aged);
        let early = *until - Duration::from_nanos(1);
        assert_eq!(standing.clone().aged(early), *standing);
        assert_eq!(standing.clone().aged(*until), *aged);
        assert_eq!(standing.opened(others, session(2)), None);
        assert_eq!(standing.in_doubt(others, None), None);
        assert_eq!(standing.released(others), None);
    }
    let new = Some(Standing::Live {
        session: session(2),
    });
    assert_eq!(claimed.opened(ours, session(2)), new);
    assert_eq!(sending.opened(ours, session(2)), new);
    assert_eq!(doubtful.opened(ours, session(2)), new, "late, but there");
    assert_eq!(doubtful.opened(others, session(2)), None);
    assert_eq!(Standing::Free.opened(ours, session(2)), new);
    assert_eq!(replacing.opened(ours, session(2)), None);
    assert_eq!(live.opened(ours, session(2)), None);
    assert_eq!(claimed.released(ours), Some(Standing::Free));
    assert_eq!(sending.released(ours), Some(Standing::Free));
    assert_eq!(doubtful.released(ours), Some(Standing::Free));
    assert_eq!(doubtful.released(others), None);
    assert_eq!(replacing.released(ours), Some(live.clone()));
    assert_eq!(over.released(ours), Some(Standing::Free));
    assert_eq!(live.released(ours), None);
    // What the claimant reads afterwards counts more than what the cancellation said.
    assert_eq!(over.not_ended(ours), Some(replacing.clone()));
    assert_eq!(over.not_ended(others), None);
    assert_eq!(replacing.not_ended(ours), None);
    for (may_have_left, standing, to) in [
        (false, &claimed, Some(Standing::Free)),
        (false, &sending, Some(Standing::Free)),
        (true, &sending, Some(doubtful.clone())),
        (true, &claimed, Some(doubtful.clone())),
        (false, &replacing, Some(live.clone())),
        (true, &replacing, None),
        (true, &live, None),
        (false, &live, None),
    ] {
        let abandoned = Abandoned {
            claim: ours,
            may_have_left,
            session: None,
        };
        assert_eq!(standing.after(&abandoned), to, "{standing:?}");
        let abandoned = Abandoned {
            claim: others,
            may_have_left,
            session: None,
        };
        assert_eq!(standing.after(&abandoned), None, "{standing:?}");
    }
    // A session that came, and that the guard has not kept.
    let came = Abandoned {
        claim: ours,
        may_have_left: true,
        session: Some(session(2)),
    };
    assert_eq!(claimed.after(&came), new);
    assert_eq!(doubtful.after(&came), new);
    assert_eq!(live.after(&came), None);
    let others = Abandoned {
        claim: others,
        ..came
    };
    assert_eq!(claimed.after(&others), None);
    // A suspect is not forgotten when the doubt is told again.
    let suspected = claimed.in_doubt(ours, Some(session(3))).unwrap();
    assert_eq!(suspected.in_doubt(ours, None), Some(suspected.clone()));
    assert_eq!(replacing.unfounded(ours), Some(Standing::Free));
    assert_eq!(replacing.unfounded(ClaimId::NIL), None);
    assert_eq!(claimed.unfounded(ours), None);
    // Neither a time before 1970 nor an endless one is more than it is.
    let odd = SystemTime::UNIX_EPOCH - MINUTE;
    let standing = Standing::claimed(ours, odd, Duration::MAX);
    let back: Standing = serde_json::from_str(&serde_json::to_string(&standing).unwrap()).unwrap();
    assert_eq!(back, standing);
}

#[test]
fn a_full_guard_refuses_what_is_new_and_forgets_nothing() {
    let guard = MemoryGuard::new().capacity(3);
    let live = |number| Standing::Live {
        session: session(number),
    };
    let paid = |number| Standing::Paid {
        session: Some(session(number)),
        contradicted: false,
        open: None,
    };
    for number in 0..3 {
        assert!(swap(&guard, &debt(number), &Standing::Free, &live(number)));
    }
    let full = now(guard.swap(&debt(3), &Standing::Free, &live(3))).unwrap_err();
    assert!(matches!(full, GuardError::Full { capacity: 3 }), "{full:?}");
    assert!(swap(&guard, &debt(3), &Standing::Free, &Standing::Free));
    // What is kept goes on.
    assert!(swap(&guard, &debt(0), &live(0), &paid(0)));
    assert!(!swap(&guard, &debt(0), &live(0), &Standing::Free));
    assert!(now(guard.swap(&debt(3), &Standing::Free, &live(3))).is_err());
    // A debt that is free takes no room.
    assert!(swap(&guard, &debt(1), &live(1), &Standing::Free));
    assert_eq!(guard.len(), 2);
    assert!(swap(&guard, &debt(3), &Standing::Free, &live(3)));
    assert_eq!(read(&guard, &debt(0)), paid(0));
    assert_eq!(read(&guard, &debt(2)), live(2));
    assert_eq!(
        format!("{guard:?}"),
        "MemoryGuard { debts: 3, capacity: 3, keep_paid: None, .. }"
    );
    assert!(!guard.is_empty() && MemoryGuard::default().is_empty());
}

/// Counts the warnings of its thread.
#[derive(Clone, Default)]
struct Warnings(Arc<AtomicUsize>);

impl tracing::Subscriber for Warnings {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        *metadata.level() == tracing::Level::WARN
    }
    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }
    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn event(&self, _: &tracing::Event<'_>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}

#[test]
fn a_guard_that_is_nearly_full_says_so_once() {
    let warnings = Warnings::default();
    let said = || warnings.0.load(Ordering::Relaxed);
    // Where there is just one that listens, an event that another thread meets first is taken for one that nobody hears.
    let _other = tracing::Dispatch::new(Warnings::default());
    let _listens = tracing::subscriber::set_default(warnings.clone());
    let guard = MemoryGuard::new().capacity(20);
    let paid = |number| Standing::Paid {
        session: Some(session(number)),
        contradicted: false,
        open: None,
    };
    for number in 0..20 {
        assert_eq!(guard.room(), 20 - number);
        assert_eq!(said(), usize::from(number >= 18), "{number}");
        assert!(swap(&guard, &debt(number), &Standing::Free, &paid(number)));
    }
    let full = now(guard.swap(&debt(20), &Standing::Free, &paid(20)));
    assert!(matches!(full, Err(GuardError::Full { .. })));
    assert_eq!((guard.room(), said()), (0, 1));
}

#[test]
fn only_paid_debts_are_forgotten_and_only_after_their_time() {
    let clock = ManualClock::new();
    let guard = MemoryGuard::new()
        .capacity(2)
        .clock(Arc::new(clock.clone()))
        .keep_paid_for(60 * MINUTE);
    let live = |number| Standing::Live {
        session: session(number),
    };
    let paid = |contradicted| Standing::Paid {
        session: Some(session(0)),
        contradicted,
        open: None,
    };
    assert!(swap(&guard, &debt(0), &Standing::Free, &live(0)));
    assert!(swap(&guard, &debt(1), &Standing::Free, &live(1)));
    clock.advance(100 * MINUTE);
    assert!(swap(&guard, &debt(0), &live(0), &paid(false)));
    clock.advance(30 * MINUTE);
    assert!(swap(&guard, &debt(0), &paid(false), &paid(true)));
    clock.advance(30 * MINUTE - Duration::from_nanos(1));
    assert_eq!(read(&guard, &debt(0)), paid(true));
    assert!(now(guard.swap(&debt(2), &Standing::Free, &live(2))).is_err());
    clock.advance(Duration::from_nanos(1));
    assert_eq!(now(guard.debts_of(&session(0))).unwrap(), []);
    assert_eq!(read(&guard, &debt(0)), Standing::Free);
    assert_eq!(read(&guard, &debt(1)), live(1), "never what may be paid");
    assert!(swap(&guard, &debt(2), &Standing::Free, &live(2)));
    // One that somebody has made live again by hand is not what was paid.
    assert!(swap(&guard, &debt(2), &live(2), &paid(false)));
    assert!(swap(&guard, &debt(2), &paid(false), &live(2)));
    clock.advance(1000 * MINUTE);
    assert_eq!(read(&guard, &debt(2)), live(2));
}

#[test]
fn the_sessions_that_were_let_go_are_remembered_up_to_a_number() {
    let guard = MemoryGuard::new().keep_paid_for(Duration::ZERO);
    let live = |number| Standing::Live {
        session: session(number),
    };
    let had = |guard: &MemoryGuard, number| now(guard.former_debts_of(&session(number))).unwrap();
    assert!(swap(&guard, &debt(0), &Standing::Free, &live(0)));
    assert!(had(&guard, 0).is_empty(), "it still has it");
    for _ in 0..2 {
        assert!(swap(&guard, &debt(0), &live(0), &Standing::Free));
        assert!(swap(&guard, &debt(0), &Standing::Free, &live(0)));
    }
    assert_eq!(had(&guard, 0), [debt(0)]);
    // One after the other, without being free in between.
    assert!(swap(&guard, &debt(0), &live(0), &live(1)));
    assert!(swap(&guard, &debt(1), &Standing::Free, &live(0)));
    assert!(swap(&guard, &debt(1), &live(0), &Standing::Free));
    assert_eq!(had(&guard, 0), [debt(0), debt(1)]);
    // What was paid is forgotten as paid.
    let paid = Standing::Paid {
        session: Some(session(1)),
        contradicted: false,
        open: None,
    };
    assert!(swap(&guard, &debt(0), &live(1), &paid));
    assert_eq!(read(&guard, &debt(0)), Standing::Free);
    assert!(had(&guard, 1).is_empty());
    for number in 2..MemoryGuard::REMEMBERED + 2 {
        assert!(swap(&guard, &debt(2), &Standing::Free, &live(number)));
        assert!(swap(&guard, &debt(2), &live(number), &Standing::Free));
    }
    assert!(had(&guard, 0).is_empty(), "the oldest makes room");
    assert_eq!(had(&guard, 2), [debt(2)]);
    assert_eq!(had(&guard, MemoryGuard::REMEMBERED + 1), [debt(2)]);
    assert!(guard.is_empty() && guard.table_is_clean());
}

#[test]
fn what_is_told_late_never_frees_a_debt_and_never_takes_a_session_from_it() {
    let of = session(7);
    let told = |standing: &Standing, status: &str, code: &str| {
        let details = (!code.is_empty()).then(|| StatusDetails::from(code));
        standing.told_late(&of, &SessionStatus::from(status), details.as_ref())
    };
    for standing in every_standing() {
        for (status, code) in [
            ("Failed", "EFT0402"),
            ("Expired", ""),
            ("Canceled", "EFT0501"),
        ] {
            assert_eq!(
                told(&standing, status, code),
                (None, Noted::NoNews),
                "{standing:?}"
            );
        }
        let paid = told(&standing, "Completed", "EFT0301");
        let held = told(&standing, "Completed", "EFT0402");
        if standing == Standing::Free {
            let contradicted = Standing::Paid {
                session: Some(of),
                contradicted: true,
                open: None,
            };
            assert_eq!(paid, (Some(contradicted), Noted::Late));
            assert!(
                matches!(held, (Some(Standing::Held { session, .. }), Noted::Late) if session == of)
            );
        } else {
            assert_eq!(paid, (None, Noted::Late), "{standing:?}");
            assert_eq!(held, (None, Noted::Late), "{standing:?}");
        }
    }
    // It came back meanwhile.
    let back = Standing::Live { session: of };
    assert_eq!(told(&back, "Completed", "EFT0301").1, Noted::Paid);
}

#[test]
fn debts_that_wait_for_a_person_are_listed() {
    let guard = MemoryGuard::new();
    let mut waiting = Vec::new();
    for (number, standing) in every_standing().into_iter().enumerate() {
        assert!(swap(&guard, &debt(number), &Standing::Free, &standing));
        if matches!(standing, Standing::Doubtful { .. } | Standing::Held { .. }) {
            waiting.push((debt(number), standing));
        }
    }
    let mut listed = guard.unresolved();
    listed.sort_by(|(one, _), (two, _)| one.cmp(two));
    waiting.sort_by(|(one, _), (two, _)| one.cmp(two));
    assert_eq!((listed.len(), &listed), (3, &waiting));
}

#[test]
fn a_session_of_two_debts_is_found_for_both() {
    let guard = MemoryGuard::new();
    let live = Standing::Live {
        session: session(1),
    };
    for number in 0..2 {
        assert!(swap(&guard, &debt(number), &Standing::Free, &live));
    }
    let of = |guard: &MemoryGuard| now(guard.debts_of(&session(1))).unwrap();
    assert_eq!(of(&guard), [debt(0), debt(1)]);
    assert!(swap(&guard, &debt(0), &live, &Standing::Free));
    assert_eq!(of(&guard), [debt(1)]);
    assert!(swap(&guard, &debt(1), &live, &Standing::Free));
    assert!(of(&guard).is_empty());
    assert!(guard.table_is_clean());
}

#[test]
fn a_guard_that_never_swaps_is_given_up_on() {
    #[derive(Debug)]
    struct Never;
    impl Guard for Never {
        fn read<'a>(&'a self, _: &'a DebtKey) -> Answer<'a, Standing> {
            let claimed = Standing::claimed(CLAIM, SystemTime::UNIX_EPOCH, MINUTE);
            let standing = claimed.sending().unwrap();
            Box::pin(async move { Ok(standing) })
        }
        fn swap<'a>(
            &'a self,
            _: &'a DebtKey,
            _: &'a Standing,
            _: &'a Standing,
        ) -> Answer<'a, bool> {
            Box::pin(async { Ok(false) })
        }
        fn debts_of<'a>(&'a self, _: &'a SessionId) -> Answer<'a, Vec<DebtKey>> {
            Box::pin(async { Ok(Vec::new()) })
        }
    }
    const CLAIM: ClaimId = ClaimId::NIL;
    let abandoned = Abandoned {
        claim: CLAIM,
        may_have_left: true,
        session: None,
    };
    let key = debt(1);
    let settled = now(Box::pin(settle(&Never, &key, abandoned)));
    assert!(matches!(settled, Err(GuardError::Restless)));
    let others = Abandoned {
        claim: ClaimId::random(),
        may_have_left: true,
        session: None,
    };
    now(Box::pin(settle(&Never, &key, others))).unwrap();
    Never.abandoned(&key, abandoned);
}

/// What happens to one of a few debts.
#[derive(Debug, Clone)]
enum Event {
    /// Somebody takes the debt, if it is to be had.
    Claim(usize),
    Replace(usize),
    /// The create of claimant number so-and-so leaves.
    Sent(usize),
    /// Claimant number so-and-so gets an answer; a new session.
    Opened(usize),
    /// Replacing turns into creating.
    GoneOn(usize),
    Released(usize),
    InDoubt(usize),
    Dropped(usize, bool),
    /// Claimant number so-and-so gets an answer and goes away before the guard has kept it.
    DroppedWith(usize),
    /// A session, by when it was made, is told to have this status and code.
    Told(usize, usize),
    Resolve(usize, usize),
    Pass(u64),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        3 => (0..3_usize).prop_map(Event::Claim),
        1 => (0..3_usize).prop_map(Event::Replace),
        4 => (0..12_usize).prop_map(Event::Sent),
        3 => (0..12_usize).prop_map(Event::Opened),
        1 => (0..12_usize).prop_map(Event::GoneOn),
        1 => (0..12_usize).prop_map(Event::Released),
        1 => (0..12_usize).prop_map(Event::InDoubt),
        1 => (0..12_usize, any::<bool>()).prop_map(|(who, left)| Event::Dropped(who, left)),
        1 => (0..12_usize).prop_map(Event::DroppedWith),
        4 => (0..12_usize, 0..7_usize).prop_map(|(session, what)| Event::Told(session, what)),
        1 => (0..3_usize, 0..4_usize).prop_map(|(debt, by)| Event::Resolve(debt, by)),
        1 => (0..200_u64).prop_map(Event::Pass),
    ]
}

const TOLD: [(&str, &str); 7] = [
    ("Completed", ""),
    ("Initiated", "EFT0101"),
    ("Completed", "EFT0301"),
    ("Completed", "EFT0302"),
    ("Canceled", "EFT0501"),
    ("Failed", "EFT0301"),
    ("Expired", ""),
];

/// The guard with its users, and what must never be seen.
struct World {
    guard: MemoryGuard,
    clock: ManualClock,
    /// Who claimed what.
    claims: Vec<(usize, ClaimId)>,
    /// Whose session it is, in the order in which they were made.
    sessions: Vec<usize>,
    /// Sessions that may be paid, by all that is known, for each debt: told of no end, and not given up by the caller.
    open: HashMap<usize, HashSet<usize>>,
    paid: HashSet<usize>,
}

impl World {
    fn change(&self, of: usize, next: impl Fn(&Standing) -> Option<Standing>) -> bool {
        let key = debt(of);
        let from = read(&self.guard, &key);
        // Somebody else's view of it, from before, never goes through.
        let stale = Standing::Live {
            session: session(0xffff),
        };
        assert!(!swap(&self.guard, &key, &stale, &Standing::Free));
        next(&from).is_some_and(|to| swap(&self.guard, &key, &from, &to))
    }

    fn play(&mut self, event: &Event) {
        let wall = self.clock.wall();
        match *event {
            Event::Claim(of) => {
                let claim = ClaimId::random();
                let took = self.change(of, |standing| {
                    (standing.clone().aged(wall) == Standing::Free)
                        .then(|| Standing::claimed(claim, wall, MINUTE).under(&reference()))
                });
                if took {
                    // The whole point.
                    assert!(!self.paid.contains(&of), "a paid debt is claimed");
                    let open = self.open.get(&of).is_some_and(|open| !open.is_empty());
                    assert!(!open, "a debt with a live session is claimed");
                    self.claims.push((of, claim));
                }
            }
            Event::Replace(of) => {
                let claim = ClaimId::random();
                let took = self.change(of, |standing| match standing.clone().aged(wall) {
                    Standing::Live { session } => {
                        Some(Standing::replacing(session, claim, wall, MINUTE))
                    }
                    _ => None,
                });
                if took {
                    assert!(!self.paid.contains(&of));
                    self.claims.push((of, claim));
                }
            }
            Event::GoneOn(who) => self.of(who, |world, of, claim| {
                let key = debt(of);
                let standing = read(&world.guard, &key);
                let Standing::Replacing {
                    session, claim: by, ..
                } = &standing
                else {
                    return;
                };
                if *by == claim {
                    let old = number(session);
                    assert!(world.change(of, |_| Some(Standing::claimed(claim, wall, MINUTE))));
                    world.open.entry(of).or_default().remove(&old);
                }
            }),
            Event::Sent(who) => self.of(who, |world, of, claim| {
                world.change(of, |standing| match standing {
                    Standing::Claimed { claim: by, .. } if *by == claim => standing.sending(),
                    _ => None,
                });
            }),
            Event::Opened(who) => self.of(who, |world, of, claim| {
                // Of every create that leaves there is one answer.
                let new = world.sessions.len();
                if matches!(
                    read(&world.guard, &debt(of)),
                    Standing::Sending { .. } | Standing::Doubtful { .. }
                ) && world.change(of, |standing| standing.opened(claim, session(new)))
                {
                    world.sessions.push(of);
                    world.open.entry(of).or_default().insert(new);
                }
            }),
            Event::Released(who) => self.of(who, |world, of, claim| {
                world.change(of, |standing| standing.released(claim));
            }),
            Event::InDoubt(who) => self.of(who, |world, of, claim| {
                world.change(of, |standing| standing.in_doubt(claim, None));
            }),
            Event::Dropped(who, may_have_left) => self.of(who, |world, of, claim| {
                let abandoned = Abandoned {
                    claim,
                    may_have_left,
                    session: None,
                };
                world.guard.abandoned(&debt(of), abandoned);
            }),
            Event::DroppedWith(who) => self.of(who, |world, of, claim| {
                let key = debt(of);
                let from = read(&world.guard, &key);
                let new = world.sessions.len();
                let abandoned = Abandoned {
                    claim,
                    may_have_left: true,
                    session: Some(session(new)),
                };
                if matches!(from, Standing::Sending { .. } | Standing::Doubtful { .. })
                    && from.after(&abandoned).is_some()
                {
                    world.guard.abandoned(&key, abandoned);
                    world.sessions.push(of);
                    world.open.entry(of).or_default().insert(new);
                }
            }),
            Event::Told(which, what) => self.told(which, what),
            Event::Resolve(of, by) => {
                let live = read(&self.guard, &debt(of)).session().copied();
                let by = match (by, live) {
                    (0, _) | (2, None) => Resolution::NothingExists,
                    (1, _) => Resolution::Paid,
                    (_, Some(session)) => Resolution::Unpaid(session),
                    (_, None) => return,
                };
                let resolved = self.change(of, |standing| standing.resolved(by));
                if resolved && by == Resolution::Paid {
                    self.paid.insert(of);
                }
                if let (true, Resolution::Unpaid(session)) = (resolved, by) {
                    self.open.entry(of).or_default().remove(&number(&session));
                }
            }
            Event::Pass(seconds) => self.clock.advance(Duration::from_secs(seconds)),
        }
    }

    fn told(&mut self, which: usize, what: usize) {
        let Some(of) = self.sessions.get(which).copied() else {
            return;
        };
        let (status, code) = TOLD[what];
        let code = (!code.is_empty()).then(|| StatusDetails::from(code));
        let (of_session, status) = (session(which), SessionStatus::from(status));
        let mut noted = None;
        for key in now(self.guard.debts_of(&of_session)).unwrap() {
            assert_eq!(key, debt(of));
            let wall = self.clock.wall();
            self.change(of, |standing| {
                let standing = standing.clone().aged(wall);
                standing.told(&of_session, &status, code.as_ref()).0
            });
            noted = Some(read(&self.guard, &key));
        }
        match noted {
            Some(Standing::Free | Standing::Replacing { ended: true, .. }) => {
                self.open.entry(of).or_default().remove(&which);
            }
            Some(Standing::Paid { .. }) => {
                self.paid.insert(of);
            }
            Some(standing) => {
                let unpaid = Outcome::of(&status, code.as_ref()).is_some_and(|it| it.is_unpaid());
                let dead =
                    unpaid && matches!(standing.aged(self.clock.wall()), Standing::Live { .. });
                assert!(!dead, "a session that ended is live");
            }
            None => {}
        }
    }

    fn of(&mut self, who: usize, act: impl Fn(&mut Self, usize, ClaimId)) {
        if let Some((of, claim)) = self.claims.get(who).copied() {
            act(self, of, claim);
        }
    }

    fn check(&self) {
        for of in 0..3 {
            let standing = read(&self.guard, &debt(of));
            if self.paid.contains(&of) {
                assert!(matches!(standing, Standing::Paid { .. }), "{standing:?}");
            }
            let open = self.open.get(&of).map_or(0, HashSet::len);
            assert!(open <= 1, "{open} sessions of one debt may be paid");
            assert!(
                open == 0 || standing != Standing::Free,
                "a debt with a session that may be paid is free"
            );
            let found = standing
                .session()
                .map(|session| now(self.guard.debts_of(session)).unwrap());
            assert!(found.is_none_or(|found| found == [debt(of)]));
        }
        assert!(self.guard.table_is_clean());
    }
}

fn number(session: &SessionId) -> usize {
    usize::from_str_radix(&session.expose()[24..], 16).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_no_debt_has_two_sessions_and_nothing_paid_is_freed(
        events in prop::collection::vec(event(), 1..80)
    ) {
        let clock = ManualClock::new();
        let mut world = World {
            guard: MemoryGuard::new().clock(Arc::new(clock.clone())),
            clock,
            claims: Vec::new(),
            sessions: Vec::new(),
            open: HashMap::new(),
            paid: HashSet::new(),
        };
        for event in &events {
            world.play(event);
            world.check();
        }
    }
}
