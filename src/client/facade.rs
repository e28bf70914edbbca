//! The facade: one method for each operation.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::HeaderValue;
use http::header::AUTHORIZATION;
use tokio::time::Instant;
use url::Url;

use super::call::Stamp;
use super::credentials::Scheme;
use super::token::TokenCache;
use super::{
    Call, ClientBuilder, Credentials, Environment, Error, ErrorKind, Operation, Response, Token,
    convert,
};
use crate::clock::Clock;
use crate::domain::{GuaranteedReferenceId, RegularReferenceId, SessionId};
use crate::session::{
    CancelledSession, ConfirmedGuarantee, CreatedSession, GuaranteeDecision, GuaranteedEft,
    RegularEft, SessionDetails, SessionRequest, StatusReport,
};
use crate::wire;

/// A client of the Flinks Pay V2 session API. Clones share connections and tokens.
#[derive(Clone)]
pub struct Client(pub(super) Arc<Shared>);

pub(super) struct Shared {
    pub(super) environment: Environment,
    pub(super) credentials: Credentials,
    pub(super) total: Duration,
    pub(super) http: reqwest::Client,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) tokens: TokenCache,
}

// Handlers of a web server share one client.
const _: () = {
    const fn shared_by_threads<T: Send + Sync>() {}
    shared_by_threads::<Client>();
    shared_by_threads::<Error>();
};

