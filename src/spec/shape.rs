//! What the value of a keyword must look like.

use super::error::shown;
use super::{Node, Value};

/// The form that the value of a keyword must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Shape {
    /// Anything.
    Any,
    /// A text.
    Text,
    /// True or false.
    Flag,
    /// Any number.
    Number,
    /// A number above 0.
    PositiveNumber,
    /// A whole number from 0.
    Count,
    /// A text that compiles as an ECMA-262 regular expression.
    Pattern,
    /// A mapping.
    Object,
    /// The Discriminator Object: `propertyName`, and `mapping` from texts to texts.
    Discriminator,
}

/// What is wrong with a value, and where inside it.
pub(super) struct Misshapen<'n> {
    pub(super) node: &'n Node,
    pub(super) what: String,
    pub(super) remedy: &'static str,
}

impl Shape {
    /// Checks the value of the keyword `name`.
    pub(super) fn check<'n>(self, name: &str, node: &'n Node) -> Result<(), Misshapen<'n>> {
        let expected = match self {
            Shape::Text if node.as_str().is_none() => "a text",
            Shape::Flag if node.as_bool().is_none() => "true or false",
            Shape::Number if node.as_number().is_none() => "a number",
            Shape::PositiveNumber
                if node
                    .as_number()
                    .and_then(serde_json::Number::as_f64)
                    .is_none_or(|number| number <= 0.0) =>
            {
                "a number above 0"
            }
            Shape::Count if node.as_number().is_none_or(|number| !number.is_u64()) => {
                "a whole number from 0"
            }
            Shape::Object if node.as_object().is_none() => "a mapping",
            Shape::Pattern => return pattern(name, node),
            Shape::Discriminator => return discriminator(node),
            _ => return Ok(()),
        };
        Err(misshapen(name, node, expected))
    }
}

/// Returns the error for a value of the wrong kind.
pub(super) fn misshapen<'n>(name: &str, node: &'n Node, expected: &str) -> Misshapen<'n> {
    let is_bound = name.starts_with("exclusive") && node.as_number().is_some();
    Misshapen {
        node,
        what: format!("`{name}` takes {expected}, not {}", written(node)),
        remedy: if is_bound {
            "a number is the form of 3.1; in 3.0 write the number under `minimum` or `maximum` and `true` here"
        } else {
            "correct the value"
        },
    }
}

/// Returns a number, a flag or a short text as it stands, anything else by its kind.
fn written(node: &Node) -> String {
    match &node.value {
        Value::Number(number) => shown(&number.to_string()),
        Value::Bool(flag) => shown(&flag.to_string()),
        Value::String(text) => format!("the text {}", shown(text)),
        Value::Array(items) if items.is_empty() => "an empty list".to_owned(),
        _ => node.kind().to_owned(),
    }
}

fn pattern<'n>(name: &str, node: &'n Node) -> Result<(), Misshapen<'n>> {
    let Some(text) = node.as_str() else {
        return Err(misshapen(name, node, "a text"));
    };
    match regress::Regex::new(text) {
        Ok(_) => Ok(()),
        Err(error) => Err(Misshapen {
            node,
            what: format!("`{name}` is no regular expression of ECMA-262: {error}"),
            remedy: "correct the expression; inside double quotes a backslash is written twice",
        }),
    }
}

fn discriminator(node: &Node) -> Result<(), Misshapen<'_>> {
    let Some(object) = node.as_object() else {
        return Err(misshapen("discriminator", node, "a mapping"));
    };
    if object.get("propertyName").and_then(Node::as_str).is_none() {
        return Err(Misshapen {
            node: object.get("propertyName").unwrap_or(node),
            what: "`discriminator` needs `propertyName`, a text".to_owned(),
            remedy: "name the property that tells the alternatives apart",
        });
    }
    let Some(mapping) = object.get("mapping") else {
        return Ok(());
    };
    let Some(entries) = mapping.as_object() else {
        return Err(misshapen("mapping", mapping, "a mapping"));
    };
    match entries.iter().find(|(_, _, node)| node.as_str().is_none()) {
        Some((_, _, wrong)) => Err(misshapen("mapping", wrong, "texts")),
        None => Ok(()),
    }
}
