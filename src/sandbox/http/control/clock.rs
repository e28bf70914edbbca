//! Moving the sandbox's time.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::{Sent, invalid, object};
use crate::sandbox::control::{Advance, Advanced};
use crate::sandbox::world::Core;

pub(super) async fn advance(State(core): State<Arc<Core>>, body: Sent) -> Response {
    match object(body) {
        Some(Advance { seconds }) => {
            let moved = core.advance(Duration::from_secs(seconds));
            Json(Advanced {
                moved_seconds: moved.as_secs(),
            })
            .into_response()
        }
        None => invalid("an object with `seconds` is expected, a whole number").into_response(),
    }
}
