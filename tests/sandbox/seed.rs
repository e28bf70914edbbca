//! A seed makes a run repeat exactly.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use flinks_pay::clock::ManualClock;
use flinks_pay::sandbox::{Exchange, Profile, Sandbox, SandboxBuilder, Scenario};
use serde_json::{Value, json};

use crate::bench::Bench;
use crate::bodies::{guaranteed, referring, regular};

/// What a run came to: who may call, what arrived, what was answered, and the last details.
#[derive(Debug, PartialEq)]
struct Run {
    client_id: String,
    client_secret: String,
    api_key: Option<String>,
    tokens: Vec<String>,
    journal: Vec<Exchange>,
    details: Vec<Value>,
}

fn builder() -> SandboxBuilder {
    let clock = ManualClock::starting_at(UNIX_EPOCH + Duration::from_secs(1_772_323_199));
    Sandbox::builder().clock(Arc::new(clock))
}

async fn run(builder: SandboxBuilder) -> Run {
    let bench = Bench::with(builder).await;
    let (mut tokens, mut details) = (Vec::new(), Vec::new());
    for scenario in Scenario::ALL {
        for body in [guaranteed(), regular()] {
            let token = bench.token().await;
            let body = referring(body, scenario.reference_id());
            let created = bench.create_with(&token, &body).await;
            let id = crate::bench::id_of(created.expect(201));
            bench.sandbox.payor(&id).run().unwrap();
            bench.sandbox.advance(Duration::from_secs(7));
            details.push(bench.details(&id).await);
            bench.cancel(&id).await;
            tokens.push(token);
        }
    }
    bench.create(&json!({})).await.expect(400);
    Run {
        client_id: bench.sandbox.client_id().to_owned(),
        client_secret: bench.sandbox.client_secret().to_owned(),
        api_key: bench.sandbox.api_key().map(str::to_owned),
        tokens,
        journal: bench.sandbox.journal(),
        details,
    }
}

#[tokio::test]
async fn two_runs_from_one_seed_are_the_same_to_the_last_byte() {
    let (one, two) = (run(builder().seed(42)).await, run(builder().seed(42)).await);
    assert!(one.journal.len() > 100, "{}", one.journal.len());
    assert_eq!(one, two);
    let text = |run: &Run| serde_json::to_string(&run.journal).unwrap();
    assert_eq!(text(&one), text(&two));
}

#[tokio::test]
async fn another_seed_and_none_draw_something_else() {
    let (one, two) = (run(builder().seed(42)).await, run(builder().seed(43)).await);
    let (three, four) = (run(builder()).await, run(builder()).await);
    for (one, two) in [(&one, &two), (&one, &three), (&three, &four)] {
        assert_ne!(one.client_id, two.client_id);
        assert_ne!(one.client_secret, two.client_secret);
        assert!(one.tokens.iter().all(|token| !two.tokens.contains(token)));
        assert_ne!(one.journal, two.journal);
        let ids = |run: &Run| -> Vec<Value> {
            let of = |details: &Value| {
                [
                    &details["sessionId"],
                    &details["step"]["aggregationRequestId"],
                ]
                .map(Value::clone)
            };
            run.details
                .iter()
                .flat_map(of)
                .filter(|id| !id.is_null())
                .collect()
        };
        assert!(ids(one).iter().all(|id| !ids(two).contains(id)));
    }
}

#[tokio::test]
async fn a_key_that_is_made_is_drawn_too() {
    let keys = builder().profile("credentials=api-key".parse::<Profile>().unwrap());
    let key = async |builder: SandboxBuilder| {
        let sandbox = builder.start().await.unwrap();
        sandbox.api_key().unwrap().to_owned()
    };
    let (one, two) = (keys.seed(9), builder());
    let two = two.adjust(|it| it.credentials = flinks_pay::sandbox::CredentialsTaken::ApiKey);
    assert_eq!(key(one).await, key(two.seed(9)).await);
}
