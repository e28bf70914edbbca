//! The task that delivers.

use std::future::pending;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;

use super::delivery::{Delivery, DeliveryOutcome, WebhookKind};
use super::queue::{Job, Next};
use crate::clock::{Clock, after};
use crate::sandbox::defect;
use crate::sandbox::world::Core;

/// How many deliveries are under way at once.
const AT_ONCE: usize = 16;

/// How often the guarantee webhook is tried (GCON).
const TRIES: u8 = 3;

/// How long after a failed try the next one comes, by the sandbox's clock. Ours: no page says.
const PAUSE: Duration = Duration::from_secs(30);

/// Delivers until the queue is closed and what was due has been delivered.
pub(in crate::sandbox) async fn run(core: Arc<Core>) {
    let mut under_way = FuturesUnordered::new();
    loop {
        while let Some(session) = core.hooks.given_up() {
            // Where the integrator has decided without having been asked, that counts.
            let _ = core.fail_delivery(&session);
            core.hooks.dealt_with(&session);
        }
        let mut wake = None;
        while under_way.len() < AT_ONCE {
            match core.hooks.next(core.clock.now()) {
                Next::Job(job) => under_way.push(attempt(&core, job)),
                Next::NotBefore(time) => {
                    wake = Some(time);
                    break;
                }
                Next::Nothing => break,
            }
        }
        if under_way.is_empty() && core.hooks.is_closed() {
            return;
        }
        tokio::select! {
            Some(tried) = under_way.next() => settle(&core, tried),
            () = core.hooks.changed.notified() => {}
            () = until(&core.clock, wake) => {}
        }
    }
}

async fn until(clock: &dyn Clock, time: Option<Instant>) {
    match time {
        Some(time) => clock.sleep_until(time).await,
        None => pending().await,
    }
}

/// What came of one try.
struct Tried {
    job: Job,
    at_millis: u64,
    outcome: DeliveryOutcome,
    /// What came of it when it was sent a second time, on purpose.
    twin: Option<DeliveryOutcome>,
}

async fn attempt(core: &Core, job: Job) -> Tried {
    let at_millis = core.millis();
    let (faults, body, planted) = (job.to.faults(), &job.letter.body, core.settings.planted);
    let mut twin = None;
    let outcome = if job.attempt > 1 && !core.awaits_decision(&job.letter.session) {
        DeliveryOutcome::NotNeeded
    } else if faults.lost {
        DeliveryOutcome::Lost
    } else {
        let outcome = job.to.send(body.clone(), planted).await;
        if faults.twice || defect::webhooks::is_sent_twice(planted) {
            twin = Some(job.to.send(body.clone(), planted).await);
        }
        outcome
    };
    Tried {
        job,
        at_millis,
        outcome,
        twin,
    }
}

/// Draws the conclusions. A status event is sent once (WST); a guarantee webhook that nobody takes is tried again, and then fails
/// its session (GCON). Of an event that was sent twice, what came of the first counts.
fn settle(core: &Core, tried: Tried) {
    let records = tried.records();
    let Tried {
        mut job, outcome, ..
    } = tried;
    let lane = job.lane();
    let over = outcome.is_taken() || outcome == DeliveryOutcome::NotNeeded;
    let mut again = None;
    if job.letter.kind == WebhookKind::Guarantee && !over {
        if job.attempt < defect::webhooks::tries(core.settings.planted, TRIES) {
            job.attempt += 1;
            job.not_before = Some(after(&core.clock, PAUSE));
            job.gives_way = None;
            again = Some(job);
        } else {
            // Where the integrator has decided in the meantime, that counts.
            let _ = core.fail_delivery(&job.letter.session);
        }
    }
    core.hooks.settle(core, lane, records, again);
}

impl Tried {
    fn records(&self) -> Vec<Delivery> {
        let Self { job, at_millis, .. } = self;
        let outcomes = [Some(self.outcome), self.twin].into_iter().flatten();
        outcomes
            .map(|outcome| job.record(*at_millis, outcome))
            .collect()
    }
}
