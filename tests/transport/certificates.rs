//! Whose certificate is trusted, and by whom.

use rcgen::{CertificateParams, date_time_ymd};
use tokio::net::TcpListener;
use tokio_rustls::rustls::version;

use super::host::{Host, greet};
use super::tls::{Authority, BOTH, Identity};
use super::*;

#[tokio::test]
async fn a_certificate_of_a_trusted_issuer_for_this_host_is_accepted() {
    let authority = Authority::new();
    let host = Host::tls(authority.sign("localhost").server(), created).await;
    let client = keys(&host.base()).root_certificates_pem(authority.pem());
    let answer = client.build().unwrap().create_guaranteed(&request()).await;
    assert_eq!(answer.unwrap().session_id, session());
}

#[tokio::test]
async fn a_certificate_that_proves_nothing_is_refused_before_anything_is_sent() {
    let authority = Authority::new();
    let dates = |from: i32, to: i32| {
        move |params: &mut CertificateParams| {
            params.not_before = date_time_ymd(from, 1, 1);
            params.not_after = date_time_ymd(to, 1, 1);
        }
    };
    for (name, shown) in [
        (
            "expired",
            authority.sign_with("localhost", dates(2019, 2020)),
        ),
        (
            "not valid yet",
            authority.sign_with("localhost", dates(3019, 3020)),
        ),
        ("another host", authority.sign("elsewhere.example")),
        ("its own issuer", Identity::self_signed("localhost")),
        ("an unknown issuer", Authority::new().sign("localhost")),
    ] {
        let host = Host::tls(shown.server(), created).await;
        let client = keys(&host.base()).root_certificates_pem(authority.pem());
        let client = client.build().unwrap();
        for operation in [Operation::CreateSession, Operation::GetSessionStatus] {
            let error = call(&client, operation).await.expect_err(name);
            assert_eq!(
                error.kind(),
                ErrorKind::Certificate,
                "{name}: {}",
                chain(&error)
            );
            assert!(error.source().is_some(), "{name}");
            assert!(!error.maybe_applied() && !error.is_retryable(), "{name}");
            assert_eq!(error.attempts(), 1, "{name}: it will not get better");
        }
        assert_eq!(host.asked().len(), 0, "{name}");
        assert_eq!(host.connections(), 2, "{name}");
    }
}

#[tokio::test]
async fn a_certificate_that_a_plugged_in_client_does_not_trust_has_the_same_kind() {
    let host = Host::tls(Identity::self_signed("localhost").server(), created).await;
    let client = keys(&host.base()).http_client(plugged_in(|http| http));
    let error = client.build().unwrap().create_guaranteed(&request()).await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Certificate);
}

/// A server's hello in an old version, and nothing else: there is no server left to be had that speaks them.
fn old_hello(minor: u8) -> Vec<u8> {
    let mut hello = vec![22, 3, minor, 0, 42, 2, 0, 0, 38, 3, minor];
    hello.extend([7; 32]);
    // No session, TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, no compression.
    hello.extend([0, 0xc0, 0x13, 0]);
    hello
}

#[tokio::test]
async fn tls_1_0_and_1_1_are_refused() {
    for minor in [1, 2] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("https://{}", listener.local_addr().unwrap());
        let server = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            greet(stream, &old_hello(minor)).await
        });
        let client = keys(&base).retries(Retries::off()).build().unwrap();
        let error = client.create_guaranteed(&request()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connect, "{}", chain(&error));
        assert!(!error.maybe_applied());
        // One record: a fatal alert about the version. In particular none of type 23, data.
        assert_eq!(server.await.unwrap(), [21, 3, 3, 0, 2, 2, 70], "3.{minor}");
    }
}

#[tokio::test]
async fn a_server_that_wants_a_certificate_is_shown_the_one_that_was_given() {
    let (authority, clients) = (Authority::new(), Authority::new());
    for versions in [&[&version::TLS12][..], BOTH] {
        let config = authority.sign("localhost").server_for(&clients, versions);
        let host = Host::tls(config, created).await;
        let client = keys(&host.base())
            .root_certificates_pem(authority.pem())
            .identity_pem(clients.sign("shop.example").pem());
        let answer = client.build().unwrap().create_guaranteed(&request()).await;
        assert_eq!(answer.unwrap().session_id, session());
        assert_eq!(host.asked().len(), 1);
    }
}

#[tokio::test]
async fn a_client_whose_certificate_is_missing_or_not_accepted_is_told_so() {
    let (authority, clients) = (Authority::new(), Authority::new());
    for versions in [&[&version::TLS12][..], &[&version::TLS13]] {
        for identity in [None, Some(Authority::new().sign("shop.example"))] {
            let config = authority.sign("localhost").server_for(&clients, versions);
            let host = Host::tls(config, created).await;
            let mut client = keys(&host.base()).root_certificates_pem(authority.pem());
            if let Some(identity) = &identity {
                client = client.identity_pem(identity.pem());
            }
            let error = client.build().unwrap().create_guaranteed(&request()).await;
            let error = error.unwrap_err();
            let case = format!("{versions:?}, {}: {}", identity.is_some(), chain(&error));
            assert_eq!(error.kind(), ErrorKind::ClientCertificate, "{case}");
            assert!(error.maybe_applied() && !error.is_retryable(), "{case}");
            assert_eq!(error.attempts(), 1, "{case}");
            assert_eq!(host.asked().len(), 0, "{case}");
        }
    }
}

#[test]
fn what_is_no_certificate_is_refused_and_never_repeated() {
    let marked = "marker";
    let authority = Authority::new();
    let (one, other) = (authority.sign("one.example"), authority.sign("two.example"));
    let garbled = one
        .pem()
        .replace("BEGIN PRIVATE KEY-----\nM", "BEGIN PRIVATE KEY-----\nX");
    assert_ne!(garbled, one.pem());
    for (name, pem) in [
        ("nothing", String::new()),
        ("no PEM", marked.to_owned()),
        ("no key", one.certificate_pem()),
        ("no certificate", one.key_pem()),
        ("another's key", one.certificate_pem() + &other.key_pem()),
        ("a broken key", garbled),
    ] {
        let builder = keys("https://pay.example").identity_pem(pem.clone());
        let shown = format!("{builder:?}");
        let error = builder.build().expect_err(name);
        assert!(
            matches!(error, BuildError::Identity(_)),
            "{name}: {error:?}"
        );
        let shown = format!("{shown} {error} {error:?}");
        for line in pem.lines().filter(|line| !line.starts_with("-----")) {
            assert!(!shown.contains(line), "{name}: {shown}");
        }
    }
    let hollow = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for (name, pem) in [
        ("nothing", ""),
        ("no PEM", marked),
        ("no certificate", hollow),
    ] {
        let builder = keys("https://pay.example").root_certificates_pem(pem);
        let error = builder.build().expect_err(name);
        assert!(
            matches!(error, BuildError::Certificate(_)),
            "{name}: {error:?}"
        );
    }
}
