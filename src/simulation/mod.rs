//! The client in a world of its own: no socket, no thread, no real time, and everything that may go wrong.
//!
//! Each run follows from a seed: which exchanges get lost, how long each takes, in which order tasks go on, and who gives up
//! when. `FLINKS_PAY_SEED=17 cargo test --lib simulation` replays one and prints what happened.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod debts;
mod executor;
mod world;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use self::executor::Spawner;
use self::world::{Habits, World};
use crate::client::{
    Client, ClientBuilder, Credentials, Environment, Error, Retries, Timeouts, TokenReuse,
};
use crate::clock::{Clock, ManualClock, in_time};
use crate::domain::SessionId;
use crate::session::{GuaranteedEft, Payor};

/// How many seeds a test run goes through.
const SEEDS: u64 = 1_000;

/// How one call ended.
#[derive(Debug)]
enum End {
    /// With a session.
    Session(SessionId),
    Failed(Box<Error>),
    /// Its caller gave up.
    Dropped,
}

/// One simulated afternoon.
struct Run {
    world: World,
    clock: ManualClock,
    client: Client,
    creates: Arc<Mutex<Vec<(String, End)>>>,
    cancels: Arc<Mutex<Vec<(String, End)>>>,
    /// What went wrong in a task.
    complaints: Arc<Mutex<Vec<String>>>,
}

const TOTAL: Duration = Duration::from_secs(60);

/// A client of a world, but for its carrier.
fn client_in(
    world: &World,
    rng: &mut fastrand::Rng,
    retries: Retries,
    reuse: TokenReuse,
) -> ClientBuilder {
    let base = Environment::custom("http://127.0.0.1:9").unwrap();
    Client::builder(base, Credentials::basic("shop", "hush").unwrap())
        .clock(Arc::new(world.clock.clone()))
        .timeouts(Timeouts::default().total(TOTAL))
        .retries(retries)
        .token_reuse(reuse)
        .jitter_seed(rng.u64(..))
}

impl Run {
    fn new(habits: Habits, rng: &mut fastrand::Rng, spawner: &Spawner) -> Self {
        let clock = ManualClock::new();
        let world = World::new(habits, clock.clone(), spawner.clone(), rng.fork());
        let retries = match rng.u8(..4) {
            0 => Retries::off(),
            1 => Retries::default().also_when_busy(world.habits.busy_is_honest),
            _ => Retries::default(),
        };
        let reuse = if world.habits.one_per_create || rng.bool() {
            TokenReuse::OnePerCreate
        } else {
            TokenReuse::Shared
        };
        let client = client_in(&world, rng, retries, reuse)
            .build()
            .unwrap()
            .carried_by(Arc::new(world.clone()));
        world.note(format_args!("{:?}, {retries:?}, {reuse:?}", world.habits));
        Self {
            world,
            clock,
            client,
            creates: Arc::default(),
            cancels: Arc::default(),
            complaints: Arc::default(),
        }
    }

    /// One caller: creates a session, looks at it, and cancels it; may give up at any time.
    fn caller(&self, number: usize, rng: &mut fastrand::Rng) -> impl Future<Output = ()> + use<> {
        let (client, clock) = (self.client.clone(), self.clock.clone());
        let (world, creates) = (self.world.clone(), Arc::clone(&self.creates));
        let cancels = Arc::clone(&self.cancels);
        let complaints = Arc::clone(&self.complaints);
        let start = Duration::from_millis(rng.u64(..30_000));
        let patience = (rng.u8(..4) == 0).then(|| Duration::from_millis(rng.u64(..40_000)));
        async move {
            clock.sleep_until(clock.now() + start).await;
            let began = clock.now();
            let reference = format!("debt-{number}");
            let request = GuaranteedEft::new(Payor::new("Robin", "Tester"))
                .reference_id(reference.as_str())
                .build()
                .unwrap();
            let create = client.create_guaranteed(&request);
            let end = match patience {
                Some(patience) => in_time(&clock, began + patience, create).await,
                None => Some(create.await),
            };
            let took = clock.now() - began;
            if took > TOTAL {
                complaints
                    .lock()
                    .unwrap()
                    .push(format!("{reference} took {took:?}"));
            }
            let end = match end {
                Some(Ok(made)) => End::Session(made.session_id),
                Some(Err(error)) => End::Failed(Box::new(error)),
                None => End::Dropped,
            };
            let kind = match &end {
                // Its text has an id in it that is another one each time.
                End::Failed(error) => format!("{:?}", error.kind()),
                end => format!("{end:?}"),
            };
            world.note(format_args!("{reference} ends {kind}"));
            let session = match &end {
                End::Session(session) => Some(*session),
                _ => None,
            };
            creates.lock().unwrap().push((reference.clone(), end));
            let Some(session) = session else { return };
            let began = clock.now();
            let looked = client.status(&session).await;
            let took = clock.now() - began;
            if took > TOTAL {
                complaints
                    .lock()
                    .unwrap()
                    .push(format!("a look took {took:?}"));
            }
            if let Ok(report) = looked
                && report
                    .reference_id
                    .as_ref()
                    .is_none_or(|seen| seen.expose() != reference)
            {
                complaints
                    .lock()
                    .unwrap()
                    .push(format!("{reference} sees another's session"));
            }
            let end = match client.cancel(&session).await {
                Ok(seen) => End::Session(seen.session_id),
                Err(error) => End::Failed(Box::new(error)),
            };
            cancels.lock().unwrap().push((reference, end));
        }
    }

