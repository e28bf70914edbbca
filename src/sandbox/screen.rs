//! The screens of the hosted page that the sandbox plays.

use serde::{Deserialize, Serialize};

use crate::session::Step;

/// A screen of the hosted page, in the order of the flow. [`Step`] is the same with room for what replies may add.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Screen {
    Start,
    Consent,
    BankSelection,
    BankConnection,
    AccountSelection,
    AmountSelection,
    GuaranteeOffer,
    Review,
    Pad,
    Complete,
}

impl From<Screen> for Step {
    fn from(screen: Screen) -> Self {
        match screen {
            Screen::Start => Self::Start,
            Screen::Consent => Self::Consent,
            Screen::BankSelection => Self::BankSelection,
            Screen::BankConnection => Self::BankConnection,
            Screen::AccountSelection => Self::AccountSelection,
            Screen::AmountSelection => Self::AmountSelection,
            Screen::GuaranteeOffer => Self::GuaranteeOffer,
            Screen::Review => Self::Review,
            Screen::Pad => Self::Pad,
            Screen::Complete => Self::Complete,
        }
    }
}
