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
use super::{Client, Credentials, Environment, Error, Response, Retries};
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
        // A token comes before anything else, and is not what is tried here.
        let token = r#"{"access_token":"t","expires_in":99999}"#;
        let answer =
            given.unwrap_or_else(|| http::Response::new(Bytes::from_static(token.as_bytes())));
        Box::pin(async move { Ok(answer.into()) })
    }
}

struct Bench {
    client: Client,
    given: Arc<Given>,
    request: GuaranteedEft,
    session: SessionId,
}

static BENCH: LazyLock<Bench> = LazyLock::new(|| {
    let given = Arc::new(Given::default());
    let base = Environment::custom("http://127.0.0.1:9").expect("a base URL");
    let credentials = Credentials::api_key("key-1", "shop").expect("credentials");
    let client = Client::builder(base, credentials)
        .clock(Arc::new(ManualClock::new()))
        .retries(Retries::off())
        .build()
        .expect("a client")
        .carried_by(Arc::clone(&given) as _);
    let request = GuaranteedEft::new(Payor::new("Robin", "Tester"));
    Bench {
        client,
        given,
        request: request
            .reference_id("invoice-1042")
            .build()
            .expect("a request"),
        session: SessionId::new(SESSION).expect("an id"),
    }
});

/// Gives an answer to one of the operations that answer with a session, and looks at all of what comes of it.
pub async fn answer(operation: usize, status: StatusCode, headers: HeaderMap, body: Bytes) {
    // An unknown status is shown, whatever it is; so an id counts where it is there once.
    let text = String::from_utf8_lossy(&body).to_lowercase();
    let once = |id: &str| text.matches(id).count() == 1;
    let mut answer = http::Response::new(body);
    *answer.status_mut() = status;
    *answer.headers_mut() = headers;
    let Bench {
        client,
        given,
        request,
        session,
    } = &*BENCH;
    *given.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
    match operation % 5 {
        0 => look(client.create_guaranteed(request).await, once),
        1 => look(client.status(session).await, once),
        2 => look(client.details(session).await, once),
        3 => look(client.cancel(session).await, once),
        _ => look(
            client
                .confirm_guarantee(session, GuaranteeDecision::accept())
                .await,
            once,
        ),
    }
}

fn look<T: Debug + Serialize>(outcome: Result<Response<T>, Error>, once: impl Fn(&str) -> bool) {
    let mut shown = format!("{outcome:?}{outcome:#?}");
    match &outcome {
        Ok(answer) => {
            serde_json::to_vec(&**answer).expect("an answer can be written back");
            for odd in answer.nonconformances() {
                let _ = write!(shown, "{odd}");
            }
        }
        Err(error) => {
            let _ = write!(shown, "{error} {:?}", (error.retry_after(), error.path()));
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
    assert!(
        !shown.contains(SESSION) || once(SESSION),
        "the session that was asked about is shown"
    );
}
