//! Webhooks: good ones and bad ones, to the verifier and over a real socket to the extractor.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use flinks_pay::webhook::{
    Event, SIGNATURE_HEADER, STATUS_CHANGED, Verified, VerifiedWebhook, WebhookRejection,
    WebhookSecret, WebhookVerifier, When,
};
use http::{HeaderMap, HeaderValue};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::markers::{ACCOUNT, EMAIL, OTHER, REFERENCE, SESSION, TOKEN, WEBHOOK_SECRET};
use crate::replies::details;
use crate::told::Told;

/// Longer than every body but one.
const LIMIT: usize = 8 * 1024;

/// Bodies as somebody may sign them, with markers wherever they have a name or a value.
fn bodies() -> Vec<String> {
    let details = details();
    let with = |name: &str, value: serde_json::Value| {
        let mut details = details.clone();
        details[name] = value;
        details.to_string()
    };
    let wrapped = |kind: &str, when: &str| {
        let body = serde_json::json!({
            "eventType": kind, "when": when, "payload": details, "novel": { "of": EMAIL }, ACCOUNT: TOKEN,
        });
        body.to_string()
    };
    let text = details.to_string();
    vec![
        text.clone(),
        text.replace("\"Failed\"", "\"Completed\""),
        text.replace("\"Failed\"", &format!("\"{EMAIL}\"")),
        text.replace("\"EFT0301\"", &format!("\"\\u001b[31m {ACCOUNT}\"")),
        text.replace(SESSION, OTHER),
        text.replace(SESSION, EMAIL),
        with("when", "2026-03-04T05:06:07Z".into()),
        with("when", ACCOUNT.into()),
        with("when", 4_102_444_800_u64.into()),
        with("event", EMAIL.into()),
        with("type", format!("\u{1b}[31m{SESSION}").into()),
        wrapped(STATUS_CHANGED, "2026-03-04T05:06:07"),
        wrapped("DebitReturned", "1772600767000"),
        wrapped(&format!("{REFERENCE} {ACCOUNT}"), EMAIL),
        text[..text.len() / 2].to_owned(),
        format!("{text}{text}"),
        format!("[{text}]"),
        format!("\"{EMAIL}\""),
        String::new(),
        text.repeat(LIMIT / text.len() + 1),
    ]
}

fn secret() -> WebhookSecret {
    WebhookSecret::new(WEBHOOK_SECRET).unwrap()
}

/// Signatures of a body that hold, that do not, and that are none.
fn signatures(body: &str) -> Vec<Vec<String>> {
    let good = secret().sign(body.as_bytes());
    let other = WebhookSecret::new(&TOKEN.repeat(2)).unwrap();
    vec![
        vec![good.clone()],
        vec![other.sign(body.as_bytes())],
        vec![secret().sign(b"another body")],
        vec![],
        vec![good.clone(), good.clone()],
        vec![good[..good.len() - 1].to_owned()],
        // A sender who has not understood.
        vec![WEBHOOK_SECRET.to_owned()],
        vec![format!("sha256={WEBHOOK_SECRET}")],
    ]
}

fn verifiers() -> [WebhookVerifier; 3] {
    let old = WebhookSecret::new(&WEBHOOK_SECRET.repeat(2)).unwrap();
    let verifier = || WebhookVerifier::new(secret()).max_body_bytes(LIMIT);
    [
        verifier(),
        WebhookVerifier::new(old)
            .and_secret(secret())
            .max_body_bytes(LIMIT),
        verifier().require_fresh(Duration::from_secs(300)),
    ]
}

/// Prints an event with everything that is in it.
fn print(told: &mut Told, verified: &Verified) {
    told.look(verified);
    let event = &verified.event;
    told.look(event);
    told.look(&event.freshness());
    told.say(&event.freshness().to_string());
    told.look(&event.when());
    told.look(&event.session_id());
    event.nonconformances().iter().for_each(|odd| {
        told.look(odd);
        told.say(&odd.to_string());
    });
    if let When::At { written, .. } = event.when() {
        told.look(&written);
    }
    match event {
        Event::StatusChanged(changed) => {
            told.look(changed);
            told.look(changed.report());
            told.look(changed.envelope());
            told.look(&changed.key());
            told.say(&changed.key().to_string());
        }
        Event::Other(other) => told.look(other),
        _ => panic!("an event that is not printed"),
    }
}

