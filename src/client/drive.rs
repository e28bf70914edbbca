//! One call, from its beginning to its answer: a token, an attempt, and what may follow it.

use std::future::ready;
use std::sync::atomic::Ordering;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::header::AUTHORIZATION;
use http::{HeaderName, HeaderValue};
use tracing::Instrument as _;

use super::credentials::Scheme;
use super::retry::{Fate, Verdict, verdict};
use super::{Call, Client, Error, ErrorKind, Operation, Response, Timeouts, Token, convert, span};
use crate::domain::AccessToken;
use crate::wire;

const X_API_KEY: HeaderName = HeaderName::from_static("x-api-key");
const X_CLIENT_ID: HeaderName = HeaderName::from_static("x-client-id");

/// The credentials that an attempt needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// None, as long as the server has not asked for any.
    Nothing,
    /// Any token that lives.
    Any,
    /// A token that no create has used.
    Unspent,
}

/// What follows a failed attempt.
enum Next {
    Nothing,
    /// The same, with other credentials.
    With(Need),
    Again,
}

/// What a call has been through.
struct Course {
    need: Need,
    /// Whether a fresh token was taken after a 401 already.
    refreshed: bool,
    /// How many attempts have failed that count against [`Retries::attempts`](super::Retries::attempts).
    failed: u32,
    /// Whether the server has refused to go without a token, in other words than a 401.
    guessed: bool,
    /// The last attempt that may have been carried out all the same.
    unsure: Option<Error>,
}

impl Course {
    /// What a call says that ends with `error`: what an earlier attempt may have done is not undone by the last one's not
    /// having been sent.
    fn ended_by(self, error: Error) -> Error {
        match self.unsure {
            Some(unsure) if error.operation() == unsure.operation() => error.unsure(),
            // For want of a token there was no other attempt.
            Some(unsure) => unsure,
            None => error,
        }
    }
}

impl Client {
    /// Begins a call: from here its time runs.
    pub(crate) fn begin(&self, operation: Operation) -> Call {
        Call::begin(&self.0, operation)
    }

    /// Makes a call with the credentials that its operation needs.
    pub(super) async fn drive<T, A>(
        &self,
        call: Call,
        attempt: impl Fn(wire::Client, Call) -> A,
    ) -> Result<Response<T>, Error>
    where
        A: Future<Output = Result<Response<T>, Error>>,
    {
        let need = match call.operation() {
            Operation::CreateSession => Need::Unspent,
            // Pages disagree on whether it takes a token (S0 against GSTA and S2).
            Operation::GetSessionStatus if !self.status_needs_credentials() => Need::Nothing,
            _ => Need::Any,
        };
        let arm = |call, need| self.with_credentials(call, need);
        self.attempts(call, need, arm, attempt).await
    }

    /// Buys a token with the client's own credentials.
    pub(super) async fn fetch_token(&self, call: Call) -> Result<Response<Token>, Error> {
        let body = match &self.0.credentials.0 {
            Scheme::Basic { .. } => convert::grant(None),
            Scheme::Form { id, secret } => convert::grant(Some((id, secret))),
            Scheme::ApiKey { .. } => return Err(call.error(ErrorKind::Configuration)),
        };
        let arm = |call, _| ready(self.with_own_credentials(call));
        let body = &body;
        let attempt = |wire: wire::Client, call: Call| async move {
            call.finish(wire.authorize(body).await, convert::token)
        };
        self.attempts(call, Need::Nothing, arm, attempt).await
    }

    /// Makes attempts until one is the answer, and tells `tracing` of it.
    async fn attempts<T, P, A>(
        &self,
        call: Call,
        need: Need,
        arm: impl Fn(Call, Need) -> P,
        attempt: impl Fn(wire::Client, Call) -> A,
    ) -> Result<Response<T>, Error>
    where
        P: Future<Output = Result<Call, Error>>,
        A: Future<Output = Result<Response<T>, Error>>,
    {
        let watched = span::of_call(call.operation(), call.request_id());
        // On the heap, for a small future.
        let outcome = Box::pin(self.attempts_until(call, need, arm, attempt))
            .instrument(watched.span())
            .await;
        watched.end_call(&outcome);
        outcome
    }

