//! The constraints that generated answers no longer carry, applied to every answer.
//!
//! The table is derived from the contract when the crate is built. A value that breaks a constraint is kept and
//! reported: it must not cost the caller the answer.

use std::fmt::{self, Write as _};
use std::sync::LazyLock;

use serde_json::Value;

/// One place where an answer departs from the contract. The value is not repeated; it may be personal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nonconformance {
    pointer: String,
    contract: &'static str,
    keyword: &'static str,
}

impl Nonconformance {
    /// Returns where in the answer, as a JSON pointer.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// Returns the place in the contract that says otherwise, as a fragment.
    #[must_use]
    pub fn contract(&self) -> &'static str {
        self.contract
    }

    /// Returns the keyword that does not hold, such as `enum` or `nullable`.
    #[must_use]
    pub fn keyword(&self) -> &'static str {
        self.keyword
    }
}

impl fmt::Display for Nonconformance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = if self.pointer.is_empty() {
            "the answer"
        } else {
            &self.pointer
        };
        write!(
            f,
            "{at} does not satisfy `{}` ({})",
            self.keyword, self.contract
        )
    }
}

/// A pattern, compiled when it is first used.
type Regex = LazyLock<Option<regress::Regex>>;

/// One constraint at one place.
pub(crate) struct Check {
    pub(crate) path: &'static [&'static str],
    pub(crate) contract: &'static str,
    pub(crate) test: Test,
}

/// What must hold of the value there, when it has the JSON type that the test is about.
#[allow(dead_code, reason = "which of them occur depends on the contract")]
pub(crate) enum Test {
    NotNull,
    Required,
    OneOf(&'static [&'static str]),
    Uuid,
    DateTime,
    Pattern(&'static Regex),
    MinLength(u64),
    MaxLength(u64),
    Minimum(f64),
    Maximum(f64),
    Decimals(u32),
}

#[allow(
    clippy::match_same_arms,
    reason = "generated, one arm for each operation"
)]
mod table {
    #[allow(
        unused_imports,
        reason = "whether there are patterns depends on the contract"
    )]
    use super::{Check, Regex, Test};

    include!(concat!(env!("OUT_DIR"), "/checks.rs"));
}

/// Returns every departure of an answer of `operation` from the contract.
pub(crate) fn inspect(operation: &str, answer: &Value) -> Vec<Nonconformance> {
    let mut found = Vec::new();
    for check in table::checks(operation) {
        visit(answer, check, check.path, &mut String::new(), &mut found);
    }
    found
}

fn visit(
    value: &Value,
    check: &Check,
    path: &[&str],
    pointer: &mut String,
    found: &mut Vec<Nonconformance>,
) {
    let Some((step, rest)) = path.split_first() else {
        if !check.test.holds(value) {
            found.push(check.broken(pointer.clone()));
        }
        return;
    };
    let length = pointer.len();
    match value {
        Value::Array(items) if *step == "*" => {
            for (index, item) in items.iter().enumerate() {
                // Writing to a String cannot fail.
                let _ = write!(pointer, "/{index}");
                visit(item, check, rest, pointer, found);
                pointer.truncate(length);
            }
        }
        Value::Object(members) => {
            // A member name of the contract has neither `~` nor `/`.
            pointer.push('/');
            pointer.push_str(step);
            match members.get(*step) {
                Some(member) => visit(member, check, rest, pointer, found),
                None if rest.is_empty() && matches!(check.test, Test::Required) => {
                    found.push(check.broken(pointer.clone()));
                }
                None => {}
            }
            pointer.truncate(length);
        }
        _ => {}
    }
}

impl Check {
    fn broken(&self, pointer: String) -> Nonconformance {
        let keyword = match self.test {
            Test::NotNull => "nullable",
            _ => self.contract.rsplit('/').next().unwrap_or_default(),
        };
        Nonconformance {
            pointer,
            contract: self.contract,
            keyword,
        }
    }
}

impl Test {
    fn holds(&self, value: &Value) -> bool {
        match (self, value) {
            (Test::NotNull, value) => !value.is_null(),
            (Test::OneOf(texts), Value::String(text)) => texts.contains(&text.as_str()),
            (Test::Uuid, Value::String(text)) => {
                text.len() == 36 && uuid::Uuid::try_parse(text).is_ok()
            }
            (Test::DateTime, Value::String(text)) => matches(&DATE_TIME, text),
            (Test::Pattern(pattern), Value::String(text)) => matches(pattern, text),
            (Test::MinLength(least), Value::String(text)) => text.chars().count() as u64 >= *least,
            (Test::MaxLength(most), Value::String(text)) => text.chars().count() as u64 <= *most,
            (Test::Minimum(least), Value::Number(number)) => {
                number.as_f64().is_none_or(|number| number >= *least)
            }
            (Test::Maximum(most), Value::Number(number)) => {
                number.as_f64().is_none_or(|number| number <= *most)
            }
            (Test::Decimals(most), Value::Number(number)) => {
                has_decimals_at_most(&number.to_string(), *most)
            }
            // Another JSON type: the generated type refuses it, or null stands for absent.
            _ => true,
        }
    }
}

