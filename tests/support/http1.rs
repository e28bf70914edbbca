//! HTTP/1.1 as the servers of these tests speak it: a request that is read byte for byte, and an answer that is written so.

use std::fmt::Write as _;

use tokio::io::{AsyncRead, AsyncReadExt};

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Received {
    /// Everything up to the empty line.
    pub head: Vec<u8>,
    /// The whole body.
    pub body: Vec<u8>,
}

/// Reads one request; `pending` has what came after the last one. Nothing where the other side stops before its end.
pub async fn read(
    stream: &mut (impl AsyncRead + Unpin),
    pending: &mut Vec<u8>,
) -> Option<Received> {
    let end = loop {
        if let Some(end) = pending.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(pending).await.ok()? == 0 {
            return None;
        }
    };
    let head = pending[..end].to_vec();
    pending.drain(..end + 4);
    let text = String::from_utf8_lossy(&head).to_ascii_lowercase();
    let value = |name: &str| text.lines().find_map(|line| line.strip_prefix(name));
    assert_eq!(
        value("transfer-encoding:"),
        None,
        "a body says how long it is"
    );
    let length = value("content-length: ").map_or(0, |length| length.parse().unwrap());
    while pending.len() < length {
        if stream.read_buf(pending).await.ok()? == 0 {
            return None;
        }
    }
    let body = pending.drain(..length).collect();
    Some(Received { head, body })
}

/// The bytes of a whole answer.
pub fn answer(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let length = body.len();
    let mut head = format!("HTTP/1.1 {status} Scripted\r\ncontent-length: {length}\r\n");
    for (name, value) in headers {
        write!(head, "{name}: {value}\r\n").unwrap();
    }
    [head.as_bytes(), b"\r\n", body].concat()
}
