//! What went wrong in a document: where, what, and what to do about it.

use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};

use super::{Pointer, Position};

/// A fault in a document, with its place and a remedy.
///
/// `Display` is one line, `name:line:column: what (at /pointer); remedy`. [`report`](Self::report) shows the source
/// around the place as well. Control characters of the document are escaped in both.
#[derive(Debug)]
pub struct SpecError(Box<Inner>);

#[derive(Debug)]
struct Inner {
    document: String,
    text: Option<Arc<str>>,
    position: Option<Position>,
    also: Option<(Position, &'static str)>,
    pointer: Pointer,
    what: String,
    remedy: String,
    source: Option<std::io::Error>,
}

impl SpecError {
    pub(super) fn new(document: &str, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            document: visible(document),
            text: None,
            position: None,
            also: None,
            pointer: Pointer::root(),
            what: visible(&what.into()),
            remedy: visible(&remedy.into()),
            source: None,
        }))
    }

    pub(super) fn at(mut self, position: Position, text: &Arc<str>) -> Self {
        self.0.position = Some(position);
        self.0.text = Some(Arc::clone(text));
        self
    }

    pub(super) fn within(mut self, pointer: Pointer) -> Self {
        self.0.pointer = pointer;
        self
    }

    /// Adds a second place, shown in the report with `label`.
    pub(super) fn and_at(mut self, position: Position, label: &'static str) -> Self {
        self.0.also = Some((position, label));
        self
    }

    pub(super) fn caused_by(mut self, source: std::io::Error) -> Self {
        self.0.source = Some(source);
        self
    }

    /// Returns the name of the document, usually its path.
    #[must_use]
    pub fn document(&self) -> &str {
        &self.0.document
    }

    /// Returns the place of the fault; none when the document could not be read at all.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        self.0.position
    }

    /// Returns the node concerned. For a fault of syntax it is the innermost node known to surround it.
    #[must_use]
    pub fn pointer(&self) -> &Pointer {
        &self.0.pointer
    }

    /// Returns what is wrong, as a lower-case fragment.
    #[must_use]
    pub fn what(&self) -> &str {
        &self.0.what
    }

    /// Returns what to do about it, as a lower-case fragment.
    #[must_use]
    pub fn remedy(&self) -> &str {
        &self.0.remedy
    }

    /// Returns several lines, without colour, that show the source around the place with a mark under it.
    #[must_use]
    pub fn report(&self) -> String {
        let inner = &*self.0;
        let mut group = Level::ERROR.primary_title(&inner.what).elements(
            inner
                .position
                .is_none()
                .then(|| Origin::path(&inner.document)),
        );
        let shown = [
            inner.position.map(|at| (at, AnnotationKind::Primary, "")),
            inner
                .also
                .map(|(at, label)| (at, AnnotationKind::Context, label)),
        ];
        for (at, kind, label) in shown.into_iter().flatten() {
            let excerpt = inner.text.as_deref().and_then(|text| Excerpt::of(text, at));
            let whole = excerpt.as_ref().is_some_and(|excerpt| !excerpt.is_cut);
            if !whole {
                // The renderer counts columns in what it is given, which is right for whole lines only.
                group = group.element(
                    Origin::path(&inner.document)
                        .line(at.line)
                        .char_column(at.column),
                );
            }
            if let Some(excerpt) = excerpt {
                let mut mark = kind.span(excerpt.mark);
                if !label.is_empty() {
                    mark = mark.label(label);
                }
                group = group.element(
                    Snippet::source(excerpt.text)
                        .path(whole.then_some(inner.document.as_str()))
                        .line_start(excerpt.first_line)
                        .fold(false)
                        .annotation(mark),
                );
            }
        }
        if !inner.pointer.is_root() {
            group = group.element(Level::NOTE.message(format!("at {}", short(&inner.pointer))));
        }
        group = group.element(Level::HELP.message(&inner.remedy));
        Renderer::plain().render(&[group])
    }
}

impl std::fmt::Display for SpecError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let inner = &*self.0;
        f.write_str(&inner.document)?;
        if let Some(at) = inner.position {
            write!(f, ":{at}")?;
        }
        write!(f, ": {}", inner.what)?;
        if !inner.pointer.is_root() {
            write!(f, " (at {})", short(&inner.pointer))?;
        }
        write!(f, "; {}", inner.remedy)
    }
}

