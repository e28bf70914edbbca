//! HTTP/2: the same calls, and its own ways to refuse one.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::host::Host;
use super::tls::Authority;
use super::*;

const REFUSED_STREAM: u32 = 7;
const CANCEL: u32 = 8;
const NO_ERROR: u32 = 0;
const ENHANCE_YOUR_CALM: u32 = 11;

/// What to do about a request.
#[derive(Clone, Copy, Debug)]
enum Act {
    Answer,
    /// The stream ends by this reason before any answer.
    Reset(u32),
    /// Half an answer, then the stream ends by this reason.
    Half(u32),
    /// No stream from this one on has been looked at; the connection ends by this reason.
    GoAway(u32),
    /// As [`GoAway`](Self::GoAway), and this stream was the last that has been looked at, but it gets no answer.
    LastAway(u32),
    /// The answer, and no more streams after it.
    AnswerAndGoAway,
}

/// A server of HTTP/2 over TLS, frame by frame (RFC 9113), because no library would misbehave so.
struct Host2 {
    base: String,
    /// The connection and the stream of each request.
    seen: Arc<Mutex<Vec<(usize, u32)>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Host2 {
    /// Does to the first requests what `acts` says, and answers those that follow.
    async fn start(authority: &Authority, acts: &[Act]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!(
            "https://localhost:{}",
            listener.local_addr().unwrap().port()
        );
        let mut config = authority.sign("localhost").server();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let task = tokio::spawn({
            let (seen, acts) = (Arc::clone(&seen), acts.to_vec());
            async move {
                for connection in 1.. {
                    let (stream, _) = listener.accept().await.unwrap();
                    let stream = acceptor.accept(stream).await.unwrap();
                    let alpn = stream.get_ref().1.alpn_protocol().map(<[u8]>::to_vec);
                    assert_eq!(alpn.as_deref(), Some(&b"h2"[..]), "the client offers it");
                    let (seen, acts) = (Arc::clone(&seen), acts.clone());
                    tokio::spawn(async move { serve(stream, connection, &seen, &acts).await });
                }
            }
        });
        Self { base, seen, task }
    }

    fn seen(&self) -> Vec<(usize, u32)> {
        self.seen.lock().unwrap().clone()
    }
}

impl Drop for Host2 {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut frame = length[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

fn go_away(last: u32, reason: u32) -> Vec<u8> {
    frame(
        7,
        0,
        0,
        &[last.to_be_bytes(), reason.to_be_bytes()].concat(),
    )
}

/// A head with `:status: 200` (the eighth of HPACK's own table), and a body.
fn answer_on(stream: u32, body: &[u8], end: bool) -> Vec<u8> {
    let mut frames = frame(1, 0x4, stream, &[0x88]);
    frames.extend(frame(0, u8::from(end), stream, body));
    frames
}

async fn serve(
    mut io: impl AsyncRead + AsyncWrite + Unpin,
    connection: usize,
    seen: &Mutex<Vec<(usize, u32)>>,
    acts: &[Act],
) -> Option<()> {
    let mut preface = [0; 24];
    io.read_exact(&mut preface).await.ok()?;
    assert!(preface.starts_with(b"PRI * HTTP/2.0"));
    io.write_all(&frame(4, 0, 0, &[])).await.ok()?;
    loop {
        let mut head = [0; 9];
        io.read_exact(&mut head).await.ok()?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let (kind, flags) = (head[3], head[4]);
        let stream = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
        let mut payload = vec![0; usize::try_from(length).unwrap()];
        io.read_exact(&mut payload).await.ok()?;
        match kind {
            1 => seen.lock().unwrap().push((connection, stream)),
            // Settings are acknowledged, and so is a ping.
            4 if flags & 1 == 0 => io.write_all(&frame(4, 1, 0, &[])).await.ok()?,
            6 if flags & 1 == 0 => io.write_all(&frame(6, 1, 0, &payload)).await.ok()?,
            _ => {}
        }
        if kind > 1 || flags & 1 == 0 {
            continue;
        }
        // A request has come to its end.
        let number = seen.lock().unwrap().len();
        let act = acts.get(number - 1).copied().unwrap_or(Act::Answer);
        let json = answer();
        let whole = || answer_on(stream, json.as_bytes(), true);
        let (bytes, close) = match act {
            Act::Answer => (whole(), false),
            Act::Reset(reason) => (frame(3, 0, stream, &reason.to_be_bytes()), false),
            Act::Half(reason) => {
                let mut half = answer_on(stream, &json.as_bytes()[..9], false);
                half.extend(frame(3, 0, stream, &reason.to_be_bytes()));
                (half, false)
            }
            Act::GoAway(reason) => (go_away(stream - 1, reason), true),
            Act::LastAway(reason) => (go_away(stream, reason), true),
            Act::AnswerAndGoAway => ([go_away(stream, NO_ERROR), whole()].concat(), false),
        };
        io.write_all(&bytes).await.ok()?;
        io.flush().await.ok()?;
        if close {
            if matches!(act, Act::LastAway(_)) {
                // Of this one the client still expects an answer.
                let _ = io.shutdown().await;
            }
            // Until the client has understood it.
            let _ = tokio::io::copy(&mut io, &mut tokio::io::sink()).await;
            return None;
        }
    }
}

fn own(host: &Host2, authority: &Authority) -> ClientBuilder {
    keys(&host.base).root_certificates_pem(authority.pem())
}

/// With `reqwest`'s own retries as they are by default: after a refused stream, it sends again.
fn foreign(host: &Host2, authority: &Authority) -> ClientBuilder {
    let root = reqwest::Certificate::from_pem(authority.pem().as_bytes()).unwrap();
    keys(&host.base).http_client(plugged_in(|http| http.tls_certs_merge([root])))
}

#[tokio::test]
async fn http_2_is_spoken_where_the_server_does_and_one_connection_serves_all() {
    let authority = Authority::new();
    let host = Host2::start(&authority, &[]).await;
    let client = own(&host, &authority).build().unwrap();
    // The first stands; the others share it.
    call(&client, Operation::GetSessionDetails).await.unwrap();
    let (one, two, three) = tokio::join!(
        call(&client, Operation::CreateSession),
        call(&client, Operation::CancelSession),
        call(&client, Operation::ConfirmGuarantee),
    );
    assert!(one.is_ok() && two.is_ok() && three.is_ok());
    let seen = host.seen();
    assert_eq!(seen.len(), 4);
    assert!(
        seen.iter().all(|(connection, _)| *connection == 1),
        "{seen:?}"
    );
}

#[tokio::test]
async fn http_1_1_is_spoken_where_the_server_does_not_or_the_caller_wants_it() {
    let authority = Authority::new();
    let mut config = authority.sign("localhost").server();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    for (alpn, only) in [
        (&config.alpn_protocols[1..], false),
        (&config.alpn_protocols[..], true),
    ] {
        let mut config = config.clone();
        config.alpn_protocols = alpn.to_vec();
        let host = Host::tls(config, created).await;
        let mut client = keys(&host.base()).root_certificates_pem(authority.pem());
        if only {
            client = client.http(reqwest::ClientBuilder::http1_only);
        }
        let client = client.build().unwrap();
        call(&client, Operation::CreateSession).await.unwrap();
        assert_eq!(host.asked().len(), 1);
    }
}

#[tokio::test]
async fn a_create_on_a_stream_that_came_to_nothing_is_sent_once() {
    for act in [
        Act::Reset(REFUSED_STREAM),
        Act::Reset(CANCEL),
        Act::Half(CANCEL),
        Act::Half(NO_ERROR),
        Act::GoAway(NO_ERROR),
        Act::GoAway(ENHANCE_YOUR_CALM),
        Act::LastAway(ENHANCE_YOUR_CALM),
    ] {
        for builder in [own, foreign] {
            for warm in [false, true] {
                let authority = Authority::new();
                let acts = [Act::Answer, act];
                let host = Host2::start(&authority, &acts[usize::from(!warm)..]).await;
                let client = builder(&host, &authority).build().unwrap();
                if warm {
                    call(&client, Operation::GetSessionDetails).await.unwrap();
                }
                let error = client.create_guaranteed(&request()).await.unwrap_err();
                let told = chain(&error);
                // For `hyper`, a stream that is reset without an error has ended well: what came of it is all there is.
                let kind = match act {
                    Act::Half(NO_ERROR) => ErrorKind::Decode,
                    _ => ErrorKind::Interrupted,
                };
                assert_eq!(error.kind(), kind, "{act:?}: {told}");
                assert!(error.maybe_applied() && !error.is_retryable(), "{act:?}");
                assert_eq!(error.attempts(), 1, "{act:?}");
                assert_eq!(host.seen().len(), 1 + usize::from(warm), "{act:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_read_is_sent_again_by_the_table_and_not_below_it() {
    for act in [Act::Reset(REFUSED_STREAM), Act::GoAway(NO_ERROR)] {
        for builder in [own, foreign] {
            let authority = Authority::new();
            let host = Host2::start(&authority, &[act, act]).await;
            let moment = Duration::from_millis(1);
            let retries = Retries::default().pauses(moment, moment);
            let client = builder(&host, &authority).retries(retries).build().unwrap();
            let answer = client.details(&session()).await.unwrap();
            assert_eq!((answer.attempts(), host.seen().len()), (3, 3), "{act:?}");

            let host = Host2::start(&authority, &[act]).await;
            let client = builder(&host, &authority).retries(Retries::off());
            let error = client.build().unwrap().details(&session()).await;
            assert_eq!(error.unwrap_err().kind(), ErrorKind::Interrupted);
            assert_eq!(host.seen().len(), 1, "off means one request: {act:?}");
        }
    }
}

#[tokio::test]
async fn a_connection_that_takes_no_more_is_left_for_another() {
    let authority = Authority::new();
    let host = Host2::start(&authority, &[Act::AnswerAndGoAway]).await;
    let client = own(&host, &authority).retries(Retries::off());
    let client = client.build().unwrap();
    call(&client, Operation::GetSessionDetails).await.unwrap();
    call(&client, Operation::CreateSession).await.unwrap();
    assert_eq!(host.seen(), [(1, 1), (2, 1)]);
}
