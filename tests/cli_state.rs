//! `flinks-pay sandbox --state`: processes that are ended, or killed, and others that go on from where they were.
#![cfg(all(feature = "cli", unix))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod cli_support;

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use cli_support::{LONG, Running, Simulator, assert_snapshot, command, finish};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A simulator with a state file, which is started again and again.
struct Shop {
    directory: TempDir,
    more: Vec<String>,
    simulator: Option<Simulator>,
}

impl Shop {
    fn open(more: &[&str]) -> Self {
        let mut shop = Self {
            directory: tempfile::tempdir().unwrap(),
            more: more.iter().map(|&it| it.to_owned()).collect(),
            simulator: None,
        };
        shop.start();
        shop
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("state")
    }

    fn start(&mut self) {
        let path = self.path();
        let mut arguments = vec!["sandbox", "--state", path.to_str().unwrap()];
        arguments.extend(self.more.iter().map(String::as_str));
        let mut command = command(&arguments);
        command.env("FLINKS_PAY_WEBHOOK_SECRET", "only for this test");
        self.simulator = Some(Simulator::by(command));
    }

    fn simulator(&self) -> &Simulator {
        self.simulator.as_ref().unwrap()
    }

    fn address(&self) -> String {
        let base = self.simulator().base_url.strip_prefix("http://");
        base.unwrap().to_owned()
    }

    /// Ctrl-C, and another start.
    fn restart(&mut self) {
        let simulator = self.simulator.take().unwrap();
        simulator.check();
        let running = simulator.into_running();
        running.interrupt();
        let ran = running.finish();
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
        self.start();
    }

    /// `kill -9` once the file is what it was not, and another start.
    fn kill_once(&mut self, written: impl Fn(&str) -> bool) {
        let begun = Instant::now();
        while !written(&fs::read_to_string(self.path()).unwrap()) {
            assert!(begun.elapsed() < LONG, "it is not written");
            std::thread::sleep(Duration::from_millis(5));
        }
        self.simulator.take().unwrap().kill();
        self.start();
    }

    /// Calls it, with a token if there is one. Status and body.
    fn call(&self, method: &str, path: &str, headers: &str, body: &str) -> (u16, Value) {
        let address = self.address();
        let mut stream = TcpStream::connect(&address).unwrap();
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let body = serde_json::from_str(body).unwrap_or_else(|_| panic!("{answer}"));
        (head[9..12].parse().unwrap(), body)
    }

    fn with_token(&self, token: &str, method: &str, path: &str, body: &str) -> (u16, Value) {
        let headers =
            format!("Authorization: Bearer {token}\r\nContent-Type: application/json\r\n");
        self.call(method, path, &headers, body)
    }

    fn token(&self) -> String {
        let form = format!(
            "grant_type=client_credentials&Username={}&Password={}",
            self.simulator().client_id,
            self.simulator().client_secret
        );
        let headers = "Content-Type: application/x-www-form-urlencoded\r\n";
        let (status, body) = self.call("POST", "/api/v1/authorize", headers, &form);
        assert_eq!(status, 200, "{body}");
        body["access_token"].as_str().unwrap().to_owned()
    }

    /// A session that is paid after a question and an amount, and its token.
    fn session(&self) -> (String, String) {
        let token = self.token();
        let request = json!({
            "type": "EFT", "direction": "DEBIT", "referenceId": "SandboxSecondQuestion-1",
            "options": { "guarantee": { "enable": true }, "showConsentScreen": true },
            "payor": { "firstName": "Robin", "lastName": "Tester" },
        });
        let (status, body) =
            self.with_token(&token, "POST", "/api/v2/sessions", &request.to_string());
        assert_eq!(status, 201, "{body}");
        (token, body["sessionId"].as_str().unwrap().to_owned())
    }

    fn step(&self, session: &str) -> (u16, Value) {
        let path = format!("/_sandbox/sessions/{session}/step");
        self.call("POST", &path, "", "")
    }
}

