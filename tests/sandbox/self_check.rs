//! The sandbox judges itself, and a test that is done with one hears of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use flinks_pay::sandbox::Sandbox;
use flinks_pay::sandbox::judge::{self, Part, ViolationsReport};
use serde_json::{Value, json};

use crate::bench::{Bench, two_clients};
use crate::bodies::{guaranteed, with};
use crate::checked::expect_nothing;
use crate::contract::NO_OPERATION;
use crate::control_api::call;

#[tokio::test]
async fn every_exchange_of_every_operation_is_judged() {
    let builder = two_clients().guarantee_decision(true).regular_eft(false);
    let bench = Bench::with(builder).await;
    crate::coverage::everything(&bench).await;
    let nothing = bench.get("api/v3/sessions");
    bench.send(NO_OPERATION, nothing).await.expect(404);

    let report = bench.sandbox.violations();
    println!("exchanges judged: {:#?}", report.judged);
    let mut arrived = BTreeMap::<String, u64>::new();
    for exchange in bench.sandbox.journal() {
        assert_eq!(exchange.violations, [""; 0]);
        if let Some(operation) = exchange.operation {
            *arrived.entry(operation).or_default() += 1;
        }
    }
    assert_eq!(arrived.len(), 6);
    assert_eq!(report.judged, arrived);
    assert_eq!(
        (report.without_operation, report.spoilt, report.total),
        (1, 0, 0)
    );

    // Over HTTP the same is told, and that is no exchange of the API.
    let answer = call(bench.get("_sandbox/violations")).await;
    let told: ViolationsReport = serde_json::from_value(answer.expect(200).clone()).unwrap();
    assert_eq!(told, report);
    assert_eq!(bench.sandbox.violations(), report);
}

#[tokio::test]
async fn no_header_tells_of_nothing() {
    let bench = Bench::start().await;
    let answer = bench.get("api/v3").send().await.unwrap();
    assert!(!answer.headers().contains_key(judge::HEADER));
}

#[tokio::test]
async fn a_spelling_of_our_own_is_counted_by_its_rule() {
    let bench = Bench::start().await;
    bench.session(&guaranteed()).await;
    let lower = with(guaranteed(), "/currency", json!("cad"));
    bench.session(&lower).await;
    let respelled = bench.sandbox.violations().respelled;
    assert_eq!(respelled, BTreeMap::from([("currency".to_owned(), 1)]));
    assert!(judge::respellings().any(|rule| rule == "currency"));
}

#[tokio::test]
async fn it_can_be_switched_off() {
    let bench = Bench::with(Sandbox::builder().self_check(false)).await;
    bench.session(&guaranteed()).await;
    let report = bench.sandbox.violations();
    assert!(
        report.judged.values().all(|count| *count == 0),
        "{report:?}"
    );
}

/// A report with one violation, as it travels.
fn one() -> Value {
    json!({
        "judged": { "getSessionStatus": 3 },
        "withoutOperation": 0,
        "spoilt": 0,
        "respelled": {},
        "total": 2,
        "violations": [{
            "operation": "getSessionStatus",
            "status": 200,
            "part": "answer",
            "pointer": "/status",
            "keyword": "enum",
            "count": 2,
        }],
    })
}

#[test]
fn a_report_is_read_back_and_says_what_was_found() {
    let report: ViolationsReport = serde_json::from_value(one()).unwrap();
    assert_eq!(serde_json::to_value(&report).unwrap(), one());
    assert_eq!(report.violations[0].part, Part::Answer);
    assert_eq!(
        report.to_string(),
        "2 violations of the contract\n2 times getSessionStatus 200: answer at \"/status\": enum"
    );
}

#[test]
#[should_panic(expected = "2 times getSessionStatus 200")]
fn a_violation_fails_the_test_that_has_it() {
    expect_nothing(&serde_json::from_value(one()).unwrap());
}

/// Every Rust file under a directory.
fn sources(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|it| it == "rs") {
            found.push(path);
        }
    }
}

/// Whether a source starts a sandbox by itself.
fn starts_one(source: &str) -> bool {
    let packed: String = source.split_whitespace().collect();
    packed.contains("Sandbox::start()") || packed.contains(".start().await")
}

#[test]
fn no_test_starts_a_sandbox_that_is_not_checked_at_its_end() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let start: Vec<String> = files
        .iter()
        .filter(|file| starts_one(&std::fs::read_to_string(file).unwrap()))
        .map(|file| file.strip_prefix(&root).unwrap().display().to_string())
        .filter(|file| file != "sandbox/self_check.rs")
        .collect();
    assert_eq!(
        start,
        ["support/checked.rs"],
        "take `checked::with` instead"
    );
    assert!(starts_one("let it = builder\n    .start()\n    .await;"));
}
