//! Setting a sandbox up.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::Clock;
use crate::domain::{ApiKey, ClientId, ClientSecret};

use super::chance::Chance;
use super::clock::SandboxClock;
use super::defect::Planted;
use super::error::SandboxError;
use super::hooks::Registered;
use super::hooks::webhook::Webhook;
use super::journal::Journal;
use super::judge::SelfCheck;
use super::profile::Profile;
use super::profile::choices::CredentialsTaken;
use super::server::Sandbox;
use super::settings::{ApiClient, Settings};
use super::state::error::StateError;
use super::state::keeper::Keeper;
use super::state::resume::Opened;
use super::world::Core;

/// A [`Sandbox`] in the making. Everything has a default.
#[derive(Debug)]
#[must_use]
pub struct SandboxBuilder {
    port: u16,
    clock: SandboxClock,
    client_id: Option<ClientId>,
    client_secret: Option<ClientSecret>,
    api_key: Option<ApiKey>,
    more_clients: Vec<(ClientId, ClientSecret)>,
    journal_capacity: usize,
    profile: Profile,
    seed: Option<u64>,
    token_lifetime: Option<Duration>,
    session_timeout: Duration,
    settlement_account: bool,
    regular_eft: bool,
    guarantee_decision: bool,
    self_check: SelfCheck,
    webhook: Option<Webhook>,
    guarantee_webhook: Option<Webhook>,
    state: Option<PathBuf>,
    planted: Planted,
}

impl Default for SandboxBuilder {
    fn default() -> Self {
        Self {
            port: 0,
            clock: SandboxClock::default(),
            client_id: None,
            client_secret: None,
            api_key: None,
            more_clients: Vec::new(),
            journal_capacity: Journal::CAPACITY,
            profile: Profile::default(),
            seed: None,
            token_lifetime: None,
            session_timeout: Self::SESSION_TIMEOUT,
            settlement_account: true,
            regular_eft: true,
            guarantee_decision: false,
            self_check: SelfCheck::default(),
            webhook: None,
            guarantee_webhook: None,
            state: None,
            planted: Planted::default(),
        }
    }
}

impl SandboxBuilder {
    /// How long a session stays open by default: 30 minutes. The vendor's default is not published.
    pub const SESSION_TIMEOUT: Duration = Duration::from_secs(30 * 60);

