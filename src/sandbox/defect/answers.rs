//! An answer before it goes out.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use super::Defect;
use super::admission::{remove, set};
use crate::session::Operation;

/// An answer, and what was asked.
pub(in crate::sandbox) struct Answered<'a> {
    pub(in crate::sandbox) operation: Option<Operation>,
    /// The body of the request, if that is JSON.
    pub(in crate::sandbox) asked: Option<Value>,
    pub(in crate::sandbox) status: &'a mut StatusCode,
    pub(in crate::sandbox) headers: &'a mut HeaderMap,
    /// The body; it is JSON.
    pub(in crate::sandbox) body: &'a mut Value,
}

impl Answered<'_> {
    /// Makes it wrong. Returns the body of an answer that is no JSON any more.
    pub(in crate::sandbox) fn spoil(self, defect: Defect) -> Option<String> {
        let operation = self.operation;
        if *self.status == StatusCode::NOT_FOUND
            && operation.is_some()
            && defect == Defect::ErrorsInHtml
        {
            self.content_type("text/html; charset=utf-8");
            return Some("<!DOCTYPE html><title>404 Not Found</title>".to_owned());
        }
        if self.status.is_success() {
            self.success(defect);
        } else if operation.is_some() {
            self.refusal(defect);
        }
        None
    }

    fn content_type(self, kind: &'static str) {
        let kind = HeaderValue::from_static(kind);
        self.headers.insert(header::CONTENT_TYPE, kind);
    }

    fn refusal(self, defect: Defect) {
        let create = self.operation == Some(Operation::CreateSession);
        let status = *self.status;
        match defect {
            Defect::RefusalsAreSuccesses if status == StatusCode::BAD_REQUEST => {
                *self.status = StatusCode::OK;
            }
            Defect::UnknownSessionIsFound if status == StatusCode::NOT_FOUND => {
                *self.status = StatusCode::OK;
            }
            Defect::UnauthorizedIsForbidden if status == StatusCode::UNAUTHORIZED => {
                *self.status = StatusCode::FORBIDDEN;
            }
            Defect::ErrorsInOtherShape if create => {
                *self.body = json!({ "error": "refused", "error_description": "it is refused" });
            }
            Defect::ErrorsWithoutMembers => *self.body = json!({}),
            Defect::ErrorsWithPayor if create => {
                let name = self
                    .asked
                    .as_ref()
                    .and_then(|it| it.pointer("/payor/firstName"));
                if let Some(name) = name.and_then(Value::as_str) {
                    set("detail", json!(format!("not for {name}")), self.body);
                }
            }
            Defect::ProblemWithOtherStatus if self.body.get("status").is_some() => {
                set("status", json!(500), self.body);
            }
            _ => {}
        }
    }

    fn success(self, defect: Defect) {
        if defect == Defect::AnswersAsText {
            return self.content_type("text/plain");
        }
        match self.operation {
            Some(Operation::Authorize) => token(defect, self.body),
            Some(Operation::CreateSession) => {
                if defect == Defect::CreatedIsAccepted {
                    *self.status = StatusCode::ACCEPTED;
                }
                created(defect, self.body);
            }
            Some(Operation::GetSessionStatus) => status(defect, self.body),
            Some(Operation::GetSessionDetails) => details(defect, self.body),
            Some(Operation::CancelSession) if defect == Defect::CancelSaysInProgress => {
                set("status", json!("InProgress"), self.body);
                remove("statusDetails", self.body);
            }
            Some(Operation::ConfirmGuarantee) if defect == Defect::ConfirmWithoutReference => {
                set("referenceId", Value::Null, self.body);
            }
            _ => {}
        }
    }
}

fn token(defect: Defect, body: &mut Value) {
    match defect {
        Defect::LifetimeAsText => as_text("expires_in", body),
        Defect::TokenTypeIsMac => set("token_type", json!("mac"), body),
        _ => {}
    }
}

fn created(defect: Defect, body: &mut Value) {
    match defect {
        Defect::CreatedInUpperCase => {
            let id = body.get("sessionId").and_then(Value::as_str);
            if let Some(id) = id.map(str::to_uppercase) {
                set("sessionId", json!(id), body);
            }
        }
        Defect::CreatedWithoutId => remove("sessionId", body),
        _ => {}
    }
}

