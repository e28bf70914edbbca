//! Reading a body that has been verified: what is looked for, and where.
//!
//! Flinks has published the members, and not where they stand; the head of [`webhook`](super) says what is made of that.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::loose::Loose;
use super::signed::Signed;
use super::{STATUS_CHANGED, When};
use crate::client::conformance::Finding;
use crate::client::conformance::declared::{Report, another_webhook, webhook};
use crate::client::observer::WEBHOOK;
use crate::domain::{PaymentType, ReportedAmount, ReportedReference, SessionId};
use crate::session::{Extra, SessionStatus, StatusDetails, StatusReport};

/// What a body says.
pub(super) struct Reading {
    pub(super) kind: Option<Cow<'static, str>>,
    pub(super) when: When,
    /// The report and what stands around it, unless the body is of another kind, or has no single report in it.
    pub(super) report: Option<(StatusReport, Extra)>,
    /// What is to be held against the contract.
    subject: Subject,
}

/// What of a body is held against the contract.
enum Subject {
    /// Nothing: that it keeps to the contract was seen while it was read.
    Plain,
    /// The body.
    Top,
    /// The object in the member of that name.
    Within(String),
    /// Nothing: it is about something else.
    Another,
}

/// Reads a body. There is nothing that a verified body can have in it that makes this fail.
pub(super) fn read(signed: Signed<'_>) -> Reading {
    let mut top = Members::default();
    if top.fill(json(signed.body())).is_none() {
        // Half a body is not half understood.
        top = Members::default();
    }
    top.read()
}

impl Reading {
    /// Returns what of the body is not as the contract has it. It is read once more for that, which few need.
    pub(super) fn findings(&self, signed: Signed<'_>) -> Vec<Finding> {
        let within = match &self.subject {
            Subject::Plain => return Vec::new(),
            Subject::Another => return vec![another_webhook()],
            Subject::Top => None,
            Subject::Within(name) => Some(&**name),
        };
        let report = Report {
            within,
            beside: &BESIDE,
            unsaid: &KINDS,
        };
        webhook(WEBHOOK, json(signed.body()), &report)
    }
}

/// The body without a byte order mark, which JSON does not allow and some writers send.
pub(super) fn json(body: &[u8]) -> &[u8] {
    body.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(body)
}

/// The names of members that may say what kind of event it is, in the order in which they are asked. The one that Flinks uses is
/// not published.
const KINDS: [&str; 4] = ["eventType", "eventName", "event", "type"];

/// The members of one object, except those known ones that are null.
#[derive(Default)]
struct Members<'b> {
    session_id: Option<SessionId>,
    status: Option<SessionStatus>,
    status_details: Option<StatusDetails>,
    reference_id: Option<ReportedReference>,
    amount: Option<ReportedAmount>,
    when: Option<Loose<'b>>,
    /// What stands under [`KINDS`], where it is a text.
    kinds: [Option<Cow<'b, str>>; KINDS.len()],
    rest: Map<String, Value>,
    /// Whether there is one that has to be looked at again: it is null, or not written as the contract writes it.
    odd: bool,
}

/// The member that may stand around a report as well, where it counts before that in it.
const BESIDE: [&str; 1] = ["when"];

impl<'b> Members<'b> {
    /// Takes every member of a JSON document. `None` where it is not one object, and nothing else.
    fn fill(&mut self, json: &'b [u8]) -> Option<()> {
        let text = std::str::from_utf8(json).ok()?;
        let mut reader = serde_json::Deserializer::from_str(text);
        Filling(self).deserialize(&mut reader).ok()?;
        reader.end().ok()
    }

