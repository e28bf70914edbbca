//! `flinks-pay demo --base-url` and `flinks-pay sandbox`: two processes, and what goes wrong between them.
#![cfg(feature = "cli")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

#[path = "support/checked.rs"]
mod checked;
mod cli_support;
#[path = "support/trace.rs"]
mod trace;

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use checked::Checked;
use cli_support::{
    Running, Simulator, assert_nothing_private, assert_plain, assert_snapshot, command, demo_at,
    finish, ids, run,
};
use serde_json::Value;

#[test]
fn a_demo_runs_against_a_simulator_in_another_process() {
    let simulator = Simulator::start();
    for (scenario, code) in [
        ("happy1", 0),
        ("unhappy1", 1),
        ("cancel", 1),
        ("expire", 1),
        ("happy1", 0),
    ] {
        let ran = finish(simulator.demo(&["--scenario", scenario]).spawn().unwrap());
        assert_eq!(ran.code, Some(code), "{ran:?}");
        assert!(!ran.everything().contains(&simulator.client_secret));
        assert_plain(&ran.everything());
        assert_nothing_private(&ran.everything());
        if code == 0 {
            assert_snapshot("cli_server_happy1", &ran.out);
        }
    }
}

#[test]
fn the_journal_of_a_simulator_that_is_shared_begins_with_this_payment() {
    let simulator = Simulator::start();
    let documents =
        [(); 2].map(|()| finish(simulator.demo(&["--format", "json"]).spawn().unwrap()));
    for ran in &documents {
        assert!(!ran.out.contains(&simulator.client_secret));
        let document = ran.json();
        let journal = document["journal"].as_array().unwrap();
        let creates: Vec<&Value> = journal
            .iter()
            .filter(|exchange| exchange["operation"] == "createSession")
            .collect();
        assert_eq!(creates.len(), 1);
        assert_eq!(creates[0]["answer"]["sessionId"], document["session_id"]);
    }
    assert!(ids(&documents[0].out).is_disjoint(&ids(&documents[1].out)));
}

#[test]
fn a_simulator_that_is_killed_half_way_is_said_with_the_session_that_is_left() {
    let mut simulator = Simulator::start();
    let mut running = Running::start(simulator.demo(&["--pace", "300"]));
    running.read_to("payor");
    simulator.kill();
    let ran = running.finish();
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(
        ran.err
            .contains("has stopped answering, and the payment is not at its end"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains(
        "payment: the call that failed has changed nothing; the session was last seen as"
    ));
    assert_eq!(ids(&ran.err), ids(&ran.out), "the session that is left");
    assert_eq!(ids(&ran.err).len(), 1);
    assert!(
        !ran.everything().contains("outcome"),
        "nothing is claimed about the payment:\n{}",
        ran.out
    );
    assert_plain(&ran.everything());
    assert_nothing_private(&ran.everything());
}

#[test]
fn a_simulator_that_is_killed_half_way_is_said_in_the_document() {
    let mut simulator = Simulator::start();
    let running = Running::start(simulator.demo(&["--pace", "300", "--format", "json"]));
    // A document has no line to wait for, but the simulator knows how far it is. The first call is told to bring a token, and
    // whoever makes a third has read the answer to the second.
    simulator.wait_for_calls("getSessionStatus", 3);
    simulator.kill();
    let ran = running.finish();
    assert_eq!((ran.code, ran.err.as_str()), (Some(2), ""), "{ran:?}");
    let document = ran.json();
    let outcome = &document["outcome"];
    assert_eq!(
        (&outcome["result"], &outcome["exit_code"]),
        (&"error".into(), &2.into())
    );
    assert_eq!(outcome["session_id"], document["session_id"]);
    assert_eq!(outcome["maybe_applied"], false);
    assert!(
        outcome["standing"]
            .as_str()
            .unwrap()
            .contains("last seen as"),
        "{outcome:#}"
    );
    assert_eq!(document["journal"], Value::Null);
    assert!(!document["steps"].as_array().unwrap().is_empty());
}

#[test]
fn wrong_credentials_are_refused_without_being_repeated() {
    let simulator = Simulator::start();
    let secret = "marker-of-a-wrong-secret";
    let ran = finish(
        demo_at(&simulator.base_url, &simulator.client_id, secret, &[])
            .spawn()
            .unwrap(),
    );
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.contains("FLINKS_PAY_CLIENT_SECRET"), "{}", ran.err);
    assert!(ran.err.contains("no session was created"), "{}", ran.err);
    assert!(!ran.everything().contains("marker"), "{ran:?}");
}

