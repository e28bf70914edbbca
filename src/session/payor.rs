//! The person who is debited.

use serde::Serialize;

use super::address::{Address, AddressBuilder};
use super::draft::Draft;
use super::parse::{Members, Null, json_part};
use super::violation::{Findings, Violations, Warning};
use crate::domain::rules::MISSING_MEMBER;
use crate::domain::{BirthDate, Email, FirstName, LastName, MiddleName, Occupation};

/// The person who is debited.
///
/// First and last name must be those of the account holder: Flinks compares them, and a session whose names differ much
/// fails with `EFT0403` (S2, S4).
///
/// ```
/// use flinks_pay::session::Payor;
///
/// let refused = Payor::new("Noor", "").email("noor at example.com").build().unwrap_err();
/// let paths: Vec<&str> = refused.iter().map(|violation| violation.path()).collect();
/// assert_eq!(paths, ["payor.email", "payor.lastName"]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Payor {
    pub(crate) first_name: FirstName,
    pub(crate) last_name: LastName,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) email: Option<Email>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) middle_name: Option<MiddleName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) occupation: Option<Occupation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) birth_date: Option<BirthDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) address: Option<Address>,
}

impl Payor {
    /// Begins a payor with the names that the bank knows.
    #[expect(
        clippy::new_ret_no_self,
        reason = "a payor exists only once it is checked, by `build`"
    )]
    pub fn new(
        first: impl Into<Draft<FirstName>>,
        last: impl Into<Draft<LastName>>,
    ) -> PayorBuilder {
        PayorBuilder {
            first_name: first.into(),
            last_name: last.into(),
            email: None,
            middle_name: None,
            occupation: None,
            birth_date: None,
            address: None,
        }
    }

    /// First name.
    #[must_use]
    pub fn first_name(&self) -> &FirstName {
        &self.first_name
    }

    /// Last name.
    #[must_use]
    pub fn last_name(&self) -> &LastName {
        &self.last_name
    }

    /// Where notifications go.
    #[must_use]
    pub fn email(&self) -> Option<&Email> {
        self.email.as_ref()
    }

    /// Middle name.
    #[must_use]
    pub fn middle_name(&self) -> Option<&MiddleName> {
        self.middle_name.as_ref()
    }

    /// Occupation.
    #[must_use]
    pub fn occupation(&self) -> Option<&Occupation> {
        self.occupation.as_ref()
    }

    /// Date of birth, without the century.
    #[must_use]
    pub fn birth_date(&self) -> Option<&BirthDate> {
        self.birth_date.as_ref()
    }

    /// Address.
    #[must_use]
    pub fn address(&self) -> Option<&Address> {
        self.address.as_ref()
    }
}

/// A [`Payor`] in the making.
#[derive(Debug, Clone)]
#[must_use]
pub struct PayorBuilder {
    first_name: Draft<FirstName>,
    last_name: Draft<LastName>,
    email: Option<Draft<Email>>,
    middle_name: Option<Draft<MiddleName>>,
    occupation: Option<Draft<Occupation>>,
    birth_date: Option<Draft<BirthDate>>,
    address: Option<AddressBuilder>,
}

impl PayorBuilder {
    /// Sets where notifications go. A regular EFT takes it in [`RegularEft::new`](super::RegularEft::new) instead.
    pub fn email(mut self, email: impl Into<Draft<Email>>) -> Self {
        self.email = Some(email.into());
        self
    }

    /// Sets the middle name.
    pub fn middle_name(mut self, middle_name: impl Into<Draft<MiddleName>>) -> Self {
        self.middle_name = Some(middle_name.into());
        self
    }

    /// Sets the occupation.
    pub fn occupation(mut self, occupation: impl Into<Draft<Occupation>>) -> Self {
        self.occupation = Some(occupation.into());
        self
    }

