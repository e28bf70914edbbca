//! Refusals that are planted: they look as the sandbox's own do, whatever the profile says, and keep to the contract where it has
//! them.

use std::collections::BTreeSet;

use flinks_pay::client::Operation;
use flinks_pay::sandbox::{
    CreateStatus, CredentialsTaken, ErrorShape, ErrorShapes, Fault, FaultRule, Profile,
    RefusalShape, judge,
};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::bench::{Bench, OTHER_ID, OTHER_SECRET, id_of, path, two_clients};
use crate::bodies::{guaranteed, regular};

const NO_SESSION: &str = "7e1c1a52-9a0d-4bb4-9d5c-0a3c1f9f2b11";

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

/// What can be told from a refusal: its status, its members, and whether it is said to depart from the contract.
async fn look(request: RequestBuilder) -> (u16, BTreeSet<String>, bool) {
    let response = request.send().await.unwrap();
    let departs = response.headers().contains_key("x-sandbox-departure");
    let status = response.status().as_u16();
    let body: Value = response.json().await.unwrap();
    let members = body.as_object().unwrap().keys().cloned().collect();
    (status, members, departs)
}

/// Profiles that differ in what refusals look like.
fn profiles() -> Vec<Profile> {
    let mut profiles = vec![Profile::STRICT, Profile::EFT];
    // The tests here have one way to give credentials.
    profiles[1].credentials = CredentialsTaken::All;
    for shape in [ErrorShape::Problem, ErrorShape::Error] {
        let mut profile = Profile::STRICT;
        profile.errors = ErrorShapes::all(shape);
        profiles.push(profile);
    }
    profiles
}

/// A call that is refused with each status that the contract declares for a refusal.
async fn refused(bench: &Bench) -> Vec<(Operation, u16, RequestBuilder)> {
    use Operation::{
        Authorize, CancelSession, ConfirmGuarantee, CreateSession, GetSessionDetails,
        GetSessionStatus,
    };
    let token = bench.token().await;
    let create = bench.post("api/v2/sessions").bearer_auth(&token);
    let create = create.json(&guaranteed()).send().await.unwrap();
    let id = id_of(&create.json().await.unwrap());
    bench.sandbox.payor(&id).run().unwrap();
    let token = bench.token().await;
    let stranger = bench.token_of(OTHER_ID, OTHER_SECRET).await;
    let accept = json!({ "guaranteeAccepted": true });
    let on = |id: &str, name: &str| format!("api/v2/sessions/{id}/{name}");
    let authorize = |form: &[(&str, &str)]| bench.post("api/v1/authorize").form(form);
    let create = |body: &Value| bench.post("api/v2/sessions").json(body);
    let confirm = |path: &str| bench.post(path).json(&accept);
    let (status, details) = (path(&id, "status"), path(&id, "details"));
    let (cancel, decide) = (path(&id, "cancel"), path(&id, "guarantees/confirm"));
    let nobodys = |name: &str| on(NO_SESSION, name);
    vec![
        (Authorize, 400, authorize(&[])),
        (Authorize, 401, authorize(&[GRANT])),
        (CreateSession, 400, create(&json!({})).bearer_auth(&token)),
        (CreateSession, 401, create(&guaranteed())),
        (CreateSession, 403, create(&regular()).bearer_auth(&token)),
        (GetSessionStatus, 401, bench.get(&status).bearer_auth("x")),
        (
            GetSessionStatus,
            404,
            bench.get(&nobodys("status")).bearer_auth(&token),
        ),
        (
            GetSessionDetails,
            400,
            bench.get(&on("7", "details")).bearer_auth(&token),
        ),
        (GetSessionDetails, 401, bench.get(&details)),
        (
            GetSessionDetails,
            403,
            bench.get(&details).bearer_auth(&stranger),
        ),
        (
            GetSessionDetails,
            404,
            bench.get(&nobodys("details")).bearer_auth(&token),
        ),
        (CancelSession, 400, bench.post(&cancel).bearer_auth(&token)),
        (CancelSession, 401, bench.post(&cancel)),
        (
            CancelSession,
            404,
            bench.post(&nobodys("cancel")).bearer_auth(&token),
        ),
        (ConfirmGuarantee, 400, confirm(&decide).bearer_auth(&token)),
        (ConfirmGuarantee, 401, confirm(&decide)),
        (
            ConfirmGuarantee,
            404,
            confirm(&nobodys("guarantees/confirm")).bearer_auth(&token),
        ),
    ]
}

