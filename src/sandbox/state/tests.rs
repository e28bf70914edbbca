//! What happens to a sandbox, in any order: each change that its file is to have is seen, and one that goes on from the file cannot
//! be told from one that never stopped.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use super::form::Form;
use super::resume::read;
use super::seal::{seal, unseal};
use crate::clock::{Clock as _, ManualClock};
use crate::domain::{ClientId, ClientSecret, SessionId};
use crate::sandbox::behaviour::Behaviour;
use crate::sandbox::chance::Chance;
use crate::sandbox::clock::SandboxClock;
use crate::sandbox::defect::Planted;
use crate::sandbox::fault::{Fault, FaultRule, Faults};
use crate::sandbox::hooks::Registered;
use crate::sandbox::hooks::faults::WebhookFaults;
use crate::sandbox::hooks::webhook::Webhook;
use crate::sandbox::judge::SelfCheck;
use crate::sandbox::profile::Profile;
use crate::sandbox::session::Session;
use crate::sandbox::settings::{ApiClient, Settings};
use crate::sandbox::world::{Changes, Core, World};
use crate::sandbox::{RetryAfter, Turn};
use crate::session::{Operation, SessionRequest};
use crate::webhook::WebhookSecret;

#[derive(Debug, Clone)]
enum Op {
    Token {
        client: usize,
    },
    Spend(Index),
    Revoke(Index),
    Create {
        client: usize,
        request: usize,
    },
    Step {
        session: Index,
        behaviour: usize,
    },
    Decide {
        session: Index,
        accept: bool,
    },
    Undelivered(Index),
    Cancel(Index),
    Look(Index),
    Pass {
        seconds: u64,
    },
    Move {
        seconds: u64,
    },
    AddFault(usize),
    Meet {
        operation: usize,
        session: Option<Index>,
    },
    RemoveFault(Index),
    ClearFaults,
    Register {
        session: usize,
        guarantee: usize,
    },
    Reset,
}

fn op() -> impl Strategy<Value = Op> {
    let index = any::<Index>;
    prop_oneof![
        4 => (0..2_usize).prop_map(|client| Op::Token { client }),
        1 => index().prop_map(Op::Spend),
        1 => index().prop_map(Op::Revoke),
        6 => (0..2_usize, 0..requests().len())
            .prop_map(|(client, request)| Op::Create { client, request }),
        30 => (index(), 0..behaviours().len())
            .prop_map(|(session, behaviour)| Op::Step { session, behaviour }),
        4 => (index(), any::<bool>()).prop_map(|(session, accept)| Op::Decide { session, accept }),
        1 => index().prop_map(Op::Undelivered),
        1 => index().prop_map(Op::Cancel),
        2 => index().prop_map(Op::Look),
        2 => (0..400_u64).prop_map(|seconds| Op::Pass { seconds }),
        1 => (0..2000_u64).prop_map(|seconds| Op::Move { seconds }),
        3 => (0..rules().len()).prop_map(Op::AddFault),
        6 => (0..Operation::ALL.len(), proptest::option::of(index()))
            .prop_map(|(operation, session)| Op::Meet { operation, session }),
        1 => index().prop_map(Op::RemoveFault),
        1 => Just(Op::ClearFaults),
        2 => (0..4_usize, 0..4_usize)
            .prop_map(|(session, guarantee)| Op::Register { session, guarantee }),
        1 => Just(Op::Reset),
    ]
}

