//! The facade: one method for each operation.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use url::Url;

use super::bearer::Bearer;
use super::budget::Budget;
use super::jitter::Jitter;
use super::observer::Observer;
use super::once::Debts;
use super::token::TokenCache;
use super::transport::Transport;
use super::{
    Call, ClientBuilder, Credentials, Environment, Error, ErrorKind, Operation, Response, Retries,
    Timeouts, Token, convert,
};
use crate::clock::Clock;
use crate::domain::{GuaranteedReferenceId, RegularReferenceId, SessionId};
use crate::session::{
    CancelledSession, ConfirmedGuarantee, CreatedSession, GuaranteeDecision, GuaranteedEft,
    Outcome, RegularEft, SessionDetails, SessionRequest, StatusReport,
};
use crate::wire;

/// A client of the Flinks Pay V2 session API. Clones share connections and tokens.
#[derive(Clone)]
pub struct Client(pub(super) Arc<Shared>);

pub(super) struct Shared {
    pub(super) environment: Environment,
    /// The path that sessions are created at, and its address: made once, for most of what is sent goes there.
    pub(super) sessions: (&'static str, Url),
    pub(super) credentials: Credentials,
    pub(super) timeouts: Timeouts,
    pub(super) retries: Retries,
    pub(super) budget: Budget,
    pub(super) jitter: Arc<Jitter>,
    /// Puts requests together; [`Shared::transport`] sends them.
    pub(super) http: reqwest::Client,
    pub(super) transport: Arc<dyn Transport>,
    pub(super) observer: Arc<Observer>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) tokens: Arc<TokenCache<Error>>,
    pub(super) bearer: Bearer,
    /// Whether the server has refused to tell a status without credentials.
    pub(super) status_needs_credentials: AtomicBool,
    pub(super) debts: Debts,
}

