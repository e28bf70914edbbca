//! Sessions side by side, and calls at the same time.

use serde_json::json;

use super::look::{self, Expected};
use super::samples;
use crate::contract::line::Raw;
use crate::contract::tour::report::Basis;
use crate::contract::tour::scene::{self, Answer, Scene, Stop, Who};
use crate::sandbox::TokenUse;
use crate::session::Operation;

const CREATED: Basis = Basis::Contract("#/components/schemas/CreatedSession");
const CANCELLED: Basis = Basis::Contract("#/components/schemas/CancelledSession");

pub(super) async fn apart(scene: &mut Scene) -> Result<(), Stop> {
    // The third has the reference of the first.
    let bodies = [
        samples::payment(101.01, "tour-apart"),
        samples::full_guaranteed(),
        samples::payment(303.03, "tour-apart"),
    ];
    let mut sessions = Vec::new();
    for body in &bodies {
        sessions.push((scene.create(body).await?, Expected::new(body)));
    }
    for (session, expected) in &sessions {
        look::at(scene, session, expected).await?;
        let same = sessions
            .iter()
            .filter(|(known, _)| known == session)
            .count();
        let status = scene.status(session).await?;
        scene.holds(
            &status,
            "each session has an id of its own",
            CREATED,
            same == 1,
        );
    }
    if let Some((session, expected)) = sessions.first_mut() {
        let answer = scene.cancel(session).await?;
        scene.ok(&answer, "a session is cancelled", CANCELLED);
        expected.end("Cancelled", "EFT0501");
    }
    // The others are as they were.
    for (session, expected) in &sessions {
        look::at(scene, session, expected).await?;
    }
    Ok(())
}

/// Sends two requests at the same time.
async fn both(scene: &Scene, one: Raw, other: Raw) -> Result<[Answer; 2], Stop> {
    let course = &scene.course;
    let (one, other) = futures_util::future::join(course.send(one), course.send(other)).await;
    Ok([one?, other?])
}

pub(super) async fn at_once(scene: &mut Scene) -> Result<(), Stop> {
    let course = std::sync::Arc::clone(&scene.course);
    let create = |body: &serde_json::Value| {
        scene::raw(Operation::CreateSession, "").body("application/json", body.to_string())
    };
    // Two creates by two tokens.
    let bodies = [
        samples::payment(11.0, "tour-at-once-1"),
        samples::payment(12.0, "tour-at-once-2"),
    ];
    let one = course.signed(create(&bodies[0]), &Who::Fresh).await?;
    let two = course.signed(create(&bodies[1]), &Who::Fresh).await?;
    let answers = both(scene, one, two).await?;
    let mut sessions = Vec::new();
    for (answer, body) in answers.iter().zip(&bodies) {
        let session = scene.created(answer, body)?;
        look::at(scene, &session, &Expected::new(body)).await?;
        sessions.push(session);
    }
    let says = "two creates at the same time make two sessions";
    let [one, _] = &answers;
    let differ = sessions.first() != sessions.last();
    scene.holds(one, says, CREATED, differ);
    // Two cancels of one session: one of them ends it.
    let session = sessions.swap_remove(0);
    let cancel = || scene::raw(Operation::CancelSession, &session);
    let one = course.signed(cancel(), &Who::Us).await?;
    let two = course.signed(cancel(), &Who::Us).await?;
    let answers = both(scene, one, two).await?;
    let mut statuses = answers.each_ref().map(Answer::status);
    statuses.sort_unstable();
    let says = "of two cancels at the same time one ends the session";
    let rule = Basis::Rule("cancel-open-only");
    scene.holds(&answers[0], says, rule, statuses == [200, 400]);
    // Two creates by one token.
    if scene.profile().token_use == TokenUse::Single
        && let Ok(token) = course.fresh(false).await
    {
        let who = Who::Bearer(token);
        let one = course.signed(create(&bodies[0]), &who).await?;
        let two = course.signed(create(&bodies[1]), &who).await?;
        let answers = both(scene, one, two).await?;
        let taken = answers.iter().filter(|it| it.status() < 300).count();
        let says = "of two creates with one token at the same time one makes a session";
        let rule = Basis::Rule("token-per-create");
        scene.holds(&answers[0], says, rule, taken == 1);
    }
    // A cancel against the end of the payment.
    if course.control.is_some() {
        let body = samples::payment(13.0, "tour-race");
        let session = scene.create(&body).await?;
        scene.walk_to(&session, "Pad").await?;
        let raw = scene::raw(Operation::CancelSession, &session);
        let cancel = course.signed(raw, &Who::Us).await?;
        let control = scene.control()?;
        let nothing = json!({});
        let step = control.step(&session, &nothing);
        let (cancelled, played) = futures_util::future::join(course.send(cancel), step).await;
        let (cancelled, (stepped, _)) = (cancelled?, played?);
        let status = scene.status(&session).await?;
        let came_to = (cancelled.status(), stepped, status.text("/statusDetails"));
        let fits = matches!(came_to, (200, 409, "EFT0501") | (400, 200, "EFT0301"));
        let says = "of a cancel and the end of a payment one comes first, and the other is refused";
        scene.holds(&cancelled, says, rule, fits);
    }
    Ok(())
}
