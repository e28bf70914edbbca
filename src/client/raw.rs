//! An answer as it came, for support cases.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

/// Status, headers and body of an answer, whatever they are. `Debug` shows neither header values nor the body.
#[derive(Clone, PartialEq, Eq)]
pub struct RawResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) complete: bool,
}

impl RawResponse {
    /// Returns the HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// Returns the headers. They may hold cookies.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the body, as far as it was read: at most [`MAX_BODY_BYTES`](super::MAX_BODY_BYTES). It may hold
    /// personal data.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The body without a byte order mark, which JSON does not allow and some servers send.
    pub(crate) fn json(&self) -> Bytes {
        const MARK: &[u8] = "\u{FEFF}".as_bytes();
        if self.body.starts_with(MARK) {
            self.body.slice(MARK.len()..)
        } else {
            self.body.clone()
        }
    }

    /// Returns whether the body was read to its end.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.complete
    }
}

impl fmt::Debug for RawResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.keys().map(http::HeaderName::as_str).collect();
        f.debug_struct("RawResponse")
            .field("status", &self.status.as_u16())
            .field("headers", &names)
            .field("body", &format_args!("[{} bytes]", self.body.len()))
            .field("complete", &self.complete)
            .finish()
    }
}
