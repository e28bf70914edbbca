//! Requests with every optional part.

use flinks_pay::domain::{Amount, Language};
use flinks_pay::session::{
    Address, AddressBuilder, GuaranteedEft, GuaranteedEftBuilder, Limits, Payee, Payor,
    PayorBuilder, Redirect, RegularEft, RegularEftBuilder,
};

pub(crate) fn address() -> AddressBuilder {
    Address::new("14 Signal Hill", "St. John's", "NL", "a1c 5m3")
        .line2("Rear door")
        .unit("2B")
        .country("CA")
}

pub(crate) fn payor() -> PayorBuilder {
    Payor::new("Zoë", "O'Dea-Tremblay")
        .middle_name("Marie")
        .email("zoe@shop.example")
        .occupation("glazier")
        .birth_date("88-02-29")
        .address(address())
}

pub(crate) fn full_guaranteed() -> GuaranteedEftBuilder {
    GuaranteedEft::new(payor())
        .amount("231.45")
        .reference_id("Order 20391 / Été")
        .payee(Payee::new("999", "70001", "440055001").label("Shop"))
        .language(Language::Fr)
        .show_consent_screen(false)
        .amount_modification(true)
        .limits(Limits::new().minimum("20").maximum(Amount::MAX))
        .redirect(Redirect::to(
            "https://shop.example/paid?o=1",
            "https://shop.example/left",
        ))
}

pub(crate) fn full_regular() -> RegularEftBuilder {
    RegularEft::new(payor().email("other@shop.example"), "zoe@shop.example")
        .amount("18")
        .reference_id("order-20391")
        .language("EN")
        .show_consent_screen(true)
        .amount_modification(false)
        .limits(Limits::new().maximum("0.07"))
        .redirect(Redirect::js_events())
}
