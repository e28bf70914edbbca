//! The sessions: the list of them, making one in any state, playing the payor of one.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;

use super::{Sent, document, invalid, object, refusal};
use crate::domain::SessionId;
use crate::sandbox::behaviour::Behaviour;
use crate::sandbox::error::SandboxError;
use crate::sandbox::http::answer::Answer;
use crate::sandbox::http::asked::Asked;
use crate::sandbox::profile::Profile;
use crate::sandbox::roster::{SessionOrder, SessionPage};
use crate::sandbox::world::Core;
use crate::session::SessionStatus;

/// How many sessions a page has unless the caller says otherwise, and at most.
const PAGE: (usize, usize) = (100, 1000);

pub(super) async fn list(State(core): State<Arc<Core>>, RawQuery(query): RawQuery) -> Response {
    match page(&core, query.as_deref().unwrap_or_default()) {
        Ok(page) => spelled(&core, StatusCode::OK, &page),
        Err(answer) => answer.into_response(),
    }
}

fn page(core: &Core, query: &str) -> Result<SessionPage, Answer> {
    let (mut limit, most) = PAGE;
    let mut after = None;
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match name.as_ref() {
            "limit" => {
                let number = value.parse().ok();
                let number = number.filter(|number| (1..=most).contains(number));
                limit = number.ok_or_else(|| invalid("at `limit`: from 1 to 1,000 is expected"))?;
            }
            "after" => {
                let id = SessionId::new(&value);
                after = Some(id.map_err(|_| refusal(&SandboxError::UnknownSession))?);
            }
            _ => return Err(invalid("only `limit` and `after` are expected")),
        }
    }
    core.roster(after.as_ref(), limit)
        .map_err(|error| refusal(&error))
}

pub(super) async fn prepare(State(core): State<Arc<Core>>, body: Sent) -> Response {
    let order: SessionOrder = match document(body) {
        Ok(order) => order,
        Err(answer) => return answer.into_response(),
    };
    match core.prepare(&order) {
        Ok(standing) => spelled(&core, StatusCode::CREATED, &standing),
        Err(error) => refusal(&error).into_response(),
    }
}

pub(super) async fn step(State(core): State<Arc<Core>>, Asked(id): Asked, body: Sent) -> Response {
    let behaviour = match body {
        Ok(body) if body.is_empty() => Some(Behaviour::default()),
        body => object(body),
    };
    let Some(behaviour) = behaviour else {
        return invalid("the body is empty, or an object of what the payor does otherwise")
            .into_response();
    };
    let played = id
        .ok_or(SandboxError::UnknownSession)
        .and_then(|id| core.play(&id, &behaviour));
    match played {
        Ok(played) => spelled(&core, StatusCode::OK, &played),
        Err(error) => refusal(&error).into_response(),
    }
}

/// A document in which every status is spelled as the operations spell it: whoever compares the two is to find one text.
fn spelled(core: &Core, status: StatusCode, document: &impl Serialize) -> Response {
    // Documents of this crate can all be written.
    let mut document = serde_json::to_value(document).unwrap_or_default();
    spell(&core.settings.profile, &mut document);
    Answer::of(status, &document).into_response()
}

fn spell(profile: &Profile, document: &mut Value) {
    if let Some(Value::String(status)) = document.get_mut("status") {
        profile
            .spell(&SessionStatus::from(status.as_str()))
            .clone_into(status);
    }
    let sessions = document.get_mut("sessions").and_then(Value::as_array_mut);
    for session in sessions.into_iter().flatten() {
        spell(profile, session);
    }
}
