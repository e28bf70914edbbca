//! Credentials and personal data leave no trace in the journal, nor where anything is printed.

use flinks_pay::domain::{ApiKey, ClientId, ClientSecret};
use flinks_pay::sandbox::Sandbox;
use serde_json::{Value, json};

use crate::bench::Bench;
use crate::bodies::{full_guaranteed, full_regular, with};
use crate::control_api::call;

const SECRET: &str = "marker-secret-5f1d";
const KEY: &str = "marker-key-77aa";
const CLIENT: &str = "marker-client-31c4";

/// The members of a request that somebody may recognise, each with a value of its own.
const PLANTED: &[(&str, &str)] = &[
    ("/referenceId", "Zz9-marker-reference"),
    ("/payor/firstName", "Markerfirst"),
    ("/payor/lastName", "Markerlast"),
    ("/payor/middleName", "Markermiddle"),
    ("/payor/email", "marker@mail.example"),
    ("/payor/occupation", "markersmith"),
    ("/payor/birthDate", "61-07-23"),
    ("/payor/address/addressLine1", "1 Marker Row"),
    ("/payor/address/addressLine2", "marker door"),
    ("/payor/address/unit", "marker-9"),
    ("/payor/address/city", "Markerville"),
    ("/payor/address/postalCode", "M4R3K8"),
    (
        "/options/redirectPreferences/urlSuccess",
        "https://shop.example/marker-yes",
    ),
    (
        "/options/redirectPreferences/urlExit",
        "https://shop.example/marker-no",
    ),
];

/// Those of a guaranteed session alone.
const PAYEE: &[(&str, &str)] = &[
    ("/payee/account/institutionCode", "638"),
    ("/payee/account/transitNumber", "64952"),
    ("/payee/account/accountNumber", "913572468013"),
    ("/payee/account/accountLabel", "Marker label"),
];

/// What the sandbox's own bank knows of the payor.
const OF_THE_BANK: &[&str] = &["300458826", "****8826", "700118842", "Everyday chequing"];

fn planted(body: Value, members: &[(&str, &str)]) -> Value {
    members.iter().fold(body, |body, (pointer, value)| {
        with(body, pointer, json!(value))
    })
}

async fn marked() -> Bench {
    let builder = Sandbox::builder()
        .client_id(ClientId::new(CLIENT).unwrap())
        .client_secret(ClientSecret::new(SECRET).unwrap())
        .api_key(ApiKey::new(KEY).unwrap());
    Bench::with(builder).await
}

/// Everything that can be seen of a sandbox from outside, bar the answers.
async fn traces(bench: &Bench) -> String {
    let answer = call(bench.get("_sandbox/journal")).await;
    let journal = answer.expect(200).to_string();
    let exchanges = bench.sandbox.journal();
    format!(
        "{journal}\n{exchanges:?}\n{exchanges:#?}\n{:?}",
        bench.sandbox
    )
}

/// Whether a marker is there by itself: three digits are in many a random id.
fn has(traces: &str, marker: &str) -> bool {
    let part = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = traces.as_bytes();
    traces.match_indices(marker).any(|(at, _)| {
        let before = at.checked_sub(1).and_then(|at| bytes.get(at));
        marker.len() > 4 || !(part(before) || part(bytes.get(at + marker.len())))
    })
}

fn assert_clean<'m>(traces: &str, markers: impl IntoIterator<Item = &'m str>) {
    let found: Vec<&str> = markers
        .into_iter()
        .filter(|marker| has(traces, marker))
        .collect();
    assert!(found.is_empty(), "{found:?}");
}

fn values<'m>(members: &'m [(&str, &str)]) -> impl Iterator<Item = &'m str> {
    members.iter().map(|(_, value)| *value)
}

#[tokio::test]
async fn a_whole_payment_leaves_no_trace() {
    let bench = marked().await;
    let redirect = json!({ "mode": "RedirectUri", "urlSuccess": "", "urlExit": "" });
    let one = planted(planted(full_guaranteed(), PLANTED), PAYEE);
    let two = with(full_regular(), "/options/redirectPreferences", redirect);
    let two = planted(two, PLANTED);
    let mut tokens = Vec::new();
    for body in [one, two] {
        let token = bench.token().await;
        let answer = bench.create_with(&token, &body).await;
        let id = crate::bench::id_of(answer.expect(201));
        let payor = bench.sandbox.payor(&id);
        payor.run().unwrap();
        let details = bench.details_with(&token, &id).await.body.to_string();
        // The markers did travel.
        assert!(details.contains("Markerfirst") && details.contains("300458826"));
        bench.cancel_with(&token, &id).await.expect(400);
        assert_clean(&format!("{payor:?} {payor:#?}"), values(PLANTED));
        tokens.push(token);
    }
    let traces = traces(&bench).await;
    assert_clean(&traces, values(PLANTED).chain(values(PAYEE)));
    assert_clean(&traces, OF_THE_BANK.iter().copied());
    assert_clean(&traces, [SECRET, KEY, CLIENT]);
    assert_clean(&traces, tokens.iter().map(String::as_str));
    // Nothing that begins a marker but four letters of the reference.
    assert_clean(&traces.to_lowercase(), ["marker"]);
    assert!(traces.contains("Zz9-…"));
}

