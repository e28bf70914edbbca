//! Values that the contract knows, in a place where they do not belong: what this crate's client promises of them.
//!
//! A status, or a code, of another state is what the server said, so it is kept, and it is no reason to lose the answer. Where it
//! contradicts its neighbour, the answer says so and neither of them is believed: what comes of it is no outcome, or a
//! contradiction. A cancellation is looked up instead.

use flinks_pay::client::Operation;
use flinks_pay::sandbox::{Fault, FaultRule, Goal, SessionOrder};
use flinks_pay::session::{Outcome, SessionStatus, StatusDetails};
use flinks_pay::{Client, Credentials, Environment};
use serde_json::{Value, json};

use crate::bench::Bench;
use crate::bodies::guaranteed;

fn client(bench: &Bench) -> Client {
    let environment = Environment::custom(bench.sandbox.base_url().as_str()).unwrap();
    let (id, secret) = (bench.sandbox.client_id(), bench.sandbox.client_secret());
    let credentials = Credentials::basic(id, secret).unwrap();
    Client::builder(environment, credentials).build().unwrap()
}

/// The next answer of an operation has this value there.
fn misplace(bench: &Bench, operation: Operation, pointer: &str, value: &str) {
    let fault: Value = json!({ "wrongValue": { "pointer": pointer, "value": value } });
    let fault: Fault = serde_json::from_value(fault).unwrap();
    let rule = FaultRule::next(1, fault).on(operation);
    bench.sandbox.fault(rule).unwrap();
}

#[tokio::test]
async fn a_status_and_a_code_of_another_state_are_kept_told_and_not_believed() {
    let bench = Bench::start().await;
    let client = client(&bench);
    for own in StatusDetails::KNOWN {
        let order = SessionOrder::new(guaranteed()).until(Goal::Outcome(own.clone()));
        let session = bench.sandbox.prepare(&order).unwrap();
        let id = session.session_id;
        for other in StatusDetails::KNOWN {
            let status = other.belongs_to().unwrap();
            let belongs = status == session.status;
            // Its code stays, and the status is the other's; then the other way round.
            for (pointer, value, told) in [
                ("/status", status.as_str(), (&status, own)),
                ("/statusDetails", other.as_str(), (&session.status, other)),
            ] {
                let place = format!("{own} and {value}");
                misplace(&bench, Operation::GetSessionStatus, pointer, value);
                let answer = client.status(&id).await.unwrap();
                assert_eq!(answer.status, *told.0, "{place}");
                assert_eq!(answer.status_details.as_ref(), Some(told.1), "{place}");
                misplace(&bench, Operation::GetSessionDetails, pointer, value);
                let details = client.details(&id).await.unwrap();
                assert_eq!(details.status, *told.0, "{place}");

                let odd = [answer.nonconformances(), details.nonconformances()];
                for odd in odd {
                    let odd: Vec<_> = odd.iter().map(|it| (it.pointer(), it.keyword())).collect();
                    let expected = ("/statusDetails", "status-and-code-agree");
                    assert_eq!(
                        odd,
                        if belongs { vec![] } else { vec![expected] },
                        "{place}"
                    );
                }
                let outcome = answer.outcome();
                match &outcome {
                    // A code of the same status cannot be told from the right one.
                    _ if belongs => {
                        let contradicts = matches!(outcome, Some(Outcome::Contradictory(..)));
                        assert!(!contradicts, "{place}: {outcome:?}");
                    }
                    Some(Outcome::Contradictory(..)) => {}
                    // What is said to be open has no outcome, whatever code stands beside it.
                    other => {
                        assert_eq!(answer.status, SessionStatus::Initiated, "{place}");
                        assert_eq!(*other, None, "{place}");
                    }
                }
                assert_eq!(answer.contradicts_itself(), !belongs, "{place}");
            }
        }
    }
}

#[tokio::test]
async fn a_status_without_a_code_is_kept_and_is_no_proof_of_a_debit() {
    let bench = Bench::start().await;
    let client = client(&bench);
    let order = SessionOrder::new(guaranteed()).until(Goal::Steps(3));
    let id = bench.sandbox.prepare(&order).unwrap().session_id;
    // The client learns that a token is asked for, before something goes wrong.
    client.status(&id).await.unwrap();
    misplace(&bench, Operation::GetSessionStatus, "/status", "Completed");
    let answer = client.status(&id).await.unwrap();
    assert_eq!(answer.status, SessionStatus::Completed);
    assert_eq!(answer.status_details, None);
    assert!(!matches!(answer.outcome(), Some(Outcome::Scheduled)));
    assert!(!answer.status.is_scheduled(None));
}

#[tokio::test]
async fn a_cancellation_that_is_answered_with_another_state_is_looked_up() {
    let bench = Bench::start().await;
    let client = client(&bench);
    for (pointer, value) in [
        ("/status", "Completed"),
        ("/status", "Initiated"),
        ("/statusDetails", "EFT0301"),
        ("/statusDetails", "EFT0101"),
    ] {
        let order = SessionOrder::new(guaranteed());
        let id = bench.sandbox.prepare(&order).unwrap().session_id;
        misplace(&bench, Operation::CancelSession, pointer, value);
        let cancelled = client.cancel(&id).await.unwrap();
        assert_eq!(cancelled.status, SessionStatus::Cancelled, "{value}");
        let asked = bench.last().operation;
        assert_eq!(asked.as_deref(), Some("getSessionStatus"), "{value}");
        assert_eq!(bench.state(&id).await, "Canceled EFT0501");
    }
}
