//! The integrator's decision about a guarantee.

use http::StatusCode;
use serde_json::{Value, json};

use super::look::{self, Expected, Guarantee};
use super::samples;
use super::webhooks::{Told, told};
use crate::contract::tour::report::Basis;
use crate::contract::tour::scene::{Answer, Scene, Stop, Who, same};
use crate::session::Operation;

const CONFIRM: Operation = Operation::ConfirmGuarantee;
const CONFIRMED: Basis = Basis::Contract("#/components/schemas/ConfirmedGuarantee");
const PENDING: Basis = Basis::Rule("guarantee-pending-only");
const ACCEPTANCE: Basis = Basis::Deviation("guarantee-acceptance");

/// A session whose guarantee waits for a decision.
async fn waiting(scene: &mut Scene, body: &Value, most: f64) -> Result<(String, Expected), Stop> {
    let session = scene.create(body).await?;
    scene.walk_to(&session, "GuaranteeOffer").await?;
    let mut expected = Expected::new(body);
    expected.amount = expected.amount.or(Some(100.0));
    expected.on("GuaranteeOffer");
    expected.guarantee = Some(Guarantee::Offered {
        most,
        lower: !same(&json!(most), &json!(expected.amount)),
        accepted: None,
    });
    look::at(scene, &session, &expected).await?;
    Ok((session, expected))
}

fn decide(expected: &mut Expected, accept: bool) {
    if let Some(Guarantee::Offered { accepted, .. }) = &mut expected.guarantee {
        *accepted = Some(accept);
    }
}

async fn again(scene: &mut Scene, session: &str, says: &'static str) -> Result<(), Stop> {
    for accept in [true, false] {
        let answer = scene.confirm(session, accept).await?;
        scene.refused(&answer, CONFIRM, 400, says, PENDING);
    }
    Ok(())
}

fn confirmed(scene: &mut Scene, answer: &Answer, session: &str, body: &Value) {
    scene.ok(answer, "a decision is taken", CONFIRMED);
    scene.is(
        answer,
        "/sessionId",
        session,
        "a decision names its session",
        CONFIRMED,
    );
    let reference = body.get("referenceId").cloned().unwrap_or_default();
    let says = "a decision repeats the reference";
    scene.is(answer, "/referenceId", reference, says, CONFIRMED);
}

pub(super) async fn decided(scene: &mut Scene) -> Result<(), Stop> {
    scene.listen(true, true).await?;
    for (body, most) in [
        (samples::payment(86.4, "tour-decided"), 86.4),
        (samples::guaranteed(), 100.0),
        (samples::payment(86.41, "Happy2"), 43.2),
    ] {
        // Accepted.
        let (session, mut expected) = waiting(scene, &body, most).await?;
        offered(scene, &session, &expected, most).await?;
        let (status, played) = scene.try_step(&session, &json!({})).await?;
        let seen = look::at(scene, &session, &expected).await?;
        let says = "the payor waits for the decision";
        let fits = status == 409 && played.get("error") == Some(&json!("decision_pending"));
        scene.holds(&seen.status, says, ACCEPTANCE, fits);
        let answer = scene.confirm(&session, true).await?;
        confirmed(scene, &answer, &session, &body);
        decide(&mut expected, true);
        look::at(scene, &session, &expected).await?;
        again(scene, &session, "a guarantee is decided about once").await?;
        look::at(scene, &session, &expected).await?;
        scene.step(&session, &json!({})).await?;
        expected.amount = Some(most);
        expected.on("Review");
        look::at(scene, &session, &expected).await?;
        scene.walk(&session, &json!({})).await?;
        expected.on("Complete");
        look::at(scene, &session, &expected).await?;
        again(
            scene,
            &session,
            "nothing is decided about a session that is completed",
        )
        .await?;
        let codes = scene.completed_codes();
        told(scene, &session, &body, &Told::paid(&codes, Some(most))).await?;

        // Rejected.
        let (session, mut expected) = waiting(scene, &body, most).await?;
        let answer = scene.confirm(&session, false).await?;
        confirmed(scene, &answer, &session, &body);
        decide(&mut expected, false);
        expected.end("Failed", "EFT0402");
        look::at(scene, &session, &expected).await?;
        let (status, _) = scene.try_step(&session, &json!({})).await?;
        let says = "a payor whose guarantee is rejected does not go on";
        scene.holds(&answer, says, ACCEPTANCE, status == 409);
        again(
            scene,
            &session,
            "a rejected guarantee is not decided about again",
        )
        .await?;
        look::at(scene, &session, &expected).await?;
        let cancelled = scene.cancel(&session).await?;
        let says = "a session whose guarantee is rejected is not cancelled";
        let rule = Basis::Rule("cancel-open-only");
        scene.refused(&cancelled, Operation::CancelSession, 400, says, rule);
        let amount = expected.amount;
        told(scene, &session, &body, &Told::failed("EFT0402", amount)).await?;
    }
    scene.listen(false, false).await
}

