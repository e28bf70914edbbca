//! Through a proxy, and past it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use flinks_pay::client::Timeouts;
use tokio::io::{AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

use super::host::{self, Host, whole};
use super::tls::Authority;
use super::*;

/// A proxy for `CONNECT`. Whatever name it is asked for, it connects to `target`, or refuses with this status.
struct ConnectProxy {
    address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    task: tokio::task::JoinHandle<()>,
}

impl ConnectProxy {
    async fn start(target: Result<u16, u16>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let task = tokio::spawn({
            let asked = Arc::clone(&asked);
            async move {
                while let Ok((mut stream, _)) = listener.accept().await {
                    let asked = Arc::clone(&asked);
                    tokio::spawn(async move {
                        let mut pending = Vec::new();
                        let Some(request) = host::read(&mut stream, &mut pending, 1).await else {
                            return;
                        };
                        asked.lock().unwrap().push(request);
                        assert!(pending.is_empty(), "nothing before the tunnel stands");
                        match target {
                            Ok(port) => {
                                let mut there =
                                    TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                                stream.write_all(b"HTTP/1.1 200 Go\r\n\r\n").await.unwrap();
                                let _ = copy_bidirectional(&mut stream, &mut there).await;
                            }
                            Err(status) => {
                                let _ = stream.write_all(&whole(status, &[], "no")).await;
                            }
                        }
                    });
                }
            }
        });
        Self {
            address,
            asked,
            task,
        }
    }

    fn url(&self) -> String {
        format!("http://name:marker-word@{}", self.address)
    }

    fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for ConnectProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[tokio::test]
async fn a_proxy_sees_the_name_of_the_host_and_nothing_else() {
    let authority = Authority::new();
    let host = Host::tls(authority.sign("pay.example").server(), created).await;
    let proxy = ConnectProxy::start(Ok(host.port)).await;
    let builder = keys("https://pay.example")
        .root_certificates_pem(authority.pem())
        .proxy(proxy.url());
    assert!(!format!("{builder:?}").contains("marker"), "{builder:?}");
    let client = builder.build().unwrap();
    assert!(!format!("{client:?}").contains("marker"), "{client:?}");
    let answer = client.create_guaranteed(&request()).await.unwrap();
    assert_eq!(answer.session_id, session());
    let asked = proxy.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].line(), "CONNECT pay.example:443");
    // name:marker-word
    assert_eq!(
        asked[0].header("proxy-authorization"),
        Some("Basic bmFtZTptYXJrZXItd29yZA==")
    );
    assert!(!asked[0].head.contains("marker-key"), "{}", asked[0].head);
    let asked = host.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].header("x-api-key"), Some("marker-key"));
    assert_eq!(asked[0].header("proxy-authorization"), None);
}

#[tokio::test]
async fn a_proxy_that_refuses_is_no_connection_and_its_password_is_not_told() {
    for status in [302, 403, 407, 502] {
        let proxy = ConnectProxy::start(Err(status)).await;
        let client = keys("https://pay.example")
            .proxy(proxy.url())
            .retries(Retries::off());
        let client = client.build().unwrap();
        let error = client.create_guaranteed(&request()).await.unwrap_err();
        let told = format!("{} {error:?}", chain(&error));
        assert_eq!(error.kind(), ErrorKind::Connect, "{status}: {told}");
        assert!(!error.maybe_applied() && error.is_retryable(), "{status}");
        assert!(!told.contains("marker"), "{status}: {told}");
        assert_eq!(proxy.asked().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn a_proxy_that_is_not_there_or_says_nothing_is_no_connection() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, nobody) = (silent.local_addr().unwrap(), gone.local_addr().unwrap());
    drop(gone);
    for address in [address, nobody] {
        let client = keys("https://pay.example")
            .proxy(format!("http://name:marker-word@{address}"))
            .timeouts(Timeouts::default().connect(Duration::from_millis(150)))
            .retries(Retries::off());
        let client = client.build().unwrap();
        let error = client.create_guaranteed(&request()).await.unwrap_err();
        let told = format!("{} {error:?}", chain(&error));
        assert_eq!(error.kind(), ErrorKind::Connect, "{told}");
        assert!(!told.contains("marker"), "{told}");
    }
}

#[tokio::test]
async fn this_machine_is_never_reached_through_a_proxy() {
    let authority = Authority::new();
    let plain = Host::plain(created).await;
    let tls = Host::tls(authority.sign("localhost").server(), created).await;
    let proxy = ConnectProxy::start(Err(403)).await;
    for host in [&plain, &tls] {
        let client = keys(&host.base())
            .root_certificates_pem(authority.pem())
            .proxy(proxy.url());
        let client = client.build().unwrap();
        assert!(client.create_guaranteed(&request()).await.is_ok());
    }
    assert_eq!(proxy.asked().len(), 0);
}

#[test]
fn what_is_no_proxy_is_refused_and_never_repeated() {
    for url in [
        "marker",
        "socks5://name:marker@proxy.example",
        "http://name:marker@:1",
    ] {
        // On this machine, too, where it would not be used.
        for base in ["https://pay.example", "http://localhost:1"] {
            let error = keys(base).proxy(url).build().unwrap_err();
            assert!(matches!(error, BuildError::Proxy), "{url}: {error:?}");
            assert!(!format!("{error} {error:?}").contains("marker"), "{url}");
        }
    }
}
