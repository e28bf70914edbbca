//! The bearer token: how long it lives, and what it may still be used for.
//!
//! Flinks' pages disagree on reuse: AUTH says that a token creates one session, GIDX and EIDX that it serves every call
//! until it expires. What holds under both readings is done here: a create takes a token that no create has used, and
//! everything else shares any token that still lives, one used for a create included. Where a server answers a token
//! that has created a session already, nothing better can be had: it is used once more.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

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

/// A lifetime over this is taken for this.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// The token that is held, if any.
///
/// The gate lets one fetch for [`any`](Self::any) through at a time. What is held is behind a lock of its own, so that
/// nobody who has a token in hand waits for somebody else's fetch.
#[derive(Debug, Default)]
pub(crate) struct TokenCache {
    gate: tokio::sync::Mutex<()>,
    held: Mutex<Option<Held>>,
}

#[derive(Debug)]
struct Held {
    token: AccessToken,
    stale_at: Instant,
    created_a_session: bool,
}

impl TokenCache {
    /// Returns a token that lives, fetching one if there is none. Callers that come meanwhile wait for the same fetch.
    pub(crate) async fn any<E>(
        &self,
        now: Instant,
        fetch: impl Future<Output = Result<Token, E>>,
    ) -> Result<AccessToken, E> {
        let _one_at_a_time = self.gate.lock().await;
        if let Some(held) = self.held().as_ref().filter(|held| held.stale_at > now) {
            return Ok(held.token.clone());
        }
        let token = fetch.await?;
        self.hold(&token, now, false);
        Ok(token.access_token)
    }

    /// Returns a token that lives and that no create has used, and marks it as used.
    pub(crate) async fn for_create<E>(
        &self,
        now: Instant,
        fetch: impl Future<Output = Result<Token, E>>,
    ) -> Result<AccessToken, E> {
        if let Some(held) = self.held().as_mut()
            && held.stale_at > now
            && !held.created_a_session
        {
            held.created_a_session = true;
            return Ok(held.token.clone());
        }
        // Not through the gate: two creates need two tokens, so there is nothing to wait for.
        let token = fetch.await?;
        self.hold(&token, now, true);
        Ok(token.access_token)
    }

    /// Holds a token that was fetched on request.
    pub(crate) fn put(&self, token: &Token, now: Instant) {
        self.hold(token, now, false);
    }

    fn held(&self) -> MutexGuard<'_, Option<Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A server may answer the token that it answered before: what that one has done, it has done.
    fn hold(&self, token: &Token, now: Instant, created_a_session: bool) {
        let mut held = self.held();
        let again = held.as_ref().is_some_and(|held| {
            held.token.expose() == token.access_token.expose() && held.created_a_session
        });
        *held = Some(Held::new(token, now, created_a_session || again));
    }
}

