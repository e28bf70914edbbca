//! `flinks-pay demo` against its own simulator: every way that a payment goes.
#![cfg(feature = "cli")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod cli_support;

use cli_support::{
    Running, assert_nothing_private, assert_plain, assert_snapshot, command, finish, ids, run,
};
use serde_json::{Value, json};

/// Scenario, regular EFT, exit code, and what the output must have.
const COURSES: &[(&str, bool, i32, &[&str])] = &[
    (
        "happy1",
        false,
        0,
        &[
            "Initiated",
            "InProgress",
            "Completed",
            "EFT0301",
            "GUARANTEE_OFFERED",
            "SUCCESS",
        ],
    ),
    (
        "happy2",
        false,
        0,
        &[
            "Completed",
            "EFT0301",
            "1000.00 CAD requested, 500.00 CAD final: they differ",
        ],
    ),
    (
        "happy3",
        false,
        0,
        &[
            "Completed",
            "EFT0301",
            "amount left to the payor",
            "COMPONENT_DEPOSIT_CONTINUE",
            "250.00 CAD final",
        ],
    ),
    (
        "unhappy1",
        false,
        1,
        &[
            "Failed",
            "EFT0402",
            "GUARANTEE_FAILED",
            "nothing is debited",
        ],
    ),
    (
        "cancel",
        false,
        1,
        &["Canceled", "EFT0501", "nothing is debited"],
    ),
    (
        "expire",
        false,
        1,
        &["Expired", "EFT0601", "nothing is debited"],
    ),
    ("happy1", true, 0, &["regular EFT", "Completed", "EFT0301"]),
    (
        "happy3",
        true,
        0,
        &["regular EFT", "Completed", "EFT0301", "250.00 CAD final"],
    ),
    ("cancel", true, 1, &["regular EFT", "Canceled", "EFT0501"]),
    ("expire", true, 1, &["regular EFT", "Expired", "EFT0601"]),
];

fn arguments<'a>(scenario: &'a str, regular: bool, format: &'a str) -> Vec<&'a str> {
    let mut arguments = vec!["demo", "--scenario", scenario, "--format", format];
    arguments.extend(regular.then_some("--regular"));
    arguments
}

#[test]
fn every_scenario_is_shown_as_it_happens_and_ends_with_its_exit_code() {
    for (scenario, regular, code, words) in COURSES {
        let ran = run(&arguments(scenario, *regular, "text"));
        assert_eq!(ran.code, Some(*code), "{scenario}: {ran:?}");
        assert_eq!(ran.err, "", "{scenario}");
        for word in *words {
            assert!(
                ran.out.contains(word),
                "{scenario} has no {word:?}:\n{}",
                ran.out
            );
        }
        let last = ran.out.lines().last().unwrap();
        let outcome = if *code == 0 {
            "outcome       payment scheduled: "
        } else {
            "outcome       no payment: "
        };
        assert!(last.starts_with(outcome), "{last}");
        assert_eq!(ids(&ran.out).len(), 1, "one session, whole");
        assert_plain(&ran.out);
        assert_nothing_private(&ran.out);
        let product = if *regular { "regular" } else { "guaranteed" };
        assert_snapshot(&format!("cli_demo_{product}_{scenario}"), &ran.out);
    }
}

#[test]
fn every_scenario_gives_one_json_document() {
    for (scenario, regular, code, _) in COURSES {
        let ran = run(&arguments(scenario, *regular, "json"));
        assert_eq!(ran.code, Some(*code), "{scenario}: {ran:?}");
        assert_eq!(ran.err, "", "{scenario}");
        assert_plain(&ran.out);
        assert_nothing_private(&ran.out);
        let document = ran.json();
        assert_eq!(document["schema_version"], 1);
        assert_eq!(document["scenario"], *scenario);
        assert_eq!(
            document["product"],
            if *regular { "regular" } else { "guaranteed" }
        );
        assert_eq!(document["outcome"]["exit_code"], *code);
        assert_eq!(
            document["outcome"]["result"],
            if *code == 0 {
                "scheduled"
            } else {
                "ended_badly"
            }
        );
        let last = document["statuses"].as_array().unwrap().last().unwrap();
        for member in ["status", "code", "meaning"] {
            assert_eq!(document["outcome"][member], last[member], "{scenario}");
            assert!(last[member].is_string(), "{scenario}: {last}");
        }
        let session = document["session_id"].as_str().unwrap();
        assert!(
            document["hosted_url"]
                .as_str()
                .unwrap()
                .ends_with(&format!("/app/?sessionId={session}"))
        );
        assert_eq!(
            document["final_amount"].is_null(),
            *code != 0,
            "an amount is debited, or none is"
        );
        check_journal(scenario, &document);
    }
}

