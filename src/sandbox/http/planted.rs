//! The judge finds what is planted: handlers that answer what they should not, over a real socket.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::any;
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::answer::Answer;
use crate::domain::rules::{
    CANCEL_OPEN_ONLY, CREDENTIALS_IN_ONE_PLACE, GUARANTEE_PENDING_ONLY, LIMITS_ORDERED,
    PAYEE_OR_SETTLEMENT, TOKEN_PER_CREATE, UNKNOWN_MEMBER,
};
use crate::sandbox::Sandbox;
use crate::sandbox::judge::{HEADER, ViolationsReport};
use crate::sandbox::world::Core;
use crate::session::Operation;

const ID: &str = "7e1c1a52-9a0d-4bb4-9d5c-0a3c1f9f2b11";

/// A server that gives the same answer to every call of its operation.
struct Planted {
    core: Arc<Core>,
    base: String,
    http: Client,
    operation: Operation,
    serving: JoinHandle<()>,
}

impl Drop for Planted {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Planted {
    async fn start<A: IntoResponse>(
        operation: Operation,
        answer: impl Fn() -> A + Clone + Send + Sync + 'static,
    ) -> Self {
        Self::judging(true, operation, answer).await
    }

    async fn judging<A: IntoResponse>(
        self_check: bool,
        operation: Operation,
        answer: impl Fn() -> A + Clone + Send + Sync + 'static,
    ) -> Self {
        // Its state is all that is wanted of it.
        let sandbox = Sandbox::builder().self_check(self_check).start().await;
        let core = sandbox.unwrap().core();
        let handler = any(move || {
            let answer: Response = answer().into_response();
            std::future::ready(answer)
        });
        let operations = Router::new().route(operation.path(), handler);
        let router = super::around(Arc::clone(&core), operations);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            core,
            base,
            http: Client::builder().no_proxy().build().unwrap(),
            operation,
            serving,
        }
    }

    /// A call of the operation by somebody who is known.
    fn call(&self) -> RequestBuilder {
        self.to(&self.operation.path().replace("{sessionId}", ID))
            .bearer_auth("token")
    }

    fn to(&self, path: &str) -> RequestBuilder {
        let method = self.operation.method().parse().unwrap();
        self.http.request(method, format!("{}{path}", self.base))
    }

    /// What was found in one more call, which header, journal, counts and control API say alike.
    async fn found(&self, request: RequestBuilder) -> Vec<String> {
        let before = self.core.world().tally.report();
        let response = request.send().await.unwrap();
        let told = response.headers().get(HEADER).cloned();
        let exchange = self.core.world().journal.exchanges().pop().unwrap();
        let after = self.core.world().tally.report();

        let told = told.map_or(0, |count| count.to_str().unwrap().parse().unwrap());
        assert_eq!(told, exchange.violations.len());
        assert_ne!(
            response.headers().get(HEADER).map(|it| it.as_bytes()),
            Some(&b"0"[..])
        );
        assert_eq!(after.total - before.total, told as u64);
        let counted: u64 = after.violations.iter().map(|it| it.count).sum();
        assert_eq!(counted, after.total);
        assert_eq!(
            judged(&after) + after.spoilt,
            judged(&before) + before.spoilt + 1
        );

        let url = format!("{}/_sandbox/violations", self.base);
        let body = self.http.get(url).send().await.unwrap();
        let over_http: ViolationsReport = body.json().await.unwrap();
        assert_eq!(over_http, after);
        exchange.violations
    }
}

fn judged(report: &ViolationsReport) -> u64 {
    report.judged.values().sum::<u64>() + report.without_operation
}

/// `base` with the value at a pointer put in; its object is there.
fn with(mut base: Value, pointer: &str, value: Value) -> Value {
    let (object, name) = pointer.rsplit_once('/').unwrap();
    let object = base.pointer_mut(object).unwrap().as_object_mut().unwrap();
    object.insert(name.to_owned(), value);
    base
}