fn requests() -> Vec<Value> {
    let payor = json!({
        "firstName": "Robin", "lastName": "Tester", "email": "robin@mail.example", "middleName": "O'Neil",
        "birthDate": "85-04-12", "occupation": "Baker",
    });
    let request = |enable: bool, reference: &str, amount: Value| {
        let mut request = json!({
            "type": "EFT", "direction": "DEBIT", "options": { "guarantee": { "enable": enable } },
            "payor": payor, "referenceId": reference,
        });
        if !amount.is_null() {
            request["amount"] = amount;
        }
        request
    };
    let mut full = request(true, "Happy2", Value::Null);
    full["options"]["limits"] = json!({ "minimumAmount": 0.29, "maximumAmount": 1234.56 });
    full["options"]["showConsentScreen"] = json!(true);
    full["options"]["redirectPreferences"] = json!({
        "mode": "RedirectUri", "urlSuccess": "https://shop.example/a", "urlExit": "https://shop.example/b?c=d",
    });
    full["payee"] = json!({ "account": {
        "institutionCode": "815", "transitNumber": "70001", "accountNumber": "440000001", "accountLabel": "Rent",
    } });
    vec![
        full,
        request(true, "order-1", json!(120.5)),
        request(true, "SandboxDeclinesOffer-1", Value::Null),
        request(true, "Unhappy1", json!(0.01)),
        request(false, "order-2", json!(99999.99)),
        request(false, "SandboxSecondQuestion-7", Value::Null),
    ]
}

fn behaviours() -> Vec<Behaviour> {
    let mut behaviours = vec![Behaviour::default(); 12];
    for (number, behaviour) in behaviours.iter_mut().enumerate() {
        match number {
            0 => behaviour.fail_login = true,
            1 => behaviour.mfa = true,
            2 => behaviour.wrong_name = true,
            3 => behaviour.low_balance = true,
            4 => behaviour.decline_offer = true,
            5 => behaviour.other_funding = true,
            6 => behaviour.refuse_agreement = true,
            _ => {}
        }
    }
    behaviours
}

fn rules() -> Vec<FaultRule> {
    let value: Fault = serde_json::from_value(
        json!({ "wrongValue": { "pointer": "/a", "value": [0.1, 1e-7, null] } }),
    )
    .unwrap();
    vec![
        FaultRule::always(Fault::drip()).on(Operation::CancelSession),
        FaultRule::next(3, Fault::too_many_requests(RetryAfter::Seconds(2))),
        FaultRule::rate(0.1 + 0.2, Fault::status(503)),
        FaultRule::rate(1.0 / 3.0, value),
        FaultRule::script([
            Turn::Pass,
            Turn::Fault(Fault::status(500)),
            Turn::Pass,
            Turn::Pass,
        ]),
    ]
}

/// A receiver that nobody calls: no courier runs.
fn receiver(number: usize) -> Option<Arc<Webhook>> {
    let mut faults = WebhookFaults::default();
    match number {
        0 => return None,
        1 => faults.late_seconds = Some(90),
        2 => faults.reordered = true,
        _ => {}
    }
    let secret = WebhookSecret::new("only for this test").unwrap();
    let webhook = Webhook::new("http://127.0.0.1:1/?key=1", secret).unwrap();
    Some(Arc::new(webhook.with_faults(faults).registered()))
}

/// A sandbox without a socket, on a machine whose clocks say this.
struct Site {
    base: ManualClock,
    core: Core,
    tokens: Vec<String>,
    sessions: Vec<SessionId>,
    rules: u64,
}

impl Site {
    fn settings() -> Settings {
        let client = |name: &str, made_secret| ApiClient {
            id: ClientId::new(name).unwrap(),
            secret: ClientSecret::new("only for this test").unwrap(),
            api_key: None,
            made_secret,
            made_api_key: false,
        };
        Settings {
            clients: vec![client("one", true), client("two", false)],
            profile: Profile::LENIENT,
            seed: Some(7),
            token_lifetime: Duration::from_secs(599),
            session_timeout: Duration::from_secs(1800),
            settlement_account: true,
            regular_eft: true,
            guarantee_decision: false,
            self_check: SelfCheck::Off,
            planted: Planted::default(),
        }
    }

    fn of(base: ManualClock, clock: SandboxClock) -> Self {
        let started = base.now();
        let named = Registered::default();
        Self {
            base,
            core: Core::new(
                Self::settings(),
                (clock, started),
                10,
                named,
                Chance::new(Some(7)),
            ),
            tokens: Vec::new(),
            sessions: Vec::new(),
            rules: 0,
        }
    }

