//! Debts collected from several places at once, while webhooks come late, twice, in any order or not at all: a session is
//! made for a debt only when every earlier one of it has surely ended unpaid, none that is known to have ended is handed out,
//! and a wait ends with what is so.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::executor::{self, Spawner};
use super::world::{Habits, Made, World};
use super::{SEEDS, TOTAL, client_in};
use crate::client::once::{
    Abandoned, Answer, DebtKey, Guard, Lost, MemoryGuard, Noted, Once, OnceError, Resolution,
    Standing,
};
use crate::client::{Client, Retries, TokenReuse};
use crate::clock::{Clock, ManualClock, in_time};
use crate::domain::{GuaranteedReferenceId, SessionId};
use crate::session::{
    GuaranteedEft, Outcome, Payor, SessionRequest, SessionStatus, StatusDetails, StatusReport,
};
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
    noted: usize,
    found: usize,
    forgotten: usize,
}

impl Tally {
    fn counts(&self) -> [usize; 12] {
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
            noted,
            found,
            forgotten,
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
            noted,
            found,
            forgotten,
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
    /// Sessions of which the guard was told that they ended unpaid, and since when. It never fails.
    over: Arc<Mutex<BTreeMap<SessionId, Instant>>>,
}

/// A guard in memory that now and then is as after a crash: it does not hear of a claim that was dropped.
#[derive(Debug)]
struct Forgetful {
    guard: MemoryGuard,
    /// Of 100 claims that are dropped, of how many it does not hear.
    forgets: u8,
    rng: Mutex<fastrand::Rng>,
    tally: Arc<Mutex<Tally>>,
}

impl Guard for Forgetful {
    fn read<'a>(&'a self, debt: &'a DebtKey) -> Answer<'a, Standing> {
        self.guard.read(debt)
    }

