//! The client: six operations on the types of [`domain`](crate::domain) and [`session`](crate::session).
//!
//! It stands on a generated client that does the requests and the decoding, and adds what no generator knows: which
//! token may create, what may be sent where, how much may come back, what an odd answer means, and what a failure says
//! about money. Nothing is retried.
//!
//! Entry points: [`Client::builder`], [`Environment`], [`Credentials`]; [`Response`] for what comes back, and
//! [`Error`] for what does not: [`Error::maybe_applied`] is the one to read before creating another session.

mod builder;
mod call;
mod conformance;
mod convert;
mod credentials;
mod environment;
mod error;
mod operation;
mod problem;
mod raw;
mod request_id;
mod response;
mod token;
mod transport;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::HeaderValue;
use http::header::AUTHORIZATION;
use url::Url;

use self::call::Stamp;
use self::credentials::Scheme;
use self::token::TokenCache;
use crate::clock::Clock;
use crate::domain::{AccessToken, SessionId};
use crate::session::{
    CancelledSession, ConfirmedGuarantee, CreatedSession, GuaranteeDecision, GuaranteedEft, RegularEft, SessionDetails,
    SessionRequest, StatusReport,
};
use crate::wire;

pub use self::builder::{BuildError, ClientBuilder, Timeouts};
pub(crate) use self::call::Call;
pub use self::conformance::Nonconformance;
pub use self::credentials::{Credentials, CredentialsError};
pub use self::environment::{Environment, EnvironmentError};
pub use self::error::{Error, ErrorKind};
pub use self::operation::Operation;
pub use self::problem::Problem;
pub use self::raw::RawResponse;
pub use self::request_id::RequestId;
pub use self::response::Response;
pub use self::token::Token;
pub use self::transport::MAX_BODY_BYTES;

/// A client of the Flinks Pay V2 session API. Clones share connections and tokens.
#[derive(Clone)]
pub struct Client(Arc<Shared>);

struct Shared {
    environment: Environment,
    credentials: Credentials,
    total: Duration,
    http: reqwest::Client,
    clock: Arc<dyn Clock>,
    tokens: TokenCache,
}

// Handlers of a web server share one client.
const _: () = {
    const fn shared_by_threads<T: Send + Sync>() {}
    shared_by_threads::<Client>();
    shared_by_threads::<Error>();
};

/// The token that an operation needs.
#[derive(Debug, Clone, Copy)]
enum Need {
    /// Any that lives.
    Any,
    /// One that no create has used.
    Unspent,
}

impl Client {
    /// Begins to set up a client.
    pub fn builder(environment: Environment, credentials: Credentials) -> ClientBuilder {
        ClientBuilder::new(environment, credentials)
    }

    /// Returns the environment that the client talks to.
    #[must_use]
    pub fn environment(&self) -> &Environment {
        &self.0.environment
    }

    /// Returns the address of a session's hosted page. Whoever has it can act as the payor.
    #[must_use]
    pub fn hosted_url(&self, session: &SessionId) -> Url {
        self.0.environment.hosted_url(session)
    }

    /// Obtains a token. Other methods do so by themselves; this one is for checking credentials. The token is kept,
    /// and the next call uses it.
    ///
    /// Safe to repeat.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unauthorized`] or [`ErrorKind::Refused`] for wrong credentials, [`ErrorKind::Configuration`] for
    /// API keys, which have no token, and the kinds of any call.
    pub async fn authorize(&self) -> Result<Response<Token>, Error> {
        let request_id = RequestId::random();
        let answer = self.within(Operation::Authorize, request_id, self.fetch_token(request_id)).await?;
        self.0.tokens.put(&answer, self.0.clock.now()).await;
        Ok(answer)
    }

    /// Creates a session of either product. Each call that reaches Flinks is a session of its own.
    ///
    /// # Errors
    ///
    /// Read [`Error::maybe_applied`] before trying again: when it is true, a session may exist whose id is lost.
    /// [`ErrorKind::WrongSession`] when the answer has another reference than the one sent. And the kinds of any call.
    pub async fn create(&self, request: &SessionRequest) -> Result<Response<CreatedSession>, Error> {
        match request {
            SessionRequest::Guaranteed(request) => self.create_guaranteed(request).await,
            SessionRequest::Regular(request) => self.create_regular(request).await,
        }
    }

