//! What refusals look like, for each operation and in each shape.

use std::collections::BTreeSet;

use flinks_pay::SessionId;
use flinks_pay::sandbox::{Profile, Sandbox};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use super::{as_client, cancel, create, profile};
use crate::bench::{Bench, OTHER_ID, OTHER_SECRET, id_of, path, two_clients};
use crate::bodies::{guaranteed, regular};
use crate::contract;

/// Refusals of an operation: the name of the call, what is sent, and the status.
async fn refusals(bench: &Bench) -> Vec<(&'static str, RequestBuilder, u16)> {
    let id = id_of(&create(bench).await.body);
    let (token, other) = (
        bench.token().await,
        bench.token_of(OTHER_ID, OTHER_SECRET).await,
    );
    let grant = [("grant_type", "client_credentials")];
    let never: SessionId = crate::status::NO_SESSIONS[0].parse().unwrap();
    let decision = json!({ "guaranteeAccepted": true });
    let unknown = crate::bodies::with(guaranteed(), "/surprise", json!(1));
    let create = || bench.post("api/v2/sessions");
    let status = |id| bench.get(&path(id, "status"));
    let details = |id| bench.get(&path(id, "details"));
    let cancel = |id| bench.post(&path(id, "cancel")).bearer_auth(&token);
    let confirm = |id| bench.post(&path(id, "guarantees/confirm"));
    vec![
        (
            "authorize",
            bench.post("api/v1/authorize").form(&[("a", "b")]),
            400,
        ),
        (
            "authorize",
            bench.post("api/v1/authorize").form(&grant),
            401,
        ),
        (
            "authorize",
            bench.post("api/v1/authorize").json(&grant),
            415,
        ),
        (
            "createSession",
            create().bearer_auth(&token).json(&unknown),
            400,
        ),
        ("createSession", create().json(&guaranteed()), 401),
        (
            "createSession",
            create().bearer_auth(&token).json(&regular()),
            403,
        ),
        (
            "createSession",
            create().bearer_auth(&token).body("{}"),
            415,
        ),
        ("createSession", create().body(" ".repeat(70_000)), 413),
        ("getSessionStatus", status(&id).bearer_auth("wrong"), 401),
        ("getSessionStatus", status(&never).bearer_auth(&token), 404),
        (
            "getSessionDetails",
            bench.get("api/v2/sessions/x/details"),
            400,
        ),
        ("getSessionDetails", details(&id), 401),
        ("getSessionDetails", details(&id).bearer_auth(&other), 403),
        (
            "getSessionDetails",
            details(&never).bearer_auth(&token),
            404,
        ),
        ("cancelSession", bench.post(&path(&id, "cancel")), 401),
        ("cancelSession", cancel(&never), 404),
        (
            "confirmGuarantee",
            confirm(&id).bearer_auth(&token).json(&decision),
            400,
        ),
        (
            "confirmGuarantee",
            confirm(&id).bearer_auth(&token).json(&unknown),
            400,
        ),
        ("confirmGuarantee", confirm(&id).json(&decision), 401),
        (
            "confirmGuarantee",
            confirm(&never).bearer_auth(&token).json(&decision),
            404,
        ),
    ]
}

fn one_shape_for_all(shape: &str) -> Profile {
    let errors: Vec<String> = [
        "authorize",
        "create",
        "status",
        "details",
        "cancel",
        "confirm",
    ]
    .map(|operation| format!("{operation}-errors={shape}"))
    .to_vec();
    profile(&errors.join(","))
}

#[tokio::test]
async fn error_shapes() {
    let (mut shapes, mut departed, mut told) = (BTreeSet::new(), 0, 0);
    for shape in ["pages", "problem", "error"] {
        let builder = two_clients()
            .profile(one_shape_for_all(shape))
            .regular_eft(false);
        let bench = Bench::with(builder).await;
        for (operation, request, status) in refusals(&bench).await {
            let response = request.send().await.unwrap();
            assert_eq!(response.status(), status, "{shape} {operation}");
            let departs = response.headers().get("x-sandbox-departure").cloned();
            let body: Value = response.json().await.unwrap();
            let (problem, error) = (body.get("title").is_some(), body.get("error").is_some());
            assert_ne!(problem, error, "{body}");
            let expected = match shape {
                "problem" => problem,
                "error" => error,
                _ => departs.is_none(),
            };
            assert!(expected, "{shape} {operation} {status}: {body}");
            let text = body.get("detail").or_else(|| body.get("error_description"));
            assert!(text.unwrap().as_str().unwrap().len() > 8, "{body}");
            // It departs from the contract exactly where it says so.
            let problems = contract::problems(operation, status, &body);
            assert_eq!(
                problems.is_empty(),
                departs.is_none(),
                "{operation} {status}: {body}"
            );
            if let Some(departs) = departs {
                assert_eq!(departs, "error-shape");
                departed += 1;
            }
            if body.to_string().contains("surprise") {
                told += 1;
            }
            println!("{shape:<8} {operation:<18} {status} {body}");
            shapes.insert((operation, problem));
            // What the caller made up is not in the journal, in either shape.
            let kept = serde_json::to_string(&bench.last()).unwrap();
            assert!(!kept.contains("surprise"), "{kept}");
        }
    }
    assert_eq!(shapes.len(), 12, "{shapes:?}");
    // Four where problem details do not belong, and four where the other shape does not.
    assert_eq!(departed, 8);
    assert_eq!(told, 6);
}

#[tokio::test]
async fn no_profile_that_has_a_name_departs_from_the_contract() {
    for (name, profile) in Profile::NAMED {
        let bench = Bench::with(Sandbox::builder().profile(*profile)).await;
        // Every answer is judged on its way.
        let id = id_of(&create(&bench).await.body);
        let request = as_client(&bench, bench.get(&path(&id, "details"))).await;
        bench.send("getSessionDetails", request).await.expect(200);
        let request = as_client(&bench, bench.get(&path(&id, "status"))).await;
        bench.send("getSessionStatus", request).await.expect(200);
        cancel(&bench, &id).await.expect(200);
        cancel(&bench, &id).await.expect(400);
        for (operation, request, status) in [
            (
                "authorize",
                bench.post("api/v1/authorize").form(&[("a", "b")]),
                400,
            ),
            (
                "createSession",
                bench.post("api/v2/sessions").json(&guaranteed()),
                401,
            ),
            (
                "getSessionStatus",
                bench.get(&path(&id, "status")).bearer_auth("x"),
                401,
            ),
            ("getSessionDetails", bench.get(&path(&id, "details")), 401),
            ("cancelSession", bench.post(&path(&id, "cancel")), 401),
            (
                "confirmGuarantee",
                bench.post(&path(&id, "guarantees/confirm")),
                401,
            ),
        ] {
            let answer = bench.send(operation, request).await;
            assert_eq!(answer.status, status, "{name} {operation}");
        }
    }
}
