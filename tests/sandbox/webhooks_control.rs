//! Webhooks by the control API, and what goes wrong with them on purpose.

use std::time::Duration;

use flinks_pay::sandbox::{DeliveriesReport, DeliveryOutcome, WebhooksReport};
use flinks_pay::session::Step;
use flinks_pay::webhook::Refusal;
use serde_json::{Value, json};

use crate::bench::{Answer, Bench};
use crate::bodies::guaranteed;
use crate::control_api::call;
use crate::receiver::{Receiver, SECRET, settled};

const PATH: &str = "_sandbox/webhooks";

async fn put(bench: &Bench, body: &Value) -> Answer {
    call(bench.to(reqwest::Method::PUT, PATH).json(body)).await
}

async fn get(bench: &Bench, path: &str) -> Value {
    call(bench.get(path)).await.expect(200).clone()
}

fn at(url: &str) -> Value {
    json!({ "url": url, "secret": SECRET })
}

/// A sandbox that tells a receiver, with these faults.
async fn faulty(receiver: &Receiver, faults: Value) -> Bench {
    let bench = Bench::start().await;
    let registration = json!({ "url": receiver.url, "secret": SECRET, "faults": faults });
    put(&bench, &json!({ "session": registration }))
        .await
        .expect(200);
    bench
}

#[tokio::test]
async fn a_receiver_is_registered_while_the_sandbox_runs() {
    let bench = Bench::start().await;
    let receiver = Receiver::start().await;
    let nobody = json!({ "session": null, "guarantee": null, "waiting": 0, "dropped": 0 });
    assert_eq!(get(&bench, PATH).await, nobody);
    let before = bench.session(&guaranteed()).await;

    let answer = put(&bench, &json!({ "session": at(&receiver.url) })).await;
    let registered = json!({
        "session": {
            "url": receiver.url,
            "faults": { "lost": false, "twice": false, "reordered": false, "wrongSignature": false },
        },
        "guarantee": null,
        "waiting": 0,
        "dropped": 0,
    });
    assert_eq!(answer.expect(200), &registered);
    assert_eq!(get(&bench, PATH).await, registered);
    let report: WebhooksReport = serde_json::from_value(registered).unwrap();
    assert_eq!(report, bench.sandbox.webhooks());

    bench.cancel(&before).await.expect(200);
    settled(&bench.sandbox).await;
    assert_eq!(receiver.states(), ["Canceled EFT0501"]);
    let told = get(&bench, "_sandbox/webhooks/deliveries").await;
    let told: DeliveriesReport = serde_json::from_value(told).unwrap();
    assert_eq!(told.deliveries, bench.sandbox.deliveries());
    assert_eq!((told.deliveries.len(), told.dropped), (1, 0));

    let answer = call(bench.to(reqwest::Method::DELETE, PATH)).await;
    assert_eq!(answer.expect(200), &nobody);
    let after = bench.session(&guaranteed()).await;
    bench.cancel(&after).await.expect(200);
    settled(&bench.sandbox).await;
    assert_eq!(receiver.seen().len(), 1);
}

#[tokio::test]
async fn a_registration_replaces_both() {
    let bench = Bench::start().await;
    let (asked, told) = (Receiver::start().await, Receiver::start().await);
    let both = json!({ "session": at(&told.url), "guarantee": at(&asked.url) });
    let answer = put(&bench, &both).await;
    assert_eq!(answer.expect(200)["guarantee"]["url"], asked.url);
    let waits = bench.session(&guaranteed()).await;
    let answer = put(
        &bench,
        &json!({ "session": at(&told.url), "guarantee": null }),
    )
    .await;
    assert_eq!(answer.expect(200)["guarantee"], Value::Null);
    let goes_on = bench.session(&guaranteed()).await;
    bench.sandbox.payor(&goes_on).run().unwrap();
    assert_eq!(bench.state(&goes_on).await, "Completed EFT0301");
    // Whether the integrator decides is settled when the session is created.
    let payor = bench.sandbox.payor(&waits);
    payor.run_to(&Step::GuaranteeOffer).unwrap();
    assert!(payor.step().is_err());
}

