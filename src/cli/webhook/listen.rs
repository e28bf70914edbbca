//! `flinks-pay webhook listen`: a receiver in the foreground.

use std::collections::{HashSet, VecDeque};
use std::future::IntoFuture as _;
use std::io::{self, Write};
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest as _, Request, State};
use axum::http::{Method, StatusCode};
use flinks_pay::webhook::{
    DEFAULT_MAX_BODY_BYTES, Event, EventKey, Refusal, WebhookError, WebhookVerifier,
};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

use super::delivery::Delivery;
use crate::cli::args::{Format, ListenArgs};
use crate::cli::exit::Exit;
use crate::cli::output::json_line;
use crate::cli::problem::{Problem, visible};
use crate::cli::{SCHEMA_VERSION, unwritable};

/// How many events are known again. The oldest is forgotten first.
const KEYS: usize = 65_536;

/// How long deliveries under way are waited for after Ctrl-C.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) async fn run(args: &ListenArgs) -> Result<Exit, Problem> {
    let mut secrets = args.secret_env.iter().map(|name| super::secret(name));
    let first = secrets.next().ok_or_else(|| {
        Problem::new(
            "there is no webhook secret",
            "name a variable after --secret-env",
        )
    })??;
    let mut verifier = WebhookVerifier::new(first);
    for secret in secrets {
        verifier = verifier.and_secret(secret?);
    }
    let unusable = |error: &io::Error| {
        Problem::new(
            "this port cannot be listened on",
            "choose another --port, or leave it out for a free one",
        )
        .caused_by(error)
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, args.port))
        .await
        .map_err(|error| unusable(&error))?;
    let port = listener
        .local_addr()
        .map_err(|error| unusable(&error))?
        .port();

    let (told, mut deliveries) = mpsc::unbounded_channel();
    let receiver = Arc::new(Receiver {
        verifier,
        secrets: args.secret_env.len(),
        known: Mutex::default(),
        told,
    });
    let (stop, stopped) = oneshot::channel::<()>();
    let router = Router::new().fallback(take).with_state(receiver);
    let serving = axum::serve(listener, router).with_graceful_shutdown(async {
        // Stopped by Ctrl-C, or with the end of this command.
        let _ = stopped.await;
    });
    // The state, and with it the sender, ends with the last delivery.
    let serving = tokio::spawn(serving.into_future());

    let mut printer = Printer::new(args.format);
    let interrupted = tokio::signal::ctrl_c();
    tokio::pin!(interrupted);
    // In this order: whoever has read the first line may press Ctrl-C.
    let mut ended = tokio::select! {
        biased;
        interrupted = &mut interrupted => Some(interrupted),
        begun = async { printer.begin(port) } => begun.err().map(Err),
    };
    let ended = loop {
        if let Some(ended) = ended {
            break ended;
        }
        ended = tokio::select! {
            biased;
            interrupted = &mut interrupted => Some(interrupted),
            delivery = deliveries.recv() => match delivery {
                Some(delivery) => printer.delivery(&delivery).err().map(Err),
                None => Some(Ok(())),
            },
        };
    };
    let _ = stop.send(());
    let drained = async {
        while let Some(delivery) = deliveries.recv().await {
            if ended.is_ok() {
                printer.delivery(&delivery)?;
            }
        }
        io::Result::Ok(())
    };
    let drained = tokio::time::timeout(PATIENCE, drained).await;
    serving.abort();
    let ended = ended
        .and(drained.unwrap_or(Ok(())))
        .and_then(|()| printer.end());
    match ended {
        Ok(()) => Ok(Exit::Good),
        // Whoever was to read it has gone.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Exit::Good),
        Err(error) => Err(unwritable(&error)),
    }
}

/// Who receives.
struct Receiver {
    verifier: WebhookVerifier,
    secrets: usize,
    known: Mutex<Known>,
    told: mpsc::UnboundedSender<Delivery>,
}

/// The events that came.
#[derive(Default)]
struct Known {
    keys: HashSet<EventKey>,
    order: VecDeque<EventKey>,
}

