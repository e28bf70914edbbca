//! Decimal numbers as text, in whole cents: the only arithmetic on money is on integers.

use super::found::Found;
use super::limit::position;

/// A decimal number, split into what an amount cares about.
pub(super) struct Decimal {
    /// Whether it has a minus sign.
    pub(super) negative: bool,
    /// Digits after the point, as written.
    pub(super) decimals: usize,
    /// The size in cents; `None` with more than two decimals, and where 64 bits are too few.
    pub(super) cents: Option<u64>,
}

/// Reads `500`, `500.5` or `-500.00`: JSON's number without an exponent.
pub(super) fn parse(text: &str) -> Result<Decimal, Found> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let point = digits.bytes().position(|byte| byte == b'.');
    let split = point.and_then(|point| Some((digits.get(..point)?, digits.get(point + 1..)?)));
    let (whole, fraction) = match split {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits, None),
    };
    let sign = text.len() - digits.len();
    digits_only(text, sign, whole)?;
    if let Some(fraction) = fraction {
        digits_only(text, sign + whole.len() + 1, fraction)?;
    }
    if whole.len() > 1 && whole.starts_with('0') {
        return Err(Found::Shape("a leading zero"));
    }
    let fraction = fraction.unwrap_or_default();
    Ok(Decimal {
        negative,
        decimals: fraction.len(),
        cents: cents(whole, fraction),
    })
}

/// Reads a binary double by the shortest decimal that names it, which is the text that a person or a program wrote, as long as
/// it had no more than 15 digits.
pub(super) fn parse_f64(number: f64) -> Result<Decimal, Found> {
    if !number.is_finite() {
        return Err(Found::Shape("a number that is not finite"));
    }
    // `Display` writes the shortest decimal that reads back as the same double, and never an exponent.
    parse(&number.to_string())
}

fn digits_only(text: &str, at: usize, part: &str) -> Result<(), Found> {
    let stray = match part.bytes().position(|byte| !byte.is_ascii_digit()) {
        Some(stray) => stray,
        None if part.is_empty() => 0,
        None => return Ok(()),
    };
    let at = at + stray;
    Err(if text.is_empty() {
        Found::Empty
    } else if at >= text.len() {
        Found::Shape("no digit at the end")
    } else {
        Found::Character {
            not: "a digit",
            position: position(text, at),
        }
    })
}

fn cents(whole: &str, fraction: &str) -> Option<u64> {
    let mut cents = 0_u64;
    for digit in whole.bytes().chain(fraction.bytes()) {
        cents = cents
            .checked_mul(10)?
            .checked_add(u64::from(digit.wrapping_sub(b'0')))?;
    }
    match fraction.len() {
        0 => cents.checked_mul(100),
        1 => cents.checked_mul(10),
        2 => Some(cents),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn cents_of(text: &str) -> Option<u64> {
        parse(text).unwrap().cents
    }

    #[test]
    fn pads_to_two_decimals() {
        assert_eq!(cents_of("5"), Some(500));
        assert_eq!(cents_of("5.1"), Some(510));
        assert_eq!(cents_of("5.01"), Some(501));
        assert_eq!(cents_of("5.010"), None);
    }

    #[test]
    fn stops_at_64_bits() {
        assert_eq!(cents_of("184467440737095516.15"), Some(u64::MAX));
        assert_eq!(cents_of("184467440737095516.16"), None);
        assert_eq!(cents_of(&"9".repeat(400)), None);
    }

    #[test]
    fn says_where_the_number_ends() {
        for (text, expected) in [
            ("", "an empty text"),
            ("-", "no digit at the end"),
            ("1.", "no digit at the end"),
            (".5", "a character that is not a digit at position 1"),
            ("1.2.3", "a character that is not a digit at position 4"),
            ("1é", "a character that is not a digit at position 2"),
            ("-1,5", "a character that is not a digit at position 3"),
            ("5e2", "a character that is not a digit at position 2"),
            ("007", "a leading zero"),
        ] {
            assert_eq!(parse(text).err().unwrap().to_string(), expected, "{text}");
        }
    }

    #[test]
    fn a_double_is_read_by_its_shortest_text() {
        assert_eq!(parse_f64(0.07).unwrap().cents, Some(7));
        assert_eq!(parse_f64(0.1 + 0.2).unwrap().decimals, 17);
        assert_eq!(parse_f64(1e300).unwrap().cents, None);
        assert!(parse_f64(f64::NAN).is_err());
    }
}
