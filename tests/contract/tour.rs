//! The tour finds the simulator as it is expected to be, whatever it is set up for.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use flinks_pay::contract::tour::{Basis, Report, Scenario, Tour, simulators};
use flinks_pay::domain::ApiKey;
use flinks_pay::sandbox::{Profile, Sandbox, SandboxBuilder};
use flinks_pay::spec::{Node, Pointer};
use flinks_pay::{Credentials, Environment};

use crate::{CONTRACT, checked, trace};

/// A simulator with everything that the tour needs.
pub(crate) fn whole() -> SandboxBuilder {
    Sandbox::builder()
        .api_key(ApiKey::new("key-1").unwrap())
        .another_client("shop-2".parse().unwrap(), "hush-2".parse().unwrap())
}

pub(crate) fn of(sandbox: &Sandbox) -> Tour {
    let other = Credentials::basic("shop-2", "hush-2").unwrap();
    Tour::of(sandbox).unwrap().another(other)
}

#[track_caller]
pub(crate) fn expect_clean(report: &Report) {
    let failures: Vec<_> = report.failures().collect();
    let shown = failures
        .iter()
        .take(30)
        .fold(String::new(), |mut text, (scenario, failure)| {
            let _ = writeln!(text, "{scenario}: {failure}");
            text
        });
    assert!(failures.is_empty(), "{} failures\n{shown}", failures.len());
}

/// The scenarios that were skipped.
fn skipped(report: &Report) -> Vec<&'static str> {
    let each = report.scenarios.iter();
    each.filter(|outcome| outcome.skipped.is_some())
        .map(|outcome| outcome.name)
        .collect()
}

#[tokio::test]
async fn the_simulator_is_as_it_is_expected_to_be() {
    trace::listen();
    let sandbox = checked::with(whole()).await.unwrap();
    let report = of(&sandbox).run().await.unwrap();
    println!(
        "{} expectations held, {} exchanges",
        report.held(),
        report.exchanges.len()
    );
    expect_clean(&report);
    let otherwise = [
        "regular EFT has to be enabled",
        "a guaranteed session needs a payee or a settlement account",
    ];
    assert_eq!(skipped(&report), otherwise);
    sandbox.check();
}

#[tokio::test]
async fn a_simulator_of_any_profile_is_as_that_profile_has_it() {
    trace::listen();
    let report = simulators().await.unwrap();
    println!(
        "{} expectations held, {} exchanges",
        report.held(),
        report.exchanges.len()
    );
    expect_clean(&report);
    // Whatever is skipped somewhere is played elsewhere.
    let played: BTreeSet<&str> = report
        .scenarios
        .iter()
        .filter(|outcome| outcome.skipped.is_none() && outcome.held > 0)
        .map(|outcome| outcome.name)
        .collect();
    let all: BTreeSet<&str> = Scenario::ALL.iter().map(|it| it.name).collect();
    assert_eq!(played, all);
}

/// A setting of the simulator that is not the expected one, and the scenario and the expectation that name it.
const FLIPPED: &[(&str, &str, &str)] = &[
    (
        "token-lifetime=599",
        "a token is given for credentials",
        "a token lives 299 seconds",
    ),
    (
        "token-use=reusable",
        "a token creates as often as the profile says",
        "a token creates one session",
    ),
    (
        "credentials=basic",
        "a token is given for credentials",
        "credentials in the form are taken",
    ),
    (
        "credentials=form",
        "a token is given for credentials",
        "credentials by HTTP Basic are taken",
    ),
    (
        "credentials=api-key",
        "a token is given for credentials",
        "credentials by HTTP Basic are taken",
    ),
    (
        "status-access=anybody",
        "nobody reads without credentials",
        "getSessionStatus needs credentials",
    ),
    (
        "cancelled-spelling=Cancelled",
        "a session is cancelled",
        "the cancelled status is spelled Canceled",
    ),
    (
        "account-number=masked",
        "a regular session goes through its screens",
        "the number of the account is whole",
    ),
    (
        "account-number=full",
        "a regular session goes through its screens",
        "the number of the account is masked",
    ),
    (
        "account-before-login=absent",
        "a regular session is created with what is needed",
        "there is no account before the login",
    ),
    (
        "account-before-login=empty",
        "a regular session is created with what is needed",
        "there is no account before the login",
    ),
    (
        "create-status=200",
        "a guaranteed session is created with what is needed",
        "a valid create is answered 201",
    ),
    (
        "cancel-details=absent",
        "a session is cancelled",
        "a cancel has the code EFT0501",
    ),
    (
        "authorize-errors=problem",
        "no token is given for other credentials",
        "401 of authorize is an error with its code",
    ),
    (
        "create-errors=error",
        "a create with a malformed body is refused",
        "400 of createSession is problem details of that status",
    ),
    (
        "status-errors=problem",
        "there is no unknown session",
        "404 of getSessionStatus is an error with its code",
    ),
    (
        "details-errors=problem",
        "there is no unknown session",
        "404 of getSessionDetails is an error with its code",
    ),
    (
        "details-errors=error",
        "there is no unknown session",
        "400 of getSessionDetails is problem details of that status",
    ),
    (
        "cancel-errors=problem",
        "there is no unknown session",
        "404 of cancelSession is an error with its code",
    ),
    (
        "confirm-errors=problem",
        "there is no unknown session",
        "404 of confirmGuarantee is an error with its code",
    ),
    (
        "confirm-errors=error",
        "a decision that is malformed is refused",
        "400 of confirmGuarantee is problem details of that status",
    ),
    (
        "completed-webhook=scheduled",
        "each outcome is told once",
        "each outcome is told once and in order: EFT0302, EFT0301",
    ),
];

