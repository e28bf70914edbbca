//! The suite is run against servers: the simulator, and others.

use std::time::Duration;

use axum::Router;
use axum::routing::any;
use flinks_pay::contract::run::{Run, RunError, RunReport};
use flinks_pay::sandbox::{Fault, FaultRule, Profile, Sandbox};
use flinks_pay::session::Operation;
use flinks_pay::{Credentials, Environment};

use crate::{CONTRACT, checked, snapshots, trace};

fn environment(sandbox: &Sandbox) -> Environment {
    Environment::custom(sandbox.base_url().as_str()).unwrap()
}

fn run(sandbox: &Sandbox) -> Run {
    let (id, secret) = (sandbox.client_id(), sandbox.client_secret());
    Run::new(
        environment(sandbox),
        Credentials::basic(id, secret).unwrap(),
    )
}

#[track_caller]
fn expect_clean(report: &RunReport) {
    let first: Vec<String> = report
        .drift
        .iter()
        .take(20)
        .map(ToString::to_string)
        .collect();
    assert!(
        report.is_clean(),
        "{} departures\n{}",
        report.drift.len(),
        first.join("\n\n")
    );
    assert_eq!((report.left_open, &report.stopped), (0, &None));
}

#[tokio::test]
async fn a_simulator_is_clean() {
    trace::listen();
    let sandbox = checked::with(Sandbox::builder()).await.unwrap();
    let report = run(&sandbox).against(&CONTRACT).await.unwrap();
    println!(
        "{} requests, {} sessions, {} witnesses",
        report.requests, report.sessions, report.witnesses.asked
    );
    expect_clean(&report);
    assert!(report.simulator && report.witnesses.asked > 300);
    assert!(report.witnesses.skipped.is_none());
}

#[tokio::test]
async fn nothing_is_created_where_nothing_may_be() {
    trace::listen();
    let sandbox = checked::with(Sandbox::builder()).await.unwrap();
    let report = run(&sandbox).read_only().against(&CONTRACT).await.unwrap();
    expect_clean(&report);
    assert_eq!((report.sessions, report.simulator), (0, false));
    assert!(sandbox.sessions(None, 1).unwrap().sessions.is_empty());
    assert!(report.witnesses.skipped.is_some());
}

#[tokio::test]
async fn no_more_sessions_are_created_than_may_be_and_all_of_them_are_cancelled() {
    trace::listen();
    let sandbox = checked::with(Sandbox::builder()).await.unwrap();
    for most in [1, 5] {
        sandbox.reset();
        let run = run(&sandbox).max_sessions(most);
        let report = run.against(&CONTRACT).await.unwrap();
        let sessions = sandbox.sessions(None, 1000).unwrap().sessions;
        assert!(sessions.len() <= most, "{most}: {}", sessions.len());
        assert_eq!(sessions.len(), report.sessions);
        assert!(sessions.iter().all(|session| session.over));
    }
}

/// A setting of the simulator that is not the expected one, and what names it.
const FLIPPED: &[(&str, &str)] = &[
    ("credentials=form", "credentials by HTTP Basic are taken"),
    (
        "status-access=anybody",
        "getSessionStatus needs credentials",
    ),
    (
        "cancelled-spelling=Cancelled",
        "the cancelled status is spelled Canceled",
    ),
    ("create-status=200", "a valid create is answered 201"),
    (
        "create-errors=error",
        "what the server says by createSession is as the contract has it",
    ),
    (
        "status-errors=problem",
        "what the server says by getSessionStatus is as the contract has it",
    ),
];

#[tokio::test]
async fn a_setting_that_is_not_expected_is_drift() {
    trace::listen();
    for (setting, named) in FLIPPED {
        let profile: Profile = format!("strict,{setting}").parse().unwrap();
        let sandbox = checked::with(Sandbox::builder().profile(profile))
            .await
            .unwrap();
        let run = run(&sandbox).max_sessions(12);
        let report = run.against(&CONTRACT).await.unwrap();
        let all: Vec<&str> = report.drift.iter().map(|it| it.expected.as_str()).collect();
        assert!(all.contains(named), "{setting}: {all:#?}");
    }
}

