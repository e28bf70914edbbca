//! Webhooks: who is told what, once, in order, and signed so that others can check it.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use flinks_pay::SessionId;
use flinks_pay::clock::ManualClock;
use flinks_pay::sandbox::{
    CancelledSpelling, CompletedWebhook, DeliveryOutcome, Payor, Sandbox, Webhook, WebhookKind,
};
use flinks_pay::session::{StatusDetails, Step};
use flinks_pay::webhook::Event;
use serde_json::{Value, json};

use crate::bench::{Bench, OTHER_ID, OTHER_SECRET, two_clients};
use crate::bodies::{full_guaranteed, guaranteed, referring, regular, with};
use crate::python;
use crate::receiver::{Receiver, SECRET, secret, settled};

async fn told(receiver: &Receiver) -> Bench {
    Bench::with(Sandbox::builder().webhook(receiver.webhook())).await
}

#[tokio::test]
async fn a_payment_is_told_as_it_is_signed_and_as_it_is_scheduled() {
    let receiver = Receiver::start().await;
    let bench = told(&receiver).await;
    let id = bench
        .session(&referring(guaranteed(), "invoice-1042"))
        .await;
    let payor = bench.sandbox.payor(&id);
    payor.run_to(&Step::Pad).unwrap();
    let mut statuses = vec![bench.status(&id).await.body];
    payor.run().unwrap();
    statuses.push(bench.status(&id).await.body);
    settled(&bench.sandbox).await;

    let seen = receiver.seen();
    assert_eq!(
        receiver.states(),
        ["Completed EFT0302", "Completed EFT0301"]
    );
    for (arrival, status) in seen.iter().zip(statuses) {
        assert_eq!(
            (arrival.method.as_str(), &*arrival.path),
            ("POST", "/flinks")
        );
        let kind = arrival.header("content-type");
        assert_eq!(kind, "application/json; charset=utf-8");
        let signature = arrival.header("X-Webhook-Signature");
        let digits = signature.strip_prefix("sha256=").unwrap();
        assert!(
            digits.len() == 64
                && digits
                    .bytes()
                    .all(|it| matches!(it, b'0'..=b'9' | b'A'..=b'F')),
            "{signature}"
        );
        // What the status endpoint says, and when.
        let mut body = arrival.json();
        let when = body.as_object_mut().unwrap().remove("when").unwrap();
        assert!(when.as_str().unwrap().ends_with('Z'), "{when}");
        assert_eq!(body, status);
        let Event::StatusChanged(event) = &arrival.verified.as_ref().unwrap().event else {
            panic!("{arrival:?}");
        };
        assert!(event.freshness().is_fresh() && !event.contradicts_itself());
        assert!(event.report().extra.is_empty(), "{event:?}");
    }
}

#[tokio::test]
async fn a_payment_is_told_once_where_that_is_set() {
    let receiver = Receiver::start().await;
    let builder = Sandbox::builder()
        .webhook(receiver.webhook())
        .adjust(|profile| profile.completed_webhook = CompletedWebhook::Scheduled);
    let bench = Bench::with(builder).await;
    for body in [guaranteed(), regular()] {
        let id = bench.session(&body).await;
        let payor = bench.sandbox.payor(&id);
        payor.run_to(&Step::Pad).unwrap();
        settled(&bench.sandbox).await;
        let before = receiver.seen().len();
        payor.run().unwrap();
        settled(&bench.sandbox).await;
        let seen = receiver.seen();
        assert_eq!(seen.len(), before + 1);
        assert_eq!(seen[before].state(), "Completed EFT0301");
        assert_eq!(seen[before].report().session_id, id);
    }
    assert_eq!(receiver.seen().len(), 2);
}

/// A way to end, by the payor.
type Ends = fn(Payor) -> Payor;

