//! Bounds on the amount that the payor may enter.

use serde::Serialize;

use super::draft::Draft;
use super::parse::{Members, json_part};
use super::violation::{Findings, Violations, Warning};
use crate::domain::rules::{AMOUNT_WITHIN_LIMITS, LIMITS_ORDERED};
use crate::domain::{Amount, Found};

/// Bounds on the amount of one session, on top of those that Flinks configures for the client.
///
/// The minimum is not over the maximum (rule `limits-ordered`), and a preset amount lies between the two (rule
/// `amount-within-limits`, checked with the whole request).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Limits {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) minimum_amount: Option<Amount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) maximum_amount: Option<Amount>,
}

impl Limits {
    /// Begins with no bound.
    #[expect(
        clippy::new_ret_no_self,
        reason = "limits exist only once they are checked, by `build`"
    )]
    pub fn new() -> LimitsBuilder {
        LimitsBuilder {
            minimum: None,
            maximum: None,
        }
    }

    /// The least that the payor may pay.
    #[must_use]
    pub fn minimum(&self) -> Option<Amount> {
        self.minimum_amount
    }

    /// The most that the payor may pay.
    #[must_use]
    pub fn maximum(&self) -> Option<Amount> {
        self.maximum_amount
    }

    /// Whether there is no bound. A request leaves such limits out.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.minimum_amount.is_none() && self.maximum_amount.is_none()
    }

    /// Records a preset amount that lies outside.
    pub(super) fn check_amount(self, amount: Amount, findings: &mut Findings) {
        if self.minimum_amount.is_some_and(|minimum| amount < minimum) {
            findings.refuse(
                "amount",
                AMOUNT_WITHIN_LIMITS.refuse(Found::Shape("an amount under the minimum")),
            );
        }
        if self.maximum_amount.is_some_and(|maximum| amount > maximum) {
            findings.refuse(
                "amount",
                AMOUNT_WITHIN_LIMITS.refuse(Found::Shape("an amount over the maximum")),
            );
        }
    }
}

/// [`Limits`] in the making.
#[derive(Debug, Clone)]
#[must_use]
pub struct LimitsBuilder {
    minimum: Option<Draft<Amount>>,
    maximum: Option<Draft<Amount>>,
}

impl LimitsBuilder {
    /// Sets the least that the payor may pay, in Canadian dollars.
    pub fn minimum(mut self, minimum: impl Into<Draft<Amount>>) -> Self {
        self.minimum = Some(minimum.into());
        self
    }

    /// Sets the most that the payor may pay, in Canadian dollars.
    pub fn maximum(mut self, maximum: impl Into<Draft<Amount>>) -> Self {
        self.maximum = Some(maximum.into());
        self
    }

    /// Checks both bounds, and one against the other.
    ///
    /// # Errors
    ///
    /// Every violation, with paths as in a whole request (`options.limits.minimumAmount`).
    pub fn build(self) -> Result<Limits, Violations> {
        let mut findings = Findings::default();
        let built = self.check(&mut findings);
        findings.finish(built)
    }

    /// Returns what the rules advise against in the parts that are valid.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        let mut warnings = Vec::new();
        if let Some(minimum) = &self.minimum {
            minimum.warn("options.limits.minimumAmount", &mut warnings);
        }
        if let Some(maximum) = &self.maximum {
            maximum.warn("options.limits.maximumAmount", &mut warnings);
        }
        warnings
    }

    pub(super) fn check(self, findings: &mut Findings) -> Option<Limits> {
        let minimum_amount = findings.optional("options.limits.minimumAmount", self.minimum);
        let maximum_amount = findings.optional("options.limits.maximumAmount", self.maximum);
        if let (Some(minimum), Some(maximum)) = (minimum_amount, maximum_amount)
            && minimum > maximum
        {
            findings.refuse(
                "options.limits",
                LIMITS_ORDERED.refuse(Found::Shape("a minimum over the maximum")),
            );
            return None;
        }
        Some(Limits {
            minimum_amount,
            maximum_amount,
        })
    }

    pub(super) fn read(members: &Members<'_>, findings: &mut Findings) -> Self {
        Self {
            minimum: members.amount("minimumAmount", findings),
            maximum: members.amount("maximumAmount", findings),
        }
    }
}

impl From<Limits> for LimitsBuilder {
    fn from(limits: Limits) -> Self {
        let Limits {
            minimum_amount,
            maximum_amount,
        } = limits;
        Self {
            minimum: minimum_amount.map(Draft::valid),
            maximum: maximum_amount.map(Draft::valid),
        }
    }
}

json_part!(
    Limits,
    LimitsBuilder,
    "options.limits",
    ["minimumAmount", "maximumAmount"]
);
