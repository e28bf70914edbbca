//! The client for programs without a runtime: every method waits for its answer.
//!
//! It is the client of [`client`](crate::client), with the same builder, the same answers and the same errors, whose connections
//! live on a thread of their own. Entry point: [`Client::builder`].
//!
//! ```no_run
//! # fn collect() -> Result<(), Box<dyn std::error::Error>> {
//! use flinks_pay::{Credentials, Environment, GuaranteedEft, Payor, blocking};
//!
//! let client = blocking::Client::builder(Environment::sandbox(), Credentials::from_env()?).build()?;
//! let request = GuaranteedEft::new(Payor::new("Robin", "Tester")).amount("120.50").build()?;
//! let created = client.create_guaranteed(&request)?;
//! println!("payor's page: {}", client.hosted_url(&created.session_id));
//! # Ok(())
//! # }
//! ```

mod runtime;
mod streams;

use std::fmt;
use std::sync::Arc;

use url::Url;

use self::runtime::Runtime;
use crate::client::once::{DebtKey, GuardError, Noted, Once, OnceError, Resolution, Standing};
use crate::client::{BuildError, ClientBuilder, Token};
use crate::hosted::HostedPage;
use crate::session::{CancelledSession, ConfirmedGuarantee, CreatedSession};
use crate::watch::{ReconcilePolicy, Settled, WaitError, WaitPolicy};
use crate::{
    Credentials, Environment, Error, GuaranteeDecision, GuaranteedEft, RegularEft, Response,
    SessionDetails, SessionId, SessionRequest, StatusReport,
};

pub use self::streams::{Reconcile, Watch};

/// A client of the Flinks Pay V2 session API that blocks. Clones share connections and tokens, and may be used from many threads
/// at once.
///
/// A method may be called anywhere, in asynchronous code, too; but there it stops the thread that other tasks wait for, so use
/// [`flinks_pay::Client`](crate::Client) instead. Dropping it never waits.
#[derive(Clone)]
pub struct Client {
    // Before the runtime: what it holds ends before what it runs on.
    client: crate::Client,
    runtime: Arc<Runtime>,
}

// Threads of a server share one client.
const _: () = {
    const fn shared_by_threads<T: Clone + Send + Sync>() {}
    shared_by_threads::<Client>();
};

// A method here is the method of that name there, waited for; what it does and how it fails is said there. A test holds the two
// to the same signatures.
impl Client {
    /// Begins to set up a client.
    pub fn builder(environment: Environment, credentials: Credentials) -> ClientBuilder<Client> {
        ClientBuilder::new(environment, credentials)
    }

    /// As [`Client::environment`](crate::Client::environment).
    #[must_use]
    pub fn environment(&self) -> &Environment {
        self.client.environment()
    }

    /// As [`Client::hosted_url`](crate::Client::hosted_url).
    #[must_use]
    pub fn hosted_url(&self, session: &SessionId) -> Url {
        self.client.hosted_url(session)
    }

