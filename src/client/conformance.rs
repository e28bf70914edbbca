//! The constraints that generated answers no longer carry, applied to every success answer; and, in [`declared`], all that the
//! contract says of failed answers and of webhooks.
//!
//! The tables are derived from the contract when the crate is built. A value that breaks a constraint is kept and
//! reported: it must not cost the caller the answer. A member that the contract does not know breaks nothing, and is found
//! here all the same, for whoever wants to know that answers have grown.

use std::fmt;
use std::sync::LazyLock;

use super::json::Json;
use super::observer::DriftKind;
use crate::domain::rules::STATUS_AND_CODE_AGREE;
use crate::session::{SessionStatus, StatusDetails, plain_name};

pub(crate) mod declared;

/// One place where an answer or a webhook departs from the contract. The value is not repeated; it may be personal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nonconformance {
    pointer: String,
    contract: &'static str,
    keyword: &'static str,
}

impl Nonconformance {
    /// Returns where in the body, as a JSON pointer; empty for the whole of it, and for the status.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// Returns the place in the contract that says otherwise, as a fragment.
    #[must_use]
    pub fn contract(&self) -> &'static str {
        self.contract
    }

    /// Returns the keyword that does not hold, such as `enum` or `nullable`. Besides:
    ///
    /// - `properties` for an unknown member that had to be left out,
    /// - the id of the rule, `status-and-code-agree`, for a status and a code that contradict each other,
    /// - `responses` for a status that the operation does not declare,
    /// - `content` for a body that is no JSON.
    #[must_use]
    pub fn keyword(&self) -> &'static str {
        self.keyword
    }
}

impl fmt::Display for Nonconformance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = match (self.keyword, &*self.pointer) {
            ("responses", _) => "the status",
            (_, "") => "the body",
            (_, pointer) => pointer,
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
    Type(Kind),
    OneOf(&'static [&'static str]),
    Uuid,
    DateTime,
    Pattern(&'static Regex),
    MinLength(u64),
    MaxLength(u64),
    Minimum(f64),
    Maximum(f64),
    Decimals(u32),
    Integers(i64, i64),
    Members(&'static [&'static str]),
}

/// A JSON type of the contract.
#[allow(dead_code, reason = "which of them occur depends on the contract")]
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Object,
    Array,
    Text,
    Number,
    Integer,
    Boolean,
}

#[allow(
    clippy::match_same_arms,
    clippy::unreadable_literal,
    reason = "generated, one arm for each operation"
)]
mod table {
    #[allow(
        unused_imports,
        reason = "whether there are patterns depends on the contract"
    )]
    use super::{Check, Kind, Regex, Test};

    include!(concat!(env!("OUT_DIR"), "/checks.rs"));
}

/// Something in an answer that is not as the contract has it.
#[derive(Debug)]
pub(crate) struct Finding {
    pub(crate) kind: DriftKind,
    pub(crate) odd: Nonconformance,
    /// The same place in any answer: the pointer with `*` for every index.
    pub(crate) place: String,
    /// The status of the answer, where what is found depends on that.
    pub(crate) status: Option<u16>,
}

impl Finding {
    /// Whether it is a departure: an unknown member is none, for the contract is open, nor is an event of a kind that the
    /// contract is not about.
    pub(crate) fn departs(&self) -> bool {
        !matches!(
            self.kind,
            DriftKind::UnknownMember | DriftKind::UnknownEvent
        )
    }
}

/// The departures among what was found.
pub(crate) fn departing(findings: Vec<Finding>) -> Vec<Nonconformance> {
    let departures = findings.into_iter().filter(Finding::departs);
    departures.map(|finding| finding.odd).collect()
}

/// Returns what is not as the contract has it in an answer of `operation`.
pub(crate) fn inspect(operation: &str, answer: &Json) -> Vec<Finding> {
    let mut found = Vec::new();
    let checks = table::checks(operation);
    for check in checks {
        visit(answer, check, check.path, Trail::Whole, &mut found);
    }
    if checks.iter().any(|check| check.path == [DETAILS]) {
        found.extend(contradiction(answer));
    }
    found
}

