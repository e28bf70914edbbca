//! What waits to be delivered: in order within a lane, which is one session's events for one receiver; lanes do not wait for each
//! other.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use super::delivery::{Delivery, DeliveryOutcome, WebhookKind};
use super::letter::Letter;
use super::webhook::Webhook;
use crate::domain::SessionId;

/// What keeps its order. The two receivers hear of a session independently of each other.
pub(super) type Lane = (WebhookKind, SessionId);

/// An event on its way.
#[derive(Clone)]
pub(super) struct Job {
    pub(super) letter: Letter,
    pub(super) to: Arc<Webhook>,
    /// The number of the try that comes next, from 1.
    pub(super) attempt: u8,
    pub(super) not_before: Option<Instant>,
    /// Until when it lets the next of its lane go first; not before it may go itself.
    pub(super) gives_way: Option<Instant>,
}

impl Job {
    pub(super) fn lane(&self) -> Lane {
        (self.letter.kind, self.letter.session)
    }

    /// When it is due, if it is not yet.
    fn later_than(&self, now: Instant) -> Option<Instant> {
        self.not_before.filter(|due| *due > now)
    }

    /// Until when it gives way, if it does so still.
    fn gives_way_after(&self, now: Instant) -> Option<Instant> {
        self.gives_way.filter(|until| *until > now)
    }

    /// Whether nothing holds it up any more.
    fn is_due(&self, now: Instant) -> bool {
        self.later_than(now).is_none() && self.gives_way_after(now).is_none()
    }

    /// What came of a try.
    pub(super) fn record(&self, at_millis: u64, outcome: DeliveryOutcome) -> Delivery {
        Delivery {
            sequence: 0,
            at_millis,
            webhook: self.letter.kind,
            event: self.letter.event().to_owned(),
            session_id: self.letter.session,
            status_details: self.letter.code.clone(),
            attempt: self.attempt,
            outcome,
        }
    }
}

/// What there is to do.
pub(super) enum Next {
    Job(Job),
    /// Nothing before this time.
    NotBefore(Instant),
    /// Nothing, until something changes.
    Nothing,
}

/// What came of settling a delivery.
pub(super) enum Settled {
    Well,
    /// It was [forgotten](Queue::forget).
    NotUnderWay,
    /// This was to be tried again.
    WithoutRoom(Job),
}

/// A bounded queue.
pub(super) struct Queue {
    waiting: VecDeque<Job>,
    /// The lanes of which an event is under way.
    busy: HashSet<Lane>,
    capacity: usize,
    dropped: u64,
    closed: bool,
}

