//! `flinks-pay webhook listen` and `send`: two processes that talk to each other, and receivers that get it wrong.
#![cfg(feature = "cli")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]
#![cfg_attr(
    not(unix),
    allow(
        unused,
        reason = "a receiver is ended by Ctrl-C, which the tests send on Unix"
    )
)]

mod cli_support;
#[path = "cli_support/scripted.rs"]
mod scripted;
#[path = "support/trace.rs"]
mod trace;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};

use cli_support::{Ran, Running, Simulator, assert_plain, assert_snapshot, command, finish};
use flinks_pay::webhook::WebhookSecret;
use scripted::{Reply, Scripted};
use serde_json::{Value, json};

const SECRET: &str = "marker-of-the-webhook-secret";
const ID: &str = "5d3c1e0f-7b29-4a86-9c41-d80e6fa2b357";

const KINDS: &[&str] = &[
    "good",
    "wrong-signature",
    "tampered",
    "unsigned",
    "stale",
    "duplicate",
    "out-of-order",
    "unknown-kind",
];

fn with_secret(arguments: &[&str]) -> Command {
    let mut command = command(&[&["webhook"], arguments].concat());
    command.env("FLINKS_PAY_WEBHOOK_SECRET", SECRET);
    command
}

/// A receiver that listens.
struct Listener {
    running: Running,
    url: String,
}

impl Listener {
    fn start(mut command: Command) -> Self {
        command.stdin(Stdio::null());
        let mut running = Running::start(command);
        let line = running.read_to("istening");
        let at = line.find("http://").unwrap();
        let url = line[at..].split(['"', ',']).next().unwrap().to_owned();
        Self { running, url }
    }

    fn send(&self, arguments: &[&str]) -> Ran {
        send(&self.url, arguments)
    }

    /// Sends bytes of one's own, and returns the status that is answered.
    fn raw(&self, head: &str, body: &[u8]) -> String {
        let address = self.url.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address.trim_end_matches('/')).unwrap();
        let request = format!(
            "{head}\r\nHost: here\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(request.as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.split(' ').nth(1).unwrap().to_owned()
    }

    #[cfg(unix)]
    fn stop(self) -> Ran {
        self.running.interrupt();
        let ran = self.running.finish();
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{ran:?}");
        assert_plain(&ran.out);
        assert!(!ran.out.contains(SECRET), "{ran:?}");
        ran
    }
}

fn send(url: &str, arguments: &[&str]) -> Ran {
    let ran = finish(
        with_secret(&[&["send", "--to", url], arguments].concat())
            .spawn()
            .unwrap(),
    );
    assert_plain(&ran.everything());
    assert!(!ran.everything().contains(SECRET), "{ran:?}");
    ran
}

fn problem(ran: &Ran) -> &str {
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{ran:?}");
    &ran.err
}

#[cfg(unix)]
#[test]
fn the_receiver_is_right_about_every_kind_of_delivery() {
    let listener = Listener::start(with_secret(&["listen"]));
    let mut text = String::new();
    for kind in KINDS {
        let status = if *kind == "good" {
            "Failed"
        } else {
            "Completed"
        };
        let about = [
            "--kind",
            kind,
            "--session-id",
            ID,
            "--status",
            status,
            "--reference",
            kind,
        ];
        let ran = listener.send(&about);
        assert_eq!(
            (ran.code, ran.err.as_str()),
            (Some(0), ""),
            "{kind}: {ran:?}"
        );
        text.push_str(&ran.out);
    }
    let received = listener.stop().out;
    let text = format!("{text}\n{received}");
    // An hour, and however long the delivery took.
    let stale = text.find("stale by 36").unwrap();
    let text = format!(
        "{}stale by 36.. s{}",
        &text[..stale],
        &text[stale + "stale by 3600 s".len()..]
    );
    assert_snapshot("cli_webhook_kinds", &text);
}

