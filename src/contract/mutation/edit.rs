//! One change of a document.

use serde_json::Value as Json;

use crate::spec::{Document, Node, Pointer, Value};

/// One change of a document.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Edit {
    /// What stands there is gone.
    Remove(Pointer),
    /// Something else stands there.
    Set(Pointer, Json),
    /// A mapping has one more entry, or a list one more item at its end; for a list the name says nothing.
    Add(Pointer, String, Json),
    /// An entry of a mapping has another name.
    Rename(Pointer, String),
}

impl Edit {
    /// Applies the change to a copy. Nothing where there is nothing to change.
    pub(super) fn apply(&self, document: &Document) -> Option<Document> {
        let mut changed = document.clone();
        match self {
            Self::Remove(at) => {
                let (last, holder) = split(at)?;
                match &mut changed.at_mut(&holder)?.value {
                    Value::Object(object) => {
                        object.remove(last)?;
                    }
                    Value::Array(items) => {
                        let index: usize = last.parse().ok()?;
                        items.get(index)?;
                        items.remove(index);
                    }
                    _ => return None,
                }
            }
            Self::Set(at, json) => {
                let node = changed.at_mut(at)?;
                *node = Node::from_json(json, node.at);
            }
            Self::Add(at, name, json) => {
                let node = changed.at_mut(at)?;
                let added = Node::from_json(json, node.at);
                match &mut node.value {
                    Value::Object(object) if !object.contains_key(name) => {
                        object.insert(name.clone(), added);
                    }
                    Value::Array(items) => items.push(added),
                    _ => return None,
                }
            }
            Self::Rename(at, name) => {
                let (last, holder) = split(at)?;
                let object = changed.at_mut(&holder)?.as_object_mut()?;
                if object.contains_key(name) {
                    return None;
                }
                let node = object.remove(last)?;
                object.insert(name.clone(), node);
            }
        }
        Some(changed)
    }

    /// Where the change is.
    pub(super) fn at(&self) -> &Pointer {
        match self {
            Self::Remove(at) | Self::Set(at, _) | Self::Add(at, _, _) | Self::Rename(at, _) => at,
        }
    }

    /// The change in words, with what stood there before.
    pub(super) fn describe(&self, document: &Document) -> String {
        let before = document.at(self.at()).map(Node::to_json);
        let before = before.unwrap_or_default();
        match self {
            Self::Remove(_) => format!("{} is gone", shown(&before)),
            Self::Set(_, now) => {
                let (before, now) = shown_both(&before, now);
                format!("{before} becomes {now}")
            }
            Self::Add(_, name, json) if name.is_empty() => format!("{} is added", shown(json)),
            Self::Add(_, name, json) => format!("{name}: {} is added", shown(json)),
            Self::Rename(_, name) => format!("is named {name}"),
        }
    }
}

fn split(at: &Pointer) -> Option<(&str, Pointer)> {
    Some((at.tokens().last()?, at.parent()?))
}

/// The most characters of a value that are shown.
const LONGEST: usize = 60;

/// A value, cut off where it is long.
fn shown(json: &Json) -> String {
    let text = json.to_string();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// Two values; of long ones, what stands around the place where they begin to differ.
fn shown_both(one: &Json, other: &Json) -> (String, String) {
    /// The characters that are shown in front of it.
    const BEFORE: usize = 15;
    let (one, other) = (one.to_string(), other.to_string());
    let same = one.chars().zip(other.chars());
    let same = same.take_while(|(one, other)| one == other).count();
    let part = |text: &str| {
        let length = text.chars().count();
        let from = if length > LONGEST {
            same.saturating_sub(BEFORE)
        } else {
            0
        };
        let part: String = text.chars().skip(from).take(LONGEST).collect();
        let mark = |is_cut: bool| if is_cut { "…" } else { "" };
        format!("{}{part}{}", mark(from > 0), mark(from + LONGEST < length))
    };
    (part(&one), part(&other))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn of_long_texts_the_difference_is_shown() {
        let long = |middle: &str| json!(format!("{}{middle}{}", "a".repeat(80), "b".repeat(80)));
        let (one, other) = shown_both(&long("1"), &long("2"));
        let around = |middle: &str| format!("…{}{middle}{}…", "a".repeat(15), "b".repeat(44));
        assert_eq!((one, other), (around("1"), around("2")));
        assert_eq!(
            shown_both(&json!("short"), &json!(7)),
            ("\"short\"".to_owned(), "7".to_owned())
        );
    }
}
