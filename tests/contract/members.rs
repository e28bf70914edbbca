//! The members that this crate's types have are those of the contract: none unread, none invented, at any depth.
//!
//! A type says what it reads by the JSON Schema that it publishes of itself. What has none (a token, a webhook, a failure) is
//! compared by what is held of a body with every member.

use std::collections::{BTreeMap, BTreeSet};

use flinks_pay::contract::party::Facade;
use flinks_pay::contract::witness::{self, FormKind};
use flinks_pay::contract::{Judge, Outline, Seat};
use flinks_pay::session::{
    Address, CancelledSession, ConfirmedGuarantee, CreatedSession, GuaranteeDecision,
    GuaranteedEft, Limits, Payee, Payor, Redirect, RegularEft, SessionDetails, SessionRequest,
    StatusReport,
};
use schemars::{JsonSchema, schema_for};
use serde_json::{Value, json};

use crate::CONTRACT;

/// What a schema says of members and of lists of values; not of lengths and patterns, which other tests compare.
#[derive(Debug, Default, PartialEq)]
struct Shape {
    kind: String,
    nullable: bool,
    closed: bool,
    listed: BTreeSet<String>,
    /// Whether each is required, and its own shape.
    members: BTreeMap<String, (bool, Shape)>,
    branches: Vec<Shape>,
}

/// Reads a schema of either dialect. The names of what it refers to go into `reached`.
fn shape(root: &Value, schema: &Value, reached: &mut BTreeSet<String>) -> Shape {
    if let Some(reference) = schema["$ref"].as_str() {
        reached.insert(reference.rsplit('/').next().unwrap().to_owned());
        return shape(root, root.pointer(&reference[1..]).unwrap(), reached);
    }
    let null = json!({ "type": "null" });
    if let Some([schema, other]) = schema["anyOf"].as_array().map(Vec::as_slice)
        && *other == null
    {
        let inner = shape(root, schema, reached);
        return Shape {
            nullable: true,
            ..inner
        };
    }
    let mut types: Vec<&str> = match &schema["type"] {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let nullable = schema["nullable"] == true || types.contains(&"null");
    types.retain(|name| *name != "null");
    // Of a type that is open, the values that it knows are its examples.
    let values = ["enum", "examples"].map(|keyword| schema[keyword].as_array());
    let values = values.into_iter().flatten().flatten();
    let values: Vec<&Value> = values.chain(schema.get("const")).collect();
    let of_values = values.iter().find(|value| !value.is_null()).map(|value| {
        if value.is_boolean() {
            "boolean"
        } else {
            "string"
        }
    });
    let required: Vec<&str> = match schema["required"].as_array() {
        Some(names) => names.iter().filter_map(Value::as_str).collect(),
        None => Vec::new(),
    };
    let properties = schema["properties"].as_object().into_iter().flatten();
    let members = properties.map(|(name, member)| {
        let member = shape(root, member, reached);
        (name.clone(), (required.contains(&&**name), member))
    });
    let members = members.collect();
    let branches = schema["oneOf"].as_array().into_iter().flatten();
    Shape {
        kind: types.pop().or(of_values).unwrap_or_default().to_owned(),
        nullable,
        closed: schema["additionalProperties"] == false,
        listed: values
            .iter()
            .filter(|value| !value.is_null())
            .map(ToString::to_string)
            .collect(),
        members,
        branches: branches
            .map(|branch| shape(root, branch, reached))
            .collect(),
    }
}

/// Which way the values of a type travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Sent,
    Received,
}

/// A type of this crate, and the component of the contract that it is.
struct Pair {
    component: &'static str,
    own: Value,
    way: Way,
}

fn pair<T: JsonSchema>(component: &'static str, way: Way) -> Pair {
    Pair {
        component,
        own: schema_for!(T).to_value(),
        way,
    }
}

fn pairs() -> Vec<Pair> {
    use Way::{Received, Sent};
    vec![
        pair::<SessionRequest>("CreateSessionRequest", Sent),
        pair::<GuaranteedEft>("GuaranteedSessionRequest", Sent),
        pair::<RegularEft>("RegularSessionRequest", Sent),
        pair::<Payor>("GuaranteedPayor", Sent),
        pair::<Address>("Address", Sent),
        pair::<Payee>("Payee", Sent),
        pair::<Limits>("SessionLimits", Sent),
        pair::<Redirect>("RedirectPreferences", Sent),
        pair::<GuaranteeDecision>("ConfirmGuaranteeRequest", Sent),
        pair::<CreatedSession>("CreatedSession", Received),
        pair::<StatusReport>("SessionStatusReport", Received),
        pair::<CancelledSession>("CancelledSession", Received),
        pair::<ConfirmedGuarantee>("ConfirmedGuarantee", Received),
        pair::<SessionDetails>("SessionDetails", Received),
    ]
}

