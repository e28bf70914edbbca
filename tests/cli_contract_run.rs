//! `flinks-pay contract`: a run in a process of its own, against a simulator in another one, and against what is none.
#![cfg(feature = "cli")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod cli_support;
#[path = "cli_support/scripted.rs"]
mod scripted;
#[path = "support/trace.rs"]
mod trace;

use cli_support::{Ran, Simulator, assert_plain, assert_snapshot, finish, ids};

fn at(simulator: &Simulator, arguments: &[&str]) -> Ran {
    let base = simulator.base_url.clone();
    let run = ["contract", "run", "--base-url", &base, "--read-only"];
    let ran = finish(
        simulator
            .command(&[&run, arguments].concat())
            .spawn()
            .unwrap(),
    );
    assert!(!ran.everything().contains(&simulator.client_secret));
    assert!(ids(&ran.everything()).is_empty(), "{ran:?}");
    assert_plain(&ran.everything());
    // The port is another one each time.
    Ran {
        out: ran.out.replace(&base, "http://127.0.0.1:8080"),
        ..ran
    }
}

#[test]
fn a_simulator_is_clean_in_every_format() {
    trace::listen();
    let simulator = Simulator::start();
    for (format, ending) in [("text", ""), ("json", ""), ("junit", ""), ("html", "")] {
        let ran = at(&simulator, &["--format", format]);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{ran:?}");
        assert_snapshot(&format!("cli_contract_run_{format}{ending}"), &ran.out);
    }
    simulator.check();
}

#[test]
fn another_profile_is_drift_with_exit_code_1() {
    trace::listen();
    let simulator = Simulator::start();
    let ran = at(&simulator, &["--profile", "geft", "--format", "json"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(1), ""), "{ran:?}");
    let document = ran.json();
    assert_eq!(document["schema_version"], 1);
    let drift = document["drift"].as_array().unwrap();
    let named = |drift: &&serde_json::Value| drift["expected"] == "a token lives 599 seconds";
    let found = drift.iter().find(named).unwrap();
    assert_eq!(found["constraint"], "the deviation token-lifetime");
    for format in ["text", "junit", "html"] {
        let ran = at(&simulator, &["--profile", "geft", "--format", format]);
        assert_eq!(ran.code, Some(1));
        assert_snapshot(&format!("cli_contract_run_drift_{format}"), &ran.out);
    }
}

#[test]
fn what_cannot_be_asked_is_exit_code_2() {
    trace::listen();
    let simulator = Simulator::start();
    let ask = |arguments: &[&str]| {
        let run = [&["contract", "run", "--base-url"], arguments].concat();
        finish(simulator.command(&run).spawn().unwrap())
    };
    let mut said = String::new();
    for arguments in [
        ["http://127.0.0.1:1", "--read-only"].as_slice(),
        &["https://payments.flinksapp.com"],
        &["http://shop.example"],
        &[&simulator.base_url, "--spec", "Cargo.toml"],
        &[&simulator.base_url, "--credentials", "none"],
    ] {
        let ran = ask(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{ran:?}");
        said.push_str(ran.err.lines().next().unwrap());
        said.push('\n');
    }
    assert_snapshot("cli_contract_run_problems", &said);
    let ran = ask(&["http://127.0.0.1:1", "--format", "json"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(2), ""), "{ran:?}");
    assert_eq!(ran.json()["schema_version"], 1);
}
