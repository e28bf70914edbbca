//! Translation of one schema, keyword by keyword, as the table says.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};

use super::access;
use super::error::{SpecError, shown};
use super::keyword::{Keyword, NEWER, Rewrite, Treatment};
use super::shape::{self, Misshapen, Shape};
use super::translate::{Definitions, Direction, Key, Step};
use super::{Document, Node, Object, Pointer, Position};

/// The translation of the root schema or of one definition.
pub(super) struct Lowering<'a> {
    pub(super) document: &'a Document,
    direction: Direction,
    definitions: &'a mut Definitions,
    /// The definition that is being translated; none for the root.
    owner: Option<&'a str>,
}

/// One schema on its way: its node and pointer, and what it has become so far.
pub(super) struct Draft<'a> {
    pub(super) object: &'a Object,
    pointer: &'a Pointer,
    /// The names that need not be present in this direction.
    pub(super) excused: BTreeSet<String>,
    /// Whether the schema is about the value of its owner, not about a part of it.
    in_place: bool,
    pub(super) output: Map<String, Json>,
    /// Constraints whose place in `output` is taken by the author's own.
    pub(super) more: Vec<Json>,
}

impl<'a> Lowering<'a> {
    pub(super) fn new(
        document: &'a Document,
        direction: Direction,
        definitions: &'a mut Definitions,
        owner: Option<&'a str>,
    ) -> Self {
        Self {
            document,
            direction,
            definitions,
            owner,
        }
    }

    /// Translates the schema `node` at `pointer`. `excused` are names that an `allOf` around it excuses from being
    /// required; `in_place` says that it is about the same value as its owner.
    pub(super) fn schema(
        &mut self,
        node: &Node,
        pointer: &Pointer,
        excused: &BTreeSet<String>,
        in_place: bool,
    ) -> Result<Map<String, Json>, SpecError> {
        let Some(object) = node.as_object() else {
            return Err(self.document.error_at(
                node.at,
                pointer,
                format!("a schema is a mapping, not {}", node.kind()),
                "write `{}` for a schema that accepts everything, `not: {}` for one that accepts nothing",
            ));
        };
        for (key, key_at, value) in object.iter() {
            self.check(key, key_at, value, pointer)?;
        }
        if object.contains_key("$ref") {
            return self.reference(node, object, pointer, excused, in_place);
        }
        let own = access::names(self.document, node, self.direction)?;
        let mut draft = Draft {
            object,
            pointer,
            excused: own.excused.union(excused).cloned().collect(),
            in_place,
            output: Map::new(),
            more: Vec::new(),
        };
        for (key, _, value) in object.iter() {
            if let Some(keyword) = Keyword::named(key) {
                self.keyword(keyword, value, &mut draft)?;
            }
        }
        Ok(finished(draft))
    }

    /// Refuses an unknown keyword, and a value of the wrong shape where the table names the shape.
    fn check(
        &self,
        key: &str,
        key_at: Position,
        value: &Node,
        pointer: &Pointer,
    ) -> Result<(), SpecError> {
        if key.starts_with("x-") {
            return Ok(());
        }
        let pointer = pointer.join(key);
        let Some(keyword) = Keyword::named(key) else {
            let newer = NEWER.iter().find(|(name, _)| *name == key);
            return Err(match newer {
                Some((name, remedy)) => self.document.error_at(
                    key_at,
                    &pointer,
                    format!("`{name}` is no keyword of OpenAPI 3.0"),
                    *remedy,
                ),
                None => self.document.error_at(
                    key_at,
                    &pointer,
                    format!("{} is no keyword of a schema", shown(key)),
                    "correct the name, or begin it with `x-` if it is an extension",
                ),
            });
        };
        let shape = match keyword.treatment {
            Treatment::Same(shape) | Treatment::Annotation(shape) | Treatment::Dropped(shape) => {
                shape
            }
            Treatment::Rewritten(Rewrite::Nullable | Rewrite::Exclusive | Rewrite::Access) => {
                Shape::Flag
            }
            Treatment::Rewritten(Rewrite::Bound) => Shape::Number,
            Treatment::Rewritten(Rewrite::Format) => Shape::Text,
            Treatment::NamedSchemas => Shape::Object,
            _ => Shape::Any,
        };
        shape
            .check(keyword.name, value)
            .map_err(|fault| self.misshapen(&pointer, &fault))
    }

    pub(super) fn misshapen(&self, pointer: &Pointer, fault: &Misshapen<'_>) -> SpecError {
        self.document
            .error_at(fault.node.at, pointer, fault.what.as_str(), fault.remedy)
    }

    fn keyword(
        &mut self,
        keyword: &Keyword,
        value: &Node,
        draft: &mut Draft<'_>,
    ) -> Result<(), SpecError> {
        let pointer = draft.pointer.join(keyword.name);
        let translated = match keyword.treatment {
            Treatment::Same(_) | Treatment::Annotation(_) => value.to_json(),
            Treatment::Dropped(_) => return Ok(()),
            Treatment::Schema => {
                Json::Object(self.schema(value, &pointer, &BTreeSet::new(), false)?)
            }
            Treatment::SchemaInPlace => {
                Json::Object(self.schema(value, &pointer, &BTreeSet::new(), draft.in_place)?)
            }
            Treatment::SchemasInPlace => self.members(keyword.name, value, &pointer, draft)?,
            Treatment::NamedSchemas => self.named(value, &pointer)?,
            Treatment::SchemaOrFlag => match value.as_bool() {
                Some(flag) => Json::Bool(flag),
                None => Json::Object(self.schema(value, &pointer, &BTreeSet::new(), false)?),
            },
            Treatment::Rewritten(rewrite) => {
                return self.rewrite(rewrite, keyword.name, value, &pointer, draft);
            }
        };
        draft.output.insert(keyword.name.to_owned(), translated);
        Ok(())
    }

