//! A receiver: where it is, what it is signed for, and how it is reached.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use http::header;
use url::{Host, Url};

use super::delivery::DeliveryOutcome;
use super::faults::WebhookFaults;
use crate::sandbox::state::form::ReceiverForm;
use crate::webhook::{SIGNATURE_HEADER, WebhookSecret};

/// Where a sandbox sends webhooks, and what it signs them with.
///
/// The address is `https`, of any host, or `http` of this machine: what is sent has a session's id in it, and is not for the
/// network to read. Redirects are not followed, and this machine is reached without a proxy.
#[derive(Clone)]
#[must_use]
pub struct Webhook {
    url: Url,
    secret: WebhookSecret,
    faults: WebhookFaults,
    http: reqwest::Client,
    /// Whether it was registered while the sandbox ran, so that nobody would say it again at the next start.
    registered: bool,
}

/// Why a webhook cannot be sent to an address. The text of the address is not repeated: it may hold a token.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WebhookUrlError {
    /// Not a URL at all, or one of another kind.
    #[error("the webhook address is no absolute http or https URL")]
    NotAUrl,
    /// Plain `http` to another machine.
    #[error(
        "the webhook address must be https; plain http is accepted only for loopback addresses"
    )]
    Insecure,
    /// User name or password in it.
    #[error("the webhook address must not hold credentials; the signature tells who sends")]
    HasCredentials,
    /// A fragment, which is never sent.
    #[error("the webhook address must not have a fragment")]
    HasFragment,
    /// There is no TLS to reach it by.
    #[error("no HTTP client could be made for the webhook address")]
    Client(#[source] reqwest::Error),
}

impl Webhook {
    /// How long a receiver has for its answer, by the machine's time.
    const PATIENCE: Duration = Duration::from_secs(10);

    /// Checks and takes the address of a receiver, and the secret that it verifies with.
    ///
    /// # Errors
    ///
    /// The text is no absolute URL, has credentials or a fragment, or is neither `https` nor `http` to a loopback address.
    pub fn new(url: &str, secret: WebhookSecret) -> Result<Self, WebhookUrlError> {
        let url = Url::parse(url).map_err(|_| WebhookUrlError::NotAUrl)?;
        let local = is_loopback(&url);
        match url.scheme() {
            "https" => {}
            "http" if local => {}
            "http" => return Err(WebhookUrlError::Insecure),
            _ => return Err(WebhookUrlError::NotAUrl),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(WebhookUrlError::HasCredentials);
        }
        if url.fragment().is_some() {
            return Err(WebhookUrlError::HasFragment);
        }
        Ok(Self {
            http: client(&url, local)
                .map_err(|error| WebhookUrlError::Client(error.without_url()))?,
            url,
            secret,
            faults: WebhookFaults::default(),
            registered: false,
        })
    }

    /// Says that it is registered through the control API.
    pub(in crate::sandbox) fn registered(mut self) -> Self {
        self.registered = true;
        self
    }

    /// What a state file says of it; nothing if it was named at the start.
    pub(super) fn kept(&self) -> Option<ReceiverForm> {
        self.registered.then(|| ReceiverForm {
            url: self.url.as_str().to_owned(),
            secret: self.secret.expose().to_owned(),
            faults: self.faults,
        })
    }

    /// Has this go wrong with everything that is sent there.
    pub fn with_faults(mut self, faults: WebhookFaults) -> Self {
        self.faults = faults;
        self
    }

    /// Returns the address.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Returns what goes wrong.
    #[must_use]
    pub fn faults(&self) -> WebhookFaults {
        self.faults
    }

    /// Sends a body, once.
    pub(super) async fn send(&self, body: Bytes) -> DeliveryOutcome {
        self.send_within(body, Self::PATIENCE).await
    }

    async fn send_within(&self, body: Bytes, patience: Duration) -> DeliveryOutcome {
        let signature = if self.faults.wrong_signature {
            self.secret.sign(&[&body[..], b" "].concat())
        } else {
            self.secret.sign(&body)
        };
        let sent = self
            .http
            .post(self.url.clone())
            .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
            .header(SIGNATURE_HEADER, signature)
            .timeout(patience)
            .body(body)
            .send()
            .await;
        match sent {
            // Its body says nothing that anybody has published.
            Ok(answer) => DeliveryOutcome::Answered {
                status: answer.status().as_u16(),
            },
            Err(error) if error.is_timeout() => DeliveryOutcome::TimedOut,
            Err(error) if error.is_connect() => DeliveryOutcome::NotConnected,
            Err(_) => DeliveryOutcome::Broken,
        }
    }
}