fn details() -> Value {
    json!({
        "sessionId": ID,
        "status": "InProgress",
        "step": { "current": "Review", "aggregationRequestId": ID, "padId": null },
        "referenceId": "order-7",
        "amount": 20.25,
        "options": { "guarantee": { "enable": true }, "notificationPreferences": { "language": "EN" } },
        "payor": { "firstName": "Robin", "account": { "accountNumber": "****1234", "availableBalance": 7 } },
        "payee": { "account": { "institutionCode": "815" } },
        "guaranteeDetails": { "guaranteeOffered": true, "overallRiskLevel": "Low" },
        "userDetails": { "nameMatch": 98 },
        "createdAt": "2026-03-01T09:05:00Z",
    })
}

fn request() -> Value {
    json!({
        "type": "EFT",
        "direction": "DEBIT",
        "amount": 20,
        "options": {
            "guarantee": { "enable": true },
            "limits": { "minimumAmount": 10, "maximumAmount": 30 },
            "redirectPreferences": { "mode": "JsEvents" },
        },
        "payor": { "firstName": "Robin", "lastName": "Tester", "email": "robin@mail.example" },
    })
}

fn created() -> Answer {
    Answer::of(StatusCode::CREATED, &json!({ "sessionId": ID }))
}

fn problem() -> Answer {
    Answer::problem(StatusCode::BAD_REQUEST, "no")
}

// -- answers ------------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_wrong_member_of_every_kind_is_found_in_an_answer() {
    for (pointer, value, found) in [
        ("/sessionId", json!("7e1c1a52"), "/sessionId\": format"),
        ("/sessionId", json!(null), "/sessionId\": type"),
        ("/status", json!("Finished"), "/status\": enum"),
        ("/statusDetails", json!("EFT0999"), "/statusDetails\": enum"),
        ("/statusDetails", json!(null), "/statusDetails\": "),
        (
            "/statusDetails",
            json!("EFT0301"),
            ": status-and-code-agree",
        ),
        ("/amount", json!("20.25"), "/amount\": type"),
        ("/amount", json!(20.255), "/amount\": multipleOf"),
        ("/referenceId", json!(7), "/referenceId\": type"),
        ("/createdAt", json!("yesterday"), "/createdAt\": format"),
        ("/step/current", json!("Lunch"), "/step/current\": enum"),
        ("/step/padId", json!("pad-7"), "/step/padId\": format"),
        ("/options", json!([]), "/options\": type"),
        (
            "/options/guarantee/enable",
            json!("true"),
            "/options/guarantee/enable\": type",
        ),
        (
            "/options/notificationPreferences/language",
            json!("en"),
            "/options/notificationPreferences/language\": enum",
        ),
        (
            "/payor/account/availableBalance",
            json!([]),
            "/payor/account/availableBalance\": type",
        ),
        (
            "/payee/account/institutionCode",
            json!(815),
            "/payee/account/institutionCode\": type",
        ),
        (
            "/guaranteeDetails/guaranteeOffered",
            json!(1),
            "/guaranteeDetails/guaranteeOffered\": type",
        ),
        (
            "/guaranteeDetails/overallRiskLevel",
            json!("Unrated"),
            "/guaranteeDetails/overallRiskLevel\": enum",
        ),
        (
            "/userDetails/nameMatch",
            json!(101),
            "/userDetails/nameMatch\": maximum",
        ),
        (
            "/userDetails/nameMatch",
            json!(-1),
            "/userDetails/nameMatch\": minimum",
        ),
        ("/note", json!(1), "/note\": additionalProperties"),
        (
            "/payor/account/iban",
            json!("x"),
            "/payor/account/iban\": additionalProperties",
        ),
        (
            "/step/next",
            json!(null),
            "/step/next\": additionalProperties",
        ),
    ] {
        let body = with(details(), pointer, value);
        let planted = Planted::start(Operation::GetSessionDetails, move || {
            Answer::of(StatusCode::OK, &body)
        })
        .await;
        let places = planted.found(planted.call()).await;
        assert!(
            places.iter().any(|place| place.contains(found)),
            "{pointer}: {places:?}"
        );
        let here = places.iter().all(|place| place.starts_with("answer"));
        assert!(here, "{pointer}: {places:?}");
    }
    let planted = Planted::start(Operation::GetSessionDetails, || {
        Answer::of(StatusCode::OK, &details())
    })
    .await;
    assert_eq!(planted.found(planted.call()).await, [""; 0]);
    assert_eq!(
        planted.core.world().tally.report().judged["getSessionDetails"],
        1
    );
}

