//! Cancelling, at every point of a session.

use serde_json::{Value, json};

use super::look::{self, Expected, Guarantee};
use super::samples;
use super::walk;
use crate::contract::tour::report::Basis;
use crate::contract::tour::scene::{Answer, Scene, Stop, Who};
use crate::sandbox::CancelDetails;
use crate::session::Operation;

const CANCELLED: Basis = Basis::Contract("#/components/schemas/CancelledSession");

/// Cancels a session that is open.
async fn cancelled(scene: &mut Scene, session: &str, body: &Value) -> Result<Answer, Stop> {
    let answer = scene.cancel(session).await?;
    scene.ok(&answer, "an open session is cancelled", CANCELLED);
    scene.is(
        &answer,
        "/sessionId",
        session,
        "the cancelled session is named",
        CANCELLED,
    );
    let reference = body.get("referenceId").cloned().unwrap_or_default();
    let says = "a cancel repeats the reference";
    scene.is(&answer, "/referenceId", reference, says, CANCELLED);
    let spelled = scene.profile().cancelled_spelling.as_str();
    let says = format!("the cancelled status is spelled {spelled}");
    let spelling = Basis::Deviation("cancelled-spelling");
    scene.is(&answer, "/status", spelled, says, spelling);
    let given = scene.profile().cancel_details == CancelDetails::Given;
    let code = answer.at("/statusDetails").as_str();
    let says = if given {
        "a cancel has the code EFT0501"
    } else {
        "a cancel has no code"
    };
    let basis = Basis::Deviation("cancel-status-details");
    let fits = code == given.then_some("EFT0501");
    scene.holds(&answer, says, basis, fits);
    Ok(answer)
}

/// A cancel that is refused, and changes nothing.
async fn refused(scene: &mut Scene, session: &str, expected: &Expected) -> Result<(), Stop> {
    let answer = scene.cancel(session).await?;
    let says = format!("a session that is {} is not cancelled", expected.status);
    let rule = Basis::Rule("cancel-open-only");
    scene.refused(&answer, Operation::CancelSession, 400, says, rule);
    look::at(scene, session, expected).await?;
    Ok(())
}

pub(super) async fn open(scene: &mut Scene) -> Result<(), Stop> {
    for body in [samples::full_guaranteed(), samples::guaranteed()] {
        let session = scene.create(&body).await?;
        cancelled(scene, &session, &body).await?;
        let mut expected = Expected::new(&body);
        expected.end("Cancelled", "EFT0501");
        look::at(scene, &session, &expected).await?;
        refused(scene, &session, &expected).await?;
    }
    Ok(())
}

pub(super) async fn at_each_screen(scene: &mut Scene) -> Result<(), Stop> {
    let guaranteed = samples::with(
        samples::guaranteed(),
        "/options/showConsentScreen",
        json!(true),
    );
    let guaranteed = samples::with(guaranteed, "/referenceId", json!("tour-cancel"));
    let regular = samples::plain_payment(71.5, "tour-cancel-2");
    for body in [guaranteed, regular] {
        for screen in walk::screens(&body) {
            if screen == "Complete" {
                continue;
            }
            let session = scene.create(&body).await?;
            scene.walk_to(&session, screen).await?;
            let mut expected = Expected::new(&body);
            expected.on(screen);
            if ["GuaranteeOffer", "Review", "Pad"].contains(&screen) {
                expected.amount = expected.amount.or(Some(100.0));
                if expected.is_guaranteed() {
                    expected.guarantee = Some(Guarantee::Offered {
                        most: 100.0,
                        lower: false,
                        accepted: Some(true),
                    });
                }
            }
            cancelled(scene, &session, &body).await?;
            expected.end("Cancelled", "EFT0501");
            let seen = look::at(scene, &session, &expected).await?;
            let (status, played) = scene.try_step(&session, &json!({})).await?;
            let says = "a payor whose session is cancelled does not go on";
            let fits = status == 409 && played.get("error") == Some(&json!("session_ended"));
            scene.holds(&seen.status, says, CANCELLED, fits);
            refused(scene, &session, &expected).await?;
            let decision = json!({ "guaranteeAccepted": true });
            let answer = scene
                .call(
                    Operation::ConfirmGuarantee,
                    &session,
                    Who::Us,
                    Some(&decision),
                )
                .await?;
            let says = "nothing is decided about a session that is cancelled";
            let rule = Basis::Rule("guarantee-pending-only");
            scene.refused(&answer, Operation::ConfirmGuarantee, 400, says, rule);
        }
    }
    Ok(())
}

pub(super) async fn ended(scene: &mut Scene) -> Result<(), Stop> {
    // Completed.
    for body in [
        samples::payment(64.25, "tour-paid"),
        samples::plain_payment(64.25, "tour-paid-2"),
    ] {
        let session = walk::through(scene, &body, 0.0).await?;
        let mut expected = Expected::new(&body);
        expected.on("Complete");
        if expected.is_guaranteed() {
            expected.guarantee = Some(Guarantee::Offered {
                most: 64.25,
                lower: false,
                accepted: Some(true),
            });
        }
        refused(scene, &session, &expected).await?;
    }
    // Failed, in each way.
    for (behaviour, screen, code) in [
        (json!({ "failLogin": true }), "BankConnection", "EFT0401"),
        (json!({ "wrongName": true }), "AccountSelection", "EFT0403"),
        (json!({ "lowBalance": true }), "AccountSelection", "EFT0404"),
    ] {
        let body = samples::plain_payment(52.0, "tour-failed");
        let session = scene.create(&body).await?;
        scene.walk(&session, &behaviour).await?;
        let mut expected = Expected::new(&body);
        expected.on(screen);
        expected.fail(code);
        refused(scene, &session, &expected).await?;
    }
    let body = samples::payment(52.0, "Unhappy1");
    let session = scene.create(&body).await?;
    scene.walk(&session, &json!({})).await?;
    let mut expected = Expected::new(&body);
    expected.on("GuaranteeOffer");
    expected.end("Failed", "EFT0402");
    expected.guarantee = Some(Guarantee::Refused);
    refused(scene, &session, &expected).await?;
    // Expired.
    let body = samples::plain_payment(53.0, "SandboxExpires-2");
    let session = scene.create(&body).await?;
    scene.walk(&session, &json!({})).await?;
    let mut expected = Expected::new(&body);
    expected.on("BankSelection");
    expected.end("Expired", "EFT0601");
    refused(scene, &session, &expected).await
}
