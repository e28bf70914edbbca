//! The witnesses are what they are said to be: on the boundary of everything, the same each time, and no noise.

use std::collections::{BTreeMap, BTreeSet};

use flinks_pay::contract::{ContractError, Judge, Suite, witness};
use flinks_pay::spec::keyword::Keyword;
use flinks_pay::spec::translate::Direction;
use flinks_pay::spec::{Document, Node, Pointer, Value};
use serde_json::Value as Json;

use crate::{CONTRACT, SEED, snapshots};

#[test]
fn a_value_is_made_for_every_place_and_the_same_ones_each_time() {
    let judge = Judge::new(&CONTRACT);
    let made = witness::witnesses(&CONTRACT, &judge, SEED).unwrap();
    assert_eq!(made.unmade, Vec::<usize>::new());
    let again = witness::witnesses(&CONTRACT, &Judge::new(&CONTRACT), SEED).unwrap();
    assert!(
        made.all == again.all,
        "one seed gives other witnesses each time"
    );
    let other = witness::witnesses(&CONTRACT, &judge, SEED + 1).unwrap();
    assert!(made.all != other.all, "the seed has no say");
}

/// Without the constraint, the judge must change its mind about a part that was made for its schema. A constraint that others
/// imply changes nothing; those are listed.
#[test]
fn every_constraint_of_a_schema_has_a_witness_that_it_alone_refuses() {
    let suite = Suite::of(&CONTRACT, SEED).unwrap();
    let mut parts: BTreeMap<Pointer, Vec<&Json>> = BTreeMap::new();
    for (_, witness, _) in suite.judged() {
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

#[test]
fn at_least_three_in_ten_are_valid_and_three_in_ten_are_one_change_from_valid() {
    let suite = Suite::of(&CONTRACT, SEED).unwrap();
    let mut requests = [0_u32; 2];
    for (seat, _, accepted) in suite.judged() {
        if seat.operation == "createSession" && seat.written {
            requests[usize::from(accepted)] += 1;
        }
    }
    let [refused, accepted] = requests.map(f64::from);
    let share = accepted / (refused + accepted);
    println!(
        "{:.1} % of the requests for a session are valid",
        share * 100.0
    );
    assert!(share >= 0.3, "{share}");
    // Of those that are not, all but the ones that are made of two others have one change; the judge alone says which.
    assert!(1.0 - share >= 0.3, "{share}");
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
    for (seat, [refused, accepted]) in sides {
        assert!(
            refused > 0 && accepted > 0,
            "{seat}: {refused} refused, {accepted} accepted"
        );
    }
}
