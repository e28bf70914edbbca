//! One document: its name, its text and its tree.

use std::path::Path;
use std::sync::Arc;

use super::error::{SpecError, shown};
use super::read;
use super::{Node, Pointer, Position, Value};

/// A document that was read, with enough kept to point into its text.
#[derive(Clone)]
pub struct Document {
    name: String,
    text: Arc<str>,
    root: Node,
}

impl Document {
    /// Reads YAML 1.2 (core schema) or JSON from a text. `name` stands in messages, usually a path.
    ///
    /// A byte order mark at the very start is dropped.
    ///
    /// # Errors
    ///
    /// The text is not YAML, is empty, holds several documents, gives a key twice, uses something that JSON cannot
    /// hold (`.nan`, a list as a key) or that has no one meaning (`<<`, an own tag), or goes beyond
    /// [`MAX_DOCUMENT_BYTES`](super::MAX_DOCUMENT_BYTES), [`MAX_DEPTH`](super::MAX_DEPTH),
    /// [`MAX_NODES`](super::MAX_NODES) or [`MAX_TEXT_BYTES`](super::MAX_TEXT_BYTES).
    pub fn parse(name: impl Into<String>, text: impl Into<String>) -> Result<Document, SpecError> {
        let name = name.into();
        let text = text.into();
        let text: Arc<str> = match text.strip_prefix('\u{FEFF}') {
            Some(rest) => Arc::from(rest),
            None => Arc::from(text),
        };
        let root = read::root(&name, &text)?;
        Ok(Document { name, text, root })
    }

    /// Reads a document from bytes, which must be UTF-8; otherwise like [`parse`](Self::parse).
    ///
    /// # Errors
    ///
    /// As for [`parse`](Self::parse), and for bytes that are not UTF-8.
    pub fn from_bytes(name: impl Into<String>, bytes: Vec<u8>) -> Result<Document, SpecError> {
        let name = name.into();
        let text = read::decoded(&name, bytes)?;
        Self::parse(name, text)
    }

    /// Reads the file at `path`, whose name becomes that of the document.
    ///
    /// # Errors
    ///
    /// As for [`from_bytes`](Self::from_bytes), and when the file cannot be read.
    pub fn read(path: &Path) -> Result<Document, SpecError> {
        let name = path.display().to_string();
        let bytes = read::bytes(&name, path)?;
        Self::from_bytes(name, bytes)
    }

    /// Returns the name that messages use.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the text as it was read, without a byte order mark. Changes of the tree do not show in it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the whole tree.
    #[must_use]
    pub fn root(&self) -> &Node {
        &self.root
    }

    /// Returns the whole tree, open to change.
    pub fn root_mut(&mut self) -> &mut Node {
        &mut self.root
    }

    /// Returns the node at `pointer`, without following references.
    #[must_use]
    pub fn at(&self, pointer: &Pointer) -> Option<&Node> {
        pointer
            .tokens()
            .iter()
            .try_fold(&self.root, |node, token| match &node.value {
                Value::Object(object) => object.get(token),
                Value::Array(items) => items.get(index(token)?),
                _ => None,
            })
    }

    /// Returns the node at `pointer`, open to change.
    pub fn at_mut(&mut self, pointer: &Pointer) -> Option<&mut Node> {
        pointer
            .tokens()
            .iter()
            .try_fold(&mut self.root, |node, token| match &mut node.value {
                Value::Object(object) => object.get_mut(token),
                Value::Array(items) => items.get_mut(index(token)?),
                _ => None,
            })
    }

    /// Returns an error that points into this document. `what` and `remedy` are lower-case fragments.
    pub fn error_at(
        &self,
        at: Position,
        pointer: &Pointer,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) -> SpecError {
        SpecError::new(&self.name, what, remedy)
            .at(at, &self.text)
            .within(pointer.clone())
    }

    /// Returns the tree without its places.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        self.root.to_json()
    }

    /// Makes sure that this is an OpenAPI 3.0 document and returns its version, such as `3.0.3`.
    ///
    /// # Errors
    ///
    /// The document is of another version or of no OpenAPI kind; the remedy says what to do for each.
    pub fn require_openapi_3_0(&self) -> Result<&str, SpecError> {
        let root = Pointer::root();
        let Some(object) = self.root.as_object() else {
            return Err(self.error_at(
                self.root.at,
                &root,
                format!(
                    "an OpenAPI document is a mapping, this is {}",
                    self.root.kind()
                ),
                "check that this is the right file; a download may have saved an error page instead",
            ));
        };
        if let Some(swagger) = object.get("swagger") {
            return Err(self.error_at(
                swagger.at,
                &root.join("swagger"),
                "this is a Swagger 2.0 document, and 3.0 is expected",
                "convert it to OpenAPI 3.0 first",
            ));
        }
        let Some(version) = object.get("openapi") else {
            return Err(self.error_at(
                self.root.at,
                &root,
                "`openapi` is missing, so the version is unknown",
                "add `openapi: 3.0.3` if this is an OpenAPI 3.0 document",
            ));
        };
        let at = root.join("openapi");
        let Some(text) = version.as_str() else {
            return Err(self.error_at(
                version.at,
                &at,
                format!("`openapi` is a text, not {}", version.kind()),
                "give all three parts of the version: `openapi: 3.0.3`",
            ));
        };
        if text
            .strip_prefix("3.0.")
            .is_some_and(|patch| !patch.is_empty() && patch.bytes().all(|b| b.is_ascii_digit()))
        {
            return Ok(text);
        }
        let (what, remedy) = if text == "3.0" {
            (
                "the version lacks its third part".to_owned(),
                "write `openapi: 3.0.3`",
            )
        } else if text.starts_with("3.") && !text.starts_with("3.0") {
            (
                format!("OpenAPI {} is not 3.0", shown(text)),
                "write it as 3.0.3: `nullable: true` for a type list with null, `enum` with one value for `const`, \
                 true or false for the exclusive bounds",
            )
        } else {
            (
                format!("{} is no version of OpenAPI 3.0", shown(text)),
                "convert the document to 3.0.3, or correct the version",
            )
        };
        Err(self.error_at(version.at, &at, what, remedy))
    }
}

/// The text is long, and its tree longer still: neither helps in a message.
impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Document")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// RFC 6901 section 4: digits without a leading zero.
fn index(token: &str) -> Option<usize> {
    let plain = token.bytes().all(|byte| byte.is_ascii_digit());
    let leading_zero = token.len() > 1 && token.starts_with('0');
    if plain && !leading_zero {
        token.parse().ok()
    } else {
        None
    }
}
