//! A change of the contract is noticed.

use flinks_pay::contract::Seat;
use flinks_pay::contract::mutation::{self, Fate, Mutant};
use flinks_pay::contract::party::{Facade, Opinion, Party};
use serde_json::Value;

use crate::{CONTRACT, SEED};

/// One in so many, for which there is time in each run. All of them take a release build.
const STEP: usize = 40;

#[test]
fn one_change_of_the_schemas_in_forty_each_of_which_somebody_notices() {
    let mutants = mutation::mutants(&CONTRACT);
    println!("{} changes of the schemas", mutants.len());
    assert!(mutants.len() > 2_000, "{}", mutants.len());
    let some: Vec<Mutant> = mutants.into_iter().step_by(STEP).collect();
    let score = mutation::score(&CONTRACT, some, SEED, Facade::new, |_| {}).unwrap();
    let count = |fate: fn(&Fate) -> bool| score.count(fate);
    println!(
        "{} noticed, {} equivalent, {} of no contract",
        count(|fate| matches!(fate, Fate::Killed(_))),
        count(|fate| *fate == Fate::Equivalent),
        count(|fate| *fate == Fate::Unreadable),
    );
    assert_eq!(score.differing, []);
    let survived: Vec<String> = score.survivors().map(Mutant::to_string).collect();
    assert_eq!(survived, Vec::<String>::new());
}

/// Takes whatever the crate has any opinion of.
struct Credulous(Facade);

impl Party for Credulous {
    fn opinion(&self, seat: &Seat, value: &Value) -> Option<Opinion> {
        self.0.opinion(seat, value).map(|_| Opinion::Takes)
    }
}

/// Whoever takes everything cannot tell one contract from another; a score that does not show it would show nothing.
#[test]
fn whoever_takes_everything_notices_next_to_nothing() {
    let mutants = mutation::mutants(&CONTRACT);
    let some: Vec<Mutant> = mutants.into_iter().step_by(STEP).collect();
    let credulous = || Ok(Credulous(Facade::new()?));
    let score = mutation::score(&CONTRACT, some, SEED, credulous, |_| {}).unwrap();
    let share = score.share().unwrap();
    println!("{:.1} % are noticed", share * 100.0);
    assert!(share < 0.3, "{share}");
    assert!(score.asked > 10_000 && !score.differing.is_empty());
}