#[tokio::test]
async fn refused_requests_leave_no_trace() {
    let bench = marked().await;
    let wrong = |pointer: &str, value: &str| with(full_guaranteed(), pointer, json!(value));
    for (pointer, value) in PLANTED.iter().chain(PAYEE) {
        bench
            .create(&wrong(pointer, &format!("{value}\u{0}")))
            .await
            .expect(400);
    }
    for pointer in [
        "/type",
        "/direction",
        "/currency",
        "/options",
        "/payor",
        "/payee",
    ] {
        bench.create(&wrong(pointer, "marker")).await.expect(400);
    }
    for value in [
        json!(["marker"]),
        json!({ "marker": "marker" }),
        json!("marker"),
    ] {
        bench.create(&value).await.expect(400);
        let body = with(full_guaranteed(), "/payor/email", value);
        bench.create(&body).await.expect(400);
    }
    let traces = traces(&bench).await.to_lowercase();
    assert_clean(&traces, ["marker", "61-07-23", "64952", "913572468013"]);
}

#[tokio::test]
async fn the_name_of_an_unknown_member_leaves_no_trace() {
    let bench = marked().await;
    for pointer in [
        "/marker913572468013",
        "/options/marker",
        "/payor/marker",
        "/payor/address/marker",
        "/payee/account/marker",
    ] {
        let body = with(full_guaranteed(), pointer, json!("marker"));
        let answer = bench.create(&body).await;
        // Who made the mistake is told where.
        answer.expect_problem(400, "marker");
        assert_eq!(bench.last().rules, ["unknown-member"]);
        let kept = bench.last().answer.unwrap();
        assert_eq!(kept["detail"], "1 unknown members");
    }
    let form = [("grant_type", "client_credentials"), ("marker", "marker")];
    bench.authorize(&form).await.expect(400);
    let traces = traces(&bench).await;
    assert_clean(&traces.replace(CLIENT, ""), ["marker"]);
}

#[tokio::test]
async fn wrong_credentials_leave_no_trace() {
    let bench = marked().await;
    for (id, secret) in [("marker-id", SECRET), (CLIENT, "marker-wrong")] {
        let form = [
            ("grant_type", "client_credentials"),
            ("Username", id),
            ("Password", secret),
        ];
        bench.authorize(&form).await.expect(401);
        let request = bench
            .post("api/v1/authorize")
            .basic_auth(id, Some(secret))
            .form(&[("grant_type", "marker")]);
        bench.send("authorize", request).await.expect(400);
    }
    for (name, value) in [
        ("authorization", "Bearer marker"),
        ("authorization", "marker"),
        ("x-api-key", "marker"),
        ("x-client-id", "marker"),
    ] {
        let request = bench
            .post("api/v2/sessions")
            .header(name, value)
            .json(&json!({}));
        bench.send("createSession", request).await.expect(401);
    }
    let request = bench
        .post("api/v2/sessions")
        .header("x-api-key", KEY)
        .header("x-client-id", CLIENT)
        .json(&full_guaranteed());
    bench.send("createSession", request).await.expect(201);
    assert_clean(&traces(&bench).await, ["marker", SECRET, KEY, CLIENT]);
}

#[tokio::test]
async fn a_sandbox_in_the_making_does_not_print_its_credentials() {
    let builder = Sandbox::builder()
        .client_id(ClientId::new(CLIENT).unwrap())
        .client_secret(ClientSecret::new(SECRET).unwrap())
        .another_client(
            ClientId::new("marker-two").unwrap(),
            ClientSecret::new("marker-three").unwrap(),
        )
        .api_key(ApiKey::new(KEY).unwrap());
    assert_clean(&format!("{builder:?}"), [SECRET, KEY, "marker-three"]);
}