// Handlers of a web server share one client.
const _: () = {
    const fn shared_by_threads<T: Send + Sync>() {}
    shared_by_threads::<Client>();
    shared_by_threads::<Error>();
};

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
        let now = self.0.clock.now();
        let answer = self.fetch_token(self.begin(Operation::Authorize)).await?;
        self.0.tokens.put(&answer, now, &self.0.jitter);
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
        let call = self.begin(Operation::CreateSession);
        self.create_within(call, request, leaves_at_once).await
    }

    /// Creates, and has every attempt wait until it may leave.
    pub(super) async fn create_within<L: Future<Output = Result<(), Error>>>(
        &self,
        call: Call,
        request: &SessionRequest,
        leave: impl Fn(Call) -> L,
    ) -> Result<Response<CreatedSession>, Error> {
        let (body, reference) = &match request {
            SessionRequest::Guaranteed(request) => (
                convert::guaranteed(request),
                request.reference_id().map(GuaranteedReferenceId::expose),
            ),
            SessionRequest::Regular(request) => (
                convert::regular(request),
                request.reference_id().map(RegularReferenceId::expose),
            ),
        };
        self.create_wire(call, body, *reference, leave).await
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
            self.begin(Operation::CreateSession),
            &convert::guaranteed(request),
            request.reference_id().map(GuaranteedReferenceId::expose),
            leaves_at_once,
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
            self.begin(Operation::CreateSession),
            &convert::regular(request),
            request.reference_id().map(RegularReferenceId::expose),
            leaves_at_once,
        )
        .await
    }

    async fn create_wire<L: Future<Output = Result<(), Error>>>(
        &self,
        call: Call,
        body: &wire::types::CreateSessionRequest,
        reference: Option<&str>,
        leave: impl Fn(Call) -> L,
    ) -> Result<Response<CreatedSession>, Error> {
        let leave = &leave;
        self.drive(call, |wire, call| async move {
            leave(call.clone()).await?;
            let answer = call
                .finish(wire.create_session(body).await, convert::created)
                .map_err(|error| error.judged_by(reference))?;
            let about_ours = match (reference, answer.reference_id.as_ref()) {
                (Some(ours), Some(theirs)) => ours == theirs.expose(),
                _ => true,
            };
            call.insist(about_ours, answer)
        })
        .await
    }

    /// Reads how far a session has come. Safe to repeat; about every 30 seconds, and never faster than every 10, is
    /// what Flinks asks for (S0).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] for an id that Flinks does not know, and the kinds of any call.
    pub async fn status(&self, session: &SessionId) -> Result<Response<StatusReport>, Error> {
        let call = self.begin(Operation::GetSessionStatus);
        let answer = self.status_within(call.clone(), session).await?;
        self.tell(call.time_left(), &*answer).await;
        Ok(answer)
    }

    /// Reads everything known about a session: what was sent, the verified account, the guarantee. Safe to repeat.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] for an id that Flinks does not know, [`ErrorKind::Forbidden`] for another client's
    /// session, and the kinds of any call.
    pub async fn details(&self, session: &SessionId) -> Result<Response<SessionDetails>, Error> {
        let call = self.begin(Operation::GetSessionDetails);
        let answer = self.details_within(call.clone(), session).await?;
        self.tell(call.time_left(), &*answer).await;
        Ok(answer)
    }

    /// Ends a session that is still open. `Ok` means that it is cancelled, and that nothing in the answer says otherwise.
    ///
    /// Safe to repeat: where a session is refused because it has ended, its status is read (or its details, where there is
    /// no status), and one that is cancelled is answered as if this call had done it, with what was read as the raw answer.
    /// A cancellation whose answer was lost is so not taken for a failure when it is sent again. The same is done for a
    /// success that tells another status.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Refused`] or [`ErrorKind::Conflict`] for a session that has ended, [`ErrorKind::NotFound`] for an
    /// id that Flinks does not know, and the kinds of any call.
    ///
    /// [`ErrorKind::Conflict`] with a 2xx as [`status`](Error::status) is a success that tells another status than
    /// cancelled: it is in [`raw`](Error::raw), and the payor may have been faster. [`Error::maybe_applied`] is false if the
    /// session has surely ended otherwise, as scheduled, failed or expired; true if it is open, or if status and code
    /// contradict each other.
    pub async fn cancel(&self, session: &SessionId) -> Result<Response<CancelledSession>, Error> {
        let call = self.begin(Operation::CancelSession);
        let error = match self.cancel_within(call.clone(), session).await {
            Ok(answer) => {
                self.tell(call.time_left(), &*answer).await;
                return Ok(answer);
            }
            Err(error) => error,
        };
        if let Some(instead) = answered_instead(&error) {
            self.tell(call.time_left(), &instead).await;
        }
        if !self.may_be_done_already(&error) {
            return Err(error);
        }
        // On the heap: most cancellations need no look.
        let Ok(seen) = Box::pin(self.look_within(&call, session)).await else {
            return Err(error);
        };
        self.tell(call.time_left(), &*seen).await;
        if seen.outcome() == Some(Outcome::Cancelled) {
            Ok(seen.map(CancelledSession::from))
        } else {
            Err(error)
        }
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
        let call = self.begin(Operation::ConfirmGuarantee);
        let body = &convert::decision(decision);
        self.drive(call, |wire, call| async move {
            let answer = call.finish(
                wire.confirm_guarantee(&session.expose(), body).await,
                convert::confirmed,
            )?;
            call.insist(answer.session_id == *session, answer)
        })
        .await
    }

    /// The clock that everything which waits runs on.
    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.0.clock
    }

    /// Draws a pause by chance, from nothing to `bound`.
    pub(crate) fn chance(&self, bound: Duration) -> Duration {
        self.0.jitter.up_to(bound)
    }

    /// The same client, with another carrier of its requests.
    #[cfg(any(test, fuzzing, feature = "contract"))]
    pub(crate) fn carried_by(mut self, transport: Arc<dyn Transport>) -> Self {
        let shared = Arc::get_mut(&mut self.0);
        #[allow(clippy::expect_used, reason = "for tests")]
        let shared = shared.expect("a client that has not been cloned");
        shared.transport = transport;
        self
    }

    /// Reads the status, and leaves it to the caller to [tell](Self::tell) the guard.
    pub(crate) async fn status_within(
        &self,
        call: Call,
        session: &SessionId,
    ) -> Result<Response<StatusReport>, Error> {
        self.drive(call, |wire, call| async move {
            let answer = call.finish(
                wire.get_session_status(&session.expose()).await,
                convert::status,
            )?;
            call.insist(answer.session_id == *session, answer)
        })
        .await
    }

    /// Reads the details, and leaves it to the caller to [tell](Self::tell) the guard.
    pub(crate) async fn details_within(
        &self,
        call: Call,
        session: &SessionId,
    ) -> Result<Response<SessionDetails>, Error> {
        self.drive(call, |wire, call| async move {
            let answer = call.finish(
                wire.get_session_details(&session.expose()).await,
                convert::details,
            )?;
            call.insist(answer.session_id == *session, answer)
        })
        .await
    }

    async fn cancel_within(
        &self,
        call: Call,
        session: &SessionId,
    ) -> Result<Response<CancelledSession>, Error> {
        self.drive(call, |wire, call| async move {
            let answer = call.finish(
                wire.cancel_session(&session.expose()).await,
                convert::cancelled,
            )?;
            let answer = call.insist(answer.session_id == *session, answer)?;
            match Outcome::of(&answer.status, answer.status_details.as_ref()) {
                Some(Outcome::Cancelled) => Ok(answer),
                outcome => {
                    let conflict = call
                        .error(ErrorKind::Conflict)
                        .with_nonconformances(answer.nonconformances)
                        .with_raw(Some(answer.raw));
                    Err(match outcome {
                        Some(Outcome::Scheduled | Outcome::Failed(_) | Outcome::Expired) => {
                            conflict
                        }
                        _ => conflict.unsure(),
                    })
                }
            }
        })
        .await
    }

    /// Pages disagree on the number by which an ended session is refused (ECAN, S3).
    fn may_be_done_already(&self, error: &Error) -> bool {
        !self.0.retries.are_off()
            && matches!(error.kind(), ErrorKind::Refused | ErrorKind::Conflict)
    }
}

/// Of a create that nobody guards.
fn leaves_at_once(_: Call) -> std::future::Ready<Result<(), Error>> {
    std::future::ready(Ok(()))
}

/// What a cancellation was answered with that did not cancel.
fn answered_instead(error: &Error) -> Option<CancelledSession> {
    let answer = error
        .raw()
        .filter(|raw| error.kind() == ErrorKind::Conflict && raw.status.is_success())?;
    serde_json::from_slice(&answer.json()).ok()
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("environment", &self.0.environment.prefix())
            .field("credentials", &self.0.credentials)
            .finish_non_exhaustive()
    }
}
