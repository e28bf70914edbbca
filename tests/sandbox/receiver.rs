//! Somebody who is sent webhooks: a server that verifies with this crate and answers as it is told.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use flinks_pay::sandbox::{Delivery, Sandbox, Webhook};
use flinks_pay::session::StatusReport;
use flinks_pay::webhook::{Event, Verified, WebhookError, WebhookSecret, WebhookVerifier};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// What both sides have.
pub(crate) const SECRET: &str = "hush: the secret of the tests";

pub(crate) fn secret() -> WebhookSecret {
    WebhookSecret::new(SECRET).unwrap()
}

/// What arrived.
#[derive(Debug, Clone)]
pub(crate) struct Arrival {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) verified: Result<Verified, WebhookError>,
}

impl Arrival {
    pub(crate) fn header(&self, name: &str) -> &str {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next().unwrap_or_else(|| panic!("no {name}"));
        assert!(values.next().is_none(), "{name} is there twice");
        value.to_str().unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The report of a status event that is verified.
    #[track_caller]
    pub(crate) fn report(&self) -> StatusReport {
        match &self.verified.as_ref().unwrap().event {
            Event::StatusChanged(event) => event.report().clone(),
            other => panic!("{other:?}"),
        }
    }

    /// Status and code in one text, such as `Completed EFT0301`.
    #[track_caller]
    pub(crate) fn state(&self) -> String {
        let report = self.report();
        let code = report.status_details.map(|code| code.to_string());
        format!("{} {}", report.status, code.unwrap_or_else(|| "-".into()))
    }
}

/// A receiver that listens until the runtime of the test ends.
#[derive(Clone)]
pub(crate) struct Receiver {
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<Arrival>>>,
    /// What is answered first; after that, what a receiver should.
    script: Arc<Mutex<VecDeque<u16>>>,
    /// Of each answer, one.
    gate: Arc<Semaphore>,
}

impl Receiver {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = Self {
            url: format!("http://{}/flinks", listener.local_addr().unwrap()),
            seen: Arc::default(),
            script: Arc::default(),
            gate: Arc::new(Semaphore::new(Semaphore::MAX_PERMITS)),
        };
        let router = Router::new().fallback(take).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        receiver
    }

    /// A receiver that answers with these statuses first.
    pub(crate) async fn answering(statuses: &[u16]) -> Self {
        let receiver = Self::start().await;
        receiver.answer(statuses);
        receiver
    }

    pub(crate) fn answer(&self, statuses: &[u16]) {
        self.script.lock().unwrap().extend(statuses);
    }

    /// A receiver that answers nobody until it is let.
    pub(crate) async fn holding() -> Self {
        let receiver = Self::start().await;
        receiver.gate.forget_permits(Semaphore::MAX_PERMITS);
        receiver
    }

    /// Lets a receiver that holds answer as many.
    pub(crate) fn release(&self, answers: usize) {
        self.gate.add_permits(answers);
    }

    pub(crate) fn webhook(&self) -> Webhook {
        Webhook::new(&self.url, secret()).unwrap()
    }

    /// What has arrived so far.
    pub(crate) fn seen(&self) -> Vec<Arrival> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn states(&self) -> Vec<String> {
        self.seen().iter().map(Arrival::state).collect()
    }

    /// Waits until so many have arrived.
    pub(crate) async fn wait_for(&self, arrivals: usize) -> Vec<Arrival> {
        until(|| self.seen.lock().unwrap().len() >= arrivals).await;
        self.seen()
    }
}

async fn take(
    State(receiver): State<Receiver>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let verified = WebhookVerifier::new(secret()).verify(&headers, &body);
    let should = match &verified {
        Ok(_) => 200,
        Err(refusal) => refusal.status(),
    };
    let answer = receiver.script.lock().unwrap().pop_front();
    receiver.seen.lock().unwrap().push(Arrival {
        method,
        path: uri.path().to_owned(),
        headers,
        body,
        verified,
    });
    receiver.gate.acquire().await.unwrap().forget();
    let status = StatusCode::from_u16(answer.unwrap_or(should)).unwrap();
    // Where to is read only of a redirect.
    (status, [(header::LOCATION, "/elsewhere")]).into_response()
}

/// Waits until something is so, at most ten seconds.
pub(crate) async fn until(mut so: impl FnMut() -> bool) {
    for _ in 0..5_000 {
        if so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    panic!("it did not come to that in ten seconds");
}

/// Waits until nothing is on its way any more.
pub(crate) async fn settled(sandbox: &Sandbox) -> Vec<Delivery> {
    until(|| sandbox.webhooks().waiting == 0).await;
    sandbox.deliveries()
}