    fn start() -> Self {
        let base = ManualClock::starting_at(UNIX_EPOCH + Duration::from_secs(1_772_323_199));
        let clock = SandboxClock::over(Arc::new(base.clone()));
        Self::of(base, clock)
    }

    /// Another one that goes on from the file of this one, on another machine, a day later.
    fn resumed(&self) -> Self {
        let sealed = seal(&self.content()).unwrap();
        let form = read(unseal(&sealed).unwrap_or_default(), Path::new("state")).unwrap();
        let day = Duration::from_secs(86_400);
        let base = ManualClock::starting_at(self.base.wall() + day);
        base.advance(Duration::from_secs(77));
        let mut clock = SandboxClock::over(Arc::new(base.clone()));
        let started = base.now();
        form.set(&mut clock);
        let mut site = Self::of(base, clock);
        assert_eq!(site.core.started, started);
        form.resume(&site.core, Path::new("state")).unwrap();
        site.tokens.clone_from(&self.tokens);
        site.sessions.clone_from(&self.sessions);
        site.rules = self.rules;
        site
    }

    fn content(&self) -> Vec<u8> {
        serde_json::to_vec(&Form::of(&self.core, &self.core.world())).unwrap()
    }

    /// What there is apart from the time, and what says that it has changed.
    fn look(&self) -> (Value, Changes) {
        let mut content: Value = serde_json::from_slice(&self.content()).unwrap();
        content["clock"]["passed"].take();
        content["clock"]["date"].take();
        (content, self.core.changes(&self.core.world()))
    }

    fn on_session(&self, index: Index, act: impl FnOnce(&mut Session)) {
        if !self.sessions.is_empty() {
            let id = index.get(&self.sessions);
            self.core.on_session(&mut self.core.world(), id, act);
        }
    }

