//! What a contract says of an exchange, by one that is not this crate's.

use std::sync::LazyLock;

use bytes::Bytes;
use flinks_pay::contract::party::Facade;
use flinks_pay::contract::{Agreement, Examiner, Exchange, Sender, Verdict};
use flinks_pay::spec::Document;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};

pub(crate) static LIBRARY: LazyLock<Document> =
    LazyLock::new(|| Document::parse("library.yaml", include_str!("library.yaml")).unwrap());

const JSON: (&str, &str) = ("content-type", "application/json");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const TOKEN: (&str, &str) = ("authorization", "Bearer t");
const BOOK: &str = r#"{"id":7,"title":"Emma"}"#;
const TROUBLE: &str = r#"{"error":"no"}"#;
const LOAN: &str = r#"{"book":7,"until":"2027-01-01"}"#;
const RECEIPT: &str = r#"{"number":1,"code":"a"}"#;

fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    pairs
        .iter()
        .map(|(name, value)| {
            let name: HeaderName = name.parse().unwrap();
            (name, HeaderValue::from_str(value).unwrap())
        })
        .collect()
}

pub(crate) fn sent(method: Method, target: &str, with: &[(&str, &str)], body: &str) -> Exchange {
    Exchange {
        by: Sender::Client,
        method,
        target: target.to_owned(),
        headers: headers(with),
        body: Bytes::copy_from_slice(body.as_bytes()),
        status: StatusCode::OK,
        answer_headers: HeaderMap::new(),
        answer: Bytes::new(),
    }
}

pub(crate) fn answered(
    mut exchange: Exchange,
    status: u16,
    with: &[(&str, &str)],
    body: &str,
) -> Exchange {
    exchange.status = StatusCode::from_u16(status).unwrap();
    exchange.answer_headers = headers(with);
    exchange.answer = Bytes::copy_from_slice(body.as_bytes());
    exchange
}

fn verdict(exchange: &Exchange) -> Verdict {
    let facade = Facade::new().unwrap();
    let examiner = Examiner::of(&LIBRARY, &facade).unwrap();
    examiner.examine(exchange).unwrap()
}

/// What is held against an exchange, without the place in the contract.
fn found(exchange: &Exchange) -> Vec<String> {
    let shown = verdict(exchange).findings;
    shown
        .iter()
        .map(|finding| {
            let text = finding.to_string();
            text.split(" (").next().unwrap().to_owned()
        })
        .collect()
}

fn find_books(target: &str, with: &[(&str, &str)]) -> Exchange {
    let total = [JSON, ("x-total", "1")];
    answered(sent(Method::GET, target, with, ""), 200, &total, "[]")
}

fn lend(kind: (&str, &str), body: &str) -> Exchange {
    let sent = sent(Method::POST, "/loans", &[TOKEN, kind], body);
    answered(sent, 201, &[JSON], RECEIPT)
}

#[test]
fn a_literal_path_comes_before_a_name_and_a_base_is_taken_off() {
    let operation = |target: &str| {
        let exchange = sent(Method::GET, target, &[], "");
        verdict(&exchange).operation
    };
    assert_eq!(operation("/books/newest").as_deref(), Some("newestBook"));
    assert_eq!(operation("/books/new").as_deref(), Some("readBook"));
    assert_eq!(operation("/api/books?page=1").as_deref(), Some("findBooks"));
    assert_eq!(operation("/api/v1/books/7").as_deref(), Some("readBook"));
    assert_eq!(operation("/apibooks"), None);
    assert_eq!(operation("/books/"), None);
}

#[test]
fn a_path_or_a_method_that_is_not_there_is_found() {
    let at = |method, target, status| answered(sent(method, target, &[], ""), status, &[], "");
    let gone = at(Method::GET, "/shelves", 404);
    assert_eq!(found(&gone), ["request target: path"]);
    assert_eq!(verdict(&gone).agreement, Some(Agreement::Agrees));
    let taken = at(Method::GET, "/shelves", 200);
    assert_eq!(verdict(&taken).agreement, Some(Agreement::Differs));
    let other = at(Method::DELETE, "/books/newest", 405);
    assert_eq!(found(&other), ["request target: method"]);
    assert_eq!(verdict(&other).agreement, Some(Agreement::Agrees));
    // What the contract has, the server does not.
    for (target, status) in [("/books", 405), ("/loans", 405), ("/books/newest", 404)] {
        let method = if target == "/loans" {
            Method::POST
        } else {
            Method::GET
        };
        let body = if target == "/loans" { LOAN } else { "" };
        let exchange = sent(method, target, &[TOKEN, JSON], body);
        let exchange = answered(exchange, status, &[JSON], TROUBLE);
        assert_eq!(
            verdict(&exchange).agreement,
            Some(Agreement::Differs),
            "{target}"
        );
    }
    // A book that is not there says nothing of the path.
    let missing = sent(Method::GET, "/books/7", &[TOKEN], "");
    let missing = answered(missing, 404, &[JSON], TROUBLE);
    assert_eq!(found(&missing), [""; 0]);
    assert_eq!(verdict(&missing).agreement, None);
}

