//! Where the payor is in the hosted page.

use super::open::open_code;

open_code! {
    /// A screen of the hosted page, in the order of the flow (GDET, EDET).
    Step {
        /// The payor has arrived.
        Start = "Start",
        /// The consent screen; only where it is switched on.
        Consent = "Consent",
        /// Choosing a bank.
        BankSelection = "BankSelection",
        /// Logging in at the bank.
        BankConnection = "BankConnection",
        /// Choosing an account.
        AccountSelection = "AccountSelection",
        /// Entering an amount; only where none is preset.
        AmountSelection = "AmountSelection",
        /// The guarantee is offered; only with a guarantee.
        GuaranteeOffer = "GuaranteeOffer",
        /// Looking over the payment.
        Review = "Review",
        /// Signing the debit agreement.
        Pad = "Pad",
        /// Nothing is left to do.
        Complete = "Complete",
    }
}