/// The guarantee webhook has told of the offer, once.
async fn offered(
    scene: &mut Scene,
    session: &str,
    expected: &Expected,
    most: f64,
) -> Result<(), Stop> {
    scene.control()?.settled().await?;
    let came = scene.guarantees(session);
    let status = scene.status(session).await?;
    let says = "the guarantee webhook tells of an offer once";
    scene.holds(&status, says, Basis::Simulator, came.len() == 1);
    for event in came {
        scene.verified(&event);
        let says = "the guarantee webhook tells what is offered";
        let fits = event.text("/event") == "GuaranteeOffered"
            && event.text("/sessionId") == session
            && event.at("/referenceId") == status.at("/referenceId")
            && same(event.at("/amount"), &json!(expected.amount))
            && same(event.at("/highestDebitAmountToGuarantee"), &json!(most));
        scene.holds(&event, says, Basis::Simulator, fits);
    }
    Ok(())
}

pub(super) async fn malformed(scene: &mut Scene) -> Result<(), Stop> {
    scene.listen(false, true).await?;
    let body = samples::payment(33.3, "tour-malformed");
    let (session, expected) = waiting(scene, &body, 33.3).await?;
    let at = Basis::Contract("#/components/schemas/ConfirmGuaranteeRequest");
    let decisions = [
        json!({}),
        json!({ "guaranteeAccepted": null }),
        json!({ "guaranteeAccepted": "true" }),
        json!({ "guaranteeAccepted": 1 }),
        json!({ "guaranteeAccepted": true, "unheardOf": 1 }),
        json!({ "guaranteeaccepted": true }),
        json!([true]),
        json!(true),
        Value::Null,
    ];
    for decision in decisions {
        let answer = scene
            .call(CONFIRM, &session, Who::Us, Some(&decision))
            .await?;
        let says = format!("the decision {decision} is refused");
        scene.refused(&answer, CONFIRM, 400, says, at);
    }
    let raw = crate::contract::tour::scene::raw(CONFIRM, &session);
    let raw = raw.body("application/json", "{\"guaranteeAccepted\":");
    let raw = scene.course.signed(raw, &Who::Us).await?;
    let answer = scene.send(raw).await?;
    scene.refused(&answer, CONFIRM, 400, "half of a decision is refused", at);
    let raw = crate::contract::tour::scene::raw(CONFIRM, &session);
    let raw = raw.body("text/plain", "{\"guaranteeAccepted\":true}");
    let raw = scene.course.signed(raw, &Who::Us).await?;
    let answer = scene.send(raw).await?;
    scene.refused(&answer, CONFIRM, 415, "a decision as text is refused", at);
    let raw = crate::contract::tour::scene::raw(CONFIRM, &session);
    let raw = scene.course.signed(raw, &Who::Us).await?;
    let answer = scene.send(raw).await?;
    let refused = [400, 415].contains(&answer.status());
    scene.holds(&answer, "no decision at all is refused", at, refused);
    // Nobody, and another client.
    let decision = json!({ "guaranteeAccepted": true });
    let answer = scene
        .call(CONFIRM, &session, Who::Nobody, Some(&decision))
        .await?;
    scene.refused(
        &answer,
        CONFIRM,
        401,
        "nobody decides without credentials",
        at,
    );
    // After all that, it waits still.
    look::at(scene, &session, &expected).await?;
    let answer = scene.confirm(&session, true).await?;
    confirmed(scene, &answer, &session, &body);
    scene.listen(false, false).await
}