#[cfg(unix)]
#[test]
fn every_delivery_is_a_document_on_a_line() {
    let listener = Listener::start(with_secret(&["listen", "--format", "json"]));
    for kind in ["good", "duplicate", "unsigned", "stale", "unknown-kind"] {
        let ran = listener.send(&["--kind", kind, "--session-id", ID, "--format", "json"]);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{ran:?}");
        let document = ran.json();
        assert_eq!(document["schema_version"], 1);
        assert_eq!(
            document["outcome"],
            json!({ "result": "correct", "exit_code": 0 })
        );
        for delivery in document["deliveries"].as_array().unwrap() {
            assert_eq!(delivery["correct"], true, "{delivery}");
        }
    }
    let out = listener.stop().out;
    let lines: Vec<Value> = out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(
        lines.iter().all(|line| line["schema_version"] == 1),
        "{out}"
    );
    assert_eq!(
        lines.last().unwrap()["ended"],
        json!({ "accepted": 5, "refused": 1 })
    );
    let deliveries = &lines[1..lines.len() - 1];
    let duplicates: Vec<&Value> = deliveries.iter().map(|line| &line["duplicate"]).collect();
    let (yes, no) = (&json!(true), &json!(false));
    assert_eq!(duplicates, [no, yes, yes, &Value::Null, yes, no], "{out}");
    assert_eq!(deliveries[0]["session"]["statusDetails"], "EFT0301");
    assert_eq!(deliveries[0]["freshness"], "fresh");
    assert_eq!(deliveries[0]["key"], deliveries[1]["key"]);
    assert_eq!(deliveries[3]["refusal"], "no_signature");
    assert_eq!(deliveries[3]["answer"], 401);
    assert_eq!(deliveries[4]["freshness"], "stale");
    assert_eq!(deliveries[5]["kind"], "SessionSomethingElse");
}

#[test]
fn a_receiver_that_is_wrong_is_exit_code_1() {
    let accepts = Scripted::start(|_| Reply::Json(200, json!({})));
    let refuses = Scripted::start(|_| Reply::Json(401, json!({})));
    for (receiver, wrong) in [
        (&accepts, &["wrong-signature", "tampered", "unsigned"][..]),
        (
            &refuses,
            &["good", "duplicate", "out-of-order", "unknown-kind"],
        ),
    ] {
        for kind in KINDS {
            let ran = send(receiver.base_url(), &["--kind", kind]);
            let code = i32::from(wrong.contains(kind));
            assert_eq!(
                (ran.code, ran.err.as_str()),
                (Some(code), ""),
                "{kind}: {ran:?}"
            );
            assert_eq!(ran.out.contains(" is right"), code == 1, "{ran:?}");
        }
    }
    let ran = send(accepts.base_url(), &["--kind", "unsigned"]);
    assert_eq!(ran.out, "unsigned: answered 200, and 401 is right\n");
    let ran = send(
        accepts.base_url(),
        &["--kind", "unsigned", "--format", "json"],
    );
    assert_eq!(
        ran.json()["outcome"],
        json!({ "result": "incorrect", "exit_code": 1 })
    );
}

#[test]
fn an_event_that_nothing_comes_before_cannot_be_out_of_order() {
    let receiver = Scripted::start(|_| Reply::Json(200, json!({})));
    let ran = send(
        receiver.base_url(),
        &["--kind", "out-of-order", "--status", "Failed"],
    );
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.err.contains("nothing is sent before this event"),
        "{ran:?}"
    );
    assert!(receiver.bodies().is_empty());
}

#[test]
fn what_was_answered_before_the_receiver_went_away_is_told() {
    let calls = std::sync::atomic::AtomicU32::new(0);
    let receiver =
        Scripted::start(
            move |_| match calls.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
                0 => Reply::Json(200, json!({})),
                _ => Reply::Close,
            },
        );
    let ran = send(receiver.base_url(), &["--kind", "duplicate"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.out.contains("200"), "{ran:?}");
    assert!(ran.err.contains("the receiver does not answer"), "{ran:?}");
}

