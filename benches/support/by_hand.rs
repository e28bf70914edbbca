//! A create as one writes it with `reqwest` and `serde_json`, without this crate.
//!
//! It holds a token until shortly before it expires, and each create takes that one; it ends an attempt and a call in time; it
//! reads no more than a megabyte; it keeps the body of a refusal. It follows no redirect and repeats nothing, for it creates
//! payments. It checks no value, and tells nothing of what an answer has that it does not know.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use flinks_pay::client::MAX_BODY_BYTES;
use reqwest::header::ACCEPT;
use reqwest::{Certificate, Response, StatusCode};
use serde::Deserialize;

use super::order::Plain;

const CONNECT: Duration = Duration::from_secs(5);
const ATTEMPT: Duration = Duration::from_secs(15);
const TOTAL: Duration = Duration::from_secs(60);
const EARLY: Duration = Duration::from_secs(30);

pub(crate) struct ByHand {
    http: reqwest::Client,
    base: String,
    id: String,
    secret: String,
    token: Mutex<Option<Held>>,
}

struct Held {
    token: String,
    stale_at: Instant,
}

#[derive(Debug)]
#[allow(dead_code, reason = "read by whoever handles it")]
pub(crate) enum Failure {
    Http(reqwest::Error),
    Late,
    TooLong,
    Refused(StatusCode, Vec<u8>),
    Unreadable(serde_json::Error),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Created {
    pub(crate) session_id: String,
    pub(crate) reference_id: Option<String>,
}

#[derive(Deserialize)]
struct Token {
    access_token: String,
    expires_in: u64,
}

impl From<reqwest::Error> for Failure {
    fn from(error: reqwest::Error) -> Self {
        Self::Http(error)
    }
}

impl ByHand {
    pub(crate) fn new(base: &str, root: Option<&str>, id: &str, secret: &str) -> Self {
        let http = reqwest::Client::builder()
            .user_agent("by-hand/1.0.0")
            .connect_timeout(CONNECT)
            .pool_idle_timeout(Duration::from_secs(55))
            .no_proxy()
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .tls_certs_only(root.map(|pem| Certificate::from_pem(pem.as_bytes()).unwrap()));
        Self {
            http: http.build().unwrap(),
            base: base.to_owned(),
            id: id.to_owned(),
            secret: secret.to_owned(),
            token: Mutex::new(None),
        }
    }

    pub(crate) async fn create(&self, request: &Plain) -> Result<Created, Failure> {
        let call = async {
            let token = self.token().await?;
            let answer = self
                .http
                .post(format!("{}/api/v2/sessions", self.base))
                .header(ACCEPT, "application/json")
                .bearer_auth(token)
                .json(request)
                .timeout(ATTEMPT)
                .send()
                .await?;
            let body = read(answer).await?;
            serde_json::from_slice(&body).map_err(Failure::Unreadable)
        };
        let done = tokio::time::timeout(TOTAL, call).await;
        done.unwrap_or(Err(Failure::Late))
    }

    async fn token(&self) -> Result<String, Failure> {
        match self.living() {
            Some(token) => Ok(token),
            None => self.authorize().await,
        }
    }

    fn living(&self) -> Option<String> {
        let held = self.token.lock().unwrap();
        held.as_ref()
            .filter(|held| held.stale_at > Instant::now())
            .map(|held| held.token.clone())
    }

    /// Fetches a token and holds it.
    pub(crate) async fn authorize(&self) -> Result<String, Failure> {
        let call = async {
            let answer = self
                .http
                .post(format!("{}/api/v1/authorize", self.base))
                .header(ACCEPT, "application/json")
                .basic_auth(&self.id, Some(&self.secret))
                .form(&[("grant_type", "client_credentials")])
                .timeout(ATTEMPT)
                .send()
                .await?;
            let body = read(answer).await?;
            serde_json::from_slice::<Token>(&body).map_err(Failure::Unreadable)
        };
        let done = tokio::time::timeout(TOTAL, call).await;
        let token = done.unwrap_or(Err(Failure::Late))?;
        let lifetime = Duration::from_secs(token.expires_in).saturating_sub(EARLY);
        *self.token.lock().unwrap() = Some(Held {
            token: token.access_token.clone(),
            stale_at: Instant::now() + lifetime,
        });
        Ok(token.access_token)
    }
}

/// The body of a success, if it is not too long.
async fn read(mut answer: Response) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        if body.len() + chunk.len() > MAX_BODY_BYTES {
            return Err(Failure::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    if answer.status().is_success() {
        Ok(body)
    } else {
        Err(Failure::Refused(answer.status(), body))
    }
}
