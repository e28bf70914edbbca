//! What goes over the wire, byte for byte.

use std::io::ErrorKind;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::bench::Bench;

/// How a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Closed,
    Reset,
}

/// Everything that came, and how it ended.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
    pub(crate) end: End,
}

impl Seen {
    #[track_caller]
    pub(crate) fn status(&self) -> u16 {
        let status = self.head.split(' ').nth(1);
        status.expect("an answer came").parse().unwrap()
    }

    /// The value of a header, by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (known, value) = line.split_once(": ")?;
            known.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    #[track_caller]
    pub(crate) fn length(&self) -> usize {
        let length = self.header("content-length");
        length.expect("a length").parse().unwrap()
    }

    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// A connection to the sandbox.
pub(crate) async fn connect(bench: &Bench) -> TcpStream {
    let port = bench.sandbox.base_url().port().unwrap();
    TcpStream::connect(("127.0.0.1", port)).await.unwrap()
}

/// The bytes of a request, after whose answer the connection ends.
pub(crate) fn request(method: &str, path: &str, token: Option<&str>, body: &str) -> Vec<u8> {
    let token = token.map_or_else(String::new, |token| {
        format!("authorization: Bearer {token}\r\n")
    });
    let length = body.len();
    format!(
        "{method} /{path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{token}\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// Sends bytes and reads to the end, whatever that is.
pub(crate) async fn send(bench: &Bench, bytes: &[u8]) -> Seen {
    let mut stream = connect(bench).await;
    stream.write_all(bytes).await.unwrap();
    read(&mut stream).await
}

/// Reads to the end, whatever that is.
pub(crate) async fn read(stream: &mut TcpStream) -> Seen {
    let mut all = Vec::new();
    let reading = async {
        loop {
            match stream.read_buf(&mut all).await {
                Ok(0) => return End::Closed,
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::ConnectionReset => return End::Reset,
                Err(error) => panic!("{error}"),
            }
        }
    };
    let end = tokio::time::timeout(Duration::from_secs(10), reading);
    let end = end.await.expect("the connection ends");
    let split = all.windows(4).position(|window| window == b"\r\n\r\n");
    let (head, body) = match split {
        Some(split) => (&all[..split], &all[split + 4..]),
        None => (&all[..], &[][..]),
    };
    Seen {
        head: String::from_utf8(head.to_vec()).unwrap(),
        body: body.to_vec(),
        end,
    }
}