#[tokio::test]
async fn missing_members_are_found_in_an_answer() {
    for (operation, status, body, missing) in [
        (
            Operation::Authorize,
            200,
            json!({ "access_token": "x" }),
            "/expires_in",
        ),
        (Operation::CreateSession, 201, json!({}), "/sessionId"),
        (
            Operation::CreateSession,
            403,
            json!({ "title": "Forbidden" }),
            "/status",
        ),
        (
            Operation::GetSessionStatus,
            200,
            json!({ "sessionId": ID }),
            "/status",
        ),
        (Operation::GetSessionStatus, 404, json!({}), "/error"),
        (
            Operation::CancelSession,
            200,
            json!({ "status": "Canceled" }),
            "/sessionId",
        ),
        (Operation::ConfirmGuarantee, 401, json!({}), "/error"),
    ] {
        let status = StatusCode::from_u16(status).unwrap();
        let planted = Planted::start(operation, move || Answer::of(status, &body)).await;
        let request = match operation {
            Operation::Authorize => planted.call().form(&[("grant_type", "client_credentials")]),
            Operation::CreateSession => planted.call().json(&request()),
            Operation::ConfirmGuarantee => {
                planted.call().json(&json!({ "guaranteeAccepted": true }))
            }
            _ => planted.call(),
        };
        // Authorize knows no bearer token, and asks for nothing.
        let expected = format!("answer at {missing:?}: required");
        assert_eq!(
            planted.found(request).await,
            [expected],
            "{operation} {status}"
        );
    }
}

#[tokio::test]
async fn an_answer_that_the_contract_does_not_have_is_found() {
    type Make = fn() -> Response;
    let answers: [(Make, &str); 6] = [
        (
            || Answer::error(StatusCode::CONFLICT, "conflict", "no").into_response(),
            "answer: status",
        ),
        (
            || Answer::error(StatusCode::INTERNAL_SERVER_ERROR, "x", "no").into_response(),
            "answer: status",
        ),
        (
            || Answer::error(StatusCode::PAYLOAD_TOO_LARGE, "x", "no").into_response(),
            "answer: status",
        ),
        (
            || Html("<h1>hello</h1>").into_response(),
            "answer: content-type",
        ),
        (
            || ([("content-type", "application/json")], "{\"sessionId\":").into_response(),
            "answer: json",
        ),
        (|| problem().into_response(), "answer: status"),
    ];
    for (make, found) in answers {
        let planted = Planted::start(Operation::GetSessionStatus, make).await;
        let places = planted.found(planted.call()).await;
        assert_eq!(places[0], found, "{places:?}");
    }
}

#[tokio::test]
async fn the_wrong_error_shape_is_found() {
    let planted = Planted::start(Operation::GetSessionStatus, || {
        Answer::problem(StatusCode::NOT_FOUND, "no such session")
    })
    .await;
    let places = planted.found(planted.call()).await;
    assert!(
        places.contains(&"answer at \"/error\": required".to_owned()),
        "{places:?}"
    );
    let planted = Planted::start(Operation::CreateSession, || {
        Answer::error(StatusCode::UNAUTHORIZED, "unauthorized", "no")
    })
    .await;
    let places = planted.found(planted.call().json(&request())).await;
    assert!(
        places.contains(&"answer at \"/title\": required".to_owned()),
        "{places:?}"
    );
    // Paths that nobody has are answered in one of the two shapes.
    assert_eq!(planted.found(planted.to("/api/v3")).await, [""; 0]);
    assert_eq!(planted.core.world().tally.report().without_operation, 1);
}

// -- requests that are carried out --------------------------------------------------------------------------------------

