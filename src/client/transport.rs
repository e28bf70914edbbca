//! What carries a request to the server: one exchange, no more.
//!
//! Everything above it, tokens, retries, deadlines and waiting, runs on this and on [`Clock`](crate::clock::Clock) alone,
//! so that all of it can be run in a simulation that loses, delays and reorders what it likes.

use std::error::Error as StdError;
use std::fmt::Debug;
use std::pin::Pin;

use reqwest::{Body, Request, Response};

use super::ErrorKind;

/// One exchange under way.
pub(crate) type Exchange<'a> = Pin<Box<dyn Future<Output = Result<Response, Lost>> + Send + 'a>>;

/// Sends a request and returns the head of the answer; the body is read from it.
///
/// Sends at most once. A request that is sent again is sent by [`drive`](super::drive), which knows what may be.
pub(crate) trait Transport: Debug + Send + Sync {
    fn send(&self, request: Request) -> Exchange<'_>;
}

/// No answer came, or none that may be looked at.
#[derive(Debug)]
pub(crate) struct Lost {
    /// [`ErrorKind::Connect`] and [`ErrorKind::Certificate`] say that no byte of the request has left; nothing else does.
    pub(crate) kind: ErrorKind,
    pub(crate) source: Box<dyn StdError + Send + Sync>,
}

/// Why an answer from another address is not looked at.
#[derive(Debug, thiserror::Error)]
#[error("the plugged-in HTTP client has followed a redirect")]
struct Followed;

impl Lost {
    pub(crate) fn by(error: reqwest::Error) -> Self {
        let kind = match certificate(&error) {
            Some(kind) => kind,
            None if error.is_connect() => ErrorKind::Connect,
            None if error.is_timeout() => ErrorKind::Timeout,
            None if error.is_redirect() => ErrorKind::Redirect,
            None if error.is_builder() => ErrorKind::Configuration,
            None => ErrorKind::Interrupted,
        };
        Self {
            kind,
            // The URL has the session id in it.
            source: error.without_url().into(),
        }
    }
}

/// The kind of a failure that is about a certificate. The rest of TLS is about the connection.
fn certificate(error: &(dyn StdError + 'static)) -> Option<ErrorKind> {
    use rustls::{AlertDescription as Alert, Error as Tls};
    let mut next = Some(error);
    while let Some(link) = next {
        match link.downcast_ref() {
            Some(Tls::InvalidCertificate(_) | Tls::NoCertificatesPresented) => {
                return Some(ErrorKind::Certificate);
            }
            Some(Tls::AlertReceived(
                Alert::NoCertificate
                | Alert::BadCertificate
                | Alert::UnsupportedCertificate
                | Alert::CertificateRevoked
                | Alert::CertificateExpired
                | Alert::CertificateUnknown
                | Alert::UnknownCA
                | Alert::CertificateRequired,
            )) => return Some(ErrorKind::ClientCertificate),
            _ => {}
        }
        let wrapped = link.downcast_ref().and_then(std::io::Error::get_ref);
        next = match wrapped {
            // The source of an I/O error is not what it wraps, but the source of that.
            Some(wrapped) => Some(wrapped),
            None => link.source(),
        };
    }
    None
}

impl Transport for reqwest::Client {
    fn send(&self, mut request: Request) -> Exchange<'_> {
        // A body that cannot be copied cannot be sent twice, whatever a plugged-in client has been told about retries.
        let body = request.body_mut().take().unwrap_or_default();
        *request.body_mut() = Some(Body::wrap(body));
        Box::pin(async move {
            let asked = request.url().clone();
            let answer = self.execute(request).await.map_err(Lost::by)?;
            if *answer.url() == asked {
                Ok(answer)
            } else {
                Err(Lost {
                    kind: ErrorKind::Redirect,
                    source: Followed.into(),
                })
            }
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use std::sync::{Arc, Mutex};

    use reqwest::{Client, Method};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;
    use url::Url;

    use super::*;

    /// Sends every request to `/elsewhere`, and answers it there.
    async fn signpost(status: u16) -> (Url, Arc<Mutex<Vec<String>>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        tokio::spawn({
            let seen = Arc::clone(&seen);
            async move {
                loop {
                    let (mut stream, _) = listener.accept().await.unwrap();
                    let mut head = Vec::new();
                    while !head.ends_with(b"\r\n\r\n") {
                        head.push(stream.read_u8().await.unwrap());
                    }
                    let head = String::from_utf8(head).unwrap();
                    let answer = if head.contains(" /elsewhere ") {
                        "HTTP/1.1 200 X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                            .to_owned()
                    } else {
                        format!(
                            "HTTP/1.1 {status} X\r\nlocation: /elsewhere\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                        )
                    };
                    seen.lock()
                        .unwrap()
                        .push(head.lines().next().unwrap().to_owned());
                    stream.write_all(answer.as_bytes()).await.unwrap();
                }
            }
        });
        (base.parse().unwrap(), seen)
    }

    /// The builder refuses such a client. If one gets by, a request is at least not repeated, and its answer not believed.
    #[tokio::test]
    async fn an_answer_from_another_address_is_not_believed_and_a_body_is_not_sent_there() {
        let client = Client::builder().no_proxy().tls_certs_only([]);
        let client = client.build().unwrap();
        for status in [301, 302, 303, 307, 308] {
            for method in [Method::GET, Method::POST] {
                let (base, seen) = signpost(status).await;
                let mut request = Request::new(method.clone(), base);
                if method == Method::POST {
                    *request.body_mut() = Some("body".into());
                }
                let outcome = client.send(request).await;
                let seen = seen.lock().unwrap();
                assert!(
                    !seen.contains(&"POST /elsewhere HTTP/1.1".to_owned()),
                    "{seen:?}"
                );
                match outcome {
                    // As if it did not follow.
                    Ok(answer) => {
                        assert_eq!((answer.status().as_u16(), seen.len()), (status, 1));
                    }
                    Err(lost) => {
                        assert_eq!((lost.kind, seen.len()), (ErrorKind::Redirect, 2));
                        assert!(lost.source.is::<Followed>());
                    }
                }
                // What cannot be prevented is a request without a body, or one that is made into one.
                let followed = method == Method::GET || status <= 303;
                assert_eq!(seen.len() == 2, followed, "{status} {method}");
            }
        }
    }
}
