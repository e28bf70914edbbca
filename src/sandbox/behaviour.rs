//! How a payor departs from the scenario.

use serde::{Deserialize, Serialize};

use crate::domain::Amount;

/// What the payor does otherwise than the scenario says. By default, nothing.
///
/// Each of these matters on one screen only, and is without effect on the others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[non_exhaustive]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a way of its own to depart"
)]
pub struct Behaviour {
    /// The login at the bank is wrong: EFT0401 on the screen `BankConnection`.
    ///
    /// Where the bank has asked its second question, it is the answer to that which is wrong.
    pub fail_login: bool,
    /// The bank asks a second question after user name and password. The screen `BankConnection` then takes two steps: the
    /// first ends with the question, the second with the answer to it.
    pub mfa: bool,
    /// The account belongs to somebody of another name: EFT0403 on the screen `AccountSelection`.
    pub wrong_name: bool,
    /// The account holds one cent too little: EFT0404, as soon as the amount is known.
    pub low_balance: bool,
    /// The amount that the payor enters on the screen `AmountSelection`. There is no such screen with a preset amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enter_amount: Option<Amount>,
    /// The payor declines an offer that is lower than the amount, and leaves. No code is published for that: the session
    /// stays `InProgress` until it times out.
    pub decline_offer: bool,
    /// Where there is no guarantee, the payor asks for other ways to pay. The session is `Failed` with EFT0402 all the same;
    /// the page's last message is another one.
    pub other_funding: bool,
    /// The payor refuses the debit agreement on the screen `Pad`, and leaves. No code is published for that: the session stays
    /// `Completed` with EFT0302 until it times out.
    pub refuse_agreement: bool,
}

impl Behaviour {
    /// Everything that either says.
    pub(super) fn beside(self, other: Self) -> Self {
        Self {
            fail_login: self.fail_login || other.fail_login,
            mfa: self.mfa || other.mfa,
            wrong_name: self.wrong_name || other.wrong_name,
            low_balance: self.low_balance || other.low_balance,
            enter_amount: self.enter_amount.or(other.enter_amount),
            decline_offer: self.decline_offer || other.decline_offer,
            other_funding: self.other_funding || other.other_funding,
            refuse_agreement: self.refuse_agreement || other.refuse_agreement,
        }
    }
}
