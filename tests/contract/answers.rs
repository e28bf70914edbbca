//! What is received: every form of it is read and nothing is lost, and what is wrong with it is named as the judge names it.

use std::collections::{BTreeMap, BTreeSet};

use flinks_pay::contract::party::{Facade, Opinion, Remark};
use flinks_pay::contract::witness::{self, Form, FormKind};
use flinks_pay::contract::{Judge, Outline, Seat, SeatPart};
use flinks_pay::spec::{Document, Node};
use serde_json::{Value, json};

use crate::{CONTRACT, expect_none, judged};

/// Every place whose bodies this crate reads.
fn received() -> Vec<Seat> {
    let seats = Outline::of(&CONTRACT).unwrap().seats().into_iter();
    seats.filter(is_received).collect()
}

fn is_received(seat: &Seat) -> bool {
    !seat.written && !matches!(seat.part, SeatPart::Parameter { .. })
}

fn is_success(seat: &Seat) -> bool {
    matches!(&seat.part, SeatPart::Answer { status, .. } if status.starts_with('2'))
}

// -- every form is read, and nothing is lost ----------------------------------------------------------------------------

/// What is written otherwise than it came, by what is known to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Respelled {
    /// Null and absent are one.
    Null,
    /// `Cancelled` and `Canceled` are one.
    Cancelled,
    /// The time of an event is read as a time.
    When,
    /// Of a token, only what a client needs is kept.
    OfToken,
}

/// What of `before` is not in `after` as it was, and what is in `after` alone.
fn lost(
    seat: &Seat,
    before: &Value,
    after: &Value,
    respelled: &mut BTreeSet<Respelled>,
) -> Vec<String> {
    let mut lost = Vec::new();
    compare(seat, "", before, after, respelled, &mut lost);
    lost
}

fn compare(
    seat: &Seat,
    at: &str,
    before: &Value,
    after: &Value,
    respelled: &mut BTreeSet<Respelled>,
    lost: &mut Vec<String>,
) {
    match (before, after) {
        (Value::Object(members), Value::Object(kept)) => {
            for (name, member) in members {
                let inner = format!("{at}/{name}");
                match kept.get(name) {
                    Some(kept) => compare(seat, &inner, member, kept, respelled, lost),
                    None if member.is_null() && !inner.contains("unheardOf") => {
                        respelled.insert(Respelled::Null);
                    }
                    None if seat.operation == "authorize" && inner.starts_with("/unheardOf") => {
                        respelled.insert(Respelled::OfToken);
                    }
                    None if seat.operation == "sessionSetupStatusChanged" && inner == "/when" => {
                        respelled.insert(Respelled::When);
                    }
                    None => lost.push(format!("{inner} is gone")),
                }
            }
            for (name, member) in kept {
                // A null stands for nothing.
                if !members.contains_key(name) && !member.is_null() {
                    lost.push(format!("{at}/{name} is made up"));
                }
            }
        }
        (Value::String(before), Value::String(after))
            if at == "/status" && before == "Cancelled" && after == "Canceled" =>
        {
            respelled.insert(Respelled::Cancelled);
        }
        (Value::Number(before), Value::Number(after)) if before.as_f64() == after.as_f64() => {}
        _ if before == after => {}
        _ => lost.push(format!("{at}: {before} becomes {after}")),
    }
}

/// Whether a form is one that has to be read, as far as its kind says.
fn must_be_read(kind: FormKind, accepted: bool) -> bool {
    match kind {
        FormKind::Minimal | FormKind::Maximal | FormKind::Listed | FormKind::Further => {
            assert!(accepted, "{kind:?}");
            true
        }
        FormKind::Null | FormKind::Absent => accepted,
        // An unknown value is as good as a known one.
        FormKind::Unlisted => true,
    }
}

#[test]
fn every_form_of_a_body_is_read_and_nothing_is_lost() {
    let facade = Facade::new().unwrap();
    let judge = Judge::new(&CONTRACT);
    let mut respelled = BTreeSet::new();
    let mut counts: BTreeMap<FormKind, [usize; 2]> = BTreeMap::new();
    for seat in received() {
        let forms = witness::forms(&CONTRACT, &judge, &seat).unwrap();
        assert_eq!(forms, witness::forms(&CONTRACT, &judge, &seat).unwrap());
        assert!(!forms.is_empty(), "{seat}");
        for Form { kind, at, value } in &forms {
            let accepted = judge.accepts(&seat, value).unwrap();
            let held = facade.held(&seat, value);
            counts.entry(*kind).or_default()[usize::from(accepted)] += 1;
            if must_be_read(*kind, accepted) {
                let held = held.unwrap_or_else(|| panic!("{seat}: {kind:?} at \"{at}\": {value}"));
                let lost = lost(&seat, value, &held, &mut respelled);
                assert!(lost.is_empty(), "{seat}: {kind:?} at \"{at}\": {lost:?}");
            } else if let Some(held) = held {
                // Optional, and null where the contract has none: as good as absent.
                let lost = lost(&seat, value, &held, &mut respelled);
                assert!(lost.is_empty(), "{seat}: {kind:?} at \"{at}\": {lost:?}");
                assert!(
                    facade.opinion(&seat, value) != Some(Opinion::Takes),
                    "{seat}: {kind:?} at \"{at}\""
                );
            }
        }
    }
    println!("forms, [refused, accepted] by the judge: {counts:?}");
    assert_eq!(
        respelled,
        [
            Respelled::Null,
            Respelled::Cancelled,
            Respelled::When,
            Respelled::OfToken,
        ]
        .into(),
        "what is said to be written otherwise is"
    );
}

