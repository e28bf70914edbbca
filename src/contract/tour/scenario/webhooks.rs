//! What receivers of webhooks are told.

use std::borrow::Cow;

use http::StatusCode;
use serde_json::{Value, json};

use super::samples;
use crate::contract::tour::report::Basis;
use crate::contract::tour::scene::{Answer, Scene, Stop, same};
use crate::sandbox::CompletedWebhook;

const EVENT: Basis = Basis::Contract("#/components/schemas/SessionSetupStatusChanged");
const SENT: Basis = Basis::Contract("#/x-webhooks/sessionSetupStatusChanged/post");
const STATUSES: Basis = Basis::Deviation("webhook-statuses");

/// What is to be told of a session: each code, its status, and the amount.
pub(super) struct Told {
    events: Vec<(&'static str, &'static str)>,
    amount: Option<f64>,
}

impl Told {
    pub(super) fn paid(codes: &[&'static str], amount: Option<f64>) -> Self {
        Self {
            events: codes.iter().map(|code| ("Completed", *code)).collect(),
            amount,
        }
    }

    pub(super) fn failed(code: &'static str, amount: Option<f64>) -> Self {
        Self {
            events: vec![("Failed", code)],
            amount,
        }
    }

    fn cancelled(amount: Option<f64>) -> Self {
        Self {
            events: vec![("Cancelled", "EFT0501")],
            amount,
        }
    }

    fn nothing() -> Self {
        Self {
            events: Vec::new(),
            amount: None,
        }
    }
}

/// Expects what was told of a session, once everything has arrived.
pub(super) async fn told(
    scene: &mut Scene,
    session: &str,
    body: &Value,
    expected: &Told,
) -> Result<(), Stop> {
    scene.control()?.settled().await?;
    let came = scene.webhooks(session);
    let status = scene.status(session).await?;
    let codes: Vec<&str> = came.iter().map(|it| it.text("/statusDetails")).collect();
    let wanted: Vec<&str> = expected.events.iter().map(|(_, code)| *code).collect();
    let says: Cow<'static, str> = if wanted.is_empty() {
        "nothing is told of a session that has not ended, or has expired".into()
    } else {
        format!(
            "each outcome is told once and in order: {}",
            wanted.join(", ")
        )
        .into()
    };
    scene.holds(&status, says, STATUSES, codes == wanted);
    let mut last = String::new();
    for (event, (named, code)) in came.iter().zip(&expected.events) {
        scene.verified(event);
        let spelled = match *named {
            "Cancelled" => scene.profile().cancelled_spelling.as_str(),
            other => other,
        };
        let says = format!("the webhook of {code} has the status {spelled}");
        scene.is(event, "/status", spelled, says, EVENT);
        scene.is(
            event,
            "/sessionId",
            session,
            "a webhook names its session",
            EVENT,
        );
        let reference = body.get("referenceId").cloned().unwrap_or_default();
        let says = "a webhook has the reference that was sent";
        scene.is(event, "/referenceId", reference, says, EVENT);
        let amount = json!(expected.amount);
        scene.is(event, "/amount", amount, "a webhook has the amount", EVENT);
        let when = event.text("/when");
        let read = when.parse::<jiff::Timestamp>().is_ok();
        scene.holds(event, "a webhook says when", EVENT, read);
        let in_order = when >= last.as_str();
        scene.holds(event, "webhooks come in the order of time", EVENT, in_order);
        when.clone_into(&mut last);
    }
    if let (Some(first), Some(last)) = (came.first(), came.last()) {
        let created = scene.details(session).await?;
        let created = created.text("/createdAt").parse::<jiff::Timestamp>();
        let (told, last_told) = (first.text("/when").parse(), last.text("/when").parse());
        let in_time = match (created, told, last_told) {
            (Ok(created), Ok(told), Ok(last_told)) => {
                created <= told && created.duration_until(last_told).as_hours() < 1
            }
            _ => false,
        };
        let says = "a webhook is told between the creation of its session and an hour after it";
        scene.holds(last, says, EVENT, in_time);
    }
    if let Some(event) = came.last() {
        let says = "the last webhook says what the status says";
        let agrees = ["/status", "/statusDetails", "/referenceId"]
            .iter()
            .all(|it| event.at(it) == status.at(it))
            && same(event.at("/amount"), status.at("/amount"));
        scene.holds(event, says, EVENT, agrees);
    }
    Ok(())
}

