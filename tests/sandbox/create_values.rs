//! `createSession`: values that break rules.

use serde_json::{Value, json};

use crate::bench::Bench;
use crate::bodies::{full_guaranteed, full_regular, guaranteed, regular, with, without};

#[tokio::test]
async fn every_violation_is_told_at_once_and_no_value() {
    let bench = Bench::start().await;
    let body = json!({
        "type": "WIRE-qq",
        "direction": "CREDIT-qq",
        "currency": "USD-qq",
        "amount": 77_777_777.777,
        "referenceId": "qq\u{0}",
        "options": {
            "guarantee": { "enable": true },
            "notificationPreferences": { "language": "DE-qq" },
            "limits": { "minimumAmount": 66_666.666, "maximumAmount": -55_555.5 },
            "redirectPreferences": { "mode": "Popup-qq", "urlSuccess": "qq", "urlExit": "qq" },
        },
        "payor": {
            "firstName": "",
            "lastName": "qq\n",
            "middleName": " ",
            "email": "qq",
            "occupation": "",
            "birthDate": "qq-13-41",
            "address": {
                "addressLine1": "",
                "addressLine2": "",
                "unit": "",
                "city": "",
                "province": "qq",
                "country": "qq",
                "postalCode": "qq",
            },
        },
        "payee": {
            "account": {
                "institutionCode": "qq",
                "transitNumber": "qq",
                "accountNumber": "qq",
                "accountLabel": "",
            },
        },
    });
    let answer = bench.create(&body).await;
    let text = answer.expect(400).to_string();
    for value in ["qq", "77777777", "66666", "55555"] {
        assert!(!text.contains(value), "{value}: {text}");
    }
    for path in [
        "type:",
        "direction:",
        "currency:",
        "amount:",
        "referenceId:",
        "options.notificationPreferences.language:",
        "options.limits.minimumAmount:",
        "options.limits.maximumAmount:",
        "options.redirectPreferences.mode:",
        "payor.firstName:",
        "payor.address.province:",
        "payee.account.accountNumber:",
    ] {
        assert!(text.contains(path), "{path} {text}");
    }
    let mut rules = bench.last().rules;
    rules.sort();
    assert_eq!(
        rules,
        [
            "account-label",
            "account-number",
            "address-line-1",
            "address-line-2",
            "amount",
            "birth-date",
            "city",
            "country",
            "currency",
            "direction",
            "email",
            "first-name",
            "institution-code",
            "language",
            "last-name",
            "middle-name",
            "occupation",
            "payment-type",
            "postal-code",
            "province",
            "redirect-mode",
            "redirect-url",
            "reference-id-guaranteed",
            "transit-number",
            "unit",
        ]
    );
}

/// Sends a body; expects the rules that it breaks, and nothing else.
async fn refused(bench: &Bench, body: &Value, rules: &[&str]) {
    bench.create(body).await.expect(400);
    assert_eq!(bench.last().rules, rules, "{body:#}");
}

#[tokio::test]
async fn a_regular_session_takes_no_payee() {
    let bench = Bench::start().await;
    let payee = full_guaranteed()["payee"].clone();
    let body = with(full_regular(), "/payee", payee);
    refused(&bench, &body, &["payee-only-guaranteed"]).await;
}

#[tokio::test]
async fn rules_across_members() {
    let bench = Bench::start().await;
    let limits = |minimum: f64, maximum: f64| {
        let limits = json!({ "minimumAmount": minimum, "maximumAmount": maximum });
        with(guaranteed(), "/options/limits", limits)
    };
    bench.create(&limits(120.5, 120.5)).await.expect(201);
    refused(&bench, &limits(120.51, 200.0), &["amount-within-limits"]).await;
    refused(&bench, &limits(1.0, 120.49), &["amount-within-limits"]).await;
    let both = without(limits(2.0, 1.99), "/amount");
    refused(&bench, &both, &["limits-ordered"]).await;
    let body = without(full_guaranteed(), "/options/redirectPreferences/urlExit");
    refused(&bench, &body, &["redirect-urls"]).await;
    let body = without(full_guaranteed(), "/payor/address/city");
    refused(&bench, &body, &["address-complete"]).await;
}

#[tokio::test]
async fn the_products_differ() {
    let bench = Bench::start().await;
    refused(
        &bench,
        &without(regular(), "/payor/email"),
        &["email-required-regular"],
    )
    .await;
    let spaced = |body| with(body, "/referenceId", json!("order 1"));
    bench.create(&spaced(guaranteed())).await.expect(201);
    refused(&bench, &spaced(regular()), &["reference-id-regular"]).await;
}

#[tokio::test]
async fn the_product_must_be_named() {
    let bench = Bench::start().await;
    for pointer in [
        "/options",
        "/options/guarantee",
        "/options/guarantee/enable",
    ] {
        refused(&bench, &without(guaranteed(), pointer), &["missing-member"]).await;
    }
    for flag in [json!("true"), json!(1), json!(null)] {
        let body = with(guaranteed(), "/options/guarantee/enable", flag);
        refused(&bench, &body, &["wrong-type"]).await;
    }
}

#[tokio::test]
async fn what_must_be_there_and_what_must_not() {
    let bench = Bench::start().await;
    for pointer in [
        "/type",
        "/direction",
        "/payor",
        "/payor/firstName",
        "/payor/lastName",
    ] {
        refused(&bench, &without(guaranteed(), pointer), &["missing-member"]).await;
    }
    for pointer in [
        "/note",
        "/options/note",
        "/options/guarantee/note",
        "/payor/note",
        "/payor/address/note",
        "/payee/note",
        "/payee/account/note",
        "/options/limits/note",
    ] {
        let body = with(full_guaranteed(), pointer, json!(1));
        refused(&bench, &body, &["unknown-member"]).await;
    }
    let body = with(guaranteed(), "/amount", json!("120.50"));
    refused(&bench, &body, &["wrong-type"]).await;
}

#[tokio::test]
async fn amounts_at_their_bounds() {
    let bench = Bench::start().await;
    for amount in [json!(0.01), json!(100_000), json!(1e2), json!(0.1)] {
        let body = with(guaranteed(), "/amount", amount);
        bench.create(&body).await.expect(201);
    }
    for amount in [
        json!(0),
        json!(0.001),
        json!(100_000.01),
        json!(-1),
        json!(1e300),
    ] {
        let body = with(guaranteed(), "/amount", amount);
        refused(&bench, &body, &["amount"]).await;
    }
}
