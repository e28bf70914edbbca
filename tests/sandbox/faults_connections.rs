//! Connections that are refused for a time.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use flinks_pay::clock::ManualClock;
use flinks_pay::sandbox::{Fault, FaultRule, Sandbox};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::bench::{Bench, open_statuses, path};
use crate::bodies::guaranteed;
use crate::control_api::call;
use crate::wire::{self, End, request};

async fn is_refused(bench: &Bench) -> bool {
    let port = bench.sandbox.base_url().port().unwrap();
    match TcpStream::connect(("127.0.0.1", port)).await {
        Ok(_) => false,
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
            true
        }
    }
}

#[tokio::test]
async fn connections_are_refused_until_the_sandbox_is_told_otherwise() {
    let bench = Bench::start().await;
    let id = bench.session(&guaranteed()).await;
    for _ in 0..3 {
        bench.sandbox.refuse_connections().await.unwrap();
        assert!(is_refused(&bench).await);
        bench.sandbox.refuse_connections().await.unwrap();
        assert!(is_refused(&bench).await, "twice is the same as once");
        bench.sandbox.accept_connections().await.unwrap();
        bench.status(&id).await.expect(200);
    }
    bench.sandbox.accept_connections().await.unwrap();
    bench.status(&id).await.expect(200);
}

#[cfg(any(target_os = "linux", target_vendor = "apple"))]
/// Whether somebody else can listen on the sandbox's port.
fn can_be_taken(bench: &Bench, prepare: fn(&TcpSocket) -> std::io::Result<()>) -> bool {
    let socket = TcpSocket::new_v4().unwrap();
    prepare(&socket).unwrap();
    let address = ([127, 0, 0, 1], bench.sandbox.base_url().port().unwrap());
    let taken = socket
        .bind(address.into())
        .and_then(|()| socket.listen(1).map(drop));
    taken.is_ok()
}

#[cfg(any(target_os = "linux", target_vendor = "apple"))]
#[tokio::test]
async fn nobody_else_gets_the_port_while_connections_are_refused() {
    let bench = Bench::start().await;
    let id = bench.session(&guaranteed()).await;
    let ways: [fn(&TcpSocket) -> std::io::Result<()>; 3] = [
        |_| Ok(()),
        |socket| socket.set_reuseaddr(true),
        |socket| socket.set_reuseaddr(true).and(socket.set_reuseport(true)),
    ];
    for round in 0..3 {
        // A connection that was there before is no reason to lose the port.
        let guest = wire::connect(&bench).await;
        bench.sandbox.refuse_connections().await.unwrap();
        for (number, way) in ways.into_iter().enumerate() {
            assert!(!can_be_taken(&bench, way), "round {round}, way {number}");
        }
        assert!(is_refused(&bench).await);
        bench.sandbox.accept_connections().await.unwrap();
        for (number, way) in ways.into_iter().enumerate() {
            assert!(
                !can_be_taken(&bench, way),
                "round {round}, way {number}, open"
            );
        }
        bench.status(&id).await.expect(200);
        drop(guest);
    }
}

#[tokio::test]
async fn connections_are_refused_for_a_time_of_the_sandboxs_clock() {
    let clock = ManualClock::new();
    let bench = Bench::with(Sandbox::builder().clock(Arc::new(clock.clone()))).await;
    let id = bench.session(&guaranteed()).await;
    let minute = Duration::from_secs(60);
    bench.sandbox.refuse_connections_for(minute).await.unwrap();
    assert!(is_refused(&bench).await);
    while clock.next_wake().is_none() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let nanosecond = Duration::from_nanos(1);
    clock.advance(minute.checked_sub(nanosecond).unwrap());
    assert!(is_refused(&bench).await);
    clock.advance(nanosecond);
    let back = async {
        while is_refused(&bench).await {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), back)
        .await
        .unwrap();
    bench.status(&id).await.expect(200);
    // A time that is over before it begins.
    bench
        .sandbox
        .refuse_connections_for(Duration::ZERO)
        .await
        .unwrap();
    bench.sandbox.accept_connections().await.unwrap();
    bench.status(&id).await.expect(200);
}

