//! Why a webhook was refused: one text for the sender, the reason for the receiver's own log.

use std::fmt;

use super::Freshness;

/// A webhook that was refused.
///
/// `Display` tells a sender nothing but which of two answers it gets: every refusal that has to do with the signature or the
/// time reads the same, so that nobody can try signatures and learn from the words. [`reason`](Self::reason) is for the
/// receiver's own log. Neither has anything of the body, the header or a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WebhookError {
    reason: Refusal,
}

/// The reason of a [`WebhookError`]. For logs, not for answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// There is no header `X-Webhook-Signature`.
    NoSignature,
    /// The header is there more than once.
    SeveralSignatures,
    /// The value is not `sha256=` and 64 hexadecimal digits.
    MalformedSignature,
    /// The signature is of another body, or was made with another secret.
    WrongSignature,
    /// The signature holds, and [`require_fresh`](super::WebhookVerifier::require_fresh) refuses the time of the event.
    NotFresh(Freshness),
    /// The body is longer than [`max_body_bytes`](super::WebhookVerifier::max_body_bytes). It was not looked at.
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
}

impl WebhookError {
    /// Returns why, for the receiver's own log.
    #[must_use]
    pub fn reason(&self) -> Refusal {
        self.reason
    }

    /// Returns the HTTP status to answer: 413 to a body over the limit, 401 to everything else (WSET).
    #[must_use]
    pub fn status(&self) -> u16 {
        match self.reason {
            Refusal::TooLarge { .. } => 413,
            _ => 401,
        }
    }
}

impl From<Refusal> for WebhookError {
    fn from(reason: Refusal) -> Self {
        Self { reason }
    }
}

impl fmt::Display for WebhookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.reason {
            Refusal::TooLarge { .. } => "the webhook body is too large",
            _ => "the webhook is not accepted",
        })
    }
}

impl std::error::Error for WebhookError {}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSignature => f.write_str("there is no signature header"),
            Self::SeveralSignatures => f.write_str("there is more than one signature header"),
            Self::MalformedSignature => {
                f.write_str("the signature is not sha256= and 64 hexadecimal digits")
            }
            Self::WrongSignature => f.write_str("the signature is of another body or secret"),
            Self::NotFresh(freshness) => write!(f, "the signature holds, but {freshness}"),
            Self::TooLarge { limit } => write!(f, "the body is longer than {limit} bytes"),
        }
    }
}
