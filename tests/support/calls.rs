//! One session, one request, and a call of each operation about them.

use std::error::Error as _;
use std::fmt::Write as _;

use flinks_pay::client::Operation;
use flinks_pay::{Client, Error, GuaranteeDecision, GuaranteedEft, Payor, SessionId};

pub const SESSION: &str = "0f9e8d7c-6b5a-4c3d-8e1f-001122334455";

pub fn session() -> SessionId {
    SessionId::new(SESSION).unwrap()
}

pub fn request() -> GuaranteedEft {
    GuaranteedEft::new(Payor::new("Robin", "Tester"))
        .amount("120.50")
        .reference_id("invoice-1042")
        .build()
        .unwrap()
}

/// Calls one operation and drops the answer.
pub async fn call(client: &Client, operation: Operation) -> Result<(), Error> {
    match operation {
        Operation::Authorize => client.authorize().await.map(drop),
        Operation::CreateSession => client.create_guaranteed(&request()).await.map(drop),
        Operation::GetSessionStatus => client.status(&session()).await.map(drop),
        Operation::GetSessionDetails => client.details(&session()).await.map(drop),
        Operation::CancelSession => client.cancel(&session()).await.map(drop),
        Operation::ConfirmGuarantee => client
            .confirm_guarantee(&session(), GuaranteeDecision::accept())
            .await
            .map(drop),
        other => panic!("{other} is not called here"),
    }
}

/// An error's whole chain, as a caller would log it.
pub fn chain(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        write!(text, ": {cause}").unwrap();
        source = cause.source();
    }
    text
}
