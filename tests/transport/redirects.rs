//! A redirect is an answer. Nothing is sent to where it points.

use super::host::{Host, whole};
use super::*;

const STATUSES: [u16; 5] = [301, 302, 303, 307, 308];

/// A host that sends everybody to `target`, tokens aside.
async fn signpost(status: u16, target: String) -> Host {
    Host::plain(move |asked| {
        if asked.line().contains("/authorize") {
            return Answer::json(200, r#"{"access_token":"marker-token","expires_in":599}"#);
        }
        Answer::Keep(whole(status, &[("location", &target)], "{}"))
    })
    .await
}

fn every_way(base: &str) -> Vec<ClientBuilder> {
    let token = Credentials::form("shop", "marker-secret").unwrap();
    let tokens = Client::builder(Environment::custom(base).unwrap(), token);
    let insist = reqwest::redirect::Policy::limited(10);
    vec![
        keys(base),
        tokens,
        // What is said here about redirects is not heard.
        keys(base).http(move |http| http.redirect(insist)),
        keys(base).http_client(plugged_in(|http| http)),
    ]
}

#[tokio::test]
async fn no_redirect_is_followed_and_no_credentials_reach_another_origin() {
    for status in STATUSES {
        let elsewhere = Host::plain(created).await;
        let host = signpost(status, format!("{}/elsewhere", elsewhere.base())).await;
        for client in every_way(&host.base()) {
            let client = client.build().unwrap();
            for operation in Operation::ALL.iter().copied() {
                if operation == Operation::Authorize {
                    continue;
                }
                let error = call(&client, operation).await.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Redirect, "{status}, {operation}");
                assert_eq!(error.status(), Some(status), "{status}, {operation}");
                assert_eq!(error.attempts(), 1, "{status}, {operation}");
                assert_eq!(
                    error.maybe_applied(),
                    operation.changes_state(),
                    "{status}, {operation}"
                );
                assert!(!chain(&error).contains("elsewhere"), "{}", chain(&error));
            }
        }
        assert_eq!(elsewhere.connections(), 0, "{status}");
    }
}

#[tokio::test]
async fn a_redirect_of_the_token_is_not_followed_either() {
    for status in STATUSES {
        let elsewhere = Host::plain(created).await;
        let target = elsewhere.base();
        let host =
            Host::plain(move |_| Answer::Keep(whole(status, &[("location", &target)], ""))).await;
        let credentials = Credentials::form("shop", "marker-secret").unwrap();
        let client = Client::builder(Environment::custom(&host.base()).unwrap(), credentials);
        let error = client.build().unwrap().authorize().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Redirect, "{status}");
        assert_eq!(elsewhere.connections(), 0, "{status}");
    }
}

#[allow(
    clippy::redundant_closure_for_method_calls,
    reason = "the method itself is not for every lifetime"
)]
#[test]
fn a_plugged_in_client_that_follows_redirects_is_refused() {
    use reqwest::redirect::Policy;
    for follows in [
        Policy::default(),
        Policy::limited(0),
        Policy::custom(|attempt| attempt.stop()),
    ] {
        let client = plugged_in(|http| http.redirect(follows));
        let error = keys("https://pay.example").http_client(client).build();
        assert!(matches!(error.unwrap_err(), BuildError::FollowsRedirects));
    }
}

#[test]
fn a_setting_that_would_not_reach_a_plugged_in_client_is_refused() {
    let with = || keys("https://pay.example").http_client(plugged_in(|http| http));
    for (builder, name) in [
        (with().user_agent("shop/2.1"), "user_agent"),
        (with().root_certificates_pem(""), "root_certificates_pem"),
        (with().identity_pem(""), "identity_pem"),
        (with().proxy("http://proxy.example"), "proxy"),
        (with().http(|http| http), "http"),
    ] {
        match builder.build() {
            Err(BuildError::PluggedIn { setting }) => assert_eq!(setting, name),
            other => panic!("{name}: {other:?}"),
        }
    }
    assert!(with().build().is_ok());
}
