//! Sets of ASCII characters, looked up and not compared one by one.

/// For each byte, whether it is in the set.
pub(super) struct AsciiSet([bool; 256]);

impl AsciiSet {
    /// Letters, digits, and these.
    pub(super) const fn alphanumeric_and(characters: &[u8]) -> Self {
        Self([false; 256])
            .with(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
            .with(characters)
    }

    #[allow(
        clippy::indexing_slicing,
        reason = "a byte is no more than 255; and it is done while this is compiled"
    )]
    const fn with(mut self, mut characters: &[u8]) -> Self {
        while let [character, rest @ ..] = characters {
            assert!(character.is_ascii(), "no ASCII character");
            self.0[*character as usize] = true;
            characters = rest;
        }
        self
    }

    pub(super) fn holds(&self, byte: u8) -> bool {
        self.0.get(usize::from(byte)).is_some_and(|holds| *holds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_holds_what_was_put_in_and_nothing_else() {
        static SET: AsciiSet = AsciiSet::alphanumeric_and(b"-.\0\x7f");
        for byte in 0..=u8::MAX {
            let expected = byte.is_ascii_alphanumeric() || b"-.\0\x7f".contains(&byte);
            assert_eq!(SET.holds(byte), expected, "{byte}");
        }
    }
}
