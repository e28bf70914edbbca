//! What a request is before it is read: a check that is skipped finds nothing, and one that is too strict comes before all others.

use axum::http::{HeaderMap, Method, Request, Uri, header};
use serde_json::{Value, json};

use super::{Defect, Planted};
use crate::session::Violations;

/// How long a body may be.
pub(in crate::sandbox) fn most_bytes(planted: Planted, most: usize) -> usize {
    if planted.is(Defect::TakesLongBodies) {
        2 * most
    } else {
        most
    }
}

/// Whether a media type is taken.
pub(in crate::sandbox) fn media_type(planted: Planted, headers: &HeaderMap, taken: bool) -> bool {
    match planted.get() {
        Some(Defect::SkipsMediaType) => true,
        Some(Defect::RefusesMediaTypeParameters) => {
            let said = headers.get(header::CONTENT_TYPE);
            taken && !said.is_some_and(|said| said.as_bytes().contains(&b';'))
        }
        _ => taken,
    }
}

/// The request that the router is to see.
pub(in crate::sandbox) fn route<B>(planted: Planted, request: &mut Request<B>) {
    match planted.get() {
        Some(Defect::PathsInAnyCase) => {
            let path = request.uri().to_string().to_lowercase();
            set_path(request, &path);
        }
        Some(Defect::CancelsByGet) if request.uri().path().ends_with("/cancel") => {
            *request.method_mut() = Method::POST;
        }
        _ => {}
    }
}

fn set_path<B>(request: &mut Request<B>, path: &str) {
    if let Ok(uri) = path.parse::<Uri>() {
        *request.uri_mut() = uri;
    }
}

/// The body of a create, or of a decision, that is to be read in the place of the one that came.
pub(in crate::sandbox) fn body<T>(
    planted: Planted,
    mut body: Value,
    read: impl Fn(&Value) -> Result<T, Violations>,
) -> Value {
    let Some(rule) = planted.get().and_then(unchecked) else {
        return body;
    };
    // What is repaired has no check to fail; what else is wrong is found afterwards. A repair may uncover another.
    for _ in 0..10 {
        let Err(violations) = read(&body) else {
            break;
        };
        for violation in &violations {
            if violation.rule().id == rule {
                repair(rule, violation.path(), &mut body);
            }
        }
    }
    body
}

/// The rule that is not checked.
fn unchecked(defect: Defect) -> Option<&'static str> {
    Some(match defect {
        Defect::SkipsAmount => "amount",
        Defect::SkipsAmountWithinLimits => "amount-within-limits",
        Defect::SkipsLimitsOrdered => "limits-ordered",
        Defect::SkipsRedirectUrls => "redirect-urls",
        Defect::SkipsRedirectUrlScheme => "redirect-url-scheme",
        Defect::SkipsBirthDateExists => "birth-date-exists",
        Defect::SkipsEmailPartLengths => "email-part-lengths",
        Defect::SkipsEmailRequired => "email-required-regular",
        Defect::SkipsPayeeOnlyGuaranteed => "payee-only-guaranteed",
        Defect::SkipsAccountNumber => "account-number",
        Defect::SkipsProvince => "province",
        Defect::SkipsUnknownMember => "unknown-member",
        Defect::SkipsMissingMember => "missing-member",
        Defect::SkipsWrongType => "wrong-type",
        _ => return None,
    })
}

/// Makes of a body one that keeps the rule.
fn repair(rule: &str, path: &str, body: &mut Value) {
    match rule {
        "amount-within-limits" | "limits-ordered" => remove("options.limits", body),
        "redirect-urls" => remove("options.redirectPreferences", body),
        "amount" | "birth-date-exists" | "payee-only-guaranteed" | "unknown-member" => {
            remove(path, body);
        }
        "redirect-url-scheme" => set(path, json!("https://shop.example/"), body),
        "email-part-lengths" | "email-required-regular" => {
            set("payor.email", json!("payor@shop.example"), body);
        }
        "account-number" => set(path, json!("1234567"), body),
        "province" => set(path, json!("ON"), body),
        "missing-member" => set(path, missing(path), body),
        "wrong-type" => {
            let meant = body.pointer(&pointer(path)).and_then(Value::as_str);
            let meant = meant.and_then(|text| serde_json::from_str(text).ok());
            match meant {
                Some(meant) => set(path, meant, body),
                None => remove(path, body),
            }
        }
        _ => {}
    }
}

/// What stands for a member that is not there.
fn missing(path: &str) -> Value {
    match path.rsplit('.').next().unwrap_or_default() {
        "type" => json!("EFT"),
        "direction" => json!("DEBIT"),
        "guarantee" => json!({ "enable": true }),
        "enable" | "guaranteeAccepted" => json!(true),
        "province" => json!("ON"),
        "country" => json!("CA"),
        "postalCode" => json!("K1A0B1"),
        "email" => json!("payor@shop.example"),
        "options" | "payor" | "account" => json!({}),
        "institutionCode" => json!("999"),
        "transitNumber" => json!("10001"),
        "accountNumber" => json!("1234567"),
        _ => json!("Unknown"),
    }
}

fn pointer(path: &str) -> String {
    format!("/{}", path.replace('.', "/"))
}

/// The object that a member is in, and its name.
fn holder<'v, 'p>(path: &'p str, body: &'v mut Value) -> Option<(&'v mut Value, &'p str)> {
    match path.rsplit_once('.') {
        Some((holder, name)) => Some((body.pointer_mut(&pointer(holder))?, name)),
        None => Some((body, path)),
    }
}

pub(super) fn remove(path: &str, body: &mut Value) {
    if let Some((Value::Object(members), name)) = holder(path, body) {
        members.remove(name);
    }
}

pub(super) fn set(path: &str, value: Value, body: &mut Value) {
    if let Some((Value::Object(members), name)) = holder(path, body) {
        members.insert(name.to_owned(), value);
    }
}

/// Why a create is refused that nothing is wrong with.
pub(in crate::sandbox) fn too_strict(planted: Planted, body: &Value) -> Option<&'static str> {
    let at = |path: &str| body.pointer(path);
    let long = |path: &str| {
        at(path)
            .and_then(Value::as_str)
            .map(|text| text.chars().count())
    };
    let amount = at("/amount").and_then(Value::as_f64);
    let minimum = at("/options/limits/minimumAmount").and_then(Value::as_f64);
    let maximum = at("/options/limits/maximumAmount").and_then(Value::as_f64);
    let refused = match planted.get()? {
        Defect::RefusesHighestAmount => amount.is_some_and(|amount| amount >= 100_000.0),
        Defect::RefusesAmountAtMaximum => maximum.is_some() && amount == maximum,
        Defect::RefusesEqualLimits => maximum.is_some() && minimum == maximum,
        Defect::RefusesLongestReference => {
            let guaranteed = at("/options/guarantee/enable") == Some(&Value::Bool(true));
            long("/referenceId") == Some(if guaranteed { 100 } else { 36 })
        }
        Defect::RefusesNull => has_null(body),
        _ => false,
    };
    refused.then_some("a value is refused")
}

fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(members) => members.values().any(has_null),
        _ => false,
    }
}
