//! The rules of `x-rules` that one document can break, in the judge's own words.
//!
//! The types of this crate check them too. These here are written apart from those, so that neither can be wrong alone.

use serde_json::Value;

use super::report::Part;
use super::verdict::Verdict;
use crate::session::Operation;

/// One rule, and where it is looked at.
pub(super) struct DocumentRule {
    pub(super) id: &'static str,
    /// Whether a document keeps to it; one of another shape does, as the schema refuses that.
    pub(super) holds: fn(&Value) -> bool,
    part: Part,
    operations: &'static [Operation],
    pointers: &'static [&'static str],
}

pub(super) const DOCUMENT_RULES: &[DocumentRule] = &[
    create("limits-ordered", &["/options/limits"], limits_are_ordered),
    create("amount-within-limits", &[""], amount_is_within_limits),
    create(
        "redirect-urls",
        &["/options/redirectPreferences"],
        both_urls_are_named,
    ),
    create(
        "redirect-url-scheme",
        &[
            "/options/redirectPreferences/urlSuccess",
            "/options/redirectPreferences/urlExit",
        ],
        scheme_runs_nothing,
    ),
    create("birth-date-exists", &["/payor/birthDate"], day_exists),
    create("email-part-lengths", &["/payor/email"], parts_are_short),
    DocumentRule {
        id: "credentials-paired",
        holds: both_or_neither,
        part: Part::Request,
        operations: &[Operation::Authorize],
        pointers: &[""],
    },
    DocumentRule {
        id: "status-and-code-agree",
        holds: status_and_code_agree,
        part: Part::Answer,
        operations: &[
            Operation::GetSessionStatus,
            Operation::GetSessionDetails,
            Operation::CancelSession,
        ],
        pointers: &[""],
    },
];

const fn create(
    id: &'static str,
    pointers: &'static [&'static str],
    holds: fn(&Value) -> bool,
) -> DocumentRule {
    DocumentRule {
        id,
        holds,
        part: Part::Request,
        operations: &[Operation::CreateSession],
        pointers,
    }
}

impl DocumentRule {
    fn is_about(&self, operation: Operation, part: Part) -> bool {
        self.part == part && self.operations.contains(&operation)
    }

    /// Where a body breaks it.
    fn broken_in<'r>(&'r self, body: &'r Value) -> impl Iterator<Item = &'static str> + 'r {
        let pointers = self.pointers.iter().copied();
        pointers.filter(|pointer| {
            body.pointer(pointer)
                .is_some_and(|value| !(self.holds)(value))
        })
    }
}

/// Adds every rule that a body breaks.
pub(super) fn judge(operation: Operation, part: Part, body: &Value, verdict: &mut Verdict) {
    for rule in DOCUMENT_RULES {
        if rule.is_about(operation, part) {
            for pointer in rule.broken_in(body) {
                verdict.add(part, pointer, rule.id);
            }
        }
    }
}

/// Whether a request breaks one of these rules.
pub(super) fn are_broken(operation: Operation, body: &Value, named: &[&'static str]) -> bool {
    DOCUMENT_RULES.iter().any(|rule| {
        rule.is_about(operation, Part::Request)
            && named.contains(&rule.id)
            && rule.broken_in(body).next().is_some()
    })
}

fn limits_are_ordered(limits: &Value) -> bool {
    let bound = |name| limits.get(name).and_then(Value::as_f64);
    match (bound("minimumAmount"), bound("maximumAmount")) {
        (Some(minimum), Some(maximum)) => minimum <= maximum,
        _ => true,
    }
}

fn amount_is_within_limits(request: &Value) -> bool {
    let number = |pointer| request.pointer(pointer).and_then(Value::as_f64);
    let Some(amount) = number("/amount") else {
        return true;
    };
    let over = number("/options/limits/minimumAmount").is_none_or(|least| least <= amount);
    let under = number("/options/limits/maximumAmount").is_none_or(|most| amount <= most);
    over && under
}

fn both_urls_are_named(redirect: &Value) -> bool {
    let text = |name| redirect.get(name).and_then(Value::as_str);
    text("mode") != Some("RedirectUri")
        || (text("urlSuccess").is_some() && text("urlExit").is_some())
}

fn scheme_runs_nothing(url: &Value) -> bool {
    let scheme = url.as_str().and_then(|text| text.split(':').next());
    let scheme = scheme.unwrap_or_default().to_ascii_lowercase();
    !["javascript", "data", "vbscript"].contains(&scheme.as_str())
}

/// In a year with those last two digits: of two such years in a row of centuries, one has the leap day if the digits allow it.
fn day_exists(date: &Value) -> bool {
    let Some(text) = date.as_str() else {
        return true;
    };
    let mut numbers = text.split('-').map(str::parse::<u8>);
    let (Some(Ok(year)), Some(Ok(month)), Some(Ok(day))) =
        (numbers.next(), numbers.next(), numbers.next())
    else {
        return true;
    };
    let last = match month {
        2 if year % 4 == 0 => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    day <= last
}

fn parts_are_short(email: &Value) -> bool {
    let parts = email.as_str().and_then(|text| text.split_once('@'));
    parts.is_none_or(|(local, domain)| {
        local.len() <= 64 && domain.split('.').all(|label| label.len() <= 63)
    })
}

fn both_or_neither(form: &Value) -> bool {
    form.get("Username").is_some() == form.get("Password").is_some()
}

fn status_and_code_agree(report: &Value) -> bool {
    let text = |name| report.get(name).and_then(Value::as_str);
    let (Some(status), Some(code)) = (text("status"), text("statusDetails")) else {
        return true;
    };
    match code {
        "EFT0101" => status == "Initiated",
        "EFT0301" | "EFT0302" => status == "Completed",
        "EFT0401" | "EFT0402" | "EFT0403" | "EFT0404" => status == "Failed",
        "EFT0501" => matches!(status, "Canceled" | "Cancelled"),
        "EFT0601" => status == "Expired",
        _ => true,
    }
}
