//! The sweep: everything that the crate does is done, in one program, and nothing of it is told.

use std::sync::{Arc, Mutex};

use crate::calls::{against_answers, without_answers};
use crate::capture::Logs;
use crate::markers::{found, markers};
use crate::programs::{in_a_panic, on_the_command_line};
use crate::public_types::public_types;
use crate::replies::replies;
use crate::sandbox::{in_a_state_file, in_the_sandbox};
use crate::support::scripted::{Asked, Scripted};
use crate::told::Told;
use crate::{blocking, contract, debts, values, waiting, webhooks};

/// Fewer lines than this, and something has not been listened to.
const LINES: usize = 200_000;

#[test]
fn nothing_is_told() {
    let logs = Logs::default();
    logs.listen();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let told = Arc::new(Mutex::new(Told::default()));
    let panics = Arc::new(Mutex::new(String::new()));
    let mut passed = String::new();
    let printed = runtime.block_on(async {
        passed = against_answers(&told).await;
        let mut heard = Told::default();
        without_answers(&mut heard).await;
        waiting::in_every_way(&mut heard).await;
        debts::against_answers(&mut heard).await;
        blocking::in_every_way(&mut heard).await;
        passed.push_str(&webhooks::to_the_verifier(&mut heard));
        webhooks::to_the_extractor(&mut heard).await;
        in_the_sandbox(&mut heard).await;
        in_a_state_file(&mut heard).await;
        contract::against_the_sandbox(&mut heard).await;
        in_a_panic(&panics).await;
        values::print(&mut heard);
        let problem = replies().pop().unwrap();
        let server = Scripted::bare(move |_: &Asked| problem.clone()).await;
        let base = server.base().to_owned();
        let printed = tokio::task::spawn_blocking(move || on_the_command_line(&base))
            .await
            .unwrap();
        told.lock().unwrap().take_in(heard);
        printed
    });
    let told = told.lock().unwrap();
    let panics = panics.lock().unwrap();
    let (text, json) = (logs.text.text(), logs.json.text());

    // What was to be kept silent was there.
    for (what, marker) in markers() {
        assert!(
            passed.to_lowercase().contains(&marker),
            "no {what} has passed"
        );
    }
    // The libraries below were listened to, too, and so were the panics.
    for target in ["flinks_pay", "hyper_util", "reqwest"] {
        assert!(
            text.contains(target) && json.contains(target),
            "{target} has logged nothing"
        );
    }
    // And so was what the crate itself says when something goes wrong.
    for event in [
        "a webhook was refused",
        "a webhook broke off",
        "the guard of debts was not told",
        "the guard of debts did not keep",
    ] {
        assert!(text.contains(event) && json.contains(event), "no: {event}");
    }
    assert!(
        panics.contains("called `Result::unwrap()`") && panics.contains("left == right"),
        "{panics}"
    );
    // The JSON is JSON.
    for line in json.lines().step_by(97) {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
    let forgotten: Vec<String> = public_types().difference(&told.types).cloned().collect();
    assert_eq!(
        forgotten, [""; 0],
        "public types that have not been printed; add them to tests/canary/values.rs or where they come about"
    );

    let mut lines = 0;
    for (name, said) in [
        ("log as text", &text),
        ("log as JSON", &json),
        ("values and errors", &told.text),
        ("panics", &*panics),
        ("command line", &printed),
    ] {
        let leaks = found(said);
        assert!(
            leaks.is_empty(),
            "{} leaks in {name}, such as\n{}",
            leaks.len(),
            leaks[..leaks.len().min(20)].join("\n")
        );
        assert!(
            !said.contains('\u{1b}') && !said.contains('\u{9b}'),
            "{name}: an escape sequence"
        );
        println!("{name}: {} lines, no marker", said.lines().count());
        lines += said.lines().count();
    }
    println!("{lines} lines searched for {} markers", markers().len());
    assert!(lines >= LINES, "only {lines} lines");
}
