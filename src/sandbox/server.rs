//! A running sandbox: its socket, and the handle that a test holds.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use url::Url;

use crate::clock::Clock;
use crate::domain::SessionId;

use super::builder::SandboxBuilder;
use super::control::Forgotten;
use super::control::webhooks::WebhooksReport;
use super::error::SandboxError;
use super::fault::{FaultList, FaultRule, FaultStanding, Faults};
use super::hooks;
use super::hooks::delivery::Delivery;
use super::http;
use super::journal::Exchange;
use super::judge::{self, SelfCheck, ViolationsReport};
use super::line::Door;
use super::payor::Payor;
use super::profile::Profile;
use super::roster::{SessionOrder, SessionPage, SessionStanding};
use super::state::error::StateError;
use super::state::keeper::Keeper;
use super::state::standing::StateReport;
use super::world::Core;

/// A sandbox that listens on a loopback port. It stops when it is dropped.
#[must_use = "a sandbox stops when it is dropped"]
pub struct Sandbox {
    core: Arc<Core>,
    base_url: Url,
    client_id: String,
    client_secret: String,
    api_key: Option<String>,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<()>,
    delivering: JoinHandle<()>,
    keeping: Option<Keeping>,
}

/// What keeps the state in a file.
struct Keeping {
    keeper: Arc<Keeper>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

/// How long a stop waits for webhooks that are due.
const LAST_POST: Duration = Duration::from_secs(2);

/// How long a stop waits for calls that are under way.
const PATIENCE: Duration = Duration::from_secs(5);

impl Sandbox {
    /// Starts a sandbox with every default, on a free port. It needs a Tokio runtime, on which it runs.
    ///
    /// # Errors
    ///
    /// [`SandboxError::Bind`] if no port can be had.
    pub async fn start() -> Result<Self, SandboxError> {
        Self::builder().start().await
    }

    /// Begins to set up a sandbox.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::default()
    }

    pub(super) async fn listen(
        core: Arc<Core>,
        port: u16,
        keeper: Option<Arc<Keeper>>,
    ) -> Result<Self, SandboxError> {
        let bind = |source| SandboxError::Bind { port, source };
        let listener = TcpListener::bind(("127.0.0.1", port)).await.map_err(bind)?;
        let address = listener.local_addr().map_err(bind)?;
        let base_url = Url::parse(&format!("http://{address}"))?;
        let keeping = match keeper {
            Some(keeper) => Some(Keeping::begin(keeper).await?),
            None => None,
        };
        let (stop, stopped) = oneshot::channel::<()>();
        if core.settings.self_check == SelfCheck::On {
            judge::warm_up();
        }
        let service = http::Desks::new(&core, http::router(Arc::clone(&core), &base_url));
        let door = Door::new(Arc::clone(&core), listener).map_err(bind)?;
        let delivering = tokio::spawn(hooks::run(Arc::clone(&core)));
        let serving = tokio::spawn(async move {
            let stopped = async {
                // An answer and a dropped sender both mean: stop.
                let _ = stopped.await;
            };
            // Accepting goes on after an error of one connection; there is no other error.
            let _ = axum::serve(door, service)
                .with_graceful_shutdown(stopped)
                .await;
        });
        let (client_id, client_secret, api_key) = core
            .settings
            .clients
            .first()
            .map(|client| {
                (
                    client.id.expose().to_owned(),
                    client.secret.expose().to_owned(),
                    client.api_key.as_ref().map(|key| key.expose().to_owned()),
                )
            })
            .unwrap_or_default();
        Ok(Self {
            core,
            base_url,
            client_id,
            client_secret,
            api_key,
            stop: Some(stop),
            serving,
            delivering,
            keeping,
        })
    }

    /// Returns the base URL, such as `http://127.0.0.1:49152/`.
    #[must_use]
    pub fn base_url(&self) -> &Url {
        &self.base_url
    }

    /// Returns the id of the first client.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Returns the secret of the first client. It opens nothing but this sandbox.
    #[must_use]
    pub fn client_secret(&self) -> &str {
        &self.client_secret
    }

    /// Returns the API key of the first client, if it has one: it was given, or the [profile](Profile) takes nothing else.
    #[must_use]
    pub fn api_key(&self) -> Option<&str> {
        self.api_key.as_deref()
    }

