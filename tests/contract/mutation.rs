//! A change of the contract is noticed.

use flinks_pay::contract::mutation::{self, Fate, Mutant};

use crate::{CONTRACT, SEED};

/// One in so many, for which there is time in each run. All of them take a release build.
const STEP: usize = 40;

#[test]
fn one_change_of_the_schemas_in_forty_each_of_which_somebody_notices() {
    let mutants = mutation::mutants(&CONTRACT);
    println!("{} changes of the schemas", mutants.len());
    assert!(mutants.len() > 2_000, "{}", mutants.len());
    let some: Vec<Mutant> = mutants.into_iter().step_by(STEP).collect();
    let score = mutation::score(&CONTRACT, some, SEED, |_| {}).unwrap();
    let count = |fate: fn(&Fate) -> bool| score.count(fate);
    println!(
        "{} noticed, {} equivalent, {} of no contract",
        count(|fate| matches!(fate, Fate::Killed { .. })),
        count(|fate| *fate == Fate::Equivalent),
        count(|fate| *fate == Fate::Unreadable),
    );
    let survived: Vec<String> = score
        .mutants
        .iter()
        .filter(|(_, fate)| *fate == Fate::Survived)
        .map(|(mutant, _)| mutant.to_string())
        .collect();
    assert_eq!(survived, Vec::<String>::new());
}
