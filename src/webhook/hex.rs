//! Hexadecimal digits.

/// Returns the bytes that 64 hexadecimal digits say, in either case. Nothing where one of them is none.
///
/// Each step is done for all of them before the next, and what is none is looked for at the end: a branch at every digit is one
/// that the processor cannot foresee, and without any it takes many digits at once.
pub(super) fn bytes(digits: &[u8; 64]) -> Option<[u8; 32]> {
    let mut values = [0; 64];
    for (place, digit) in values.iter_mut().zip(digits) {
        *place = value(*digit);
    }
    let all = values.iter().fold(0, |all, value| all | value);
    let mut bytes = [0; 32];
    let (pairs, _) = values.as_chunks::<2>();
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = high.wrapping_mul(16).wrapping_add(*low);
    }
    (all <= 0x0f).then_some(bytes)
}

/// The value of a digit, and 255 for anything else.
fn value(digit: u8) -> u8 {
    let decimal = digit.wrapping_sub(b'0');
    let letter = digit.to_ascii_lowercase().wrapping_sub(b'a');
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
        for digit in 0..=u8::MAX {
            let expected = char::from(digit).to_digit(16).unwrap_or(255);
            assert_eq!(u32::from(value(digit)), expected, "{digit}");
        }
    }

    #[test]
    fn every_one_of_64_digits_counts() {
        let digits = b"00112233445566778899aabbccddeeffFEDCBA98765432100123456789abcdef";
        let expected = [
            0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd,
            0xee, 0xff, 0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10, 0x01, 0x23, 0x45, 0x67,
            0x89, 0xab, 0xcd, 0xef,
        ];
        assert_eq!(bytes(digits), Some(expected));
        for at in 0..digits.len() {
            let with = |others: &[usize]| {
                let mut digits = *digits;
                for (place, digit) in digits.iter_mut().enumerate() {
                    if others.contains(&place) {
                        *digit = b'g';
                    }
                }
                bytes(&digits)
            };
            assert_eq!(with(&[at]), None);
            // Two of them, also next to each other: one does not undo the other.
            assert_eq!(with(&[at, (at + 1) % 64]), None);
        }
    }
}
