//! `getSessionStatus`: who may ask, and what is answered.

use flinks_pay::SessionId;
use flinks_pay::sandbox::StatusAccess;
use serde_json::json;

use crate::bench::{Bench, OTHER_ID, OTHER_SECRET, path, two_clients};
use crate::bodies::{guaranteed, referring, regular};

#[tokio::test]
async fn the_client_whose_session_it_is_may_ask_and_others_may_not() {
    let bench = Bench::with(two_clients()).await;
    let id = bench.session(&guaranteed()).await;
    bench.status(&id).await.expect(200);
    let other = bench.token_of(OTHER_ID, OTHER_SECRET).await;
    bench
        .status_with(&other, &id)
        .await
        .expect_error(404, "not_found");
    bench
        .status_by_nobody(&id)
        .await
        .expect_error(401, "unauthorized");
}

#[tokio::test]
async fn where_it_is_open_a_token_that_is_given_may_be_anybodys() {
    let open = two_clients().adjust(|profile| profile.status_access = StatusAccess::Anybody);
    let bench = Bench::with(open).await;
    let id = bench.session(&referring(guaranteed(), "order-7")).await;
    let expected = json!({
        "sessionId": id.expose(),
        "referenceId": "order-7",
        "amount": 120.5,
        "status": "Initiated",
        "statusDetails": "EFT0101",
    });
    let answer = bench.status_by_nobody(&id).await;
    assert_eq!(answer.expect(200), &expected);
    assert_eq!(bench.last().credential, None);
    let own = bench.token().await;
    let other = bench.token_of(OTHER_ID, OTHER_SECRET).await;
    for (token, credential) in [(own, "token#2"), (other, "token#3")] {
        let answer = bench.status_with(&token, &id).await;
        assert_eq!(answer.expect(200), &expected);
        assert_eq!(bench.last().credential.as_deref(), Some(credential));
    }
}

#[tokio::test]
async fn a_spent_token_reads() {
    let bench = Bench::start().await;
    let token = bench.token().await;
    let created = bench.create_with(&token, &regular()).await;
    let id = crate::bench::id_of(created.expect(201));
    bench.status_with(&token, &id).await.expect(200);
}

#[tokio::test]
async fn a_wrong_token_is_refused() {
    let bench = Bench::start().await;
    let id = bench.session(&guaranteed()).await;
    for header in ["Bearer wrong", "Basic eDp5", "", "Bearer "] {
        let request = bench
            .get(&path(&id, "status"))
            .header("authorization", header);
        let answer = bench.send("getSessionStatus", request).await;
        answer.expect_error(401, "unauthorized");
    }
    let request = bench.get(&path(&id, "status")).header("x-api-key", "wrong");
    let answer = bench.send("getSessionStatus", request).await;
    answer.expect_error(401, "unauthorized");
}

/// Ids that no session has, and texts that are none.
pub(crate) const NO_SESSIONS: &[&str] = &[
    "00000000-0000-4000-8000-000000000000",
    "00000000-0000-4000-8000-00000000000",
    "00000000-0000-4000-8000-00000000000g",
    "00000000000040008000000000000000",
    "{00000000-0000-4000-8000-000000000000}",
    "x",
    "%20",
    "%00",
    "a%2Fb",
    // No text at all, once decoded.
    "%ff",
    "%c3%28",
];

#[tokio::test]
async fn an_id_that_no_session_has_and_one_that_is_none() {
    let bench = Bench::start().await;
    let token = bench.token().await;
    for id in NO_SESSIONS {
        let path = format!("api/v2/sessions/{id}/status");
        let request = bench.get(&path).bearer_auth(&token);
        let answer = bench.send("getSessionStatus", request).await;
        answer.expect_error(404, "not_found");
        assert_eq!(bench.last().operation.as_deref(), Some("getSessionStatus"));
    }
}

#[tokio::test]
async fn a_session_of_another_sandbox_is_unknown() {
    let (one, two) = (Bench::start().await, Bench::start().await);
    let id = one.session(&guaranteed()).await;
    two.status(&id).await.expect(404);
    one.status(&id).await.expect(200);
    let never: SessionId = NO_SESSIONS[0].parse().unwrap();
    one.status(&never).await.expect(404);
}
