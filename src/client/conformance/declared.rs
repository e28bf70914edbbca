//! Bodies that no type is made for, held against all that the contract declares of them: failed answers and webhooks.

use std::cmp::Reverse;

use serde_json::Value;
use serde_json::value::RawValue;

use super::{Check, Finding, Nonconformance, Test, Trail, contradiction, member_of, visit};
use crate::client::json::Json;
use crate::client::observer::DriftKind;

/// What an operation declares of its answers.
pub(crate) struct Answers {
    /// Where in the contract, as a fragment.
    responses: &'static str,
    declared: &'static [(u16, Option<Body>)],
}

/// What is declared of a body: it is JSON, and satisfies every check of one of the shapes.
pub(crate) struct Body {
    /// Where in the contract, as a fragment.
    content: &'static str,
    shapes: &'static [&'static [Check]],
}

#[allow(
    clippy::match_same_arms,
    clippy::match_single_binding,
    clippy::unreadable_literal,
    reason = "generated, one arm for each operation and webhook"
)]
mod table {
    use super::super::Kind;
    #[allow(
        unused_imports,
        reason = "whether there are patterns depends on the contract"
    )]
    use super::super::{Check, Regex, Test};
    use super::{Answers, Body};

    include!(concat!(env!("OUT_DIR"), "/declared.rs"));
}

/// What departs in an answer.
#[derive(Default)]
pub(crate) struct Departures {
    pub(crate) findings: Vec<Finding>,
    /// Whether it is Flinks' doing, as far as one can tell, and told nowhere else.
    pub(crate) is_news: bool,
}

/// Statuses by which a server or a proxy speaks of the exchange and not of the operation: how long, how often, how early, over
/// which connection. Any of those on the way sends them, and no contract lists them. 407 is a proxy's by definition, and 499
/// is written by one that gave up.
const OF_THE_EXCHANGE: [u16; 12] = [407, 408, 411, 413, 414, 417, 421, 425, 426, 429, 431, 499];

/// Returns where a complete answer that a call failed for departs from what is declared.
pub(crate) fn departures(operation: &str, status: u16, body: &[u8]) -> Departures {
    let Some(answers) = table::answers(operation) else {
        return Departures::default();
    };
    let Some((_, declared)) = answers.of(status) else {
        return Departures {
            findings: answers.undeclared(status, body).into_iter().collect(),
            is_news: true,
        };
    };
    let Some(declared) = declared else {
        return Departures::default();
    };
    match with_json(body, |json| declared.against(json)) {
        Some(found) => Departures {
            findings: found
                .into_iter()
                .filter(Finding::departs)
                .map(|finding| Finding {
                    status: Some(status),
                    ..finding
                })
                .collect(),
            // A success is told by the member for which it could not be read.
            is_news: !(200..300).contains(&status),
        },
        // A page, half a body or none: of whom it is, nobody knows.
        None if !is_json(body) => Departures {
            findings: vec![declared.no_json()],
            is_news: false,
        },
        None => Departures::default(),
    }
}

/// Returns the finding that an operation does not declare the status by which it succeeded.
pub(crate) fn undeclared_success(operation: &str, status: u16) -> Option<Finding> {
    let answers = table::answers(operation)?;
    answers.of(status).is_none().then(|| answers.status(status))
}

/// Where the report of a webhook is, and what of it is looked at.
pub(crate) struct Report<'a> {
    /// The member of the body in which it stands, if it does not stand at the top.
    pub(crate) within: Option<&'a str>,
    /// Members that may stand beside it as well, where they count before those in it.
    pub(crate) beside: &'a [&'a str],
    /// Members that the contract leaves open.
    pub(crate) unsaid: &'a [&'a str],
}

/// Returns where the body of a webhook departs from what is declared, and which members are not known.
pub(crate) fn webhook(operation: &str, body: &[u8], report: &Report) -> Vec<Finding> {
    let Some(declared) = table::webhook(operation) else {
        return Vec::new();
    };
    // It is signed, so one that is no JSON, or has something in it that cannot be held, is nobody else's.
    with_json(body, |json| declared.against_report(json, report))
        .unwrap_or_else(|| vec![declared.no_json()])
}

/// The finding that there are webhooks of a kind that the contract is not about.
pub(crate) fn another_webhook() -> Finding {
    let contract = "#/x-webhooks";
    finding(DriftKind::UnknownEvent, contract, "x-webhooks", None)
}

