//! The witnesses are what they are said to be: on the boundary of everything, the same each time, and no noise.

use std::collections::{BTreeMap, BTreeSet};

use flinks_pay::contract::witness::FormKind;
use flinks_pay::contract::{ContractError, Judge, Seat, Suite, witness};
use flinks_pay::spec::keyword::Keyword;
use flinks_pay::spec::translate::Direction;
use flinks_pay::spec::{Document, Node, Pointer, Value};
use serde_json::Value as Json;

use crate::{CONTRACT, SEED, judged, snapshots};

#[test]
fn a_value_is_made_for_every_place_and_the_same_ones_each_time() {
    let again = witness::witnesses(&CONTRACT, &Judge::new(&CONTRACT), SEED).unwrap();
    assert_eq!(again.unmade, Vec::<usize>::new());
    let made = judged().map(|(_, witness, _)| witness);
    assert!(
        made.eq(&again.all),
        "one seed gives other witnesses each time"
    );
    let small = Document::parse("any.yaml", include_str!("any.yaml")).unwrap();
    let of = |seed| witness::witnesses(&small, &Judge::new(&small), seed).unwrap();
    assert!(of(SEED).all == of(SEED).all);
    assert!(of(SEED).all != of(SEED + 1).all, "the seed has no say");
}

/// Without the constraint, the judge must change its mind about a part that was made for its schema. A constraint that others
/// imply changes nothing; those are listed.
#[test]
fn every_constraint_of_a_schema_has_a_witness_that_it_alone_refuses() {
    let mut parts: BTreeMap<Pointer, Vec<&Json>> = BTreeMap::new();
    for (_, witness, _) in judged() {
        let component: Pointer = witness.about.tokens().iter().take(3).cloned().collect();
        let part = witness.value.pointer(&witness.instance.to_string());
        parts.entry(component).or_default().extend(part);
    }
    let mut implied = BTreeSet::new();
    let mut proved = 0;
    for place in constraints() {
        let component: Pointer = place.tokens().iter().take(3).cloned().collect();
        let mut without = CONTRACT.clone();
        let (holder, name) = (place.parent().unwrap(), place.tokens().last().unwrap());
        let holder = without.at_mut(&holder).unwrap().as_object_mut().unwrap();
        holder.remove(name).unwrap();
        let judge = |document| {
            let judge = Judge::new(document);
            judge.validator(&component, Direction::Neutral).unwrap()
        };
        let (before, now) = (judge(&CONTRACT), judge(&without));
        let made = parts.get(&component).map_or(&[][..], Vec::as_slice);
        if made
            .iter()
            .any(|part| before.is_valid(part) != now.is_valid(part))
        {
            proved += 1;
        } else {
            implied.insert(place.fragment());
        }
    }
    println!(
        "{proved} constraints have a witness of their own, {} are implied",
        implied.len()
    );
    snapshots().bind(|| insta::assert_debug_snapshot!("contract_implied_constraints", implied));
}

/// Every keyword of a schema that has a say in what is accepted.
fn constraints() -> Vec<Pointer> {
    fn walk(node: &Node, at: &Pointer, found: &mut Vec<Pointer>) {
        let Value::Object(object) = &node.value else {
            return;
        };
        for (name, _, value) in object.iter() {
            let place = at.join(name);
            match name {
                "properties" => {
                    for (name, _, schema) in value.as_object().unwrap().iter() {
                        walk(schema, &place.join(name), found);
                    }
                }
                "oneOf" | "anyOf" | "$ref" => {}
                "additionalProperties" if value.as_bool() != Some(false) => {}
                _ if Keyword::named(name).is_some_and(Keyword::is_constraint) => found.push(place),
                _ => {}
            }
        }
    }
    let at = Pointer::root().join("components").join("schemas");
    let mut found = Vec::new();
    for (name, _, schema) in CONTRACT.at(&at).unwrap().as_object().unwrap().iter() {
        walk(schema, &at.join(name), &mut found);
    }
    found
}

