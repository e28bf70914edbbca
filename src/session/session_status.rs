//! How far a session has come.

use super::StatusDetails;
use super::open::open_code;

open_code! {
    /// The status of a session.
    ///
    /// The cancelled status comes in two spellings, depending on the page and the product; both are read as
    /// [`Cancelled`](Self::Cancelled), and it is written as `Canceled`.
    SessionStatus {
        /// Created; the payor has not begun.
        Initiated = "Initiated",
        /// The payor is in the hosted page. Only the webhook page (WST) names it.
        InProgress = "InProgress",
        /// The payor finished. [`StatusDetails`](super::StatusDetails) says whether the debit is scheduled yet.
        Completed = "Completed",
        /// The payment will not happen in this session.
        Failed = "Failed",
        /// Ended by an API call.
        Cancelled = "Canceled" | "Cancelled",
        /// Timed out before the payor finished.
        Expired = "Expired",
    }
}

impl SessionStatus {
    /// Whether a session with this status and code has ended, so that there is nothing more to wait for.
    ///
    /// `Completed` with EFT0302 has not: the account is validated, and the payor has not yet signed the agreement without
    /// which nothing is debited. A status that this version does not know has not either: asking again costs nothing,
    /// giving up on a live payment does.
    #[must_use]
    pub fn is_final(&self, details: Option<&StatusDetails>) -> bool {
        match self {
            Self::Completed => details != Some(&StatusDetails::Eft0302),
            Self::Failed | Self::Cancelled | Self::Expired => true,
            Self::Initiated | Self::InProgress | Self::Unknown(_) => false,
        }
    }

    /// Whether the debit is scheduled: `Completed` with EFT0301, the one pair by which money moves.
    ///
    /// No other `Completed` is proof of it, neither one without a code nor one with a code that this version does not
    /// know.
    #[must_use]
    pub fn is_scheduled(&self, details: Option<&StatusDetails>) -> bool {
        *self == Self::Completed && details == Some(&StatusDetails::Eft0301)
    }

    /// Whether a code that goes with another status stands beside this one (rule `status-and-code-agree`).
    ///
    /// A status that this version does not know contradicts nothing, and neither does such a code; but for one of the family
    /// EFT03, which completions have, beside `Failed`, `Canceled` or `Expired`. That a session with it is unpaid is not
    /// certain.
    #[must_use]
    pub fn contradicts(&self, details: Option<&StatusDetails>) -> bool {
        let Some(details) = details else {
            return false;
        };
        match details.belongs_to() {
            Some(expected) => !matches!(self, Self::Unknown(_)) && expected != *self,
            None => {
                matches!(self, Self::Failed | Self::Cancelled | Self::Expired)
                    && details.is_of_a_completion()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unsigned_agreement_is_neither_the_end_nor_a_debit() {
        for (status, details, is_final, is_scheduled) in [
            ("Initiated", Some("EFT0101"), false, false),
            ("InProgress", None, false, false),
            ("Completed", Some("EFT0302"), false, false),
            ("Completed", Some("EFT0301"), true, true),
            ("Completed", None, true, false),
            ("Completed", Some("EFT9999"), true, false),
            ("Failed", Some("EFT0301"), true, false),
            ("Failed", Some("EFT0402"), true, false),
            ("Canceled", Some("EFT0501"), true, false),
            ("Cancelled", None, true, false),
            ("Expired", Some("EFT0601"), true, false),
            ("Paused", None, false, false),
        ] {
            let details = details.map(StatusDetails::from);
            let (seen, code) = (SessionStatus::from(status), details.as_ref());
            assert_eq!(
                (seen.is_final(code), seen.is_scheduled(code)),
                (is_final, is_scheduled),
                "{status} {details:?}"
            );
        }
    }
}
