//! Drift is told once for each client, whatever number of answers has it, and never with a value.

use std::sync::{Arc, Mutex};

use flinks_pay::client::{Drift, DriftKind};
use serde_json::json;

use super::*;

/// A client that keeps what is told, and what it has been told so far.
fn observed(server: &Scripted) -> (Client, Arc<Mutex<Vec<Drift>>>) {
    let told = Arc::new(Mutex::new(Vec::new()));
    let keeper = Arc::clone(&told);
    let base = Environment::custom(server.base()).unwrap();
    let client = Client::builder(base, Credentials::api_key("key-1", "shop").unwrap())
        .on_drift(move |drift: &Drift| keeper.lock().unwrap().push(drift.clone()))
        .build()
        .unwrap();
    (client, told)
}

fn lines(told: &Mutex<Vec<Drift>>) -> Vec<String> {
    told.lock()
        .unwrap()
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[tokio::test]
async fn a_million_odd_answers_are_one_drift() {
    let body = json!({
        "sessionId": SESSION, "status": "Failed", "statusDetails": "EFT0301", "amount": 7654.321,
        "iban": "marker", "ada@shop.example": 1, "7654321": 1, "a\u{1b}[31m": 1,
    });
    let text = body.to_string().replace("\"marker\"", "1e400");
    let server = answering(Reply::json(200, &text)).await;
    let (client, told) = observed(&server);
    for _ in 0..3 {
        client.status(&session()).await.unwrap();
        client.clone().status(&session()).await.unwrap();
    }
    let status = [
        "getSessionStatus: member-left-out at /iban, `properties` of #/components/schemas/SessionStatusReport/properties",
        "getSessionStatus: unknown-member at /?, `properties` of #/components/schemas/SessionStatusReport/properties",
        "getSessionStatus: constraint at /amount, `multipleOf` of #/components/schemas/ReportedAmount/multipleOf",
        "getSessionStatus: contradiction at /statusDetails, `status-and-code-agree` of #/components/schemas/SessionStatusReport",
    ];
    assert_eq!(lines(&told), status);
    // Another operation is another drift, and another client another observer.
    client.details(&session()).await.unwrap();
    assert_eq!(told.lock().unwrap().len(), 8);
    let (another, told) = observed(&server);
    another.status(&session()).await.unwrap();
    assert_eq!(lines(&told), status);
    let printed = format!("{:?}", told.lock().unwrap());
    for value in ["7654", "EFT0301", "Failed", "ada", "marker", SESSION] {
        assert!(!printed.contains(value), "{value} in {printed}");
    }
}

#[tokio::test]
async fn an_answer_as_the_contract_says_is_no_drift() {
    let body = json!({ "sessionId": SESSION, "status": "Completed", "statusDetails": "EFT0301", "amount": 12.5 });
    let server = answering(Reply::json(200, &body.to_string())).await;
    let (client, told) = observed(&server);
    client.status(&session()).await.unwrap();
    assert_eq!(lines(&told), [""; 0]);
}

#[tokio::test]
async fn what_an_answer_for_somebody_else_tells_of_flinks_is_told_too() {
    let body = json!({ "sessionId": OTHER, "status": "Paused" });
    let server = answering(Reply::json(200, &body.to_string())).await;
    let (client, told) = observed(&server);
    let error = client.status(&session()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WrongSession);
    let kinds: Vec<DriftKind> = told.lock().unwrap().iter().map(Drift::kind).collect();
    assert_eq!(kinds, [DriftKind::UnknownValue]);
}

#[tokio::test]
async fn a_callback_that_panics_does_the_call_no_harm() {
    let body = json!({ "sessionId": SESSION, "status": "Paused" });
    let server = answering(Reply::json(200, &body.to_string())).await;
    let base = Environment::custom(server.base()).unwrap();
    let client = Client::builder(base, Credentials::api_key("key-1", "shop").unwrap())
        .on_drift(|_: &Drift| panic!("a fault of the callback"))
        .build()
        .unwrap();
    for _ in 0..2 {
        let answer = client.status(&session()).await.unwrap();
        assert_eq!(odd(&answer), ["/status enum"]);
    }
}

#[tokio::test]
async fn a_member_for_which_an_answer_cannot_be_read_is_told_too() {
    let server = answering(Reply::json(
        200,
        r#"{"sessionId":["marker"],"status":"Failed"}"#,
    ))
    .await;
    let (client, told) = observed(&server);
    for _ in 0..2 {
        client.status(&session()).await.unwrap_err();
    }
    assert_eq!(
        lines(&told),
        ["getSessionStatus: unreadable at /sessionId, `type`"]
    );
    assert_eq!(told.lock().unwrap()[0].kind(), DriftKind::Unreadable);
    // A page that a proxy answers says nothing of Flinks.
    let server = answering(Reply::of(200, &[], "<html>")).await;
    let (client, told) = observed(&server);
    client.status(&session()).await.unwrap_err();
    assert_eq!(lines(&told), [] as [&str; 0]);
}
