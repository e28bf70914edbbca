//! How often to look, for how long, and what counts as an end.

use std::time::Duration;

use super::error::{WaitError, WaitErrorKind};
use crate::client::Environment;
use crate::domain::Amount;

/// How to wait for one session.
///
/// ```
/// use std::time::Duration;
/// use flinks_pay::WaitPolicy;
///
/// let policy = WaitPolicy::default()
///     .every(Duration::from_secs(15))
///     .for_at_most(Duration::from_secs(20 * 60));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct WaitPolicy {
    pub(super) every: Duration,
    pub(super) limit: Duration,
    pub(super) tolerated: Option<u32>,
    pub(super) until_signed: bool,
    /// Nothing where it is left to whether changes are told.
    pub(super) details: Option<bool>,
    pub(super) requested: Option<Amount>,
}

impl Default for WaitPolicy {
    /// Every 30 seconds for ten minutes, through every trouble that may pass, until the payor has signed.
    fn default() -> Self {
        Self {
            every: Self::PACE,
            limit: Self::LIMIT,
            tolerated: None,
            until_signed: true,
            details: None,
            requested: None,
        }
    }
}

impl WaitPolicy {
    /// The pace that Flinks recommends, and the default: 30 seconds (S0).
    pub const PACE: Duration = Duration::from_secs(30);

    /// The shortest pause between two looks that Flinks allows: 10 seconds (S0).
    pub const FLOOR: Duration = Duration::from_secs(10);

    /// The shortest pause where the base URL is a loopback address: a millisecond.
    pub const LOOPBACK_FLOOR: Duration = Duration::from_millis(1);

    /// How long to wait by default: ten minutes, the 20 looks of Flinks' own samples (S0).
    pub const LIMIT: Duration = Duration::from_secs(10 * 60);

    /// Sets the pause between the end of one look and the beginning of the next. Up to a tenth of it is added by chance, so
    /// that waits that began together do not stay together. A longer `Retry-After` of a failed look takes its place.
    ///
    /// A pause under [`FLOOR`](Self::FLOOR) is refused when the wait begins, unless the client talks to a loopback address;
    /// there the floor is [`LOOPBACK_FLOOR`](Self::LOOPBACK_FLOOR).
    pub fn every(mut self, pause: Duration) -> Self {
        self.every = pause;
        self
    }

    /// Sets when to give up, counted from when the wait begins. It is exact: a read under way is given up, and no other
    /// begins. Only an end that was read in time is returned later, where the guard of debts takes its time over it: as long
    /// as one request may take at most.
    pub fn for_at_most(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Sets how many looks in a row may fail by something that may pass; the one after them ends the wait. 0 ends it with the
    /// first. By default only the deadline does.
    pub fn tolerate(mut self, looks: u32) -> Self {
        self.tolerated = Some(looks);
        self
    }

    /// Sets whether to wait for the payor's signature; true by default. With false, `Completed` with EFT0302 ends the wait,
    /// settled as [`AwaitingPadSignature`](crate::Outcome::AwaitingPadSignature). It is told on the way in either case.
    pub fn until_signed(mut self, yes: bool) -> Self {
        self.until_signed = yes;
        self
    }

    /// Sets whether to read the details, too, at each look at a session that has not ended. Only they have the payor's step
    /// and a guarantee that waits for a decision. It doubles the number of requests, and each answer holds personal data.
    /// By default [`watch`](crate::Client::watch) does, which tells of both, and [`wait`](crate::Client::wait) does not.
    pub fn watch_details(mut self, yes: bool) -> Self {
        self.details = Some(yes);
        self
    }

    /// Says what was asked for when the session was created, for [`Settled::amount_changed`](super::Settled::amount_changed).
    pub fn requested(mut self, amount: Amount) -> Self {
        self.requested = Some(amount);
        self
    }

    /// Refuses a pace that is faster than what may be asked of the host.
    pub(super) fn check(&self, environment: &Environment) -> Result<(), WaitError> {
        let floor = if environment.is_loopback() {
            Self::LOOPBACK_FLOOR
        } else {
            Self::FLOOR
        };
        if self.every < floor {
            let every = self.every;
            return Err(WaitError::new(WaitErrorKind::TooFast { every, floor }));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    #[allow(clippy::unchecked_time_subtraction, reason = "of constants")]
    fn the_pace_has_a_floor_that_only_this_machine_is_exempt_from() {
        let (second, nano) = (Duration::from_secs(1), Duration::from_nanos(1));
        for (base, every, allowed) in [
            ("https://pay.example", 10 * second, true),
            ("https://pay.example", 10 * second - nano, false),
            ("https://pay.example", Duration::ZERO, false),
            ("https://127.0.0.1.example", second, false),
            ("http://127.0.0.1:4010", 10 * second - nano, true),
            ("http://[::1]:4010", Duration::from_millis(1), true),
            ("http://localhost", Duration::from_millis(1) - nano, false),
            ("http://localhost", Duration::ZERO, false),
        ] {
            let environment = Environment::custom(base).unwrap();
            let checked = WaitPolicy::default().every(every).check(&environment);
            assert_eq!(checked.is_ok(), allowed, "{base} {every:?}");
            let Err(error) = checked else { continue };
            let floor = if environment.is_loopback() {
                WaitPolicy::LOOPBACK_FLOOR
            } else {
                WaitPolicy::FLOOR
            };
            assert_eq!(error.kind(), WaitErrorKind::TooFast { every, floor });
        }
        for environment in [Environment::production(), Environment::sandbox()] {
            assert!(WaitPolicy::default().check(&environment).is_ok());
        }
    }
}
