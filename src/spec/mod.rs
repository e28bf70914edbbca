//! Reading of OpenAPI 3.0 documents, with the place of every node, and their translation to JSON Schema 2020-12.
//!
//! Every message about a contract should say where in the file the trouble is, so this module keeps line and column
//! for each key and value, and refuses what most readers let pass: a key given twice, a merge key, a value that JSON
//! cannot hold. The grammar itself is `saphyr-parser`'s; this module decides what its events mean.
//!
//! What it refuses to do: fetch anything (references stay inside one document), guess the meaning of a keyword that
//! OpenAPI 3.0.3 does not define, or judge a value. Judging is the work of a JSON Schema validator, to which
//! [`translate::schema`] hands a schema of its own dialect.
//!
//! Entry points: [`Document::parse`] and [`Document::read`] to read, [`Document::at`] and [`Document::resolve`] to find
//! a node, [`translate::schema`] to translate one schema, [`keyword::KEYWORDS`] for what becomes of each keyword, and
//! [`SpecError::report`] to show what went wrong.
//!
//! The build script includes this module by path, so nothing here may name the crate it is part of.

pub mod accept;
mod access;
mod assemble;
mod document;
mod error;
mod format;
pub mod keyword;
mod lower;
mod node;
mod pointer;
mod read;
mod resolve;
mod rewrite;
mod scalar;
mod shape;
mod size;
mod surrogate;
mod tag;
pub mod translate;
pub mod view;

pub use document::Document;
pub use error::SpecError;
pub use node::{Node, Object, Position, Value};
pub use pointer::{Pointer, PointerError};
pub use read::{MAX_DEPTH, MAX_DOCUMENT_BYTES, MAX_NODES, MAX_TEXT_BYTES};
