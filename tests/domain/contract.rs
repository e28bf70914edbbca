//! Every text type of the domain against the contract: it takes what the contract's schema accepts, and nothing else.
//!
//! The judge is the `jsonschema` crate, on the contract's own component. Where a type knowingly differs, [`EXCEPTIONS`] says so
//! by rule, and an exception that never occurs fails the test.
#![cfg(feature = "spec")]

mod exceptions;
mod generate;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use flinks_pay::domain::{self, DomainValue, Invalid};
use flinks_pay::spec::translate::{self, Direction};
use flinks_pay::spec::{Document, Pointer};
use proptest::strategy::BoxedStrategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use serde_json::{Value, json};

use exceptions::{EXCEPTIONS, Kind};
use generate::{Origin, Sample};

const CASES: u32 = 2_000;

/// A domain type, and how to make texts for it.
struct Subject {
    name: &'static str,
    parse: fn(&str) -> Result<Value, Invalid>,
    from_json: fn(Value) -> Result<Value, String>,
    main_rule: &'static str,
    samples: BoxedStrategy<Sample>,
    /// Whether the samples hit the length bounds; a code list has none.
    bounded: bool,
}

macro_rules! subject {
    ($name:ident, $texts:expr) => {{
        let texts: generate::Texts = $texts;
        Subject {
            name: stringify!($name),
            parse: |text| {
                text.parse::<domain::$name>()
                    .map(|value| serde_json::to_value(value).unwrap())
            },
            from_json: |json| {
                serde_json::from_value::<domain::$name>(json)
                    .map(|value| serde_json::to_value(value).unwrap())
                    .map_err(|error| error.to_string())
            },
            main_rule: <domain::$name as DomainValue>::RULES[0].id,
            bounded: texts.of_length.is_some(),
            samples: texts.samples(&lengths(stringify!($name))),
        }
    }};
}

fn subjects() -> Vec<Subject> {
    use generate::{
        address, birth_date, carried, code, digits, email, postal_code, secret, text, token, uuid,
    };
    vec![
        subject!(FirstName, text()),
        subject!(LastName, text()),
        subject!(MiddleName, text()),
        subject!(Occupation, text()),
        subject!(AddressLine1, text()),
        subject!(AddressLine2, text()),
        subject!(Unit, text()),
        subject!(City, text()),
        subject!(AccountLabel, text()),
        subject!(GuaranteedReferenceId, text()),
        subject!(RegularReferenceId, token(1..=36)),
        subject!(Email, email()),
        subject!(RedirectUrl, address()),
        subject!(BirthDate, birth_date()),
        subject!(PostalCode, postal_code()),
        subject!(InstitutionCode, digits(3..=3)),
        subject!(TransitNumber, digits(5..=5)),
        subject!(AccountNumber, digits(7..=12)),
        subject!(SessionId, uuid()),
        subject!(ClientId, secret()),
        subject!(ClientSecret, secret()),
        subject!(AccessToken, carried()),
        subject!(Province, code(&codes("Province"), true)),
        subject!(Country, code(&codes("Country"), true)),
        subject!(Currency, code(&codes("Currency"), true)),
        subject!(Language, code(&codes("Language"), true)),
        subject!(PaymentType, code(&codes("PaymentType"), false)),
        subject!(Direction, code(&codes("Direction"), false)),
        subject!(RedirectMode, code(&codes("RedirectMode"), false)),
    ]
}

static CONTRACT: LazyLock<Document> = LazyLock::new(|| {
    let text = include_str!("../../openapi/flinks-pay.yaml");
    Document::parse("flinks-pay.yaml", text).unwrap()
});

static COMPONENTS: LazyLock<Value> =
    LazyLock::new(|| CONTRACT.to_json()["components"]["schemas"].clone());

/// The length bounds that the contract states.
fn lengths(name: &str) -> Vec<usize> {
    let component = &COMPONENTS[name];
    ["minLength", "maxLength"]
        .iter()
        .filter_map(|keyword| component[keyword].as_u64())
        .map(|bound| usize::try_from(bound).unwrap())
        .collect()
}

fn codes(name: &str) -> Vec<String> {
    serde_json::from_value(COMPONENTS[name]["enum"].clone()).unwrap()
}

fn judge(name: &str, formats: bool) -> jsonschema::Validator {
    let pointer: Pointer = format!("/components/schemas/{name}").parse().unwrap();
    let schema = translate::schema(&CONTRACT, &pointer, Direction::Request).unwrap();
    jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .should_validate_formats(formats)
        .build(&schema)
        .unwrap()
}

/// The exception that covers a difference, or a failure that shows the text.
fn excused(
    subject: &Subject,
    rule: &str,
    kind: Kind,
    text: &str,
    seen: &RefCell<BTreeSet<(&'static str, &'static str, Kind)>>,
) -> Result<(), TestCaseError> {
    let exception = EXCEPTIONS.iter().find(|exception| {
        (exception.on, exception.rule, exception.kind) == (subject.name, rule, kind)
            && (exception.covers)(text)
    });
    match exception {
        Some(exception) => {
            seen.borrow_mut()
                .insert((exception.on, exception.rule, kind));
            Ok(())
        }
        None => Err(TestCaseError::fail(format!(
            "{}: {kind:?} by {rule} on {text:?}",
            subject.name
        ))),
    }
}

