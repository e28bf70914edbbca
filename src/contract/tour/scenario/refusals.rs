//! Creates that are refused for who sends them, or leave nothing behind.

use serde_json::json;

use super::samples;
use crate::contract::tour::report::Basis;
use crate::contract::tour::scene::{Scene, Stop, Who};
use crate::session::Operation;

const CREATE: Operation = Operation::CreateSession;

pub(super) async fn regular_disabled(scene: &mut Scene) -> Result<(), Stop> {
    for body in [samples::regular(), samples::full_regular()] {
        let answer = scene.post(&body).await?;
        let says = "a client without regular EFT creates no regular session";
        let at = Basis::Contract("#/paths/~1api~1v2~1sessions/post/responses/403");
        scene.refused(&answer, CREATE, 403, says, at);
    }
    Ok(())
}

pub(super) async fn settlement(scene: &mut Scene) -> Result<(), Stop> {
    for body in [
        samples::guaranteed(),
        samples::payment(10.0, "tour-no-payee"),
    ] {
        let answer = scene.post(&body).await?;
        let says = "without a settlement account a guaranteed session needs a payee";
        let rule = Basis::Rule("payee-or-settlement");
        scene.refused(&answer, CREATE, 400, says, rule);
    }
    let session = scene.create(&samples::full_guaranteed()).await?;
    let cancelled = scene.cancel(&session).await?;
    let at = Basis::Contract("#/components/schemas/CancelledSession");
    scene.ok(&cancelled, "with a payee it is created", at);
    Ok(())
}

pub(super) async fn nothing_left(scene: &mut Scene) -> Result<(), Stop> {
    let control = scene.control()?;
    let before = control.sessions().await?;
    let noted = control.exchanges().await?;
    let bad = samples::with(samples::guaranteed(), "/payor/firstName", json!(""));
    let refused = scene.post(&bad).await?;
    let valid = samples::guaranteed();
    let nobody = scene.call(CREATE, "", Who::Nobody, Some(&valid)).await?;
    let after = control.sessions().await?;
    for answer in [&refused, &nobody] {
        let says = "a create that is refused leaves no session behind";
        let fits = answer.status() >= 400 && after == before;
        scene.holds(answer, says, Basis::Simulator, fits);
    }
    let says = "what is refused is in the journal of the simulator, too";
    let fits = control.exchanges().await? >= noted + 2;
    scene.holds(&refused, says, Basis::Simulator, fits);
    let session = scene.create(&valid).await?;
    let status = scene.status(&session).await?;
    let says = "a create that is taken leaves one";
    let after = control.sessions().await?;
    let fits = after.len() == before.len() + 1 && after.contains(&session);
    scene.holds(&status, says, Basis::Simulator, fits);
    Ok(())
}