#[test]
fn a_payment_goes_on_to_its_end_with_a_restart_before_every_step() {
    let mut shop = Shop::open(&[]);
    let credentials = (
        shop.simulator().client_id.clone(),
        shop.simulator().client_secret.clone(),
    );
    let (token, session) = shop.session();
    let details = format!("/api/v2/sessions/{session}/details");
    let mut screens = Vec::new();
    for kills in [false, true].into_iter().cycle() {
        let (_, before) = shop.with_token(&token, "GET", &details, "");
        if kills {
            // Where the payor is, as the file calls it.
            let screen: String = screens.last().cloned().unwrap_or_default();
            let screen = format!(
                "\"screen\":\"{}{}",
                screen[..1].to_lowercase(),
                &screen[1..]
            );
            // The bank's question takes the same screen once more.
            let asked = format!("\"asked\":{}", screens.len() == 5);
            shop.kill_once(|state| state.contains(&screen) && state.contains(&asked));
        } else {
            shop.restart();
        }
        let (status, after) = shop.with_token(&token, "GET", &details, "");
        assert_eq!((status, after), (200, before), "after {screens:?}");
        let (status, played) = shop.step(&session);
        assert_eq!(status, 200, "{played}");
        screens.push(played["step"].as_str().unwrap().to_owned());
        if played["over"] == true {
            assert_eq!(played["statusDetails"], "EFT0301", "{played}");
            break;
        }
    }
    let expected = [
        "Start",
        "Consent",
        "BankSelection",
        "BankConnection",
        "BankConnection",
        "AccountSelection",
        "AmountSelection",
        "GuaranteeOffer",
        "Review",
        "Pad",
        "Complete",
    ];
    assert_eq!(screens, expected);
    let now = (
        shop.simulator().client_id.clone(),
        shop.simulator().client_secret.clone(),
    );
    assert_eq!(now, credentials);
}

/// A receiver of webhooks that answers with these statuses; says the try's signature and body.
fn receiver(statuses: &'static [u16]) -> (u16, mpsc::Receiver<(String, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        for status in statuses {
            let mut stream = BufReader::new(listener.accept().unwrap().0);
            let (mut length, mut signature, mut line) = (0, String::new(), String::new());
            while stream.read_line(&mut line).unwrap() > 2 {
                let (name, value) = line.split_once(':').unwrap_or_default();
                match name.to_lowercase().as_str() {
                    "content-length" => length = value.trim().parse().unwrap(),
                    "x-webhook-signature" => value.trim().clone_into(&mut signature),
                    _ => {}
                }
                line.clear();
            }
            let mut body = vec![0; length];
            stream.read_exact(&mut body).unwrap();
            let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n");
            stream.get_mut().write_all(answer.as_bytes()).unwrap();
            tell.send((signature, String::from_utf8(body).unwrap()))
                .unwrap();
        }
    });
    (port, told)
}

