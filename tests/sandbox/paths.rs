//! Paths and methods that no operation has.

use reqwest::Method;

use crate::bench::{Bench, path};
use crate::bodies::guaranteed;
use crate::contract::NO_OPERATION;

#[tokio::test]
async fn an_unknown_path_is_not_found() {
    let bench = Bench::start().await;
    let id = bench.session(&guaranteed()).await;
    let inside = [
        "",
        "statuses",
        "status/",
        "guarantees",
        "guarantees/confirm/x",
    ];
    let inside = inside.iter().map(|rest| path(&id, rest));
    let outside = [
        "",
        "api",
        "api/v1/sessions",
        "api/v2/sessions/",
        "API/v2/sessions",
        "%ff",
    ];
    for path in outside.into_iter().map(str::to_owned).chain(inside) {
        for method in [Method::GET, Method::POST] {
            let answer = bench.send(NO_OPERATION, bench.to(method, &path)).await;
            answer.expect_error(404, "not_found");
            assert_eq!(bench.last().operation, None);
        }
    }
}

#[tokio::test]
async fn a_wrong_method_is_not_allowed() {
    let bench = Bench::start().await;
    let id = bench.session(&guaranteed()).await;
    let calls = [
        ("api/v1/authorize".to_owned(), Method::GET),
        ("api/v2/sessions".to_owned(), Method::GET),
        ("api/v2/sessions".to_owned(), Method::PUT),
        (path(&id, "status"), Method::POST),
        (path(&id, "details"), Method::DELETE),
        (path(&id, "cancel"), Method::GET),
        (path(&id, "guarantees/confirm"), Method::PATCH),
    ];
    for (path, method) in calls {
        let answer = bench
            .send(NO_OPERATION, bench.to(method.clone(), &path))
            .await;
        answer.expect_error(405, "method_not_allowed");
        let exchange = bench.last();
        assert_eq!(
            (exchange.operation, exchange.method),
            (None, method.to_string())
        );
    }
    assert_eq!(bench.state(&id).await, "Initiated EFT0101");
}

#[tokio::test]
async fn a_query_changes_nothing_and_is_not_kept() {
    let bench = Bench::start().await;
    let id = bench.session(&guaranteed()).await;
    let request = bench.get(&format!("{}?token=marker", path(&id, "status")));
    let request = request.bearer_auth(bench.token().await);
    bench.send("getSessionStatus", request).await.expect(200);
    assert_eq!(bench.last().path, format!("/{}", path(&id, "status")));
}
