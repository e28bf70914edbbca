//! What a scenario has at hand: calls of the server, and expectations about the answers.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Method, StatusCode};
use serde_json::{Value, json};

use super::control::Control;
use super::inbox::Inbox;
use super::report::{Basis, Failure, Outcome};
use super::{Tour, show};
use crate::client::{Client, Credentials, Scheme};
use crate::clock::{Clock as _, SystemClock, after};
use crate::contract::line::{Line, Raw, Record, sensitive};
use crate::contract::party::Cause;
use crate::contract::{Exchange, Sender};
use crate::sandbox::{ErrorShape, Profile};
use crate::session::Operation;
use crate::webhook::{WebhookSecret, WebhookVerifier};

/// An id that no server has drawn: nothing in it is random.
pub(super) const NONE: &str = "00000000-0000-4000-8000-000000000000";

/// Why a scenario ends before its end.
#[derive(Debug)]
pub(super) enum Stop {
    /// No answer came.
    Lost(String),
    /// What was answered does not let it go on; the expectation about that has failed.
    Unmet,
    /// The control API does not do what it is asked for.
    Control(String),
    /// No more sessions may be created.
    Budget,
}

impl Stop {
    pub(super) fn lost(error: reqwest::Error) -> Self {
        Self::Lost(error.without_url().to_string())
    }
}

/// What all scenarios of a tour share.
pub(in crate::contract) struct Course {
    pub(super) tour: Tour,
    pub(in crate::contract) line: Line,
    pub(in crate::contract) record: Record,
    pub(in crate::contract) control: Option<Control>,
    pub(super) inboxes: Option<Inboxes>,
    /// What webhooks are signed with.
    secret: WebhookSecret,
    tokens: Mutex<[Option<Held>; 2]>,
    /// How many creates may still be sent.
    left: AtomicUsize,
}

/// A token that is used again until shortly before its end, by the machine's time.
#[derive(Clone)]
struct Held {
    token: String,
    until: Instant,
}

/// How long before its end a token is not used any more.
const MARGIN: Duration = Duration::from_secs(20);

/// Where the webhooks come in.
pub(super) struct Inboxes {
    pub(super) session: Inbox,
    pub(super) guarantee: Inbox,
}

/// Who calls.
#[derive(Debug, Clone)]
pub(super) enum Who {
    Nobody,
    /// The client, with a token that may have created a session.
    Us,
    /// The client, with a token that nobody has used.
    Fresh,
    /// Another client.
    Other,
    /// Another client, with a token that nobody has used.
    OtherFresh,
    /// Whoever has this token.
    Bearer(String),
}

/// An answer.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) exchange: Exchange,
    /// Null where the body is none of JSON.
    pub(super) json: Value,
}

/// One scenario under way.
pub(super) struct Scene {
    pub(super) course: Arc<Course>,
    pub(super) outcome: Outcome,
}

/// The two shapes of a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Problem,
    Error,
}

impl Answer {
    fn of(exchange: Exchange) -> Self {
        let said = if exchange.by == Sender::Server {
            &exchange.body
        } else {
            &exchange.answer
        };
        Self {
            json: serde_json::from_slice(said).unwrap_or_default(),
            exchange,
        }
    }

    pub(super) fn status(&self) -> u16 {
        self.exchange.status.as_u16()
    }

    /// The value at a pointer; null where there is none.
    pub(super) fn at(&self, pointer: &str) -> &Value {
        self.json.pointer(pointer).unwrap_or(&Value::Null)
    }

    /// Whether there is something at a pointer, null included.
    pub(super) fn has(&self, pointer: &str) -> bool {
        self.json.pointer(pointer).is_some()
    }

    pub(super) fn text(&self, pointer: &str) -> &str {
        self.at(pointer).as_str().unwrap_or_default()
    }
}

/// Whether two values say the same: a number is the same with a point and without.
pub(super) fn same(one: &Value, other: &Value) -> bool {
    match (one.as_f64(), other.as_f64()) {
        (Some(one), Some(other)) => (one - other).abs() < 1e-9,
        _ => one == other,
    }
}

