//! Every single change of the contract is noticed.

use flinks_pay::contract::mutation::{self, Fate};

use crate::{CONTRACT, SEED};

#[test]
fn survey() {
    let mutants: Vec<_> = mutation::mutants(&CONTRACT)
        .into_iter()
        .skip(std::env::var("SKIP").map_or(0, |t| t.parse().unwrap()))
        .step_by(std::env::var("STEP").map_or(1, |t| t.parse().unwrap()))
        .collect();
    println!("{} mutants", mutants.len());
    let start = std::time::Instant::now();
    let score = mutation::score(&CONTRACT, mutants, SEED, |_| {}).unwrap();
    println!(
        "in {:?}: killed {} equivalent {} unreadable {} survived {}",
        start.elapsed(),
        score.count(|f| matches!(f, Fate::Killed { .. })),
        score.count(|f| *f == Fate::Equivalent),
        score.count(|f| *f == Fate::Unreadable),
        score.count(|f| *f == Fate::Survived)
    );
    for (mutant, fate) in &score.mutants {
        if matches!(fate, Fate::Survived | Fate::Unreadable) {
            println!("{fate:?} {mutant}");
        }
    }
}
