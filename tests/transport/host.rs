//! A server that says what it is told to, byte for byte, over TCP or TLS, and counts what reaches it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

use crate::support::http1;
pub use crate::support::http1::answer as whole;

/// What to do about a request.
#[derive(Clone)]
pub enum Answer {
    /// Send this, and wait for the next request on the same connection.
    Keep(Vec<u8>),
    /// Send this, and close.
    Close(Vec<u8>),
    /// Send this, and nothing more, for as long as the other side waits.
    Stall(Vec<u8>),
}

impl Answer {
    /// A whole answer, after which the connection stays.
    pub fn json(status: u16, body: &str) -> Self {
        Self::Keep(whole(status, &[("content-type", "application/json")], body))
    }
}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Which connection it came on, from 1.
    pub connection: usize,
    /// Everything up to the empty line.
    pub head: String,
}

impl Asked {
    /// Method and target.
    pub fn line(&self) -> &str {
        let line = self.head.lines().next().unwrap();
        line.strip_suffix(" HTTP/1.1").unwrap()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (known, value) = line.split_once(": ")?;
            known.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

/// What a host has seen.
#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    asked: Mutex<Vec<Asked>>,
}

/// It stops when it is dropped.
pub struct Host {
    pub port: u16,
    scheme: &'static str,
    seen: Arc<Seen>,
    task: tokio::task::JoinHandle<()>,
}

impl Host {
    pub async fn plain(script: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        let host = Self::plain_on("127.0.0.1:0", script).await;
        host.expect("a port of this machine")
    }

    /// On this address, if the machine has it.
    pub async fn plain_on(
        address: &str,
        script: impl Fn(&Asked) -> Answer + Send + Sync + 'static,
    ) -> Option<Self> {
        let listener = TcpListener::bind(address).await.ok()?;
        Some(Self::start("http", listener, script, |stream| async {
            Some(stream)
        }))
    }

    pub async fn tls(
        config: ServerConfig,
        script: impl Fn(&Asked) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::start("https", listener, script, move |stream| {
            let config = Arc::clone(&config);
            async move { handshake(config, stream).await }
        })
    }

    fn start<S, F>(
        scheme: &'static str,
        listener: TcpListener,
        script: impl Fn(&Asked) -> Answer + Send + Sync + 'static,
        open: impl Fn(TcpStream) -> F + Send + Sync + 'static,
    ) -> Self
    where
        S: AsyncRead + AsyncWrite + Unpin + Send,
        F: Future<Output = Option<S>> + Send,
    {
        crate::support::trace::listen();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Seen::default());
        let (script, open) = (Arc::new(script), Arc::new(open));
        let task = tokio::spawn({
            let seen = Arc::clone(&seen);
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    let number = seen.connections.fetch_add(1, Ordering::SeqCst) + 1;
                    let (seen, script) = (Arc::clone(&seen), Arc::clone(&script));
                    let open = Arc::clone(&open);
                    tokio::spawn(async move {
                        if let Some(stream) = open(stream).await {
                            serve(stream, number, &seen, &*script).await;
                        }
                    });
                }
            }
        });
        Self {
            port,
            scheme,
            seen,
            task,
        }
    }

    /// The base URL, by a name that certificates can be made for.
    pub fn base(&self) -> String {
        format!("{}://localhost:{}", self.scheme, self.port)
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.seen.asked.lock().unwrap().clone()
    }

    pub fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn handshake(
    config: Arc<ServerConfig>,
    stream: TcpStream,
) -> Option<tokio_rustls::server::TlsStream<TcpStream>> {
    match TlsAcceptor::from(config)
        .accept(stream)
        .into_fallible()
        .await
    {
        Ok(stream) => Some(stream),
        Err((_, mut stream)) => {
            // The alert has been sent. To close on unread bytes would reset the connection, and could lose it on the way.
            drain(&mut stream).await;
            None
        }
    }
}

/// Reads the client's greeting, which is one TLS record, and answers it with these bytes. Returns what came then.
pub async fn greet(mut stream: TcpStream, answer: &[u8]) -> Vec<u8> {
    let mut head = [0; 5];
    stream.read_exact(&mut head).await.unwrap();
    assert_eq!(head[..2], [22, 3], "a TLS handshake");
    let mut hello = vec![0; u16::from_be_bytes([head[3], head[4]]).into()];
    stream.read_exact(&mut hello).await.unwrap();
    stream.write_all(answer).await.unwrap();
    drain(&mut stream).await
}

async fn drain(stream: &mut TcpStream) -> Vec<u8> {
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest).await;
    rest
}

async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    connection: usize,
    seen: &Seen,
    script: &(impl Fn(&Asked) -> Answer + ?Sized),
) {
    let mut pending = Vec::new();
    while let Some(asked) = read(&mut stream, &mut pending, connection).await {
        seen.asked.lock().unwrap().push(asked.clone());
        match script(&asked) {
            Answer::Keep(bytes) => {
                if stream.write_all(&bytes).await.is_err() {
                    return;
                }
            }
            Answer::Close(bytes) => {
                let _ = stream.write_all(&bytes).await;
                let _ = stream.shutdown().await;
                return;
            }
            Answer::Stall(bytes) => {
                let _ = stream.write_all(&bytes).await;
                let _ = stream.flush().await;
                let _ = stream.read_to_end(&mut pending).await;
                return;
            }
        }
        let _ = stream.flush().await;
    }
}

/// Reads one request; `pending` has what came after the last one.
pub async fn read(
    stream: &mut (impl AsyncRead + Unpin),
    pending: &mut Vec<u8>,
    connection: usize,
) -> Option<Asked> {
    let received = http1::read(stream, pending).await?;
    Some(Asked {
        connection,
        head: String::from_utf8(received.head).unwrap(),
    })
}