    /// Takes one member. What does not fit its place is kept with the rest.
    fn put(&mut self, field: Field, value: Loose<'b>) {
        let value = match (&field, value) {
            // Nobody knows what it says, so it is kept; but of a name that comes twice it takes nothing away.
            (Field::Other(name), Loose::Other(Value::Null)) => {
                self.rest.entry(name.as_str()).or_insert(Value::Null);
                return;
            }
            (_, Loose::Other(Value::Null)) => return self.odd = true,
            (Field::SessionId, Loose::Text(text)) => match SessionId::new(&text) {
                Ok(id) => {
                    self.odd |= text.len() != HYPHENATED;
                    return self.session_id = Some(id);
                }
                Err(_) => Loose::Text(text),
            },
            (Field::Status, Loose::Text(text)) => {
                let status = SessionStatus::from(&*text);
                self.odd |= status.as_str() != text;
                return self.status = Some(status);
            }
            (Field::StatusDetails, Loose::Text(text)) => {
                let details = StatusDetails::from(&*text);
                self.odd |= details.as_str() != text;
                return self.status_details = Some(details);
            }
            (Field::ReferenceId, Loose::Text(text)) => {
                return self.reference_id = Some(ReportedReference::from(text.into_owned()));
            }
            (Field::Amount, Loose::Other(Value::Number(number))) => {
                self.odd |= !is_in_cents(&number);
                return self.amount = Some(ReportedAmount::new(number));
            }
            (Field::When, value) => return self.when = Some(value),
            (Field::Kind(at), value) => match (self.kinds.get_mut(*at), value) {
                (Some(kind), Loose::Text(text)) => return *kind = Some(text),
                (Some(kind), value) => {
                    *kind = None;
                    value
                }
                (None, value) => value,
            },
            (_, value) => value,
        };
        self.rest.insert(field.into_name(), value.into());
    }

    fn read(&mut self) -> Reading {
        let is_plain = self.is_plain();
        let mut kind = self.take_kind();
        let mut when = self.when.take();
        let at_the_top = self.is_report() && (self.is_known() || !self.wraps());
        let mut inner = if at_the_top {
            None
        } else {
            self.take_wrapped()
        };
        if let Some((_, inner)) = &mut inner {
            kind = kind.or_else(|| inner.take_kind());
            when = when.or_else(|| inner.when.take());
        }
        let mut subject = if is_plain {
            Subject::Plain
        } else {
            Subject::Top
        };
        let report = if !kind.as_deref().is_none_or(is_status_changed) {
            subject = Subject::Another;
            None
        } else if let Some((name, mut inner)) = inner {
            subject = Subject::Within(name);
            inner.take_report().map(|report| (report, self.take_all()))
        } else if at_the_top {
            self.take_report().map(|report| (report, Extra::default()))
        } else {
            None
        };
        Reading {
            when: when.map_or(When::Missing, |when| when.when()),
            report,
            kind,
            subject,
        }
    }

    /// Whether there is surely nothing to find here, as nearly always. The contract is the judge of everything else, and in
    /// tests of this, too.
    fn is_plain(&self) -> bool {
        let (Some(status), details) = (&self.status, self.status_details.as_ref()) else {
            return false;
        };
        !self.odd
            && self.rest.is_empty()
            && self.session_id.is_some()
            && matches!(self.when, Some(Loose::Text(_)))
            && !matches!(status, SessionStatus::Unknown(_))
            && !matches!(details, Some(StatusDetails::Unknown(_)))
            && !status.contradicts(details)
    }

    fn is_report(&self) -> bool {
        self.session_id.is_some() && self.status.is_some()
    }

    /// Whether status or code is one of a session's. Other things have a status, too, such as a delivery.
    fn is_known(&self) -> bool {
        let status = self.status.as_ref();
        let code = self.status_details.as_ref();
        status.is_some_and(|it| !matches!(it, SessionStatus::Unknown(_)))
            || code.is_some_and(|it| !matches!(it, StatusDetails::Unknown(_)))
    }

    /// Whether an object with a report stands within.
    fn wraps(&self) -> bool {
        self.rest.values().any(is_report)
    }

