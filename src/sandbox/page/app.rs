//! The hosted page: `/app/?sessionId=…`, and the endpoints by which it looks and acts.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware;
use axum::response::Response;
use axum::routing::get;

use super::guard;
use super::reply::{self, refusal};
use super::texts;
use super::turn::{Misread, Turn};
use super::view::{Shown, View};
use crate::domain::{Language, SessionId};
use crate::sandbox::error::SandboxError;
use crate::sandbox::http::Asked;
use crate::sandbox::world::Core;

/// The page, with the keys of its texts.
pub(super) const PAGE: &str = include_str!("app.html");

/// More than any turn has.
const MAX_TURN_BYTES: usize = 4096;

pub(super) fn router() -> Router<Arc<Core>> {
    let endpoints = Router::new()
        .route("/app/sessions/{session}", get(look).post(act))
        .layer(DefaultBodyLimit::max(MAX_TURN_BYTES))
        .layer(middleware::from_fn(guard::own_pages_only));
    let style = async || reply::file(reply::STYLE, include_str!("page.css"));
    let script = async || reply::file(reply::SCRIPT, include_str!("page.js"));
    Router::new()
        .route("/app/", get(document))
        .route("/app/page.css", get(style))
        .route("/app/page.js", get(script))
        .merge(endpoints)
}

/// The page in the session's language. Any page may embed it, as it may the vendor's, so no directive forbids that. It is the same
/// for every session, and to open it does not begin one: a preview of a link is no payor.
async fn document(
    State(core): State<Arc<Core>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let asked = query.as_deref().and_then(session_id);
    let found = asked
        .and_then(|id| core.on_session(&mut core.world(), &id, |session| session.terms.language));
    let (status, language) = match found {
        Some(language) => (StatusCode::OK, language),
        None => (StatusCode::NOT_FOUND, preferred(&headers)),
    };
    reply::document(status, texts::fill(PAGE, language), "")
}

fn session_id(query: &str) -> Option<SessionId> {
    let mut members = url::form_urlencoded::parse(query.as_bytes());
    let (_, id) = members.find(|(name, _)| name == "sessionId")?;
    SessionId::new(&id).ok()
}

/// The language of somebody without a session: what the browser prefers, if that is French.
fn preferred(headers: &HeaderMap) -> Language {
    let languages = headers.get(header::ACCEPT_LANGUAGE);
    match languages.and_then(|languages| languages.to_str().ok()) {
        Some(first) if first.trim().to_ascii_lowercase().starts_with("fr") => Language::Fr,
        _ => Language::En,
    }
}

async fn look(State(core): State<Arc<Core>>, Asked(id): Asked) -> Response {
    match id.and_then(|id| view_of(&core, &id)) {
        Some(view) => reply::data(StatusCode::OK, &view),
        None => unknown(),
    }
}

async fn act(
    State(core): State<Arc<Core>>,
    Asked(id): Asked,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let turn = match body {
        Ok(body) => Turn::read(&body),
        Err(_) => Err(Misread::TOO_LONG),
    };
    let turn = match turn {
        Ok(turn) => turn,
        Err(misread) => return bad(&misread),
    };
    let Some(id) = id else {
        return unknown();
    };
    let done = core.play_as(&id, |session| {
        if Shown::of(&session.flow) != turn.screen() {
            return Err(Halt::Elsewhere);
        }
        turn.behaviour(session).map_err(Halt::Misread)
    });
    // What is shown now, which may be later than what was just played.
    let Some(view) = view_of(&core, &id) else {
        return unknown();
    };
    match done {
        Ok(_) => reply::data(StatusCode::OK, &view),
        Err(Halt::Misread(misread)) => bad(&misread),
        Err(Halt::Elsewhere) => {
            let why = "the session shows another screen by now";
            refusal(StatusCode::CONFLICT, "screen_changed", why, Some(&view))
        }
        Err(Halt::Sandbox(error)) => {
            let what = match error {
                SandboxError::AmountRefused { .. } => "amount_refused",
                _ => "screen_changed",
            };
            refusal(StatusCode::CONFLICT, what, &error.to_string(), Some(&view))
        }
    }
}

/// Why a turn was not played.
enum Halt {
    /// It is about a screen that is not shown.
    Elsewhere,
    Misread(Misread),
    Sandbox(SandboxError),
}

impl From<SandboxError> for Halt {
    fn from(error: SandboxError) -> Self {
        Self::Sandbox(error)
    }
}

fn bad(misread: &Misread) -> Response {
    refusal(StatusCode::BAD_REQUEST, misread.code, &misread.why, None)
}

fn unknown() -> Response {
    let why = "no session of this simulator has that id";
    refusal(StatusCode::NOT_FOUND, "not_found", why, None)
}

/// What the page shows of a session; nothing for one that is not known.
fn view_of(core: &Core, id: &SessionId) -> Option<View> {
    core.on_session(&mut core.world(), id, |session| View::of(session))
}
