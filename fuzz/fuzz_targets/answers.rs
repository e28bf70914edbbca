//! Any answer to any operation is a value or an error, and neither shows the session id or the token in it.
//!
//! The first byte chooses the operation, the second the status; then header lines up to an empty one, then the body.
#![no_main]

use bytes::Bytes;
use flinks_pay::client::fuzzing;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use libfuzzer_sys::{Corpus, fuzz_target};

const STATUSES: [u16; 16] = [
    200, 201, 200, 201, 204, 302, 400, 401, 403, 404, 409, 422, 429, 500, 502, 503,
];

thread_local! {
    static RUNTIME: tokio::runtime::Runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
}

fuzz_target!(|data: &[u8]| -> Corpus {
    let [operation, status, rest @ ..] = data else {
        return Corpus::Reject;
    };
    let status = StatusCode::from_u16(STATUSES[usize::from(*status) % STATUSES.len()]).unwrap();
    let mut headers = HeaderMap::new();
    let mut rest = rest;
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let (line, after) = (&rest[..end], &rest[end + 1..]);
        rest = after;
        let mut parts = line.splitn(2, |byte| *byte == b':');
        if let (Some(name), Some(value)) = (parts.next(), parts.next()) {
            let name = HeaderName::from_bytes(name);
            if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(value)) {
                headers.append(name, value);
            }
        }
        if line.is_empty() {
            break;
        }
    }
    let body = Bytes::copy_from_slice(rest);
    RUNTIME.with(|runtime| {
        runtime.block_on(fuzzing::answer(
            usize::from(*operation),
            status,
            headers,
            body,
        ));
    });
    Corpus::Keep
});
