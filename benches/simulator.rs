//! What the simulator takes: CPU time for a status, memory for a hundred thousand sessions and for a million requests.
//!
//!     cargo bench --features cli --bench simulator
//!
//! A status over kept connections is compared with a bare axum handler that writes the same JSON: CPU time of the one thread that
//! everything of a server's runs on, both in turns. What is remembered is measured of the real command, as the system counts it.
//! Exit code 1 says that something is over its limit. Times are printed, and judged by nobody.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "support/process.rs"]
mod process;
#[path = "support/turns.rs"]
mod turns;
#[path = "support/wire.rs"]
mod wire;

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use axum::extract::Path;
use axum::routing::get;
use axum::{Json, Router};
use flinks_pay::sandbox::{Sandbox, SessionOrder, StatusAccess};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::runtime::{Builder, Handle};

use process::Simulator;
use turns::{compare_times, used};
use wire::Callers;

/// How much slower a status may be than the bare handler: throughput of at least 0.8 and 0.4.
const LIMITS: [(bool, f64); 2] = [(false, 1.0 / 0.8), (true, 1.0 / 0.4)];
/// A try that is over the limit may have had bad luck; this many may not.
const TRIES: usize = 3;
const ROUNDS: usize = 201;
const CALLS: u32 = 400;
const CONNECTIONS: usize = 8;

const SESSIONS: usize = 100_000;
/// As many before them fill the journal.
const EARLIER: usize = 10_000;
/// What they may take.
const MOST: u64 = 64_000_000;
const REQUESTS: u32 = 1_000_000;
/// What the system may count more or less by chance.
const NOISE: u64 = 1024 * 1024;

const STATUS: &str = "/api/v2/sessions/{sessionId}/status";

/// A server on a thread of its own.
struct Server {
    runtime: Handle,
    callers: Callers,
    request: Vec<u8>,
    length: usize,
}

impl Server {
    /// Its callers, once it answers a request.
    fn of(runtime: Handle, address: SocketAddr, path: &str) -> (Self, wire::Answer) {
        let mut callers = Callers::of(address, CONNECTIONS);
        let request = wire::get(path);
        let mut first = None;
        callers.each(|_| request.clone(), |_, answer| first = Some(answer));
        let first = first.unwrap();
        let length = first.head.len() + 4 + first.body.len();
        let server = Self {
            runtime,
            callers,
            request: request.into_bytes(),
            length,
        };
        (server, first)
    }

    /// What so many calls cost the server.
    fn calls(&mut self, calls: u32) -> Duration {
        let used = || {
            let task = self.runtime.spawn(async { used() });
            self.runtime.block_on(task).unwrap()
        };
        let before = used();
        self.callers.repeat(&self.request, self.length, calls);
        used().saturating_sub(before)
    }
}

/// A runtime on a thread of its own, which is never ended.
fn runtime() -> Handle {
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        sender.send(runtime.handle().clone()).unwrap();
        runtime.block_on(std::future::pending::<()>());
    });
    receiver.recv().unwrap()
}

fn request(number: usize) -> Value {
    json!({
        "type": "EFT",
        "direction": "DEBIT",
        "currency": "CAD",
        "amount": 1_000.25,
        "referenceId": format!("order-2026-{number:012}"),
        "options": {
            "guarantee": { "enable": true },
            "notificationPreferences": { "language": "EN" },
            "showConsentScreen": false,
            "limits": { "minimumAmount": 20, "maximumAmount": 4000.25 },
            "amountModification": true,
            "redirectPreferences": {
                "mode": "RedirectUri",
                "urlSuccess": format!("https://shop.example/checkout/paid?order={number:012}"),
                "urlExit": format!("https://shop.example/checkout/left?order={number:012}"),
            },
        },
        "payor": {
            "firstName": format!("Robin{number:06}"),
            "lastName": "Tester-Tremblay",
            "middleName": "Marie",
            "email": format!("robin.tester.{number:06}@mail.example"),
            "occupation": "glazier",
            "birthDate": "88-02-29",
            "address": {
                "addressLine1": format!("{number} Signal Hill Road"),
                "addressLine2": "Rear door",
                "unit": "2B",
                "city": "St. John's",
                "province": "NL",
                "country": "CA",
                "postalCode": "A1C5M3",
            },
        },
        "payee": {
            "account": {
                "institutionCode": "815",
                "transitNumber": "70001",
                "accountNumber": "440055001",
                "accountLabel": "Shop of the harbour",
            },
        },
    })
}

/// A simulator in process with one session, and the path of its status.
fn simulator(self_check: bool) -> (Sandbox, Handle, String) {
    let runtime = runtime();
    // The bare handler asks for no token either.
    let builder = Sandbox::builder()
        .adjust(|profile| profile.status_access = StatusAccess::Anybody)
        .self_check(self_check);
    let sandbox = runtime.block_on(runtime.spawn(builder.start()));
    let sandbox = sandbox.unwrap().unwrap();
    let session = sandbox.prepare(&SessionOrder::new(request(1))).unwrap();
    let path = STATUS.replace("{sessionId}", &session.session_id.expose());
    (sandbox, runtime, path)
}

/// A status, as the bare handler writes it.
#[derive(Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(clippy::struct_field_names, reason = "the names of the contract")]
struct Status {
    amount: f64,
    reference_id: String,
    session_id: String,
    status: String,
    status_details: String,
}

/// The bare handler, which answers this to everybody.
fn bare(body: &str) -> (Handle, SocketAddr) {
    let runtime = runtime();
    let status: Status = serde_json::from_str(body).unwrap();
    let handler = move |Path(_): Path<String>| {
        let status = status.clone();
        async { Json(status) }
    };
    let router: Router = Router::new().route(STATUS, get(handler));
    let listen = async { tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap() };
    let listener = runtime.block_on(runtime.spawn(listen)).unwrap();
    let address = listener.local_addr().unwrap();
    runtime.spawn(async { axum::serve(listener, router).await });
    (runtime, address)
}

