//! How one sandbox behaves; fixed when it starts.

use std::time::Duration;

use crate::domain::{ApiKey, ClientId, ClientSecret};

use super::defect::Planted;
use super::judge::SelfCheck;
use super::profile::Profile;

/// A client of the API: who may call it.
#[derive(Debug)]
pub(super) struct ApiClient {
    pub(super) id: ClientId,
    pub(super) secret: ClientSecret,
    pub(super) api_key: Option<ApiKey>,
    /// Whether the sandbox has made the secret.
    pub(super) made_secret: bool,
    /// Whether it has made the key.
    pub(super) made_api_key: bool,
}

/// Everything that a builder sets, bar the port and the clock.
#[derive(Debug)]
pub(super) struct Settings {
    /// The first is the one that the sandbox gives out.
    pub(super) clients: Vec<ApiClient>,
    pub(super) profile: Profile,
    pub(super) seed: Option<u64>,
    /// The profile's, unless another one was asked for.
    pub(super) token_lifetime: Duration,
    pub(super) session_timeout: Duration,
    pub(super) settlement_account: bool,
    pub(super) regular_eft: bool,
    pub(super) guarantee_decision: bool,
    pub(super) self_check: SelfCheck,
    pub(super) planted: Planted,
}
