//! Requests to judge: one choice for each optional part, made by hand or at random.
#![allow(unreachable_pub, reason = "a module of a test program")]

use flinks_pay::domain::Language;
use flinks_pay::session::{
    Address, AddressBuilder, GuaranteedEft, Limits, LimitsBuilder, Payee, PayeeBuilder, Payor,
    PayorBuilder, Redirect, RedirectBuilder, RegularEft, Violations,
};
use proptest::prelude::*;

/// The setters that both products have.
macro_rules! set {
    ($builder:expr, $parts:ident) => {{
        let mut builder = $builder;
        if let Some(amount) = $parts.amount {
            builder = builder.amount(amount);
        }
        if let Some(reference) = $parts.reference {
            builder = builder.reference_id(reference);
        }
        if let Some(language) = $parts.language {
            builder = builder.language(language);
        }
        if let Some(show) = $parts.show_consent_screen {
            builder = builder.show_consent_screen(show);
        }
        if let Some(allow) = $parts.amount_modification {
            builder = builder.amount_modification(allow);
        }
        if let Some(limits) = $parts.limits {
            builder = builder.limits(limits);
        }
        if let Some(redirect) = $parts.redirect {
            builder = builder.redirect(redirect);
        }
        builder
    }};
}
/// One choice for each optional part of a request.
#[derive(Debug, Clone)]
pub struct Parts {
    pub payor: PayorBuilder,
    pub email: String,
    pub amount: Option<String>,
    pub reference: Option<String>,
    pub payee: Option<PayeeBuilder>,
    pub language: Option<Language>,
    pub show_consent_screen: Option<bool>,
    pub amount_modification: Option<bool>,
    pub limits: Option<LimitsBuilder>,
    pub redirect: Option<RedirectBuilder>,
}

impl Parts {
    pub fn least() -> Self {
        Self {
            payor: Payor::new("Zoë", "O'Dea"),
            email: "zoe@shop.example".to_owned(),
            amount: None,
            reference: None,
            payee: None,
            language: None,
            show_consent_screen: None,
            amount_modification: None,
            limits: None,
            redirect: None,
        }
    }

    pub fn most() -> Self {
        Self {
            payor: payors().pop().unwrap(),
            amount: Some("20".to_owned()),
            reference: Some("order-20391".to_owned()),
            payee: Some(payee().label("Shop")),
            language: Some(Language::Fr),
            show_consent_screen: Some(false),
            amount_modification: Some(false),
            limits: Some(Limits::new().minimum("20").maximum("20")),
            redirect: Some(Redirect::js_events()),
            ..Self::least()
        }
    }

    pub fn guaranteed(self) -> Result<GuaranteedEft, Violations> {
        let mut builder = GuaranteedEft::new(self.payor);
        if let Some(payee) = self.payee {
            builder = builder.payee(payee);
        }
        set!(builder, self).build()
    }

    pub fn regular(self) -> Result<RegularEft, Violations> {
        let builder = RegularEft::new(self.payor, self.email);
        set!(builder, self).build()
    }
}

pub fn payee() -> PayeeBuilder {
    Payee::new("999", "70001", "440055001")
}

/// A payor with every choice of optional parts; the last has them all.
pub fn payors() -> Vec<PayorBuilder> {
    let mut payors = Vec::new();
    for address in [None, Some(0), Some(1), Some(2), Some(3)] {
        for bits in 0..16_u8 {
            let mut payor = Payor::new("Zoë", "O'Dea");
            if bits & 1 != 0 {
                payor = payor.email("zoe@shop.example");
            }
            if bits & 2 != 0 {
                payor = payor.middle_name("Marie");
            }
            if bits & 4 != 0 {
                payor = payor.occupation("glazier");
            }
            if bits & 8 != 0 {
                payor = payor.birth_date("88-02-29");
            }
            if let Some(parts) = address {
                let mut address = Address::new("14 Signal Hill", "St. John's", "NL", "a1c 5m3");
                if parts & 1 != 0 {
                    address = address.line2("Rear door");
                }
                if parts & 2 != 0 {
                    address = address.unit("2B");
                }
                payor = payor.address(address);
            }
            payors.push(payor);
        }
    }
    payors
}

