//! One request and its answer, as they travelled.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};

/// One request and its answer, as they travelled.
///
/// It has secrets and personal data in it. Its `Debug` shows neither: the method, the number of bytes each way, and the status.
#[derive(Clone, PartialEq, Eq)]
pub struct Exchange {
    /// Who sent the request.
    pub by: Sender,
    /// The method.
    pub method: Method,
    /// The path below the base URL, with the query: `/api/v2/sessions`. Of a webhook, the name that the contract has for it.
    pub target: String,
    /// The headers of the request.
    pub headers: HeaderMap,
    /// The body of the request; empty where there was none.
    pub body: Bytes,
    /// The status of the answer.
    pub status: StatusCode,
    /// The headers of the answer.
    pub answer_headers: HeaderMap,
    /// The body of the answer, decompressed.
    pub answer: Bytes,
}

/// Who sent a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Sender {
    /// The client.
    Client,
    /// The server: a webhook.
    Server,
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("by", &self.by)
            .field("method", &self.method)
            .field("sent", &self.body.len())
            .field("status", &self.status)
            .field("received", &self.answer.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_debug_shows_nothing_that_was_said() {
        let exchange = Exchange {
            by: Sender::Client,
            method: Method::POST,
            target: "/sessions/of-robin?token=hush".to_owned(),
            headers: HeaderMap::from_iter([(
                http::header::AUTHORIZATION,
                http::HeaderValue::from_static("Bearer hush"),
            )]),
            body: Bytes::from_static(b"{\"firstName\":\"Robin\"}"),
            status: StatusCode::OK,
            answer_headers: HeaderMap::new(),
            answer: Bytes::from_static(b"{\"lastName\":\"Robin\"}"),
        };
        assert_eq!(
            format!("{exchange:?}"),
            "Exchange { by: Client, method: POST, sent: 21, status: 200, received: 20, .. }"
        );
    }
}
