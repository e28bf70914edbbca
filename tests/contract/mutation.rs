//! A change of the contract is noticed.

use flinks_pay::contract::Seat;
use flinks_pay::contract::mutation::{self, Fate, Mutant};
use flinks_pay::contract::party::{Facade, Opinion, Party};
use serde_json::Value;

use crate::{CONTRACT, SEED};

/// One in so many, for which there is time in each run. All of them take a release build.
const STEP: usize = 40;

/// Whether a change takes away what says that a member must be there: one name, or the whole list.
fn is_of_required(mutant: &Mutant) -> bool {
    let tokens = mutant.at.tokens();
    let list = tokens.iter().rposition(|token| token == "required");
    mutant.kind == "drop" && list.is_some_and(|at| tokens.len() - at <= 2)
}

#[test]
fn one_change_of_the_schemas_in_forty_and_each_required_member_that_need_not_be_is_noticed() {
    let mutants = mutation::mutants(&CONTRACT);
    println!("{} changes of the schemas", mutants.len());
    assert!(mutants.len() > 2_000, "{}", mutants.len());
    let numbered = mutants.into_iter().enumerate();
    let some: Vec<Mutant> = numbered
        .filter(|(number, mutant)| number % STEP == 0 || is_of_required(mutant))
        .map(|(_, mutant)| mutant)
        .collect();
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
    // Nothing but noticed is good enough for these: each list, and each name in one of several.
    let required = score.mutants.iter().filter(|(it, _)| is_of_required(it));
    let (noticed, not): (Vec<_>, Vec<_>) =
        required.partition(|(_, fate)| matches!(fate, Fate::Killed { .. }));
    println!("{} of them need not be there any more", noticed.len());
    assert!(not.is_empty(), "{not:?}");
    assert_eq!(noticed.len(), lists_and_names());
}

/// How many lists of required members the schemas have, and names in lists of several.
fn lists_and_names() -> usize {
    fn count(schema: &serde_json::Value) -> usize {
        let own = schema["required"]
            .as_array()
            .map_or(0, |names| match names.len() {
                1 => 1,
                several => several + 1,
            });
        let inner = schema["properties"].as_object().into_iter().flatten();
        own + inner.map(|(_, schema)| count(schema)).sum::<usize>()
    }
    let contract = CONTRACT.to_json();
    let schemas = contract["components"]["schemas"].as_object().unwrap();
    schemas.values().map(count).sum()
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
