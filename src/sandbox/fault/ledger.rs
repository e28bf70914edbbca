//! The rules of a sandbox, how often each has fired, and what the journal says of it.

use std::borrow::Cow;
use std::collections::VecDeque;

use fastrand::Rng;
use serde::{Deserialize, Serialize};

use crate::domain::SessionId;
use crate::session::Operation;

use super::kind::Fault;
use super::rule::{FaultRule, Trigger, Turn};
use crate::sandbox::state::form::{FaultForm, FaultsForm, LeftForm};

/// A rule, and what it has done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct FaultStanding {
    /// Counts from 1, in the order in which rules were added.
    pub id: u64,
    /// The rule, as it was added.
    pub rule: FaultRule,
    /// How many calls it has seen, met or not.
    pub seen: u64,
    /// How many of them met a fault by it.
    pub fired: u64,
    /// Whether it has nothing left to do.
    pub exhausted: bool,
}

/// Every rule, in the order in which they are asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct FaultList {
    /// The rules.
    pub faults: Vec<FaultStanding>,
}

/// The fault that a call has met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct FaultMet {
    /// The id of the rule.
    pub rule: u64,
    /// The [name](Fault::name) of the fault.
    pub name: String,
    /// Whether the call was handed to its operation, which may have refused it all the same.
    pub applied: bool,
    /// Whether it changed what the caller sees. A member that the answer does not have cannot be left out.
    pub effective: bool,
    /// Whether what was sent is [meant to break](Fault::breaks_contract) the contract.
    pub breaks_contract: bool,
}

/// A call's fault, and the id of the rule that has it.
#[derive(Debug, Clone)]
pub(in crate::sandbox) struct Hit {
    pub(in crate::sandbox) rule: u64,
    pub(in crate::sandbox) fault: Fault,
}

impl Hit {
    pub(in crate::sandbox) fn met(
        &self,
        operation: Operation,
        applied: bool,
        effective: bool,
    ) -> FaultMet {
        FaultMet {
            rule: self.rule,
            name: self.fault.name().to_owned(),
            applied,
            effective,
            breaks_contract: effective && self.fault.breaks_contract(operation),
        }
    }
}

/// The rules of a sandbox.
#[derive(Debug)]
pub(in crate::sandbox) struct Faults {
    entries: Vec<Entry>,
    added: u64,
    seed: u64,
    /// Counts what has become of them.
    changes: u64,
}

#[derive(Debug)]
struct Entry {
    id: u64,
    rule: FaultRule,
    seen: u64,
    fired: u64,
    left: Left,
}

/// What a rule has still to do.
#[derive(Debug)]
enum Left {
    Always,
    Next(u64),
    /// A generator of its own, so that calls that other rules look at do not change what this one draws.
    Rate(Rng),
    Script(VecDeque<Turn>),
}

impl Faults {
    /// How many rules there may be at a time.
    pub(in crate::sandbox) const MOST: usize = 1000;

    /// No rules. What is left to chance follows from the seed.
    pub(in crate::sandbox) fn seeded(seed: u64) -> Self {
        Self {
            entries: Vec::new(),
            added: 0,
            seed,
            changes: 0,
        }
    }

    /// A number that is another one after every change.
    pub(in crate::sandbox) fn changes(&self) -> u64 {
        self.changes
    }

