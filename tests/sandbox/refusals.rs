//! What a client may not do, in one table: the status, the rule that it breaks, and that nothing has changed by it.

use std::time::Duration;

use flinks_pay::SessionId;
use flinks_pay::domain::{Limit, RULES};
use flinks_pay::sandbox::{Sandbox, Scenario};
use flinks_pay::session::Step;
use serde_json::{Value, json};

use crate::bench::{Answer, Bench, OTHER_ID, OTHER_SECRET, two_clients};
use crate::bodies::{full_guaranteed, guaranteed, referring, regular, with};

struct Table(Vec<String>);

impl Table {
    /// Holds an answer to its status and rule, and the session to the state that it had.
    async fn row(
        &mut self,
        bench: &Bench,
        what: &str,
        answer: &Answer,
        (status, rule): (u16, &str),
        session: Option<(&SessionId, &str)>,
    ) {
        answer.expect(status);
        let broken = bench.last().rules.join(" ");
        assert_eq!(broken, rule, "{what}");
        if let Some((id, state)) = session {
            assert_eq!(bench.state(id).await, state, "{what}");
        }
        let says = ["detail", "error_description"]
            .iter()
            .find_map(|member| answer.body[*member].as_str())
            .unwrap();
        let row = format!("{what:<52} {status} {rule}");
        self.0.push(format!("{}\n    {says}", row.trim_end()));
    }
}

fn decision(accept: bool) -> Value {
    json!({ "guaranteeAccepted": accept })
}

async fn of_finished_sessions(table: &mut Table) {
    let bench = Bench::start().await;
    let payor = |id: &SessionId| bench.sandbox.payor(id);
    let body = |scenario: Scenario| referring(guaranteed(), scenario.reference_id());
    for (scenario, state) in [
        (Scenario::Happy1, "Completed EFT0301"),
        (Scenario::LoginFails, "Failed EFT0401"),
        (Scenario::Unhappy1, "Failed EFT0402"),
        (Scenario::WrongName, "Failed EFT0403"),
        (Scenario::LowBalance, "Failed EFT0404"),
        (Scenario::Expires, "Expired EFT0601"),
    ] {
        let id = bench.session(&body(scenario)).await;
        payor(&id).run().unwrap();
        let answer = bench.cancel(&id).await;
        let what = format!("cancel of {state}");
        let expected = (400, "cancel-open-only");
        table
            .row(&bench, &what, &answer, expected, Some((&id, state)))
            .await;
    }
    let id = bench.session(&guaranteed()).await;
    bench.cancel(&id).await.expect(200);
    let again = bench.cancel(&id).await;
    let state = "Canceled EFT0501";
    let expected = (400, "cancel-open-only");
    table
        .row(
            &bench,
            "cancel of a cancelled session",
            &again,
            expected,
            Some((&id, state)),
        )
        .await;
}

async fn of_decisions(table: &mut Table) {
    let bench = Bench::with(Sandbox::builder().guarantee_decision(true)).await;
    for (first, second) in [(true, false), (false, true)] {
        let id = bench.session(&guaranteed()).await;
        bench
            .sandbox
            .payor(&id)
            .run_to(&Step::GuaranteeOffer)
            .unwrap();
        bench.confirm(&id, &decision(first)).await.expect(200);
        let state = bench.state(&id).await;
        let answer = bench.confirm(&id, &decision(second)).await;
        let what = format!("confirm twice: {first}, then {second}");
        table
            .row(
                &bench,
                &what,
                &answer,
                (400, "guarantee-pending-only"),
                Some((&id, &state)),
            )
            .await;
    }
    let id = bench.session(&guaranteed()).await;
    bench
        .sandbox
        .payor(&id)
        .run_to(&Step::GuaranteeOffer)
        .unwrap();
    bench.sandbox.fail_guarantee_delivery(&id).unwrap();
    let late = bench.confirm(&id, &decision(true)).await;
    let state = "Failed EFT0402";
    let what = "confirm after three failed deliveries";
    table
        .row(
            &bench,
            what,
            &late,
            (400, "guarantee-pending-only"),
            Some((&id, state)),
        )
        .await;
}

