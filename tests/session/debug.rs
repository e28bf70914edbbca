//! Nothing that identifies a person, an account or a session is in the `Debug` output of any public type.

use std::fmt::Debug;

use flinks_pay::domain::SessionId;
use flinks_pay::session::{
    Address, CancelledSession, ConfirmedGuarantee, CreatedSession, Draft, GuaranteeDecision,
    GuaranteedEft, Limits, Open, Payee, Payor, Redirect, RegularEft, RiskLevel, SessionDetails,
    SessionRequest, StatusReport,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Parts of every private text below; none may be in an output.
const MARKERS: [&str; 4] = ["xqz", "90210", "4d5e6f708192", "77.31"];

const ID: &str = "00c0ffee-1a2b-4c3d-8e9f-4d5e6f708192";

/// Fails where a marker is in the output.
fn look(value: &impl Debug) {
    for text in [format!("{value:?}"), format!("{value:#?}")] {
        for marker in MARKERS {
            assert!(!text.to_lowercase().contains(marker), "{marker} in {text}");
        }
    }
}

/// Reads a reply and looks at it.
fn reply<T: DeserializeOwned + Debug>(json: &Value) -> T {
    let value: T = serde_json::from_value(json.clone()).unwrap();
    look(&value);
    value
}

#[test]
fn requests_and_their_builders() {
    let address = Address::new("9 Xqz Road", "Xqzville", "QC", "X9Z021")
        .line2("xqz")
        .unit("xqz90210");
    look(&address);
    look(&address.clone().build().unwrap());
    let payor = Payor::new("Xqz", "Xqzson")
        .middle_name("Xqz")
        .email("xqz@xqz.example")
        .occupation("xqz")
        .birth_date("90-02-10")
        .address(address.clone().build().unwrap());
    look(&payor);
    look(&payor.clone().build().unwrap());
    let payee = Payee::new("902", "90210", "90210902102").label("xqz");
    look(&payee);
    look(&payee.clone().build().unwrap());
    let redirect = Redirect::to(
        "https://xqz.example/90210",
        "https://xqz.example/?token=90210",
    );
    look(&redirect);
    look(&redirect.clone().build().unwrap());
    let limits = Limits::new().minimum("1");
    look(&limits.clone().build().unwrap());

    let guaranteed = GuaranteedEft::new(payor.clone())
        .amount("12")
        .reference_id("ref-xqz-90210")
        .payee(payee)
        .limits(limits)
        .redirect(redirect);
    look(&guaranteed);
    let guaranteed = guaranteed.build().unwrap();
    look(&guaranteed);
    look(&SessionRequest::from(guaranteed.clone()));
    let regular = RegularEft::new(payor, "xqz 90210").reference_id("ref-xqz-90210");
    look(&regular);
    look(&regular.build().unwrap_err());
    let regular = RegularEft::new(Payor::new("Xqz", "Xqzson"), "xqz@xqz.example")
        .reference_id("ref-xqz-90210");
    let regular = regular.build().unwrap();
    look(&regular);
    look(&SessionRequest::from(regular));
    look(&guaranteed.warnings());
    look(&Draft::<flinks_pay::domain::FirstName>::from("xqz"));
    look(&GuaranteeDecision::accept());
}

#[test]
fn replies() {
    let parts = json!({
        "institutionCode": "902", "transitNumber": "90210", "accountNumber": "90210902102", "accountLabel": "xqz",
        "availableBalance": 9_021_077.31, "ibanXQ": "xqz"
    });
    let small =
        json!({ "sessionId": ID, "referenceId": "ref-xqz-90210", "novel": { "name": "xqz" } });
    let mut status = small.clone();
    status["status"] = json!("Completed");
    status["statusDetails"] = json!("EFT0301");
    reply::<CreatedSession>(&small);
    reply::<ConfirmedGuarantee>(&small);
    reply::<StatusReport>(&status);
    reply::<CancelledSession>(&status);

    let mut details = status;
    details["step"] =
        json!({ "current": "Pad", "padId": ID, "aggregationRequestId": ID, "novel": "xqz" });
    details["options"] = json!({
        "novel": "xqz", "guarantee": { "novel": "xqz" }, "notificationPreferences": { "novel": "xqz" },
        "limits": { "novel": "xqz" },
        "redirectPreferences": { "urlSuccess": "https://xqz.example", "urlExit": "https://xqz.example", "novel": "xqz" }
    });
    details["payor"] = json!({
        "email": "xqz@xqz.example", "firstName": "xqz", "lastName": "xqz", "middleName": "xqz", "novel": "xqz",
        "account": parts,
        "address": {
            "addressLine1": "xqz", "addressLine2": "xqz", "unit": "90210", "city": "xqz", "province": "xqz",
            "country": "xqz", "postalCode": "90210", "novel": "xqz"
        }
    });
    details["payee"] = json!({ "account": parts, "novel": "xqz" });
    details["guaranteeDetails"] = json!({ "overallRiskLevel": "Low", "novel": "xqz" });
    details["userDetails"] = json!({ "nameMatch": 91, "novel": "xqz" });
    let read: SessionDetails = reply(&details);
    assert_eq!(
        serde_json::to_value(&read).unwrap(),
        details,
        "the values are there, they only do not print"
    );

    // What is not private does print: a redacted type must still be useful.
    let text = format!("{read:?}");
    for shown in [
        "00c0ffee…",
        "ref-…",
        "Completed",
        "Eft0301",
        "Pad",
        "Low",
        "novel",
        "91",
    ] {
        assert!(text.contains(shown), "{shown} not in {text}");
    }
    let payor = read.payor.as_ref().unwrap();
    look(payor);
    look(&payor.account());
    look(&payor.address);
    look(&read.payee);
    look(&read.extra);
    look(&SessionId::new(ID).unwrap());
    look(&Open::Known(flinks_pay::domain::Language::Fr));
    look(&RiskLevel::Unrated);
}
