//! More valid values, and more that are nearly valid, where the boundaries alone give few of either.
//!
//! What lies on boundaries is mostly wrong, and a suite of wrong values would not notice a party that refuses too much. Where
//! nearly everything is allowed it is the other way round.

use std::collections::HashSet;

use serde_json::Value;

use super::Witness;
use crate::contract::{ContractError, Judge, Seat};
use crate::spec::Pointer;

/// So many in a hundred witnesses of one place are valid, and as many are one edit from valid; if there are so many.
const WANTED: usize = 34;

/// So often is another value tried, for each that is wanted.
const PATIENCE: usize = 40;

/// Adds to the witnesses of one place, and returns which of all of them are valid. The first `walked` of them have one change.
pub(super) fn fill(
    judge: &Judge<'_>,
    seat: &Seat,
    seed: u64,
    walked: usize,
    witnesses: &mut Vec<Witness>,
) -> Result<Vec<bool>, ContractError> {
    let validator = judge.validator(&seat.schema, seat.direction())?;
    let accepted = witnesses.iter().map(|one| validator.is_valid(&one.value));
    let mut accepted: Vec<bool> = accepted.collect();
    let given = |wanted: bool| -> Vec<Witness> {
        let judged = witnesses.iter().zip(&accepted);
        let found = judged.filter(|(_, accepted)| **accepted == wanted);
        found.map(|(witness, _)| witness.clone()).collect()
    };
    let mut filling = Filling {
        valid: given(true),
        refused: given(false),
        random: fastrand::Rng::with_seed(seed ^ seat.to_string().len() as u64),
    };
    let Some(first) = filling.valid.first().cloned() else {
        return Ok(accepted);
    };
    let is_text = first.value.is_string();
    let mut valid = filling.valid.len();
    // A text is one character from valid, or it is far from it.
    let mut near = if is_text {
        0
    } else {
        let walked = accepted.iter().take(walked);
        walked.filter(|accepted| !**accepted).count()
    };
    let mut known: HashSet<String> = witnesses.iter().map(|one| one.value.to_string()).collect();
    for _ in 0..PATIENCE * (witnesses.len() + 1) {
        let few = |count: usize| count * 100 < witnesses.len() * WANTED;
        let wanted = few(valid);
        if !wanted && !few(near) {
            break;
        }
        let made = if is_text {
            filling.edited(!wanted).map(|value| Witness {
                about: seat.schema.clone(),
                instance: Pointer::root(),
                value,
                ..first
            })
        } else {
            filling.joined(wanted)
        };
        let made = made.filter(|made| validator.is_valid(&made.value) == wanted);
        if let Some(made) = made
            && known.insert(made.value.to_string())
        {
            *(if wanted { &mut valid } else { &mut near }) += 1;
            accepted.push(wanted);
            witnesses.push(made);
        }
    }
    Ok(accepted)
}

struct Filling {
    valid: Vec<Witness>,
    refused: Vec<Witness>,
    random: fastrand::Rng,
}

impl Filling {
    /// A valid text in which one character is another one, gone, or too many. Without strays, only characters that valid texts
    /// have, and as many of them.
    fn edited(&mut self, strays: bool) -> Option<Value> {
        const STRAYS: [char; 8] = [' ', 'g', 'x', '-', '=', '\n', 'é', '０'];
        let from = self.random.choice(&self.valid)?.value.as_str()?;
        let other = self.random.choice(&self.valid)?.value.as_str()?;
        let mut characters: Vec<char> = from.chars().collect();
        let other: Vec<char> = other.chars().collect();
        let at = self.random.usize(..characters.len().max(1));
        let mut put = *self.random.choice(&other)?;
        if strays && self.random.bool() {
            put = *self.random.choice(&STRAYS)?;
        }
        match self.random.u8(..4) {
            0 if strays => drop((at < characters.len()).then(|| characters.remove(at))?),
            1 if strays => characters.insert(at, put),
            _ => *characters.get_mut(at)? = put,
        }
        Some(Value::String(characters.into_iter().collect()))
    }

    /// A valid value with a part of another one, which is valid or not.
    fn joined(&mut self, of_valid: bool) -> Option<Witness> {
        let base = self.random.choice(&self.valid)?;
        let others = if of_valid { &self.valid } else { &self.refused };
        let other = self.random.choice(others)?;
        let part = other.value.pointer(&other.instance.to_string())?;
        let (name, holder) = (other.instance.tokens().last()?, other.instance.parent()?);
        let mut value = base.value.clone();
        let members = value.pointer_mut(&holder.to_string())?.as_object_mut()?;
        let before = members.insert(name.clone(), part.clone());
        // More than one edit might lie between two objects.
        (of_valid || !(part.is_object() && before.is_some_and(|before| before.is_object()))).then(
            || Witness {
                value,
                ..other.clone()
            },
        )
    }
}
