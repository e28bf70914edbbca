//! What a contract offers, and which exchange has it, by a contract that is not this crate's.

use std::collections::BTreeSet;

use flinks_pay::contract::party::Facade;
use flinks_pay::contract::{
    Examiner, Exchange, Obligations, Sender, StaleWaiver, WaiverError, Waivers,
};
use http::Method;

use crate::exchanges::{LIBRARY, answered, sent};
use crate::{CONTRACT, snapshots};

const JSON: (&str, &str) = ("content-type", "application/json");
const TOKEN: (&str, &str) = ("authorization", "Bearer t");

fn met(exchange: &Exchange) -> BTreeSet<String> {
    let facade = Facade::new().unwrap();
    let examiner = Examiner::of(&LIBRARY, &facade).unwrap();
    let obligations = Obligations::of(&LIBRARY).unwrap();
    let met = obligations.met_by(&examiner, exchange).unwrap();
    met.into_iter().map(str::to_owned).collect()
}

#[test]
fn everything_that_a_contract_offers_has_a_name() {
    let all = Obligations::of(&LIBRARY).unwrap();
    let names: Vec<&str> = all.all().iter().map(|it| it.name.as_str()).collect();
    let different: BTreeSet<&&str> = names.iter().collect();
    assert_eq!(different.len(), names.len());
    for obligation in all.all() {
        // What is missing somewhere has no place of its own there, but the place around it has.
        let mut at = Some(obligation.at.clone());
        while at.as_ref().is_some_and(|it| LIBRARY.at(it).is_none()) {
            at = at.unwrap().parent();
        }
        assert!(at.is_some_and(|at| at.tokens().len() > 1), "{obligation:?}");
    }
    snapshots().bind(|| insta::assert_snapshot!("contract_obligations_library", names.join("\n")));
}

#[test]
fn the_contract_of_this_crate_offers_this() {
    let all = Obligations::of(&CONTRACT).unwrap();
    let names: Vec<&str> = all.all().iter().map(|it| it.name.as_str()).collect();
    println!("{} obligations", names.len());
    snapshots().bind(|| insta::assert_snapshot!("contract_obligations", names.join("\n")));
}

#[test]
fn an_exchange_meets_what_is_in_it_and_nothing_else() {
    let found = sent(
        Method::GET,
        "/books?page=1&tag=new",
        &[("cookie", "shelf=true")],
        "",
    );
    let body =
        r#"[{"id":1,"title":"a","subtitle":null,"kind":"audio","parts":[{"id":2,"title":"b"}]}]"#;
    let found = answered(found, 200, &[JSON, ("x-total", "1")], body);
    let expected = [
        "findBooks called",
        "findBooks answer 200",
        "findBooks answer 200 application/json",
        "findBooks answer 200 application/json [] given",
        "findBooks answer 200 application/json [].id given",
        "findBooks answer 200 application/json [].kind = \"audio\"",
        "findBooks answer 200 application/json [].kind given",
        "findBooks answer 200 application/json [].parts given",
        "findBooks answer 200 application/json [].parts[] given",
        "findBooks answer 200 application/json [].subtitle given",
        "findBooks answer 200 application/json [].subtitle null",
        "findBooks answer 200 application/json [].title given",
        "findBooks answer 200 header X-Next absent",
        "findBooks answer 200 header X-Total given",
        "findBooks cookie shelf given",
        "findBooks header X-Trace absent",
        "findBooks query by absent",
        "findBooks query page given",
        "findBooks query tag [] = \"new\"",
        "findBooks query tag [] given",
        "findBooks query tag given",
    ];
    let expected: BTreeSet<String> = expected.iter().map(|it| (*it).to_owned()).collect();
    assert_eq!(met(&found), expected);
}

#[test]
fn what_is_refused_or_wrong_counts_for_its_call_and_its_answer_alone() {
    let body = r#"{"book":7,"hours":0}"#;
    let lent = sent(Method::POST, "/loans", &[TOKEN, JSON], body);
    let refused = answered(lent.clone(), 400, &[JSON], r#"{"error":"no"}"#);
    let expected = [
        "lend answer 400",
        "lend answer 400 application/json",
        "lend answer 400 application/json error given",
        "lend called",
    ];
    assert_eq!(met(&refused).into_iter().collect::<Vec<_>>(), expected);
    // Carried out, though the contract refuses the body; and the answer is not as it says.
    let wrong = answered(lent, 201, &[JSON], "{}");
    let expected = ["lend answer 201", "lend called", "lend security bearer"];
    assert_eq!(met(&wrong).into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn alternatives_ways_and_rules_are_met_by_name() {
    let body = r#"{"book":7,"hours":2,"notes":{"a":"b"}}"#;
    let lent = sent(
        Method::POST,
        "/loans?reader=r",
        &[("x-key", "k"), JSON],
        body,
    );
    let receipt = r#"{"number":1,"code":"a","book":{"title":"Emma","id":1}}"#;
    let names = met(&answered(lent.clone(), 201, &[JSON], receipt));
    for name in [
        "lend security x-key + reader",
        "lend request application/json is AudioLoan",
        "lend request application/json notes.* given",
        "lend answer 201 application/json code given",
        "lend answer 201 application/json book.kind absent",
    ] {
        assert!(names.contains(name), "{name}: {names:#?}");
    }
    assert!(!names.contains("lend request application/json is PaperLoan"));
    let refused = met(&answered(lent, 409, &[JSON], r#"{"error":"no"}"#));
    assert!(
        refused.contains("rule cancel-open-only refused"),
        "{refused:?}"
    );
    let mut hook = sent(
        Method::POST,
        "returned",
        &[JSON, ("x-sign", "abcd")],
        receipt,
    );
    hook.by = Sender::Server;
    assert!(met(&hook).contains("returned received"));
    let newest = answered(sent(Method::GET, "/books/newest", &[], ""), 200, &[], "");
    assert!(met(&newest).contains("newestBook security none"));
}

#[test]
fn a_waiver_of_what_is_met_or_is_not_there_is_stale() {
    let facade = Facade::new().unwrap();
    let examiner = Examiner::of(&LIBRARY, &facade).unwrap();
    let obligations = Obligations::of(&LIBRARY).unwrap();
    let found = answered(sent(Method::GET, "/books", &[], ""), 404, &[], "");
    let unmet = obligations.unmet(&examiner, [&found]).unwrap();
    assert_eq!(unmet.len() + 2, obligations.all().len());
    let stale = |text: &str| {
        let waivers = Waivers::read(text).unwrap();
        waivers.stale(&obligations, &unmet)
    };
    let waiver = |name: &str| format!("[[waiver]]\nreason = 'none'\nobligations = ['{name}']\n");
    assert_eq!(stale(&waiver("lend called")), []);
    assert_eq!(stale(""), []);
    let name = || "findBooks called".to_owned();
    assert_eq!(
        stale(&waiver("findBooks called")),
        [StaleWaiver::Met(name())]
    );
    let gone = || "borrow called".to_owned();
    assert_eq!(
        stale(&waiver("borrow called")),
        [StaleWaiver::Unknown(gone())]
    );
    let twice = waiver("lend called").repeat(2);
    assert!(matches!(Waivers::read(&twice), Err(WaiverError::Twice(_))));
    let empty = "[[waiver]]\nreason = ' '\nobligations = ['a']\n";
    assert!(matches!(
        Waivers::read(empty),
        Err(WaiverError::NoReason(_))
    ));
    assert!(matches!(
        Waivers::read("\nwaiver = 1"),
        Err(WaiverError::Form { line: 2, .. })
    ));
}
