//! Webhooks and the client of this crate: what one is told by them, it holds against what it reads itself.

use flinks_pay::client::once::{DebtKey, Noted, Once, OnceError};
use flinks_pay::sandbox::Sandbox;
use flinks_pay::webhook::{Event, EventKey};
use flinks_pay::{
    Client, Credentials, Environment, GuaranteeDecision, GuaranteedEft, Payor, SessionId,
    SessionRequest,
};

use crate::checked::{self, Checked};
use crate::receiver::{Receiver, settled};

fn at(sandbox: &Sandbox) -> Client {
    crate::trace::listen();
    let credentials = Credentials::basic(sandbox.client_id(), sandbox.client_secret()).unwrap();
    let environment = Environment::custom(sandbox.base_url().as_str()).unwrap();
    Client::builder(environment, credentials).build().unwrap()
}

fn debt() -> DebtKey {
    DebtKey::new("invoice-1042").unwrap()
}

async fn once(client: &Client) -> Result<Once, OnceError> {
    let request = GuaranteedEft::new(Payor::new("Robin", "Tester"))
        .amount("120.50")
        .reference_id("invoice-1042")
        .build()
        .unwrap();
    client
        .create_once(&debt(), &SessionRequest::Guaranteed(request))
        .await
}

/// What the events say, in order, to a client that has asked for nothing.
async fn note(client: &Client, receiver: &Receiver) -> Vec<Noted> {
    let mut noted = Vec::new();
    for arrival in receiver.seen() {
        noted.push(client.note_outcome(&arrival.report()).await.unwrap());
    }
    noted
}

/// A sandbox that tells a receiver, and a client that has begun to collect a debt.
async fn collecting() -> (Receiver, Checked, Client, SessionId) {
    let receiver = Receiver::start().await;
    let builder = Sandbox::builder().webhook(receiver.webhook());
    let sandbox = checked::with(builder).await.unwrap();
    let client = at(&sandbox);
    let id = *once(&client).await.unwrap().session_id();
    (receiver, sandbox, client, id)
}

#[tokio::test]
async fn a_debt_is_settled_by_the_webhook_alone() {
    let (receiver, sandbox, client, id) = collecting().await;
    sandbox.payor(&id).run().unwrap();
    settled(&sandbox).await;
    // The client has read nothing of it.
    assert!(matches!(once(&client).await, Ok(Once::Live(live)) if live == id));
    assert_eq!(note(&client, &receiver).await, [Noted::NoNews, Noted::Paid]);
    let refused = once(&client).await.unwrap_err();
    assert!(matches!(refused, OnceError::Paid { .. }), "{refused:?}");
    let reads = sandbox
        .journal()
        .iter()
        .filter(|it| it.operation.as_deref() == Some("getSessionStatus"))
        .count();
    assert_eq!(reads, 0);
}

#[tokio::test]
async fn a_debt_whose_payment_failed_is_free_again() {
    let (receiver, sandbox, client, id) = collecting().await;
    sandbox.payor(&id).fail_login().run().unwrap();
    settled(&sandbox).await;
    assert_eq!(note(&client, &receiver).await, [Noted::Free]);
    let next = once(&client).await.unwrap();
    assert!(matches!(next, Once::Created(_)), "{next:?}");
    assert_ne!(*next.session_id(), id);
}

#[tokio::test]
async fn the_webhook_and_whoever_waits_hear_the_same() {
    let (receiver, sandbox, client, id) = collecting().await;
    sandbox.payor(&id).run().unwrap();
    settled(&sandbox).await;
    let last = receiver.seen().pop().unwrap();
    let Event::StatusChanged(event) = last.verified.clone().unwrap().event else {
        panic!("{last:?}");
    };
    let read = client.status(&id).await.unwrap();
    assert_eq!(event.key(), EventKey::of(&read));
    assert_eq!(event.report(), &*read);
    assert!(event.report().is_scheduled());
}

/// A receiver that decides by calling the client, as an integrator's does.
#[tokio::test]
async fn an_integrator_decides_as_the_guarantee_webhook_comes() {
    for (accept, state) in [(true, "EFT0301"), (false, "EFT0402")] {
        let (asked, told) = (Receiver::start().await, Receiver::start().await);
        let builder = Sandbox::builder()
            .webhook(told.webhook())
            .guarantee_webhook(asked.webhook());
        let sandbox = checked::with(builder).await.unwrap();
        let client = at(&sandbox);
        let id = *once(&client).await.unwrap().session_id();
        let payor = sandbox.payor(&id);
        payor
            .run_to(&flinks_pay::session::Step::GuaranteeOffer)
            .unwrap();
        let arrival = asked.wait_for(1).await.pop().unwrap();
        let session: SessionId = arrival.verified.unwrap().event.session_id().unwrap();
        assert_eq!(session, id);
        let decision = if accept {
            GuaranteeDecision::accept()
        } else {
            GuaranteeDecision::reject()
        };
        client.confirm_guarantee(&session, decision).await.unwrap();
        if accept {
            payor.run().unwrap();
        }
        settled(&sandbox).await;
        let noted = note(&client, &told).await.pop();
        assert_eq!(noted, Some(if accept { Noted::Paid } else { Noted::Free }));
        let code = told.seen().pop().unwrap().report().status_details.unwrap();
        assert_eq!(code.as_str(), state);
    }
}
