//! Every change of a contract, and everything that may notice one.

use super::queue::in_turn;
use super::score::Baseline;
use super::{Fate, Killer, Mutant, Recorded, Score, mutants, surface};
use crate::contract::party::Facade;
use crate::contract::{ContractError, Exchange, Judge, Suite, Waivers};
use crate::spec::{Document, Pointer};

/// Returns every single change of a contract: those of its schemas, and then the others.
///
/// # Errors
///
/// The document is not OpenAPI 3.0, or a reference in it cannot be followed.
pub fn every(document: &Document) -> Result<Vec<Mutant>, ContractError> {
    let mut every = mutants(document);
    every.extend(surface(document)?);
    Ok(every)
}

/// Changes a contract at one place after the other, and says which changes are noticed by this crate or by recorded exchanges.
///
/// A change of a schema is noticed by a value, as [`score`](super::score) has it. What no value notices, and every change outside
/// the schemas, is asked of the exchanges. `told` is called after each change, with how many are done. Nothing is changed where
/// this crate has no opinion of anything.
///
/// # Errors
///
/// The contract itself cannot be used, or the client that reads answers cannot be set up.
pub fn score_with(
    document: &Document,
    mutants: Vec<Mutant>,
    seed: u64,
    exchanges: &[Exchange],
    waivers: &Waivers,
    told: impl Fn(usize) + Sync,
) -> Result<Score, ContractError> {
    let suite = Suite::of(document, seed)?;
    let baseline = Baseline::of(document, &suite, &Facade::new()?, seed)?;
    if baseline.asked == 0 {
        return Ok(Score::default());
    }
    let schemas = Pointer::root().join("components").join("schemas");
    let fates = in_turn(&mutants, told, |queue| {
        // A facade answers one question at a time.
        let facade = Facade::new()?;
        let judge = Judge::new(document);
        let recorded = Recorded::of(document, &suite, &facade, exchanges, waivers)?;
        Ok(queue.each(|mutant| {
            if schemas.is_prefix_of(&mutant.at) {
                let fate = baseline.fate(mutant, &facade, &judge);
                if fate != Fate::Survived {
                    return fate;
                }
            }
            by_record(&recorded, document, mutant)
        }))
    })?;
    Ok(baseline.scored(mutants, fates))
}

/// What becomes of a change as far as is recorded.
fn by_record(recorded: &Recorded<'_>, document: &Document, mutant: &Mutant) -> Fate {
    let Some(changed) = mutant.apply(document) else {
        return Fate::Unreadable;
    };
    match recorded.notices(mutant, &changed) {
        Ok(Some(known)) => Fate::Killed(Killer::Known(known)),
        Ok(None) if recorded.is_equivalent(mutant, &changed) => Fate::Equivalent,
        Ok(None) => Fate::Survived,
        Err(_) => Fate::Unreadable,
    }
}
