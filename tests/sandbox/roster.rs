//! Sessions through the control API: made in any state, listed page by page, forgotten.

use std::collections::BTreeSet;

use flinks_pay::SessionId;
use flinks_pay::sandbox::{
    Forgotten, Goal, Sandbox, SandboxError, SessionOrder, SessionPage, SessionStanding,
};
use flinks_pay::session::{StatusDetails, Step};
use reqwest::Method;
use serde_json::{Value, json};

use crate::bench::{Bench, two_clients};
use crate::bodies::{guaranteed, referring, regular, with, without};
use crate::control_api::call;
use crate::receiver::{Receiver, settled};

async fn prepared(bench: &Bench, order: Value) -> SessionStanding {
    let answer = call(bench.post("_sandbox/sessions").json(&order)).await;
    serde_json::from_value(answer.expect(201).clone()).unwrap()
}

#[tokio::test]
async fn a_session_is_made_with_every_code() {
    let bench = Bench::start().await;
    for code in StatusDetails::KNOWN {
        let order = json!({ "request": guaranteed(), "until": { "outcome": code.as_str() } });
        let standing = prepared(&bench, order).await;
        assert_eq!(standing.status_details.as_ref(), Some(code));
        // The API says the same.
        let state = bench.state(&standing.session_id).await;
        assert_eq!(state, format!("{} {code}", standing.status));
        assert_eq!(code.belongs_to().as_ref(), Some(&standing.status));
    }
}

#[tokio::test]
async fn a_session_is_brought_to_every_screen_and_by_every_number_of_steps() {
    let bench = Bench::with(Sandbox::builder().guarantee_decision(true)).await;
    // With every screen that there is.
    let body = with(guaranteed(), "/options/showConsentScreen", json!(true));
    let body = without(body, "/amount");
    for step in Step::KNOWN {
        let order = json!({ "request": body, "until": { "step": step.as_str() } });
        let standing = prepared(&bench, order).await;
        assert_eq!(standing.step.as_ref(), Some(step));
        let details = bench.details(&standing.session_id).await;
        assert_eq!(details["step"]["current"], step.as_str());
    }
    for (steps, screen) in [
        (0, None),
        (1, Some(Step::Start)),
        (10, Some(Step::Complete)),
    ] {
        let order = json!({ "request": body, "until": { "steps": steps } });
        let standing = prepared(&bench, order).await;
        assert_eq!(standing.step, screen, "{steps}");
    }
    let standing = prepared(&bench, json!({ "request": body })).await;
    assert_eq!((standing.step, standing.over), (None, false));
    assert_eq!(
        bench.details(&standing.session_id).await["createdAt"],
        standing.created_at
    );
}

#[tokio::test]
async fn the_payor_may_do_otherwise_on_the_way() {
    let bench = Bench::start().await;
    let order = json!({
        "request": referring(guaranteed(), "Happy2"),
        "until": { "steps": 6 },
        "behaviour": { "declineOffer": true },
    });
    let standing = prepared(&bench, order).await;
    assert_eq!(
        (standing.status.as_str(), standing.over),
        ("InProgress", true)
    );
    let reference = standing.reference_id.unwrap();
    assert_eq!(reference.expose(), "Happy2");
}