    /// What a state file says of them.
    pub(in crate::sandbox) fn kept(&self) -> FaultsForm<'_> {
        FaultsForm {
            added: self.added,
            seed: self.seed,
            rules: self.entries.iter().map(Entry::kept).collect(),
        }
    }

    /// Those of a state file; nothing if a rule of it cannot be one.
    pub(in crate::sandbox) fn resumed(form: FaultsForm<'_>) -> Option<Self> {
        let entries: Option<Vec<Entry>> = form.rules.into_iter().map(Entry::resumed).collect();
        Some(Self {
            entries: entries?,
            added: form.added,
            seed: form.seed,
            changes: 0,
        })
    }

    /// Adds a rule that has been checked, behind the others; nothing if there are too many.
    pub(in crate::sandbox) fn add(&mut self, rule: FaultRule) -> Option<FaultStanding> {
        if self.entries.len() >= Self::MOST {
            return None;
        }
        self.added += 1;
        self.changes += 1;
        let left = match &rule.trigger {
            Trigger::Always(_) => Left::Always,
            Trigger::Next { calls, .. } => Left::Next(*calls),
            Trigger::Rate { .. } => Left::Rate(Rng::with_seed(self.seed.wrapping_add(self.added))),
            Trigger::Script(turns) => Left::Script(turns.iter().cloned().collect()),
        };
        let entry = Entry {
            id: self.added,
            rule,
            seen: 0,
            fired: 0,
            left,
        };
        let standing = entry.standing();
        self.entries.push(entry);
        Some(standing)
    }

    /// Finds out what a call meets.
    pub(in crate::sandbox) fn meet(
        &mut self,
        operation: Operation,
        session: Option<&SessionId>,
    ) -> Option<Hit> {
        let asked = self
            .entries
            .iter_mut()
            .filter(|entry| entry.rule.looks_at(operation, session));
        let changes = &mut self.changes;
        asked.into_iter().find_map(|entry| {
            entry.seen += 1;
            *changes += 1;
            let fault = entry.turn()?;
            entry.fired += 1;
            Some(Hit {
                rule: entry.id,
                fault,
            })
        })
    }

    pub(in crate::sandbox) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(in crate::sandbox) fn list(&self) -> FaultList {
        FaultList {
            faults: self.entries.iter().map(Entry::standing).collect(),
        }
    }

    /// Takes a rule out; nothing if there is none of that id.
    pub(in crate::sandbox) fn remove(&mut self, id: u64) -> Option<FaultStanding> {
        let index = self.entries.iter().position(|entry| entry.id == id)?;
        self.changes += 1;
        Some(self.entries.remove(index).standing())
    }

    /// Takes every rule out. Ids are not given again.
    pub(in crate::sandbox) fn clear(&mut self) -> FaultList {
        let list = self.list();
        self.changes += 1;
        self.entries.clear();
        list
    }
}

impl Entry {
    fn standing(&self) -> FaultStanding {
        FaultStanding {
            id: self.id,
            rule: self.rule.clone(),
            seen: self.seen,
            fired: self.fired,
            exhausted: match &self.left {
                Left::Always | Left::Rate(_) => false,
                Left::Next(calls) => *calls == 0,
                Left::Script(turns) => turns.is_empty(),
            },
        }
    }