impl std::error::Error for SpecError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        let source = self.0.source.as_ref()?;
        Some(source)
    }
}

/// Returns `text` for a message: in backquotes and cut to 60 characters.
pub(super) fn shown(text: &str) -> String {
    const MOST: usize = 60;
    let mut characters = text.chars();
    let head: String = characters.by_ref().take(MOST).collect();
    let dots = if characters.next().is_some() {
        "…"
    } else {
        ""
    };
    format!("`{head}{dots}`")
}

/// Returns a pointer for a message: both ends of it if it is very long.
fn short(pointer: &Pointer) -> String {
    const END: usize = 60;
    let whole: Vec<char> = visible(&pointer.to_string()).chars().collect();
    match (whole.first_chunk::<END>(), whole.last_chunk::<END>()) {
        (Some(head), Some(tail)) if whole.len() > 2 * END => {
            head.iter().chain(&['…']).chain(tail).collect()
        }
        _ => whole.into_iter().collect(),
    }
}

/// Returns `text` with everything escaped that could move the cursor or turn the direction of writing.
fn visible(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if is_unsafe(character) {
            safe.extend(character.escape_default());
        } else {
            safe.push(character);
        }
    }
    safe
}

fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

/// A few lines of source around a place, narrow enough for a terminal.
struct Excerpt {
    text: String,
    first_line: usize,
    /// Whether the lines begin somewhere behind their first column.
    is_cut: bool,
    /// The bytes of `text` to mark.
    mark: std::ops::Range<usize>,
}

impl Excerpt {
    const LINES_BEFORE: usize = 2;
    const COLUMNS_BEFORE: usize = 60;
    const COLUMNS: usize = 110;

    fn of(source: &str, at: Position) -> Option<Self> {
        let first_line = at.line.saturating_sub(Self::LINES_BEFORE).max(1);
        let mut text = String::new();
        let mut mark = 0..0;
        // A long line is cut to a window around the place, and so are its neighbours, to keep them aligned.
        let from = at.column.saturating_sub(Self::COLUMNS_BEFORE + 1);
        let from = if at.column > Self::COLUMNS { from } else { 0 };
        for (number, line) in (1..).zip(lines(source)).skip(first_line - 1) {
            if number > at.line {
                break;
            }
            if number > first_line {
                text.push('\n');
            }
            let start = text.len();
            text.extend(
                line.chars()
                    .skip(from)
                    .take(Self::COLUMNS)
                    .map(|character| {
                        // One character for one, so that columns stay right.
                        if character != '\t' && is_unsafe(character) {
                            '\u{FFFD}'
                        } else {
                            character
                        }
                    }),
            );
            if number == at.line {
                let cut = text.get(start..).unwrap_or_default();
                let begin = byte_of(cut, at.column - 1 - from);
                let length = marked(cut.get(begin..).unwrap_or_default());
                mark = start + begin..start + begin + length;
            }
        }
        (!text.is_empty()).then_some(Self {
            text,
            first_line,
            is_cut: from > 0,
            mark,
        })
    }
}

/// Returns the lines as YAML counts them: ended by LF, CR LF or CR.
fn lines(source: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(source);
    std::iter::from_fn(move || {
        let current = rest?;
        let Some(end) = current.find(['\n', '\r']) else {
            rest = None;
            return Some(current);
        };
        let (line, after) = current.split_at(end);
        rest = after
            .strip_prefix("\r\n")
            .or_else(|| after.get(1..))
            .or(Some(""));
        Some(line)
    })
}

fn byte_of(line: &str, column: usize) -> usize {
    line.char_indices()
        .nth(column)
        .map_or(line.len(), |(index, _)| index)
}

/// Returns how many bytes of `text` to mark: a quoted text, or a word up to white space or punctuation.
fn marked(text: &str) -> usize {
    let mut characters = text.char_indices();
    match characters.next() {
        Some((_, quote @ ('"' | '\''))) => characters
            .find(|(_, character)| *character == quote)
            .map_or(1, |(index, _)| index + 1),
        Some((_, first)) if !first.is_whitespace() => {
            let end = text
                .find(|character: char| character.is_whitespace() || ",[]{}".contains(character))
                .unwrap_or(text.len());
            text.get(..end)
                .map_or(end, |word| word.trim_end_matches(':').len())
                .max(first.len_utf8())
        }
        _ => 0,
    }
}
