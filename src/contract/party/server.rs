//! What a server makes of a request: it is sent as it stands, valid or not.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Method, StatusCode};
use serde_json::Value;
use url::Url;

use super::{Cause, Opinion, Remark};
use crate::client::{Client, Credentials, Environment, MAX_BODY_BYTES, Scheme};
use crate::contract::{Seat, SeatPart};
use crate::domain::SessionId;
use crate::session::Operation;

/// A server that is slower gives no opinion.
const PATIENCE: Duration = Duration::from_secs(30);

/// Refusals of what was sent. Others are about who sent it, or about the state of things.
const OF_THE_REQUEST: [StatusCode; 3] = [
    StatusCode::BAD_REQUEST,
    StatusCode::UNSUPPORTED_MEDIA_TYPE,
    StatusCode::UNPROCESSABLE_ENTITY,
];

/// A server that is asked for its opinion of requests.
#[derive(Debug)]
pub struct Server {
    http: reqwest::Client,
    base: Url,
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
        let base = environment.base_url().clone();
        Ok(Self {
            http: reqwest::Client::builder()
                .timeout(PATIENCE)
                .redirect(reqwest::redirect::Policy::none())
                .build()
                .map_err(setup)?,
            client: Client::builder(environment, credentials.clone())
                .build()
                .map_err(setup)?,
            base,
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
        let Some(url) = self.url(operation, session) else {
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
        let mut status = self.send(operation, &url, media_type, &body).await?;
        if status == StatusCode::UNAUTHORIZED && operation != Operation::Authorize {
            // The token has created its session, or has expired.
            *self.token() = None;
            status = self.send(operation, &url, media_type, &body).await?;
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

    fn url(&self, operation: Operation, session: Option<&SessionId>) -> Option<Url> {
        let path = operation.path();
        let path = if path.contains("{sessionId}") {
            path.replace("{sessionId}", &session?.expose())
        } else {
            path.to_owned()
        };
        let base = self.base.as_str().trim_end_matches('/');
        format!("{base}{path}").parse().ok()
    }

    async fn send(
        &self,
        operation: Operation,
        url: &Url,
        media_type: &str,
        body: &str,
    ) -> Result<StatusCode, ServerError> {
        let method = Method::from_bytes(operation.method().as_bytes()).unwrap_or(Method::POST);
        let mut request = self
            .http
            .request(method, url.clone())
            .header(CONTENT_TYPE, media_type)
            .body(body.to_owned());
        if operation != Operation::Authorize {
            request = match &self.credentials.0 {
                Scheme::ApiKey { key, id } => request
                    .header("x-api-key", sensitive(key.expose())?)
                    .header("x-client-id", sensitive(id.expose())?),
                Scheme::Basic { .. } | Scheme::Form { .. } => {
                    request.header(AUTHORIZATION, self.bearer().await?)
                }
            };
        }
        let mut answer = request.send().await.map_err(unreachable)?;
        let status = answer.status();
        // Read to its end, so that the connection can be used again; of one that is longer than any, no more is wanted.
        let mut length = 0;
        while let Some(chunk) = answer.chunk().await.map_err(unreachable)? {
            length += chunk.len();
            if length > MAX_BODY_BYTES {
                break;
            }
        }
        Ok(status)
    }

    async fn bearer(&self) -> Result<HeaderValue, ServerError> {
        let held = self.token().clone();
        if let Some(held) = held {
            return Ok(held);
        }
        let token = self.client.authorize().await?;
        let bearer = sensitive(&format!("Bearer {}", token.access_token.expose()))?;
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

/// A header value that no log shows.
fn sensitive(text: &str) -> Result<HeaderValue, ServerError> {
    let mut value = HeaderValue::from_str(text).map_err(setup)?;
    value.set_sensitive(true);
    Ok(value)
}

/// The URL has the session id in it.
fn unreachable(error: reqwest::Error) -> ServerError {
    ServerError::Unreachable(error.without_url())
}

/// A form, whose fields are texts. Nothing for a value that no form can be.
fn form(value: &Value) -> Option<String> {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in value.as_object()? {
        form.append_pair(name, value.as_str()?);
    }
    Some(form.finish())
}
