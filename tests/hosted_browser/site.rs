//! A small web server with an origin of its own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

pub(crate) const HTML: &str = "text/html; charset=utf-8";
pub(crate) const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// A server on a free loopback port. What is posted to `/report` comes out of `reports`.
pub(crate) struct Site {
    pub(crate) origin: String,
    pub(crate) reports: mpsc::UnboundedReceiver<String>,
    shelf: Arc<Mutex<Shelf>>,
}

#[derive(Default)]
struct Shelf {
    files: HashMap<String, (&'static str, String)>,
    headers: HeaderMap,
}

impl Site {
    /// Starts a server that calls itself by this name of the loopback address.
    pub(crate) async fn start(host: &str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let shelf = Arc::new(Mutex::new(Shelf::default()));
        let (sender, reports) = mpsc::unbounded_channel();
        let report = move |body: String| async move {
            let _ = sender.send(body);
        };
        let app = Router::new()
            .route("/report", post(report))
            .fallback(answer)
            .with_state(Arc::clone(&shelf));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self {
            origin: format!("http://{host}:{port}"),
            reports,
            shelf,
        }
    }

    /// Puts a file under a path.
    pub(crate) fn serve(&self, path: &str, kind: &'static str, body: &str) {
        let file = (kind, body.to_owned());
        self.shelf.lock().unwrap().files.insert(path.into(), file);
    }

    /// Sends a header with every file.
    pub(crate) fn header(&self, name: &'static str, value: &str) {
        let value = HeaderValue::from_str(value).unwrap();
        let name = HeaderName::from_static(name);
        self.shelf.lock().unwrap().headers.insert(name, value);
    }
}

async fn answer(State(shelf): State<Arc<Mutex<Shelf>>>, request: Request) -> Response {
    let shelf = shelf.lock().unwrap();
    match shelf.files.get(request.uri().path()) {
        Some((kind, body)) => (
            shelf.headers.clone(),
            [(header::CONTENT_TYPE, *kind)],
            body.clone(),
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
