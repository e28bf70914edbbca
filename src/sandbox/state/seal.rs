//! The first line of a state file, which tells whether the rest is whole.
//!
//! Two lines of JSON, so that `jq` reads the file: what it is, and the state. The first line is taken only as it is written, byte
//! for byte, so that no byte of the file can be another one.

use aws_lc_rs::digest;
use serde::{Deserialize, Serialize};

use super::error::Damage;

/// What a state file calls itself.
const FORMAT: &str = "flinks-pay sandbox state";

/// The version of the [form](super::form). What an older program could misread is a new one.
pub(super) const VERSION: u64 = 1;

#[derive(Serialize, Deserialize)]
struct Head<'a> {
    format: &'a str,
    version: u64,
    bytes: u64,
    sha256: String,
}

/// As much of the first line as every version has.
#[derive(Deserialize)]
struct Name {
    format: String,
    version: u64,
}

/// Why a seal is not taken.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Broken {
    Foreign,
    Newer(u64),
    Damaged(Damage),
}

impl From<Damage> for Broken {
    fn from(damage: Damage) -> Self {
        Self::Damaged(damage)
    }
}

fn head(content: &[u8]) -> serde_json::Result<String> {
    let digest = digest::digest(&digest::SHA256, content);
    let hex = digest.as_ref().iter().map(|byte| format!("{byte:02x}"));
    let mut line = serde_json::to_string(&Head {
        format: FORMAT,
        version: VERSION,
        bytes: u64::try_from(content.len()).unwrap_or(u64::MAX),
        sha256: hex.collect(),
    })?;
    line.push('\n');
    Ok(line)
}

/// Puts the first line before a state.
pub(super) fn seal(content: &[u8]) -> serde_json::Result<Vec<u8>> {
    Ok([head(content)?.as_bytes(), content].concat())
}

/// Returns the state behind the first line, if it is what was sealed.
pub(super) fn unseal(file: &[u8]) -> Result<&[u8], Broken> {
    if file.is_empty() {
        return Err(Damage::Empty.into());
    }
    let end = file.iter().position(|byte| *byte == b'\n');
    let Some((first, content)) = end.and_then(|end| file.split_at_checked(end + 1)) else {
        // What was torn in its first line begins as one.
        let begins = head(&[]).unwrap_or_default();
        let same = begins
            .bytes()
            .zip(file)
            .take_while(|(one, other)| one == *other);
        let ours = same.count() >= file.len().min(FORMAT.len());
        return Err(if ours {
            Damage::FirstLine.into()
        } else {
            Broken::Foreign
        });
    };
    let Ok(Name { format, version }) = serde_json::from_slice(first) else {
        return Err(Broken::Foreign);
    };
    if format != FORMAT {
        return Err(Broken::Foreign);
    }
    if version > VERSION {
        return Err(Broken::Newer(version));
    }
    let Ok(said) = serde_json::from_slice::<Head<'_>>(first) else {
        return Err(Damage::FirstLine.into());
    };
    let found = u64::try_from(content.len()).unwrap_or(u64::MAX);
    if said.bytes != found {
        let expected = said.bytes;
        return Err(Damage::Length { expected, found }.into());
    }
    let expected = head(content).unwrap_or_default();
    if expected.as_bytes() != first {
        return Err(Damage::Checksum.into());
    }
    Ok(content)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use super::*;

    const CONTENT: &[u8] = b"{\"sessions\":[1,2,3]}\n";

    #[test]
    fn what_was_sealed_is_read_back() {
        assert_eq!(unseal(&seal(CONTENT).unwrap()), Ok(CONTENT));
        assert_eq!(unseal(&seal(b"").unwrap()), Ok(&b""[..]));
    }

    #[test]
    fn no_beginning_of_it_is_taken() {
        let whole = seal(CONTENT).unwrap();
        let first = whole.len() - CONTENT.len();
        for length in 0..whole.len() {
            let expected = match length {
                0 => Damage::Empty,
                _ if length < first => Damage::FirstLine,
                _ => Damage::Length {
                    expected: CONTENT.len() as u64,
                    found: (length - first) as u64,
                },
            };
            assert_eq!(unseal(&whole[..length]), Err(expected.into()), "{length}");
        }
        let longer = [&whole[..], b" "].concat();
        assert!(matches!(
            unseal(&longer),
            Err(Broken::Damaged(Damage::Length { .. }))
        ));
    }

    #[test]
    fn no_bit_of_it_can_be_another() {
        let whole = seal(CONTENT).unwrap();
        for at in 0..whole.len() {
            for bit in 0..8 {
                let mut flipped = whole.clone();
                flipped[at] ^= 1 << bit;
                assert!(unseal(&flipped).is_err(), "bit {bit} of byte {at}");
            }
        }
    }

    #[test]
    fn another_file_and_a_newer_one_are_told_from_a_damaged_one() {
        for text in [
            "hello",
            "hello\nworld\n",
            "{}\n",
            "[1]\n[2]\n",
            "{\"format\":\"x\",\"version\":1}\n",
        ] {
            assert_eq!(unseal(text.as_bytes()), Err(Broken::Foreign), "{text}");
        }
        let newer = format!("{{\"format\":\"{FORMAT}\",\"version\":7,\"zip\":true}}\n\u{0}");
        assert_eq!(unseal(newer.as_bytes()), Err(Broken::Newer(7)));
        let spaced = String::from_utf8(seal(CONTENT).unwrap())
            .unwrap()
            .replacen(':', ": ", 1);
        assert_eq!(unseal(spaced.as_bytes()), Err(Damage::Checksum.into()));
    }
}
