//! Every answer that the contract declares is one that the sandbox gives, bar those that are named here.

use std::collections::BTreeSet;

use flinks_pay::sandbox::Sandbox;
use flinks_pay::session::Step;
use serde_json::json;

use crate::bench::{Bench, OTHER_ID, OTHER_SECRET, path, two_clients};
use crate::bodies::{guaranteed, regular};
use crate::contract::declared;
use crate::status::NO_SESSIONS;

/// What the contract declares and the sandbox never answers.
const NEVER: &[(&str, u16)] = &[
    // Some of the vendor's pages state no number; the sandbox answers 201.
    ("createSession", 200),
];

/// The good answers, and what each operation refuses.
pub(crate) async fn everything(bench: &Bench) {
    bench.authorize(&[]).await.expect(400);
    let grant = [("grant_type", "client_credentials")];
    bench.authorize(&grant).await.expect(401);
    bench.create(&json!({})).await.expect(400);
    bench.create(&regular()).await.expect(403);
    bench.create_with("wrong", &regular()).await.expect(401);
    let id = bench.session(&guaranteed()).await;
    let never = NO_SESSIONS[0].parse().unwrap();
    let accept = json!({ "guaranteeAccepted": true });

    bench.status(&id).await.expect(200);
    bench.status(&never).await.expect(404);
    let request = bench.get(&path(&id, "status")).bearer_auth("wrong");
    bench.send("getSessionStatus", request).await.expect(401);

    let token = bench.token().await;
    let other = bench.token_of(OTHER_ID, OTHER_SECRET).await;
    bench.details_with(&token, &id).await.expect(200);
    bench.details_with(&token, &never).await.expect(404);
    bench.details_with("wrong", &id).await.expect(401);
    bench.details_with(&other, &id).await.expect(403);
    let request = bench.get("api/v2/sessions/x/details").bearer_auth(&token);
    bench.send("getSessionDetails", request).await.expect(400);

    bench.confirm(&id, &accept).await.expect(400);
    let payor = bench.sandbox.payor(&id);
    payor.run_to(&Step::GuaranteeOffer).unwrap();
    bench.confirm(&id, &accept).await.expect(200);
    bench.confirm(&never, &accept).await.expect(404);
    bench.confirm_with("wrong", &id, &accept).await.expect(401);

    bench.cancel(&never).await.expect(404);
    bench.cancel_with("wrong", &id).await.expect(401);
    bench.cancel(&id).await.expect(200);
    bench.cancel(&id).await.expect(400);
}

#[tokio::test]
async fn every_declared_answer_is_given() {
    let builder = two_clients().guarantee_decision(true).regular_eft(false);
    let bench = Bench::with(builder).await;
    everything(&bench).await;
    let declared = declared();
    let missing: BTreeSet<(String, u16)> = declared.difference(&bench.seen()).cloned().collect();
    let never = NEVER
        .iter()
        .map(|(name, status)| ((*name).to_owned(), *status));
    assert_eq!(missing, never.collect());
}

#[tokio::test]
async fn the_count_is_of_answers_that_were_given() {
    let bench = Bench::with(Sandbox::builder()).await;
    assert!(bench.seen().is_empty());
    bench.authorize(&[]).await.expect(400);
    assert_eq!(
        bench.seen(),
        BTreeSet::from([("authorize".to_owned(), 400)])
    );
}
