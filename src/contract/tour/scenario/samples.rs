//! What is sent. Nobody in it exists.

use serde_json::{Value, json};

/// The least that a guaranteed session needs.
pub(super) fn guaranteed() -> Value {
    json!({
        "type": "EFT",
        "direction": "DEBIT",
        "options": { "guarantee": { "enable": true } },
        "payor": { "firstName": "Robin", "lastName": "Tester" },
    })
}

/// The least that a regular session needs.
pub(super) fn regular() -> Value {
    json!({
        "type": "EFT",
        "direction": "DEBIT",
        "options": { "guarantee": { "enable": false } },
        "payor": { "firstName": "Sam", "lastName": "Tester", "email": "sam@shop.example" },
    })
}

/// A guaranteed session of this amount and reference.
pub(super) fn payment(amount: f64, reference: &str) -> Value {
    let body = with(guaranteed(), "/amount", json!(amount));
    with(body, "/referenceId", json!(reference))
}

/// A regular session of this amount and reference.
pub(super) fn plain_payment(amount: f64, reference: &str) -> Value {
    let body = with(regular(), "/amount", json!(amount));
    with(body, "/referenceId", json!(reference))
}

/// Everything that a guaranteed session may have.
pub(super) fn full_guaranteed() -> Value {
    json!({
        "type": "EFT",
        "direction": "DEBIT",
        "currency": "CAD",
        "amount": 231.45,
        "referenceId": "Tour 20391 / Été",
        "options": {
            "guarantee": { "enable": true },
            "notificationPreferences": { "language": "FR" },
            "showConsentScreen": true,
            "limits": { "minimumAmount": 20.5, "maximumAmount": 100_000 },
            "amountModification": true,
            "redirectPreferences": {
                "mode": "RedirectUri",
                "urlSuccess": "https://shop.example/paid?o=1",
                "urlExit": "https://shop.example/left",
            },
        },
        "payor": {
            "firstName": "Zoë",
            "lastName": "O'Dea-Tremblay",
            "middleName": "Marie",
            "email": "zoe@shop.example",
            "occupation": "glazier",
            "birthDate": "88-02-29",
            "address": address(),
        },
        "payee": {
            "account": {
                "institutionCode": "003",
                "transitNumber": "70001",
                "accountNumber": "440055001",
                "accountLabel": "Shop",
            },
        },
    })
}

/// Everything that a regular session may have.
pub(super) fn full_regular() -> Value {
    json!({
        "type": "EFT",
        "direction": "DEBIT",
        "currency": "CAD",
        "amount": 18,
        "referenceId": "tour-20392",
        "options": {
            "guarantee": { "enable": false },
            "notificationPreferences": { "language": "EN" },
            "showConsentScreen": false,
            "limits": { "minimumAmount": 0.07, "maximumAmount": 18.01 },
            "amountModification": false,
            "redirectPreferences": { "mode": "JsEvents" },
        },
        "payor": {
            "firstName": "Jean",
            "lastName": "Roy",
            "middleName": "P.",
            "email": "jean@shop.example",
            "occupation": "baker",
            "birthDate": "90-12-31",
            "address": address(),
        },
    })
}

pub(super) fn address() -> Value {
    json!({
        "addressLine1": "14 Signal Hill",
        "addressLine2": "Rear door",
        "unit": "2B",
        "city": "St. John's",
        "province": "NL",
        "country": "CA",
        "postalCode": "A1C5M3",
    })
}

/// The same with another value at a pointer; objects on the way are made.
pub(super) fn with(mut body: Value, pointer: &str, value: Value) -> Value {
    let mut here = &mut body;
    for name in pointer.split('/').skip(1) {
        if !here.is_object() {
            *here = json!({});
        }
        let Value::Object(members) = here else {
            return body;
        };
        here = members.entry(name).or_insert(Value::Null);
    }
    *here = value;
    body
}

/// The same without the member at a pointer.
pub(super) fn without(mut body: Value, pointer: &str) -> Value {
    if let Some((holder, name)) = pointer.rsplit_once('/')
        && let Some(Value::Object(members)) = body.pointer_mut(holder)
    {
        members.remove(name);
    }
    body
}

/// The pointers of everything in a value that is no object, and what stands there.
pub(super) fn leaves(value: &Value) -> Vec<(String, Value)> {
    match value {
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, value)| {
                let below = leaves(value).into_iter();
                below.map(move |(pointer, value)| (format!("/{name}{pointer}"), value))
            })
            .collect(),
        other => vec![(String::new(), other.clone())],
    }
}
