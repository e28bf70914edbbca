//! Answers that depart from the contract and are kept.

use super::*;

#[tokio::test]
async fn an_odd_answer_is_kept_whole_and_reported() {
    let body = format!(
        r#"{{"sessionId":"{}","referenceId":null,"amount":10.005,"status":"Paused","statusDetails":"EFT9999","note":{{"a":[1]}}}}"#,
        SESSION.to_uppercase()
    );
    let sent = body.clone();
    let server = Scripted::start(move |_: &Asked| Reply::json(200, &body)).await;
    let answer = client(&server).status(&session()).await.unwrap();
    assert_eq!(answer.status, SessionStatus::from("Paused"));
    assert!(!answer.status.is_known());
    assert_eq!(
        answer.status_details.as_ref().map(StatusDetails::as_str),
        Some("EFT9999")
    );
    assert_eq!(
        answer.amount.as_ref().map(ToString::to_string).as_deref(),
        Some("10.005")
    );
    assert_eq!(
        answer.extra.get("note"),
        Some(&serde_json::json!({ "a": [1] }))
    );
    let odd: Vec<String> = answer
        .nonconformances()
        .iter()
        .map(|odd| format!("{} {}", odd.pointer(), odd.keyword()))
        .collect();
    assert_eq!(
        odd,
        ["/amount multipleOf", "/status enum", "/statusDetails enum"]
    );
    assert_eq!(answer.raw().body(), sent.as_bytes());
    assert!(answer.raw().is_complete());
    assert!(!format!("{:?}", answer.raw()).contains("10.005"));
}

#[tokio::test]
async fn details_keep_their_account_in_every_form_it_comes_in() {
    for (account, number) in [
        ("", None),
        (r#","account":null"#, None),
        (r#","account":{}"#, None),
        (
            r#","account":{"accountNumber":"****4321","accountLabel":"Chequing"}"#,
            Some("****4321"),
        ),
        (
            r#","account":{"accountNumber":"7654321","availableBalance":12.5}"#,
            Some("7654321"),
        ),
    ] {
        let body = format!(
            r#"{{"sessionId":"{SESSION}","status":"Initiated","payor":{{"firstName":"Robin"{account}}}}}"#
        );
        let server = Scripted::start(move |_: &Asked| Reply::json(200, &body)).await;
        let details = client(&server).details(&session()).await.unwrap();
        let payor = details.payor.as_ref().unwrap();
        let found = payor
            .account()
            .and_then(|account| account.account_number.as_ref())
            .map(Private::expose);
        assert_eq!(found, number, "{account}");
        assert_eq!(details.nonconformances(), [], "{account}");
        let shown = format!("{details:?}");
        assert!(
            !shown.contains("4321") && !shown.contains("Robin"),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn both_spellings_of_cancelled_are_one() {
    for spelling in ["Canceled", "Cancelled"] {
        let body = format!(r#"{{"sessionId":"{SESSION}","status":"{spelling}"}}"#);
        let server = Scripted::start(move |_: &Asked| Reply::json(200, &body)).await;
        let answer = client(&server).cancel(&session()).await.unwrap();
        assert_eq!(answer.status, SessionStatus::Cancelled);
        assert_eq!(answer.nonconformances(), []);
    }
}

#[tokio::test]
async fn a_create_is_read_from_200_and_201_alike() {
    for status in [200, 201] {
        let server = Scripted::start(move |_: &Asked| {
            Reply::json(status, &format!(r#"{{"sessionId":"{SESSION}"}}"#))
        })
        .await;
        let created = client(&server).create_guaranteed(&request()).await.unwrap();
        assert_eq!(
            (created.session_id, created.raw().status()),
            (session(), status)
        );
    }
}
