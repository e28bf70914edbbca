//! What a session's reference id makes the sandbox do.

use crate::domain::{Amount, Language};
use crate::session::Limits;

use super::behaviour::Behaviour;
use super::screen::Screen;

/// A scripted course of a session, selected by its `referenceId`.
///
/// The first four are the vendor's (GTST). The others are this sandbox's own: their references begin with
/// [`PREFIX`](Self::PREFIX), as in `SandboxLoginFails`, and may go on with a hyphen and anything, as in
/// `SandboxLoginFails-17`, so that no two sessions need the same one. All of them are valid for either product.
///
/// The names are exact, letter case included. Any other reference, or none, plays [`Happy1`](Self::Happy1). A scenario about
/// the guarantee changes nothing in a regular EFT, which has none. What a scenario does, it does beside what the payor is told
/// to do otherwise.
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
    /// `SandboxLoginFails`: the login at the bank fails, and the session with EFT0401.
    LoginFails,
    /// `SandboxSecondQuestion`: the bank asks a second question, which is answered. Paid as `Happy1` is.
    SecondQuestion,
    /// `SandboxOtherFunding`: no guarantee, and the payor asks for other ways to pay; the session fails with EFT0402.
    OtherFunding,
    /// `SandboxWrongName`: the account is somebody's of another name; the session fails with EFT0403.
    WrongName,
    /// `SandboxLowBalance`: the account holds a cent too little; the session fails with EFT0404.
    LowBalance,
    /// `SandboxDeclinesOffer`: the guarantee is a lower one, as in `Happy2`, and the payor declines it and leaves. The session
    /// stays `InProgress` until it times out.
    DeclinesOffer,
    /// `SandboxRefusesAgreement`: the payor refuses the debit agreement and leaves. The session stays `Completed` with EFT0302
    /// until it times out.
    RefusesAgreement,
    /// `SandboxExpires`: the session times out while the payor chooses a bank, whatever the time: EFT0601.
    Expires,
}

/// What the guarantee would cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cover {
    Whole,
    Lower(Amount),
    Nothing,
}

impl Scenario {
    /// The vendor's scenarios.
    pub const VENDOR: &'static [Self] = &[Self::Happy1, Self::Happy2, Self::Happy3, Self::Unhappy1];

    /// Every scenario.
    pub const ALL: &'static [Self] = &[
        Self::Happy1,
        Self::Happy2,
        Self::Happy3,
        Self::Unhappy1,
        Self::LoginFails,
        Self::SecondQuestion,
        Self::OtherFunding,
        Self::WrongName,
        Self::LowBalance,
        Self::DeclinesOffer,
        Self::RefusesAgreement,
        Self::Expires,
    ];

    /// How the reference ids of this sandbox's own scenarios begin.
    pub const PREFIX: &'static str = "Sandbox";

    /// Returns the reference id that selects the scenario.
    #[must_use]
    pub const fn reference_id(self) -> &'static str {
        match self {
            Self::Happy1 => "Happy1",
            Self::Happy2 => "Happy2",
            Self::Happy3 => "Happy3",
            Self::Unhappy1 => "Unhappy1",
            Self::LoginFails => "SandboxLoginFails",
            Self::SecondQuestion => "SandboxSecondQuestion",
            Self::OtherFunding => "SandboxOtherFunding",
            Self::WrongName => "SandboxWrongName",
            Self::LowBalance => "SandboxLowBalance",
            Self::DeclinesOffer => "SandboxDeclinesOffer",
            Self::RefusesAgreement => "SandboxRefusesAgreement",
            Self::Expires => "SandboxExpires",
        }
    }

    /// Returns the scenario that a reference id selects.
    #[must_use]
    pub fn of(reference_id: Option<&str>) -> Self {
        let Some(reference_id) = reference_id else {
            return Self::Happy1;
        };
        // No name has a hyphen, so what comes before the first one is the whole name.
        let own = reference_id.split('-').next().unwrap_or_default();
        let named = |scenario: &&Self| {
            let name = scenario.reference_id();
            name == reference_id || (name.starts_with(Self::PREFIX) && name == own)
        };
        Self::ALL
            .iter()
            .find(named)
            .copied()
            .unwrap_or(Self::Happy1)
    }

    /// What the payor does in this scenario.
    pub(super) fn behaviour(self) -> Behaviour {
        let mut behaviour = Behaviour::default();
        match self {
            Self::Happy1 | Self::Happy2 | Self::Happy3 | Self::Unhappy1 | Self::Expires => {}
            Self::LoginFails => behaviour.fail_login = true,
            Self::SecondQuestion => behaviour.mfa = true,
            Self::OtherFunding => behaviour.other_funding = true,
            Self::WrongName => behaviour.wrong_name = true,
            Self::LowBalance => behaviour.low_balance = true,
            Self::DeclinesOffer => behaviour.decline_offer = true,
            Self::RefusesAgreement => behaviour.refuse_agreement = true,
        }
        behaviour
    }

    /// Whether the session times out while this screen is shown.
    pub(super) fn times_out_on(self, screen: Screen) -> bool {
        self == Self::Expires && screen == Screen::BankSelection
    }

    /// The language of a session whose request names none.
    pub(super) fn language(self) -> Language {
        match self {
            Self::Happy3 => Language::Fr,
            _ => Language::En,
        }
    }

    /// The amount that the payor types, brought inside the limits, as the amount screen asks for.
    pub(super) fn typed(self, limits: Option<&Limits>) -> Amount {
        let cents = match self {
            Self::Happy2 | Self::DeclinesOffer => 100_000,
            Self::Happy3 => 25_000,
            _ => 10_000,
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
            Self::Unhappy1 | Self::OtherFunding => Cover::Nothing,
            Self::Happy2 | Self::DeclinesOffer => match Amount::from_cents(amount.cents() / 2) {
                Ok(half) if within(half, limits) => Cover::Lower(half),
                _ => Cover::Nothing,
            },
            _ => Cover::Whole,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::RegularReferenceId;

    #[test]
    fn every_scenario_is_found_by_its_reference_and_ours_by_a_longer_one() {
        for &scenario in Scenario::ALL {
            let name = scenario.reference_id();
            assert_eq!(Scenario::of(Some(name)), scenario);
            // The stricter of the two products' patterns.
            assert!(RegularReferenceId::new(name).is_ok(), "{name}");
            let ours = name.starts_with(Scenario::PREFIX);
            assert_eq!(ours, !Scenario::VENDOR.contains(&scenario), "{name}");
            let expected = if ours { scenario } else { Scenario::Happy1 };
            for tail in ["-", "-17", "-a-b"] {
                assert_eq!(Scenario::of(Some(&format!("{name}{tail}"))), expected);
            }
            for other in [format!("{name}x"), format!("x{name}"), name.to_lowercase()] {
                assert_eq!(Scenario::of(Some(&other)), Scenario::Happy1, "{other}");
            }
        }
        assert_eq!(Scenario::of(None), Scenario::Happy1);
    }
}
