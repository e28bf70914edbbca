//! What can be read: an answer, given to the client as if it had come over a connection.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_util::FutureExt as _;
use http::StatusCode;
use serde_json::Value;

use super::{Cause, Opinion, Remark};
use crate::client::transport::{Exchange, Transport};
use crate::client::{Client, Credentials, Environment, Error, ErrorKind, Response, Retries};
use crate::clock::ManualClock;
use crate::domain::SessionId;
use crate::session::{GuaranteeDecision, GuaranteedEft, Operation, Payor};

/// The session that is asked about where the answer names none.
const SESSION: &str = "0f9e8d7c-6b5a-4c3d-8e1f-001122334455";

/// A client that is answered with what it is given.
#[derive(Debug)]
pub(super) struct Answers {
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
    pub(super) fn new() -> Result<Self, Cause> {
        let given = Arc::new(Given::default());
        let client = |credentials: Result<Credentials, _>| -> Result<Client, Cause> {
            let base = Environment::custom("http://127.0.0.1:9")?;
            let credentials = credentials?;
            Ok(Client::builder(base, credentials)
                .clock(Arc::new(ManualClock::new()))
                .retries(Retries::off())
                .build()?
                .carried_by(Arc::clone(&given) as _))
        };
        Ok(Self {
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
        match operation {
            Operation::Authorize => Self::read(self.buyer.authorize()),
            Operation::CreateSession => {
                let request = Self::request(value)?;
                Self::read(self.client.create_guaranteed(&request))
            }
            Operation::GetSessionStatus => Self::read(self.client.status(&session)),
            Operation::GetSessionDetails => Self::read(self.client.details(&session)),
            Operation::CancelSession => Self::read(self.client.cancel(&session)),
            Operation::ConfirmGuarantee => {
                let accept = GuaranteeDecision::accept();
                Self::read(self.client.confirm_guarantee(&session, accept))
            }
        }
    }

    fn request(value: &Value) -> Option<GuaranteedEft> {
        let plain = || GuaranteedEft::new(Payor::new("Robin", "Tester"));
        let reference = value.get("referenceId").and_then(Value::as_str);
        let named = reference.and_then(|reference| plain().reference_id(reference).build().ok());
        named.or_else(|| plain().build().ok())
    }

    /// Nothing is waited for, as the answer is there before it is asked for. Nothing else would give no opinion.
    fn read<T>(call: impl Future<Output = Result<Response<T>, Error>>) -> Option<Opinion> {
        Some(match call.now_or_never()? {
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
        })
    }
}
