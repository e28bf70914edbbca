//! The four operations on one session: status, details, cancel, confirm.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde_json::json;

use super::answer::Answer;
use super::asked::Asked;
use super::caller::{Calling, calling};
use super::exchange::Arrived;
use super::media_type;
use crate::domain::rules::{CANCEL_OPEN_ONLY, GUARANTEE_PENDING_ONLY};
use crate::sandbox::defect;
use crate::sandbox::details::Details;
use crate::sandbox::json_text::Object;
use crate::sandbox::profile::Profile;
use crate::sandbox::profile::choices::{CancelDetails, StatusAccess};
use crate::sandbox::redact;
use crate::sandbox::session::Session;
use crate::sandbox::world::Core;
use crate::session::{GuaranteeDecision, Operation};

/// Who may do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    /// Whoever holds the session id; credentials that are given must be right all the same.
    Anybody,
    /// The client that created the session; others learn that there is one.
    OwnerElseForbidden,
    /// The client that created the session; for others there is none.
    OwnerElseNotFound,
}

pub(super) async fn status(core: State<Arc<Core>>, id: Asked, headers: HeaderMap) -> Answer {
    let profile = &core.settings.profile;
    let access = match profile.status_access {
        StatusAccess::Anybody => Access::Anybody,
        StatusAccess::Credential => Access::OwnerElseNotFound,
    };
    let operation = Operation::GetSessionStatus;
    on_session(&core, operation, id, &headers, access, |session| {
        let reference = session.terms.reference_id();
        let kept = reference.map(redact::reference);
        Answer::written(
            StatusCode::OK,
            standing(session, reference, profile),
            standing(session, kept.as_deref(), profile),
        )
    })
}

/// What the status operation answers, which is asked more often than all others together.
fn standing(session: &Session, reference: Option<&str>, profile: &Profile) -> String {
    let (status, details) = session.flow.status();
    let mut body = Object::with_capacity(192);
    body.amount("amount", session.flow.amount());
    body.text("referenceId", reference);
    body.text("sessionId", Some(&session.id.expose()));
    body.text("status", Some(profile.spell(&status)));
    // Absent while the payor is under way: no page has a code for that.
    if let Some(details) = details {
        body.text("statusDetails", Some(details.as_str()));
    }
    body.end()
}

pub(super) async fn details(core: State<Arc<Core>>, id: Asked, headers: HeaderMap) -> Answer {
    let operation = Operation::GetSessionDetails;
    if id.0.is_none() {
        return Answer::problem(StatusCode::BAD_REQUEST, "the session id is no UUID")
            .shaped(&core, operation);
    }
    let (profile, access) = (&core.settings.profile, Access::OwnerElseForbidden);
    on_session(&core, operation, id, &headers, access, |session| {
        Answer::of(StatusCode::OK, &Details::of(session, profile))
    })
}

pub(super) async fn cancel(core: State<Arc<Core>>, id: Asked, headers: HeaderMap) -> Answer {
    let profile = &core.settings.profile;
    let (operation, access) = (Operation::CancelSession, Access::OwnerElseNotFound);
    on_session(&core, operation, id, &headers, access, |session| {
        if session.flow.cancel().is_err() {
            let why = "the session has ended already";
            return Answer::error(StatusCode::BAD_REQUEST, "session_terminal", why)
                .breaks(&CANCEL_OPEN_ONLY);
        }
        let (status, details) = session.flow.status();
        let mut body = json!({
            "sessionId": session.id,
            "referenceId": session.terms.reference_id(),
            "status": profile.spell(&status),
        });
        if let (CancelDetails::Given, Some(members)) =
            (profile.cancel_details, body.as_object_mut())
        {
            members.insert("statusDetails".to_owned(), json!(details));
        }
        defect::store::cancelled(core.settings.planted, &mut session.flow);
        Answer::of(StatusCode::OK, &body)
    })
}

pub(super) async fn confirm(
    core: State<Arc<Core>>,
    id: Asked,
    headers: HeaderMap,
    Extension(arrived): Extension<Arrived>,
) -> Answer {
    let (operation, access) = (Operation::ConfirmGuarantee, Access::OwnerElseNotFound);
    let planted = core.settings.planted;
    on_session(&core, operation, id, &headers, access, |session| {
        let is_json = media_type::is(&headers, media_type::JSON);
        if !defect::admission::media_type(planted, &headers, is_json) {
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            return Answer::problem(status, "application/json is expected");
        }
        let Some(body) = arrived.json() else {
            return Answer::problem(StatusCode::BAD_REQUEST, "the body is not JSON");
        };
        let body = defect::admission::body(planted, body, GuaranteeDecision::from_json);
        let decision = match GuaranteeDecision::from_json(&body) {
            Ok(decision) => decision,
            Err(violations) => return Answer::violations(&violations),
        };
        if session.flow.decide(decision.is_accept()).is_err() {
            let why = "no guarantee of this session waits for a decision";
            return Answer::problem(StatusCode::BAD_REQUEST, why).breaks(&GUARANTEE_PENDING_ONLY);
        }
        let body = json!({ "sessionId": session.id, "referenceId": session.terms.reference_id() });
        Answer::of(StatusCode::OK, &body)
    })
}

/// Finds the session as it is now, and sees to it that the caller may have it.
fn on_session(
    core: &Core,
    operation: Operation,
    id: Asked,
    headers: &HeaderMap,
    access: Access,
    act: impl FnOnce(&mut Session) -> Answer,
) -> Answer {
    let mut world = core.world();
    let planted = core.settings.planted;
    let (calling, credential) = calling(core, &world, operation, headers);
    let client = match calling {
        Calling::Known(caller) => Some(caller.client),
        Calling::Nobody if access == Access::Anybody => None,
        Calling::Unknown | Calling::Nobody => {
            let why = "a valid access token is required";
            return Answer::error(StatusCode::UNAUTHORIZED, "unauthorized", why)
                .with(credential)
                .shaped(core, operation);
        }
    };
    let none = || Answer::error(StatusCode::NOT_FOUND, "not_found", "no such session");
    let found = id.0.and_then(|id| {
        let id = defect::store::found(planted, &world, operation, id);
        core.on_session(&mut world, &id, |session| {
            let owns = client == Some(session.owner);
            if access == Access::Anybody || owns || defect::store::is_shared(planted, operation) {
                act(session)
            } else if access == Access::OwnerElseForbidden {
                let why = "the session is another client's";
                Answer::error(StatusCode::FORBIDDEN, "forbidden", why)
            } else {
                none()
            }
        })
    });
    found
        .unwrap_or_else(none)
        .with(credential)
        .shaped(core, operation)
}
