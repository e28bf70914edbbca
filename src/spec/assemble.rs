//! Assembly of the tree from the events of the parser, with the refusals that YAML itself leaves to the application.

use std::collections::HashMap;
use std::sync::Arc;

use saphyr_parser::{ScalarStyle, Tag};

use super::error::{SpecError, shown};
use super::read::MAX_DEPTH;
use super::scalar::{self, ScalarFault, ScalarTag};
use super::size::Size;
use super::tag::Kind;
use super::{Node, Object, Pointer, Position, Value};

/// The tree so far: the lists and mappings that are still open, outermost first.
pub(super) struct Builder<'t> {
    name: &'t str,
    text: &'t Arc<str>,
    open: Vec<Open>,
    root: Option<Node>,
    anchors: HashMap<usize, Anchored>,
    /// What the tree holds.
    tree: Size,
    /// What the copies kept for anchors hold.
    copies: Size,
}

/// A list or mapping whose end has not come yet.
struct Open {
    at: Position,
    /// The parser's number of its anchor; 0 for none.
    anchor: usize,
    content: Content,
    /// The height of its highest member.
    height: usize,
    /// The size of the tree when it began.
    before: Size,
}

enum Content {
    List(Vec<Node>),
    Mapping {
        object: Object,
        seen: HashMap<String, Position>,
        key: Option<(String, Position)>,
    },
}

/// A node that an alias may repeat.
struct Anchored {
    node: Node,
    size: Size,
    height: usize,
}

impl<'t> Builder<'t> {
    pub(super) fn new(name: &'t str, text: &'t Arc<str>) -> Self {
        Self {
            name,
            text,
            open: Vec::new(),
            root: None,
            anchors: HashMap::new(),
            tree: Size::default(),
            copies: Size::default(),
        }
    }

    /// Returns an error at `at`, inside the node that is being read.
    pub(super) fn fault(
        &self,
        at: Position,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) -> SpecError {
        let pointer: Pointer = self
            .open
            .iter()
            .filter_map(|open| match &open.content {
                Content::List(items) => Some(items.len().to_string()),
                Content::Mapping { key, .. } => key.as_ref().map(|(key, _)| key.clone()),
            })
            .collect();
        SpecError::new(self.name, what, remedy)
            .at(at, self.text)
            .within(pointer)
    }

    pub(super) fn too_deep(&self, at: Position) -> SpecError {
        self.fault(
            at,
            format!("more than {MAX_DEPTH} lists and mappings inside each other"),
            "move the inner ones to definitions of their own and refer to them with `$ref`",
        )
    }

