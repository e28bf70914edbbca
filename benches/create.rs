//! What it costs a program to create a session, beside the same request written by hand with `reqwest` and `serde_json`: CPU time
//! of the one thread that everything of the client's runs on, over loopback, plain and in TLS.
//!
//!     cargo bench --bench create
//!
//! From the texts of an order to the id of the session: build, check, send, read, decode. Both sides use one token for all
//! creates, with the same timeouts, the same limit on the body and the same settings of `reqwest`; what a token costs is shown
//! apart. They run in turns, and exit code 1 says that the quotient is over the limit. Times are printed, and judged by nobody.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "support/by_hand.rs"]
mod by_hand;
#[path = "support/order.rs"]
mod order;
#[path = "support/server.rs"]
mod server;
#[path = "support/turns.rs"]
mod turns;

use std::hint::black_box;
use std::process::ExitCode;

use flinks_pay::client::TokenReuse;
use flinks_pay::{Client, Credentials, Environment};
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};

use by_hand::ByHand;
use order::ORDER;
use server::{SESSION, Server};
use turns::compare;

/// The most that a create may cost, as a multiple of one by hand.
const LIMIT: f64 = 1.15;
/// A try that is over the limit may have had bad luck; this many may not.
const TRIES: usize = 3;
const ROUNDS: usize = 501;
const CALLS: u32 = 20;
/// Token fetches are not judged, and less of them show enough.
const FETCHES: usize = 101;

struct Sides {
    runtime: Runtime,
    ours: Client,
    by_hand: ByHand,
}

impl Sides {
    fn of(server: &Server) -> Self {
        let credentials = Credentials::basic("shop", "only for measurements").unwrap();
        let environment = Environment::custom(&server.base).unwrap();
        let root = server.root.as_deref();
        let ours = Client::builder(environment, credentials).token_reuse(TokenReuse::Shared);
        // By hand nothing is trusted but the server's own certificate, either.
        let pem = root.map(|pem| reqwest::Certificate::from_pem(pem.as_bytes()).unwrap());
        let ours = ours.http(move |http| http.tls_certs_only(pem));
        let sides = Self {
            runtime: Builder::new_current_thread().enable_all().build().unwrap(),
            ours: ours.build().unwrap(),
            by_hand: ByHand::new(&server.base, root, "shop", "only for measurements"),
        };
        sides.runtime.block_on(async {
            sides.ours.authorize().await.unwrap();
            sides.by_hand.authorize().await.unwrap();
        });
        sides
    }

    fn ours(&self, calls: u32) {
        self.runtime.block_on(async {
            for _ in 0..calls {
                let request = black_box(&ORDER).checked().unwrap();
                let created = self.ours.create_guaranteed(&request).await.unwrap();
                black_box(&created.session_id);
            }
        });
    }

    fn by_hand(&self, calls: u32) {
        self.runtime.block_on(async {
            for _ in 0..calls {
                let request = black_box(&ORDER).plain();
                let created = self.by_hand.create(&request).await.unwrap();
                black_box(&created.session_id);
            }
        });
    }

    fn token(&self, calls: u32) {
        self.runtime.block_on(async {
            for _ in 0..calls {
                black_box(self.ours.authorize().await.unwrap());
            }
        });
    }

    fn token_by_hand(&self, calls: u32) {
        self.runtime.block_on(async {
            for _ in 0..calls {
                black_box(self.by_hand.authorize().await.unwrap());
            }
        });
    }

    /// What is measured is the work that is done: both send the same, and read the answer.
    fn prove(&self, server: &Server) {
        server.seen();
        self.runtime.block_on(async {
            let request = ORDER.checked().unwrap();
            let created = self.ours.create_guaranteed(&request).await.unwrap();
            assert_eq!(created.session_id.expose(), SESSION);
            assert!(created.nonconformances().is_empty());
            let created = self.by_hand.create(&ORDER.plain()).await.unwrap();
            assert_eq!(created.session_id, SESSION);
            assert_eq!(created.reference_id.as_deref(), Some(ORDER.reference));
        });
        let (heads, bodies): (Vec<_>, Vec<Value>) = server
            .seen()
            .into_iter()
            .map(|seen| (seen.head, serde_json::from_slice(&seen.body).unwrap()))
            .unzip();
        let [ours, by_hand] = <[Value; 2]>::try_from(bodies).unwrap();
        assert_eq!(ours, by_hand);
        let [ours, by_hand] = <[Vec<String>; 2]>::try_from(heads).unwrap();
        let but = |head: Vec<String>| -> Vec<String> {
            head.into_iter()
                .filter(|line| !line.starts_with("user-agent: "))
                .collect()
        };
        assert_eq!(but(ours), but(by_hand));
    }
}

fn main() -> ExitCode {
    turns::stay();
    let mut within = true;
    for (name, server) in [("http", Server::plain()), ("https", Server::in_tls())] {
        let sides = Sides::of(&server);
        sides.prove(&server);
        let token = compare(
            (FETCHES, CALLS),
            |calls| sides.token(calls),
            |calls| sides.token_by_hand(calls),
        );
        println!(
            "a token, {name}: {:?}, by hand: {:?}, ratio {:.3}",
            token.ours, token.other, token.ratio
        );
        within &= (0..TRIES).any(|_| {
            let create = compare(
                (ROUNDS, CALLS),
                |calls| sides.ours(calls),
                |calls| sides.by_hand(calls),
            );
            println!(
                "a create, {name}: {:?}, by hand: {:?}, ratio {:.3}, limit {LIMIT}",
                create.ours, create.other, create.ratio
            );
            create.ratio <= LIMIT
        });
    }
    if within {
        return ExitCode::SUCCESS;
    }
    println!("over the limit, {TRIES} times of {TRIES}");
    ExitCode::FAILURE
}
