//! The tour finds every defect that can be planted in the simulator, and names it by an expectation that fails.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Mutex;

use flinks_pay::contract::tour::Scenario;
use flinks_pay::sandbox::Defect;
use futures_util::future::join_all;

use crate::{checked, snapshots, tour, trace};

/// How many simulators are toured at once: a tour waits now and then.
const AT_ONCE: usize = 4;

/// What found each defect when that was last looked at, which is where it is looked for first.
const LAST: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/snapshots/contract_defects.snap"
);

/// The first scenario in which something fails, and what that is: `first` by itself, or else one of the whole tour.
async fn found(defect: Option<Defect>, first: Option<&str>) -> Option<(&'static str, String)> {
    if let Some(first) = first
        && let Some(found) = found_in(defect, |name| name == first).await
    {
        return Some(found);
    }
    found_in(defect, |_| true).await
}

async fn found_in(
    defect: Option<Defect>,
    wanted: impl Fn(&str) -> bool,
) -> Option<(&'static str, String)> {
    let mut builder = tour::whole();
    if let Some(defect) = defect {
        builder = builder.defect(defect);
    }
    let sandbox = checked::unjudged(builder).await.unwrap();
    let all = Scenario::ALL.iter().map(|it| it.name);
    for name in all.filter(|name| wanted(name)) {
        let tour = tour::of(&sandbox);
        let report = tour.run_only(|it| it.name == name).await.unwrap();
        if let Some((scenario, failure)) = report.failures().next() {
            return Some((
                scenario,
                format!("{} ({})", failure.expected, failure.basis),
            ));
        }
    }
    None
}

/// The scenario of each defect, by its name.
fn last(snapshot: &str) -> BTreeMap<&str, &str> {
    let mut last = BTreeMap::new();
    let mut lines = snapshot.lines();
    while let Some(line) = lines.next() {
        let name = line.split(':').next().unwrap();
        if Defect::named(name).is_some()
            && let Some(scenario) = lines.next()
        {
            last.insert(name, scenario.trim());
        }
    }
    last
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_defect_is_found_by_the_tour() {
    trace::listen();
    assert_eq!(
        found(None, None).await,
        None,
        "nothing is found without a defect"
    );
    // Without it, everywhere is where to look.
    let snapshot = std::fs::read_to_string(LAST).unwrap_or_default();
    let last = last(&snapshot);
    let left = Mutex::new(Defect::ALL.iter().rev().copied().collect::<Vec<_>>());
    let found_by = Mutex::new(BTreeMap::new());
    let work = async || {
        loop {
            let next = left.lock().unwrap().pop();
            let Some(defect) = next else { return };
            let first = last.get(defect.name()).copied();
            let by = found(Some(defect), first).await;
            found_by.lock().unwrap().insert(defect, by);
        }
    };
    join_all((0..AT_ONCE).map(|_| work())).await;
    let found_by = found_by.into_inner().unwrap();
    let mut shown = String::new();
    let mut missed = Vec::new();
    for (defect, by) in &found_by {
        match by {
            Some((scenario, expected)) => {
                let (name, says) = (defect.name(), defect.says());
                let _ = write!(shown, "{name}: {says}\n    {scenario}\n    {expected}\n");
            }
            None => missed.push(defect.name()),
        }
    }
    println!(
        "{} of {} defects are found",
        found_by.len() - missed.len(),
        found_by.len()
    );
    assert_eq!(missed, [""; 0], "defects that the tour misses");
    snapshots().bind(|| insta::assert_snapshot!("contract_defects", shown));
}
