//! The one thing that JSON may write and YAML may not: a character as a pair of `\u` escapes.
//!
//! JSON escapes a character beyond U+FFFF as two UTF-16 surrogates (`\ud83c\udf41`); YAML has `\U0001F341` for it. The
//! pair is rewritten before the text reaches the YAML parser, and the lost columns are given back to the positions.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::Position;

/// `\ud83c\udf41` has twelve characters, `\U0001F341` has ten.
const LOST: usize = 2;

/// A text for the YAML parser, and what it takes to name places of the original text.
#[derive(Debug)]
pub(super) struct Rewritten<'t> {
    pub(super) text: Cow<'t, str>,
    /// For each rewritten pair: the index of the character behind it, its line, and the columns lost so far on it.
    lost: Vec<(usize, usize, usize)>,
}

impl<'t> Rewritten<'t> {
    /// Rewrites the pairs of a JSON text; any other text stays as it is.
    pub(super) fn of(text: &'t str) -> Self {
        let unchanged = Self {
            text: Cow::Borrowed(text),
            lost: Vec::new(),
        };
        // In YAML the same characters may be plain text, so only what is JSON throughout is rewritten.
        let candidate = text.contains("\\ud") || text.contains("\\uD");
        if candidate && serde_json::from_str::<serde_json::Value>(text).is_ok() {
            Self::of_json(text)
        } else {
            unchanged
        }
    }

    fn of_json(text: &'t str) -> Self {
        let mut output = String::with_capacity(text.len());
        let mut lost: Vec<(usize, usize, usize)> = Vec::new();
        let (mut index, mut line) = (0, 1);
        let mut rest = text;
        // A backslash in JSON occurs only inside a string and always begins an escape.
        while let Some(character) = rest.chars().next() {
            if let Some((pair, after)) = pair(rest) {
                // Writing to a String cannot fail.
                let _ = write!(output, "\\U{:08X}", u32::from(pair));
                index += 10;
                rest = after;
                let before = match lost.last() {
                    Some((_, on, sum)) if *on == line => *sum,
                    _ => 0,
                };
                lost.push((index, line, before + LOST));
                continue;
            }
            let width = if character == '\\' {
                2
            } else {
                character.len_utf8()
            };
            let (taken, after) = rest.split_at_checked(width).unwrap_or((rest, ""));
            let carriage_return_of_crlf = character == '\r' && after.starts_with('\n');
            if matches!(character, '\n' | '\r') && !carriage_return_of_crlf {
                line += 1;
            }
            index += taken.chars().count();
            output.push_str(taken);
            rest = after;
        }
        Self {
            text: Cow::Owned(output),
            lost,
        }
    }

    /// Returns the place in the original text of a mark of the parser.
    pub(super) fn position(&self, mark: &saphyr_parser::Marker) -> Position {
        let before = self
            .lost
            .partition_point(|(index, _, _)| *index <= mark.index());
        let lost = match before.checked_sub(1).and_then(|last| self.lost.get(last)) {
            Some((_, line, sum)) if *line == mark.line() => *sum,
            _ => 0,
        };
        Position {
            line: mark.line().max(1),
            column: mark.col() + 1 + lost,
        }
    }
}

/// Returns the character that the pair of escapes at the start of `text` stands for, and the text behind it.
fn pair(text: &str) -> Option<(char, &str)> {
    let (high, rest) = unit(text)?;
    let (low, rest) = unit(rest)?;
    let character = char::decode_utf16([high, low]).next()?.ok()?;
    (character > '\u{FFFF}').then_some((character, rest))
}

fn unit(text: &str) -> Option<(u16, &str)> {
    let (digits, rest) = text.strip_prefix("\\u")?.split_at_checked(4)?;
    Some((u16::from_str_radix(digits, 16).ok()?, rest))
}
