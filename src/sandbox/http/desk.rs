//! Where every call of a connection arrives. Most are plain calls of an operation, and those go straight to it; a router, which
//! takes longer than many an operation, has the others: what is odd, what goes wrong on purpose, the control API and the pages.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, HttpBody as _};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use axum::serve::IncomingStream;
use axum::{Extension, Router};
use futures_util::StreamExt as _;
use tower_service::Service;

use super::answer::Answer;
use super::asked::Asked;
use super::exchange::{Arrived, Opening, is_judging};
use super::{authorize, create, sessions};
use crate::domain::SessionId;
use crate::sandbox::defect;
use crate::sandbox::judge::Presented;
use crate::sandbox::line::{Door, Wire};
use crate::sandbox::world::Core;
use crate::session::Operation;

/// A desk for each connection.
pub(in crate::sandbox) struct Desks {
    core: Arc<Core>,
    router: Router,
}

/// Where the calls of one connection arrive.
#[derive(Clone)]
pub(in crate::sandbox) struct Desk(Arc<Place>);

struct Place {
    core: Arc<Core>,
    router: Router,
    wire: Wire,
}

impl Desks {
    pub(in crate::sandbox) fn new(core: &Arc<Core>, router: Router) -> Self {
        Self {
            core: Arc::clone(core),
            router,
        }
    }
}

impl Service<IncomingStream<'_, Door>> for Desks {
    type Response = Desk;
    type Error = Infallible;
    type Future = Ready<Result<Desk, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, stream: IncomingStream<'_, Door>) -> Self::Future {
        ready(Ok(Desk(Arc::new(Place {
            core: Arc::clone(&self.core),
            router: self.router.clone(),
            wire: Wire::of(&stream),
        }))))
    }
}

impl Service<Request> for Desk {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let place = Arc::clone(&self.0);
        defect::admission::route(place.core.settings.planted, &mut request);
        let plain = if place.core.is_faulty() {
            None
        } else {
            Plain::of(&request)
        };
        if let Some(plain) = plain {
            return Box::pin(async move {
                let answered = plain.answered(&place.core, request);
                Ok(on_its_line(&place.wire, answered).await)
            });
        }
        let wire = place.wire.clone();
        request.extensions_mut().insert(ConnectInfo(wire));
        let mut router = place.router.clone();
        Box::pin(async move {
            let answered = async {
                let Ok(response) = router.call(request).await;
                response
            };
            Ok(on_its_line(&place.wire, answered).await)
        })
    }
}

/// Lets the connection know that a call is being answered, and ends it afterwards where no further call is wanted.
async fn on_its_line(wire: &Wire, answered: impl Future<Output = Response>) -> Response {
    let busy = wire.busy();
    let mut response = answered.await;
    if wire.is_leaving() {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
    }
    if response.body().size_hint().exact().is_some() {
        return response;
    }
    // A body that is made while it goes out is part of the answer.
    response.map(|body| {
        let frames = body.into_data_stream().inspect(move |_| {
            let _until_it_is_out = &busy;
        });
        Body::from_stream(frames)
    })
}

/// A call of an operation whose path and method are written as the contract writes them.
#[derive(Debug, Clone, Copy)]
struct Plain {
    operation: Operation,
    session: Option<SessionId>,
}

impl Plain {
    fn of(request: &Request) -> Option<Self> {
        let (method, path) = (request.method(), request.uri().path());
        Operation::ALL.iter().find_map(|&operation| {
            if method.as_str() != operation.method() {
                return None;
            }
            let session = match named(operation, path)? {
                Some(text) => Some(SessionId::new(text).ok()?),
                None => None,
            };
            Some(Self { operation, session })
        })
    }

    async fn answered(self, core: &Arc<Core>, request: Request) -> Response {
        let operation = self.operation;
        let (parts, body) = request.into_parts();
        let Parts {
            method,
            uri,
            headers,
            ..
        } = parts;
        let presented = is_judging(core).then(|| {
            let text = named(operation, uri.path()).flatten();
            Presented::naming(operation, text, &headers)
        });
        let opening = Opening::of(core, (method, uri), &headers, Some(operation), presented);
        let answer = async move |arrived| self.handed(core, headers, arrived).await.into();
        opening.answered(core, body, answer).await
    }

    async fn handed(self, core: &Arc<Core>, headers: HeaderMap, arrived: Arrived) -> Answer {
        let (core, id) = (State(Arc::clone(core)), Asked(self.session));
        let arrived = Extension(arrived);
        match self.operation {
            Operation::Authorize => authorize::authorize(core, headers, arrived).await,
            Operation::CreateSession => create::create(core, headers, arrived).await,
            Operation::GetSessionStatus => sessions::status(core, id, headers).await,
            Operation::GetSessionDetails => sessions::details(core, id, headers).await,
            Operation::CancelSession => sessions::cancel(core, id, headers).await,
            Operation::ConfirmGuarantee => sessions::confirm(core, id, headers, arrived).await,
        }
    }
}

/// Where a path has the session, if it has one.
const PLACE: &str = "{sessionId}";

/// What a path has in the place of the session, if it is one of the operation's; of an operation on no session, nothing. What has to
/// be decoded is left to the router.
#[expect(
    clippy::option_option,
    reason = "whether it fits, and then whether there is a session in it"
)]
fn named(operation: Operation, path: &str) -> Option<Option<&str>> {
    let template = operation.path();
    let Some(begin) = template.find('{') else {
        return (path == template).then_some(None);
    };
    let (before, after) = (template.get(..begin)?, template.get(begin + PLACE.len()..)?);
    Some(Some(path.strip_prefix(before)?.strip_suffix(after)?))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    const ID: &str = "7e1c1a52-9a0d-4bb4-9d5c-0a3c1f9f2b11";

    fn plain(method: &str, path: &str) -> Option<(Operation, Option<SessionId>)> {
        let request = Request::builder().method(method).uri(path);
        let plain = Plain::of(&request.body(axum::body::Body::empty()).unwrap());
        plain.map(|plain| (plain.operation, plain.session))
    }

    #[test]
    fn every_operation_is_plain_as_the_contract_writes_it() {
        for &operation in Operation::ALL {
            let path = operation.path().replace("{sessionId}", ID);
            let session = (path != operation.path()).then(|| SessionId::new(ID).unwrap());
            let expected = Some((operation, session));
            assert_eq!(plain(operation.method(), &path), expected);
            assert_eq!(plain(operation.method(), &format!("{path}?a=b")), expected);
            for other in ["HEAD", "PUT", "get"] {
                assert_eq!(plain(other, &path), None, "{other}");
            }
            for odd in [
                format!("{path}/"),
                format!("/{path}"),
                path.replace("api", "ap%69"),
            ] {
                assert_eq!(plain(operation.method(), &odd), None, "{odd}");
            }
        }
    }

    #[test]
    fn what_is_no_session_id_as_it_stands_is_the_routers() {
        for id in [
            "",
            "1",
            "%37e1c1a52-9a0d-4bb4-9d5c-0a3c1f9f2b1",
            &format!("{ID}/"),
        ] {
            let path = format!("/api/v2/sessions/{id}/status");
            assert_eq!(plain("GET", &path), None, "{id}");
        }
    }
}
