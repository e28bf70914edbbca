//! Replies: every shape that the vendor's pages show parses, nothing is lost, and what must fail fails without an echo.

use flinks_pay::domain::{Currency, Direction, Language, PaymentType, Private, RedirectMode};

use flinks_pay::session::{
    CancelledSession, ConfirmedGuarantee, CreatedSession, GuaranteeDecision, GuaranteedEftType,
    Open, PayorAccount, RiskLevel, SessionDetails, SessionStatus, StatusDetails, StatusReport,
    Step,
};

use serde::Serialize;

use serde::de::DeserializeOwned;

use serde_json::{Value, json};

const ID: &str = "0b7d4c1e-5a36-4f0e-9d5c-3f2a91c7e864";

fn read<T: DeserializeOwned>(json: &Value) -> T {
    serde_json::from_value(json.clone()).unwrap_or_else(|error| panic!("{json:#}: {error}"))
}

/// Reads a reply, and writes back what was read.
fn there_and_back<T: DeserializeOwned + Serialize>(json: &Value) -> Value {
    serde_json::to_value(read::<T>(json)).unwrap()
}

/// The details reply of S1 with every member that the page shows.
fn details_in_full() -> Value {
    serde_json::from_str(include_str!("replies/details_in_full.json")).unwrap()
}

/// The details reply of S1 before the payor has logged in, and of EDET with its time stamp and null payee.
fn details_before_login() -> Value {
    json!({
        "sessionId": ID,
        "status": "Initiated",
        "referenceId": "order-20391",
        "type": "EFT",
        "direction": "DEBIT",
        "currency": "CAD",
        "payor": {
            "email": "maude@shop.example",
            "firstName": "Maude",
            "lastName": "Abbott",
            "account": null
        }
    })
}

#[test]
fn a_create_answer_parses() {
    let json = json!({ "sessionId": ID, "referenceId": "order-20391" });
    let created: CreatedSession = read(&json);
    assert_eq!(created.session_id.expose(), ID);
    assert_eq!(
        created.reference_id.as_ref().unwrap().expose(),
        "order-20391"
    );
    assert_eq!(serde_json::to_value(&created).unwrap(), json);
    let bare: CreatedSession = read(&json!({ "sessionId": ID, "referenceId": null }));
    assert!(bare.reference_id.is_none());
}

#[test]
fn a_status_answer_parses() {
    let json = json!({
        "sessionId": ID, "referenceId": "order-20391", "amount": 640, "status": "Completed", "statusDetails": "EFT0301"
    });
    let report: StatusReport = read(&json);
    assert_eq!(report.status, SessionStatus::Completed);
    assert_eq!(report.status_details, Some(StatusDetails::Eft0301));
    assert_eq!(report.amount.as_ref().unwrap().cents(), Some(64_000));
    assert_eq!(serde_json::to_value(&report).unwrap(), json);

    let open: StatusReport = read(&json!({
        "sessionId": ID, "amount": null, "status": "Initiated", "statusDetails": "EFT0101"
    }));
    assert!(open.amount.is_none() && open.reference_id.is_none());
    assert!(!open.is_final());
}

#[test]
fn both_spellings_of_cancelled_are_one() {
    for spelling in ["Canceled", "Cancelled"] {
        let cancelled: CancelledSession = read(&json!({
            "sessionId": ID, "referenceId": "Happy2", "status": spelling, "statusDetails": "EFT0501"
        }));
        assert_eq!(cancelled.status, SessionStatus::Cancelled);
        assert!(cancelled.status.is_final(None) && cancelled.status.is_known());
        assert_eq!(
            serde_json::to_value(&cancelled).unwrap()["status"],
            "Canceled"
        );
    }
    // The e-Transfer page has no code beside the status.
    let bare: CancelledSession = read(&json!({ "sessionId": ID, "status": "Cancelled" }));
    assert!(bare.status_details.is_none());
}

