//! The hooks of the generated client: what leaves, and how much may come in.

use bytes::BytesMut;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http::{HeaderValue, Method};
use progenitor_client::{ClientHooks, ClientInfo, OperationInfo};
use reqwest::{Request, Response};

use super::call::{Call, Fault};
use super::raw::RawResponse;
use crate::wire;

/// The longest answer that is read: 1 MiB. The longest that the contract has is a few kilobytes.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;

impl ClientHooks<Call> for wire::Client {
    async fn pre<E>(
        &self,
        request: &mut Request,
        _: &OperationInfo,
    ) -> Result<(), progenitor_client::Error<E>> {
        // A POST without a body says so (RFC 9110, section 8.6); some front ends answer 411 otherwise.
        let says_nothing = request.method() == Method::POST && request.body().is_none();
        let headers = request.headers_mut();
        if says_nothing {
            headers.insert(CONTENT_LENGTH, HeaderValue::from(0));
        }
        // The generator's own addition; no page of Flinks knows it.
        headers.remove("api-version");
        for (name, value) in self.inner().stamp() {
            headers.insert(name, value.clone());
        }
        Ok(())
    }

    async fn exec(&self, request: Request, _: &OperationInfo) -> reqwest::Result<Response> {
        let answer = self.client().execute(request).await?;
        let (raw, fault) = read(answer).await;
        let whole = rebuilt(&raw);
        self.inner().keep(raw, fault);
        Ok(whole)
    }
}

/// Reads an answer to its end, or to the limit.
async fn read(mut answer: Response) -> (RawResponse, Option<Fault>) {
    let mut raw = RawResponse {
        status: answer.status(),
        headers: answer.headers().clone(),
        body: bytes::Bytes::new(),
        complete: false,
    };
    if raw.status.is_redirection() {
        return (raw, Some(Fault::Redirect));
    }
    let plain = |value: &HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"identity");
    if !raw.headers.get_all(CONTENT_ENCODING).iter().all(plain) {
        return (raw, Some(Fault::Encoded));
    }
    let mut body = BytesMut::new();
    let fault = loop {
        match answer.chunk().await {
            Ok(Some(chunk)) => {
                let room = MAX_BODY_BYTES - body.len();
                body.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
                if chunk.len() > room {
                    break Some(Fault::TooLarge);
                }
            }
            Ok(None) => break None,
            Err(error) => break Some(Fault::Body(error)),
        }
    };
    raw.complete = fault.is_none();
    raw.body = body.freeze();
    (raw, fault)
}

/// The same answer once more, for the generated client to decode.
fn rebuilt(raw: &RawResponse) -> Response {
    let mut answer = http::Response::new(raw.json());
    *answer.status_mut() = raw.status;
    Response::from(answer)
}
