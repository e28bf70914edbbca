//! The other side: a network that loses, delays and reorders, and a server that does what it is asked, refuses, or falters.
//!
//! What it answers is honest about one thing only: a whole 4xx other than 408 means that nothing was done.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use reqwest::{Request, Response};
use tokio::sync::oneshot;
use uuid::Uuid;

use super::executor::Spawner;
use crate::client::ErrorKind;
use crate::client::transport::{Exchange, Lost, Transport};
use crate::clock::{Clock, ManualClock};

/// How a server is set up; another one for each seed.
#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools, reason = "a server has many habits")]
pub(super) struct Habits {
    /// Of 100 exchanges, how many go wrong.
    pub(super) faults: u8,
    /// Whether a token creates one session only.
    pub(super) one_per_create: bool,
    pub(super) status_needs_token: bool,
    pub(super) lifetime: u64,
    /// The longest that anything takes on its way.
    pub(super) slowest: Duration,
    /// Of 100 steps, at how many tokens are revoked.
    pub(super) revoked: u8,
    /// Whether what arrives once is done twice: no server is like that, and a judge that does not see it is none.
    pub(super) stutters: bool,
    /// Whether a 503 means that nothing was done; who retries creates after one relies on it.
    pub(super) busy_is_honest: bool,
    /// Whether payors do something about their sessions.
    pub(super) payors: bool,
}

impl Habits {
    pub(super) fn draw(rng: &mut fastrand::Rng) -> Self {
        let pick = |rng: &mut fastrand::Rng, list: &[u64]| list[rng.usize(..list.len())];
        Self {
            faults: [0, 10, 30, 60][rng.usize(..4)],
            one_per_create: rng.bool(),
            status_needs_token: rng.bool(),
            lifetime: pick(rng, &[0, 1, 10, 299, 599]),
            slowest: Duration::from_millis(pick(rng, &[0, 50, 2_000, 20_000])),
            revoked: [0, 0, 5, 20][rng.usize(..4)],
            stutters: false,
            busy_is_honest: rng.bool(),
            payors: false,
        }
    }
}

/// A session that the server has made.
#[derive(Debug, Clone)]
pub(super) struct Made {
    pub(super) id: Uuid,
    pub(super) reference: String,
    pub(super) status: &'static str,
    pub(super) code: &'static str,
}

struct Issued {
    until: Instant,
    creates: u32,
    revoked: bool,
}

/// What the server remembers.
#[derive(Default)]
pub(super) struct Memory {
    tokens: BTreeMap<String, Issued>,
    pub(super) made: Vec<Made>,
    /// How often a create arrived, by reference.
    pub(super) arrived: BTreeMap<String, u32>,
    /// How often one was answered 401.
    pub(super) turned_away: BTreeMap<String, u32>,
    /// Tokens with which more than one create arrived that was not refused for it.
    pub(super) reused: BTreeSet<String>,
    pub(super) authorized: u32,
    /// References for which a session was made beside one that may be paid.
    pub(super) doubles: Vec<String>,
    /// Sessions that have changed, as they were right after; for those who are told.
    changed: Vec<Made>,
    /// What happened, for a seed that fails.
    pub(super) trace: String,
}

/// What is done about each change of a session.
pub(super) type Teller = Box<dyn FnMut(Made) + Send>;

/// The network and the server. Clones share them.
#[derive(Clone)]
pub(super) struct World {
    pub(super) habits: Habits,
    pub(super) clock: ManualClock,
    start: Instant,
    rng: Arc<Mutex<fastrand::Rng>>,
    spawner: Spawner,
    pub(super) memory: Arc<Mutex<Memory>>,
    /// Who tells of changes, if anybody does.
    pub(super) teller: Arc<Mutex<Option<Teller>>>,
}

/// What an exchange runs into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    NoConnection,
    /// The request gets lost, and silence or a broken connection follows.
    LostOnTheWay,
    /// The request arrives, its answer does not.
    AnswerLost,
    /// The answer stops half-way.
    AnswerCut,
    /// A proxy refuses without passing the request on.
    Refused(u16),
    /// A proxy falters, with the request passed on or not.
    Faltered(u16, bool),
    /// The request was passed on, and the answer is a page.
    Garbage,
}

