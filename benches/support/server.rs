//! The least that answers: one thread to a connection, HTTP/1.1, plain or in TLS, two fixed answers.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

use rcgen::{CertificateParams, KeyPair};
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::{ServerConfig, ServerConnection, StreamOwned};

pub(crate) const SESSION: &str = "3b9c1f0e-7d24-4a6b-8e15-d2c4a60f9b37";

/// Runs until the program ends.
pub(crate) struct Server {
    pub(crate) base: String,
    /// The certificate to trust, where it speaks TLS.
    pub(crate) root: Option<String>,
    seen: Arc<Mutex<Vec<Seen>>>,
}

/// A request.
pub(crate) struct Seen {
    /// Request line and headers, one a line, in lower case and sorted.
    pub(crate) head: Vec<String>,
    pub(crate) body: Vec<u8>,
}

impl Server {
    pub(crate) fn plain() -> Self {
        Self::start(None)
    }

    pub(crate) fn in_tls() -> Self {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let secret = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], secret)
            .unwrap();
        Self::start(Some((certificate.pem(), Arc::new(config))))
    }

    fn start(tls: Option<(String, Arc<ServerConfig>)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let base = format!("{scheme}://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (root, config) = tls.unzip();
        thread::spawn({
            let seen = Arc::clone(&seen);
            move || {
                for stream in listener.incoming() {
                    let stream = stream.unwrap();
                    stream.set_nodelay(true).unwrap();
                    let seen = Arc::clone(&seen);
                    match &config {
                        None => thread::spawn(move || serve(stream, &seen)),
                        Some(config) => {
                            let tls = ServerConnection::new(Arc::clone(config)).unwrap();
                            thread::spawn(move || serve(StreamOwned::new(tls, stream), &seen))
                        }
                    };
                }
            }
        });
        Self { base, root, seen }
    }

    /// Returns what came since this was called last.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        std::mem::take(&mut self.seen.lock().unwrap())
    }
}

/// Answers one connection's requests, until it ends.
fn serve(mut stream: impl Read + Write, seen: &Mutex<Vec<Seen>>) {
    let (created, token) = (answer(&created()), answer(&token()));
    let mut buffer = Vec::new();
    loop {
        let head = loop {
            if let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            if !read(&mut stream, &mut buffer) {
                return;
            }
        };
        let text = String::from_utf8(buffer.drain(..head).collect()).unwrap();
        let mut lines: Vec<String> = text.trim_end().lines().map(str::to_lowercase).collect();
        lines.sort_unstable();
        let length = lines
            .iter()
            .find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.map_or(0, |length| length.parse().unwrap());
        while buffer.len() < length {
            if !read(&mut stream, &mut buffer) {
                return;
            }
        }
        let body = buffer.drain(..length).collect();
        let answer = if text.starts_with("POST /api/v2/sessions ") {
            &created
        } else {
            &token
        };
        let mut kept = seen.lock().unwrap();
        // Enough to compare; a bench makes a hundred thousand.
        if kept.len() < 16 {
            kept.push(Seen { head: lines, body });
        }
        drop(kept);
        if stream
            .write_all(answer)
            .and_then(|()| stream.flush())
            .is_err()
        {
            return;
        }
    }
}

fn read(stream: &mut impl Read, buffer: &mut Vec<u8>) -> bool {
    let mut part = [0; 8192];
    match stream.read(&mut part) {
        Ok(0) | Err(_) => false,
        Ok(count) => {
            buffer.extend(part.iter().take(count));
            true
        }
    }
}

fn created() -> String {
    format!(r#"{{"sessionId":"{SESSION}","referenceId":"invoice-1042"}}"#)
}

fn token() -> String {
    // As long as a signed token with a few claims is.
    let token = "t0ken".repeat(140);
    format!(r#"{{"access_token":"{token}","token_type":"bearer","expires_in":3600}}"#)
}

/// With the headers that a web server in front of an API sends.
fn answer(body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: {length}\r\n\
         date: Wed, 04 Mar 2026 05:06:07 GMT\r\nserver: measured\r\ncache-control: no-store\r\n\
         strict-transport-security: max-age=31536000\r\nx-request-id: 0123456789abcdef\r\n\r\n{body}"
    )
    .into_bytes()
}
