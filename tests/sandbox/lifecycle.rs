//! A sandbox begins, and ends.

use std::error::Error as _;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;

use flinks_pay::sandbox::{Sandbox, SandboxError};
use tokio::net::TcpStream;

use crate::bench::Bench;
use crate::bodies::guaranteed;
use crate::checked;

fn address(sandbox: &Sandbox) -> SocketAddr {
    sandbox.base_url().socket_addrs(|| None).unwrap()[0]
}

async fn refuses(address: SocketAddr) -> bool {
    let kind = TcpStream::connect(address)
        .await
        .map_err(|error| error.kind());
    match kind {
        Err(ErrorKind::ConnectionRefused) => true,
        // Closed between the knock and the answer: not yet, but soon.
        Ok(_) | Err(ErrorKind::ConnectionReset) => false,
        Err(kind) => panic!("{kind}"),
    }
}

#[tokio::test]
async fn it_listens_on_a_free_loopback_port() {
    let (one, two) = (checked::start().await, checked::start().await);
    assert!(address(&one).ip().is_loopback());
    assert_ne!(address(&one).port(), address(&two).port());
    assert_ne!(one.client_secret(), two.client_secret());
    assert_ne!(one.client_id(), two.client_id());
    assert_eq!(one.base_url().path(), "/");
}

#[tokio::test]
async fn it_listens_on_the_port_that_is_asked_for_once_that_is_free() {
    let first = Bench::start().await;
    let at = address(&first.sandbox);
    first.token().await;
    first.sandbox.shutdown().await;
    let builder = Sandbox::builder().port(at.port());
    let second = checked::with(builder).await.unwrap();
    assert_eq!(address(&second), at);
}

#[tokio::test]
async fn after_a_shutdown_the_port_refuses() {
    let bench = Bench::start().await;
    let at = address(&bench.sandbox);
    let id = bench.session(&guaranteed()).await;
    let url = bench
        .sandbox
        .base_url()
        .join(&crate::bench::path(&id, "status"))
        .unwrap();
    assert!(!refuses(at).await);
    // Connections that wait for the next call do not hold it up.
    let done = tokio::time::timeout(Duration::from_secs(2), bench.sandbox.shutdown());
    done.await.expect("an idle connection is closed at once");
    assert!(refuses(at).await);
    let error = bench.http.get(url).send().await.unwrap_err();
    assert!(error.is_connect(), "{error:?}");
}

#[tokio::test]
async fn a_dropped_sandbox_refuses_too() {
    let bench = Bench::start().await;
    let at = address(&bench.sandbox);
    let id = bench.session(&guaranteed()).await;
    let url = bench
        .sandbox
        .base_url()
        .join(&crate::bench::path(&id, "status"))
        .unwrap();
    drop(bench.sandbox);
    let refused = async {
        while !refuses(at).await {
            tokio::task::yield_now().await;
        }
    };
    let refused = tokio::time::timeout(Duration::from_secs(5), refused);
    refused.await.expect("the port is closed");
    // Nor does the connection answer that is still open.
    bench.http.get(url).send().await.unwrap_err();
}

#[tokio::test]
async fn a_payor_is_played_after_the_end() {
    let bench = Bench::start().await;
    let id = bench.session(&guaranteed()).await;
    let payor = bench.sandbox.payor(&id);
    bench.sandbox.shutdown().await;
    assert!(payor.run().unwrap().last().unwrap().over);
    let never = crate::status::NO_SESSIONS[0].parse().unwrap();
    let other = Bench::start().await;
    for error in [
        other.sandbox.payor(&never).step().unwrap_err(),
        other.sandbox.payor(&never).events().unwrap_err(),
    ] {
        assert!(matches!(error, SandboxError::UnknownSession), "{error}");
    }
}

#[tokio::test]
async fn a_port_that_is_taken_is_told() {
    let first = checked::start().await;
    let taken = address(&first).port();
    let builder = Sandbox::builder().port(taken);
    let error = checked::with(builder).await.unwrap_err();
    assert!(matches!(&error, SandboxError::Bind { port, .. } if *port == taken));
    assert_eq!(
        error.to_string(),
        format!("cannot listen on 127.0.0.1:{taken}: choose another port, or 0 for a free one")
    );
    let source = error.source().unwrap().downcast_ref::<std::io::Error>();
    assert_eq!(source.unwrap().kind(), ErrorKind::AddrInUse);
    // The first one is none the worse for it.
    assert!(!refuses(address(&first)).await);
}
