//! Connections that close, break, stall or never come about.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use flinks_pay::client::Timeouts;
use flinks_pay::clock::ManualClock;
use reqwest::dns::{Name, Resolve, Resolving};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::host::{self, Host, whole};
use super::*;

#[tokio::test]
async fn calls_share_a_connection() {
    let host = Host::plain(created).await;
    let client = keys(&host.base()).build().unwrap();
    for operation in [Operation::CreateSession, Operation::GetSessionDetails] {
        call(&client, operation).await.unwrap();
        call(&client.clone(), operation).await.unwrap();
    }
    assert_eq!((host.asked().len(), host.connections()), (4, 1));
}

/// A server that answers the first request of every connection, and closes it on the second, before or after it has read it.
async fn closing(read_first: bool) -> (String, Arc<std::sync::Mutex<Vec<Asked>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let seen = Arc::new(std::sync::Mutex::new(Vec::new()));
    tokio::spawn({
        let seen = Arc::clone(&seen);
        async move {
            for connection in 1.. {
                let (mut stream, _) = listener.accept().await.unwrap();
                let seen = Arc::clone(&seen);
                tokio::spawn(async move {
                    let mut rest = Vec::new();
                    let Some(asked) = host::read(&mut stream, &mut rest, connection).await else {
                        return;
                    };
                    seen.lock().unwrap().push(asked);
                    let bytes = whole(200, &[], super::answer());
                    stream.write_all(&bytes).await.unwrap();
                    if read_first {
                        if let Some(asked) = host::read(&mut stream, &mut rest, connection).await {
                            seen.lock().unwrap().push(asked);
                        }
                    } else {
                        // There, and not read: what this side closes on is lost, and the other side cannot know it.
                        let _ = stream.peek(&mut [0]).await;
                    }
                });
            }
        }
    });
    (base, seen)
}

#[tokio::test]
async fn a_create_into_a_connection_that_is_just_being_closed_is_sent_once() {
    for read_first in [true, false] {
        for retries in [Retries::off(), Retries::default()] {
            for own in [true, false] {
                let (base, seen) = closing(read_first).await;
                let mut client = keys(&base).retries(retries);
                if !own {
                    client = client.http_client(plugged_in(|http| http));
                }
                let client = client.build().unwrap();
                client.details(&session()).await.unwrap();
                let error = client.create_guaranteed(&request()).await.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Interrupted, "{}", chain(&error));
                assert!(error.maybe_applied() && !error.is_retryable());
                assert_eq!(error.attempts(), 1);
                let seen = seen.lock().unwrap();
                let lines: Vec<&str> = seen.iter().map(Asked::line).collect();
                assert_eq!(lines.len(), if read_first { 2 } else { 1 }, "{lines:?}");
                assert!(seen.iter().all(|asked| asked.connection == 1), "{lines:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_connection_that_has_been_closed_while_idle_is_not_used_for_a_create() {
    for retries in [Retries::off(), Retries::default()] {
        let closed = Arc::new(tokio::sync::Notify::new());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let server = tokio::spawn({
            let closed = Arc::clone(&closed);
            async move {
                let mut seen = Vec::new();
                for connection in 1..=2 {
                    let (mut stream, _) = listener.accept().await.unwrap();
                    let asked = host::read(&mut stream, &mut Vec::new(), connection).await;
                    seen.push(asked.unwrap());
                    // No word about closing, as a front end does after a minute.
                    let bytes = whole(200, &[], super::answer());
                    stream.write_all(&bytes).await.unwrap();
                    stream.shutdown().await.unwrap();
                    // The other side has closed, too, so it knows.
                    while stream.read(&mut [0]).await.is_ok_and(|length| length > 0) {}
                    closed.notify_one();
                }
                seen
            }
        });
        let client = keys(&base).retries(retries).build().unwrap();
        client.details(&session()).await.unwrap();
        closed.notified().await;
        let created = client.create_guaranteed(&request()).await.unwrap();
        assert_eq!((created.session_id, created.attempts()), (session(), 1));
        let seen = server.await.unwrap();
        assert_eq!(seen[1].line(), "POST /api/v2/sessions");
    }
}

#[tokio::test]
async fn an_answer_before_the_request_is_complete_is_the_answer() {
    // It reads the head only, refuses, and closes once the client has.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        let bytes = whole(413, &[("connection", "close")], "");
        stream.write_all(&bytes).await.unwrap();
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest).await;
        String::from_utf8(head).unwrap()
    });
    let client = keys(&base).build().unwrap();
    let error = client.create_guaranteed(&request()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused, "{}", chain(&error));
    assert_eq!((error.status(), error.attempts()), (Some(413), 1));
    assert!(!error.maybe_applied());
    drop(client);
    let head = server.await.unwrap().to_lowercase();
    assert!(!head.contains("expect:"), "no answer is waited for: {head}");
}