/// A deadline too far away for the machine's clock is this far away.
const NEVER: Duration = Duration::from_secs(365 * 24 * 60 * 60);

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
        let answer = self.fetch_token(&self.begin(Operation::Authorize)).await?;
        self.0.tokens.put(&answer, self.0.clock.now());
        Ok(answer)
    }

    /// Creates a session of either product. Each call that reaches Flinks is a session of its own.
    ///
    /// # Errors
    ///
    /// Read [`Error::maybe_applied`] before trying again: when it is true, a session may exist whose id is lost.
    /// [`ErrorKind::WrongSession`] when the answer has another reference than the one sent. And the kinds of any call.
    pub async fn create(
        &self,
        request: &SessionRequest,
    ) -> Result<Response<CreatedSession>, Error> {
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
    pub async fn create_guaranteed(
        &self,
        request: &GuaranteedEft,
    ) -> Result<Response<CreatedSession>, Error> {
        self.create_wire(
            convert::guaranteed(request),
            request.reference_id().map(GuaranteedReferenceId::expose),
        )
        .await
    }

    /// Creates a regular EFT session.
    ///
    /// # Errors
    ///
    /// As for [`create`](Self::create); [`ErrorKind::Forbidden`] where the product is not enabled for the client.
    pub async fn create_regular(
        &self,
        request: &RegularEft,
    ) -> Result<Response<CreatedSession>, Error> {
        self.create_wire(
            convert::regular(request),
            request.reference_id().map(RegularReferenceId::expose),
        )
        .await
    }

    async fn create_wire(
        &self,
        body: wire::types::CreateSessionRequest,
        reference: Option<&str>,
    ) -> Result<Response<CreatedSession>, Error> {
        let (wire, call) = self.open(Operation::CreateSession, Need::Unspent).await?;
        let answer = call
            .run(wire.create_session(&body), convert::created)
            .await?;
        let about_ours = match (reference, answer.reference_id.as_ref()) {
            (Some(ours), Some(theirs)) => ours == theirs.expose(),
            _ => true,
        };
        call.insist(about_ours, answer)
    }

    /// Reads how far a session has come. Safe to repeat; about every 30 seconds, and never faster than every 10, is
    /// what Flinks asks for (S0).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] for an id that Flinks does not know, and the kinds of any call.
    pub async fn status(&self, session: &SessionId) -> Result<Response<StatusReport>, Error> {
        let (wire, call) = self.open(Operation::GetSessionStatus, Need::Any).await?;
        let answer = call
            .run(wire.get_session_status(&session.expose()), convert::status)
            .await?;
        call.insist(answer.session_id == *session, answer)
    }

    /// Reads everything known about a session: what was sent, the verified account, the guarantee. Safe to repeat.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] for an id that Flinks does not know, [`ErrorKind::Forbidden`] for another client's
    /// session, and the kinds of any call.
    pub async fn details(&self, session: &SessionId) -> Result<Response<SessionDetails>, Error> {
        let (wire, call) = self.open(Operation::GetSessionDetails, Need::Any).await?;
        let answer = call
            .run(
                wire.get_session_details(&session.expose()),
                convert::details,
            )
            .await?;
        call.insist(answer.session_id == *session, answer)
    }

    /// Ends a session that is still open. Safe to repeat, but a session that has ended is refused, one that this call
    /// ended earlier included.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Refused`] or [`ErrorKind::Conflict`] for a session that has ended, [`ErrorKind::NotFound`] for an
    /// id that Flinks does not know, and the kinds of any call.
    pub async fn cancel(&self, session: &SessionId) -> Result<Response<CancelledSession>, Error> {
        let (wire, call) = self.open(Operation::CancelSession, Need::Any).await?;
        let answer = call
            .run(wire.cancel_session(&session.expose()), convert::cancelled)
            .await?;
        call.insist(answer.session_id == *session, answer)
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
        let (wire, call) = self.open(Operation::ConfirmGuarantee, Need::Any).await?;
        let body = convert::decision(decision);
        let answer = call
            .run(
                wire.confirm_guarantee(&session.expose(), &body),
                convert::confirmed,
            )
            .await?;
        call.insist(answer.session_id == *session, answer)
    }

    /// Begins a call: from here its time runs.
    fn begin(&self, operation: Operation) -> Call {
        let now = Instant::now();
        let deadline = now.checked_add(self.0.total).unwrap_or(now + NEVER);
        Call::begin(operation, deadline, Arc::clone(&self.0.clock))
    }

    /// Prepares a call of anything but `authorize`: credentials, and a generated client of its own that shares the
    /// call's context.
    async fn open(&self, operation: Operation, need: Need) -> Result<(wire::Client, Call), Error> {
        let call = self.begin(operation);
        let stamp = match &self.0.credentials.0 {
            Scheme::ApiKey { key, id } => {
                let headers = [("x-api-key", key.expose()), ("x-client-id", id.expose())];
                headers
                    .map(|(name, text)| {
                        Ok((http::HeaderName::from_static(name), header(text, &call)?))
                    })
                    .into_iter()
                    .collect::<Result<Stamp, Error>>()?
            }
            Scheme::Basic { .. } | Scheme::Form { .. } => {
                let now = self.0.clock.now();
                let errand = call.errand(Operation::Authorize);
                // On the heap: most calls hold a token already, and their future should stay small.
                let fetch =
                    Box::pin(async { self.fetch_token(&errand).await.map(Response::into_inner) });
                let token = match need {
                    Need::Any => errand.in_time(self.0.tokens.any(now, fetch)).await,
                    Need::Unspent => errand.in_time(self.0.tokens.for_create(now, fetch)).await,
                }??;
                vec![(
                    AUTHORIZATION,
                    header(&format!("Bearer {}", token.expose()), &call)?,
                )]
            }
        };
        let call = call.stamped(stamp);
        Ok((self.wire(&call), call))
    }

    async fn fetch_token(&self, call: &Call) -> Result<Response<Token>, Error> {
        let (stamp, body) = match &self.0.credentials.0 {
            Scheme::Basic { id, secret } => {
                let pair = BASE64_STANDARD.encode(format!("{}:{}", id.expose(), secret.expose()));
                (
                    vec![(AUTHORIZATION, header(&format!("Basic {pair}"), call)?)],
                    convert::grant(None),
                )
            }
            Scheme::Form { id, secret } => (Vec::new(), convert::grant(Some((id, secret)))),
            Scheme::ApiKey { .. } => return Err(call.error(ErrorKind::Configuration)),
        };
        let call = call.stamped(stamp);
        call.run(self.wire(&call).authorize(&body), convert::token)
            .await
    }

    fn wire(&self, call: &Call) -> wire::Client {
        wire::Client::new_with_client(
            self.0.environment.prefix(),
            self.0.http.clone(),
            call.clone(),
        )
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

/// A header value that is marked sensitive.
fn header(text: &str, call: &Call) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::from_str(text)
        .map_err(|error| call.error(ErrorKind::Configuration).with_source(error))?;
    value.set_sensitive(true);
    Ok(value)
}