impl Course {
    pub(super) fn new(
        tour: Tour,
        line: Line,
        record: Record,
        control: Option<Control>,
        inboxes: Option<Inboxes>,
        secret: WebhookSecret,
    ) -> Self {
        Self {
            secret,
            left: AtomicUsize::new(tour.most(control.is_some())),
            tour,
            line,
            record,
            control,
            inboxes,
            tokens: Mutex::default(),
        }
    }

    pub(in crate::contract) fn left(&self) -> usize {
        self.left.load(Ordering::SeqCst)
    }

    fn spend(&self) -> Result<(), Stop> {
        let spent = self
            .left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                left.checked_sub(1)
            });
        spent.map(|_| ()).map_err(|_| Stop::Budget)
    }

    pub(super) fn verifier(&self) -> WebhookVerifier {
        WebhookVerifier::new(self.secret.clone())
    }

    fn tokens(&self) -> MutexGuard<'_, [Option<Held>; 2]> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn credentials(&self, other: bool) -> &Credentials {
        match &self.tour.other {
            Some(credentials) if other => credentials,
            _ => &self.tour.credentials,
        }
    }

    /// Sends a request.
    pub(super) async fn send(&self, raw: Raw) -> Result<Answer, Stop> {
        let is_create = raw.target == Operation::CreateSession.path() && raw.method == Method::POST;
        if is_create {
            self.spend()?;
        }
        let exchange = self.line.send(raw).await.map_err(Stop::lost)?;
        if is_create && exchange.status.is_client_error() {
            // Nothing was created.
            self.left.fetch_add(1, Ordering::SeqCst);
        }
        Ok(Answer::of(exchange))
    }

    /// The request of a token: by its scheme, or by the other one.
    pub(super) fn grant(credentials: &Credentials, by_form: bool) -> Option<Raw> {
        let (Scheme::Basic { id, secret } | Scheme::Form { id, secret }) = &credentials.0 else {
            return None;
        };
        let pair = (id.expose(), secret.expose());
        if by_form {
            Some(Self::form(&[
                ("grant_type", "client_credentials"),
                ("Username", pair.0),
                ("Password", pair.1),
            ]))
        } else {
            let raw = Self::form(&[("grant_type", "client_credentials")]);
            Some(raw.header(AUTHORIZATION, basic(pair.0, pair.1)?))
        }
    }

    pub(super) fn form(fields: &[(&str, &str)]) -> Raw {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        Raw::new(Method::POST, Operation::Authorize.path())
            .body("application/x-www-form-urlencoded", form.finish())
    }

    /// A token that nobody has used.
    pub(super) async fn fresh(&self, other: bool) -> Result<String, Stop> {
        Ok(self.buy(other).await?.token)
    }

    async fn buy(&self, other: bool) -> Result<Held, Stop> {
        let credentials = self.credentials(other);
        let by_form = matches!(credentials.0, Scheme::Form { .. });
        let raw = Self::grant(credentials, by_form).ok_or(Stop::Unmet)?;
        let answer = self.send(raw).await?;
        let Some(token) = answer.at("/access_token").as_str() else {
            let received = show::received(&answer.exchange);
            return Err(Stop::Lost(format!("no token is given: {received}")));
        };
        let lifetime = answer.at("/expires_in").as_u64().unwrap_or_default();
        let lifetime = Duration::from_secs(lifetime).saturating_sub(MARGIN);
        Ok(Held {
            token: token.to_owned(),
            until: after(&SystemClock, lifetime),
        })
    }

    async fn shared(&self, other: bool) -> Result<String, Stop> {
        let index = usize::from(other);
        let held = self.tokens().get(index).cloned().flatten();
        if let Some(held) = held
            && SystemClock.now() < held.until
        {
            return Ok(held.token);
        }
        let held = self.buy(other).await?;
        if let Some(place) = self.tokens().get_mut(index) {
            *place = Some(held.clone());
        }
        Ok(held.token)
    }

    /// Forgets what tokens there are, as the time has moved.
    pub(super) fn forget_tokens(&self) {
        *self.tokens() = [None, None];
    }

    /// Says who calls.
    pub(super) async fn signed(&self, raw: Raw, who: &Who) -> Result<Raw, Stop> {
        let other = matches!(who, Who::Other | Who::OtherFresh);
        let token = match (who, &self.credentials(other).0) {
            (Who::Nobody, _) => return Ok(raw),
            (Who::Bearer(token), _) => token.clone(),
            (_, Scheme::ApiKey { .. }) => return with_key(raw, self.credentials(other)),
            (Who::Fresh | Who::OtherFresh, _) => self.fresh(other).await?,
            (Who::Us | Who::Other, _) => self.shared(other).await?,
        };
        let value = sensitive(&format!("Bearer {token}"));
        Ok(raw.header(AUTHORIZATION, value.map_err(unfit)?))
    }
}

