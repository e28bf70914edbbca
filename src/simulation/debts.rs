//! Debts collected from several places at once: a session is made for a debt only when every earlier one of it has surely
//! ended unpaid, and a wait ends with what is so.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::executor::{self, Spawner};
use super::world::{Habits, World};
use super::{SEEDS, TOTAL, client_in};
use crate::client::once::{DebtKey, MemoryGuard, Once, OnceError, Resolution, Standing};
use crate::client::{Client, Retries, TokenReuse};
use crate::clock::{Clock, ManualClock, in_time};
use crate::domain::SessionId;
use crate::session::{GuaranteedEft, Outcome, Payor, SessionRequest, SessionStatus, StatusDetails};
use crate::watch::{WaitErrorKind, WaitPolicy};

/// How often what happened.
#[derive(Debug, Default, Clone, Copy)]
struct Tally {
    created: usize,
    live: usize,
    paid: usize,
    doubtful: usize,
    replaced: usize,
    kept_apart: usize,
    dropped: usize,
    settled: usize,
    out_of_time: usize,
}

impl Tally {
    fn counts(&self) -> [usize; 9] {
        let Self {
            created,
            live,
            paid,
            doubtful,
            replaced,
            kept_apart,
            dropped,
            settled,
            out_of_time,
        } = *self;
        [
            created,
            live,
            paid,
            doubtful,
            replaced,
            kept_apart,
            dropped,
            settled,
            out_of_time,
        ]
    }
}

/// What those who collect share.
#[derive(Clone)]
struct Office {
    world: World,
    clock: ManualClock,
    tally: Arc<Mutex<Tally>>,
    complaints: Arc<Mutex<Vec<String>>>,
}

/// Longer than anything is under way.
const LATER: Duration = Duration::from_secs(3 * 3600);

impl Office {
    fn complain(&self, complaint: String) {
        self.complaints.lock().unwrap().push(complaint);
    }

    fn count(&self, count: impl FnOnce(&mut Tally)) {
        count(&mut self.tally.lock().unwrap());
    }

    /// Collects debts, one after the other.
    async fn collect(self, client: Client, mut rng: fastrand::Rng) {
        for _ in 0..3 {
            self.sleep(Duration::from_millis(rng.u64(..60_000))).await;
            let debt = DebtKey::new(&format!("debt-{}", rng.u8(..2))).unwrap();
            let request = request(&debt);
            let patience = Duration::from_millis(match rng.u8(..3) {
                0 => rng.u64(..30_000),
                _ => 3_600_000,
            });
            let until = self.clock.now() + patience;
            let create = Box::pin(client.create_once(&debt, &request));
            let Some(end) = in_time(&self.clock, until, create).await else {
                self.count(|tally| tally.dropped += 1);
                continue;
            };
            let Some(session) = self.after(&client, &debt, end).await else {
                continue;
            };
            if rng.u8(..3) == 0 {
                let replaced = Box::pin(client.replace(&session, &debt, &request)).await;
                self.world
                    .note(format_args!("replacing ends {}", said(&replaced)));
                match replaced {
                    Ok(_) => self.count(|tally| tally.replaced += 1),
                    Err(OnceError::NotReplaced { .. }) => {
                        self.count(|tally| tally.kept_apart += 1);
                    }
                    Err(_) => {}
                }
            }
            self.wait(&client, &session, Duration::from_secs(rng.u64(60..3_600)))
                .await;
        }
    }

    /// Looks at what came of a create, and settles a doubt as an operator does: much later, and by the dashboard.
    async fn after(
        &self,
        client: &Client,
        debt: &DebtKey,
        end: Result<Once, OnceError>,
    ) -> Option<SessionId> {
        self.world
            .note(format_args!("collecting ends {}", said(&end)));
        match end {
            Ok(once) => {
                self.count(|tally| match once {
                    Once::Live(_) => tally.live += 1,
                    _ => tally.created += 1,
                });
                return Some(*once.session_id());
            }
            Err(OnceError::Doubtful { .. } | OnceError::MaybeCreated(_)) => {
                self.count(|tally| tally.doubtful += 1);
                self.sleep(LATER).await;
                let standing = client.standing(debt).await.unwrap();
                if matches!(standing, Standing::Doubtful { .. }) {
                    let resolution = self.dashboard(debt);
                    self.world.note(format_args!("resolved: {resolution:?}"));
                    let resolved = client.resolve(debt, resolution).await;
                    if let Err(error) = resolved {
                        self.world.note(format_args!("not resolved: {error}"));
                    }
                }
            }
            Err(OnceError::Paid { .. }) => self.count(|tally| tally.paid += 1),
            Err(_) => {}
        }
        None
    }

    /// What the server knows of a debt.
    fn dashboard(&self, debt: &DebtKey) -> Resolution {
        let memory = self.world.memory.lock().unwrap();
        let made = memory
            .made
            .iter()
            .find(|made| made.reference == debt.expose() && made.may_be_paid());
        match made {
            None => Resolution::NothingExists,
            Some(made) => {
                let session = SessionId::new(&made.id.to_string()).unwrap();
                if made.code == "EFT0301" {
                    Resolution::PaidIn(session)
                } else {
                    Resolution::Session(session)
                }
            }
        }
    }

