//! Requests: what is sent, what is read, what is refused and what is only advised against.

use flinks_pay::domain::{Email, Province, RegularReferenceId, Severity};

use flinks_pay::session::{
    Address, GuaranteedEft, GuaranteedEftBuilder, Limits, Payee, Payor, Redirect, RegularEft,
    RegularEftBuilder, SessionRequest, Violations, Warning,
};

use crate::full::{address, full_guaranteed, full_regular, payor};
use crate::snapshot;
use serde_json::json;

/// The request as it is sent, member for member in order.
fn sent(request: impl Into<SessionRequest>) -> String {
    serde_json::to_string_pretty(&request.into()).unwrap()
}

fn found(violations: &Violations) -> Vec<(&str, &str)> {
    violations
        .iter()
        .map(|it| (it.path(), it.rule().id))
        .collect()
}

fn advised(warnings: &[Warning]) -> Vec<(&str, &str)> {
    warnings
        .iter()
        .map(|it| (it.path(), it.rule().id))
        .collect()
}

#[test]
fn a_minimal_guaranteed_request() {
    let request = GuaranteedEft::new(Payor::new("Zoë", "O'Dea"))
        .build()
        .unwrap();
    snapshot("session_guaranteed_minimal", &sent(request.clone()));
    assert!(request.warnings().is_empty());
}

#[test]
fn a_minimal_regular_request() {
    let request = RegularEft::new(Payor::new("Zoë", "O'Dea"), "zoe@shop.example")
        .build()
        .unwrap();
    snapshot("session_regular_minimal", &sent(request.clone()));
}

#[test]
fn a_guaranteed_request_with_every_part() {
    let request = full_guaranteed().build().unwrap();
    snapshot("session_guaranteed_full", &sent(request.clone()));
    assert_eq!(request.payee().unwrap().account().masked(), "****5001");
    assert_eq!(request.limits().unwrap().minimum().unwrap().cents(), 2_000);
    assert_eq!(request.payor().address().unwrap().province(), Province::Nl);
}

#[test]
fn a_regular_request_with_every_part() {
    // The limits are under the amount on purpose, first.
    let refused = full_regular().build().unwrap_err();
    assert_eq!(found(&refused), [("amount", "amount-within-limits")]);
    let request = full_regular()
        .limits(Limits::new().maximum("18"))
        .build()
        .unwrap();
    snapshot("session_regular_full", &sent(request.clone()));
    assert_eq!(request.email().expose(), "zoe@shop.example");
    assert_eq!(request.payor().email(), Some(request.email()));
}

#[test]
fn json_reads_back_as_the_same_request() {
    let guaranteed = full_guaranteed().build().unwrap();
    let json = serde_json::to_value(&guaranteed).unwrap();
    assert_eq!(GuaranteedEft::from_json(&json).unwrap(), guaranteed);
    assert_eq!(
        serde_json::from_value::<GuaranteedEft>(json.clone()).unwrap(),
        guaranteed
    );
    assert_eq!(
        SessionRequest::from_json(&json).unwrap(),
        SessionRequest::from(guaranteed.clone())
    );
    assert_eq!(
        GuaranteedEftBuilder::from(guaranteed.clone())
            .build()
            .unwrap(),
        guaranteed
    );

    let regular = full_regular().amount("0.05").build().unwrap();
    let text = serde_json::to_string(&SessionRequest::from(regular.clone())).unwrap();
    assert_eq!(
        serde_json::from_str::<SessionRequest>(&text).unwrap(),
        SessionRequest::Regular(regular.clone())
    );
    assert_eq!(serde_json::from_str::<RegularEft>(&text).unwrap(), regular);
    assert_eq!(
        RegularEftBuilder::from(regular.clone()).build().unwrap(),
        regular
    );
    assert!(GuaranteedEft::from_json(&serde_json::from_str(&text).unwrap()).is_err());
}

