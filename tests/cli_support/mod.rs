//! Runs the real binary, and what it may run against.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    dead_code,
    reason = "each test file uses a part of it"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// Longer than any of these commands takes on a busy machine.
pub(crate) const LONG: Duration = Duration::from_secs(60);

/// What a command printed, and how it ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    pub(crate) fn everything(&self) -> String {
        format!("{}{}", self.out, self.err)
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|error| panic!("not one JSON document: {error}\n{self:?}"))
    }
}

/// The binary, with nothing of the caller's environment that could change what it does.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flinks-pay"));
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    for name in [
        "CLIENT_ID",
        "CLIENT_SECRET",
        "API_KEY",
        "AUTH",
        "BASE_URL",
        "WEBHOOK_SECRET",
    ] {
        command.env_remove(format!("FLINKS_PAY_{name}"));
    }
    for name in [
        "NO_COLOR",
        "CLICOLOR_FORCE",
        "HTTP_PROXY",
        "http_proxy",
        "HTTPS_PROXY",
        "https_proxy",
        "ALL_PROXY",
    ] {
        command.env_remove(name);
    }
    command
}

pub(crate) fn run(arguments: &[&str]) -> Ran {
    finish(command(arguments).spawn().unwrap())
}

/// Waits for a command to end, but not for ever.
pub(crate) fn finish(child: Child) -> Ran {
    let id = child.id();
    let (done, waiting) = mpsc::channel();
    std::thread::spawn(move || done.send(child.wait_with_output()));
    let output = waiting
        .recv_timeout(LONG)
        .unwrap_or_else(|_| panic!("process {id} does not end"))
        .unwrap();
    Ran {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A command whose lines are read while it runs.
pub(crate) struct Running {
    pub(crate) child: Child,
    lines: BufReader<ChildStdout>,
    pub(crate) out: String,
}

impl Running {
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Self {
            child,
            lines,
            out: String::new(),
        }
    }

    /// Reads up to a line that has the text, and returns that line.
    pub(crate) fn read_to(&mut self, text: &str) -> String {
        loop {
            let mut line = String::new();
            let read = self.lines.read_line(&mut line).unwrap();
            assert!(
                read > 0,
                "it ended before a line with {text:?}:\n{}",
                self.out
            );
            self.out.push_str(&line);
            if line.contains(text) {
                return line.trim_end().to_owned();
            }
        }
    }

    /// Closes the reading end of its standard output.
    pub(crate) fn stop_reading(self) -> Child {
        drop(self.lines);
        self.child
    }

    /// Reads the rest and waits for the end.
    pub(crate) fn finish(mut self) -> Ran {
        let (done, waiting) = mpsc::channel();
        std::thread::spawn(move || {
            let mut rest = String::new();
            self.lines.read_to_string(&mut rest).unwrap();
            let output = self.child.wait_with_output().unwrap();
            let _ = done.send(Ran {
                code: output.status.code(),
                out: self.out + &rest,
                err: String::from_utf8(output.stderr).unwrap(),
            });
        });
        waiting.recv_timeout(LONG).expect("the command ends")
    }

    /// Ctrl-C.
    #[cfg(unix)]
    pub(crate) fn interrupt(&self) {
        self.signal("-INT");
    }

    /// Sends a signal, by the flag of `kill`.
    pub(crate) fn signal(&self, flag: &str) {
        let sent = Command::new("kill")
            .args([flag, &self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
    }
}

/// A simulator in a process of its own, ended when it goes out of scope.
pub(crate) struct Simulator {
    running: Option<Running>,
    pub(crate) base_url: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
}

impl Simulator {
    pub(crate) fn start() -> Self {
        Self::by(command(&["sandbox", "--port", "0"]))
    }

    /// The one that a command starts.
    pub(crate) fn by(command: Command) -> Self {
        let mut running = Running::start(command);
        let mut export = |name: &str| {
            let line = running.read_to(name);
            line.split_once('=').expect("an export").1.to_owned()
        };
        let base_url = export("FLINKS_PAY_BASE_URL=");
        let client_id = export("FLINKS_PAY_CLIENT_ID=");
        let client_secret = export("FLINKS_PAY_CLIENT_SECRET=");
        running.read_to("flinks-pay demo --base-url");
        Self {
            running: Some(running),
            base_url,
            client_id,
            client_secret,
        }
    }

    /// A demo against it.
    pub(crate) fn demo(&self, arguments: &[&str]) -> Command {
        demo_at(
            &self.base_url,
            &self.client_id,
            &self.client_secret,
            arguments,
        )
    }

    /// Any command, with its address and credentials in the environment.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(arguments);
        command
            .env("FLINKS_PAY_BASE_URL", &self.base_url)
            .env("FLINKS_PAY_CLIENT_ID", &self.client_id)
            .env("FLINKS_PAY_CLIENT_SECRET", &self.client_secret);
        command
    }

    /// Lets the payor of a session go on by one screen. Returns the answer, head and all.
    pub(crate) fn step(&self, session: &str) -> String {
        let address = self.base_url.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        let request = format!(
            "POST /_sandbox/sessions/{session}/step HTTP/1.1\r\nHost: {address}\r\nContent-Length: 0\r\n\
             Connection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        answer
    }

    /// Waits until an operation has been called so many times.
    pub(crate) fn wait_for_calls(&self, operation: &str, times: usize) {
        let address = self.base_url.strip_prefix("http://").unwrap();
        let begun = Instant::now();
        while begun.elapsed() < LONG {
            let mut stream = TcpStream::connect(address).unwrap();
            let request = format!(
                "GET /_sandbox/journal HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
            );
            stream.write_all(request.as_bytes()).unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
            if answer.matches(&format!("\"{operation}\"")).count() >= times {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("{operation} has not been called {times} times");
    }

    /// Fails the test if its judge has found something.
    #[track_caller]
    pub(crate) fn check(&self) {
        let address = self.base_url.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        let request = format!(
            "GET /_sandbox/violations HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.contains("\"total\":0,"), "{answer}");
    }

    pub(crate) fn kill(&mut self) {
        if self.running.is_some() && !std::thread::panicking() {
            self.check();
        }
        if let Some(mut running) = self.running.take() {
            running.child.kill().unwrap();
            running.child.wait().unwrap();
        }
    }

    pub(crate) fn into_running(mut self) -> Running {
        self.running.take().unwrap()
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.kill();
    }
}

pub(crate) fn demo_at(
    base_url: &str,
    client_id: &str,
    client_secret: &str,
    arguments: &[&str],
) -> Command {
    let mut all = vec!["demo", "--base-url", base_url];
    all.extend_from_slice(arguments);
    let mut command = command(&all);
    command
        .env("FLINKS_PAY_CLIENT_ID", client_id)
        .env("FLINKS_PAY_CLIENT_SECRET", client_secret);
    command
}

/// Compares with a stored text in which ids and ports have names.
pub(crate) fn assert_snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.add_filter(UUID, "[id]");
    settings.add_filter(r"127\.0\.0\.1:\d{2,5}", "127.0.0.1:[port]");
    settings.add_filter(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "[time]");
    settings.add_filter("reference demo-[0-9a-f]{12}", "reference demo-[unique]");
    settings.add_filter(r"flinks-pay \d+\.\d+\.\d+", "flinks-pay [version]");
    settings.bind(|| insta::assert_snapshot!(name, text));
}

pub(crate) const UUID: &str = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

/// Every id in a text.
pub(crate) fn ids(text: &str) -> std::collections::BTreeSet<String> {
    let is_id = |word: &str| {
        let parts: Vec<usize> = word.split('-').map(str::len).collect();
        parts == [8, 4, 4, 4, 12]
            && word
                .bytes()
                .all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
    };
    let separator = |character: char| !(character.is_ascii_alphanumeric() || character == '-');
    text.split(separator)
        .filter(|word| is_id(word))
        .map(str::to_owned)
        .collect()
}

/// What the demo's requests have of their payors and payee: none of it may be printed.
pub(crate) const PRIVATE: &[&str] = &[
    "John",
    "Doe",
    "Steve",
    "Diamond",
    "Alex",
    "Rider",
    "Joe",
    "Fails",
    "demo.example",
    "Sample Street",
    "rue Exemple",
    "M5V",
    "G1R",
    "730441895",
    "300451234",
    "700118842",
    "Demo shop",
];

/// Asserts that a text has none of [`PRIVATE`].
pub(crate) fn assert_nothing_private(text: &str) {
    for marker in PRIVATE {
        assert!(!text.contains(marker), "{marker:?} is printed:\n{text}");
    }
}

/// Asserts that a text can go into a file as it is.
pub(crate) fn assert_plain(text: &str) {
    let odd = text
        .chars()
        .find(|character| character.is_control() && *character != '\n');
    assert_eq!(odd, None, "{text:?}");
}
