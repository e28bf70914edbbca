//! The rules that a schema cannot say, and their witnesses in the contract.

use flinks_pay::client::{Credentials, CredentialsError};
use flinks_pay::domain::{BirthDate, Email, Invalid, RedirectUrl};
use flinks_pay::session::{Limits, Redirect, SessionRequest, StatusReport, Violations};
use serde_json::Value;

use super::{BEYOND_SCHEMA, CONTRACT, schema, validator};

/// The rules of this kind that are not about a create.
const BEYOND_OTHER_SCHEMAS: [&str; 2] = ["credentials-paired", "status-and-code-agree"];

/// The ids of the rules by which the facade refuses a document of the schema that a rule stands on.
fn refusals(on: &str, json: &Value) -> Vec<&'static str> {
    fn ids<T>(result: Result<T, Violations>) -> Vec<&'static str> {
        result
            .err()
            .map(|it| it.iter().map(|it| it.rule().id).collect())
            .unwrap_or_default()
    }
    fn id<T>(result: Result<T, Invalid>) -> Vec<&'static str> {
        result.err().map(|it| it.rule().id).into_iter().collect()
    }
    let text = |json: &Value| json.as_str().unwrap().to_owned();
    match on.rsplit('/').next().unwrap() {
        "CreateSessionRequest" => ids(SessionRequest::from_json(json)),
        "SessionLimits" => ids(Limits::from_json(json)),
        "RedirectPreferences" => ids(Redirect::from_json(json)),
        "RedirectUrl" => id(RedirectUrl::new(&text(json))),
        "BirthDate" => id(BirthDate::new(&text(json))),
        "Email" => id(Email::new(&text(json))),
        // There is no way to give the client one of the two: what is missing is an empty text to it.
        "AuthorizeRequest" => {
            let field = |name| json[name].as_str().unwrap_or_default();
            match Credentials::form(field("Username"), field("Password")) {
                Ok(_) => vec![],
                Err(CredentialsError::Unusable { .. }) => vec!["credentials-paired"],
                Err(error) => panic!("{error}"),
            }
        }
        "SessionStatusReport" => {
            let report: StatusReport = serde_json::from_value(json.clone()).unwrap();
            match report.status_details.and_then(|code| code.belongs_to()) {
                Some(status) if status != report.status => vec!["status-and-code-agree"],
                _ => vec![],
            }
        }
        other => panic!("no way in for {other}"),
    }
}

#[test]
fn the_witnesses_of_the_contract_are_judged_as_it_says() {
    let contract = CONTRACT.to_json();
    let mut judged = Vec::new();
    for rule in contract["x-rules"].as_array().unwrap() {
        let witness = &rule["witness"];
        let (Some(accepts), Some(refuses)) = (witness.get("accepts"), witness.get("refuses"))
        else {
            continue;
        };
        let (id, on) = (
            rule["id"].as_str().unwrap(),
            rule["applies-to"].as_str().unwrap(),
        );
        let schema = validator(&schema(on), false);
        assert!(schema.is_valid(accepts), "{id}: {accepts}");
        assert_eq!(refusals(on, accepts), Vec::<&str>::new(), "{id}");
        let others = witness.get("also-refuses").map(|it| it.as_array().unwrap());
        for refused in std::iter::once(refuses).chain(others.into_iter().flatten()) {
            assert!(schema.is_valid(refused), "{id}: {refused}");
            assert_eq!(refusals(on, refused), [id], "{refused}");
        }
        judged.push(id);
    }
    judged.sort_unstable();
    let mut beyond = [&BEYOND_SCHEMA[..], &BEYOND_OTHER_SCHEMAS].concat();
    beyond.sort_unstable();
    assert_eq!(judged, beyond);
}

/// A rule on calls has a witness in steps, whose status numbers the operation has, unless they are assumed.
#[test]
fn the_witnesses_in_steps_name_an_operation_and_its_answers() {
    let contract = CONTRACT.to_json();
    let mut calls = 0;
    for rule in contract["x-rules"].as_array().unwrap() {
        let witness = rule["witness"].as_object().unwrap();
        let mut keys: Vec<&str> = witness.keys().map(String::as_str).collect();
        keys.sort_unstable();
        if witness.contains_key("accepts") {
            assert!(
                matches!(
                    keys[..],
                    ["accepts", "refuses"] | ["accepts", "also-refuses", "refuses"]
                ),
                "{rule}"
            );
            continue;
        }
        assert!(
            matches!(
                keys[..],
                ["call", "given", "refused"] | ["assumed", "call", "given", "refused"]
            ),
            "{rule}"
        );
        let pointer = &rule["applies-to"].as_str().unwrap()[1..];
        let operation = contract.pointer(pointer).unwrap();
        let called = witness["call"].as_str().unwrap();
        assert!(
            called.starts_with(operation["operationId"].as_str().unwrap()),
            "{called}"
        );
        let refused = witness["refused"].as_array().unwrap();
        let assumed = witness
            .get("assumed")
            .map_or(&[][..], |it| it.as_array().unwrap());
        assert!(!refused.is_empty() && assumed.iter().all(|it| refused.contains(it)));
        for status in refused.iter().filter(|it| !assumed.contains(it)) {
            assert!(
                operation["responses"].get(status.to_string()).is_some(),
                "{rule}"
            );
        }
        calls += 1;
    }
    assert_eq!(calls, 6);
}
