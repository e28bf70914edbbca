//! What can be sent: whatever builds is valid, what does not build is not, and the place that is named is the one.

use std::collections::{BTreeMap, BTreeSet};

use flinks_pay::contract::party::{Facade, Opinion, Remark, Server};
use flinks_pay::contract::{Judge, Outline, Seat};
use flinks_pay::domain::{ApiKey, Language};
use flinks_pay::session::{
    Address, AddressBuilder, GuaranteedEft, Limits, LimitsBuilder, Payee, PayeeBuilder, Payor,
    PayorBuilder, Redirect, RedirectBuilder, RegularEft, SessionRequest, Violations,
};
use flinks_pay::{Credentials, Environment};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Map, Value};

use crate::parts::{Parts, parts, payee, payors};
use crate::{CONTRACT, checked, expect_none, judged, trace};

/// The place where a request for a session travels.
fn seat() -> Seat {
    let seats = Outline::of(&CONTRACT).unwrap().seats();
    let mut seats = seats.into_iter();
    let found = seats.find(|seat| seat.to_string() == "createSession request application/json");
    found.unwrap()
}

// -- whatever builds is valid -------------------------------------------------------------------------------------------

/// The optional parts that the builders have a setter for, one bit each: 13 of them, for one product 12. All combinations are
/// made. Parts of parts, and values, are drawn at random, here and in the tests of the requests alone.
const BITS: u32 = 13;

fn of_bits(bits: u32) -> Parts {
    let has = |bit: u32| bits & (1 << bit) != 0;
    let mut payor = Payor::new("Zoë", "O'Dea");
    if has(0) {
        payor = payor.email("zoe@shop.example");
    }
    if has(1) {
        payor = payor.middle_name("Marie");
    }
    if has(2) {
        payor = payor.occupation("glazier");
    }
    if has(3) {
        payor = payor.birth_date("88-02-29");
    }
    if has(4) {
        payor = payor.address(Address::new(
            "14 Signal Hill",
            "St. John's",
            "NL",
            "a1c 5m3",
        ));
    }
    Parts {
        payor,
        amount: has(5).then(|| "20".to_owned()),
        reference: has(6).then(|| "order-20391".to_owned()),
        language: has(7).then_some(Language::Fr),
        show_consent_screen: has(8).then_some(false),
        amount_modification: has(9).then_some(true),
        limits: has(10).then(|| Limits::new().minimum("20").maximum("20")),
        redirect: has(11).then(Redirect::js_events),
        payee: has(12).then(payee),
        ..Parts::least()
    }
}

#[test]
fn every_combination_of_optional_parts_builds_and_is_valid() {
    let judge = Judge::new(&CONTRACT);
    let seat = seat();
    let mut shapes = BTreeSet::new();
    let mut expect_valid = |json: Value| {
        assert!(judge.accepts(&seat, &json).unwrap(), "{json}");
        shapes.insert(names(&json));
    };
    for bits in 0..1 << BITS {
        let parts = of_bits(bits);
        if bits < 1 << (BITS - 1) {
            let regular = parts.clone().regular().unwrap();
            expect_valid(serde_json::to_value(regular).unwrap());
        }
        expect_valid(serde_json::to_value(parts.guaranteed().unwrap()).unwrap());
    }
    // A regular request has an email address, whether its payor is given one or not.
    let expected = (1 << BITS) + (1 << (BITS - 2));
    println!("{} requests differ in what is there", shapes.len());
    // One regular request and the guaranteed one with an email address and no payee have the same members.
    assert_eq!(shapes.len(), expected);
}

/// The members of a document, and which product it is for.
fn names(json: &Value) -> String {
    let enable = json.pointer("/options/guarantee/enable");
    let mut found = enable.unwrap().to_string();
    let mut waiting = vec![json];
    while let Some(Value::Object(members)) = waiting.pop() {
        for (name, member) in members {
            found.push(' ');
            found.push_str(name);
            waiting.extend(Some(member).filter(|member| member.is_object()));
        }
    }
    found
}