    /// Does it, and says what came of it.
    fn apply(&mut self, op: &Op) -> String {
        let core = &self.core;
        match op {
            Op::Token { client } => {
                let (lifetime, now) = (core.settings.token_lifetime, core.clock.now());
                let mut world = core.world();
                let World { tokens, chance, .. } = &mut *world;
                let (text, number) = tokens.issue(*client, lifetime, now, chance);
                self.tokens.push(text.clone());
                return format!("{text} {number}");
            }
            Op::Spend(index) if !self.tokens.is_empty() => {
                let token = &self.tokens[index.index(self.tokens.len())];
                core.world().tokens.spend(token);
            }
            Op::Revoke(index) if !self.tokens.is_empty() => {
                let token = &self.tokens[index.index(self.tokens.len())];
                core.world().tokens.revoke(token);
            }
            Op::Spend(_) | Op::Revoke(_) => {}
            Op::Create { client, request } => {
                let request = SessionRequest::from_json(&requests()[*request]).unwrap();
                let (now, decides) = (
                    (core.clock.now(), core.clock.wall()),
                    core.integrator_decides(),
                );
                let mut world = core.world();
                let id = world.free_id().unwrap();
                let planted = Planted::default();
                let session = Session::new(
                    id,
                    *client,
                    request,
                    decides,
                    now,
                    &mut world.chance,
                    planted,
                );
                world.sessions.insert(id, session);
                self.sessions.push(id);
                return id.expose();
            }
            Op::Step { session, behaviour } => {
                if !self.sessions.is_empty() {
                    let played = core.play(session.get(&self.sessions), &behaviours()[*behaviour]);
                    return format!("{played:?}");
                }
            }
            Op::Decide { session, accept } => {
                self.on_session(*session, |it| {
                    let _ = it.flow.decide(*accept);
                });
            }
            Op::Undelivered(session) => self.on_session(*session, |it| {
                let _ = it.flow.fail_delivery();
            }),
            Op::Cancel(session) => self.on_session(*session, |it| {
                let _ = it.flow.cancel();
            }),
            Op::Look(session) => {
                let mut seen = String::new();
                self.on_session(*session, |it| seen = format!("{:?}", it.flow));
                return seen;
            }
            Op::Pass { seconds } => self.base.advance(Duration::from_secs(*seconds)),
            Op::Move { seconds } => {
                return format!("{:?}", core.clock.advance(Duration::from_secs(*seconds)));
            }
            Op::AddFault(rule) => {
                self.rules += 1;
                return format!("{:?}", core.fault(rules()[*rule].clone()));
            }
            Op::Meet { operation, session } => {
                let session = session.filter(|_| !self.sessions.is_empty());
                let session = session.map(|index| index.get(&self.sessions));
                let operation = Operation::ALL[*operation];
                return format!("{:?}", core.world().faults.meet(operation, session));
            }
            Op::RemoveFault(index) => {
                let id = index.index(usize::try_from(self.rules).unwrap() + 1);
                return format!("{:?}", core.on_faults(|it| it.remove(id as u64)));
            }
            Op::ClearFaults => return format!("{:?}", core.on_faults(Faults::clear)),
            Op::Register { session, guarantee } => core.hooks.register(Registered {
                session: receiver(*session),
                guarantee: receiver(*guarantee),
                while_running: true,
            }),
            Op::Reset => {
                self.sessions.clear();
                self.tokens.clear();
                return format!("{:?}", core.reset());
            }
        }
        format!("{:?}", core.hooks.report())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_a_file_is_to_have_is_seen_to_change(ops in vec(op(), 1..60)) {
        let mut site = Site::start();
        let (mut before, mut changes) = site.look();
        for op in &ops {
            site.apply(op);
            let (content, now) = site.look();
            prop_assert!(content == before || now != changes, "not seen: {op:?}");
            (before, changes) = (content, now);
        }
    }

    #[test]
    fn one_that_goes_on_from_a_file_says_and_does_what_the_other_does(
        ops in vec(op(), 1..60),
        more in vec(op(), 1..40),
    ) {
        let mut site = Site::start();
        for op in &ops {
            site.apply(op);
        }
        let mut resumed = site.resumed();
        let text = |site: &Site| String::from_utf8(site.content()).unwrap();
        prop_assert_eq!(text(&site), text(&resumed));
        for op in &more {
            prop_assert_eq!(site.apply(op), resumed.apply(op), "{:?}", op);
        }
        prop_assert_eq!(text(&site), text(&resumed));
    }
}

#[test]
fn what_a_small_file_says() {
    let mut site = Site::start();
    for op in [
        Op::Register {
            session: 3,
            guarantee: 1,
        },
        Op::Token { client: 0 },
        Op::Create {
            client: 0,
            request: 0,
        },
        Op::Create {
            client: 1,
            request: 4,
        },
        Op::AddFault(1),
        Op::AddFault(2),
        Op::AddFault(4),
        Op::Meet {
            operation: 2,
            session: None,
        },
        Op::Pass { seconds: 60 },
        Op::Move { seconds: 600 },
    ] {
        site.apply(&op);
    }
    let token = site.tokens[0].clone();
    site.core.world().tokens.spend(&token);
    let (first, second) = (site.sessions[0], site.sessions[1]);
    for _ in 0..8 {
        // To the offer, which the integrator decides about.
        let _ = site.core.play(&first, &Behaviour::default());
    }
    site.core.on_session(&mut site.core.world(), &second, |it| {
        let _ = it.flow.cancel();
    });
    let sealed = String::from_utf8(seal(&site.content()).unwrap()).unwrap();
    let (head, content) = sealed.split_once('\n').unwrap();
    let content: Value = serde_json::from_str(content).unwrap();
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"));
    settings.bind(|| {
        insta::assert_snapshot!("sandbox_state_file", format!("{head}\n{content:#}"));
    });
}
