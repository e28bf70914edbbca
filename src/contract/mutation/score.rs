//! Which changes of a contract are noticed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::normal::normal;
use super::queue::in_turn;
use super::same::same;
use super::{Known, Mutant};
use crate::contract::party::{Opinion, Party};
use crate::contract::witness::{self, Witness};
use crate::contract::{Agreement, ContractError, Judge, Outline, Rules, Seat, SeatPart, Suite};
use crate::spec::translate::{self, Direction};
use crate::spec::{Document, Node, Pointer, Value};

/// What became of one change.
#[derive(Debug, Clone, PartialEq)]
pub enum Fate {
    /// It is noticed.
    Killed(Killer),
    /// It says the same in other words, as a machine can tell.
    Equivalent,
    /// It leaves no contract: a reader refuses it.
    Unreadable,
    /// Nobody has noticed.
    Survived,
}

/// What a change is noticed by.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Killer {
    /// A party differs from the changed contract about this value, and does not differ from the contract about it.
    Witness {
        /// Where the value travels.
        seat: Seat,
        /// The value.
        value: Json,
        /// Whether the changed contract accepts it.
        accepted: bool,
    },
    /// Something else that is known of the contract.
    Known(Known),
}

/// The changes of a contract, and what became of each.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Score {
    /// In the order of the document.
    pub mutants: Vec<(Mutant, Fate)>,
    /// The witnesses of the contract of which the party has an opinion.
    pub asked: usize,
    /// Where the party differs from the contract as it is. Whoever differs anyway notices no change, so nothing that is said
    /// there kills any.
    pub differing: Vec<Seat>,
}

impl Score {
    /// The number of changes that came out like this.
    #[must_use]
    pub fn count(&self, fate: impl Fn(&Fate) -> bool) -> usize {
        self.mutants.iter().filter(|(_, it)| fate(it)).count()
    }

    /// The changes that nobody has noticed, although they mean something.
    pub fn survivors(&self) -> impl Iterator<Item = &Mutant> {
        let each = self.mutants.iter();
        each.filter_map(|(mutant, fate)| (*fate == Fate::Survived).then_some(mutant))
    }

    /// The share of changes that are noticed, of those that leave a contract and mean something; nothing where there are none.
    #[must_use]
    pub fn share(&self) -> Option<f64> {
        let share = |count: usize| u32::try_from(count).map(f64::from).ok();
        let killed = self.count(|fate| matches!(fate, Fate::Killed(_)));
        let survived = self.count(|fate| *fate == Fate::Survived);
        (killed + survived > 0)
            .then(|| Some(share(killed)? / share(killed + survived)?))
            .flatten()
    }
}

/// The contract as it is: its witnesses, and what the party makes of each.
pub(super) struct Baseline<'d> {
    document: &'d Document,
    witnesses: Vec<Heard<'d>>,
    pub(super) asked: usize,
    /// Where the party agrees with the contract about everything.
    sound: BTreeMap<Place<'d>, &'d Seat>,
    differing: Vec<Seat>,
    seed: u64,
}

/// A witness of which the party has an opinion.
struct Heard<'d> {
    seat: &'d Seat,
    witness: &'d Witness,
    opinion: Opinion,
    before: Agreement,
}

/// What a place is known by, in one contract and a changed one.
type Place<'d> = (&'d str, &'d SeatPart);

fn place(seat: &Seat) -> Place<'_> {
    (&seat.operation, &seat.part)
}

/// Changes a contract at one place after the other, and says which changes are noticed by a party.
///
/// `party` makes the one that is asked, such as [`Facade::new`](crate::contract::party::Facade::new); it is called once for each
/// thread. `told` is called after each change, with how many are done. Nothing is changed where the party has no opinion of
/// anything.
///
/// # Errors
///
/// The contract itself cannot be used, or the party cannot be set up.
pub fn score<P: Party>(
    document: &Document,
    mutants: Vec<Mutant>,
    seed: u64,
    party: impl Fn() -> Result<P, ContractError> + Sync,
    told: impl Fn(usize) + Sync,
) -> Result<Score, ContractError> {
    let suite = Suite::of(document, seed)?;
    let baseline = Baseline::of(document, &suite, &party()?, seed)?;
    if baseline.asked == 0 {
        return Ok(Score::default());
    }
    let fates = in_turn(&mutants, told, |queue| {
        let party = party()?;
        let judge = Judge::new(document);
        Ok(queue.each(|mutant| baseline.fate(mutant, &party, &judge)))
    })?;
    Ok(baseline.scored(mutants, fates))
}

impl<'d> Baseline<'d> {
    pub(super) fn of(
        document: &'d Document,
        suite: &'d Suite<'_>,
        party: &impl Party,
        seed: u64,
    ) -> Result<Self, ContractError> {
        let mut witnesses = Vec::new();
        let mut sound: BTreeMap<_, _> = BTreeMap::new();
        let mut differing: Vec<Seat> = Vec::new();
        for (seat, witness, accepted) in suite.judged() {
            let Some(opinion) = party.opinion(seat, &witness.value) else {
                continue;
            };
            let before = suite.compare(seat, accepted, &opinion)?;
            if before == Agreement::Differs && !differing.contains(seat) {
                differing.push(seat.clone());
            }
            sound.insert(place(seat), seat);
            witnesses.push(Heard {
                seat,
                witness,
                opinion,
                before,
            });
        }
        let asked = witnesses.len();
        sound.retain(|_, seat| !differing.contains(seat));
        witnesses.retain(|known| sound.contains_key(&place(known.seat)));
        Ok(Self {
            document,
            witnesses,
            asked,
            sound,
            differing,
            seed,
        })
    }

