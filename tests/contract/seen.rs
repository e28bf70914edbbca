//! Every defect that can be planted in the simulator is seen by somebody who calls it, or whom it calls.
//!
//! One long run is told line by line: every answer, every webhook. It tells the same story each time, but for a planted defect.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use flinks_pay::clock::ManualClock;
use flinks_pay::domain::{Amount, ClientId, ClientSecret, SessionId};
use flinks_pay::sandbox::{Behaviour, Defect, Sandbox, Webhook};
use flinks_pay::webhook::WebhookSecret;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::trace;

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// A sandbox, and what is seen of it.
struct Story {
    sandbox: Sandbox,
    http: reqwest::Client,
    base: String,
    lines: String,
    told: Arc<Mutex<Vec<String>>>,
    answers: Arc<Mutex<Vec<u16>>>,
    receiver: String,
}

impl Story {
    async fn begin(defect: Option<Defect>) -> Self {
        let told: Arc<Mutex<Vec<String>>> = Arc::default();
        let answers: Arc<Mutex<Vec<u16>>> = Arc::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = format!("http://{}/", listener.local_addr().unwrap());
        let (seen, script) = (Arc::clone(&told), Arc::clone(&answers));
        let take = move |headers: HeaderMap, body: Bytes| async move {
            let mut signed: Vec<String> = headers
                .iter()
                .filter(|(name, _)| name.as_str().contains("signature"))
                .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
                .collect();
            signed.push(String::from_utf8_lossy(&body).into_owned());
            seen.lock().unwrap().push(signed.join(" "));
            let answer = script.lock().unwrap().pop().unwrap_or(200);
            StatusCode::from_u16(answer).unwrap()
        };
        let router = Router::new().fallback(take);
        tokio::spawn(async move { axum::serve(listener, router).await });
        let id = |text| ClientId::new(text).unwrap();
        let secret = |text| ClientSecret::new(text).unwrap();
        let mut builder = Sandbox::builder()
            .seed(7)
            .self_check(false)
            .clock(Arc::new(ManualClock::starting_at(SystemTime::UNIX_EPOCH)))
            .client_id(id("shop-1"))
            .client_secret(secret("hush-1"))
            .another_client(id("shop-2"), secret("hush-2"))
            .webhook(Webhook::new(&receiver, webhook_secret()).unwrap());
        if let Some(defect) = defect {
            builder = builder.defect(defect);
        }
        let sandbox = builder.start().await.unwrap();
        let base = sandbox.base_url().as_str().trim_end_matches('/').to_owned();
        Self {
            sandbox,
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            base,
            lines: String::new(),
            told,
            answers,
            receiver,
        }
    }

