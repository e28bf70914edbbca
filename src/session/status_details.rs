//! Why a session has its status.

use super::SessionStatus;
use super::open::open_code;

open_code! {
    /// The code beside a status (S0, S2; EFT0404 from newer copies of GSTA).
    StatusDetails {
        /// The session waits for the payor.
        Eft0101 = "EFT0101",
        /// The debit is scheduled.
        Eft0301 = "EFT0301",
        /// The account is validated, the debit agreement is not signed.
        Eft0302 = "EFT0302",
        /// The login at the bank failed.
        Eft0401 = "EFT0401",
        /// No guarantee was offered.
        Eft0402 = "EFT0402",
        /// The payor's name and the account holder's differ.
        Eft0403 = "EFT0403",
        /// The balance is too low.
        Eft0404 = "EFT0404",
        /// Ended by an API call.
        Eft0501 = "EFT0501",
        /// Timed out.
        Eft0601 = "EFT0601",
    }
}

impl StatusDetails {
    /// What the code means, in one sentence without a full stop.
    #[must_use]
    pub fn meaning(&self) -> &'static str {
        match self {
            Self::Eft0101 => "the session is open and the payor has not started",
            Self::Eft0301 => "the payor finished and the debit is scheduled",
            Self::Eft0302 => {
                "the bank account is validated, but the payor has not signed the debit agreement yet"
            }
            Self::Eft0401 => "the payor could not log in at the bank",
            Self::Eft0402 => "no guarantee was offered for this account and amount",
            Self::Eft0403 => "the name sent does not match the account holder's",
            Self::Eft0404 => "the available balance is too low",
            Self::Eft0501 => "the session was cancelled by an API call",
            Self::Eft0601 => "the session timed out before the payor finished",
            Self::Unknown(_) => "a code that this version does not know",
        }
    }

    /// Whether the code is of the family that completions have, EFT03, be it known or not. The first digits tell the family.
    pub(super) fn is_of_a_completion(&self) -> bool {
        let family = self.as_str().get(..5);
        family.is_some_and(|family| family.eq_ignore_ascii_case("EFT03"))
    }

    /// The status that this code goes with; `None` for a code that this version does not know.
    ///
    /// A reply that pairs the code with another status contradicts itself (rule `status-and-code-agree`).
    #[must_use]
    pub fn belongs_to(&self) -> Option<SessionStatus> {
        match self {
            Self::Eft0101 => Some(SessionStatus::Initiated),
            Self::Eft0301 | Self::Eft0302 => Some(SessionStatus::Completed),
            Self::Eft0401 | Self::Eft0402 | Self::Eft0403 | Self::Eft0404 => {
                Some(SessionStatus::Failed)
            }
            Self::Eft0501 => Some(SessionStatus::Cancelled),
            Self::Eft0601 => Some(SessionStatus::Expired),
            Self::Unknown(_) => None,
        }
    }
}