    async fn attempts_until<T, P, A>(
        &self,
        mut call: Call,
        need: Need,
        arm: impl Fn(Call, Need) -> P,
        attempt: impl Fn(wire::Client, Call) -> A,
    ) -> Result<Response<T>, Error>
    where
        P: Future<Output = Result<Call, Error>>,
        A: Future<Output = Result<Response<T>, Error>>,
    {
        let mut course = Course {
            need,
            refreshed: false,
            failed: 0,
            guessed: false,
            unsure: None,
        };
        loop {
            call = match arm(call, course.need).await {
                Ok(call) => call,
                Err(error) => return Err(course.ended_by(error)),
            };
            if !self.has_time_for(&call) {
                call.not_sent();
                return Err(course.ended_by(call.error(ErrorKind::NotSent)));
            }
            let base = self.0.environment.base_url();
            let watched = span::of_attempt(call.operation(), call.attempt(), base);
            // On the heap, as what is moved is not small: the whole exchange.
            let outcome = Box::pin(attempt(self.wire(&call), call.clone()))
                .instrument(watched.span())
                .await;
            watched.end_attempt(&outcome);
            let error = match outcome {
                Ok(answer) => {
                    self.0.budget.give_back(course.failed > 0);
                    if course.guessed {
                        self.remember_that_status_needs_credentials();
                    }
                    return Ok(answer);
                }
                Err(error) => error,
            };
            if course.unsure.is_none() && !error.maybe_applied() {
                call.undone();
            }
            match self.after(&error, &mut course, &call) {
                Next::Nothing => return Err(course.ended_by(error)),
                Next::With(need) => course.need = need,
                Next::Again => {
                    let bound = self.0.retries.bound(course.failed);
                    let asked = error.retry_after().unwrap_or_default();
                    let pause = asked.saturating_add(self.0.jitter.up_to(bound));
                    // An answer now is worth more than the same one later.
                    if pause >= call.time_left() || !self.0.budget.take() {
                        return Err(course.ended_by(error));
                    }
                    call.pause(pause).await;
                }
            }
            if error.maybe_applied() {
                course.unsure = Some(error);
            }
            call = call.next_attempt();
        }
    }

    fn after(&self, error: &Error, course: &mut Course, call: &Call) -> Next {
        let retries = &self.0.retries;
        if retries.are_off() || call.time_left().is_zero() {
            return Next::Nothing;
        }
        let fate = Fate::of(error);
        let without_credentials =
            call.operation() == Operation::GetSessionStatus && course.need == Need::Nothing;
        // Whatever is the matter with its body: nothing that was refused is sent again.
        if error.kind() == ErrorKind::Unauthorized && without_credentials {
            self.remember_that_status_needs_credentials();
            return Next::With(Need::Any);
        }
        // A gateway may say 403 of it, a framework 400 or 422 of a header that is missing. Or it is about the session; then
        // the answer is the same with a token.
        if without_credentials && matches!(error.status(), Some(400 | 403 | 422)) {
            course.guessed = true;
            return Next::With(Need::Any);
        }
        let again = match verdict(call.operation(), fate) {
            Verdict::Again => true,
            Verdict::IfAsked => retries.also_when_busy,
            Verdict::NewToken => {
                // API keys stay what they are.
                let refused = course.refreshed || !self.0.credentials.buy_tokens();
                course.refreshed = true;
                return if refused {
                    Next::Nothing
                } else {
                    Next::With(course.need)
                };
            }
            Verdict::Never => false,
        };
        course.failed = course.failed.saturating_add(1);
        if again && !call.tries_once() && course.failed < retries.attempts {
            Next::Again
        } else {
            Next::Nothing
        }
    }

    /// Whether there is time enough for an attempt to be begun.
    pub(super) fn has_time_for(&self, call: &Call) -> bool {
        !call.is_too_late() && call.time_left() >= self.least(call.operation())
    }

    /// How much time an attempt must have left to be begun. What must not be done twice is not sent only to run out of
    /// time, as long as nothing has been: a create whose answer is not waited for is in doubt for nothing.
    fn least(&self, operation: Operation) -> Duration {
        let Timeouts { attempt, total, .. } = self.0.timeouts;
        if operation.is_repeatable() {
            Duration::from_nanos(1)
        } else {
            (attempt / 4).min(total / 4).max(Duration::from_nanos(1))
        }
    }

    fn remember_that_status_needs_credentials(&self) {
        self.0
            .status_needs_credentials
            .store(true, Ordering::Relaxed);
    }

    fn status_needs_credentials(&self) -> bool {
        // Without a second attempt there is no finding out.
        self.0.retries.are_off() || self.0.status_needs_credentials.load(Ordering::Relaxed)
    }

    /// Puts into the call what says who makes it.
    async fn with_credentials(&self, call: Call, need: Need) -> Result<Call, Error> {
        match (&self.0.credentials.0, need) {
            (_, Need::Nothing) => Ok(call),
            (Scheme::ApiKey { key, id }, _) => {
                let key = (X_API_KEY, header(key.expose(), &call)?);
                let id = (X_CLIENT_ID, header(id.expose(), &call)?);
                Ok(call.stamped([Some(key), Some(id)]))
            }
            (Scheme::Basic { .. } | Scheme::Form { .. }, Need::Any | Need::Unspent) => {
                let token = self.token_for(&call, need).await?;
                let bearer = self.0.bearer.of(&token);
                let bearer = bearer
                    .map_err(|error| call.error(ErrorKind::Configuration).with_source(error))?;
                let call = call.stamped([Some((AUTHORIZATION, bearer)), None]);
                Ok(call.holding(token))
            }
        }
    }