#[tokio::test]
async fn a_fault_is_drift_which_says_what_was_sent_what_came_and_what_the_contract_says() {
    trace::listen();
    let sandbox = checked::with(Sandbox::builder()).await.unwrap();
    let odd = Fault::WrongValue {
        pointer: Some("/amount".to_owned()),
        value: "12.50".into(),
    };
    let rule = FaultRule::always(odd).on(Operation::GetSessionStatus);
    sandbox.fault(rule).unwrap();
    let report = run(&sandbox)
        .max_sessions(3)
        .against(&CONTRACT)
        .await
        .unwrap();
    let found = report
        .drift
        .iter()
        .find(|drift| drift.scenario == "exchanges")
        .unwrap();
    assert!(found.constraint.contains("at /amount"), "{found}");
    assert!(found.constraint.contains("type"), "{found}");
    assert!(
        found.says.as_deref().unwrap().contains("ReportedAmount"),
        "{found}"
    );
    assert!(found.sent.starts_with("GET /api/v2/sessions/"), "{found}");
    assert!(found.received.contains("12.50"), "{found}");
    // Nobody can open the hosted page by what is shown.
    for session in sandbox.sessions(None, 1000).unwrap().sessions {
        let id = session.session_id.expose();
        let shown = [report.to_string(), report.to_html(), report.to_junit()].concat();
        assert!(!shown.contains(&id));
        assert!(!report.to_json().to_string().contains(&id));
    }
}

#[tokio::test]
async fn a_run_that_is_interrupted_cancels_what_it_has_created() {
    trace::listen();
    let sandbox = checked::with(Sandbox::builder()).await.unwrap();
    let run = run(&sandbox)
        .max_sessions(25)
        .pace(Duration::from_millis(2));
    let stop = async {
        while sandbox.sessions(None, 10).unwrap().sessions.len() < 3 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    let report = run.against_until(&CONTRACT, stop, |_| {}).await.unwrap();
    assert_eq!(report.stopped.as_deref(), Some("it was interrupted"));
    let sessions = sandbox.sessions(None, 100).unwrap().sessions;
    assert!((3..25).contains(&sessions.len()), "{}", sessions.len());
    assert!(sessions.iter().all(|session| session.over));
    let skipped = report.scenarios.iter().rev();
    let skipped = skipped.filter_map(|outcome| outcome.skipped.as_deref());
    assert!(skipped.take(10).all(|why| why == "it was interrupted"));
}

#[tokio::test]
async fn a_run_ends_when_its_time_is_over() {
    trace::listen();
    let sandbox = checked::with(Sandbox::builder()).await.unwrap();
    let run = run(&sandbox).deadline(Duration::ZERO);
    let report = run.against(&CONTRACT).await.unwrap();
    assert_eq!(report.stopped.as_deref(), Some("the time is over"));
    assert_eq!((report.played(), report.sessions), (0, 0));
}

/// A server that answers everything with this.
async fn answering(
    status: u16,
    headers: [(&'static str, &'static str); 1],
    body: &'static str,
) -> Environment {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let status = axum::http::StatusCode::from_u16(status).unwrap();
    let router = Router::new().fallback(any(move || async move { (status, headers, body) }));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Environment::custom(&base).unwrap()
}

#[tokio::test]
async fn a_server_that_cannot_be_asked_is_an_error_and_no_drift() {
    trace::listen();
    let credentials = || Credentials::basic("shop", "hush-hush").unwrap();
    let html = ("content-type", "text/html");
    let json = ("content-type", "application/json");
    let location = ("location", "http://127.0.0.1:1/");
    let mut said = String::new();
    for (environment, keys) in [
        (
            Environment::custom("http://127.0.0.1:1").unwrap(),
            credentials(),
        ),
        (answering(302, [location], "").await, credentials()),
        (answering(200, [html], "<html></html>").await, credentials()),
        (answering(502, [html], "<html></html>").await, credentials()),
        (
            answering(401, [json], "{\"error\":\"invalid_client\"}").await,
            credentials(),
        ),
        (
            answering(401, [json], "{\"error\":\"unauthorized\"}").await,
            Credentials::api_key("key-1", "shop").unwrap(),
        ),
    ] {
        let error = Run::new(environment, keys)
            .against(&CONTRACT)
            .await
            .unwrap_err();
        assert!(!matches!(error, RunError::Contract(_) | RunError::Setup(_)));
        said.extend([error.to_string(), "\n".to_owned()]);
    }
    snapshots().bind(|| insta::assert_snapshot!("contract_run_errors", said));
}