#[tokio::test]
async fn an_idle_connection_is_closed_and_a_busy_one_after_its_answer() {
    let clock = ManualClock::new();
    let bench = Bench::with(open_statuses().clock(Arc::new(clock.clone()))).await;
    let id = bench.session(&guaranteed()).await;
    let keep = format!(
        "GET /{} HTTP/1.1\r\nhost: localhost\r\n\r\n",
        path(&id, "status")
    );

    let mut idle = wire::connect(&bench).await;
    idle.write_all(keep.as_bytes()).await.unwrap();
    let mut answer = vec![0; 4096];
    assert!(idle.read(&mut answer).await.unwrap() > 0);

    let delay = Fault::delay(Duration::from_secs(5));
    bench.sandbox.fault(FaultRule::next(1, delay)).unwrap();
    let mut busy = wire::connect(&bench).await;
    busy.write_all(keep.as_bytes()).await.unwrap();
    while clock.next_wake().is_none() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }

    bench.sandbox.refuse_connections().await.unwrap();
    assert_eq!(idle.read(&mut answer).await.unwrap(), 0);
    clock.advance(Duration::from_secs(5));
    let seen = wire::read(&mut busy).await;
    assert_eq!((seen.status(), seen.end), (200, End::Closed));
    assert_eq!(seen.header("connection"), Some("close"));
}

#[tokio::test]
async fn an_answer_that_is_on_its_way_arrives_whole() {
    let bench = Bench::with(open_statuses()).await;
    let id = bench.session(&guaranteed()).await;
    let drip =
        serde_json::from_value(serde_json::json!({ "drip": { "millisPerByte": 3 } })).unwrap();
    bench.sandbox.fault(FaultRule::next(1, drip)).unwrap();
    let mut busy = wire::connect(&bench).await;
    let keep = format!(
        "GET /{} HTTP/1.1\r\nhost: localhost\r\n\r\n",
        path(&id, "status")
    );
    busy.write_all(keep.as_bytes()).await.unwrap();
    let mut begun = vec![0; 1];
    busy.read_exact(&mut begun).await.unwrap();
    bench.sandbox.refuse_connections().await.unwrap();
    let mut rest = String::new();
    busy.read_to_string(&mut rest).await.unwrap();
    let (_, body) = rest.split_once("\r\n\r\n").unwrap();
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(body["status"], "Initiated");
}

#[tokio::test]
async fn another_process_has_them_refused_for_some_seconds() {
    let clock = ManualClock::new();
    let bench = Bench::with(Sandbox::builder().clock(Arc::new(clock.clone()))).await;
    for body in [
        json!({}),
        json!({ "seconds": 0 }),
        json!({ "seconds": 86_401 }),
        json!({ "seconds": 1.5 }),
    ] {
        let answer = call(bench.post("_sandbox/connections/refuse").json(&body)).await;
        answer.expect_error(400, "invalid_request");
    }
    assert!(!is_refused(&bench).await);
    let body = json!({ "seconds": 3 });
    let answer = call(bench.post("_sandbox/connections/refuse").json(&body)).await;
    assert_eq!(answer.expect(200), &body);
    assert!(is_refused(&bench).await);
    bench.sandbox.advance(Duration::from_secs(3));
    let back = async {
        while is_refused(&bench).await {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), back)
        .await
        .unwrap();
    let seen = wire::send(&bench, &request("GET", "_sandbox", None, "")).await;
    assert_eq!(seen.status(), 200);
}

#[tokio::test]
async fn a_sandbox_that_refuses_connections_can_be_stopped() {
    let bench = Bench::start().await;
    let port = bench.sandbox.base_url().port().unwrap();
    bench.sandbox.refuse_connections().await.unwrap();
    let stopped = tokio::time::timeout(Duration::from_secs(5), bench.sandbox.shutdown());
    stopped.await.unwrap();
    // The port is anybody's again.
    let again = crate::checked::with(Sandbox::builder().port(port)).await;
    again.unwrap().shutdown().await;
}
