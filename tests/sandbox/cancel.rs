//! `cancelSession`: open sessions only, and one's own.

use std::time::Duration;

use flinks_pay::sandbox::Payor;
use flinks_pay::session::Step;
use serde_json::json;

use crate::bench::{Bench, OTHER_ID, OTHER_SECRET, path, two_clients};
use crate::bodies::{guaranteed, referring, regular};
use crate::status::NO_SESSIONS;

#[tokio::test]
async fn an_open_session_is_cancelled() {
    let bench = Bench::start().await;
    let id = bench.session(&referring(guaranteed(), "order-7")).await;
    let answer = bench.cancel(&id).await;
    let body = answer.expect(200);
    assert_eq!(body["sessionId"], id.expose());
    assert_eq!(body["referenceId"], "order-7");
    assert_eq!(body["statusDetails"], "EFT0501");
    let spelt = body["status"].clone();
    let status = bench.status(&id).await.body;
    assert_eq!(
        (&status["status"], &status["statusDetails"]),
        (&spelt, &json!("EFT0501"))
    );
    assert_eq!(bench.details(&id).await["statusDetails"], "EFT0501");
}

#[tokio::test]
async fn on_every_screen_up_to_the_signature() {
    let bench = Bench::start().await;
    let mut before = Vec::new();
    for screens in 1.. {
        let id = bench.session(&guaranteed()).await;
        let payor = bench.sandbox.payor(&id);
        let mut over = false;
        for _ in 0..screens {
            over = payor.step().unwrap().over;
        }
        let state = bench.state(&id).await;
        let answer = bench.cancel(&id).await;
        if over {
            answer.expect_error(400, "session_terminal");
            assert_eq!(bench.state(&id).await, state);
            break;
        }
        answer.expect(200);
        before.push(state);
    }
    before.dedup();
    assert_eq!(before, ["InProgress -", "Completed EFT0302"]);
}

#[tokio::test]
async fn only_once() {
    let bench = Bench::start().await;
    let id = bench.session(&regular()).await;
    bench.cancel(&id).await.expect(200);
    let state = bench.state(&id).await;
    let answer = bench.cancel(&id).await;
    answer.expect_error(400, "session_terminal");
    assert_eq!(bench.last().rules, ["cancel-open-only"]);
    assert_eq!(bench.state(&id).await, state);
    // And the payor is out.
    let error = bench.sandbox.payor(&id).step().unwrap_err().to_string();
    assert!(error.contains("EFT0501"), "{error}");
}

/// Makes a payor do something otherwise.
type Deviation = fn(Payor) -> Payor;

#[tokio::test]
async fn what_has_ended_stays_ended() {
    let bench = Bench::start().await;
    let ends: [(Deviation, &str); 4] = [
        (|payor| payor, "Completed EFT0301"),
        (Payor::fail_login, "Failed EFT0401"),
        (Payor::wrong_name, "Failed EFT0403"),
        (Payor::low_balance, "Failed EFT0404"),
    ];
    for (how, state) in ends {
        let id = bench.session(&guaranteed()).await;
        how(bench.sandbox.payor(&id)).run().unwrap();
        bench
            .cancel(&id)
            .await
            .expect_error(400, "session_terminal");
        assert_eq!(bench.last().rules, ["cancel-open-only"]);
        assert_eq!(bench.state(&id).await, state);
    }
}

#[tokio::test]
async fn an_expired_session_is_not_cancelled() {
    let bench = Bench::start().await;
    let id = bench.session(&guaranteed()).await;
    bench.sandbox.payor(&id).run_to(&Step::Pad).unwrap();
    bench.sandbox.advance(Duration::from_secs(30 * 60));
    // Nobody has read the status meanwhile.
    bench
        .cancel(&id)
        .await
        .expect_error(400, "session_terminal");
    assert_eq!(bench.last().rules, ["cancel-open-only"]);
    assert_eq!(bench.state(&id).await, "Expired EFT0601");
}

#[tokio::test]
async fn for_another_client_there_is_no_such_session() {
    let bench = Bench::with(two_clients()).await;
    let id = bench.session(&guaranteed()).await;
    let other = bench.token_of(OTHER_ID, OTHER_SECRET).await;
    let answer = bench.cancel_with(&other, &id).await;
    answer.expect_error(404, "not_found");
    assert_eq!(bench.state(&id).await, "Initiated EFT0101");
    let never = NO_SESSIONS[0].parse().unwrap();
    assert_eq!(bench.cancel_with(&other, &never).await.body, answer.body);
}

#[tokio::test]
async fn without_a_token_and_without_a_session() {
    let bench = Bench::start().await;
    let id = bench.session(&guaranteed()).await;
    for request in [
        bench.post(&path(&id, "cancel")),
        bench.post(&path(&id, "cancel")).bearer_auth("wrong"),
    ] {
        let answer = bench.send("cancelSession", request).await;
        answer.expect_error(401, "unauthorized");
    }
    assert_eq!(bench.state(&id).await, "Initiated EFT0101");
    let token = bench.token().await;
    for text in NO_SESSIONS {
        let request = bench
            .post(&format!("api/v2/sessions/{text}/cancel"))
            .bearer_auth(&token);
        let answer = bench.send("cancelSession", request).await;
        answer.expect_error(404, "not_found");
    }
}
