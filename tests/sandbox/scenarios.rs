//! The whole course of every scenario, and of every way in which a payor departs from it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Duration;

use flinks_pay::Amount;
use flinks_pay::sandbox::{Payor, Sandbox, SandboxError, Scenario};
use flinks_pay::session::Step;
use serde_json::{Value, json};

use crate::bench::Bench;
use crate::bodies::{guaranteed, referring, regular, with, without};

/// What the integrator says when it is asked.
#[derive(Clone, Copy)]
enum Integrator {
    IsNotAsked,
    Accepts,
    Rejects,
}

/// The table as it is written, and every status and code that was seen on the way.
struct Table {
    text: String,
    seen: BTreeSet<String>,
}

impl Table {
    async fn line(&mut self, bench: &Bench, id: &flinks_pay::SessionId, what: &str) {
        let state = bench.state(id).await;
        let line = format!("  {what:<70} {state}");
        writeln!(self.text, "{}", line.trim_end()).unwrap();
        self.seen.insert(state);
    }

    /// Plays a session to its end, a line for each step: the screen, what the page posted, and the status over the socket.
    async fn play(
        &mut self,
        title: &str,
        body: &Value,
        integrator: Integrator,
        payor: impl Fn(Payor) -> Payor,
    ) {
        let asked = !matches!(integrator, Integrator::IsNotAsked);
        let bench = Bench::with(Sandbox::builder().guarantee_decision(asked)).await;
        let id = bench.session(body).await;
        writeln!(self.text, "\n{title}").unwrap();
        self.line(&bench, &id, "created").await;
        let mut payor = payor(bench.sandbox.payor(&id));
        let mut posted = Vec::new();
        loop {
            match payor.step() {
                Ok(played) => {
                    let screen = played.step.as_ref().map_or("-", Step::as_str);
                    let events: Vec<&str> = played.events.iter().map(|it| it.as_str()).collect();
                    self.line(&bench, &id, &format!("{screen} {}", events.join(" ")))
                        .await;
                    // The call and the socket say the same.
                    let status = bench.status(&id).await.body;
                    assert_eq!(status["status"], json!(played.status));
                    assert_eq!(
                        status.get("statusDetails").cloned(),
                        played.status_details.map(|it| json!(it))
                    );
                    posted.extend(played.events);
                    if played.over {
                        break;
                    }
                }
                Err(SandboxError::DecisionPending) => {
                    let accept = matches!(integrator, Integrator::Accepts);
                    let decision = json!({ "guaranteeAccepted": accept });
                    bench.confirm(&id, &decision).await.expect(200);
                    self.line(&bench, &id, &format!("integrator: {decision}"))
                        .await;
                    if !accept {
                        break;
                    }
                }
                Err(error @ SandboxError::AmountRefused { .. }) => {
                    self.line(&bench, &id, &format!("! {error}")).await;
                    payor = bench.sandbox.payor(&id);
                }
                Err(error) => panic!("{title}: {error}"),
            }
        }
        let all = bench.sandbox.payor(&id).events().unwrap();
        assert_eq!(all[..posted.len()], posted);
        for event in &all[posted.len()..] {
            writeln!(self.text, "  posted meanwhile: {event}").unwrap();
        }
        let details = bench.details(&id).await;
        writeln!(self.text, "  amount: {}", details["amount"]).unwrap();
    }

    async fn ended(&mut self, title: &str, end: impl AsyncFn(&Bench, &flinks_pay::SessionId)) {
        for screen in [None, Some(Step::BankConnection), Some(Step::Pad)] {
            let bench = Bench::start().await;
            let id = bench.session(&guaranteed()).await;
            if let Some(screen) = &screen {
                bench.sandbox.payor(&id).run_to(screen).unwrap();
            }
            let screen = screen.as_ref().map_or("created", Step::as_str);
            writeln!(self.text, "\n{title} at {screen}").unwrap();
            self.line(&bench, &id, "before").await;
            end(&bench, &id).await;
            self.line(&bench, &id, "after").await;
        }
    }
}

fn cents(cents: u64) -> Amount {
    Amount::from_cents(cents).unwrap()
}

/// Makes a payor do something otherwise.
type Deviation = fn(Payor) -> Payor;

