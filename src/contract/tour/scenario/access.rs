//! Who may see what.

use http::HeaderValue;
use http::header::AUTHORIZATION;
use serde_json::json;

use super::samples;
use crate::contract::tour::report::Basis;
use crate::contract::tour::scene::{self, NONE, Scene, Stop, Who};
use crate::sandbox::StatusAccess;
use crate::session::Operation;

const SECURITY: Basis = Basis::Contract("#/security");

/// What each operation answers to whoever is not known.
const UNAUTHORIZED: [(Operation, Basis); 5] = [
    (
        Operation::CreateSession,
        Basis::Contract("#/paths/~1api~1v2~1sessions/post/responses/401"),
    ),
    (
        Operation::GetSessionStatus,
        Basis::Contract("#/paths/~1api~1v2~1sessions~1{sessionId}~1status/get/responses/401"),
    ),
    (
        Operation::GetSessionDetails,
        Basis::Contract("#/paths/~1api~1v2~1sessions~1{sessionId}~1details/get/responses/401"),
    ),
    (
        Operation::CancelSession,
        Basis::Contract("#/paths/~1api~1v2~1sessions~1{sessionId}~1cancel/post/responses/401"),
    ),
    (
        Operation::ConfirmGuarantee,
        Basis::Contract(
            "#/paths/~1api~1v2~1sessions~1{sessionId}~1guarantees~1confirm/post/responses/401",
        ),
    ),
];

pub(super) async fn without_credentials(scene: &mut Scene) -> Result<(), Stop> {
    let authorizations = [
        "Bearer",
        "Bearer ",
        "Bearer not-a-token",
        "not-a-token",
        "Basic c2hvcDpodXNo",
    ];
    for (operation, at) in UNAUTHORIZED {
        let body = match operation {
            Operation::CreateSession => Some(samples::guaranteed()),
            Operation::ConfirmGuarantee => Some(json!({ "guaranteeAccepted": true })),
            _ => None,
        };
        let request = || {
            let raw = scene::raw(operation, NONE);
            match &body {
                Some(body) => raw.body("application/json", body.to_string()),
                None => raw,
            }
        };
        let open = operation == Operation::GetSessionStatus
            && scene.profile().status_access == StatusAccess::Anybody;
        let answer = scene.send(request()).await?;
        if open {
            let says = "a status is read without credentials";
            let basis = Basis::Deviation("status-credential");
            scene.refused(&answer, operation, 404, says, basis);
        } else {
            let says = format!("{operation} needs credentials");
            scene.refused(&answer, operation, 401, says, at);
        }
        for value in authorizations {
            let raw = request().header(AUTHORIZATION, HeaderValue::from_static(value));
            let answer = scene.send(raw).await?;
            let says = format!("{operation} does not take `{value}`");
            scene.refused(&answer, operation, 401, says, SECURITY);
        }
        let raw = request()
            .header(scene::API_KEY, HeaderValue::from_static("not-a-key"))
            .header(scene::CLIENT_ID, HeaderValue::from_static("nobody"));
        let answer = scene.send(raw).await?;
        let says = format!("{operation} does not take a wrong API key");
        scene.refused(&answer, operation, 401, says, SECURITY);
    }
    Ok(())
}

pub(super) async fn unknown_session(scene: &mut Scene) -> Result<(), Stop> {
    let body = json!({ "guaranteeAccepted": true });
    for (operation, _) in UNAUTHORIZED.into_iter().skip(1) {
        let sent = (operation == Operation::ConfirmGuarantee).then_some(&body);
        let answer = scene.call(operation, NONE, Who::Us, sent).await?;
        let says = format!("{operation} knows no session that nobody has created");
        let at = Basis::Contract("#/components/schemas/ErrorBody");
        scene.refused(&answer, operation, 404, says, at);
        for odd in ["1", "none", "00000000-0000-4000-8000-00000000000", "%20"] {
            let answer = scene.call(operation, odd, Who::Us, sent).await?;
            let (status, basis) = if operation == Operation::GetSessionDetails {
                (400, Basis::Deviation("details-bad-request"))
            } else {
                (404, Basis::Simulator)
            };
            let says = format!("{operation} takes no session id that is no UUID");
            scene.refused(&answer, operation, status, says, basis);
        }
    }
    Ok(())
}