#[tokio::test]
async fn every_end_but_expiry_is_told_once() {
    let receiver = Receiver::start().await;
    let bench = told(&receiver).await;
    let ends: [(&str, Ends, &str); 4] = [
        ("Happy1", Payor::fail_login, "Failed EFT0401"),
        ("Unhappy1", |payor| payor, "Failed EFT0402"),
        ("Happy1", Payor::wrong_name, "Failed EFT0403"),
        ("Happy1", Payor::low_balance, "Failed EFT0404"),
    ];
    let mut expected = Vec::new();
    for (scenario, end, state) in ends {
        let id = bench.session(&referring(guaranteed(), scenario)).await;
        end(bench.sandbox.payor(&id)).run().unwrap();
        expected.push((id, state.to_owned()));
    }
    let cancelled = bench.session(&regular()).await;
    bench.cancel(&cancelled).await.expect(200);
    // Nothing happens twice, and what only reads tells nobody.
    bench.cancel(&cancelled).await.expect(400);
    bench.status(&cancelled).await.expect(200);
    bench.details(&cancelled).await;
    assert!(bench.sandbox.payor(&cancelled).step().is_err());
    expected.push((cancelled, "Canceled EFT0501".to_owned()));

    settled(&bench.sandbox).await;
    bench.sandbox.advance(Duration::from_secs(24 * 60 * 60));
    for (id, state) in &expected {
        assert_eq!(&bench.state(id).await, state);
    }
    settled(&bench.sandbox).await;
    let mut seen: Vec<_> = receiver
        .seen()
        .iter()
        .map(|arrival| (arrival.report().session_id, arrival.state()))
        .collect();
    seen.sort();
    expected.sort();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn nobody_is_told_of_a_session_that_is_open_or_expires() {
    let receiver = Receiver::start().await;
    let bench = told(&receiver).await;
    let mut ids = Vec::new();
    for screen in [
        None,
        Some(Step::Start),
        Some(Step::GuaranteeOffer),
        Some(Step::Pad),
    ] {
        let id = bench.session(&guaranteed()).await;
        if let Some(screen) = &screen {
            bench.sandbox.payor(&id).run_to(screen).unwrap();
        }
        ids.push(id);
    }
    // A payor who leaves.
    let left = bench.session(&referring(guaranteed(), "Happy2")).await;
    bench.sandbox.payor(&left).decline_offer().run().unwrap();
    ids.push(left);
    bench.sandbox.advance(Duration::from_secs(30 * 60));
    for id in &ids {
        assert_eq!(bench.state(id).await, "Expired EFT0601");
        bench.cancel(id).await.expect(400);
        assert!(bench.sandbox.payor(id).step().is_err());
    }
    settled(&bench.sandbox).await;
    // The one that had come to the agreement was told of then.
    assert_eq!(receiver.states(), ["Completed EFT0302"]);
    assert_eq!(receiver.seen()[0].report().session_id, ids[3]);
}

#[tokio::test]
async fn the_time_is_the_sandboxs() {
    let receiver = Receiver::start().await;
    let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_772_600_767);
    let clock = ManualClock::starting_at(start);
    let builder = Sandbox::builder()
        .webhook(receiver.webhook())
        .clock(std::sync::Arc::new(clock.clone()));
    let bench = Bench::with(builder).await;
    let id = bench.session(&guaranteed()).await;
    clock.advance(Duration::from_secs(60));
    bench.sandbox.advance(Duration::from_secs(5));
    bench.cancel(&id).await.expect(200);
    let deliveries = settled(&bench.sandbox).await;
    let [arrival] = &receiver.seen()[..] else {
        panic!("{deliveries:?}");
    };
    assert_eq!(arrival.json()["when"], "2026-03-04T05:07:12Z");
    assert_eq!(deliveries[0].at_millis, 65_000);
}

#[tokio::test]
async fn a_cancellation_is_spelled_as_the_status_spells_it() {
    for (spelling, text) in [
        (CancelledSpelling::Canceled, "Canceled"),
        (CancelledSpelling::Cancelled, "Cancelled"),
    ] {
        let receiver = Receiver::start().await;
        let builder = Sandbox::builder()
            .webhook(receiver.webhook())
            .adjust(|profile| profile.cancelled_spelling = spelling);
        let bench = Bench::with(builder).await;
        let id = bench.session(&guaranteed()).await;
        bench.cancel(&id).await.expect(200);
        settled(&bench.sandbox).await;
        assert_eq!(receiver.seen()[0].json()["status"], text);
        assert_eq!(bench.status(&id).await.body["status"], text);
    }
}

