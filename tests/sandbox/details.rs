//! `getSessionDetails`: what was sent comes back, and the rest fills in as the payor goes on.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use flinks_pay::SessionId;
use flinks_pay::clock::ManualClock;
use flinks_pay::sandbox::Sandbox;
use flinks_pay::session::Step;
use serde_json::{Value, json};

use crate::bench::{Bench, OTHER_ID, OTHER_SECRET, path, two_clients};
use crate::bodies::{full_guaranteed, full_regular, guaranteed, referring, regular, with, without};
use crate::status::NO_SESSIONS;

/// What details answer right after the request was taken.
fn echoed(sent: &Value) -> Value {
    let mut payor = without(without(sent["payor"].clone(), "/occupation"), "/birthDate");
    payor["account"] = Value::Null;
    // Sent in lower case, kept as the contract writes it.
    payor["address"]["postalCode"] = json!("A1C5M3");
    let guaranteed = sent["options"]["guarantee"]["enable"] == true;
    json!({
        "status": "Initiated",
        "statusDetails": "EFT0101",
        "step": null,
        "referenceId": sent["referenceId"],
        "amount": sent["amount"].as_f64(),
        "type": "EFT",
        "direction": "DEBIT",
        "currency": "CAD",
        "options": sent["options"],
        "payor": payor,
        "payee": if guaranteed { sent["payee"].clone() } else { Value::Null },
        "guaranteeDetails": null,
        "userDetails": null,
        "createdAt": "2026-02-28T23:59:59Z",
    })
}

/// The same document with every number as a double, so that 18 is 18.0.
fn doubles(value: Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_f64()),
        Value::Array(items) => items.into_iter().map(doubles).collect(),
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| (name, doubles(value)))
            .collect(),
        other => other,
    }
}

#[tokio::test]
async fn every_optional_part_comes_back() {
    let clock = ManualClock::starting_at(UNIX_EPOCH + Duration::from_secs(1_772_323_199));
    let bench = Bench::with(Sandbox::builder().clock(Arc::new(clock))).await;
    for sent in [full_guaranteed(), full_regular()] {
        let id = bench.session(&sent).await;
        let details = bench.details(&id).await;
        assert_eq!(details["sessionId"], id.expose());
        let rest = without(details, "/sessionId");
        assert_eq!(doubles(rest), doubles(echoed(&sent)));
    }
}

#[tokio::test]
async fn what_was_not_sent_is_null_or_the_default() {
    let bench = Bench::start().await;
    let id = bench.session(&without(guaranteed(), "/amount")).await;
    let details = bench.details(&id).await;
    for pointer in [
        "/amount",
        "/referenceId",
        "/options/limits",
        "/options/redirectPreferences",
        "/options/amountModification",
        "/options/showConsentScreen",
        "/payor/email",
        "/payor/middleName",
        "/payor/address",
    ] {
        assert_eq!(details.pointer(pointer), Some(&Value::Null), "{pointer}");
    }
    assert_eq!(details["currency"], "CAD");
    let language = "/options/notificationPreferences/language";
    assert_eq!(details.pointer(language).unwrap(), "EN");
}

#[tokio::test]
async fn the_french_scenario_is_in_french_unless_the_request_says_otherwise() {
    let bench = Bench::start().await;
    let french = referring(guaranteed(), "Happy3");
    let english = json!({ "language": "EN" });
    let english = with(french.clone(), "/options/notificationPreferences", english);
    for (body, language) in [(french, "FR"), (english, "EN")] {
        let id = bench.session(&body).await;
        let details = bench.details(&id).await;
        assert_eq!(
            details["options"]["notificationPreferences"]["language"],
            language
        );
    }
}

#[tokio::test]
async fn the_account_is_null_then_masked_then_in_full() {
    let bench = Bench::start().await;
    for body in [guaranteed(), regular()] {
        let id = bench.session(&body).await;
        let payor = bench.sandbox.payor(&id);
        let mut numbers = vec![bench.details(&id).await["payor"]["account"].clone()];
        while !payor.step().unwrap().over {
            let details = bench.details(&id).await;
            let account = &details["payor"]["account"];
            let logged_in = !details["step"]["aggregationRequestId"].is_null();
            assert_eq!(account.is_null(), !logged_in, "{details:#}");
            numbers.push(account.get("accountNumber").unwrap_or(account).clone());
        }
        let details = bench.details(&id).await;
        assert_eq!(details["status"], "Completed");
        numbers.push(details["payor"]["account"]["accountNumber"].clone());
        numbers.dedup();
        assert_eq!(
            numbers,
            [json!(null), json!("****8826"), json!("300458826")]
        );
    }
}

#[tokio::test]
async fn it_fills_in_step_by_step() {
    let bench = Bench::start().await;
    let id = bench.session(&guaranteed()).await;
    let payor = bench.sandbox.payor(&id);
    // What is there, and no longer null, from which screen on.
    let expected = [
        (Step::Start, "/step/current"),
        (Step::AccountSelection, "/step/aggregationRequestId"),
        (Step::AccountSelection, "/payor/account/availableBalance"),
        (Step::GuaranteeOffer, "/userDetails/nameMatch"),
        (Step::GuaranteeOffer, "/guaranteeDetails/guaranteeOffered"),
        (Step::Pad, "/step/padId"),
    ];
    let mut shown: Vec<Step> = Vec::new();
    loop {
        let played = payor.step().unwrap();
        shown.push(played.step.unwrap());
        let details = bench.details(&id).await;
        for (from, pointer) in &expected {
            let there = details.pointer(pointer).is_some_and(|it| !it.is_null());
            assert_eq!(there, shown.contains(from), "{pointer} {shown:?}");
        }
        if played.over {
            break;
        }
    }
    assert_eq!(shown.last(), Some(&Step::Complete));
}