    /// Returns how the sandbox answers where the vendor's pages disagree.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.core.settings.profile
    }

    /// Returns the payor of a session, to be played.
    pub fn payor(&self, session: &SessionId) -> Payor {
        Payor::new(Arc::clone(&self.core), *session)
    }

    /// Does to a session what three failed deliveries of the guarantee webhook do: it fails, with EFT0402, as no code is
    /// published for that.
    ///
    /// # Errors
    ///
    /// The session is unknown, or no guarantee of it waits for the integrator's decision.
    pub fn fail_guarantee_delivery(&self, session: &SessionId) -> Result<(), SandboxError> {
        self.core.fail_delivery(session)
    }

    /// Moves the sandbox's time forward: tokens and sessions expire by it.
    pub fn advance(&self, by: Duration) {
        self.core.advance(by);
    }

    /// Returns the most recent exchanges with the API, oldest first.
    #[must_use]
    pub fn journal(&self) -> Vec<Exchange> {
        let snapshot = self.core.world().journal.snapshot();
        snapshot.read()
    }

    /// Returns what the [judge](super::judge) has found so far. Nothing is what is expected.
    #[must_use]
    pub fn violations(&self) -> ViolationsReport {
        self.core.world().tally.report()
    }

    /// Adds a fault rule, behind those that there are. Returns it with its id.
    ///
    /// # Errors
    ///
    /// [`SandboxError::FaultRule`] for a rule that cannot do what it says, and [`SandboxError::TooManyFaults`] beside a
    /// thousand others.
    pub fn fault(&self, rule: FaultRule) -> Result<FaultStanding, SandboxError> {
        self.core.fault(rule)
    }

    /// Returns every fault rule, in the order in which they are asked, and how often each has fired.
    #[must_use]
    pub fn faults(&self) -> FaultList {
        self.core.world().faults.list()
    }

    /// Takes every fault rule out. Returns them as they were.
    #[allow(clippy::must_use_candidate, reason = "it is called for what it does")]
    pub fn clear_faults(&self) -> FaultList {
        self.core.on_faults(Faults::clear)
    }

    /// Refuses connections from now on, until [`accept_connections`](Self::accept_connections). The port stays the sandbox's.
    ///
    /// When it returns, no new connection comes about, idle ones are closed, and others are after the call that is being
    /// answered.
    ///
    /// # Errors
    ///
    /// [`SandboxError::Refuse`] if the system does not let the sandbox keep the port meanwhile. Connections are taken as before
    /// then.
    pub async fn refuse_connections(&self) -> Result<(), SandboxError> {
        self.core.refuse_connections(None).await
    }

    /// Refuses connections for a time of the sandbox's clock, and then takes them again on the same port.
    ///
    /// # Errors
    ///
    /// As of [`refuse_connections`](Self::refuse_connections).
    pub async fn refuse_connections_for(&self, time: Duration) -> Result<(), SandboxError> {
        self.core.refuse_connections(Some(time)).await
    }

    /// Takes connections again.
    ///
    /// # Errors
    ///
    /// [`SandboxError::Accept`] if another program has got the port, where the system lets that happen. Connections are refused
    /// as before then, and this may be called again.
    pub async fn accept_connections(&self) -> Result<(), SandboxError> {
        let accept = |source| SandboxError::Accept { source };
        self.core.porter.accept().await.map_err(accept)
    }

    /// Makes a session of the first client, and brings it to where it is to be. The client does not have to be able to create
    /// it.
    ///
    /// # Errors
    ///
    /// [`SandboxError::Request`] for a request that breaks the contract, [`SandboxError::Unreachable`] for a state that a
    /// session of it never has, and what keeps a payor from going on. No session is made then.
    pub fn prepare(&self, order: &SessionOrder) -> Result<SessionStanding, SandboxError> {
        self.core.prepare(order)
    }

    /// Returns at most so many sessions in the order of their creation, those after `after` if it is given.
    ///
    /// # Errors
    ///
    /// [`SandboxError::UnknownSession`] if there is no session `after`.
    pub fn sessions(
        &self,
        after: Option<&SessionId>,
        limit: usize,
    ) -> Result<SessionPage, SandboxError> {
        self.core.roster(after, limit)
    }

    /// Forgets every exchange in the journal. Sequence numbers go on.
    pub fn clear_journal(&self) {
        self.core.world().journal.clear();
    }

    /// Forgets sessions, tokens, fault rules, the journal and webhooks on their way. Time goes on, and how the sandbox was set up stays.
    #[allow(clippy::must_use_candidate, reason = "it is called for what it does")]
    pub fn reset(&self) -> Forgotten {
        self.core.reset()
    }

    /// Returns what was sent to webhooks and what came of it, oldest first: the most recent 10,000 tries.
    #[must_use]
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.core.hooks.deliveries().0
    }

    /// Returns who is registered for webhooks, and how much is on its way to them.
    #[must_use]
    pub fn webhooks(&self) -> WebhooksReport {
        self.core.hooks.report()
    }

    /// Returns what has become of the [state file](SandboxBuilder::state); `None` without one.
    #[must_use]
    pub fn state_report(&self) -> Option<StateReport> {
        self.keeping.as_ref().map(|it| it.keeper.report())
    }

    /// Waits until the [state file](SandboxBuilder::state) could not be written: for ever without one. The sandbox goes on, and
    /// tries again.
    pub async fn state_failure(&self) -> StateReport {
        match &self.keeping {
            Some(keeping) => keeping.keeper.failure().await,
            None => std::future::pending().await,
        }
    }

    /// Stops accepting calls, waits a few seconds for those under way and for webhooks that are due, writes the
    /// [state](SandboxBuilder::state) for the last time, and ends. Returns what has become of the state file, if there is one.
    ///
    /// A sandbox that is dropped instead leaves the file as it was written last.
    #[allow(clippy::must_use_candidate, reason = "it is called for what it does")]
    pub async fn shutdown(self) -> Option<StateReport> {
        self.stop_within(PATIENCE, LAST_POST).await
    }

    async fn stop_within(mut self, patience: Duration, last_post: Duration) -> Option<StateReport> {
        if let Some(stop) = self.stop.take() {
            // It has stopped by itself if nobody hears this.
            let _ = stop.send(());
        }
        // Dropping the handle afterwards aborts what is left.
        let _ = tokio::time::timeout(patience, &mut self.serving).await;
        self.core.stop();
        self.core.hooks.close(self.core.clock.now());
        let _ = tokio::time::timeout(last_post, &mut self.delivering).await;
        match self.keeping.take() {
            Some(keeping) => Some(keeping.end().await),
            None => None,
        }
    }
}

