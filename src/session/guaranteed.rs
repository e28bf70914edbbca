//! A request for a Guaranteed EFT.

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::body::Body;
use super::debit::{self, Debit, DebitBuilder};
use super::draft::Draft;
use super::limits::{Limits, LimitsBuilder};
use super::parse::Null;
use super::payee::{Payee, PayeeBuilder};
use super::payor::{Payor, PayorBuilder};
use super::product::{debit_builder, debit_request};
use super::redirect::{Redirect, RedirectBuilder};
use super::violation::{Findings, Violations, Warning};
use crate::domain::{Amount, GuaranteeEnabled, GuaranteedReferenceId, Language};

/// A request for a debit that Flinks guarantees.
///
/// ```
/// use flinks_pay::session::{GuaranteedEft, Payee, Payor};
///
/// let request = GuaranteedEft::new(Payor::new("Noor", "Haddad"))
///     .amount("125.50")
///     .reference_id("invoice-4711")
///     .payee(Payee::new("999", "70001", "440055001"))
///     .build()?;
/// assert_eq!(request.amount().map(|amount| amount.cents()), Some(12_550));
/// # Ok::<(), flinks_pay::session::Violations>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct GuaranteedEft {
    pub(crate) debit: Debit,
    pub(crate) reference_id: Option<GuaranteedReferenceId>,
    pub(crate) payee: Option<Payee>,
}

impl GuaranteedEft {
    /// Begins a request for a payor: a checked one, or one in the making.
    #[expect(
        clippy::new_ret_no_self,
        reason = "a request exists only once it is checked, by `build`"
    )]
    pub fn new(payor: impl Into<PayorBuilder>) -> GuaranteedEftBuilder {
        GuaranteedEftBuilder {
            debit: Box::new(DebitBuilder::new(payor.into())),
            reference_id: None,
            payee: None,
        }
    }

    /// Where the money goes; `None` for the settlement account configured for the client.
    #[must_use]
    pub fn payee(&self) -> Option<&Payee> {
        self.payee.as_ref()
    }
}

debit_request!(GuaranteedEft, GuaranteedEftBuilder, GuaranteedReferenceId);

impl Serialize for GuaranteedEft {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Body::new(
            &self.debit,
            GuaranteeEnabled,
            self.reference_id.as_ref(),
            self.payee.as_ref(),
        )
        .serialize(serializer)
    }
}

/// A [`GuaranteedEft`] in the making.
#[derive(Debug, Clone)]
#[must_use]
pub struct GuaranteedEftBuilder {
    /// On the heap, for each setter moves the builder.
    debit: Box<DebitBuilder>,
    reference_id: Option<Draft<GuaranteedReferenceId>>,
    payee: Option<PayeeBuilder>,
}

debit_builder!(GuaranteedEftBuilder => GuaranteedEft, GuaranteedReferenceId);

impl GuaranteedEftBuilder {
    /// Sets where the money goes; without it, the settlement account configured for the client is used.
    pub fn payee(mut self, payee: impl Into<PayeeBuilder>) -> Self {
        self.payee = Some(payee.into());
        self
    }

    /// Returns what the rules advise against in the parts that are valid; none of it keeps the request from being sent.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        let mut warnings = self.debit.warnings();
        if let Some(reference_id) = &self.reference_id {
            reference_id.warn("referenceId", &mut warnings);
        }
        if let Some(payee) = &self.payee {
            warnings.extend(payee.warnings());
        }
        warnings
    }

    fn check(self, findings: &mut Findings) -> Option<GuaranteedEft> {
        let debit = self.debit.check(findings);
        let reference_id = findings.optional("referenceId", self.reference_id);
        let payee = self.payee.and_then(|payee| payee.check(findings));
        Some(GuaranteedEft {
            debit: debit?,
            reference_id,
            payee,
        })
    }

    fn read(json: &Value, findings: &mut Findings) -> Option<Self> {
        let request = debit::open(json, findings)?;
        let payee = request.object(
            "payee",
            "payee",
            Null::IsWrong,
            PayeeBuilder::MEMBERS,
            findings,
        );
        Some(Self {
            debit: Box::new(DebitBuilder::read(&request, true, findings)),
            reference_id: request.optional("referenceId", Null::IsAbsent, findings),
            payee: payee.map(|members| PayeeBuilder::read(&members, findings)),
        })
    }
}

impl From<GuaranteedEft> for GuaranteedEftBuilder {
    fn from(request: GuaranteedEft) -> Self {
        let GuaranteedEft {
            debit,
            reference_id,
            payee,
        } = request;
        Self {
            debit: Box::new(debit.into()),
            reference_id: reference_id.map(Draft::valid),
            payee: payee.map(PayeeBuilder::from),
        }
    }
}
