//! The messages that the hosted page posts to the page that embeds it.

use serde::{Deserialize, Serialize};

/// A message of the hosted page, by the name that it has on the wire (GEVT).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum BrowserEvent {
    /// The page is loaded.
    AppMounted,
    /// The consent screen is off: the integrator shows one of their own.
    ConsentDisabled,
    /// The payor chose a bank.
    InstitutionSelected,
    /// The payor sent user name and password.
    SubmitCredential,
    /// The payor answered the bank's second question.
    SubmitMfa,
    /// The payor chose an account.
    AccountSelected,
    /// The payor entered an amount. Not sent where the amount is preset.
    ComponentDepositContinue,
    /// Flinks offers a guarantee, of the whole amount or of a lower one.
    GuaranteeOffered,
    /// The debit agreement is signed.
    ComponentPadDownloaded,
    /// The payment is set up. The last message.
    Success,
    /// There is no guarantee. The last message.
    GuaranteeFailed,
    /// The payor refused the debit agreement and left. The last message.
    ComponentPadWarningScreenExit,
    /// There is no guarantee, and the payor asks for other ways to pay. The last message.
    ComponentOtherFundingOptionsSelected,
    /// The payor declined the lower amount and left. The last message.
    ComponentNboReturnToClientSelected,
}

impl BrowserEvent {
    /// Returns the name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AppMounted => "APP_MOUNTED",
            Self::ConsentDisabled => "CONSENT_DISABLED",
            Self::InstitutionSelected => "INSTITUTION_SELECTED",
            Self::SubmitCredential => "SUBMIT_CREDENTIAL",
            Self::SubmitMfa => "SUBMIT_MFA",
            Self::AccountSelected => "ACCOUNT_SELECTED",
            Self::ComponentDepositContinue => "COMPONENT_DEPOSIT_CONTINUE",
            Self::GuaranteeOffered => "GUARANTEE_OFFERED",
            Self::ComponentPadDownloaded => "COMPONENT_PAD_DOWNLOADED",
            Self::Success => "SUCCESS",
            Self::GuaranteeFailed => "GUARANTEE_FAILED",
            Self::ComponentPadWarningScreenExit => "COMPONENT_PAD_WARNING_SCREEN_EXIT",
            Self::ComponentOtherFundingOptionsSelected => {
                "COMPONENT_OTHER_FUNDING_OPTIONS_SELECTED"
            }
            Self::ComponentNboReturnToClientSelected => "COMPONENT_NBO_RETURN_TO_CLIENT_SELECTED",
        }
    }
}

impl std::fmt::Display for BrowserEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
