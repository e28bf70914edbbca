//! HTTP/1.1 over kept connections, with as little between it and the socket as there can be.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

/// Connections to one server, which all send before the first one reads.
pub(crate) struct Callers {
    connections: Vec<TcpStream>,
    buffer: Vec<u8>,
}

/// An answer: its status, and its body.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Callers {
    pub(crate) fn of(server: SocketAddr, connections: usize) -> Self {
        let connect = |_| {
            let connection = TcpStream::connect(server).unwrap();
            connection.set_nodelay(true).unwrap();
            connection
        };
        Self {
            connections: (0..connections).map(connect).collect(),
            buffer: vec![0; 64 * 1024],
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.connections.len()
    }

    /// Sends one request on each connection, and hands on the answers in the same order.
    pub(crate) fn each(
        &mut self,
        request: impl Fn(usize) -> String,
        mut answered: impl FnMut(usize, Answer),
    ) {
        for (at, connection) in self.connections.iter_mut().enumerate() {
            connection.write_all(request(at).as_bytes()).unwrap();
        }
        for (at, connection) in self.connections.iter_mut().enumerate() {
            answered(at, read(connection, &mut self.buffer));
        }
    }

    /// Sends one request on the first connection.
    pub(crate) fn one(&mut self, request: &str, answered: impl FnOnce(Answer)) {
        let connection = self.connections.first_mut().unwrap();
        connection.write_all(request.as_bytes()).unwrap();
        answered(read(connection, &mut self.buffer));
    }

    /// Sends the same request on each connection again and again, `calls` times in all. Every answer has this length.
    pub(crate) fn repeat(&mut self, request: &[u8], length: usize, calls: u32) {
        let mut left = usize::try_from(calls).unwrap();
        while left > 0 {
            let now = left.min(self.connections.len());
            for connection in self.connections.iter_mut().take(now) {
                connection.write_all(request).unwrap();
            }
            for connection in self.connections.iter_mut().take(now) {
                let answer = self.buffer.get_mut(..length).unwrap();
                connection.read_exact(answer).unwrap();
                assert!(answer.starts_with(b"HTTP/1.1 200 "));
            }
            left -= now;
        }
    }
}

/// Reads one answer, which says how long it is.
fn read(connection: &mut TcpStream, buffer: &mut [u8]) -> Answer {
    let mut bytes = Vec::new();
    loop {
        let read = connection.read(buffer).unwrap();
        assert!(read > 0, "the connection is closed");
        bytes.extend_from_slice(buffer.get(..read).unwrap());
        let text = std::str::from_utf8(&bytes).unwrap();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        if body.len() == length.unwrap().parse::<usize>().unwrap() {
            return Answer {
                status: head.get(9..12).unwrap().parse().unwrap(),
                head: head.to_owned(),
                body: body.to_owned(),
            };
        }
    }
}

/// A request without a body.
pub(crate) fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\naccept: application/json\r\n\r\n")
}

/// A request with one.
pub(crate) fn post(path: &str, kind: &str, token: Option<&str>, body: &str) -> String {
    let length = body.len();
    let token = token.map_or_else(String::new, |token| {
        format!("authorization: Bearer {token}\r\n")
    });
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\naccept: application/json\r\n{token}\
         content-type: {kind}\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}
