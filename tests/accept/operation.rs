//! Operations: servers, credentials, parameters, statuses, and the operations themselves.

use flinks_pay::spec::Document;
use serde_json::{Value as Json, json};

use crate::{COMPLETE, NONE, PARTIAL, compared, document, operations};

#[test]
fn servers_and_credentials_are_sets() {
    let ours = json!({"servers": [{"url": "https://a"}, {"url": "https://b"}], "security": [{"A": []}, {"K": []}]});
    let theirs = json!({"servers": [{"url": "https://b"}, {"url": "https://c"}], "security": [{"B": []}, {}]});
    assert_eq!(
        operations(COMPLETE, &ours, &theirs),
        [
            r#" security - "none""#,
            r#" security "apiKey header x-key" -"#,
            r#" server - "https://c""#,
            r#" server "https://a" -"#,
        ]
    );
    assert_eq!(
        operations(PARTIAL, &ours, &theirs),
        [r#" security - "none""#, r#" server - "https://c""#]
    );
    // No security at all means that nothing is asked for; a partial document does not say so.
    assert_eq!(
        operations(COMPLETE, &json!({"security": [{"A": []}]}), &json!({})),
        [r#" security - "none""#, r#" security "http bearer" -"#,]
    );
    assert_eq!(
        operations(PARTIAL, &json!({"security": [{"A": []}]}), &json!({})),
        NONE
    );
}

#[test]
fn parameters_match_by_place_and_name() {
    let header = |name: &str, required: bool| json!({"parameters": [{"in": "header", "name": name, "required": required, "schema": {}}]});
    assert_eq!(
        operations(COMPLETE, &header("X-Id", true), &header("x-id", true)),
        NONE
    );
    assert_eq!(
        operations(COMPLETE, &header("X-Id", true), &header("x-id", false)),
        ["parameter header x-id required true false"]
    );
    assert_eq!(
        operations(COMPLETE, &header("X-Id", true), &json!({})),
        [r#" parameter "header x-id" -"#]
    );

    // The name of a path parameter is no part of what is sent.
    let path = |name: &str, length: u64| {
        let at = format!("/pay/{{{name}}}/status");
        let parameter =
            json!({"in": "path", "name": name, "required": true, "schema": {"maxLength": length}});
        let whole = json!({"x-source": {"completeness": "complete"}, "paths": {at: {"parameters": [parameter], "get": {}}}});
        Document::parse("test", whole.to_string()).unwrap()
    };
    assert_eq!(
        compared(&path("id", 9), &path("sessionId", 9)).unwrap(),
        NONE
    );
    assert_eq!(
        compared(&path("id", 9), &path("sessionId", 8)).unwrap(),
        ["parameter path 0 maxLength 9 8"]
    );
}

#[test]
fn a_range_of_statuses_speaks_of_those_that_the_contract_names() {
    let answer =
        |limit: u64| json!({"content": {"application/json": {"schema": {"maxLength": limit}}}});
    let ours = json!({"responses": {"200": answer(9), "201": answer(9), "400": {}}});
    let theirs = json!({"responses": {"2XX": answer(8), "201": answer(9), "5XX": {}}});
    assert_eq!(
        operations(PARTIAL, &ours, &theirs),
        [
            r#" status - "5XX""#,
            "response 200 application/json maxLength 9 8"
        ]
    );
    assert_eq!(
        operations(COMPLETE, &ours, &theirs),
        [
            r#" status - "5XX""#,
            r#" status "400" -"#,
            "response 200 application/json maxLength 9 8"
        ]
    );
}

#[test]
fn operations_are_compared_as_far_as_the_document_is_complete_in_them() {
    let with = document(COMPLETE, &json!({}), &json!({}));
    let without = |source: &str| {
        let whole = json!({"x-source": serde_json::from_str::<Json>(source).unwrap(), "paths": {}});
        Document::parse("test", whole.to_string()).unwrap()
    };
    assert_eq!(
        compared(&with, &without(COMPLETE)).unwrap(),
        [r#" operation "POST /pay" -"#]
    );
    assert_eq!(
        compared(
            &with,
            &without(r#"{"completeness": "complete", "operations": "partial"}"#)
        )
        .unwrap(),
        NONE
    );
    assert_eq!(compared(&with, &without(PARTIAL)).unwrap(), NONE);
    assert_eq!(
        compared(&without(COMPLETE), &with).unwrap(),
        [r#" operation - "POST /pay""#]
    );
}
