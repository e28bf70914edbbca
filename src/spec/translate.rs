//! From one schema of an OpenAPI 3.0 document to a JSON Schema 2020-12 document that stands alone.
//!
//! What becomes of each keyword is in [`KEYWORDS`](super::keyword::KEYWORDS) and
//! [`FORMATS`]. Schemas that are referred to stand once under `$defs`, so recursive ones are fine. The same document
//! always gives the same output.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::{Map, Value as Json, json};

use super::error::{SpecError, shown};
use super::lower::Lowering;
use super::{Document, Pointer, Position};

pub use super::format::{FORMATS, Format, FormatTreatment};
pub use super::shape::Shape;

/// The dialect of the output.
pub const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The most schemas that one translation may refer to.
pub const MAX_DEFINITIONS: usize = 10_000;

/// Which way the value travels. It decides what `readOnly` and `writeOnly` do to `required`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// To the server: read-only properties are not required.
    Request,
    /// From the server: write-only properties are not required.
    Response,
    /// Neither is known: every required property is.
    Neutral,
}

impl Direction {
    /// The keyword that excuses a property from being required.
    pub(super) fn excusing_flag(self) -> Option<&'static str> {
        match self {
            Direction::Request => Some("readOnly"),
            Direction::Response => Some("writeOnly"),
            Direction::Neutral => None,
        }
    }
}

/// Returns a JSON Schema 2020-12 document for the schema at `pointer`. What it refers to stands under its `$defs`.
///
/// Formats are kept for assertion: the validator must be told to check them.
///
/// # Errors
///
/// `pointer` leads nowhere, or the schema or one that it refers to cannot be translated: a keyword that OpenAPI 3.0.3
/// does not define, a value of the wrong shape, a constraint beside `$ref`, a reference that cannot be followed, or a
/// schema that refers to itself without going down into the value, which no validator could finish.
pub fn schema(
    document: &Document,
    pointer: &Pointer,
    direction: Direction,
) -> Result<Json, SpecError> {
    let Some(node) = document.at(pointer) else {
        return Err(document.error_at(
            document.root().at,
            pointer,
            "there is no schema at this pointer",
            "correct the pointer or add the schema",
        ));
    };
    let mut definitions = Definitions::default();
    let mut root = Lowering::new(document, direction, &mut definitions, None).schema(
        node,
        pointer,
        &BTreeSet::new(),
        true,
    )?;
    let mut translated = Map::new();
    while let Some((name, key)) = definitions.waiting.pop_front() {
        let Some(node) = document.at(&key.target) else {
            continue;
        };
        let lowered = Lowering::new(document, direction, &mut definitions, Some(&name)).schema(
            node,
            &key.target,
            &key.excused,
            true,
        )?;
        translated.insert(name, Json::Object(lowered));
    }
    definitions.refuse_loops(document)?;
    root.insert("$schema".to_owned(), json!(DIALECT));
    if !translated.is_empty() {
        root.insert("$defs".to_owned(), Json::Object(translated));
    }
    Ok(Json::Object(root))
}

/// The schemas that were referred to so far.
#[derive(Debug, Default)]
pub(super) struct Definitions {
    names: BTreeMap<Key, String>,
    taken: BTreeSet<String>,
    waiting: VecDeque<(String, Key)>,
    /// For each definition, the others that it applies to the very same value.
    in_place: BTreeMap<String, Vec<Step>>,
}

/// One definition: a schema of the document, and the names that an `allOf` around the reference excuses.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) target: Pointer,
    pub(super) excused: BTreeSet<String>,
}

/// A reference, where it stands and to which definition it leads.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) to: String,
    pub(super) at: Position,
    pub(super) pointer: Pointer,
}

impl Definitions {
    /// Returns the name under `$defs` of a definition, which is translated later if it is new; nothing when there are
    /// too many.
    pub(super) fn name(&mut self, key: Key) -> Option<String> {
        if let Some(name) = self.names.get(&key) {
            return Some(name.clone());
        }
        if self.names.len() >= MAX_DEFINITIONS {
            return None;
        }
        // A component gets its own name, any other schema its pointer; the escape keeps `/` for the latter alone.
        let mut name = match key.target.tokens() {
            [components, schemas, name] if components == "components" && schemas == "schemas" => {
                let pointer = Pointer::root().join(name).to_string();
                pointer.trim_start_matches('/').to_owned()
            }
            _ => key.target.to_string(),
        };
        if !key.excused.is_empty() {
            let excused: Vec<&str> = key.excused.iter().map(String::as_str).collect();
            name = format!("{name} without {}", excused.join(", "));
        }
        while self.taken.contains(&name) {
            name.push('\'');
        }
        self.taken.insert(name.clone());
        self.names.insert(key.clone(), name.clone());
        self.waiting.push_back((name.clone(), key));
        Some(name)
    }

    /// Notes that `from` applies a definition to its own value.
    pub(super) fn applies(&mut self, from: &str, step: Step) {
        self.in_place.entry(from.to_owned()).or_default().push(step);
    }

    /// Refuses definitions that apply themselves to the same value: judging it would never end.
    fn refuse_loops(&self, document: &Document) -> Result<(), SpecError> {
        let mut cleared: BTreeSet<&str> = BTreeSet::new();
        for start in self.in_place.keys() {
            // A walk in depth with its own stack: the names on the way, each with the steps still to try.
            let mut way: Vec<(&str, std::slice::Iter<'_, Step>)> =
                vec![(start, self.steps(start).iter())];
            while let Some((name, steps)) = way.last_mut() {
                let Some(step) = steps.next() else {
                    cleared.insert(name);
                    way.pop();
                    continue;
                };
                if cleared.contains(step.to.as_str()) {
                    continue;
                }
                if way.iter().any(|(name, _)| *name == step.to) {
                    return Err(document.error_at(
                        step.at,
                        &step.pointer,
                        format!(
                            "the schema {} applies itself to the same value",
                            shown(&step.to)
                        ),
                        "break the circle: a schema may refer to itself only for a property or an item",
                    ));
                }
                way.push((&step.to, self.steps(&step.to).iter()));
            }
        }
        Ok(())
    }

    fn steps(&self, name: &str) -> &[Step] {
        self.in_place.get(name).map_or(&[], Vec::as_slice)
    }
}