/// So many edits make one value of another; none, one, or more than one. A member more or less is one, and so is another value in
/// the place of a member; of two texts, one character.
fn edits(from: &Json, to: &Json, inside: bool) -> usize {
    match (from, to) {
        _ if from == to => 0,
        (Json::Object(from), Json::Object(to)) => {
            let mut total = to.keys().filter(|name| !from.contains_key(*name)).count();
            for (name, from) in from {
                total += to.get(name).map_or(1, |to| edits(from, to, true));
                if total > 1 {
                    break;
                }
            }
            total
        }
        (Json::String(from), Json::String(to)) if !inside => one_character(from, to),
        _ if inside => 1,
        _ => 2,
    }
}

fn one_character(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let front = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let (from, to) = (from.iter().skip(front), to.iter().skip(front));
    let back = from.clone().rev().zip(to.clone().rev());
    let back = back.take_while(|(a, b)| a == b).count();
    (from.len() - back).max(to.len() - back).min(2)
}

#[test]
fn at_least_three_in_ten_are_valid_and_three_in_ten_are_one_edit_from_valid_at_every_place() {
    let mut seats: Vec<(&Seat, Vec<(&Json, bool)>)> = Vec::new();
    for (seat, witness, accepted) in judged() {
        if seats.last().is_none_or(|(last, _)| *last != seat) {
            seats.push((seat, Vec::new()));
        }
        let (_, judged) = seats.last_mut().unwrap();
        judged.push((&witness.value, accepted));
    }
    let mut all = [0_usize; 3];
    let mut short = Vec::new();
    for (seat, judged) in seats {
        let valid = judged.iter().filter(|(_, accepted)| *accepted);
        let valid: Vec<&Json> = valid.map(|(value, _)| *value).collect();
        // Of one that is not valid, so many valid ones before it are looked at; there may be another one further away.
        let looked_at = if judged.len() < 1_500 { 700 } else { 50 };
        let (mut before, mut near, mut last) = (0, 0, 0);
        for (value, accepted) in &judged {
            if *accepted {
                before += 1;
                continue;
            }
            // Where the one before came from, or else what was made shortly before.
            let shortly = (0..before).rev().take(looked_at);
            let mut from = [last].into_iter().chain(shortly);
            let is_near = |at: &usize| {
                valid
                    .get(*at)
                    .is_some_and(|it| edits(it, value, false) == 1)
            };
            let found = from.find(is_near);
            near += usize::from(found.is_some());
            last = found.unwrap_or(last);
        }
        for (sum, more) in all.iter_mut().zip([judged.len(), valid.len(), near]) {
            *sum += more;
        }
        #[expect(clippy::cast_precision_loss, reason = "counts are small")]
        let share = |count: usize| 100.0 * count as f64 / judged.len() as f64;
        let (of_valid, of_near) = (share(valid.len()), share(near));
        println!(
            "{seat}: {of_valid:.1} % of {} are valid, {of_near:.1} % at least are one edit from it",
            judged.len()
        );
        if of_valid < 30.0 || of_near < 30.0 {
            short.push(seat.to_string());
        }
    }
    println!("of all: {all:?}, valid and one edit from it");
    // It has two valid values, true and false; there are no more.
    assert_eq!(short, ["confirmGuarantee request application/json"]);
}

