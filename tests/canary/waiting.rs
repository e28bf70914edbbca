//! Waiting for sessions: one until it ends, one told step by step, and many.

use std::sync::Mutex;
use std::time::Duration;

use flinks_pay::watch::{Found, ReconcilePolicy, Reconciled};
use flinks_pay::{Client, Progress, SessionId, WaitError, WaitPolicy};

use crate::given::{builder, schemes, session};
use crate::markers::{ACCOUNT, EMAIL, OTHER, TOKEN};
use crate::replies::{details, replies};
use crate::support::scripted::{Asked, Reply, Scripted};
use crate::told::Told;

/// Answers each look by the next of these, and from then on by the last; tokens are given.
pub(crate) async fn answering(replies: Vec<Reply>) -> Scripted {
    let replies = Mutex::new(replies);
    Scripted::bare(move |asked: &Asked| {
        if asked.line.contains("/authorize") {
            let token = serde_json::json!({ "access_token": TOKEN, "expires_in": 599 });
            return Reply::json(200, &token.to_string());
        }
        let mut replies = replies.lock().unwrap();
        if replies.len() > 1 {
            replies.remove(0)
        } else {
            replies[0].clone()
        }
    })
    .await
}

fn client(server: &Scripted) -> Client {
    let [basic, _, _] = schemes();
    builder(server.base(), basic).build().unwrap()
}

/// The pace of tests; the deadline comes only to sessions that stay open.
pub(crate) fn policy() -> WaitPolicy {
    WaitPolicy::default()
        .every(Duration::from_millis(2))
        .for_at_most(Duration::from_millis(40))
        .tolerate(2)
        .watch_details(true)
        .requested("120.50".parse().unwrap())
}

/// What details and status say of one session that goes its way, with markers in every answer.
pub(crate) fn course() -> Vec<Reply> {
    let says = |changes: serde_json::Value| {
        let mut details = details();
        details["statusDetails"] = serde_json::Value::Null;
        for (name, value) in changes.as_object().unwrap() {
            details[name] = value.clone();
        }
        Reply::json(200, &details.to_string())
    };
    let step = |name: &str| serde_json::json!({ "current": name, EMAIL: ACCOUNT });
    let offer = serde_json::json!({
        "guaranteeOffered": true, "highestDebitAmountToGuarantee": 320.1, "overallRiskLevel": "Low", "novel": ACCOUNT,
    });
    let open = serde_json::json!({ "status": "InProgress", "step": step("Review") });
    let decide = serde_json::json!({
        "status": "InProgress", "step": step("GuaranteeOffer"), "guaranteeDetails": offer,
    });
    let odd = serde_json::json!({ "status": EMAIL, "step": step(&format!("{EMAIL}\u{1b}[31m")) });
    let unsigned = serde_json::json!({ "status": "Completed", "statusDetails": "EFT0302" });
    let scheduled =
        serde_json::json!({ "status": "Completed", "statusDetails": "EFT0301", "amount": 250 });
    // Each look at an open session is a status and its details.
    let twice = |says: Reply| [says.clone(), says];
    [
        twice(says(open)),
        twice(says(decide)),
        twice(says(odd)),
        // Of which nothing is understood.
        twice(Reply::json(200, &format!("{EMAIL} {ACCOUNT}"))),
        twice(says(unsigned)),
        twice(says(scheduled)),
    ]
    .concat()
}

/// Prints an item of a watch, and what is in it. Returns its name.
pub(crate) fn print_progress(item: &Result<Progress, WaitError>, told: &mut Told) -> String {
    match item {
        Ok(progress) => {
            told.look(progress);
            match progress {
                Progress::Status(report) => told.look(report),
                Progress::Trouble(error) => told.error(error),
                Progress::Settled(settled) => {
                    told.look(settled);
                    told.say(&settled.outcome.to_string());
                }
                _ => {}
            }
            name_of(progress)
        }
        Err(error) => {
            print_error(error, told);
            "an error".to_owned()
        }
    }
}

fn print_error(error: &WaitError, told: &mut Told) {
    told.error(error);
    told.look(&error.kind());
    told.say(&error.kind().to_string());
    told.look(&error.last_seen());
}

/// Prints what is said of one of many sessions. Returns its name.
pub(crate) fn print_reconciled(reconciled: &Reconciled, told: &mut Told) -> String {
    told.look(reconciled);
    told.look(&reconciled.found);
    match &reconciled.found {
        Found::Settled(settled) => told.look(settled),
        Found::Open(report) => told.look(report),
        Found::Gone(error) | Found::Failed(error) | Found::NotAsked(error) => {
            told.error(error);
        }
        _ => panic!("a standing that is not printed"),
    }
    name_of(&reconciled.found)
}

/// The name of a variant, as `Debug` begins.
pub(crate) fn name_of(value: &impl std::fmt::Debug) -> String {
    let text = format!("{value:?}");
    text.chars().take_while(char::is_ascii_alphabetic).collect()
}

/// Waits in every way, for a session that goes well and for sessions that nothing good is heard of.
pub(crate) async fn in_every_way(told: &mut Told) {
    told.look(&policy());
    let patient = policy().for_at_most(Duration::from_secs(10)).tolerate(20);
    let server = answering(course()).await;
    let mut watch = client(&server).watch(&session(), patient);
    told.look(&watch);
    let mut met = Vec::new();
    while let Some(item) = watch.next().await {
        met.push(print_progress(&item, told));
    }
    for kind in [
        "Status",
        "Step",
        "GuaranteeDecisionNeeded",
        "Trouble",
        "AwaitingPadSignature",
        "Settled",
    ] {
        assert!(met.iter().any(|it| it == kind), "no {kind} in {met:?}");
    }
    let server = answering(course()).await;
    told.look(&client(&server).wait(&session(), patient).await.unwrap());
    let hurried = policy().every(Duration::ZERO);
    let hurried = client(&server).wait(&session(), hurried).await;
    print_error(&hurried.unwrap_err(), told);

    let sessions = [session(), SessionId::new(OTHER).unwrap(), session()];
    let by_turns = ReconcilePolicy::default()
        .at_once(1)
        .spacing(Duration::from_millis(1));
    told.look(&by_turns);
    let mut met = Vec::new();
    for reply in replies().into_iter().chain(course()) {
        let server = answering(vec![reply]).await;
        let client = client(&server);
        match client.wait(&session(), policy()).await {
            Ok(settled) => told.look(&settled),
            Err(error) => print_error(&error, told),
        }
        let mut watch = client.watch(&session(), policy());
        while let Some(item) = watch.next().await {
            print_progress(&item, told);
        }
        let mut reconcile = client.reconcile(sessions, by_turns);
        told.look(&reconcile);
        while let Some(reconciled) = reconcile.next().await {
            met.push(print_reconciled(&reconciled, told));
        }
    }
    for standing in ["Settled", "Open", "Gone", "Failed", "NotAsked"] {
        assert!(met.iter().any(|it| it == standing), "no {standing}");
    }
}