    fn kept(&self) -> FaultForm<'_> {
        FaultForm {
            id: self.id,
            rule: Cow::Borrowed(&self.rule),
            seen: self.seen,
            fired: self.fired,
            left: match &self.left {
                Left::Always => LeftForm::Always,
                Left::Next(calls) => LeftForm::Next(*calls),
                Left::Rate(chance) => LeftForm::Rate(chance.get_seed()),
                Left::Script(turns) => LeftForm::Script(turns.len()),
            },
        }
    }

    fn resumed(form: FaultForm<'_>) -> Option<Self> {
        let rule = form.rule.into_owned();
        rule.check().ok()?;
        let left = match (&rule.trigger, form.left) {
            (Trigger::Always(_), LeftForm::Always) => Left::Always,
            (Trigger::Next { .. }, LeftForm::Next(calls)) => Left::Next(calls),
            (Trigger::Rate { .. }, LeftForm::Rate(place)) => Left::Rate(Rng::with_seed(place)),
            // A script is worked off from its beginning, so how much is left says which part.
            (Trigger::Script(turns), LeftForm::Script(left)) => {
                let done = turns.len().checked_sub(left)?;
                Left::Script(turns.iter().skip(done).cloned().collect())
            }
            _ => return None,
        };
        Some(Self {
            id: form.id,
            seen: form.seen,
            fired: form.fired,
            rule,
            left,
        })
    }

    /// What becomes of the next call.
    fn turn(&mut self) -> Option<Fault> {
        match (&self.rule.trigger, &mut self.left) {
            (Trigger::Next { fault, .. }, Left::Next(calls)) => {
                *calls = calls.checked_sub(1)?;
                Some(fault.clone())
            }
            (Trigger::Rate { rate, fault }, Left::Rate(chance)) => {
                (chance.f64() < *rate).then(|| fault.clone())
            }
            (_, Left::Script(turns)) => match turns.pop_front()? {
                Turn::Pass => None,
                Turn::Fault(fault) => Some(fault),
            },
            (Trigger::Always(fault), _) => Some(fault.clone()),
            // What is left was made of the trigger.
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATUS: Operation = Operation::GetSessionStatus;

    fn faults(rules: impl IntoIterator<Item = FaultRule>) -> Faults {
        let mut faults = Faults::seeded(7);
        for rule in rules {
            faults.add(rule).unwrap();
        }
        faults
    }

    fn met(faults: &mut Faults, calls: usize) -> Vec<u64> {
        (0..calls)
            .map(|_| faults.meet(STATUS, None).map_or(0, |hit| hit.rule))
            .collect()
    }

    #[test]
    fn the_first_rule_that_has_a_fault_hides_the_call_from_the_others() {
        let script = [Turn::Pass, Turn::Fault(Fault::status(500)), Turn::Pass];
        let mut faults = faults([
            FaultRule::next(1, Fault::status(503)),
            FaultRule::script(script),
            FaultRule::next(2, Fault::drip()).on(STATUS),
        ]);
        assert_eq!(met(&mut faults, 6), [1, 3, 2, 3, 0, 0]);
        let counts: Vec<_> = faults.list().faults;
        let counts: Vec<_> = counts
            .iter()
            .map(|one| (one.seen, one.fired, one.exhausted))
            .collect();
        assert_eq!(counts, [(6, 1, true), (5, 1, true), (4, 2, true)]);
    }

    #[test]
    fn chance_follows_from_the_seed_and_from_nothing_else() {
        let rules = || {
            let half = FaultRule::rate(0.5, Fault::drip());
            [FaultRule::rate(0.3, Fault::drip()), half]
        };
        let (mut one, mut two) = (faults(rules()), faults(rules()));
        let drawn = met(&mut one, 1000);
        assert_eq!(drawn, met(&mut two, 1000));
        let firsts = drawn.iter().filter(|rule| **rule == 1).count();
        assert!((250..350).contains(&firsts), "{firsts}");
        let mut alone = Faults::seeded(7);
        alone.add(FaultRule::rate(0.3, Fault::drip())).unwrap();
        let firsts: Vec<u64> = drawn.iter().map(|&rule| rule % 2).collect();
        assert_eq!(met(&mut alone, 1000), firsts);
        let mut never = faults([FaultRule::rate(0.0, Fault::drip())]);
        assert_eq!(met(&mut never, 100), [0; 100]);
        let mut ever = faults([FaultRule::rate(1.0, Fault::drip())]);
        assert_eq!(met(&mut ever, 100), [1; 100]);
    }

    #[test]
    fn a_rule_about_one_session_and_one_operation_sees_no_other_call() {
        let id = |text: &str| SessionId::new(text).unwrap();
        let (mine, other) = (
            id("7e1c1a52-9a0d-4bb4-9d5c-0a3c1f9f2b11"),
            id("7e1c1a52-9a0d-4bb4-9d5c-0a3c1f9f2b12"),
        );
        let rule = FaultRule::always(Fault::drip()).on(STATUS).session(mine);
        let mut faults = faults([rule]);
        assert!(faults.meet(STATUS, Some(&other)).is_none());
        assert!(faults.meet(STATUS, None).is_none());
        assert!(faults.meet(Operation::CancelSession, Some(&mine)).is_none());
        assert!(faults.meet(STATUS, Some(&mine)).is_some());
        assert_eq!(faults.list().faults[0].seen, 1);
    }

    #[test]
    fn there_is_an_end_to_how_many_rules_there_are_and_ids_are_not_given_again() {
        let mut faults = faults((0..Faults::MOST).map(|_| FaultRule::always(Fault::drip())));
        assert!(faults.add(FaultRule::always(Fault::drip())).is_none());
        assert_eq!(faults.remove(3).unwrap().id, 3);
        assert!(faults.remove(3).is_none());
        let added = faults.add(FaultRule::always(Fault::drip())).unwrap();
        assert_eq!(added.id, 1001);
        assert_eq!(faults.clear().faults.len(), Faults::MOST);
        assert!(faults.list().faults.is_empty());
    }
}