    pub(super) fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        at: Position,
    ) -> Result<(), SpecError> {
        let plain = style == ScalarStyle::Plain && tag.is_none();
        let tag = match self.tag(tag, at)? {
            Kind::Scalar(tag) => Some(tag),
            Kind::Unsaid if plain => None,
            Kind::Unsaid => Some(ScalarTag::Str),
            Kind::List | Kind::Mapping => {
                return Err(self.fault(
                    at,
                    "the tag of a list or mapping before a single value",
                    "remove the tag",
                ));
            }
        };
        if self.awaits_key() {
            return self.key(text, plain, anchor, at);
        }
        let value = match tag {
            Some(tag) => scalar::tagged(text, tag),
            None => scalar::plain(text),
        }
        .map_err(|fault| self.scalar_fault(text, fault, at))?;
        let left_empty = plain && anchor == 0 && text.is_empty();
        let at = match self.pending_key() {
            Some(key_at) if left_empty => key_at,
            _ if left_empty && self.open.is_empty() => return Err(self.empty()),
            _ => at,
        };
        let size = Size {
            nodes: 1,
            bytes: text.len(),
        };
        self.charge(size, at)?;
        self.attach(Node { value, at }, anchor, size, 0)
    }

    fn scalar_fault(&self, text: &str, fault: ScalarFault, at: Position) -> SpecError {
        let text = shown(text);
        match fault {
            ScalarFault::NotFinite => self.fault(
                at,
                format!("{text} is no number that JSON can hold"),
                "give a finite number, leave the bound out, or quote it if it is a text",
            ),
            ScalarFault::TooLarge => self.fault(
                at,
                format!("the number {text} is beyond the range of 64 bits"),
                "give a smaller number, or quote it if it is a text",
            ),
            ScalarFault::WrongForTag => self.fault(
                at,
                format!("{text} does not fit the tag before it"),
                "remove the tag or correct the value",
            ),
        }
    }

    /// Returns the place of the key whose value comes next.
    pub(super) fn pending_key(&self) -> Option<Position> {
        match self.open.last().map(|open| &open.content) {
            Some(Content::Mapping {
                key: Some((_, key_at)),
                ..
            }) => Some(*key_at),
            _ => None,
        }
    }

    fn awaits_key(&self) -> bool {
        matches!(
            self.open.last().map(|open| &open.content),
            Some(Content::Mapping { key: None, .. })
        )
    }

    /// Takes a key. Any single value serves, by its text: `200` and `'200'` are one key.
    fn key(
        &mut self,
        text: &str,
        plain: bool,
        anchor: usize,
        at: Position,
    ) -> Result<(), SpecError> {
        if plain && text == "<<" {
            return Err(self.fault(
                at,
                "a merge key (`<<`), which YAML 1.2 does not have",
                "write the members out, or quote the key if it is meant as a name",
            ));
        }
        if plain && text.is_empty() {
            return Err(self.fault(
                at,
                "a mapping entry without a key",
                "give the key; an empty one is written `''`",
            ));
        }
        if anchor != 0 {
            return Err(self.fault(
                at,
                "an anchor on a key",
                "put the anchor behind the colon, on the value",
            ));
        }
        self.charge(
            Size {
                nodes: 0,
                bytes: text.len(),
            },
            at,
        )?;
        let mut before = None;
        if let Some(Open {
            content: Content::Mapping { seen, key, .. },
            ..
        }) = self.open.last_mut()
        {
            before = seen.insert(text.to_owned(), at);
            *key = Some((text.to_owned(), at));
        }
        match before {
            None => Ok(()),
            Some(first) => Err(self
                .fault(
                    at,
                    format!("the key {} is given twice, first at {first}", shown(text)),
                    "remove one of the two, or rename it",
                )
                .and_at(first, "first given here")),
        }
    }

    pub(super) fn list(
        &mut self,
        anchor: usize,
        tag: Option<&Tag>,
        at: Position,
    ) -> Result<(), SpecError> {
        let kind = self.tag(tag, at)?;
        self.begin(
            matches!(kind, Kind::Unsaid | Kind::List),
            anchor,
            at,
            Content::List(Vec::new()),
        )
    }

    pub(super) fn mapping(
        &mut self,
        anchor: usize,
        tag: Option<&Tag>,
        at: Position,
    ) -> Result<(), SpecError> {
        let kind = self.tag(tag, at)?;
        let content = Content::Mapping {
            object: Object::new(),
            seen: HashMap::new(),
            key: None,
        };
        self.begin(
            matches!(kind, Kind::Unsaid | Kind::Mapping),
            anchor,
            at,
            content,
        )
    }

    fn begin(
        &mut self,
        tag_fits: bool,
        anchor: usize,
        at: Position,
        content: Content,
    ) -> Result<(), SpecError> {
        if !tag_fits {
            return Err(self.fault(at, "the tag does not fit what follows it", "remove the tag"));
        }
        if self.awaits_key() {
            return Err(self.fault(
                at,
                "a list or mapping as a key",
                "use a text as the key; if braces stand for a template, quote it",
            ));
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(self.too_deep(at));
        }
        let before = self.tree;
        self.charge(Size { nodes: 1, bytes: 0 }, at)?;
        self.open.push(Open {
            at,
            anchor,
            content,
            height: 0,
            before,
        });
        Ok(())
    }

    /// Ends the innermost list or mapping.
    pub(super) fn close(&mut self) -> Result<(), SpecError> {
        let Some(open) = self.open.pop() else {
            return Ok(());
        };
        let value = match open.content {
            Content::List(items) => Value::Array(items),
            Content::Mapping { object, .. } => Value::Object(object),
        };
        let size = self.tree.since(open.before);
        let node = Node { value, at: open.at };
        self.attach(node, open.anchor, size, open.height + 1)
    }

    /// Repeats an anchored node.
    pub(super) fn alias(&mut self, anchor: usize, at: Position) -> Result<(), SpecError> {
        if self.awaits_key() {
            return Err(self.fault(
                at,
                "an alias as a key",
                "write the key out; if it begins with `*`, quote it",
            ));
        }
        let Some(anchored) = self.anchors.get(&anchor) else {
            return Err(self.fault(
                at,
                "an alias inside the node that it repeats",
                "describe a recursive structure with `$ref`",
            ));
        };
        let (size, height) = (anchored.size, anchored.height);
        if self.open.len() + height > MAX_DEPTH {
            return Err(self.too_deep(at));
        }
        self.charge(size, at)?;
        // Copied only after the charge, which keeps the copy within the limits.
        let node = self
            .anchors
            .get(&anchor)
            .map(|anchored| anchored.node.clone());
        match node {
            Some(node) => self.attach(node, 0, size, height),
            None => Ok(()),
        }
    }

    /// Puts a finished node where it belongs and keeps a copy if it has an anchor.
    fn attach(
        &mut self,
        node: Node,
        anchor: usize,
        size: Size,
        height: usize,
    ) -> Result<(), SpecError> {
        if anchor != 0 {
            self.copies.add(size);
            self.check_size(node.at)?;
            let node = node.clone();
            self.anchors.insert(anchor, Anchored { node, size, height });
        }
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(open) => {
                open.height = open.height.max(height);
                match &mut open.content {
                    Content::List(items) => items.push(node),
                    Content::Mapping { object, key, .. } => {
                        if let Some((key, key_at)) = key.take() {
                            object.push_new(key, key_at, node);
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn charge(&mut self, size: Size, at: Position) -> Result<(), SpecError> {
        self.tree.add(size);
        self.check_size(at)
    }

    fn check_size(&self, at: Position) -> Result<(), SpecError> {
        let mut held = self.tree;
        held.add(self.copies);
        let Some(what) = held.excess() else {
            return Ok(());
        };
        let remedy = "split the document, or use `$ref` in place of aliases";
        Err(self.fault(at, what, remedy))
    }

    fn tag(&self, tag: Option<&Tag>, at: Position) -> Result<Kind, SpecError> {
        Kind::of(tag).map_err(|unknown| {
            self.fault(
                at,
                format!("the tag {} has no meaning here", shown(&unknown)),
                "remove it; only the tags of the YAML core schema are known, such as `!!str`",
            )
        })
    }

    fn empty(&self) -> SpecError {
        self.fault(
            Position::START,
            "the document is empty",
            "check that this is the right file and that it was downloaded whole",
        )
    }

    /// Returns the tree.
    pub(super) fn finish(self) -> Result<Node, SpecError> {
        match self.root {
            Some(root) => Ok(root),
            None => Err(self.empty()),
        }
    }
}