const STATUS: &str = "status";
const DETAILS: &str = "statusDetails";

/// A status beside a code of another one. Neither is taken for the wrong one.
fn contradiction(answer: &Json) -> Option<Finding> {
    let text = |member| answer.member(member).and_then(Json::as_str);
    let status = SessionStatus::from(text(STATUS)?);
    let details = StatusDetails::from(text(DETAILS)?);
    status.contradicts(Some(&details)).then(|| Finding {
        kind: DriftKind::Contradiction,
        odd: Nonconformance {
            pointer: format!("/{DETAILS}"),
            contract: STATUS_AND_CODE_AGREE.contract,
            keyword: STATUS_AND_CODE_AGREE.id,
        },
        place: format!("/{DETAILS}"),
        status: None,
    })
}

/// The object at a path of an operation's answer: its known members, and where the contract lists them.
pub(crate) fn known_members(
    operation: &str,
    path: &[&str],
) -> Option<(&'static [&'static str], &'static str)> {
    let mut checks = table::checks(operation).iter();
    checks.find_map(|check| match check.test {
        Test::Members(names) if check.path == path => Some((names, check.contract)),
        _ => None,
    })
}

/// An unknown member that had to be left out, of the object at `path`.
pub(crate) fn left_out(path: &[&str], name: &str, contract: &'static str) -> Finding {
    let pointer = member_of(path, name);
    Finding {
        kind: DriftKind::MemberLeftOut,
        odd: Nonconformance {
            pointer: pointer.clone(),
            contract,
            keyword: last(contract),
        },
        place: pointer,
        status: None,
    }
}

/// A member for which an answer could not be read: the path of a decoding error, such as `payor.account` or `a[0].b`.
pub(crate) fn unreadable(path: &str) -> Finding {
    let mut place = String::new();
    for step in path.split(['.', '[']).filter(|step| !step.is_empty()) {
        place.push('/');
        place.push_str(if step.ends_with(']') { "*" } else { step });
    }
    Finding {
        kind: DriftKind::Unreadable,
        odd: Nonconformance {
            pointer: place.clone(),
            contract: "",
            keyword: "type",
        },
        place,
        status: None,
    }
}

/// The pointer of a member whose name comes from outside.
fn member_of(path: &[&str], name: &str) -> String {
    let mut pointer = place_of(path);
    pointer.push('/');
    pointer.push_str(plain_name(name));
    pointer
}

fn place_of(path: &[&str]) -> String {
    path.iter().flat_map(|step| ["/", step]).collect()
}

/// The way to a value. It is written out only where something is found.
#[derive(Clone, Copy)]
enum Trail<'a> {
    Whole,
    Member(&'a Trail<'a>, &'static str),
    Item(&'a Trail<'a>, usize),
}

impl fmt::Display for Trail<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => Ok(()),
            // A member name of the contract has neither `~` nor `/`.
            Self::Member(before, name) => write!(f, "{before}/{name}"),
            Self::Item(before, index) => write!(f, "{before}/{index}"),
        }
    }
}