fn status(defect: Defect, body: &mut Value) {
    match defect {
        Defect::StatusACentMore => a_cent_more("/amount", body),
        Defect::StatusAmountAsText => as_text("amount", body),
        Defect::StatusAmountWithNoise => {
            if let Some(amount) = body.get("amount").and_then(Value::as_f64) {
                set("amount", json!(amount + 0.001), body);
            }
        }
        Defect::StatusWithoutReference => set("referenceId", Value::Null, body),
        Defect::StatusWithOtherId => set("sessionId", json!(OTHER), body),
        Defect::StatusWithoutCode if is_completed(body) => remove("statusDetails", body),
        _ => {}
    }
}

fn details(defect: Defect, body: &mut Value) {
    match defect {
        Defect::DetailsLagBehind if is_completed(body) => {
            set("status", json!("InProgress"), body);
            remove("statusDetails", body);
        }
        Defect::DetailsSwapNames => swap("/payor/firstName", "/payor/lastName", body),
        Defect::DetailsWithoutEmail => set("payor.email", Value::Null, body),
        Defect::DetailsWithoutStep => set("step", Value::Null, body),
        Defect::DetailsCreatedADay => {
            let day = body.get("createdAt").and_then(Value::as_str);
            if let Some(day) = day.and_then(|it| it.get(..10)).map(str::to_owned) {
                set("createdAt", json!(day), body);
            }
        }
        Defect::DetailsCreatedAnHourEarly => an_hour_early("createdAt", body),
        Defect::DetailsLimitsACentMore => a_cent_more("/options/limits/maximumAmount", body),
        Defect::DetailsSwapRedirects => swap(
            "/options/redirectPreferences/urlSuccess",
            "/options/redirectPreferences/urlExit",
            body,
        ),
        Defect::DetailsShowAccount => {
            if let Some(Value::String(number)) = body.pointer_mut("/payor/account/accountNumber") {
                crate::sandbox::bank::PAYOR_ACCOUNT_NUMBER.clone_into(number);
            }
        }
        Defect::DetailsWithoutGuarantee => set("guaranteeDetails", Value::Null, body),
        Defect::DetailsInvertAccepted => {
            if let Some(Value::Bool(accepted)) =
                body.pointer_mut("/guaranteeDetails/guaranteeAccepted")
            {
                *accepted = !*accepted;
            }
        }
        Defect::DetailsGuaranteeACentMore => {
            a_cent_more("/guaranteeDetails/highestDebitAmountToGuarantee", body);
        }
        Defect::DetailsOtherProduct => {
            if let Some(Value::Bool(enable)) = body.pointer_mut("/options/guarantee/enable") {
                *enable = !*enable;
            }
        }
        _ => {}
    }
}

/// An id that no session has.
pub(super) const OTHER: &str = "00000000-0000-4000-8000-000000000000";

fn is_completed(body: &Value) -> bool {
    body.get("status").and_then(Value::as_str) == Some("Completed")
}

fn as_text(member: &str, body: &mut Value) {
    if let Some(number) = body.get(member).filter(|it| it.is_number()) {
        let text = number.to_string();
        set(member, json!(text), body);
    }
}

pub(super) fn a_cent_more(pointer: &str, body: &mut Value) {
    let Some(amount) = body.pointer_mut(pointer) else {
        return;
    };
    if let Some(dollars) = amount.as_f64() {
        *amount = json!((dollars * 100.0 + 1.0).round() / 100.0);
    }
}

pub(super) fn an_hour_early(member: &str, body: &mut Value) {
    let time = body.get(member).and_then(Value::as_str);
    let time: Option<jiff::Timestamp> = time.and_then(|time| time.parse().ok());
    let early = time.and_then(|time| time.checked_sub(jiff::SignedDuration::from_hours(1)).ok());
    if let Some(early) = early {
        set(member, json!(early.to_string()), body);
    }
}

fn swap(one: &str, other: &str, body: &mut Value) {
    let (Some(first), Some(second)) = (body.pointer(one).cloned(), body.pointer(other).cloned())
    else {
        return;
    };
    for (pointer, value) in [(one, second), (other, first)] {
        if let Some(place) = body.pointer_mut(pointer) {
            *place = value;
        }
    }
}
