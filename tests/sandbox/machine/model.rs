//! What the model keeps of tokens and sessions, and what it expects to be answered about a session.

use flinks_pay::SessionId;
use flinks_pay::sandbox::{AccountBeforeLogin, AccountNumberShown, CancelledSpelling};
use serde_json::{Value, json};

use super::calls::Rules;
use super::course::{Course, Guarantee};
use super::ops::{Broken, Order};

/// How long a session is open, in seconds.
const OPEN: u64 = 1800;

pub(super) struct Token {
    pub(super) text: String,
    pub(super) client: usize,
    pub(super) issued: u64,
    pub(super) spent: bool,
}

pub(super) struct Session {
    pub(super) id: SessionId,
    pub(super) owner: usize,
    pub(super) created: u64,
    pub(super) sent: Value,
    pub(super) course: Course,
    pub(super) posted: Vec<&'static str>,
}

/// Cents as a JSON number.
pub(super) fn dollars(cents: u64) -> Value {
    serde_json::from_str(&format!("{}.{:02}", cents / 100, cents % 100)).unwrap()
}

/// The same with every number as a double.
pub(super) fn plain(value: Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_f64()),
        Value::Array(items) => items.into_iter().map(plain).collect(),
        Value::Object(members) => members
            .into_iter()
            .map(|(name, it)| (name, plain(it)))
            .collect(),
        other => other,
    }
}

impl Order {
    /// The request; `number` makes it unlike all others.
    pub(super) fn body(&self, number: usize) -> Value {
        let letter = |digit: u32| char::from(b'A' + u8::try_from(digit).unwrap());
        let digits = number.to_string();
        let name: String = digits
            .chars()
            .filter_map(|it| it.to_digit(10))
            .map(letter)
            .collect();
        let mut body = json!({
            "type": "EFT",
            "direction": "DEBIT",
            "options": { "guarantee": { "enable": self.guaranteed } },
            "payor": { "firstName": "Robin", "lastName": name, "email": "robin@mail.example" },
        });
        if let Some(cents) = self.cents {
            body["amount"] = dollars(cents);
        }
        if !self.scenario.is_empty() {
            body["referenceId"] = json!(self.scenario.replace('#', &digits));
        }
        if let Some((least, most)) = self.limits {
            for (name, cents) in [("minimumAmount", least), ("maximumAmount", most)] {
                if let Some(cents) = cents {
                    body["options"]["limits"][name] = dollars(cents);
                }
            }
        }
        if let Some(consent) = self.consent {
            body["options"]["showConsentScreen"] = json!(consent);
        }
        if let Some(french) = self.french {
            let language = if french { "FR" } else { "EN" };
            body["options"]["notificationPreferences"] = json!({ "language": language });
        }
        if self.payee {
            let account = format!("44{number:07}");
            body["payee"] = json!({ "account": {
                "institutionCode": "815", "transitNumber": "70001", "accountNumber": account,
            } });
        }
        let members = body.as_object_mut().unwrap();
        match self.broken {
            None => {}
            Some(Broken::NoPayor) => drop(members.remove("payor")),
            Some(Broken::NoDirection) => drop(members.remove("direction")),
            Some(Broken::UnknownMember) => drop(members.insert("surprise".into(), json!(1))),
            Some(Broken::ZeroAmount) => drop(members.insert("amount".into(), json!(0))),
            Some(Broken::ThreeDecimals) => drop(members.insert("amount".into(), json!(10.005))),
        }
        body
    }

    /// Whether the contract takes it.
    pub(super) fn is_right(&self) -> bool {
        let (least, most) = self.limits.unwrap_or_default();
        let (least, most) = (least.unwrap_or(0), most.unwrap_or(u64::MAX));
        let inside = |cents: u64| least <= cents && cents <= most;
        self.broken.is_none()
            && least <= most
            && self.cents.is_none_or(inside)
            && (self.guaranteed || !self.payee)
    }
}

impl Session {
    /// Lets the time pass for it.
    pub(super) fn at(&mut self, now: u64) -> &mut Self {
        if now - self.created >= OPEN {
            self.course.time_is_over();
        }
        self
    }

    fn reference(&self) -> &Value {
        &self.sent["referenceId"]
    }

