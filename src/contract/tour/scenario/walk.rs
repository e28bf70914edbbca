//! Payors who go through the hosted page, screen by screen.

use serde_json::{Value, json};

use super::look::{self, Expected, Guarantee};
use super::samples;
use crate::contract::tour::report::Basis;
use crate::contract::tour::scene::{Scene, Stop, same};

const FLOW: Basis = Basis::Contract("#/components/schemas/Step");

/// The screens of a session, by what it was created with.
pub(super) fn screens(body: &Value) -> Vec<&'static str> {
    let consent = body.pointer("/options/showConsentScreen") == Some(&json!(true));
    let preset = body.get("amount").is_some_and(Value::is_number);
    let guaranteed = body.pointer("/options/guarantee/enable") == Some(&json!(true));
    let shown = |screen: &&&str| match **screen {
        "Consent" => consent,
        "AmountSelection" => !preset,
        "GuaranteeOffer" => guaranteed,
        _ => true,
    };
    look::SCREENS.iter().filter(shown).copied().collect()
}

/// Goes through all of a session with a payor with whom nothing goes wrong; `typed` is the amount that is typed where none is preset.
pub(super) async fn through(scene: &mut Scene, body: &Value, typed: f64) -> Result<String, Stop> {
    let session = scene.create(body).await?;
    let mut expected = Expected::new(body);
    let mut ids: Option<(String, String)> = None;
    look::at(scene, &session, &expected).await?;
    for screen in screens(body) {
        let played = scene.step(&session, &json!({})).await?;
        if screen == "GuaranteeOffer" || screen == "Review" {
            expected.amount = expected.amount.or(Some(typed));
        }
        expected.on(screen);
        if screen == "GuaranteeOffer" {
            expected.guarantee = Some(Guarantee::Offered {
                most: expected.amount.unwrap_or_default(),
                lower: false,
                accepted: Some(true),
            });
        }
        let seen = look::at(scene, &session, &expected).await?;
        told(scene, &seen, &played, screen);
        let id = |pointer| seen.details.text(pointer).to_owned();
        let now = (id("/step/aggregationRequestId"), id("/createdAt"));
        if let Some(before) = ids.filter(|(request, _)| !request.is_empty()) {
            let says = "an id that is given once stays, and so does the time of creation";
            scene.holds(&seen.details, says, look::SESSION_DETAILS, before == now);
        }
        ids = Some(now);
    }
    let (status, played) = scene.try_step(&session, &json!({})).await?;
    let seen = look::at(scene, &session, &expected).await?;
    let says = "a payor who has finished has nothing more to do";
    let fits = status == 409 && played.get("error") == Some(&json!("session_ended"));
    scene.holds(&seen.status, says, Basis::Simulator, fits);
    Ok(session)
}

/// What the payor was told of a step is what the API says.
fn told(scene: &mut Scene, seen: &look::Seen, played: &Value, screen: &str) {
    let fits = played.get("step") == Some(&json!(screen));
    scene.holds(
        &seen.details,
        format!("the payor comes to {screen}"),
        FLOW,
        fits,
    );
    let fits = played.get("status") == seen.status.json.get("status")
        && played.get("statusDetails") == seen.status.json.get("statusDetails");
    let says = "what a step is said to come to is what the API says";
    scene.holds(&seen.status, says, Basis::Simulator, fits);
}

pub(super) async fn guaranteed(scene: &mut Scene) -> Result<(), Stop> {
    through(scene, &samples::full_guaranteed(), 0.0).await?;
    through(scene, &samples::guaranteed(), 100.0).await?;
    let french = samples::payment(250.0, "Happy3");
    let session = scene.create(&french).await?;
    scene.walk(&session, &json!({})).await?;
    let details = scene.details(&session).await?;
    let says = "the scenario Happy3 is in French";
    let language = "/options/notificationPreferences/language";
    scene.is(&details, language, "FR", says, Basis::Simulator);
    let paid = "/statusDetails";
    scene.is(
        &details,
        paid,
        "EFT0301",
        "the scenario Happy3 is paid",
        Basis::Simulator,
    );
    Ok(())
}

pub(super) async fn regular(scene: &mut Scene) -> Result<(), Stop> {
    through(scene, &samples::full_regular(), 0.0).await?;
    through(scene, &samples::regular(), 100.0).await?;
    Ok(())
}

