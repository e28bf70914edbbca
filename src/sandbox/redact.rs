//! Takes out of a JSON body what a journal must not keep.
//!
//! What is kept is listed, not what is taken out: a member that nobody thought of is gone. So is its name, which a caller may
//! have made of a name or a token.

use std::borrow::Cow;

use serde_json::Value;

use super::json_text;
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

/// Writes a request as the journal keeps it. Where a code is expected, a caller may have put anything, so only texts are kept
/// that look like one.
pub(super) fn request(body: &Value) -> String {
    let mut out = String::new();
    object(body, code, 0, &mut out);
    out
}

/// Writes an answer as the journal keeps it. Its texts are the sandbox's own.
pub(crate) fn answer(body: &Value) -> String {
    let mut out = String::new();
    object(body, |text| text, 0, &mut out);
    out
}

fn code(text: &str) -> &str {
    let like_one = text.len() <= LONGEST_CODE && CODES.contains(&text);
    if like_one { text } else { REDACTED }
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

fn object(body: &Value, text: fn(&str) -> &str, depth: usize, out: &mut String) {
    let members = match body {
        Value::Object(members) if depth < DEEPEST => members,
        _ => return json_text::text(REDACTED, out),
    };
    let mut unknown = 0_u64;
    out.push('{');
    for (name, value) in members {
        let treatment = treatment(name);
        if matches!(treatment, Treatment::Unknown) {
            unknown += 1;
            continue;
        }
        member(name, out);
        match (treatment, value) {
            // Whether a member is null is worth knowing and tells nothing.
            (_, Value::Null) => out.push_str("null"),
            (Treatment::Unknown | Treatment::Redacted, _) | (_, Value::Array(_)) => {
                json_text::text(REDACTED, out);
            }
            (Treatment::Reference, value) => {
                json_text::text(&value.as_str().map_or(REDACTED.into(), reference), out);
            }
            (Treatment::Kept, Value::Object(_)) => object(value, text, depth + 1, out),
            (Treatment::Kept, Value::String(value)) => json_text::text(text(value), out),
            (Treatment::Kept, Value::Bool(flag)) => {
                out.push_str(if *flag { "true" } else { "false" });
            }
            (Treatment::Kept, Value::Number(number)) if is_number(name) => {
                out.push_str(&number.to_string());
            }
            (Treatment::Kept, Value::Number(_)) => json_text::text(REDACTED, out),
        }
    }
    if unknown > 0 {
        member(UNKNOWN, out);
        out.push_str(&unknown.to_string());
    }
    out.push('}');
}

/// Writes the name of a member of the object that has been begun.
fn member(name: &str, out: &mut String) {
    if !out.ends_with('{') {
        out.push(',');
    }
    json_text::text(name, out);
    out.push(':');
}

/// A reference as the journal keeps it: the name of a scenario, or at most four characters.
pub(super) fn reference(text: &str) -> Cow<'_, str> {
    if Scenario::ALL
        .iter()
        .any(|scenario| scenario.reference_id() == text)
    {
        return Cow::Borrowed(text);
    }
    if text.chars().nth(6).is_none() {
        return Cow::Borrowed("…");
    }
    Cow::Owned(text.chars().take(4).chain(['…']).collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;

    fn request(body: &Value) -> Value {
        let text = super::request(body);
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

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
            assert_eq!(reference(text), shown);
        }
    }

    #[test]
    fn a_body_that_is_no_object_leaves_nothing() {
        for body in [json!(["secret"]), json!("secret"), json!(7), json!(null)] {
            assert_eq!(request(&body), json!("[redacted]"));
        }
    }

    #[test]
    fn texts_of_an_answer_are_written_as_they_are() {
        let body =
            json!({ "detail": "a \"b\" \\ \n é", "title": "", "instance": true, "amount": 1.25 });
        let kept: Value = serde_json::from_str(&answer(&body)).unwrap();
        assert_eq!(kept, body);
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
