//! Money: exact over the whole range, through text and through JSON, and judged by the contract.
#![cfg(feature = "spec")]

use std::cell::RefCell;
use std::collections::BTreeMap;

use flinks_pay::domain::{Amount, ReportedAmount};
use flinks_pay::spec::translate::{self, Direction};
use flinks_pay::spec::{Document, Pointer};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde::{Deserialize, Serialize};
use serde_json::Value;

fn judge(name: &str) -> jsonschema::Validator {
    let contract = Document::parse(
        "flinks-pay.yaml",
        include_str!("../../openapi/flinks-pay.yaml"),
    )
    .unwrap();
    let pointer: Pointer = format!("/components/schemas/{name}").parse().unwrap();
    let schema = translate::schema(&contract, &pointer, Direction::Request).unwrap();
    jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .should_validate_formats(true)
        .build(&schema)
        .unwrap()
}

fn runner(cases: u32) -> TestRunner {
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

/// Serde's buffer for what it cannot type at once; numbers pass through it on the way to an untagged or flattened type.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Buffered {
    Amount(Amount),
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Outer {
    #[serde(flatten)]
    inner: Inner,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Inner {
    amount: Amount,
}

fn round_trip(cents: u64) {
    let amount = Amount::from_cents(cents).unwrap();
    let text = amount.to_string();
    assert_eq!(text, format!("{}.{:02}", cents / 100, cents % 100));
    assert_eq!(text.parse(), Ok(amount));
    let json = serde_json::to_string(&amount).unwrap();
    // The JSON text itself is the decimal: no digits of a binary fraction, no trailing zeros, no exponent.
    let expected = text.trim_end_matches('0').trim_end_matches('.');
    let expected = if cents.is_multiple_of(100) {
        text.strip_suffix(".00").unwrap()
    } else {
        expected
    };
    assert_eq!(json, expected);
    assert_eq!(serde_json::from_str::<Amount>(&json).unwrap(), amount);
    let value = serde_json::to_value(amount).unwrap();
    assert_eq!(serde_json::from_value::<Amount>(value).unwrap(), amount);
    // The same number with its decimal point, which arrives as a double even where it is whole.
    assert_eq!(serde_json::from_str::<Amount>(&text).unwrap(), amount);
    let reported: ReportedAmount = serde_json::from_str(&text).unwrap();
    assert_eq!(reported.cents(), Some(i64::try_from(cents).unwrap()));
    assert_eq!(ReportedAmount::from(amount).cents(), reported.cents());
}

#[test]
fn parse_print_parse_over_the_whole_range() {
    let (min, max) = (Amount::MIN.cents(), Amount::MAX.cents());
    assert_eq!((min, max), (1, 10_000_000));
    runner(4_000)
        .run(&(min..=max), |cents| {
            round_trip(cents);
            Ok(())
        })
        .unwrap();
    (min..=max).step_by(997).for_each(round_trip);
    (min..=1_000).for_each(round_trip);
    (max - 1_000..=max).for_each(round_trip);
}

#[test]
fn the_judge_agrees_on_every_amount() {
    let judge = judge("Amount");
    // 101 shares no factor with 100, so every number of odd cents comes up.
    for cents in (1..=10_000_000_u64)
        .step_by(101)
        .chain(1..=1_000)
        .chain(9_999_000..=10_000_000)
    {
        let json = serde_json::to_value(Amount::from_cents(cents).unwrap()).unwrap();
        assert!(judge.is_valid(&json), "{json}");
    }
}

/// JSON numbers: valid ones in several spellings, and ones that miss by one digit, one cent or one bit.
fn numbers() -> BoxedStrategy<(&'static str, String)> {
    let cents = || prop_oneof![1..=10_000_000_u64, 1..=500_u64, 9_999_900..=10_000_000_u64];
    let dollars = |cents: u64| format!("{}.{:02}", cents / 100, cents % 100);
    prop_oneof![
        4 => cents().prop_map(move |cents| ("valid", dollars(cents))),
        1 => (1..=100_000_u64).prop_map(|whole| ("valid", whole.to_string())),
        1 => (1..=9_u64, 0..=4_u32).prop_map(|(digit, power)| ("valid", format!("{digit}e{power}"))),
        1 => cents().prop_map(move |cents| ("valid", format!("{}00", dollars(cents)))),
        // One digit too many, a sign, one cent over, the next double.
        2 => (cents(), 1..=9_u8).prop_map(move |(cents, digit)| ("near", format!("{}{digit}", dollars(cents)))),
        1 => cents().prop_map(move |cents| ("near", format!("-{}", dollars(cents)))),
        1 => cents().prop_map(|cents| {
            let double = format!("{}.{:02}", cents / 100, cents % 100).parse::<f64>().unwrap();
            ("near", serde_json::to_string(&f64::from_bits(double.to_bits() + 1)).unwrap())
        }),
        1 => cents().prop_map(move |cents| ("near", dollars(cents + 10_000_000))),
        1 => select(vec![
            "0", "0.0", "-0.0", "0.01", "0.02", "0.009", "0.011", "100000", "100000.0", "99999.99", "100000.01", "100001",
            "1e5", "1e-2", "1e-3", "1e300", "-1e300", "1e-300", "5e-324", "0.30000000000000004", "18446744073709551615",
            "18446744073709551616", "-9223372036854775808", "9223372036854775807", "184467440737095516.16", "1e16", "1e21",
        ]).prop_map(|text| ("edge", text.to_owned())),
    ]
    .boxed()
}

#[test]
fn json_numbers_are_taken_as_the_contract_accepts_them() {
    let judge = judge("Amount");
    let tally = RefCell::new(BTreeMap::<(&str, bool), u32>::new());
    let cases = 6_000;
    runner(cases)
        .run(&numbers(), |(origin, text)| {
            let value: Value = serde_json::from_str(&text).unwrap();
            let accepted = judge.is_valid(&value);
            let parsed = serde_json::from_str::<Amount>(&text);
            assert_eq!(parsed.is_ok(), accepted, "{text}: {parsed:?}");
            let buffered = serde_json::from_str::<Buffered>(&text);
            assert_eq!(buffered.is_ok(), accepted, "{text}: {buffered:?}");
            let outer = serde_json::from_str::<Outer>(&format!("{{\"amount\":{text}}}"));
            assert_eq!(outer.is_ok(), accepted, "{text}: {outer:?}");
            // A person's text is JSON's number without an exponent and without a third decimal, even a zero.
            let plain = !text.contains('e')
                && text
                    .split_once('.')
                    .is_none_or(|(_, decimals)| decimals.len() <= 2);
            assert_eq!(text.parse::<Amount>().is_ok(), accepted && plain, "{text}");
            *tally.borrow_mut().entry((origin, accepted)).or_default() += 1;
            Ok(())
        })
        .unwrap();
    let tally = tally.into_inner();
    let count = |accepted: bool| -> u32 {
        let of = |(key, count): (&(&str, bool), &u32)| {
            (key.1 == accepted && key.0 != "edge").then_some(*count)
        };
        tally.iter().filter_map(of).sum()
    };
    assert!(count(true) >= cases * 3 / 10, "{tally:?}");
    assert!(count(false) >= cases * 3 / 10, "{tally:?}");
    assert!(tally.contains_key(&("edge", true)) && tally.contains_key(&("edge", false)));
}

#[test]
fn refusals_of_json_have_no_value() {
    for (json, expected) in [
        ("0", "found an amount below the minimum"),
        ("-1", "found an amount below the minimum"),
        ("-0.01", "found an amount below the minimum"),
        ("-9223372036854775808", "found an amount below the minimum"),
        ("100000.01", "found an amount over the maximum"),
        ("18446744073709551615", "found an amount over the maximum"),
        ("1e300", "found an amount over the maximum"),
        ("0.30000000000000004", "found 17 decimals"),
        ("12.345", "found 3 decimals"),
        ("\"500\"", "found a string where a number belongs"),
        ("true", "found a boolean where a number belongs"),
        ("null", "found null where a number belongs"),
        ("[500]", "found an array where a number belongs"),
        ("{\"a\":500}", "found an object where a number belongs"),
    ] {
        let error = serde_json::from_str::<Amount>(json)
            .unwrap_err()
            .to_string();
        assert!(error.contains(expected), "{json}: {error}");
    }
    // Not a JSON number that a double can hold: the reader's own refusal.
    assert!(serde_json::from_str::<Amount>("1e400").is_err());
}

#[test]
fn a_reported_amount_is_kept_and_its_cents_are_the_judges() {
    let judge = judge("ReportedAmount");
    runner(4_000)
        .run(&numbers(), |(_, text)| {
            let value: Value = serde_json::from_str(&text).unwrap();
            let reported: ReportedAmount = serde_json::from_str(&text).unwrap();
            let Value::Number(number) = &value else {
                panic!("{text}")
            };
            assert_eq!(&reported.to_number(), number);
            assert_eq!(reported.to_string(), number.to_string());
            assert_eq!(serde_json::to_value(&reported).unwrap(), value);
            let in_64_bits = number.as_f64().unwrap().abs() < 9e16;
            if in_64_bits {
                assert_eq!(reported.cents().is_some(), judge.is_valid(&value), "{text}");
            } else {
                assert_eq!(reported.cents(), None, "{text}");
            }
            Ok(())
        })
        .unwrap();
    for (json, cents) in [
        ("0", Some(0)),
        ("-12.5", Some(-1250)),
        ("500", Some(50_000)),
        ("500.0", Some(50_000)),
        ("0.1", Some(10)),
        ("0.125", None),
        ("92233720368547758", Some(9_223_372_036_854_775_800)),
        ("92233720368547759", None),
        ("18446744073709551615", None),
    ] {
        let reported: ReportedAmount = serde_json::from_str(json).unwrap();
        assert_eq!(reported.cents(), cents, "{json}");
    }
}
