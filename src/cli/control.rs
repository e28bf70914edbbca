//! A client of the simulator's control API: who is there, the payor's next step, the clock, the journal.
//!
//! The demo uses it for its own simulator too, so that there is one way to play a payment, whoever runs the server.

use std::time::Duration;

use flinks_pay::client::Environment;
use flinks_pay::domain::SessionId;
use flinks_pay::sandbox::{About, Advance, Advanced, Exchange, JournalReport, Played};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The most that an answer may have. A full journal is a few megabytes.
const MAX_ANSWER_BYTES: usize = 64 * 1024 * 1024;

/// How long one call may take: everything is on one machine, and nothing is computed.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The control API of one simulator.
#[derive(Debug, Clone)]
pub(super) struct Control {
    http: reqwest::Client,
    base: String,
}

/// Why the simulator did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub(super) enum ControlError {
    /// There is no HTTP client to be had.
    #[error("TLS cannot be set up")]
    Tls(#[source] reqwest::Error),
    /// No answer, or half of one.
    #[error("no answer from {path}")]
    Unreachable {
        path: String,
        #[source]
        source: reqwest::Error,
    },
    /// An answer over [`MAX_ANSWER_BYTES`].
    #[error("the answer from {path} is too long")]
    TooLong { path: String },
    /// An answer that says no.
    #[error("{path} answered {status}{}", code.as_deref().map(|code| format!(" ({code})")).unwrap_or_default())]
    Refused {
        path: String,
        status: u16,
        code: Option<String>,
    },
    /// An answer that is none of the control API.
    #[error("the answer from {path} cannot be read")]
    Unreadable {
        path: String,
        #[source]
        source: serde_json::Error,
    },
}

impl ControlError {
    /// Whether the call may have been carried out although no answer came.
    pub(super) fn maybe_applied(&self) -> bool {
        match self {
            Self::Tls(_) | Self::Refused { .. } => false,
            Self::Unreachable { source, .. } => !source.is_connect(),
            Self::TooLong { .. } | Self::Unreadable { .. } => true,
        }
    }
}

/// What a refusal says about itself.
#[derive(Debug, Deserialize)]
struct Refusal {
    error: String,
}

impl Control {
    /// Finds out whether a simulator is at this address; none for any other server.
    ///
    /// No credentials are sent.
    ///
    /// # Errors
    ///
    /// Nothing answers at this address.
    pub(super) async fn find(environment: &Environment) -> Result<Option<Self>, ControlError> {
        let mut http = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false);
        if environment.is_loopback() {
            http = http.no_proxy();
            if environment.base_url().scheme() == "http" {
                // Plain http on this machine must work where no root certificates are installed.
                http = http.tls_certs_only([]);
            }
        }
        let http = http.build().map_err(ControlError::Tls)?;
        let base = environment
            .base_url()
            .as_str()
            .trim_end_matches('/')
            .to_owned();
        let control = Self { http, base };
        match control.get::<About>("/_sandbox").await {
            Ok(about) if about.name == About::NAME => Ok(Some(control)),
            Err(error @ (ControlError::Unreachable { .. } | ControlError::Tls(_))) => Err(error),
            // Some server, but no simulator of ours.
            Ok(_) | Err(_) => Ok(None),
        }
    }

    /// Lets the payor finish one screen of the hosted page.
    pub(super) async fn step(&self, session: &SessionId) -> Result<Played, ControlError> {
        let path = format!("/_sandbox/sessions/{}/step", session.expose());
        self.send(&path, self.http.post(self.url(&path))).await
    }

    /// Moves the simulator's time forward.
    pub(super) async fn advance(&self, by: Duration) -> Result<Advanced, ControlError> {
        self.post(
            "/_sandbox/clock/advance",
            &Advance {
                seconds: by.as_secs(),
            },
        )
        .await
    }

    /// Returns the number of the last exchange so far; 0 before the first.
    pub(super) async fn last_exchange(&self) -> Result<u64, ControlError> {
        let exchanges = self.journal_after(0).await?;
        Ok(exchanges.last().map_or(0, |exchange| exchange.sequence))
    }

    /// Returns what has arrived after the exchange with that number.
    pub(super) async fn journal_after(&self, sequence: u64) -> Result<Vec<Exchange>, ControlError> {
        let journal: JournalReport = self.get("/_sandbox/journal").await?;
        Ok(journal
            .exchanges
            .into_iter()
            .filter(|exchange| exchange.sequence > sequence)
            .collect())
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ControlError> {
        self.send(path, self.http.get(self.url(path))).await
    }

    async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, ControlError> {
        self.send(path, self.http.post(self.url(path)).json(body))
            .await
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    async fn send<T: DeserializeOwned>(
        &self,
        path: &str,
        request: reqwest::RequestBuilder,
    ) -> Result<T, ControlError> {
        // The path has the session id, which the caller shows by itself where it belongs; here it would only be long.
        let path = || {
            path.split('/')
                .map(|part| {
                    if part.len() == 36 {
                        "{sessionId}"
                    } else {
                        part
                    }
                })
                .collect::<Vec<_>>()
                .join("/")
        };
        let unreachable = |error: reqwest::Error| ControlError::Unreachable {
            path: path(),
            source: error.without_url(),
        };
        let mut answer = request.send().await.map_err(unreachable)?;
        let status = answer.status();
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(unreachable)? {
            if body.len() + chunk.len() > MAX_ANSWER_BYTES {
                return Err(ControlError::TooLong { path: path() });
            }
            body.extend_from_slice(&chunk);
        }
        if !status.is_success() {
            let code = serde_json::from_slice::<Refusal>(&body)
                .ok()
                .map(|refusal| refusal.error);
            return Err(ControlError::Refused {
                path: path(),
                status: status.as_u16(),
                code,
            });
        }
        serde_json::from_slice(&body).map_err(|source| ControlError::Unreadable {
            path: path(),
            source,
        })
    }
}