/// Requests with values at random, and each choice of the parts of parts beside the least of everything else.
fn assorted(count: u32) -> Vec<Value> {
    let config = Config {
        failure_persistence: None,
        ..Config::default()
    };
    let mut runner =
        TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let parts = parts();
    let drawn = (0..count).map(|_| parts.new_tree(&mut runner).unwrap().current());
    let payors = payors().into_iter().map(|payor| Parts {
        payor,
        ..Parts::least()
    });
    let limits = [
        Limits::new(),
        Limits::new().minimum("19.99"),
        Limits::new().maximum("20.01"),
    ];
    let limits = limits.map(|limits| Parts {
        limits: Some(limits),
        ..Parts::least()
    });
    let redirects = [
        Redirect::js_events(),
        Redirect::to("https://shop.example/paid", "http://127.0.0.1:8080"),
    ];
    let redirects = redirects.map(|redirect| Parts {
        redirect: Some(redirect),
        ..Parts::least()
    });
    let labelled = Parts {
        payee: Some(payee().label("Shop")),
        ..Parts::least()
    };
    drawn
        .chain(payors)
        .chain(limits)
        .chain(redirects)
        .chain([labelled, Parts::most()])
        .flat_map(|parts| {
            let regular = serde_json::to_value(parts.clone().regular().unwrap()).unwrap();
            [
                regular,
                serde_json::to_value(parts.guaranteed().unwrap()).unwrap(),
            ]
        })
        .collect()
}

#[tokio::test]
async fn whatever_builds_is_taken_by_the_simulator() {
    trace::listen();
    let builder = flinks_pay::sandbox::Sandbox::builder().api_key(ApiKey::new("key-1").unwrap());
    let sandbox = checked::with(builder).await.unwrap();
    let server = Server::new(
        Environment::custom(sandbox.base_url().as_str()).unwrap(),
        Credentials::api_key("key-1", sandbox.client_id()).unwrap(),
    )
    .unwrap();
    let (judge, seat) = (Judge::new(&CONTRACT), seat());
    let mut taken = 0;
    for json in assorted(60) {
        assert!(judge.accepts(&seat, &json).unwrap(), "{json}");
        let opinion = server.opinion(&seat, &json, None).await.unwrap();
        assert_eq!(opinion, Some(Opinion::Takes), "{json}");
        taken += 1;
    }
    println!("{taken} requests were built, and all of them taken");
    assert!(taken > 250, "{taken}");
    sandbox.check();
}

// -- what does not build is not valid -----------------------------------------------------------------------------------

/// A document that cannot be said in Rust: there is no setter for a member of it, or it takes another JSON type.
struct Unsaid;

/// Puts a document into the builders, member by member.
fn put_in(json: &Value) -> Result<Result<SessionRequest, Violations>, Unsaid> {
    let mut request = Members::of(json.clone())?;
    for (name, only) in [("type", "EFT"), ("direction", "DEBIT")] {
        if request.needed(name)? != only {
            return Err(Unsaid);
        }
    }
    if request.text("currency")?.is_some_and(|it| it != "CAD") {
        return Err(Unsaid);
    }
    let amount = request.decimal("amount")?;
    let reference = request.text("referenceId")?;
    let mut options = request.inner("options")?.ok_or(Unsaid)?;
    let mut guarantee = options.inner("guarantee")?.ok_or(Unsaid)?;
    let enable = guarantee.flag("enable")?.ok_or(Unsaid)?;
    guarantee.done()?;
    let language = match options.inner("notificationPreferences")? {
        Some(mut preferences) => {
            let language = preferences.text("language")?;
            preferences.done()?;
            language
        }
        None => None,
    };
    let show = options.flag("showConsentScreen")?;
    let allow = options.flag("amountModification")?;
    let limits = options.inner("limits")?.map(limits).transpose()?;
    let redirect = options.inner("redirectPreferences")?.map(redirect);
    let redirect = redirect.transpose()?;
    options.done()?;
    let (payor, email) = payor_of(request.inner("payor")?.ok_or(Unsaid)?)?;
    let payee = request.inner("payee")?.map(payee_of).transpose()?;
    request.done()?;
    macro_rules! build {
        ($builder:expr) => {{
            let mut builder = $builder;
            if let Some(amount) = amount {
                builder = builder.amount(amount);
            }
            if let Some(reference) = reference {
                builder = builder.reference_id(reference);
            }
            if let Some(language) = language {
                builder = builder.language(language);
            }
            if let Some(show) = show {
                builder = builder.show_consent_screen(show);
            }
            if let Some(allow) = allow {
                builder = builder.amount_modification(allow);
            }
            if let Some(limits) = limits {
                builder = builder.limits(limits);
            }
            if let Some(redirect) = redirect {
                builder = builder.redirect(redirect);
            }
            builder
        }};
    }
    if enable {
        let payor = match email {
            Some(email) => payor.email(email),
            None => payor,
        };
        let mut builder = GuaranteedEft::new(payor);
        if let Some(payee) = payee {
            builder = builder.payee(payee);
        }
        Ok(build!(builder).build().map(SessionRequest::Guaranteed))
    } else if payee.is_some() {
        Err(Unsaid)
    } else {
        let builder = RegularEft::new(payor, email.ok_or(Unsaid)?);
        Ok(build!(builder).build().map(SessionRequest::Regular))
    }
}

