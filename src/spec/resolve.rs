//! Following of `$ref` inside one document.

use super::error::{SpecError, shown};
use super::{Document, Node, Pointer, Value};

impl Document {
    /// Returns what `node` stands for: the node itself, or the end of its chain of `$ref`.
    ///
    /// # Errors
    ///
    /// A `$ref` that leaves the document, is no pointer, points at nothing, or comes back to itself.
    pub fn resolve<'a>(&'a self, node: &'a Node) -> Result<&'a Node, SpecError> {
        let mut current = node;
        let mut seen: Vec<Pointer> = Vec::new();
        while let Some((pointer, target)) = self.target(current)? {
            if seen.contains(&pointer) {
                return Err(self.reference_error(
                    current,
                    format!(
                        "`$ref` to {} comes back to itself",
                        shown(&pointer.fragment())
                    ),
                    "let one of the references in the circle be a definition",
                ));
            }
            seen.push(pointer);
            current = target;
        }
        Ok(current)
    }

    /// Returns what the `$ref` of `node` points at, one step only, with its pointer; nothing if it has no `$ref`.
    ///
    /// # Errors
    ///
    /// A `$ref` that leaves the document, is no pointer, or points at nothing.
    pub fn target<'a>(&'a self, node: &'a Node) -> Result<Option<(Pointer, &'a Node)>, SpecError> {
        let Some(reference) = node.get("$ref") else {
            return Ok(None);
        };
        let Some(text) = reference.as_str() else {
            return Err(self.reference_error(
                node,
                format!("`$ref` is a text, not {}", reference.kind()),
                "write a pointer such as `'#/components/schemas/Name'`",
            ));
        };
        if !text.starts_with('#') {
            return Err(self.reference_error(
                node,
                format!("`$ref` to {} leaves this document", shown(text)),
                "copy the definition into this document and refer to it with `#/...`",
            ));
        }
        let pointer: Pointer = text.parse().map_err(|error| {
            self.reference_error(
                node,
                format!("`$ref` to {} is no JSON pointer: {error}", shown(text)),
                "write a pointer such as `'#/components/schemas/Name'`",
            )
        })?;
        match self.at(&pointer) {
            Some(target) => Ok(Some((pointer, target))),
            None => Err(self.reference_error(
                node,
                format!("`$ref` to {} points at nothing", shown(text)),
                self.nearest(&pointer),
            )),
        }
    }

    /// Says how far the pointer leads, which shows a wrong name at once.
    fn nearest(&self, pointer: &Pointer) -> String {
        let mut known = pointer.parent();
        while let Some(front) = known {
            if self.at(&front).is_some() {
                let missing = pointer
                    .tokens()
                    .get(front.tokens().len())
                    .map_or("", String::as_str);
                let place = if front.is_root() {
                    "the document".to_owned()
                } else {
                    shown(&front.fragment())
                };
                return format!(
                    "{place} has no {}; define it there or correct the name",
                    shown(missing)
                );
            }
            known = front.parent();
        }
        "correct the pointer".to_owned()
    }

    /// An error at the `$ref` of `node`; its pointer is looked for only now, when it is needed.
    fn reference_error(
        &self,
        node: &Node,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) -> SpecError {
        let at = node.get("$ref").map_or(node.at, |reference| reference.at);
        let pointer = self.pointer_of(node).unwrap_or_default();
        self.error_at(at, &pointer.join("$ref"), what, remedy)
    }

    /// Returns where in this document `node` stands; nothing for a node that is not part of it.
    #[must_use]
    pub fn pointer_of(&self, node: &Node) -> Option<Pointer> {
        fn search(here: &Node, wanted: &Node, path: &mut Vec<String>) -> bool {
            if std::ptr::eq(here, wanted) {
                return true;
            }
            let mut step = |token: String, child: &Node| {
                path.push(token);
                let found = search(child, wanted, path);
                if !found {
                    path.pop();
                }
                found
            };
            match &here.value {
                Value::Array(items) => items
                    .iter()
                    .enumerate()
                    .any(|(index, item)| step(index.to_string(), item)),
                Value::Object(object) => object
                    .iter()
                    .any(|(key, _, child)| step(key.to_owned(), child)),
                _ => false,
            }
        }
        let mut path = Vec::new();
        search(self.root(), node, &mut path).then(|| path.into_iter().collect())
    }
}