#[test]
fn a_guarantee_that_waits_for_its_decision_waits_for_it_after_a_restart_too() {
    let (port, told) = receiver(&[500, 200]);
    let url = format!("http://127.0.0.1:{port}/");
    let mut shop = Shop::open(&["--guarantee-webhook", &url]);
    let (token, session) = shop.session();
    for _ in 0..8 {
        assert_eq!(shop.step(&session).0, 200);
    }
    assert_eq!(shop.step(&session).1["error"], "decision_pending");
    let first = told.recv_timeout(LONG).unwrap();
    // The answer is there before it is known that the try has failed.
    let begun = Instant::now();
    while shop.call("GET", "/_sandbox/webhooks/deliveries", "", "").1["deliveries"] == json!([]) {
        assert!(begun.elapsed() < LONG);
    }
    shop.restart();
    assert_eq!(shop.step(&session).1["error"], "decision_pending");
    assert_eq!(
        shop.call("GET", "/_sandbox/webhooks", "", "").1["waiting"],
        1
    );
    let advance = r#"{"seconds": 30}"#;
    assert_eq!(
        shop.call("POST", "/_sandbox/clock/advance", "", advance).0,
        200
    );
    assert_eq!(
        told.recv_timeout(LONG).unwrap(),
        first,
        "the same event, signed alike"
    );
    shop.kill_once(|state| state.contains("\"owed\":[]"));
    let path = format!("/api/v2/sessions/{session}/guarantees/confirm");
    let (status, body) = shop.with_token(&token, "POST", &path, r#"{"guaranteeAccepted": true}"#);
    assert_eq!(status, 200, "{body}");
    shop.restart();
    for _ in 0..3 {
        assert_eq!(shop.step(&session).0, 200);
    }
    let path = format!("/api/v2/sessions/{session}/status");
    let (_, status) = shop.with_token(&token, "GET", &path, "");
    assert_eq!(status["statusDetails"], "EFT0301");
}

#[test]
fn whenever_it_is_killed_the_file_is_whole() {
    let mut shop = Shop::open(&[]);
    let (_, first) = shop.session();
    shop.kill_once(|state| state.contains(&first));
    let mut before = 1;
    for pause in [5, 20, 60, 110, 170, 240] {
        let address = shop.address();
        let mut simulator = shop.simulator.take().unwrap();
        let calls = std::thread::spawn(move || {
            let body = json!({ "request": {
                "type": "EFT", "direction": "DEBIT", "amount": 12.5, "options": { "guarantee": { "enable": true } },
                "payor": { "firstName": "Robin", "lastName": "Tester" },
            } });
            let (body, mut made) = (body.to_string(), 0);
            let request = format!(
                "POST /_sandbox/sessions HTTP/1.1\r\nHost: {address}\r\nContent-Length: {}\r\n\
                 Connection: close\r\n\r\n{body}",
                body.len()
            );
            // Until nobody answers any more.
            while let Ok(mut stream) = TcpStream::connect(&address) {
                let mut answer = String::new();
                let sent = stream.write_all(request.as_bytes());
                match sent.and_then(|()| stream.read_to_string(&mut answer)) {
                    Ok(length) if length > 0 => made += 1,
                    _ => break,
                }
            }
            made
        });
        std::thread::sleep(Duration::from_millis(pause));
        simulator.kill();
        let made: usize = calls.join().unwrap();
        shop.start();
        let (_, page) = shop.call("GET", "/_sandbox/sessions?limit=1000", "", "");
        let there = page["sessions"].as_array().unwrap();
        assert_eq!(there[0]["sessionId"], first);
        // One may have been made whose answer did not arrive.
        let range = before..=before + made + 1;
        assert!(range.contains(&there.len()), "{} of {range:?}", there.len());
        before = there.len();
    }
}

/// What a simulator says that does not start with this file; the directory has another name in it.
fn refusal(path: &Path, directory: &TempDir, more: &[&str]) -> String {
    let mut arguments = vec!["sandbox", "--state", path.to_str().unwrap()];
    arguments.extend_from_slice(more);
    let ran = finish(command(&arguments).spawn().unwrap());
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{ran:?}");
    let directory = fs::canonicalize(directory.path()).unwrap();
    ran.err.replace(directory.to_str().unwrap(), "[directory]")
}

#[test]
fn a_state_that_cannot_be_taken_up_is_said_with_what_to_do() {
    let shop = Shop::open(&["--profile", "lenient", "--seed", "7"]);
    shop.session();
    let path = shop.path();
    let mut said = format!("in use\n{}", refusal(&path, &shop.directory, &[]));
    let Shop {
        directory,
        simulator,
        ..
    } = shop;
    let running = simulator.unwrap().into_running();
    running.interrupt();
    assert_eq!(running.finish().code, Some(0));
    let whole = fs::read(&path).unwrap();
    let mut flipped = whole.clone();
    *flipped.last_mut().unwrap() ^= 1;
    let newer = br#"{"format":"flinks-pay sandbox state","version":9}"#;
    let newer = [&newer[..], b"\n"].concat();
    let mut say = |name: &str, text: &str| said.extend(["\n", name, "\n", text]);
    say(
        "another profile",
        &refusal(&path, &directory, &["--seed", "7"]),
    );
    say(
        "another seed",
        &refusal(&path, &directory, &["--profile", "lenient", "--seed", "8"]),
    );
    for (name, bytes) in [
        ("empty", &b""[..]),
        ("torn in its first line", &whole[..40]),
        ("torn", &whole[..170]),
        ("another byte", &flipped),
        ("newer", &newer),
        ("something else", b"PK"),
    ] {
        fs::write(&path, bytes).unwrap();
        say(name, &refusal(&path, &directory, &[]));
        assert!(
            fs::read(&path).unwrap() == bytes,
            "{name}: it is another file now"
        );
    }
    let nothing = directory.path().join("nothing");
    say("a directory", &refusal(directory.path(), &directory, &[]));
    say(
        "no directory",
        &refusal(&nothing.join("state"), &directory, &[]),
    );
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(
        r"\d+ bytes follow (.*) of \d+",
        "[some] bytes follow $1 of [more]",
    );
    settings.bind(|| assert_snapshot("cli_state_refusals", &said));
}

#[test]
fn a_directory_that_goes_away_is_said_once_and_costs_the_exit_code() {
    let shop = Shop::open(&[]);
    shop.session();
    let directory = fs::canonicalize(shop.directory.path()).unwrap();
    fs::remove_dir_all(&directory).unwrap();
    shop.session();
    std::thread::sleep(Duration::from_millis(1500));
    shop.session();
    let running = shop.simulator.unwrap().into_running();
    running.interrupt();
    let ran = running.finish();
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert_eq!(ran.err.matches("warning: ").count(), 1, "{}", ran.err);
    let err = ran.err.replace(directory.to_str().unwrap(), "[directory]");
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"\d+ of \d+ writes", "[some] of [all] writes");
    settings.bind(|| assert_snapshot("cli_state_unwritable", &err));
}

