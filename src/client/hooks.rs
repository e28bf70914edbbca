//! The hooks of the generated client: what leaves, and how much may come in.

use std::pin::pin;

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
        for (name, value) in self.inner().stamp().iter().flatten() {
            headers.insert(name, value.clone());
        }
        Ok(())
    }

    async fn exec(&self, request: Request, _: &OperationInfo) -> reqwest::Result<Response> {
        let call = self.inner();
        let mut whole = None;
        {
            // Done with before what it leaves is looked at.
            let exchange = pin!(async {
                let mut answer = match call.transport().send(request).await {
                    Ok(answer) => answer,
                    Err(lost) => return Some(Fault::Lost(lost)),
                };
                let mut reading = Reading::of(call, &mut answer);
                if let Err(fault) = reading.read().await {
                    return Some(fault);
                }
                reading.keep_whole();
                drop(reading);
                whole = Some(answer);
                None
            });
            call.exchange(exchange).await;
        }
        // Where there is a fault, the call knows, and what is made of this answer is not looked at.
        Ok(whole.unwrap_or_else(|| http::Response::new(Bytes::new()).into()))
    }
}

/// An answer that is being read. What has been read by the time it is dropped is kept: the call may run out of time
/// with half an answer in hand, and half an answer may have the session id.
struct Reading<'a> {
    call: &'a Call,
    answer: &'a mut Response,
    /// The body, as it came: nearly always it is one piece, and then it is not copied.
    first: Bytes,
    more: BytesMut,
    complete: bool,
}

impl<'a> Reading<'a> {
    fn of(call: &'a Call, answer: &'a mut Response) -> Self {
        Self {
            call,
            answer,
            first: Bytes::new(),
            more: BytesMut::new(),
            complete: false,
        }
    }

    /// Keeps the answer, once it has been read: also for the generated client, which asks the call for what is decoded of it.
    fn keep_whole(&mut self) {
        self.complete = true;
        let raw = self.raw();
        if raw.status.is_success() {
            let readable = Readable::of(self.call.operation(), raw.json());
            self.call.keep_readable(readable);
        }
        self.call.keep(raw);
    }

    /// Reads to the end, or to the limit.
    async fn read(&mut self) -> Result<(), Fault> {
        if self.answer.status().is_redirection() {
            return Err(Fault::Redirect);
        }
        let plain = |value: &HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"identity");
        let encodings = self.answer.headers().get_all(CONTENT_ENCODING);
        if !encodings.iter().all(plain) {
            return Err(Fault::Encoded);
        }
        loop {
            match self.answer.chunk().await {
                Ok(Some(chunk)) => self.take(chunk)?,
                Ok(None) => return Ok(()),
                Err(error) => return Err(Fault::Body(error)),
            }
        }
    }

    fn take(&mut self, mut chunk: Bytes) -> Result<(), Fault> {
        let room = MAX_BODY_BYTES - self.first.len().max(self.more.len());
        let fits = chunk.len() <= room;
        chunk.truncate(room);
        if self.first.is_empty() && self.more.is_empty() {
            self.first = chunk;
        } else {
            // The second piece brings the first one along.
            self.more
                .extend_from_slice(&std::mem::take(&mut self.first));
            self.more.extend_from_slice(&chunk);
        }
        if fits { Ok(()) } else { Err(Fault::TooLarge) }
    }

    /// The answer as far as it came, taken out of here.
    fn raw(&mut self) -> RawResponse {
        let body = if self.more.is_empty() {
            std::mem::take(&mut self.first)
        } else {
            self.more.split().freeze()
        };
        RawResponse {
            status: self.answer.status(),
            headers: std::mem::take(self.answer.headers_mut()),
            body,
            complete: self.complete,
        }
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        // What was read to its end has been kept already.
        if !self.complete {
            let raw = self.raw();
            self.call.keep(raw);
        }
    }
}
