//! How a session came out.

use std::fmt;

use super::{SessionStatus, StatusDetails};

/// How a session came out, as far as status and code say it.
///
/// Only [`Scheduled`](Self::Scheduled) means that money moves, and only [`is_unpaid`](Self::is_unpaid) that it does not:
/// what lies between is for a person to look at, before anything is collected a second time.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// The debit is scheduled: `Completed` with EFT0301.
    Scheduled,
    /// The account is validated and the payor has not signed the pre-authorized debit agreement: `Completed` with
    /// EFT0302. Nothing is debited without the signature, and it may still come.
    AwaitingPadSignature,
    /// The payment will not happen in this session; with why, if a code was given.
    Failed(Option<StatusDetails>),
    /// Ended by an API call.
    Cancelled,
    /// Timed out before the payor finished.
    Expired,
    /// Status and code [contradict](SessionStatus::contradicts) each other, such as `Failed` with EFT0301, or with a code of
    /// the same family that this version does not know. Nothing is concluded from either.
    Contradictory(SessionStatus, StatusDetails),
    /// `Completed`, with a code that this version does not know or without one: whether a debit is scheduled is not
    /// known.
    Unclear(Option<StatusDetails>),
}

impl Outcome {
    /// Returns what status and code say; nothing while the session is open, or has a status that this version does not
    /// know.
    #[must_use]
    pub fn of(status: &SessionStatus, details: Option<&StatusDetails>) -> Option<Self> {
        let contradiction = || match details {
            Some(details) if status.contradicts(Some(details)) => {
                Some(Self::Contradictory(status.clone(), details.clone()))
            }
            _ => None,
        };
        let plain = match status {
            SessionStatus::Initiated | SessionStatus::InProgress | SessionStatus::Unknown(_) => {
                return None;
            }
            SessionStatus::Completed => match details {
                Some(StatusDetails::Eft0301) => Self::Scheduled,
                Some(StatusDetails::Eft0302) => Self::AwaitingPadSignature,
                _ => Self::Unclear(details.cloned()),
            },
            SessionStatus::Failed => Self::Failed(details.cloned()),
            SessionStatus::Cancelled => Self::Cancelled,
            SessionStatus::Expired => Self::Expired,
        };
        Some(contradiction().unwrap_or(plain))
    }

    /// Returns whether there is nothing more to wait for. A signature may still come.
    #[must_use]
    pub fn is_final(&self) -> bool {
        *self != Self::AwaitingPadSignature
    }

    /// Returns whether the debit is scheduled.
    #[must_use]
    pub fn is_scheduled(&self) -> bool {
        *self == Self::Scheduled
    }

    /// Returns whether it is certain that this session will not debit anybody: it failed, was cancelled, or expired, and
    /// nothing in the answer says otherwise. Only then may the same debt be collected in another session.
    #[must_use]
    pub fn is_unpaid(&self) -> bool {
        matches!(self, Self::Failed(_) | Self::Cancelled | Self::Expired)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scheduled => f.write_str("the debit is scheduled"),
            Self::AwaitingPadSignature => f.write_str("the debit agreement is not signed yet"),
            Self::Failed(Some(code)) => write!(f, "failed: {}", code.meaning()),
            Self::Failed(None) => f.write_str("failed, without a reason"),
            Self::Cancelled => f.write_str("cancelled"),
            Self::Expired => f.write_str("expired"),
            Self::Contradictory(..) => f.write_str("status and code contradict each other"),
            Self::Unclear(_) => {
                f.write_str("completed, without saying whether the debit is scheduled")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::too_many_lines, reason = "a table")]
    fn money_moves_with_one_pair_and_surely_does_not_with_a_few() {
        // Status, code, outcome, final, scheduled, unpaid.
        for (status, code, says, is_final, scheduled, unpaid) in [
            (
                "Completed",
                "EFT0301",
                "the debit is scheduled",
                true,
                true,
                false,
            ),
            (
                "Completed",
                "EFT0302",
                "the debit agreement is not signed yet",
                false,
                false,
                false,
            ),
            (
                "Completed",
                "",
                "completed, without saying whether the debit is scheduled",
                true,
                false,
                false,
            ),
            (
                "Completed",
                "EFT0399",
                "completed, without saying whether the debit is scheduled",
                true,
                false,
                false,
            ),
            (
                "Completed",
                "EFT0402",
                "status and code contradict each other",
                true,
                false,
                false,
            ),
            (
                "Failed",
                "EFT0402",
                "failed: no guarantee was offered for this account and amount",
                true,
                false,
                true,
            ),
            (
                "Failed",
                "EFT0499",
                "failed: a code that this version does not know",
                true,
                false,
                true,
            ),
            ("Failed", "", "failed, without a reason", true, false, true),
            (
                "Failed",
                "EFT0301",
                "status and code contradict each other",
                true,
                false,
                false,
            ),
            ("Canceled", "EFT0501", "cancelled", true, false, true),
            ("Cancelled", "", "cancelled", true, false, true),
            (
                "Canceled",
                "EFT0301",
                "status and code contradict each other",
                true,
                false,
                false,
            ),
            ("Expired", "EFT0601", "expired", true, false, true),
            ("Expired", "EFT0499", "expired", true, false, true),
            (
                "Failed",
                "EFT0303",
                "status and code contradict each other",
                true,
                false,
                false,
            ),
            (
                "Cancelled",
                "EFT0399",
                "status and code contradict each other",
                true,
                false,
                false,
            ),
            (
                "Expired",
                "eft0301",
                "status and code contradict each other",
                true,
                false,
                false,
            ),
            (
                "Expired",
                "EFT0302",
                "status and code contradict each other",
                true,
                false,
                false,
            ),
        ] {
            let details = (!code.is_empty()).then(|| StatusDetails::from(code));
            let outcome = Outcome::of(&SessionStatus::from(status), details.as_ref());
            let outcome = outcome.unwrap_or_else(|| panic!("{status} {code} is no end"));
            assert_eq!(outcome.to_string(), says, "{status} {code}");
            assert_eq!(
                SessionStatus::from(status).contradicts(details.as_ref()),
                matches!(outcome, Outcome::Contradictory(..)),
                "{status} {code}"
            );
            assert_eq!(
                (
                    outcome.is_final(),
                    outcome.is_scheduled(),
                    outcome.is_unpaid()
                ),
                (is_final, scheduled, unpaid),
                "{status} {code}"
            );
        }
        for (status, code) in [
            ("Initiated", "EFT0101"),
            ("InProgress", "EFT0301"),
            ("InProgress", "EFT0399"),
            ("Paused", "EFT0301"),
        ] {
            let code = StatusDetails::from(code);
            assert_eq!(Outcome::of(&SessionStatus::from(status), Some(&code)), None);
        }
    }
}