    async fn wait(&self, client: &Client, session: &SessionId, limit: Duration) {
        let began = self.clock.now();
        let policy = WaitPolicy::default().for_at_most(limit);
        let end = client.wait(session, policy).await;
        let took = self.clock.now() - began;
        if took > limit {
            self.complain(format!("a wait of {limit:?} took {took:?}"));
        }
        let settled = match end {
            Ok(settled) => settled,
            Err(error) => {
                if error.kind() == WaitErrorKind::Deadline {
                    self.count(|tally| tally.out_of_time += 1);
                    if took != limit {
                        self.complain(format!("a wait of {limit:?} was over after {took:?}"));
                    }
                }
                return;
            }
        };
        self.count(|tally| tally.settled += 1);
        let memory = self.world.memory.lock().unwrap();
        let made = memory
            .made
            .iter()
            .find(|made| made.id.to_string() == session.expose())
            .unwrap();
        let code = StatusDetails::from(made.code);
        let so = Outcome::of(&SessionStatus::from(made.status), Some(&code));
        drop(memory);
        if so.as_ref() != Some(&settled.outcome) {
            self.complain(format!(
                "it is {so:?}, and the wait says {}",
                settled.outcome
            ));
        }
    }

    async fn sleep(&self, pause: Duration) {
        self.clock.sleep_until(self.clock.now() + pause).await;
    }
}

/// How it ended, without what is another one each time.
fn said(end: &Result<Once, OnceError>) -> String {
    let error = match end {
        Ok(once) => return format!("with {}", once.session_id().expose()),
        Err(error) => error,
    };
    let text = format!("{error:?}");
    let name = text.split(|other: char| !other.is_alphanumeric()).next();
    name.unwrap_or_default().to_owned()
}

fn request(debt: &DebtKey) -> SessionRequest {
    GuaranteedEft::new(Payor::new("Robin", "Tester"))
        .reference_id(debt.expose())
        .build()
        .unwrap()
        .into()
}

struct Afternoon {
    complaint: Option<String>,
    trace: String,
    tally: Tally,
}

fn simulate(seed: u64, change: impl FnOnce(&mut Habits)) -> Afternoon {
    let mut rng = fastrand::Rng::with_seed(seed);
    let (spawner, clock) = (Spawner::default(), ManualClock::new());
    let mut habits = Habits::draw(&mut rng);
    habits.payors = true;
    change(&mut habits);
    let world = World::new(habits, clock.clone(), spawner.clone(), rng.fork());
    let guard = Arc::new(MemoryGuard::new().clock(Arc::new(clock.clone())));
    let office = Office {
        world: world.clone(),
        clock,
        tally: Arc::default(),
        complaints: Arc::default(),
    };
    // Two machines that share a guard, and several people at each.
    for _ in 0..2 {
        let client = client_in(
            &world,
            &mut rng,
            Retries::default(),
            TokenReuse::OnePerCreate,
        )
        .guard(guard.clone())
        .build()
        .unwrap()
        .carried_by(Arc::new(world.clone()));
        for _ in 0..rng.usize(1..4) {
            spawner.spawn(office.clone().collect(client.clone(), rng.fork()));
        }
    }
    executor::run(&spawner, &office.clock, &mut rng);
    let memory = world.memory.lock().unwrap();
    let complaint = memory
        .doubles
        .first()
        .map(|debt| format!("{debt} has a second session beside one that may be paid"))
        .or_else(|| office.complaints.lock().unwrap().first().cloned());
    Afternoon {
        complaint,
        trace: memory.trace.clone(),
        tally: *office.tally.lock().unwrap(),
    }
}

fn as_drawn(_: &mut Habits) {}

#[test]
fn no_debt_is_collected_twice_and_no_wait_is_wrong() {
    let chosen = std::env::var("FLINKS_PAY_SEED").ok();
    if let Some(seed) = chosen.and_then(|seed| seed.parse().ok()) {
        let Afternoon {
            complaint, trace, ..
        } = simulate(seed, as_drawn);
        panic!("seed {seed}: {complaint:?}\n{trace}");
    }
    let mut sum = [0; 9];
    for seed in 0..SEEDS {
        let Afternoon {
            complaint,
            trace,
            tally,
        } = simulate(seed, as_drawn);
        if let Some(complaint) = complaint {
            panic!("seed {seed}: {complaint}; replay it by FLINKS_PAY_SEED={seed}\n{trace}");
        }
        for (sum, count) in sum.iter_mut().zip(tally.counts()) {
            *sum += count;
        }
    }
    assert!(sum.iter().all(|count| *count >= 50), "{sum:?}");
}

#[test]
fn a_second_session_for_a_debt_is_noticed() {
    let noticed = (0..20).filter(|seed| {
        let afternoon = simulate(*seed, |habits| habits.stutters = true);
        afternoon.complaint.is_some()
    });
    assert!(noticed.count() > 10);
}

#[test]
fn a_seed_is_replayed_to_the_letter() {
    for seed in [2, 18, 4_712] {
        let (one, other) = (simulate(seed, as_drawn), simulate(seed, as_drawn));
        assert_eq!(one.trace, other.trace, "seed {seed}");
    }
}

const _: () = assert!(LATER.as_secs() > 10 * TOTAL.as_secs());