/// The members of an object that no setter has taken yet.
struct Members(Map<String, Value>);

impl Members {
    fn of(json: Value) -> Result<Self, Unsaid> {
        match json {
            Value::Object(members) => Ok(Self(members)),
            _ => Err(Unsaid),
        }
    }

    fn done(&self) -> Result<(), Unsaid> {
        self.0.is_empty().then_some(()).ok_or(Unsaid)
    }

    /// A text, or none. No setter takes a null.
    fn text(&mut self, name: &str) -> Result<Option<String>, Unsaid> {
        match self.0.remove(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Unsaid),
        }
    }

    /// A text without which there is no builder.
    fn needed(&mut self, name: &str) -> Result<String, Unsaid> {
        self.text(name)?.ok_or(Unsaid)
    }

    fn flag(&mut self, name: &str) -> Result<Option<bool>, Unsaid> {
        match self.0.remove(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(flag)),
            Some(_) => Err(Unsaid),
        }
    }

    /// An amount, as the digits that a person would write.
    fn decimal(&mut self, name: &str) -> Result<Option<String>, Unsaid> {
        match self.0.remove(name) {
            None => Ok(None),
            Some(Value::Number(number)) => Ok(Some(match number.as_f64() {
                Some(double) if number.is_f64() => double.to_string(),
                _ => number.to_string(),
            })),
            Some(_) => Err(Unsaid),
        }
    }

    fn inner(&mut self, name: &str) -> Result<Option<Self>, Unsaid> {
        self.0.remove(name).map(Self::of).transpose()
    }
}

fn limits(mut members: Members) -> Result<LimitsBuilder, Unsaid> {
    let mut limits = Limits::new();
    if let Some(minimum) = members.decimal("minimumAmount")? {
        limits = limits.minimum(minimum);
    }
    if let Some(maximum) = members.decimal("maximumAmount")? {
        limits = limits.maximum(maximum);
    }
    members.done()?;
    Ok(limits)
}

fn redirect(mut members: Members) -> Result<RedirectBuilder, Unsaid> {
    let mode = members.needed("mode")?;
    let urls = (members.text("urlSuccess")?, members.text("urlExit")?);
    members.done()?;
    match (&*mode, urls) {
        ("JsEvents", (None, None)) => Ok(Redirect::js_events()),
        ("RedirectUri", (Some(success), Some(exit))) => Ok(Redirect::to(success, exit)),
        _ => Err(Unsaid),
    }
}

fn payor_of(mut members: Members) -> Result<(PayorBuilder, Option<String>), Unsaid> {
    let mut payor = Payor::new(members.needed("firstName")?, members.needed("lastName")?);
    let email = members.text("email")?;
    if let Some(middle) = members.text("middleName")? {
        payor = payor.middle_name(middle);
    }
    if let Some(occupation) = members.text("occupation")? {
        payor = payor.occupation(occupation);
    }
    if let Some(date) = members.text("birthDate")? {
        payor = payor.birth_date(date);
    }
    if let Some(address) = members.inner("address")? {
        payor = payor.address(address_of(address)?);
    }
    members.done()?;
    Ok((payor, email))
}

