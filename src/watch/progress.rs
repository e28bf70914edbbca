//! What a wait tells on its way, and what it comes to.

use crate::client::Error;
use crate::domain::ReportedAmount;
use crate::session::{Outcome, RiskLevel, StatusReport, Step};

/// What has changed since the last look. Each change is told once; what comes and goes between two looks is not seen.
///
/// One look may tell several things, in the order of the variants here.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Progress {
    /// The first report, and each that differs from the one before in any member. Also the one that ends a
    /// [`Trouble`](Self::Trouble), even if nothing else has changed. Contradictions and statuses that this version does not
    /// know are in it as they came.
    Status(StatusReport),
    /// The account is validated and the payor has not signed: `Completed` with EFT0302.
    AwaitingPadSignature,
    /// The payor sees another screen. Only where the details are read: [`watch_details`](super::WaitPolicy::watch_details).
    Step(Step),
    /// A guarantee is offered, and nobody has decided yet. Only where the details are read.
    ///
    /// A client with a guarantee webhook answers it by [`confirm_guarantee`](crate::Client::confirm_guarantee); the session
    /// stands still until then. For any other client the answer is the payor's, who has been offered a lower amount.
    GuaranteeDecisionNeeded {
        /// The most that would be guaranteed, in Canadian dollars.
        amount: Option<ReportedAmount>,
        /// Flinks' rating of the whole.
        risk: Option<RiskLevel>,
    },
    /// A read failed by something that may pass, and the wait goes on. Told when it begins and when it changes, not at each
    /// look.
    ///
    /// Details that cannot be read never end a wait that has the status. If what is wrong with them does not pass, they are
    /// told of once and not asked for again.
    Trouble(Error),
    /// The end. Nothing follows.
    Settled(Settled),
}

/// How a session came out.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settled {
    /// What was read last.
    pub report: StatusReport,
    /// What it says. [`Outcome::is_scheduled`] and [`Outcome::is_unpaid`] are the two to ask about money.
    pub outcome: Outcome,
    /// The amount that was asked for: what the caller [said](super::WaitPolicy::requested), otherwise the first amount that
    /// was seen while the session was open.
    ///
    /// The second may be too late: an offer that the payor had accepted by the first look is in it already. Where the first
    /// look at an amount found the session at its end, there is none.
    pub requested: Option<ReportedAmount>,
}

impl Settled {
    /// Returns the amount of the session as it ended, in Canadian dollars.
    #[must_use]
    pub fn final_amount(&self) -> Option<&ReportedAmount> {
        self.report.amount.as_ref()
    }

    /// Returns whether the final amount is another than the requested one, as after a lower offer (S4, CL-2026-01); nothing
    /// where one of the two is not known. As good as [`requested`](Self::requested) is.
    #[must_use]
    pub fn amount_changed(&self) -> Option<bool> {
        let (before, after) = (self.requested.as_ref()?, self.final_amount()?);
        Some(match (before.cents(), after.cents()) {
            // 500 and 500.0 are the same money.
            (Some(before), Some(after)) => before != after,
            _ => before != after,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn amounts_are_compared_as_money() {
        for (requested, last, changed) in [
            ("500", "500.0", Some(false)),
            ("500", "500.00", Some(false)),
            ("500", "250", Some(true)),
            ("0.01", "0.02", Some(true)),
            ("10", "10.005", Some(true)),
            ("10.005", "10.005", Some(false)),
            ("10.005", "10.006", Some(true)),
            ("500", "null", None),
            ("null", "500", None),
            ("null", "null", None),
        ] {
            let report = format!(
                r#"{{"sessionId":"5d3c1e0f-7b29-4a86-9c41-d80e6fa2b357","status":"Completed","amount":{last}}}"#
            );
            let settled = Settled {
                report: serde_json::from_str(&report).unwrap(),
                outcome: Outcome::Scheduled,
                requested: serde_json::from_str(requested).unwrap(),
            };
            assert_eq!(settled.amount_changed(), changed, "{requested} {last}");
            assert_eq!(settled.final_amount().is_some(), last != "null");
        }
    }
}