#[tokio::test]
async fn a_request_that_was_accepted_and_is_invalid_is_found() {
    let planted = Planted::start(Operation::CreateSession, created).await;
    assert_eq!(
        planted.found(planted.call().json(&request())).await,
        [""; 0]
    );
    let payee = json!({ "account": {
        "institutionCode": "815", "transitNumber": "70001", "accountNumber": "440055001",
    } });
    let regular = with(request(), "/options/guarantee/enable", json!(false));
    let long = format!("robin@{}.example", "a".repeat(64));
    for (body, found) in [
        (
            with(request(), "/type", json!("CARD")),
            " at \"/type\": enum",
        ),
        (
            with(request(), "/amount", json!("20")),
            " at \"/amount\": type",
        ),
        (
            with(request(), "/amount", json!(0)),
            " at \"/amount\": minimum",
        ),
        // The name of an unknown member may be anything, so it is not told.
        (
            with(request(), "/Robin Tester", json!(1)),
            ": additionalProperties",
        ),
        (
            with(request(), "/payor", json!({ "firstName": "Robin" })),
            " at \"/payor/lastName\": required",
        ),
        (
            with(request(), "/payor/firstName", json!("")),
            " at \"/payor/firstName\": minLength",
        ),
        (
            with(request(), "/payor/email", json!("robin")),
            " at \"/payor/email\": ",
        ),
        (with(regular, "/payee", payee), ": additionalProperties"),
        (json!([]), ": type"),
        (
            with(request(), "/currency", json!("usd")),
            " at \"/currency\": enum",
        ),
        // Rules that no schema says.
        (
            with(request(), "/amount", json!(9.99)),
            ": amount-within-limits",
        ),
        (
            with(request(), "/amount", json!(30.01)),
            ": amount-within-limits",
        ),
        (
            with(
                with(request(), "/amount", json!(null)),
                "/options/limits/minimumAmount",
                json!(31),
            ),
            " at \"/options/limits\": limits-ordered",
        ),
        (
            with(
                request(),
                "/options/redirectPreferences",
                json!({ "mode": "RedirectUri" }),
            ),
            " at \"/options/redirectPreferences\": redirect-urls",
        ),
        (
            with(
                request(),
                "/options/redirectPreferences/urlExit",
                json!("data://shop.example/"),
            ),
            " at \"/options/redirectPreferences/urlExit\": redirect-url-scheme",
        ),
        (
            with(request(), "/payor/birthDate", json!("89-02-29")),
            " at \"/payor/birthDate\": birth-date-exists",
        ),
        (
            with(request(), "/payor/email", json!(long)),
            " at \"/payor/email\": ",
        ),
    ] {
        let places = planted.found(planted.call().json(&body)).await;
        assert!(
            places
                .iter()
                .any(|place| place.starts_with(&format!("request{found}"))),
            "{body:#}\n{places:?}"
        );
        assert!(!format!("{places:?}").contains("Robin"), "{places:?}");
    }
}

#[tokio::test]
async fn what_is_around_a_body_is_judged_too() {
    let planted = Planted::start(Operation::CreateSession, created).await;
    let path = Operation::CreateSession.path();
    let text = request().to_string();
    let json = ("content-type", "application/json");
    for (request, found) in [
        (planted.to(path).json(&request()), "request: security"),
        (
            planted
                .to(path)
                .json(&request())
                .header("x-api-key", "only-half"),
            "request: security",
        ),
        (
            planted
                .to(path)
                .json(&request())
                .basic_auth("shop", Some("x")),
            "request: security",
        ),
        (planted.call().body(text.clone()), "request: content-type"),
        (
            planted.call().form(&[("type", "EFT")]),
            "request: content-type",
        ),
        (
            planted.call().header(json.0, json.1).body("{"),
            "request: json",
        ),
        (planted.call().header(json.0, json.1), "request: json"),
    ] {
        let places = planted.found(request).await;
        assert_eq!(places[0], found, "{places:?}");
    }
    let by_key = planted.to(path).json(&request());
    let by_key = by_key
        .header("X-Api-Key", "key")
        .header("X-Client-Id", "shop");
    assert_eq!(planted.found(by_key).await, [""; 0]);

    let planted = Planted::start(Operation::GetSessionStatus, || {
        Answer::of(
            StatusCode::OK,
            &json!({ "sessionId": ID, "status": "Initiated" }),
        )
    })
    .await;
    for (path, found) in [
        (format!("/api/v2/sessions/{ID}/status"), &[][..]),
        // Escaped, it is the same path.
        (format!("/api/v2/sessions/%37{}/status", &ID[1..]), &[][..]),
        (
            "/api/v2/sessions/7/status".to_owned(),
            &["request: session-id"][..],
        ),
        (
            "/api/v2/sessions/%FF/status".to_owned(),
            &["request: session-id"][..],
        ),
    ] {
        assert_eq!(planted.found(planted.to(&path)).await, found, "{path}");
    }
}