fn answers(inbox: &Inbox, session: &str) -> Vec<Answer> {
    inbox.about(session).into_iter().map(Answer::of).collect()
}

/// `Basic`, with a pair.
pub(super) fn basic(id: &str, secret: &str) -> Option<HeaderValue> {
    let pair = BASE64_STANDARD.encode(format!("{id}:{secret}"));
    sensitive(&format!("Basic {pair}")).ok()
}

pub(super) fn with_key(raw: Raw, credentials: &Credentials) -> Result<Raw, Stop> {
    let Scheme::ApiKey { key, id } = &credentials.0 else {
        return Err(Stop::Unmet);
    };
    let (key, id) = (sensitive(key.expose()), sensitive(id.expose()));
    Ok(raw
        .header(API_KEY, key.map_err(unfit)?)
        .header(CLIENT_ID, id.map_err(unfit)?))
}

pub(super) const API_KEY: HeaderName = HeaderName::from_static("x-api-key");
pub(super) const CLIENT_ID: HeaderName = HeaderName::from_static("x-client-id");

fn unfit(_: Cause) -> Stop {
    Stop::Lost("a credential is no header".to_owned())
}

/// The request of an operation, about a session where it is on one.
pub(super) fn raw(operation: Operation, session: &str) -> Raw {
    let method = Method::from_bytes(operation.method().as_bytes()).unwrap_or(Method::POST);
    Raw::new(method, operation.path().replace("{sessionId}", session))
}

impl Scene {
    pub(super) fn new(course: &Arc<Course>, name: &'static str) -> Self {
        Self {
            course: Arc::clone(course),
            outcome: Outcome {
                name,
                skipped: None,
                held: 0,
                failures: Vec::new(),
                bases: BTreeSet::new(),
            },
        }
    }

    pub(super) fn profile(&self) -> &Profile {
        &self.course.tour.profile
    }

    /// The client of this crate, whose requests are recorded.
    pub(super) fn client(&self) -> Result<Client, Stop> {
        let tour = &self.course.tour;
        let client = Client::builder(tour.environment.clone(), tour.credentials.clone()).build();
        let client = client.map_err(|error| Stop::Lost(error.to_string()))?;
        Ok(client.carried_by(Arc::new(self.course.line.clone())))
    }

