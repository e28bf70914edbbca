//! Every status, code, step and browser event, reached by reference ids alone: what another language has without a line of Rust.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use flinks_pay::SessionId;
use flinks_pay::sandbox::{Played, Sandbox, Scenario};
use flinks_pay::session::Step;
use serde_json::{Value, json};

use crate::bench::Bench;
use crate::bodies::{guaranteed, referring, regular, with, without};
use crate::control_api::call;

/// What happens beside the steps of the payor.
#[derive(Clone, Copy, PartialEq)]
enum Beside {
    Nothing,
    /// The payor never comes.
    NobodyComes,
    /// The integrator cancels once the screen of this number in [`STEPS`] is shown.
    Cancelled(usize),
    /// The time passes once the payor has left.
    TimePasses,
    Accepted,
    Rejected,
    Undelivered,
}

const STEPS: [Step; 10] = [
    Step::Start,
    Step::Consent,
    Step::BankSelection,
    Step::BankConnection,
    Step::AccountSelection,
    Step::AmountSelection,
    Step::GuaranteeOffer,
    Step::Review,
    Step::Pad,
    Step::Complete,
];

const STATES: [&str; 10] = [
    "Canceled EFT0501",
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

const EVENTS: [&str; 14] = [
    "ACCOUNT_SELECTED",
    "APP_MOUNTED",
    "COMPONENT_DEPOSIT_CONTINUE",
    "COMPONENT_NBO_RETURN_TO_CLIENT_SELECTED",
    "COMPONENT_OTHER_FUNDING_OPTIONS_SELECTED",
    "COMPONENT_PAD_DOWNLOADED",
    "COMPONENT_PAD_WARNING_SCREEN_EXIT",
    "CONSENT_DISABLED",
    "GUARANTEE_FAILED",
    "GUARANTEE_OFFERED",
    "INSTITUTION_SELECTED",
    "SUBMIT_CREDENTIAL",
    "SUBMIT_MFA",
    "SUCCESS",
];

/// What was seen, of all rows.
#[derive(Default)]
struct Seen {
    states: BTreeSet<String>,
    steps: BTreeSet<usize>,
    events: BTreeSet<String>,
}

/// The table as it is printed.
#[derive(Default)]
struct Table {
    text: String,
    seen: Seen,
}

async fn step(bench: &Bench, id: &SessionId) -> Played {
    let request = bench.post(&format!("_sandbox/sessions/{}/step", id.expose()));
    let answer = call(request).await;
    serde_json::from_value(answer.expect(200).clone()).unwrap()
}

impl Table {
    async fn state(&mut self, bench: &Bench, id: &SessionId) -> String {
        let state = bench.state(id).await;
        self.seen.states.insert(state.clone());
        state
    }

    /// Plays one session by its reference and nothing else; a line for it.
    async fn row(&mut self, body: &Value, beside: Beside) {
        let asked = matches!(
            beside,
            Beside::Accepted | Beside::Rejected | Beside::Undelivered
        );
        let bench = Bench::with(Sandbox::builder().guarantee_decision(asked)).await;
        let id = bench.session(body).await;
        let mut states = vec![self.state(&bench, &id).await];
        let mut last = String::from("-");
        let mut decided = !asked;
        // No course has more steps.
        let steps = if beside == Beside::NobodyComes { 0 } else { 13 };
        for _ in 0..steps {
            let played = step(&bench, &id).await;
            let shown = played.step.unwrap();
            let number = STEPS.iter().position(|it| *it == shown).unwrap();
            self.seen.steps.insert(number);
            let now = self.state(&bench, &id).await;
            states.push(now);
            for event in &played.events {
                self.seen.events.insert(event.to_string());
                last = event.to_string();
            }
            if played.over {
                break;
            }
            if beside == Beside::Cancelled(number) {
                bench.cancel(&id).await.expect(200);
                states.push(self.state(&bench, &id).await);
                break;
            }
            if shown == Step::GuaranteeOffer && !decided {
                decided = true;
                let decision = json!({ "guaranteeAccepted": beside == Beside::Accepted });
                if beside == Beside::Undelivered {
                    bench.sandbox.fail_guarantee_delivery(&id).unwrap();
                } else {
                    bench.confirm(&id, &decision).await.expect(200);
                }
                if beside != Beside::Accepted {
                    states.push(self.state(&bench, &id).await);
                    break;
                }
            }
        }
        if beside == Beside::TimePasses {
            let request = bench.post("_sandbox/clock/advance");
            let request = request.json(&json!({ "seconds": 1800 }));
            call(request).await.expect(200);
            states.push(self.state(&bench, &id).await);
        }
        self.write(body, beside, states, &last);
    }

    fn write(&mut self, body: &Value, beside: Beside, mut states: Vec<String>, last: &str) {
        states.dedup();
        let reference = body["referenceId"].as_str().unwrap();
        let product = if body["options"]["guarantee"]["enable"] == true {
            "guaranteed"
        } else {
            "regular"
        };
        let beside = match beside {
            Beside::Nothing => String::new(),
            Beside::NobodyComes => "nobody comes".to_owned(),
            Beside::Cancelled(number) => format!("cancelled at {}", STEPS[number]),
            Beside::TimePasses => "30 minutes pass".to_owned(),
            Beside::Accepted => "accepted".to_owned(),
            Beside::Rejected => "rejected".to_owned(),
            Beside::Undelivered => "not delivered".to_owned(),
        };
        let states = states.join(", ");
        writeln!(
            self.text,
            "{reference:<24} {product:<11} {beside:<30} {states}; last {last}"
        )
        .unwrap();
    }
}

async fn table() -> Table {
    let mut table = Table::default();
    let typed = without(guaranteed(), "/amount");
    let first = with(typed.clone(), "/options/showConsentScreen", json!(true));
    table
        .row(&referring(first, "Happy1"), Beside::Nothing)
        .await;
    for scenario in Scenario::ALL {
        for body in [&typed, &regular()] {
            let body = referring(body.clone(), scenario.reference_id());
            table.row(&body, Beside::Nothing).await;
        }
    }
    let plain = referring(guaranteed(), "Happy1");
    table.row(&plain, Beside::NobodyComes).await;
    for number in [0, 4, 8] {
        table.row(&plain, Beside::Cancelled(number)).await;
    }
    for scenario in [Scenario::DeclinesOffer, Scenario::RefusesAgreement] {
        let body = referring(guaranteed(), scenario.reference_id());
        table.row(&body, Beside::TimePasses).await;
    }
    for beside in [Beside::Accepted, Beside::Rejected, Beside::Undelivered] {
        table.row(&plain, beside).await;
    }
    let unique = referring(guaranteed(), "SandboxLowBalance-20391");
    table.row(&unique, Beside::Nothing).await;
    table
}

#[tokio::test]
async fn reference_ids_reach_every_code_every_step_and_every_event() {
    let table = table().await;
    println!("{}", table.text);
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("sandbox_codes", table.text));
    let Seen {
        states,
        steps,
        events,
    } = table.seen;
    assert_eq!(
        states.iter().collect::<Vec<_>>(),
        STATES.iter().collect::<Vec<_>>()
    );
    assert_eq!(steps, (0..STEPS.len()).collect());
    assert_eq!(
        events.iter().collect::<Vec<_>>(),
        EVENTS.iter().collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn only_a_guarantee_that_waits_can_fail_to_be_delivered() {
    let bench = Bench::with(Sandbox::builder().guarantee_decision(true)).await;
    let never = crate::status::NO_SESSIONS[0].parse().unwrap();
    let said = |id| {
        bench
            .sandbox
            .fail_guarantee_delivery(id)
            .unwrap_err()
            .to_string()
    };
    assert_eq!(said(&never), "no session of this sandbox has that id");
    let id = bench.session(&guaranteed()).await;
    let nothing = "no guarantee of the session waits for a decision";
    assert_eq!(said(&id), nothing);
    let payor = bench.sandbox.payor(&id);
    payor.run_to(&Step::GuaranteeOffer).unwrap();
    bench.sandbox.fail_guarantee_delivery(&id).unwrap();
    assert_eq!(bench.state(&id).await, "Failed EFT0402");
    // Nobody has decided, and nobody can now.
    let details = bench.details(&id).await;
    assert_eq!(
        details["guaranteeDetails"]["guaranteeAccepted"],
        json!(null)
    );
    assert_eq!(said(&id), nothing);
    let accept = json!({ "guaranteeAccepted": true });
    bench
        .confirm(&id, &accept)
        .await
        .expect_problem(400, "decision");
    let last = payor.events().unwrap().pop().unwrap();
    assert_eq!(last.as_str(), "GUARANTEE_FAILED");
}
