//! Where ids, tokens and everything else that is drawn come from.

use std::fmt;

use uuid::Uuid;

/// The sandbox's one generator. With a seed, a run that makes the same calls in the same order draws the same.
pub(super) struct Chance(fastrand::Rng);

impl Chance {
    /// From a seed, or from the system's randomness.
    pub(super) fn new(seed: Option<u64>) -> Self {
        let seed = seed.unwrap_or_else(|| Uuid::new_v4().as_u64_pair().0);
        Self(fastrand::Rng::with_seed(seed))
    }

    /// Where it stands: from there on, [another](Self::at) draws the same.
    pub(super) fn place(&self) -> u64 {
        self.0.get_seed()
    }

    /// One that stands there.
    pub(super) fn at(place: u64) -> Self {
        Self(fastrand::Rng::with_seed(place))
    }

    /// Draws an id.
    pub(super) fn uuid(&mut self) -> Uuid {
        let (high, low) = (self.number(), self.number());
        let bytes = Uuid::from_u64_pair(high, low).into_bytes();
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }

    /// Splits off a generator of its own.
    pub(super) fn split(&mut self) -> Self {
        Self(self.0.fork())
    }

    /// Draws a number, such as the seed of a generator of its own.
    pub(super) fn number(&mut self) -> u64 {
        self.0.u64(..)
    }
}

/// The next token is in it.
impl fmt::Debug for Chance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chance").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn drawn(seed: Option<u64>) -> Vec<Uuid> {
        let mut chance = Chance::new(seed);
        (0..1000).map(|_| chance.uuid()).collect()
    }

    #[test]
    fn a_seed_draws_the_same_again_and_no_seed_does_not() {
        assert_eq!(drawn(Some(7)), drawn(Some(7)));
        assert_ne!(drawn(Some(7)), drawn(Some(8)));
        assert_ne!(drawn(None), drawn(None));
    }

    #[test]
    fn another_goes_on_from_where_one_stands() {
        let mut one = Chance::new(Some(7));
        one.uuid();
        let mut other = Chance::at(one.place());
        assert_eq!(one.uuid(), other.uuid());
        assert_eq!(one.split().uuid(), other.split().uuid());
    }

    #[test]
    fn what_is_drawn_is_a_random_uuid_and_no_other_one() {
        let ids = drawn(Some(1));
        assert!(ids.iter().all(|id| id.get_version_num() == 4));
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    }
}