pub(super) async fn nothing_to_decide(scene: &mut Scene) -> Result<(), Stop> {
    // Where nobody is asked, and where there is no guarantee.
    for body in [
        samples::payment(21.0, "tour-nobody-asked"),
        samples::regular(),
    ] {
        let session = scene.create(&body).await?;
        let says = "nothing is decided where nobody is asked";
        again(scene, &session, says).await?;
        scene.walk_to(&session, "Review").await?;
        again(scene, &session, says).await?;
    }
    // Before there is an offer.
    scene.listen(false, true).await?;
    let body = samples::payment(21.0, "tour-early");
    let session = scene.create(&body).await?;
    let says = "nothing is decided before there is an offer";
    again(scene, &session, says).await?;
    scene.walk_to(&session, "AccountSelection").await?;
    again(scene, &session, says).await?;
    let mut expected = Expected::new(&body);
    expected.on("AccountSelection");
    look::at(scene, &session, &expected).await?;
    // Once none is offered.
    let session = scene.create(&samples::payment(21.0, "Unhappy1")).await?;
    scene.walk(&session, &json!({})).await?;
    let says = "nothing is decided where no guarantee is offered";
    again(scene, &session, says).await?;
    // A regular session does not wait, although somebody is asked.
    let body = samples::plain_payment(22.0, "tour-never-asked");
    let session = scene.create(&body).await?;
    scene.walk(&session, &json!({})).await?;
    let status = scene.status(&session).await?;
    let says = "a regular session waits for no decision";
    scene.is(&status, "/statusDetails", "EFT0301", says, ACCEPTANCE);
    scene.listen(false, false).await
}

pub(super) async fn tried(scene: &mut Scene) -> Result<(), Stop> {
    scene.listen(true, true).await?;
    let answers = |scene: &Scene, status| {
        if let Some(inboxes) = &scene.course.inboxes {
            inboxes.guarantee.answer(status);
        }
    };
    let body = samples::payment(65.0, "tour-tried");
    answers(scene, StatusCode::SERVICE_UNAVAILABLE);
    let (session, mut expected) = waiting(scene, &body, 65.0).await?;
    for tries in 1..=3 {
        scene.tried(&session, tries).await?;
        let came = scene.guarantees(&session);
        let status = scene.status(&session).await?;
        let says = "a guarantee webhook that is not taken is tried three times";
        scene.holds(&status, says, Basis::Simulator, came.len() == tries);
        let first = came.first().map(|it| it.exchange.body.clone());
        let fits = came
            .iter()
            .all(|it| Some(&it.exchange.body) == first.as_ref());
        let says = "each try says the same";
        scene.holds(&status, says, Basis::Simulator, fits);
        if tries < 3 {
            look::at(scene, &session, &expected).await?;
            scene.advance(29).await?;
            let says = "there are thirty seconds between two tries";
            let fits = scene.guarantees(&session).len() == tries;
            scene.holds(&status, says, Basis::Simulator, fits);
            scene.advance(1).await?;
        }
    }
    scene.control()?.settled().await?;
    expected.end("Failed", "EFT0402");
    let seen = look::at(scene, &session, &expected).await?;
    let says = "a session fails whose guarantee could not be told";
    let at = Basis::Contract("#/paths/~1api~1v2~1sessions~1{sessionId}~1guarantees~1confirm/post");
    scene.is(&seen.status, "/statusDetails", "EFT0402", says, at);
    again(
        scene,
        &session,
        "a guarantee that could not be told is not decided about",
    )
    .await?;
    told(scene, &session, &body, &Told::failed("EFT0402", Some(65.0))).await?;

    // One that is taken at the second try waits for the decision.
    let (session, expected) = waiting(scene, &body, 65.0).await?;
    scene.tried(&session, 1).await?;
    answers(scene, StatusCode::OK);
    scene.advance(30).await?;
    scene.tried(&session, 2).await?;
    scene.control()?.settled().await?;
    scene.advance(120).await?;
    scene.control()?.settled().await?;
    let seen = look::at(scene, &session, &expected).await?;
    let says = "a guarantee webhook that is taken is not tried again";
    let fits = scene.guarantees(&session).len() == 2;
    scene.holds(&seen.status, says, Basis::Simulator, fits);

    // One that is decided about before the next try is not tried again.
    answers(scene, StatusCode::SERVICE_UNAVAILABLE);
    let (session, _) = waiting(scene, &body, 65.0).await?;
    scene.tried(&session, 1).await?;
    let answer = scene.confirm(&session, true).await?;
    confirmed(scene, &answer, &session, &body);
    scene.advance(120).await?;
    scene.control()?.settled().await?;
    let status = scene.status(&session).await?;
    let says = "a guarantee that is decided about is not told again";
    let fits = scene.guarantees(&session).len() == 1;
    scene.holds(&status, says, Basis::Simulator, fits);
    scene.listen(false, false).await
}
