//! What ends by the clock.

use serde_json::json;

use super::look::{self, Expected, Guarantee};
use super::samples;
use crate::clock::{Clock as _, SystemClock};
use crate::contract::tour::report::Basis;
use crate::contract::tour::scene::{Scene, Stop, Who};
use crate::sandbox::SandboxBuilder;
use crate::session::Operation;

/// How much of the machine's time may pass within a second of the simulator's before it is begun anew.
const SLACK: u128 = 800;

/// How often that is done.
const ATTEMPTS: usize = 5;

pub(super) async fn token(scene: &mut Scene) -> Result<(), Stop> {
    let session = scene
        .create(&samples::payment(9.0, "tour-old-token"))
        .await?;
    let lifetime = scene.profile().token_lifetime.duration().as_secs();
    let basis = Basis::Deviation("token-lifetime");
    let operation = Operation::GetSessionDetails;
    for _ in 0..ATTEMPTS {
        let start = SystemClock.now();
        let who = Who::Bearer(scene.course.fresh(false).await?);
        scene.advance(lifetime - 1).await?;
        let answer = scene.call(operation, &session, who.clone(), None).await?;
        if Scene::milliseconds_since(start) > SLACK {
            continue;
        }
        let says = format!("a token is good for {} seconds", lifetime - 1);
        scene.holds(&answer, says, basis, answer.status() == 200);
        scene.advance(1).await?;
        let body = samples::guaranteed();
        let decision = json!({ "guaranteeAccepted": true });
        for (operation, body) in [
            (Operation::CreateSession, Some(&body)),
            (Operation::GetSessionStatus, None),
            (Operation::GetSessionDetails, None),
            (Operation::CancelSession, None),
            (Operation::ConfirmGuarantee, Some(&decision)),
        ] {
            let answer = scene.call(operation, &session, who.clone(), body).await?;
            let says = format!("a token of {lifetime} seconds is refused for {operation}");
            scene.refused(&answer, operation, 401, says, basis);
        }
        let status = scene.status(&session).await?;
        let says = "what a token that has expired is sent with changes nothing";
        let at = Basis::Contract("#/components/schemas/SessionStatusReport");
        scene.is(&status, "/status", "Initiated", says, at);
        return Ok(());
    }
    Err(Stop::Control(
        "the machine is too slow for a second".to_owned(),
    ))
}

pub(super) async fn session(scene: &mut Scene) -> Result<(), Stop> {
    scene.listen(true, false).await?;
    let timeout = SandboxBuilder::SESSION_TIMEOUT.as_secs();
    let body = samples::payment(41.0, "tour-expires");
    let regular = samples::plain_payment(42.0, "tour-expires-2");
    for _ in 0..ATTEMPTS {
        let start = SystemClock.now();
        let mut sessions = Vec::new();
        for (body, screen) in [
            (&body, None),
            (&body, Some("BankConnection")),
            (&body, Some("GuaranteeOffer")),
            (&regular, Some("AccountSelection")),
            (&regular, Some("Pad")),
        ] {
            let session = scene.create(body).await?;
            let mut expected = Expected::new(body);
            if let Some(screen) = screen {
                scene.walk_to(&session, screen).await?;
                expected.on(screen);
                if screen == "GuaranteeOffer" {
                    expected.guarantee = Some(Guarantee::Offered {
                        most: 41.0,
                        lower: false,
                        accepted: Some(true),
                    });
                }
            }
            sessions.push((session, expected));
        }
        scene.advance(timeout - 1).await?;
        let mut early = Vec::new();
        for (session, expected) in &sessions {
            early.push((scene.status(session).await?, expected.status));
        }
        if Scene::milliseconds_since(start) > SLACK {
            continue;
        }
        for (status, expected) in early {
            let says = "a session is open to the end of its time";
            scene.is(&status, "/status", expected, says, Basis::Simulator);
        }
        scene.advance(1).await?;
        for (session, mut expected) in sessions {
            let before = scene.webhooks(&session).len();
            expected.end("Expired", "EFT0601");
            look::at(scene, &session, &expected).await?;
            let cancelled = scene.cancel(&session).await?;
            let says = "a session that has expired is not cancelled";
            let rule = Basis::Rule("cancel-open-only");
            scene.refused(&cancelled, Operation::CancelSession, 400, says, rule);
            let (status, _) = scene.try_step(&session, &json!({})).await?;
            let says = "a payor whose session has expired does not go on";
            scene.holds(&cancelled, says, Basis::Simulator, status == 409);
            scene.control()?.settled().await?;
            let says = "nobody is told of a session that expires";
            let basis = Basis::Deviation("webhook-statuses");
            let fits = scene.webhooks(&session).len() == before;
            scene.holds(&cancelled, says, basis, fits);
            look::at(scene, &session, &expected).await?;
        }
        // A new one has all of its time.
        let session = scene.create(&body).await?;
        scene.advance(timeout / 2).await?;
        look::at(scene, &session, &Expected::new(&body)).await?;
        return scene.listen(false, false).await;
    }
    Err(Stop::Control(
        "the machine is too slow for a second".to_owned(),
    ))
}

pub(super) async fn ended(scene: &mut Scene) -> Result<(), Stop> {
    scene.listen(true, false).await?;
    let body = samples::payment(43.0, "tour-ended");
    let mut sessions = Vec::new();
    let paid = scene.create(&body).await?;
    scene.walk(&paid, &json!({})).await?;
    sessions.push((paid, "Completed", "EFT0301"));
    let failed = scene.create(&body).await?;
    scene.walk(&failed, &json!({ "failLogin": true })).await?;
    sessions.push((failed, "Failed", "EFT0401"));
    let cancelled = scene.create(&body).await?;
    scene.cancel(&cancelled).await?;
    let spelled = scene.profile().cancelled_spelling.as_str();
    sessions.push((cancelled, spelled, "EFT0501"));
    scene.control()?.settled().await?;
    let before: Vec<usize> = sessions
        .iter()
        .map(|(session, ..)| scene.webhooks(session).len())
        .collect();
    scene
        .advance(2 * SandboxBuilder::SESSION_TIMEOUT.as_secs())
        .await?;
    for ((session, status, code), before) in sessions.iter().zip(before) {
        let answer = scene.status(session).await?;
        let says = format!("a session that is {status} stays so");
        let at = Basis::Contract("#/components/schemas/SessionStatus");
        scene.is(&answer, "/status", *status, says, at);
        let says = format!("a session that has {code} keeps it");
        scene.is(&answer, "/statusDetails", *code, says, at);
        scene.control()?.settled().await?;
        let fits = scene.webhooks(session).len() == before;
        let says = "nothing more is told of a session that has ended";
        scene.holds(&answer, says, Basis::Deviation("webhook-statuses"), fits);
    }
    scene.listen(false, false).await
}
