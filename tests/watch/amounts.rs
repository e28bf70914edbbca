//! The amount that was asked for, and the one that came out.

use super::*;
use flinks_pay::domain::{Amount, ReportedAmount};

fn cents(amount: Option<&ReportedAmount>) -> Option<i64> {
    amount.and_then(ReportedAmount::cents)
}

/// Waits for the scenario in which half of the amount is guaranteed. The payor begins before the first look or after it.
async fn lower_offer(policy: WaitPolicy, late: bool) -> Settled {
    let clock = Moved::new();
    let (sandbox, client) = sandbox(&clock, Sandbox::builder()).await;
    let id = create(&client, "Happy2", Some("500")).await;
    let payor = sandbox.payor(&id);
    if late {
        payor.run().unwrap();
    }
    let wait = client.wait(&id, policy);
    clock
        .run_with(wait, |moves| {
            if moves == 0 {
                payor.run().unwrap();
            }
        })
        .await
        .unwrap()
}

#[tokio::test]
async fn a_lower_offer_is_seen_in_the_final_amount() {
    let policy = WaitPolicy::default();
    let asked = policy.requested(Amount::from_cents(50_000).unwrap());
    for (policy, late, requested, changed) in [
        (policy, false, Some(50_000), Some(true)),
        (asked, false, Some(50_000), Some(true)),
        (asked, true, Some(50_000), Some(true)),
        // A first look at the end cannot tell what came before it, and does not pretend to.
        (policy, true, None, None),
    ] {
        let settled = lower_offer(policy, late).await;
        assert_eq!(settled.outcome, Outcome::Scheduled);
        assert_eq!(cents(settled.requested.as_ref()), requested);
        assert_eq!(cents(settled.final_amount()), Some(25_000));
        assert_eq!(settled.amount_changed(), changed, "{late}");
    }
}

#[tokio::test]
async fn an_amount_that_stays_has_not_changed() {
    let amount = |number: &str| status_with("InProgress", "", &format!(r#","amount":{number}"#));
    let ended = |number: &str| {
        let more = format!(r#","amount":{number}"#);
        status_with("Completed", "EFT0301", &more)
    };
    for (answers, requested, changed) in [
        (
            vec![amount("75.5"), ended("75.50")],
            Some(7_550),
            Some(false),
        ),
        // The first that is seen, not the last.
        (
            vec![open(), amount("75.5"), amount("40"), ended("40")],
            Some(7_550),
            Some(true),
        ),
        (vec![amount("75.5"), ended("null")], Some(7_550), None),
        (vec![open(), ended("40")], None, None),
    ] {
        let stage = Stage::playing(answers).await;
        let client = stage.client();
        let wait = client.wait(&session(), WaitPolicy::default());
        let settled = stage.clock.run(wait).await.unwrap();
        assert_eq!(cents(settled.requested.as_ref()), requested);
        assert_eq!(settled.amount_changed(), changed);
    }
}