    /// Sets the date of birth, as `yy-MM-dd`.
    pub fn birth_date(mut self, birth_date: impl Into<Draft<BirthDate>>) -> Self {
        self.birth_date = Some(birth_date.into());
        self
    }

    /// Sets the address: a checked one, or one in the making.
    pub fn address(mut self, address: impl Into<AddressBuilder>) -> Self {
        self.address = Some(address.into());
        self
    }

    /// Checks every part.
    ///
    /// # Errors
    ///
    /// Every violation, with paths as in a whole request (`payor.address.province`).
    pub fn build(self) -> Result<Payor, Violations> {
        let mut findings = Findings::default();
        let built = self.check(&mut findings);
        findings.finish(built)
    }

    /// Returns what the rules advise against in the parts that are valid.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        let mut warnings = Vec::new();
        self.first_name.warn("payor.firstName", &mut warnings);
        self.last_name.warn("payor.lastName", &mut warnings);
        if let Some(email) = &self.email {
            email.warn("payor.email", &mut warnings);
        }
        if let Some(middle_name) = &self.middle_name {
            middle_name.warn("payor.middleName", &mut warnings);
        }
        if let Some(birth_date) = &self.birth_date {
            birth_date.warn("payor.birthDate", &mut warnings);
        }
        if let Some(address) = &self.address {
            warnings.extend(address.warnings());
        }
        warnings
    }

    /// Whether an email address was given, valid or not.
    pub(super) fn has_email(&self) -> bool {
        self.email.is_some()
    }

    pub(super) fn check(self, findings: &mut Findings) -> Option<Payor> {
        let first_name = findings.value("payor.firstName", self.first_name);
        let last_name = findings.value("payor.lastName", self.last_name);
        let email = findings.optional("payor.email", self.email);
        let middle_name = findings.optional("payor.middleName", self.middle_name);
        let occupation = findings.optional("payor.occupation", self.occupation);
        let birth_date = findings.optional("payor.birthDate", self.birth_date);
        let address = self.address.and_then(|address| address.check(findings));
        Some(Payor {
            first_name: first_name?,
            last_name: last_name?,
            email,
            middle_name,
            occupation,
            birth_date,
            address,
        })
    }

    /// A payor of which nothing could be read; what is wrong with it is recorded already.
    pub(super) fn reported() -> Self {
        Payor::new(Draft::reported(), Draft::reported()).email(Draft::reported())
    }

    pub(super) fn read(members: &Members<'_>, findings: &mut Findings) -> Self {
        let address = members.object(
            "address",
            "payor.address",
            Null::IsAbsent,
            AddressBuilder::MEMBERS,
            findings,
        );
        Self {
            first_name: members.required("firstName", &MISSING_MEMBER, findings),
            last_name: members.required("lastName", &MISSING_MEMBER, findings),
            email: members.optional("email", Null::IsWrong, findings),
            middle_name: members.optional("middleName", Null::IsAbsent, findings),
            occupation: members.optional("occupation", Null::IsAbsent, findings),
            birth_date: members.optional("birthDate", Null::IsAbsent, findings),
            address: address.map(|members| AddressBuilder::read(&members, findings)),
        }
    }
}

impl From<Payor> for PayorBuilder {
    fn from(payor: Payor) -> Self {
        let Payor {
            first_name,
            last_name,
            email,
            middle_name,
            occupation,
            birth_date,
            address,
        } = payor;
        Self {
            first_name: Draft::valid(first_name),
            last_name: Draft::valid(last_name),
            email: email.map(Draft::valid),
            middle_name: middle_name.map(Draft::valid),
            occupation: occupation.map(Draft::valid),
            birth_date: birth_date.map(Draft::valid),
            address: address.map(AddressBuilder::from),
        }
    }
}

json_part!(
    Payor,
    PayorBuilder,
    "payor",
    [
        "firstName",
        "lastName",
        "email",
        "middleName",
        "occupation",
        "birthDate",
        "address"
    ]
);
