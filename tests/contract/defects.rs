//! The tour finds every defect that can be planted in the simulator, and names it by an expectation that fails.

use std::sync::Mutex;
use std::time::Instant;

use flinks_pay::contract::tour::Scenario;
use flinks_pay::sandbox::{Defect, DefectPart};
use futures_util::future::join_all;

use crate::{tour, trace};

/// How many simulators are toured at once: the tour waits now and then.
const AT_ONCE: usize = 4;

/// The scenarios that are likely to find a defect of a part, by the words that their names have. They are played first.
fn likely(part: DefectPart) -> &'static [&'static str] {
    match part {
        DefectPart::Admission => &[
            "breaks a rule",
            "bound of a rule",
            "malformed",
            "API does not",
        ],
        DefectPart::Tokens => &["token", "credentials", "another's", "key"],
        DefectPart::Course => &[
            "goes", "types", "fails", "leaves", "lower", "decided", "ended",
        ],
        DefectPart::Store => &["everything", "mix", "another's", "cancelled"],
        DefectPart::Answers => &["is created", "unknown", "goes", "decided"],
        DefectPart::Webhooks => &["told", "webhook"],
        DefectPart::Control => &["expires", "left behind", "leaves a session"],
    }
}

/// The first scenario in which something fails, and what that is.
async fn found(defect: Option<Defect>) -> Option<String> {
    // The simulator's own judge stays out of it.
    let mut builder = tour::whole().self_check(false);
    if let Some(defect) = defect {
        builder = builder.defect(defect);
    }
    let sandbox = builder.start().await.unwrap();
    let likely = defect.map_or(&[][..], |defect| likely(defect.part()));
    let mut order: Vec<_> = Scenario::ALL.iter().map(|scenario| scenario.name).collect();
    order.sort_by_key(|name| !likely.iter().any(|word| name.contains(word)));
    for wanted in order {
        let began = Instant::now();
        let tour = tour::of(&sandbox);
        let report = tour.run_only(|it| it.name == wanted).await.unwrap();
        if std::env::var_os("TIMES").is_some() {
            println!(
                "{:?} {wanted}: {:?}",
                defect.map(Defect::name),
                began.elapsed()
            );
        }
        let first = report.failures().next();
        if let Some((scenario, failure)) = first {
            return Some(format!("{scenario}: {failure}"));
        }
    }
    None
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_defect_is_found_by_the_tour() {
    trace::listen();
    assert_eq!(found(None).await, None, "nothing is wrong without a defect");
    let left = Mutex::new(Defect::ALL.iter().rev().copied().collect::<Vec<_>>());
    let missed = Mutex::new(Vec::new());
    let work = async || {
        loop {
            let next = left.lock().unwrap().pop();
            let Some(defect) = next else { return };
            match found(Some(defect)).await {
                Some(by) => println!("{} is found: {by}", defect.name()),
                None => {
                    println!("{} is MISSED", defect.name());
                    missed.lock().unwrap().push(defect.name());
                }
            }
        }
    };
    join_all((0..AT_ONCE).map(|_| work())).await;
    let missed = missed.into_inner().unwrap();
    assert_eq!(missed, [""; 0], "defects that the tour misses");
}