/// Whether a status is as fast as it has to be.
fn is_fast(self_check: bool, limit: f64) -> bool {
    let (sandbox, runtime, path) = simulator(self_check);
    let port = sandbox.base_url().port().unwrap();
    let (mut ours, said) = Server::of(runtime, ([127, 0, 0, 1], port).into(), &path);
    let (runtime, address) = bare(&said.body);
    let (mut bare, same) = Server::of(runtime, address, &path);
    // What is measured is the same answer, but for the second in which it was given.
    let but_date = |head: &str| -> Vec<String> {
        let lines = head.lines().filter(|line| !line.starts_with("date: "));
        lines.map(str::to_owned).collect()
    };
    assert_eq!(
        (but_date(&said.head), said.body),
        (but_date(&same.head), same.body)
    );
    let judged = if self_check { "on" } else { "off" };
    // The journal is full, and the contract is read.
    ours.calls(12_000);
    bare.calls(1_000);
    (0..TRIES).any(|_| {
        let status = compare_times(
            (ROUNDS, CALLS),
            |calls| ours.calls(calls),
            |calls| bare.calls(calls),
        );
        println!(
            "a status, self-check {judged}: {:?}, bare: {:?}, throughput {:.3} of it, at least {:.1}",
            status.ours,
            status.other,
            1.0 / status.ratio,
            1.0 / limit
        );
        status.ratio <= limit
    })
}

fn megabytes(bytes: u64) -> String {
    let tenths = bytes / 100_000;
    format!("{}.{} MB", tenths / 10, tenths % 10)
}

fn text(answer: &wire::Answer, name: &str) -> String {
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    body.get(name).unwrap().as_str().unwrap().to_owned()
}

fn token(simulator: &Simulator, callers: &mut Callers) -> String {
    let (id, secret) = (&simulator.client_id, &simulator.client_secret);
    let form = format!("grant_type=client_credentials&Username={id}&Password={secret}");
    let kind = "application/x-www-form-urlencoded";
    let request = wire::post("/api/v1/authorize", kind, None, &form);
    let mut token = None;
    callers.one(&request, |answer| {
        token = Some(text(&answer, "access_token"));
    });
    token.unwrap()
}

/// Creates sessions as an integrator does, and lets the payors of some go on. Returns the id of the last one.
fn create(simulator: &Simulator, callers: &mut Callers, sessions: usize) -> String {
    let (mut made, mut last) = (0, None);
    while made < sessions {
        let token = token(simulator, callers);
        // A token lasts longer than this takes.
        for _ in 0..100 {
            let mut ids = Vec::new();
            callers.each(
                |at| {
                    let body = request(made + at).to_string();
                    wire::post("/api/v2/sessions", "application/json", Some(&token), &body)
                },
                |_, answer| {
                    assert_eq!(answer.status, 201, "{}", answer.body);
                    ids.push(text(&answer, "sessionId"));
                },
            );
            made += ids.len();
            // One of those goes on, by as many steps as there may be.
            for _ in 0..made / callers.count() % 9 {
                let step = format!("/_sandbox/sessions/{}/step", ids.first().unwrap());
                let request = wire::post(&step, "application/json", None, "");
                callers.one(&request, |answer| {
                    assert_eq!(answer.status, 200, "{}", answer.body);
                });
            }
            last = ids.pop();
        }
    }
    last.unwrap()
}

#[cfg(target_os = "linux")]
fn is_small() -> bool {
    // With one token for many, so that what is counted is the sessions.
    let simulator = Simulator::start(&["--profile", "lenient"]);
    let mut callers = Callers::of(simulator.address, CONNECTIONS);
    let empty = simulator.memory();
    create(&simulator, &mut callers, EARLIER);
    let before = simulator.memory();
    let begun = Instant::now();
    let last = create(&simulator, &mut callers, SESSIONS);
    let took = begun.elapsed();
    let after = simulator.memory();
    let sessions = after - before;
    println!(
        "{SESSIONS} sessions: {}, limit {}; the process: {} at the start, {} with a full journal, {} now; {took:?}",
        megabytes(sessions),
        megabytes(MOST),
        megabytes(empty),
        megabytes(before),
        megabytes(after),
    );
    let path = STATUS.replace("{sessionId}", &last);
    let request = wire::get(&path);
    let mut length = 0;
    callers.each(
        |_| request.clone(),
        |_, answer| length = answer.head.len() + 4 + answer.body.len(),
    );
    callers.repeat(request.as_bytes(), length, 20_000);
    let before = simulator.memory();
    let begun = Instant::now();
    callers.repeat(request.as_bytes(), length, REQUESTS);
    let took = begun.elapsed();
    let after = simulator.memory();
    println!(
        "{REQUESTS} requests: {} before, {} afterwards; {took:?}",
        megabytes(before),
        megabytes(after)
    );
    sessions <= MOST && after <= before + NOISE
}

#[cfg(not(target_os = "linux"))]
fn is_small() -> bool {
    println!("what a process takes is read on Linux only: not measured");
    true
}

fn main() -> ExitCode {
    let mut starts: Vec<Duration> = (0..20).map(|_| Simulator::start(&[]).started).collect();
    starts.sort_unstable();
    println!(
        "from the command to its address: {:?}",
        starts.get(10).unwrap()
    );
    let small = is_small();
    turns::stay();
    let fast = LIMITS.map(|(self_check, limit)| is_fast(self_check, limit));
    if small && fast == [true, true] {
        return ExitCode::SUCCESS;
    }
    println!("over a limit");
    ExitCode::FAILURE
}
