//! The judge finds what is planted: handlers that answer what they should not, over a real socket.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod answers;
mod apart;
mod faulty;
mod refusals;
mod requests;

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderValue, StatusCode};
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
    _sandbox: Sandbox,
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
        // Its state is all that is wanted of it, as long as it is there.
        let sandbox = Sandbox::builder().self_check(self_check).start().await;
        let sandbox = sandbox.unwrap();
        let core = sandbox.core();
        let handler = any(move || {
            let answer: Response = answer().into_response();
            std::future::ready(answer)
        });
        let operations = Router::new().route(operation.path(), handler);
        let router = super::around(Arc::clone(&core), operations, sandbox.base_url());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            _sandbox: sandbox,
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
        let snapshot = self.core.world().journal.snapshot();
        let exchange = snapshot.read().pop().unwrap();
        let after = self.core.world().tally.report();

        let told = told.map_or(0, |count| count.to_str().unwrap().parse().unwrap());
        assert_eq!(told, exchange.violations.len());
        assert_ne!(
            response.headers().get(HEADER).map(HeaderValue::as_bytes),
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
