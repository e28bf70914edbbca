//! Each question on which the vendor's pages disagree, answered in every way, and this crate's client with each answer.

mod client;
mod refusals;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use flinks_pay::SessionId;
use flinks_pay::sandbox::{CredentialsTaken, Profile, Sandbox};
use flinks_pay::session::Step;
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::bench::{Answer, Bench, OTHER_ID, OTHER_SECRET, id_of, path, read, two_clients};
use crate::bodies::{guaranteed, regular};
use crate::control_api::call;

fn profile(text: &str) -> Profile {
    text.parse().unwrap()
}

async fn with(text: &str) -> Bench {
    Bench::with(two_clients().profile(profile(text))).await
}

/// Lets the first client in, in the way that the profile takes.
async fn as_client(bench: &Bench, request: RequestBuilder) -> RequestBuilder {
    let sandbox = &bench.sandbox;
    match sandbox.profile().credentials {
        CredentialsTaken::ApiKey => request
            .header("x-api-key", sandbox.api_key().unwrap())
            .header("x-client-id", sandbox.client_id()),
        CredentialsTaken::Basic => {
            let answer = basic(bench).await;
            request.bearer_auth(answer.expect(200)["access_token"].as_str().unwrap())
        }
        _ => request.bearer_auth(bench.token().await),
    }
}

async fn basic(bench: &Bench) -> Answer {
    let (id, secret) = (bench.sandbox.client_id(), bench.sandbox.client_secret());
    let request = bench
        .post("api/v1/authorize")
        .basic_auth(id, Some(secret))
        .form(&[("grant_type", "client_credentials")]);
    bench.send("authorize", request).await
}

async fn form(bench: &Bench) -> Answer {
    let form = [
        ("grant_type", "client_credentials"),
        ("Username", bench.sandbox.client_id()),
        ("Password", bench.sandbox.client_secret()),
    ];
    bench.authorize(&form).await
}

async fn create(bench: &Bench) -> Answer {
    let request = bench.post("api/v2/sessions").json(&guaranteed());
    bench
        .send("createSession", as_client(bench, request).await)
        .await
}

async fn cancel(bench: &Bench, id: &SessionId) -> Answer {
    let request = as_client(bench, bench.post(&path(id, "cancel"))).await;
    bench.send("cancelSession", request).await
}

#[test]
fn every_question_is_in_the_register_of_deviations() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/deviations.toml");
    let register: toml::Table = fs::read_to_string(file).unwrap().parse().unwrap();
    let entries = register["deviation"].as_array().unwrap();
    let ids: BTreeSet<&str> = entries
        .iter()
        .map(|it| it["id"].as_str().unwrap())
        .collect();
    for question in Profile::QUESTIONS {
        assert!(!question.deviations.is_empty(), "{}", question.name);
        for deviation in question.deviations {
            assert!(ids.contains(deviation), "{}: {deviation}", question.name);
        }
    }
}

