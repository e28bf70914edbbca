//! Request bodies.

use serde_json::{Value, json};

/// The least that a guaranteed session needs, and an amount.
pub(crate) fn guaranteed() -> Value {
    json!({
        "type": "EFT",
        "direction": "DEBIT",
        "amount": 120.5,
        "options": { "guarantee": { "enable": true } },
        "payor": { "firstName": "Robin", "lastName": "Tester" },
    })
}

/// The least that a regular session needs, and an amount.
pub(crate) fn regular() -> Value {
    json!({
        "type": "EFT",
        "direction": "DEBIT",
        "amount": 18,
        "options": { "guarantee": { "enable": false } },
        "payor": { "firstName": "Kim", "lastName": "Sample", "email": "kim@mail.example" },
    })
}

/// A guaranteed session with every optional part.
pub(crate) fn full_guaranteed() -> Value {
    json!({
        "type": "EFT",
        "direction": "DEBIT",
        "currency": "CAD",
        "amount": 231.45,
        "referenceId": "Order 20391 / Été",
        "options": {
            "guarantee": { "enable": true },
            "notificationPreferences": { "language": "FR" },
            "showConsentScreen": true,
            "limits": { "minimumAmount": 20, "maximumAmount": 400.25 },
            "amountModification": true,
            "redirectPreferences": {
                "mode": "RedirectUri",
                "urlSuccess": "https://shop.example/paid?o=1",
                "urlExit": "https://shop.example/left",
            },
        },
        "payor": full_payor(),
        "payee": {
            "account": {
                "institutionCode": "815",
                "transitNumber": "70001",
                "accountNumber": "440055001",
                "accountLabel": "Shop",
            },
        },
    })
}

/// A regular session with every optional part.
pub(crate) fn full_regular() -> Value {
    json!({
        "type": "EFT",
        "direction": "DEBIT",
        "currency": "CAD",
        "amount": 18,
        "referenceId": "order-20391",
        "options": {
            "guarantee": { "enable": false },
            "notificationPreferences": { "language": "EN" },
            "showConsentScreen": false,
            "limits": { "minimumAmount": 0.07, "maximumAmount": 18 },
            "amountModification": false,
            "redirectPreferences": { "mode": "JsEvents" },
        },
        "payor": full_payor(),
    })
}

fn full_payor() -> Value {
    json!({
        "firstName": "Zoë",
        "lastName": "O'Dea-Tremblay",
        "middleName": "Marie",
        "email": "zoe@mail.example",
        "occupation": "glazier",
        "birthDate": "88-02-29",
        "address": {
            "addressLine1": "14 Signal Hill",
            "addressLine2": "Rear door",
            "unit": "2B",
            "city": "St. John's",
            "province": "NL",
            "country": "CA",
            "postalCode": "a1c5m3",
        },
    })
}

/// The body with one member set, whose parent is there.
pub(crate) fn with(mut body: Value, pointer: &str, value: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = body.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    parent.insert(name.to_owned(), value);
    body
}

/// The body without one member, which is there.
pub(crate) fn without(mut body: Value, pointer: &str) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = body.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    assert!(parent.remove(name).is_some(), "no {pointer}");
    body
}

/// The body with a reference id.
pub(crate) fn referring(body: Value, reference: &str) -> Value {
    with(body, "/referenceId", json!(reference))
}
