//! `flinks-pay rules`, `spec`, `--help` and `--version`: what is printed without a payment.
#![cfg(feature = "cli")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod cli_support;

use std::collections::BTreeMap;
use std::path::Path;

use cli_support::{Running, assert_plain, assert_snapshot, command, finish, run};
use flinks_pay::domain::RULES;
use flinks_pay::spec::Document;
use serde_json::Value;

/// Runs a command that prints something and is right.
fn printed(arguments: &[&str]) -> String {
    let ran = run(arguments);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{arguments:?}");
    assert_plain(&ran.out);
    ran.out
}

fn contract() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/flinks-pay.yaml");
    std::fs::read_to_string(path).unwrap()
}

/// Every command, as it is typed.
const COMMANDS: &[&str] = &[
    "demo",
    "sandbox",
    "session",
    "session create",
    "session status",
    "session details",
    "session cancel",
    "session confirm",
    "session wait",
    "webhook",
    "webhook listen",
    "webhook send",
    "contract run",
    "spec",
    "rules",
    "contract",
    "contract mutate",
];

fn with_help(name: &str) -> Vec<&str> {
    name.split_whitespace().chain(["--help"]).collect()
}

#[test]
fn help_says_how_with_examples() {
    for name in [""].iter().chain(COMMANDS) {
        let help = printed(&with_help(name));
        assert!(help.contains("Examples:\n  flinks-pay "), "{help}");
        let name = if name.is_empty() { "all" } else { name };
        assert_snapshot(&format!("cli_help_{}", name.replace(' ', "_")), &help);
    }
}

#[test]
fn the_examples_of_the_help_are_commands_that_parse() {
    for name in COMMANDS {
        let help = printed(&with_help(name));
        let examples = help
            .lines()
            .filter_map(|line| line.strip_prefix("  flinks-pay "));
        for example in examples {
            // Up to a comment, a pipe or a redirection.
            let end = example
                .find("   ")
                .or_else(|| example.find(['|', '>']))
                .unwrap_or(example.len());
            let mut arguments: Vec<&str> = example[..end].split_whitespace().collect();
            // With it, nothing runs; without a mistake before it, it is all that is done.
            arguments.push("--help");
            let printed = printed(&arguments);
            // The example of a command may be one of a command of its own.
            let usage = format!("Usage: flinks-pay {name}");
            assert!(printed == help || printed.contains(&usage), "{example}");
        }
    }
}