    fn swap<'a>(
        &'a self,
        debt: &'a DebtKey,
        from: &'a Standing,
        to: &'a Standing,
    ) -> Answer<'a, bool> {
        self.guard.swap(debt, from, to)
    }

    fn debts_of<'a>(&'a self, session: &'a SessionId) -> Answer<'a, Vec<DebtKey>> {
        self.guard.debts_of(session)
    }

    fn former_debts_of<'a>(&'a self, session: &'a SessionId) -> Answer<'a, Vec<DebtKey>> {
        self.guard.former_debts_of(session)
    }

    fn lost_under<'a>(&'a self, reference: &'a GuaranteedReferenceId) -> Answer<'a, Lost> {
        self.guard.lost_under(reference)
    }

    fn abandoned(&self, debt: &DebtKey, abandoned: Abandoned) {
        if self.rng.lock().unwrap().u8(..100) < self.forgets {
            self.tally.lock().unwrap().forgotten += 1;
        } else {
            self.guard.abandoned(debt, abandoned);
        }
    }
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
            let began = self.clock.now();
            let create = Box::pin(client.create_once(&debt, &request));
            let Some(end) = in_time(&self.clock, began + patience, create).await else {
                self.count(|tally| tally.dropped += 1);
                continue;
            };
            if let Ok(Once::Live(session)) = &end
                && self.was_over(session, began)
            {
                self.complain(format!("{} is handed out, and it ended", session.expose()));
            }
            let Some(session) = self.after(&client, &debt, end).await else {
                continue;
            };
            if rng.u8(..3) == 0 {
                let until = self.clock.now() + patience;
                let replace = Box::pin(client.replace(&session, &debt, &request));
                let Some(replaced) = in_time(&self.clock, until, replace).await else {
                    self.count(|tally| tally.dropped += 1);
                    continue;
                };
                self.world
                    .note(format_args!("replacing ends {}", said(&replaced)));
                match replaced {
                    Ok(_) => self.count(|tally| tally.replaced += 1),
                    Err(OnceError::NotReplaced { .. }) => {
                        self.count(|tally| tally.kept_apart += 1);
                    }
                    // It is cancelled for sure, and the guard has heard of it.
                    Err(OnceError::NotRead { cancel: None, .. }) => self.is_over(session),
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

    fn is_over(&self, session: SessionId) {
        let now = self.clock.now();
        self.over.lock().unwrap().entry(session).or_insert(now);
    }

    fn was_over(&self, session: &SessionId, at: Instant) -> bool {
        let over = self.over.lock().unwrap();
        over.get(session).is_some_and(|since| *since < at)
    }

    /// Delivers the webhook of a change, if it is delivered at all: soon or late, once or twice.
    fn deliver(&self, client: &Client, made: &Made, rng: &mut fastrand::Rng, spawner: &Spawner) {
        // Flinks sends none for a session that expires.
        let copies = match rng.u8(..6) {
            _ if made.status == "Expired" => 0,
            0 | 1 => 0,
            2 => 2,
            _ => 1,
        };
        for _ in 0..copies {
            let longest = [1_000, 60_000, 1_800_000][rng.usize(..3)];
            let delay = Duration::from_millis(rng.u64(..longest));
            let (office, client, made) = (self.clone(), client.clone(), made.clone());
            spawner.spawn(async move {
                office.sleep(delay).await;
                office.receive(&client, &made).await;
            });
        }
    }

    /// Tells the guard what a webhook says.
    async fn receive(&self, client: &Client, made: &Made) {
        let report = report(made);
        let debt = DebtKey::new(&made.reference).unwrap();
        let before = client.standing(&debt).await;
        let noted = client.note_outcome(&report).await.unwrap();
        self.world.note(format_args!(
            "webhook: {} is {} {}: {noted:?}",
            made.id, made.status, made.code
        ));
        if let Ok(Standing::Doubtful { .. } | Standing::Sending { .. }) = before
            && matches!(noted, Noted::Paid | Noted::Free | Noted::Live)
        {
            self.count(|tally| tally.found += 1);
        }
        if noted != Noted::Unknown {
            self.count(|tally| tally.noted += 1);
            if report.outcome().is_some_and(|it| it.is_unpaid()) {
                self.is_over(report.session_id);
            }
        }
        // A session that may be that of either of two creates in doubt is a stray without being a second payment.
        if noted >= Noted::Late || noted == Noted::Stray && report.is_scheduled() {
            self.complain(format!("{} was let go, and is paid: {noted:?}", made.id));
        }
    }

    /// At the end of the day, when nobody is at work any more: whatever is live is open, or is let go once it is told.
    async fn close(self, client: Client) {
        self.sleep(LATER).await;
        for number in 0..2 {
            let debt = DebtKey::new(&format!("debt-{number}")).unwrap();
            let Standing::Live { session, .. } = client.standing(&debt).await.unwrap() else {
                continue;
            };
            if self.was_over(&session, self.clock.now()) {
                self.complain(format!("{} stays live, and it ended", session.expose()));
            }
            let made = self.world.made(&session.expose());
            if made.may_be_paid() {
                continue;
            }
            self.receive(&client, &made).await;
            let standing = client.standing(&debt).await.unwrap();
            if standing.session() == Some(&session) {
                self.complain(format!("{} is told to have ended, and stays", made.id));
            }
        }
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
        let made = self.world.made(&session.expose());
        let code = StatusDetails::from(made.code);
        let so = Outcome::of(&SessionStatus::from(made.status), Some(&code));
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

/// What Flinks says of a session.
fn report(made: &Made) -> StatusReport {
    serde_json::from_str(&made.json()).unwrap()
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
    let tally = Arc::<Mutex<Tally>>::default();
    let guard = Arc::new(Forgetful {
        guard: MemoryGuard::new().clock(Arc::new(clock.clone())),
        forgets: [0, 0, 50, 100][rng.usize(..4)],
        rng: Mutex::new(rng.fork()),
        tally: Arc::clone(&tally),
    });
    let office = Office {
        world: world.clone(),
        clock,
        tally,
        complaints: Arc::default(),
        over: Arc::default(),
    };
    let mut clients = Vec::new();
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
        clients.push(client);
    }
    let closing = clients[0].clone();
    *world.teller.lock().unwrap() = Some(Box::new({
        let (office, spawner, mut rng) = (office.clone(), spawner.clone(), rng.fork());
        move |made| {
            let client = &clients[rng.usize(..clients.len())];
            office.deliver(client, &made, &mut rng, &spawner);
        }
    }));
    executor::run(&spawner, &office.clock, &mut rng);
    spawner.spawn(office.clone().close(closing));
    executor::run(&spawner, &office.clock, &mut rng);
    // The teller holds the world, and the world the teller.
    drop(world.teller.lock().unwrap().take());
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
    let mut sum = [0; 12];
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
