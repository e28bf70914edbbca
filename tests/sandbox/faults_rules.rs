//! Fault rules through the control API: which calls they are about, how often they fire, and what is refused.

use flinks_pay::client::Operation;
use flinks_pay::sandbox::{
    Fault, FaultList, FaultRule, FaultStanding, SandboxError, Trigger, Turn,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::bench::{Bench, open_statuses, path};
use crate::bodies::guaranteed;
use crate::control_api::call;

async fn add(bench: &Bench, rule: Value) -> FaultStanding {
    let answer = call(bench.post("_sandbox/faults").json(&rule)).await;
    serde_json::from_value(answer.expect(201).clone()).unwrap()
}

async fn list(bench: &Bench) -> FaultList {
    let answer = call(bench.get("_sandbox/faults")).await;
    serde_json::from_value(answer.expect(200).clone()).unwrap()
}

/// The status codes of so many calls of a status.
async fn statuses(bench: &Bench, id: &flinks_pay::SessionId, calls: usize) -> Vec<u16> {
    let mut codes = Vec::new();
    for _ in 0..calls {
        let call = bench.get(&path(id, "status")).send();
        codes.push(call.await.unwrap().status().as_u16());
    }
    codes
}

#[tokio::test]
async fn rules_are_added_listed_and_taken_out() {
    let bench = Bench::with(open_statuses()).await;
    let id = bench.session(&guaranteed()).await;
    let document = json!({
        "operations": ["getSessionStatus"],
        "session": id,
        "trigger": { "next": { "calls": 2, "fault": { "status": { "status": 503 } } } },
    });
    let added = add(&bench, document.clone()).await;
    assert_eq!(
        (added.id, added.seen, added.fired, added.exhausted),
        (1, 0, 0, false)
    );
    let script = json!({ "trigger": { "script": [
        "pass",
        { "fault": { "htmlPage": { "status": 504 } } },
        "pass",
    ] } });
    assert_eq!(add(&bench, script).await.id, 2);
    assert_eq!(
        statuses(&bench, &id, 6).await,
        [503, 503, 200, 504, 200, 200]
    );

    let FaultList { faults, .. } = list(&bench).await;
    assert_eq!(faults, bench.sandbox.faults().faults);
    let counts: Vec<_> = faults
        .iter()
        .map(|one| (one.id, one.seen, one.fired, one.exhausted))
        .collect();
    assert_eq!(counts, [(1, 6, 2, true), (2, 4, 1, true)]);
    // The rule reads back as it was sent, with what it says by default.
    let rule = serde_json::to_value(&faults[0].rule).unwrap();
    assert_eq!(rule["operations"], document["operations"]);
    assert_eq!(rule["session"], document["session"]);
    assert_eq!(
        rule["trigger"]["next"]["fault"],
        json!({ "status": { "status": 503, "applied": false } })
    );

    // The journal tells which rule each call met.
    let journal = call(bench.get("_sandbox/journal")).await;
    let exchanges = journal.expect(200)["exchanges"].as_array().unwrap();
    let met: Vec<_> = exchanges
        .iter()
        .map(|one| one["fault"]["rule"].as_u64())
        .collect();
    let none = [None; 2];
    assert_eq!(
        met,
        [&none[..], &[Some(1), Some(1), None, Some(2), None, None]].concat()
    );
    let page = json!({
        "rule": 2, "name": "htmlPage", "applied": false, "effective": true, "breaksContract": true,
    });
    assert_eq!(exchanges[5]["fault"], page);

    let removed = call(bench.to(Method::DELETE, "_sandbox/faults/1")).await;
    assert_eq!(removed.expect(200)["fired"], 2);
    for gone in ["1", "3", "0", "-1", "x", "99999999999999999999"] {
        let answer = call(bench.to(Method::DELETE, &format!("_sandbox/faults/{gone}"))).await;
        answer.expect_error(404, "not_found");
    }
    let cleared = call(bench.to(Method::DELETE, "_sandbox/faults")).await;
    assert_eq!(cleared.expect(200)["faults"][0]["id"], 2);
    assert!(list(&bench).await.faults.is_empty());
    assert_eq!(
        add(&bench, json!({ "trigger": { "always": "revokedToken" } }))
            .await
            .id,
        3
    );
}

#[tokio::test]
async fn a_rule_is_about_its_operations_and_its_session_only() {
    let bench = Bench::with(open_statuses()).await;
    let (mine, other) = (
        bench.session(&guaranteed()).await,
        bench.session(&guaranteed()).await,
    );
    let rule = FaultRule::always(Fault::status(500))
        .on(Operation::GetSessionStatus)
        .on(Operation::CancelSession)
        .session(mine);
    bench.sandbox.fault(rule).unwrap();
    assert_eq!(statuses(&bench, &mine, 2).await, [500, 500]);
    assert_eq!(statuses(&bench, &other, 2).await, [200, 200]);
    bench.details(&mine).await;
    let cancel = bench.post(&path(&mine, "cancel")).send().await.unwrap();
    assert_eq!(cancel.status(), 500);
    // What is no operation meets nothing, and neither does the control API.
    bench
        .sandbox
        .fault(FaultRule::always(Fault::status(500)))
        .unwrap();
    let nowhere = bench.get("api/v2/nowhere").send().await.unwrap();
    assert_eq!(nowhere.status(), 404);
    call(bench.get("_sandbox")).await.expect(200);
    assert_eq!(bench.sandbox.clear_faults().faults[0].fired, 3);
    assert_eq!(statuses(&bench, &mine, 1).await, [200]);
}

#[tokio::test]
async fn chance_meets_about_as_many_as_it_should() {
    let bench = Bench::with(open_statuses()).await;
    let id = bench.session(&guaranteed()).await;
    let rule =
        json!({ "trigger": { "rate": { "rate": 0.5, "fault": { "status": { "status": 500 } } } } });
    add(&bench, rule).await;
    let codes = statuses(&bench, &id, 200).await;
    let met = codes.iter().filter(|code| **code == 500).count();
    // Six standard deviations.
    assert!((57..=143).contains(&met), "{met}");
    assert_eq!(list(&bench).await.faults[0].fired, met as u64);
}

#[tokio::test]
async fn what_is_not_a_rule_is_refused_with_its_place() {
    let bench = Bench::start().await;
    for (document, says) in [
        (json!({}), "missing field `trigger`"),
        (
            json!({ "trigger": { "always": "revokedToken" }, "note": 1 }),
            "at `note`: unknown field `note`",
        ),
        (
            json!({ "trigger": { "sometimes": "revokedToken" } }),
            "at `trigger`: unknown variant `sometimes`, expected one of `always`",
        ),
        (
            json!({ "trigger": { "always": "meteor" } }),
            "unknown variant `meteor`, expected one of `delay`",
        ),
        (
            json!({ "trigger": { "next": { "calls": "2", "fault": "revokedToken" } } }),
            "at `trigger.next.calls`: invalid type: string \"2\", expected u64",
        ),
        (
            json!({ "trigger": { "script": ["pass", { "fault": { "delay": { "ms": 1 } } }] } }),
            "at `trigger.script[1].fault.delay.ms`: unknown field `ms`, expected `millis`",
        ),
        (
            json!({ "operations": ["createSession", "refund"], "trigger": { "always": "revokedToken" } }),
            "at `operations[1]`: expected one of authorize, createSession",
        ),
        (
            json!({ "session": "7", "trigger": { "always": "revokedToken" } }),
            "at `session`",
        ),
        (
            json!({ "trigger": { "always": { "status": { "status": 200 } } } }),
            "expected at `trigger.always.status.status` of the fault rule: from 400 to 599",
        ),
        (json!([]), "a JSON object is expected"),
        (json!("always"), "a JSON object is expected"),
    ] {
        let answer = call(bench.post("_sandbox/faults").json(&document)).await;
        answer.expect_error(400, "invalid_request");
        let told = answer.body["error_description"].as_str().unwrap();
        assert!(told.contains(says), "{document}\n{told}");
    }
    for body in [
        "",
        "{",
        "{} {}",
        "{\"trigger\": {\"always\": \"revokedToken\"}} x",
    ] {
        let answer = call(bench.post("_sandbox/faults").body(body)).await;
        answer.expect_error(400, "invalid_request");
    }
    assert!(list(&bench).await.faults.is_empty());
}

#[tokio::test]
async fn a_test_is_told_by_an_error_what_another_process_is_told_by_an_answer() {
    let bench = Bench::start().await;
    let refused = bench.sandbox.fault(FaultRule::next(0, Fault::drip()));
    let Err(SandboxError::FaultRule { path, expected, .. }) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(
        (path.as_str(), expected),
        ("trigger.next.calls", "at least 1")
    );
    let refused = bench
        .sandbox
        .fault(FaultRule::rate(f64::NAN, Fault::drip()));
    assert!(refused.is_err());
    let deep = (0..33).fold(json!(1), |value, _| json!([value]));
    let mut wrong = json!({ "wrongValue": { "value": deep.clone() } });
    let rule = |fault: &Value| FaultRule::next(1, serde_json::from_value(fault.clone()).unwrap());
    assert!(bench.sandbox.fault(rule(&wrong)).is_err());
    wrong["wrongValue"]["value"] = deep[0].clone();
    bench.sandbox.fault(rule(&wrong)).unwrap();
    bench.sandbox.clear_faults();
    for _ in 0..1000 {
        let rule = FaultRule::script([Turn::Pass]);
        assert!(matches!(rule.trigger, Trigger::Script(_)));
        bench.sandbox.fault(rule).unwrap();
    }
    let refused = bench.sandbox.fault(FaultRule::always(Fault::drip()));
    assert!(matches!(
        refused,
        Err(SandboxError::TooManyFaults { most: 1000, .. })
    ));
    let one_more = json!({ "trigger": { "always": { "drip": {} } } });
    let answer = call(bench.post("_sandbox/faults").json(&one_more)).await;
    answer.expect_error(409, "too_many_faults");
}