#[test]
fn the_version_is_the_packages() {
    assert_eq!(
        printed(&["--version"]),
        format!("flinks-pay {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn no_command_is_exit_code_2_with_the_help() {
    let ran = run(&[]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
    assert!(
        ran.err.contains("Usage: flinks-pay <COMMAND>"),
        "{}",
        ran.err
    );
}

#[test]
fn the_rules_are_the_table_of_the_domain() {
    let document: Value = serde_json::from_str(&printed(&["rules", "--format", "json"])).unwrap();
    assert_eq!(document["schema_version"], 1);
    let printed: BTreeMap<&str, &Value> = document["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| (rule["id"].as_str().unwrap(), rule))
        .collect();
    assert_eq!(
        printed.len(),
        RULES.len(),
        "no rule is missing, and no id is there twice"
    );
    for rule in RULES {
        let shown = printed[rule.id];
        assert_eq!(shown["limit"], rule.expectation());
        for member in ["limit", "severity", "source", "enforcer", "contract"] {
            assert!(
                !shown[member].as_str().unwrap().trim().is_empty(),
                "{member} of {}",
                rule.id
            );
        }
    }
    for id in [
        "province",
        "account-number",
        "transit-number",
        "institution-code",
        "reference-id-guaranteed",
        "reference-id-regular",
        "first-name",
        "last-name",
        "middle-name",
        "email",
        "postal-code",
        "country",
        "amount",
        "limits-ordered",
        "amount-within-limits",
        "redirect-mode",
        "redirect-url",
        "redirect-urls",
        "payee-only-guaranteed",
        "address-complete",
    ] {
        assert!(printed.contains_key(id), "no rule {id}");
    }
}

#[test]
fn the_rules_are_readable_at_80_columns() {
    let text = printed(&["rules"]);
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    let labels = ["limit", "fields", "source", "enforcer", "contract"];
    for rule in RULES {
        let head = format!("{} ({})", rule.id, rule.severity.as_str());
        let mut block = text
            .lines()
            .skip_while(|line| *line != head)
            .skip(1)
            .take_while(|line| !line.is_empty());
        for label in labels {
            let line = block
                .find(|line| line.starts_with(&format!("  {label}")))
                .unwrap_or_else(|| panic!("{head}: {label}"));
            // Aligned: every value begins in the same column, and there is one.
            assert_eq!(
                line.find(|character: char| character.is_uppercase() || !character.is_whitespace()),
                Some(2)
            );
            assert!(
                line[11..].starts_with(' ') && !line[12..].starts_with(' ') && line.len() > 12,
                "{line:?}"
            );
        }
    }
    // Two of them, one with lines that had to be broken; all of them are a snapshot of the domain's.
    let blocks: Vec<&str> = text
        .split("\n\n")
        .filter(|block| {
            block.starts_with("account-number ") || block.starts_with("credential-text ")
        })
        .collect();
    assert_snapshot("cli_rules", &blocks.join("\n\n"));
}

#[test]
fn spec_prints_the_contract_as_it_is() {
    assert_eq!(run(&["spec"]).out, contract());
}

#[test]
fn the_view_is_a_document_of_its_own() {
    let view: Value = serde_json::from_str(&printed(&["spec", "--view"])).unwrap();
    assert_eq!(view["openapi"], "3.0.3");
    for (path, item) in view["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let answers: Vec<&String> =
                operation["responses"].as_object().unwrap().keys().collect();
            assert_eq!(answers.len(), 1, "{method} {path}: {answers:?}");
            assert!(answers[0].starts_with('2'), "{method} {path}");
        }
    }
}

#[test]
fn the_report_says_every_change_and_each_reason_once() {
    let contract = Document::parse("contract", contract()).unwrap();
    let view = flinks_pay::spec::view::derive(&contract).unwrap();
    let report = printed(&["spec", "--report"]);
    let plain = report.split_whitespace().collect::<Vec<_>>().join(" ");
    for change in &view.report {
        assert!(
            report.contains(&format!("  {}\n      {}\n", change.pointer, change.what)),
            "{change:?}"
        );
    }
    for step in flinks_pay::spec::view::Step::ALL {
        let used = view.report.iter().any(|change| change.step == step);
        assert_eq!(
            plain.matches(step.reason()).count(),
            usize::from(used),
            "{}",
            step.name()
        );
    }
}

#[test]
fn the_checks_are_those_of_the_view() {
    let contract = Document::parse("contract", contract()).unwrap();
    let view = flinks_pay::spec::view::derive(&contract).unwrap();
    let text = printed(&["spec", "--checks"]);
    for table in &view.checks {
        assert!(
            text.contains(&format!("\n{} (", table.operation)),
            "{}",
            table.operation
        );
        for check in &table.checks {
            assert!(text.contains(&check.contract), "{check:?}");
        }
    }
}

#[test]
fn one_part_of_the_spec_at_a_time() {
    let ran = run(&["spec", "--view", "--report"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
    assert!(ran.err.contains("cannot be used with"), "{}", ran.err);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    for arguments in [
        &["rules"][..],
        &["rules", "--format", "json"],
        &["spec"],
        &["spec", "--view"],
        &["spec", "--report"],
    ] {
        let mut child = command(arguments).spawn().unwrap();
        drop(child.stdout.take());
        let ran = finish(child);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{arguments:?}");

        // And one that has read a line.
        let mut running = Running::start(command(arguments));
        running.read_to("");
        let ran = finish(running.stop_reading());
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{arguments:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said() {
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let mut command = command(&["rules"]);
    let ran = finish(command.stdout(full).spawn().unwrap());
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.err
            .starts_with("error: standard output cannot be written\n  why: "),
        "{}",
        ran.err
    );
}
