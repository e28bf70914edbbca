//! A webhook before it is queued, and before it is sent.

use bytes::Bytes;
use serde_json::{Value, json};

use super::admission::set;
use super::answers::{OTHER, a_cent_more, an_hour_early};
use super::{Defect, Planted};
use crate::sandbox::hooks::delivery::WebhookKind;
use crate::sandbox::hooks::{Letter, Standing};
use crate::session::{SessionStatus, StatusDetails};
use crate::webhook::{SIGNATURE_HEADER, WebhookSecret};

/// What is told of a session that has come from one standing to another, in the place of `letters`; `status` writes what its status
/// is now.
pub(in crate::sandbox) fn told(
    planted: Planted,
    (before, now): (&Standing, &Standing),
    mut letters: Vec<Letter>,
    status: impl Fn() -> Letter,
) -> Vec<Letter> {
    let Some(defect) = planted.get() else {
        return letters;
    };
    let (status_now, code) = now.status();
    let moved = now != before;
    match defect {
        Defect::SendsAgainLater if !moved && *code == Some(StatusDetails::Eft0301) => {
            letters.push(status());
        }
        Defect::NoWebhookOfFailure if *status_now == SessionStatus::Failed => letters.clear(),
        Defect::NoWebhookOfCancel if *status_now == SessionStatus::Cancelled => letters.clear(),
        Defect::NoWebhookOfCompletion if *code == Some(StatusDetails::Eft0301) => letters.clear(),
        Defect::WebhookOfExpiry if moved && *status_now == SessionStatus::Expired => {
            letters.push(status());
        }
        Defect::GuaranteeUntold => letters.retain(|it| it.kind != WebhookKind::Guarantee),
        _ => {}
    }
    for letter in &mut letters {
        spoil(defect, letter);
    }
    letters
}

fn spoil(defect: Defect, letter: &mut Letter) {
    let Ok(mut body) = serde_json::from_slice::<Value>(&letter.body) else {
        return;
    };
    let status = letter.kind == WebhookKind::Session;
    match defect {
        Defect::WebhookTooEarly if letter.code == Some(StatusDetails::Eft0302) => {
            set("statusDetails", json!(StatusDetails::Eft0301), &mut body);
        }
        Defect::WebhookWithOtherId if status => set("sessionId", json!(OTHER), &mut body),
        Defect::WebhookACentMore if status => a_cent_more("/amount", &mut body),
        Defect::WebhookWithoutReference if status => set("referenceId", Value::Null, &mut body),
        Defect::WebhookOfAnotherEvent if letter.code == Some(StatusDetails::Eft0501) => {
            set("status", json!("Failed"), &mut body);
            set("statusDetails", json!(StatusDetails::Eft0401), &mut body);
        }
        Defect::WebhookAnHourEarly => an_hour_early("when", &mut body),
        Defect::GuaranteeToldACentMore if !status => {
            a_cent_more("/highestDebitAmountToGuarantee", &mut body);
        }
        _ => return,
    }
    letter.body = body.to_string().into();
}

/// Whether it comes after the next one of its session.
pub(in crate::sandbox) fn gives_way(planted: Planted, letter: &Letter) -> bool {
    planted.is(Defect::WebhooksOutOfOrder) && letter.code == Some(StatusDetails::Eft0302)
}

/// Whether it is sent a second time.
pub(in crate::sandbox) fn is_sent_twice(planted: Planted) -> bool {
    planted.is(Defect::SendsTwice)
}

/// How often a guarantee is told that no receiver takes.
pub(in crate::sandbox) fn tries(planted: Planted, tries: u8) -> u8 {
    match planted.get() {
        Some(Defect::GuaranteeNotTriedAgain) => 1,
        Some(Defect::GuaranteeTriedForEver) => tries + 1,
        _ => tries,
    }
}

/// The header that the signature stands in.
pub(in crate::sandbox) fn header(planted: Planted) -> &'static str {
    if planted.is(Defect::SignsInOtherHeader) {
        "x-flinks-signature"
    } else {
        SIGNATURE_HEADER
    }
}

/// The signature of a body.
pub(in crate::sandbox) fn signature(
    planted: Planted,
    secret: &WebhookSecret,
    body: &Bytes,
) -> String {
    let signature = secret.sign(body);
    match planted.get() {
        Some(Defect::SignsOtherBytes) => {
            let json = serde_json::from_slice::<Value>(body).unwrap_or_default();
            secret.sign(format!("{json:#}").as_bytes())
        }
        Some(Defect::SignsWithOldSecret) => {
            WebhookSecret::new("the secret of another time").map_or(signature, |old| old.sign(body))
        }
        Some(Defect::SignsInLowerCase) => signature.to_lowercase(),
        Some(Defect::SignsWithoutPrefix) => signature.replace("sha256=", ""),
        Some(Defect::SignsWithUpperCasePrefix) => signature.to_uppercase(),
        _ => signature,
    }
}
