//! Creates that are guarded by a debt: ambiguous ones, refused ones, those of a guard that fails, and what is done about them.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use flinks_pay::client::Timeouts;
use flinks_pay::client::once::{
    Abandoned, Answer, Guard, GuardError, Lost, MemoryGuard, Once, OnceError, Resolution, Standing,
};
use flinks_pay::{Client, DebtKey, SessionId, SessionRequest, StatusReport};

use crate::calls;
use crate::given::{builder, guaranteed, regular, schemes, session};
use crate::markers::{ACCOUNT, EMAIL, OTHER, REFERENCE, SESSION};
use crate::replies::{details, replies};
use crate::support::scripted::{Asked, Reply, Scripted};
use crate::told::Told;
use crate::waiting::{answering, name_of};

/// The keys of debts are references.
pub(crate) fn debt() -> DebtKey {
    DebtKey::new(REFERENCE).unwrap()
}

fn other() -> SessionId {
    SessionId::new(OTHER).unwrap()
}

/// What a guard does once it has been written to so many times.
#[derive(Debug, Clone)]
enum Whim {
    Fail(GuardError),
    Say(Standing),
    Stall,
}

/// A guard that is good until it is not.
#[derive(Debug)]
struct Fickle {
    good: MemoryGuard,
    writes: AtomicUsize,
    whim: Option<(usize, Whim)>,
    abandoned: Mutex<Vec<Abandoned>>,
}

impl Fickle {
    fn new(whim: Option<(usize, Whim)>) -> Arc<Self> {
        Arc::new(Self {
            good: MemoryGuard::new(),
            writes: AtomicUsize::new(0),
            whim,
            abandoned: Mutex::default(),
        })
    }

    fn whim(&self) -> Option<&Whim> {
        let (writes, whim) = self.whim.as_ref()?;
        (self.writes.load(Ordering::SeqCst) >= *writes).then_some(whim)
    }
}

impl Guard for Fickle {
    fn read<'a>(&'a self, debt: &'a DebtKey) -> Answer<'a, Standing> {
        match self.whim() {
            Some(Whim::Fail(error)) => Box::pin(async move { Err(error.clone()) }),
            Some(Whim::Say(standing)) => Box::pin(async move { Ok(standing.clone()) }),
            Some(Whim::Stall) => Box::pin(std::future::pending()),
            None => self.good.read(debt),
        }
    }

    fn swap<'a>(
        &'a self,
        debt: &'a DebtKey,
        from: &'a Standing,
        to: &'a Standing,
    ) -> Answer<'a, bool> {
        self.writes.fetch_add(1, Ordering::SeqCst);
        self.good.swap(debt, from, to)
    }

    fn debts_of<'a>(&'a self, session: &'a SessionId) -> Answer<'a, Vec<DebtKey>> {
        match self.whim() {
            Some(Whim::Fail(error)) => Box::pin(async move { Err(error.clone()) }),
            _ => self.good.debts_of(session),
        }
    }

    fn abandoned(&self, debt: &DebtKey, abandoned: Abandoned) {
        self.good.abandoned(debt, abandoned);
        self.abandoned.lock().unwrap().push(abandoned);
    }
}

fn client(server: &Scripted, guard: Arc<dyn Guard>, patience: Duration) -> Client {
    let [basic, _, _] = schemes();
    builder(server.base(), basic)
        .guard(guard)
        .timeouts(Timeouts::default().attempt(patience).total(patience))
        .build()
        .unwrap()
}

const PATIENT: Duration = Duration::from_secs(10);
const HASTY: Duration = Duration::from_millis(60);

/// What has been met.
#[derive(Default)]
struct Met {
    outcomes: BTreeSet<String>,
    standings: BTreeSet<String>,
}

impl Met {
    fn once(&mut self, told: &mut Told, once: &Result<Once, OnceError>) {
        let name = match once {
            Ok(once) => {
                told.look(once);
                told.look(once.session_id());
                match once {
                    Once::Salvaged { error, .. } => told.error(error),
                    Once::Created(created) => calls::print(Ok((**created).clone()), told).unwrap(),
                    _ => {}
                }
                name_of(once)
            }
            Err(error) => {
                told.error(error);
                told.look(&error.session_id());
                name_of(error)
            }
        };
        self.outcomes.insert(name);
    }

    fn standing(&mut self, told: &mut Told, standing: &Standing) {
        told.look(standing);
        told.say(&standing.to_string());
        self.standings.insert(name_of(standing));
    }
}