/// Every bound has a witness at it, one under it and one over it: of what it bounds, counted in the smallest steps there are.
#[test]
fn every_bound_is_met_and_passed_by_one_on_either_side() {
    let mut parts: BTreeMap<Pointer, Vec<&Json>> = BTreeMap::new();
    let mut places: BTreeMap<(&Seat, &Pointer), Pointer> = BTreeMap::new();
    for (seat, witness, _) in judged() {
        let component: Pointer = witness.about.tokens().iter().take(3).cloned().collect();
        let part = witness.value.pointer(&witness.instance.to_string());
        parts.entry(component.clone()).or_default().extend(part);
        places.entry((seat, &witness.instance)).or_insert(component);
    }
    // The smallest and the largest values have parts on bounds, too, and are made for no bound.
    for (seat, witness, _) in judged().filter(|(seat, witness, _)| witness.about == seat.schema) {
        for ((_, instance), component) in places.range((seat, &Pointer::root())..) {
            let part = witness.value.pointer(&instance.to_string());
            parts.get_mut(component).unwrap().extend(part);
        }
    }
    let mut bounds = 0;
    for place in constraints() {
        let keyword = place.tokens().last().unwrap().as_str();
        let bound = CONTRACT.at(&place).unwrap();
        let component: Pointer = place.tokens().iter().take(3).cloned().collect();
        let made = parts[&component].iter();
        match keyword {
            "minLength" | "maxLength" => {
                let bound = usize::try_from(bound.as_number().unwrap().as_u64().unwrap()).unwrap();
                let lengths: BTreeSet<usize> = made
                    .filter_map(|part| Some(part.as_str()?.chars().count()))
                    .collect();
                for length in bound - 1..=bound + 1 {
                    assert!(lengths.contains(&length), "{place}: {length}");
                }
            }
            "minimum" | "maximum" => {
                let holder = CONTRACT.at(&place.parent().unwrap()).unwrap();
                // Cents, or one.
                let step = match holder.get("type").and_then(Node::as_str) {
                    Some("integer") => 1.0,
                    _ => 0.01,
                };
                let bound = bound.as_number().unwrap().as_f64().unwrap();
                let numbers: Vec<f64> = made.filter_map(|part| part.as_f64()).collect();
                for number in [bound - step, bound, bound + step] {
                    let met = numbers
                        .iter()
                        .any(|made| (made - number).abs() < step / 1e3);
                    assert!(met, "{place}: {number}");
                }
            }
            _ => continue,
        }
        bounds += 1;
    }
    println!("{bounds} bounds");
    assert!(bounds > 30, "{bounds}");
}

#[test]
fn a_document_that_is_no_contract_is_refused_and_says_where() {
    let swagger = Document::parse("old.yaml", "swagger: '2.0'\npaths: {}\n").unwrap();
    let error = Suite::of(&swagger, SEED).unwrap_err();
    assert!(matches!(error, ContractError::Spec(_)), "{error:?}");
    let loose = "openapi: 3.0.3\npaths:\n  /a:\n    get:\n      responses:\n        '200':\n          content:\n            application/json:\n              schema: { type: string, patternn: a }\n";
    let loose = Document::parse("loose.yaml", loose).unwrap();
    let error = Suite::of(&loose, SEED).unwrap_err();
    let ContractError::Spec(cause) = &error else {
        panic!("{error:?}");
    };
    assert!(cause.to_string().contains("patternn"), "{cause}");
}

/// Every kind of schema that OpenAPI 3.0 has, not only those that the contract uses.
#[test]
fn any_document_gets_witnesses_on_both_sides() {
    let text = include_str!("any.yaml");
    let document = Document::parse("any.yaml", text).unwrap();
    let suite = Suite::of(&document, SEED).unwrap();
    assert_eq!(suite.witnesses().unmade, Vec::<usize>::new());
    let mut sides: BTreeMap<String, [usize; 2]> = BTreeMap::new();
    for (seat, _, accepted) in suite.judged() {
        sides.entry(seat.to_string()).or_default()[usize::from(accepted)] += 1;
    }
    assert_eq!(sides.len(), suite.witnesses().seats.len());
    let judge = Judge::new(&document);
    for seat in &suite.witnesses().seats {
        let forms = witness::forms(&document, &judge, seat).unwrap();
        let whole = [FormKind::Minimal, FormKind::Maximal];
        let mut whole = forms.iter().filter(|form| whole.contains(&form.kind));
        assert!(!forms.is_empty(), "{seat}");
        assert!(
            whole.all(|form| judge.accepts(seat, &form.value).unwrap()),
            "{seat}"
        );
    }
    for (seat, [refused, accepted]) in sides {
        assert!(
            refused > 0 && accepted > 0,
            "{seat}: {refused} refused, {accepted} accepted"
        );
    }
}