    /// What holds however it went.
    fn judge(&self) -> Result<(), String> {
        if let Some(complaint) = self.complaints.lock().unwrap().first() {
            return Err(complaint.clone());
        }
        let memory = self.world.memory.lock().unwrap();
        for (reference, end) in self.creates.lock().unwrap().iter() {
            let made: Vec<_> = memory
                .made
                .iter()
                .filter(|made| made.reference == *reference)
                .collect();
            if made.len() > 1 {
                return Err(format!("{reference} was created {} times", made.len()));
            }
            // Once, and once more after a whole 401.
            let count = |of: &BTreeMap<String, u32>| of.get(reference).copied().unwrap_or_default();
            let (arrived, turned_away) = (count(&memory.arrived), count(&memory.turned_away));
            if arrived > 2 || arrived > turned_away + 1 {
                return Err(format!(
                    "{reference} arrived {arrived} times, and was turned away {turned_away} times"
                ));
            }
            match end {
                End::Session(session) => {
                    if made.first().map(|made| made.id.to_string()) != Some(session.expose()) {
                        return Err(format!("{reference} is not the session that was made"));
                    }
                }
                End::Failed(error) if !error.maybe_applied() && !made.is_empty() => {
                    return Err(format!("{reference} exists, but: {error}"));
                }
                End::Failed(_) | End::Dropped => {}
            }
        }
        for (reference, end) in self.cancels.lock().unwrap().iter() {
            let made = memory.made.iter().find(|made| made.reference == *reference);
            let cancelled = made.is_some_and(|made| made.status == "Cancelled");
            match end {
                End::Session(_) if !cancelled => {
                    return Err(format!("{reference} is not cancelled"));
                }
                End::Failed(error) if cancelled && !error.maybe_applied() => {
                    return Err(format!("{reference} is cancelled, but: {error}"));
                }
                _ => {}
            }
        }
        if self.world.habits.one_per_create && !memory.reused.is_empty() {
            return Err("a token has created twice".to_owned());
        }
        Ok(())
    }
}

/// What came of one seed.
struct Afternoon {
    verdict: Result<(), String>,
    trace: String,
    tally: Tally,
}

/// How often what happened: a simulation in which nothing goes wrong proves nothing.
#[derive(Debug, Default, Clone, Copy)]
struct Tally {
    sessions: usize,
    ambiguous: usize,
    refused: usize,
    dropped: usize,
    /// Creates that arrived a second time, after a 401.
    again: usize,
}

fn simulate(seed: u64, change: impl FnOnce(&mut Habits)) -> Afternoon {
    let mut rng = fastrand::Rng::with_seed(seed);
    let spawner = Spawner::default();
    let mut habits = Habits::draw(&mut rng);
    change(&mut habits);
    let run = Run::new(habits, &mut rng, &spawner);
    for number in 0..rng.usize(1..8) {
        spawner.spawn(run.caller(number, &mut rng));
    }
    executor::run(&spawner, &run.clock, &mut rng);
    let verdict = run.judge();
    let memory = run.world.memory.lock().unwrap();
    let mut tally = Tally {
        again: memory.arrived.values().filter(|times| **times > 1).count(),
        ..Tally::default()
    };
    for (_, end) in run.creates.lock().unwrap().iter() {
        match end {
            End::Session(_) => tally.sessions += 1,
            End::Failed(error) if error.maybe_applied() => tally.ambiguous += 1,
            End::Failed(_) => tally.refused += 1,
            End::Dropped => tally.dropped += 1,
        }
    }
    Afternoon {
        verdict,
        trace: memory.trace.clone(),
        tally,
    }
}

fn as_drawn(_: &mut Habits) {}

#[test]
fn nothing_is_created_twice_whatever_gets_lost() {
    let chosen = std::env::var("FLINKS_PAY_SEED").ok();
    if let Some(seed) = chosen.and_then(|seed| seed.parse().ok()) {
        let Afternoon { verdict, trace, .. } = simulate(seed, as_drawn);
        panic!("seed {seed}: {verdict:?}\n{trace}");
    }
    let mut sum = Tally::default();
    for seed in 0..SEEDS {
        let Afternoon {
            verdict,
            trace,
            tally,
        } = simulate(seed, as_drawn);
        if let Err(complaint) = verdict {
            panic!("seed {seed}: {complaint}; replay it by FLINKS_PAY_SEED={seed}\n{trace}");
        }
        sum.sessions += tally.sessions;
        sum.ambiguous += tally.ambiguous;
        sum.refused += tally.refused;
        sum.dropped += tally.dropped;
        sum.again += tally.again;
    }
    let floor = [
        sum.sessions,
        sum.ambiguous,
        sum.refused,
        sum.dropped,
        sum.again,
    ];
    assert!(floor.iter().all(|count| *count >= 100), "{sum:?}");
}

#[test]
fn a_server_that_does_everything_twice_is_noticed() {
    let noticed = (0..20).filter(|seed| {
        let afternoon = simulate(*seed, |habits| habits.stutters = true);
        afternoon.verdict.is_err()
    });
    assert!(noticed.count() > 10);
}

#[test]
fn a_seed_is_replayed_to_the_letter() {
    for seed in [1, 17, 4_711] {
        let (one, other) = (simulate(seed, as_drawn), simulate(seed, as_drawn));
        assert_eq!(one.trace, other.trace, "seed {seed}");
    }
}