pub(super) async fn amounts(scene: &mut Scene) -> Result<(), Stop> {
    let limits = json!({ "minimumAmount": 20.5, "maximumAmount": 30.25 });
    let says_amount = Basis::Contract("#/components/schemas/SessionLimits");
    for product in [samples::guaranteed(), samples::regular()] {
        let body = samples::with(product, "/options/limits", limits.clone());
        let session = scene.create(&body).await?;
        scene.walk_to(&session, "AmountSelection").await?;
        for outside in [20.49, 30.26, 0.01, 100_000.0] {
            let typed = json!({ "enterAmount": outside });
            let (status, played) = scene.try_step(&session, &typed).await?;
            let seen = scene.details(&session).await?;
            let says = "an amount outside of the limits is not taken from the payor";
            let fits = status == 409 && played.get("error") == Some(&json!("amount_refused"));
            scene.holds(&seen, says, says_amount, fits);
            let says = "an amount that is not taken is not kept";
            scene.holds(&seen, says, says_amount, seen.at("/amount").is_null());
            let says = "the payor stays where the amount is typed";
            scene.is(&seen, "/step/current", "AmountSelection", says, FLOW);
        }
        let next = scene
            .step(&session, &json!({ "enterAmount": 20.5 }))
            .await?;
        let mut expected = Expected::new(&body);
        let screen = if expected.is_guaranteed() {
            "GuaranteeOffer"
        } else {
            "Review"
        };
        expected.amount = Some(20.5);
        expected.on(screen);
        if expected.is_guaranteed() {
            expected.guarantee = Some(Guarantee::Offered {
                most: 20.5,
                lower: false,
                accepted: Some(true),
            });
        }
        let seen = look::at(scene, &session, &expected).await?;
        told(scene, &seen, &next, screen);
        scene.walk(&session, &json!({})).await?;
        expected.on("Complete");
        look::at(scene, &session, &expected).await?;
    }
    // The other bound, and a default that is brought inside the limits.
    for (limits, behaviour, paid) in [
        (limits.clone(), json!({ "enterAmount": 30.25 }), 30.25),
        (limits, json!({}), 30.25),
        (json!({ "minimumAmount": 200 }), json!({}), 200.0),
    ] {
        let body = samples::with(samples::regular(), "/options/limits", limits);
        let session = scene.create(&body).await?;
        scene.walk(&session, &behaviour).await?;
        let status = scene.status(&session).await?;
        let says = "the amount that was typed is what is paid";
        scene.is(&status, "/amount", paid, says, says_amount);
    }
    // A preset amount is not typed, whatever the payor would type.
    let body = samples::payment(77.77, "tour-preset");
    let body = samples::with(body, "/options/amountModification", json!(true));
    let session = scene.create(&body).await?;
    scene.walk(&session, &json!({ "enterAmount": 5 })).await?;
    let status = scene.status(&session).await?;
    let says = "a preset amount stays as it is";
    scene.is(
        &status,
        "/amount",
        77.77,
        says,
        Basis::Deviation("amount-modification"),
    );
    Ok(())
}

/// A payor with whom something goes wrong.
struct Mishap {
    reference: &'static str,
    behaviour: Value,
    /// The last screen.
    screen: &'static str,
    code: &'static str,
}

#[expect(
    clippy::too_many_lines,
    reason = "a table, and what is tried beside it"
)]
pub(super) async fn failures(scene: &mut Scene) -> Result<(), Stop> {
    let mishap = |reference, behaviour, screen, code| Mishap {
        reference,
        behaviour,
        screen,
        code,
    };
    let all = [
        mishap(
            "tour-login",
            json!({ "failLogin": true }),
            "BankConnection",
            "EFT0401",
        ),
        mishap(
            "SandboxLoginFails-1",
            json!({}),
            "BankConnection",
            "EFT0401",
        ),
        mishap(
            "tour-name",
            json!({ "wrongName": true }),
            "AccountSelection",
            "EFT0403",
        ),
        mishap(
            "SandboxWrongName-1",
            json!({}),
            "AccountSelection",
            "EFT0403",
        ),
        mishap(
            "tour-balance",
            json!({ "lowBalance": true }),
            "AccountSelection",
            "EFT0404",
        ),
        mishap(
            "SandboxLowBalance-1",
            json!({}),
            "AccountSelection",
            "EFT0404",
        ),
        mishap("Unhappy1", json!({}), "GuaranteeOffer", "EFT0402"),
        mishap(
            "SandboxOtherFunding-1",
            json!({}),
            "GuaranteeOffer",
            "EFT0402",
        ),
    ];
    for Mishap {
        reference,
        behaviour,
        screen,
        code,
    } in all
    {
        let for_guarantee = code == "EFT0402";
        let mut products = vec![samples::payment(80.4, reference)];
        if !for_guarantee && reference.starts_with("tour") {
            products.push(samples::plain_payment(80.4, reference));
        }
        for body in products {
            let session = scene.create(&body).await?;
            scene.walk(&session, &behaviour).await?;
            let mut expected = Expected::new(&body);
            expected.on(screen);
            expected.fail(code);
            expected.guarantee = for_guarantee.then_some(Guarantee::Refused);
            let seen = look::at(scene, &session, &expected).await?;
            let (status, _) = scene.try_step(&session, &json!({})).await?;
            let says = "a payor whose session has failed does not go on";
            scene.holds(&seen.status, says, Basis::Simulator, status == 409);
        }
    }
    // The balance is a cent too low where the amount is typed, too.
    let body = samples::guaranteed();
    let session = scene.create(&body).await?;
    let typed = json!({ "lowBalance": true, "enterAmount": 55.55 });
    scene.walk(&session, &typed).await?;
    let mut expected = Expected::new(&body);
    expected.on("AmountSelection");
    expected.amount = Some(55.55);
    expected.end("Failed", "EFT0404");
    expected.low_balance = true;
    let seen = look::at(scene, &session, &expected).await?;
    let says = "the balance is a cent too low";
    let balance = seen.details.at("/payor/account/availableBalance");
    let fits = same(balance, &json!(55.54));
    scene.holds(&seen.details, says, Basis::Simulator, fits);
    // A second question is answered.
    let session = scene
        .create(&samples::payment(60.0, "SandboxSecondQuestion-1"))
        .await?;
    scene.walk_to(&session, "BankConnection").await?;
    let asked = scene.step(&session, &json!({})).await?;
    let details = scene.details(&session).await?;
    let says = "a bank that asks a second question keeps the payor on its screen";
    let fits = asked.get("question") == Some(&json!(true));
    scene.holds(&details, says, Basis::Simulator, fits);
    scene.is(&details, "/step/current", "BankConnection", says, FLOW);
    scene.walk(&session, &json!({})).await?;
    let status = scene.status(&session).await?;
    scene.is(
        &status,
        "/statusDetails",
        "EFT0301",
        "and goes on after it",
        Basis::Simulator,
    );
    Ok(())
}