#[test]
fn a_confirm_answer_parses_and_a_decision_is_one_boolean() {
    let json = json!({ "sessionId": ID, "referenceId": "order-20391" });
    assert_eq!(there_and_back::<ConfirmedGuarantee>(&json), json);

    for (decision, accepted) in [
        (GuaranteeDecision::accept(), true),
        (GuaranteeDecision::reject(), false),
    ] {
        let json = json!({ "guaranteeAccepted": accepted });
        assert_eq!(serde_json::to_value(decision).unwrap(), json);
        assert_eq!(read::<GuaranteeDecision>(&json), decision);
    }
    for (refused, path, rule) in [
        (
            json!({ "guaranteeAccepted": "true" }),
            "guaranteeAccepted",
            "wrong-type",
        ),
        (
            json!({ "guaranteeAccepted": null }),
            "guaranteeAccepted",
            "wrong-type",
        ),
        (json!({}), "guaranteeAccepted", "missing-member"),
        (
            json!({ "guaranteeAccepted": true, "note": "x" }),
            "note",
            "unknown-member",
        ),
        (json!(true), "", "wrong-type"),
    ] {
        let violations = GuaranteeDecision::from_json(&refused).unwrap_err();
        let found: Vec<_> = violations
            .iter()
            .map(|it| (it.path(), it.rule().id))
            .collect();
        assert_eq!(found, [(path, rule)], "{refused}");
    }
}

#[test]
fn full_details_parse_and_lose_nothing() {
    let json = details_in_full();
    let details: SessionDetails = read(&json);
    assert_eq!(serde_json::to_value(&details).unwrap(), json);

    assert_eq!(details.step.as_ref().unwrap().current, Some(Step::Complete));
    assert_eq!(details.payment_type, Some(Open::Known(PaymentType::Eft)));
    assert_eq!(details.direction, Some(Open::Known(Direction::Debit)));
    assert_eq!(details.currency, Some(Open::Known(Currency::Cad)));
    let options = details.options.as_ref().unwrap();
    assert_eq!(options.guarantee.as_ref().unwrap().enable, Some(true));
    let language = options
        .notification_preferences
        .as_ref()
        .unwrap()
        .language
        .as_ref();
    assert_eq!(language.unwrap().known(), Some(Language::Fr));
    let mode = options.redirect_preferences.as_ref().unwrap().mode.as_ref();
    assert_eq!(mode.unwrap().known(), Some(RedirectMode::RedirectUri));
    let limits = options.limits.as_ref().unwrap();
    assert_eq!(
        limits.maximum_amount.as_ref().unwrap().cents(),
        Some(250_050)
    );
    let payor = details.payor.as_ref().unwrap();
    assert_eq!(payor.first_name.as_ref().unwrap().expose(), "Maude");
    assert_eq!(
        payor
            .address
            .as_ref()
            .unwrap()
            .city
            .as_ref()
            .unwrap()
            .expose(),
        "Montréal"
    );
    let account = payor.account().unwrap();
    assert_eq!(account.account_number.as_ref().unwrap().expose(), "5550042");
    assert_eq!(account.masked_number().as_deref(), Some("****0042"));
    assert_eq!(
        account.available_balance.as_ref().unwrap().cents(),
        Some(180_420)
    );
    let payee = details.payee.as_ref().unwrap().account.as_ref().unwrap();
    assert_eq!(payee.masked_number().as_deref(), Some("****5001"));
    let guarantee = details.guarantee_details.as_ref().unwrap();
    assert_eq!(guarantee.other_risk_level, Some(RiskLevel::Unrated));
    assert_eq!(guarantee.user_risk_level, Some(RiskLevel::High));
    assert_eq!(
        guarantee.guaranteed_eft_type,
        Some(GuaranteedEftType::Partial)
    );
    let names = details.user_details.as_ref().unwrap();
    assert_eq!(names.name_match.as_ref().unwrap().as_u64(), Some(88));
}

