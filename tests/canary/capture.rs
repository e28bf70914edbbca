//! Everything that is logged at TRACE, as text and as JSON.

use std::io;
use std::sync::{Arc, Mutex};

use tracing::Subscriber;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Registry, fmt};

use crate::markers;
use crate::markers::found;

/// What has been written, by all who share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Written {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Both forms of a log.
#[derive(Debug, Clone, Default)]
pub(crate) struct Logs {
    pub(crate) text: Written,
    pub(crate) json: Written,
}

impl Logs {
    /// A subscriber that writes every event, and every span when it begins and when it ends.
    pub(crate) fn subscriber(&self) -> impl Subscriber + Send + Sync + use<> {
        let text = fmt::layer()
            .with_writer(self.text.clone())
            .with_span_events(FmtSpan::NEW | FmtSpan::CLOSE);
        let json = fmt::layer()
            .json()
            .with_writer(self.json.clone())
            .with_span_list(true)
            .with_span_events(FmtSpan::NEW | FmtSpan::CLOSE);
        Registry::default().with(text).with(json)
    }

    /// Listens to the whole program, the records of the crate `log` included.
    pub(crate) fn listen(&self) {
        self.subscriber().init();
    }
}

/// The control: what is logged is found, wherever in an event or a span it stands.
#[test]
fn a_planted_leak_is_found() {
    #[derive(Debug)]
    #[allow(dead_code, reason = "it is there to be printed")]
    struct Careless {
        secret: &'static str,
    }

    let logs = Logs::default();
    tracing::subscriber::with_default(logs.subscriber(), || {
        tracing::trace!(field = markers::TOKEN, "a field");
        tracing::error!("a message with {}", markers::ACCOUNT);
        let careless = Careless {
            secret: markers::CLIENT_SECRET,
        };
        tracing::debug!(?careless);
        let span = tracing::trace_span!(
            "span",
            session = markers::SESSION,
            later = tracing::field::Empty
        );
        span.record("later", markers::EMAIL);
        span.in_scope(|| tracing::trace!("inside"));
    });
    for (name, written) in [("text", &logs.text), ("JSON", &logs.json)] {
        let leaks = found(&written.text());
        for planted in [
            "token",
            "account number",
            "client secret",
            "session id",
            "email",
        ] {
            assert!(
                leaks.iter().any(|leak| leak.starts_with(planted)),
                "{planted} is not found in the {name}: {leaks:#?}"
            );
        }
    }
}