impl Pair {
    /// Where the type and the contract differ. The components that were compared go into `reached`.
    fn differences(&self, contract: &Value, reached: &mut BTreeSet<String>) -> Vec<String> {
        let reference = json!({ "$ref": format!("#/components/schemas/{}", self.component) });
        let theirs = shape(contract, &reference, reached);
        let own = shape(&self.own, &self.own, &mut BTreeSet::new());
        let mut differences = Vec::new();
        compare(self.component, &own, &theirs, self.way, &mut differences);
        differences
    }
}

fn compare(at: &str, own: &Shape, theirs: &Shape, way: Way, differences: &mut Vec<String>) {
    let mut differ = |what: &str, own: &dyn std::fmt::Debug, theirs: &dyn std::fmt::Debug| {
        differences.push(format!("{at}: {what} is {own:?}, and not {theirs:?}"));
    };
    if own.kind != theirs.kind {
        differ("the type", &own.kind, &theirs.kind);
    }
    // What is sent is what the contract has. Of an answer, null is taken everywhere, and more values than are listed.
    // A part on its own is not null; where it stands in a request it may be.
    if way == Way::Sent && at.contains('/') && own.nullable != theirs.nullable {
        differ("nullable", &own.nullable, &theirs.nullable);
    }
    if own.closed != theirs.closed {
        differ("closed", &own.closed, &theirs.closed);
    }
    if own.listed != theirs.listed {
        differ("the list", &own.listed, &theirs.listed);
    }
    if own.branches.len() != theirs.branches.len() {
        differ(
            "the number of branches",
            &own.branches.len(),
            &theirs.branches.len(),
        );
    }
    for (index, (own, theirs)) in own.branches.iter().zip(&theirs.branches).enumerate() {
        compare(&format!("{at}/{index}"), own, theirs, way, differences);
    }
    let names: BTreeSet<&String> = own.members.keys().chain(theirs.members.keys()).collect();
    for name in names {
        let at = format!("{at}/{name}");
        match (own.members.get(name), theirs.members.get(name)) {
            (Some((own_required, own)), Some((required, theirs))) => {
                if own_required != required {
                    differences.push(format!(
                        "{at}: required is {own_required}, and not {required}"
                    ));
                }
                compare(&at, own, theirs, way, differences);
            }
            (Some(_), None) => differences.push(format!("{at} is invented")),
            (None, _) => differences.push(format!("{at} is unread")),
        }
    }
}

/// Where a type is known to differ, and why.
const KNOWN: [(&str, &str); 1] = [(
    "CancelledSession/",
    "a cancelled session has the status and the code of any other, so that one can be compared with the other",
)];

fn is_known(difference: &str) -> bool {
    KNOWN.iter().any(|(at, _)| difference.starts_with(at)) && difference.contains("the list is")
}

#[test]
fn every_type_has_the_members_of_its_schema_and_no_others() {
    let contract = CONTRACT.to_json();
    let mut reached = BTreeSet::new();
    let mut known = Vec::new();
    for pair in pairs() {
        let (expected, differences): (Vec<String>, Vec<String>) = pair
            .differences(&contract, &mut reached)
            .into_iter()
            .partition(|difference| is_known(difference));
        assert_eq!(differences, Vec::<String>::new());
        known.extend(expected);
    }
    // The list of the two members, each wider than the contract's.
    assert_eq!(known.len(), 2, "{known:#?}");
    let all = contract["components"]["schemas"].as_object().unwrap();
    let unreached: BTreeSet<&str> = all.keys().map(String::as_str).collect();
    let unreached: Vec<&str> = unreached
        .into_iter()
        .filter(|name| !reached.contains(*name))
        .collect();
    println!("{} components were compared", reached.len());
    // Credentials and tokens, which nobody may write; failures and webhooks. The next test compares those that are read, and
    // what is sent as credentials is asked of the facade for each witness.
    assert_eq!(
        unreached,
        [
            "AccessToken",
            "AnyError",
            "AuthorizeRequest",
            "ClientId",
            "ClientSecret",
            "ErrorBody",
            "ErrorCode",
            "GrantType",
            "ProblemDetails",
            "ProblemStatus",
            "SessionSetupStatusChanged",
            "Token",
            "TokenLifetime",
            "TokenType",
            "WebhookSignature",
        ]
    );
}

