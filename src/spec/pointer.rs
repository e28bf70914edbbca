//! JSON pointers (RFC 6901), the names of places inside a document.

use std::fmt::Write as _;

/// A path from the root of a document to one of its nodes.
///
/// It reads both forms of RFC 6901: the plain one (`/components/schemas/Amount`) and the URI fragment
/// (`#/components/schemas/Amount`, percent-decoded). It prints the plain one; the root prints as nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pointer(Vec<String>);

/// Why a text is not a JSON pointer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PointerError {
    /// Neither empty nor beginning with `/` or `#`.
    #[error("a pointer begins with `/`, or with `#/` as a fragment")]
    NoSlash,
    /// A `~` without `0` or `1` behind it.
    #[error("`~` in a pointer is written `~0`, and `/` inside a name `~1`")]
    BadEscape,
    /// A fragment whose percent signs do not decode to UTF-8.
    #[error("`%` in a fragment is followed by two hexadecimal digits that decode to UTF-8")]
    BadPercent,
}

impl Pointer {
    /// Returns the pointer to the whole document.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// Appends one name or index, unescaped.
    pub fn push(&mut self, token: impl Into<String>) {
        self.0.push(token.into());
    }

    /// Returns this pointer with one more name or index, unescaped.
    #[must_use]
    pub fn join(&self, token: impl Into<String>) -> Pointer {
        let mut longer = self.clone();
        longer.push(token);
        longer
    }

    /// Returns the names and indices, unescaped.
    #[must_use]
    pub fn tokens(&self) -> &[String] {
        &self.0
    }

    /// Returns the pointer to the node around this one; the root has none.
    #[must_use]
    pub fn parent(&self) -> Option<Pointer> {
        let (_, front) = self.0.split_last()?;
        Some(Pointer(front.to_vec()))
    }

    /// Returns whether this points at the whole document.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns whether `other` is this node or lies inside it.
    #[must_use]
    pub fn is_prefix_of(&self, other: &Pointer) -> bool {
        other.0.starts_with(&self.0)
    }

    /// Returns the form used in `$ref`: `#`, then the pointer, percent-encoded where a URI needs it.
    #[must_use]
    pub fn fragment(&self) -> String {
        let mut fragment = String::from("#");
        for byte in self.to_string().bytes() {
            // RFC 3986 section 3.5: unreserved, sub-delims, `:`, `@`, `/`, `?`.
            if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?".contains(&byte) {
                fragment.push(char::from(byte));
            } else {
                // Writing to a String cannot fail.
                let _ = write!(fragment, "%{byte:02X}");
            }
        }
        fragment
    }
}

impl FromIterator<String> for Pointer {
    fn from_iter<I: IntoIterator<Item = String>>(tokens: I) -> Self {
        Self(tokens.into_iter().collect())
    }
}

impl std::fmt::Display for Pointer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for token in &self.0 {
            f.write_char('/')?;
            for character in token.chars() {
                match character {
                    '~' => f.write_str("~0")?,
                    '/' => f.write_str("~1")?,
                    other => f.write_char(other)?,
                }
            }
        }
        Ok(())
    }
}

impl std::str::FromStr for Pointer {
    type Err = PointerError;

    fn from_str(text: &str) -> Result<Self, PointerError> {
        let decoded;
        let plain = match text.strip_prefix('#') {
            Some(fragment) => {
                decoded = percent_decoded(fragment)?;
                decoded.as_str()
            }
            None => text,
        };
        if plain.is_empty() {
            return Ok(Self::root());
        }
        let names = plain.strip_prefix('/').ok_or(PointerError::NoSlash)?;
        names.split('/').map(unescaped).collect()
    }
}

fn unescaped(token: &str) -> Result<String, PointerError> {
    let mut name = String::with_capacity(token.len());
    let mut characters = token.chars();
    while let Some(character) = characters.next() {
        if character == '~' {
            match characters.next() {
                Some('0') => name.push('~'),
                Some('1') => name.push('/'),
                _ => return Err(PointerError::BadEscape),
            }
        } else {
            name.push(character);
        }
    }
    Ok(name)
}

fn percent_decoded(fragment: &str) -> Result<String, PointerError> {
    let mut bytes = Vec::with_capacity(fragment.len());
    let mut rest = fragment.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let high = rest.next().and_then(hex).ok_or(PointerError::BadPercent)?;
            let low = rest.next().and_then(hex).ok_or(PointerError::BadPercent)?;
            bytes.push(high << 4 | low);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).map_err(|_| PointerError::BadPercent)
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}
