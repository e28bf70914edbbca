//! A status with its code, as every command shows it, and amounts.

use flinks_pay::domain::ReportedAmount;
use flinks_pay::session::{SessionDetails, SessionStatus, StatusDetails, StatusReport};
use serde::Serialize;

/// A status with its code and what they mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct StatusSeen {
    status: SessionStatus,
    code: Option<StatusDetails>,
    meaning: &'static str,
}

impl StatusSeen {
    pub(super) fn of(report: &StatusReport) -> Self {
        Self::new(report.status.clone(), report.status_details.clone())
    }

    pub(super) fn of_details(details: &SessionDetails) -> Self {
        Self::new(details.status.clone(), details.status_details.clone())
    }

    pub(super) fn new(status: SessionStatus, code: Option<StatusDetails>) -> Self {
        let meaning = match (&code, &status) {
            (Some(code), _) => code.meaning(),
            (None, SessionStatus::InProgress) => "the payor is in the hosted page",
            (None, _) => "no code says why",
        };
        Self {
            status,
            code,
            meaning,
        }
    }

    /// Whether nothing will change any more.
    pub(super) fn is_final(&self) -> bool {
        self.status.is_final(self.code.as_ref())
    }

    /// Whether the debit is scheduled.
    pub(super) fn is_scheduled(&self) -> bool {
        self.status.is_scheduled(self.code.as_ref())
    }

    /// The status with its code: `Completed (EFT0301)`.
    pub(super) fn name(&self) -> String {
        match &self.code {
            Some(code) => format!("{} ({code})", self.status),
            None => self.status.to_string(),
        }
    }

    /// What the two mean.
    pub(super) fn meaning(&self) -> &'static str {
        self.meaning
    }
}

/// A reported amount with two decimals, or as it came where it has more.
pub(super) fn dollars(amount: &ReportedAmount) -> String {
    let cents = amount.cents().and_then(|cents| u64::try_from(cents).ok());
    cents.map_or_else(
        || amount.to_string(),
        |cents| format!("{}.{:02}", cents / 100, cents % 100),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reported_amounts_are_shown_exactly() {
        for (number, shown) in [
            ("500", "500.00"),
            ("0.5", "0.50"),
            ("12.345", "12.345"),
            ("-1", "-1"),
        ] {
            let amount: Result<ReportedAmount, _> = serde_json::from_str(number);
            assert_eq!(amount.ok().as_ref().map(dollars).as_deref(), Some(shown));
        }
    }

    #[test]
    fn an_unsigned_agreement_is_not_the_end() {
        let seen = StatusSeen::new;
        let unsigned = seen(SessionStatus::Completed, Some(StatusDetails::Eft0302));
        assert!(!unsigned.is_final() && !unsigned.is_scheduled());
        let scheduled = seen(SessionStatus::Completed, Some(StatusDetails::Eft0301));
        assert!(scheduled.is_final() && scheduled.is_scheduled());
        let failed = seen(SessionStatus::Failed, None);
        assert!(failed.is_final() && !failed.is_scheduled());
        assert!(!seen(SessionStatus::InProgress, None).is_final());
    }
}
