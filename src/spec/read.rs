//! From bytes to a tree: limits, encoding, and what the events of the YAML parser mean.
//!
//! JSON takes the same way, as YAML 1.2 contains it. The parser is driven event by event, so depth costs no stack and
//! ends at [`MAX_DEPTH`].

use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use saphyr_parser::{Event, Parser, ScanError, Span};

use super::assemble::Builder;
use super::error::{SpecError, shown};
use super::surrogate::Rewritten;
use super::{Node, Position};

/// The most bytes that a document may have.
pub const MAX_DOCUMENT_BYTES: usize = 16 * 1024 * 1024;

/// The most lists and mappings that may stand inside each other.
pub const MAX_DEPTH: usize = 128;

/// The most nodes that a tree may have once its aliases are replaced by copies.
pub const MAX_NODES: usize = 1_000_000;

/// The most bytes that all texts and keys of a tree may have once its aliases are replaced by copies.
pub const MAX_TEXT_BYTES: usize = 64 * 1024 * 1024;

const MEBIBYTE: usize = 1024 * 1024;

/// Returns the content of the file at `path`, or at least more of it than is allowed.
pub(super) fn bytes(name: &str, path: &Path) -> Result<Vec<u8>, SpecError> {
    let limit = u64::try_from(MAX_DOCUMENT_BYTES).map_or(u64::MAX, |most| most + 1);
    let mut content = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(limit).read_to_end(&mut content))
        .map_err(|error| {
            SpecError::new(
                name,
                format!("the document cannot be read: {error}"),
                "check the path and the permissions",
            )
            .caused_by(error)
        })?;
    Ok(content)
}

/// Returns the text that UTF-8 bytes hold.
pub(super) fn decoded(name: &str, content: Vec<u8>) -> Result<String, SpecError> {
    check_size(name, content.len())?;
    if content.starts_with(&[0xFF, 0xFE]) || content.starts_with(&[0xFE, 0xFF]) {
        return Err(SpecError::new(
            name,
            "the document begins with the byte order mark of UTF-16 or UTF-32",
            "save it as UTF-8",
        ));
    }
    String::from_utf8(content).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let bytes = error.into_bytes();
        let prefix = String::from_utf8_lossy(bytes.get(..valid).unwrap_or_default());
        let text = Arc::from(String::from_utf8_lossy(&bytes));
        SpecError::new(
            name,
            format!("byte {valid} does not belong to UTF-8"),
            "save the document as UTF-8",
        )
        .at(end_of(&prefix), &text)
    })
}

fn check_size(name: &str, size: usize) -> Result<(), SpecError> {
    if size <= MAX_DOCUMENT_BYTES {
        return Ok(());
    }
    Err(SpecError::new(
        name,
        format!(
            "the document has more than {} MiB",
            MAX_DOCUMENT_BYTES / MEBIBYTE
        ),
        "check that this is the right file, or split it",
    ))
}

/// Returns the tree of a text.
pub(super) fn root(name: &str, text: &Arc<str>) -> Result<Node, SpecError> {
    check_size(name, text.len())?;
    refuse_control_characters(name, text)?;
    refuse_other_versions(name, text)?;
    let rewritten = Rewritten::of(text);
    let mut parser = Parser::new_from_str(&rewritten.text);
    let mut builder = Builder::new(name, text);
    let mut lines = Lines::of(text);
    // The parser may put the end of the text on a line of its own, which nobody can find.
    let end = end_of(text);
    let mut documents = 0;
    while let Some(event) = parser.next_event() {
        let (event, Span { start, .. }) = event.map_err(|error| {
            syntax(
                &error,
                rewritten.position(error.marker()).min(end),
                &builder,
            )
        })?;
        let at = rewritten.position(&start).min(end);
        match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
            Event::DocumentStart(_) => {
                documents += 1;
                if documents > 1 {
                    return Err(SpecError::new(
                        name,
                        "a second document begins here",
                        "keep one document per file, and remove the line `---` or what follows it",
                    )
                    .at(at, text));
                }
            }
            Event::Scalar(scalar, style, anchor, tag) => {
                builder.scalar(&scalar, style, anchor, tag.as_deref(), at)?;
            }
            Event::SequenceStart(anchor, tag) => {
                // Of a list no deeper than its key the parser gives the place behind the first dash.
                let at = match builder.pending_key() {
                    Some(key_at) if key_at.line < at.line => lines.dash(at.line).unwrap_or(at),
                    _ => at,
                };
                builder.list(anchor, tag.as_deref(), at)?;
            }
            Event::MappingStart(anchor, tag) => builder.mapping(anchor, tag.as_deref(), at)?,
            Event::SequenceEnd | Event::MappingEnd => builder.close()?,
            Event::Alias(anchor) => builder.alias(anchor, at)?,
        }
    }
    builder.finish()
}

