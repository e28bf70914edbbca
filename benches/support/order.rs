//! What a shop knows about one payment, and the two ways to make a full guaranteed request of it.

use flinks_pay::session::Violations;
use flinks_pay::{Address, GuaranteedEft, Limits, Payee, Payor, Redirect};
use serde::Serialize;

/// As it stands in a shop's own records.
pub(crate) struct Order {
    pub(crate) amount: &'static str,
    pub(crate) cents: u32,
    pub(crate) reference: &'static str,
    pub(crate) first: &'static str,
    pub(crate) middle: &'static str,
    pub(crate) last: &'static str,
    pub(crate) email: &'static str,
    pub(crate) occupation: &'static str,
    pub(crate) birth_date: &'static str,
    pub(crate) line1: &'static str,
    pub(crate) line2: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) city: &'static str,
    pub(crate) province: &'static str,
    pub(crate) postal_code: &'static str,
    pub(crate) institution: &'static str,
    pub(crate) transit: &'static str,
    pub(crate) account: &'static str,
    pub(crate) label: &'static str,
    pub(crate) success: &'static str,
    pub(crate) exit: &'static str,
}

pub(crate) const ORDER: Order = Order {
    amount: "120.50",
    cents: 12_050,
    reference: "invoice-1042",
    first: "Robin",
    middle: "Marie",
    last: "Tester",
    email: "robin@example.com",
    occupation: "glazier",
    birth_date: "88-02-29",
    line1: "100 Sample Street",
    line2: "Rear door",
    unit: "2B",
    city: "Toronto",
    province: "ON",
    postal_code: "M5V2T6",
    institution: "999",
    transit: "70001",
    account: "7654321",
    label: "Shop",
    success: "https://shop.example/paid?order=1042",
    exit: "https://shop.example/left?order=1042",
};

impl Order {
    /// With this crate: every value checked.
    pub(crate) fn checked(&self) -> Result<GuaranteedEft, Violations> {
        let address = Address::new(self.line1, self.city, self.province, self.postal_code)
            .line2(self.line2)
            .unit(self.unit)
            .country("CA");
        let payor = Payor::new(self.first, self.last)
            .middle_name(self.middle)
            .email(self.email)
            .occupation(self.occupation)
            .birth_date(self.birth_date)
            .address(address);
        GuaranteedEft::new(payor)
            .amount(self.amount)
            .reference_id(self.reference)
            .payee(Payee::new(self.institution, self.transit, self.account).label(self.label))
            .language("EN")
            .show_consent_screen(false)
            .amount_modification(true)
            .limits(Limits::new().minimum("20.25").maximum("500.25"))
            .redirect(Redirect::to(self.success, self.exit))
            .build()
    }

    /// By hand: plain structs, and no check.
    pub(crate) fn plain(&self) -> Plain {
        Plain {
            r#type: "EFT".to_owned(),
            direction: "DEBIT".to_owned(),
            currency: "CAD".to_owned(),
            amount: f64::from(self.cents) / 100.0,
            reference_id: self.reference.to_owned(),
            options: PlainOptions {
                guarantee: PlainGuarantee { enable: true },
                notification_preferences: PlainPreferences {
                    language: "EN".to_owned(),
                },
                show_consent_screen: false,
                limits: PlainLimits {
                    minimum_amount: 20.25,
                    maximum_amount: 500.25,
                },
                amount_modification: true,
                redirect_preferences: PlainRedirect {
                    mode: "RedirectUri".to_owned(),
                    url_success: self.success.to_owned(),
                    url_exit: self.exit.to_owned(),
                },
            },
            payor: PlainPayor {
                first_name: self.first.to_owned(),
                last_name: self.last.to_owned(),
                email: self.email.to_owned(),
                middle_name: self.middle.to_owned(),
                occupation: self.occupation.to_owned(),
                birth_date: self.birth_date.to_owned(),
                address: PlainAddress {
                    address_line1: self.line1.to_owned(),
                    address_line2: self.line2.to_owned(),
                    unit: self.unit.to_owned(),
                    city: self.city.to_owned(),
                    province: self.province.to_owned(),
                    country: "CA".to_owned(),
                    postal_code: self.postal_code.to_owned(),
                },
            },
            payee: PlainPayee {
                account: PlainAccount {
                    institution_code: self.institution.to_owned(),
                    transit_number: self.transit.to_owned(),
                    account_number: self.account.to_owned(),
                    account_label: self.label.to_owned(),
                },
            },
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Plain {
    r#type: String,
    direction: String,
    currency: String,
    amount: f64,
    reference_id: String,
    options: PlainOptions,
    payor: PlainPayor,
    payee: PlainPayee,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PlainOptions {
    guarantee: PlainGuarantee,
    notification_preferences: PlainPreferences,
    show_consent_screen: bool,
    limits: PlainLimits,
    amount_modification: bool,
    redirect_preferences: PlainRedirect,
}

#[derive(Serialize)]
struct PlainGuarantee {
    enable: bool,
}

#[derive(Serialize)]
struct PlainPreferences {
    language: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PlainLimits {
    minimum_amount: f64,
    maximum_amount: f64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PlainRedirect {
    mode: String,
    url_success: String,
    url_exit: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PlainPayor {
    first_name: String,
    last_name: String,
    email: String,
    middle_name: String,
    occupation: String,
    birth_date: String,
    address: PlainAddress,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PlainAddress {
    #[serde(rename = "addressLine1")]
    address_line1: String,
    #[serde(rename = "addressLine2")]
    address_line2: String,
    unit: String,
    city: String,
    province: String,
    country: String,
    postal_code: String,
}

#[derive(Serialize)]
struct PlainPayee {
    account: PlainAccount,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PlainAccount {
    institution_code: String,
    transit_number: String,
    account_number: String,
    account_label: String,
}