pub(super) async fn another_client(scene: &mut Scene) -> Result<(), Stop> {
    let body = samples::payment(44.0, "tour-ours");
    let session = scene.create(&body).await?;
    let reads_any = scene.profile().status_access == StatusAccess::Anybody;
    for who in [Who::Other, Who::OtherFresh] {
        let status = scene
            .call(Operation::GetSessionStatus, &session, who.clone(), None)
            .await?;
        let basis = Basis::Deviation("status-credential");
        if reads_any {
            scene.ok(&status, "a status is read by whoever has the id", basis);
        } else {
            let says = "a client does not read the status of another's session";
            scene.refused(&status, Operation::GetSessionStatus, 404, says, basis);
        }
        let details = scene
            .call(Operation::GetSessionDetails, &session, who.clone(), None)
            .await?;
        let says = "a client does not read the details of another's session";
        let at =
            Basis::Contract("#/paths/~1api~1v2~1sessions~1{sessionId}~1details/get/responses/403");
        scene.refused(&details, Operation::GetSessionDetails, 403, says, at);
        let cancelled = scene
            .call(Operation::CancelSession, &session, who.clone(), None)
            .await?;
        let says = "a client does not cancel another's session";
        let at =
            Basis::Contract("#/paths/~1api~1v2~1sessions~1{sessionId}~1cancel/post/responses/404");
        scene.refused(&cancelled, Operation::CancelSession, 404, says, at);
        let decision = json!({ "guaranteeAccepted": false });
        let confirmed = scene
            .call(Operation::ConfirmGuarantee, &session, who, Some(&decision))
            .await?;
        let says = "a client does not decide about another's session";
        let at = Basis::Contract(
            "#/paths/~1api~1v2~1sessions~1{sessionId}~1guarantees~1confirm/post/responses/404",
        );
        scene.refused(&confirmed, Operation::ConfirmGuarantee, 404, says, at);
    }
    let status = scene.status(&session).await?;
    let says = "what another client tries changes nothing";
    let at = Basis::Contract("#/components/schemas/SessionStatusReport");
    scene.is(&status, "/status", "Initiated", says, at);

    let theirs = samples::payment(45.0, "tour-theirs");
    let created = scene
        .call(Operation::CreateSession, "", Who::OtherFresh, Some(&theirs))
        .await?;
    let theirs = scene.created(&created, &theirs)?;
    let details = scene.details(&theirs).await?;
    let says = "the other client's session is not ours";
    scene.refused(
        &details,
        Operation::GetSessionDetails,
        403,
        says,
        Basis::Contract("#/paths/~1api~1v2~1sessions~1{sessionId}~1details/get/responses/403"),
    );
    let cancelled = scene
        .call(Operation::CancelSession, &theirs, Who::Other, None)
        .await?;
    let says = "the other client cancels its own";
    scene.ok(
        &cancelled,
        says,
        Basis::Contract("#/components/schemas/CancelledSession"),
    );
    Ok(())
}

pub(super) async fn read_again(scene: &mut Scene) -> Result<(), Stop> {
    let session = scene.create(&samples::full_guaranteed()).await?;
    let first = (
        scene.status(&session).await?,
        scene.details(&session).await?,
    );
    for _ in 0..3 {
        let status = scene.status(&session).await?;
        let says = "a status that is read again is the same";
        let at = Basis::Contract("#/components/schemas/SessionStatusReport");
        scene.holds(&status, says, at, status.json == first.0.json);
        let details = scene.details(&session).await?;
        let says = "details that are read again are the same";
        let at = Basis::Contract("#/components/schemas/SessionDetails");
        scene.holds(&details, says, at, details.json == first.1.json);
    }
    Ok(())
}