impl World {
    pub(super) fn new(
        habits: Habits,
        clock: ManualClock,
        spawner: Spawner,
        rng: fastrand::Rng,
    ) -> Self {
        Self {
            start: clock.now(),
            habits,
            clock,
            rng: Arc::new(Mutex::new(rng)),
            spawner,
            memory: Arc::default(),
            teller: Arc::default(),
        }
    }

    pub(super) fn note(&self, what: fmt::Arguments<'_>) {
        let at = self.clock.now() - self.start;
        writeln!(self.memory.lock().unwrap().trace, "{at:>12?} {what}").unwrap();
    }

    /// What the server knows of a session.
    pub(super) fn made(&self, session: &str) -> Made {
        let memory = self.memory.lock().unwrap();
        let made = memory.made.iter().find(|it| it.id.to_string() == session);
        made.unwrap().clone()
    }

    fn fault(&self) -> Fault {
        let mut rng = self.rng.lock().unwrap();
        if rng.u8(..100) >= self.habits.faults {
            return Fault::None;
        }
        match rng.u8(..8) {
            0 => Fault::NoConnection,
            1 | 2 => Fault::LostOnTheWay,
            3 => Fault::AnswerLost,
            4 => Fault::AnswerCut,
            5 => Fault::Refused([429, 400, 404, 409][rng.usize(..4)]),
            6 => {
                let status = [408, 500, 502, 503, 504][rng.usize(..5)];
                let honest = status == 503 && self.habits.busy_is_honest;
                Fault::Faltered(status, rng.bool() && !honest)
            }
            _ => Fault::Garbage,
        }
    }

    fn delay(&self) -> Duration {
        let most = u64::try_from(self.habits.slowest.as_millis()).unwrap();
        Duration::from_millis(self.rng.lock().unwrap().u64(..=most))
    }

    fn chance(&self, of_hundred: u8) -> bool {
        self.rng.lock().unwrap().u8(..100) < of_hundred
    }

    async fn sleep(&self, pause: Duration) {
        self.clock.sleep_until(self.clock.now() + pause).await;
    }

    /// Carries one request, and answers into `slot` if there is anything to answer. Runs by itself: a client that has
    /// given up does not call a request back.
    async fn carry(self, asked: Asked, slot: oneshot::Sender<Result<Answer, Lost>>) {
        let fault = self.fault();
        let breaks = self.chance(50);
        self.note(format_args!("{asked} meets {fault:?}"));
        self.sleep(self.delay()).await;
        let answer = match fault {
            Fault::NoConnection => Some(Err(lost(ErrorKind::Connect))),
            Fault::LostOnTheWay => breaks.then(|| Err(lost(ErrorKind::Interrupted))),
            Fault::Refused(status) | Fault::Faltered(status, false) => {
                Some(Ok(Answer::empty(status)))
            }
            Fault::Faltered(status, true) => {
                self.serve(&asked);
                Some(Ok(Answer::empty(status)))
            }
            Fault::AnswerLost => {
                self.serve(&asked);
                breaks.then(|| Err(lost(ErrorKind::Interrupted)))
            }
            Fault::AnswerCut => Some(Ok(Answer {
                cut: true,
                ..self.serve(&asked)
            })),
            Fault::Garbage => {
                self.serve(&asked);
                Some(Ok(Answer {
                    status: 200,
                    body: "<html>".to_owned(),
                    cut: false,
                }))
            }
            Fault::None => Some(Ok(self.serve(&asked))),
        };
        self.sleep(self.delay()).await;
        let Some(answer) = answer else {
            // Silence: for longer than anybody waits.
            self.sleep(Duration::from_secs(3600)).await;
            return drop(slot);
        };
        drop(slot.send(answer));
    }

