//! Where requests go, for every kind of base URL.

use super::host::Host;
use super::*;

/// The target of a status, under this path.
fn under(path: &str) -> String {
    format!("GET {path}/api/v2/sessions/{SESSION}/status")
}

#[tokio::test]
async fn a_path_and_a_slash_at_the_end_are_kept_and_not_doubled() {
    let host = Host::plain(created).await;
    for (suffix, path) in [
        ("", ""),
        ("/", ""),
        ("//", ""),
        ("/pay", "/pay"),
        ("/pay/", "/pay"),
        ("/a/b%20c/", "/a/b%20c"),
        ("/a/../b/", "/b"),
    ] {
        let client = keys(&(host.base() + suffix)).build().unwrap();
        client.status(&session()).await.unwrap();
        let asked = host.asked();
        let last = asked.last().unwrap();
        assert_eq!(last.line(), under(path), "{suffix}");
        let authority = format!("localhost:{}", host.port);
        assert_eq!(last.header("host"), Some(authority.as_str()));
    }
}

#[tokio::test]
async fn an_address_of_version_6_is_an_address() {
    let Some(host) = Host::plain_on("[::1]:0", created).await else {
        eprintln!("this machine has no IPv6");
        return;
    };
    // `localhost` is both addresses, and this server has one of them.
    for name in ["[::1]", "[0:0:0:0:0:0:0:1]", "localhost"] {
        let client = keys(&format!("http://{name}:{}/pay", host.port));
        client.build().unwrap().status(&session()).await.unwrap();
        assert_eq!(host.asked().last().unwrap().line(), under("/pay"));
    }
    let asked = host.asked();
    let authority = format!("[::1]:{}", host.port);
    assert_eq!(asked[1].header("host"), Some(authority.as_str()));
}

#[tokio::test]
async fn the_name_of_this_machine_is_not_looked_up() {
    struct Elsewhere;
    impl reqwest::dns::Resolve for Elsewhere {
        fn resolve(&self, _: reqwest::dns::Name) -> reqwest::dns::Resolving {
            Box::pin(async { Err("somebody was asked".into()) })
        }
    }
    let host = Host::plain(created).await;
    let client = keys(&host.base()).http(|http| http.dns_resolver(std::sync::Arc::new(Elsewhere)));
    assert!(client.build().unwrap().status(&session()).await.is_ok());
}