#[tokio::test]
async fn what_is_no_registration_is_refused_and_changes_nothing() {
    let bench = Bench::start().await;
    let receiver = Receiver::start().await;
    put(&bench, &json!({ "session": at(&receiver.url) }))
        .await
        .expect(200);
    let registered = get(&bench, PATH).await;
    let local = &receiver.url;
    for (body, says) in [
        (json!([]), "an object"),
        (json!({ "sessions": at(local) }), "an object"),
        (json!({ "session": local }), "an object"),
        (json!({ "session": { "url": local } }), "an object"),
        (json!({ "session": { "secret": SECRET } }), "an object"),
        (
            json!({ "session": { "url": local, "secret": SECRET, "faults": { "early": true } } }),
            "an object",
        ),
        (
            json!({ "session": at("shop.example") }),
            "session: the webhook address is no",
        ),
        (
            json!({ "session": at("http://shop.example/") }),
            "session: the webhook address must be https",
        ),
        (
            json!({ "guarantee": at("https://a:b@shop.example/") }),
            "guarantee: the webhook address must not",
        ),
        (
            json!({ "session": { "url": local, "secret": "hush" } }),
            "session: the webhook secret has 4 bytes",
        ),
        (
            json!({ "session": at(local), "guarantee": { "url": local, "secret": " " } }),
            "guarantee: the webhook secret is blank",
        ),
    ] {
        let answer = put(&bench, &body).await;
        answer.expect_error(400, "invalid_request");
        let why = answer.body["error_description"].as_str().unwrap();
        assert!(why.starts_with(says), "{why}");
        assert!(!why.contains("hush"), "{why}");
        assert_eq!(get(&bench, PATH).await, registered);
    }
}

#[tokio::test]
async fn the_secret_never_reads_back() {
    let bench = Bench::start().await;
    let receiver = Receiver::start().await;
    let both = json!({ "session": at(&receiver.url), "guarantee": at(&receiver.url) });
    let mut texts = vec![put(&bench, &both).await.expect(200).to_string()];
    let id = bench.session(&guaranteed()).await;
    bench
        .sandbox
        .payor(&id)
        .run_to(&Step::GuaranteeOffer)
        .unwrap();
    bench.cancel(&id).await.expect(200);
    settled(&bench.sandbox).await;
    assert_eq!(receiver.seen().len(), 2);
    for path in [PATH, "_sandbox/webhooks/deliveries", "_sandbox/journal"] {
        texts.push(get(&bench, path).await.to_string());
    }
    texts.push(format!(
        "{:?} {:?}",
        bench.sandbox,
        bench.sandbox.webhooks()
    ));
    for text in texts {
        assert!(!text.contains("hush"), "{text}");
    }
}

#[tokio::test]
async fn a_lost_event_never_comes() {
    let receiver = Receiver::start().await;
    let bench = faulty(&receiver, json!({ "lost": true })).await;
    let id = bench.session(&guaranteed()).await;
    bench.cancel(&id).await.expect(200);
    let deliveries = settled(&bench.sandbox).await;
    let outcomes: Vec<_> = deliveries.iter().map(|it| it.outcome).collect();
    assert_eq!(outcomes, [DeliveryOutcome::Lost]);
    assert_eq!(receiver.seen().len(), 0);
}

#[tokio::test]
async fn a_late_event_comes_when_its_time_has_come() {
    let receiver = Receiver::start().await;
    let bench = faulty(&receiver, json!({ "lateSeconds": 600 })).await;
    let id = bench.session(&guaranteed()).await;
    bench.sandbox.payor(&id).run().unwrap();
    bench.sandbox.advance(Duration::from_secs(599));
    tokio::time::sleep(Duration::from_millis(30)).await;
    assert_eq!(
        (receiver.seen().len(), bench.sandbox.webhooks().waiting),
        (0, 2)
    );
    bench.sandbox.advance(Duration::from_secs(1));
    settled(&bench.sandbox).await;
    assert_eq!(
        receiver.states(),
        ["Completed EFT0302", "Completed EFT0301"]
    );
    // It says when it was made, by a clock that is ten minutes ahead by now.
    assert!(bench.sandbox.deliveries()[0].at_millis >= 600_000);
    for arrival in receiver.seen() {
        assert!(arrival.verified.unwrap().event.freshness().is_fresh());
    }
}