impl Known {
    /// Notes an event, and says whether it was known.
    fn note(&mut self, key: EventKey) -> bool {
        if !self.keys.insert(key) {
            return true;
        }
        self.order.push_back(key);
        if self.order.len() > KEYS
            && let Some(oldest) = self.order.pop_front()
        {
            self.keys.remove(&oldest);
        }
        false
    }
}

async fn take(State(receiver): State<Arc<Receiver>>, request: Request) -> StatusCode {
    let delivery = receiver.judge(request).await;
    let answer = StatusCode::from_u16(delivery.answer()).unwrap_or(StatusCode::OK);
    // Nobody prints any more after a failed write; the sender is answered all the same.
    let _ = receiver.told.send(delivery);
    answer
}

impl Receiver {
    async fn judge(&self, mut request: Request) -> Delivery {
        if request.method() != Method::POST {
            return Delivery::NotAPost;
        }
        let headers = std::mem::take(request.headers_mut());
        DefaultBodyLimit::max(DEFAULT_MAX_BODY_BYTES).apply(&mut request);
        let read = match Bytes::from_request(request, &()).await {
            Ok(body) => self.verifier.verify(&headers, &body),
            Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(WebhookError::from(Refusal::TooLarge {
                    limit: DEFAULT_MAX_BODY_BYTES,
                }))
            }
            Err(_) => return Delivery::Interrupted,
        };
        match read {
            Err(error) => Delivery::Refused(error),
            Ok(verified) => {
                let duplicate = match &verified.event {
                    Event::StatusChanged(event) => {
                        let known = self.known.lock();
                        known
                            .unwrap_or_else(PoisonError::into_inner)
                            .note(event.key())
                    }
                    _ => false,
                };
                Delivery::Accepted {
                    verified: Box::new(verified),
                    duplicate,
                    secrets: self.secrets,
                }
            }
        }
    }
}

/// Prints a line for each delivery, at once: somebody may read along.
struct Printer {
    format: Format,
    accepted: u64,
    refused: u64,
}

impl Printer {
    fn new(format: Format) -> Self {
        Self {
            format,
            accepted: 0,
            refused: 0,
        }
    }

    fn begin(&self, port: u16) -> io::Result<()> {
        let url = format!("http://127.0.0.1:{port}/");
        self.write(
            || format!("# Listening at {url}, any path. Ctrl-C ends it."),
            || json!({ "schema_version": SCHEMA_VERSION, "listening": url }),
        )
    }

    fn delivery(&mut self, delivery: &Delivery) -> io::Result<()> {
        if delivery.is_accepted() {
            self.accepted += 1;
        } else {
            self.refused += 1;
        }
        self.write(|| visible(&delivery.line()), || delivery.document())
    }

    fn end(&self) -> io::Result<()> {
        let Self {
            accepted, refused, ..
        } = self;
        self.write(
            || format!("# {accepted} accepted, {refused} refused"),
            || {
                json!({
                    "schema_version": SCHEMA_VERSION,
                    "ended": { "accepted": accepted, "refused": refused },
                })
            },
        )
    }

    fn write(
        &self,
        line: impl FnOnce() -> String,
        document: impl FnOnce() -> serde_json::Value,
    ) -> io::Result<()> {
        let mut out = io::stdout();
        match self.format {
            Format::Text => writeln!(out, "{}", line())?,
            Format::Json => writeln!(out, "{}", json_line(&document()))?,
        }
        out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_known_again_until_many_others_have_come() {
        let key = |number: usize| {
            let report = format!(
                r#"{{"sessionId":"5d3c1e0f-7b29-4a86-9c41-d80e6fa2b357","status":"S{number}"}}"#
            );
            EventKey::of(&serde_json::from_str(&report).expect("a report"))
        };
        let mut known = Known::default();
        assert!(!known.note(key(0)));
        assert!(known.note(key(0)));
        for number in 1..=KEYS {
            assert!(!known.note(key(number)));
        }
        assert!(known.note(key(KEYS)));
        assert!(!known.note(key(0)), "the oldest is forgotten");
        assert_eq!((known.keys.len(), known.order.len()), (KEYS, KEYS));
    }
}