/// A schema with one thing more or less, for each thing that is compared.
#[test]
fn a_member_more_or_less_is_noticed_wherever_it_is() {
    let contract = CONTRACT.to_json();
    let mut noticed = 0;
    let mut unnoticed = Vec::new();
    for pair in pairs() {
        let mut reached = BTreeSet::new();
        let before = pair.differences(&contract, &mut reached);
        for name in reached {
            let place = format!("/components/schemas/{name}");
            for (what, changed) in changes(contract.pointer(&place).unwrap()) {
                let mut other = contract.clone();
                *other.pointer_mut(&place).unwrap() = changed;
                if pair.differences(&other, &mut BTreeSet::new()) == before {
                    unnoticed.push(format!("{}: {name}: {what}", pair.component));
                } else {
                    noticed += 1;
                }
            }
        }
    }
    println!("{noticed} changes of members, of what is required and of lists are noticed");
    assert!(noticed > 500, "{noticed}");
    assert_eq!(unnoticed, Vec::<String>::new());
}

fn changes(schema: &Value) -> Vec<(String, Value)> {
    let mut changes = Vec::new();
    let mut push = |what: String, edit: &dyn Fn(&mut Value)| {
        let mut other = schema.clone();
        edit(&mut other);
        changes.push((what, other));
    };
    if let Some(members) = schema["properties"].as_object() {
        push("a member more".to_owned(), &|schema| {
            schema["properties"]["novel"] = json!({ "type": "string" });
        });
        for name in members.keys() {
            push(format!("without {name}"), &|schema| {
                schema["properties"].as_object_mut().unwrap().remove(name);
            });
            push(format!("{name} required or not"), &|schema| {
                if schema["required"].is_null() {
                    schema["required"] = json!([]);
                }
                let required = schema["required"].as_array_mut().unwrap();
                match required.iter().position(|it| it == name) {
                    Some(index) => drop(required.remove(index)),
                    None => required.push(json!(name)),
                }
            });
        }
    }
    if let Some(values) = schema["enum"].as_array() {
        push("a value more".to_owned(), &|schema| {
            schema["enum"].as_array_mut().unwrap().push(json!("novel"));
        });
        for index in 0..values.len() {
            push(format!("without value {index}"), &|schema| {
                schema["enum"].as_array_mut().unwrap().remove(index);
            });
        }
    }
    changes
}

/// What is read without a type that could be asked: the largest body of each, and what is held of it.
#[test]
fn of_tokens_webhooks_and_failures_every_member_is_held() {
    let facade = Facade::new().unwrap();
    let judge = Judge::new(&CONTRACT);
    let seats = Outline::of(&CONTRACT).unwrap().seats();
    let held = |wanted: &str| -> (Vec<String>, Vec<String>) {
        let seat: &Seat = seats
            .iter()
            .find(|seat| seat.to_string() == wanted)
            .unwrap();
        let forms = witness::forms(&CONTRACT, &judge, seat).unwrap();
        let largest = forms.iter().filter(|form| form.kind == FormKind::Maximal);
        let names = |pick: &dyn Fn(&Value) -> Value| -> Vec<String> {
            let all = largest.clone().flat_map(|form| {
                let picked = pick(&form.value);
                let members = picked.as_object().unwrap();
                let members = members.iter().filter(|(_, value)| !value.is_null());
                members.map(|(name, _)| name.clone()).collect::<Vec<_>>()
            });
            all.collect::<BTreeSet<_>>().into_iter().collect()
        };
        let given = names(&Value::clone);
        (given, names(&|value| facade.held(seat, value).unwrap()))
    };
    let (given, kept) = held("authorize 200 application/json");
    assert_eq!(given, ["access_token", "expires_in", "token_type"]);
    assert_eq!(kept, given);
    let (given, kept) = held("sessionSetupStatusChanged request application/json");
    let of_report: BTreeSet<&String> = kept.iter().collect();
    let rest: Vec<&String> = given
        .iter()
        .filter(|name| !of_report.contains(name))
        .collect();
    // It is read as a time, which the report has no place for.
    assert_eq!(rest, ["when"]);
    assert!(kept.iter().all(|name| given.contains(name)), "{kept:?}");
    let (given, kept) = held("authorize 400 application/json");
    assert_eq!(kept, given);
    assert_eq!(
        given,
        [
            "detail",
            "error",
            "error_description",
            "instance",
            "status",
            "title",
            "type"
        ]
    );
}
