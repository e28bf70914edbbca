//! The integrator's answer to an offered guarantee.

use serde::{Deserialize, Serialize};

/// Accept or reject an offered guarantee (GCON).
///
/// Only clients with a guarantee webhook are asked; without one every guarantee is accepted automatically. On the wire it is
/// an object with one boolean.
///
/// ```
/// use flinks_pay::session::GuaranteeDecision;
///
/// assert!(GuaranteeDecision::accept().is_accept());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct GuaranteeDecision {
    /// True accepts; false rejects and fails the session.
    #[serde(rename = "guaranteeAccepted")]
    pub(crate) accepted: bool,
}

impl GuaranteeDecision {
    /// Takes the guarantee; the session can be completed.
    #[must_use]
    pub const fn accept() -> Self {
        Self { accepted: true }
    }

    /// Declines the guarantee; the session fails.
    #[must_use]
    pub const fn reject() -> Self {
        Self { accepted: false }
    }

    /// Whether the guarantee is taken.
    #[must_use]
    pub const fn is_accept(self) -> bool {
        self.accepted
    }
}
