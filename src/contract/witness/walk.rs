//! Every part of a valid value, changed in every way that a keyword there gives reason for.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use serde_json::Value;

use super::Witness;
use super::example::{Fullness, Maker};
use super::facets::{Branches, Facets};
use super::vary::{Edit, variations};
use crate::contract::{ContractError, Judge, Seat};
use crate::spec::{Document, Node, Pointer};

/// Two lists with more pairs of values are not put together.
const MOST_PAIRS: usize = 200;

/// The deepest part of a value that is changed.
const DEEPEST: usize = 16;

/// Adds the witnesses of one place.
pub(super) fn seat<'d>(
    document: &'d Document,
    judge: &Judge<'d>,
    seat: &Seat,
    index: usize,
    witnesses: &mut Vec<Witness>,
) -> Result<(), ContractError> {
    let mut walk = Walk {
        document,
        index,
        base: Value::Null,
        seen: HashSet::new(),
        choices: Vec::new(),
        witnesses,
    };
    let mut done: Vec<Branches> = Vec::new();
    let mut smallest: Vec<(Branches, Value)> = Vec::new();
    let mut waiting = vec![Branches::new()];
    // Each alternative of each choice is taken once, with the first of every other choice, then those inside it.
    while let Some(branches) = waiting.pop() {
        if done.contains(&branches) {
            continue;
        }
        let maker = Maker {
            document,
            judge,
            direction: seat.direction(),
            branches: &branches,
        };
        walk.choices.clear();
        let full = maker.example(&seat.schema, Fullness::Maximal)?;
        let small = maker.example(&seat.schema, Fullness::Minimal)?;
        let Some(small) = small.or_else(|| full.clone()) else {
            continue;
        };
        for base in [Some(&small), full.as_ref()].into_iter().flatten() {
            walk.base = base.clone();
            walk.push(seat.schema.clone(), Pointer::root(), base.clone());
            walk.part(&maker, &seat.schema, &Pointer::root(), base, &small)?;
        }
        for (choice, count) in std::mem::take(&mut walk.choices) {
            for branch in 0..count {
                let mut other = branches.clone();
                if branch > 0 && !other.contains_key(&choice) {
                    other.insert(choice.clone(), branch);
                    waiting.push(other);
                }
            }
        }
        smallest.push((branches.clone(), small));
        done.push(branches);
    }
    // Two alternatives of a choice in one value.
    for (index, (_, one)) in smallest.iter().enumerate() {
        for (branches, other) in smallest.iter().skip(index + 1) {
            if let Some(choice) = branches.keys().last() {
                let mut both = one.clone();
                merge(&mut both, other);
                walk.push(choice.clone(), Pointer::root(), both);
            }
        }
    }
    Ok(())
}

/// Adds the members of one object to another, and to the objects in it. Where both have one that is none, that of the other
/// counts.
fn merge(value: &mut Value, other: &Value) {
    match (value, other) {
        (Value::Object(members), Value::Object(others)) => {
            for (name, other) in others {
                merge(members.entry(name.clone()).or_insert(Value::Null), other);
            }
        }
        (value, other) => value.clone_from(other),
    }
}

struct Walk<'d, 'w> {
    document: &'d Document,
    index: usize,
    base: Value,
    /// The values there are, by what they hash to.
    seen: HashSet<u64>,
    /// The choices that were met.
    choices: Vec<(Pointer, usize)>,
    witnesses: &'w mut Vec<Witness>,
}