#[test]
fn the_table_of_the_documentation_is_the_one_of_the_code() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sandbox/mod.rs");
    let text = fs::read_to_string(file).unwrap();
    let cells = |line: &str| -> Vec<String> {
        let row = line.strip_prefix("//! | [`").unwrap();
        let row = row.split('|').map(|cell| cell.trim().to_owned());
        row.filter(|cell| !cell.is_empty()).collect()
    };
    let rows: Vec<Vec<String>> = text
        .lines()
        .filter(|line| line.starts_with("//! | [`"))
        .map(cells)
        .collect();
    assert_eq!(rows.len(), Profile::QUESTIONS.len());
    for (question, row) in Profile::QUESTIONS.iter().zip(rows) {
        let (name, _) = row[0].split_once('`').unwrap();
        assert_eq!(name, question.name);
        let values = Profile::NAMED.iter().map(|(_, it)| question.value(it));
        assert_eq!(row[1..], values.collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn the_profile_is_the_one_that_was_asked_for_and_strict_by_default() {
    let bench = Bench::start().await;
    assert_eq!(*bench.sandbox.profile(), Profile::STRICT);
    let bench = with("eft,token-use=single,completed-webhook=scheduled").await;
    let mut expected = Profile::EFT;
    expected.token_use = flinks_pay::sandbox::TokenUse::Single;
    expected.completed_webhook = flinks_pay::sandbox::CompletedWebhook::Scheduled;
    assert_eq!(*bench.sandbox.profile(), expected);
}

#[tokio::test]
async fn token_lifetime() {
    for (name, seconds) in [("299", 299), ("599", 599)] {
        for (passed, status) in [(seconds - 1, 201), (seconds, 401)] {
            let bench = with(&format!("token-lifetime={name}")).await;
            let answer = form(&bench).await;
            assert_eq!(answer.expect(200)["expires_in"], seconds);
            let token = answer.body["access_token"].as_str().unwrap();
            bench
                .sandbox
                .advance(std::time::Duration::from_secs(passed));
            let answer = bench.create_with(token, &guaranteed()).await;
            answer.expect(status);
        }
    }
}

#[tokio::test]
async fn a_lifetime_of_its_own_goes_before_the_profiles() {
    let own = std::time::Duration::from_secs(17);
    let before = Sandbox::builder()
        .token_lifetime(own)
        .profile(Profile::GEFT);
    let after = Sandbox::builder()
        .profile(Profile::GEFT)
        .token_lifetime(own);
    for builder in [before, after] {
        let bench = Bench::with(builder).await;
        assert_eq!(basic(&bench).await.expect(200)["expires_in"], 17);
    }
}

#[tokio::test]
async fn token_use() {
    for (name, second) in [("single", 401), ("reusable", 201)] {
        let bench = with(&format!("token-use={name}")).await;
        let token = bench.token().await;
        bench.create_with(&token, &guaranteed()).await.expect(201);
        bench
            .create_with(&token, &guaranteed())
            .await
            .expect(second);
        let broken: &[&str] = if second == 401 {
            &["token-per-create"]
        } else {
            &[]
        };
        assert_eq!(bench.last().rules, broken);
    }
}

#[tokio::test]
async fn credentials() {
    for (name, by_basic, by_form, by_key) in [
        ("all", 200, 200, 201),
        ("basic", 200, 401, 401),
        ("form", 401, 200, 401),
        ("api-key", 401, 401, 201),
    ] {
        let key = flinks_pay::domain::ApiKey::new("a-key").unwrap();
        let builder = Sandbox::builder().api_key(key);
        let bench = Bench::with(builder.profile(profile(&format!("credentials={name}")))).await;
        basic(&bench).await.expect(by_basic);
        form(&bench).await.expect(by_form);
        let request = bench
            .post("api/v2/sessions")
            .header("x-api-key", "a-key")
            .header("x-client-id", bench.sandbox.client_id())
            .json(&guaranteed());
        bench.send("createSession", request).await.expect(by_key);
    }
}

#[tokio::test]
async fn a_client_has_a_key_only_if_it_is_given_one_or_needs_one() {
    for (name, made) in [
        ("all", false),
        ("basic", false),
        ("form", false),
        ("api-key", true),
    ] {
        let bench = with(&format!("credentials={name}")).await;
        assert_eq!(bench.sandbox.api_key().is_some(), made, "{name}");
        create(&bench).await.expect(201);
    }
}

#[tokio::test]
async fn status_access() {
    for (name, nobody, other) in [("anybody", 200, 200), ("credential", 401, 404)] {
        let bench = with(&format!("status-access={name}")).await;
        let id = bench.session(&guaranteed()).await;
        bench.status_by_nobody(&id).await.expect(nobody);
        let tokens = [
            (bench.token().await, 200),
            (bench.token_of(OTHER_ID, OTHER_SECRET).await, other),
            ("wrong".to_owned(), 401),
        ];
        for (token, status) in tokens {
            let request = bench.get(&path(&id, "status")).bearer_auth(token);
            bench.send("getSessionStatus", request).await.expect(status);
        }
    }
}

#[tokio::test]
async fn cancelled_spelling() {
    for name in ["Canceled", "Cancelled"] {
        let bench = with(&format!("cancelled-spelling={name}")).await;
        let id = bench.session(&guaranteed()).await;
        assert_eq!(bench.cancel(&id).await.expect(200)["status"], name);
        assert_eq!(bench.status(&id).await.expect(200)["status"], name);
        assert_eq!(bench.details(&id).await["status"], name);
        let shop = bench.get(&format!("demo/sessions/{}/status", id.expose()));
        let shop = read(shop.send().await.unwrap()).await;
        assert_eq!(shop.expect(200)["status"], name);
        // The control API speaks of the same status, and in the simulator's own words it is neither.
        let list = call(bench.get("_sandbox/sessions")).await;
        assert_eq!(list.expect(200)["sessions"][0]["status"], name);
        let order = json!({ "request": guaranteed(), "until": { "outcome": "EFT0501" } });
        let made = call(bench.post("_sandbox/sessions").json(&order)).await;
        assert_eq!(made.expect(201)["status"], name);
        let step = format!("_sandbox/sessions/{}/step", id.expose());
        let ended = call(bench.post(&step)).await;
        ended.expect_error(409, "session_ended");
        let why = "the session has ended already: cancelled (EFT0501)";
        assert_eq!(ended.body["error_description"], why);
    }
}

#[tokio::test]
async fn account_number() {
    let (masked, full) = (json!("****8826"), json!("300458826"));
    for (name, before, after) in [
        ("masked-until-complete", &masked, &full),
        ("masked", &masked, &masked),
        ("full", &full, &full),
    ] {
        let bench = with(&format!("account-number={name}")).await;
        let id = bench.session(&guaranteed()).await;
        let payor = bench.sandbox.payor(&id);
        for (screen, number) in [(Step::Pad, before), (Step::Complete, after)] {
            payor.run_to(&screen).unwrap();
            let details = bench.details(&id).await;
            assert_eq!(
                &details["payor"]["account"]["accountNumber"], number,
                "{name}"
            );
        }
    }
}

#[tokio::test]
async fn account_before_login() {
    for (name, expected) in [
        ("null", Some(Value::Null)),
        ("absent", None),
        ("empty", Some(json!({}))),
    ] {
        let bench = with(&format!("account-before-login={name}")).await;
        let id = bench.session(&regular()).await;
        let details = bench.details(&id).await;
        assert_eq!(details["payor"].get("account"), expected.as_ref(), "{name}");
        bench.sandbox.payor(&id).run_to(&Step::Review).unwrap();
        let details = bench.details(&id).await;
        assert!(details["payor"]["account"]["accountNumber"].is_string());
    }
}

#[tokio::test]
async fn create_status() {
    for (name, status) in [("201", 201), ("200", 200)] {
        let bench = with(&format!("create-status={name}")).await;
        let id = id_of(bench.create(&guaranteed()).await.expect(status));
        assert_eq!(bench.state(&id).await, "Initiated EFT0101");
    }
}

#[tokio::test]
async fn cancel_details() {
    for (name, code) in [("given", Some(json!("EFT0501"))), ("absent", None)] {
        let bench = with(&format!("cancel-details={name}")).await;
        let id = bench.session(&guaranteed()).await;
        let answer = bench.cancel(&id).await;
        assert_eq!(answer.expect(200).get("statusDetails"), code.as_ref());
        assert_eq!(
            bench.state(&id).await,
            format!("{name} EFT0501").replace(name, "Canceled")
        );
    }
}
