//! The guarantee webhook: the integrator is asked, three times if need be.

use std::time::Duration;

use flinks_pay::SessionId;
use flinks_pay::sandbox::{
    DeliveryOutcome, Goal, Sandbox, SessionOrder, Webhook, WebhookFaults, WebhookKind,
};
use flinks_pay::session::Step;
use flinks_pay::webhook::Event;
use serde_json::{Value, json};

use crate::bench::Bench;
use crate::bodies::{guaranteed, referring, regular};
use crate::receiver::{Receiver, settled, until};

/// The pause between two tries.
const PAUSE: Duration = Duration::from_secs(30);

fn decision(accept: bool) -> Value {
    json!({ "guaranteeAccepted": accept })
}

/// A sandbox that asks one receiver about guarantees and tells another how sessions end.
async fn asking(asked: Webhook, told: &Receiver) -> Bench {
    let builder = Sandbox::builder()
        .webhook(told.webhook())
        .guarantee_webhook(asked);
    Bench::with(builder).await
}

/// A session whose guarantee is on offer.
async fn offered(bench: &Bench, scenario: &str) -> SessionId {
    let id = bench.session(&referring(guaranteed(), scenario)).await;
    let payor = bench.sandbox.payor(&id);
    payor.run_to(&Step::GuaranteeOffer).unwrap();
    assert!(payor.step().is_err(), "it waits for the decision");
    id
}

/// What came of the tries for a guarantee.
fn tries(bench: &Bench) -> Vec<(u8, DeliveryOutcome)> {
    let deliveries = bench.sandbox.deliveries();
    deliveries
        .iter()
        .filter(|it| it.webhook == WebhookKind::Guarantee)
        .map(|it| (it.attempt, it.outcome))
        .collect()
}

/// Waits for so many tries, the last of which is recorded.
async fn tried(bench: &Bench, times: usize) {
    until(|| tries(bench).len() >= times).await;
    assert_eq!(tries(bench).len(), times);
}

const ERROR: DeliveryOutcome = DeliveryOutcome::Answered { status: 500 };
const TAKEN: DeliveryOutcome = DeliveryOutcome::Answered { status: 200 };

#[tokio::test]
async fn the_receiver_is_told_of_the_offer_and_accepts() {
    let (asked, told) = (Receiver::start().await, Receiver::start().await);
    let bench = asking(asked.webhook(), &told).await;
    for (scenario, covers, risk) in [("Happy1", 120.5, "Low"), ("Happy2", 60.25, "Medium")] {
        let before = asked.seen().len();
        let id = offered(&bench, scenario).await;
        settled(&bench.sandbox).await;
        let arrival = &asked.seen()[before];
        let Event::Other(event) = &arrival.verified.as_ref().unwrap().event else {
            panic!("{arrival:?}");
        };
        assert_eq!(event.kind(), Some("GuaranteeOffered"));
        assert_eq!(event.session_id(), Some(id));
        assert!(event.freshness().is_fresh());
        let body = arrival.json();
        let expected = json!({
            "event": "GuaranteeOffered",
            "when": body["when"],
            "sessionId": id,
            "referenceId": scenario,
            "amount": 120.5,
            "highestDebitAmountToGuarantee": covers,
            "overallRiskLevel": risk,
        });
        assert_eq!(body, expected);
        let details = bench.details(&id).await;
        let details = &details["guaranteeDetails"];
        for name in ["highestDebitAmountToGuarantee", "overallRiskLevel"] {
            assert_eq!(details[name], body[name]);
        }
        bench.confirm(&id, &decision(true)).await.expect(200);
        bench.sandbox.payor(&id).run().unwrap();
        assert_eq!(bench.state(&id).await, "Completed EFT0301");
    }
    settled(&bench.sandbox).await;
    let both = ["Completed EFT0302", "Completed EFT0301"];
    assert_eq!(told.states(), [both, both].concat());
    assert_eq!(tries(&bench), [(1, TAKEN), (1, TAKEN)]);
}

#[tokio::test]
async fn a_guarantee_that_is_rejected_fails_the_session_which_is_told() {
    let (asked, told) = (Receiver::start().await, Receiver::start().await);
    let bench = asking(asked.webhook(), &told).await;
    let id = offered(&bench, "Happy1").await;
    asked.wait_for(1).await;
    bench.confirm(&id, &decision(false)).await.expect(200);
    settled(&bench.sandbox).await;
    assert_eq!(told.states(), ["Failed EFT0402"]);
    assert_eq!(asked.seen().len(), 1);
}