/// What a payor does otherwise.
const DEVIATIONS: &[(&str, Deviation)] = &[
    ("nothing", |payor| payor),
    ("fail_login", Payor::fail_login),
    ("mfa", Payor::mfa),
    ("wrong_name", Payor::wrong_name),
    ("low_balance", Payor::low_balance),
    ("decline_offer", Payor::decline_offer),
    ("other_funding", Payor::other_funding),
    ("refuse_agreement", Payor::refuse_agreement),
    ("enter_amount 42.00", |payor| {
        payor.enter_amount(cents(4_200))
    }),
    ("enter_amount 19.99, under the minimum", |payor| {
        payor.enter_amount(cents(1_999))
    }),
    ("enter_amount 800.01, over the maximum", |payor| {
        payor.enter_amount(cents(80_001))
    }),
];

async fn table() -> Table {
    let mut table = Table {
        text: String::new(),
        seen: BTreeSet::new(),
    };
    let limits = json!({ "minimumAmount": 20, "maximumAmount": 800 });
    // Ours have a table of their own.
    for scenario in Scenario::VENDOR {
        let name = scenario.reference_id();
        let preset = referring(guaranteed(), name);
        let typed = without(preset.clone(), "/amount");
        let bounded = with(typed.clone(), "/options/limits", limits.clone());
        let not_asked = Integrator::IsNotAsked;
        for (what, payor) in DEVIATIONS {
            let title = format!("{name}, amount by the payor within 20 to 800; deviation: {what}");
            table.play(&title, &bounded, not_asked, payor).await;
        }
        let own = |payor| payor;
        let title = format!("{name}, amount by the payor");
        table.play(&title, &typed, not_asked, own).await;
        let title = format!("{name}, amount preset");
        table.play(&title, &preset, not_asked, own).await;
        let consent = with(preset.clone(), "/options/showConsentScreen", json!(true));
        let title = format!("{name}, amount preset, consent screen");
        table.play(&title, &consent, not_asked, own).await;
        let title = format!("{name}, amount preset, guarantee_decision: accept");
        table.play(&title, &preset, Integrator::Accepts, own).await;
        let title = format!("{name}, amount preset, guarantee_decision: reject");
        table.play(&title, &preset, Integrator::Rejects, own).await;
        let title = format!("{name}, regular");
        let body = referring(regular(), name);
        table.play(&title, &body, not_asked, own).await;
    }
    let narrow = json!({ "minimumAmount": 100, "maximumAmount": 800 });
    let narrow = with(referring(guaranteed(), "Happy2"), "/options/limits", narrow);
    let title = "Happy2, amount preset, half of it under the minimum of 100";
    table
        .play(title, &narrow, Integrator::IsNotAsked, |payor| payor)
        .await;
    table
        .ended("cancelled", async |bench, id| {
            bench.cancel(id).await.expect(200);
        })
        .await;
    table
        .ended("timed out", async |bench, _| {
            bench.sandbox.advance(Duration::from_secs(30 * 60));
        })
        .await;
    table
}

#[tokio::test]
async fn every_course_is_as_it_was_and_every_state_is_reached() {
    let table = table().await;
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("sandbox_scenarios", table.text));
    let states = [
        "Cancelled EFT0501",
        "Completed EFT0301",
        "Completed EFT0302",
        "Expired EFT0601",
        "Failed EFT0401",
        "Failed EFT0402",
        "Failed EFT0403",
        "Failed EFT0404",
        "InProgress -",
        "Initiated EFT0101",
    ];
    let seen: Vec<String> = table
        .seen
        .iter()
        .map(|state| state.replace("Canceled", "Cancelled"))
        .collect();
    assert_eq!(seen, states);
}

#[tokio::test]
async fn any_other_reference_plays_the_first_scenario() {
    let bench = Bench::start().await;
    for reference in ["happy2", "Happy2 ", "Unhappy", "UNHAPPY1", "order-9"] {
        let id = bench.session(&referring(guaranteed(), reference)).await;
        bench.sandbox.payor(&id).run().unwrap();
        assert_eq!(bench.state(&id).await, "Completed EFT0301", "{reference}");
        assert_eq!(bench.details(&id).await["amount"], 120.5, "{reference}");
    }
}