/// Looks at a body, if it is JSON and can be held.
fn with_json<R>(body: &[u8], look: impl FnOnce(&Json) -> R) -> Option<R> {
    if let Ok(text) = std::str::from_utf8(body)
        && let Ok(json) = serde_json::from_str(text)
    {
        return Some(look(&json));
    }
    // Not everything that can be held is read in that form.
    let value: Value = serde_json::from_slice(body).ok()?;
    Some(look(&Json::from(&value)))
}

/// Whether it is JSON, be there also a number or a text in it that cannot be held.
fn is_json(body: &[u8]) -> bool {
    serde_json::from_slice::<&RawValue>(body).is_ok()
}

/// About the whole of a body, or about its status.
fn finding(
    kind: DriftKind,
    contract: &'static str,
    keyword: &'static str,
    status: Option<u16>,
) -> Finding {
    Finding {
        kind,
        odd: Nonconformance {
            pointer: String::new(),
            contract,
            keyword,
        },
        place: String::new(),
        status,
    }
}

impl Answers {
    /// What is declared of a status, if it is declared.
    fn of(&self, status: u16) -> Option<&(u16, Option<Body>)> {
        self.declared.iter().find(|(its, _)| *its == status)
    }

    fn status(&self, status: u16) -> Finding {
        finding(
            DriftKind::UndeclaredStatus,
            self.responses,
            "responses",
            Some(status),
        )
    }

    /// The finding that a status is not declared, if it can be held against Flinks.
    fn undeclared(&self, status: u16, body: &[u8]) -> Option<Finding> {
        let is_theirs = match status {
            // 204 has no body by definition.
            200..=299 => body.is_empty() || is_json(body),
            400..=499 => !OF_THE_EXCHANGE.contains(&status) && is_json(body),
            _ => false,
        };
        is_theirs.then(|| self.status(status))
    }
}

impl Body {
    fn no_json(&self) -> Finding {
        finding(DriftKind::Constraint, self.content, "content", None)
    }

    /// What the nearest shape has against a body: nothing, if it is of any shape.
    fn against(&self, body: &Json) -> Vec<Finding> {
        found(self.nearest(body), body)
    }

    /// What the nearest shape has against the report in a body.
    fn against_report(&self, body: &Json, said: &Report) -> Vec<Finding> {
        let wrapped = said
            .within
            .and_then(|name| body.member(name).map(|report| (name, report)));
        let report = wrapped.map_or(body, |(_, report)| report);
        let (mut within, mut around) = (Vec::new(), Vec::new());
        for check in self.nearest(report) {
            let named = check.path.first();
            let outside = wrapped.is_some()
                && named.is_some_and(|name| {
                    let beside = said.beside.contains(name).then(|| body.member(name));
                    beside
                        .flatten()
                        .is_some_and(|member| !matches!(member, Json::Null))
                });
            let (subject, found) = if outside {
                (body, &mut around)
            } else {
                (report, &mut within)
            };
            visit(subject, check, check.path, Trail::Whole, found);
        }
        within.extend(contradiction(report));
        within.retain(|finding| {
            let name = finding.place.strip_prefix('/').unwrap_or_default();
            finding.departs() || !said.unsaid.contains(&name)
        });
        if let Some((name, _)) = wrapped {
            let step = member_of(&[], name);
            for Finding { odd, place, .. } in &mut within {
                odd.pointer.insert_str(0, &step);
                place.insert_str(0, &step);
            }
        }
        within.append(&mut around);
        within
    }

    /// The shape with the fewest members missing; of those, with the most members that it knows, and the fewest faults.
    fn nearest(&self, body: &Json) -> &'static [Check] {
        let [only] = self.shapes else {
            let shapes = self.shapes.iter().copied();
            let nearest = shapes.min_by_key(|checks| distance(checks, body));
            return nearest.unwrap_or_default();
        };
        only
    }
}

fn found(checks: &'static [Check], body: &Json) -> Vec<Finding> {
    let mut found = Vec::new();
    for check in checks {
        visit(body, check, check.path, Trail::Whole, &mut found);
    }
    found
}

/// Zero faults come first, whatever else there is.
fn distance(checks: &'static [Check], body: &Json) -> (bool, usize, Reverse<usize>, usize) {
    let faults: Vec<Finding> = found(checks, body)
        .into_iter()
        .filter(Finding::departs)
        .collect();
    let missing = faults
        .iter()
        .filter(|fault| fault.odd.keyword == "required");
    let known = checks.iter().find_map(|check| match check.test {
        Test::Members(names) if check.path.is_empty() => Some(names),
        _ => None,
    });
    let known = known.unwrap_or_default().iter();
    let known = known.filter(|name| body.member(name).is_some()).count();
    (
        !faults.is_empty(),
        missing.count(),
        Reverse(known),
        faults.len(),
    )
}

#[cfg(test)]
mod tests;