#[tokio::test]
async fn three_tries_that_nobody_takes_fail_the_session() {
    let told = Receiver::start().await;
    let asked = Receiver::answering(&[500, 302, 404, 200]).await;
    let bench = asking(asked.webhook(), &told).await;
    let id = offered(&bench, "Happy1").await;
    for times in 1..3 {
        tried(&bench, times).await;
        assert_eq!(bench.state(&id).await, "InProgress -");
        // Not before its time.
        bench.sandbox.advance(Duration::from_secs(29));
        tokio::time::sleep(Duration::from_millis(30)).await;
        assert_eq!(tries(&bench).len(), times);
        bench.sandbox.advance(Duration::from_secs(1));
    }
    settled(&bench.sandbox).await;
    let answered = |status| DeliveryOutcome::Answered { status };
    let all = [(1, ERROR), (2, answered(302)), (3, answered(404))];
    assert_eq!(tries(&bench), all);
    // The tries are one event.
    let bodies: Vec<_> = asked.seen().into_iter().map(|it| it.body).collect();
    assert!(bodies.len() == 3 && bodies.iter().all(|body| *body == bodies[0]));

    assert_eq!(bench.state(&id).await, "Failed EFT0402");
    assert_eq!(told.states(), ["Failed EFT0402"]);
    let events = bench.sandbox.payor(&id).events().unwrap();
    assert_eq!(events.last().unwrap().as_str(), "GUARANTEE_FAILED");
    let late = bench.confirm(&id, &decision(true)).await;
    late.expect_problem(400, "decision");
    bench.cancel(&id).await.expect(400);
    bench.sandbox.advance(10 * PAUSE);
    settled(&bench.sandbox).await;
    assert_eq!((asked.seen().len(), told.seen().len()), (3, 1));
}

#[tokio::test]
async fn a_later_try_that_is_taken_is_as_good_as_the_first() {
    for failures in 1..3 {
        let told = Receiver::start().await;
        let asked = Receiver::answering(&vec![500; failures]).await;
        let bench = asking(asked.webhook(), &told).await;
        let id = offered(&bench, "Happy1").await;
        for times in 1..=failures {
            tried(&bench, times).await;
            bench.sandbox.advance(PAUSE);
        }
        settled(&bench.sandbox).await;
        assert_eq!(tries(&bench).len(), failures + 1);
        assert_eq!(tries(&bench)[failures].1, TAKEN);
        bench.confirm(&id, &decision(true)).await.expect(200);
        bench.sandbox.payor(&id).run().unwrap();
        assert_eq!(bench.state(&id).await, "Completed EFT0301");
    }
}

#[tokio::test]
async fn nobody_is_asked_again_about_what_is_decided() {
    let told = Receiver::start().await;
    for (how, state) in [
        ("accept", "InProgress -"),
        ("reject", "Failed EFT0402"),
        ("cancel", "Canceled EFT0501"),
        ("expire", "Expired EFT0601"),
    ] {
        let asked = Receiver::answering(&[500, 500, 500]).await;
        let bench = asking(asked.webhook(), &told).await;
        let id = offered(&bench, "Happy1").await;
        tried(&bench, 1).await;
        match how {
            "accept" => bench.confirm(&id, &decision(true)).await.expect(200),
            "reject" => bench.confirm(&id, &decision(false)).await.expect(200),
            "cancel" => bench.cancel(&id).await.expect(200),
            _ => {
                bench.sandbox.advance(60 * PAUSE);
                &Value::Null
            }
        };
        bench.sandbox.advance(PAUSE);
        settled(&bench.sandbox).await;
        assert_eq!(
            tries(&bench),
            [(1, ERROR), (2, DeliveryOutcome::NotNeeded)],
            "{how}"
        );
        assert_eq!(asked.seen().len(), 1, "{how}");
        assert_eq!(bench.state(&id).await, state, "{how}");
    }
    assert_eq!(told.states(), ["Failed EFT0402", "Canceled EFT0501"]);
}

#[tokio::test]
async fn a_decision_during_the_last_try_counts_though_the_try_fails() {
    let told = Receiver::start().await;
    let asked = Receiver::holding().await;
    asked.answer(&[500, 500, 500]);
    let bench = asking(asked.webhook(), &told).await;
    let id = offered(&bench, "Happy1").await;
    for times in 1..3 {
        asked.release(1);
        tried(&bench, times).await;
        bench.sandbox.advance(PAUSE);
    }
    asked.wait_for(3).await;
    bench.confirm(&id, &decision(true)).await.expect(200);
    asked.release(1);
    settled(&bench.sandbox).await;
    assert_eq!(tries(&bench), [(1, ERROR), (2, ERROR), (3, ERROR)]);
    bench.sandbox.payor(&id).run().unwrap();
    assert_eq!(bench.state(&id).await, "Completed EFT0301");
}

#[tokio::test]
async fn the_end_of_a_session_is_told_while_its_guarantee_waits_to_be_tried_again() {
    let told = Receiver::start().await;
    let asked = Receiver::answering(&[500]).await;
    let bench = asking(asked.webhook(), &told).await;
    let id = offered(&bench, "Happy1").await;
    tried(&bench, 1).await;
    bench.cancel(&id).await.expect(200);
    told.wait_for(1).await;
    assert_eq!(told.states(), ["Canceled EFT0501"]);
    // What waits for its time does not hold a stop up.
    until(|| bench.sandbox.webhooks().waiting == 1).await;
    bench.sandbox.shutdown().await;
}