#[tokio::test]
async fn an_event_comes_twice_byte_for_byte() {
    let receiver = Receiver::start().await;
    let bench = faulty(&receiver, json!({ "twice": true })).await;
    let id = bench.session(&guaranteed()).await;
    bench.sandbox.payor(&id).run().unwrap();
    settled(&bench.sandbox).await;
    let states = [
        "Completed EFT0302",
        "Completed EFT0302",
        "Completed EFT0301",
        "Completed EFT0301",
    ];
    assert_eq!(receiver.states(), states);
    for pair in receiver.seen().chunks(2) {
        assert_eq!(pair[0].body, pair[1].body);
        let signature = |it: &crate::receiver::Arrival| it.header("x-webhook-signature").to_owned();
        assert_eq!(signature(&pair[0]), signature(&pair[1]));
    }
}

#[tokio::test]
async fn events_come_out_of_order() {
    let receiver = Receiver::start().await;
    let bench = faulty(&receiver, json!({ "reordered": true })).await;
    let id = bench.session(&guaranteed()).await;
    let payor = bench.sandbox.payor(&id);
    payor.run_to(&Step::Pad).unwrap();
    tokio::time::sleep(Duration::from_millis(30)).await;
    assert_eq!(receiver.seen().len(), 0);
    payor.run().unwrap();
    settled(&bench.sandbox).await;
    assert_eq!(
        receiver.states(),
        ["Completed EFT0301", "Completed EFT0302"]
    );
    // One without another comes late.
    let alone = bench.session(&guaranteed()).await;
    bench.cancel(&alone).await.expect(200);
    bench.sandbox.advance(Duration::from_secs(59));
    tokio::time::sleep(Duration::from_millis(30)).await;
    assert_eq!(receiver.seen().len(), 2);
    bench.sandbox.advance(Duration::from_secs(1));
    settled(&bench.sandbox).await;
    assert_eq!(receiver.states()[2], "Canceled EFT0501");
}

#[tokio::test]
async fn events_come_late_and_out_of_order() {
    let receiver = Receiver::start().await;
    let bench = faulty(&receiver, json!({ "lateSeconds": 600, "reordered": true })).await;
    let id = bench.session(&guaranteed()).await;
    bench.sandbox.payor(&id).run().unwrap();
    bench.sandbox.advance(Duration::from_secs(599));
    tokio::time::sleep(Duration::from_millis(30)).await;
    assert_eq!(receiver.seen().len(), 0);
    bench.sandbox.advance(Duration::from_secs(1));
    settled(&bench.sandbox).await;
    assert_eq!(
        receiver.states(),
        ["Completed EFT0301", "Completed EFT0302"]
    );
    // One without another is late by both times.
    let alone = bench.session(&guaranteed()).await;
    bench.cancel(&alone).await.expect(200);
    bench.sandbox.advance(Duration::from_secs(659));
    tokio::time::sleep(Duration::from_millis(30)).await;
    assert_eq!(receiver.seen().len(), 2);
    bench.sandbox.advance(Duration::from_secs(1));
    settled(&bench.sandbox).await;
    assert_eq!(receiver.states()[2], "Canceled EFT0501");
}

#[tokio::test]
async fn a_wrong_signature_is_refused_as_one() {
    let receiver = Receiver::start().await;
    let bench = faulty(&receiver, json!({ "wrongSignature": true })).await;
    let id = bench.session(&guaranteed()).await;
    bench.cancel(&id).await.expect(200);
    let deliveries = settled(&bench.sandbox).await;
    assert_eq!(
        deliveries[0].outcome,
        DeliveryOutcome::Answered { status: 401 }
    );
    let [arrival] = &receiver.seen()[..] else {
        panic!("{deliveries:?}");
    };
    let refusal = arrival.verified.as_ref().unwrap_err();
    assert_eq!(refusal.reason(), Refusal::WrongSignature);
    assert_eq!(arrival.json()["status"], "Canceled");
}

#[tokio::test]
async fn other_methods_and_other_machines_are_refused() {
    let bench = Bench::start().await;
    let answer = call(bench.post(PATH).json(&json!({}))).await;
    answer.expect_error(405, "method_not_allowed");
    for path in [PATH, "_sandbox/webhooks/deliveries"] {
        let request = bench.get(path).header("host", "sandbox.example");
        call(request).await.expect_error(403, "forbidden");
    }
    let request = bench
        .to(reqwest::Method::PUT, PATH)
        .header("origin", "https://shop.example")
        .json(&json!({}));
    call(request).await.expect_error(403, "forbidden");
}