#[tokio::test]
async fn interim_answers_are_passed_over() {
    let mut bytes = b"HTTP/1.1 100 Continue\r\n\r\n".to_vec();
    bytes.extend(b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n");
    bytes.extend(whole(201, &[], answer()));
    let host = Host::plain(move |_| Answer::Keep(bytes.clone())).await;
    let client = keys(&host.base()).build().unwrap();
    let created = client.create_guaranteed(&request()).await.unwrap();
    assert_eq!(created.session_id, session());
    assert_eq!(host.asked().len(), 1);
}

#[tokio::test]
async fn an_answer_that_never_comes_ends_with_the_time_of_the_attempt() {
    let host = Host::plain(|_| Answer::Stall(Vec::new())).await;
    let clock = ManualClock::new();
    let client = keys(&host.base()).clock(Arc::new(clock.clone()));
    let client = client.build().unwrap();
    let creating = tokio::spawn(async move { client.create_guaranteed(&request()).await });
    while host.asked().is_empty() {
        tokio::task::yield_now().await;
    }
    let attempt = Timeouts::default().attempt;
    assert_eq!(clock.next_wake(), Some(attempt));
    clock.advance(attempt);
    let error = creating.await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{}", chain(&error));
    assert!(error.maybe_applied());
    assert_eq!((error.attempts(), host.asked().len()), (1, 1));
}

#[tokio::test]
async fn an_answer_that_trickles_in_ends_with_the_time_of_the_attempt() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let clock = ManualClock::new();
    let stopped = Arc::new(AtomicBool::new(false));
    let server = tokio::spawn({
        let (clock, stopped) = (clock.clone(), Arc::clone(&stopped));
        async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            host::read(&mut stream, &mut Vec::new(), 1).await.unwrap();
            let head = b"HTTP/1.1 201 Created\r\ncontent-length: 5000\r\n\r\n";
            stream.write_all(head).await.unwrap();
            let mut sent = 0;
            // A byte a second, by the clock of the client.
            while !stopped.load(Ordering::SeqCst) {
                assert!(sent < 100, "it waits for ever");
                if stream.write_all(b"{").await.is_err() {
                    break;
                }
                sent += 1;
                clock.advance(Duration::from_secs(1));
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            sent
        }
    });
    let client = keys(&base).clock(Arc::new(clock.clone())).build().unwrap();
    let error = client.create_guaranteed(&request()).await.unwrap_err();
    stopped.store(true, Ordering::SeqCst);
    assert_eq!(error.kind(), ErrorKind::Timeout, "{}", chain(&error));
    assert_eq!((error.status(), error.attempts()), (Some(201), 1));
    assert!(error.maybe_applied());
    drop(client);
    let sent = server.await.unwrap();
    assert!(sent >= 15, "the attempt has 15 s, and got {sent}");
}

#[tokio::test]
async fn an_answer_that_is_not_whole_is_never_taken_for_one() {
    let json = answer();
    let length = json.len();
    let cases = [
        (
            "longer than announced",
            format!("content-length: {}\r\n\r\n{json}", length - 2),
            ErrorKind::Decode,
        ),
        (
            "shorter than announced",
            format!("content-length: {}\r\n\r\n{json}", length + 2),
            ErrorKind::Interrupted,
        ),
        (
            "two lengths that differ",
            format!("content-length: {length}\r\ncontent-length: 1\r\n\r\n{json}"),
            ErrorKind::Interrupted,
        ),
        (
            "a length that is none",
            format!("content-length: -1\r\n\r\n{json}"),
            ErrorKind::Interrupted,
        ),
        (
            "chunks without an end",
            format!("transfer-encoding: chunked\r\n\r\n{length:x}\r\n{json}\r\n"),
            ErrorKind::Interrupted,
        ),
        (
            "a chunk whose size is none",
            format!("transfer-encoding: chunked\r\n\r\nmany\r\n{json}\r\n0\r\n\r\n"),
            ErrorKind::Interrupted,
        ),
        (
            "a chunk longer than any",
            format!(
                "transfer-encoding: chunked\r\n\r\n{}\r\n{json}",
                "f".repeat(17)
            ),
            ErrorKind::Interrupted,
        ),
    ];
    for (name, rest, kind) in cases {
        let bytes = format!("HTTP/1.1 201 Created\r\n{rest}").into_bytes();
        let host = Host::plain(move |_| Answer::Close(bytes.clone())).await;
        let client = keys(&host.base()).build().unwrap();
        let error = client.create_guaranteed(&request()).await.expect_err(name);
        assert_eq!(error.kind(), kind, "{name}: {}", chain(&error));
        assert!(error.maybe_applied(), "{name}");
        assert_eq!(host.asked().len(), 1, "{name}");
    }
}

/// Names are not found, or nobody answers who has them.
struct NoNames {
    silent: bool,
}

impl Resolve for NoNames {
    fn resolve(&self, _: Name) -> Resolving {
        let silent = self.silent;
        Box::pin(async move {
            if silent {
                pending::<()>().await;
            }
            Err("no such name".into())
        })
    }
}

#[tokio::test]
async fn a_name_that_is_not_found_or_not_in_time_is_no_connection() {
    for silent in [false, true] {
        let client = keys("https://pay.example")
            .http(move |http| http.no_proxy().dns_resolver(Arc::new(NoNames { silent })))
            .timeouts(Timeouts::default().connect(Duration::from_millis(150)))
            .retries(Retries::off());
        let client = client.build().unwrap();
        let error = client.create_guaranteed(&request()).await.unwrap_err();
        let told = chain(&error);
        assert_eq!(error.kind(), ErrorKind::Connect, "{told}");
        assert!(!error.maybe_applied() && error.is_retryable(), "{told}");
        let cause = if silent { "timed out" } else { "no such name" };
        assert!(told.contains(cause), "the cause is kept: {told}");
    }
}

#[tokio::test]
async fn a_server_that_accepts_and_does_not_speak_tls_is_no_connection() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("https://{}", silent.local_addr().unwrap());
    let plain = Host::plain(|_| Answer::Close(Vec::new())).await;
    for base in [base, format!("https://localhost:{}", plain.port)] {
        let client = keys(&base)
            .timeouts(Timeouts::default().connect(Duration::from_millis(150)))
            .retries(Retries::off());
        let client = client.build().unwrap();
        let error = client.create_guaranteed(&request()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connect, "{}", chain(&error));
        assert!(!error.maybe_applied());
    }
}