fn client(url: &Url, local: bool) -> reqwest::Result<reqwest::Client> {
    let mut http = reqwest::Client::builder()
        .user_agent(concat!("flinks-pay-sandbox/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        // A connection that is kept may be closed just when an event is sent, and no event is sent again.
        .pool_max_idle_per_host(0)
        // It would log every byte.
        .connection_verbose(false);
    if local {
        // `localhost` is this machine, whatever a resolver says.
        let here = [
            IpAddr::from(Ipv4Addr::LOCALHOST),
            Ipv6Addr::LOCALHOST.into(),
        ];
        let here = here.map(|address| SocketAddr::new(address, 0));
        http = http.no_proxy().resolve_to_addrs("localhost", &here);
    }
    if url.scheme() == "http" {
        // It works where no root certificates are installed, too.
        http = http.tls_certs_only([]);
    }
    http.build()
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The origin of the address, as a path may hold a token, and no secret.
impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook")
            .field("origin", &self.url.origin().ascii_serialization())
            .field("faults", &self.faults)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    fn webhook(url: &str) -> Result<Webhook, WebhookUrlError> {
        Webhook::new(url, WebhookSecret::new("only for this test").unwrap())
    }

    #[test]
    fn an_address_is_accepted_only_where_nobody_listens_in() {
        for url in [
            "https://shop.example/flinks?key=1",
            "https://192.0.2.1:8443",
            "http://127.0.0.1:80/x",
            "http://127.9.9.9",
            "http://[::1]:8080/",
            "http://LocalHost/",
        ] {
            assert!(webhook(url).is_ok(), "{url}");
        }
        for (url, why) in [
            ("", "absolute"),
            ("/flinks", "absolute"),
            ("ftp://127.0.0.1/", "absolute"),
            ("unix:/run/x", "absolute"),
            ("http://", "absolute"),
            ("http://shop.example/", "https"),
            ("http://127.0.0.1.example/", "https"),
            ("http://0.0.0.0/", "https"),
            ("http://[::ffff:192.0.2.1]/", "https"),
            ("https://ada@shop.example/", "credentials"),
            ("http://:hush@127.0.0.1/", "credentials"),
            ("http://127.0.0.1/#part", "fragment"),
        ] {
            let error = webhook(url).unwrap_err().to_string();
            assert!(error.contains(why), "{url}: {error}");
        }
    }

    #[test]
    fn neither_secret_nor_path_prints() {
        let printed = format!(
            "{:?}",
            webhook("https://shop.example/in/hush?k=hush").unwrap()
        );
        assert!(printed.contains("https://shop.example\""), "{printed}");
        assert!(
            !printed.contains("hush") && !printed.contains("only for"),
            "{printed}"
        );
    }

    #[tokio::test]
    async fn what_becomes_of_a_try() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let answers = tokio::spawn(async move {
            let mut silent = None;
            for answer in ["HTTP/1.1 204 No Content\r\n\r\n", "gibberish\r\n\r\n", ""] {
                let (mut socket, _) = listener.accept().await.unwrap();
                // To its end: what is left unread when a socket is closed may cost the answer.
                let mut read = Vec::new();
                while !read.ends_with(b"{}") {
                    assert!(socket.read_buf(&mut read).await.unwrap() > 0);
                }
                socket.write_all(answer.as_bytes()).await.unwrap();
                if answer.is_empty() {
                    silent = Some(socket);
                }
            }
            silent
        });
        let receiver = webhook(&format!("http://127.0.0.1:{port}/")).unwrap();
        let send = async |patience| {
            let patience = Duration::from_millis(patience);
            receiver
                .send_within(Bytes::from_static(b"{}"), patience)
                .await
        };
        assert_eq!(
            send(10_000).await,
            DeliveryOutcome::Answered { status: 204 }
        );
        assert_eq!(send(10_000).await, DeliveryOutcome::Broken);
        assert_eq!(send(100).await, DeliveryOutcome::TimedOut);
        drop(answers.await.unwrap());
        // A port that no test can be given.
        let nobody = webhook("http://127.0.0.1:1/").unwrap();
        let outcome = nobody.send(Bytes::from_static(b"{}")).await;
        assert_eq!(outcome, DeliveryOutcome::NotConnected);
    }
}