/// The journal is the simulator's own record: what it says arrived is what the steps say was sent.
fn check_journal(scenario: &str, document: &Value) {
    let mut journal = document["journal"].as_array().unwrap().clone();
    // The first status is asked for without a token, and this simulator wants one.
    let refused = journal.remove(2);
    assert_eq!(
        (
            &refused["operation"],
            &refused["credential"],
            &refused["status"]
        ),
        (&json!("getSessionStatus"), &Value::Null, &json!(401)),
        "{scenario}"
    );
    let operations: Vec<&str> = journal
        .iter()
        .filter_map(|exchange| exchange["operation"].as_str())
        .collect();
    assert_eq!(
        operations[..3],
        ["authorize", "createSession", "getSessionStatus"],
        "{scenario}"
    );
    assert_eq!(operations.last(), Some(&"getSessionDetails"), "{scenario}");
    assert_eq!(operations.contains(&"cancelSession"), scenario == "cancel");
    for exchange in &journal {
        let status = exchange["status"].as_u64().unwrap();
        assert!((200..300).contains(&status), "{scenario}: {exchange}");
    }
    assert_eq!(journal[1]["answer"]["sessionId"], document["session_id"]);
    assert_eq!(
        journal[1]["request"]["amount"], document["requested_amount"],
        "{scenario}"
    );
    // The statuses shown are those that were answered, each once.
    let mut answered: Vec<&Value> = journal
        .iter()
        .filter(|exchange| exchange["operation"] == "getSessionStatus")
        .map(|exchange| &exchange["answer"]["status"])
        .collect();
    answered.dedup();
    let mut shown: Vec<&Value> = document["statuses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|seen| &seen["status"])
        .collect();
    // An unsigned agreement is another code of the same status.
    shown.dedup();
    assert_eq!(shown, answered, "{scenario}");
}

#[test]
fn the_document_of_a_lower_offer_has_both_amounts_and_the_account_masked() {
    let document = run(&["demo", "--scenario", "happy2", "--format", "json"]).json();
    assert_eq!(
        (&document["requested_amount"], &document["final_amount"]),
        (&json!(1000), &json!(500))
    );
    let account = document["account"].as_str().unwrap();
    let digits = account.strip_prefix("****").unwrap();
    assert!(
        digits.len() <= 4 && digits.bytes().all(|byte| byte.is_ascii_digit()),
        "{account}"
    );
    let steps = document["steps"].as_array().unwrap();
    let kinds: Vec<&str> = steps
        .iter()
        .map(|step| step["kind"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds[..5],
        ["token", "request", "session", "hosted_page", "status"]
    );
    assert_eq!(kinds[kinds.len() - 2..], ["account", "amounts"]);
    let amounts = steps.last().unwrap();
    assert_eq!(amounts["differ"], true);
    let events: Vec<&str> = steps
        .iter()
        .filter(|step| step["kind"] == "payor")
        .flat_map(|step| step["events"].as_array().unwrap())
        .map(|event| event.as_str().unwrap())
        .collect();
    assert_eq!(
        (events.first(), events.last()),
        (Some(&"APP_MOUNTED"), Some(&"SUCCESS"))
    );
}

#[test]
fn two_runs_share_no_id() {
    let (first, second) = (run(&["demo"]), run(&["demo"]));
    let (first, second) = (ids(&first.out), ids(&second.out));
    assert_eq!((first.len(), second.len()), (1, 1));
    assert!(first.is_disjoint(&second));
}

#[test]
fn a_bad_scenario_lists_the_valid_ones() {
    let ran = run(&["demo", "--scenario", "happy9"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
    assert_snapshot("cli_demo_bad_scenario", &ran.err);
    for scenario in ["happy1", "happy2", "happy3", "unhappy1", "cancel", "expire"] {
        assert!(ran.err.contains(scenario), "{}", ran.err);
    }
}

#[test]
fn wrong_arguments_are_a_document_too_where_json_is_asked_for() {
    let ran = run(&["demo", "--format", "json", "--scenario", "happy9"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(2), ""));
    let document = ran.json();
    assert_eq!(document["outcome"]["exit_code"], 2);
    assert!(
        document["outcome"]["problem"]
            .as_str()
            .unwrap()
            .contains("happy1, happy2, happy3, unhappy1, cancel, expire")
    );
}

#[test]
fn a_scenario_about_the_guarantee_is_refused_for_a_regular_eft() {
    for scenario in ["happy2", "unhappy1"] {
        let ran = run(&["demo", "--regular", "--scenario", scenario]);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
        assert_snapshot(&format!("cli_demo_regular_{scenario}_refused"), &ran.err);
        let document = run(&[
            "demo",
            "--regular",
            "--scenario",
            scenario,
            "--format",
            "json",
        ])
        .json();
        assert_eq!(document["outcome"]["result"], "error");
        assert_eq!(document["journal"], Value::Null);
    }
}

#[test]
fn a_reader_that_goes_away_is_no_panic_and_the_payment_keeps_its_exit_code() {
    for (scenario, code) in [("happy1", 0), ("unhappy1", 1)] {
        let mut running =
            Running::start(command(&["demo", "--scenario", scenario, "--pace", "20"]));
        running.read_to("scenario");
        let ended = finish(running.stop_reading());
        assert_eq!((ended.code, ended.err.as_str()), (Some(code), ""));
    }
}

#[test]
fn the_time_between_steps_is_asked_for() {
    let begun = std::time::Instant::now();
    let document = run(&[
        "demo",
        "--scenario",
        "cancel",
        "--pace",
        "20",
        "--format",
        "json",
    ])
    .json();
    let steps = u32::try_from(document["steps"].as_array().unwrap().len()).unwrap();
    assert!(steps >= 8, "{document:#}");
    assert!(begun.elapsed() >= std::time::Duration::from_millis(20) * steps);
}