    /// Listens on this port; by default, and with 0, on a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Takes the time from this clock instead of the machine's. [`Sandbox::advance`] works all the same, on top of it.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = SandboxClock::over(clock);
        self
    }

    /// Sets the client id; by default there is a new one for each sandbox.
    pub fn client_id(mut self, id: ClientId) -> Self {
        self.client_id = Some(id);
        self
    }

    /// Sets the client secret; by default there is a new one for each sandbox.
    pub fn client_secret(mut self, secret: ClientSecret) -> Self {
        self.client_secret = Some(secret);
        self
    }

    /// Lets the client call with this key in `x-api-key`, beside its id in `x-client-id`, instead of with a token (S2). Without
    /// it that is refused, unless the [profile](Self::profile) takes nothing else: then a key is made.
    pub fn api_key(mut self, key: ApiKey) -> Self {
        self.api_key = Some(key);
        self
    }

    /// Adds another client, whose sessions are not the first one's.
    pub fn another_client(mut self, id: ClientId, secret: ClientSecret) -> Self {
        self.more_clients.push((id, secret));
        self
    }

    /// Sets how the sandbox answers where the vendor's pages disagree; [`Profile::STRICT`] by default.
    pub fn profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    /// Changes single settings of the profile.
    pub fn adjust(mut self, change: impl FnOnce(&mut Profile)) -> Self {
        change(&mut self.profile);
        self
    }

    /// Draws every id, token and generated credential from this seed, so that a run which makes the same calls in the same order
    /// repeats exactly, but for the time: that is the [clock](Self::clock)'s. Without a seed no two runs are alike.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Sets how long a token lives: whole seconds, at least one. By default it is the profile's.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.token_lifetime = Some(Duration::from_secs(lifetime.as_secs().max(1)));
        self
    }

    /// Sets how long after its creation a session that has not ended expires.
    pub fn session_timeout(mut self, timeout: Duration) -> Self {
        self.session_timeout = timeout;
        self
    }

    /// Sets whether the clients have a settlement account. Without one, a guaranteed session needs a payee.
    pub fn settlement_account(mut self, configured: bool) -> Self {
        self.settlement_account = configured;
        self
    }

    /// Sets whether the clients may create regular EFT sessions. Without it, those are answered 403.
    pub fn regular_eft(mut self, enabled: bool) -> Self {
        self.regular_eft = enabled;
        self
    }

    /// Sets whether a guaranteed session waits for the confirm operation, as it does for a client with a guarantee webhook.
    /// By default guarantees are accepted by themselves.
    pub fn guarantee_decision(mut self, by_integrator: bool) -> Self {
        self.guarantee_decision = by_integrator;
        self
    }

    /// Tells this receiver of every session that completes, fails or is cancelled, by `SessionSetupStatusChanged`. Of a session
    /// that expires nobody is told. Whether a payment is told once or twice is the [profile](Self::profile)'s.
    pub fn webhook(mut self, webhook: Webhook) -> Self {
        self.webhook = Some(webhook);
        self
    }

    /// Tells this receiver of every guarantee that is on offer, and lets it decide by the confirm operation, as
    /// [`guarantee_decision`](Self::guarantee_decision) does. A receiver that takes none of three tries fails the session.
    pub fn guarantee_webhook(mut self, webhook: Webhook) -> Self {
        self.guarantee_webhook = Some(webhook);
        self
    }

    /// Sets how many exchanges the journal keeps; 10,000 by default. It never holds more than 2 KiB of text for each of them, or 64 KiB
    /// in all: of longer ones it keeps fewer.
    pub fn journal_capacity(mut self, exchanges: usize) -> Self {
        self.journal_capacity = exchanges;
        self
    }

    /// Sets whether every exchange is [judged](super::judge) by the contract; it is by default.
    pub fn self_check(mut self, judged: bool) -> Self {
        self.self_check = if judged {
            SelfCheck::On
        } else {
            SelfCheck::Off
        };
        self
    }

    /// Keeps the state in this file, and goes on from it if it is there: sessions where they stood, tokens, the time, the
    /// generator, fault rules, webhooks that were registered through the control API, and events that have not been told yet. To a
    /// caller it is as if the sandbox had not stopped; the [module's page](super#the-state-in-a-file) has what that means.
    pub fn state(mut self, file: impl Into<PathBuf>) -> Self {
        self.state = Some(file.into());
        self
    }

    /// Plants a bug, for tests of what finds it.
    #[cfg(feature = "__defects")]
    #[doc(hidden)]
    pub fn defect(mut self, defect: super::defect::Defect) -> Self {
        self.planted = defect.into();
        self
    }

    /// Starts the sandbox on the current Tokio runtime.
    ///
    /// # Errors
    ///
    /// [`SandboxError::Bind`] if the port cannot be had, and [`SandboxError::State`] if the state file cannot be taken up.
    pub async fn start(mut self) -> Result<Sandbox, SandboxError> {
        let opened = match self.state.take() {
            Some(path) => Some(opened(path).await?),
            None => None,
        };
        let port = self.port;
        let (core, keeper) = self.assemble(opened)?;
        Sandbox::listen(core, port, keeper).await
    }

    /// The sandbox without its socket, and what keeps its state.
    fn assemble(
        self,
        opened: Option<Opened>,
    ) -> Result<(Arc<Core>, Option<Arc<Keeper>>), SandboxError> {
        if let Some(opened) = &opened {
            opened.check(&self.profile, self.seed)?;
        }
        let kept = |id: Option<&ClientId>| opened.as_ref()?.client(id.map(ClientId::expose));
        // A hexadecimal text is a valid id and a valid secret, so nothing is refused here.
        let mut chance = Chance::new(self.seed);
        let mut generated = || format!("sandbox-{}", chance.uuid().simple());
        // What was made at another start is made no second time.
        let mut made = |known: Option<&String>| known.cloned().unwrap_or_else(&mut generated);
        let keys_only = self.profile.credentials == CredentialsTaken::ApiKey;
        let kept = kept(self.client_id.as_ref());
        let first = ApiClient {
            made_secret: self.client_secret.is_none(),
            made_api_key: self.api_key.is_none() && keys_only,
            id: self
                .client_id
                .map_or_else(|| ClientId::new(&made(kept.map(|it| &it.id))), Ok)?,
            secret: self.client_secret.map_or_else(
                || ClientSecret::new(&made(kept.and_then(|it| it.made_secret.as_ref()))),
                Ok,
            )?,
            api_key: match self.api_key {
                None if keys_only => {
                    let known = kept.and_then(|it| it.made_api_key.as_ref());
                    Some(ApiKey::new(&made(known))?)
                }
                key => key,
            },
        };
        let others = self.more_clients.into_iter().map(|(id, secret)| ApiClient {
            id,
            secret,
            api_key: None,
            made_secret: false,
            made_api_key: false,
        });
        let (state, form) = opened.map_or((None, None), |it| (Some(it.file), it.form));
        let settings = Settings {
            clients: std::iter::once(first).chain(others).collect(),
            profile: self.profile,
            seed: form.as_ref().map_or(self.seed, |form| form.seed),
            token_lifetime: self
                .token_lifetime
                .unwrap_or_else(|| self.profile.token_lifetime.duration()),
            session_timeout: self.session_timeout,
            settlement_account: self.settlement_account,
            regular_eft: self.regular_eft,
            guarantee_decision: self.guarantee_decision,
            self_check: self.self_check,
            planted: self.planted,
        };
        let webhooks = Registered {
            session: self.webhook.map(Arc::new),
            guarantee: self.guarantee_webhook.map(Arc::new),
            while_running: false,
        };
        let mut clock = self.clock;
        // What has passed before is added to the time, so that the first start is where the clock is without it.
        let started = clock.now();
        if let Some(form) = &form {
            form.set(&mut clock);
        }
        let core = Arc::new(Core::new(
            settings,
            (clock, started),
            self.journal_capacity,
            webhooks,
            chance,
        ));
        let resumed = form.is_some();
        if let (Some(form), Some(file)) = (form, &state) {
            form.resume(&core, file.path())?;
        }
        let keeper = state.map(|file| Keeper::new(Arc::clone(&core), file, resumed));
        Ok((core, keeper))
    }
}

/// Takes a state file, without holding up whatever else the thread does.
async fn opened(path: PathBuf) -> Result<Opened, StateError> {
    let at = path.clone();
    let opened = tokio::task::spawn_blocking(move || Opened::at(&at));
    opened.await.unwrap_or_else(|error| {
        Err(StateError::Unreadable {
            path,
            source: std::io::Error::other(error),
        })
    })
}
