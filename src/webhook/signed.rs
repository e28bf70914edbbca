//! The check of a signature, and the body that has passed it.
//!
//! [`Signed`] is made in this file alone, so whoever is given one has verified bytes in hand.

use aws_lc_rs::hmac;
use http::HeaderMap;

use super::{Refusal, WebhookSecret};

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
        let digits: &[u8; 64] = digits.try_into().map_err(|_| Refusal::MalformedSignature)?;
        // Each step for all of them at once, and looked at at the end: a branch at every digit is one that the processor cannot
        // foresee, and without one it takes many digits in one go.
        let mut values = [0; 64];
        for (value, character) in values.iter_mut().zip(digits) {
            *value = digit(*character);
        }
        let all = values.iter().fold(0, |all, value| all | value);
        let mut signature = [0; 32];
        let (pairs, _) = values.as_chunks::<2>();
        for (byte, [high, low]) in signature.iter_mut().zip(pairs) {
            *byte = high << 4 | low;
        }
        if all > 0x0f {
            return Err(Refusal::MalformedSignature);
        }
        Ok(Self(signature))
    }
}

/// The value of a hexadecimal digit, and 255 for anything else.
fn digit(character: u8) -> u8 {
    let decimal = character.wrapping_sub(b'0');
    let letter = character.to_ascii_lowercase().wrapping_sub(b'a');
    if decimal < 10 {
        decimal
    } else if letter < 6 {
        letter + 10
    } else {
        u8::MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digit_has_its_value_and_nothing_else_has_one() {
        for character in 0..=u8::MAX {
            let value = char::from(character).to_digit(16);
            assert_eq!(
                u32::from(digit(character)),
                value.unwrap_or(255),
                "{character}"
            );
        }
    }

    #[test]
    fn a_signature_is_64_digits_every_one_of_which_counts() {
        let right = b"sha256=00112233445566778899aabbccddeeffFFEEDDCCBBAA99887766554433221100";
        let read = Signature::read(right).map(|signature| signature.0);
        let half = [
            0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd,
            0xee, 0xff,
        ];
        let both = half.into_iter().chain(half.into_iter().rev());
        assert!(read.is_ok_and(|read| read.into_iter().eq(both)));
        for at in PREFIX.len()..right.len() {
            let mut wrong = *right;
            // Two of them, also next to each other: one does not undo the other.
            for next in [at, at + 1, right.len() - 1] {
                for byte in wrong.get_mut(next) {
                    *byte = b'g';
                }
                assert!(Signature::read(&wrong).is_err());
            }
        }
    }
}