fn address_of(mut members: Members) -> Result<AddressBuilder, Unsaid> {
    let mut address = Address::new(
        members.needed("addressLine1")?,
        members.needed("city")?,
        members.needed("province")?,
        members.needed("postalCode")?,
    )
    .country(members.needed("country")?);
    if let Some(line) = members.text("addressLine2")? {
        address = address.line2(line);
    }
    if let Some(unit) = members.text("unit")? {
        address = address.unit(unit);
    }
    members.done()?;
    Ok(address)
}

fn payee_of(mut members: Members) -> Result<PayeeBuilder, Unsaid> {
    let mut account = members.inner("account")?.ok_or(Unsaid)?;
    members.done()?;
    let mut payee = Payee::new(
        account.needed("institutionCode")?,
        account.needed("transitNumber")?,
        account.needed("accountNumber")?,
    );
    if let Some(label) = account.text("accountLabel")? {
        payee = payee.label(label);
    }
    account.done()?;
    Ok(payee)
}

/// Where, and by which rule.
fn found(violations: &Violations) -> Vec<(&str, &str)> {
    let all = violations.iter();
    all.map(|it| (it.path(), it.rule().id)).collect()
}

#[test]
fn what_the_builders_refuse_is_invalid_or_against_a_rule_of_the_contract() {
    let judge = Judge::new(&CONTRACT);
    let rules = CONTRACT.to_json();
    let rules: BTreeSet<&str> = rules["x-rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| rule["id"].as_str().unwrap())
        .collect();
    let seat = seat();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut by_rule = BTreeSet::new();
    let of_seat = judged().filter(|(it, _, _)| **it == seat);
    let documents = of_seat.flat_map(|(_, witness, accepted)| {
        // URLs are given to a builder with the mode that needs them.
        let mut other = witness.value.clone();
        let mode = other.pointer_mut("/options/redirectPreferences/mode");
        let mode = mode.filter(|mode| mode.as_str() == Some("JsEvents"));
        let other = mode.map(|mode| *mode = "RedirectUri".into()).map(|()| {
            let accepted = judge.accepts(&seat, &other).unwrap();
            (other, accepted)
        });
        [Some((witness.value.clone(), accepted)), other]
    });
    for (json, accepted) in documents.flatten() {
        let json = &json;
        let Ok(built) = put_in(json) else {
            continue;
        };
        let count = match (&built, accepted) {
            (Ok(request), _) => {
                // Another spelling is written as the contract has it.
                let written = serde_json::to_value(request).unwrap();
                assert!(judge.accepts(&seat, &written).unwrap(), "{json}");
                if accepted {
                    "valid and built"
                } else {
                    "respelled"
                }
            }
            (Err(_), false) => "invalid and refused",
            (Err(violations), true) => {
                for violation in violations {
                    assert!(rules.contains(violation.rule().id), "{json}: {violation}");
                    by_rule.insert(violation.rule().id);
                }
                "refused by a rule"
            }
        };
        *counts.entry(count).or_default() += 1;
        // A document that is read meets the same verdict, for the same reasons.
        match (&built, SessionRequest::from_json(json)) {
            (Ok(built), Ok(read)) => assert_eq!(built, &read),
            (Err(built), Err(read)) => assert_eq!(found(built), found(&read), "{json}"),
            (built, read) => panic!("{json}: {built:?} {read:?}"),
        }
    }
    println!("{counts:?}, {by_rule:?}");
    assert_eq!(counts.len(), 4);
    assert!(counts.values().all(|count| *count > 20), "{counts:?}");
    assert_eq!(
        by_rule,
        [
            "amount-within-limits",
            "birth-date-exists",
            "limits-ordered",
            "redirect-url-scheme"
        ]
        .into()
    );
}

// -- the place that is named is the one ---------------------------------------------------------------------------------

/// What a rule holds against a value, as far as a keyword tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    Missing,
    Surplus,
    Type,
    Value,
}

fn of_rule(rule: &str) -> Fault {
    match rule {
        "missing-member" | "email-required-regular" | "address-complete" => Fault::Missing,
        "unknown-member" | "payee-only-guaranteed" => Fault::Surplus,
        "wrong-type" => Fault::Type,
        _ => Fault::Value,
    }
}

