//! Takes out of a JSON body what a journal must not keep.
//!
//! What is kept is listed, not what is taken out: a member that nobody thought of is gone. So is its name, which a caller may
//! have made of a name or a token.

use serde_json::{Map, Value};

use super::scenario::Scenario;

/// What stands for a value that was taken out.
const REDACTED: &str = "[redacted]";

/// What stands for all members whose names the contract does not have.
const UNKNOWN: &str = "[unknown members]";

/// How deep a body is followed. The contract's are four deep.
const DEEPEST: usize = 8;

/// What becomes of a member.
enum Treatment {
    /// A code, a flag, an amount, an id of this sandbox, or an object of further members.
    Kept,
    /// Kept if it names a scenario, else shortened.
    Reference,
    /// The name is kept, the value is not.
    Redacted,
    Unknown,
}

fn treatment(name: &str) -> Treatment {
    match name {
        // Requests and answers: codes, flags and amounts.
        "type" | "direction" | "currency" | "amount" | "options" | "guarantee" | "enable" | "notificationPreferences"
        | "language" | "showConsentScreen" | "limits" | "minimumAmount" | "maximumAmount" | "amountModification"
        | "redirectPreferences" | "mode" | "payor" | "address" | "payee" | "account" | "guaranteeAccepted"
        | "grant_type"
        // Answers only.
        | "sessionId" | "status" | "statusDetails" | "step" | "current" | "aggregationRequestId" | "padId"
        | "guaranteeDetails" | "guaranteeOffered" | "highestDebitAmountToGuarantee" | "overallRiskLevel"
        | "transactionRiskLevel" | "userRiskLevel" | "otherRiskLevel" | "guaranteedEftType" | "userDetails"
        | "matchingPerformed" | "createdAt" | "token_type" | "expires_in" | "title" | "detail" | "instance" | "error"
        | "error_description" => Treatment::Kept,
        "referenceId" => Treatment::Reference,
        "Username" | "Password" | "access_token" | "firstName" | "lastName" | "middleName" | "email" | "occupation"
        | "birthDate" | "addressLine1" | "addressLine2" | "unit" | "city" | "province" | "country" | "postalCode"
        | "institutionCode" | "transitNumber" | "accountNumber" | "accountLabel" | "availableBalance" | "nameMatch"
        | "urlSuccess" | "urlExit" => Treatment::Redacted,
        _ => Treatment::Unknown,
    }
}

/// Codes are short; a text of another length is not one, whatever the member is called.
const LONGEST_CODE: usize = 36;

/// Returns a request as the journal keeps it. Where a code is expected, a caller may have put anything, so only texts are kept
/// that look like one.
pub(super) fn request(body: &Value) -> Value {
    object(body, &code, 0)
}

/// Returns an answer as the journal keeps it. Its texts are the sandbox's own.
pub(super) fn answer(body: &Value) -> Value {
    object(body, &|text| text.to_owned(), 0)
}

fn code(text: &str) -> String {
    let like_one = text.len() <= LONGEST_CODE && CODES.contains(&text);
    if like_one {
        text.to_owned()
    } else {
        REDACTED.to_owned()
    }
}

/// The codes that a request may have.
const CODES: &[&str] = &[
    "EFT",
    "DEBIT",
    "CAD",
    "cad",
    "EN",
    "FR",
    "en",
    "fr",
    "JsEvents",
    "RedirectUri",
    "client_credentials",
];

/// Whether a member is a number by the contract. In another one, a number may be an account.
fn is_number(name: &str) -> bool {
    matches!(
        name,
        "amount"
            | "minimumAmount"
            | "maximumAmount"
            | "highestDebitAmountToGuarantee"
            | "expires_in"
            | "status"
    )
}

fn object(body: &Value, text: &dyn Fn(&str) -> String, depth: usize) -> Value {
    let Value::Object(members) = body else {
        return Value::from(REDACTED);
    };
    if depth >= DEEPEST {
        return Value::from(REDACTED);
    }
    let mut kept = Map::new();
    let mut unknown = 0_u64;
    for (name, value) in members {
        let value = match (treatment(name), value) {
            (Treatment::Unknown, _) => {
                unknown += 1;
                continue;
            }
            // Whether a member is null is worth knowing and tells nothing.
            (_, Value::Null) => Value::Null,
            (Treatment::Redacted, _) | (_, Value::Array(_)) => Value::from(REDACTED),
            (Treatment::Reference, value) => Value::from(reference(value)),
            (Treatment::Kept, Value::Object(_)) => object(value, text, depth + 1),
            (Treatment::Kept, Value::String(value)) => Value::from(text(value)),
            (Treatment::Kept, Value::Number(_)) if !is_number(name) => Value::from(REDACTED),
            (Treatment::Kept, Value::Bool(_) | Value::Number(_)) => value.clone(),
        };
        kept.insert(name.clone(), value);
    }
    if unknown > 0 {
        kept.insert(UNKNOWN.to_owned(), unknown.into());
    }
    Value::Object(kept)
}

/// The name of a scenario, or at most four characters.
fn reference(value: &Value) -> String {
    let Some(text) = value.as_str() else {
        return REDACTED.to_owned();
    };
    if Scenario::ALL
        .iter()
        .any(|scenario| scenario.reference_id() == text)
    {
        return text.to_owned();
    }
    if text.chars().nth(6).is_none() {
        return "…".to_owned();
    }
    text.chars().take(4).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_not_listed_is_gone_with_its_name() {
        let body = json!({
            "type": "EFT", "direction": "mallory", "amount": 5, "note": "x", "also": {"a": 1},
            "language": 300_451_234, "enable": true,
            "payor": {"firstName": "Ada", "account": ["x"], "shoeSize": 44},
            "referenceId": "order-0815",
        });
        assert_eq!(
            request(&body),
            json!({
                "type": "EFT", "direction": "[redacted]", "amount": 5, "[unknown members]": 2,
                "language": "[redacted]", "enable": true,
                "payor": {"firstName": "[redacted]", "account": "[redacted]", "[unknown members]": 1},
                "referenceId": "orde…",
            })
        );
    }

    #[test]
    fn references_are_shortened_unless_they_name_a_scenario() {
        for (text, shown) in [
            ("Happy2", "Happy2"),
            ("happy2", "…"),
            ("1234567", "1234…"),
            ("", "…"),
        ] {
            assert_eq!(reference(&json!(text)), shown);
        }
    }

    #[test]
    fn a_body_that_is_no_object_leaves_nothing() {
        for body in [json!(["secret"]), json!("secret"), json!(7), json!(null)] {
            assert_eq!(request(&body), json!("[redacted]"));
        }
    }

    #[test]
    fn nesting_ends_somewhere() {
        let mut body = json!({});
        for _ in 0..100 {
            body = json!({ "payor": body });
        }
        assert_eq!(request(&body).to_string().matches("payor").count(), DEEPEST);
    }
}
