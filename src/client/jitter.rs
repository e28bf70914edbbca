//! Chance, for pauses that must not fall on the same moment everywhere.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// A source of chance that clones of a client share. The same seed gives the same draws in the same order.
pub(crate) struct Jitter(Mutex<fastrand::Rng>);

impl Jitter {
    pub(crate) fn new(seed: Option<u64>) -> Self {
        let rng = seed.map_or_else(fastrand::Rng::new, fastrand::Rng::with_seed);
        Self(Mutex::new(rng))
    }

    /// Draws evenly from nothing to `bound`, both included.
    pub(crate) fn up_to(&self, bound: Duration) -> Duration {
        let nanos = u64::try_from(bound.as_nanos()).unwrap_or(u64::MAX);
        let mut rng = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Duration::from_nanos(rng.u64(..=nanos))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn draws_stay_within_the_bound_and_follow_the_seed(seed: u64, bound: Duration) {
            let (one, other) = (Jitter::new(Some(seed)), Jitter::new(Some(seed)));
            for _ in 0..8 {
                let draw = one.up_to(bound);
                prop_assert!(draw <= bound);
                prop_assert_eq!(draw, other.up_to(bound));
            }
        }
    }

    #[test]
    fn draws_reach_both_halves_and_differ_without_a_seed() {
        let bound = Duration::from_secs(8);
        let jitter = Jitter::new(Some(7));
        let draws: Vec<Duration> = (0..64).map(|_| jitter.up_to(bound)).collect();
        assert!(draws.iter().any(|draw| *draw < bound / 4));
        assert!(draws.iter().any(|draw| *draw > bound * 3 / 4));
        let free = |_| {
            (
                Jitter::new(None).up_to(bound),
                Jitter::new(None).up_to(bound),
            )
        };
        assert!((0..4).map(free).any(|(one, other)| one != other));
    }
}
