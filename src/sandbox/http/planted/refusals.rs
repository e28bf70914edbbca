//! Requests that are refused.

use super::*;

/// Makes a refusal.
type Make = fn() -> Answer;

#[tokio::test]
async fn a_request_that_was_refused_and_is_valid_is_found() {
    let wrongly: [(Make, Value); 4] = [
        (problem, request()),
        // Rules that it does not break, or that are answered otherwise.
        (|| problem().breaks(&LIMITS_ORDERED), request()),
        (|| problem().breaks(&UNKNOWN_MEMBER), request()),
        (|| problem().breaks(&TOKEN_PER_CREATE), request()),
    ];
    for (make, body) in wrongly {
        let planted = Planted::start(Operation::CreateSession, make).await;
        assert_eq!(
            planted.found(planted.call().json(&body)).await,
            ["request: refused"]
        );
    }
    let unordered = with(request(), "/options/limits/minimumAmount", json!(31));
    let unordered = with(unordered, "/amount", json!(null));
    let rightly: [(Make, Value); 4] = [
        (problem, with(request(), "/type", json!("CARD"))),
        (problem, with(request(), "/currency", json!("cad"))),
        (|| problem().breaks(&LIMITS_ORDERED), unordered.clone()),
        (|| problem().breaks(&PAYEE_OR_SETTLEMENT), request()),
    ];
    for (make, body) in rightly {
        let planted = Planted::start(Operation::CreateSession, make).await;
        assert_eq!(planted.found(planted.call().json(&body)).await, [""; 0]);
    }
    // A rule that is broken and not named.
    let planted = Planted::start(Operation::CreateSession, problem).await;
    assert_eq!(
        planted.found(planted.call().json(&unordered)).await,
        ["request: refused"]
    );
}

#[tokio::test]
async fn refusals_of_the_other_operations_are_judged_too() {
    let accept = json!({ "guaranteeAccepted": true });
    let confirms: [(Make, &[&str]); 2] = [
        (problem, &["request: refused"]),
        (|| problem().breaks(&GUARANTEE_PENDING_ONLY), &[]),
    ];
    for (make, found) in confirms {
        let planted = Planted::start(Operation::ConfirmGuarantee, make).await;
        assert_eq!(planted.found(planted.call().json(&accept)).await, found);
        assert_eq!(
            planted.found(planted.call().json(&json!({}))).await,
            [""; 0]
        );
    }
    let cancels: [(Make, &[&str]); 3] = [
        (problem, &["request: refused"]),
        // Of another operation.
        (
            || problem().breaks(&GUARANTEE_PENDING_ONLY),
            &["request: refused"],
        ),
        (|| problem().breaks(&CANCEL_OPEN_ONLY), &[]),
    ];
    for (make, found) in cancels {
        let planted = Planted::start(Operation::CancelSession, make).await;
        assert_eq!(planted.found(planted.call()).await, found);
    }
    let authorizes: [(Make, &[&str]); 2] = [
        (problem, &["request: refused"]),
        (|| problem().breaks(&CREDENTIALS_IN_ONE_PLACE), &[]),
    ];
    for (make, found) in authorizes {
        let planted = Planted::start(Operation::Authorize, make).await;
        let grant = planted.call().form(&[("grant_type", "client_credentials")]);
        assert_eq!(planted.found(grant).await, found);
    }
    let planted = Planted::start(Operation::CreateSession, || {
        Answer::problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, "no")
    })
    .await;
    let other = planted.call().form(&[("type", "EFT")]);
    assert_eq!(planted.found(other).await, [""; 0]);
    let typed = planted.call().json(&json!({}));
    assert_eq!(planted.found(typed).await, ["request: refused"]);
}