#[tokio::test]
async fn what_is_guaranteed_and_at_what_risk() {
    let bench = Bench::start().await;
    for (scenario, offered, accepted, most, risk, extent) in [
        (
            "Happy1",
            true,
            json!(true),
            json!(120.5),
            "Low",
            json!("Full"),
        ),
        (
            "Happy2",
            true,
            json!(true),
            json!(60.25),
            "Medium",
            json!("Partial"),
        ),
        (
            "Unhappy1",
            false,
            json!(null),
            json!(null),
            "High",
            json!(null),
        ),
    ] {
        let id = bench.session(&referring(guaranteed(), scenario)).await;
        bench.sandbox.payor(&id).run().unwrap();
        let details = bench.details(&id).await;
        let guarantee = &details["guaranteeDetails"];
        assert_eq!(guarantee["guaranteeOffered"], offered, "{scenario}");
        assert_eq!(guarantee["guaranteeAccepted"], accepted, "{scenario}");
        assert_eq!(
            guarantee["highestDebitAmountToGuarantee"], most,
            "{scenario}"
        );
        for level in ["overallRiskLevel", "transactionRiskLevel", "userRiskLevel"] {
            assert_eq!(guarantee[level], risk, "{scenario}");
        }
        assert_eq!(guarantee["otherRiskLevel"], "Unknown");
        assert_eq!(guarantee["guaranteedEftType"], extent, "{scenario}");
        let paid = if most.is_null() { json!(120.5) } else { most };
        assert_eq!(details["amount"], paid, "{scenario}");
    }
    let id = bench.session(&referring(regular(), "Happy2")).await;
    bench.sandbox.payor(&id).run().unwrap();
    let details = bench.details(&id).await;
    assert_eq!(details["guaranteeDetails"], json!(null));
    assert_eq!(details["amount"], 18);
}

#[tokio::test]
async fn the_payee_is_the_one_that_was_sent_or_the_settlement_account_or_none() {
    let bench = Bench::start().await;
    let sent = full_guaranteed();
    let id = bench.session(&sent).await;
    assert_eq!(bench.details(&id).await["payee"], sent["payee"]);
    let id = bench.session(&guaranteed()).await;
    let account = bench.details(&id).await["payee"]["account"].clone();
    assert_eq!(account["institutionCode"], "999");
    assert_eq!(account["transitNumber"], "10001");
    assert_eq!(account["accountNumber"], "700118842");
    assert_eq!(account["accountLabel"], json!(null));
    let id = bench.session(&regular()).await;
    assert_eq!(bench.details(&id).await["payee"], json!(null));
}

#[tokio::test]
async fn the_balance_and_the_likeness_of_names_follow_the_payor() {
    let bench = Bench::start().await;
    let id = bench.session(&guaranteed()).await;
    bench.sandbox.payor(&id).low_balance().run().unwrap();
    let details = bench.details(&id).await;
    assert_eq!(details["payor"]["account"]["availableBalance"], 120.49);
    let good = details["userDetails"]["nameMatch"].as_f64().unwrap();
    let id = bench.session(&guaranteed()).await;
    bench.sandbox.payor(&id).wrong_name().run().unwrap();
    let details = bench.details(&id).await;
    let bad = details["userDetails"]["nameMatch"].as_f64().unwrap();
    assert!(bad < good && good <= 100.0, "{bad} {good}");
    assert_eq!(details["userDetails"]["matchingPerformed"], true);
}

#[tokio::test]
async fn only_the_owner_may_read_them() {
    let bench = Bench::with(two_clients()).await;
    let id = bench.session(&guaranteed()).await;
    let other = bench.token_of(OTHER_ID, OTHER_SECRET).await;
    let answer = bench.details_with(&other, &id).await;
    answer.expect_error(403, "forbidden");
    assert_eq!(answer.body.as_object().unwrap().len(), 2);
    for request in [
        bench.get(&path(&id, "details")),
        bench.get(&path(&id, "details")).bearer_auth("wrong"),
        bench
            .get(&path(&id, "details"))
            .header("x-client-id", bench.sandbox.client_id()),
    ] {
        let answer = bench.send("getSessionDetails", request).await;
        answer.expect_error(401, "unauthorized");
    }
}

#[tokio::test]
async fn an_unknown_id_and_one_that_is_none() {
    let bench = Bench::start().await;
    let token = bench.token().await;
    for (at, text) in NO_SESSIONS.iter().enumerate() {
        let path = format!("api/v2/sessions/{text}/details");
        let request = bench.get(&path).bearer_auth(&token);
        let answer = bench.send("getSessionDetails", request).await;
        if at == 0 {
            assert!(SessionId::new(text).is_ok());
            answer.expect_error(404, "not_found");
        } else {
            answer.expect_problem(400, "UUID");
        }
    }
}
