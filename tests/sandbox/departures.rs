//! A payor who does something else than pay: what the page posts last, and how the session stands then.

use std::time::Duration;

use flinks_pay::sandbox::{BrowserEvent, Sandbox, SandboxError};
use flinks_pay::session::Step;
use serde_json::json;

use crate::bench::Bench;
use crate::bodies::{guaranteed, referring, regular};

#[tokio::test]
async fn a_second_question_takes_one_step_more_on_the_same_screen() {
    let bench = Bench::start().await;
    for body in [guaranteed(), regular()] {
        let id = bench.session(&body).await;
        let payor = bench.sandbox.payor(&id).mfa();
        payor.run_to(&Step::BankConnection).unwrap();
        let asked = payor.step().unwrap();
        assert!(asked.question);
        assert_eq!(asked.step, Some(Step::BankConnection));
        assert_eq!(asked.events, [BrowserEvent::SubmitCredential]);
        // Nobody is logged in yet.
        let details = bench.details(&id).await;
        assert_eq!(details["payor"]["account"], json!(null));
        let answered = payor.step().unwrap();
        assert!(!answered.question);
        assert_eq!(answered.step, Some(Step::AccountSelection));
        assert_eq!(answered.events, [BrowserEvent::SubmitMfa]);
        payor.run().unwrap();
        assert_eq!(bench.state(&id).await, "Completed EFT0301");
    }
}

#[tokio::test]
async fn a_wrong_answer_fails_the_login_as_a_wrong_password_does() {
    let bench = Bench::start().await;
    let id = bench.session(&guaranteed()).await;
    let payor = bench.sandbox.payor(&id);
    payor.run_to(&Step::BankConnection).unwrap();
    payor.clone().mfa().step().unwrap();
    let failed = payor.fail_login().step().unwrap();
    assert!(failed.over);
    assert!(!failed.question);
    assert_eq!(failed.events, [BrowserEvent::SubmitMfa]);
    assert_eq!(bench.state(&id).await, "Failed EFT0401");
}

#[tokio::test]
async fn a_question_is_not_asked_of_a_wrong_password() {
    let bench = Bench::start().await;
    let id = bench.session(&guaranteed()).await;
    let payor = bench.sandbox.payor(&id).mfa().fail_login();
    payor.run().unwrap();
    let last = payor.events().unwrap().pop();
    assert_eq!(last, Some(BrowserEvent::SubmitCredential));
    assert_eq!(bench.state(&id).await, "Failed EFT0401");
}

#[tokio::test]
async fn a_session_that_ends_at_the_question_asks_no_longer() {
    let bench = Bench::start().await;
    let id = bench.session(&guaranteed()).await;
    let payor = bench.sandbox.payor(&id).mfa();
    payor.run_to(&Step::BankConnection).unwrap();
    payor.step().unwrap();
    bench.cancel(&id).await.expect(200);
    let error = payor.step().unwrap_err();
    assert!(
        matches!(error, SandboxError::SessionEnded { .. }),
        "{error}"
    );
    assert_eq!(bench.state(&id).await, "Canceled EFT0501");
}

#[tokio::test]
async fn who_refuses_the_agreement_leaves_a_session_that_waits_for_a_signature_until_it_expires() {
    let bench = Bench::start().await;
    for body in [guaranteed(), regular()] {
        let id = bench.session(&body).await;
        let payor = bench.sandbox.payor(&id).refuse_agreement();
        let last = payor.run().unwrap().pop().unwrap();
        assert!(last.over);
        assert_eq!(last.step, Some(Step::Pad));
        assert_eq!(last.events, [BrowserEvent::ComponentPadWarningScreenExit]);
        assert_eq!(bench.state(&id).await, "Completed EFT0302");
        let again = payor.step().unwrap_err();
        assert!(matches!(again, SandboxError::PayorLeft), "{again}");
        bench.sandbox.advance(Duration::from_secs(30 * 60));
        assert_eq!(bench.state(&id).await, "Expired EFT0601");
    }
}

#[tokio::test]
async fn a_refused_agreement_can_be_cancelled() {
    let bench = Bench::start().await;
    let id = bench.session(&guaranteed()).await;
    bench.sandbox.payor(&id).refuse_agreement().run().unwrap();
    bench.cancel(&id).await.expect(200);
    assert_eq!(bench.state(&id).await, "Canceled EFT0501");
}

#[tokio::test]
async fn other_ways_to_pay_change_the_last_message_and_not_the_outcome() {
    let bench = Bench::start().await;
    let plain = BrowserEvent::GuaranteeFailed;
    let other = BrowserEvent::ComponentOtherFundingOptionsSelected;
    for (asks, expected) in [(false, plain), (true, other)] {
        let id = bench.session(&referring(guaranteed(), "Unhappy1")).await;
        let mut payor = bench.sandbox.payor(&id);
        if asks {
            payor = payor.other_funding();
        }
        payor.run().unwrap();
        assert_eq!(payor.events().unwrap().pop(), Some(expected));
        assert_eq!(bench.state(&id).await, "Failed EFT0402");
    }
}

#[tokio::test]
async fn other_ways_to_pay_are_asked_for_after_a_rejection_too() {
    let bench = Bench::with(Sandbox::builder().guarantee_decision(true)).await;
    let id = bench.session(&guaranteed()).await;
    let payor = bench.sandbox.payor(&id).other_funding();
    payor.run_to(&Step::GuaranteeOffer).unwrap();
    let reject = json!({ "guaranteeAccepted": false });
    bench.confirm(&id, &reject).await.expect(200);
    let last = payor.events().unwrap().pop();
    let other = BrowserEvent::ComponentOtherFundingOptionsSelected;
    assert_eq!(last, Some(other));
    assert_eq!(bench.state(&id).await, "Failed EFT0402");
}