prop_compose! {
    fn address()(
        line1 in text(40),
        line2 in proptest::option::of(text(40)),
        unit in proptest::option::of(text(8)),
        city in text(30),
        province in prop::sample::select(vec!["AB", "qc", "Yt", "NS"]),
        postal_code in "[A-Za-z][0-9][A-Za-z] ?[0-9][A-Za-z][0-9]|[A-Za-z0-9]{6}",
    ) -> AddressBuilder {
        let mut address = Address::new(line1, city, province, postal_code);
        if let Some(line2) = line2 {
            address = address.line2(line2);
        }
        if let Some(unit) = unit {
            address = address.unit(unit);
        }
        address
    }
}

prop_compose! {
    fn payor()(
        first in text(255),
        last in text(60),
        middle in proptest::option::of(text(60)),
        occupation in proptest::option::of(text(60)),
        birth_date in proptest::option::of("[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"),
        email in proptest::option::of(email()),
        address in proptest::option::of(address()),
    ) -> PayorBuilder {
        let mut payor = Payor::new(first, last);
        if let Some(middle) = middle {
            payor = payor.middle_name(middle);
        }
        if let Some(occupation) = occupation {
            payor = payor.occupation(occupation);
        }
        if let Some(birth_date) = birth_date {
            payor = payor.birth_date(birth_date);
        }
        if let Some(email) = email {
            payor = payor.email(email);
        }
        if let Some(address) = address {
            payor = payor.address(address);
        }
        payor
    }
}

prop_compose! {
    pub fn parts()(
        payor in payor(),
        email in email(),
        cents in proptest::option::of(1_u64..=10_000_000),
        reference in proptest::option::of("[A-Za-z0-9-]{1,36}"),
        payee in proptest::option::of((("[0-9]{3}", "[0-9]{5}", "[0-9]{7,12}"), proptest::option::of(text(50)))),
        language in prop::sample::select(vec![None, Some(Language::En), Some(Language::Fr)]),
        show_consent_screen in proptest::option::of(any::<bool>()),
        amount_modification in proptest::option::of(any::<bool>()),
        bounds in proptest::option::of((proptest::option::of(0_u64..5_000), proptest::option::of(0_u64..5_000))),
        redirect in proptest::option::of(proptest::option::of(("[a-z]{1,9}", "[a-z0-9/%-]{0,30}"))),
    ) -> Parts {
        let dollars = |cents: u64| format!("{}.{:02}", cents / 100, cents % 100);
        // Bounds around the amount, so that it lies inside.
        let around = cents.unwrap_or(500_000);
        let limits = bounds.map(|(below, above)| {
            let mut limits = Limits::new();
            if let Some(below) = below {
                limits = limits.minimum(dollars(around.saturating_sub(below).max(1)));
            }
            if let Some(above) = above {
                limits = limits.maximum(dollars((around + above).min(10_000_000)));
            }
            limits
        });
        let redirect = redirect.map(|to| match to {
            None => Redirect::js_events(),
            Some((host, path)) => {
                let path = path.replace('%', "%2F");
                Redirect::to(format!("https://{host}.example/{path}"), format!("http://{host}:80/?{path}"))
            }
        });
        Parts {
            payor,
            email,
            amount: cents.map(dollars),
            reference,
            payee: payee.map(|((institution, transit, account), label)| {
                let payee = Payee::new(institution, transit, account);
                match label {
                    Some(label) => payee.label(label),
                    None => payee,
                }
            }),
            language,
            show_consent_screen,
            amount_modification,
            limits,
            redirect,
        }
    }
}

/// Visible text of every script.
fn text(longest: usize) -> impl Strategy<Value = String> {
    proptest::collection::vec(prop_oneof![4 => "[a-zA-Z' -]", 1 => "\\PC"], 0..longest)
        .prop_map(|characters| characters.concat() + "é")
}

fn email() -> impl Strategy<Value = String> {
    "[a-z0-9!#$%&'*+/=?^_`{|}~-]{1,20}(\\.[a-z]{1,9})?@([a-z0-9]{1,12}\\.){1,3}[a-z]{2,8}"
}
