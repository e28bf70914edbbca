//! What goes wrong with webhooks on purpose.

use serde::{Deserialize, Serialize};

/// What goes wrong with everything that is sent to one receiver. By default, nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[non_exhaustive]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a way of its own to go wrong"
)]
pub struct WebhookFaults {
    /// It never arrives. A try of the guarantee webhook that is lost has failed.
    pub lost: bool,
    /// It comes so many seconds late, by the sandbox's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub late_seconds: Option<u64>,
    /// It comes twice, byte for byte.
    pub twice: bool,
    /// It waits for the next one of its session and comes after that, or where there is no next one, a minute later than it
    /// would have come.
    pub reordered: bool,
    /// Its signature has the right form, and is of another body.
    pub wrong_signature: bool,
}