impl Queue {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            waiting: VecDeque::new(),
            busy: HashSet::new(),
            capacity,
            dropped: 0,
            closed: false,
        }
    }

    /// Drops what waits, and lets go of what is under way: that may still arrive, and is not settled any more. Returns how much
    /// that was.
    pub(super) fn forget(&mut self) -> usize {
        self.waiting.drain(..).count() + self.busy.drain().count()
    }

    /// Adds an event; the oldest makes room, and is returned. Nothing is added to a queue that is closed.
    pub(super) fn push(&mut self, job: Job) -> Option<Job> {
        if self.closed {
            return None;
        }
        let full = self.waiting.len() >= self.capacity;
        let oldest = full.then(|| self.waiting.pop_front()).flatten();
        self.dropped += u64::from(oldest.is_some());
        self.waiting.push_back(job);
        oldest
    }

    /// Takes out what is to be delivered next. Its lane is busy then, until it is settled.
    pub(super) fn next(&mut self, now: Instant) -> Next {
        let mut wake: Option<Instant> = None;
        let mut passed = self.busy.clone();
        let mut found = None;
        for (at, job) in self.waiting.iter().enumerate() {
            // Of each lane, only the first that waits may go.
            if !passed.insert(job.lane()) {
                continue;
            }
            let Some(until) = job.gives_way_after(now) else {
                match job.later_than(now) {
                    None => {
                        found = Some((at, None));
                        break;
                    }
                    Some(due) => wake = wake.into_iter().chain([due]).min(),
                }
                continue;
            };
            // How late the next one is, is a matter of its own; that it gives way itself is none, as somebody has to be first.
            let next = self.follower(at, job.lane());
            let due = next.and_then(|(_, next)| next.later_than(now));
            if let (Some((next, _)), None) = (next, due) {
                found = Some((next, Some(at)));
                break;
            }
            wake = wake.into_iter().chain(due).chain([until]).min();
        }
        if let Some((at, passed)) = found {
            // What has given way goes next.
            if let Some(first) = passed.and_then(|at| self.waiting.get_mut(at)) {
                first.gives_way = None;
            }
            if let Some(job) = self.waiting.remove(at) {
                self.busy.insert(job.lane());
                return Next::Job(job);
            }
        }
        wake.map_or(Next::Nothing, Next::NotBefore)
    }

    /// The next one of the same lane.
    fn follower(&self, at: usize, lane: Lane) -> Option<(usize, &Job)> {
        let mut after = self.waiting.iter().enumerate().skip(at + 1);
        after.find(|(_, job)| job.lane() == lane)
    }

    /// Ends a delivery. What is to be tried again goes before what has come since, if there is room for it.
    pub(super) fn settle(&mut self, lane: Lane, again: Option<Job>) -> Settled {
        if !self.busy.remove(&lane) {
            return Settled::NotUnderWay;
        }
        match again.filter(|_| !self.closed) {
            Some(job) if self.waiting.len() >= self.capacity => {
                self.dropped += 1;
                return Settled::WithoutRoom(job);
            }
            Some(job) => self.waiting.push_front(job),
            None => {}
        }
        Settled::Well
    }

    /// Takes nothing more, and lets go of what is not due yet.
    pub(super) fn close(&mut self, now: Instant) {
        self.closed = true;
        self.waiting.retain(|job| job.is_due(now));
    }

    /// What waits, in its order.
    pub(super) fn waiting(&self) -> impl Iterator<Item = &Job> {
        self.waiting.iter()
    }

    /// What is not due yet.
    pub(super) fn not_due(&self, now: Instant) -> impl Iterator<Item = &Job> {
        self.waiting().filter(move |job| !job.is_due(now))
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }

    /// How many wait or are under way.
    pub(super) fn unfinished(&self) -> u64 {
        u64::try_from(self.waiting.len() + self.busy.len()).unwrap_or(u64::MAX)
    }

    /// How many have made room.
    pub(super) fn dropped(&self) -> u64 {
        self.dropped
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;
    use uuid::Uuid;

    use super::*;
    use crate::clock::{Clock as _, ManualClock};
    use crate::webhook::WebhookSecret;

    fn session(number: u128) -> SessionId {
        SessionId::new(&Uuid::from_u128(number).hyphenated().to_string()).unwrap()
    }

    /// An event of a session, with a name.
    fn job(number: u128, name: &'static str) -> Job {
        let secret = WebhookSecret::new("only for this test").unwrap();
        Job {
            letter: Letter {
                kind: WebhookKind::Session,
                session: session(number),
                code: None,
                body: Bytes::from_static(name.as_bytes()),
            },
            to: Arc::new(Webhook::new("http://127.0.0.1:1/", secret).unwrap()),
            attempt: 1,
            not_before: None,
            gives_way: None,
        }
    }

    fn name(next: &Next) -> String {
        match next {
            Next::Job(job) => String::from_utf8_lossy(&job.letter.body).into_owned(),
            Next::NotBefore(_) => "not yet".to_owned(),
            Next::Nothing => "nothing".to_owned(),
        }
    }

    /// Takes out and settles all that may go.
    fn drain(queue: &mut Queue, now: Instant) -> Vec<String> {
        let mut names = Vec::new();
        loop {
            let next = queue.next(now);
            names.push(name(&next));
            match next {
                Next::Job(job) => {
                    queue.settle(job.lane(), None);
                }
                _ => return names,
            }
        }
    }

    #[test]
    fn one_at_a_time_of_a_session_and_several_of_many() {
        let (mut queue, now) = (Queue::new(9), ManualClock::new().now());
        for (number, name) in [(1, "1a"), (1, "1b"), (2, "2a"), (2, "2b")] {
            queue.push(job(number, name));
        }
        let taken: Vec<String> = (0..3).map(|_| name(&queue.next(now))).collect();
        assert_eq!(taken, ["1a", "2a", "nothing"]);
        assert_eq!(queue.unfinished(), 4);
        queue.settle((WebhookKind::Session, session(2)), None);
        assert_eq!(name(&queue.next(now)), "2b");
        assert_eq!(name(&queue.next(now)), "nothing");
        // The other receiver does not wait for this one.
        let mut other = job(1, "another receiver");
        other.letter.kind = WebhookKind::Guarantee;
        queue.push(other);
        assert_eq!(name(&queue.next(now)), "another receiver");
    }

    #[test]
    fn what_is_forgotten_under_way_is_settled_for_nobody() {
        let now = Instant::now();
        let mut queue = Queue::new(10);
        queue.push(job(1, "under way"));
        queue.push(job(2, "waits"));
        let Next::Job(job) = queue.next(now) else {
            panic!("there is one");
        };
        assert_eq!((queue.forget(), queue.unfinished()), (2, 0));
        let settled = queue.settle(job.lane(), Some(job));
        assert!(matches!(settled, Settled::NotUnderWay));
        assert_eq!(drain(&mut queue, now), ["nothing"]);
    }

    #[test]
    fn of_too_many_the_oldest_is_dropped_and_counted() {
        let (mut queue, now) = (Queue::new(2), ManualClock::new().now());
        let dropped = ["a", "b", "c", "d"].map(|name| queue.push(job(1, name)));
        let dropped = dropped.into_iter().flatten().map(Next::Job);
        assert_eq!(dropped.map(|it| name(&it)).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!((queue.dropped(), queue.unfinished()), (2, 2));
        let Next::Job(first) = queue.next(now) else {
            unreachable!("two wait");
        };
        queue.push(job(1, "e"));
        // A further try has no room.
        let settled = queue.settle(first.lane(), Some(first));
        let Settled::WithoutRoom(third) = settled else {
            unreachable!("two wait");
        };
        assert_eq!(name(&Next::Job(third)), "c");
        assert_eq!(queue.dropped(), 3);
        assert_eq!(drain(&mut queue, now), ["d", "e", "nothing"]);
    }

    #[test]
    fn a_further_try_goes_before_what_has_come_since() {
        let clock = ManualClock::new();
        let now = clock.now();
        let mut queue = Queue::new(9);
        queue.push(job(1, "a"));
        let Next::Job(mut first) = queue.next(now) else {
            unreachable!("one waits");
        };
        queue.push(job(1, "b"));
        queue.push(job(2, "c"));
        let due = now + Duration::from_secs(30);
        first.not_before = Some(due);
        let settled = queue.settle(first.lane(), Some(first));
        assert!(matches!(settled, Settled::Well));
        assert_eq!(drain(&mut queue, now), ["c", "not yet"]);
        assert!(matches!(queue.next(now), Next::NotBefore(time) if time == due));
        assert_eq!(drain(&mut queue, due), ["a", "b", "nothing"]);
    }

    #[test]
    fn the_earliest_is_waited_for() {
        let now = ManualClock::new().now();
        let mut queue = Queue::new(9);
        for (number, seconds) in [(1, 40), (2, 20), (3, 30)] {
            let mut job = job(number, "late");
            job.not_before = Some(now + Duration::from_secs(seconds));
            queue.push(job);
        }
        let earliest = now + Duration::from_secs(20);
        assert!(matches!(queue.next(now), Next::NotBefore(time) if time == earliest));
    }

    #[test]
    fn what_gives_way_goes_after_the_next_one_or_when_its_time_has_come() {
        let now = ManualClock::new().now();
        let due = now + Duration::from_secs(60);
        let giving_way = |name| {
            let mut job = job(1, name);
            job.gives_way = Some(due);
            job
        };
        let mut queue = Queue::new(9);
        queue.push(giving_way("a"));
        assert_eq!(drain(&mut queue, now), ["not yet"]);
        queue.push(job(2, "of another session"));
        assert_eq!(drain(&mut queue, now), ["of another session", "not yet"]);
        queue.push(giving_way("b"));
        queue.push(giving_way("c"));
        assert_eq!(drain(&mut queue, now), ["b", "a", "not yet"]);
        assert_eq!(drain(&mut queue, due), ["c", "nothing"]);
    }

    #[test]
    fn what_gives_way_and_what_it_gives_way_to_are_as_late_as_they_are_all_the_same() {
        let now = ManualClock::new().now();
        let at = |seconds| now + Duration::from_secs(seconds);
        let late = |name, due, until: Option<u64>| {
            let mut job = job(1, name);
            (job.not_before, job.gives_way) = (Some(at(due)), until.map(at));
            job
        };
        let mut queue = Queue::new(9);
        queue.push(late("a", 600, Some(660)));
        assert!(matches!(queue.next(now), Next::NotBefore(time) if time == at(660)));
        queue.push(late("b", 610, Some(670)));
        assert!(matches!(queue.next(at(600)), Next::NotBefore(time) if time == at(610)));
        assert_eq!(drain(&mut queue, at(609)), ["not yet"]);
        assert_eq!(drain(&mut queue, at(610)), ["b", "a", "nothing"]);
        // The next one need not give way itself, and is not waited for longer than that.
        queue.push(late("c", 0, Some(60)));
        queue.push(late("d", 90, None));
        assert!(matches!(queue.next(now), Next::NotBefore(time) if time == at(60)));
        assert_eq!(drain(&mut queue, at(60)), ["c", "not yet"]);
        assert_eq!(drain(&mut queue, at(90)), ["d", "nothing"]);
        // What has let one pass is still as late as it is.
        queue.push(late("e", 50, Some(60)));
        queue.push(job(1, "f"));
        assert_eq!(drain(&mut queue, now), ["f", "not yet"]);
        assert_eq!(drain(&mut queue, at(50)), ["e", "nothing"]);
    }

    #[test]
    fn a_closed_queue_takes_nothing_and_gives_what_is_due() {
        let now = ManualClock::new().now();
        let mut queue = Queue::new(9);
        let mut late = job(1, "late");
        late.not_before = Some(now + Duration::from_secs(1));
        queue.push(late);
        let mut giving_way = job(4, "giving way");
        giving_way.gives_way = Some(now + Duration::from_secs(1));
        queue.push(giving_way);
        queue.push(job(2, "due"));
        queue.close(now);
        queue.push(job(3, "too late"));
        assert!(queue.is_closed());
        assert_eq!(drain(&mut queue, now), ["due", "nothing"]);
        assert_eq!(queue.unfinished(), 0);
    }
}
