//! From the bytes of a webhook on a socket to the guard that refuses to collect a debt a second time.

use axum::Router;
use axum::http::StatusCode;
use axum::routing::post;
use flinks_pay::client::once::{Noted, Standing};
use flinks_pay::webhook::{Event, VerifiedWebhook};
use flinks_pay::{Client, Credentials, DebtKey, Environment, Once, OnceError, SessionRequest};
use serde_json::json;

use super::server::{send, serve};
use super::support::scripted::{Reply, Scripted};
use super::{BODY, SESSION, secret, session, verifier};

fn debt() -> DebtKey {
    DebtKey::new("order 2026/1042").unwrap()
}

fn request() -> SessionRequest {
    super::support::calls::request().into()
}

/// Makes the session of these tests, and says of it that the debit is scheduled.
async fn flinks() -> Scripted {
    Scripted::start(|asked| {
        if asked.line == "POST /api/v2/sessions" {
            return Reply::json(200, &json!({ "sessionId": SESSION }).to_string());
        }
        assert!(asked.line.ends_with("/status") || asked.line.contains("/authorize"));
        let status =
            json!({ "sessionId": SESSION, "status": "Completed", "statusDetails": "EFT0301" });
        Reply::json(200, &status.to_string())
    })
    .await
}

/// A client whose debt has a live session.
async fn with_session(flinks: &Scripted) -> Client {
    let environment = Environment::custom(flinks.base()).unwrap();
    let credentials = Credentials::basic("shop", "hush").unwrap();
    let client = Client::builder(environment, credentials).build().unwrap();
    let once = client.create_once(&debt(), &request()).await.unwrap();
    assert!(matches!(once, Once::Created(_)));
    let once = client.create_once(&debt(), &request()).await.unwrap();
    assert!(matches!(once, Once::Live(it) if it == session()));
    client
}

/// What the documentation has a receiver do, but before it answers, so that a test can see what came of it.
async fn handled(client: Client, webhook: VerifiedWebhook) -> (StatusCode, String) {
    let noted = match webhook.into_event() {
        Event::StatusChanged(event) => {
            let noted = client.note_outcome(event.report()).await.unwrap();
            format!("{noted:?}")
        }
        other => match other.session_id() {
            Some(session) => client.status(&session).await.unwrap().status.to_string(),
            None => "nobody's".to_owned(),
        },
    };
    (VerifiedWebhook::TAKEN, noted)
}

/// Posts a signed body to a receiver of this client, and returns what it made of it.
async fn receive(client: &Client, body: &str) -> String {
    let client = client.clone();
    let taken = async move |webhook: VerifiedWebhook| handled(client, webhook).await;
    let router = Router::new()
        .route("/hook", post(taken))
        .with_state(verifier());
    let signature = secret().sign(body.as_bytes());
    let (status, answer) = send(serve(router).await, &[&signature], body.to_owned()).await;
    assert_eq!(status, 200);
    answer
}

async fn assert_paid(client: &Client, flinks: &Scripted) {
    let standing = client.standing(&debt()).await.unwrap();
    assert!(matches!(standing, Standing::Paid { .. }), "{standing:?}");
    let refused = client.create_once(&debt(), &request()).await.unwrap_err();
    assert!(matches!(refused, OnceError::Paid { .. }), "{refused:?}");
    let creates = flinks
        .calls()
        .iter()
        .filter(|asked| asked.line.starts_with("POST"))
        .count();
    assert_eq!(creates, 1);
}

#[tokio::test]
async fn what_a_webhook_says_was_paid_is_not_collected_again() {
    let flinks = flinks().await;
    let client = with_session(&flinks).await;
    assert_eq!(receive(&client, BODY).await, format!("{:?}", Noted::Paid));
    assert_paid(&client, &flinks).await;
    // Nobody was asked: the event sufficed.
    assert_eq!(flinks.calls().len(), 1);
}

#[tokio::test]
async fn an_event_of_an_unknown_kind_leads_to_the_status_and_so_to_the_debt() {
    let flinks = flinks().await;
    let client = with_session(&flinks).await;
    let unknown = BODY.replacen('{', r#"{"type":"SessionStatusUpdated","#, 1);
    assert_eq!(receive(&client, &unknown).await, "Completed");
    assert_paid(&client, &flinks).await;
}
