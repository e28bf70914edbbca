//! What is said of webhooks.

use serde::{Deserialize, Serialize};

use crate::sandbox::hooks::delivery::Delivery;
use crate::sandbox::hooks::faults::WebhookFaults;
use crate::sandbox::hooks::webhook::Webhook;

/// Who hears of sessions, and how much is on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct WebhooksReport {
    /// Who is told how sessions come out.
    pub session: Option<WebhookReport>,
    /// Who is told of guarantees, and decides about them.
    pub guarantee: Option<WebhookReport>,
    /// How many events wait or are being delivered.
    pub waiting: u64,
    /// How many were dropped as too many waited.
    pub dropped: u64,
}

/// A receiver. The secret that it verifies with is not told.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct WebhookReport {
    /// Where it is.
    pub url: String,
    /// What goes wrong on purpose with what is sent there.
    pub faults: WebhookFaults,
}

impl WebhookReport {
    pub(in crate::sandbox) fn of(webhook: &Webhook) -> Self {
        Self {
            url: webhook.url().as_str().to_owned(),
            faults: webhook.faults(),
        }
    }
}

/// Without the address, which may hold a token.
impl std::fmt::Debug for WebhookReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebhookReport")
            .field("faults", &self.faults)
            .finish_non_exhaustive()
    }
}

/// What has been delivered, or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DeliveriesReport {
    /// The most recent tries, oldest first.
    pub deliveries: Vec<Delivery>,
    /// How many older ones had to make room.
    pub dropped: u64,
}