    /// Creates a Guaranteed EFT session.
    ///
    /// # Errors
    ///
    /// As for [`create`](Self::create).
    pub async fn create_guaranteed(&self, request: &GuaranteedEft) -> Result<Response<CreatedSession>, Error> {
        self.create_wire(convert::guaranteed(request), request.reference_id().map(|id| id.expose())).await
    }

    /// Creates a regular EFT session.
    ///
    /// # Errors
    ///
    /// As for [`create`](Self::create); [`ErrorKind::Forbidden`] where the product is not enabled for the client.
    pub async fn create_regular(&self, request: &RegularEft) -> Result<Response<CreatedSession>, Error> {
        self.create_wire(convert::regular(request), request.reference_id().map(|id| id.expose())).await
    }

    async fn create_wire(
        &self,
        body: wire::types::CreateSessionRequest,
        reference: Option<&str>,
    ) -> Result<Response<CreatedSession>, Error> {
        const OPERATION: Operation = Operation::CreateSession;
        let request_id = RequestId::random();
        let answer = self
            .within(OPERATION, request_id, async {
                let (wire, call) = self.open(OPERATION, request_id, Need::Unspent).await?;
                call.finish(wire.create_session(&body).await, self.0.clock.wall(), convert::created)
            })
            .await?;
        let theirs = answer.reference_id.as_ref().map(|id| id.expose());
        match (reference, theirs) {
            (Some(ours), Some(theirs)) if ours != theirs => Err(wrong_session(OPERATION, &answer)),
            _ => Ok(answer),
        }
    }

    /// Reads how far a session has come. Safe to repeat; about every 30 seconds, and never faster than every 10, is
    /// what Flinks asks for (S0).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] for an id that Flinks does not know, and the kinds of any call.
    pub async fn status(&self, session: &SessionId) -> Result<Response<StatusReport>, Error> {
        const OPERATION: Operation = Operation::GetSessionStatus;
        let request_id = RequestId::random();
        let answer = self
            .within(OPERATION, request_id, async {
                let (wire, call) = self.open(OPERATION, request_id, Need::Any).await?;
                let outcome = wire.get_session_status(&session.expose()).await;
                call.finish(outcome, self.0.clock.wall(), convert::status)
            })
            .await?;
        same_session(OPERATION, session, answer, |report| &report.session_id)
    }

    /// Reads everything known about a session: what was sent, the verified account, the guarantee. Safe to repeat.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] for an id that Flinks does not know, [`ErrorKind::Forbidden`] for another client's
    /// session, and the kinds of any call.
    pub async fn details(&self, session: &SessionId) -> Result<Response<SessionDetails>, Error> {
        const OPERATION: Operation = Operation::GetSessionDetails;
        let request_id = RequestId::random();
        let answer = self
            .within(OPERATION, request_id, async {
                let (wire, call) = self.open(OPERATION, request_id, Need::Any).await?;
                let outcome = wire.get_session_details(&session.expose()).await;
                call.finish(outcome, self.0.clock.wall(), convert::details)
            })
            .await?;
        same_session(OPERATION, session, answer, |details| &details.session_id)
    }

    /// Ends a session that is still open. Safe to repeat, but a session that has ended is refused, one that this call
    /// ended earlier included.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Refused`] or [`ErrorKind::Conflict`] for a session that has ended, [`ErrorKind::NotFound`] for an
    /// id that Flinks does not know, and the kinds of any call.
    pub async fn cancel(&self, session: &SessionId) -> Result<Response<CancelledSession>, Error> {
        const OPERATION: Operation = Operation::CancelSession;
        let request_id = RequestId::random();
        let answer = self
            .within(OPERATION, request_id, async {
                let (wire, call) = self.open(OPERATION, request_id, Need::Any).await?;
                let outcome = wire.cancel_session(&session.expose()).await;
                call.finish(outcome, self.0.clock.wall(), convert::cancelled)
            })
            .await?;
        same_session(OPERATION, session, answer, |cancelled| &cancelled.session_id)
    }

