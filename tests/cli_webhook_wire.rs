//! What `flinks-pay webhook send` puts on the wire: what the simulator does, what was caught before, and over TLS.
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
#[path = "support/tls.rs"]
mod tls;
#[path = "support/trace.rs"]
mod trace;

use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cli_support::{Ran, assert_plain, command, finish};
use flinks_pay::sandbox::{Goal, Sandbox, SessionOrder, Webhook};
use flinks_pay::webhook::{SIGNATURE_HEADER, WebhookSecret, WebhookVerifier};
use serde_json::json;
use tls::{Authority, Identity};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

const SECRET: &str = "marker-of-the-webhook-secret";
const VARIABLE: &str = "FLINKS_PAY_WEBHOOK_SECRET";

/// A receiver that keeps every byte of what it is sent, and takes it.
struct Receiver {
    url: String,
    caught: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Receiver {
    async fn start(tls: Option<ServerConfig>) -> Self {
        trace::listen();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let caught: Arc<Mutex<Vec<Vec<u8>>>> = Arc::default();
        let kept = Arc::clone(&caught);
        tokio::spawn(async move {
            let acceptor = tls.map(|tls| TlsAcceptor::from(Arc::new(tls)));
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let request = match &acceptor {
                    None => take(stream).await,
                    Some(acceptor) => match acceptor.accept(stream).await {
                        Ok(stream) => take(stream).await,
                        // A sender that does not trust the certificate.
                        Err(_) => continue,
                    },
                };
                kept.lock().unwrap().push(request);
            }
        });
        Self {
            url: format!("{scheme}://localhost:{port}/hook"),
            caught,
        }
    }

    fn count(&self) -> usize {
        self.caught.lock().unwrap().len()
    }

    /// The last of so many requests, once they are there.
    async fn request(&self, number: usize) -> Vec<u8> {
        while self.count() < number {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        assert_eq!(self.count(), number);
        self.caught.lock().unwrap()[number - 1].clone()
    }
}

async fn take(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> Vec<u8> {
    let mut request = Vec::new();
    while !is_whole(&request) {
        assert!(stream.read_buf(&mut request).await.unwrap() > 0);
    }
    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    stream.write_all(answer).await.unwrap();
    stream.shutdown().await.unwrap();
    request
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length: usize = header(head, "content-length").parse().unwrap();
    body.len() == length
}

fn header<'r>(request: &'r str, name: &str) -> &'r str {
    let mut lines = request.lines();
    let line = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    line.unwrap_or_else(|| panic!("no {name} in {request}"))
}

fn secret() -> WebhookSecret {
    WebhookSecret::new(SECRET).unwrap()
}

fn signature(request: &[u8]) -> String {
    let text = str::from_utf8(request).unwrap();
    header(text, &SIGNATURE_HEADER.to_lowercase()).to_owned()
}

fn body(request: &[u8]) -> &str {
    let text = str::from_utf8(request).unwrap();
    text.split_once("\r\n\r\n").unwrap().1
}

