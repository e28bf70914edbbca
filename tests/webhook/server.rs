//! The extractor in a real server, over a real socket.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{FromRef, State};
use axum::http::StatusCode;
use axum::routing::post;
use flinks_pay::webhook::{
    Event, Refusal, SIGNATURE_HEADER, VerifiedWebhook, WebhookRejection, WebhookVerifier,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::{BODY, secret, session, then, verifier, verifier_at};

/// What the handlers saw.
type Seen = Arc<Mutex<Vec<VerifiedWebhook>>>;

#[derive(Clone)]
struct App {
    verifier: WebhookVerifier,
    seen: Seen,
}

impl FromRef<App> for WebhookVerifier {
    fn from_ref(app: &App) -> Self {
        app.verifier.clone()
    }
}

async fn take(State(seen): State<Seen>, webhook: VerifiedWebhook) -> StatusCode {
    seen.lock().unwrap().push(webhook);
    VerifiedWebhook::TAKEN
}

impl FromRef<App> for Seen {
    fn from_ref(app: &App) -> Self {
        app.seen.clone()
    }
}

struct Server {
    address: SocketAddr,
    seen: Seen,
}

pub(super) async fn serve(router: Router) -> SocketAddr {
    crate::support::trace::listen();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

async fn server(verifier: WebhookVerifier) -> Server {
    let seen = Seen::default();
    let app = App {
        verifier,
        seen: seen.clone(),
    };
    let router = Router::new().route("/hook", post(take)).with_state(app);
    Server {
        address: serve(router).await,
        seen,
    }
}

impl Server {
    fn count(&self) -> usize {
        self.seen.lock().unwrap().len()
    }
}

/// Posts a body with these signatures and returns status and body of the answer.
pub(super) async fn send(
    address: SocketAddr,
    signatures: &[&str],
    body: impl Into<reqwest::Body>,
) -> (u16, String) {
    let mut request = reqwest::Client::new()
        .post(format!("http://{address}/hook"))
        .header("content-type", "application/json; charset=utf-8")
        .body(body);
    for signature in signatures {
        request = request.header(SIGNATURE_HEADER, *signature);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// Writes bytes to the server and returns the status line of what it answers.
async fn raw(address: SocketAddr, head: &str, body: &[u8], finish: bool) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    // The server may have answered and gone by now, which is as good.
    let _ = stream.write_all(body).await;
    if finish {
        let _ = stream.shutdown().await;
    }
    let mut answer = Vec::new();
    let mut some = [0; 512];
    while !answer.windows(2).any(|pair| pair == b"\r\n") {
        match stream.read(&mut some).await {
            Ok(count) if count > 0 => answer.extend_from_slice(&some[..count]),
            _ => break,
        }
    }
    String::from_utf8_lossy(&answer)
        .lines()
        .next()
        .unwrap_or_default()
        .to_owned()
}

fn head(more: &str) -> String {
    format!(
        "POST /hook HTTP/1.1\r\nhost: hook.example\r\nx-webhook-signature: {}\r\n{more}\r\n\r\n",
        secret().sign(BODY.as_bytes())
    )
}

#[tokio::test]
async fn what_verifies_reaches_the_handler_and_is_answered_200() {
    let server = server(verifier()).await;
    let signature = secret().sign(BODY.as_bytes());
    assert_eq!(
        send(server.address, &[&signature], BODY).await,
        (200, String::new())
    );
    let other = r#"{"type":"GuaranteeIssued"}"#;
    let signature = secret().sign(other.as_bytes()).to_lowercase();
    assert_eq!(
        send(server.address, &[&signature], other).await,
        (200, String::new())
    );

    let seen = server.seen.lock().unwrap().clone();
    assert_eq!(seen.len(), 2);
    assert_eq!(&seen[0].body[..], BODY.as_bytes());
    assert_eq!(seen[0].verified.secret, 0);
    assert_eq!(seen[0].clone().into_event().session_id(), Some(session()));
    assert_eq!(seen[1].clone().into_event().kind(), Some("GuaranteeIssued"));
    let shown = format!("{:?}", seen[0]);
    assert!(
        !shown.contains("4a6b") && shown.contains("body: [173 bytes]"),
        "{shown}"
    );
}

#[tokio::test]
async fn every_refusal_is_the_same_401_and_the_handler_does_not_run() {
    let late =
        verifier_at(then() + Duration::from_secs(3600)).require_fresh(Duration::from_secs(60));
    let right = secret().sign(BODY.as_bytes());
    let wrong = secret().sign(b"");
    let two = format!("{right}, {right}");
    for (verifier, signatures) in [
        (verifier(), vec![]),
        (verifier(), vec![&*right, &*right]),
        (verifier(), vec!["sha1=00"]),
        (verifier(), vec![&*two]),
        (verifier(), vec![&*wrong]),
        (late, vec![&*right]),
    ] {
        let server = server(verifier).await;
        let answer = send(server.address, &signatures, BODY).await;
        assert_eq!(answer, (401, String::new()), "{signatures:?}");
        assert_eq!(server.count(), 0);
    }
}

#[tokio::test]
async fn the_verifiers_limit_is_the_limit() {
    // Beyond what axum reads by itself, too.
    for limit in [10, 65_536, 3 << 20] {
        let server = server(verifier().max_body_bytes(limit)).await;
        let body = vec![b' '; limit];
        let signature = secret().sign(&body);
        assert_eq!(
            send(server.address, &[&signature], body).await.0,
            200,
            "{limit}"
        );
        let body = vec![b' '; limit + 1];
        let signature = secret().sign(&body);
        assert_eq!(
            send(server.address, &[&signature], body).await,
            (413, String::new()),
            "{limit}"
        );
        assert_eq!(server.count(), 1);
    }
}

#[tokio::test]
async fn a_length_that_is_announced_over_the_limit_is_refused_unread() {
    let server = server(verifier()).await;
    for length in ["65537", "1000000000000"] {
        let head = head(&format!("content-length: {length}"));
        assert_eq!(
            raw(server.address, &head, b"", false).await,
            "HTTP/1.1 413 Payload Too Large"
        );
    }
    assert_eq!(server.count(), 0);
}

#[tokio::test]
async fn a_body_that_announces_nothing_is_refused_once_it_is_over_the_limit() {
    let server = server(verifier().max_body_bytes(1000)).await;
    let head = head("transfer-encoding: chunked");
    // It never ends: no last chunk.
    let chunk = format!("100\r\n{}\r\n", " ".repeat(256));
    let status = raw(server.address, &head, chunk.repeat(4).as_bytes(), false).await;
    assert_eq!(status, "HTTP/1.1 413 Payload Too Large");

    // And one that does end within it is taken.
    let body = format!("{:x}\r\n{BODY}\r\n0\r\n\r\n", BODY.len());
    assert_eq!(
        raw(server.address, &head, body.as_bytes(), false).await,
        "HTTP/1.1 200 OK"
    );
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn a_length_that_lies_gets_nothing_through() {
    let server = server(verifier()).await;
    // Shorter than the body: what is left is no request.
    let short = head(&format!(
        "content-length: {}\r\nconnection: close",
        BODY.len() - 1
    ));
    assert_eq!(
        raw(server.address, &short, BODY.as_bytes(), true).await,
        "HTTP/1.1 401 Unauthorized"
    );
    // Longer, and then the end of the connection.
    for framing in [
        format!("content-length: {}", BODY.len() + 1),
        "transfer-encoding: chunked".to_owned(),
    ] {
        let body = if framing.starts_with('t') {
            format!("{:x}\r\n{BODY}\r\n", BODY.len())
        } else {
            BODY.to_owned()
        };
        let status = raw(server.address, &head(&framing), body.as_bytes(), true).await;
        assert!(
            matches!(&*status, "HTTP/1.1 400 Bad Request" | ""),
            "{status}"
        );
    }
    assert_eq!(server.count(), 0);
}

#[tokio::test]
async fn a_handler_may_see_to_refusals_itself() {
    async fn tell(webhook: Result<VerifiedWebhook, WebhookRejection>) -> (StatusCode, String) {
        match webhook {
            Ok(webhook) => (
                StatusCode::OK,
                format!(
                    "{:?}",
                    matches!(webhook.into_event(), Event::StatusChanged(_))
                ),
            ),
            Err(WebhookRejection::Refused(error)) => {
                assert_eq!(error.reason(), Refusal::NoSignature);
                (StatusCode::IM_A_TEAPOT, error.to_string())
            }
            Err(other) => panic!("{other}"),
        }
    }
    // A verifier is state enough.
    let address = serve(
        Router::new()
            .route("/hook", post(tell))
            .with_state(verifier()),
    )
    .await;
    let signature = secret().sign(BODY.as_bytes());
    assert_eq!(
        send(address, &[&signature], BODY).await,
        (200, "true".to_owned())
    );
    assert_eq!(
        send(address, &[], BODY).await,
        (418, "the webhook is not accepted".to_owned())
    );
}

#[test]
fn rejections_have_their_statuses() {
    let refused = |verifier: WebhookVerifier| {
        WebhookRejection::from(verifier.verify_value("", BODY.as_bytes()).unwrap_err())
    };
    assert_eq!(refused(verifier()).status(), 401);
    assert_eq!(refused(verifier().max_body_bytes(1)).status(), 413);
    assert_eq!(WebhookRejection::Interrupted.status(), 400);
    assert_eq!(
        refused(verifier()).to_string(),
        "the webhook is not accepted"
    );
}

/// A log that can be read.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_refusal_is_logged_with_its_reason_under_the_name_of_the_crate() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .without_time()
        .with_writer(move || writer.clone())
        .finish();
    // With just one subscriber, `tracing` has whichever thread meets an event first decide for all whether anybody listens.
    let _another = tracing::Dispatch::new(tracing_subscriber::registry());
    // The server is on this thread, too.
    let _listening = tracing::subscriber::set_default(subscriber);
    let server = server(verifier()).await;
    send(server.address, &[], BODY).await;
    let broken = head("transfer-encoding: chunked");
    let status = raw(server.address, &broken, b"no length\r\n", false).await;
    assert_eq!(status, "HTTP/1.1 400 Bad Request");
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for line in [
        " WARN flinks_pay: a webhook was refused reason=there is no signature header\n",
        " WARN flinks_pay: a webhook broke off\n",
    ] {
        assert!(log.contains(line), "{log}");
    }
}