    /// Takes the member that names the kind: one that names this kind, or else the first that names any.
    ///
    /// `type` may also be the type of the payment, as it is in a request; that is no kind of event.
    fn take_kind(&mut self) -> Option<Cow<'static, str>> {
        let is_kind = |text: &str| PaymentType::ALL.iter().all(|it| it.as_str() != text);
        let names =
            |kind: &Option<Cow<'_, str>>, is: fn(&str) -> bool| kind.as_deref().is_some_and(is);
        let at = self
            .kinds
            .iter()
            .position(|kind| names(kind, is_status_changed))
            .or_else(|| self.kinds.iter().position(|kind| names(kind, is_kind)))?;
        let kind = self.kinds.get_mut(at)?.take()?;
        Some(if kind == STATUS_CHANGED {
            Cow::Borrowed(STATUS_CHANGED)
        } else {
            Cow::Owned(kind.into_owned())
        })
    }

    /// Takes the one object with a report in it, and its name. Of two, and of one that is about another session than the top
    /// says, it is not known which is meant; nor of one beside a top that has a report of its own, with a status that is not
    /// known: the one within may be what was before.
    fn take_wrapped(&mut self) -> Option<(String, Self)> {
        let mut wrapped = self.rest.iter().filter(|(_, value)| is_report(value));
        let (Some((name, _)), None) = (wrapped.next(), wrapped.next()) else {
            return None;
        };
        let name = name.clone();
        let Value::Object(members) = self.rest.remove(&name)? else {
            return None;
        };
        let mut inner = Members::default();
        for (name, value) in members {
            inner.put(Field::of(&name), value.into());
        }
        let agrees = self.session_id.is_none() || self.session_id == inner.session_id;
        (agrees && !self.is_report()).then_some((name, inner))
    }

    fn take_report(&mut self) -> Option<StatusReport> {
        Some(StatusReport {
            session_id: self.session_id.take()?,
            status: self.status.take()?,
            status_details: self.status_details.take(),
            reference_id: self.reference_id.take(),
            amount: self.amount.take(),
            extra: self.take_all(),
        })
    }

    /// Takes every member that is left, as it came: those that are not known, and those for which another counts.
    fn take_all(&mut self) -> Extra {
        let Self {
            session_id,
            status,
            status_details,
            reference_id,
            amount,
            when,
            kinds,
            rest,
            odd: _,
        } = self;
        let mut keep = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                rest.insert(name.to_owned(), value);
            }
        };
        keep("sessionId", session_id.take().map(|it| it.expose().into()));
        keep("status", status.take().map(|it| it.as_str().into()));
        keep(
            "statusDetails",
            status_details.take().map(|it| it.as_str().into()),
        );
        keep(
            "referenceId",
            reference_id.take().map(|it| it.expose().into()),
        );
        keep(
            "amount",
            amount.take().map(|it| Value::Number(it.to_number())),
        );
        keep("when", when.take().map(Value::from));
        for (name, kind) in KINDS.into_iter().zip(kinds) {
            keep(name, kind.take().map(|it| it.into_owned().into()));
        }
        std::mem::take(rest).into()
    }
}

/// The length of a UUID with its hyphens.
const HYPHENATED: usize = 36;

/// Whether a number has two decimals at most. One that is said to have more may have two all the same.
fn is_in_cents(number: &Number) -> bool {
    number.as_f64().is_some_and(|amount| {
        // If a text of so few decimals stands for this number, the shortest that does has no more.
        let nearest = (amount * 100.0).round() / 100.0;
        nearest.to_bits() == amount.to_bits()
    })
}

/// Whether a value is an object with a session id and a status.
fn is_report(value: &Value) -> bool {
    let text = |name| value.get(name).and_then(Value::as_str);
    text("sessionId").is_some_and(|id| SessionId::new(id).is_ok()) && text("status").is_some()
}

/// Whether a name is that of the status event, in any case and with any separators: how it is written is not published.
fn is_status_changed(name: &str) -> bool {
    let letters = name.bytes().filter(u8::is_ascii_alphanumeric);
    name == STATUS_CHANGED
        || letters
            .map(|byte| byte.to_ascii_lowercase())
            .eq(STATUS_CHANGED.bytes().map(|byte| byte.to_ascii_lowercase()))
}

/// Reads an object into members that are there already.
struct Filling<'m, 'b>(&'m mut Members<'b>);

impl<'de> DeserializeSeed<'de> for Filling<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Filling<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(field) = map.next_key()? {
            self.0.put(field, map.next_value()?);
        }
        Ok(())
    }
}

/// The name of a member.
enum Field {
    SessionId,
    Status,
    StatusDetails,
    ReferenceId,
    Amount,
    When,
    /// The one at this place in [`KINDS`].
    Kind(usize),
    Other(String),
}

