//! The parties agree with the judge about every witness, or differ by a named rule.

use std::fmt::Write as _;

use flinks_pay::contract::Report;
use flinks_pay::contract::party::{Facade, Server};
use flinks_pay::domain::ApiKey;
use flinks_pay::sandbox::{Goal, Sandbox, SessionOrder};
use flinks_pay::session::Step;
use flinks_pay::{Credentials, Environment};

use crate::{SUITE, checked, snapshots, trace};

#[track_caller]
fn expect_agreement(report: &Report) {
    let differences = &report.differences;
    let shown = differences
        .iter()
        .take(20)
        .fold(String::new(), |mut text, difference| {
            let _ = writeln!(text, "{difference}");
            text
        });
    assert!(
        differences.is_empty(),
        "{} differences\n{shown}",
        differences.len()
    );
}

/// What was asked, refused by which rule, and written otherwise, place by place; not how often, which each new witness changes.
fn ways(report: &Report) -> String {
    report
        .places
        .iter()
        .fold(String::new(), |mut text, (seat, tally)| {
            let has = |count: usize, name| (count > 0).then_some(name);
            let ways = [
                has(tally.taken, "taken"),
                has(tally.refused, "refused"),
                has(tally.respelled, "written as the contract has it"),
            ];
            let ways: Vec<&str> = ways.into_iter().flatten().collect();
            let _ = write!(text, "{seat}: {}", ways.join(", "));
            for rule in tally.by_rule.keys() {
                let _ = write!(text, ", refused by {rule}");
            }
            text.push('\n');
            text
        })
}

#[test]
fn the_facade_and_the_judge_agree_about_every_witness_or_differ_by_a_named_rule() {
    let report = SUITE.ask_facade(&Facade::new().unwrap()).unwrap();
    println!("{} values were put to the facade", report.asked());
    expect_agreement(&report);
    snapshots().bind(|| insta::assert_snapshot!("contract_facade", ways(&report)));
}

#[tokio::test]
async fn the_simulator_and_the_judge_agree_about_every_request_or_differ_by_a_named_rule() {
    trace::listen();
    let builder = Sandbox::builder()
        .api_key(ApiKey::new("key-1").unwrap())
        .guarantee_decision(true);
    let sandbox = checked::with(builder).await.unwrap();
    let server = Server::new(
        Environment::custom(sandbox.base_url().as_str()).unwrap(),
        Credentials::api_key("key-1", sandbox.client_id()).unwrap(),
    );
    let order = SessionOrder::new(serde_json::json!({
        "type": "EFT",
        "direction": "DEBIT",
        "amount": 120.5,
        "options": { "guarantee": { "enable": true } },
        "payor": { "firstName": "Robin", "lastName": "Tester" },
    }))
    .until(Goal::Step(Step::GuaranteeOffer));
    let report = SUITE
        .ask_server(&server.unwrap(), &Facade::new().unwrap(), |seat| {
            let decides = seat.operation == "confirmGuarantee";
            decides.then(|| sandbox.prepare(&order).unwrap().session_id)
        })
        .await
        .unwrap();
    println!("{} requests were sent to the simulator", report.asked());
    expect_agreement(&report);
    sandbox.check();
    snapshots().bind(|| insta::assert_snapshot!("contract_simulator", ways(&report)));
}