#[test]
fn a_disk_that_is_full_leaves_the_file_as_it_was() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("state");
    let binary = env!("CARGO_BIN_EXE_flinks-pay");
    // What a process may write to a file at most: the same as a full disk, half a file and an error.
    let script = format!(
        "trap '' XFSZ; ulimit -f 4; exec {binary} sandbox --state {}",
        path.display()
    );
    let mut limited = Command::new("bash");
    limited
        .args(["-c", &script])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let simulator = Simulator::by(limited);
    let shop = Shop {
        directory,
        more: Vec::new(),
        simulator: Some(simulator),
    };
    let begun = Instant::now();
    let whole = || fs::read_to_string(shop.path()).unwrap();
    let mut made = 0;
    while fs::metadata(shop.path()).unwrap().len() < 2500 {
        shop.session();
        made += 1;
        std::thread::sleep(Duration::from_millis(300));
        assert!(begun.elapsed() < LONG, "{}", whole());
    }
    for _ in 0..9 {
        shop.session();
    }
    std::thread::sleep(Duration::from_millis(300));
    assert!(whole().len() <= 4096);
    assert!(!shop.directory.path().join("state.tmp").exists());
    let Shop {
        directory,
        simulator,
        ..
    } = shop;
    let running = simulator.unwrap().into_running();
    running.interrupt();
    let ran = running.finish();
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(
        ran.err.contains("File too large") && ran.err.contains("is as it was written last"),
        "{}",
        ran.err
    );
    // It is whole, and another one goes on from it.
    let path = directory.path().join("state");
    let mut running = Running::start(command(&["sandbox", "--state", path.to_str().unwrap()]));
    running.read_to("goes on from the state in");
    let base = running.read_to("FLINKS_PAY_BASE_URL=");
    let address = base.split_once("http://").unwrap().1;
    let mut stream = TcpStream::connect(address).unwrap();
    let request =
        format!("GET /_sandbox/sessions HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let there = answer.matches("sessionId").count();
    assert!(
        (made - 1..made + 9).contains(&there),
        "{there} of {made}: {answer}"
    );
    running.interrupt();
    assert_eq!(running.finish().code, Some(0));
}
