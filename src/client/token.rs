//! The bearer token: how long it lives, and what it may still be used for.
//!
//! Flinks' pages disagree on reuse: AUTH says that a token creates one session, GIDX and EIDX that it serves every call
//! until it expires. What holds under both readings is done by default: a create takes a token that no create has used,
//! and everything else shares any token that still lives, one used for a create included. Where a server answers a token
//! that has created a session already, nothing better can be had: it is used once more.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::{BoxFuture, FutureExt as _, Shared, WeakShared};

use super::jitter::Jitter;
use crate::clock::Clock;
use crate::domain::AccessToken;

/// A token and its lifetime, as `authorize` answered.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Token {
    /// Opaque. Hidden in `Debug`.
    pub access_token: AccessToken,
    /// `bearer` in every sample.
    pub token_type: Option<String>,
    /// How long it lives from now. Pages say 299 s and 599 s; this is what the answer said.
    pub lifetime: Duration,
}

/// What a token may be used for. Flinks' pages disagree on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum TokenReuse {
    /// A create takes a token that no create has used (AUTH: one token, one session); everything else shares any token
    /// that lives. Right under either reading, for one `authorize` more with each create.
    #[default]
    OnePerCreate,
    /// One token serves every call until it expires (GIDX, EIDX). Only where Flinks has confirmed it: under the other
    /// reading every second create is refused, and costs a refusal and a fresh token; several at once fail.
    Shared,
}

/// A lifetime over this is taken for this.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// The token that is held, if any.
///
/// There is one fetch for [`any`](Self::any) at a time, which everybody who needs it drives: whoever began it may give up,
/// or not be polled for a while, and nobody waits for nothing. Nobody who has a token in hand waits for a fetch.
pub(crate) struct TokenCache<E> {
    reuse: TokenReuse,
    state: Mutex<State<E>>,
}

/// A fetch under way. It ends when the last who waits for it gives up.
type Flight<E> = BoxFuture<'static, Result<AccessToken, E>>;

struct State<E> {
    held: Option<Held>,
    /// The token that was refused last.
    refused: Option<AccessToken>,
    flight: Option<WeakShared<Flight<E>>>,
}

#[derive(Debug)]
struct Held {
    token: AccessToken,
    stale_at: Instant,
    /// How many creates were made with it, or are being made.
    creates: u32,
}

