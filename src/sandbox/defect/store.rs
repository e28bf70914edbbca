//! What is kept of a session, and which one is found.

use serde_json::Value;

use super::admission::remove;
use super::{Defect, Planted};
use crate::domain::SessionId;
use crate::sandbox::flow::Flow;
use crate::sandbox::session::Session;
use crate::sandbox::world::{Core, World};
use crate::session::{Operation, SessionRequest};

/// What is kept of the body of a create that may be kept.
pub(in crate::sandbox) fn kept(planted: Planted, request: SessionRequest) -> SessionRequest {
    let Some(defect) = planted.get() else {
        return request;
    };
    let Ok(mut body) = serde_json::to_value(&request) else {
        return request;
    };
    match defect {
        Defect::LosesReference => remove("referenceId", &mut body),
        Defect::LosesMiddleName => remove("payor.middleName", &mut body),
        Defect::LosesLimits => remove("options.limits", &mut body),
        Defect::LosesPayee => remove("payee", &mut body),
        Defect::KeepsWholeDollars => {
            let whole = body.get("amount").and_then(Value::as_f64);
            if let Some(whole) = whole.map(f64::trunc).filter(|whole| *whole >= 1.0) {
                super::admission::set("amount", whole.into(), &mut body);
            }
        }
        _ => return request,
    }
    SessionRequest::from_json(&body).unwrap_or(request)
}

/// The id of a new session of a client.
pub(in crate::sandbox) fn id(
    planted: Planted,
    world: &World,
    client: usize,
    free: SessionId,
) -> SessionId {
    if !planted.is(Defect::ReusesIds) {
        return free;
    }
    first(world, |session| session.owner == client).map_or(free, |first| first.id)
}

/// A session that a create with a reference is answered with, or refused for.
pub(in crate::sandbox) fn same_reference(
    planted: Planted,
    world: &World,
    session: &Session,
) -> Option<Result<SessionId, &'static str>> {
    let defect = planted.get()?;
    let reference = session.terms.reference_id()?;
    let same = |other: &Session| {
        other.owner == session.owner && other.terms.reference_id() == Some(reference)
    };
    match defect {
        Defect::ReferenceRefusedAgain => first(world, same).map(|_| Err("the reference is used")),
        Defect::ReferenceAnswersFirst => first(world, same).map(|first| Ok(first.id)),
        _ => None,
    }
}

/// After a session has come into the world.
pub(in crate::sandbox) fn created(planted: Planted, world: &mut World, id: &SessionId) {
    match planted.get() {
        Some(Defect::ForgetsCreate) => {
            world.sessions.remove(id);
        }
        Some(Defect::KeepsThreeSessions) if world.sessions.len() > 3 => {
            if let Some(first) = first(world, |_| true).map(|first| first.id) {
                world.sessions.remove(&first);
            }
        }
        _ => {}
    }
}

/// The session that is found when one is asked for.
pub(in crate::sandbox) fn found(
    planted: Planted,
    world: &World,
    operation: Operation,
    id: SessionId,
) -> SessionId {
    let wrong = match planted.get() {
        Some(Defect::StatusOfAnotherSession) => operation == Operation::GetSessionStatus,
        Some(Defect::DetailsOfAnotherSession) => operation == Operation::GetSessionDetails,
        _ => false,
    };
    let known = wrong.then(|| world.sessions.get(&id)).flatten();
    let other = known.and_then(|known| {
        first(world, |it| it.owner == known.owner && it.id != id).map(|it| it.id)
    });
    other.unwrap_or(id)
}

/// Whether a client may do this with a session of another one.
pub(in crate::sandbox) fn is_shared(planted: Planted, operation: Operation) -> bool {
    match planted.get() {
        Some(Defect::OthersReadDetails) => operation == Operation::GetSessionDetails,
        Some(Defect::OthersReadStatus) => operation == Operation::GetSessionStatus,
        Some(Defect::OthersCancel) => operation == Operation::CancelSession,
        _ => false,
    }
}

/// A session as time has left it, whenever something is done with it.
pub(in crate::sandbox) fn aged(core: &Core, session: &mut Session, age_seconds: u64) {
    match core.settings.planted.get() {
        Some(Defect::ForgetsCancel) if age_seconds >= 60 => session.flow.reopen(),
        Some(Defect::FinishedExpires) if age_seconds >= core.settings.session_timeout.as_secs() => {
            session.flow.expire_again();
        }
        _ => {}
    }
}

/// Whether a session is gone.
pub(in crate::sandbox) fn is_gone(planted: Planted, age_seconds: u64) -> bool {
    planted.is(Defect::ForgetsAfterAMinute) && age_seconds >= 60
}

/// After a cancel has been answered.
pub(in crate::sandbox) fn cancelled(planted: Planted, flow: &mut Flow) {
    if planted.is(Defect::CancelDoesNothing) {
        flow.reopen();
    }
}

/// The first one that was created of those that are so.
fn first(world: &World, is: impl Fn(&Session) -> bool) -> Option<&Session> {
    let sessions = world.sessions.values().map(|it| &**it);
    sessions
        .filter(|it| is(it))
        .min_by_key(|it| (it.created, it.id))
}
