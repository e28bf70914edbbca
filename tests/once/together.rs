//! Many callers at the same time.

use flinks_pay::clock::ManualClock;

use super::support::moved::moved;
use super::*;

#[tokio::test]
async fn a_debt_gets_a_session_and_then_that_one() {
    let server = server(created, nothing).await;
    let client = client(&server);
    assert_eq!(stands(&client).await, Standing::Free);
    let first = once(&client).await.unwrap();
    assert!(matches!(&first, Once::Created(answer) if answer.session_id == session(1)));
    assert_eq!(stands(&client).await, live(1));
    for _ in 0..3 {
        let again = once(&client.clone()).await.unwrap();
        assert!(matches!(again, Once::Live(live) if live == session(1)));
        assert_eq!(again.session_id(), first.session_id());
    }
    assert_eq!(creates(&server), 1);
    let other = DebtKey::new("order 2026/1043").unwrap();
    let other = client.create_once(&other, &request()).await.unwrap();
    assert_eq!(*other.session_id(), session(2));
}

#[tokio::test]
async fn two_at_once_make_one_session() {
    let server = server(created, nothing).await;
    let client = client(&server);
    let (one, two) = tokio::join!(once(&client), once(&client));
    let (one, two) = (one.unwrap(), two.unwrap());
    assert!(matches!(one, Once::Created(_)) && matches!(two, Once::Live(_)));
    assert_eq!(one.session_id(), two.session_id());
    assert_eq!(creates(&server), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_at_once_make_one_session() {
    let server = server(created, nothing).await;
    let guard: Arc<dyn Guard> = Arc::new(MemoryGuard::new());
    // Ten clients of one guard, ten callers on each.
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..10 {
        let client = builder(&server).guard(Arc::clone(&guard)).build().unwrap();
        for _ in 0..10 {
            let client = client.clone();
            tasks.spawn(async move { once(&client).await.unwrap() });
        }
    }
    let all = tasks.join_all().await;
    let new = all.iter().filter(|it| matches!(it, Once::Created(_)));
    assert_eq!((all.len(), new.count()), (100, 1));
    assert!(all.iter().all(|it| *it.session_id() == session(1)));
    assert_eq!(creates(&server), 1);
}

#[tokio::test]
async fn after_a_create_that_made_nothing_the_next_one_tries() {
    let refuse_two = |number| match number {
        1 | 2 => Reply::of(400, &[], ""),
        _ => created(number),
    };
    let server = server(refuse_two, nothing).await;
    let client = client(&server);
    let all = tokio::join!(once(&client), once(&client), once(&client), once(&client));
    assert!(matches!(&all.0, Err(OnceError::NotCreated(error)) if error.status() == Some(400)));
    assert!(matches!(&all.1, Err(OnceError::NotCreated(_))));
    assert!(matches!(&all.2, Ok(Once::Created(_))));
    assert!(matches!(&all.3, Ok(Once::Live(live)) if *live == session(3)));
    assert_eq!(creates(&server), 3);
}

#[tokio::test]
async fn who_waits_too_long_is_told_so_and_sends_nothing() {
    let server = server(|_| Reply::Stall(Vec::new()), nothing).await;
    let guard: Arc<dyn Guard> = Arc::new(MemoryGuard::new());
    let patient = builder(&server).guard(Arc::clone(&guard)).build().unwrap();
    let first = tokio::spawn({
        let patient = patient.clone();
        async move { once(&patient).await }
    });
    while creates(&server) == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // Another client of the guard, which can only look again, and one which waits for its turn.
    let clock = ManualClock::new();
    let hasty = builder(&server)
        .clock(Arc::new(clock.clone()))
        .guard(guard)
        .build()
        .unwrap();
    let both = async { tokio::join!(once(&hasty), once(&hasty)) };
    let (looks, waits) = moved(&clock, &server, both).await;
    for late in [looks.unwrap_err(), waits.unwrap_err()] {
        assert!(matches!(late, OnceError::InProgress { .. }), "{late:?}");
        assert!(late.to_string().contains("ask again"), "{late}");
        assert_eq!(late.session_id(), None);
    }
    let busy = hasty.resolve(&debt(), Resolution::Paid).await.unwrap_err();
    assert!(matches!(busy, OnceError::NotResolved { .. }), "{busy:?}");
    assert_eq!(creates(&server), 1);
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    assert!(matches!(stands(&hasty).await, Standing::Doubtful { .. }));
}