pub(super) async fn outcomes(scene: &mut Scene) -> Result<(), Stop> {
    scene.listen(true, false).await?;
    let codes = scene.completed_codes();
    for (body, behaviour, expected) in [
        (
            samples::payment(120.55, "tour-hook"),
            json!({}),
            Told::paid(&codes, Some(120.55)),
        ),
        (
            samples::regular(),
            json!({}),
            Told::paid(&codes, Some(100.0)),
        ),
        (
            samples::payment(80.0, "Happy2"),
            json!({}),
            Told::paid(&codes, Some(40.0)),
        ),
        (
            samples::plain_payment(81.0, "tour-hook-3"),
            json!({ "failLogin": true }),
            Told::failed("EFT0401", Some(81.0)),
        ),
        (
            samples::payment(82.0, "Unhappy1"),
            json!({}),
            Told::failed("EFT0402", Some(82.0)),
        ),
        (
            samples::regular(),
            json!({ "wrongName": true }),
            Told::failed("EFT0403", None),
        ),
        (
            samples::payment(83.0, "tour-hook-4"),
            json!({ "lowBalance": true }),
            Told::failed("EFT0404", Some(83.0)),
        ),
        (
            samples::payment(84.0, "SandboxExpires-3"),
            json!({}),
            Told::nothing(),
        ),
    ] {
        let session = scene.create(&body).await?;
        told(scene, &session, &body, &Told::nothing()).await?;
        scene.walk_to(&session, "BankSelection").await?;
        told(scene, &session, &body, &Told::nothing()).await?;
        scene.walk(&session, &behaviour).await?;
        told(scene, &session, &body, &expected).await?;
        // Nothing that comes after the end is told.
        let _ = scene.cancel(&session).await?;
        let _ = scene.try_step(&session, &json!({})).await?;
        told(scene, &session, &body, &expected).await?;
    }
    let body = samples::payment(85.0, "tour-hook-5");
    for screens in [0, 1, 4] {
        let session = scene.create(&body).await?;
        for _ in 0..screens {
            scene.step(&session, &json!({})).await?;
        }
        scene.cancel(&session).await?;
        let _ = scene.cancel(&session).await?;
        told(scene, &session, &body, &Told::cancelled(Some(85.0))).await?;
    }
    scene.listen(false, false).await
}

pub(super) async fn registered(scene: &mut Scene) -> Result<(), Stop> {
    let body = samples::payment(14.0, "tour-registered");
    scene.listen(false, false).await?;
    let silent = scene.create(&body).await?;
    scene.cancel(&silent).await?;
    told(scene, &silent, &body, &Told::nothing()).await?;
    scene.listen(true, false).await?;
    let heard = scene.create(&body).await?;
    let other = scene
        .create(&samples::payment(15.0, "tour-registered-2"))
        .await?;
    scene.cancel(&heard).await?;
    told(scene, &heard, &body, &Told::cancelled(Some(14.0))).await?;
    told(scene, &silent, &body, &Told::nothing()).await?;
    told(scene, &other, &body, &Told::nothing()).await?;
    scene.listen(false, false).await
}

pub(super) async fn not_taken(scene: &mut Scene) -> Result<(), Stop> {
    let body = samples::payment(16.0, "tour-not-taken");
    for status in [StatusCode::UNAUTHORIZED, StatusCode::INTERNAL_SERVER_ERROR] {
        scene.listen(true, false).await?;
        if let Some(inboxes) = &scene.course.inboxes {
            inboxes.session.answer(status);
        }
        let session = scene.create(&body).await?;
        scene.cancel(&session).await?;
        scene.control()?.settled().await?;
        scene.advance(120).await?;
        scene.control()?.settled().await?;
        let came = scene.webhooks(&session).len();
        let status = scene.status(&session).await?;
        let says = "a webhook that is not taken is not sent again";
        let basis = Basis::Deviation("webhook-attempts");
        scene.holds(&status, says, basis, came == 1);
    }
    scene.listen(false, false).await
}

impl Scene {
    /// The codes of a payment that are told.
    pub(super) fn completed_codes(&self) -> Vec<&'static str> {
        match self.profile().completed_webhook {
            CompletedWebhook::Scheduled => vec!["EFT0301"],
            _ => vec!["EFT0302", "EFT0301"],
        }
    }

    /// What is expected of whatever comes to a receiver.
    pub(super) fn verified(&mut self, event: &Answer) {
        let exchange = &event.exchange;
        let header = |name: &str| {
            let value = exchange.headers.get(name);
            value
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default()
        };
        let signature = header("x-webhook-signature").to_owned();
        let kind = header("content-type").to_owned();
        let is_post = exchange.method == http::Method::POST;
        self.holds(event, "a webhook is posted", SENT, is_post);
        let says = "a webhook is JSON in UTF-8, and says so";
        let fits = kind.eq_ignore_ascii_case("application/json; charset=utf-8");
        self.holds(event, says, SENT, fits);
        let basis = Basis::Deviation("webhook-signature");
        let verified = self
            .course
            .verifier()
            .verify(&exchange.headers, &exchange.body);
        let says = "the signature is that of the bytes of the body";
        self.holds(event, says, basis, verified.is_ok());
        let digits = signature.strip_prefix("sha256=").unwrap_or_default();
        let upper = digits.len() == 64
            && digits
                .bytes()
                .all(|it| it.is_ascii_digit() || (b'A'..=b'F').contains(&it));
        self.holds(event, "the signature is in upper-case hex", SENT, upper);
        let odd = match &verified {
            Ok(verified) => verified.event.nonconformances().len(),
            Err(_) => 0,
        };
        self.holds(
            event,
            "the verifier finds nothing odd in a webhook",
            EVENT,
            odd == 0,
        );
    }
}
