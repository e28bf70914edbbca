//! Many sessions of two clients, in any order of calls, steps, decisions, cancels and moves of the clock, beside a model that
//! is written from the documentation alone. Every answer is the one that the model expects, so no two sessions mix and every
//! refusal is the right one. Now and then the simulator stops and goes on from its state file, of which the model knows nothing.
//!
//! `FLINKS_PAY_MACHINE_CASES` says how many cases are tried. One that fails is kept in `tests/proptest-regressions`.

mod calls;
mod check;
mod course;
mod model;
mod ops;
mod payor;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::time::Instant;

use proptest::test_runner::{
    Config, FileFailurePersistence, RngAlgorithm, TestCaseError, TestRunner,
};

use self::calls::Site;
use self::check::Checked;
use self::ops::{Case, case};

/// So many without the variable.
const CASES: u32 = 400;

/// A fresh simulator after so many cases, so that sessions do not pile up.
const CASES_OF_ONE: usize = 200;

const SEEDS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/proptest-regressions/sandbox_machine.txt"
);

/// What has to happen now and then, or the cases prove nothing.
const EXPECTED: &[&str] = &[
    "authorize 200",
    "authorize 401",
    "cancel 200",
    "cancel 400 ended",
    "cancel 401",
    "cancel 404",
    "confirm 200 accepted",
    "confirm 200 rejected",
    "confirm 400 nothing to decide",
    "confirm 401",
    "confirm 404",
    "create 201 guaranteed",
    "create 201 regular",
    "create 400",
    "create 401 no token",
    "create 401 spent",
    "details 200",
    "details 401",
    "details 403",
    "details 404",
    "restarted",
    "state Canceled EFT0501",
    "state Cancelled EFT0501",
    "state Completed EFT0301",
    "state Completed EFT0302",
    "state Expired EFT0601",
    "state Failed EFT0401",
    "state Failed EFT0402",
    "state Failed EFT0403",
    "state Failed EFT0404",
    "state InProgress -",
    "state Initiated EFT0101",
    "status 200",
    "status 401",
    "status 404",
    "step 200",
    "step 404",
    "step amount_refused",
    "step decision_pending",
    "step payor_left",
    "step session_ended",
    "token expired",
    "undelivered",
    "undelivered, nothing to decide",
];

/// The simulators that a case is tried on, by number.
const KINDS: u8 = 4;

struct Bench {
    sites: BTreeMap<u8, Site>,
    cases: usize,
}

impl Bench {
    /// The simulator of a kind; a fresh one now and then.
    fn site(&mut self, kind: u8) -> &mut Site {
        self.cases += 1;
        if self.cases.is_multiple_of(CASES_OF_ONE) {
            self.sites.clear();
        }
        self.sites.entry(kind).or_insert_with(|| Site::start(kind))
    }
}

fn cases() -> u32 {
    let name = "FLINKS_PAY_MACHINE_CASES";
    std::env::var(name).map_or(CASES, |text| text.parse().expect("a number of cases"))
}

/// How often each of the labels was met.
type Seen = BTreeMap<String, u64>;

/// Tries so many cases.
fn run(cases: u32) -> Seen {
    let config = Config {
        cases,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(SEEDS))),
        // Nothing here has to be unpredictable, and without optimisation this one takes a fifth of the time.
        rng_algorithm: RngAlgorithm::XorShift,
        ..Config::default()
    };
    let bench = RefCell::new(Bench {
        sites: BTreeMap::new(),
        cases: 0,
    });
    let seen: RefCell<Seen> = RefCell::default();
    let run = TestRunner::new(config).run(&case(KINDS), |Case { kind, ops }| {
        let mut bench = bench.borrow_mut();
        let mut checked = Checked::new(bench.site(kind));
        for (number, op) in ops.iter().enumerate() {
            checked
                .apply(op)
                .map_err(|why| TestCaseError::fail(format!("operation {number}: {op:?}: {why}")))?;
        }
        checked.look_at_all().map_err(TestCaseError::fail)?;
        for (label, count) in checked.seen {
            *seen.borrow_mut().entry(label).or_default() += count;
        }
        Ok(())
    });
    if let Err(error) = run {
        panic!("{error}");
    }
    seen.into_inner()
}

#[test]
fn no_order_of_calls_makes_the_simulator_and_the_model_disagree() {
    let began = Instant::now();
    let threads = std::thread::available_parallelism().map_or(1, |it| it.get().min(4));
    let share = cases().div_ceil(u32::try_from(threads).unwrap());
    let mut seen = Seen::new();
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..threads).map(|_| scope.spawn(|| run(share))).collect();
        for run in runs {
            let of_one = run.join().unwrap_or_else(|panic| resume_unwind(panic));
            for (label, count) in of_one {
                *seen.entry(label).or_default() += count;
            }
        }
    });
    for (label, count) in &seen {
        println!("{count:>9}  {label}");
    }
    let seconds = began.elapsed().as_secs_f64();
    println!("{threads} times {share} cases in {seconds:.1} s");
    for label in EXPECTED {
        assert!(seen.contains_key(*label), "it never came to this: {label}");
    }
    let expected = |label: &&String| EXPECTED.contains(&label.as_str());
    let unexpected: Vec<_> = seen.keys().filter(|label| !expected(label)).collect();
    assert!(unexpected.is_empty(), "{unexpected:?}");
}