#[tokio::test]
async fn what_cannot_be_is_refused_and_leaves_nothing_behind() {
    let bench = Bench::start().await;
    for (order, status, code, says) in [
        (json!({}), 400, "invalid_request", "missing field `request`"),
        (
            json!({ "request": without(guaranteed(), "/payor") }),
            400,
            "invalid_request",
            "payor",
        ),
        (
            json!({ "request": guaranteed(), "until": { "moon": 1 } }),
            400,
            "invalid_request",
            "at `until`: unknown variant `moon`",
        ),
        (
            json!({ "request": guaranteed(), "until": { "steps": -1 } }),
            400,
            "invalid_request",
            "at `until.steps`",
        ),
        (
            json!({ "request": guaranteed(), "behaviour": { "sulk": true } }),
            400,
            "invalid_request",
            "at `behaviour.sulk`",
        ),
        (
            json!({ "request": guaranteed(), "until": { "step": "Lunch" } }),
            409,
            "unreachable",
            "Lunch",
        ),
        // No guarantee is offered where none is asked for, and there is no such screen with a preset amount.
        (
            json!({ "request": regular(), "until": { "outcome": "EFT0402" } }),
            409,
            "unreachable",
            "EFT0402",
        ),
        (
            json!({ "request": guaranteed(), "until": { "step": "AmountSelection" } }),
            409,
            "unreachable",
            "AmountSelection",
        ),
        (
            json!({ "request": guaranteed(), "until": { "steps": 9 } }),
            409,
            "unreachable",
            "9 steps",
        ),
        (
            json!({ "request": guaranteed(), "until": { "outcome": "EFT0999" } }),
            409,
            "unreachable",
            "EFT0999",
        ),
    ] {
        let answer = call(bench.post("_sandbox/sessions").json(&order)).await;
        answer.expect_error(status, code);
        let told = answer.body["error_description"].as_str().unwrap();
        assert!(told.contains(says), "{order}\n{told}");
    }
    assert!(
        bench
            .sandbox
            .sessions(None, 10)
            .unwrap()
            .sessions
            .is_empty()
    );
    let order = SessionOrder::new(json!(7));
    assert!(matches!(
        bench.sandbox.prepare(&order),
        Err(SandboxError::Request(_))
    ));
}

async fn page(bench: &Bench, query: &str) -> SessionPage {
    let answer = call(bench.get(&format!("_sandbox/sessions{query}"))).await;
    serde_json::from_value(answer.expect(200).clone()).unwrap()
}

#[tokio::test]
async fn sessions_are_listed_page_by_page_in_the_order_of_their_creation() {
    let bench = Bench::start().await;
    assert!(page(&bench, "").await.sessions.is_empty());
    let mut made = Vec::new();
    for number in 0..7 {
        let order = SessionOrder::new(referring(guaranteed(), &format!("order-{number}")));
        made.push(bench.sandbox.prepare(&order).unwrap().session_id);
    }
    let ids = |page: &SessionPage| -> Vec<SessionId> {
        page.sessions.iter().map(|one| one.session_id).collect()
    };
    let all = page(&bench, "").await;
    assert_eq!((ids(&all), all.next), (made.clone(), None));
    let mut seen = Vec::new();
    let mut query = "?limit=3".to_owned();
    let sizes: Vec<usize> = {
        let mut sizes = Vec::new();
        loop {
            let part = page(&bench, &query).await;
            sizes.push(part.sessions.len());
            seen.extend(ids(&part));
            match part.next {
                Some(next) => query = format!("?limit=3&after={}", next.expose()),
                None => break sizes,
            }
        }
    };
    assert_eq!((sizes, seen), (vec![3, 3, 1], made.clone()));
    let last = format!("?after={}", made[6].expose());
    assert!(page(&bench, &last).await.sessions.is_empty());
    for query in ["?limit=0", "?limit=1001", "?limit=x", "?page=2"] {
        let answer = call(bench.get(&format!("_sandbox/sessions{query}"))).await;
        answer.expect_error(400, "invalid_request");
    }
    for unknown in ["0f9e8d7c-6b5a-4c3d-8e1f-001122334455", "x"] {
        let answer = call(bench.get(&format!("_sandbox/sessions?after={unknown}"))).await;
        answer.expect_error(404, "not_found");
    }
    // What has expired is listed so.
    bench.sandbox.advance(std::time::Duration::from_secs(1800));
    let listed = page(&bench, "").await;
    let codes: BTreeSet<_> = listed
        .sessions
        .iter()
        .map(|one| one.status_details.as_ref().unwrap().as_str().to_owned())
        .collect();
    assert_eq!(codes, BTreeSet::from(["EFT0601".to_owned()]));
}