/// All that can be done about one debt.
async fn collect(client: &Client, request: &SessionRequest, told: &mut Told, met: &mut Met) {
    let debt = debt();
    let report: StatusReport = serde_json::from_value(details()).unwrap();
    let resolutions = [
        Resolution::NothingExists,
        Resolution::Session(session()),
        Resolution::Unpaid(session()),
        Resolution::Session(other()),
        Resolution::Paid,
        Resolution::NothingExists,
        Resolution::PaidIn(session()),
    ];
    for resolution in resolutions {
        met.once(told, &client.create_once(&debt, request).await);
        met.once(told, &client.create_once(&debt, request).await);
        for old in [session(), other()] {
            met.once(told, &client.replace(&old, &debt, request).await);
        }
        match client.standing(&debt).await {
            Ok(standing) => met.standing(told, &standing),
            Err(error) => told.error(&error),
        }
        match client.note_outcome(&report).await {
            Ok(noted) => told.look(&noted),
            Err(error) => told.error(&error),
        }
        told.look(&resolution);
        match client.resolve(&debt, resolution).await {
            Ok(standing) => met.standing(told, &standing),
            Err(error) => {
                told.look(&error.session_id());
                told.error(&error);
                met.outcomes.insert(name_of(&error));
            }
        }
    }
    told.look(client);
}

/// Creates and replaces against every answer, with guards of every mood.
pub(crate) async fn against_answers(told: &mut Told) {
    let met = &mut Met::default();
    for reply in replies().into_iter().chain(good()) {
        let server = answering(vec![reply]).await;
        for request in [guaranteed().into(), regular().into()] {
            let guard = Arc::new(MemoryGuard::new());
            let client = self::client(&server, guard, PATIENT);
            collect(&client, &request, told, met).await;
        }
    }
    with_guards_that_fail(told, met).await;
    given_up(told, met).await;
    for name in [
        "Created",
        "Live",
        "Salvaged",
        "InProgress",
        "Doubtful",
        "MaybeCreated",
        "Paid",
        "Held",
        "NotCreated",
        "NotReplaced",
        "NotRead",
        "NotItsSession",
        "Overtaken",
        "NotKept",
        "NotResolved",
        "Guard",
    ] {
        assert!(met.outcomes.contains(name), "no {name}: {:?}", met.outcomes);
    }
    standings(told, met);
    for name in [
        "Free",
        "Claimed",
        "Sending",
        "Replacing",
        "Live",
        "Doubtful",
        "Held",
        "Paid",
    ] {
        assert!(
            met.standings.contains(name),
            "no {name}: {:?}",
            met.standings
        );
    }
}

/// A session that is open, one that ended unpaid, and one whose answer has a fault after its id.
fn good() -> [Reply; 4] {
    let says = |status: &str, code: serde_json::Value| {
        let mut details = details();
        details["status"] = status.into();
        details["statusDetails"] = code;
        details.to_string()
    };
    let open = says("Initiated", "EFT0101".into());
    [
        Reply::json(200, &open),
        Reply::json(200, &says("Canceled", "EFT0501".into())),
        Reply::json(200, &says("Completed", "EFT0301".into())),
        Reply::json(200, &open.replace("\"Initiated\"", "7")),
    ]
}

async fn with_guards_that_fail(told: &mut Told, met: &mut Met) {
    let [open, unpaid, _, _] = good();
    let server = answering(vec![open]).await;
    let request = guaranteed().into();
    let paid = serde_json::json!({ "standing": "paid", "session": OTHER, "contradicted": true });
    let whims = [
        Whim::Fail(GuardError::store("the table is away")),
        Whim::Say(serde_json::from_value(paid).unwrap()),
        Whim::Stall,
    ];
    for whim in whims {
        for writes in [0, 1] {
            let guard = Fickle::new(Some((writes, whim.clone())));
            let client = self::client(&server, guard, HASTY);
            met.once(told, &client.create_once(&debt(), &request).await);
            met.once(told, &client.replace(&session(), &debt(), &request).await);
            if let Err(error) = client.standing(&debt()).await {
                told.error(&error);
            }
            if let Err(error) = client.resolve(&debt(), Resolution::Paid).await {
                told.error(&error);
            }
        }
    }
    // A store whose errors repeat what it was asked: whoever prints them to the root prints that. The client does not.
    let careless = GuardError::store(format!(
        "no row for {REFERENCE} {SESSION} {ACCOUNT} {EMAIL}"
    ));
    told.say(&careless.to_string());
    let server = answering(vec![unpaid]).await;
    for writes in [0, 1] {
        let guard = Fickle::new(Some((writes, Whim::Fail(careless.clone()))));
        let client = self::client(&server, guard, PATIENT);
        let failed = client.create_once(&debt(), &request).await.unwrap_err();
        told.say(&failed.to_string());
        client.status(&session()).await.unwrap();
        let guard = Fickle::new(Some((writes, Whim::Fail(careless.clone()))));
        let client = self::client(&server, guard, PATIENT);
        let failed = client.replace(&session(), &debt(), &request).await;
        told.say(&failed.unwrap_err().to_string());
    }
    let server = answering(vec![Reply::Close]).await;
    let guard = Fickle::new(Some((1, Whim::Fail(careless))));
    let client = client(&server, guard, PATIENT);
    let failed = client.create_once(&debt(), &request).await;
    told.say(&failed.unwrap_err().to_string());
}