#[test]
fn what_is_sent_is_what_was_asked_for() {
    let receiver = Scripted::start(|_| Reply::Json(200, json!({})));
    for (arguments, code) in [
        (
            &["--status", "Failed", "--code", "EFT0403"][..],
            json!("EFT0403"),
        ),
        (&["--status", "Cancelled"], json!("EFT0501")),
        (&["--status", "Expired"], json!("EFT0601")),
        (&["--status", "Novel"], Value::Null),
    ] {
        send(
            receiver.base_url(),
            &[arguments, &["--session-id", ID, "--reference", "r-1"]].concat(),
        );
        let body = receiver.bodies().pop().unwrap();
        assert_eq!(body["statusDetails"], code, "{body}");
        assert_eq!(
            (&body["sessionId"], &body["referenceId"]),
            (&json!(ID), &json!("r-1"))
        );
        assert_eq!(body["amount"], 120.5);
    }
    send(receiver.base_url(), &["--kind", "out-of-order"]);
    let bodies = receiver.bodies();
    let [.., first, second] = &bodies[..] else {
        panic!("{bodies:?}")
    };
    assert_eq!(first["sessionId"], second["sessionId"]);
    assert_eq!(
        (&first["statusDetails"], &second["statusDetails"]),
        (&json!("EFT0301"), &json!("EFT0302"))
    );
    assert!(
        first["when"].as_str() > second["when"].as_str(),
        "the end came first"
    );

    // A body of one's own goes out as it is.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("event.json");
    std::fs::write(&path, "{\"novel\":  [1]}").unwrap();
    let file = ["--body", path.to_str().unwrap()];
    assert_eq!(send(receiver.base_url(), &file).code, Some(0));
    assert_eq!(receiver.bodies().pop(), Some(json!({ "novel": [1] })));
    let ran = send(
        receiver.base_url(),
        &[&file[..], &["--kind", "stale"]].concat(),
    );
    assert!(
        problem(&ran).contains("cannot be sent as it is with this --kind"),
        "{ran:?}"
    );
    let ran = send(
        receiver.base_url(),
        &[&file[..], &["--status", "Failed"]].concat(),
    );
    assert!(problem(&ran).contains("cannot be used with"), "{ran:?}");
    let ran = send(receiver.base_url(), &["--session-id", "marker"]);
    assert!(
        problem(&ran).contains("--session-id is no session id"),
        "{ran:?}"
    );
    assert!(!ran.err.contains("marker"), "{ran:?}");
    let ran = send(receiver.base_url(), &["--body", "/nowhere/event.json"]);
    assert!(
        problem(&ran).contains("/nowhere/event.json cannot be read"),
        "{ran:?}"
    );
}

#[test]
fn webhooks_are_sent_to_this_machine_only() {
    for (to, why) in [
        (
            "http://pay.example/hook",
            "its host is not this machine's loopback",
        ),
        (
            "http://127.0.0.1.pay.example/",
            "its host is not this machine's loopback",
        ),
        (
            "http://0.0.0.0:8090/",
            "its host is not this machine's loopback",
        ),
        (
            "http://[::]:8090/",
            "its host is not this machine's loopback",
        ),
        (
            "http://192.168.1.1/",
            "its host is not this machine's loopback",
        ),
        (
            "http://127.0.0.1@pay.example/",
            "its host is not this machine's loopback",
        ),
        (
            "https://pay.example/",
            "its host is not this machine's loopback",
        ),
        (
            "ftp://127.0.0.1/",
            "the webhook address is no absolute http or https URL",
        ),
        (
            "http://marker:marker@127.0.0.1/",
            "the webhook address must not hold credentials; the signature tells who sends",
        ),
        (
            "marker",
            "the webhook address is no absolute http or https URL",
        ),
    ] {
        let ran = send(to, &[]);
        let expected = format!(
            "error: webhooks are not sent to this address\n  why: {why}\n  what to do: give the address of a receiver on this \
             machine, such as http://127.0.0.1:8090/\n"
        );
        assert_eq!(problem(&ran), expected, "{to}");
    }
    // `localhost` is this machine, whatever a name server says.
    let receiver = Scripted::start(|_| Reply::Json(200, json!({})));
    let named = receiver.base_url().replace("127.0.0.1", "localhost");
    assert_eq!(send(&named, &[]).code, Some(0));
}

#[test]
fn a_receiver_that_is_not_there_is_exit_code_2() {
    let unused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr();
    let ran = send(&format!("http://{}/", unused.unwrap()), &[]);
    assert!(
        problem(&ran).starts_with("error: the receiver does not answer\n  why: "),
        "{ran:?}"
    );
    let closes = Scripted::start(|_| Reply::Close);
    let ran = send(closes.base_url(), &["--format", "json"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(2), ""), "{ran:?}");
    assert_eq!(ran.json()["outcome"]["result"], "error");
}

