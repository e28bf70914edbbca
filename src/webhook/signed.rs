//! The check of a signature, and the body that has passed it.
//!
//! [`Signed`] is made in this file alone, so whoever is given one has verified bytes in hand.

use aws_lc_rs::hmac;
use http::HeaderMap;

use super::{Refusal, WebhookSecret, hex};

/// The header with the signature (WSET). Names of headers have no case.
pub const SIGNATURE_HEADER: &str = "x-webhook-signature";

/// What the value begins with, in lower case as the contract has it.
const PREFIX: &[u8] = b"sha256=";

/// A body whose signature holds.
#[derive(Clone, Copy)]
pub(super) struct Signed<'b> {
    body: &'b [u8],
    secret: usize,
}

impl<'b> Signed<'b> {
    /// Checks a body against each secret.
    ///
    /// Every secret is tried, also after one has matched: the time taken does not tell which it was.
    pub(super) fn check(
        secrets: &[WebhookSecret],
        signature: Signature,
        body: &'b [u8],
    ) -> Result<Self, Refusal> {
        let mut matched = None;
        for (at, secret) in secrets.iter().enumerate() {
            // In constant time, whatever the signature is.
            let holds = hmac::verify(secret.key(), body, &signature.0).is_ok();
            matched = matched.or(holds.then_some(at));
        }
        match matched {
            Some(secret) => Ok(Self { body, secret }),
            None => Err(Refusal::WrongSignature),
        }
    }

    pub(super) fn body(&self) -> &'b [u8] {
        self.body
    }

    /// Which of the secrets it was, from 0.
    pub(super) fn secret(&self) -> usize {
        self.secret
    }
}

/// A signature in the form that it must have. It has not been compared with anything, and has no `==` to be compared by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signature([u8; 32]);

impl Signature {
    /// Takes the one header that there must be. Of two, a proxy and this crate could believe different ones.
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, Refusal> {
        let mut values = headers.get_all(SIGNATURE_HEADER).iter();
        match (values.next(), values.next()) {
            (Some(value), None) => Self::read(value.as_bytes()),
            (None, _) => Err(Refusal::NoSignature),
            (Some(_), Some(_)) => Err(Refusal::SeveralSignatures),
        }
    }

    /// Reads a value: the prefix and exactly 64 hexadecimal digits in either case, nothing before, between or after.
    pub(super) fn read(value: &[u8]) -> Result<Self, Refusal> {
        let digits = value
            .strip_prefix(PREFIX)
            .ok_or(Refusal::MalformedSignature)?;
        let digits = digits.try_into().map_err(|_| Refusal::MalformedSignature)?;
        let signature = hex::bytes(digits).ok_or(Refusal::MalformedSignature)?;
        Ok(Self(signature))
    }
}