impl Field {
    fn of(name: &str) -> Self {
        match name {
            "sessionId" => Self::SessionId,
            "status" => Self::Status,
            "statusDetails" => Self::StatusDetails,
            "referenceId" => Self::ReferenceId,
            "amount" => Self::Amount,
            "when" => Self::When,
            name => match KINDS.iter().position(|kind| *kind == name) {
                Some(at) => Self::Kind(at),
                None => Self::Other(name.to_owned()),
            },
        }
    }

    fn into_name(self) -> String {
        match self {
            Self::SessionId => "sessionId".to_owned(),
            Self::Status => "status".to_owned(),
            Self::StatusDetails => "statusDetails".to_owned(),
            Self::ReferenceId => "referenceId".to_owned(),
            Self::Amount => "amount".to_owned(),
            Self::When => "when".to_owned(),
            Self::Kind(at) => KINDS.get(at).copied().unwrap_or_default().to_owned(),
            Self::Other(name) => name,
        }
    }
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_identifier(FieldVisitor)
    }
}

struct FieldVisitor;

impl Visitor<'_> for FieldVisitor {
    type Value = Field;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a member")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Field, E> {
        Ok(Field::of(name))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    const SESSION: &str = "3b9c1f0e-7d24-4a6b-8e15-d2c4a60f9b37";

    /// Every member that is known, with values that keep to the contract and values that do not; `None` is no member.
    fn members() -> Vec<(&'static str, Vec<Option<Value>>)> {
        let odd = || [None, Some(Value::Null), Some(json!({})), Some(json!(7))];
        let with = |more: &[Value]| more.iter().cloned().map(Some).chain(odd()).collect();
        vec![
            ("when", with(&[json!("soon"), json!("")])),
            (
                "sessionId",
                with(&[
                    json!(SESSION),
                    json!(SESSION.to_uppercase()),
                    json!(SESSION.replace('-', "")),
                    json!(format!("{{{SESSION}}}")),
                ]),
            ),
            (
                "status",
                with(&[
                    json!("Completed"),
                    json!("Failed"),
                    json!("Canceled"),
                    json!("Cancelled"),
                    json!("completed"),
                    json!("Paused"),
                ]),
            ),
            (
                "statusDetails",
                with(&[
                    json!("EFT0301"),
                    json!("EFT0402"),
                    json!("eft0301"),
                    json!(""),
                ]),
            ),
            ("referenceId", with(&[json!("invoice-1042")])),
            (
                "amount",
                with(&[
                    json!(120.5),
                    json!(0.29),
                    json!(-0.01),
                    json!(1e15),
                    json!(1e300),
                    json!(0.001),
                    json!(120.555),
                    json!(0.1 + 0.2),
                    json!("1"),
                ]),
            ),
            ("type", with(&[json!("EFT"), json!(STATUS_CHANGED)])),
            ("novel", with(&[])),
        ]
    }

    fn is_plain(body: &Value) -> bool {
        let text = body.to_string();
        let mut top = Members::default();
        top.fill(text.as_bytes()).unwrap();
        let plain = matches!(top.read().subject, Subject::Plain);
        let report = Report {
            within: None,
            beside: &BESIDE,
            unsaid: &KINDS,
        };
        let found = webhook(WEBHOOK, text.as_bytes(), &report);
        assert!(!plain || found.is_empty(), "{body}: {found:?}");
        plain
    }

    #[test]
    fn what_is_taken_for_plain_departs_from_nothing() {
        let members = members();
        let mut plain = 0;
        for (at, (one, values)) in members.iter().enumerate() {
            for (another, others) in members.iter().skip(at + 1) {
                for value in values {
                    for other in others {
                        let mut body = json!({
                            "when": "soon", "sessionId": SESSION, "status": "Completed", "statusDetails": "EFT0301",
                            "amount": 120.5,
                        });
                        for (name, value) in [(one, value), (another, other)] {
                            match value {
                                Some(value) => body[*name] = value.clone(),
                                None => drop(body.as_object_mut().unwrap().remove(*name)),
                            }
                        }
                        plain += usize::from(is_plain(&body));
                    }
                }
            }
        }
        assert!(plain > 50, "{plain}");
    }
}
