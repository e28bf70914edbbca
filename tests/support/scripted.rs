//! A server that answers what it is told to, byte for byte, and keeps what it was asked.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What to do with one request.
#[derive(Debug, Clone)]
pub enum Reply {
    /// Send these bytes, then close.
    Bytes(Vec<u8>),
    /// Send these bytes, then keep the connection open and say nothing more.
    Stall(Vec<u8>),
    /// Close without a word.
    Close,
}

impl Reply {
    /// A complete answer with a body.
    pub fn of(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let mut head = format!(
            "HTTP/1.1 {status} Scripted\r\ncontent-length: {}\r\nconnection: close\r\n",
            body.len()
        );
        for (name, value) in headers {
            write!(head, "{name}: {value}\r\n").unwrap();
        }
        head.push_str("\r\n");
        Self::Bytes([head.as_bytes(), body].concat())
    }

    /// A complete answer with a JSON body.
    pub fn json(status: u16, body: &str) -> Self {
        Self::of(status, &[("content-type", "application/json")], body)
    }
}

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Method and path.
    pub line: String,
    /// Names in lower case, in the order in which they came.
    pub headers: Vec<(String, String)>,
    /// The whole body.
    pub body: String,
}

impl Asked {
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
    task: tokio::task::JoinHandle<()>,
}

impl Scripted {
    /// Answers each request by what `script` says about it; `authorize` is answered by `token-1`, `token-2` and so on.
    pub async fn start(script: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let script = Arc::new(script);
        let task = tokio::spawn({
            let asked = Arc::clone(&asked);
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    let (asked, script) = (Arc::clone(&asked), Arc::clone(&script));
                    tokio::spawn(async move { serve(stream, &asked, &*script).await });
                }
            }
        });
        Self { base, asked, task }
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

async fn serve(
    mut stream: TcpStream,
    asked: &Mutex<Vec<Asked>>,
    script: &(dyn Fn(&Asked) -> Reply + Send + Sync),
) {
    let Some(request) = read(&mut stream).await else {
        return;
    };
    let tokens = {
        let mut all = asked.lock().unwrap();
        all.push(request.clone());
        all.iter()
            .filter(|asked| asked.line.contains("/authorize"))
            .count()
    };
    let scripted = script(&request);
    let reply = match scripted {
        Reply::Close if request.line.contains("/authorize") => Reply::Close,
        _ if request.line.contains("/authorize")
            && !matches!(&scripted, Reply::Bytes(bytes) if authorize_too(bytes)) =>
        {
            Reply::json(
                200,
                &format!(
                    r#"{{"access_token":"token-{tokens}","token_type":"bearer","expires_in":599}}"#
                ),
            )
        }
        reply => reply,
    };
    match reply {
        Reply::Bytes(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Reply::Stall(bytes) => {
            let _ = stream.write_all(&bytes).await;
            tokio::time::sleep(Duration::from_secs(30)).await;
        }
        Reply::Close => {}
    }
}

/// A script answers `authorize` itself by this header.
fn authorize_too(bytes: &[u8]) -> bool {
    String::from_utf8_lossy(bytes).contains("x-scripted: authorize")
}

async fn read(stream: &mut TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let text = String::from_utf8_lossy(&bytes[..head]).into_owned();
    let mut lines = text.split("\r\n");
    let line = lines.next()?.trim_end_matches(" HTTP/1.1").to_owned();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .map_or(0, |(_, value)| value.parse().unwrap());
    let mut body = bytes[head + 4..].to_vec();
    while body.len() < length {
        if stream.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    Some(Asked {
        line,
        headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    })
}
