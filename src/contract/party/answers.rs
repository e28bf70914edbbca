//! What can be read: an answer, given to the client as if it had come over a connection.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_util::FutureExt as _;
use http::StatusCode;
use serde::Serialize;
use serde_json::{Value, json};

use super::{Cause, Opinion, Remark};
use crate::client::transport::{Exchange, Transport};
use crate::client::{
    Client, Credentials, Environment, Error, ErrorKind, Problem, Response, Retries, Token,
};
use crate::clock::ManualClock;
use crate::domain::SessionId;
use crate::session::{
    CancelledSession, ConfirmedGuarantee, CreatedSession, GuaranteeDecision, GuaranteedEft,
    Operation, Payor, SessionDetails, StatusReport,
};

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
        self.asked(operation, status, value, |answer| match answer {
            Ok(answer) => Opinion::of(&answer.nonconformances),
            Err(error) if says_what_is(&error) => Opinion::of(error.nonconformances()),
            Err(error) => Opinion::Refuses(vec![Remark {
                at: error.path().unwrap_or_default().to_owned(),
                rule: match error.kind() {
                    ErrorKind::Decode => "decode".to_owned(),
                    other => format!("{other:?}"),
                },
            }]),
        })
    }

    /// What the client holds of an answer; nothing for one that it does not read.
    pub(super) fn held(&self, operation: &str, status: u16, value: &Value) -> Option<Value> {
        self.asked(operation, status, value, |answer| match answer {
            Ok(answer) => Some(answer.value.held()),
            Err(error) if says_what_is(&error) => failure(&error),
            Err(_) => None,
        })?
    }

    /// Everything that the client remarks on in an answer, whether it reads it or not.
    pub(super) fn remarks(
        &self,
        operation: &str,
        status: u16,
        value: &Value,
    ) -> Option<Vec<Remark>> {
        self.asked(operation, status, value, |answer| {
            let odd = match &answer {
                Ok(answer) => &answer.nonconformances[..],
                Err(error) => error.nonconformances(),
            };
            odd.iter().map(Remark::of).collect()
        })
    }

    /// Gives the client an answer to one of its operations, and looks at what comes of it.
    fn asked<R>(
        &self,
        operation: &str,
        status: u16,
        value: &Value,
        look: impl FnOnce(Result<Response<&dyn Held>, Error>) -> R,
    ) -> Option<R> {
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
            Operation::Authorize => done(self.buyer.authorize(), look),
            Operation::CreateSession => {
                let request = Self::request(value)?;
                done(self.client.create_guaranteed(&request), look)
            }
            Operation::GetSessionStatus => done(self.client.status(&session), look),
            Operation::GetSessionDetails => done(self.client.details(&session), look),
            Operation::CancelSession => done(self.client.cancel(&session), look),
            Operation::ConfirmGuarantee => {
                let accept = GuaranteeDecision::accept();
                done(self.client.confirm_guarantee(&session, accept), look)
            }
        }
    }

    fn request(value: &Value) -> Option<GuaranteedEft> {
        let plain = || GuaranteedEft::new(Payor::new("Robin", "Tester"));
        let reference = value.get("referenceId").and_then(Value::as_str);
        let named = reference.and_then(|reference| plain().reference_id(reference).build().ok());
        named.or_else(|| plain().build().ok())
    }
}

/// Whether an error is not about the answer but about what it says: it is of a failure, or of a cancelled session that is not.
fn says_what_is(error: &Error) -> bool {
    error.kind() == ErrorKind::Conflict || error.status().is_some_and(|status| status >= 300)
}

/// Nothing is waited for, as the answer is there before it is asked for. Nothing else would give no opinion.
fn done<T: Held, R>(
    call: impl Future<Output = Result<Response<T>, Error>>,
    look: impl FnOnce(Result<Response<&dyn Held>, Error>) -> R,
) -> Option<R> {
    Some(match call.now_or_never()? {
        Ok(answer) => {
            let Response {
                value,
                nonconformances,
                raw,
                request_id,
                attempts,
            } = answer;
            look(Ok(Response {
                value: &value,
                nonconformances,
                raw,
                request_id,
                attempts,
            }))
        }
        Err(error) => look(Err(error)),
    })
}

/// What was read, written as JSON.
trait Held {
    fn held(&self) -> Value;
}

macro_rules! written {
    ($($type:ident),+) => {$(
        impl Held for $type {
            fn held(&self) -> Value {
                written(self)
            }
        }
    )+};
}

written!(
    CreatedSession,
    StatusReport,
    SessionDetails,
    CancelledSession,
    ConfirmedGuarantee
);

fn written(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

/// A token is not written, so this is what its fields give; other members of a token's answer are of no use to anybody, and not
/// kept.
impl Held for Token {
    fn held(&self) -> Value {
        json!({
            "access_token": self.access_token.expose(),
            "token_type": self.token_type,
            "expires_in": self.lifetime.as_secs(),
        })
    }
}

/// A failed answer is kept as it came. What it says of itself is also read, and stands here in the place of what was sent.
fn failure(error: &Error) -> Option<Value> {
    let mut body: Value = serde_json::from_slice(error.raw()?.body()).ok()?;
    let problem = error.problem();
    for (name, read) in [
        ("error", problem.and_then(Problem::code)),
        ("title", problem.and_then(Problem::title)),
        ("type", problem.and_then(Problem::type_uri)),
        ("instance", problem.and_then(Problem::instance)),
        ("detail", problem.and_then(Problem::detail)),
    ] {
        if let Some(member) = body.get_mut(name).filter(|member| member.is_string()) {
            *member = json!(read);
        }
    }
    Some(body)
}