#[test]
fn parameters_are_read_where_and_as_they_stand() {
    let trace = ("x-trace", "0f9e8d7c-6b5a-4c3d-8e1f-001122334455");
    let right = "/books?page=1&tag=new&tag=old&by[year]=1815";
    let shelf = ("cookie", "a=b; shelf=true");
    assert_eq!(found(&find_books(right, &[trace, shelf])), [""; 0]);
    for (target, expected) in [
        ("/books?page=0", "request query page: minimum"),
        ("/books?page=one", "request query page: type"),
        ("/books?page=1&page=2", "request query page: type"),
        ("/books?tag=new&tag=torn", "request query tag at /1: enum"),
        ("/books?by[year]=x", "request query by at /year: type"),
        (
            "/books?by[author]=x",
            "request query by at /author: additionalProperties",
        ),
        ("/books?pages=1", "request query pages: undeclared"),
        (
            "/books?robin%40shop.example=1",
            "request query *: undeclared",
        ),
    ] {
        assert_eq!(found(&find_books(target, &[])), [expected], "{target}");
    }
    let odd = find_books("/books", &[("x-trace", "7"), ("cookie", "shelf=maybe")]);
    let expected = [
        "request header X-Trace: format",
        "request cookie shelf: type",
    ];
    assert_eq!(found(&odd), expected);
    let book = |book: &str| {
        let read = sent(Method::GET, &format!("/books/{book}"), &[TOKEN], "");
        answered(read, 200, &[JSON], BOOK)
    };
    assert_eq!(found(&book("9999")), [""; 0]);
    assert_eq!(found(&book("10000")), ["request path book: maximum"]);
    assert_eq!(verdict(&book("10000")).agreement, Some(Agreement::Differs));
    // What the contract has no name for it does not refuse.
    let more = find_books("/books?pages=1", &[]);
    assert_eq!(verdict(&more).agreement, Some(Agreement::Agrees));
    assert!(verdict(&more).is_kept());
}

#[test]
fn one_way_of_saying_who_calls_is_enough_and_half_of_one_is_none() {
    let read = |target: &str, with: &[(&str, &str)]| {
        found(&answered(
            sent(Method::GET, target, with, ""),
            200,
            &[JSON],
            BOOK,
        ))
    };
    let none = ["request credentials: security"];
    assert_eq!(read("/books/7", &[("authorization", "bearer t")]), [""; 0]);
    assert_eq!(read("/books/7?reader=r", &[("x-key", "k")]), [""; 0]);
    assert_eq!(read("/books/7", &[("x-key", "k")]), none);
    assert_eq!(read("/books/7", &[("authorization", "Basic t")]), none);
    assert_eq!(read("/books/7", &[("authorization", "Bearer ")]), none);
    assert_eq!(read("/books/newest", &[]), [""; 0]);
    let refused = |target: &str| {
        let exchange = sent(Method::GET, target, &[], "");
        verdict(&answered(exchange, 401, &[JSON], TROUBLE)).agreement
    };
    assert_eq!(refused("/books/7"), Some(Agreement::Agrees));
    // Nothing is asked there, and nothing can be missing.
    assert_eq!(refused("/books"), Some(Agreement::Differs));
    // There, a session may be asked for.
    assert_eq!(refused("/books/newest"), None);
}

#[test]
fn a_body_is_of_a_declared_type_and_as_its_schema_says() {
    assert_eq!(found(&lend(JSON, LOAN)), [""; 0]);
    assert_eq!(
        found(&lend(
            ("content-type", "Application/JSON; charset=utf-8"),
            LOAN
        )),
        [""; 0]
    );
    assert_eq!(
        found(&lend(FORM, "book=7&gift=true&notes=a&notes=b")),
        [""; 0]
    );
    for (kind, body, expected) in [
        (JSON, "", "request body: body"),
        (JSON, "{", "request body: json"),
        (
            ("content-type", "text/plain"),
            LOAN,
            "request body: content-type",
        ),
        (("x-none", "x"), LOAN, "request body: content-type"),
        (
            JSON,
            r#"{"book":7,"until":"soon"}"#,
            "request body at /until: format",
        ),
        (
            JSON,
            r#"{"book":7,"hours":1,"x":1}"#,
            "request body at /x: additionalProperties",
        ),
        (FORM, "book=x", "request body at /book: type"),
        (FORM, "book=7&book=8", "request body at /book: type"),
        (FORM, "gift=true", "request body at /book: required"),
        (
            FORM,
            "book=7&x=1",
            "request body at /x: additionalProperties",
        ),
    ] {
        let exchange = lend(kind, body);
        assert_eq!(found(&exchange), [expected], "{body}");
        assert_eq!(
            verdict(&exchange).agreement,
            Some(Agreement::Differs),
            "{body}"
        );
        let refused = answered(exchange, 400, &[JSON], TROUBLE);
        assert_eq!(
            verdict(&refused).agreement,
            Some(Agreement::Agrees),
            "{body}"
        );
    }
    let more = sent(Method::GET, "/books", &[JSON], "{}");
    assert_eq!(
        found(&answered(more, 400, &[JSON], TROUBLE)),
        ["request body: undeclared"]
    );
}