    /// The changes, with what became of each.
    pub(super) fn scored(self, mutants: Vec<Mutant>, fates: Vec<Fate>) -> Score {
        Score {
            mutants: mutants.into_iter().zip(fates).collect(),
            asked: self.asked,
            differing: self.differing,
        }
    }

    pub(super) fn fate(&self, mutant: &Mutant, party: &impl Party, judge: &Judge<'_>) -> Fate {
        let Some(changed) = mutant.apply(self.document) else {
            return Fate::Unreadable;
        };
        match self.killer(mutant, &changed, party, judge) {
            Ok(Some(killer)) => Fate::Killed(killer),
            Ok(None) if self.is_equivalent(mutant, &changed) => Fate::Equivalent,
            Ok(None) => Fate::Survived,
            Err(_) => Fate::Unreadable,
        }
    }

    /// What notices it first. `before` judges by the contract as it is.
    fn killer(
        &self,
        mutant: &Mutant,
        changed: &Document,
        party: &impl Party,
        before: &Judge<'_>,
    ) -> Result<Option<Killer>, ContractError> {
        let component = component(&mutant.at);
        let trial = Trial::of(changed, &component)?;
        // Those that are about this very schema first: one of them will do most often.
        for near in [true, false] {
            for known in &self.witnesses {
                if component.is_prefix_of(&known.witness.about) == near
                    && let Some(seat) = trial.seat(known.seat)
                    && let value = &known.witness.value
                    && let Some((accepted, now)) = trial.noticeable(seat, value, &known.opinion)?
                    && is_noticed(&known.before, &now)
                {
                    return Ok(Some(Killer::witness(seat, value, accepted)));
                }
            }
        }
        let rules = Rules::of(self.document);
        for seat in &trial.concerned {
            let Some(place) = self.sound.get(&place(seat)) else {
                continue;
            };
            for witness in witness::of_seat(changed, &trial.judge, seat, self.seed)? {
                let value = &witness.value;
                let Some(opinion) = party.opinion(seat, value) else {
                    continue;
                };
                if let Some((accepted, now)) = trial.noticeable(seat, value, &opinion)? {
                    let accepts = |value: &Json| before.accepts(place, value);
                    let before = rules.compare(accepts(value)?, &opinion, accepts)?;
                    if is_noticed(&before, &now) {
                        return Ok(Some(Killer::witness(seat, value, accepted)));
                    }
                }
            }
        }
        Ok(None)
    }

    /// Whether the schema accepts the same before and after.
    fn is_equivalent(&self, mutant: &Mutant, changed: &Document) -> bool {
        let component = component(&mutant.at);
        let directions = [Direction::Request, Direction::Response];
        directions.into_iter().all(|direction| {
            let form = |document| {
                let schema = translate::schema(document, &component, direction).ok()?;
                Some(normal(schema))
            };
            let forms = form(self.document).zip(form(changed));
            forms.is_some_and(|(before, now)| same(&before, &now))
        })
    }
}

impl Killer {
    fn witness(seat: &Seat, value: &Json, accepted: bool) -> Self {
        Self::Witness {
            seat: seat.clone(),
            value: value.clone(),
            accepted,
        }
    }
}

/// Whether a party that was at one with the contract about a value is not any more; also where the contract now leaves to one of
/// its rules what its schema has said.
fn is_noticed(before: &Agreement, now: &Agreement) -> bool {
    match now {
        Agreement::Differs => *before != Agreement::Differs,
        Agreement::ByRule(_) => *before == Agreement::Agrees,
        Agreement::Agrees | Agreement::Respelled => false,
    }
}

/// A changed contract.
struct Trial<'c> {
    judge: Judge<'c>,
    rules: Rules,
    /// Where values travel that the change has a say in.
    concerned: Vec<Seat>,
}

impl<'c> Trial<'c> {
    fn of(changed: &'c Document, component: &Pointer) -> Result<Self, ContractError> {
        let judge = Judge::new(changed);
        let mut concerned = Vec::new();
        for seat in Outline::of(changed)?.seats() {
            if reach(changed, &seat.schema).contains(component) {
                // A schema that cannot be compiled is no contract's.
                judge.validator(&seat.schema, seat.direction())?;
                concerned.push(seat);
            }
        }
        Ok(Self {
            judge,
            rules: Rules::of(changed),
            concerned,
        })
    }

    /// The same place in the changed contract, if the change has a say in it.
    fn seat(&self, known: &Seat) -> Option<&Seat> {
        let mut concerned = self.concerned.iter();
        concerned.find(|seat| place(seat) == place(known))
    }

    /// Whether the value is accepted, and how that compares with the opinion; nothing where they agree.
    fn noticeable(
        &self,
        seat: &Seat,
        value: &Json,
        opinion: &Opinion,
    ) -> Result<Option<(bool, Agreement)>, ContractError> {
        let accepts = |value: &Json| self.judge.accepts(seat, value);
        let accepted = accepts(value)?;
        let now = self.rules.compare(accepted, opinion, accepts)?;
        Ok((now != Agreement::Agrees).then_some((accepted, now)))
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