#[tokio::test]
async fn a_form_is_judged_as_the_object_that_it_stands_for() {
    let planted = Planted::start(Operation::Authorize, || {
        let token = json!({ "access_token": "x", "token_type": "bearer", "expires_in": 299 });
        Answer::of(StatusCode::OK, &token)
    })
    .await;
    let grant = ("grant_type", "client_credentials");
    for (form, found) in [
        (vec![grant], &[][..]),
        (vec![grant, ("Username", "a"), ("Password", "b")], &[][..]),
        (vec![], &["request at \"/grant_type\": required"][..]),
        (
            vec![("grant_type", "password")],
            &["request at \"/grant_type\": enum"][..],
        ),
        (
            vec![grant, ("scope", "all")],
            &["request: additionalProperties"][..],
        ),
        (
            vec![grant, ("Username", "a")],
            &["request: credentials-paired"][..],
        ),
        (vec![grant, grant], &["request: json"][..]),
    ] {
        let request = planted.to(Operation::Authorize.path()).form(&form);
        assert_eq!(planted.found(request).await, found, "{form:?}");
    }
}

#[tokio::test]
async fn spellings_that_are_taken_are_counted_by_rule() {
    let planted = Planted::start(Operation::CreateSession, created).await;
    let address = json!({
        "addressLine1": "1 Main", "city": "Hull", "province": "qc", "country": "ca", "postalCode": "j8x 1a1",
    });
    let body = with(
        with(request(), "/payor/address", address),
        "/currency",
        json!("cad"),
    );
    let body = with(
        body,
        "/options/notificationPreferences",
        json!({ "language": "fr" }),
    );
    let body = with(body, "/payor/email", json!("robin@ab--cd.example"));
    assert_eq!(planted.found(planted.call().json(&body)).await, [""; 0]);
    let respelled = planted.core.world().tally.report().respelled;
    let all: Vec<&str> = respelled.keys().map(String::as_str).collect();
    assert_eq!(
        all,
        [
            "country",
            "currency",
            "email",
            "language",
            "postal-code",
            "province"
        ]
    );
    assert!(respelled.values().all(|count| *count == 1));
    // What is not in that list is found.
    let other = with(request(), "/direction", json!("debit"));
    let places = planted.found(planted.call().json(&other)).await;
    assert_eq!(places, ["request at \"/direction\": enum"]);
}

// -- requests that are refused ------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_request_that_was_refused_and_is_valid_is_found() {
    type Make = fn() -> Answer;
    let wrongly: [(Make, Value); 4] = [
        (problem, request()),
        // Rules that it does not break, or that are answered otherwise.
        (|| problem().breaks(&LIMITS_ORDERED), request()),
        (|| problem().breaks(&UNKNOWN_MEMBER), request()),
        (|| problem().breaks(&TOKEN_PER_CREATE), request()),
    ];
    for (make, body) in wrongly {
        let planted = Planted::start(Operation::CreateSession, make).await;
        assert_eq!(
            planted.found(planted.call().json(&body)).await,
            ["request: refused"]
        );
    }
    let unordered = with(request(), "/options/limits/minimumAmount", json!(31));
    let unordered = with(unordered, "/amount", json!(null));
    let rightly: [(Make, Value); 4] = [
        (problem, with(request(), "/type", json!("CARD"))),
        (problem, with(request(), "/currency", json!("cad"))),
        (|| problem().breaks(&LIMITS_ORDERED), unordered.clone()),
        (|| problem().breaks(&PAYEE_OR_SETTLEMENT), request()),
    ];
    for (make, body) in rightly {
        let planted = Planted::start(Operation::CreateSession, make).await;
        assert_eq!(planted.found(planted.call().json(&body)).await, [""; 0]);
    }
    // A rule that is broken and not named.
    let planted = Planted::start(Operation::CreateSession, problem).await;
    assert_eq!(
        planted.found(planted.call().json(&unordered)).await,
        ["request: refused"]
    );
}

