//! Numbers on the boundary of what a schema says about numbers.

use serde_json::{Number, Value, json};

use super::decimal::Decimal;
use super::facets::Facets;
use crate::spec::Node;

/// The plainest numbers, the likeliest to be accepted first.
pub(super) fn plain(facets: &Facets<'_>) -> Vec<Value> {
    let mut numbers = vec![json!(1)];
    let step = step(facets);
    for bound in decimals(facets, "minimum").chain(decimals(facets, "maximum")) {
        let near = [
            bound.floor(step),
            bound.floor(step).and_then(|low| low.plus(step)),
            bound.floor(step).and_then(|low| low.minus(step)),
            Some(bound),
        ];
        numbers.extend(near.into_iter().flatten().filter_map(Decimal::json));
    }
    numbers.extend(decimals(facets, "multipleOf").filter_map(Decimal::json));
    numbers.extend([json!(0), json!(10), json!(-1), json!(0.5)]);
    numbers
}

/// Numbers on and beside every boundary, each with the keyword that it is about.
pub(super) fn boundaries(facets: &Facets<'_>) -> Vec<(&'static str, Value)> {
    let mut numbers: Vec<(&'static str, Option<Decimal>)> = Vec::new();
    let step = step(facets);
    for keyword in ["minimum", "maximum"] {
        for bound in decimals(facets, keyword) {
            for step in [step, Decimal::ONE, Decimal::CENT] {
                numbers.push((keyword, bound.minus(step)));
                numbers.push((keyword, bound.plus(step)));
            }
            numbers.push((keyword, Some(bound)));
        }
    }
    for step in decimals(facets, "multipleOf") {
        for base in [step, Decimal::ONE].map(|base| base.times(7)) {
            numbers.push(("multipleOf", base));
            numbers.push(("multipleOf", base.and_then(|base| base.plus(step))));
            numbers.push(("multipleOf", base.and_then(|base| base.plus(step.tenth()))));
            numbers.push((
                "multipleOf",
                base.and_then(|base| base.plus(step.tenth().tenth())),
            ));
        }
        // What floating point makes of cents, if they are not reckoned as such.
        numbers.push(("multipleOf", step.times(29)));
        numbers.push(("multipleOf", step.times(1_999)));
        numbers.push(("multipleOf", step.times(9_999_999)));
    }
    let mut boundaries: Vec<(&'static str, Value)> = numbers
        .into_iter()
        .filter_map(|(keyword, number)| Some((keyword, number?.json()?)))
        .collect();
    for format in facets.texts("format") {
        let (least, most) = match format {
            "int32" => (i64::from(i32::MIN), i64::from(i32::MAX)),
            "int64" => (i64::MIN, i64::MAX),
            _ => continue,
        };
        let (least, most) = (
            Decimal::of(&Number::from(least)),
            Decimal::of(&Number::from(most)),
        );
        let beyond = [
            least,
            least.and_then(|least| least.minus(Decimal::ONE)),
            most,
            most.and_then(|most| most.plus(Decimal::ONE)),
        ];
        let beyond = beyond.into_iter().flatten().filter_map(Decimal::json);
        boundaries.extend(beyond.map(|number| ("format", number)));
    }
    let odd = [
        json!(0),
        json!(1),
        json!(-1),
        json!(0.01),
        json!(0.1),
        json!(1.5),
        json!(19.99),
        json!(0.001),
        json!(12.345),
        json!(1_000_000),
        json!(-0.01),
        json!(1e15),
        json!(1e300),
    ];
    boundaries.extend(odd.into_iter().map(|number| ("type", number)));
    boundaries
}

/// What a number is moved by to come just outside a bound.
fn step(facets: &Facets<'_>) -> Decimal {
    let mut steps = decimals(facets, "multipleOf");
    let whole = facets.kind() == Some("integer");
    steps
        .next()
        .unwrap_or(if whole { Decimal::ONE } else { Decimal::CENT })
}

fn decimals<'a>(facets: &'a Facets<'_>, keyword: &'a str) -> impl Iterator<Item = Decimal> + 'a {
    let numbers = facets.all(keyword).filter_map(Node::as_number);
    numbers.filter_map(Decimal::of)
}
