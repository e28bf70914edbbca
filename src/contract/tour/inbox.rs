//! A receiver of webhooks on this machine, which keeps what comes.

use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::any;
use http::{HeaderMap, Method, StatusCode};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::contract::line::Record;
use crate::contract::{Exchange, Sender};

/// The name that the contract has for it.
const NAME: &str = "sessionSetupStatusChanged";

/// A receiver on a port of its own, until it is dropped.
pub(super) struct Inbox {
    address: std::net::SocketAddr,
    kept: Arc<Kept>,
    served: JoinHandle<()>,
}

struct Kept {
    came: Mutex<Vec<Exchange>>,
    /// What is answered.
    answers: AtomicU16,
    /// Those that the contract knows are kept there, too.
    record: Record,
    of_contract: bool,
}

impl Inbox {
    /// One for events of the contract, or for those that it does not have.
    pub(super) async fn open(record: Record, of_contract: bool) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let kept = Arc::new(Kept {
            came: Mutex::default(),
            answers: AtomicU16::new(StatusCode::OK.as_u16()),
            record,
            of_contract,
        });
        let router = Router::new()
            .fallback(any(take))
            .with_state(Arc::clone(&kept));
        let served = tokio::spawn(async move {
            // It ends with the tour.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self {
            address,
            kept,
            served,
        })
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Has it answer with this status from now on.
    pub(super) fn answer(&self, status: StatusCode) {
        self.kept.answers.store(status.as_u16(), Ordering::SeqCst);
    }

    /// What came so far about a session.
    pub(super) fn about(&self, session: &str) -> Vec<Exchange> {
        let about = |exchange: &&Exchange| {
            let body: Option<serde_json::Value> = serde_json::from_slice(&exchange.body).ok();
            body.is_some_and(|body| body.get("sessionId").is_some_and(|id| id == session))
        };
        self.kept.lock().iter().filter(about).cloned().collect()
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        self.served.abort();
    }
}

impl Kept {
    fn lock(&self) -> MutexGuard<'_, Vec<Exchange>> {
        self.came.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn take(
    State(kept): State<Arc<Kept>>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let status = StatusCode::from_u16(kept.answers.load(Ordering::SeqCst));
    let status = status.unwrap_or(StatusCode::OK);
    let exchange = Exchange {
        by: Sender::Server,
        method,
        target: NAME.to_owned(),
        headers,
        body,
        status,
        answer_headers: HeaderMap::new(),
        answer: Bytes::new(),
    };
    if kept.of_contract {
        kept.record.keep(exchange.clone());
    }
    kept.lock().push(exchange);
    status
}