#[test]
fn details_before_login_have_no_account_however_the_reply_says_so() {
    let mut json = details_before_login();
    for account in [
        Some(json!(null)),
        None,
        Some(json!({})),
        Some(json!({ "accountNumber": null })),
    ] {
        let payor = json["payor"].as_object_mut().unwrap();
        payor.remove("account");
        if let Some(account) = &account {
            payor.insert("account".to_owned(), account.clone());
        }
        let details: SessionDetails = read(&json);
        assert!(
            details.payor.as_ref().unwrap().account().is_none(),
            "{account:?}"
        );
        assert!(details.step.is_none() && details.options.is_none() && details.payee.is_none());
    }
    json["payor"]["account"] = json!({ "institutionName": "A bank" });
    let details: SessionDetails = read(&json);
    assert!(
        details.payor.unwrap().account().is_some(),
        "an unknown member is something"
    );
}

#[test]
fn details_after_login_may_have_the_account_and_little_else() {
    let json = json!({
        "sessionId": ID,
        "status": "Completed",
        "payor": {
            "email": "maude@shop.example",
            "firstName": "Maude",
            "lastName": "Abbott",
            "account": {
                "institutionCode": "815",
                "transitNumber": "30111",
                "accountNumber": "****0042",
                "accountLabel": "Savings (****0042)"
            }
        }
    });
    let details: SessionDetails = read(&json);
    let account = details.payor.as_ref().unwrap().account().unwrap();
    assert_eq!(account.masked_number().as_deref(), Some("****0042"));
    assert_eq!(serde_json::to_value(&details).unwrap(), json);
}

#[test]
fn regular_and_older_details_parse() {
    let mut json = details_before_login();
    json["payee"] = json!(null);
    json["createdAt"] = json!("2026-02-03T04:05:06Z");
    json["step"] = json!({ "current": "BankConnection", "padId": null });
    json["userDetails"] = json!({ "matchingPerformed": false, "nameMatch": null });
    let details: SessionDetails = read(&json);
    assert!(details.payee.is_none());
    assert_eq!(details.created_at.as_deref(), Some("2026-02-03T04:05:06Z"));

    // The oldest copies of the page call things otherwise: all of it is kept.
    json["created_at"] = json!("2026-02-03T04:05:06Z");
    json["guarantee"] =
        json!({ "status": "approved", "approvedAt": "2026-02-03", "coverage": 100 });
    json["payor"]["phone"] = json!("5145550100");
    json["payor"]["verifiedAccount"] =
        json!({ "institutionName": "A bank", "accountNumber": "****0042" });
    let details: SessionDetails = read(&json);
    assert_eq!(
        details.extra.names().collect::<Vec<_>>(),
        ["created_at", "guarantee"]
    );
    assert_eq!(details.extra.get("guarantee").unwrap()["coverage"], 100);
    let payor = details.payor.as_ref().unwrap();
    assert_eq!(payor.extra.len(), 2);
    let back = serde_json::to_value(&details).unwrap();
    assert_eq!(
        back["payor"]["verifiedAccount"],
        json["payor"]["verifiedAccount"]
    );
    assert_eq!(back["guarantee"], json["guarantee"]);
}

#[test]
fn an_account_number_shows_at_most_its_last_four_digits() {
    for (number, shown) in [
        ("4400550", "****0550"),
        ("****0550", "****0550"),
        ("XXXX-XX50", "****50"),
        ("12345", "****2345"),
        ("0550", "****"),
        ("", "****"),
    ] {
        let account: PayorAccount = read(&json!({ "accountNumber": number }));
        assert_eq!(account.account_number, Some(Private::from(number)));
        assert_eq!(account.masked_number().as_deref(), Some(shown), "{number}");
        assert!(format!("{account:?}").contains("account_number: Some([redacted])"));
    }
    assert_eq!(PayorAccount::default().masked_number(), None);
}
