//! `authorize`: the two ways to give credentials, and what is refused.

use std::time::Duration;

use flinks_pay::sandbox::Sandbox;

use crate::bench::{Bench, OTHER_ID, OTHER_SECRET, two_clients};
use crate::bodies::guaranteed;

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

#[tokio::test]
async fn by_form() {
    let bench = Bench::start().await;
    let (id, secret) = (bench.sandbox.client_id(), bench.sandbox.client_secret());
    let answer = bench
        .authorize(&[GRANT, ("Username", id), ("Password", secret)])
        .await;
    let body = answer.expect(200);
    assert_eq!(body["expires_in"], 299);
    assert_eq!(body["token_type"], "bearer");
    let token = body["access_token"].as_str().unwrap();
    bench.create_with(token, &guaranteed()).await.expect(201);
}

#[tokio::test]
async fn by_http_basic() {
    let bench = Bench::start().await;
    let (id, secret) = (bench.sandbox.client_id(), bench.sandbox.client_secret());
    let request = bench
        .post("api/v1/authorize")
        .basic_auth(id, Some(secret))
        .form(&[GRANT]);
    let answer = bench.send("authorize", request).await;
    let token = answer.expect(200)["access_token"].as_str().unwrap();
    bench.create_with(token, &guaranteed()).await.expect(201);
}

#[tokio::test]
async fn each_time_another_token_whose_lifetime_is_the_one_that_is_set() {
    let bench = Bench::with(Sandbox::builder().token_lifetime(Duration::from_secs(120))).await;
    let first = bench.token().await;
    assert_ne!(first, bench.token().await);
    let (id, secret) = (bench.sandbox.client_id(), bench.sandbox.client_secret());
    let form = [GRANT, ("Username", id), ("Password", secret)];
    assert_eq!(bench.authorize(&form).await.expect(200)["expires_in"], 120);
}

#[tokio::test]
async fn the_form_may_name_its_character_set() {
    let bench = Bench::start().await;
    let (id, secret) = (bench.sandbox.client_id(), bench.sandbox.client_secret());
    let request = bench
        .post("api/v1/authorize")
        .header(
            "content-type",
            "Application/X-WWW-Form-Urlencoded; charset=utf-8",
        )
        .body(format!(
            "grant_type=client_credentials&Username={id}&Password={secret}"
        ));
    bench.send("authorize", request).await.expect(200);
    let request = bench.last().request.unwrap();
    assert_eq!(request["grant_type"], "client_credentials");
}

#[tokio::test]
async fn both_ways_at_once_are_refused() {
    let bench = Bench::start().await;
    let (id, secret) = (bench.sandbox.client_id(), bench.sandbox.client_secret());
    for form in [
        vec![GRANT, ("Username", id), ("Password", secret)],
        vec![GRANT, ("Username", id)],
        vec![GRANT, ("Password", secret)],
    ] {
        let request = bench
            .post("api/v1/authorize")
            .basic_auth(id, Some(secret))
            .form(&form);
        bench
            .send("authorize", request)
            .await
            .expect_error(400, "invalid_request");
    }
}

#[tokio::test]
async fn wrong_credentials_are_refused() {
    let bench = Bench::with(two_clients()).await;
    let (id, secret) = (bench.sandbox.client_id(), bench.sandbox.client_secret());
    for form in [
        vec![GRANT, ("Username", id), ("Password", "wrong")],
        vec![GRANT, ("Username", "wrong"), ("Password", secret)],
        // Each right, of different clients.
        vec![GRANT, ("Username", OTHER_ID), ("Password", secret)],
        vec![GRANT, ("Username", id), ("Password", OTHER_SECRET)],
        vec![GRANT, ("Username", id)],
        vec![GRANT, ("Password", secret)],
        vec![GRANT, ("Username", id), ("Password", "")],
        vec![GRANT],
    ] {
        bench
            .authorize(&form)
            .await
            .expect_error(401, "invalid_client");
    }
    for header in [
        "Basic",
        "Basic !!",
        "Basic bm9jb2xvbg==",
        "Bearer x",
        "",
        "basic ",
    ] {
        let request = bench
            .post("api/v1/authorize")
            .header("authorization", header)
            .form(&[GRANT]);
        bench
            .send("authorize", request)
            .await
            .expect_error(401, "invalid_client");
    }
    let request = bench
        .post("api/v1/authorize")
        .basic_auth(id, Some("wrong"))
        .form(&[GRANT]);
    bench
        .send("authorize", request)
        .await
        .expect_error(401, "invalid_client");
}

#[tokio::test]
async fn a_second_client_gets_tokens_too() {
    let bench = Bench::with(two_clients()).await;
    let token = bench.token_of(OTHER_ID, OTHER_SECRET).await;
    bench.create_with(&token, &guaranteed()).await.expect(201);
}

#[tokio::test]
async fn a_form_that_is_not_the_grant_is_refused() {
    let bench = Bench::start().await;
    let (id, secret) = (bench.sandbox.client_id(), bench.sandbox.client_secret());
    let user = [("Username", id), ("Password", secret)];
    let [name, password] = user;
    for (form, code) in [
        (vec![name, password], "invalid_request"),
        (
            vec![("grant_type", "password"), name, password],
            "unsupported_grant_type",
        ),
        (
            vec![("grant_type", "Client_Credentials"), name, password],
            "unsupported_grant_type",
        ),
        (
            vec![("grant_type", ""), name, password],
            "unsupported_grant_type",
        ),
        (
            vec![GRANT, name, password, ("scope", "all")],
            "invalid_request",
        ),
        // Names are exact.
        (
            vec![GRANT, ("username", id), ("password", secret)],
            "invalid_request",
        ),
        (vec![GRANT, name, name, password], "invalid_request"),
        (vec![GRANT, GRANT, name, password], "invalid_request"),
        (vec![GRANT, name, password, password], "invalid_request"),
        (vec![], "invalid_request"),
    ] {
        bench.authorize(&form).await.expect_error(400, code);
    }
}

#[tokio::test]
async fn another_content_type_is_refused() {
    let bench = Bench::start().await;
    let (id, secret) = (bench.sandbox.client_id(), bench.sandbox.client_secret());
    let json = serde_json::json!({
        "grant_type": "client_credentials", "Username": id, "Password": secret,
    });
    let request = bench.post("api/v1/authorize").json(&json);
    let answer = bench.send("authorize", request).await;
    answer.expect_error(415, "invalid_request");
    let request = bench.post("api/v1/authorize").body(format!(
        "grant_type=client_credentials&Username={id}&Password={secret}"
    ));
    let answer = bench.send("authorize", request).await;
    answer.expect_error(415, "invalid_request");
}

#[tokio::test]
async fn the_journal_names_the_token_by_its_number() {
    let bench = Bench::start().await;
    bench.token().await;
    bench.token().await;
    assert_eq!(bench.last().credential.as_deref(), Some("token#2"));
    bench.authorize(&[GRANT]).await.expect(401);
    assert_eq!(bench.last().credential, None);
    assert_eq!(bench.last().operation.as_deref(), Some("authorize"));
}