#[test]
fn a_server_that_cannot_be_used_is_exit_code_2_with_what_to_do() {
    // A port that was free a moment ago, and that nobody listens on.
    let unused = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    for (name, base_url) in [
        ("unreachable", format!("http://{unused}")),
        ("insecure", "http://pay.example".to_owned()),
        ("no_url", "pay.example".to_owned()),
        (
            "with_credentials",
            "https://ada:marker-password@pay.example".to_owned(),
        ),
        ("production", "https://payments.flinksapp.com./".to_owned()),
    ] {
        let ran = finish(
            demo_at(&base_url, "shop", "marker-secret", &[])
                .spawn()
                .unwrap(),
        );
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (Some(2), ""),
            "{name}: {ran:?}"
        );
        assert!(!ran.err.contains("marker"), "{}", ran.err);
        assert_plain(&ran.err);
        let err = ran.err.replace(&unused.to_string(), "127.0.0.1:9");
        // The system's own words and number for a refused connection.
        let err = err.split(": error sending request").next().unwrap();
        assert_snapshot(&format!("cli_server_{name}"), err);
        let ran = finish(
            demo_at(&base_url, "shop", "marker-secret", &["--format", "json"])
                .spawn()
                .unwrap(),
        );
        assert_eq!(
            (ran.code, ran.err.as_str()),
            (Some(2), ""),
            "{name}: {ran:?}"
        );
        assert_eq!(ran.json()["outcome"]["result"], "error");
    }
}

#[test]
fn missing_credentials_are_named() {
    let ran = run(&["demo", "--base-url", "http://127.0.0.1:9"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
    assert_snapshot("cli_server_no_credentials", &ran.err);
}

#[test]
fn a_port_that_is_taken_is_said() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let ran = run(&["sandbox", "--port", &port]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
    assert!(
        ran.err.contains("choose another --port") && ran.err.contains(&port),
        "{}",
        ran.err
    );
}

#[cfg(unix)]
#[test]
fn a_simulator_names_its_shop_if_it_is_asked_to() {
    let mut running = Running::start(command(&["sandbox", "--open"]));
    let base = running.read_to("FLINKS_PAY_BASE_URL=");
    let (_, base) = base.split_once('=').unwrap();
    let link = running.read_to("# A shop to pay in, in a browser: ");
    assert!(link.ends_with(&format!(" {base}/demo/")), "{link}");
    running.interrupt();
    assert_eq!(running.finish().code, Some(0));
}

#[cfg(unix)]
#[test]
fn what_ends_a_container_ends_a_simulator_well() {
    let running = Simulator::start().into_running();
    running.signal("-TERM");
    let ran = running.finish();
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_simulator_well() {
    let simulator = Simulator::start();
    let (base_url, id, secret) = (
        simulator.base_url.clone(),
        simulator.client_id.clone(),
        simulator.client_secret.clone(),
    );
    let running = simulator.into_running();
    running.interrupt();
    let ran = running.finish();
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    assert_eq!(
        ran.out
            .lines()
            .filter(|line| line.starts_with("export "))
            .count(),
        3
    );
    let after = finish(demo_at(&base_url, &id, &secret, &[]).spawn().unwrap());
    assert_eq!(after.code, Some(2), "nobody is there any more: {after:?}");
}

#[cfg(unix)]
#[test]
fn ctrl_c_lets_an_answer_that_is_on_its_way_arrive() {
    use std::io::{Read as _, Write as _};
    use std::net::TcpStream;

    let simulator = Simulator::start();
    let address = simulator.base_url.strip_prefix("http://").unwrap();
    let call = |head: &str, body: &str| {
        let mut stream = TcpStream::connect(address).unwrap();
        let length = body.len();
        let request = format!(
            "{head} HTTP/1.1\r\nHost: {address}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).unwrap();
        stream
    };
    let drip = r#"{"trigger":{"always":{"drip":{"millisPerByte":10}}}}"#;
    let mut added = String::new();
    let mut adding = call("POST /_sandbox/faults", drip);
    adding.read_to_string(&mut added).unwrap();
    assert!(added.starts_with("HTTP/1.1 201"), "{added}");

    // An answer to somebody who does not say who calls, which takes half a second.
    let none = "GET /api/v2/sessions/7e1c1a52-9a0d-4bb4-9d5c-0a3c1f9f2b11/status";
    let mut answer = call(none, "");
    let mut begun = [0; 1];
    answer.read_exact(&mut begun).unwrap();
    let running = simulator.into_running();
    running.interrupt();
    let mut rest = String::new();
    answer.read_to_string(&mut rest).unwrap();
    let (head, body) = rest.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("TTP/1.1 401"), "{head}");
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!(body["error"], "unauthorized");
    let ran = running.finish();
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
}

/// A server that is no simulator as far as anybody can tell: it hides the control API of one, and keeps what passed that
/// nobody may print.
struct Stranger {
    base_url: String,
    client_id: String,
    client_secret: String,
    passed: Arc<Passed>,
    _runtime: tokio::runtime::Runtime,
}

struct Passed {
    sandbox: Checked,
    http: reqwest::Client,
    /// Whether the payor goes through the page before the create is answered.
    at_once: bool,
    secrets: Mutex<BTreeSet<String>>,
}

/// Its sandbox ends on the runtime, where a panic goes unheard.
impl Drop for Stranger {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.passed.sandbox.check();
        }
    }
}

impl Stranger {
    fn start(at_once: bool) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let (base_url, passed) = runtime.block_on(async {
            trace::listen();
            let sandbox = checked::start().await;
            let http = reqwest::Client::builder()
                .no_proxy()
                .tls_certs_only([])
                .build()
                .unwrap();
            let passed = Arc::new(Passed {
                sandbox,
                http,
                at_once,
                secrets: Mutex::default(),
            });
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let base_url = format!("http://{}", listener.local_addr().unwrap());
            let router = Router::new().fallback(pass).with_state(Arc::clone(&passed));
            tokio::spawn(async move { axum::serve(listener, router).await });
            (base_url, passed)
        });
        let client_id = passed.sandbox.client_id().to_string();
        let client_secret = passed.sandbox.client_secret().to_string();
        Self {
            base_url,
            client_id,
            client_secret,
            passed,
            _runtime: runtime,
        }
    }

    fn demo(&self, arguments: &[&str]) -> std::process::Command {
        demo_at(
            &self.base_url,
            &self.client_id,
            &self.client_secret,
            arguments,
        )
    }
}