pub(super) async fn leavers(scene: &mut Scene) -> Result<(), Stop> {
    for (reference, behaviour) in [
        ("tour-refuses", json!({ "refuseAgreement": true })),
        ("SandboxRefusesAgreement-1", json!({})),
    ] {
        let body = samples::plain_payment(31.0, reference);
        let session = scene.create(&body).await?;
        scene.walk(&session, &behaviour).await?;
        let mut expected = Expected::new(&body);
        expected.on("Pad");
        let seen = look::at(scene, &session, &expected).await?;
        let (status, played) = scene.try_step(&session, &json!({})).await?;
        let says = "a payor who has left does not come back";
        let fits = status == 409 && played.get("error") == Some(&json!("payor_left"));
        scene.holds(&seen.status, says, Basis::Simulator, fits);
        let cancelled = scene.cancel(&session).await?;
        let says = "a session whose agreement is not signed is cancelled";
        scene.ok(&cancelled, says, Basis::Deviation("status-details-eft0302"));
        expected.end("Cancelled", "EFT0501");
        look::at(scene, &session, &expected).await?;
    }
    // The session ends while the payor chooses a bank.
    let body = samples::plain_payment(32.0, "SandboxExpires-1");
    let session = scene.create(&body).await?;
    scene.walk(&session, &json!({})).await?;
    let mut expected = Expected::new(&body);
    expected.on("BankSelection");
    expected.end("Expired", "EFT0601");
    look::at(scene, &session, &expected).await?;
    Ok(())
}

pub(super) async fn lower_offers(scene: &mut Scene) -> Result<(), Stop> {
    let next_best = Basis::Deviation("next-best-offer");
    // Half of it, cents rounded down.
    let offer = |accepted| Guarantee::Offered {
        most: 60.27,
        lower: true,
        accepted,
    };
    let body = samples::payment(120.55, "Happy2");
    let session = scene.create(&body).await?;
    scene.walk_to(&session, "GuaranteeOffer").await?;
    let mut expected = Expected::new(&body);
    expected.on("GuaranteeOffer");
    expected.guarantee = Some(offer(None));
    look::at(scene, &session, &expected).await?;
    scene.step(&session, &json!({})).await?;
    expected.on("Review");
    expected.amount = Some(60.27);
    expected.guarantee = Some(offer(Some(true)));
    look::at(scene, &session, &expected).await?;
    scene.walk(&session, &json!({})).await?;
    expected.on("Complete");
    look::at(scene, &session, &expected).await?;

    for (reference, behaviour) in [
        ("Happy2", json!({ "declineOffer": true })),
        ("SandboxDeclinesOffer-1", json!({})),
    ] {
        let body = samples::payment(120.55, reference);
        let session = scene.create(&body).await?;
        scene.walk(&session, &behaviour).await?;
        let mut expected = Expected::new(&body);
        expected.on("GuaranteeOffer");
        expected.guarantee = Some(offer(Some(false)));
        let seen = look::at(scene, &session, &expected).await?;
        let says = "a payor who declines a lower offer pays nothing";
        let open = seen.status.at("/status") == &json!("InProgress");
        scene.holds(&seen.status, says, Basis::Simulator, open);
    }
    // Half is under the least that may be paid.
    let limits = json!({ "minimumAmount": 100 });
    let body = samples::with(
        samples::payment(120.55, "Happy2"),
        "/options/limits",
        limits,
    );
    let session = scene.create(&body).await?;
    scene.walk(&session, &json!({})).await?;
    let status = scene.status(&session).await?;
    let says = "a lower offer lies inside the limits, or there is none";
    scene.is(&status, "/statusDetails", "EFT0402", says, next_best);
    Ok(())
}