#[derive(Default)]
struct Tally {
    valid: u32,
    near: u32,
    lengths: BTreeMap<usize, u32>,
}

/// Whether one insertion, removal or replacement of a character makes one text of the other.
fn one_edit(from: &str, to: &str) -> bool {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let front = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let back = from[front..]
        .iter()
        .rev()
        .zip(to[front..].iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    (from.len() - front - back).max(to.len() - front - back) == 1
}

#[test]
fn every_text_type_takes_what_the_contract_accepts() {
    let seen = RefCell::new(BTreeSet::new());
    for subject in subjects() {
        let with_formats = judge(subject.name, true);
        let keywords_only = judge(subject.name, false);
        let tally = RefCell::new(Tally::default());

        let property = |sample: Sample| {
            let text = sample.text.as_str();
            let accepted = with_formats.is_valid(&json!(text));
            let parsed = (subject.parse)(text);
            match &parsed {
                Ok(canonical) => {
                    let rule = subject.main_rule;
                    if !with_formats.is_valid(canonical) {
                        assert!(
                            keywords_only.is_valid(canonical),
                            "{}: {canonical}",
                            subject.name
                        );
                        excused(&subject, rule, Kind::LooserThanFormat, text, &seen)?;
                    } else if !accepted {
                        excused(&subject, rule, Kind::Respelled, text, &seen)?;
                    }
                    assert_eq!(
                        (subject.parse)(canonical.as_str().unwrap()).as_ref(),
                        Ok(canonical)
                    );
                }
                Err(invalid) if accepted => {
                    excused(&subject, invalid.rule().id, Kind::Stricter, text, &seen)?;
                }
                Err(invalid) => {
                    if keywords_only.is_valid(&json!(text)) && subject.name != "SessionId" {
                        let kind = Kind::StricterWithoutFormats;
                        excused(&subject, invalid.rule().id, kind, text, &seen)?;
                    }
                }
            }
            // JSON is read through the same check.
            match ((subject.from_json)(json!(text)), &parsed) {
                (Ok(json), Ok(canonical)) => assert_eq!(&json, canonical),
                (Err(error), Err(invalid)) => assert_eq!(error, invalid.to_string()),
                (json, parsed) => panic!("{}: {text:?} {json:?} {parsed:?}", subject.name),
            }

            let mut tally = tally.borrow_mut();
            match (&sample.origin, &parsed) {
                (Origin::OfLength, _) => {
                    *tally.lengths.entry(text.chars().count()).or_default() += 1;
                }
                (Origin::Edited { from }, Err(_)) => {
                    assert!((subject.parse)(from).is_ok(), "{}: {from:?}", subject.name);
                    assert!(one_edit(from, text), "{}: {from:?} {text:?}", subject.name);
                    tally.near += 1;
                }
                _ => {}
            }
            tally.valid += u32::from(parsed.is_ok());
            Ok(())
        };
        let config = Config {
            cases: CASES,
            failure_persistence: None,
            ..Config::default()
        };
        TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
            .run(&subject.samples, property)
            .unwrap_or_else(|error| panic!("{}: {error}", subject.name));

        let Tally {
            valid,
            near,
            lengths: hits,
        } = tally.into_inner();
        let share = CASES * 3 / 10;
        assert!(valid >= share, "{}: {valid} valid", subject.name);
        assert!(near >= share, "{}: {near} one edit away", subject.name);
        let bounds = lengths(subject.name);
        assert_eq!(subject.bounded, !bounds.is_empty(), "{}", subject.name);
        for bound in bounds {
            for length in bound - 1..=bound + 1 {
                let hit = hits.get(&length).copied().unwrap_or_default();
                assert!(
                    hit >= 5,
                    "{}: length {length} hit {hit} times",
                    subject.name
                );
            }
        }
    }
    let listed: BTreeSet<_> = EXCEPTIONS
        .iter()
        .map(|exception| (exception.on, exception.rule, exception.kind))
        .collect();
    assert_eq!(
        seen.into_inner(),
        listed,
        "an exception that never occurred"
    );
}

/// The simulator's judge takes the same spellings for granted as this file, by rule.
#[cfg(feature = "sandbox")]
#[test]
fn the_simulators_judge_knows_the_same_spellings() {
    let here: BTreeSet<_> = EXCEPTIONS
        .iter()
        .filter(|exception| matches!(exception.kind, Kind::Respelled | Kind::LooserThanFormat))
        .map(|exception| exception.rule)
        .collect();
    assert_eq!(
        flinks_pay::sandbox::judge::respellings().collect::<BTreeSet<_>>(),
        here
    );
}

#[test]
fn every_type_with_a_component_is_judged() {
    let judged: BTreeSet<_> = subjects().iter().map(|subject| subject.main_rule).collect();
    let unjudged: Vec<_> = domain::RULES
        .iter()
        .filter(|rule| rule.enforcer.starts_with("domain::"))
        .filter(|rule| {
            let name = rule.enforcer.trim_start_matches("domain::");
            rule.contract == format!("#/components/schemas/{name}")
        })
        .filter(|rule| {
            rule.severity == domain::Severity::Refuse && !rule.limit.keywords().is_empty()
        })
        .map(|rule| rule.id)
        .filter(|id| !judged.contains(id))
        .collect();
    // These are no texts; domain_amount.rs and domain_values.rs judge them.
    assert_eq!(
        unjudged,
        ["amount", "guarantee-enabled", "guarantee-disabled"]
    );
}