fn syntax(error: &ScanError, at: Position, builder: &Builder<'_>) -> SpecError {
    let info = error.info();
    // The parser keeps its own, larger limit on brackets, and may reach it before their first event is out.
    if info.contains("recursion limit") {
        return builder.too_deep(at);
    }
    let remedy = if info.contains("tab") {
        "indent with spaces; YAML allows no tab there"
    } else if info.contains("unknown anchor") {
        "define the anchor (`&name`) before the alias (`*name`), or quote the text if it begins with `*`"
    } else if info.contains("unexpected character") {
        "quote the text; `@`, `%` and the backquote cannot begin one"
    } else if info.contains("byte order mark") {
        "remove it; it may only stand at the very start"
    } else {
        "look at this line and the one before it for indentation, a missing colon, or a text that needs quotes"
    };
    builder.fault(at, format!("not valid YAML: {info}"), remedy)
}

/// YAML 1.2.2 section 5.1: of the control characters below U+0020, only tab and the line breaks may occur. JSON says
/// the same. The parser does not check this everywhere.
fn refuse_control_characters(name: &str, text: &Arc<str>) -> Result<(), SpecError> {
    let forbidden = |character: char| character < ' ' && !matches!(character, '\t' | '\n' | '\r');
    let Some((before, rest)) = text
        .find(forbidden)
        .and_then(|index| text.split_at_checked(index))
    else {
        return Ok(());
    };
    let code = rest.chars().next().map_or(0, u32::from);
    Err(SpecError::new(
        name,
        format!("control character U+{code:04X}"),
        "remove it, or write it as an escape inside double quotes",
    )
    .at(end_of(before), text))
}

/// A document that declares YAML 1.1 means other things by its words (`yes` is true there), which the parser leaves
/// to the application.
fn refuse_other_versions(name: &str, text: &Arc<str>) -> Result<(), SpecError> {
    let head = text
        .lines()
        .take_while(|line| line.is_empty() || line.starts_with(['#', '%']));
    for (index, line) in head.enumerate() {
        let Some(version) = line.strip_prefix("%YAML") else {
            continue;
        };
        let version = version.split('#').next().unwrap_or_default().trim();
        if version != "1.2" {
            return Err(SpecError::new(
                name,
                format!("the document declares YAML {}", shown(version)),
                "remove the line if the document is meant as YAML 1.2, where `yes`, `no`, `on` and `off` are texts",
            )
            .at(
                Position {
                    line: index + 1,
                    column: 1,
                },
                text,
            ));
        }
    }
    Ok(())
}

/// Returns the place behind the last character of `text`.
fn end_of(text: &str) -> Position {
    let mut at = Position::START;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\r' if characters.peek() == Some(&'\n') => {}
            '\n' | '\r' => {
                at.line += 1;
                at.column = 1;
            }
            _ => at.column += 1,
        }
    }
    at
}

/// The lines of a text, visited in ascending order.
struct Lines<'t> {
    rest: &'t str,
    number: usize,
}

impl<'t> Lines<'t> {
    fn of(text: &'t str) -> Self {
        Self {
            rest: text,
            number: 1,
        }
    }

    /// Returns the place of the dash that the line begins with, if it does.
    fn dash(&mut self, line: usize) -> Option<Position> {
        while self.number < line {
            let end = self.rest.find(['\n', '\r'])?;
            let (_, after) = self.rest.split_at_checked(end)?;
            self.rest = after.strip_prefix("\r\n").or_else(|| after.get(1..))?;
            self.number += 1;
        }
        let content = self.rest.trim_start_matches(' ');
        let behind = content.strip_prefix('-')?;
        (behind.is_empty() || behind.starts_with([' ', '\t', '\n', '\r'])).then_some(Position {
            line,
            column: self.rest.len() - content.len() + 1,
        })
    }
}
