//! The tree that reading gives: JSON's six kinds of value, each with the place where it was written.

use serde_json::{Map, Number};

/// A place in a document. Both numbers count from 1; a column counts characters, not bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The character in that line, from 1.
    pub column: usize,
}

impl Position {
    /// The first character of a document.
    pub const START: Position = Position { line: 1, column: 1 };
}

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// One value of a document and where it starts.
///
/// A value that came through a YAML alias has the place of the anchored text. A block text (`|`, `>`) has that of its
/// first line. A value left empty (`key:`) has the
/// place of its key.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// What stands there.
    pub value: Value,
    /// Where it starts.
    pub at: Position,
}

/// What a [`Node`] can hold: JSON's kinds of value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A finite number. An integer beyond 64 bits is held as the nearest double, as `serde_json` does.
    Number(Number),
    /// A text.
    String(String),
    /// A list.
    Array(Vec<Node>),
    /// A mapping with text keys.
    Object(Object),
}

/// A mapping that keeps the order and the place of its keys. A key occurs once.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Object {
    entries: Vec<Entry>,
}

#[derive(Debug, Clone, PartialEq)]
struct Entry {
    key: String,
    key_at: Position,
    node: Node,
}

impl Object {
    /// Returns a mapping without entries.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Visits key, place of the key, and value, in the order of the document.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Position, &Node)> {
        self.entries
            .iter()
            .map(|entry| (entry.key.as_str(), entry.key_at, &entry.node))
    }

    /// Visits key and value, the value open to change, in the order of the document.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&str, Position, &mut Node)> {
        self.entries
            .iter_mut()
            .map(|entry| (entry.key.as_str(), entry.key_at, &mut entry.node))
    }

    /// Visits the keys in the order of the document.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.key.as_str())
    }

    /// Returns the value under `key`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries
            .iter()
            .find(|entry| entry.key == key)
            .map(|entry| &entry.node)
    }

    /// Returns the value under `key`, open to change.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        self.entries
            .iter_mut()
            .find(|entry| entry.key == key)
            .map(|entry| &mut entry.node)
    }

    /// Returns where `key` itself stands.
    #[must_use]
    pub fn key_at(&self, key: &str) -> Option<Position> {
        self.entries
            .iter()
            .find(|entry| entry.key == key)
            .map(|entry| entry.key_at)
    }

    /// Returns whether there is a value under `key`.
    #[must_use]
    pub fn contains_key(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Puts `node` under `key` and returns what stood there before.
    ///
    /// A known key keeps its place in the order and in the text; a new one comes last and takes the place of its node.
    pub fn insert(&mut self, key: impl Into<String>, node: Node) -> Option<Node> {
        let key = key.into();
        if let Some(old) = self.get_mut(&key) {
            return Some(std::mem::replace(old, node));
        }
        let key_at = node.at;
        self.push_new(key, key_at, node);
        None
    }

    /// Appends an entry whose key is known to be new.
    pub(super) fn push_new(&mut self, key: String, key_at: Position, node: Node) {
        self.entries.push(Entry { key, key_at, node });
    }

    /// Takes the entry under `key` out; the others keep their order.
    pub fn remove(&mut self, key: &str) -> Option<Node> {
        let index = self.entries.iter().position(|entry| entry.key == key)?;
        Some(self.entries.remove(index).node)
    }

    /// Keeps the entries for which `keep` answers true.
    pub fn retain(&mut self, mut keep: impl FnMut(&str, &mut Node) -> bool) {
        self.entries
            .retain_mut(|entry| keep(&entry.key, &mut entry.node));
    }

    /// Returns the number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns whether there are no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl Node {
    /// Returns the member `key` of a mapping; nothing for a missing key or any other kind of value.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.as_object()?.get(key)
    }

    /// Returns the member `key` of a mapping, open to change.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        self.as_object_mut()?.get_mut(key)
    }

    /// Returns the text, if this is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the truth value, if this is one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self.value {
            Value::Bool(flag) => Some(flag),
            _ => None,
        }
    }

    /// Returns the number, if this is one.
    #[must_use]
    pub fn as_number(&self) -> Option<&Number> {
        match &self.value {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }

    /// Returns the items, if this is a list.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Node]> {
        match &self.value {
            Value::Array(items) => Some(items),
            _ => None,
        }
    }

    /// Returns the items, open to change, if this is a list.
    pub fn as_array_mut(&mut self) -> Option<&mut Vec<Node>> {
        match &mut self.value {
            Value::Array(items) => Some(items),
            _ => None,
        }
    }

    /// Returns the mapping, if this is one.
    #[must_use]
    pub fn as_object(&self) -> Option<&Object> {
        match &self.value {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }

    /// Returns the mapping, open to change, if this is one.
    pub fn as_object_mut(&mut self) -> Option<&mut Object> {
        match &mut self.value {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }

    /// Returns what this is, with its article, for use in messages: `a text`, `a list`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "null",
            Value::Bool(_) => "true or false",
            Value::Number(_) => "a number",
            Value::String(_) => "a text",
            Value::Array(_) => "a list",
            Value::Object(_) => "a mapping",
        }
    }

    /// Returns the value without its places.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(flag) => serde_json::Value::Bool(*flag),
            Value::Number(number) => serde_json::Value::Number(number.clone()),
            Value::String(text) => serde_json::Value::String(text.clone()),
            Value::Array(items) => {
                serde_json::Value::Array(items.iter().map(Node::to_json).collect())
            }
            Value::Object(object) => serde_json::Value::Object(
                object
                    .iter()
                    .map(|(key, _, node)| (key.to_owned(), node.to_json()))
                    .collect::<Map<_, _>>(),
            ),
        }
    }

    /// Returns a node for a value made by code. All of it gets the place `at`, usually that of what it replaces.
    #[must_use]
    pub fn from_json(json: &serde_json::Value, at: Position) -> Node {
        let value = match json {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Bool(flag) => Value::Bool(*flag),
            serde_json::Value::Number(number) => Value::Number(number.clone()),
            serde_json::Value::String(text) => Value::String(text.clone()),
            serde_json::Value::Array(items) => {
                Value::Array(items.iter().map(|item| Node::from_json(item, at)).collect())
            }
            serde_json::Value::Object(members) => {
                let mut object = Object::new();
                for (key, member) in members {
                    object.push_new(key.clone(), at, Node::from_json(member, at));
                }
                Value::Object(object)
            }
        };
        Node { value, at }
    }
}
