//! A name for what an event says, to know it again.

use std::fmt;

use aws_lc_rs::digest;

use crate::session::StatusReport;

/// What a deduplicator keeps: the same for two events that say the same of a session, and different otherwise.
///
/// Events have no id of their own. The key is the SHA-256 of the JSON text `["<session id>","<status>","<code>"]`, the id in
/// lower case, either spelling of cancelled as `Canceled`, and `null` for a code that is absent. It does not change between
/// versions of this crate, so it can be stored; and it opens no hosted page, so it can be logged. `Display` is 64 lower-case
/// hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EventKey([u8; 32]);

impl EventKey {
    /// Returns the key of a report, of whatever origin: what a webhook says and what the status endpoint says have the same one.
    #[must_use]
    pub fn of(report: &StatusReport) -> Self {
        let name = (&report.session_id, &report.status, &report.status_details);
        // Three texts are always written.
        let name = serde_json::to_vec(&name).unwrap_or_default();
        let mut key = [0; 32];
        for (to, from) in key
            .iter_mut()
            .zip(digest::digest(&digest::SHA256, &name).as_ref())
        {
            *to = *from;
        }
        Self(key)
    }

    /// Returns the 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for EventKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for EventKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EventKey({self})")
    }
}
