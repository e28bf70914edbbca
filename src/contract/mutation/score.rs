//! Which changes of a contract are noticed.

use std::collections::BTreeSet;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde_json::Value as Json;

use super::Mutant;
use super::normal::normal;
use crate::contract::party::{Facade, Opinion};
use crate::contract::witness::{self, Witness};
use crate::contract::{Agreement, ContractError, Judge, Outline, Rules, Seat, Suite};
use crate::spec::translate::{self, Direction};
use crate::spec::{Document, Node, Pointer, Value};

/// What became of one change.
#[derive(Debug, Clone, PartialEq)]
pub enum Fate {
    /// A party differs from the changed contract about this value.
    Killed {
        /// Where the value travels.
        seat: Seat,
        /// The value.
        witness: Json,
        /// Whether the changed contract accepts it.
        accepted: bool,
    },
    /// It says the same in other words, as a machine can tell.
    Equivalent,
    /// It leaves no contract: a reader refuses it.
    Unreadable,
    /// Nobody has noticed.
    Survived,
}

/// The changes of a contract, and what became of each.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Score {
    /// In the order of the document.
    pub mutants: Vec<(Mutant, Fate)>,
}

impl Score {
    /// The number of changes that came out like this.
    #[must_use]
    pub fn count(&self, fate: impl Fn(&Fate) -> bool) -> usize {
        self.mutants.iter().filter(|(_, it)| fate(it)).count()
    }
}

/// The contract as it is: its witnesses, and what this crate makes of each.
struct Baseline<'d> {
    document: &'d Document,
    witnesses: Vec<(&'d Seat, &'d Witness, Option<Opinion>)>,
}

/// Changes a contract at one place after the other, and says which changes are noticed.
///
/// `told` is called after each, with how many are done.
///
/// # Errors
///
/// The contract itself cannot be used, or the facade cannot be set up.
pub fn score(
    document: &Document,
    mutants: Vec<Mutant>,
    seed: u64,
    told: impl Fn(usize) + Sync,
) -> Result<Score, ContractError> {
    let suite = Suite::of(document, seed)?;
    let facade = Facade::new()?;
    let witnesses = suite.judged().map(|(seat, witness, _)| {
        let opinion = facade.opinion(seat, &witness.value);
        (seat, witness, opinion)
    });
    let baseline = Baseline {
        document,
        witnesses: witnesses.collect(),
    };
    let next = AtomicUsize::new(0);
    let workers = thread::available_parallelism().map_or(1, NonZero::get);
    let fates = thread::scope(|scope| {
        let work = || -> Result<Vec<(usize, Fate)>, ContractError> {
            let facade = Facade::new()?;
            let mut fates = Vec::new();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(mutant) = mutants.get(index) else {
                    return Ok(fates);
                };
                fates.push((index, baseline.fate(mutant, &facade, seed)));
                told(index + 1);
            }
        };
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        let mut fates = Vec::new();
        for worker in workers {
            match worker.join() {
                Ok(done) => fates.extend(done?),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        Ok::<_, ContractError>(fates)
    });
    let mut fates = fates?;
    fates.sort_by_key(|(index, _)| *index);
    let fates = fates.into_iter().map(|(_, fate)| fate);
    Ok(Score {
        mutants: mutants.into_iter().zip(fates).collect(),
    })
}

impl Baseline<'_> {
    fn fate(&self, mutant: &Mutant, facade: &Facade, seed: u64) -> Fate {
        let Some(changed) = mutant.apply(self.document) else {
            return Fate::Unreadable;
        };
        match self.noticed(mutant, &changed, facade, seed) {
            Ok(Some(fate)) => fate,
            Ok(None) if self.is_equivalent(mutant, &changed) => Fate::Equivalent,
            Ok(None) => Fate::Survived,
            Err(_) => Fate::Unreadable,
        }
    }

    fn noticed(
        &self,
        mutant: &Mutant,
        changed: &Document,
        facade: &Facade,
        seed: u64,
    ) -> Result<Option<Fate>, ContractError> {
        let judge = Judge::new(changed);
        let rules = Rules::of(changed);
        let component = component(&mutant.at);
        let seats = Outline::of(changed)?.seats();
        let mut concerned = Vec::new();
        for seat in seats {
            if reach(changed, &seat.schema).contains(&component) {
                // A schema that cannot be compiled is no contract's.
                judge.validator(&seat.schema, seat.direction())?;
                concerned.push(seat);
            }
        }
        let differs = |seat: &Seat, value: &Json, opinion: &Opinion| {
            let accepted = judge.accepts(seat, value)?;
            let agreement = rules.compare(accepted, opinion, |value| judge.accepts(seat, value))?;
            let killed = agreement == Agreement::Differs;
            Ok::<_, ContractError>(killed.then(|| Fate::Killed {
                seat: seat.clone(),
                witness: value.clone(),
                accepted,
            }))
        };
        // Those that are about this very schema first: one of them will do most often.
        for near in [true, false] {
            for (seat, witness, opinion) in &self.witnesses {
                let Some(opinion) = opinion
                    .as_ref()
                    .filter(|_| component.is_prefix_of(&witness.about) == near)
                else {
                    continue;
                };
                let place = concerned
                    .iter()
                    .find(|known| (&known.operation, &known.part) == (&seat.operation, &seat.part));
                if let Some(seat) = place
                    && let Some(fate) = differs(seat, &witness.value, opinion)?
                {
                    return Ok(Some(fate));
                }
            }
        }
        for seat in &concerned {
            for witness in witness::of_seat(changed, &judge, seat, seed)? {
                if let Some(opinion) = facade.opinion(seat, &witness.value)
                    && let Some(fate) = differs(seat, &witness.value, &opinion)?
                {
                    return Ok(Some(fate));
                }
            }
        }
        Ok(None)
    }

    /// Whether the schema accepts the same before and after: both have one [normal form](normal).
    fn is_equivalent(&self, mutant: &Mutant, changed: &Document) -> bool {
        let component = component(&mutant.at);
        let directions = [Direction::Request, Direction::Response];
        directions.into_iter().all(|direction| {
            let form = |document| {
                let schema = translate::schema(document, &component, direction).ok()?;
                Some(normal(schema))
            };
            form(self.document).is_some_and(|before| form(changed) == Some(before))
        })
    }
}

/// The component that a place is in.
fn component(at: &Pointer) -> Pointer {
    at.tokens().iter().take(3).cloned().collect()
}

/// Every component that has a say in a value of the schema at `at`.
fn reach(document: &Document, at: &Pointer) -> BTreeSet<Pointer> {
    fn references(node: &Node, found: &mut Vec<Pointer>) {
        match &node.value {
            Value::Object(object) => {
                let target = object.get("$ref").and_then(Node::as_str);
                found.extend(target.and_then(|target| target.parse().ok()));
                object
                    .iter()
                    .for_each(|(_, _, node)| references(node, found));
            }
            Value::Array(items) => items.iter().for_each(|node| references(node, found)),
            _ => {}
        }
    }
    let mut reached = BTreeSet::new();
    let mut waiting = vec![at.clone()];
    while let Some(next) = waiting.pop() {
        if let Some(node) = document.at(&next).filter(|_| !reached.contains(&next)) {
            references(node, &mut waiting);
            reached.insert(next);
        }
    }
    reached
}
