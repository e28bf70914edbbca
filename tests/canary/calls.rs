//! Every operation, with every kind of answer and with none.

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use flinks_pay::client::{Operation, Timeouts};
use flinks_pay::{Client, Error, GuaranteeDecision, Response};

use crate::given::{builder, guaranteed, regular, schemes, session};
use crate::markers::{EMAIL, TOKEN};
use crate::replies::replies;
use crate::support::scripted::{Asked, Reply, Scripted};
use crate::told::Told;

/// Calls one operation and drops the answer.
pub(crate) async fn call(client: &Client, operation: Operation) -> Result<(), Error> {
    called(client, operation, &mut Told::default()).await
}

/// Calls one operation and prints the answer.
async fn called(client: &Client, operation: Operation, told: &mut Told) -> Result<(), Error> {
    let id = session();
    match operation {
        Operation::Authorize => print(client.authorize().await, told),
        Operation::CreateSession => {
            let guaranteed = client.create_guaranteed(&guaranteed()).await;
            let regular = client.create_regular(&regular()).await;
            print(guaranteed, told).and(print(regular, told))
        }
        Operation::GetSessionStatus => print(client.status(&id).await, told),
        Operation::GetSessionDetails => print(client.details(&id).await, told),
        Operation::CancelSession => print(client.cancel(&id).await, told),
        Operation::ConfirmGuarantee => {
            let decision = GuaranteeDecision::accept();
            print(client.confirm_guarantee(&id, decision).await, told)
        }
        other => panic!("{other} is not called here"),
    }
}

pub(crate) fn print<T: Debug + Clone>(
    answer: Result<Response<T>, Error>,
    told: &mut Told,
) -> Result<(), Error> {
    match answer {
        Ok(answer) => {
            told.look(&answer);
            told.look(answer.raw());
            told.look(&answer.request_id());
            answer.nonconformances().iter().for_each(|odd| {
                told.look(odd);
                told.say(&odd.to_string());
            });
            told.look(&answer.into_inner());
            Ok(())
        }
        Err(error) => {
            told.error(&error);
            error.nonconformances().iter().for_each(|odd| {
                told.look(odd);
                told.say(&odd.to_string());
            });
            if let Some(problem) = error.problem() {
                told.look(problem);
            }
            Err(error)
        }
    }
}

/// Every operation, with every kind of credentials, against every kind of answer. Returns all that has passed.
pub(crate) async fn against_answers(told: &Arc<Mutex<Told>>) -> String {
    let mut passed = String::new();
    for reply in replies() {
        if let Reply::Bytes(bytes) = &reply {
            passed.push_str(&String::from_utf8_lossy(bytes));
        }
        for credentials in schemes() {
            // How tokens are refused does not depend on what they were asked for with; an API key buys none.
            let is_basic = format!("{credentials:?}").contains("basic");
            for refuses_tokens in [false, true].into_iter().take(1 + usize::from(is_basic)) {
                let reply = reply.clone();
                let server = Scripted::bare(move |asked: &Asked| {
                    if asked.line.contains("/authorize") && !refuses_tokens {
                        let token = serde_json::json!({ "access_token": TOKEN, "expires_in": 599, EMAIL: TOKEN });
                        Reply::json(200, &token.to_string())
                    } else {
                        reply.clone()
                    }
                })
                .await;
                let listener = Arc::clone(told);
                let client = builder(server.base(), credentials.clone())
                    .on_drift(move |drift| {
                        let mut told = listener.lock().unwrap();
                        told.look(drift);
                        told.look(&drift.kind());
                        told.look(&drift.source());
                        told.say(&drift.to_string());
                    })
                    .build()
                    .unwrap();
                for operation in Operation::ALL.iter().copied() {
                    let mut heard = Told::default();
                    let _ = called(&client, operation, &mut heard).await;
                    told.lock().unwrap().take_in(heard);
                }
                told.lock().unwrap().look(&client);
                for asked in server.asked() {
                    writeln!(passed, "{asked:?}").unwrap();
                }
            }
        }
    }
    passed
}

/// No connection, no TLS, no time, and nobody who waits.
pub(crate) async fn without_answers(told: &mut Told) {
    let server = Scripted::bare(|_: &Asked| Reply::Stall(Vec::new())).await;
    let patient = |timeouts: Timeouts| {
        builder(server.base(), schemes()[2].clone())
            .timeouts(timeouts)
            .build()
            .unwrap()
    };
    let hasty = patient(Timeouts::default().total(Duration::from_millis(50)));
    let encrypted = server.base().replace("http://", "https://");
    let encrypted = builder(&encrypted, schemes()[0].clone()).build();
    let nobody = builder("http://127.0.0.1:0", schemes()[0].clone())
        .build()
        .unwrap();
    for operation in Operation::ALL.iter().copied() {
        let _ = called(&hasty, operation, told).await;
        let _ = called(&nobody, operation, told).await;
    }
    // Where no root certificates are installed there is no such client.
    if let Ok(encrypted) = encrypted {
        let _ =
            tokio::time::timeout(Duration::from_millis(100), encrypted.status(&session())).await;
    }
    let dropped = patient(Timeouts::default());
    for operation in Operation::ALL.iter().copied() {
        let _ = tokio::time::timeout(Duration::from_millis(10), call(&dropped, operation)).await;
    }
}
