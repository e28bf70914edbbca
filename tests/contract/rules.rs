//! Every rule of the domain refuses something that no other rule refuses: without it, that would be taken.

use std::collections::{BTreeMap, BTreeSet};

use flinks_pay::contract::party::{Facade, Opinion, Remark};
use flinks_pay::contract::{Seat, SeatPart};
use flinks_pay::domain::{
    AccessToken, ApiKey, ClientId, ClientSecret, DomainValue, Invalid, RULES,
};
use flinks_pay::session::{GuaranteedEft, Payor, RegularEft, SessionRequest};
use serde_json::json;

use crate::judged;

/// Rules that no single document breaks, and why. They are about calls: one after the other, or who makes them.
const OF_CALLS: [(&str, &str); 7] = [
    (
        "credentials-paired",
        "credentials are given in pairs, so half of one cannot be said; the facade's way to read a form is asked instead",
    ),
    (
        "credentials-in-one-place",
        "the client has one scheme; the simulator refuses two (tests/sandbox)",
    ),
    (
        "token-per-create",
        "of two creates, one after the other (tests/client, tests/sandbox)",
    ),
    (
        "cancel-open-only",
        "of a cancel and what came before it (tests/sandbox)",
    ),
    (
        "guarantee-pending-only",
        "of a decision and what came before it (tests/sandbox)",
    ),
    (
        "payee-or-settlement",
        "of a client's settings, which only the server knows (tests/sandbox)",
    ),
    (
        "amount-within-client-limits",
        "of a client's settings, which only the server knows (tests/sandbox)",
    ),
];

/// What was refused, or advised against, by one rule alone.
#[derive(Default)]
struct Alone(BTreeMap<&'static str, String>);

impl Alone {
    fn note<'r>(&mut self, rules: impl IntoIterator<Item = &'r str>, what: impl Into<String>) {
        let rules: BTreeSet<&str> = rules.into_iter().collect();
        let mut known = RULES.iter().filter(|rule| rules.contains(rule.id));
        if let (Some(rule), None, 1) = (known.next(), known.next(), rules.len()) {
            self.0.entry(rule.id).or_insert_with(|| what.into());
        }
    }

    /// A text that the type takes but for one thing, and one that it takes.
    fn text<T: DomainValue>(&mut self, wrong: &str, right: &str) {
        assert!(right.parse::<T>().is_ok());
        let refused: Option<Invalid> = wrong.parse::<T>().err();
        self.note(refused.map(|it| it.rule().id), format!("{wrong:?}"));
    }
}

fn is(seat: &Seat, operation: &str) -> bool {
    seat.operation == operation && matches!(seat.part, SeatPart::Body { .. })
}

#[test]
fn every_rule_is_the_only_one_to_refuse_something() {
    let facade = Facade::new().unwrap();
    let mut alone = Alone::default();
    for (seat, witness, _) in judged() {
        let what = || format!("{seat}: {}", witness.value);
        let remarks: Vec<Remark> = if seat.written {
            match facade.opinion(seat, &witness.value) {
                Some(Opinion::Refuses(remarks)) => remarks,
                _ => Vec::new(),
            }
        } else if seat.to_string() == "getSessionStatus 200 application/json" {
            facade.remarks(seat, &witness.value).unwrap_or_default()
        } else {
            continue;
        };
        // Of a form of credentials, it is the facade's reader of forms that says so.
        if !remarks.is_empty() && seat.operation != "authorize" {
            alone.note(remarks.iter().map(|remark| &*remark.rule), what());
        }
        if is(seat, "createSession")
            && let Ok(request) = SessionRequest::from_json(&witness.value)
        {
            let warnings = request.warnings();
            alone.note(warnings.iter().map(|warning| warning.rule().id), what());
        }
    }
    // Each product by its own type, with the flag of the other one.
    let guaranteed = GuaranteedEft::new(Payor::new("Ada", "Roy")).build();
    let regular = RegularEft::new(Payor::new("Ada", "Roy"), "ada@shop.example").build();
    let mut guaranteed = serde_json::to_value(guaranteed.unwrap()).unwrap();
    guaranteed["payor"]["email"] = json!("ada@shop.example");
    let regular = serde_json::to_value(regular.unwrap()).unwrap();
    let refused = GuaranteedEft::from_json(&regular).unwrap_err();
    alone.note(refused.iter().map(|it| it.rule().id), regular.to_string());
    let refused = RegularEft::from_json(&guaranteed).unwrap_err();
    alone.note(
        refused.iter().map(|it| it.rule().id),
        guaranteed.to_string(),
    );
    // Credentials and tokens stand alone.
    alone.text::<ClientId>(" ", "shop");
    alone.text::<ClientSecret>("hu\nsh", "hush");
    alone.text::<ApiKey>("", "key-1");
    alone.text::<AccessToken>("tökén", "token");

    let mut missing: Vec<&str> = RULES.iter().map(|rule| rule.id).collect();
    missing.retain(|id| !alone.0.contains_key(id));
    println!(
        "{} of {} rules stand alone somewhere",
        alone.0.len(),
        RULES.len()
    );
    for (rule, what) in &alone.0 {
        let what: String = what.chars().take(160).collect();
        println!("  {rule}: {what}");
    }
    let expected = OF_CALLS.map(|(id, _)| id);
    assert_eq!(missing, expected);
}