/// The comparison notices what it is for.
#[test]
fn a_member_that_is_lost_changed_or_made_up_is_noticed() {
    let seat = received().into_iter().find(is_success).unwrap();
    let before = json!({ "a": { "b": 1, "unheardOf": null }, "c": "x", "d": [1, 2] });
    let mut changed = before.clone();
    let expect = |after: &Value, expected: &[&str]| {
        assert_eq!(lost(&seat, &before, after, &mut BTreeSet::new()), expected);
    };
    expect(&before, &[]);
    changed["a"]["b"] = json!(1.5);
    expect(&changed, &["/a/b: 1 becomes 1.5"]);
    expect(
        &json!({ "a": { "b": 1 }, "c": "x", "d": [1], "e": 0 }),
        &[
            "/a/unheardOf is gone",
            "/d: [1,2] becomes [1]",
            "/e is made up",
        ],
    );
}

// -- what is wrong is named as the judge names it -----------------------------------------------------------------------

/// A rule of the contract that no schema says. The judge knows nothing of it.
const BEYOND_SCHEMA: &str = "status-and-code-agree";

/// What costs the caller a success answer. Everything else is kept and remarked on.
fn is_fatal(remark: &Remark, value: &Value, required: &[&str]) -> bool {
    let name = remark.at.strip_prefix('/').unwrap_or_default();
    match &*remark.rule {
        "required" => true,
        "nullable" => remark.at.is_empty() || required.contains(&name),
        "format" => remark.at == "/sessionId",
        // What no header can carry is no token.
        "pattern" | "minLength" => remark.at == "/access_token",
        // Where an integer is wanted, any number is read.
        "type" => !value.pointer(&remark.at).is_some_and(Value::is_number) || !of_integer(name),
        _ => false,
    }
}

fn of_integer(name: &str) -> bool {
    name == "expires_in"
}

/// The members that the whole of a body must have.
fn required<'d>(document: &'d Document, seat: &Seat) -> Vec<&'d str> {
    let schema = document
        .resolve(document.at(&seat.schema).unwrap())
        .unwrap();
    let names = schema.get("required").and_then(Node::as_array);
    let names = names.unwrap_or_default().iter();
    names.filter_map(Node::as_str).collect()
}

/// `/payor/account` as an error shows it.
fn path(pointer: &str) -> String {
    pointer.trim_start_matches('/').replace('/', ".")
}

/// Why the facade does not say of a value what the judge says. Nothing where it does.
fn difference(
    seat: &Seat,
    value: &Value,
    judged: &[BTreeSet<Remark>],
    opinion: &Opinion,
    said: Vec<Remark>,
) -> Option<String> {
    let required = required(&CONTRACT, seat);
    let fatal: BTreeSet<String> = if is_success(seat) {
        let all = judged.iter().flatten();
        let fatal = all.filter(|remark| is_fatal(remark, value, &required));
        fatal.map(|remark| path(&remark.at)).collect()
    } else {
        BTreeSet::new()
    };
    match opinion {
        Opinion::Refuses(remarks) => {
            let [Remark { at, rule }] = &remarks[..] else {
                return Some("is refused more than once".to_owned());
            };
            if rule != "decode" || !fatal.contains(at) {
                return Some(format!(
                    "is refused at {at} by {rule}, and not at one of {fatal:?}"
                ));
            }
        }
        _ if !fatal.is_empty() => return Some(format!("is read in spite of {fatal:?}")),
        // The report is found in another object, and the judge is not asked about that.
        Opinion::Writes(_) => return None,
        _ => {}
    }
    let said: BTreeSet<Remark> = said
        .into_iter()
        .filter(|remark| remark.rule != BEYOND_SCHEMA)
        .collect();
    (!judged.contains(&said)).then(|| format!("is remarked on as {said:?}, and not as {judged:?}"))
}

