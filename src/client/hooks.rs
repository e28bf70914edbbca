//! The hooks of the generated client: what leaves, and how much may come in.

use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http::{HeaderValue, Method};
use progenitor_client::{ClientHooks, ClientInfo, OperationInfo};
use reqwest::{Request, Response};

use super::call::{Call, Fault};
use super::raw::RawResponse;
use super::readable::Readable;
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
        let call = self.inner();
        let mut whole = Response::from(http::Response::new(Bytes::new()));
        // On the heap, so that the futures around it stay small.
        let exchange = Box::pin(async {
            match call.transport().send(request).await {
                Ok(answer) => {
                    let (answer, fault) = Reading::of(call, &answer).whole(answer).await;
                    whole = answer;
                    fault
                }
                Err(lost) => Some(Fault::Lost(lost)),
            }
        });
        call.exchange(exchange).await;
        // Where there is a fault, the call knows, and what is made of this answer is not looked at.
        Ok(whole)
    }
}

/// An answer that is being read. What has been read by the time it is dropped is kept: the call may run out of time
/// with half an answer in hand, and half an answer may have the session id.
struct Reading<'a> {
    call: &'a Call,
    raw: RawResponse,
    body: BytesMut,
}

impl<'a> Reading<'a> {
    fn of(call: &'a Call, answer: &Response) -> Self {
        let raw = RawResponse {
            status: answer.status(),
            headers: answer.headers().clone(),
            body: Bytes::new(),
            complete: false,
        };
        Self {
            call,
            raw,
            body: BytesMut::new(),
        }
    }

    /// Reads to the end, or to the limit, and returns the answer for the generated client to decode.
    async fn whole(mut self, answer: Response) -> (Response, Option<Fault>) {
        let fault = self.read(answer).await;
        self.raw.complete = fault.is_none();
        self.raw.body = self.body.split().freeze();
        let mut json = self.raw.json();
        if fault.is_none() && self.raw.status.is_success() {
            let readable = Readable::of(self.call.operation(), json);
            json = readable.json.clone();
            self.call.keep_readable(readable);
        }
        let mut answer = http::Response::new(json);
        *answer.status_mut() = self.raw.status;
        (Response::from(answer), fault)
    }

    async fn read(&mut self, mut answer: Response) -> Option<Fault> {
        if self.raw.status.is_redirection() {
            return Some(Fault::Redirect);
        }
        let plain = |value: &HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"identity");
        if !self.raw.headers.get_all(CONTENT_ENCODING).iter().all(plain) {
            return Some(Fault::Encoded);
        }
        loop {
            match answer.chunk().await {
                Ok(Some(chunk)) => {
                    let room = MAX_BODY_BYTES - self.body.len();
                    self.body
                        .extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
                    if chunk.len() > room {
                        return Some(Fault::TooLarge);
                    }
                }
                Ok(None) => return None,
                Err(error) => return Some(Fault::Body(error)),
            }
        }
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        let mut raw = self.raw.clone();
        if !self.body.is_empty() {
            raw.body = self.body.split().freeze();
        }
        self.call.keep(raw);
    }
}
