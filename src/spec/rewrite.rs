//! Translation of the keywords that become something else.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::error::{SpecError, shown};
use super::format::{FORMATS, Format, FormatTreatment};
use super::keyword::Rewrite;
use super::lower::{Draft, Lowering, flag};
use super::shape;
use super::{Node, Pointer};

/// The names that `type` takes in 3.0.
const TYPES: [&str; 6] = ["array", "boolean", "integer", "number", "object", "string"];

impl Lowering<'_> {
    /// Translates the keyword `name`, whose shape is known to be right, into the draft.
    pub(super) fn rewrite(
        &mut self,
        rewrite: Rewrite,
        name: &str,
        value: &Node,
        pointer: &Pointer,
        draft: &mut Draft<'_>,
    ) -> Result<(), SpecError> {
        match rewrite {
            // `$ref` is dealt with before; `nullable` when the schema is whole; the flags where they are asked for.
            Rewrite::Reference | Rewrite::Nullable => Ok(()),
            Rewrite::Access => self.access(value, pointer, draft),
            Rewrite::Type => self.kind(value, pointer, draft),
            Rewrite::Enum => self.choices(value, pointer, draft),
            Rewrite::Required => self.required(value, pointer, draft),
            Rewrite::Bound => {
                let exclusive = match name {
                    "minimum" => "exclusiveMinimum",
                    _ => "exclusiveMaximum",
                };
                let name = if flag(draft.object, exclusive) {
                    exclusive
                } else {
                    name
                };
                draft.output.insert(name.to_owned(), value.to_json());
                Ok(())
            }
            Rewrite::Exclusive => {
                let bound = match name {
                    "exclusiveMinimum" => "minimum",
                    _ => "maximum",
                };
                if value.as_bool() == Some(true) && !draft.object.contains_key(bound) {
                    return Err(self.document.error_at(
                        value.at,
                        pointer,
                        format!("`{name}: true` needs `{bound}` beside it"),
                        format!("add `{bound}` or remove `{name}`"),
                    ));
                }
                Ok(())
            }
            Rewrite::Format => self.format(value, pointer, draft),
        }
    }

    fn access(&self, value: &Node, pointer: &Pointer, draft: &Draft<'_>) -> Result<(), SpecError> {
        if flag(draft.object, "readOnly") && flag(draft.object, "writeOnly") {
            return Err(self.document.error_at(
                value.at,
                pointer,
                "a schema cannot be both `readOnly` and `writeOnly`",
                "remove one of the two",
            ));
        }
        Ok(())
    }

    fn kind(
        &self,
        value: &Node,
        pointer: &Pointer,
        draft: &mut Draft<'_>,
    ) -> Result<(), SpecError> {
        let error = |what: String, remedy: &str| {
            Err(self.document.error_at(value.at, pointer, what, remedy))
        };
        match value.as_str() {
            Some("array") if !draft.object.contains_key("items") => error(
                "`type: array` needs `items`".to_owned(),
                "add `items`; `items: {}` accepts anything",
            ),
            Some(name) if TYPES.contains(&name) => {
                draft.output.insert("type".to_owned(), json!(name));
                Ok(())
            }
            Some("null") => error(
                "`type: null` is no type of OpenAPI 3.0".to_owned(),
                "write `nullable: true` beside the other type",
            ),
            Some(name) => error(
                format!("{} is no type", shown(name)),
                "use array, boolean, integer, number, object or string",
            ),
            None if value.as_array().is_some() => error(
                "a list of types is no OpenAPI 3.0".to_owned(),
                "write one type, `nullable: true` for null, and `oneOf` for several",
            ),
            None => error(
                format!("`type` takes a text, not {}", value.kind()),
                "use array, boolean, integer, number, object or string",
            ),
        }
    }

    fn choices(
        &self,
        value: &Node,
        pointer: &Pointer,
        draft: &mut Draft<'_>,
    ) -> Result<(), SpecError> {
        let choices = match value.as_array() {
            Some(choices) if !choices.is_empty() => choices,
            _ => {
                let fault = shape::misshapen("enum", value, "a list of at least one value");
                return Err(self.misshapen(pointer, &fault));
            }
        };
        let mut known = BTreeSet::new();
        for (index, choice) in choices.iter().enumerate() {
            if !known.insert(choice.to_json().to_string()) {
                return Err(self.document.error_at(
                    choice.at,
                    &pointer.join(index.to_string()),
                    "this value stands twice in `enum`",
                    "remove one of the two",
                ));
            }
        }
        let mut choices: Vec<Json> = choices.iter().map(Node::to_json).collect();
        if flag(draft.object, "nullable") && !choices.contains(&Json::Null) {
            choices.push(Json::Null);
        }
        draft.output.insert("enum".to_owned(), Json::Array(choices));
        Ok(())
    }

    fn required(
        &self,
        value: &Node,
        pointer: &Pointer,
        draft: &mut Draft<'_>,
    ) -> Result<(), SpecError> {
        let names = match value.as_array() {
            Some(names) if !names.is_empty() => names,
            _ => {
                let fault = shape::misshapen("required", value, "a list of at least one name");
                return Err(self.misshapen(pointer, &fault));
            }
        };
        let mut known = BTreeSet::new();
        let mut kept = Vec::new();
        for (index, node) in names.iter().enumerate() {
            let pointer = pointer.join(index.to_string());
            let Some(name) = node.as_str() else {
                let fault = shape::misshapen("required", node, "names");
                return Err(self.misshapen(&pointer, &fault));
            };
            if !known.insert(name) {
                return Err(self.document.error_at(
                    node.at,
                    &pointer,
                    format!("{} stands twice in `required`", shown(name)),
                    "remove one of the two",
                ));
            }
            if !draft.excused.contains(name) {
                kept.push(json!(name));
            }
        }
        if !kept.is_empty() {
            draft
                .output
                .insert("required".to_owned(), Json::Array(kept));
        }
        Ok(())
    }

    fn format(
        &self,
        value: &Node,
        pointer: &Pointer,
        draft: &mut Draft<'_>,
    ) -> Result<(), SpecError> {
        let name = value.as_str().unwrap_or_default();
        let Some(format) = Format::named(name) else {
            let known: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
            return Err(self.document.error_at(
                value.at,
                pointer,
                format!(
                    "the format {} is unknown, so nothing would check it",
                    shown(name)
                ),
                format!("use one of {}, or a `pattern`", known.join(", ")),
            ));
        };
        let kind = draft.object.get("type").and_then(Node::as_str);
        if let Some(kind) = kind.filter(|kind| *kind != format.of) {
            return Err(self.document.error_at(
                value.at,
                pointer,
                format!(
                    "the format `{name}` belongs to type {}, not {}",
                    format.of,
                    shown(kind)
                ),
                "correct the type or the format",
            ));
        }
        match format.treatment {
            FormatTreatment::Annotation => {}
            FormatTreatment::Asserted => {
                draft.output.insert("format".to_owned(), json!(name));
            }
            FormatTreatment::Bounds(lowest, highest) => {
                draft
                    .more
                    .push(json!({"minimum": lowest, "maximum": highest}));
            }
            FormatTreatment::Pattern(pattern) => draft.more.push(json!({"pattern": pattern})),
        }
        Ok(())
    }
}
