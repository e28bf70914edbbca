//! What a path asks for, and what it says that cannot be read.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;

use crate::domain::SessionId;

/// The session in the path; `None` for a text that is no session id, one that is not even UTF-8 included. axum by itself
/// would answer the latter in plain text, which is no error shape of the contract.
#[derive(Debug, Clone, Copy)]
pub(in crate::sandbox) struct Asked(pub(in crate::sandbox) Option<SessionId>);

impl Asked {
    /// The session in the path of a request, which may have none.
    pub(super) async fn of(parts: &mut Parts) -> Option<SessionId> {
        let Ok(Self(session)) = Self::from_request_parts(parts, &()).await;
        session
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let text = Path::<String>::from_request_parts(parts, state).await.ok();
        Ok(Self(text.and_then(|Path(text)| SessionId::new(&text).ok())))
    }
}