/// Everything to the verifier. Returns what it was given.
pub(crate) fn to_the_verifier(told: &mut Told) -> String {
    let mut passed = String::new();
    told.look(&secret());
    for bad in [
        String::new(),
        format!(" {WEBHOOK_SECRET}"),
        format!("{WEBHOOK_SECRET}\u{1b}[31m{WEBHOOK_SECRET}"),
        WEBHOOK_SECRET[..10].to_owned(),
    ] {
        told.error(&WebhookSecret::new(&bad).unwrap_err());
    }
    let (mut taken, mut refused) = (0, 0);
    let drifts = Arc::new(Mutex::new(Vec::new()));
    for verifier in verifiers() {
        let keeper = Arc::clone(&drifts);
        let verifier = verifier.on_drift(move |drift| keeper.lock().unwrap().push(drift.clone()));
        told.look(&verifier);
        for body in bodies() {
            for signatures in signatures(&body) {
                let mut headers = HeaderMap::new();
                for signature in &signatures {
                    let value = HeaderValue::from_str(signature).unwrap();
                    headers.append(SIGNATURE_HEADER, value);
                }
                match verifier.verify(&headers, body.as_bytes()) {
                    Ok(event) => {
                        taken += 1;
                        print(told, &event);
                    }
                    Err(error) => {
                        refused += 1;
                        told.error(&error);
                        told.look(&error.reason());
                        told.say(&error.reason().to_string());
                    }
                }
                passed.push_str(&signatures.concat());
            }
            passed.push_str(&body);
        }
    }
    assert!(taken > 30 && refused > 300, "{taken} {refused}");
    let drifts = drifts.lock().unwrap();
    assert!(drifts.len() > 30, "{}", drifts.len());
    for drift in drifts.iter() {
        told.look(drift);
        told.say(&drift.to_string());
    }
    passed
}

type Heard = Arc<Mutex<Told>>;

#[derive(Clone)]
struct App {
    verifier: WebhookVerifier,
    heard: Heard,
}

impl axum::extract::FromRef<App> for WebhookVerifier {
    fn from_ref(app: &App) -> Self {
        app.verifier.clone()
    }
}

/// A handler that logs what it gets, as handlers do.
async fn take(
    State(app): State<App>,
    webhook: Result<VerifiedWebhook, WebhookRejection>,
) -> Response {
    tracing::info!(?webhook, "a webhook");
    let mut heard = app.heard.lock().unwrap();
    match webhook {
        Ok(webhook) => {
            heard.look(&webhook);
            print(&mut heard, &webhook.verified);
            VerifiedWebhook::TAKEN.into_response()
        }
        Err(rejection) => {
            heard.error(&rejection);
            rejection.into_response()
        }
    }
}

/// Everything over a socket to the extractor. Its answers are printed, too.
pub(crate) async fn to_the_extractor(told: &mut Told) {
    let client = reqwest::Client::new();
    for verifier in verifiers() {
        let heard = Heard::default();
        let app = App {
            verifier,
            heard: Arc::clone(&heard),
        };
        let router = Router::new().route("/hook", post(take)).with_state(app);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(async move { axum::serve(listener, router).await });
        let (mut taken, mut refused) = (0, 0);
        for body in bodies() {
            for signatures in signatures(&body) {
                let mut request = client
                    .post(format!("http://{address}/hook"))
                    .header("content-type", "application/json")
                    .body(body.clone());
                for signature in &signatures {
                    request = request.header(SIGNATURE_HEADER, signature);
                }
                let answer = request.send().await.unwrap();
                match answer.status().as_u16() {
                    200 => taken += 1,
                    401 | 413 => refused += 1,
                    other => panic!("{other}"),
                }
                told.say(&format!("{:?}", answer.headers()));
                told.say(&answer.text().await.unwrap());
            }
        }
        assert!(refused > 100, "{taken} taken, {refused} refused");
        break_off(address, &bodies()[0]).await;
        server.abort();
        let heard = std::mem::take(&mut *heard.lock().unwrap());
        assert!(heard.text.contains("Interrupted"), "nothing broke off");
        told.take_in(heard);
    }
}

/// Promises more than comes.
async fn break_off(address: std::net::SocketAddr, body: &str) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /hook HTTP/1.1\r\nhost: hook.example\r\n{SIGNATURE_HEADER}: {}\r\ncontent-length: {}\r\n\r\n",
        secret().sign(body.as_bytes()),
        body.len() + 1,
    );
    stream.write_all((head + body).as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    // Until the server has answered or hung up.
    let _ = stream.read_to_end(&mut Vec::new()).await;
}