/// Creates that nobody waits for, and what others find meanwhile.
async fn given_up(told: &mut Told, met: &mut Met) {
    let server = Scripted::start(|_: &Asked| Reply::Stall(Vec::new())).await;
    let guard = Fickle::new(None);
    let slow = client(&server, Arc::clone(&guard) as _, PATIENT);
    let hasty = client(&server, Arc::clone(&guard) as _, HASTY);
    let request = guaranteed().into();
    let key = debt();
    {
        let work = slow.create_once(&key, &request);
        tokio::pin!(work);
        while server.stalled() == 0 {
            tokio::select! {
                _ = &mut work => panic!("nothing answers"),
                () = tokio::time::sleep(Duration::from_millis(1)) => {}
            }
        }
        met.standing(told, &slow.standing(&key).await.unwrap());
        met.once(told, &hasty.create_once(&key, &request).await);
    }
    met.standing(told, &slow.standing(&key).await.unwrap());
    for abandoned in &*guard.abandoned.lock().unwrap() {
        told.look(abandoned);
        told.look(&abandoned.claim);
        told.say(&abandoned.claim.to_string());
    }
    assert!(!guard.abandoned.lock().unwrap().is_empty());
    let ended = hasty.resolve(&key, Resolution::NothingExists).await;
    met.standing(told, &ended.unwrap());
    met.once(told, &hasty.create_once(&key, &request).await);
}

/// Standings as a store has them, and names of debts that are none.
fn standings(told: &mut Told, met: &mut Met) {
    told.look(&debt());
    told.look(&MemoryGuard::new());
    told.look(&Fickle::new(None));
    told.look(&Lost::new(vec![debt()], vec![debt()]));
    for bad in [
        String::new(),
        format!("{REFERENCE}\u{1b}"),
        format!(" {REFERENCE}"),
        REFERENCE.repeat(90),
    ] {
        told.error(&DebtKey::new(&bad).unwrap_err());
    }
    let replacing = serde_json::json!({
        "standing": "replacing", "session": SESSION, "claim": "5c1a1111-2222-4333-8444-555566667777",
        "since": 1_772_600_767, "until": 1_772_600_967,
    });
    let claimed = serde_json::json!({
        "standing": "claimed", "claim": "5c1a1111-2222-4333-8444-555566667777",
        "since": 1_772_600_767, "until": 1_772_600_967,
    });
    for standing in [
        claimed,
        replacing,
        serde_json::json!({ "standing": "held", "session": SESSION, "status": EMAIL, "statusDetails": ACCOUNT }),
        serde_json::json!({ "standing": "paid", "session": SESSION, "contradicted": false }),
        serde_json::json!({
            "standing": "doubtful", "claim": "5c1a1111-2222-4333-8444-555566667777", "since": 1_772_600_767,
            "reference": REFERENCE,
        }),
    ] {
        met.standing(told, &serde_json::from_value(standing).unwrap());
    }
    // What a store has spoilt.
    for spoilt in [EMAIL, ACCOUNT] {
        let standing = serde_json::json!({ "standing": "live", "session": spoilt });
        let error = serde_json::from_value::<Standing>(standing).unwrap_err();
        told.error(&error);
    }
    let too_long = serde_json::json!({
        "standing": "doubtful", "claim": "5c1a1111-2222-4333-8444-555566667777", "since": 1_772_600_767,
        "reference": REFERENCE.repeat(90),
    });
    told.error(&serde_json::from_value::<Standing>(too_long).unwrap_err());
}