    /// Accepts or rejects an offered guarantee. Only for clients with a guarantee webhook; a rejection fails the
    /// session. What a second decision does is not documented.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] for an id that Flinks does not know, and the kinds of any call.
    pub async fn confirm_guarantee(
        &self,
        session: &SessionId,
        decision: GuaranteeDecision,
    ) -> Result<Response<ConfirmedGuarantee>, Error> {
        const OPERATION: Operation = Operation::ConfirmGuarantee;
        let request_id = RequestId::random();
        let body = convert::decision(decision);
        let answer = self
            .within(OPERATION, request_id, async {
                let (wire, call) = self.open(OPERATION, request_id, Need::Any).await?;
                let outcome = wire.confirm_guarantee(&session.expose(), &body).await;
                call.finish(outcome, self.0.clock.wall(), convert::confirmed)
            })
            .await?;
        same_session(OPERATION, session, answer, |confirmed| &confirmed.session_id)
    }

    /// Sees to it that the whole call, a token fetched for it included, ends in time.
    async fn within<T>(
        &self,
        operation: Operation,
        request_id: RequestId,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        tokio::time::timeout(self.0.total, work)
            .await
            .unwrap_or_else(|_| Err(Error::new(ErrorKind::Timeout, operation, request_id)))
    }

    /// Prepares one call: a generated client of its own, and the context that the two share.
    async fn open(
        &self,
        operation: Operation,
        request_id: RequestId,
        need: Need,
    ) -> Result<(wire::Client, Call), Error> {
        let stamp = match &self.0.credentials.0 {
            Scheme::ApiKey { key, id } => {
                vec![
                    (http::HeaderName::from_static("x-api-key"), header(key.expose(), operation, request_id)?),
                    (http::HeaderName::from_static("x-client-id"), header(id.expose(), operation, request_id)?),
                ]
            }
            Scheme::Basic { .. } | Scheme::Form { .. } => {
                let now = self.0.clock.now();
                let fetch = async { self.fetch_token(request_id).await.map(Response::into_inner) };
                let token = match need {
                    Need::Any => self.0.tokens.any(now, fetch).await,
                    Need::Unspent => self.0.tokens.for_create(now, fetch).await,
                }?;
                vec![(AUTHORIZATION, bearer(&token, operation, request_id)?)]
            }
        };
        Ok(self.wire(Call::new(operation, request_id, stamp)))
    }

    fn wire(&self, call: Call) -> (wire::Client, Call) {
        let wire = wire::Client::new_with_client(self.0.environment.prefix(), self.0.http.clone(), call.clone());
        (wire, call)
    }

    async fn fetch_token(&self, request_id: RequestId) -> Result<Response<Token>, Error> {
        const OPERATION: Operation = Operation::Authorize;
        let (stamp, body): (Stamp, _) = match &self.0.credentials.0 {
            Scheme::Basic { id, secret } => {
                let pair = BASE64_STANDARD.encode(format!("{}:{}", id.expose(), secret.expose()));
                let value = header(&format!("Basic {pair}"), OPERATION, request_id)?;
                (vec![(AUTHORIZATION, value)], convert::grant(None))
            }
            Scheme::Form { id, secret } => (Vec::new(), convert::grant(Some((id, secret)))),
            Scheme::ApiKey { .. } => return Err(Error::new(ErrorKind::Configuration, OPERATION, request_id)),
        };
        let (wire, call) = self.wire(Call::new(OPERATION, request_id, stamp));
        call.finish(wire.authorize(&body).await, self.0.clock.wall(), convert::token)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("environment", &self.0.environment.prefix())
            .field("credentials", &self.0.credentials)
            .finish_non_exhaustive()
    }
}

fn bearer(token: &AccessToken, operation: Operation, request_id: RequestId) -> Result<HeaderValue, Error> {
    header(&format!("Bearer {}", token.expose()), operation, request_id)
}

/// A header value that is marked sensitive.
fn header(text: &str, operation: Operation, request_id: RequestId) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::from_str(text)
        .map_err(|error| Error::new(ErrorKind::Configuration, operation, request_id).with_source(error))?;
    value.set_sensitive(true);
    Ok(value)
}

/// Refuses an answer about another session than the one that was asked about.
fn same_session<T>(
    operation: Operation,
    asked: &SessionId,
    answer: Response<T>,
    about: impl FnOnce(&T) -> &SessionId,
) -> Result<Response<T>, Error> {
    if about(&answer) == asked { Ok(answer) } else { Err(wrong_session(operation, &answer)) }
}

fn wrong_session<T>(operation: Operation, answer: &Response<T>) -> Error {
    Error::new(ErrorKind::WrongSession, operation, answer.request_id).with_raw(Some(answer.raw.clone()))
}
