//! Answers.

use super::*;

#[tokio::test]
async fn a_wrong_member_of_every_kind_is_found_in_an_answer() {
    for (pointer, value, found) in [
        ("/sessionId", json!("7e1c1a52"), "/sessionId\": format"),
        ("/sessionId", json!(null), "/sessionId\": type"),
        ("/status", json!("Finished"), "/status\": enum"),
        ("/statusDetails", json!("EFT0999"), "/statusDetails\": enum"),
        ("/statusDetails", json!(null), "/statusDetails\": "),
        (
            "/statusDetails",
            json!("EFT0301"),
            ": status-and-code-agree",
        ),
        ("/amount", json!("20.25"), "/amount\": type"),
        ("/amount", json!(20.255), "/amount\": multipleOf"),
        ("/referenceId", json!(7), "/referenceId\": type"),
        ("/createdAt", json!("yesterday"), "/createdAt\": format"),
        ("/step/current", json!("Lunch"), "/step/current\": enum"),
        ("/step/padId", json!("pad-7"), "/step/padId\": format"),
        ("/options", json!([]), "/options\": type"),
        (
            "/options/guarantee/enable",
            json!("true"),
            "/options/guarantee/enable\": type",
        ),
        (
            "/options/notificationPreferences/language",
            json!("en"),
            "/options/notificationPreferences/language\": enum",
        ),
        (
            "/payor/account/availableBalance",
            json!([]),
            "/payor/account/availableBalance\": type",
        ),
        (
            "/payee/account/institutionCode",
            json!(815),
            "/payee/account/institutionCode\": type",
        ),
        (
            "/guaranteeDetails/guaranteeOffered",
            json!(1),
            "/guaranteeDetails/guaranteeOffered\": type",
        ),
        (
            "/guaranteeDetails/overallRiskLevel",
            json!("Unrated"),
            "/guaranteeDetails/overallRiskLevel\": enum",
        ),
        (
            "/userDetails/nameMatch",
            json!(101),
            "/userDetails/nameMatch\": maximum",
        ),
        (
            "/userDetails/nameMatch",
            json!(-1),
            "/userDetails/nameMatch\": minimum",
        ),
        ("/note", json!(1), "/note\": additionalProperties"),
        (
            "/payor/account/iban",
            json!("x"),
            "/payor/account/iban\": additionalProperties",
        ),
        (
            "/step/next",
            json!(null),
            "/step/next\": additionalProperties",
        ),
    ] {
        let body = with(details(), pointer, value);
        let planted = Planted::start(Operation::GetSessionDetails, move || {
            Answer::of(StatusCode::OK, &body)
        })
        .await;
        let places = planted.found(planted.call()).await;
        assert!(
            places.iter().any(|place| place.contains(found)),
            "{pointer}: {places:?}"
        );
        let here = places.iter().all(|place| place.starts_with("answer"));
        assert!(here, "{pointer}: {places:?}");
    }
    let planted = Planted::start(Operation::GetSessionDetails, || {
        Answer::of(StatusCode::OK, &details())
    })
    .await;
    assert_eq!(planted.found(planted.call()).await, [""; 0]);
    assert_eq!(
        planted.core.world().tally.report().judged["getSessionDetails"],
        1
    );
}

#[tokio::test]
async fn missing_members_are_found_in_an_answer() {
    for (operation, status, body, missing) in [
        (
            Operation::Authorize,
            200,
            json!({ "access_token": "x" }),
            "/expires_in",
        ),
        (Operation::CreateSession, 201, json!({}), "/sessionId"),
        (
            Operation::CreateSession,
            403,
            json!({ "title": "Forbidden" }),
            "/status",
        ),
        (
            Operation::GetSessionStatus,
            200,
            json!({ "sessionId": ID }),
            "/status",
        ),
        (Operation::GetSessionStatus, 404, json!({}), "/error"),
        (
            Operation::CancelSession,
            200,
            json!({ "status": "Canceled" }),
            "/sessionId",
        ),
        (Operation::ConfirmGuarantee, 401, json!({}), "/error"),
    ] {
        let status = StatusCode::from_u16(status).unwrap();
        let planted = Planted::start(operation, move || Answer::of(status, &body)).await;
        let request = match operation {
            Operation::Authorize => planted.call().form(&[("grant_type", "client_credentials")]),
            Operation::CreateSession => planted.call().json(&request()),
            Operation::ConfirmGuarantee => {
                planted.call().json(&json!({ "guaranteeAccepted": true }))
            }
            _ => planted.call(),
        };
        // Authorize knows no bearer token, and asks for nothing.
        let expected = format!("answer at {missing:?}: required");
        assert_eq!(
            planted.found(request).await,
            [expected],
            "{operation} {status}"
        );
    }
}

#[tokio::test]
async fn an_answer_that_the_contract_does_not_have_is_found() {
    type Make = fn() -> Response;
    let answers: [(Make, &str); 6] = [
        (
            || Answer::error(StatusCode::CONFLICT, "conflict", "no").into_response(),
            "answer: status",
        ),
        (
            || Answer::error(StatusCode::INTERNAL_SERVER_ERROR, "x", "no").into_response(),
            "answer: status",
        ),
        (
            || Answer::error(StatusCode::PAYLOAD_TOO_LARGE, "x", "no").into_response(),
            "answer: status",
        ),
        (
            || Html("<h1>hello</h1>").into_response(),
            "answer: content-type",
        ),
        (
            || ([("content-type", "application/json")], "{\"sessionId\":").into_response(),
            "answer: json",
        ),
        (|| problem().into_response(), "answer: status"),
    ];
    for (make, found) in answers {
        let planted = Planted::start(Operation::GetSessionStatus, make).await;
        let places = planted.found(planted.call()).await;
        assert_eq!(places[0], found, "{places:?}");
    }
}

#[tokio::test]
async fn the_wrong_error_shape_is_found() {
    let planted = Planted::start(Operation::GetSessionStatus, || {
        Answer::problem(StatusCode::NOT_FOUND, "no such session")
    })
    .await;
    let places = planted.found(planted.call()).await;
    assert!(
        places.contains(&"answer at \"/error\": required".to_owned()),
        "{places:?}"
    );
    let planted = Planted::start(Operation::CreateSession, || {
        Answer::error(StatusCode::UNAUTHORIZED, "unauthorized", "no")
    })
    .await;
    let places = planted.found(planted.call().json(&request())).await;
    assert!(
        places.contains(&"answer at \"/title\": required".to_owned()),
        "{places:?}"
    );
    // Paths that nobody has are answered in one of the two shapes.
    assert_eq!(planted.found(planted.to("/api/v3")).await, [""; 0]);
    assert_eq!(planted.core.world().tally.report().without_operation, 1);
}
