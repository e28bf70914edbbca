//! A machine that sleeps with a claim in hand: its own time stands still, everybody else's does not.

use super::support::reset::Reset;
use super::*;

/// How long a claim is good for with the default timeouts: the time of a call and a margin.
const CLAIM: i64 = 60 + 120;

/// A server at whose answer to some request the client's machine sleeps for so many seconds. Which request, is said by how
/// its line ends, and by how many of the kind came before it.
async fn sleeping(clock: &Reset, at: (&'static str, usize), seconds: i64) -> Scripted {
    let clock = clock.clone();
    let [creates, tokens, met] = [(); 3].map(|()| AtomicUsize::new(0));
    Scripted::bare(move |asked| {
        let (line, before) = at;
        if asked.line.ends_with(line) && met.fetch_add(1, Ordering::SeqCst) == before {
            clock.set_ahead(seconds);
        }
        if asked.line.contains("/authorize") {
            Reply::token(tokens.fetch_add(1, Ordering::SeqCst) + 1, 599)
        } else if is_create(asked) {
            created(creates.fetch_add(1, Ordering::SeqCst) + 1)
        } else {
            status(1, "Canceled", "EFT0501")
        }
    })
    .await
}

fn on(server: &Scripted, clock: &Reset) -> Client {
    let builder = builder(server).clock(Arc::new(clock.clone()));
    builder.build().unwrap()
}

#[tokio::test]
async fn a_create_does_not_leave_when_its_claim_may_be_over_for_others() {
    for asleep in [CLAIM - 59, CLAIM + 1, 9 * 3600] {
        let clock = Reset::default();
        let server = sleeping(&clock, ("/authorize", 0), asleep).await;
        let client = on(&server, &clock);
        let ended = once(&client).await.unwrap_err();
        assert!(
            matches!(&ended, OnceError::NotCreated(error) if error.kind() == ErrorKind::NotSent),
            "{asleep} s: {ended:?}"
        );
        assert_eq!(creates(&server), 0, "{asleep} s");
        assert_eq!(stands(&client).await, Standing::Free, "{asleep} s");
        // Awake, it claims anew.
        once(&client).await.unwrap();
        assert_eq!(creates(&server), 1, "{asleep} s");
    }
}

#[tokio::test]
async fn a_nap_within_the_claim_costs_nothing() {
    let clock = Reset::default();
    let server = sleeping(&clock, ("/authorize", 0), CLAIM - 62).await;
    once(&on(&server, &clock)).await.unwrap();
    assert_eq!(creates(&server), 1);
}

/// Whoever else shares the guard takes the claim for one that nobody comes back for.
#[tokio::test]
async fn whoever_wakes_up_after_somebody_else_has_collected_sends_nothing() {
    let asleep = Arc::new(tokio::sync::Semaphore::new(0));
    let tokens = AtomicUsize::new(0);
    let server = Scripted::bare({
        let asleep = Arc::clone(&asleep);
        move |asked| {
            if is_create(asked) {
                return created(1);
            }
            match tokens.fetch_add(1, Ordering::SeqCst) + 1 {
                1 => Reply::After(Arc::clone(&asleep), Box::new(Reply::token(1, 599))),
                number => Reply::token(number, 599),
            }
        }
    })
    .await;
    let (clock, guard) = (Reset::default(), Arc::new(MemoryGuard::new()));
    let on_the_guard = || {
        let builder = builder(&server).clock(Arc::new(clock.clone()));
        builder.guard(Arc::clone(&guard) as _).build().unwrap()
    };
    let sleeper = tokio::spawn({
        let client = on_the_guard();
        async move { once(&client).await }
    });
    while server.asked().is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    clock.set_ahead(CLAIM + 1);
    let colleague = on_the_guard();
    assert_eq!(stands(&colleague).await, Standing::Free);
    once(&colleague).await.unwrap();
    asleep.add_permits(1);
    let ended = sleeper.await.unwrap().unwrap_err();
    assert!(matches!(ended, OnceError::NotCreated(_)), "{ended:?}");
    assert_eq!(creates(&server), 1, "nobody is charged twice");
    assert_eq!(stands(&colleague).await, live(1));
}

/// The claimant is gone, and its claim would end tomorrow.
#[tokio::test]
async fn a_claim_from_before_the_clock_was_set_back_does_not_freeze_the_debt() {
    let server = Scripted::bare(|asked| {
        if is_create(asked) {
            Reply::Stall(Vec::new())
        } else {
            Reply::token(1, 599)
        }
    })
    .await;
    let (clock, guard) = (Reset::default(), super::durable::Ledger::default());
    let on_the_guard = || {
        let builder = builder(&server).clock(Arc::new(clock.clone()));
        builder.guard(Arc::new(guard.clone())).build().unwrap()
    };
    clock.set_ahead(24 * 3600);
    let claimant = tokio::spawn({
        let client = on_the_guard();
        async move { once(&client).await }
    });
    while creates(&server) == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    claimant.abort();
    assert!(claimant.await.unwrap_err().is_cancelled());
    clock.set_ahead(0);
    let client = on_the_guard();
    let standing = stands(&client).await;
    assert!(
        matches!(standing, Standing::Doubtful { .. }),
        "{standing:?}"
    );
    let refused = once(&client).await.unwrap_err();
    assert!(matches!(refused, OnceError::Doubtful { .. }), "{refused:?}");
    let nothing = Resolution::NothingExists;
    assert_eq!(
        client.resolve(&debt(), nothing).await.unwrap(),
        Standing::Free
    );
}

#[tokio::test]
async fn a_replacement_that_slept_before_its_create_claims_anew_and_one_that_slept_at_it_does_not_leave()
 {
    // The first create has spent the first token, so the second one fetches another.
    for (at, leaves) in [("/status", true), ("/authorize", false)] {
        let clock = Reset::default();
        let before = usize::from(at == "/authorize");
        let server = sleeping(&clock, (at, before), CLAIM + 1).await;
        let client = on(&server, &clock);
        once(&client).await.unwrap();
        let replaced = client.replace(&session(1), &debt(), &request()).await;
        if leaves {
            assert_eq!(*replaced.unwrap().session_id(), session(2));
            assert_eq!(creates(&server), 2);
        } else {
            let ended = replaced.unwrap_err();
            assert!(matches!(ended, OnceError::NotCreated(_)), "{ended:?}");
            assert_eq!(creates(&server), 1);
            assert_eq!(stands(&client).await, Standing::Free);
        }
    }
}
