//! Calls at the same time. These tests have more than one thread, so that handlers do run side by side.

use std::collections::BTreeSet;
use std::sync::Arc;

use flinks_pay::domain::ApiKey;
use flinks_pay::sandbox::Sandbox;
use serde_json::json;
use tokio::task::JoinSet;

use crate::bench::{Bench, id_of};
use crate::bodies::{full_guaranteed, guaranteed, referring, regular, with};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_token_in_50_creates_at_once_makes_one_session() {
    let bench = Arc::new(Bench::start().await);
    let token = bench.token().await;
    let mut calls = JoinSet::new();
    for _ in 0..50 {
        let (bench, token) = (Arc::clone(&bench), token.clone());
        calls.spawn(async move { bench.create_with(&token, &guaranteed()).await.status });
    }
    let statuses = calls.join_all().await;
    let count = |status| statuses.iter().filter(|it| **it == status).count();
    assert_eq!((count(201), count(401)), (1, 49), "{statuses:?}");
    let journal = bench.sandbox.journal();
    let spent = |rules: &[String]| rules == ["token-per-create"];
    assert_eq!(journal.iter().filter(|it| spent(&it.rules)).count(), 49);
    let numbers: Vec<u64> = journal.iter().map(|it| it.sequence).collect();
    assert_eq!(numbers, (1..=51).collect::<Vec<u64>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_creates_make_a_thousand_ids() {
    let key = ApiKey::new("a-key").unwrap();
    let bench = Arc::new(Bench::with(Sandbox::builder().api_key(key)).await);
    let mut calls = JoinSet::new();
    for _ in 0..20 {
        let bench = Arc::clone(&bench);
        calls.spawn(async move {
            let mut ids = Vec::new();
            for _ in 0..50 {
                let request = bench
                    .post("api/v2/sessions")
                    .header("x-api-key", "a-key")
                    .header("x-client-id", bench.sandbox.client_id())
                    .json(&guaranteed());
                let answer = bench.send("createSession", request).await;
                ids.push(id_of(answer.expect(201)));
            }
            ids
        });
    }
    let ids: Vec<_> = calls.join_all().await.into_iter().flatten().collect();
    assert_eq!(ids.len(), 1000);
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 1000);
    for id in [&ids[0], &ids[999]] {
        assert_eq!(bench.state(id).await, "Initiated EFT0101");
    }
}

#[tokio::test]
async fn two_sessions_side_by_side_do_not_mix() {
    let bench = Bench::start().await;
    let one_sent = referring(full_guaranteed(), "Happy2");
    let two_sent = referring(with(regular(), "/payor/lastName", json!("Other")), "second");
    let (one, two) = (
        bench.session(&one_sent).await,
        bench.session(&two_sent).await,
    );
    let (payor_one, payor_two) = (bench.sandbox.payor(&one), bench.sandbox.payor(&two));
    let (mut over_one, mut over_two) = (false, false);
    let mut turn = 0;
    while !(over_one && over_two) {
        // The first takes two steps for each of the second.
        if turn % 3 < 2 && !over_one {
            over_one = payor_one.step().unwrap().over;
        } else if !over_two {
            over_two = payor_two.step().unwrap().over;
        }
        turn += 1;
        for (id, sent) in [(&one, &one_sent), (&two, &two_sent)] {
            let details = bench.details(id).await;
            assert_eq!(details["sessionId"], id.expose());
            assert_eq!(details["referenceId"], sent["referenceId"]);
            assert_eq!(details["payor"]["lastName"], sent["payor"]["lastName"]);
            assert_eq!(
                details["options"]["guarantee"],
                sent["options"]["guarantee"]
            );
            assert_eq!(
                details["guaranteeDetails"].is_object(),
                *id == one && turn > 7
            );
        }
    }
    assert_eq!(bench.details(&one).await["amount"], 115.72);
    assert_eq!(bench.details(&two).await["amount"], 18);
    for id in [&one, &two] {
        assert_eq!(bench.state(id).await, "Completed EFT0301");
    }
}
