//! What a session's reference id makes the sandbox do.

use crate::domain::{Amount, Language};
use crate::session::Limits;

/// A scripted course of a session, selected by its `referenceId` (GTST).
///
/// The names are exact, letter case included. Any other reference, or none, plays [`Happy1`](Self::Happy1). A scenario about
/// the guarantee changes nothing in a regular EFT, which has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Scenario {
    /// The whole amount is guaranteed. The payor types 100.00 where no amount is preset.
    Happy1,
    /// The guarantee covers half of the amount, which the payor accepts: the final amount is that half, cents rounded
    /// down. The payor types 1,000.00 where no amount is preset, so 500.00 is offered. The offer must lie inside the
    /// session's limits; outside them there is none, and the session fails with EFT0402 (CL-2026-01).
    Happy2,
    /// As `Happy1`, in French unless the request names a language. The payor types 250.00 where no amount is preset.
    Happy3,
    /// No guarantee: the session fails with EFT0402. The payor types 100.00 where no amount is preset.
    Unhappy1,
}

/// What the guarantee would cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cover {
    Whole,
    Lower(Amount),
    Nothing,
}

impl Scenario {
    /// Every scenario.
    pub const ALL: &'static [Self] = &[Self::Happy1, Self::Happy2, Self::Happy3, Self::Unhappy1];

    /// Returns the reference id that selects the scenario.
    #[must_use]
    pub const fn reference_id(self) -> &'static str {
        match self {
            Self::Happy1 => "Happy1",
            Self::Happy2 => "Happy2",
            Self::Happy3 => "Happy3",
            Self::Unhappy1 => "Unhappy1",
        }
    }

    /// Returns the scenario that a reference id selects.
    #[must_use]
    pub fn of(reference_id: Option<&str>) -> Self {
        let named = |scenario: &&Self| Some(scenario.reference_id()) == reference_id;
        Self::ALL
            .iter()
            .find(named)
            .copied()
            .unwrap_or(Self::Happy1)
    }

    /// The language of a session whose request names none.
    pub(super) fn language(self) -> Language {
        match self {
            Self::Happy3 => Language::Fr,
            Self::Happy1 | Self::Happy2 | Self::Unhappy1 => Language::En,
        }
    }

    /// The amount that the payor types, brought inside the limits, as the amount screen asks for.
    pub(super) fn typed(self, limits: Option<&Limits>) -> Amount {
        let cents = match self {
            Self::Happy1 | Self::Unhappy1 => 10_000,
            Self::Happy2 => 100_000,
            Self::Happy3 => 25_000,
        };
        // All of them are amounts, so the fallback is never taken.
        let amount = Amount::from_cents(cents).unwrap_or(Amount::MIN);
        let raised = limits
            .and_then(Limits::minimum)
            .map_or(amount, |minimum| amount.max(minimum));
        limits
            .and_then(Limits::maximum)
            .map_or(raised, |maximum| raised.min(maximum))
    }

    /// How much of an amount is guaranteed.
    pub(super) fn cover(self, amount: Amount, limits: Option<&Limits>) -> Cover {
        match self {
            Self::Happy1 | Self::Happy3 => Cover::Whole,
            Self::Unhappy1 => Cover::Nothing,
            Self::Happy2 => match Amount::from_cents(amount.cents() / 2) {
                Ok(half) if within(half, limits) => Cover::Lower(half),
                _ => Cover::Nothing,
            },
        }
    }
}

/// Whether an amount lies inside the limits, bounds included.
pub(super) fn within(amount: Amount, limits: Option<&Limits>) -> bool {
    let minimum = limits.and_then(Limits::minimum);
    let maximum = limits.and_then(Limits::maximum);
    minimum.is_none_or(|minimum| amount >= minimum)
        && maximum.is_none_or(|maximum| amount <= maximum)
}