    /// As [`Client::authorize`](crate::Client::authorize), and waits.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn authorize(&self) -> Result<Response<Token>, Error> {
        self.runtime.wait(self.client.authorize())
    }

    /// As [`Client::create`](crate::Client::create), and waits.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn create(&self, request: &SessionRequest) -> Result<Response<CreatedSession>, Error> {
        self.runtime.wait(self.client.create(request))
    }

    /// As [`Client::create_guaranteed`](crate::Client::create_guaranteed), and waits.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn create_guaranteed(
        &self,
        request: &GuaranteedEft,
    ) -> Result<Response<CreatedSession>, Error> {
        self.runtime.wait(self.client.create_guaranteed(request))
    }

    /// As [`Client::create_regular`](crate::Client::create_regular), and waits.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn create_regular(&self, request: &RegularEft) -> Result<Response<CreatedSession>, Error> {
        self.runtime.wait(self.client.create_regular(request))
    }

    /// As [`Client::status`](crate::Client::status), and waits.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn status(&self, session: &SessionId) -> Result<Response<StatusReport>, Error> {
        self.runtime.wait(self.client.status(session))
    }

    /// As [`Client::details`](crate::Client::details), and waits.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn details(&self, session: &SessionId) -> Result<Response<SessionDetails>, Error> {
        self.runtime.wait(self.client.details(session))
    }

    /// As [`Client::cancel`](crate::Client::cancel), and waits.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn cancel(&self, session: &SessionId) -> Result<Response<CancelledSession>, Error> {
        self.runtime.wait(self.client.cancel(session))
    }

    /// As [`Client::confirm_guarantee`](crate::Client::confirm_guarantee), and waits.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn confirm_guarantee(
        &self,
        session: &SessionId,
        decision: GuaranteeDecision,
    ) -> Result<Response<ConfirmedGuarantee>, Error> {
        self.runtime
            .wait(self.client.confirm_guarantee(session, decision))
    }

    /// As [`Client::hosted_page`](crate::Client::hosted_page).
    #[must_use]
    pub fn hosted_page(&self, session: &SessionId) -> HostedPage {
        self.client.hosted_page(session)
    }

    /// As [`Client::create_once`](crate::Client::create_once), and waits.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn create_once(&self, debt: &DebtKey, request: &SessionRequest) -> Result<Once, OnceError> {
        self.runtime.wait(self.client.create_once(debt, request))
    }

    /// As [`Client::replace`](crate::Client::replace), and waits.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn replace(
        &self,
        old: &SessionId,
        debt: &DebtKey,
        request: &SessionRequest,
    ) -> Result<Once, OnceError> {
        self.runtime.wait(self.client.replace(old, debt, request))
    }

    /// As [`Client::standing`](crate::Client::standing), and waits.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn standing(&self, debt: &DebtKey) -> Result<Standing, GuardError> {
        self.runtime.wait(self.client.standing(debt))
    }

    /// As [`Client::resolve`](crate::Client::resolve), and waits.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn resolve(&self, debt: &DebtKey, resolution: Resolution) -> Result<Standing, OnceError> {
        self.runtime.wait(self.client.resolve(debt, resolution))
    }

    /// As [`Client::note_outcome`](crate::Client::note_outcome), and waits.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn note_outcome(&self, report: &StatusReport) -> Result<Noted, GuardError> {
        self.runtime.wait(self.client.note_outcome(report))
    }

    /// As [`Client::wait`](crate::Client::wait), and waits.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn wait(&self, session: &SessionId, policy: WaitPolicy) -> Result<Settled, WaitError> {
        self.runtime.wait(self.client.wait(session, policy))
    }

    /// As [`Client::watch`](crate::Client::watch), as an iterator.
    pub fn watch(&self, session: &SessionId, policy: WaitPolicy) -> Watch {
        Watch {
            watch: self.client.watch(session, policy),
            runtime: Arc::clone(&self.runtime),
        }
    }

    /// As [`Client::reconcile`](crate::Client::reconcile), as an iterator.
    pub fn reconcile<'a, I>(&self, sessions: I, policy: ReconcilePolicy) -> Reconcile<'a>
    where
        I: IntoIterator<Item = SessionId>,
        I::IntoIter: Send + 'a,
    {
        Reconcile {
            reconcile: self.client.reconcile(sessions, policy),
            runtime: Arc::clone(&self.runtime),
        }
    }
}

impl ClientBuilder<Client> {
    /// Builds the client, and starts the thread that its connections live on. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// Those of the [builder of the other client](ClientBuilder::build), and that the thread cannot be started.
    pub fn build(self) -> Result<Client, BuildError> {
        Ok(Client {
            client: self.assemble()?,
            runtime: Arc::new(Runtime::start().map_err(BuildError::Thread)?),
        })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("blocking::Client")
            .field(&self.client)
            .finish()
    }
}