/// A request whose signature holds, without its time, and without the signature, which depends on that.
fn timeless(request: &[u8]) -> String {
    let (signature, body) = (signature(request), body(request));
    let verified = WebhookVerifier::new(secret()).verify_value(&signature, body.as_bytes());
    verified.unwrap();
    let when = body.split_once(r#""when":""#).unwrap().1;
    let when = when.split_once('"').unwrap().0;
    str::from_utf8(request)
        .unwrap()
        .replace(when, "[when]")
        .replace(&signature, "[signature]")
}

async fn ran(mut command: Command) -> Ran {
    let child = command.spawn().unwrap();
    let ran = tokio::task::spawn_blocking(|| finish(child)).await.unwrap();
    assert_plain(&ran.everything());
    ran
}

/// Sends with the secret.
async fn send(url: &str, arguments: &[&str]) -> Ran {
    let mut command = command(&[&["webhook", "send", "--to", url], arguments].concat());
    command.env(VARIABLE, SECRET);
    ran(command).await
}

async fn simulator(to: &Receiver) -> checked::Checked {
    let webhook = Webhook::new(&to.url, secret()).unwrap();
    let builder = Sandbox::builder().webhook(webhook);
    checked::with(builder).await.unwrap()
}

fn order(reference: &str, amount: f64, code: &str) -> SessionOrder {
    SessionOrder::new(json!({
        "type": "EFT",
        "direction": "DEBIT",
        "amount": amount,
        "referenceId": reference,
        "options": { "guarantee": { "enable": true } },
        "payor": { "firstName": "Robin", "lastName": "Tester" },
    }))
    .until(Goal::Outcome(code.into()))
}

#[tokio::test]
async fn an_event_is_the_simulators_byte_for_byte() {
    let receiver = Receiver::start(None).await;
    let sandbox = simulator(&receiver).await;
    let mut sent = 0;
    for (status, code, amount, text, events) in [
        ("Completed", "EFT0301", 1234.5, "1234.50", 2),
        ("Failed", "EFT0403", 0.07, "0.07", 1),
        ("Canceled", "EFT0501", 120.0, "120.00", 1),
    ] {
        let session = sandbox.prepare(&order("order-1", amount, code)).unwrap();
        sent += events;
        let told = receiver.request(sent).await;
        let id = session.session_id.expose();
        let mut arguments = vec!["--session-id", &id, "--reference", "order-1"];
        arguments.extend(["--amount", text, "--status", status, "--code", code]);
        let ran = send(&receiver.url, &arguments).await;
        assert_eq!(ran.code, Some(0), "{ran:?}");
        sent += 1;
        let forged = receiver.request(sent).await;
        assert_eq!(timeless(&forged), timeless(&told));
    }
}

#[tokio::test]
async fn what_was_caught_is_sent_again_as_it_came_and_without_the_secret() {
    let receiver = Receiver::start(None).await;
    let sandbox = simulator(&receiver).await;
    sandbox.prepare(&order("order-1", 5.0, "EFT0403")).unwrap();
    let caught = receiver.request(1).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("caught.json");
    std::fs::write(&file, body(&caught)).unwrap();
    let (file, signature) = (file.to_str().unwrap(), signature(&caught));
    let again = ["webhook", "send", "--to", &receiver.url, "--body", file];
    let again = [&again[..], &["--signature", &signature]].concat();
    let sent = ran(command(&again)).await;
    assert_eq!(sent.code, Some(0), "{sent:?}");
    assert_eq!(sent.out, "as it came: answered 200, as it should\n");
    assert_eq!(receiver.request(2).await, caught, "every byte of it");

    for (arguments, says) in [
        (&["--signature", &signature][..], "--body"),
        (
            &["--body", file, "--signature", &signature, "--kind", "good"],
            "cannot be used with",
        ),
        (
            &["--body", file, "--signature", "sha256=a b"],
            "--signature cannot be sent",
        ),
        (
            &["--body", file, "--signature", ""],
            "--signature cannot be sent",
        ),
    ] {
        let refused = send(&receiver.url, arguments).await;
        assert_eq!(refused.code, Some(2), "{refused:?}");
        assert!(refused.err.contains(says), "{refused:?}");
    }
    assert_eq!(receiver.count(), 2);
}

#[tokio::test]
async fn a_receiver_with_tls_is_sent_to_if_its_certificate_is_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let kept = |name: &str, pem: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, pem).unwrap();
        path
    };
    let authority = Authority::new();
    let own = Identity::self_signed("localhost");
    let other = kept("other.pem", &Authority::new().pem());
    for (shown, trusted) in [
        (
            authority.sign("localhost").server(),
            kept("ca.pem", &authority.pem()),
        ),
        (own.server(), kept("own.pem", &own.certificate_pem())),
    ] {
        let receiver = Receiver::start(Some(shown)).await;
        let ca = |path: &Path| path.to_str().unwrap().to_owned();
        for untrusted in [&[][..], &["--ca", &ca(&other)]] {
            let ran = send(&receiver.url, untrusted).await;
            assert_eq!(ran.code, Some(2), "{ran:?}");
            assert!(ran.err.contains("certificate"), "{ran:?}");
            assert!(ran.err.contains("--ca FILE"), "{ran:?}");
        }
        assert_eq!(receiver.count(), 0, "nothing is told to a stranger");
        let ran = send(&receiver.url, &["--ca", &ca(&trusted)]).await;
        assert_eq!(ran.code, Some(0), "{ran:?}");
        timeless(&receiver.request(1).await);
    }
    // Not for another name than the certificate's, whoever signed it.
    let elsewhere = Receiver::start(Some(authority.sign("elsewhere.example").server())).await;
    let trusted = folder.path().join("ca.pem");
    let trusted = trusted.to_str().unwrap();
    let ran = send(&elsewhere.url, &["--ca", trusted]).await;
    assert_eq!((ran.code, elsewhere.count()), (Some(2), 0), "{ran:?}");
    let plain = Receiver::start(None).await;
    let ran = send(&plain.url, &["--ca", trusted]).await;
    assert!(ran.err.contains("--ca is for https"), "{ran:?}");
    let empty = kept("empty.pem", "");
    let ran = send(&elsewhere.url, &["--ca", empty.to_str().unwrap()]).await;
    assert!(
        ran.err.contains("a root certificate cannot be used"),
        "{ran:?}"
    );
}