async fn pass(
    State(passed): State<Arc<Passed>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, [(&'static str, &'static str); 1], Vec<u8>) {
    let json = [("content-type", "application/json")];
    if uri.path().starts_with("/_sandbox") {
        return (StatusCode::NOT_FOUND, json, b"{}".to_vec());
    }
    let url = passed.sandbox.base_url().join(uri.path()).unwrap();
    let mut request = passed.http.request(method.clone(), url).body(body);
    for name in ["authorization", "content-type", "accept"] {
        if let Some(value) = headers.get(name) {
            request = request.header(name, value);
        }
    }
    let answer = request.send().await.unwrap();
    let status = answer.status();
    let bytes = answer.bytes().await.unwrap();
    let value: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let secrets = [
        &value["access_token"],
        &value["payor"]["account"]["accountNumber"],
        &value["payor"]["email"],
    ];
    passed.secrets.lock().unwrap().extend(
        secrets
            .into_iter()
            .filter_map(Value::as_str)
            .map(str::to_owned),
    );
    if passed.at_once && method == Method::POST && uri.path() == "/api/v2/sessions" {
        let session = value["sessionId"].as_str().unwrap().parse().unwrap();
        passed.sandbox.payor(&session).run().unwrap();
    }
    (status, json, bytes.to_vec())
}

#[test]
fn what_passes_between_client_and_server_is_not_printed() {
    let stranger = Stranger::start(true);
    for format in ["text", "json"] {
        let ran = finish(stranger.demo(&["--format", format]).spawn().unwrap());
        // The payor was through at once, so there was nothing to wait for.
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let secrets = stranger.passed.secrets.lock().unwrap();
        assert!(
            secrets.len() >= 3,
            "a token, an account number and an email have passed"
        );
        for secret in secrets.iter().chain([&stranger.client_secret]) {
            assert!(
                !ran.everything().contains(secret.as_str()),
                "{secret} is printed:\n{}",
                ran.everything()
            );
        }
        assert_nothing_private(&ran.everything());
        if format == "json" {
            assert_eq!(
                ran.json()["journal"],
                Value::Null,
                "only a simulator has one"
            );
        } else {
            assert_snapshot("cli_server_stranger", &ran.out);
        }
    }
}

#[cfg(unix)]
#[test]
fn a_person_is_waited_for_until_ctrl_c_which_leaves_the_session_id() {
    let stranger = Stranger::start(false);
    let mut running = Running::start(stranger.demo(&[]));
    let session = running.read_to("session ");
    running.read_to("a person has to go through the hosted page");
    running.interrupt();
    let ran = running.finish();
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert_snapshot("cli_server_person_interrupted", &ran.everything());
    assert_eq!(ids(&ran.err), ids(&session), "the id that a cancel needs");
}

#[cfg(unix)]
#[test]
fn ctrl_c_takes_the_demos_own_simulator_with_it() {
    let mut running = Running::start(command(&["demo", "--pace", "300"]));
    running.read_to("session ");
    running.interrupt();
    let ran = running.finish();
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.contains("the simulator has ended"), "{}", ran.err);
    assert!(
        !ran.err.contains("cancel"),
        "there is nothing to cancel: {}",
        ran.err
    );
}

#[test]
fn a_cancel_needs_no_simulator() {
    let stranger = Stranger::start(false);
    let ran = finish(stranger.demo(&["--scenario", "cancel"]).spawn().unwrap());
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.out.contains("Canceled (EFT0501)"), "{}", ran.out);
}

#[test]
fn an_expiry_needs_a_simulator() {
    let stranger = Stranger::start(false);
    let ran = finish(stranger.demo(&["--scenario", "expire"]).spawn().unwrap());
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
    assert_snapshot("cli_server_expire_refused", &ran.err);
    assert_eq!(
        stranger.passed.secrets.lock().unwrap().len(),
        0,
        "it was refused before anything was sent"
    );
}

#[test]
fn a_reader_of_the_credentials_that_goes_away_ends_the_simulator() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let ran = finish(command(&["sandbox"]).stdout(writer).spawn().unwrap());
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
}