#[tokio::test]
async fn refusals_of_the_other_operations_are_judged_too() {
    let accept = json!({ "guaranteeAccepted": true });
    type Make = fn() -> Answer;
    let confirms: [(Make, &[&str]); 2] = [
        (problem, &["request: refused"]),
        (|| problem().breaks(&GUARANTEE_PENDING_ONLY), &[]),
    ];
    for (make, found) in confirms {
        let planted = Planted::start(Operation::ConfirmGuarantee, make).await;
        assert_eq!(planted.found(planted.call().json(&accept)).await, found);
        assert_eq!(
            planted.found(planted.call().json(&json!({}))).await,
            [""; 0]
        );
    }
    let cancels: [(Make, &[&str]); 3] = [
        (problem, &["request: refused"]),
        // Of another operation.
        (
            || problem().breaks(&GUARANTEE_PENDING_ONLY),
            &["request: refused"],
        ),
        (|| problem().breaks(&CANCEL_OPEN_ONLY), &[]),
    ];
    for (make, found) in cancels {
        let planted = Planted::start(Operation::CancelSession, make).await;
        assert_eq!(planted.found(planted.call()).await, found);
    }
    let authorizes: [(Make, &[&str]); 2] = [
        (problem, &["request: refused"]),
        (|| problem().breaks(&CREDENTIALS_IN_ONE_PLACE), &[]),
    ];
    for (make, found) in authorizes {
        let planted = Planted::start(Operation::Authorize, make).await;
        let grant = planted.call().form(&[("grant_type", "client_credentials")]);
        assert_eq!(planted.found(grant).await, found);
    }
    let planted = Planted::start(Operation::CreateSession, || {
        Answer::problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, "no")
    })
    .await;
    let other = planted.call().form(&[("type", "EFT")]);
    assert_eq!(planted.found(other).await, [""; 0]);
    let typed = planted.call().json(&json!({}));
    assert_eq!(planted.found(typed).await, ["request: refused"]);
}

// -- what is left out ---------------------------------------------------------------------------------------------------

#[tokio::test]
async fn what_is_spoilt_on_purpose_is_counted_and_not_judged() {
    let planted = Planted::start(Operation::CreateSession, || {
        let mut answer = Answer::of(StatusCode::IM_A_TEAPOT, &json!({ "tea": true }));
        answer.noted.spoilt = true;
        answer
    })
    .await;
    assert_eq!(
        planted.found(planted.call().json(&json!({}))).await,
        [""; 0]
    );
    let report = planted.core.world().tally.report();
    assert_eq!((report.spoilt, judged(&report)), (1, 0));
}

#[tokio::test]
async fn without_the_self_check_nothing_is_judged_and_the_answer_is_the_same() {
    let spoilt = || Answer::of(StatusCode::IM_A_TEAPOT, &json!({ "tea": true }));
    let mut answers = Vec::new();
    for judging in [false, true] {
        let planted = Planted::judging(judging, Operation::GetSessionStatus, spoilt).await;
        let response = planted.call().send().await.unwrap();
        let (status, told) = (response.status(), response.headers().contains_key(HEADER));
        assert_eq!(told, judging);
        let report = planted.core.world().tally.report();
        assert_eq!(
            (judged(&report), report.total),
            (u64::from(judging), u64::from(judging))
        );
        assert_eq!(report.is_empty(), !judging);
        answers.push((status, response.text().await.unwrap()));
    }
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn a_request_that_breaks_off_is_none_of_an_operation() {
    let planted = Planted::start(Operation::CreateSession, created).await;
    let long = vec![b' '; super::exchange::MAX_REQUEST_BYTES + 1];
    let request = planted.call().header("content-type", "application/json");
    assert_eq!(planted.found(request.body(long)).await, [""; 0]);
    assert_eq!(planted.core.world().tally.report().without_operation, 1);
}
