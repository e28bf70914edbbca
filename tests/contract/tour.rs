//! The tour finds the simulator as it is expected to be, whatever it is set up for.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use flinks_pay::Credentials;
use flinks_pay::contract::tour::{Basis, Report, Scenario, Tour};
use flinks_pay::domain::ApiKey;
use flinks_pay::sandbox::{Profile, Sandbox, SandboxBuilder};
use flinks_pay::spec::{Node, Pointer};

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
    assert_eq!(skipped(&report), [""; 0]);
    sandbox.check();
}