#[tokio::test]
async fn a_planted_refusal_looks_as_the_sandboxs_own() {
    for profile in profiles() {
        let builder = two_clients().regular_eft(false).profile(profile);
        let bench = Bench::with(builder).await;
        let calls = refused(&bench).await;
        let tried: BTreeSet<_> = calls
            .iter()
            .map(|(one, status, _)| (one.id(), *status))
            .collect();
        let declared = judge::declared()
            .into_iter()
            .filter(|(_, status)| *status >= 400);
        let declared: BTreeSet<_> = declared.map(|(one, status)| (one.id(), status)).collect();
        assert_eq!(tried, declared);
        for (operation, status, request) in calls {
            let place = format!("{profile}: {operation} {status}");
            let own = look(request.try_clone().unwrap()).await;
            assert_eq!(own.0, status, "{place}");
            let rule = FaultRule::next(1, Fault::status(status)).on(operation);
            bench.sandbox.fault(rule).unwrap();
            assert_eq!(look(request).await, own, "{place}");
            let exchange = bench.last();
            let met = exchange.fault.unwrap();
            // What departs does so by the profile, and not by the fault.
            assert_eq!(
                (met.effective, met.breaks_contract),
                (true, false),
                "{place}"
            );
        }
        bench.sandbox.check();
    }
}

#[tokio::test]
async fn a_planted_refusal_keeps_to_the_contract_where_it_has_one_and_is_counted_as_spoilt_elsewhere()
 {
    for profile in profiles() {
        let bench = Bench::with(two_clients().profile(profile)).await;
        for &operation in Operation::ALL {
            for status in [400, 401, 403, 404, 405, 409, 413, 415, 429, 451, 500, 503] {
                for shape in [None, Some(RefusalShape::Problem), Some(RefusalShape::Error)] {
                    let place = format!("{profile}: {operation} {status} {shape:?}");
                    bench.sandbox.clear_faults();
                    let mut fault = Fault::status(status);
                    if let Fault::Status { shape: named, .. } = &mut fault {
                        *named = shape;
                    }
                    bench.sandbox.fault(FaultRule::always(fault)).unwrap();
                    let before = bench.sandbox.violations();
                    let path = operation.path().replace("{sessionId}", NO_SESSION);
                    let method = operation.method().parse().unwrap();
                    let response = bench.to(method, &path).send().await.unwrap();
                    let departs = response.headers().contains_key("x-sandbox-departure");
                    let body: Value = response.json().await.unwrap();
                    let after = bench.sandbox.violations();

                    let accepted = judge::declared().contains(&(operation, status))
                        && judge::answer(Some(operation), status, &body).is_empty();
                    assert_eq!(after.spoilt > before.spoilt, !accepted, "{place}: {body}");
                    assert_eq!(after.total, 0, "{place}: {body}");
                    let met = bench.last().fault.unwrap();
                    assert_eq!(met.breaks_contract, !accepted && !departs, "{place}");
                    // The profile has a say where the fault has none.
                    assert!(shape.is_none() || !departs, "{place}");
                    let expected = match (shape, profile.errors.of(operation)) {
                        (Some(RefusalShape::Problem), _) | (None, ErrorShape::Problem) => "title",
                        (Some(RefusalShape::Error), _) | (None, ErrorShape::Error) => "error",
                        _ => continue,
                    };
                    assert!(body.get(expected).is_some(), "{place}: {body}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_success_that_is_made_up_has_the_status_of_the_profile() {
    for (create_status, expected) in [(CreateStatus::Created, 201), (CreateStatus::Ok, 200)] {
        let mut profile = Profile::STRICT;
        profile.create_status = create_status;
        let bench = Bench::with(two_clients().profile(profile)).await;
        for fault in [
            json!({ "emptyBody": { "applied": false } }),
            json!({ "emptyBody": {} }),
            json!({ "gzipBomb": { "bytes": 1 } }),
        ] {
            let token = bench.token().await;
            let rule: Fault = serde_json::from_value(fault.clone()).unwrap();
            let rule = FaultRule::next(1, rule).on(Operation::CreateSession);
            bench.sandbox.fault(rule).unwrap();
            let create = bench.post("api/v2/sessions").bearer_auth(&token);
            let create = create.json(&guaranteed()).send().await.unwrap();
            assert_eq!(create.status().as_u16(), expected, "{fault}");
        }
    }
}
