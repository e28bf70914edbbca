//! A scripted server, and clients of it, on a clock that goes to the next moment that somebody waits for.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use flinks_pay::client::Retries;
use flinks_pay::{Client, Credentials};

use crate::empty;
use crate::support::moved::Moved;
use crate::support::scripted::{Asked, Reply, Scripted};

/// A scripted server on such a clock, which notes when it was asked what.
pub(crate) struct Stage {
    pub(crate) clock: Moved,
    pub(crate) server: Scripted,
    times: Arc<Mutex<Vec<Duration>>>,
}

impl Stage {
    /// Answers the calls in order, tokens aside; the last answer again and again.
    pub(crate) async fn playing(replies: Vec<Reply>) -> Self {
        Self::with(move |_, number| replies[number.min(replies.len() - 1)].clone()).await
    }

    /// Answers by what a call says and its number, from 0; tokens aside, which it gives to everybody.
    pub(crate) async fn with(
        script: impl Fn(&Asked, usize) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::with_tokens(empty(200), script).await
    }

    /// The same, of a server that answers whoever wants a token with this status.
    pub(crate) async fn refusing_tokens(
        status: u16,
        script: impl Fn(&Asked, usize) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let refusal = Reply::of(status, &[("x-scripted", "authorize")], "");
        Self::with_tokens(refusal, script).await
    }

    async fn with_tokens(
        token: Reply,
        script: impl Fn(&Asked, usize) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let clock = Moved::new();
        let times = Arc::new(Mutex::new(Vec::new()));
        let server = Scripted::start({
            let (clock, times) = (clock.clone(), Arc::clone(&times));
            move |asked| {
                if asked.line.contains("/authorize") {
                    return token.clone();
                }
                let number = {
                    let mut times = times.lock().unwrap();
                    times.push(clock.elapsed());
                    times.len() - 1
                };
                script(asked, number)
            }
        })
        .await;
        Self {
            clock,
            server,
            times,
        }
    }

    /// A client whose every call is one request.
    pub(crate) fn client(&self) -> Client {
        self.client_trying(Retries::off())
    }

    pub(crate) fn client_trying(&self, retries: Retries) -> Client {
        let credentials = Credentials::basic("shop", "hush").unwrap();
        self.clock.client(self.server.base(), credentials, retries)
    }

    /// When each call came, tokens aside.
    pub(crate) fn times(&self) -> Vec<Duration> {
        self.times.lock().unwrap().clone()
    }

    /// The last part of each call's path, tokens aside.
    pub(crate) fn paths(&self) -> Vec<String> {
        let last = |asked: &Asked| asked.line.rsplit('/').next().unwrap().to_owned();
        self.server.calls().iter().map(last).collect()
    }
}
