//! A server that answers what it is told to, and remembers what it was asked.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::cli_support::{LONG, command};

/// What is answered.
#[derive(Clone)]
pub(crate) enum Reply {
    /// A status and a JSON body.
    Json(u16, Value),
    /// What is sent, head and all.
    Raw(String),
    /// Nothing: the connection is closed.
    Close,
    /// Nothing, for as long as the other side waits.
    Hang,
}

impl Reply {
    /// An answer to authorize.
    pub(crate) fn token() -> Self {
        let token =
            json!({ "access_token": "marker-token", "token_type": "Bearer", "expires_in": 600 });
        Self::Json(200, token)
    }
}

/// Method and path of each call, and its body where that is JSON.
type Calls = Arc<Mutex<Vec<(String, Value)>>>;

pub(crate) struct Scripted {
    base_url: String,
    calls: Calls,
}

impl Scripted {
    /// Answers each call by its method and path, such as `POST /api/v2/sessions`.
    pub(crate) fn start(reply: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        crate::trace::listen();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let calls = Calls::default();
        let (heard, reply) = (Arc::clone(&calls), Arc::new(reply));
        // Ends with the test's process.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (heard, reply) = (Arc::clone(&heard), Arc::clone(&reply));
                std::thread::spawn(move || serve(&stream, &heard, &*reply));
            }
        });
        Self { base_url, calls }
    }

    /// A command against it.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(arguments);
        command
            .env("FLINKS_PAY_BASE_URL", &self.base_url)
            .env("FLINKS_PAY_CLIENT_ID", "shop")
            .env("FLINKS_PAY_CLIENT_SECRET", "marker-secret");
        command
    }

    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    pub(crate) fn count(&self, call: &str) -> usize {
        let calls = self.calls.lock().unwrap();
        calls.iter().filter(|(heard, _)| heard == call).count()
    }

    pub(crate) fn bodies(&self) -> Vec<Value> {
        let calls = self.calls.lock().unwrap();
        calls.iter().map(|(_, body)| body.clone()).collect()
    }

    pub(crate) fn wait_for(&self, call: &str) {
        let begun = Instant::now();
        while self.count(call) == 0 {
            assert!(begun.elapsed() < LONG, "nobody has called {call}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// Answers one call, and closes.
fn serve(stream: &TcpStream, calls: &Calls, reply: &dyn Fn(&str) -> Reply) {
    let mut lines = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if lines.read_line(&mut head).unwrap_or(0) == 0 {
            return;
        }
    }
    let length = head
        .to_ascii_lowercase()
        .lines()
        .find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    if lines.read_exact(&mut body).is_err() {
        return;
    }
    let words: Vec<&str> = head.split_whitespace().take(2).collect();
    let call = words.join(" ");
    let body = serde_json::from_slice(&body).unwrap_or_default();
    calls.lock().unwrap().push((call.clone(), body));
    match reply(&call) {
        Reply::Close => {}
        Reply::Hang => std::thread::sleep(LONG),
        Reply::Raw(answer) => {
            let mut stream = stream;
            let _ = stream.write_all(answer.as_bytes());
        }
        Reply::Json(status, body) => {
            let body = body.to_string();
            let answer = format!(
                "HTTP/1.1 {status} Scripted\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
                 Connection: close\r\n\r\n{body}",
                body.len()
            );
            let mut stream = stream;
            let _ = stream.write_all(answer.as_bytes());
        }
    }
}