#[test]
fn what_is_wrong_with_a_body_is_named_by_the_place_and_the_keyword_that_the_judge_names() {
    let facade = Facade::new().unwrap();
    let judge = Judge::new(&CONTRACT);
    let mut differences = Vec::new();
    let mut told: BTreeMap<&str, usize> = BTreeMap::new();
    let mut keywords: BTreeMap<String, usize> = BTreeMap::new();
    for (seat, witness, accepted) in judged().filter(|(seat, _, _)| is_received(seat)) {
        let opinion = facade.opinion(seat, &witness.value).unwrap();
        let said = match &opinion {
            Opinion::Takes | Opinion::Writes(_) => Vec::new(),
            Opinion::Remarks(remarks) => remarks.clone(),
            // Besides the one place for which it is not read, everything else is remarked on.
            Opinion::Refuses(_) => facade.remarks(seat, &witness.value).unwrap(),
        };
        let judged = if accepted {
            vec![BTreeSet::new()]
        } else {
            judge.remarks(seat, &witness.value).unwrap()
        };
        let kind = match &opinion {
            Opinion::Refuses(_) => "refused with a path",
            Opinion::Remarks(_) => "read and remarked on",
            Opinion::Takes | Opinion::Writes(_) => "read",
        };
        *told.entry(kind).or_default() += 1;
        for remark in &said {
            *keywords.entry(remark.rule.clone()).or_default() += 1;
        }
        if let Some(difference) = difference(seat, &witness.value, &judged, &opinion, said) {
            let value: String = witness.value.to_string().chars().take(300).collect();
            differences.push(format!("{seat}: {value} {difference}"));
        }
    }
    println!("{told:?}, by {keywords:?}");
    expect_none(&differences);
    // All of what the contract says of bodies has been broken.
    let seen: BTreeSet<&str> = keywords.keys().map(String::as_str).collect();
    let expected = [
        "enum",
        "format",
        "maximum",
        "minLength",
        "minimum",
        "multipleOf",
        "nullable",
        "pattern",
        "required",
        BEYOND_SCHEMA,
        "type",
    ];
    assert_eq!(seen, expected.into());
}

/// The comparison notices what it is for.
#[test]
fn a_remark_at_another_place_by_another_keyword_too_many_or_too_few_is_noticed() {
    let seat = received()
        .into_iter()
        .find(|seat| seat.operation == "getSessionStatus");
    let seat = seat.unwrap();
    let value = json!({ "sessionId": "0b7d4c1e-5a36-4f0e-9d5c-3f2a91c7e864", "status": "Paused", "amount": 0.005 });
    let judged = Judge::new(&CONTRACT).remarks(&seat, &value).unwrap();
    let remark = |at: &str, rule: &str| Remark {
        at: at.to_owned(),
        rule: rule.to_owned(),
    };
    let said = vec![remark("/status", "enum"), remark("/amount", "multipleOf")];
    let noticed = |opinion: Opinion, said: &[Remark]| {
        difference(&seat, &value, &judged, &opinion, said.to_vec()).is_some()
    };
    let odd = || Opinion::Remarks(Vec::new());
    assert!(!noticed(odd(), &said));
    assert!(noticed(odd(), &said[..1]));
    assert!(noticed(
        odd(),
        &[remark("/status", "enum"), remark("/amount", "maximum")]
    ));
    assert!(noticed(
        odd(),
        &[remark("/status", "enum"), remark("/mount", "multipleOf")]
    ));
    assert!(noticed(
        odd(),
        &[&said[..], &[remark("/sessionId", "format")]].concat()
    ));
    // It must not be refused for that, nor at another place than the one that is broken.
    let refused = |at: &str| Opinion::Refuses(vec![remark(at, "decode")]);
    assert!(noticed(refused("status"), &said));
    let broken = json!({ "sessionId": 5, "status": "Failed" });
    let judged = Judge::new(&CONTRACT).remarks(&seat, &broken).unwrap();
    let said = [remark("/sessionId", "type")];
    let noticed = |opinion: Opinion, said: &[Remark]| {
        difference(&seat, &broken, &judged, &opinion, said.to_vec()).is_some()
    };
    assert!(!noticed(refused("sessionId"), &said));
    assert!(noticed(refused("status"), &said));
    assert!(noticed(refused("sessionId"), &[]));
    assert!(noticed(odd(), &said));
}

/// One break, one path: it is the only one that there could be.
#[test]
fn a_body_with_one_break_is_refused_at_just_that_place() {
    let facade = Facade::new().unwrap();
    let judge = Judge::new(&CONTRACT);
    let mut single = 0;
    for seat in received().iter().filter(|seat| is_success(seat)) {
        for Form { value, at, .. } in witness::forms(&CONTRACT, &judge, seat).unwrap() {
            let mut remarks = judge.remarks(seat, &value).unwrap();
            let remarks = remarks.pop().unwrap();
            if let Some(Opinion::Refuses(refused)) = facade.opinion(seat, &value) {
                let at = path(&at.to_string());
                assert_eq!(remarks.len(), 1, "{seat}: {value}");
                assert_eq!(
                    refused,
                    [Remark {
                        at,
                        rule: "decode".to_owned()
                    }],
                    "{seat}: {value}"
                );
                single += 1;
            }
        }
    }
    println!("{single} forms are refused, each at the place of its one change");
    assert!(single > 40, "{single}");
}