#[tokio::test]
async fn a_setting_of_another_profile_is_named_by_the_expectation_that_it_breaks() {
    trace::listen();
    for (setting, scenario, expected) in FLIPPED {
        let profile: Profile = format!("strict,{setting}").parse().unwrap();
        let sandbox = checked::with(whole().profile(profile)).await.unwrap();
        let basic = Credentials::basic(sandbox.client_id(), sandbox.client_secret()).unwrap();
        let environment = Environment::custom(sandbox.base_url().as_str()).unwrap();
        let tour = Tour::new(environment, basic).controlled();
        let report = tour.run_only(|it| it.name == *scenario).await.unwrap();
        let all: BTreeSet<&str> = report
            .failures()
            .map(|(_, failure)| failure.expected.as_str())
            .collect();
        assert!(all.contains(expected), "{setting}: {all:#?}");
    }
}

#[test]
fn each_value_of_a_profile_that_is_not_the_default_is_flipped() {
    let strict = Profile::STRICT;
    let missing: Vec<String> = Profile::QUESTIONS
        .iter()
        .flat_map(|question| {
            let default = question.value(&strict);
            let values = question.values.iter().filter(move |it| **it != default);
            values.map(|value| format!("{}={value}", question.name))
        })
        .filter(|setting| !FLIPPED.iter().any(|(known, ..)| known == setting))
        .collect();
    // These are the shapes that the pages have anyway.
    let same = [
        "authorize-errors=error",
        "create-errors=problem",
        "status-errors=error",
        "cancel-errors=error",
    ];
    assert_eq!(missing, same);
}

#[tokio::test]
async fn a_stranger_is_not_controlled_and_is_left_as_it_was_found() {
    trace::listen();
    let sandbox = checked::with(whole()).await.unwrap();
    let credentials = Credentials::basic(sandbox.client_id(), sandbox.client_secret()).unwrap();
    let environment = Environment::custom(sandbox.base_url().as_str()).unwrap();
    let tour = Tour::new(environment, credentials);
    let report = tour.clone().run().await.unwrap();
    expect_clean(&report);
    let sessions = sandbox.sessions(None, 1000).unwrap().sessions;
    assert!(
        (1..=Tour::SESSIONS).contains(&sessions.len()),
        "{}",
        sessions.len()
    );
    assert!(sessions.iter().all(|session| session.over));
    for outcome in report.scenarios.iter().filter(|it| it.skipped.is_some()) {
        println!("{}: {}", outcome.name, outcome.skipped.as_deref().unwrap());
        assert_eq!(outcome.held, 0);
    }

    sandbox.reset();
    let report = tour.read_only().run().await.unwrap();
    expect_clean(&report);
    assert!(report.held() > 100);
    assert!(sandbox.sessions(None, 1).unwrap().sessions.is_empty());
}

#[tokio::test]
async fn a_server_that_is_not_there_fails_every_scenario_and_stops_nobody() {
    let nobody = Environment::custom("http://127.0.0.1:1").unwrap();
    let credentials = Credentials::basic("shop", "hush-hush").unwrap();
    let report = Tour::new(nobody, credentials).run().await.unwrap();
    for outcome in &report.scenarios {
        let failed = outcome.skipped.is_some() || outcome.failures.len() == 1;
        assert!(failed, "{}", outcome.name);
    }
    assert!(!report.is_clean() && report.exchanges.is_empty());
}

#[tokio::test]
async fn what_expectations_are_said_to_be_from_is_there() {
    let sandbox = checked::with(whole()).await.unwrap();
    let report = of(&sandbox).run().await.unwrap();
    let deviations = include_str!("../../openapi/deviations.toml");
    let rules = CONTRACT.at(&Pointer::root().join("x-rules")).unwrap();
    let rules: BTreeSet<&str> = rules
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|rule| rule.get("id").and_then(Node::as_str))
        .collect();
    for basis in report.bases() {
        match basis {
            Basis::Contract(at) => {
                let pointer: Pointer = at.trim_start_matches('#').parse().unwrap();
                assert!(CONTRACT.at(&pointer).is_some(), "{at}");
            }
            Basis::Rule(id) => assert!(rules.contains(id), "{id}"),
            Basis::Deviation(id) => {
                assert!(deviations.contains(&format!("id = \"{id}\"\n")), "{id}");
            }
            Basis::Simulator | Basis::Http => {}
        }
    }
}
