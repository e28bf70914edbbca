//! Whether a server can be asked at all: one request that changes nothing.

use http::header::CONTENT_TYPE;

use super::RunError;
use crate::client::{Credentials, Environment, Scheme};
use crate::contract::Exchange;
use crate::contract::line::{Line, Raw};
use crate::contract::tour::{TourError, probe};

/// Returns the credentials as the server takes them: by their scheme, or by the form in place of HTTP Basic and the other way round,
/// which the tour then reports.
pub(super) async fn credentials(
    environment: &Environment,
    given: &Credentials,
) -> Result<Credentials, RunError> {
    let line = Line::to(environment, None)
        .map_err(|error| RunError::Setup(TourError::Setup(error.without_url().into())))?;
    let other = match &given.0 {
        Scheme::ApiKey { .. } => None,
        Scheme::Basic { id, secret } => Some(Credentials(Scheme::Form {
            id: id.clone(),
            secret: secret.clone(),
        })),
        Scheme::Form { id, secret } => Some(Credentials(Scheme::Basic {
            id: id.clone(),
            secret: secret.clone(),
        })),
    };
    let mut last = 401;
    for credentials in [Some(given.clone()), other].into_iter().flatten() {
        let answer = ask(&line, probe(&credentials)).await?;
        last = answer.status.as_u16();
        match last {
            200..=299 => return Ok(credentials),
            300..=399 => return Err(RunError::Redirects { status: last }),
            _ if !is_json(&answer) => return Err(RunError::SomethingElse { status: last }),
            // A session that nobody has created, asked for with a key that is taken.
            404 if matches!(credentials.0, Scheme::ApiKey { .. }) => return Ok(credentials),
            _ => {}
        }
    }
    Err(RunError::Credentials { status: last })
}

async fn ask(line: &Line, raw: Raw) -> Result<Exchange, RunError> {
    let answer = line.send(raw).await;
    let answer = answer.map_err(|error| RunError::Unreachable(error.without_url().into()))?;
    if answer.status.is_success() && !is_json(&answer) {
        return Err(RunError::SomethingElse {
            status: answer.status.as_u16(),
        });
    }
    Ok(answer)
}

fn is_json(answer: &Exchange) -> bool {
    let kind = answer.answer_headers.get(CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.contains("json") && serde_json::from_slice::<serde_json::Value>(&answer.answer).is_ok()
}
