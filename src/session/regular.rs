//! A request for a regular EFT.

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::body::Body;
use super::debit::{self, Debit, DebitBuilder};
use super::draft::Draft;
use super::limits::{Limits, LimitsBuilder};
use super::parse::Null;
use super::payor::{Payor, PayorBuilder};
use super::product::{debit_builder, debit_request};
use super::redirect::{Redirect, RedirectBuilder};
use super::violation::{Findings, Violations, Warning};
use crate::domain::rules::{EMAIL_REQUIRED_REGULAR, PAYEE_ONLY_GUARANTEED};
use crate::domain::{Amount, Email, Found, GuaranteeDisabled, Language, RegularReferenceId};

/// A request for a debit without a guarantee.
///
/// The money goes to the settlement account configured for the client: there is no payee. The payor's email address is
/// required (S4).
///
/// ```
/// use flinks_pay::session::{Payor, RegularEft};
///
/// let request = RegularEft::new(Payor::new("Noor", "Haddad"), "noor@shop.example").amount("18").build()?;
/// assert_eq!(request.email().expose(), "noor@shop.example");
/// # Ok::<(), flinks_pay::session::Violations>(())
/// ```
///
/// A payee does not compile:
///
/// ```compile_fail
/// use flinks_pay::session::{Payee, Payor, RegularEft};
///
/// RegularEft::new(Payor::new("Noor", "Haddad"), "noor@shop.example").payee(Payee::new("999", "70001", "440055001"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RegularEft {
    /// The payor's email address is always set here, and is the same as `email`.
    pub(crate) debit: Debit,
    pub(crate) email: Email,
    pub(crate) reference_id: Option<RegularReferenceId>,
}

impl RegularEft {
    /// Begins a request for a payor, a checked one or one in the making. The email address given here is the one that is
    /// sent, also if the payor has another.
    #[expect(
        clippy::new_ret_no_self,
        reason = "a request exists only once it is checked, by `build`"
    )]
    pub fn new(
        payor: impl Into<PayorBuilder>,
        email: impl Into<Draft<Email>>,
    ) -> RegularEftBuilder {
        RegularEftBuilder {
            debit: Box::new(DebitBuilder::new(payor.into().email(email))),
            reference_id: None,
        }
    }

    /// Where notifications go.
    #[must_use]
    pub fn email(&self) -> &Email {
        &self.email
    }
}

debit_request!(RegularEft, RegularEftBuilder, RegularReferenceId);

impl Serialize for RegularEft {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Body::new(
            &self.debit,
            GuaranteeDisabled,
            self.reference_id.as_ref(),
            None,
        )
        .serialize(serializer)
    }
}

/// A [`RegularEft`] in the making.
#[derive(Debug, Clone)]
#[must_use]
pub struct RegularEftBuilder {
    /// On the heap, for each setter moves the builder.
    debit: Box<DebitBuilder>,
    reference_id: Option<Draft<RegularReferenceId>>,
}

debit_builder!(RegularEftBuilder => RegularEft, RegularReferenceId);

impl RegularEftBuilder {
    /// Returns what the rules advise against in the parts that are valid; none of it keeps the request from being sent.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        let mut warnings = self.debit.warnings();
        if let Some(reference_id) = &self.reference_id {
            reference_id.warn("referenceId", &mut warnings);
        }
        warnings
    }

    fn check(self, findings: &mut Findings) -> Option<RegularEft> {
        if !self.debit.payor.has_email() {
            findings.refuse("payor.email", EMAIL_REQUIRED_REGULAR.refuse(Found::Nothing));
        }
        let debit = self.debit.check(findings);
        let reference_id = findings.optional("referenceId", self.reference_id);
        let debit = debit?;
        let email = debit.payor.email.clone()?;
        Some(RegularEft {
            debit,
            email,
            reference_id,
        })
    }

    fn read(json: &Value, findings: &mut Findings) -> Option<Self> {
        let request = debit::open(json, findings)?;
        if request.has("payee") {
            findings.refuse(
                "payee",
                PAYEE_ONLY_GUARANTEED.refuse(Found::Shape("a payee on a regular EFT")),
            );
        }
        Some(Self {
            debit: Box::new(DebitBuilder::read(&request, false, findings)),
            reference_id: request.optional("referenceId", Null::IsAbsent, findings),
        })
    }
}

impl From<RegularEft> for RegularEftBuilder {
    fn from(request: RegularEft) -> Self {
        let RegularEft {
            debit,
            email,
            reference_id,
        } = request;
        let mut debit = DebitBuilder::from(debit);
        debit.payor = debit.payor.email(email);
        Self {
            debit: Box::new(debit),
            reference_id: reference_id.map(Draft::valid),
        }
    }
}
