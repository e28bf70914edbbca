//! What of an answer or an event is shown to whoever has not asked for more: what is known to be nobody's.

use serde::Serialize;
use serde_json::Value;

/// What stands in the place of a value that is not shown.
const MASK: &str = "[masked]";

/// The members that identify nobody. All others are masked, also those that a later version of the API may bring.
const SHOWN: &[&str] = &[
    "sessionId",
    "status",
    "statusDetails",
    "step.current",
    "step.aggregationRequestId",
    "step.padId",
    "referenceId",
    "amount",
    "type",
    "direction",
    "currency",
    "options.guarantee.enable",
    "options.notificationPreferences.language",
    "options.showConsentScreen",
    "options.limits.minimumAmount",
    "options.limits.maximumAmount",
    "options.amountModification",
    "options.redirectPreferences.mode",
    "guaranteeDetails.guaranteeOffered",
    "guaranteeDetails.guaranteeAccepted",
    "guaranteeDetails.highestDebitAmountToGuarantee",
    "guaranteeDetails.overallRiskLevel",
    "guaranteeDetails.transactionRiskLevel",
    "guaranteeDetails.userRiskLevel",
    "guaranteeDetails.otherRiskLevel",
    "guaranteeDetails.guaranteedEftType",
    "userDetails.matchingPerformed",
    "userDetails.nameMatch",
    "createdAt",
];

/// Of these, the last four digits are shown.
const ACCOUNTS: &[&str] = &["payor.account.accountNumber", "payee.account.accountNumber"];

/// What is said of a session, with everything personal masked. Members with texts for names always serialise.
pub(super) fn masked(said: &impl Serialize) -> Value {
    let mut value = serde_json::to_value(said).unwrap_or_default();
    mask("", &mut value);
    value
}

fn mask(path: &str, value: &mut Value) {
    if let Value::Object(members) = value {
        for (name, member) in members {
            let path = match path {
                // A name that reads like a path is none of the API's.
                _ if name.contains('.') => "?".to_owned(),
                "" => name.clone(),
                path => format!("{path}.{name}"),
            };
            mask(&path, member);
        }
    } else if ACCOUNTS.contains(&path) {
        *value = Value::from(last_digits(value));
    } else if !value.is_null() && !SHOWN.contains(&path) {
        *value = Value::from(MASK);
    }
}

/// Stars and the last four digits; of a short text, or one that is no number, nothing.
fn last_digits(number: &Value) -> String {
    let digits: Vec<char> = number.as_str().unwrap_or_default().chars().collect();
    match digits.last_chunk::<4>() {
        Some(last) if digits.len() > 4 && last.iter().all(char::is_ascii_digit) => {
            format!("****{}", last.iter().collect::<String>())
        }
        _ => MASK.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_is_known_to_be_nobodys_is_left() {
        let details = json!({
            "sessionId": "an-id",
            "amount": 12.5,
            "payor": {
                "firstName": "Robin",
                "address": { "city": "Toronto", "unit": null },
                "account": { "accountNumber": "7001188421", "availableBalance": 12 },
                "novel": ["Robin"],
            },
            "payee": { "account": { "accountNumber": "1234" } },
            "guaranteeDetails": { "guaranteeOffered": true, "novel": { "who": "Robin" } },
            "novel": 7,
        });
        assert_eq!(
            masked(&details),
            json!({
                "sessionId": "an-id",
                "amount": 12.5,
                "payor": {
                    "firstName": MASK,
                    "address": { "city": MASK, "unit": null },
                    "account": { "accountNumber": "****8421", "availableBalance": MASK },
                    "novel": MASK,
                },
                "payee": { "account": { "accountNumber": MASK } },
                "guaranteeDetails": { "guaranteeOffered": true, "novel": { "who": MASK } },
                "novel": MASK,
            })
        );
    }

    #[test]
    fn a_name_with_a_dot_in_it_is_no_path() {
        let details = json!({ "step.current": "Robin" });
        assert_eq!(masked(&details), json!({ "step.current": MASK }));
    }
}