    /// A payor at the hosted page, or none.
    async fn pay(self, session: Uuid) {
        let (pause, end) = {
            let mut rng = self.rng.lock().unwrap();
            (rng.u64(..2_400_000), rng.u8(..8))
        };
        self.sleep(Duration::from_millis(pause)).await;
        let (status, code) = match end {
            0 => return,
            1 => ("Failed", "EFT0402"),
            2 => ("Expired", "EFT0601"),
            3 => ("Failed", "EFT0301"),
            4 => ("Completed", "EFT0302"),
            _ => ("Completed", "EFT0301"),
        };
        self.ends(session, "Initiated", (status, code));
        if code == "EFT0302" {
            self.sleep(Duration::from_millis(pause)).await;
            self.ends(session, "Completed", ("Completed", "EFT0301"));
        }
    }

    fn ends(&self, session: Uuid, from: &str, (status, code): (&'static str, &'static str)) {
        let mut memory = self.memory.lock().unwrap();
        let made = memory
            .made
            .iter_mut()
            .find(|made| made.id == session && made.status == from);
        let Some(made) = made else { return };
        (made.status, made.code) = (status, code);
        let made = made.clone();
        memory.changed.push(made);
        drop(memory);
        self.note(format_args!("{session} is {status} {code}"));
        self.tell();
    }

    /// Hands what has changed to whoever tells of it.
    fn tell(&self) {
        let changed = std::mem::take(&mut self.memory.lock().unwrap().changed);
        if let Some(teller) = &mut *self.teller.lock().unwrap() {
            changed.into_iter().for_each(teller);
        }
    }

    /// Does what is asked.
    fn serve(&self, asked: &Asked) -> Answer {
        let revoked = self.chance(self.habits.revoked);
        let now = self.clock.now();
        let mut memory = self.memory.lock().unwrap();
        if revoked {
            memory
                .tokens
                .values_mut()
                .for_each(|token| token.revoked = true);
        }
        let before = memory.made.len();
        let answer = memory.serve(asked, &self.habits, now);
        let made = memory.made.get(before).map(|made| made.id);
        drop(memory);
        if let (Some(made), true) = (made, self.habits.payors) {
            self.spawner.spawn(self.clone().pay(made));
        }
        self.note(format_args!("{asked} is answered {}", answer.status));
        self.tell();
        answer
    }
}

impl Memory {
    /// Does what is asked, and remembers which creates it has turned away.
    fn serve(&mut self, asked: &Asked, habits: &Habits, now: Instant) -> Answer {
        let answer = self.answer(asked, habits, now);
        if let (Some(reference), 401) = (&asked.reference, answer.status) {
            *self.turned_away.entry(reference.clone()).or_default() += 1;
        }
        answer
    }

    fn answer(&mut self, asked: &Asked, habits: &Habits, now: Instant) -> Answer {
        let path: Vec<&str> = asked.path.trim_matches('/').split('/').collect();
        if path == ["api", "v1", "authorize"] {
            self.authorized += 1;
            let token = format!("token-{}", self.authorized);
            let until = now + Duration::from_secs(habits.lifetime);
            let lifetime = habits.lifetime;
            self.tokens.insert(
                token.clone(),
                Issued {
                    until,
                    creates: 0,
                    revoked: false,
                },
            );
            return Answer::of(
                200,
                format!(r#"{{"access_token":"{token}","expires_in":{lifetime}}}"#),
            );
        }
        if let Some(reference) = &asked.reference {
            *self.arrived.entry(reference.clone()).or_default() += 1;
        }
        let is_status = path.last() == Some(&"status");
        if !is_status || habits.status_needs_token {
            let token = asked
                .token
                .as_ref()
                .and_then(|token| self.tokens.get(token));
            // A token of no lifetime serves the call for which it was fetched.
            let lives = |token: &Issued| habits.lifetime == 0 || token.until > now;
            if !token.is_some_and(|token| lives(token) && !token.revoked) {
                return Answer::empty(401);
            }
        }
        if path == ["api", "v2", "sessions"] {
            return self.create(asked, habits);
        }
        let session = path.get(3).and_then(|id| id.parse().ok());
        let session = self.made.iter_mut().find(|made| Some(made.id) == session);
        let Some(session) = session else {
            return Answer::empty(404);
        };
        if path.last() == Some(&"cancel") {
            if session.status != "Initiated" {
                return Answer::empty(409);
            }
            (session.status, session.code) = ("Cancelled", "EFT0501");
            self.changed.push(session.clone());
        }
        Answer::of(200, session.json())
    }

    fn create(&mut self, asked: &Asked, habits: &Habits) -> Answer {
        let reference = asked.reference.clone().unwrap();
        let name = asked.token.clone().unwrap();
        let token = self.tokens.get_mut(&name).unwrap();
        token.creates += 1;
        if token.creates > 1 {
            self.reused.insert(name);
            if habits.one_per_create {
                return Answer::empty(401);
            }
        }
        let others = |made: &&Made| made.reference == reference && made.may_be_paid();
        if self.made.iter().any(|made| others(&made)) {
            self.doubles.push(reference.clone());
        }
        let made = Made {
            id: Uuid::from_u128(self.made.len() as u128 + 1),
            reference,
            status: "Initiated",
            code: "EFT0101",
        };
        let answer = Answer::of(201, made.json());
        if habits.stutters {
            self.doubles.push(made.reference.clone());
            self.made.push(made.clone());
        }
        self.made.push(made);
        answer
    }
}

impl Made {
    /// Whether it is open, or ended without telling for sure that nothing is debited.
    pub(super) fn may_be_paid(&self) -> bool {
        matches!(self.status, "Initiated" | "Completed") || self.code == "EFT0301"
    }

