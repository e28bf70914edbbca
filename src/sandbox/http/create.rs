//! `createSession`: a request for a session.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde_json::json;

use super::answer::Answer;
use super::caller::{Calling, calling};
use super::exchange::Arrived;
use super::media_type;
use crate::clock::Clock;
use crate::domain::rules::{PAYEE_OR_SETTLEMENT, TOKEN_PER_CREATE};
use crate::sandbox::defect;
use crate::sandbox::profile::choices::TokenUse;
use crate::sandbox::session::Session;
use crate::sandbox::world::{Core, World};
use crate::session::{Operation, SessionRequest};

pub(super) async fn create(
    State(core): State<Arc<Core>>,
    headers: HeaderMap,
    Extension(arrived): Extension<Arrived>,
) -> Answer {
    // One lock from the check of the token to its spending: of two calls with one token, one creates.
    let mut world = core.world();
    let (calling, credential) = calling(&core, &world, Operation::CreateSession, &headers);
    answer(&core, &mut world, calling, &headers, &arrived)
        .with(credential)
        .shaped(&core, Operation::CreateSession)
}

fn answer(
    core: &Core,
    world: &mut World,
    calling: Calling,
    headers: &HeaderMap,
    arrived: &Arrived,
) -> Answer {
    let Calling::Known(caller) = calling else {
        return Answer::problem(StatusCode::UNAUTHORIZED, "a valid access token is required");
    };
    let (profile, planted) = (&core.settings.profile, core.settings.planted);
    if caller.spent && profile.token_use == TokenUse::Single {
        let why = "the access token has created a session already";
        return Answer::problem(StatusCode::UNAUTHORIZED, why).breaks(&TOKEN_PER_CREATE);
    }
    defect::tokens::admitted(planted, &mut world.tokens, &caller);
    let is_json = media_type::is(headers, media_type::JSON);
    if !defect::admission::media_type(planted, headers, is_json) {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Answer::problem(status, "application/json is expected");
    }
    let Some(body) = arrived.json() else {
        return Answer::problem(StatusCode::BAD_REQUEST, "the body is not JSON");
    };
    if let Some(why) = defect::admission::too_strict(planted, &body) {
        return Answer::problem(StatusCode::BAD_REQUEST, why);
    }
    let body = defect::admission::body(planted, body, SessionRequest::from_json);
    let request = match SessionRequest::from_json(&body) {
        Ok(request) => request,
        Err(violations) => return Answer::violations(&violations),
    };
    match &request {
        SessionRequest::Guaranteed(request)
            if request.payee().is_none() && !core.settings.settlement_account =>
        {
            let why = "a payee is expected, as the client has no settlement account";
            return Answer::problem(StatusCode::BAD_REQUEST, why).breaks(&PAYEE_OR_SETTLEMENT);
        }
        SessionRequest::Regular(_) if !core.settings.regular_eft => {
            return Answer::problem(
                StatusCode::FORBIDDEN,
                "regular EFT is not enabled for the client",
            );
        }
        _ => {}
    }
    let Ok(id) = world.free_id() else {
        return Answer::problem(
            StatusCode::INTERNAL_SERVER_ERROR,
            "the sandbox could not make an id",
        );
    };
    let id = defect::store::id(planted, world, caller.client, id);
    let request = defect::store::kept(planted, request);
    let now = (core.clock.now(), core.clock.wall());
    let session = Session::new(
        id,
        caller.client,
        request,
        core.integrator_decides(),
        now,
        &mut world.chance,
        planted,
    );
    let id = match defect::store::same_reference(planted, world, &session) {
        None => id,
        Some(Ok(first)) => first,
        Some(Err(why)) => return Answer::problem(StatusCode::BAD_REQUEST, why),
    };
    let body = json!({ "sessionId": id, "referenceId": session.terms.reference_id() });
    world.sessions.insert(id, session);
    defect::store::created(planted, world, &id);
    if let Some(token) = &caller.token {
        world.tokens.spend(token);
    }
    Answer::of(profile.success_of(Operation::CreateSession), &body)
}
