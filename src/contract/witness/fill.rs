//! More valid values, and more that are nearly valid, where the boundaries alone give few of them.
//!
//! What lies on boundaries is mostly wrong, and a suite of wrong values would not notice a party that refuses too much.

use std::collections::HashSet;

use serde_json::Value;

use super::Witness;
use crate::contract::{ContractError, Judge, Seat};
use crate::spec::Pointer;

/// Of so many witnesses of one place, at least [`WANTED`] are valid, if there are so many valid values.
const OF: usize = 100;
const WANTED: usize = 34;

/// So often is another value tried, for each that is wanted.
const PATIENCE: usize = 12;

/// Adds to the witnesses of one place, and returns which of all of them are valid.
pub(super) fn fill(
    judge: &Judge<'_>,
    seat: &Seat,
    seed: u64,
    witnesses: &mut Vec<Witness>,
) -> Result<Vec<bool>, ContractError> {
    let validator = judge.validator(&seat.schema, seat.direction())?;
    let accepted = witnesses.iter().map(|one| validator.is_valid(&one.value));
    let mut filling = Filling {
        accepted: accepted.collect(),
        seen: witnesses.iter().map(|one| one.value.to_string()).collect(),
        random: fastrand::Rng::with_seed(seed ^ 0x66_69_6c_6c),
        witnesses,
    };
    let valid = filling.valid();
    let (Some(index), Some(first)) = (filling.witnesses.first().map(|one| one.seat), valid.first())
    else {
        return Ok(filling.accepted);
    };
    if first.value.is_string() {
        // A text is one character from valid, or it is far from it.
        let near = filling.witnesses.len();
        for _ in 0..near * PATIENCE {
            if filling.added(near) {
                break;
            }
            if let Some(text) = filling.edited(&valid, true) {
                let is_valid = validator.is_valid(&text);
                filling.push(index, seat, text, is_valid);
            }
        }
    }
    let mut left = filling.missing() * PATIENCE;
    while filling.missing() > 0 && left > 0 {
        left -= 1;
        let made = if first.value.is_string() {
            filling.edited(&valid, false).map(|text| (text, None))
        } else {
            filling.joined(&valid)
        };
        if let Some((value, other)) = made
            && validator.is_valid(&value)
        {
            match other {
                None => filling.push(index, seat, value, true),
                Some(other) => filling.keep(Witness { value, ..other }, true),
            }
        }
    }
    Ok(filling.accepted)
}

struct Filling<'w> {
    witnesses: &'w mut Vec<Witness>,
    accepted: Vec<bool>,
    seen: HashSet<String>,
    random: fastrand::Rng,
}

impl Filling<'_> {
    fn valid(&self) -> Vec<Witness> {
        let judged = self.witnesses.iter().zip(&self.accepted);
        let valid = judged.filter(|(_, accepted)| **accepted);
        valid.map(|(witness, _)| witness.clone()).collect()
    }

    /// How many valid values there should be besides.
    fn missing(&self) -> usize {
        let valid = self.accepted.iter().filter(|accepted| **accepted).count();
        (self.accepted.len() * WANTED)
            .saturating_sub(valid * OF)
            .div_ceil(OF - WANTED)
    }

    fn added(&self, before: usize) -> bool {
        self.accepted.len() >= 2 * before
    }

    fn push(&mut self, seat: usize, place: &Seat, value: Value, accepted: bool) {
        let witness = Witness {
            seat,
            about: place.schema.clone(),
            instance: Pointer::root(),
            value,
        };
        self.keep(witness, accepted);
    }

    fn keep(&mut self, witness: Witness, accepted: bool) {
        if self.seen.insert(witness.value.to_string()) {
            self.witnesses.push(witness);
            self.accepted.push(accepted);
        }
    }

    /// A valid text in which one character is another one, gone, or too many; of characters that valid texts have, unless
    /// there shall be strays.
    fn edited(&mut self, valid: &[Witness], strays: bool) -> Option<Value> {
        const STRAYS: [char; 8] = [' ', 'g', 'x', '-', '=', '\n', 'é', '０'];
        let from = self.random.choice(valid)?.value.as_str()?;
        let other = self.random.choice(valid)?.value.as_str()?;
        let mut characters: Vec<char> = from.chars().collect();
        let other: Vec<char> = other.chars().collect();
        let at = self.random.usize(..characters.len().max(1));
        let mut put = *self.random.choice(&other)?;
        if strays && self.random.bool() {
            put = *self.random.choice(&STRAYS)?;
        }
        match self.random.u8(..4) {
            0 if strays => {
                (at < characters.len()).then(|| characters.remove(at))?;
            }
            1 if strays => characters.insert(at, put),
            _ => *characters.get_mut(at)? = put,
        }
        Some(Value::String(characters.into_iter().collect()))
    }

    /// A valid value with a part of another valid one, and the witness that the part is of.
    fn joined(&mut self, valid: &[Witness]) -> Option<(Value, Option<Witness>)> {
        let base = self.random.choice(valid)?;
        let other = self.random.choice(valid)?;
        let part = other.value.pointer(&other.instance.to_string())?;
        let mut value = base.value.clone();
        let (name, holder) = (other.instance.tokens().last()?, other.instance.parent()?);
        match value.pointer_mut(&holder.to_string())? {
            Value::Object(members) => members.insert(name.clone(), part.clone()),
            _ => return None,
        };
        Some((value, Some(other.clone())))
    }
}
