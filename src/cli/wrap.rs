//! Text in a column: broken at spaces, under its own first line.

use std::io::{self, Write};

/// The widest line, for a terminal of the usual width.
pub(super) const WIDTH: usize = 80;

/// Writes a label and a text beside it, the text wrapped to [`WIDTH`]. A word that is too long gets a line of its own.
pub(super) fn field(
    out: &mut dyn Write,
    indent: usize,
    label: &str,
    column: usize,
    text: &str,
) -> io::Result<()> {
    let room = WIDTH.saturating_sub(indent + column).max(1);
    let mut label = label;
    for line in lines(text, room) {
        writeln!(out, "{:indent$}{label:column$}{line}", "")?;
        label = "";
    }
    Ok(())
}

/// Breaks a text at spaces into lines of at most `room` characters, if its words allow it.
pub(super) fn lines(text: &str, room: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > room {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_as_long_as_there_is_room_and_no_word_is_lost() {
        assert_eq!(lines("one two three", 7), ["one two", "three"]);
        assert_eq!(lines("one two three", 8), ["one two", "three"]);
        assert_eq!(lines("overlong a", 3), ["overlong", "a"]);
        assert_eq!(lines("", 3), [""]);
    }

    #[test]
    fn a_field_stands_under_itself() {
        let mut out = Vec::new();
        let text = "word ".repeat(16);
        assert!(field(&mut out, 2, "limit", 10, &text).is_ok());
        let text = String::from_utf8_lossy(&out);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 2);
        assert!(
            lines.iter().all(|line| line.chars().count() <= WIDTH),
            "{text}"
        );
        assert!(lines[0].starts_with("  limit     word word"), "{text}");
        assert!(lines[1].starts_with("            word"), "{text}");
    }
}
