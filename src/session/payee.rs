//! Where the money of a Guaranteed EFT goes.

use serde::Serialize;

use super::draft::Draft;
use super::parse::{Members, Null, json_part};
use super::violation::{Findings, Violations, Warning};
use crate::domain::rules::MISSING_MEMBER;
use crate::domain::{AccountLabel, AccountNumber, Found, InstitutionCode, TransitNumber};

/// The account that receives the money of a [`GuaranteedEft`](super::GuaranteedEft).
///
/// Without one, Flinks uses the settlement account configured for the client; without that either, it refuses the session
/// (S2, S4). A regular EFT has no payee.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Payee {
    pub(crate) account: PayeeAccount,
}

/// The one member of a payee.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PayeeAccount {
    pub(crate) institution_code: InstitutionCode,
    pub(crate) transit_number: TransitNumber,
    pub(crate) account_number: AccountNumber,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) account_label: Option<AccountLabel>,
}

impl Payee {
    /// Begins a payee with the three numbers of a Canadian account.
    #[expect(
        clippy::new_ret_no_self,
        reason = "a payee exists only once it is checked, by `build`"
    )]
    pub fn new(
        institution: impl Into<Draft<InstitutionCode>>,
        transit: impl Into<Draft<TransitNumber>>,
        account: impl Into<Draft<AccountNumber>>,
    ) -> PayeeBuilder {
        PayeeBuilder {
            institution: institution.into(),
            transit: transit.into(),
            account: account.into(),
            label: None,
        }
    }

    /// The bank.
    #[must_use]
    pub fn institution(&self) -> &InstitutionCode {
        &self.account.institution_code
    }

    /// The branch.
    #[must_use]
    pub fn transit(&self) -> &TransitNumber {
        &self.account.transit_number
    }

    /// The account at that branch.
    #[must_use]
    pub fn account(&self) -> &AccountNumber {
        &self.account.account_number
    }

    /// What the payor sees as the destination.
    #[must_use]
    pub fn label(&self) -> Option<&AccountLabel> {
        self.account.account_label.as_ref()
    }
}

/// A [`Payee`] in the making.
#[derive(Debug, Clone)]
#[must_use]
pub struct PayeeBuilder {
    institution: Draft<InstitutionCode>,
    transit: Draft<TransitNumber>,
    account: Draft<AccountNumber>,
    label: Option<Draft<AccountLabel>>,
}

impl PayeeBuilder {
    /// Sets what the payor sees as the destination; without it Flinks makes a label from the account (S4).
    pub fn label(mut self, label: impl Into<Draft<AccountLabel>>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Checks every part.
    ///
    /// # Errors
    ///
    /// Every violation, with paths as in a whole request (`payee.account.accountNumber`).
    pub fn build(self) -> Result<Payee, Violations> {
        let mut findings = Findings::default();
        let built = self.check(&mut findings);
        findings.finish(built)
    }

    /// Returns what the rules advise against in the parts that are valid.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        let mut warnings = Vec::new();
        self.institution
            .warn("payee.account.institutionCode", &mut warnings);
        self.transit
            .warn("payee.account.transitNumber", &mut warnings);
        self.account
            .warn("payee.account.accountNumber", &mut warnings);
        warnings
    }

    pub(super) fn check(self, findings: &mut Findings) -> Option<Payee> {
        let institution_code = findings.value("payee.account.institutionCode", self.institution);
        let transit_number = findings.value("payee.account.transitNumber", self.transit);
        let account_number = findings.value("payee.account.accountNumber", self.account);
        let account_label = findings.optional("payee.account.accountLabel", self.label);
        Some(Payee {
            account: PayeeAccount {
                institution_code: institution_code?,
                transit_number: transit_number?,
                account_number: account_number?,
                account_label,
            },
        })
    }

    pub(super) fn read(members: &Members<'_>, findings: &mut Findings) -> Self {
        const ACCOUNT: &[&str] = &[
            "institutionCode",
            "transitNumber",
            "accountNumber",
            "accountLabel",
        ];
        if !members.has("account") {
            findings.refuse("payee.account", MISSING_MEMBER.refuse(Found::Nothing));
        }
        match members.object("account", "payee.account", Null::IsWrong, ACCOUNT, findings) {
            None => Payee::new(Draft::reported(), Draft::reported(), Draft::reported()),
            Some(account) => Self {
                institution: account.required("institutionCode", &MISSING_MEMBER, findings),
                transit: account.required("transitNumber", &MISSING_MEMBER, findings),
                account: account.required("accountNumber", &MISSING_MEMBER, findings),
                label: account.optional("accountLabel", Null::IsWrong, findings),
            },
        }
    }
}

impl From<Payee> for PayeeBuilder {
    fn from(payee: Payee) -> Self {
        let PayeeAccount {
            institution_code,
            transit_number,
            account_number,
            account_label,
        } = payee.account;
        Self {
            institution: Draft::valid(institution_code),
            transit: Draft::valid(transit_number),
            account: Draft::valid(account_number),
            label: account_label.map(Draft::valid),
        }
    }
}

json_part!(Payee, PayeeBuilder, "payee", ["account"]);