impl Keeping {
    /// Writes for the first time, so that a file that cannot be written is not found out later, and goes on writing.
    async fn begin(keeper: Arc<Keeper>) -> Result<Self, StateError> {
        let written = keeper
            .write()
            .await
            .map_err(|source| StateError::Unwritable {
                path: keeper.report().path,
                source,
            })?;
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(Arc::clone(&keeper).run(written, stopped));
        Ok(Self {
            keeper,
            stop: Some(stop),
            task,
        })
    }

    /// Writes for the last time.
    async fn end(mut self) -> StateReport {
        // Where nobody hears a dropped sender, the task has ended with the runtime.
        self.stop = None;
        let _ = (&mut self.task).await;
        self.keeper.report()
    }
}

/// The file is free for another sandbox then.
impl Drop for Keeping {
    fn drop(&mut self) {
        self.task.abort();
        self.keeper.release();
    }
}

#[cfg(test)]
impl Sandbox {
    /// The state, for tests of what is inside.
    pub(super) fn core(&self) -> Arc<Core> {
        Arc::clone(&self.core)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.serving.abort();
        self.core.stop();
        self.delivering.abort();
        self.core.hooks.close(self.core.clock.now());
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox")
            .field("base_url", &self.base_url.as_str())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;

    use super::*;
    use crate::sandbox::defect::Planted;
    use crate::sandbox::hooks::webhook::Webhook;
    use crate::sandbox::session::Session;
    use crate::session::{GuaranteedEft, Payor as GuaranteedPayor, SessionRequest};
    use crate::webhook::WebhookSecret;

    #[tokio::test]
    async fn a_call_that_never_ends_holds_a_stop_up_for_so_long_and_no_longer() {
        let sandbox = Sandbox::start().await.unwrap();
        let port = sandbox.base_url().port().unwrap();
        let mut half = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        let head = "POST /api/v2/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\
            Expect: 100-continue\r\n\r\n";
        half.write_all(head.as_bytes()).await.unwrap();
        // The sandbox asks for the body: the call is under way.
        let mut answer = [0; 64];
        let length = half.read(&mut answer).await.unwrap();
        assert!(answer[..length].starts_with(b"HTTP/1.1 100 "));

        let stop = sandbox.stop_within(Duration::from_millis(100), LAST_POST);
        let stopped = tokio::time::timeout(PATIENCE, stop).await;
        assert!(stopped.is_ok());
        assert!(TcpStream::connect(("127.0.0.1", port)).await.is_err());
        // What comes of it later changes nothing: somebody else may have the state by now.
        half.write_all(b"{ \"a\": 1}").await.unwrap();
        let mut rest = String::new();
        let _ = half.read_to_string(&mut rest).await;
        assert!(
            rest.is_empty() || rest.starts_with("HTTP/1.1 503"),
            "{rest}"
        );
    }

    #[tokio::test]
    async fn a_receiver_that_never_answers_holds_a_stop_up_for_so_long_and_no_longer() {
        let silent = tokio::net::TcpListener::bind(("127.0.0.1", 0))
            .await
            .unwrap();
        let url = format!("http://{}/", silent.local_addr().unwrap());
        let secret = WebhookSecret::new("only for this test").unwrap();
        let webhook = Webhook::new(&url, secret).unwrap();
        let sandbox = Sandbox::builder().webhook(webhook).start().await.unwrap();
        let payor = GuaranteedPayor::new("Robin", "Tester");
        let request = GuaranteedEft::new(payor).amount("120.50").build().unwrap();
        let id = sandbox.core.world().free_id().unwrap();
        let now = (sandbox.core.clock.now(), sandbox.core.clock.wall());
        let request = SessionRequest::Guaranteed(request);
        {
            let mut world = sandbox.core.world();
            let planted = Planted::default();
            let session = Session::new(id, 0, request, false, now, &mut world.chance, planted);
            world.sessions.insert(id, session);
        }
        sandbox.payor(&id).fail_login().run().unwrap();
        let (_open, _) = silent.accept().await.unwrap();
        assert_eq!(sandbox.webhooks().waiting, 1);

        let stop = sandbox.stop_within(PATIENCE, Duration::from_millis(100));
        let stopped = tokio::time::timeout(PATIENCE, stop).await;
        assert!(stopped.is_ok());
    }
}