impl<E: Clone + Send + Sync + 'static> TokenCache<E> {
    pub(crate) fn new(reuse: TokenReuse) -> Self {
        Self {
            reuse,
            state: Mutex::new(State {
                held: None,
                refused: None,
                flight: None,
            }),
        }
    }

    /// Returns a token that lives, fetching one if there is none. Callers that come meanwhile share the fetch and its
    /// failure: a server that refuses one does not need a hundred more.
    pub(crate) async fn any<F>(
        self: &Arc<Self>,
        clock: &Arc<dyn Clock>,
        jitter: &Arc<Jitter>,
        fetch: impl FnOnce() -> F,
    ) -> Result<AccessToken, E>
    where
        F: Future<Output = Result<Token, E>> + Send + 'static,
    {
        let flight = {
            let mut state = self.state();
            if let Some(token) = state.living(clock.now()) {
                return Ok(token);
            }
            let under_way = state.flight.as_ref().and_then(WeakShared::upgrade);
            if let Some(flight) = under_way {
                flight
            } else {
                let flight = self.flight(clock, jitter, fetch());
                state.flight = flight.downgrade();
                flight
            }
        };
        flight.await
    }

    fn flight(
        self: &Arc<Self>,
        clock: &Arc<dyn Clock>,
        jitter: &Arc<Jitter>,
        fetch: impl Future<Output = Result<Token, E>> + Send + 'static,
    ) -> Shared<Flight<E>> {
        let (cache, clock, jitter) = (Arc::clone(self), Arc::clone(clock), Arc::clone(jitter));
        let flight = async move {
            // A lifetime counts from before it was asked for.
            let now = clock.now();
            let token = fetch.await;
            // Whoever comes from here on finds the token, or begins anew.
            cache.state().flight = None;
            let token = token?;
            cache.hold(&token, now, &jitter, 0);
            Ok(token.access_token)
        };
        flight.boxed().shared()
    }

    /// Returns a token that lives and that a create may use, and marks it as used.
    pub(crate) async fn for_create<F>(
        self: &Arc<Self>,
        clock: &Arc<dyn Clock>,
        jitter: &Arc<Jitter>,
        fetch: impl FnOnce() -> F,
    ) -> Result<AccessToken, E>
    where
        F: Future<Output = Result<Token, E>> + Send + 'static,
    {
        if self.reuse == TokenReuse::Shared {
            return self.any(clock, jitter, fetch).await;
        }
        let now = clock.now();
        if let Some(held) = self.state().held.as_mut()
            && held.stale_at > now
            && held.creates == 0
        {
            held.creates = 1;
            return Ok(held.token.clone());
        }
        // Not shared: two creates need two tokens, so there is nothing to wait for.
        let token = fetch().await?;
        self.hold(&token, now, jitter, 1);
        Ok(token.access_token)
    }

    /// Whether a create fetches for itself alone.
    pub(crate) fn is_one_per_create(&self) -> bool {
        self.reuse == TokenReuse::OnePerCreate
    }

    /// Holds a token that was fetched on request.
    pub(crate) fn put(&self, token: &Token, now: Instant, jitter: &Jitter) {
        self.hold(token, now, jitter, 0);
    }

    /// Gives up what is held, because the server has refused this token. It may be another: what makes a server refuse one
    /// token may be the matter with all that it gave out before, and there is one more try only. Whoever says so of the same
    /// token later finds what was fetched for the first, and that stays.
    pub(crate) fn forget(&self, token: &AccessToken) {
        let state = &mut *self.state();
        let is_it = |other: &AccessToken| other.expose() == token.expose();
        if !state.refused.as_ref().is_some_and(is_it) {
            state.refused = Some(token.clone());
            state.held = None;
        } else if state.held.as_ref().is_some_and(|held| is_it(&held.token)) {
            state.held = None;
        }
    }

    /// Takes back one create with this token, of which no byte has left.
    pub(crate) fn give_back(&self, token: &AccessToken) {
        if let Some(held) = self.state().held.as_mut()
            && held.token.expose() == token.expose()
        {
            held.creates = held.creates.saturating_sub(1);
        }
    }

    fn state(&self) -> MutexGuard<'_, State<E>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hold(&self, token: &Token, now: Instant, jitter: &Jitter, creates: u32) {
        let mut new = Held::new(token, now, jitter, creates);
        let held = &mut self.state().held;
        if let Some(old) = held {
            if old.token.expose() == new.token.expose() {
                // A server may answer the token that it answered before: what that one has done, it has done.
                new.creates = new.creates.saturating_add(old.creates);
            } else if new.creates > 0 && old.creates == 0 && old.stale_at > now {
                // One that may still create is worth more than one that may not.
                return;
            }
        }
        *held = Some(new);
    }
}

impl<E> State<E> {
    fn living(&self, now: Instant) -> Option<AccessToken> {
        self.held
            .as_ref()
            .filter(|held| held.stale_at > now)
            .map(|held| held.token.clone())
    }
}

impl Held {
    fn new(token: &Token, now: Instant, jitter: &Jitter, creates: u32) -> Self {
        let lifetime = token.lifetime.min(LONGEST);
        Self {
            token: token.access_token.clone(),
            stale_at: now + lifetime.saturating_sub(early(lifetime, jitter)),
            creates,
        }
    }
}

/// How long before its end a token is given up, so that it does not expire on the way: a tenth of its lifetime or 30 s,
/// whichever is less, and up to half as much again, so that many programs do not ask at once.
fn early(lifetime: Duration, jitter: &Jitter) -> Duration {
    let margin = (lifetime / 10).min(Duration::from_secs(30));
    margin + jitter.up_to(margin / 2)
}

#[cfg(test)]
mod tests;
