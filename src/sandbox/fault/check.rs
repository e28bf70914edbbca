//! What a rule must be, beyond its form, so that it can do what it says.

use axum::http::HeaderValue;
use serde_json::Value;

use crate::session::Operation;

use super::kind::{Fault, RetryAfter};
use super::rule::{FaultRule, Trigger, Turn};

/// What is wrong with a rule: where, and what is expected there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sandbox) struct Flaw {
    pub(in crate::sandbox) path: String,
    pub(in crate::sandbox) expected: &'static str,
}

/// The longest wait: a day.
const LONGEST_MILLIS: u64 = 24 * 60 * 60 * 1000;

/// The longest `Retry-After`: a year.
const LONGEST_RETRY_AFTER: u32 = 365 * 24 * 60 * 60;

/// The largest bomb, inflated: a tebibyte.
const LARGEST_BOMB: u64 = 1 << 40;

/// The longest script.
const MOST_TURNS: usize = 10_000;

type Checked = Result<(), Flaw>;

/// How deep a value of a rule may nest. A rule is read back from where it stands deeper, and readers of JSON have a limit.
const DEEPEST: usize = 32;
const SHALLOW: &str = "lists and objects at most 32 deep";

fn depth(value: &Value) -> usize {
    let inner = match value {
        Value::Array(items) => items.iter().map(depth).max(),
        Value::Object(members) => members.values().map(depth).max(),
        _ => return 0,
    };
    1 + inner.unwrap_or_default()
}

fn expect(holds: bool, path: &str, expected: &'static str) -> Checked {
    if holds {
        Ok(())
    } else {
        let path = path.to_owned();
        Err(Flaw { path, expected })
    }
}

impl FaultRule {
    /// Whether it can do what it says.
    pub(in crate::sandbox) fn check(&self) -> Checked {
        let operations = self.operations.as_deref();
        let named = operations.is_none_or(|operations| !operations.is_empty());
        expect(named, "operations", "at least one operation, or no list")?;
        let about_a_session =
            |one: &Operation| !matches!(one, Operation::Authorize | Operation::CreateSession);
        let possible = operations.is_none_or(|operations| operations.iter().any(about_a_session));
        expect(
            self.session.is_none() || possible,
            "session",
            "an operation whose path names a session",
        )?;
        match &self.trigger {
            Trigger::Always(fault) => fault.check("trigger.always"),
            Trigger::Next { calls, fault } => {
                expect(*calls > 0, "trigger.next.calls", "at least 1")?;
                fault.check("trigger.next.fault")
            }
            Trigger::Rate { rate, fault } => {
                let share = (0.0..=1.0).contains(rate);
                expect(share, "trigger.rate.rate", "a number from 0 to 1")?;
                fault.check("trigger.rate.fault")
            }
            Trigger::Script(turns) => {
                let some = (1..=MOST_TURNS).contains(&turns.len());
                expect(some, "trigger.script", "from 1 to 10,000 turns")?;
                turns.iter().enumerate().try_for_each(|(index, turn)| {
                    let Turn::Fault(fault) = turn else {
                        return Ok(());
                    };
                    fault.check(&format!("trigger.script[{index}].fault"))
                })
            }
        }
    }
}

impl Fault {
    fn check(&self, path: &str) -> Checked {
        let member = |name: &str| format!("{path}.{}.{name}", self.name());
        match self {
            Self::Delay { millis } => expect(
                *millis <= LONGEST_MILLIS,
                &member("millis"),
                "at most a day, 86,400,000",
            ),
            Self::Drip { millis_per_byte } => expect(
                *millis_per_byte <= LONGEST_MILLIS,
                &member("millisPerByte"),
                "at most a day, 86,400,000",
            ),
            Self::Status {
                status,
                retry_after,
                ..
            } => {
                expect(is_error(*status), &member("status"), "from 400 to 599")?;
                let wait = retry_after.map_or(0, RetryAfter::seconds);
                expect(
                    wait <= LONGEST_RETRY_AFTER,
                    &member("retryAfter"),
                    "at most a year, 31,536,000",
                )
            }
            Self::HtmlPage { status, .. } => {
                expect(is_error(*status), &member("status"), "from 400 to 599")
            }
            Self::WrongContentType { content_type } => expect(
                HeaderValue::from_str(content_type).is_ok(),
                &member("contentType"),
                "a header value: one line of visible characters",
            ),
            Self::WrongContentLength { by } => {
                expect(*by != 0, &member("by"), "another number than 0")
            }
            Self::GzipBomb { bytes, .. } => expect(
                (1..=LARGEST_BOMB).contains(bytes),
                &member("bytes"),
                "from 1 to a tebibyte, 1,099,511,627,776",
            ),
            Self::WrongValue { pointer, value } => {
                expect(depth(value) <= DEEPEST, &member("value"), SHALLOW)?;
                pointer
                    .iter()
                    .try_for_each(|pointer| names_a_member(pointer, &member("pointer")))
            }
            Self::ExtraMembers { pointer, members } => {
                expect(
                    members.values().all(|value| depth(value) <= DEEPEST),
                    &member("members"),
                    SHALLOW,
                )?;
                expect(is_pointer(pointer), &member("pointer"), POINTER)?;
                expect(!members.is_empty(), &member("members"), "at least one")
            }
            Self::MissingMembers { pointers } | Self::NullMembers { pointers } => {
                let Some(pointers) = pointers else {
                    return Ok(());
                };
                expect(!pointers.is_empty(), &member("pointers"), "at least one")?;
                pointers
                    .iter()
                    .enumerate()
                    .try_for_each(|(index, pointer)| {
                        names_a_member(pointer, &member(&format!("pointers[{index}]")))
                    })
            }
            Self::EmptyBody { .. }
            | Self::TruncatedBody { .. }
            | Self::ResetBeforeRequest
            | Self::ResetAfterRequest { .. }
            | Self::ResetMidResponse { .. }
            | Self::AnotherSession { .. }
            | Self::RevokedToken => Ok(()),
        }
    }
}

