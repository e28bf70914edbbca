//! The payor's address.

use std::fmt;

use serde::Serialize;

use super::draft::Draft;
use super::parse::{Members, Null, json_part};
use super::violation::{Findings, Violations, Warning};
use crate::domain::rules::ADDRESS_COMPLETE;
use crate::domain::{AddressLine1, AddressLine2, City, Country, PostalCode, Province, Unit};

/// A Canadian address, complete: all five mandatory parts are present (rule `address-complete`).
///
/// ```
/// use flinks_pay::session::Address;
///
/// let address = Address::new("77 Harbour Road", "Halifax", "NS", "b3h 4r2").unit("5").build()?;
/// assert_eq!(address.postal_code().expose(), "B3H4R2");
/// # Ok::<(), flinks_pay::session::Violations>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the contract's names")]
pub struct Address {
    pub(crate) address_line1: AddressLine1,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) address_line2: Option<AddressLine2>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) unit: Option<Unit>,
    pub(crate) city: City,
    pub(crate) province: Province,
    pub(crate) country: Country,
    pub(crate) postal_code: PostalCode,
}

impl Address {
    /// Begins an address in Canada.
    #[expect(
        clippy::new_ret_no_self,
        reason = "an address exists only once it is checked, by `build`"
    )]
    pub fn new(
        line1: impl Into<Draft<AddressLine1>>,
        city: impl Into<Draft<City>>,
        province: impl Into<Draft<Province>>,
        postal_code: impl Into<Draft<PostalCode>>,
    ) -> AddressBuilder {
        AddressBuilder {
            line1: line1.into(),
            line2: None,
            unit: None,
            city: city.into(),
            province: province.into(),
            country: Draft::valid(Country::Ca),
            postal_code: postal_code.into(),
        }
    }

    /// Street number and name.
    #[must_use]
    pub fn line1(&self) -> &AddressLine1 {
        &self.address_line1
    }

    /// A second line.
    #[must_use]
    pub fn line2(&self) -> Option<&AddressLine2> {
        self.address_line2.as_ref()
    }

    /// Apartment, suite or office.
    #[must_use]
    pub fn unit(&self) -> Option<&Unit> {
        self.unit.as_ref()
    }

    /// Town or city.
    #[must_use]
    pub fn city(&self) -> &City {
        &self.city
    }

    /// Province or territory.
    #[must_use]
    pub fn province(&self) -> Province {
        self.province
    }

    /// Country.
    #[must_use]
    pub fn country(&self) -> Country {
        self.country
    }

    /// Postal code, in upper case without a space.
    #[must_use]
    pub fn postal_code(&self) -> &PostalCode {
        &self.postal_code
    }
}

impl fmt::Debug for Address {
    /// Prints none of it: even the codes say where a person lives.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address([redacted])")
    }
}

/// An [`Address`] in the making.
#[derive(Debug, Clone)]
#[must_use]
pub struct AddressBuilder {
    line1: Draft<AddressLine1>,
    line2: Option<Draft<AddressLine2>>,
    unit: Option<Draft<Unit>>,
    city: Draft<City>,
    province: Draft<Province>,
    country: Draft<Country>,
    postal_code: Draft<PostalCode>,
}

impl AddressBuilder {
    /// Sets a second line.
    pub fn line2(mut self, line2: impl Into<Draft<AddressLine2>>) -> Self {
        self.line2 = Some(line2.into());
        self
    }

    /// Sets the apartment, suite or office.
    pub fn unit(mut self, unit: impl Into<Draft<Unit>>) -> Self {
        self.unit = Some(unit.into());
        self
    }

    /// Sets the country; Canada unless it is set, and nothing else is accepted.
    pub fn country(mut self, country: impl Into<Draft<Country>>) -> Self {
        self.country = country.into();
        self
    }

    /// Checks every part.
    ///
    /// # Errors
    ///
    /// Every violation, with paths as in a whole request (`payor.address.province`).
    pub fn build(self) -> Result<Address, Violations> {
        let mut findings = Findings::default();
        let built = self.check(&mut findings);
        findings.finish(built)
    }

    /// Returns what the rules advise against in the parts that are valid.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        let mut warnings = Vec::new();
        self.postal_code
            .warn("payor.address.postalCode", &mut warnings);
        warnings
    }

    pub(super) fn check(self, findings: &mut Findings) -> Option<Address> {
        let address_line1 = findings.value("payor.address.addressLine1", self.line1);
        let address_line2 = findings.optional("payor.address.addressLine2", self.line2);
        let unit = findings.optional("payor.address.unit", self.unit);
        let city = findings.value("payor.address.city", self.city);
        let province = findings.value("payor.address.province", self.province);
        let country = findings.value("payor.address.country", self.country);
        let postal_code = findings.value("payor.address.postalCode", self.postal_code);
        Some(Address {
            address_line1: address_line1?,
            address_line2,
            unit,
            city: city?,
            province: province?,
            country: country?,
            postal_code: postal_code?,
        })
    }

    pub(super) fn read(members: &Members<'_>, findings: &mut Findings) -> Self {
        let complete = &ADDRESS_COMPLETE;
        Self {
            line1: members.required("addressLine1", complete, findings),
            line2: members.optional("addressLine2", Null::IsAbsent, findings),
            unit: members.optional("unit", Null::IsAbsent, findings),
            city: members.required("city", complete, findings),
            province: members.required("province", complete, findings),
            country: members.required("country", complete, findings),
            postal_code: members.required("postalCode", complete, findings),
        }
    }
}

impl From<Address> for AddressBuilder {
    fn from(address: Address) -> Self {
        let Address {
            address_line1,
            address_line2,
            unit,
            city,
            province,
            country,
            postal_code,
        } = address;
        Self {
            line1: Draft::valid(address_line1),
            line2: address_line2.map(Draft::valid),
            unit: unit.map(Draft::valid),
            city: Draft::valid(city),
            province: Draft::valid(province),
            country: Draft::valid(country),
            postal_code: Draft::valid(postal_code),
        }
    }
}

json_part!(
    Address,
    AddressBuilder,
    "payor.address",
    [
        "addressLine1",
        "addressLine2",
        "unit",
        "city",
        "province",
        "country",
        "postalCode"
    ]
);
