//! A way in for the fuzz targets: an answer, as if it had come over a connection. Not in any build but theirs.
#![allow(
    clippy::panic,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a panic is how a target tells what it found"
)]

use std::error::Error as _;
use std::fmt::{Debug, Write as _};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::Serialize;

use super::transport::{Exchange, Transport};
use super::{Client, Credentials, Environment, Error, Response, Retries, Token};
use crate::clock::ManualClock;
use crate::domain::SessionId;
use crate::session::{GuaranteeDecision, GuaranteedEft, Payor};

/// The session that is asked about.
const SESSION: &str = "0f9e8d7c-6b5a-4c3d-8e1f-001122334455";

/// Answers everything with what the target gave.
#[derive(Debug, Default)]
struct Given(Mutex<Option<http::Response<Bytes>>>);

impl Transport for Given {
    fn send(&self, _: reqwest::Request) -> Exchange<'_> {
        let given = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        // One call, one request: there are no retries, and no token is needed first.
        let answer = given.expect("an answer is given for each request");
        Box::pin(async move { Ok(answer.into()) })
    }
}

struct Bench {
    /// With API keys, so that nothing comes before what is tried.
    client: Client,
    /// One that buys tokens.
    buyer: Client,
    given: Arc<Given>,
    request: GuaranteedEft,
    session: SessionId,
}

static BENCH: LazyLock<Bench> = LazyLock::new(|| {
    let given = Arc::new(Given::default());
    let client = |credentials| {
        let base = Environment::custom("http://127.0.0.1:9").expect("a base URL");
        Client::builder(base, credentials)
            .clock(Arc::new(ManualClock::new()))
            .retries(Retries::off())
            .build()
            .expect("a client")
            .carried_by(Arc::clone(&given) as _)
    };
    let keys = client(Credentials::api_key("key-1", "shop").expect("credentials"));
    let buyer = client(Credentials::basic("shop", "hush").expect("credentials"));
    let request = GuaranteedEft::new(Payor::new("Robin", "Tester"));
    Bench {
        client: keys,
        buyer,
        given,
        request: request
            .reference_id("invoice-1042")
            .build()
            .expect("a request"),
        session: SessionId::new(SESSION).expect("an id"),
    }
});

/// Gives an answer to one of the operations, and looks at all of what comes of it.
pub async fn answer(operation: usize, status: StatusCode, headers: HeaderMap, body: Bytes) {
    // An unknown status is shown, whatever it is; so an id counts where it is there once.
    let text = String::from_utf8_lossy(&body).to_lowercase();
    let once = |id: &str| text.matches(id).count() == 1;
    let names: String = headers.keys().map(http::HeaderName::as_str).collect();
    let sent = body.clone();
    let mut answer = http::Response::new(body);
    *answer.status_mut() = status;
    *answer.headers_mut() = headers;
    let Bench {
        client,
        buyer,
        given,
        request,
        session,
    } = &*BENCH;
    *given.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
    match operation % 6 {
        0 => look(client.create_guaranteed(request).await, once),
        1 => look(client.status(session).await, once),
        2 => look(client.details(session).await, once),
        3 => look(client.cancel(session).await, once),
        4 => look(
            client
                .confirm_guarantee(session, GuaranteeDecision::accept())
                .await,
            once,
        ),
        _ => {
            let outcome = buyer.authorize().await;
            // The names of headers are shown.
            look_at_token(&outcome, &sent, |token| {
                once(token) && !names.contains(token)
            });
        }
    }
}

/// A token that is taken is fit for use; and whatever was sent as one, taken or not, is not shown.
fn look_at_token(
    outcome: &Result<Response<Token>, Error>,
    sent: &[u8],
    once: impl Fn(&str) -> bool + Copy,
) {
    if let Ok(answer) = outcome {
        let bearer = format!("Bearer {}", answer.access_token.expose());
        assert!(
            http::HeaderValue::from_str(&bearer).is_ok_and(|value| value.to_str().is_ok()),
            "no header can carry the token as a text"
        );
    }
    let shown = shown(outcome, once).to_lowercase();
    let sent: Option<serde_json::Value> = serde_json::from_slice(sent).ok();
    let text = sent
        .as_ref()
        .and_then(|sent| sent.get("access_token")?.as_str());
    let text = text.unwrap_or_default().to_lowercase();
    // A short one, or one that is a word, may stand in any text by chance.
    let odd = text.len() >= 16 && text.bytes().any(|byte| byte.is_ascii_digit());
    assert!(
        !odd || !once(&text) || !shown.contains(&text),
        "the token is shown"
    );
}

fn look<T: Debug + Serialize>(outcome: Result<Response<T>, Error>, once: impl Fn(&str) -> bool) {
    let shown = shown(&outcome, &once);
    if let Ok(answer) = outcome {
        serde_json::to_vec(&*answer).expect("an answer can be written back");
    }
    assert!(
        !shown.contains(SESSION) || once(SESSION),
        "the session that was asked about is shown"
    );
}

/// Everything that an outcome says of itself, wherever it is printed.
fn shown<T: Debug>(outcome: &Result<Response<T>, Error>, once: impl Fn(&str) -> bool) -> String {
    let mut shown = format!("{outcome:?}{outcome:#?}");
    match outcome {
        Ok(answer) => {
            for odd in answer.nonconformances() {
                let _ = write!(shown, "{odd}");
            }
        }
        Err(error) => {
            let _ = write!(shown, "{error} {:?}", (error.retry_after(), error.path()));
            for odd in error.nonconformances() {
                let _ = write!(shown, "{odd}");
            }
            assert!(
                !error.to_string().contains(['\n', '\r', '\u{1b}']),
                "one line"
            );
            let mut source = error.source();
            while let Some(cause) = source {
                let _ = write!(shown, "{cause} {cause:?}");
                source = cause.source();
            }
            if let Some(id) = error
                .session_id()
                .map(SessionId::expose)
                .filter(|id| once(id))
            {
                assert!(!shown.contains(&id), "the session id is shown");
            }
        }
    }
    shown
}
