//! A simulator, and one connection to it that is kept open: a request is written and an answer read, without more between.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use flinks_pay::SessionId;
use flinks_pay::clock::{Clock as _, ManualClock, SystemClock};
use flinks_pay::sandbox::{Profile, SandboxBuilder};
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::bench::{Bench, OTHER_ID, OTHER_SECRET, two_clients};

/// An answer.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Value,
}

/// How a kind of simulator is set up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    pub(super) profile: Profile,
    pub(super) asks: bool,
}

impl Rules {
    fn of(kind: u8) -> Self {
        let (profile, asks) = match kind {
            0 => (Profile::STRICT, false),
            1 => (Profile::STRICT, true),
            2 => (Profile::LENIENT, true),
            _ => (Profile::EFT, true),
        };
        Self { profile, asks }
    }

    /// The simulator in the making, after so many starts.
    fn builder(&self, directory: &TempDir, starts: u32) -> SandboxBuilder {
        let day = Duration::from_secs(86_400);
        let date = SystemClock.wall() + day * starts;
        two_clients()
            .clock(Arc::new(ManualClock::starting_at(date)))
            .journal_capacity(16)
            .profile(self.profile)
            .guarantee_decision(self.asks)
            .state(directory.path().join("state"))
    }
}

fn connect(bench: &Bench) -> BufReader<TcpStream> {
    let addresses = bench.sandbox.base_url().socket_addrs(|| None).unwrap();
    let stream = TcpStream::connect(addresses[0]).unwrap();
    stream.set_nodelay(true).unwrap();
    let patience = Some(Duration::from_secs(20));
    stream.set_read_timeout(patience).unwrap();
    BufReader::new(stream)
}

pub(super) struct Site {
    pub(super) rules: Rules,
    pub(super) bench: Bench,
    /// Id and secret of either client.
    clients: [(String, String); 2],
    stream: BufReader<TcpStream>,
    line: String,
    directory: TempDir,
    starts: u32,
    // Dropped last: the sandbox runs on it.
    runtime: Runtime,
}

impl Site {
    pub(super) fn start(kind: u8) -> Self {
        let rules = Rules::of(kind);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let directory = tempfile::tempdir().unwrap();
        let bench = runtime.block_on(Bench::with(rules.builder(&directory, 0)));
        let sandbox = &bench.sandbox;
        let first = (
            sandbox.client_id().to_owned(),
            sandbox.client_secret().to_owned(),
        );
        Self {
            rules,
            clients: [first, (OTHER_ID.to_owned(), OTHER_SECRET.to_owned())],
            stream: connect(&bench),
            line: String::new(),
            bench,
            directory,
            starts: 1,
            runtime,
        }
    }

    /// Stops the simulator, and starts another one that goes on from its state, a day later.
    pub(super) fn restart(&mut self) {
        let builder = self.rules.builder(&self.directory, self.starts);
        self.runtime.block_on(self.bench.sandbox.restart(builder));
        self.starts += 1;
        self.stream = connect(&self.bench);
    }

    /// Asks for a token of a client; with a wrong secret, if it is to be refused.
    pub(super) fn authorize(&mut self, client: usize, right: bool) -> Answer {
        let (id, secret) = &self.clients[client];
        let secret = if right { secret } else { "not-the-secret" };
        let pair = BASE64_STANDARD.encode(format!("{id}:{secret}"));
        let headers = format!(
            "authorization: Basic {pair}\r\ncontent-type: application/x-www-form-urlencoded\r\n"
        );
        self.call(
            "POST",
            "/api/v1/authorize",
            &headers,
            "grant_type=client_credentials",
        )
    }

    /// Calls an operation with a token, if there is one.
    pub(super) fn with_token(
        &mut self,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: Option<&Value>,
    ) -> Answer {
        let mut headers = token.map_or_else(String::new, |token| {
            format!("authorization: Bearer {token}\r\n")
        });
        if body.is_some() {
            headers.push_str("content-type: application/json\r\n");
        }
        let body = body.map_or_else(String::new, Value::to_string);
        self.call(method, path, &headers, &body)
    }

    pub(super) fn on_session(
        &mut self,
        (method, operation): (&str, &str),
        id: &SessionId,
        token: Option<&str>,
        body: Option<&Value>,
    ) -> Answer {
        let path = format!("/{}", crate::bench::path(id, operation));
        self.with_token(method, &path, token, body)
    }

    fn call(&mut self, method: &str, path: &str, headers: &str, body: &str) -> Answer {
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
        );
        self.stream.get_mut().write_all(request.as_bytes()).unwrap();
        self.answer()
    }

    fn answer(&mut self) -> Answer {
        let (mut status, mut length) = (None, 0);
        loop {
            self.line.clear();
            assert_ne!(self.stream.read_line(&mut self.line).unwrap(), 0, "closed");
            let line = self.line.trim_end();
            if line.is_empty() {
                break;
            }
            if let Some(number) = line.strip_prefix("HTTP/1.1 ") {
                status = Some(number[..3].parse().unwrap());
            } else if let Some(number) = line.strip_prefix("content-length: ") {
                length = number.parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).unwrap();
        Answer {
            status: status.unwrap(),
            body: serde_json::from_slice(&body).unwrap(),
        }
    }
}