    /// Translates the members of allOf, anyOf or oneOf.
    fn members(
        &mut self,
        name: &str,
        value: &Node,
        pointer: &Pointer,
        draft: &Draft<'_>,
    ) -> Result<Json, SpecError> {
        let members = match value.as_array() {
            Some(members) if !members.is_empty() => members,
            _ => {
                let fault = shape::misshapen(name, value, "a list of at least one schema");
                return Err(self.misshapen(pointer, &fault));
            }
        };
        let nothing = BTreeSet::new();
        let excused = if name == "allOf" {
            &draft.excused
        } else {
            &nothing
        };
        let mut translated = Vec::with_capacity(members.len());
        for (index, member) in members.iter().enumerate() {
            let pointer = pointer.join(index.to_string());
            let member = self.schema(member, &pointer, excused, draft.in_place)?;
            translated.push(Json::Object(member));
        }
        Ok(Json::Array(translated))
    }

    fn named(&mut self, value: &Node, pointer: &Pointer) -> Result<Json, SpecError> {
        let mut translated = Map::new();
        for (name, _, schema) in value.as_object().into_iter().flat_map(Object::iter) {
            let schema = self.schema(schema, &pointer.join(name), &BTreeSet::new(), false)?;
            translated.insert(name.to_owned(), Json::Object(schema));
        }
        Ok(Json::Object(translated))
    }

    fn reference(
        &mut self,
        node: &Node,
        object: &Object,
        pointer: &Pointer,
        excused: &BTreeSet<String>,
        in_place: bool,
    ) -> Result<Map<String, Json>, SpecError> {
        for (key, key_at, _) in object.iter() {
            let constrains = Keyword::named(key).is_some_and(Keyword::is_constraint);
            if constrains && key != "$ref" {
                return Err(self.document.error_at(
                    key_at,
                    &pointer.join(key),
                    format!("`{key}` beside `$ref` has no effect in OpenAPI 3.0"),
                    "put the reference into `allOf: [{$ref: ...}]` and leave the keyword beside that",
                ));
            }
        }
        let end = self.document.resolve(node)?;
        let Some((target, target_node)) = self.document.target(node)? else {
            return Ok(Map::new());
        };
        let names = access::names(self.document, end, self.direction)?;
        let excused = excused
            .intersection(&names.required)
            .filter(|name| !names.excused.contains(*name))
            .cloned()
            .collect();
        let at = object.get("$ref").map_or(target_node.at, |value| value.at);
        let pointer = pointer.join("$ref");
        let Some(name) = self.definitions.name(Key { target, excused }) else {
            return Err(self.document.error_at(
                at,
                &pointer,
                "one schema refers to too many others",
                "translate smaller schemas one by one",
            ));
        };
        let fragment = Pointer::root().join("$defs").join(&name).fragment();
        if let (true, Some(owner)) = (in_place, self.owner) {
            let step = Step {
                to: name,
                at,
                pointer,
            };
            self.definitions.applies(owner, step);
        }
        let mut output = Map::new();
        output.insert("$ref".to_owned(), Json::String(fragment));
        Ok(output)
    }
}

/// Adds what concerns the schema as a whole: constraints that stand for a format, and null.
fn finished(draft: Draft<'_>) -> Map<String, Json> {
    let Draft {
        object,
        mut output,
        more,
        ..
    } = draft;
    if flag(object, "nullable") {
        let combined = ["allOf", "anyOf", "oneOf", "not"]
            .iter()
            .any(|name| output.contains_key(*name));
        if combined {
            add(&mut output, more);
            let either = json!([{"type": "null"}, output]);
            return Map::from_iter([("anyOf".to_owned(), either)]);
        }
        if let Some(kind) = output.get_mut("type") {
            *kind = json!([kind.take(), "null"]);
        }
    }
    add(&mut output, more);
    output
}

/// Adds constraints beside those that are there, and under `allOf` where a name is taken.
fn add(output: &mut Map<String, Json>, more: Vec<Json>) {
    let mut left = Vec::new();
    for constraint in more {
        match constraint {
            Json::Object(members) if members.keys().all(|name| !output.contains_key(name)) => {
                output.extend(members);
            }
            other => left.push(other),
        }
    }
    if left.is_empty() {
        return;
    }
    match output.get_mut("allOf") {
        Some(Json::Array(all)) => all.extend(left),
        _ => {
            output.insert("allOf".to_owned(), Json::Array(left));
        }
    }
}

/// Returns whether the flag `name` is given and true.
pub(super) fn flag(object: &Object, name: &str) -> bool {
    object.get(name).and_then(Node::as_bool) == Some(true)
}