#[test]
fn a_secret_that_cannot_be_used_is_said_and_not_repeated() {
    for command_line in [
        &["webhook", "listen"][..],
        &["webhook", "send", "--to", "http://127.0.0.1:9/"],
    ] {
        for (secret, why) in [
            (None, "FLINKS_PAY_WEBHOOK_SECRET is not set"),
            (Some(""), "the webhook secret is blank"),
            (Some(" \n"), "the webhook secret is blank"),
            (
                Some("marker"),
                "the webhook secret has 6 bytes, expected at least 16 bytes",
            ),
            (
                Some("marker-of-the-webhook-secret\n"),
                "the webhook secret begins or ends with white space or an invisible character",
            ),
        ] {
            let mut command = command(command_line);
            if let Some(secret) = secret {
                command.env("FLINKS_PAY_WEBHOOK_SECRET", secret);
            }
            let ran = finish(command.spawn().unwrap());
            assert!(
                problem(&ran).contains(&format!("  why: {why}\n")),
                "{ran:?}"
            );
            assert!(!ran.err.contains("marker"), "{ran:?}");
        }
        // Somebody may take it for the place of the secret itself.
        for mistaken in ["marker-of-the-webhook-secret", "", "marker=1"] {
            let ran = finish(
                command(&[command_line, &["--secret-env", mistaken]].concat())
                    .spawn()
                    .unwrap(),
            );
            assert!(
                problem(&ran).contains("the variable that --secret-env names is not set"),
                "{ran:?}"
            );
            assert!(!ran.err.contains("marker"), "{ran:?}");
        }
    }
}

#[test]
fn a_port_that_is_taken_is_said() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let ran = finish(with_secret(&["listen", "--port", &port]).spawn().unwrap());
    assert!(problem(&ran).contains("choose another --port"), "{ran:?}");
}

#[cfg(unix)]
#[test]
fn what_is_no_webhook_is_refused_by_its_number() {
    let mut command = with_secret(&["listen", "--secret-env", "NEW", "--secret-env", "OLD"]);
    command
        .env("NEW", "a newer secret than the old one")
        .env("OLD", SECRET);
    let listener = Listener::start(command);
    let sign = |body: &[u8]| WebhookSecret::new(SECRET).unwrap().sign(body);
    let odd = json!({
        "sessionId": ID,
        "status": "\u{1b}[2JCompleted\u{9b}\r\n",
        "referenceId": "\u{7}\u{1b}]0;paid",
        "event": "Novel\u{1b}[31m",
    });
    let odd = odd.to_string().into_bytes();
    let post =
        |signature: &str| format!("POST /flinks HTTP/1.1\r\nX-Webhook-Signature: {signature}");
    assert_eq!(listener.raw(&post(&sign(&odd)), &odd), "200");
    let report = String::from_utf8(odd.clone()).unwrap();
    let report = report.replace("event", "novel").into_bytes();
    assert_eq!(listener.raw(&post(&sign(&report)), &report), "200");
    assert_eq!(listener.raw(&post("sha256=00"), b"{}"), "401");
    let twice = format!("{}\r\nX-Webhook-Signature: x", post(&sign(b"{}")));
    assert_eq!(listener.raw(&twice, b"{}"), "401");
    let long = vec![b' '; 64 * 1024 + 1];
    assert_eq!(listener.raw(&post(&sign(&long)), &long), "413");
    assert_eq!(listener.raw("GET / HTTP/1.1", b""), "405");
    assert_eq!(listener.raw(&post(&sign(b"not json")), b"not json"), "200");
    assert_snapshot("cli_webhook_odd", &listener.stop().out);
}