fn visit(
    value: &Json,
    check: &Check,
    path: &[&'static str],
    trail: Trail,
    found: &mut Vec<Finding>,
) {
    let Some((step, rest)) = path.split_first() else {
        check.judge(value, trail, found);
        return;
    };
    match value {
        Json::Array(items) if *step == "*" => {
            for (index, item) in items.iter().enumerate() {
                visit(item, check, rest, Trail::Item(&trail, index), found);
            }
        }
        Json::Object(_) => {
            let trail = Trail::Member(&trail, step);
            match value.member(step) {
                Some(member) => visit(member, check, rest, trail, found),
                None if rest.is_empty() && matches!(check.test, Test::Required) => {
                    found.push(check.broken(trail));
                }
                None => {}
            }
        }
        _ => {}
    }
}

/// The last step of a fragment.
fn last(contract: &'static str) -> &'static str {
    contract.rsplit('/').next().unwrap_or_default()
}

impl Check {
    fn judge(&self, value: &Json, trail: Trail, found: &mut Vec<Finding>) {
        let (Test::Members(known), Json::Object(members)) = (&self.test, value) else {
            if !self.test.holds(value) {
                found.push(self.broken(trail));
            }
            return;
        };
        let names = members.iter().map(|(name, _)| &**name);
        let mut unknown: Vec<&str> = names.filter(|name| !known.contains(name)).collect();
        unknown.sort_unstable();
        unknown.dedup();
        for name in unknown {
            found.push(Finding {
                kind: DriftKind::UnknownMember,
                odd: Nonconformance {
                    pointer: format!("{trail}{}", member_of(&[], name)),
                    contract: self.contract,
                    keyword: last(self.contract),
                },
                place: member_of(self.path, name),
                status: None,
            });
        }
    }

    fn broken(&self, trail: Trail) -> Finding {
        let (kind, keyword) = match self.test {
            Test::NotNull => (DriftKind::Constraint, "nullable"),
            Test::OneOf(_) => (DriftKind::UnknownValue, last(self.contract)),
            _ => (DriftKind::Constraint, last(self.contract)),
        };
        Finding {
            kind,
            odd: Nonconformance {
                pointer: trail.to_string(),
                contract: self.contract,
                keyword,
            },
            place: place_of(self.path),
            status: None,
        }
    }
}

impl Test {
    fn holds(&self, value: &Json) -> bool {
        match (self, value) {
            (Test::NotNull, value) => !matches!(value, Json::Null),
            (Test::Type(kind), value) => kind.is_of(value),
            (Test::OneOf(texts), Json::Text(text)) => texts.contains(&&**text),
            (Test::Uuid, Json::Text(text)) => {
                text.len() == 36 && uuid::Uuid::try_parse(text).is_ok()
            }
            (Test::DateTime, Json::Text(text)) => matches(&DATE_TIME, text),
            (Test::Pattern(pattern), Json::Text(text)) => matches(pattern, text),
            (Test::MinLength(least), Json::Text(text)) => text.chars().count() as u64 >= *least,
            (Test::MaxLength(most), Json::Text(text)) => text.chars().count() as u64 <= *most,
            (Test::Minimum(least), Json::Number(number)) => {
                number.as_f64().is_none_or(|number| number >= *least)
            }
            (Test::Maximum(most), Json::Number(number)) => {
                number.as_f64().is_none_or(|number| number <= *most)
            }
            (Test::Decimals(most), Json::Number(number)) => {
                has_decimals_at_most(&number.to_string(), *most)
            }
            (Test::Integers(least, most), Json::Number(number)) => lies(number, *least, *most),
            // Another JSON type: the generated type refuses it or a check of its own does, or null stands for absent.
            _ => true,
        }
    }
}

/// Whether a number lies between two integers. Decimals are not its business.
#[allow(
    clippy::cast_precision_loss,
    reason = "the ends of 32 bits are exact, and those of 64 are rounded away from zero"
)]
fn lies(number: &serde_json::Number, least: i64, most: i64) -> bool {
    match (number.as_i64(), number.as_f64()) {
        (Some(whole), _) => (least..=most).contains(&whole),
        // Beyond 64 bits, or written with a point or an exponent.
        (None, Some(double)) => {
            !number.is_u64() && (least as f64..most as f64 + 1.0).contains(&double)
        }
        (None, None) => true,
    }
}

impl Kind {
    /// Null is of every type: that it must not stand there is said by itself.
    fn is_of(self, value: &Json) -> bool {
        match (self, value) {
            (_, Json::Null)
            | (Self::Object, Json::Object(_))
            | (Self::Array, Json::Array(_))
            | (Self::Text, Json::Text(_))
            | (Self::Number, Json::Number(_))
            | (Self::Boolean, Json::Boolean) => true,
            (Self::Integer, Json::Number(number)) => {
                number.as_f64().is_none_or(|number| number.fract() == 0.0)
            }
            _ => false,
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
mod tests;
