//! A payment with curl alone: what the README shows and what the simulator prints are the same lines, and they work.
#![cfg(all(feature = "cli", unix))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod cli_support;

use std::path::Path;
use std::process::{Command, Output};

use cli_support::{Running, Simulator, command, finish};

/// The commands under a heading of the README.
fn readme(heading: &str) -> Vec<String> {
    let text = include_str!("../README.md");
    let section = text.split(&format!("\n## {heading}\n")).nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap();
    section
        .lines()
        .filter_map(|line| line.strip_prefix("$ "))
        .map(str::to_owned)
        .collect()
}

/// Runs lines in one shell, with the exports of a simulator. It ends at the first that fails.
fn shell(simulator: &Simulator, lines: &[&str]) -> Output {
    Command::new("bash")
        .args(["-euo", "pipefail", "-c", &lines.join("\n")])
        .env("FLINKS_PAY_BASE_URL", &simulator.base_url)
        .env("FLINKS_PAY_CLIENT_ID", &simulator.client_id)
        .env("FLINKS_PAY_CLIENT_SECRET", &simulator.client_secret)
        .output()
        .expect("bash and curl are needed for this test")
}

/// What the simulator prints below this line.
fn announced(arguments: &[&str], below: &str, last: &str) -> (Running, Vec<String>) {
    let mut running = Running::start(command(arguments));
    running.read_to(below);
    let mut lines = Vec::new();
    while !lines
        .last()
        .is_some_and(|line: &String| line.contains(last))
    {
        lines.push(running.read_to(""));
    }
    (running, lines)
}

#[test]
fn a_whole_payment_goes_as_the_readme_has_it() {
    let lines = readme("Without credentials");
    assert_eq!(lines.len(), 6, "{lines:#?}");
    let simulator = Simulator::start();
    let ran = shell(
        &simulator,
        &lines.iter().map(String::as_str).collect::<Vec<_>>(),
    );
    let said = String::from_utf8(ran.stdout).unwrap();
    assert!(ran.status.success(), "{said}\n{:?}", ran.stderr);
    let places: Vec<Option<usize>> = [
        r#""status":"Initiated""#,
        r#""over":false"#,
        r#""statusDetails":"EFT0301""#,
        r#""accountNumber":"#,
    ]
    .iter()
    .map(|text| said.find(text))
    .collect();
    assert!(
        places.iter().all(Option::is_some) && places.is_sorted(),
        "{places:?} in {said}"
    );
}

#[test]
fn every_operation_is_printed_as_a_line_that_works_and_the_readme_has_no_other() {
    let (running, printed) = announced(&["sandbox"], "# Or call by call", "/cancel");
    for line in readme("Without credentials") {
        assert!(printed.contains(&line), "{line}\nis not in {printed:#?}");
    }
    running.interrupt();
    assert_eq!(running.finish().code, Some(0));

    let simulator = Simulator::start();
    let line = |part: &str| {
        printed
            .iter()
            .find(|line| line.contains(part))
            .unwrap()
            .as_str()
    };
    let ran = shell(
        &simulator,
        &[
            line("/authorize"),
            line("/api/v2/sessions\""),
            line("/guarantees/confirm"),
            line("/cancel"),
        ],
    );
    let said = String::from_utf8(ran.stdout).unwrap();
    assert!(ran.status.success(), "{said}\n{:?}", ran.stderr);
    assert!(
        said.contains(r#""status":400"#),
        "nothing waits for a decision: {said}"
    );
    assert!(said.contains(r#""statusDetails":"EFT0501""#), "{said}");
}

#[test]
fn a_seed_repeats_a_start_and_a_profile_is_kept_to() {
    let exports = |arguments: &[&str]| {
        let (running, lines) = announced(arguments, "# A simulator", "SECRET");
        running.interrupt();
        running.finish();
        lines[1..].to_vec()
    };
    let seeded = ["sandbox", "--seed", "7"];
    assert_eq!(exports(&seeded), exports(&seeded));
    assert_ne!(exports(&["sandbox"]), exports(&["sandbox"]));

    // All that is printed, the demo included, as a shell takes it.
    let program = Path::new(env!("CARGO_BIN_EXE_flinks-pay"))
        .parent()
        .unwrap();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(
        [program.into()]
            .into_iter()
            .chain(std::env::split_paths(&path)),
    );
    let path = path.unwrap();
    for profile in ["eft", "lenient", "credentials=form", "credentials=api-key"] {
        let (running, lines) = announced(&["sandbox", "--profile", profile], "# A sim", "/cancel");
        let script = lines.join("\n");
        let ran = Command::new("bash")
            .args(["-euo", "pipefail", "-c", &script])
            .env("PATH", &path)
            .output()
            .unwrap();
        let said = String::from_utf8(ran.stdout).unwrap();
        assert!(ran.status.success(), "{profile}: {said}\n{:?}", ran.stderr);
        assert_eq!(
            said.matches(r#""statusDetails":"EFT0301""#).count(),
            2,
            "{profile}: {said}"
        );
        running.interrupt();
        running.finish();
    }

    let refused = finish(
        command(&["sandbox", "--profile", "polite"])
            .spawn()
            .unwrap(),
    );
    assert_eq!(refused.code, Some(2));
    assert!(refused.err.contains("strict, "), "{refused:?}");
}
