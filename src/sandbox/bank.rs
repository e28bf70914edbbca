//! The accounts of the sandbox's one bank, and how their numbers are shown.

use serde::Serialize;

/// Institution of every account here; no real bank has it.
pub(super) const INSTITUTION: &str = "999";

/// Number of the payor's account. While the session is under way it is shown as `****8826`, and in full once the session is
/// complete: the vendor's pages show both (S1).
pub(super) const PAYOR_ACCOUNT_NUMBER: &str = "300458826";

/// Branch of the payor's account.
pub(super) const PAYOR_TRANSIT: &str = "20301";

/// Name of the payor's account.
pub(super) const PAYOR_ACCOUNT_LABEL: &str = "Everyday chequing";

/// Number of the settlement account that is used where a guaranteed session names no payee.
pub(super) const SETTLEMENT_ACCOUNT_NUMBER: &str = "700118842";

/// Branch of the settlement account.
pub(super) const SETTLEMENT_TRANSIT: &str = "10001";

/// Likeness of the payor's name and the holder's, in percent, where they match. The passing mark is not published.
pub(super) const NAME_MATCH: u8 = 98;

/// The same for [`wrong_name`](super::Behaviour::wrong_name).
pub(super) const NAME_MISMATCH: u8 = 12;

/// An account without its balance, by the contract's names.
#[expect(clippy::struct_field_names, reason = "the names of the contract")]
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Account<'a> {
    pub(super) institution_code: &'a str,
    pub(super) transit_number: &'a str,
    pub(super) account_number: &'a str,
    pub(super) account_label: Option<&'a str>,
}

impl Account<'_> {
    /// The configured settlement account. It has no label: without one the vendor hides the line (S4).
    pub(super) const SETTLEMENT: Account<'static> = Account {
        institution_code: INSTITUTION,
        transit_number: SETTLEMENT_TRANSIT,
        account_number: SETTLEMENT_ACCOUNT_NUMBER,
        account_label: None,
    };

    /// The payor's account, its number in full or masked.
    pub(super) fn of_payor(masked: bool) -> Account<'static> {
        Account {
            institution_code: INSTITUTION,
            transit_number: PAYOR_TRANSIT,
            account_number: if masked { MASKED } else { PAYOR_ACCOUNT_NUMBER },
            account_label: Some(PAYOR_ACCOUNT_LABEL),
        }
    }
}

const MASKED: &str = "****8826";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::AccountNumber;

    #[test]
    fn the_masked_number_is_that_of_the_account() {
        let number = AccountNumber::new(PAYOR_ACCOUNT_NUMBER).map(|number| number.masked());
        assert_eq!(number.as_deref(), Ok(MASKED));
        assert!(AccountNumber::new(SETTLEMENT_ACCOUNT_NUMBER).is_ok());
    }
}