    async fn token_for(&self, call: &Call, need: Need) -> Result<AccessToken, Error> {
        let (tokens, clock, jitter) = (&self.0.tokens, &self.0.clock, &self.0.jitter);
        let alone = need == Need::Unspent && tokens.is_one_per_create();
        // On the heap, for it is seldom needed.
        let fetch = || {
            // One that is for others, too, who began later, has time of its own.
            let errand = if alone {
                call.errand(Operation::Authorize)
            } else {
                self.begin(Operation::Authorize)
            };
            let client = self.clone();
            Box::pin(async move { client.fetch_token(errand).await.map(Response::into_inner) })
        };
        let token = match need {
            Need::Unspent => call.in_time(tokens.for_create(clock, jitter, fetch)).await,
            _ => call.in_time(tokens.any(clock, jitter, fetch)).await,
        };
        match token {
            // It may have been fetched in somebody else's call.
            Some(token) => token.map_err(|error| error.in_call(call.request_id())),
            None => Err(call.errand(Operation::Authorize).error(ErrorKind::Timeout)),
        }
    }

    /// Puts into a call for a token what the client itself is known by.
    fn with_own_credentials(&self, call: Call) -> Result<Call, Error> {
        let Scheme::Basic { id, secret } = &self.0.credentials.0 else {
            // A form has them in the body.
            return Ok(call);
        };
        let pair = BASE64_STANDARD.encode(format!("{}:{}", id.expose(), secret.expose()));
        let basic = header(&format!("Basic {pair}"), &call)?;
        Ok(call.stamped([Some((AUTHORIZATION, basic)), None]))
    }

    fn wire(&self, call: &Call) -> wire::Client {
        // The call knows the base, and puts the paths of the operations under it.
        wire::Client::new_with_client("", self.0.http.clone(), call.clone())
    }
}

/// A header value that is marked sensitive.
fn header(text: &str, call: &Call) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::from_str(text)
        .map_err(|error| call.error(ErrorKind::Configuration).with_source(error))?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::VecDeque;
    use std::future::ready;
    use std::sync::{Arc, Mutex};

    use super::super::transport::{Exchange, Lost, Transport};
    use super::super::{Credentials, Environment, Retries};
    use super::*;
    use crate::session::{GuaranteedEft, Payor};

    /// Answers with these numbers, one after the other; 0 is no connection.
    #[derive(Debug)]
    struct Numbers(Mutex<VecDeque<u16>>);

    impl Transport for Numbers {
        fn send(&self, _: reqwest::Request) -> Exchange<'_> {
            let number = self.0.lock().unwrap().pop_front().unwrap();
            Box::pin(ready(if number == 0 {
                Err(Lost {
                    kind: ErrorKind::Connect,
                    source: "nowhere".into(),
                })
            } else {
                let answer = http::Response::builder().status(number);
                Ok(answer.body("{}").unwrap().into())
            }))
        }
    }

    /// The guard of debts asks it of a create that was dropped, and of one that has ended.
    #[tokio::test]
    async fn a_create_has_departed_if_nothing_says_that_it_was_not_carried_out() {
        let now = Duration::ZERO;
        for (numbers, departed) in [
            (&[400][..], false),
            (&[500], true),
            (&[401], false),
            (&[0, 400], false),
            (&[0, 500], true),
            (&[503, 503, 400], true),
            (&[503, 500], true),
        ] {
            let base = Environment::custom("http://127.0.0.1:9").unwrap();
            let client = Client::builder(base, Credentials::api_key("key-1", "shop").unwrap())
                .retries(Retries::default().also_when_busy(true).pauses(now, now))
                .build()
                .unwrap()
                .carried_by(Arc::new(Numbers(Mutex::new(numbers.to_vec().into()))));
            let request = GuaranteedEft::new(Payor::new("Robin", "Tester"))
                .build()
                .unwrap()
                .into();
            let call = client.begin(Operation::CreateSession);
            let flag = call.departed();
            let create = client.create_within(call, &request, |_| ready(Ok(())));
            let error = create.await.unwrap_err();
            assert_eq!(error.maybe_applied(), departed, "{numbers:?}");
            assert_eq!(flag.load(Ordering::Relaxed), departed, "{numbers:?}");
        }
    }

    #[test]
    fn what_must_not_be_done_twice_begins_with_a_quarter_of_an_attempt_at_least() {
        let seconds = Duration::from_secs;
        for (attempt, total, least) in [(16, 100, 4), (100, 16, 4), (20, 20, 5)] {
            let shop = Credentials::basic("shop", "hush").unwrap();
            let client = Client::builder(Environment::sandbox(), shop)
                .timeouts(
                    Timeouts::default()
                        .attempt(seconds(attempt))
                        .total(seconds(total)),
                )
                .build()
                .unwrap();
            for operation in Operation::ALL {
                let expected = if operation.is_repeatable() {
                    Duration::from_nanos(1)
                } else {
                    seconds(least)
                };
                assert_eq!(client.least(*operation), expected, "{operation}");
            }
        }
    }
}