    pub(super) fn json(&self) -> String {
        let Self {
            id,
            reference,
            status,
            code,
        } = self;
        format!(
            r#"{{"sessionId":"{id}","referenceId":"{reference}","status":"{status}","statusDetails":"{code}"}}"#
        )
    }
}

/// What a request says.
#[derive(Debug, Clone)]
struct Asked {
    path: String,
    token: Option<String>,
    reference: Option<String>,
}

impl Asked {
    fn of(request: &Request) -> Self {
        let token = request.headers().get("authorization");
        let token = token.and_then(|token| token.to_str().ok()?.strip_prefix("Bearer "));
        let body = request.body().and_then(reqwest::Body::as_bytes);
        let body: serde_json::Value = body.map_or_else(Default::default, |body| {
            serde_json::from_slice(body).unwrap_or_default()
        });
        Self {
            path: request.url().path().to_owned(),
            token: token.map(str::to_owned),
            reference: body["referenceId"].as_str().map(str::to_owned),
        }
    }
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (token, reference) = (self.token.as_deref(), self.reference.as_deref());
        write!(
            f,
            "{} {} {}",
            self.path,
            token.unwrap_or("-"),
            reference.unwrap_or_default()
        )
    }
}

struct Answer {
    status: u16,
    body: String,
    cut: bool,
}

impl Answer {
    fn of(status: u16, body: String) -> Self {
        Self {
            status,
            body,
            cut: false,
        }
    }

    fn empty(status: u16) -> Self {
        Self::of(status, String::new())
    }

    fn into_response(self) -> Response {
        let half = self.body.get(..self.body.len() / 2).unwrap_or_default();
        let body = if self.cut {
            let broken = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
            let parts = [Ok(half.to_owned()), Err(broken)];
            reqwest::Body::wrap_stream(Parts(parts.into_iter()))
        } else {
            self.body.into()
        };
        let mut response = http::Response::new(body);
        *response.status_mut() = http::StatusCode::from_u16(self.status).unwrap();
        response.into()
    }
}

/// A body in parts.
struct Parts<I>(I);

impl<I: Iterator + Unpin> futures_core::Stream for Parts<I> {
    type Item = I::Item;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<I::Item>> {
        std::task::Poll::Ready(self.0.next())
    }
}

fn lost(kind: ErrorKind) -> Lost {
    let source = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    Lost {
        kind,
        source: source.into(),
    }
}

impl Transport for World {
    fn send(&self, request: Request) -> Exchange<'_> {
        let (slot, answer) = oneshot::channel();
        let asked = Asked::of(&request);
        self.spawner.spawn(self.clone().carry(asked, slot));
        Box::pin(async move {
            match answer.await {
                Ok(answer) => answer.map(Answer::into_response),
                Err(_) => Err(lost(ErrorKind::Interrupted)),
            }
        })
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("World")
    }
}