impl Walk<'_, '_> {
    /// Changes one part of the base, and the same part of `lean`: the smallest value that has this part at all, in which no
    /// other part gets in the way.
    fn part(
        &mut self,
        maker: &Maker<'_, '_>,
        schema: &Pointer,
        instance: &Pointer,
        value: &Value,
        lean: &Value,
    ) -> Result<(), ContractError> {
        let facets = Facets::of(self.document, schema, maker.branches)?;
        for choice in &facets.choices {
            if !self.choices.contains(choice) {
                self.choices.push(choice.clone());
            }
        }
        for variation in variations(self.document, &facets, value)? {
            for whole in [lean, &self.base.clone()] {
                if let Some(changed) = changed(whole, instance, &variation.edit) {
                    self.push(variation.about.clone(), instance.clone(), changed);
                }
            }
        }
        if instance.tokens().len() >= DEEPEST {
            return Ok(());
        }
        match value {
            Value::Object(members) => {
                let known = facets.properties();
                self.pairs(maker, &known, instance, lean)?;
                for (name, value) in members {
                    let place = known.iter().find(|(known, _)| known == name);
                    let place = place.map(|(_, at)| at.clone()).or_else(|| facets.further());
                    if let Some(place) = place {
                        let at = instance.join(name);
                        let mut lean = lean.clone();
                        if lean.pointer(&at.to_string()).is_none() {
                            let small = maker.example(&place, Fullness::Minimal)?;
                            let small = small.unwrap_or_else(|| value.clone());
                            let with = Edit::With(name.clone(), small);
                            lean = changed(&lean, instance, &with).unwrap_or(lean);
                        }
                        self.push(place.clone(), at.clone(), lean.clone());
                        self.part(maker, &place, &at, value, &lean)?;
                    }
                }
            }
            Value::Array(items) => {
                if let (Some(place), Some(item)) = (facets.items(), items.first()) {
                    self.part(maker, &place, &instance.join("0"), item, lean)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Lists of values that stand side by side: one may ask for another.
    fn pairs(
        &mut self,
        maker: &Maker<'_, '_>,
        members: &[(&str, Pointer)],
        instance: &Pointer,
        lean: &Value,
    ) -> Result<(), ContractError> {
        let mut lists = Vec::new();
        for (name, at) in members {
            let facets = Facets::of(self.document, at, maker.branches)?;
            let listed = facets.all("enum").filter_map(Node::as_array).flatten();
            let values: Vec<Value> = listed.map(Node::to_json).collect();
            if values.len() > 1
                && let Some(part) = facets.parts.first()
            {
                lists.push((*name, part.at.join("enum"), values));
            }
        }
        for (index, (name, _, values)) in lists.iter().enumerate() {
            for (other, about, others) in lists.iter().skip(index + 1) {
                if values.len() * others.len() > MOST_PAIRS {
                    continue;
                }
                for value in values {
                    let with = Edit::With((*name).to_owned(), value.clone());
                    let Some(first) = changed(lean, instance, &with) else {
                        continue;
                    };
                    for other_value in others {
                        let with = Edit::With((*other).to_owned(), other_value.clone());
                        let both = changed(&first, instance, &with);
                        if let Some(both) = both {
                            self.push(about.clone(), instance.clone(), both);
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn push(&mut self, about: Pointer, instance: Pointer, value: Value) {
        let mut hasher = DefaultHasher::new();
        value.to_string().hash(&mut hasher);
        if self.seen.insert(hasher.finish()) {
            self.witnesses.push(Witness {
                seat: self.index,
                about,
                instance,
                value,
            });
        }
    }
}

/// The value with one part of it changed. Nothing where the part is not there.
fn changed(base: &Value, instance: &Pointer, edit: &Edit) -> Option<Value> {
    let mut changed = base.clone();
    let part = changed.pointer_mut(&instance.to_string())?;
    match edit {
        Edit::Put(value) => part.clone_from(value),
        Edit::Without(name) => {
            part.as_object_mut()?.remove(name)?;
        }
        Edit::With(name, value) => {
            part.as_object_mut()?.insert(name.clone(), value.clone());
        }
    }
    Some(changed)
}

/// Values with two changes: each takes one part from another witness of the same place.
pub(super) fn mixed(made: &[Witness], index: usize, seed: u64, most: usize) -> Vec<Witness> {
    let mut random = fastrand::Rng::with_seed(seed ^ index as u64);
    let mut mixed = Vec::new();
    for _ in 0..most.min(made.len()) {
        let (Some(base), Some(other)) = (random.choice(made), random.choice(made)) else {
            break;
        };
        let at = other.instance.to_string();
        let Some(part) = other
            .value
            .pointer(&at)
            .filter(|_| !other.instance.is_root())
        else {
            continue;
        };
        let mut value = base.value.clone();
        match value.pointer_mut(&at) {
            Some(place) if *place != *part => *place = part.clone(),
            _ => continue,
        }
        mixed.push(Witness {
            seat: index,
            about: other.about.clone(),
            instance: other.instance.clone(),
            value,
        });
    }
    mixed
}