    fn status(&self, rules: &Rules) -> &'static str {
        match self.course.state().0 {
            "Cancelled" if rules.profile.cancelled_spelling == CancelledSpelling::Canceled => {
                "Canceled"
            }
            status => status,
        }
    }

    /// Status and code in one text.
    pub(super) fn label(&self, rules: &Rules) -> String {
        let code = self.course.state().1.unwrap_or("-");
        format!("{} {code}", self.status(rules))
    }

    /// What create and confirm are answered.
    pub(super) fn ids(&self) -> Value {
        json!({ "sessionId": self.id.expose(), "referenceId": self.reference() })
    }

    pub(super) fn cancelled(&self, rules: &Rules) -> Value {
        let mut body = self.ids();
        body["status"] = json!(self.status(rules));
        body["statusDetails"] = json!("EFT0501");
        body
    }

    pub(super) fn reported(&self, rules: &Rules) -> Value {
        let mut body = self.ids();
        body["amount"] = self.course.amount.map_or(Value::Null, dollars);
        body["status"] = json!(self.status(rules));
        if let Some(code) = self.course.state().1 {
            body["statusDetails"] = json!(code);
        }
        body
    }

    fn account(&self, rules: &Rules) -> Option<Value> {
        if !self.course.logged_in {
            return match rules.profile.account_before_login {
                AccountBeforeLogin::Null => Some(Value::Null),
                AccountBeforeLogin::Empty => Some(json!({})),
                _ => None,
            };
        }
        let full = match rules.profile.account_number {
            AccountNumberShown::Full => true,
            AccountNumberShown::Masked => false,
            _ => self.course.complete(),
        };
        Some(json!(if full { "300458826" } else { "****8826" }))
    }

    fn payee(&self) -> Value {
        let sent = &self.sent["payee"]["account"]["accountNumber"];
        match (self.sent["options"]["guarantee"]["enable"] == true, sent) {
            (false, _) => Value::Null,
            (true, Value::Null) => json!("700118842"),
            (true, number) => number.clone(),
        }
    }

    /// What is wrong with details of it.
    pub(super) fn differs(&self, details: &Value, rules: &Rules) -> Option<String> {
        let course = &self.course;
        let sent = &self.sent["options"]["notificationPreferences"]["language"];
        let language = match (sent, course.french()) {
            (Value::Null, true) => json!("FR"),
            (Value::Null, false) => json!("EN"),
            (sent, _) => sent.clone(),
        };
        let (offered, accepted, most) = match course.guarantee {
            Guarantee::NotYet => (Value::Null, Value::Null, Value::Null),
            Guarantee::None => (json!(false), Value::Null, Value::Null),
            Guarantee::Offered(offer) => (json!(true), json!(offer.accepted), dollars(offer.most)),
        };
        let mut account = details["payor"].get("account").cloned();
        if let Some(number) = account.as_ref().and_then(|it| it.get("accountNumber")) {
            account = Some(number.clone());
        }
        let shown = [("/status", json!(self.status(rules)))].into_iter().chain([
            ("/sessionId", json!(self.id.expose())),
            ("/referenceId", self.reference().clone()),
            ("/statusDetails", json!(course.state().1)),
            ("/amount", course.amount.map_or(Value::Null, dollars)),
            ("/step/current", json!(course.screen())),
            ("/payor/lastName", self.sent["payor"]["lastName"].clone()),
            (
                "/options/guarantee",
                self.sent["options"]["guarantee"].clone(),
            ),
            ("/options/notificationPreferences/language", language),
            ("/payee/account/accountNumber", self.payee()),
            ("/guaranteeDetails/guaranteeOffered", offered),
            ("/guaranteeDetails/guaranteeAccepted", accepted),
            ("/guaranteeDetails/highestDebitAmountToGuarantee", most),
        ]);
        for (pointer, expected) in shown {
            let found = details.pointer(pointer).cloned().unwrap_or_default();
            if plain(found.clone()) != plain(expected.clone()) {
                return Some(format!("{pointer}: {found}, expected {expected}"));
            }
        }
        let there = |pointer: &str| details.pointer(pointer).is_some_and(|it| !it.is_null());
        let agreement = matches!(course.screen(), Some("Pad" | "Complete"));
        let matched = course.names_match.map(|it| if it { 98 } else { 12 });
        let others = [
            (account == self.account(rules), "account"),
            (
                there("/step/aggregationRequestId") == course.logged_in,
                "login",
            ),
            (there("/step/padId") == agreement, "padId"),
            (
                details.pointer("/userDetails/nameMatch") == matched.map(|it| json!(it)).as_ref(),
                "names",
            ),
        ];
        let wrong = others.into_iter().find(|(right, _)| !right);
        wrong.map(|(_, what)| format!("{what}: {details}"))
    }
}
