//! A server that answers what it is told to, byte for byte, and keeps what it was asked.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Semaphore;

use super::http1::{self, Received};

/// What to do with one request.
#[derive(Debug, Clone)]
pub enum Reply {
    /// Send these bytes, then close.
    Bytes(Vec<u8>),
    /// Send these bytes, then keep the connection open and say nothing more.
    Stall(Vec<u8>),
    /// Wait for a permit, which is given back, and then do this.
    After(Arc<Semaphore>, Box<Reply>),
    /// Close without a word.
    Close,
    /// Break the connection off, so that the other side gets a reset.
    Reset,
}

impl Reply {
    /// A complete answer with a body.
    pub fn of(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Self {
        let close = [("connection", "close")];
        Self::Bytes(http1::answer(status, &[&close, headers].concat(), body))
    }

    /// The answer to `authorize`: `token-1`, `token-2` and so on.
    pub fn token(number: usize, lifetime: u64) -> Self {
        let body = format!(
            r#"{{"access_token":"token-{number}","token_type":"bearer","expires_in":{lifetime}}}"#
        );
        Self::json(200, &body)
    }

    /// A complete answer with a JSON body.
    pub fn json(status: u16, body: &str) -> Self {
        Self::of(status, &[("content-type", "application/json")], body)
    }
}

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Everything up to the empty line, byte for byte.
    pub head: Vec<u8>,
    /// Method and path.
    pub line: String,
    /// Names in lower case, in the order in which they came.
    pub headers: Vec<(String, String)>,
    /// The whole body.
    pub body: String,
}

impl Asked {
    fn of(received: Received) -> Self {
        let Received { head, body } = received;
        let text = String::from_utf8_lossy(&head);
        let mut lines = text.split("\r\n");
        let line = lines.next().unwrap().trim_end_matches(" HTTP/1.1");
        let headers = lines.filter_map(|line| line.split_once(": "));
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
        Self {
            line: line.to_owned(),
            headers: headers.collect(),
            body: String::from_utf8_lossy(&body).into_owned(),
            head,
        }
    }

    /// The values of a header.
    pub fn header(&self, name: &str) -> Vec<&str> {
        self.headers
            .iter()
            .filter(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
            .collect()
    }
}

/// The server. It stops when it is dropped.
#[derive(Debug)]
pub struct Scripted {
    base: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    stalled: Arc<AtomicUsize>,
    task: tokio::task::JoinHandle<()>,
}

impl Scripted {
    /// Answers each request by what `script` says about it; `authorize` is answered by `token-1`, `token-2` and so on.
    pub async fn start(script: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let tokens = AtomicUsize::new(0);
        Self::bare(move |asked| {
            let scripted = script(asked);
            if !asked.line.contains("/authorize") {
                return scripted;
            }
            match scripted {
                Reply::Close => Reply::Close,
                Reply::Bytes(bytes) if authorize_too(&bytes) => Reply::Bytes(bytes),
                _ => Reply::token(tokens.fetch_add(1, Ordering::SeqCst) + 1, 599),
            }
        })
        .await
    }

    /// Answers each request by what `script` says about it, `authorize` included.
    pub async fn bare(script: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        Self::at(TcpListener::bind("127.0.0.1:0").await.unwrap(), script)
    }

    /// The same on a port of the caller's.
    pub fn at(
        listener: TcpListener,
        script: impl Fn(&Asked) -> Reply + Send + Sync + 'static,
    ) -> Self {
        super::trace::listen();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let stalled = Arc::new(AtomicUsize::new(0));
        let script = Arc::new(script);
        let task = tokio::spawn({
            let (asked, stalled) = (Arc::clone(&asked), Arc::clone(&stalled));
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    let (asked, script) = (Arc::clone(&asked), Arc::clone(&script));
                    let stalled = Arc::clone(&stalled);
                    tokio::spawn(async move { serve(stream, &asked, &stalled, &*script).await });
                }
            }
        });
        Self {
            base,
            asked,
            stalled,
            task,
        }
    }

    /// How many connections have been left open without a word so far.
    pub fn stalled(&self) -> usize {
        self.stalled.load(Ordering::SeqCst)
    }

    /// Where it listens.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Everything it was asked, `authorize` included.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// What it was asked but for tokens.
    pub fn calls(&self) -> Vec<Asked> {
        self.asked()
            .into_iter()
            .filter(|asked| !asked.line.contains("/authorize"))
            .collect()
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// An address where nobody listens, and nobody else can begin to for as long as the socket is held.
pub fn nobody() -> (TcpSocket, String) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_reuseaddr(true).unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let base = format!("http://{}", socket.local_addr().unwrap());
    (socket, base)
}

async fn serve(
    mut stream: TcpStream,
    asked: &Mutex<Vec<Asked>>,
    stalled: &AtomicUsize,
    script: &(dyn Fn(&Asked) -> Reply + Send + Sync),
) {
    let Some(received) = http1::read(&mut stream, &mut Vec::new()).await else {
        return;
    };
    let request = Asked::of(received);
    asked.lock().unwrap().push(request.clone());
    let mut reply = script(&request);
    while let Reply::After(gate, then) = reply {
        let _permit = gate.acquire().await.unwrap();
        reply = *then;
    }
    match reply {
        Reply::After(..) => unreachable!("it has been waited for"),
        Reply::Bytes(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Reply::Stall(bytes) => {
            let _ = stream.write_all(&bytes).await;
            stalled.fetch_add(1, Ordering::SeqCst);
            // Until the other side gives up.
            let _ = stream.read(&mut [0]).await;
        }
        Reply::Close => {}
        Reply::Reset => {
            let _ = stream.set_zero_linger();
        }
    }
}

/// A script answers `authorize` itself by this header.
fn authorize_too(bytes: &[u8]) -> bool {
    String::from_utf8_lossy(bytes).contains("x-scripted: authorize")
}
