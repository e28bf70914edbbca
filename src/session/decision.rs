//! The integrator's answer to an offered guarantee.

use serde::Serialize;

use super::parse::{Members, Null, deserialize_checked};
use super::violation::{Findings, Violations};
use crate::domain::Found;
use crate::domain::rules::MISSING_MEMBER;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schemars", schemars(deny_unknown_fields))]
pub struct GuaranteeDecision {
    /// True accepts; false rejects and fails the session.
    pub(crate) guarantee_accepted: bool,
}

impl GuaranteeDecision {
    /// Takes the guarantee; the session can be completed.
    #[must_use]
    pub const fn accept() -> Self {
        Self {
            guarantee_accepted: true,
        }
    }

    /// Declines the guarantee; the session fails.
    #[must_use]
    pub const fn reject() -> Self {
        Self {
            guarantee_accepted: false,
        }
    }

    /// Whether the guarantee is taken.
    #[must_use]
    pub const fn is_accept(self) -> bool {
        self.guarantee_accepted
    }

    /// Reads a decision from JSON.
    ///
    /// # Errors
    ///
    /// Every violation at once; a text is no boolean, whatever it says.
    pub fn from_json(json: &serde_json::Value) -> Result<Self, Violations> {
        const NAME: &str = "guaranteeAccepted";
        let mut findings = Findings::default();
        let decision = Members::of(json, "", &[NAME], &mut findings).and_then(|members| {
            if !members.has(NAME) {
                findings.refuse(NAME, MISSING_MEMBER.refuse(Found::Nothing));
            }
            let guarantee_accepted = members.flag(NAME, Null::IsWrong, &mut findings)?;
            Some(Self { guarantee_accepted })
        });
        findings.finish(decision)
    }
}

deserialize_checked!(GuaranteeDecision);
