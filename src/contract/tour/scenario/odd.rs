//! Calls that the API does not have, and bodies that are none.

use http::Method;
use serde_json::json;

use super::samples;
use crate::contract::line::Raw;
use crate::contract::tour::report::Basis;
use crate::contract::tour::scene::{self, Answer, NONE, Scene, Stop, Who};
use crate::session::Operation;

pub(super) async fn calls(scene: &mut Scene) -> Result<(), Stop> {
    let paths = Basis::Contract("#/paths");
    for target in [
        "/api",
        "/api/v2",
        "/api/v2/sessions/",
        "/api/v2/session",
        "/api/v3/sessions",
        "/api/v2/authorize",
        "/api/v1/sessions",
        &format!("/api/v2/sessions/{NONE}"),
        &format!("/api/v2/sessions/{NONE}/statuses"),
        &format!("/api/v2/sessions/{NONE}/guarantees"),
        &format!("/api/v2/sessions/{NONE}/status/details"),
    ] {
        for method in [Method::GET, Method::POST] {
            let raw = scene.course.signed(Raw::new(method, target), &Who::Us);
            let raw = raw.await?;
            let answer = scene.send(raw).await?;
            let says = format!("nothing is at {}", target.replace(NONE, "{sessionId}"));
            scene.holds(&answer, says, paths, answer.status() == 404);
        }
    }
    if scene.course.control.is_some() {
        // Some servers find a path in any letter case, and that does no harm.
        let raw = Raw::new(Method::POST, "/API/v2/Sessions");
        let raw = scene.course.signed(raw, &Who::Us).await?;
        let answer = scene.send(raw).await?;
        let says = "a path in another letter case is another path";
        scene.holds(&answer, says, paths, answer.status() == 404);
    }
    for &operation in Operation::ALL {
        let methods = ["GET", "POST", "PUT", "DELETE", "PATCH"];
        for method in methods.into_iter().filter(|it| *it != operation.method()) {
            let mut raw = scene::raw(operation, NONE);
            raw.method = method.parse().unwrap_or(Method::PUT);
            let raw = scene.course.signed(raw, &Who::Us).await?;
            let answer = scene.send(raw).await?;
            let says = format!("{operation} has no {method}");
            scene.holds(&answer, says, Basis::Http, answer.status() == 405);
        }
    }
    Ok(())
}

/// Sends a body as it stands.
async fn send(scene: &mut Scene, kind: &str, body: Vec<u8>) -> Result<Answer, Stop> {
    let raw = scene::raw(Operation::CreateSession, "").body(kind, body);
    let raw = scene.course.signed(raw, &Who::Us).await?;
    scene.send(raw).await
}

pub(super) async fn creates(scene: &mut Scene) -> Result<(), Stop> {
    // A token that has created a session is refused whatever is sent, where it creates one only.
    scene.course.forget_tokens();
    let at = Basis::Contract("#/paths/~1api~1v2~1sessions/post/requestBody");
    let create = Operation::CreateSession;
    let whole = samples::guaranteed().to_string();
    let half: String = whole.chars().take(whole.len() / 2).collect();
    for (what, body) in [
        ("half of a body", half.as_str()),
        ("a text", "\"EFT\""),
        ("a list", "[]"),
        ("null", "null"),
        ("a number", "12.5"),
        ("an empty object", "{}"),
        ("no JSON", "type=EFT"),
        ("two bodies", &format!("{whole}{whole}")),
    ] {
        let answer = send(scene, "application/json", body.into()).await?;
        let says = format!("{what} creates nothing");
        scene.refused(&answer, create, 400, says, at);
    }
    let answer = send(scene, "application/json", vec![0xff, 0xfe, b'{', b'}']).await?;
    scene.refused(
        &answer,
        create,
        400,
        "what is not UTF-8 creates nothing",
        at,
    );
    let raw = scene
        .course
        .signed(scene::raw(create, ""), &Who::Us)
        .await?;
    let answer = scene.send(raw).await?;
    let refused = [400, 415].contains(&answer.status());
    scene.holds(&answer, "no body creates nothing", at, refused);
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/xml",
    ] {
        let answer = send(scene, kind, whole.clone().into_bytes()).await?;
        let says = format!("a create as {kind} is refused");
        let at = Basis::Contract(
            "#/paths/~1api~1v2~1sessions/post/requestBody/content/application~1json",
        );
        scene.refused(&answer, create, 415, says, at);
    }
    if scene.course.control.is_some() {
        let long = json!({ "type": "x".repeat(70_000) });
        let answer = send(scene, "application/json", long.to_string().into_bytes()).await?;
        let says = "a request that is too long is refused";
        scene.refused(&answer, create, 413, says, Basis::Simulator);
    }
    Ok(())
}