#[tokio::test]
async fn every_client_is_told_of_and_nobody_who_is_not_registered() {
    let receiver = Receiver::start().await;
    let bench = Bench::with(two_clients().webhook(receiver.webhook())).await;
    let token = bench.token_of(OTHER_ID, OTHER_SECRET).await;
    let answer = bench.create_with(&token, &guaranteed()).await;
    let id = crate::bench::id_of(answer.expect(201));
    bench.sandbox.payor(&id).fail_login().run().unwrap();
    settled(&bench.sandbox).await;
    assert_eq!(receiver.states(), ["Failed EFT0401"]);

    let quiet = Bench::start().await;
    let id = quiet.session(&guaranteed()).await;
    quiet.sandbox.payor(&id).run().unwrap();
    assert_eq!(settled(&quiet.sandbox).await, []);
    let report = quiet.sandbox.webhooks();
    assert!(report.session.is_none() && report.guarantee.is_none());
}

#[tokio::test]
async fn an_event_that_is_not_taken_is_not_sent_again() {
    // A redirect is not followed, either.
    for status in [500, 401, 307, 204] {
        let receiver = Receiver::answering(&[status]).await;
        let bench = told(&receiver).await;
        let id = bench.session(&guaranteed()).await;
        bench.cancel(&id).await.expect(200);
        let deliveries = settled(&bench.sandbox).await;
        bench.sandbox.advance(Duration::from_secs(24 * 60 * 60));
        settled(&bench.sandbox).await;
        assert_eq!(receiver.seen().len(), 1, "{status}");
        let [delivery] = &deliveries[..] else {
            panic!("{deliveries:?}");
        };
        assert_eq!(delivery.outcome, DeliveryOutcome::Answered { status });
        assert_eq!(delivery.outcome.is_taken(), status == 204);
        assert_eq!(bench.sandbox.deliveries(), deliveries);
    }
}

#[tokio::test]
async fn the_record_has_what_was_told_and_nothing_else() {
    let receiver = Receiver::start().await;
    let bench = told(&receiver).await;
    let id = bench.session(&full_guaranteed()).await;
    bench.cancel(&id).await.expect(200);
    let deliveries = settled(&bench.sandbox).await;
    let expected = json!([{
        "sequence": 1,
        "atMillis": deliveries[0].at_millis,
        "webhook": "session",
        "event": "SessionSetupStatusChanged",
        "sessionId": id,
        "statusDetails": "EFT0501",
        "attempt": 1,
        "outcome": { "kind": "answered", "status": 200 },
    }]);
    assert_eq!(serde_json::to_value(&deliveries).unwrap(), expected);
    // The session's id opens the hosted page.
    let printed = format!("{deliveries:?} {:?}", bench.sandbox.webhooks());
    assert!(printed.contains(&id.expose()[..8]), "{printed}");
    assert!(!printed.contains(&id.expose()[9..]), "{printed}");
    assert!(!printed.contains("hush"), "{printed}");
}

#[tokio::test]
async fn a_receiver_that_is_not_there_holds_nobody_up() {
    // A port that no test can be given.
    let webhook = Webhook::new("http://127.0.0.1:1/", secret()).unwrap();
    let bench = Bench::with(Sandbox::builder().webhook(webhook)).await;
    let id = bench.session(&guaranteed()).await;
    bench.sandbox.payor(&id).run().unwrap();
    assert_eq!(bench.state(&id).await, "Completed EFT0301");
    let outcomes: Vec<_> = settled(&bench.sandbox)
        .await
        .into_iter()
        .map(|it| (it.webhook, it.status_details, it.outcome))
        .collect();
    let to = |code| {
        (
            WebhookKind::Session,
            Some(code),
            DeliveryOutcome::NotConnected,
        )
    };
    assert_eq!(
        outcomes,
        [to(StatusDetails::Eft0302), to(StatusDetails::Eft0301)]
    );
}