fn of_keyword(keyword: &str) -> Fault {
    match keyword {
        "required" => Fault::Missing,
        "additionalProperties" => Fault::Surplus,
        "type" | "nullable" => Fault::Type,
        _ => Fault::Value,
    }
}

/// Of the alternatives, the one of the product that the request is for.
fn meant<'a>(judged: &'a [BTreeSet<Remark>], json: &Value) -> Option<&'a BTreeSet<Remark>> {
    match json.pointer("/options/guarantee/enable") {
        Some(Value::Bool(enable)) => judged.get(usize::from(!enable)),
        _ => None,
    }
}

/// A document with the spellings that the facade takes for others: codes in small letters, and a postal code with a blank in it.
/// It writes them as the contract has them, so there is nothing wrong with them.
fn as_spelt(json: &Value) -> Value {
    const CODES: [&str; 4] = [
        "/currency",
        "/options/notificationPreferences/language",
        "/payor/address/province",
        "/payor/address/country",
    ];
    let mut spelt = json.clone();
    for at in CODES {
        if let Some(Value::String(code)) = spelt.pointer_mut(at) {
            code.make_ascii_uppercase();
        }
    }
    if let Some(Value::String(code)) = spelt.pointer_mut("/payor/address/postalCode")
        && code.len() == 7
        && code.find(' ') == Some(3)
    {
        code.remove(3);
    }
    spelt
}

#[test]
fn what_is_wrong_with_a_request_is_named_by_the_place_that_the_judge_names() {
    let facade = Facade::new().unwrap();
    let judge = Judge::new(&CONTRACT);
    // What no schema says. A judge of formats may say it, too: of the length of the parts of an email address.
    let beyond = [
        "limits-ordered",
        "amount-within-limits",
        "redirect-urls",
        "redirect-url-scheme",
        "birth-date-exists",
        "email-part-lengths",
    ];
    let mut counts: BTreeMap<Fault, usize> = BTreeMap::new();
    let mut differences = Vec::new();
    let mut unsaid = 0;
    let bodies = [
        "createSession request application/json",
        "confirmGuarantee request application/json",
    ];
    for (seat, witness, _) in judged().filter(|(seat, _, _)| bodies.contains(&&*seat.to_string())) {
        let json = &witness.value;
        let Some(Opinion::Refuses(refused)) = facade.opinion(seat, json) else {
            continue;
        };
        let judged = judge.remarks(seat, &as_spelt(json)).unwrap();
        let told = |judged: &BTreeSet<(String, Fault)>| -> BTreeSet<(String, Fault)> {
            let all = refused.iter().map(|remark| {
                let is_beyond = beyond.contains(&&*remark.rule);
                (is_beyond, (remark.at.clone(), of_rule(&remark.rule)))
            });
            all.filter(|(is_beyond, said)| !is_beyond || judged.contains(said))
                .map(|(_, said)| said)
                .collect()
        };
        let said = |remarks: &BTreeSet<Remark>| -> BTreeSet<(String, Fault)> {
            let path = |at: &str| at.trim_start_matches('/').replace('/', ".");
            let all = remarks.iter();
            all.map(|remark| (path(&remark.at), of_keyword(&remark.rule)))
                .collect()
        };
        let alternative = if judged.len() == 1 {
            judged.first()
        } else {
            meant(&judged, json)
        };
        let agrees = if let Some(alternative) = alternative {
            let judged = said(alternative);
            let told = told(&judged);
            for (_, fault) in &told {
                *counts.entry(*fault).or_default() += 1;
            }
            told == judged
        } else {
            // Without the flag it is not known which product is meant, and that is all that is said.
            unsaid += 1;
            let told = told(&BTreeSet::new());
            let told = told.first().unwrap();
            let mut all = judged.iter().flat_map(said);
            all.any(|(at, fault)| {
                fault == told.1
                    && (at == told.0 || fault == Fault::Missing && told.0.starts_with(&at))
            })
        };
        if !agrees {
            let json: String = json.to_string().chars().take(400).collect();
            differences.push(format!("{seat}: {json} {refused:?} {alternative:?}"));
        }
    }
    println!("{counts:?}, and {unsaid} of no known product");
    expect_none(&differences);
    assert_eq!(counts.len(), 4);
}
