//! How a session goes on and ends.

use std::time::Duration;

use super::{Defect, Planted};
use crate::domain::Amount;
use crate::sandbox::behaviour::Behaviour;
use crate::sandbox::scenario::Cover;
use crate::sandbox::screen::Screen;
use crate::session::{Limits, SessionStatus, StatusDetails};

/// What a payor does who is to do this.
pub(in crate::sandbox) fn behaviour(planted: Planted, mut behaviour: Behaviour) -> Behaviour {
    match planted.get() {
        Some(Defect::FailedLoginGoesOn) => behaviour.fail_login = false,
        Some(Defect::WrongNameGoesOn) => behaviour.wrong_name = false,
        Some(Defect::LowBalanceGoesOn) => behaviour.low_balance = false,
        Some(Defect::RefusedAgreementCompletes) => behaviour.refuse_agreement = false,
        Some(Defect::AsksTwice) => behaviour.mfa = true,
        _ => {}
    }
    behaviour
}

/// The screen that is shown after one, in the place of the next.
pub(in crate::sandbox) fn shown(
    planted: Planted,
    before: Option<Screen>,
    next: Option<Screen>,
) -> Option<Screen> {
    let Some(defect) = planted.get() else {
        return next;
    };
    match (defect, before, next) {
        (Defect::SkipsConsent, _, Some(Screen::Consent)) => Some(Screen::BankSelection),
        (Defect::SkipsBankSelection, _, Some(Screen::BankSelection)) => {
            Some(Screen::BankConnection)
        }
        (Defect::SkipsReview, _, Some(Screen::Review)) => Some(Screen::Pad),
        (
            Defect::AsksForPresetAmount,
            Some(Screen::AccountSelection),
            Some(Screen::Review | Screen::GuaranteeOffer),
        ) => Some(Screen::AmountSelection),
        _ => next,
    }
}

/// What is guaranteed of an amount.
pub(in crate::sandbox) fn cover(planted: Planted, cover: Cover) -> Cover {
    match (planted.get(), cover) {
        (Some(Defect::UnguaranteedGoesOn), Cover::Nothing) => Cover::Whole,
        (Some(Defect::OffersACentLess), Cover::Lower(amount)) => {
            Amount::from_cents(amount.cents() - 1).map_or(cover, Cover::Lower)
        }
        _ => cover,
    }
}

/// Whether the payor may enter an amount.
pub(in crate::sandbox) fn fits(
    planted: Planted,
    amount: Amount,
    limits: Option<&Limits>,
    fits: bool,
) -> bool {
    match planted.get() {
        Some(Defect::TakesAmountOverMaximum) => true,
        Some(Defect::RefusesAmountAtBound) => {
            fits && limits.and_then(Limits::maximum) != Some(amount)
        }
        _ => fits,
    }
}

/// The amount of a session once the payor has entered one.
pub(in crate::sandbox) fn entered(planted: Planted, amount: Amount) -> Option<Amount> {
    (!planted.is(Defect::ForgetsEnteredAmount)).then_some(amount)
}

/// The amount of a session once the payor has accepted an offer.
pub(in crate::sandbox) fn accepted(
    planted: Planted,
    before: Option<Amount>,
    offer: Amount,
) -> Option<Amount> {
    if planted.is(Defect::KeepsAmountOfLowerOffer) {
        before
    } else {
        Some(offer)
    }
}

/// A status and its code, as they are told.
pub(in crate::sandbox) fn status(
    planted: Planted,
    (status, code): (SessionStatus, Option<StatusDetails>),
) -> (SessionStatus, Option<StatusDetails>) {
    let Some(defect) = planted.get() else {
        return (status, code);
    };
    match (defect, &code) {
        (Defect::LoginFailureHasOtherCode, Some(StatusDetails::Eft0401)) => {
            (status, Some(StatusDetails::Eft0403))
        }
        (Defect::UnguaranteedIsExpired, Some(StatusDetails::Eft0402))
        | (Defect::CancelledIsExpired, Some(StatusDetails::Eft0501)) => {
            (SessionStatus::Expired, Some(StatusDetails::Eft0601))
        }
        (Defect::FailureHasNoCode, Some(_)) if status == SessionStatus::Failed => (status, None),
        (Defect::AgreementIsInProgress, Some(StatusDetails::Eft0302))
        | (Defect::InitiatedIsInProgress, Some(StatusDetails::Eft0101)) => {
            (SessionStatus::InProgress, None)
        }
        (Defect::NeverSigned, Some(StatusDetails::Eft0301)) => {
            (status, Some(StatusDetails::Eft0302))
        }
        _ => (status, code),
    }
}

/// Whether a session may be cancelled that is open, and on this screen.
pub(in crate::sandbox) fn may_cancel(planted: Planted, open: bool, screen: Option<Screen>) -> bool {
    match planted.get() {
        Some(Defect::CancelsFinished) => true,
        Some(Defect::RefusesCancelInProgress) => open && screen.is_none(),
        _ => open,
    }
}

/// A decision that nothing comes of.
pub(in crate::sandbox) fn is_lost(planted: Planted, pending: bool) -> bool {
    match planted.get() {
        Some(Defect::IgnoresDecision) => pending,
        Some(Defect::DecidesBeforeOffer) => !pending,
        _ => false,
    }
}

/// The decision that is taken.
pub(in crate::sandbox) fn decision(planted: Planted, accept: bool) -> bool {
    match planted.get() {
        Some(Defect::InvertsDecision) => !accept,
        Some(Defect::IgnoresRejection) => true,
        _ => accept,
    }
}

/// Whether a guarantee that was decided about waits for a decision still.
pub(in crate::sandbox) fn waits_on(planted: Planted) -> bool {
    planted.is(Defect::DecidesTwice)
}

/// When a session expires.
pub(in crate::sandbox) fn timeout(planted: Planted, timeout: Duration) -> Duration {
    const SECOND: Duration = Duration::from_secs(1);
    match planted.get() {
        Some(Defect::NeverExpires) => Duration::MAX,
        Some(Defect::ExpiresEarly) => timeout.saturating_sub(SECOND),
        Some(Defect::ExpiresLate) => timeout + SECOND,
        _ => timeout,
    }
}
