//! A receiver that a sandbox tells of its sessions: where it is, what it is signed for, and what goes wrong on the way.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use url::Url;

use super::delivery::DeliveryOutcome;
use super::faults::WebhookFaults;
use super::receiver::{WebhookReceiver, WebhookUrlError};
use crate::sandbox::defect::{self, Planted};
use crate::sandbox::state::form::ReceiverForm;
use crate::webhook::WebhookSecret;

/// Where a sandbox sends webhooks, and what it signs them with.
#[derive(Clone)]
#[must_use]
pub struct Webhook {
    to: WebhookReceiver,
    secret: WebhookSecret,
    faults: WebhookFaults,
    /// Whether it was registered while the sandbox ran, so that nobody would say it again at the next start.
    registered: bool,
}

impl Webhook {
    /// Checks and takes the address of a [receiver](WebhookReceiver), and the secret that it verifies with.
    ///
    /// # Errors
    ///
    /// The text is no absolute URL, has credentials or a fragment, or is neither `https` nor `http` to a loopback address.
    pub fn new(url: &str, secret: WebhookSecret) -> Result<Self, WebhookUrlError> {
        Ok(Self {
            to: WebhookReceiver::new(url)?,
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
            url: self.to.url().as_str().to_owned(),
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
        self.to.url()
    }

    /// Returns what goes wrong.
    #[must_use]
    pub fn faults(&self) -> WebhookFaults {
        self.faults
    }

    /// Sends a body, once.
    pub(super) async fn send(&self, body: Bytes, planted: Planted) -> DeliveryOutcome {
        self.send_within(body, WebhookReceiver::PATIENCE, planted)
            .await
    }

    async fn send_within(
        &self,
        body: Bytes,
        patience: Duration,
        planted: Planted,
    ) -> DeliveryOutcome {
        let signature = if self.faults.wrong_signature {
            self.secret.sign(&[&body[..], b" "].concat())
        } else {
            defect::webhooks::signature(planted, &self.secret, &body)
        };
        let signature = (defect::webhooks::header(planted), signature.as_str());
        match self.to.post_within(body, Some(signature), patience).await {
            Ok(status) => DeliveryOutcome::Answered { status },
            Err(error) if error.is_timeout() => DeliveryOutcome::TimedOut,
            Err(error) if error.is_connect() => DeliveryOutcome::NotConnected,
            Err(_) => DeliveryOutcome::Broken,
        }
    }
}

/// The origin of the address, as a path may hold a token, and no secret.
impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook")
            .field("origin", &self.url().origin().ascii_serialization())
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
                .send_within(Bytes::from_static(b"{}"), patience, Planted::default())
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
        let outcome = nobody
            .send(Bytes::from_static(b"{}"), Planted::default())
            .await;
        assert_eq!(outcome, DeliveryOutcome::NotConnected);
    }
}