#[test]
fn parts_read_and_write_on_their_own() {
    let address = address().build().unwrap();
    let payor = payor().build().unwrap();
    let payee = Payee::new("999", "70001", "440055001").build().unwrap();
    let limits = Limits::new().minimum("1.01").build().unwrap();
    let redirect = Redirect::js_events().build().unwrap();
    assert_eq!(
        Address::from_json(&serde_json::to_value(&address).unwrap()).unwrap(),
        address
    );
    assert_eq!(
        Payor::from_json(&serde_json::to_value(&payor).unwrap()).unwrap(),
        payor
    );
    assert_eq!(
        Payee::from_json(&serde_json::to_value(&payee).unwrap()).unwrap(),
        payee
    );
    assert_eq!(
        Limits::from_json(&serde_json::to_value(limits).unwrap()).unwrap(),
        limits
    );
    assert_eq!(
        Redirect::from_json(&serde_json::to_value(&redirect).unwrap()).unwrap(),
        redirect
    );
    // A checked part goes into a builder as one in the making does.
    let request = GuaranteedEft::new(Payor::new("Zoë", "O'Dea").address(address.clone()))
        .payee(payee.clone())
        .limits(limits)
        .redirect(redirect)
        .build()
        .unwrap();
    assert_eq!(
        (request.payor().address(), request.payee()),
        (Some(&address), Some(&payee))
    );
}

#[test]
fn checked_values_and_texts_go_in_alike() {
    let email = Email::new("zoe@shop.example").unwrap();
    let reference = RegularReferenceId::new("order-20391").unwrap();
    let checked = RegularEft::new(Payor::new("Zoë", "O'Dea"), &email)
        .reference_id(reference)
        .build()
        .unwrap();
    let text = RegularEft::new(Payor::new("Zoë", "O'Dea"), String::from("zoe@shop.example"))
        .reference_id("order-20391")
        .build()
        .unwrap();
    assert_eq!(checked, text);
}

#[test]
fn warnings_say_where_and_do_not_refuse() {
    let long = "n".repeat(101);
    let request = GuaranteedEft::new(
        Payor::new(long.as_str(), long.as_str())
            .middle_name(long.as_str())
            .email(format!(
                "{}@shop.{}.example",
                "e".repeat(60),
                "d".repeat(40)
            ))
            .birth_date("01-01-01")
            .address(Address::new("14 Signal Hill", "St. John's", "NL", "ABCDEF")),
    )
    .amount("100000")
    .limits(Limits::new().minimum("99999.99").maximum("100000"))
    .reference_id("r".repeat(37));
    let expected = [
        ("amount", "amount-over-99999.99"),
        ("options.limits.maximumAmount", "amount-over-99999.99"),
        ("payor.firstName", "name-over-100"),
        ("payor.lastName", "name-over-100"),
        ("payor.email", "email-over-100"),
        ("payor.middleName", "name-over-100"),
        ("payor.birthDate", "birth-date-century"),
        ("payor.address.postalCode", "postal-code-shape"),
        ("referenceId", "reference-id-over-36"),
    ];
    assert_eq!(advised(&request.warnings()), expected);
    let request = request.build().unwrap();
    assert_eq!(advised(&request.warnings()), expected);
    assert_eq!(
        advised(&SessionRequest::from(request.clone()).warnings()),
        expected
    );
    assert!(
        request
            .warnings()
            .iter()
            .all(|it| it.rule().severity == Severity::Warn)
    );
    let lines: Vec<String> = request.warnings().iter().map(Warning::to_string).collect();
    snapshot(
        "session_warnings",
        &lines.join(
            "
",
        ),
    );

    // At the limits themselves there is nothing to say, and of a refused value neither.
    let quiet = GuaranteedEft::new(
        Payor::new("n".repeat(100), "").address(Address::new("1", "2", "NL", "A1A1A1")),
    )
    .amount("99999.99")
    .reference_id("r".repeat(36));
    assert!(quiet.warnings().is_empty());
    assert_eq!(
        found(&quiet.build().unwrap_err()),
        [("payor.lastName", "last-name")]
    );
}

#[test]
fn empty_parts_are_left_out() {
    let request = GuaranteedEft::new(Payor::new("Zoë", "O'Dea"))
        .limits(Limits::new())
        .build()
        .unwrap();
    assert!(request.limits().is_none());
    let mut json = serde_json::to_value(&request).unwrap();
    json["options"]["limits"] = json!({ "minimumAmount": null });
    json["options"]["redirectPreferences"] = json!({});
    json["options"]["notificationPreferences"] = json!({});
    json.as_object_mut().unwrap().remove("currency");
    assert_eq!(GuaranteedEft::from_json(&json).unwrap(), request);
}