    /// Sends a request and sees to it that the answer is one of the API.
    pub(super) async fn send(&mut self, raw: Raw) -> Result<Answer, Stop> {
        let answer = self.course.send(raw).await?;
        let kind = answer.exchange.answer_headers.get(CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let is_json = kind
            .split(';')
            .next()
            .is_some_and(|it| it.trim() == "application/json");
        let says = "every answer is a JSON object and says so";
        self.holds(
            &answer,
            says,
            Basis::Contract("#/paths"),
            is_json && answer.json.is_object(),
        );
        Ok(answer)
    }

    /// Calls an operation.
    pub(super) async fn call(
        &mut self,
        operation: Operation,
        session: &str,
        who: Who,
        body: Option<&Value>,
    ) -> Result<Answer, Stop> {
        let mut raw = raw(operation, session);
        if let Some(body) = body {
            raw = raw.body("application/json", body.to_string());
        }
        let raw = self.course.signed(raw, &who).await?;
        self.send(raw).await
    }

    pub(super) async fn status(&mut self, session: &str) -> Result<Answer, Stop> {
        self.call(Operation::GetSessionStatus, session, Who::Us, None)
            .await
    }

    pub(super) async fn details(&mut self, session: &str) -> Result<Answer, Stop> {
        self.call(Operation::GetSessionDetails, session, Who::Us, None)
            .await
    }

    pub(super) async fn cancel(&mut self, session: &str) -> Result<Answer, Stop> {
        self.call(Operation::CancelSession, session, Who::Us, None)
            .await
    }

    pub(super) async fn confirm(&mut self, session: &str, accept: bool) -> Result<Answer, Stop> {
        let body = json!({ "guaranteeAccepted": accept });
        self.call(Operation::ConfirmGuarantee, session, Who::Us, Some(&body))
            .await
    }

    /// Sends a create.
    pub(super) async fn post(&mut self, body: &Value) -> Result<Answer, Stop> {
        self.call(Operation::CreateSession, "", Who::Fresh, Some(body))
            .await
    }

    /// Creates a session, which is expected to succeed, and returns its id.
    pub(super) async fn create(&mut self, body: &Value) -> Result<String, Stop> {
        let answer = self.post(body).await?;
        self.created(&answer, body)
    }

    /// What is expected of the answer to a create.
    pub(super) fn created(&mut self, answer: &Answer, body: &Value) -> Result<String, Stop> {
        let status: u16 = self.profile().create_status.as_str().parse().unwrap_or(201);
        let says = format!("a valid create is answered {status}");
        let basis = Basis::Deviation("create-status");
        self.holds(answer, says, basis, answer.status() == status);
        let id = answer.text("/sessionId").to_owned();
        let is_id = uuid::Uuid::try_parse(&id).is_ok();
        let at = Basis::Contract("#/components/schemas/CreatedSession");
        self.holds(answer, "a created session has a UUID", at, is_id);
        let reference = body.get("referenceId").unwrap_or(&Value::Null);
        let says = "a create repeats the reference";
        self.holds(answer, says, at, answer.at("/referenceId") == reference);
        if is_id { Ok(id) } else { Err(Stop::Unmet) }
    }

    /// Finishes the screen that the payor sees.
    pub(super) async fn step(&mut self, session: &str, behaviour: &Value) -> Result<Value, Stop> {
        let (status, played) = self.try_step(session, behaviour).await?;
        if status == 200 {
            Ok(played)
        } else {
            Err(Stop::Control(format!(
                "the payor cannot go on: {status} {}",
                played.get("error").unwrap_or(&Value::Null)
            )))
        }
    }

    /// The same where it may be that the payor cannot.
    pub(super) async fn try_step(
        &mut self,
        session: &str,
        behaviour: &Value,
    ) -> Result<(u16, Value), Stop> {
        self.control()?.step(session, behaviour).await
    }

    /// Goes on until the payor sees a screen.
    pub(super) async fn walk_to(&mut self, session: &str, screen: &str) -> Result<(), Stop> {
        for _ in 0..12 {
            let played = self.step(session, &json!({})).await?;
            if played.get("step").is_some_and(|step| step == screen) {
                return Ok(());
            }
        }
        Err(Stop::Control(format!(
            "the payor does not come to {screen}"
        )))
    }

    /// Goes on until the payor has nothing more to do.
    pub(super) async fn walk(&mut self, session: &str, behaviour: &Value) -> Result<(), Stop> {
        for _ in 0..14 {
            let played = self.step(session, behaviour).await?;
            if played.get("over") == Some(&json!(true)) {
                return Ok(());
            }
        }
        Err(Stop::Control(
            "the payor does not come to an end".to_owned(),
        ))
    }

    pub(super) async fn advance(&mut self, seconds: u64) -> Result<(), Stop> {
        let by = Duration::from_secs(seconds);
        self.control()?.advance(by).await?;
        self.course.forget_tokens();
        Ok(())
    }

    /// Has webhooks sent to the tour: those of each kind that is wanted, and those of the others to nobody.
    pub(super) async fn listen(&mut self, session: bool, guarantee: bool) -> Result<(), Stop> {
        let Some(inboxes) = &self.course.inboxes else {
            return Err(Stop::Control("there is no receiver".to_owned()));
        };
        let to = |inbox: &Inbox, wanted: bool| {
            inbox.answer(StatusCode::OK);
            let secret = self.course.secret.expose();
            if wanted {
                json!({ "url": inbox.url(), "secret": secret })
            } else {
                Value::Null
            }
        };
        let (session, guarantee) = (
            to(&inboxes.session, session),
            to(&inboxes.guarantee, guarantee),
        );
        self.control()?.register(session, guarantee).await
    }

    /// The status webhooks of a session that have come.
    pub(super) fn webhooks(&self, session: &str) -> Vec<Answer> {
        let inboxes = self.course.inboxes.as_ref();
        inboxes.map_or_else(Vec::new, |it| answers(&it.session, session))
    }

    /// The guarantee webhooks of a session that have come.
    pub(super) fn guarantees(&self, session: &str) -> Vec<Answer> {
        let inboxes = self.course.inboxes.as_ref();
        inboxes.map_or_else(Vec::new, |it| answers(&it.guarantee, session))
    }

    /// Waits until the simulator has tried so often to tell of a session.
    pub(super) async fn tried(&mut self, session: &str, times: usize) -> Result<(), Stop> {
        let control = self.control()?;
        for _ in 0..500 {
            if control.tries(session).await? >= times {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(4)).await;
        }
        Ok(())
    }

    pub(super) fn control(&self) -> Result<Control, Stop> {
        let none = || Stop::Control("there is no control API".to_owned());
        self.course.control.clone().ok_or_else(none)
    }

    /// By the machine's clock, in milliseconds.
    pub(super) fn milliseconds_since(start: Instant) -> u128 {
        SystemClock
            .now()
            .saturating_duration_since(start)
            .as_millis()
    }

    /// Records whether an expectation holds.
    pub(super) fn holds(
        &mut self,
        on: &Answer,
        says: impl Into<Cow<'static, str>>,
        basis: Basis,
        holds: bool,
    ) -> bool {
        self.outcome.bases.insert(basis);
        if holds {
            self.outcome.held += 1;
        } else {
            self.outcome.failures.push(Failure {
                expected: says.into().into_owned(),
                basis,
                sent: show::sent(&on.exchange),
                received: show::received(&on.exchange),
            });
        }
        holds
    }

    /// Expects a value at a pointer.
    pub(super) fn is(
        &mut self,
        on: &Answer,
        pointer: &str,
        expected: impl Into<Value>,
        says: impl Into<Cow<'static, str>>,
        basis: Basis,
    ) {
        let holds = same(on.at(pointer), &expected.into());
        self.holds(on, says, basis, holds);
    }

    /// Expects a success.
    pub(super) fn ok(&mut self, on: &Answer, says: &'static str, basis: Basis) -> bool {
        self.holds(on, says, basis, on.exchange.status == StatusCode::OK)
    }

    /// Expects a refusal, of an operation or of none, in the shape that it has.
    pub(super) fn refused(
        &mut self,
        on: &Answer,
        operation: Operation,
        status: u16,
        says: impl Into<Cow<'static, str>>,
        basis: Basis,
    ) -> bool {
        let as_expected = on.status() == status;
        self.holds(on, says, basis, as_expected);
        if as_expected {
            self.shaped(on, operation, status);
        }
        as_expected
    }

    fn shaped(&mut self, on: &Answer, operation: Operation, status: u16) {
        let usual = usual(operation, status);
        let shape = match self.profile().errors.of(operation) {
            ErrorShape::Problem => Shape::Problem,
            ErrorShape::Error => Shape::Error,
            _ => usual,
        };
        let basis = Basis::Deviation("error-shape");
        match shape {
            Shape::Problem => {
                let says = format!("{status} of {operation} is problem details of that status");
                let holds = on.at("/title").is_string() && same(on.at("/status"), &json!(status));
                self.holds(on, says, basis, holds && !on.has("/error"));
            }
            Shape::Error => {
                let code = match status {
                    401 if operation == Operation::Authorize => Some("invalid_client"),
                    401 => Some("unauthorized"),
                    403 => Some("forbidden"),
                    404 => Some("not_found"),
                    _ => None,
                };
                // One that was reshaped has the general code.
                let code = code.filter(|_| shape == usual);
                let said = on.text("/error");
                let fits = code.map_or(!said.is_empty(), |code| said == code);
                let says = format!("{status} of {operation} is an error with its code");
                let holds = fits && on.has("/error_description") && !on.has("/title");
                self.holds(on, says, basis, holds);
            }
        }
    }
}

/// What a refusal looks like where the profile leaves it to the pages: by what the contract has for it, and where that has both
/// shapes or none, by what the pages of the operation show.
fn usual(operation: Operation, status: u16) -> Shape {
    match (operation, status) {
        (Operation::CreateSession, _)
        | (Operation::GetSessionDetails, 400)
        | (Operation::ConfirmGuarantee, 400 | 413 | 415) => Shape::Problem,
        _ => Shape::Error,
    }
}