#[tokio::test]
async fn a_slow_receiver_delays_its_own_session_only_and_the_order_is_kept() {
    let receiver = Receiver::holding().await;
    let bench = told(&receiver).await;
    let slow = bench.session(&guaranteed()).await;
    bench.sandbox.payor(&slow).run().unwrap();
    receiver.wait_for(1).await;
    // The API answers, and another session is told of, while the first event is under way.
    let other = bench.session(&guaranteed()).await;
    bench.cancel(&other).await.expect(200);
    let seen = receiver.wait_for(2).await;
    assert_eq!(bench.sandbox.webhooks().waiting, 3);
    let order: Vec<_> = seen
        .iter()
        .map(|it| (it.report().session_id, it.state()))
        .collect();
    let expected = [
        (slow, "Completed EFT0302".to_owned()),
        (other, "Canceled EFT0501".to_owned()),
    ];
    assert_eq!(order, expected);
    receiver.release(3);
    settled(&bench.sandbox).await;
    assert_eq!(receiver.states()[2], "Completed EFT0301");
}

#[tokio::test]
async fn many_sessions_at_once_are_each_told_in_order() {
    let receiver = Receiver::start().await;
    let bench = told(&receiver).await;
    let mut ids = Vec::new();
    for _ in 0..40 {
        ids.push(bench.session(&guaranteed()).await);
    }
    // Each step of all of them before the next step of any.
    while ids
        .iter()
        .filter(|id| bench.sandbox.payor(id).step().is_ok())
        .count()
        > 0
    {}
    settled(&bench.sandbox).await;
    let mut seen: BTreeMap<SessionId, Vec<String>> = BTreeMap::new();
    for arrival in receiver.seen() {
        let states = seen.entry(arrival.report().session_id).or_default();
        states.push(arrival.state());
    }
    assert_eq!(seen.len(), ids.len());
    for (id, states) in seen {
        assert_eq!(states, ["Completed EFT0302", "Completed EFT0301"], "{id:?}");
    }
}

#[tokio::test]
async fn a_stop_delivers_what_is_due() {
    let receiver = Receiver::start().await;
    let bench = told(&receiver).await;
    let id = bench.session(&guaranteed()).await;
    let payor = bench.sandbox.payor(&id);
    payor.run_to(&Step::Review).unwrap();
    payor.step().unwrap();
    payor.step().unwrap();
    bench.sandbox.shutdown().await;
    assert_eq!(
        receiver.states(),
        ["Completed EFT0302", "Completed EFT0301"]
    );
    // Whoever plays on tells nobody.
    assert!(payor.step().is_err());
}

#[tokio::test]
async fn python_verifies_what_is_sent() {
    let receiver = Receiver::start().await;
    let bench = told(&receiver).await;
    let body = with(guaranteed(), "/referenceId", json!("café-N°7 \\ \"x\""));
    for body in [guaranteed(), regular(), body] {
        let id = match bench.create(&body).await {
            answer if answer.status == 201 => crate::bench::id_of(&answer.body),
            refused => panic!("{:#}", refused.body),
        };
        bench.sandbox.payor(&id).run().unwrap();
    }
    settled(&bench.sandbox).await;
    let seen = receiver.seen();
    assert_eq!(seen.len(), 6);
    let mut lines = Vec::new();
    let mut expected = Vec::new();
    for arrival in &seen {
        let body = python::hex(&arrival.body);
        let signature = arrival.header("x-webhook-signature");
        lines.push(json!({ "secret": SECRET, "body": body, "signature": signature }));
        expected.push(Value::from(true));
        lines.push(json!({ "secret": "some other secret", "body": body, "signature": signature }));
        expected.push(Value::from(false));
        // And it comes to the very same text.
        lines.push(json!({ "secret": SECRET, "body": body }));
        expected.push(Value::from(signature));
    }
    assert_eq!(python::ask(&lines), expected);
}

/// The control of the waiting above: without a receiver there is nothing to wait for, with one there is.
#[tokio::test]
async fn what_is_under_way_counts_as_waiting() {
    let receiver = Receiver::holding().await;
    let builder = Sandbox::builder().webhook(receiver.webhook());
    let bench = Bench::with(builder).await;
    assert_eq!(bench.sandbox.webhooks().waiting, 0);
    let id = bench.session(&guaranteed()).await;
    bench.cancel(&id).await.expect(200);
    assert_eq!(bench.sandbox.webhooks().waiting, 1);
    receiver.wait_for(1).await;
    assert_eq!(bench.sandbox.webhooks().waiting, 1);
    receiver.release(1);
    settled(&bench.sandbox).await;
}
