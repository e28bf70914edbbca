//! Why an answer could not be decoded, and where: without the value that it failed on.

use std::fmt::{self, Write as _};

use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};

use crate::session::plain_name;

/// Decodes once more, now for the place of the fault, which the generated client loses. Nothing where the value itself
/// decodes.
pub(super) fn fault<W: DeserializeOwned>(body: &[u8]) -> Option<(String, DecodeCause)> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let fault = serde_path_to_error::deserialize::<_, W>(&mut reader).err()?;
    let path = shown(fault.path());
    let cause = fault.into_inner();
    let path = match (missing(&cause.to_string()), path.is_empty()) {
        (Some(member), true) => member.to_owned(),
        (Some(member), false) => format!("{path}.{member}"),
        (None, _) => path,
    };
    // The cause's text repeats the value where its type is wrong; class and place are enough.
    let cause = DecodeCause {
        category: cause.classify(),
        line: cause.line(),
        column: cause.column(),
    };
    Some((path, cause))
}

/// A path of more steps is cut off.
const DEEPEST: usize = 8;

/// The path in words. A member may have any name that the server likes, so what is no plain name is not repeated.
fn shown(path: &Path) -> String {
    let mut text = String::new();
    for segment in path.iter().take(DEEPEST) {
        let step = match segment {
            Segment::Seq { index } => {
                // Writing to a String cannot fail.
                let _ = write!(text, "[{index}]");
                continue;
            }
            Segment::Map { key: name } | Segment::Enum { variant: name } => plain_name(name),
            Segment::Unknown => break,
        };
        if !text.is_empty() {
            text.push('.');
        }
        text.push_str(step);
    }
    text
}

/// The member that a type misses; its name is one of the type's own, and stands in the cause's text alone.
fn missing(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("missing field `")?;
    rest.split('`')
        .next()
        .filter(|name| plain_name(name) == *name)
}

/// Why decoding failed.
#[derive(Debug)]
pub(super) struct DecodeCause {
    category: serde_json::error::Category,
    line: usize,
    column: usize,
}

impl DecodeCause {
    /// Whether it is JSON, and a member of it is missing or of another type: not a page that a proxy sent instead.
    pub(super) fn is_about_a_member(&self) -> bool {
        self.category == serde_json::error::Category::Data
    }
}

impl fmt::Display for DecodeCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use serde_json::error::Category;
        let what = match self.category {
            Category::Io | Category::Eof => "the body ends too early",
            Category::Syntax => "the body is not JSON",
            Category::Data => "a member is missing or of another type",
        };
        write!(f, "{what}, line {} column {}", self.line, self.column)
    }
}

impl std::error::Error for DecodeCause {}
