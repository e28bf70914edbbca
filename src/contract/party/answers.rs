//! What can be read: an answer, given to the client as if it had come over a connection.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::StatusCode;
use serde_json::Value;
use tokio::runtime::Runtime;

use super::{Opinion, Remark};
use crate::client::transport::{Exchange, Transport};
use crate::client::{Client, Credentials, Environment, Error, ErrorKind, Response, Retries};
use crate::clock::ManualClock;
use crate::domain::SessionId;
use crate::session::{GuaranteeDecision, GuaranteedEft, Operation, Payor};

/// The session that is asked about where the answer names none.
const SESSION: &str = "0f9e8d7c-6b5a-4c3d-8e1f-001122334455";

/// A client that is answered with what it is given.
#[derive(Debug)]
pub struct Answers {
    runtime: Runtime,
    /// With API keys, so that nothing comes before what is asked.
    client: Client,
    /// One that buys tokens.
    buyer: Client,
    given: Arc<Given>,
}

/// Answers the next request with what it was given.
#[derive(Debug, Default)]
struct Given(Mutex<Option<http::Response<Bytes>>>);

impl Transport for Given {
    fn send(&self, _: reqwest::Request) -> Exchange<'_> {
        let given = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let answer = given.unwrap_or_else(|| {
            let mut none = http::Response::new(Bytes::new());
            *none.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            none
        });
        Box::pin(async move { Ok(answer.into()) })
    }
}

impl Answers {
    pub(super) fn new() -> std::io::Result<Self> {
        let given = Arc::new(Given::default());
        let client = |credentials: Result<Credentials, _>| -> std::io::Result<Client> {
            let base = Environment::custom("http://127.0.0.1:9").map_err(std::io::Error::other)?;
            let credentials = credentials.map_err(std::io::Error::other)?;
            Ok(Client::builder(base, credentials)
                .clock(Arc::new(ManualClock::new()))
                .retries(Retries::off())
                .build()
                .map_err(std::io::Error::other)?
                .carried_by(Arc::clone(&given) as _))
        };
        Ok(Self {
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?,
            client: client(Credentials::api_key("key-1", "shop"))?,
            buyer: client(Credentials::basic("shop", "hush"))?,
            given,
        })
    }

    /// What the client makes of an answer; nothing for an operation that it does not have.
    pub(super) fn opinion(&self, operation: &str, status: u16, value: &Value) -> Option<Opinion> {
        let operation = *Operation::ALL
            .iter()
            .find(|known| known.id() == operation)?;
        let mut answer = http::Response::new(Bytes::from(value.to_string()));
        *answer.status_mut() = StatusCode::from_u16(status).ok()?;
        answer.headers_mut().insert(
            http::header::CONTENT_TYPE,
            http::HeaderValue::from_static("application/json"),
        );
        *self.given.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
        // Asked about the session, and with the reference, that it answers with: what it makes of others is tested elsewhere.
        let named = value.get("sessionId").and_then(Value::as_str);
        let session = SessionId::new(named.unwrap_or(SESSION)).or_else(|_| SessionId::new(SESSION));
        let session = session.ok()?;
        let opinion = match operation {
            Operation::Authorize => self.read(self.buyer.authorize()),
            Operation::CreateSession => {
                let request = self.request(value)?;
                self.read(self.client.create_guaranteed(&request))
            }
            Operation::GetSessionStatus => self.read(self.client.status(&session)),
            Operation::GetSessionDetails => self.read(self.client.details(&session)),
            Operation::CancelSession => self.read(self.client.cancel(&session)),
            Operation::ConfirmGuarantee => {
                let accept = GuaranteeDecision::accept();
                self.read(self.client.confirm_guarantee(&session, accept))
            }
        };
        Some(opinion)
    }

    #[allow(clippy::unused_self, reason = "beside the others")]
    fn request(&self, value: &Value) -> Option<GuaranteedEft> {
        let plain = || GuaranteedEft::new(Payor::new("Robin", "Tester"));
        let reference = value.get("referenceId").and_then(Value::as_str);
        let named = reference.and_then(|reference| plain().reference_id(reference).build().ok());
        named.or_else(|| plain().build().ok())
    }

    fn read<T>(&self, call: impl Future<Output = Result<Response<T>, Error>>) -> Opinion {
        match self.runtime.block_on(call) {
            Ok(answer) => Opinion::of(answer.nonconformances()),
            Err(error) if error.status().is_some_and(|status| status >= 300) => {
                Opinion::of(error.nonconformances())
            }
            Err(error) => Opinion::Refuses(vec![Remark {
                at: error.path().unwrap_or_default().to_owned(),
                rule: match error.kind() {
                    ErrorKind::Decode => "decode".to_owned(),
                    other => format!("{other:?}"),
                },
            }]),
        }
    }
}