#[tokio::test]
async fn a_reset_forgets_everything_that_has_happened() {
    let bench = Bench::with(two_clients()).await;
    let token = bench.token().await;
    let id = bench.session(&guaranteed()).await;
    let rule =
        json!({ "trigger": { "next": { "calls": 1, "fault": { "status": { "status": 500 } } } } });
    call(bench.post("_sandbox/faults").json(&rule))
        .await
        .expect(201);
    bench.sandbox.advance(std::time::Duration::from_secs(60));
    let answer = call(bench.post("_sandbox/reset")).await;
    let forgotten: Forgotten = serde_json::from_value(answer.expect(200).clone()).unwrap();
    let counts = (
        forgotten.sessions,
        forgotten.tokens,
        forgotten.faults,
        forgotten.exchanges,
    );
    assert_eq!(counts, (1, 2, 1, 3));
    assert!(bench.sandbox.journal().is_empty());
    bench.status(&id).await.expect(404);
    bench.create_with(&token, &guaranteed()).await.expect(401);
    assert_eq!(bench.last().sequence, 3);
    assert!(bench.sandbox.faults().faults.is_empty());
    // What it was set up with stays, and so does the time.
    bench.session(&guaranteed()).await;
    assert_eq!(bench.sandbox.journal()[0].at_millis / 1000, 60);
    let order = SessionOrder::new(guaranteed()).until(Goal::Steps(1));
    bench.sandbox.prepare(&order).unwrap();
    assert_eq!(bench.sandbox.reset().sessions, 2);
}

#[tokio::test]
async fn the_journal_is_cleared_and_goes_on_counting() {
    let bench = Bench::with(Sandbox::builder().journal_capacity(2)).await;
    let id = bench.session(&guaranteed()).await;
    let token = bench.token().await;
    bench.status_with(&token, &id).await.expect(200);
    let answer = call(bench.to(Method::DELETE, "_sandbox/journal")).await;
    assert_eq!(answer.expect(200)["exchanges"], 2);
    let answer = call(bench.get("_sandbox/journal")).await;
    assert_eq!(
        answer.expect(200),
        &json!({ "exchanges": [], "dropped": 0 })
    );
    for _ in 0..3 {
        bench.status_with(&token, &id).await.expect(200);
    }
    let answer = call(bench.get("_sandbox/journal")).await;
    let sequences: Vec<_> = answer.expect(200)["exchanges"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["sequence"].as_u64().unwrap())
        .collect();
    assert_eq!(sequences, [6, 7]);
    assert_eq!(answer.body["dropped"], 1);
    bench.sandbox.clear_journal();
    assert!(bench.sandbox.journal().is_empty());
}

#[tokio::test]
async fn nobody_is_told_of_a_session_that_cannot_be_made() {
    let (asked, told) = (Receiver::start().await, Receiver::start().await);
    let builder = Sandbox::builder()
        .webhook(told.webhook())
        .guarantee_webhook(asked.webhook());
    let bench = Bench::with(builder).await;
    // Each passes what is told of: an offer, both completions, a failure.
    for (request, until) in [
        (guaranteed(), json!({ "steps": 20 })),
        (guaranteed(), json!({ "outcome": "EFT0999" })),
        (guaranteed(), json!({ "step": "AmountSelection" })),
        (
            referring(guaranteed(), "Unhappy1"),
            json!({ "step": "Pad" }),
        ),
    ] {
        let order = json!({ "request": request, "until": until });
        let answer = call(bench.post("_sandbox/sessions").json(&order)).await;
        answer.expect_error(409, "unreachable");
    }
    assert_eq!(settled(&bench.sandbox).await, []);
    // One that can be made is told of as if its payor had come by.
    let order = json!({ "request": guaranteed(), "until": { "outcome": "EFT0301" } });
    prepared(&bench, order).await;
    settled(&bench.sandbox).await;
    assert_eq!(told.states(), ["Completed EFT0302", "Completed EFT0301"]);
    assert_eq!(asked.seen().len(), 1);
}
