//! A verified webhook as the argument of an axum handler.

use std::fmt;

use axum::body::HttpBody as _;
use axum::extract::{DefaultBodyLimit, FromRef, FromRequest, Request};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::StatusCode;

use super::{Event, Refusal, Verified, WebhookError, WebhookVerifier};

/// A webhook that was verified before the handler runs. The state of the router must give a [`WebhookVerifier`].
///
/// What is refused gets its answer without the handler: 401, or 413 to a body over the verifier's limit, of which no more is read
/// than shows that it is over. Neither answer has a body. The reason is logged (target `flinks_pay`, level WARN), without anything
/// that was sent. A handler that takes `Result<VerifiedWebhook, WebhookRejection>` sees to both itself.
///
/// ```no_run
/// use axum::{Router, routing::post};
/// use flinks_pay::Client;
/// use flinks_pay::client::once::Noted;
/// use flinks_pay::webhook::{Event, VerifiedWebhook, WebhookSecret, WebhookVerifier};
///
/// async fn handle(client: &Client, event: &Event) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
///     match event {
///         Event::StatusChanged(event) => match client.note_outcome(event.report()).await? {
///             Noted::NoNews | Noted::Live | Noted::Free | Noted::Paid => {}
///             // Sessions that come from elsewhere are none of the guard's.
///             Noted::Unknown if !event.report().is_scheduled() => {}
///             // The rest is for a person, above all `Stray`, `Late` and `Twice`: the payor may have paid twice.
///             noted => eprintln!("{noted:?}: somebody should look at it"),
///         },
///         // It may be a status event under a new name. Asking tells the guard of debts, too.
///         other => {
///             if let Some(session) = other.session_id() {
///                 client.status(&session).await?;
///             }
///         }
///     }
///     Ok(())
/// }
///
/// # fn router(client: Client) -> Result<Router, Box<dyn std::error::Error>> {
/// let verifier = WebhookVerifier::new(WebhookSecret::new("a secret out of your vault")?);
/// let taken = async move |webhook: VerifiedWebhook| {
///     // Answered at once. A queue that outlives the process is better: no event comes twice.
///     tokio::spawn(async move {
///         if let Err(error) = handle(&client, &webhook.verified.event).await {
///             eprintln!("to be asked again later: {error}");
///         }
///     });
///     VerifiedWebhook::TAKEN
/// };
/// let router = Router::new().route("/flinks", post(taken)).with_state(verifier);
/// # Ok(router)
/// # }
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerifiedWebhook {
    /// What it says, and which secret it was signed with.
    pub verified: Verified,
    /// The body as it came, for an archive. It may hold personal data.
    pub body: Bytes,
}

impl VerifiedWebhook {
    /// The answer to a webhook that was taken: 200, which is the only one that Flinks documents for it (WST).
    pub const TAKEN: StatusCode = StatusCode::OK;

    /// Returns what it says.
    #[must_use]
    pub fn into_event(self) -> Event {
        self.verified.event
    }
}

impl fmt::Debug for VerifiedWebhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedWebhook")
            .field("verified", &self.verified)
            .field("body", &format_args!("[{} bytes]", self.body.len()))
            .finish()
    }
}

/// Why there is no [`VerifiedWebhook`]. As an answer it is a status without a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WebhookRejection {
    /// It was refused.
    #[error(transparent)]
    Refused(#[from] WebhookError),
    /// The body broke off. Nobody is left to read the answer, which is 400.
    #[error("the webhook body could not be read to its end")]
    Interrupted,
}

impl WebhookRejection {
    /// Returns the HTTP status to answer: 401, 413, or 400 to a body that broke off.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Refused(error) if error.status() == 413 => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Refused(_) => StatusCode::UNAUTHORIZED,
            Self::Interrupted => StatusCode::BAD_REQUEST,
        }
    }
}

impl IntoResponse for WebhookRejection {
    fn into_response(self) -> Response {
        self.status().into_response()
    }
}

impl<S> FromRequest<S> for VerifiedWebhook
where
    S: Send + Sync,
    WebhookVerifier: FromRef<S>,
{
    type Rejection = WebhookRejection;

    async fn from_request(request: Request, state: &S) -> Result<Self, WebhookRejection> {
        let verifier = WebhookVerifier::from_ref(state);
        let taken = take(&verifier, request).await;
        if let Err(rejection) = taken {
            match rejection {
                WebhookRejection::Refused(error) => {
                    tracing::warn!(
                        target: "flinks_pay",
                        reason = %error.reason(),
                        "a webhook was refused",
                    );
                }
                WebhookRejection::Interrupted => {
                    tracing::warn!(target: "flinks_pay", "a webhook broke off");
                }
            }
        }
        taken
    }
}

async fn take(
    verifier: &WebhookVerifier,
    mut request: Request,
) -> Result<VerifiedWebhook, WebhookRejection> {
    let limit = verifier.limit();
    // What is announced to be too long is not read at all; what is too long without saying so is read up to the limit.
    let announced = usize::try_from(request.body().size_hint().lower()).unwrap_or(usize::MAX);
    verifier
        .check_length(announced)
        .map_err(WebhookError::from)?;
    let headers = std::mem::take(request.headers_mut());
    DefaultBodyLimit::max(limit).apply(&mut request);
    let body = Bytes::from_request(request, &())
        .await
        .map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => WebhookError::from(Refusal::TooLarge { limit }).into(),
            _ => WebhookRejection::Interrupted,
        })?;
    Ok(VerifiedWebhook {
        verified: verifier.verify(&headers, &body)?,
        body,
    })
}
