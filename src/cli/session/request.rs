//! The request that a create is given, by arguments or as a file. Either way it goes through the one reader of the contract's
//! form, so that all that is wrong with it is told at once.

use std::path::Path;

use flinks_pay::domain::{Amount, Currency, Direction, Invalid, PaymentType, RedirectMode};
use flinks_pay::session::{SessionRequest, Violations};
use serde_json::{Map, Value, json};

use crate::cli::args::CreateArgs;
use crate::cli::input;
use crate::cli::output::merged;
use crate::cli::problem::{Broken, Problem};

/// Reads the request.
pub(super) fn given(args: &CreateArgs) -> Result<SessionRequest, Problem> {
    let (json, mut broken) = match &args.file {
        Some(path) => (document(path, "a request")?, Vec::new()),
        None => from_arguments(args)?,
    };
    let request = SessionRequest::from_json(&json);
    if let Err(violations) = &request {
        broken.extend(of(violations));
    }
    match request {
        Ok(request) if broken.is_empty() => Ok(request),
        _ => {
            broken.sort_by(|a, b| a.path().cmp(b.path()));
            Err(refusal(broken))
        }
    }
}

fn refusal(broken: Vec<Broken>) -> Problem {
    let rules = match broken.len() {
        1 => "a rule".to_owned(),
        count => format!("{count} rules"),
    };
    Problem::new(
        format!("the request breaks {rules}, and nothing was sent"),
        "mend what is named; `flinks-pay rules` has every rule with its source",
    )
    .breaking(broken)
}

fn of(violations: &Violations) -> impl Iterator<Item = Broken> {
    violations
        .iter()
        .map(|violation| Broken::new(violation.path(), violation.rule(), violation.found()))
}

/// Reads a JSON document.
fn document(path: &Path, what: &str) -> Result<Value, Problem> {
    let bytes = input::read(path, what)?;
    // serde's text about syntax has a line and a column, and nothing of the document.
    serde_json::from_slice(&bytes).map_err(|error| {
        Problem::new(
            format!("{what} cannot be read: it is no JSON"),
            "see `flinks-pay spec` for its form",
        )
        .caused_by(&error)
    })
}

/// Puts a request in the contract's form together, and says which amounts are none.
fn from_arguments(args: &CreateArgs) -> Result<(Value, Vec<Broken>), Problem> {
    let mut broken = Vec::new();
    let mut amount = |path: &str, text: Option<&str>| -> Option<Value> {
        match text?.parse::<Amount>() {
            Ok(amount) => Some(json!(amount)),
            Err(invalid) => {
                broken.push(of_amount(path, &invalid));
                None
            }
        }
    };
    let limits = object([
        (
            "minimumAmount",
            amount("options.limits.minimumAmount", args.minimum.as_deref()),
        ),
        (
            "maximumAmount",
            amount("options.limits.maximumAmount", args.maximum.as_deref()),
        ),
    ]);
    let amount = amount("amount", args.amount.as_deref());
    let redirects = args.redirect_success.is_some() || args.redirect_exit.is_some();
    let mode = match (args.js_events, redirects) {
        (true, _) => Some(json!(RedirectMode::JsEvents)),
        (false, true) => Some(json!(RedirectMode::RedirectUri)),
        (false, false) => None,
    };
    let options = object([
        ("guarantee", Some(json!({ "enable": !args.regular }))),
        (
            "notificationPreferences",
            object([("language", text(args.language.as_deref()))]),
        ),
        ("showConsentScreen", args.consent_screen.map(Value::from)),
        ("limits", limits),
        (
            "amountModification",
            args.amount_modification.map(Value::from),
        ),
        (
            "redirectPreferences",
            object([
                ("mode", mode),
                ("urlSuccess", text(args.redirect_success.as_deref())),
                ("urlExit", text(args.redirect_exit.as_deref())),
            ]),
        ),
    ]);
    let payor = object([
        ("firstName", text(args.first_name.as_deref())),
        ("middleName", text(args.middle_name.as_deref())),
        ("lastName", text(args.last_name.as_deref())),
        ("email", text(args.email.as_deref())),
        ("occupation", text(args.occupation.as_deref())),
        ("birthDate", text(args.birth_date.as_deref())),
        ("address", address(args)),
    ]);
    let payee = match &args.payee {
        Some(path) => Some(document(path, "a payee")?),
        None => None,
    };
    let request = object([
        ("type", Some(json!(PaymentType::Eft))),
        ("direction", Some(json!(Direction::Debit))),
        ("currency", Some(json!(Currency::Cad))),
        ("amount", amount),
        ("referenceId", text(args.reference.as_deref())),
        ("options", options),
        // Without a name, each missing member of it is told.
        ("payor", payor.or_else(|| Some(json!({})))),
        ("payee", payee),
    ]);
    Ok((request.unwrap_or_default(), broken))
}

/// An address of Canada, which is the only country that there is.
fn address(args: &CreateArgs) -> Option<Value> {
    let address = object([
        ("addressLine1", text(args.address_line1.as_deref())),
        ("addressLine2", text(args.address_line2.as_deref())),
        ("unit", text(args.unit.as_deref())),
        ("city", text(args.city.as_deref())),
        ("province", text(args.province.as_deref())),
        ("postalCode", text(args.postal_code.as_deref())),
    ])?;
    Some(merged(address, json!({ "country": "CA" })))
}

fn of_amount(path: &str, invalid: &Invalid) -> Broken {
    Broken::new(path, invalid.rule(), invalid.found())
}

fn text(text: Option<&str>) -> Option<Value> {
    text.map(Value::from)
}

/// The object of the members that are there; none without any.
fn object<const N: usize>(members: [(&str, Option<Value>); N]) -> Option<Value> {
    let members: Map<String, Value> = members
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect();
    (!members.is_empty()).then_some(Value::Object(members))
}
