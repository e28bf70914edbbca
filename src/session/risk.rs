//! How Flinks rates a payment that it is asked to guarantee.

use super::open::open_code;

open_code! {
    /// Flinks' own rating (S1).
    RiskLevel {
        /// Not rated; on the wire this is the word `Unknown`.
        Unrated = "Unknown",
        /// Low.
        Low = "Low",
        /// Medium.
        Medium = "Medium",
        /// High.
        High = "High",
    }
}

open_code! {
    /// How much of the amount the guarantee covers (S1).
    GuaranteedEftType {
        /// The whole amount.
        Full = "Full",
        /// A part of it.
        Partial = "Partial",
        /// The least that is offered.
        Minimal = "Minimal",
    }
}