impl RetryAfter {
    pub(in crate::sandbox) fn seconds(self) -> u32 {
        match self {
            Self::Seconds(seconds) | Self::Date(seconds) => seconds,
        }
    }
}

fn is_error(status: u16) -> bool {
    (400..=599).contains(&status)
}

const POINTER: &str =
    "a JSON pointer, such as /payor/account, or an empty text for the whole answer";

/// Whether a text is a JSON pointer. What it leads to is found out when there is an answer.
fn is_pointer(text: &str) -> bool {
    let escapes = |text: &str| {
        text.split('~')
            .skip(1)
            .all(|rest| rest.starts_with(['0', '1']))
    };
    // `Value::pointer` finds nothing by a text of another form.
    (text.is_empty() || text.starts_with('/')) && escapes(text)
}

fn names_a_member(pointer: &str, path: &str) -> Checked {
    expect(
        is_pointer(pointer) && !pointer.is_empty(),
        path,
        "a JSON pointer to a member, such as /payor/account",
    )
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[track_caller]
    fn flaw(rule: &Value) -> String {
        let rule: FaultRule = serde_json::from_value(rule.clone()).unwrap();
        rule.check().unwrap_err().path
    }

    #[test]
    fn what_cannot_happen_is_refused_where_it_stands() {
        let always = |fault: Value| json!({ "trigger": { "always": fault } });
        let reset = json!("resetBeforeRequest");
        let session = "7e1c1a52-9a0d-4bb4-9d5c-0a3c1f9f2b11";
        for (rule, path) in [
            (
                json!({ "operations": [], "trigger": { "always": reset } }),
                "operations",
            ),
            (
                json!({ "operations": ["createSession"], "session": session, "trigger": { "always": reset } }),
                "session",
            ),
            (
                json!({ "trigger": { "next": { "calls": 0, "fault": reset } } }),
                "trigger.next.calls",
            ),
            (
                json!({ "trigger": { "rate": { "rate": 1.01, "fault": reset } } }),
                "trigger.rate.rate",
            ),
            (
                json!({ "trigger": { "rate": { "rate": -0.1, "fault": reset } } }),
                "trigger.rate.rate",
            ),
            (json!({ "trigger": { "script": [] } }), "trigger.script"),
            (
                json!({ "trigger": { "script": ["pass", { "fault": { "status": { "status": 200 } } }] } }),
                "trigger.script[1].fault.status.status",
            ),
            (
                always(json!({ "delay": { "millis": 86_400_001_u64 } })),
                "trigger.always.delay.millis",
            ),
            (
                always(json!({ "drip": { "millisPerByte": 86_400_001_u64 } })),
                "trigger.always.drip.millisPerByte",
            ),
            (
                always(
                    json!({ "status": { "status": 429, "retryAfter": { "seconds": 31_536_001 } } }),
                ),
                "trigger.always.status.retryAfter",
            ),
            (
                always(json!({ "htmlPage": { "status": 600 } })),
                "trigger.always.htmlPage.status",
            ),
            (
                always(json!({ "wrongContentType": { "contentType": "a\nb" } })),
                "trigger.always.wrongContentType.contentType",
            ),
            (
                always(json!({ "wrongContentLength": { "by": 0 } })),
                "trigger.always.wrongContentLength.by",
            ),
            (
                always(json!({ "gzipBomb": { "bytes": 0 } })),
                "trigger.always.gzipBomb.bytes",
            ),
            (
                always(json!({ "wrongValue": { "pointer": "status" } })),
                "trigger.always.wrongValue.pointer",
            ),
            (
                always(json!({ "extraMembers": { "pointer": "/a~2" } })),
                "trigger.always.extraMembers.pointer",
            ),
            (
                always(json!({ "extraMembers": { "members": {} } })),
                "trigger.always.extraMembers.members",
            ),
            (
                always(json!({ "missingMembers": { "pointers": [] } })),
                "trigger.always.missingMembers.pointers",
            ),
            (
                always(json!({ "nullMembers": { "pointers": ["/a", ""] } })),
                "trigger.always.nullMembers.pointers[1]",
            ),
        ] {
            assert_eq!(flaw(&rule), path, "{rule}");
        }
    }
}