#[test]
fn an_answer_is_of_a_declared_status_type_header_and_schema() {
    let read = |status, with: &[(&str, &str)], body: &str| {
        let asked = sent(Method::GET, "/books/7", &[TOKEN], "");
        found(&answered(asked, status, with, body))
    };
    assert_eq!(read(200, &[JSON], BOOK), [""; 0]);
    assert_eq!(read(500, &[JSON], TROUBLE), [""; 0]);
    assert_eq!(read(200, &[JSON], ""), ["answer body: body"]);
    assert_eq!(read(200, &[], BOOK), ["answer body: content-type"]);
    assert_eq!(read(200, &[JSON], "<"), ["answer body: json"]);
    assert_eq!(
        read(200, &[JSON], r#"{"id":7}"#),
        ["answer body at /title: required"]
    );
    assert_eq!(
        read(
            200,
            &[JSON],
            r#"{"id":7,"title":"Emma","isbn":1,"parts":[{"id":1,"title":"I","x":2}]}"#
        ),
        ["answer body at /parts/0/x: undeclared"]
    );
    assert_eq!(
        read(200, &[JSON], r#"{"id":7,"title":"Emma","isbn":1}"#),
        ["answer body at /isbn: undeclared"]
    );
    let find = |status, with: &[(&str, &str)], body: &str| {
        found(&answered(
            sent(Method::GET, "/books", &[], ""),
            status,
            with,
            body,
        ))
    };
    assert_eq!(
        find(200, &[JSON], "[]"),
        ["answer header X-Total: required"]
    );
    assert_eq!(
        find(200, &[JSON, ("x-total", "some")], "[]"),
        ["answer header X-Total: type"]
    );
    assert_eq!(
        find(418, &[JSON], "{}"),
        ["answer body at /error: required"]
    );
    assert_eq!(find(500, &[JSON], TROUBLE), ["answer status: status"]);
    let lent = sent(Method::POST, "/loans", &[TOKEN, JSON], LOAN);
    assert_eq!(found(&answered(lent.clone(), 204, &[], "")), [""; 0]);
    assert_eq!(
        found(&answered(lent, 204, &[JSON], "{}")),
        ["answer body: undeclared"]
    );
}

#[test]
fn a_valid_request_is_refused_by_a_rule_or_the_server_differs() {
    let refused = |exchange: Exchange, status| {
        verdict(&answered(exchange, status, &[JSON], TROUBLE)).agreement
    };
    let by_rule = Agreement::ByRule(["cancel-open-only".to_owned()].into());
    for status in [400, 409] {
        assert_eq!(refused(lend(JSON, LOAN), status), Some(by_rule.clone()));
    }
    // The rule has another status.
    assert_eq!(refused(lend(JSON, LOAN), 422), Some(Agreement::Differs));
    // No rule is about this.
    assert_eq!(
        refused(find_books("/books", &[]), 400),
        Some(Agreement::Differs)
    );
    // Neither taken nor refused.
    assert_eq!(refused(lend(JSON, LOAN), 503), None);
    assert_eq!(refused(lend(JSON, LOAN), 429), None);
}

#[test]
fn a_webhook_is_judged_by_its_name_its_headers_and_its_body() {
    let received = |name: &str, with: &[(&str, &str)], body: &str| {
        let mut exchange = sent(Method::POST, name, with, body);
        exchange.by = Sender::Server;
        let verdict = verdict(&exchange);
        assert_eq!(verdict.agreement, None);
        found(&exchange)
    };
    let sign = ("x-sign", "abcd");
    assert_eq!(received("returned", &[JSON, sign], RECEIPT), [""; 0]);
    assert_eq!(
        received("returned", &[JSON], RECEIPT),
        ["request header X-Sign: required"]
    );
    assert_eq!(received("returned", &[JSON, sign], "{}").len(), 2);
    assert_eq!(
        received("lost", &[JSON, sign], RECEIPT),
        ["request target: path"]
    );
    // A webhook is no call, and a call none.
    let called = sent(Method::POST, "returned", &[JSON, sign], RECEIPT);
    assert_eq!(found(&called), ["request target: path"]);
}

#[test]
fn no_value_is_in_what_is_found() {
    let secret = "robin-tester-hush";
    let body = format!(r#"{{"book":"{secret}","{secret} and more":1}}"#);
    let target = format!("/loans?{secret}.example={secret}");
    let exchange = sent(Method::POST, &target, &[JSON, ("x-key", secret)], &body);
    let verdict = verdict(&answered(exchange, 200, &[JSON], &body));
    assert!(verdict.findings.len() > 3);
    for finding in verdict.findings {
        assert!(!finding.to_string().contains(secret), "{finding}");
    }
}