async fn of_creates(table: &mut Table) {
    let payee = full_guaranteed()["payee"].clone();
    let bench = Bench::start().await;
    let answer = bench.create(&with(regular(), "/payee", payee)).await;
    let expected = (400, "payee-only-guaranteed");
    table
        .row(&bench, "regular EFT with a payee", &answer, expected, None)
        .await;
    let token = bench.token().await;
    bench.create_with(&token, &guaranteed()).await.expect(201);
    let answer = bench.create_with(&token, &guaranteed()).await;
    let expected = (401, "token-per-create");
    table
        .row(
            &bench,
            "a second create with one token",
            &answer,
            expected,
            None,
        )
        .await;

    let bench = Bench::with(Sandbox::builder().settlement_account(false)).await;
    let answer = bench.create(&guaranteed()).await;
    let expected = (400, "payee-or-settlement");
    table
        .row(
            &bench,
            "no payee and no settlement account",
            &answer,
            expected,
            None,
        )
        .await;
    bench.create(&full_guaranteed()).await.expect(201);

    let bench = Bench::with(Sandbox::builder().regular_eft(false)).await;
    let answer = bench.create(&regular()).await;
    table
        .row(
            &bench,
            "regular EFT without the feature",
            &answer,
            (403, ""),
            None,
        )
        .await;
}

async fn of_callers(table: &mut Table) {
    let bench = Bench::with(two_clients()).await;
    let id = bench.session(&guaranteed()).await;
    let own = Some((&id, "Initiated EFT0101"));
    let old = bench.token().await;
    bench.sandbox.advance(Duration::from_secs(299));
    let answer = bench.details_with(&old, &id).await;
    table
        .row(
            &bench,
            "details with an expired token",
            &answer,
            (401, ""),
            own,
        )
        .await;
    let other = bench.token_of(OTHER_ID, OTHER_SECRET).await;
    let answer = bench.details_with(&other, &id).await;
    table
        .row(
            &bench,
            "details with another client's token",
            &answer,
            (403, ""),
            own,
        )
        .await;
    let answer = bench.cancel_with(&other, &id).await;
    table
        .row(
            &bench,
            "cancel with another client's token",
            &answer,
            (404, ""),
            own,
        )
        .await;
}

async fn of_credentials(table: &mut Table) {
    let bench = Bench::start().await;
    let (id, secret) = (bench.sandbox.client_id(), bench.sandbox.client_secret());
    let form = [
        ("grant_type", "client_credentials"),
        ("Username", id),
        ("Password", secret),
    ];
    let request = bench.post("api/v1/authorize").basic_auth(id, Some(secret));
    let answer = bench.send("authorize", request.form(&form)).await;
    let expected = (400, "credentials-in-one-place");
    table
        .row(
            &bench,
            "authorize with credentials in both places",
            &answer,
            expected,
            None,
        )
        .await;
    let answer = bench.authorize(&form[..2]).await;
    table
        .row(
            &bench,
            "authorize with half of the credentials",
            &answer,
            (401, ""),
            None,
        )
        .await;
}

#[tokio::test]
async fn what_a_client_may_not_do_is_refused_and_changes_nothing() {
    let mut table = Table(Vec::new());
    of_finished_sessions(&mut table).await;
    of_decisions(&mut table).await;
    of_creates(&mut table).await;
    of_callers(&mut table).await;
    of_credentials(&mut table).await;
    let text = table.0.join("\n");
    println!("{text}");
    for rule in RULES {
        // No client of a sandbox has limits of its own.
        let shown = text.contains(rule.id) || rule.id == "amount-within-client-limits";
        assert!(
            shown || !matches!(rule.limit, Limit::Protocol(_)),
            "{}: no call here breaks it",
            rule.id
        );
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("sandbox_refusals", text));
}
