//! What a server makes of a request: it is sent as it stands, valid or not.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::header::AUTHORIZATION;
use http::{HeaderName, HeaderValue, Method, StatusCode};
use serde_json::Value;

use super::{Cause, Opinion, Remark};
use crate::client::{Client, Credentials, Environment, Scheme};
use crate::contract::line::{Line, Raw, sensitive};
use crate::contract::{Seat, SeatPart};
use crate::domain::SessionId;
use crate::session::Operation;

/// Refusals of what was sent. Others are about who sent it, or about the state of things.
const OF_THE_REQUEST: [StatusCode; 3] = [
    StatusCode::BAD_REQUEST,
    StatusCode::UNSUPPORTED_MEDIA_TYPE,
    StatusCode::UNPROCESSABLE_ENTITY,
];

/// A server that is asked for its opinion of requests.
#[derive(Debug)]
pub struct Server {
    line: Line,
    client: Client,
    credentials: Credentials,
    token: Mutex<Option<HeaderValue>>,
}

/// Why a server gave no opinion.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServerError {
    /// What asks it could not be set up.
    #[error("the requests cannot be set up")]
    Setup(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// No token could be had.
    #[error("the server gives no token")]
    Token(#[from] crate::client::Error),
    /// No answer came.
    #[error("the server does not answer")]
    Unreachable(#[source] reqwest::Error),
    /// It does not take the credentials.
    #[error("the server does not take the credentials for {operation}")]
    Unauthorized {
        /// The operation that was asked for.
        operation: String,
    },
}

impl Server {
    /// The server at a base URL, which is asked with these credentials.
    ///
    /// # Errors
    ///
    /// A client cannot be built.
    pub fn new(environment: Environment, credentials: Credentials) -> Result<Self, ServerError> {
        let line = Line::to(&environment, None).map_err(setup)?;
        Self::over(line, environment, credentials)
    }

    /// The same, asked over a line where what travels is kept.
    pub(in crate::contract) fn over(
        line: Line,
        environment: Environment,
        credentials: Credentials,
    ) -> Result<Self, ServerError> {
        Ok(Self {
            client: Client::builder(environment, credentials.clone())
                .build()
                .map_err(setup)?
                .carried_by(Arc::new(line.clone())),
            line,
            credentials,
            token: Mutex::default(),
        })
    }

    /// Asks for its opinion of a body: whether it takes it, or refuses it as invalid. Nothing for any other part, and for an
    /// answer that says neither.
    ///
    /// A body of an operation on a session is about `session`.
    ///
    /// # Errors
    ///
    /// The server cannot be reached, gives no token, or does not take the credentials.
    pub async fn opinion(
        &self,
        seat: &Seat,
        value: &Value,
        session: Option<&SessionId>,
    ) -> Result<Option<Opinion>, ServerError> {
        let mut operations = Operation::ALL.iter();
        let known = operations.find(|operation| operation.id() == seat.operation);
        let (Some(&operation), SeatPart::Body { media_type }, true) =
            (known, &seat.part, seat.written)
        else {
            return Ok(None);
        };
        let Some(target) = target(operation, session) else {
            return Ok(None);
        };
        let body = if media_type.contains("form") {
            match form(value) {
                Some(form) => form,
                None => return Ok(None),
            }
        } else {
            value.to_string()
        };
        let mut status = self.send(operation, &target, media_type, &body).await?;
        if status == StatusCode::UNAUTHORIZED && operation != Operation::Authorize {
            // The token has created its session, or has expired.
            *self.token() = None;
            status = self.send(operation, &target, media_type, &body).await?;
        }
        if status == StatusCode::UNAUTHORIZED && operation != Operation::Authorize {
            return Err(ServerError::Unauthorized {
                operation: seat.operation.clone(),
            });
        }
        Ok(if OF_THE_REQUEST.contains(&status) {
            Some(Opinion::Refuses(vec![Remark {
                at: String::new(),
                rule: status.as_str().to_owned(),
            }]))
        } else if status.is_success() {
            Some(Opinion::Takes)
        } else {
            None
        })
    }

    async fn send(
        &self,
        operation: Operation,
        target: &str,
        media_type: &str,
        body: &str,
    ) -> Result<StatusCode, ServerError> {
        let method = Method::from_bytes(operation.method().as_bytes()).unwrap_or(Method::POST);
        let mut raw = Raw::new(method, target).body(media_type, body.to_owned());
        if operation != Operation::Authorize {
            raw = match &self.credentials.0 {
                Scheme::ApiKey { key, id } => raw
                    .header(
                        HeaderName::from_static("x-api-key"),
                        sensitive(key.expose()).map_err(setup)?,
                    )
                    .header(
                        HeaderName::from_static("x-client-id"),
                        sensitive(id.expose()).map_err(setup)?,
                    ),
                Scheme::Basic { .. } | Scheme::Form { .. } => {
                    raw.header(AUTHORIZATION, self.bearer().await?)
                }
            };
        }
        let answered = self.line.send(raw).await;
        Ok(answered.map_err(ServerError::Unreachable)?.status)
    }

    async fn bearer(&self) -> Result<HeaderValue, ServerError> {
        let held = self.token().clone();
        if let Some(held) = held {
            return Ok(held);
        }
        let token = self.client.authorize().await?;
        let bearer = format!("Bearer {}", token.access_token.expose());
        let bearer = sensitive(&bearer).map_err(setup)?;
        *self.token() = Some(bearer.clone());
        Ok(bearer)
    }

    fn token(&self) -> MutexGuard<'_, Option<HeaderValue>> {
        self.token.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn setup(cause: impl Into<Cause>) -> ServerError {
    ServerError::Setup(cause.into())
}

/// The path of an operation; nothing for one on a session where there is none.
fn target(operation: Operation, session: Option<&SessionId>) -> Option<String> {
    let path = operation.path();
    Some(if path.contains("{sessionId}") {
        path.replace("{sessionId}", &session?.expose())
    } else {
        path.to_owned()
    })
}

/// A form, whose fields are texts. Nothing for a value that no form can be.
fn form(value: &Value) -> Option<String> {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in value.as_object()? {
        form.append_pair(name, value.as_str()?);
    }
    Some(form.finish())
}
