//! Requests that are sent as they stand, valid or not, and kept with their answers.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use tokio::sync::RwLock;
use url::Url;

use super::party::Cause;
use super::{Exchange, Sender};
use crate::client::transport::{self, Lost, Transport};
use crate::client::{Environment, MAX_BODY_BYTES};

/// A server that is slower gives no answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// A request that is sent as it stands.
#[derive(Clone)]
pub(super) struct Raw {
    pub(super) method: Method,
    /// The path below the base URL, with the query.
    pub(super) target: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// The way to one server. Every exchange over it is kept where somebody wants to know.
#[derive(Clone)]
pub(super) struct Line {
    http: reqwest::Client,
    base: Url,
    record: Option<Record>,
    /// How long is waited before each request.
    pace: Duration,
    /// Held by each exchange that is under way.
    under_way: Arc<RwLock<()>>,
}

/// Exchanges in the order of their answers.
#[derive(Clone, Default)]
pub(super) struct Record(Arc<Mutex<Vec<Exchange>>>);

impl Raw {
    pub(super) fn new(method: Method, target: impl Into<String>) -> Self {
        Self {
            method,
            target: target.into(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }

    pub(super) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// With a body, and what it is said to be.
    pub(super) fn body(mut self, media_type: &str, body: impl Into<Bytes>) -> Self {
        if let Ok(value) = HeaderValue::from_str(media_type) {
            self.headers.insert(CONTENT_TYPE, value);
        }
        self.body = body.into();
        self
    }
}

impl Line {
    pub(super) fn to(
        environment: &Environment,
        record: Option<Record>,
    ) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never());
        let http = if environment.is_loopback() {
            http.no_proxy()
        } else {
            http
        };
        Ok(Self {
            http: http.build()?,
            base: environment.base_url().clone(),
            record,
            pace: Duration::ZERO,
            under_way: Arc::default(),
        })
    }

    /// The same at another pace.
    pub(super) fn paced(mut self, pace: Duration) -> Self {
        self.pace = pace;
        self
    }

    /// Waits until nothing is under way.
    pub(super) async fn quiet(&self) {
        drop(self.under_way.write().await);
    }

    /// Sends a request once and reads the whole answer; of one that is longer than any, no more than the client would.
    pub(super) async fn send(&self, raw: Raw) -> Result<Exchange, reqwest::Error> {
        let base = self.base.as_str().trim_end_matches('/');
        let request = self
            .http
            .request(raw.method, format!("{base}{}", raw.target))
            .headers(raw.headers);
        let request = if raw.body.is_empty() {
            request
        } else {
            request.body(raw.body)
        };
        let request = request.build().map_err(reqwest::Error::without_url)?;
        self.carry(request).await
    }

    /// Carries a request to its end, even if nobody waits for the answer any more: what it has created is to be known.
    async fn carry(&self, request: reqwest::Request) -> Result<Exchange, reqwest::Error> {
        if !self.pace.is_zero() {
            tokio::time::sleep(self.pace).await;
        }
        let line = self.clone();
        let under_way = Arc::clone(&self.under_way).read_owned().await;
        let carried = tokio::spawn(async move {
            let exchange = line.carried(request).await;
            drop(under_way);
            exchange
        });
        match carried.await {
            Ok(exchange) => exchange,
            Err(ended) => match ended.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // The runtime ends, and this with it.
                Err(_) => std::future::pending().await,
            },
        }
    }

    async fn carried(&self, request: reqwest::Request) -> Result<Exchange, reqwest::Error> {
        let asked = (
            request.method().clone(),
            self.target(request.url()),
            request.headers().clone(),
        );
        let body = request.body().and_then(reqwest::Body::as_bytes);
        let sent = Bytes::copy_from_slice(body.unwrap_or_default());
        // The URL has the session id in it.
        let answer = self.http.execute(request).await;
        let mut answer = answer.map_err(reqwest::Error::without_url)?;
        let (status, answer_headers) = (answer.status(), answer.headers().clone());
        let mut read = BytesMut::new();
        let next = |error: reqwest::Error| error.without_url();
        while let Some(chunk) = answer.chunk().await.map_err(next)? {
            read.extend_from_slice(&chunk);
            if read.len() > MAX_BODY_BYTES {
                break;
            }
        }
        let (method, target, headers) = asked;
        let exchange = Exchange {
            by: Sender::Client,
            method,
            target,
            headers,
            body: sent,
            status,
            answer_headers,
            answer: read.freeze(),
        };
        if let Some(record) = &self.record {
            record.keep(exchange.clone());
        }
        Ok(exchange)
    }

    /// The path below the base URL, with the query.
    fn target(&self, url: &Url) -> String {
        let path = url.path();
        let below = path.strip_prefix(self.base.path().trim_end_matches('/'));
        let below = below.unwrap_or(path);
        match url.query() {
            Some(query) => format!("{below}?{query}"),
            None => below.to_owned(),
        }
    }
}

/// Carries the requests of a client.
impl Transport for Line {
    fn send(&self, request: reqwest::Request) -> transport::Exchange<'_> {
        Box::pin(async move {
            let exchange = self.carry(request).await.map_err(Lost::by)?;
            let mut answer = http::Response::new(exchange.answer);
            *answer.status_mut() = exchange.status;
            *answer.headers_mut() = exchange.answer_headers;
            Ok(answer.into())
        })
    }
}

impl Record {
    pub(super) fn keep(&self, exchange: Exchange) {
        self.lock().push(exchange);
    }

    pub(super) fn all(&self) -> Vec<Exchange> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Exchange>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Without the address, and without what was said.
impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Line").finish_non_exhaustive()
    }
}

/// A header value that no log shows.
pub(super) fn sensitive(text: &str) -> Result<HeaderValue, Cause> {
    let mut value = HeaderValue::from_str(text)?;
    value.set_sensitive(true);
    Ok(value)
}
