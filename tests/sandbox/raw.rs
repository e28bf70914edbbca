//! Requests that no HTTP client would send.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::bench::{Answer, Bench};

/// Sends these bytes, closes its half of the connection, and reads what comes; nothing if the sandbox hangs up.
pub(crate) async fn send(bench: &Bench, request: &[u8]) -> Option<Answer> {
    let address = bench.sandbox.base_url().socket_addrs(|| None).unwrap()[0];
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(request).await.unwrap();
    socket.shutdown().await.unwrap();
    let mut reply = Vec::new();
    let read = socket.read_to_end(&mut reply);
    tokio::time::timeout(Duration::from_secs(5), read)
        .await
        .expect("the sandbox answers or hangs up")
        .unwrap();
    if reply.is_empty() {
        return None;
    }
    let reply = String::from_utf8(reply).unwrap();
    let (head, body) = reply.split_once("\r\n\r\n").unwrap();
    Some(Answer {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        body: serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {body:?}")),
    })
}