    async fn call(
        &mut self,
        (method, path): (Method, &str),
        headers: &[(&str, &str)],
        body: String,
    ) -> Value {
        let url = format!("{}{path}", self.base);
        let mut request = self.http.request(method.clone(), url).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let kind = answer.headers().get("content-type").cloned();
        let text = answer.text().await.unwrap();
        let _ = writeln!(self.lines, "{method} {path} {status} {kind:?} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    async fn authorize(&mut self, form: &str, headers: &[(&str, &str)]) -> String {
        let mut all = vec![("content-type", FORM)];
        all.extend(headers);
        let target = (Method::POST, "/api/v1/authorize");
        let token = self.call(target, &all, form.to_owned()).await;
        token["access_token"].as_str().unwrap_or("none").to_owned()
    }

    /// A header with a token of one of the two clients.
    async fn bearer(&mut self, client: u8) -> String {
        let form =
            format!("grant_type=client_credentials&Username=shop-{client}&Password=hush-{client}");
        format!("Bearer {}", self.authorize(&form, &[]).await)
    }

    async fn post(&mut self, path: &str, bearer: &str, body: String) -> Value {
        let headers = [("authorization", bearer), ("content-type", JSON)];
        self.call((Method::POST, path), &headers, body).await
    }

    /// A session of the first client, by its id.
    async fn create(&mut self, body: &Value) -> String {
        let bearer = self.bearer(1).await;
        let created = self
            .post("/api/v2/sessions", &bearer, body.to_string())
            .await;
        created["sessionId"].as_str().unwrap_or(NONE).to_owned()
    }

    async fn look(&mut self, id: &str) {
        let bearer = self.bearer(1).await;
        for what in ["status", "details"] {
            let path = format!("/api/v2/sessions/{id}/{what}");
            let headers = [("authorization", bearer.as_str())];
            self.call((Method::GET, &path), &headers, String::new())
                .await;
        }
    }

    async fn act(&mut self, id: &str, what: &str, body: Value) {
        let bearer = self.bearer(1).await;
        let path = format!("/api/v2/sessions/{id}/{what}");
        self.post(&path, &bearer, body.to_string()).await;
    }

    /// Lets the payor take so many steps at most, and waits for what is told of it.
    async fn play(&mut self, id: &str, steps: usize, behaviour: Behaviour) {
        let payor = self.sandbox.payor(&SessionId::new(id).unwrap());
        let payor = payor.with_behaviour(behaviour);
        for _ in 0..steps {
            let played = payor.step();
            let _ = writeln!(self.lines, "{played:?}");
            if !matches!(played, Ok(played) if !played.over) {
                break;
            }
        }
        self.listen().await;
    }

    /// Waits until nothing is on its way, as long as that is worth it.
    async fn listen(&mut self) {
        for _ in 0..150 {
            if self.sandbox.webhooks().waiting == 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let told = std::mem::take(&mut *self.told.lock().unwrap());
        for told in told {
            let _ = writeln!(self.lines, "told: {told}");
        }
    }
}

const NONE: &str = "11111111-1111-4111-8111-111111111111";

fn webhook_secret() -> WebhookSecret {
    WebhookSecret::new("hush: the secret of the tests").unwrap()
}

fn guaranteed() -> Value {
    json!({
        "type": "EFT", "direction": "DEBIT", "currency": "CAD", "amount": 120.5,
        "referenceId": "Invoice-17",
        "options": {
            "guarantee": { "enable": true },
            "showConsentScreen": true,
            "notificationPreferences": { "language": "FR" },
            "limits": { "minimumAmount": 20, "maximumAmount": 300.25 },
            "redirectPreferences": {
                "mode": "RedirectUri",
                "urlSuccess": "https://shop.example/paid",
                "urlExit": "https://shop.example/left",
            },
        },
        "payor": {
            "firstName": "Robin", "lastName": "Tester", "middleName": "Ashley",
            "email": "robin@shop.example", "birthDate": "88-02-29",
            "address": {
                "addressLine1": "1 Main Street", "unit": "4", "city": "Ottawa", "province": "ON",
                "country": "CA", "postalCode": "K1A0B1",
            },
        },
        "payee": { "account": {
            "institutionCode": "999", "transitNumber": "10001", "accountNumber": "7654321",
            "accountLabel": "Shop",
        } },
    })
}

/// The same with other members.
fn with(changes: &[(&str, Value)]) -> Value {
    let mut body = guaranteed();
    for (pointer, value) in changes {
        let (holder, name) = pointer.rsplit_once('/').unwrap();
        let holder = body.pointer_mut(holder).unwrap().as_object_mut().unwrap();
        if value == "gone" {
            holder.remove(name);
        } else {
            holder.insert(name.to_owned(), value.clone());
        }
    }
    body
}

fn regular(changes: &[(&str, Value)]) -> Value {
    let mut all = vec![
        ("/options/guarantee/enable", json!(false)),
        ("/payee", json!("gone")),
    ];
    all.extend_from_slice(changes);
    with(&all)
}

/// One without an amount, by its reference.
fn scenario(reference: &str) -> Value {
    with(&[
        ("/referenceId", json!(reference)),
        ("/amount", json!("gone")),
        ("/options/limits", json!("gone")),
        ("/options/showConsentScreen", json!("gone")),
    ])
}

/// Everything that is seen.
async fn story(defect: Option<Defect>) -> String {
    let mut story = Story::begin(defect).await;
    credentials(&mut story).await;
    requests(&mut story).await;
    callers(&mut story).await;
    courses(&mut story).await;
    decisions(&mut story).await;
    times(&mut story).await;
    story.lines
}

async fn credentials(story: &mut Story) {
    let (id, secret) = ("Username=shop-1", "Password=hush-1");
    let grant = "grant_type=client_credentials";
    story
        .authorize(&format!("{grant}&{id}&{secret}"), &[])
        .await;
    let basic = ("authorization", "Basic c2hvcC0xOmh1c2gtMQ==");
    story.authorize(grant, &[basic]).await;
    for form in [
        format!("{grant}&{id}&Password=wrong"),
        format!("{grant}&Username=nobody&{secret}"),
        format!("grant_type=password&{id}&{secret}"),
        format!("{grant}&{id}&{secret}&scope=all"),
    ] {
        story.authorize(&form, &[]).await;
    }
    story
        .authorize(&format!("{grant}&{id}&{secret}"), &[basic])
        .await;
}

async fn requests(story: &mut Story) {
    let bearer = story.bearer(1).await;
    let script = json!("javascript://shop.example/%0Aalert(1)");
    let long = format!("{}@shop.example", "a".repeat(65));
    let refused = [
        with(&[("/amount", json!(100_000.01))]),
        with(&[("/amount", json!(19.99))]),
        with(&[
            ("/amount", json!("gone")),
            ("/options/limits/minimumAmount", json!(300.26)),
        ]),
        with(&[("/options/redirectPreferences/urlExit", json!("gone"))]),
        with(&[("/options/redirectPreferences/urlExit", script)]),
        with(&[("/payor/birthDate", json!("89-02-29"))]),
        with(&[("/payor/email", json!(long))]),
        regular(&[("/payor/email", json!("gone"))]),
        regular(&[("/payee", guaranteed()["payee"].clone())]),
        with(&[("/payee/account/accountNumber", json!("1"))]),
        with(&[("/payor/address/province", json!("XX"))]),
        with(&[("/payor/nickname", json!("Rob"))]),
        with(&[("/payor/lastName", json!("gone"))]),
        with(&[("/amount", json!("120.5"))]),
    ];
    for body in refused {
        story
            .post("/api/v2/sessions", &bearer, body.to_string())
            .await;
    }
    let plain = [
        ("authorization", bearer.as_str()),
        ("content-type", "text/plain"),
    ];
    let target = || (Method::POST, "/api/v2/sessions");
    story.call(target(), &plain, guaranteed().to_string()).await;
    let long = guaranteed().to_string() + &" ".repeat(70_000);
    story.post("/api/v2/sessions", &bearer, long).await;
    story
        .post("/API/v2/Sessions", &bearer, guaranteed().to_string())
        .await;

    let kind = ("content-type", "application/json; charset=utf-8");
    let body = with(&[
        ("/amount", json!(300.25)),
        ("/payor/middleName", Value::Null),
    ]);
    let headers = [("authorization", bearer.as_str()), kind];
    story.call(target(), &headers, body.to_string()).await;
    // It has created one.
    story
        .post("/api/v2/sessions", &bearer, body.to_string())
        .await;
    let longest = "r".repeat(100);
    for body in [
        with(&[
            ("/amount", json!(100_000)),
            ("/options/limits", json!("gone")),
        ]),
        with(&[
            ("/amount", json!("gone")),
            ("/options/limits/minimumAmount", json!(300.25)),
        ]),
        with(&[("/referenceId", json!(longest))]),
        guaranteed(),
        regular(&[]),
    ] {
        let id = story.create(&body).await;
        story.look(&id).await;
    }
}

async fn callers(story: &mut Story) {
    let id = story.create(&guaranteed()).await;
    let path = |what: &str| format!("/api/v2/sessions/{id}/{what}");
    let known = story.bearer(1).await;
    let _newer = story.bearer(1).await;
    let other = story.bearer(2).await;
    let small = known.replace("Bearer", "bearer");
    for bearer in [
        "Bearer unknown",
        "Basic c2hvcC0xOmh1c2gtMQ==",
        &small,
        &other,
        "",
    ] {
        let headers: &[(&str, &str)] = match bearer {
            "" => &[],
            bearer => &[("authorization", bearer)],
        };
        for what in ["status", "details"] {
            story
                .call((Method::GET, &path(what)), headers, String::new())
                .await;
        }
    }
    story
        .call(
            (Method::GET, &path("cancel")),
            &[("authorization", &known)],
            String::new(),
        )
        .await;
    story.look(&id).await;
    let kind = ("content-type", JSON);
    let target = (Method::POST, "/api/v2/sessions");
    story.call(target, &[kind], guaranteed().to_string()).await;
    story.post(&path("cancel"), &other, String::new()).await;
    story
        .call((Method::POST, &path("cancel")), &[], String::new())
        .await;
    let unknown = format!("/api/v2/sessions/{NONE}/status");
    story
        .call(
            (Method::GET, &unknown),
            &[("authorization", &known)],
            String::new(),
        )
        .await;
    // Who has it all the same has opened or ended it; the first one is still to be seen.
    story.look(&id).await;
    story.act(&id, "cancel", json!({})).await;
    story.listen().await;
    story.act(&id, "cancel", json!({})).await;
    story.look(&id).await;
    story.sandbox.advance(Duration::from_secs(60));
    story.look(&id).await;
}

async fn courses(story: &mut Story) {
    for reference in [
        "Happy1",
        "Happy2",
        "Unhappy1",
        "SandboxLoginFails",
        "SandboxWrongName",
        "SandboxLowBalance",
        "SandboxRefusesAgreement",
        "SandboxExpires",
    ] {
        let id = story.create(&scenario(reference)).await;
        story.look(&id).await;
        story.play(&id, 20, Behaviour::default()).await;
        story.look(&id).await;
        story.act(&id, "cancel", json!({})).await;
        story.look(&id).await;
        story.listen().await;
    }
    let id = story.create(&guaranteed()).await;
    for _ in 0..10 {
        story.play(&id, 1, Behaviour::default()).await;
        story.look(&id).await;
    }
    let id = story
        .create(&with(&[("/referenceId", json!("Happy2"))]))
        .await;
    story.play(&id, 20, Behaviour::default()).await;
    story.look(&id).await;
    let id = story.create(&with(&[("/amount", json!("gone"))])).await;
    story.play(&id, 6, Behaviour::default()).await;
    for cents in [30_026, 30_025] {
        let mut behaviour = Behaviour::default();
        behaviour.enter_amount = Some(Amount::from_cents(cents).unwrap());
        story.play(&id, 1, behaviour).await;
        story.look(&id).await;
    }
    story.act(&id, "cancel", json!({})).await;
    story.listen().await;
}

async fn decisions(story: &mut Story) {
    let body = json!({
        "session": { "url": story.receiver, "secret": webhook_secret().expose() },
        "guarantee": { "url": story.receiver, "secret": webhook_secret().expose() },
    });
    let target = (Method::PUT, "/_sandbox/webhooks");
    let set = story
        .http
        .request(target.0, format!("{}{}", story.base, target.1));
    let set = set.json(&body).send().await.unwrap();
    assert!(set.status().is_success(), "{}", set.text().await.unwrap());
    let decide = |accept: bool| json!({ "guaranteeAccepted": accept });
    for accept in [true, false] {
        let id = story.create(&guaranteed()).await;
        story.act(&id, "guarantees/confirm", decide(true)).await;
        story.play(&id, 6, Behaviour::default()).await;
        story.act(&id, "guarantees/confirm", json!({})).await;
        story.act(&id, "guarantees/confirm", decide(accept)).await;
        story.look(&id).await;
        story.act(&id, "guarantees/confirm", decide(accept)).await;
        story.play(&id, 20, Behaviour::default()).await;
        story.look(&id).await;
    }
    let id = story.create(&guaranteed()).await;
    story.answers.lock().unwrap().extend([500; 3]);
    story.play(&id, 6, Behaviour::default()).await;
    for _ in 0..4 {
        story.sandbox.advance(Duration::from_secs(30));
        story.listen().await;
        story.look(&id).await;
    }
}

async fn times(story: &mut Story) {
    let bearer = story.bearer(1).await;
    let open = story.create(&guaranteed()).await;
    let ended = story.create(&guaranteed()).await;
    story.act(&ended, "cancel", json!({})).await;
    story.listen().await;
    for seconds in [298, 1, 1, 1498, 1, 1, 1] {
        story.sandbox.advance(Duration::from_secs(seconds));
        let path = format!("/api/v2/sessions/{open}/status");
        story
            .call(
                (Method::GET, &path),
                &[("authorization", &bearer)],
                String::new(),
            )
            .await;
        story.look(&open).await;
        story.look(&ended).await;
        story.listen().await;
    }
    let journal = story.sandbox.journal();
    let page = story.sandbox.sessions(None, 1000).unwrap();
    let _ = writeln!(
        story.lines,
        "{} exchanges, {} sessions",
        journal.len(),
        page.sessions.len()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_defect_is_seen_by_a_caller_or_a_receiver() {
    trace::listen();
    let (clean, again) = (story(None).await, story(None).await);
    let differs = clean
        .lines()
        .zip(again.lines())
        .find(|(one, other)| one != other);
    assert_eq!(differs, None, "it tells the same story each time");
    let mut unseen = Vec::new();
    let mut all = Defect::ALL.iter().copied();
    loop {
        let some: Vec<_> = all.by_ref().take(4).collect();
        if some.is_empty() {
            break;
        }
        let stories = some.iter().map(|&defect| tokio::spawn(story(Some(defect))));
        let stories: Vec<_> = stories.collect();
        for (defect, planted) in some.into_iter().zip(stories) {
            let planted = planted.await.unwrap();
            let name = defect.name();
            match clean
                .lines()
                .zip(planted.lines())
                .find(|(one, other)| one != other)
            {
                None if clean == planted => unseen.push(name),
                None => println!("{name}: another length"),
                Some((_, line)) => {
                    println!("{name}: {}", line.chars().take(200).collect::<String>())
                }
            }
        }
    }
    assert_eq!(unseen, [""; 0], "defects that nobody sees");
}
