//! Creating sessions, and what is kept of what was sent.

use serde_json::{Value, json};

use super::look::{self, SESSION_DETAILS};
use super::samples;
use crate::contract::tour::report::Basis;
use crate::contract::tour::scene::{Answer, Scene, Stop, same};
use crate::domain::Language;
use crate::session::{
    Address, GuaranteedEft, Limits, Payee, Payor, Redirect, RegularEft, SessionStatus,
    StatusDetails,
};

pub(super) async fn minimal_guaranteed(scene: &mut Scene) -> Result<(), Stop> {
    new(scene, &samples::guaranteed()).await
}

pub(super) async fn minimal_regular(scene: &mut Scene) -> Result<(), Stop> {
    new(scene, &samples::regular()).await
}

pub(super) async fn full_guaranteed(scene: &mut Scene) -> Result<(), Stop> {
    new(scene, &samples::full_guaranteed()).await
}

pub(super) async fn full_regular(scene: &mut Scene) -> Result<(), Stop> {
    new(scene, &samples::full_regular()).await
}

/// Creates a session and looks at it from every side.
async fn new(scene: &mut Scene, body: &Value) -> Result<(), Stop> {
    let session = scene.create(body).await?;
    look::at(scene, &session, &look::Expected::new(body)).await?;
    Ok(())
}

/// The members that a request may have and details do not report.
const UNREPORTED: [&str; 2] = ["/payor/occupation", "/payor/birthDate"];

/// The members that details may report of a request, where it has them.
const OPTIONAL: [&str; 16] = [
    "/referenceId",
    "/options/showConsentScreen",
    "/options/limits/minimumAmount",
    "/options/limits/maximumAmount",
    "/options/amountModification",
    "/options/redirectPreferences/mode",
    "/options/redirectPreferences/urlSuccess",
    "/options/redirectPreferences/urlExit",
    "/payor/email",
    "/payor/middleName",
    "/payor/address/addressLine1",
    "/payor/address/addressLine2",
    "/payor/address/unit",
    "/payor/address/city",
    "/payor/address/postalCode",
    "/payee/account/accountLabel",
];

/// Details repeat what was sent, and make up nothing.
pub(super) fn repeated(scene: &mut Scene, details: &Answer, body: &Value) {
    for (pointer, value) in samples::leaves(body) {
        if UNREPORTED.contains(&pointer.as_str()) {
            let says = format!("details do not report {pointer}");
            let at = Basis::Contract("#/components/schemas/SessionPayor");
            scene.holds(details, says, at, !details.has(&pointer));
            continue;
        }
        if pointer == "/amount" {
            // It may be another one in the end.
            continue;
        }
        let says = format!("details repeat {pointer} as it was sent");
        scene.holds(
            details,
            says,
            SESSION_DETAILS,
            same(details.at(&pointer), &value),
        );
    }
    for pointer in OPTIONAL {
        if body.pointer(pointer).is_none() {
            let says = format!("details have no {pointer} where none was sent");
            scene.holds(
                details,
                says,
                SESSION_DETAILS,
                details.at(pointer).is_null(),
            );
        }
    }
    for (pointer, value) in [
        ("/type", "EFT"),
        ("/direction", "DEBIT"),
        ("/currency", "CAD"),
    ] {
        let says = format!("details have {pointer}");
        scene.is(details, pointer, value, says, SESSION_DETAILS);
    }
    let language = "/options/notificationPreferences/language";
    if body.pointer(language).is_none() {
        let says = "the language is English where nothing else is said";
        let at = Basis::Contract("#/components/schemas/Language");
        scene.is(details, language, "EN", says, at);
    }
    let payee = Basis::Deviation("payee-by-product");
    let guaranteed = body.pointer("/options/guarantee/enable") == Some(&json!(true));
    if !guaranteed {
        let says = "a regular session has no payee";
        scene.holds(details, says, payee, details.at("/payee").is_null());
    } else if body.get("payee").is_none() {
        let says = "the settlement account stands in where no payee was sent";
        let number = details.text("/payee/account/accountNumber");
        scene.holds(details, says, payee, !number.is_empty());
    }
}

pub(super) async fn by_the_client(scene: &mut Scene) -> Result<(), Stop> {
    let client = scene.client()?;
    let unexpected = |error: crate::client::Error| Stop::Lost(error.to_string());
    let address = Address::new("14 Signal Hill", "St. John's", "NL", "A1C5M3")
        .line2("Rear door")
        .unit("2B");
    let payor = Payor::new("Zoë", "O'Dea-Tremblay")
        .middle_name("Marie")
        .email("zoe@shop.example")
        .occupation("glazier")
        .birth_date("88-02-29")
        .address(address.clone());
    let guaranteed = GuaranteedEft::new(payor.clone())
        .amount("231.45")
        .reference_id("tour-by-the-client")
        .payee(Payee::new("003", "70001", "440055001").label("Shop"))
        .language(Language::Fr)
        .show_consent_screen(false)
        .amount_modification(true)
        .limits(Limits::new().minimum("20").maximum("300"))
        .redirect(Redirect::to(
            "https://shop.example/paid",
            "https://shop.example/left",
        ));
    let regular = RegularEft::new(payor, "zoe@shop.example")
        .amount("18")
        .reference_id("tour-by-the-client-2")
        .redirect(Redirect::js_events());
    let invalid = |_| Stop::Unmet;
    let guaranteed = guaranteed.build().map_err(invalid)?;
    let regular = regular.build().map_err(invalid)?;
    let mut sessions = Vec::new();
    let created = client.create_guaranteed(&guaranteed).await;
    sessions.push((created.map_err(unexpected)?, "tour-by-the-client"));
    let created = client.create_regular(&regular).await;
    sessions.push((created.map_err(unexpected)?, "tour-by-the-client-2"));
    let contract = Basis::Contract("#/components/schemas");
    for (created, reference) in sessions {
        let session = created.session_id;
        let status = client.status(&session).await.map_err(unexpected)?;
        let details = client.details(&session).await.map_err(unexpected)?;
        let cancelled = client.cancel(&session).await.map_err(unexpected)?;
        let after = client.status(&session).await.map_err(unexpected)?;
        let odd = created.nonconformances().len()
            + status.nonconformances().len()
            + details.nonconformances().len()
            + cancelled.nonconformances().len()
            + after.nonconformances().len();
        let last = scene.status(&session.expose()).await?;
        scene.holds(
            &last,
            "the client finds nothing odd in answers",
            contract,
            odd == 0,
        );
        let fits = status.status == SessionStatus::Initiated
            && status.status_details == Some(StatusDetails::Eft0101)
            && details.status == SessionStatus::Initiated
            && !status.contradicts_itself();
        scene.holds(&last, "the client reads a new session", contract, fits);
        let named = |it: &Option<crate::domain::ReportedReference>| {
            it.as_ref().is_some_and(|it| it.expose() == reference)
        };
        let fits = named(&created.reference_id)
            && named(&status.reference_id)
            && named(&details.reference_id)
            && named(&cancelled.reference_id);
        scene.holds(
            &last,
            "the client finds its reference in every answer",
            contract,
            fits,
        );
        let fits = after.is_final() && cancelled.status == SessionStatus::Cancelled;
        scene.holds(
            &last,
            "the client sees the session cancelled",
            contract,
            fits,
        );
    }
    Ok(())
}