/// Judges the text of a number, not its binary value: `0.1` has one decimal.
fn has_decimals_at_most(text: &str, most: u32) -> bool {
    let (digits, exponent) = match text.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, exponent.parse::<i64>().unwrap_or(i64::MIN)),
        None => (text, 0),
    };
    let fraction = digits
        .split_once('.')
        .map_or("", |(_, fraction)| fraction)
        .trim_end_matches('0');
    let whole_zeros = if fraction.is_empty() {
        let whole = digits.split('.').next().unwrap_or_default();
        whole.len() - whole.trim_end_matches('0').len()
    } else {
        0
    };
    let decimals = i64::try_from(fraction.len())
        .unwrap_or(i64::MAX)
        .saturating_sub(exponent);
    decimals.saturating_sub(i64::try_from(whole_zeros).unwrap_or(0)) <= i64::from(most)
        || digits
            .bytes()
            .all(|byte| matches!(byte, b'0' | b'.' | b'-'))
}

/// RFC 3339, section 5.6.
static DATE_TIME: Regex = Regex::new(|| {
    regress::Regex::new(
        "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]\
         ([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\\.[0-9]+)?\
         ([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$",
    )
    .ok()
});

/// A pattern that does not compile holds always; the build refuses one in the contract.
fn matches(regex: &Regex, text: &str) -> bool {
    regex
        .as_ref()
        .is_none_or(|regex| regex.find(text).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn decimals_are_those_of_the_text() {
        for (text, two) in [
            ("500", true),
            ("500.0", true),
            ("0.1", true),
            ("0.01", true),
            ("0.001", false),
            ("0.30000000000000004", false),
            ("5e2", true),
            ("1e-2", true),
            ("1e-3", false),
            ("100e-4", true),
            ("1000e-4", true),
            ("0e-9", true),
            ("1.5e-1", true),
            ("1.5e-2", false),
            ("-12.34", true),
            ("1e400", true),
        ] {
            assert_eq!(has_decimals_at_most(text, 2), two, "{text}");
        }
    }

    #[test]
    fn date_times_are_those_of_rfc_3339() {
        for text in [
            "2026-01-02T03:04:05Z",
            "2026-01-02t03:04:05.123456789+05:30",
            "1990-12-31T23:59:60Z",
        ] {
            assert!(matches(&DATE_TIME, text), "{text}");
        }
        for text in [
            "2026-01-02",
            "2026-01-02 03:04:05Z",
            "2026-13-02T03:04:05Z",
            "2026-01-02T03:04:05",
            "",
        ] {
            assert!(!matches(&DATE_TIME, text), "{text}");
        }
    }

    #[test]
    fn each_departure_is_named_with_its_pointer_and_keyword() {
        let answer = json!({
            "sessionId": "0b7d4c1e-5a36-4f0e-9d5c-3f2a91c7e864",
            "status": "Paused",
            "amount": 10.005,
            "statusDetails": null,
            "unheardOf": true,
        });
        let found: Vec<String> = inspect("getSessionStatus", &answer)
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            found,
            [
                "/amount does not satisfy `multipleOf` (#/components/schemas/ReportedAmount/multipleOf)",
                "/status does not satisfy `enum` (#/components/schemas/SessionStatus/enum)",
                "/statusDetails does not satisfy `nullable` (#/components/schemas/SessionStatusReport/properties/statusDetails)",
            ]
        );
    }

    #[test]
    fn nested_members_are_inspected() {
        let answer = json!({
            "sessionId": "0b7d4c1e-5a36-4f0e-9d5c-3f2a91c7e864",
            "status": "Completed",
            "guaranteeDetails": { "overallRiskLevel": "Extreme" },
            "userDetails": { "nameMatch": 101 },
            "createdAt": "yesterday",
        });
        let found: Vec<&str> = Vec::from_iter([
            "/guaranteeDetails/overallRiskLevel",
            "/userDetails/nameMatch",
            "/createdAt",
        ]);
        let seen = inspect("getSessionDetails", &answer);
        assert_eq!(
            seen.iter().map(Nonconformance::pointer).collect::<Vec<_>>(),
            found
        );
        assert_eq!(
            seen.iter().map(Nonconformance::keyword).collect::<Vec<_>>(),
            ["enum", "maximum", "format"]
        );
    }

    #[test]
    fn an_answer_as_the_contract_says_has_none() {
        let answer = json!({
            "sessionId": "0b7d4c1e-5a36-4f0e-9d5c-3f2a91c7e864",
            "referenceId": null,
            "amount": null,
            "status": "Cancelled",
            "statusDetails": "EFT0501",
        });
        assert_eq!(inspect("getSessionStatus", &answer), []);
    }
}