#[tokio::test]
async fn what_is_lost_has_failed_and_what_comes_twice_was_tried_once() {
    let told = Receiver::start().await;
    let asked = Receiver::start().await;
    let mut faults = WebhookFaults::default();
    faults.lost = true;
    let bench = asking(asked.webhook().with_faults(faults), &told).await;
    let id = offered(&bench, "Happy1").await;
    for times in 1..3 {
        tried(&bench, times).await;
        bench.sandbox.advance(PAUSE);
    }
    settled(&bench.sandbox).await;
    let lost = DeliveryOutcome::Lost;
    assert_eq!(tries(&bench), [(1, lost), (2, lost), (3, lost)]);
    assert_eq!(bench.state(&id).await, "Failed EFT0402");
    assert_eq!(asked.seen().len(), 0);

    let mut faults = WebhookFaults::default();
    faults.twice = true;
    let bench = asking(asked.webhook().with_faults(faults), &told).await;
    let id = offered(&bench, "Happy1").await;
    settled(&bench.sandbox).await;
    assert_eq!(tries(&bench), [(1, TAKEN), (1, TAKEN)]);
    let seen = asked.seen();
    assert_eq!((seen.len(), &seen[0].body), (2, &seen[1].body));
    assert_eq!(bench.state(&id).await, "InProgress -");
}

#[tokio::test]
async fn an_offer_that_makes_room_for_others_has_failed_to_be_delivered() {
    let asked = Receiver::start().await;
    let mut faults = WebhookFaults::default();
    faults.late_seconds = Some(3600);
    let asked = asked.webhook().with_faults(faults);
    let bench = Bench::with(Sandbox::builder().guarantee_webhook(asked)).await;
    let order = SessionOrder::new(guaranteed()).until(Goal::Step(Step::GuaranteeOffer));
    let offer = || bench.sandbox.prepare(&order).unwrap().session_id;
    let oldest = offer();
    // As many as may wait, and one of them for lack of room.
    let rest: Vec<SessionId> = (0..1024).map(|_| offer()).collect();
    until(|| bench.sandbox.webhooks().waiting == 1024).await;
    assert_eq!(bench.sandbox.webhooks().dropped, 1);
    assert_eq!(bench.state(&oldest).await, "Failed EFT0402");
    for waits in [&rest[0], &rest[1023]] {
        assert_eq!(bench.state(waits).await, "InProgress -");
    }
    let deliveries = bench.sandbox.deliveries();
    let record = deliveries.last().unwrap();
    assert_eq!((deliveries.len(), record.session_id), (1, oldest));
    assert_eq!(tries(&bench), [(1, DeliveryOutcome::Dropped)]);
}

#[tokio::test]
async fn a_further_try_that_finds_no_room_has_failed_and_is_the_last() {
    let asked = Receiver::holding().await;
    asked.answer(&[500]);
    let bench = Bench::with(Sandbox::builder().guarantee_webhook(asked.webhook())).await;
    let order = SessionOrder::new(guaranteed()).until(Goal::Step(Step::GuaranteeOffer));
    let offer = || bench.sandbox.prepare(&order).unwrap().session_id;
    // As many as are under way at once, and behind them as many as may wait.
    let under_way: Vec<SessionId> = (0..16).map(|_| offer()).collect();
    asked.wait_for(16).await;
    for _ in 0..1024 {
        offer();
    }
    assert_eq!(bench.sandbox.webhooks().dropped, 0);
    asked.release(1);
    tried(&bench, 2).await;
    let deliveries = bench.sandbox.deliveries();
    let session = deliveries[0].session_id;
    assert_eq!(deliveries[1].session_id, session);
    assert_eq!(tries(&bench), [(1, ERROR), (2, DeliveryOutcome::Dropped)]);
    until(|| bench.sandbox.webhooks().waiting == 1039).await;
    assert_eq!(bench.state(&session).await, "Failed EFT0402");
    for other in under_way.iter().filter(|other| **other != session) {
        assert_eq!(bench.state(other).await, "InProgress -");
    }
}

#[tokio::test]
async fn nobody_is_asked_where_there_is_nothing_to_decide() {
    let (asked, told) = (Receiver::start().await, Receiver::start().await);
    let bench = asking(asked.webhook(), &told).await;
    for body in [regular(), referring(guaranteed(), "Unhappy1")] {
        let id = bench.session(&body).await;
        bench.sandbox.payor(&id).run().unwrap();
    }
    settled(&bench.sandbox).await;
    assert_eq!(tries(&bench), []);
    // Decided by the integrator, but told by nobody.
    let builder = Sandbox::builder()
        .webhook(told.webhook())
        .guarantee_decision(true);
    let bench = Bench::with(builder).await;
    offered(&bench, "Happy1").await;
    settled(&bench.sandbox).await;
    assert_eq!(tries(&bench), []);
    assert_eq!(asked.seen().len(), 0);
}
