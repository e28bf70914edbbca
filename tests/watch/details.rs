//! What only the details say, and waiting by them alone.

use super::*;
use flinks_pay::GuaranteeDecision;
use flinks_pay::session::Step;

/// A details answer with a status and more members, each after a comma.
fn details(status: &str, more: &str) -> Reply {
    Reply::json(
        200,
        &format!(r#"{{"sessionId":"{SESSION}","status":"{status}"{more}}}"#),
    )
}

fn at(step: &str) -> Reply {
    details("InProgress", &format!(r#","step":{{"current":"{step}"}}"#))
}

fn is_details(asked: &Asked) -> bool {
    asked.line.ends_with("/details")
}

fn watching() -> WaitPolicy {
    WaitPolicy::default().watch_details(true)
}

#[tokio::test]
async fn each_step_is_told_as_the_payor_goes_on() {
    let clock = Moved::new();
    let (sandbox, client) = sandbox(&clock, Sandbox::builder()).await;
    let id = create(&client, "Happy1", None).await;
    let payor = sandbox.payor(&id);
    let mut watch = client.watch(&id, watching().for_at_most(seconds(1200)));
    let told = clock
        .run_with(told(&mut watch), |moves| {
            // At every second rest, so that each step is seen twice.
            if moves % 2 == 0 {
                payor.step().unwrap();
            }
        })
        .await;
    assert_eq!(
        told,
        [
            "Initiated EFT0101",
            "InProgress",
            "step Start",
            "step BankSelection",
            "step BankConnection",
            "step AccountSelection",
            "step AmountSelection",
            // The payor has entered an amount.
            "InProgress",
            "step GuaranteeOffer",
            "step Review",
            "Completed EFT0302",
            "awaiting signature",
            "step Pad",
            "Completed EFT0301",
            "settled: the debit is scheduled",
        ]
    );
}

#[tokio::test]
async fn a_guarantee_that_waits_for_a_decision_is_told_with_amount_and_risk() {
    for (accept, end) in [
        (true, "settled: the debit is scheduled"),
        (
            false,
            "settled: failed: no guarantee was offered for this account and amount",
        ),
    ] {
        let clock = Moved::new();
        let builder = Sandbox::builder().guarantee_decision(true);
        let (sandbox, client) = sandbox(&clock, builder).await;
        let id = create(&client, "Happy2", Some("640.20")).await;
        let payor = sandbox.payor(&id);
        payor.run_to(&Step::GuaranteeOffer).unwrap();
        let mut watch = client.watch(&id, watching());
        let mut told = Vec::new();
        while let Some(item) = clock.run(watch.next()).await {
            let item = item.unwrap();
            if let Progress::GuaranteeDecisionNeeded { amount, risk } = &item {
                assert_eq!(amount.as_ref().unwrap().cents(), Some(32_010));
                assert_eq!(*risk, Some(flinks_pay::session::RiskLevel::Medium));
                // Two looks at it later, the integrator decides.
                let decision = if accept {
                    GuaranteeDecision::accept()
                } else {
                    GuaranteeDecision::reject()
                };
                clock.advance(seconds(1));
                client.confirm_guarantee(&id, decision).await.unwrap();
                if accept {
                    payor.run().unwrap();
                }
            }
            told.push(short(&item));
        }
        let decisions = told
            .iter()
            .filter(|told| told.starts_with("decide"))
            .count();
        assert_eq!(decisions, 1, "{told:?}");
        assert_eq!(
            told[..3],
            ["InProgress", "step GuaranteeOffer", "decide 320.1 Medium"]
        );
        assert_eq!(told.last().unwrap(), end);
    }
}

#[tokio::test]
async fn an_offer_is_told_again_only_when_it_is_another_one() {
    let offer = |amount: u32, accepted: &str| {
        details(
            "InProgress",
            &format!(
                r#","guaranteeDetails":{{"guaranteeOffered":true,"guaranteeAccepted":{accepted},"highestDebitAmountToGuarantee":{amount},"overallRiskLevel":"Low"}}"#
            ),
        )
    };
    let none = details(
        "InProgress",
        r#","guaranteeDetails":{"guaranteeOffered":false}"#,
    );
    let answers = [
        none,
        offer(90, "null"),
        offer(90, "null"),
        offer(60, "null"),
        offer(60, "true"),
        offer(60, "null"),
    ];
    let stage = Stage::with(move |asked, number| {
        if is_details(asked) {
            answers[number / 2].clone()
        } else if number / 2 < answers.len() {
            open()
        } else {
            scheduled()
        }
    })
    .await;
    let client = stage.client();
    let mut watch = client.watch(&session(), watching());
    assert_eq!(
        stage.clock.run(told(&mut watch)).await,
        [
            "InProgress",
            "decide 90 Low",
            "decide 60 Low",
            "decide 60 Low",
            "Completed EFT0301",
            "settled: the debit is scheduled",
        ]
    );
}

#[tokio::test]
async fn details_are_read_where_changes_are_told_or_they_are_asked_for() {
    for (policy, paths) in [
        (WaitPolicy::default(), vec!["status", "details", "status"]),
        (status_only(), vec!["status", "status"]),
    ] {
        let stage = Stage::with(|asked, number| match number {
            _ if is_details(asked) => at("Review"),
            0 => open(),
            _ => scheduled(),
        })
        .await;
        let client = stage.client();
        let told = stage
            .clock
            .run(told(&mut client.watch(&session(), policy)))
            .await;
        assert_eq!(stage.paths(), paths);
        assert_eq!(told.contains(&"step Review".to_owned()), paths.len() == 3);
    }
}

#[tokio::test]
async fn a_wait_reads_details_only_where_asked_for_and_not_of_a_session_that_has_ended() {
    for (policy, paths) in [
        (WaitPolicy::default(), vec!["status", "status"]),
        (watching(), vec!["status", "details", "status"]),
    ] {
        let stage = Stage::with(|asked, number| match number {
            _ if is_details(asked) => at("Review"),
            0 => open(),
            _ => scheduled(),
        })
        .await;
        let client = stage.client();
        let wait = client.wait(&session(), policy);
        stage.clock.run(wait).await.unwrap();
        assert_eq!(stage.paths(), paths);
        // One look, one moment.
        let times = stage.times();
        assert_eq!(times[1] == times[0], paths.len() == 3);
        assert!(times[times.len() - 1] >= seconds(30));
    }
}

#[tokio::test]
async fn details_that_cannot_be_read_do_not_end_a_wait_that_has_the_status() {
    // Something that may pass is asked for again, and its end is told.
    let stage = Stage::with(|asked, number| match number {
        1 | 3 => empty(502),
        _ if is_details(asked) => at("Review"),
        0..=6 => open(),
        _ => scheduled(),
    })
    .await;
    let client = stage.client();
    let mut watch = client.watch(&session(), watching().tolerate(0));
    assert_eq!(
        stage.clock.run(told(&mut watch)).await,
        [
            "InProgress",
            "trouble: the server failed",
            "InProgress",
            "step Review",
            "Completed EFT0301",
            "settled: the debit is scheduled",
        ]
    );
    assert_eq!(stage.times().len(), 9);

    // Something that will not is left alone.
    for answer in [empty(403), empty(401), empty(404)] {
        let stage = Stage::with(move |asked, number| match number {
            _ if is_details(asked) => answer.clone(),
            0..=3 => open(),
            _ => scheduled(),
        })
        .await;
        let client = stage.client();
        let mut watch = client.watch(&session(), watching());
        let told = stage.clock.run(told(&mut watch)).await;
        assert_eq!(told.len(), 4, "{told:?}");
        assert!(told[1].starts_with("trouble: "), "{told:?}");
        assert_eq!(
            stage.paths(),
            ["status", "details", "status", "status", "status"]
        );
    }
}

#[tokio::test]
async fn what_the_status_said_is_kept_when_the_details_take_too_long() {
    let stage = Stage::with(|asked, _| {
        if is_details(asked) {
            Reply::Stall(Vec::new())
        } else {
            open()
        }
    })
    .await;
    let client = stage.client();
    let policy = watching().for_at_most(seconds(20));
    let wait = tokio::spawn(async move { client.wait(&session(), policy).await });
    while stage.times().len() < 2 {
        tokio::task::yield_now().await;
    }
    stage.clock.advance(seconds(20));
    let error = wait.await.unwrap().unwrap_err();
    assert_eq!(error.kind(), WaitErrorKind::Deadline);
    assert_eq!(error.last_seen().unwrap().status, SessionStatus::InProgress);
}

#[tokio::test]
async fn a_retry_after_of_the_details_is_waited_for_as_well() {
    let stage = Stage::with(|asked, number| match number {
        _ if is_details(asked) => Reply::of(429, &[("retry-after", "77")], ""),
        0 => open(),
        _ => scheduled(),
    })
    .await;
    let client = stage.client();
    stage
        .clock
        .run(client.wait(&session(), watching()))
        .await
        .unwrap();
    let times = stage.times();
    assert!(
        times[2] >= seconds(77) && times[2] <= seconds(80),
        "{times:?}"
    );
}

#[tokio::test]
async fn where_there_is_no_status_the_details_are_waited_by() {
    for absent in [404, 405, 501] {
        let stage = Stage::with(move |asked, number| match number {
            _ if !is_details(asked) => empty(absent),
            1 => at("Start"),
            2 => at("Review"),
            3 => details("Completed", r#","step":{"current":"Pad"}"#),
            _ => details(
                "Completed",
                r#","statusDetails":"EFT0301","step":{"current":"Complete"},"amount":12.5"#,
            ),
        })
        .await;
        let client = stage.client();
        let mut watch = client.watch(&session(), status_only());
        assert_eq!(
            stage.clock.run(told(&mut watch)).await,
            [
                "InProgress",
                "step Start",
                "step Review",
                // Without a code, of a payor who is still to sign: not the end.
                "Completed",
                "step Pad",
                "Completed EFT0301",
                "step Complete",
                "settled: the debit is scheduled",
            ]
        );
        // The status is asked for once, and no time is lost by it.
        assert_eq!(
            stage.paths(),
            ["status", "details", "details", "details", "details"],
            "{absent}"
        );
        let times = stage.times();
        assert_eq!(times[1], Duration::ZERO);
        assert!(times[2] >= seconds(30));
    }
}

/// A status that has answered before is there, whatever a proxy says for a moment.
#[tokio::test]
async fn a_status_that_is_away_for_one_look_is_asked_for_again() {
    for absent in [404, 405, 501] {
        let stage = Stage::with(move |asked, number| match number {
            _ if is_details(asked) => at("Review"),
            1 => empty(absent),
            0 | 3 => open(),
            _ => scheduled(),
        })
        .await;
        let client = stage.client();
        let wait = client.wait(&session(), WaitPolicy::default());
        let settled = stage.clock.run(wait).await.unwrap();
        assert_eq!(settled.outcome, Outcome::Scheduled);
        assert_eq!(
            stage.paths(),
            ["status", "status", "details", "status", "status"],
            "{absent}"
        );
    }
}

/// The details of a session at its end need not have a code; the status has one.
#[tokio::test]
async fn details_without_a_code_are_no_end_before_the_status_was_asked_again() {
    let complete = || details("Completed", r#","step":{"current":"Complete"}"#);
    for (again, paths, told_at_last) in [
        (
            scheduled(),
            vec!["status", "details", "details", "status"],
            "settled: the debit is scheduled",
        ),
        (
            empty(404),
            vec![
                "status", "details", "details", "status", "details", "status", "details", "status",
            ],
            "settled: completed, without saying whether the debit is scheduled",
        ),
        (
            empty(403),
            vec![
                "status", "details", "details", "status", "details", "status", "details", "status",
            ],
            "settled: completed, without saying whether the debit is scheduled",
        ),
        // It may pass, and is worth another look.
        (
            empty(503),
            vec![
                "status", "details", "details", "status", "details", "status",
            ],
            "settled: the debit is scheduled",
        ),
    ] {
        let stage = Stage::with(move |asked, number| match number {
            1 => at("Review"),
            _ if is_details(asked) => complete(),
            0 => empty(404),
            3 => again.clone(),
            _ if told_at_last == "settled: the debit is scheduled" => scheduled(),
            _ => again.clone(),
        })
        .await;
        let client = stage.client();
        let mut watch = client.watch(&session(), WaitPolicy::default());
        let told = stage.clock.run(told(&mut watch)).await;
        assert_eq!(told.last().unwrap(), told_at_last);
        assert_eq!(stage.paths(), paths);
    }
}

#[tokio::test]
async fn where_there_is_no_status_the_details_are_read_once_a_look() {
    let stage = Stage::with(|asked, number| match number {
        _ if !is_details(asked) => empty(404),
        1..=3 => at("Start"),
        // Nobody has decided, and nobody will.
        _ => details(
            "Expired",
            r#","guaranteeDetails":{"guaranteeOffered":true}"#,
        ),
    })
    .await;
    let client = stage.client();
    let mut watch = client.watch(&session(), watching());
    assert_eq!(
        stage.clock.run(told(&mut watch)).await,
        ["InProgress", "step Start", "Expired", "settled: expired"]
    );
    assert_eq!(stage.times().len(), 5);
}

/// Only an answer of the details says that the status is not there; until it comes, both are tried.
#[tokio::test]
async fn that_there_is_no_status_is_not_concluded_from_a_failure() {
    let stage = Stage::with(|_, number| match number {
        0 => empty(404),
        1 => empty(503),
        2 => open(),
        _ => scheduled(),
    })
    .await;
    let client = stage.client();
    let mut watch = client.watch(&session(), status_only());
    assert_eq!(
        stage.clock.run(told(&mut watch)).await,
        [
            "trouble: the server failed",
            "InProgress",
            "Completed EFT0301",
            "settled: the debit is scheduled",
        ]
    );
    assert_eq!(stage.paths(), ["status", "details", "status", "status"]);
}

#[tokio::test]
async fn a_session_that_neither_of_the_two_knows_is_gone() {
    let clock = Moved::new();
    let (sandbox, client) = sandbox(&clock, Sandbox::builder()).await;
    let wait = client.wait(&session(), WaitPolicy::default());
    let error = clock.run(wait).await.unwrap_err();
    assert_eq!(error.kind(), WaitErrorKind::Gone);
    assert!(error.last_seen().is_none());
    assert_eq!(clock.elapsed(), Duration::ZERO);
    let asked: Vec<_> = sandbox
        .journal()
        .into_iter()
        .filter_map(|exchange| exchange.operation)
        .collect();
    assert_eq!(
        asked,
        [
            "getSessionStatus",
            "authorize",
            "getSessionStatus",
            "getSessionDetails"
        ]
    );
}

/// A status that is refused without a token is asked for with one, now and ever after.
#[tokio::test]
async fn the_token_that_a_status_needs_is_asked_for_once() {
    let stage = Stage::with(|asked, number| match number {
        _ if asked.header("authorization").is_empty() => empty(401),
        0..=3 => open(),
        _ => scheduled(),
    })
    .await;
    let client = stage.client_trying(Retries::default());
    let wait = client.wait(&session(), WaitPolicy::default());
    stage.clock.run(wait).await.unwrap();
    let calls = stage.server.calls();
    let with: Vec<usize> = calls
        .iter()
        .map(|asked| asked.header("authorization").len())
        .collect();
    assert_eq!(with, [0, 1, 1, 1, 1]);
    assert_eq!(stage.server.asked().len(), calls.len() + 1);
}
