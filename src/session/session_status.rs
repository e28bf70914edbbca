//! How far a session has come.

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
    /// Whether a session with this status has ended for good.
    ///
    /// A status that this version does not know is taken as not terminal: asking again costs nothing, giving up on a live
    /// payment does.
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        match self {
            Self::Completed | Self::Failed | Self::Cancelled | Self::Expired => true,
            Self::Initiated | Self::InProgress | Self::Unknown(_) => false,
        }
    }
}