impl Held {
    fn new(token: &Token, now: Instant, created_a_session: bool) -> Self {
        let lifetime = token.lifetime.min(LONGEST);
        // Given up a little early, so that it does not expire on the way.
        let margin = (lifetime / 10).min(Duration::from_secs(30));
        Self {
            token: token.access_token.clone(),
            stale_at: now + lifetime.saturating_sub(margin),
            created_a_session,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;
    use std::convert::Infallible;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[derive(Default)]
    struct Server(AtomicU32);

    impl Server {
        async fn token(&self, lifetime: u64) -> Result<Token, Infallible> {
            let number = self.0.fetch_add(1, Ordering::SeqCst) + 1;
            tokio::task::yield_now().await;
            Ok(Token {
                access_token: AccessToken::new(&format!("token-{number}")).unwrap(),
                token_type: None,
                lifetime: Duration::from_secs(lifetime),
            })
        }
    }

    #[tokio::test]
    async fn reads_share_a_token_and_creates_never_do() {
        let (server, cache, now) = (
            Server::default(),
            TokenCache::default(),
            crate::clock::Clock::now(&crate::clock::SystemClock),
        );
        let shared = cache.any(now, server.token(299)).await.unwrap();
        let first = cache.for_create(now, server.token(299)).await.unwrap();
        assert_eq!(
            first.expose(),
            shared.expose(),
            "a token that only read may still create"
        );
        let second = cache.for_create(now, server.token(299)).await.unwrap();
        assert_eq!(second.expose(), "token-2");
        let read = cache.any(now, server.token(299)).await.unwrap();
        assert_eq!(
            read.expose(),
            "token-2",
            "a token that has created may still read"
        );
        assert_eq!(server.0.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn a_hundred_reads_fetch_once_and_a_hundred_creates_a_hundred_times() {
        let (server, cache, now) = (
            Server::default(),
            TokenCache::default(),
            crate::clock::Clock::now(&crate::clock::SystemClock),
        );
        let reads = (0..100).map(|_| cache.any(now, server.token(299)));
        futures_all(reads).await;
        assert_eq!(server.0.load(Ordering::SeqCst), 1);
        let creates = (0..100).map(|_| cache.for_create(now, server.token(299)));
        let tokens = futures_all(creates).await;
        let distinct: std::collections::HashSet<&str> =
            tokens.iter().map(AccessToken::expose).collect();
        assert_eq!(distinct.len(), 100);
    }

    #[tokio::test]
    async fn a_token_is_given_up_a_little_before_it_expires() {
        let (server, cache, start) = (
            Server::default(),
            TokenCache::default(),
            crate::clock::Clock::now(&crate::clock::SystemClock),
        );
        cache.any(start, server.token(100)).await.unwrap();
        let just_before = start + Duration::from_millis(89_999);
        assert_eq!(
            cache
                .any(just_before, server.token(100))
                .await
                .unwrap()
                .expose(),
            "token-1"
        );
        assert_eq!(
            cache
                .any(start + Duration::from_secs(90), server.token(0))
                .await
                .unwrap()
                .expose(),
            "token-2"
        );
        // A lifetime of nothing: used for the call that asked, and not again.
        assert_eq!(
            cache
                .any(start + Duration::from_secs(90), server.token(1))
                .await
                .unwrap()
                .expose(),
            "token-3"
        );
    }

    #[tokio::test]
    async fn a_token_that_comes_again_is_still_the_one_that_created() {
        let (server, cache) = (Server::default(), TokenCache::default());
        let now = crate::clock::Clock::now(&crate::clock::SystemClock);
        let first = server.token(299).await.unwrap();
        cache
            .for_create(now, async { Ok::<_, Infallible>(first.clone()) })
            .await
            .unwrap();
        cache.put(&first, now);
        let next = cache.for_create(now, server.token(299)).await.unwrap();
        assert_eq!(next.expose(), "token-2");
    }

    #[tokio::test]
    async fn a_create_with_a_token_does_not_wait_for_a_read_without_one() {
        let (server, cache) = (Server::default(), TokenCache::default());
        let now = crate::clock::Clock::now(&crate::clock::SystemClock);
        let never = std::future::pending::<Result<Token, Infallible>>();
        let read = cache.any(now, never);
        tokio::select! {
            biased;
            _ = read => panic!("nothing answers this one"),
            token = cache.for_create(now, server.token(299)) => {
                assert_eq!(token.unwrap().expose(), "token-1");
            }
        }
    }

    async fn futures_all<F: Future<Output = Result<AccessToken, Infallible>>>(
        futures: impl Iterator<Item = F>,
    ) -> Vec<AccessToken> {
        let mut running: Vec<_> = futures.map(Box::pin).collect();
        let mut done = Vec::new();
        std::future::poll_fn(|context| {
            running.retain_mut(|future| match future.as_mut().poll(context) {
                std::task::Poll::Ready(Ok(token)) => {
                    done.push(token);
                    false
                }
                std::task::Poll::Pending => true,
            });
            if running.is_empty() {
                std::task::Poll::Ready(())
            } else {
                std::task::Poll::Pending
            }
        })
        .await;
        done
    }
}