#[cfg(unix)]
#[test]
fn ctrl_c_waits_for_the_delivery_that_is_under_way() {
    let listener = Listener::start(with_secret(&["listen"]));
    let address = listener.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address.trim_end_matches('/')).unwrap();
    stream
        .write_all(
            b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n",
        )
        .unwrap();
    // It says this once it reads the body: from here on the delivery is under way.
    let mut continued = [0; 25];
    stream.read_exact(&mut continued).unwrap();
    assert!(continued.starts_with(b"HTTP/1.1 100"));
    listener.running.interrupt();
    // No other one is taken by then.
    let begun = std::time::Instant::now();
    while TcpStream::connect(address.trim_end_matches('/')).is_ok() {
        assert!(begun.elapsed() < cli_support::LONG);
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    stream.write_all(b"{}").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    let ran = listener.running.finish();
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{ran:?}");
    assert!(
        ran.out
            .ends_with("401  refused: there is no signature header\n# 0 accepted, 1 refused\n"),
        "{ran:?}"
    );
}

#[cfg(unix)]
#[test]
fn the_commands_of_the_readme_do_what_they_say() {
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    let lines: Vec<&str> = readme
        .lines()
        .filter_map(|line| line.strip_prefix("$ flinks-pay webhook "))
        .collect();
    let [listen, send_one] = lines[..] else {
        panic!("{lines:?}")
    };
    // On any port that is free, instead of the one that is written.
    assert!(listen.contains("8090") && send_one.contains("http://127.0.0.1:8090/"));
    let listen = listen.replace("8090", "0");
    let words: Vec<&str> = listen.split_whitespace().collect();
    let listener = Listener::start(with_secret(&words));
    let send_one = send_one.replace("http://127.0.0.1:8090/", &listener.url);
    let words: Vec<&str> = send_one.split_whitespace().collect();
    let ran = finish(with_secret(&words).spawn().unwrap());
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{ran:?}");
    let received = listener.stop().out;
    assert!(
        received.ends_with("# 2 accepted, 0 refused\n"),
        "{received}"
    );
}

/// Two processes that are not told of each other but by an address and a secret.
#[cfg(unix)]
#[test]
fn a_listener_hears_from_a_simulator_how_a_payment_came_out() {
    let mut listener = Listener::start(with_secret(&["listen"]));
    let mut sandbox = command(&["sandbox", "--webhook", &listener.url]);
    sandbox.env("FLINKS_PAY_WEBHOOK_SECRET", SECRET);
    let simulator = Simulator::by(sandbox);
    let paid = finish(simulator.demo(&[]).spawn().unwrap());
    assert_eq!(paid.code, Some(0), "{paid:?}");
    for code in ["EFT0302", "EFT0301"] {
        let heard = listener.running.read_to(code);
        assert!(heard.contains("accepted"), "{heard}");
    }
    listener.stop();
}

#[test]
fn a_simulator_does_not_start_without_a_secret_or_for_an_address_that_it_may_not_tell() {
    let url = "http://127.0.0.1:1/";
    let unset = finish(command(&["sandbox", "--webhook", url]).spawn().unwrap());
    assert!(
        problem(&unset).contains("FLINKS_PAY_WEBHOOK_SECRET is not set"),
        "{unset:?}"
    );
    for flag in ["--webhook", "--guarantee-webhook"] {
        let mut far = command(&["sandbox", flag, "http://shop.example/canarypath"]);
        far.env("FLINKS_PAY_WEBHOOK_SECRET", SECRET);
        let far = finish(far.spawn().unwrap());
        assert!(problem(&far).contains("must be https"), "{far:?}");
        assert!(!far.everything().contains("canarypath"), "{far:?}");
    }
}

#[cfg(unix)]
#[test]
fn what_an_event_has_that_nobody_knows_is_not_printed() {
    let listener = Listener::start(with_secret(&["listen", "--format", "json"]));
    let secret = WebhookSecret::new(SECRET).unwrap();
    let body = json!({
        "sessionId": ID, "status": "Failed", "statusDetails": "EFT0402", "payorEmail": "canary@example.com",
    });
    let body = serde_json::to_vec(&body).unwrap();
    let head = format!(
        "POST / HTTP/1.1\r\nX-Webhook-Signature: {}",
        secret.sign(&body)
    );
    assert_eq!(listener.raw(&head, &body), "200");
    let out = listener.stop().out;
    assert!(out.contains("EFT0402") && out.contains("[masked]"), "{out}");
    assert!(!out.contains("canary@"), "{out}");
}
