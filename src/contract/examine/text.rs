//! Texts of parameters and forms, as the values that their schemas have in mind.

use serde_json::{Map, Value};

use crate::contract::{ContractError, Judge};
use crate::spec::translate::Direction;
use crate::spec::{Document, Node, Pointer};

/// Every schema that may have a say in a value of the schema at `at`: behind references, and in all alternatives.
pub(in crate::contract) fn parts<'d>(
    document: &'d Document,
    at: &Pointer,
) -> Result<Vec<(Pointer, &'d Node)>, ContractError> {
    let mut found: Vec<(Pointer, &Node)> = Vec::new();
    let mut waiting = vec![at.clone()];
    while let Some(at) = waiting.pop() {
        let (Some(node), false) = (
            document.at(&at),
            found.iter().any(|(known, _)| *known == at),
        ) else {
            continue;
        };
        found.push((at.clone(), node));
        if let Some((target, _)) = document.target(node)? {
            waiting.push(target);
            continue;
        }
        for keyword in ["anyOf", "oneOf", "allOf"] {
            let items = node.get(keyword).and_then(Node::as_array);
            let count = items.unwrap_or_default().len();
            let place = at.join(keyword);
            waiting.extend((0..count).rev().map(|index| place.join(index.to_string())));
        }
    }
    Ok(found)
}

/// How several texts, or one, become one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// Each text is an item.
    Repeated,
    /// One text, with this between the items.
    Separated(char),
}

/// Reads texts as a value of the schema at `at`.
pub(super) fn value<'d>(
    document: &'d Document,
    judge: &Judge<'d>,
    at: &Pointer,
    texts: &[String],
    style: Style,
) -> Result<Value, ContractError> {
    let parts = parts(document, at)?;
    let is = |kind: &str| {
        let mut parts = parts.iter();
        parts.any(|(_, node)| node.get("type").and_then(Node::as_str) == Some(kind))
    };
    if is("array") {
        let items = parts.iter().find(|(_, node)| node.get("items").is_some());
        let items = items.map(|(at, _)| at.join("items"));
        // A list in a list has no form as a text.
        let read = |text: &String| match &items {
            Some(items) => scalar(judge, items, &self::parts(document, items)?, text),
            None => Ok(Value::from(text.as_str())),
        };
        let split: Vec<String> = match style {
            Style::Repeated => texts.to_vec(),
            Style::Separated(between) => texts
                .iter()
                .flat_map(|text| text.split(between).map(str::to_owned))
                .collect(),
        };
        return split
            .iter()
            .map(read)
            .collect::<Result<_, _>>()
            .map(Value::Array);
    }
    let [text] = texts else {
        // Given several times, and no list.
        return Ok(texts.iter().map(String::as_str).collect());
    };
    if is("object") {
        let mut words = text.split(',');
        let mut members = Map::new();
        while let (Some(name), Some(word)) = (words.next(), words.next()) {
            let read = member(document, judge, &parts, name, &[word.to_owned()])?;
            members.insert(name.to_owned(), read);
        }
        return Ok(members.into());
    }
    scalar(judge, at, &parts, text)
}

fn scalar<'d>(
    judge: &Judge<'d>,
    at: &Pointer,
    parts: &[(Pointer, &'d Node)],
    text: &str,
) -> Result<Value, ContractError> {
    let is = |kind: &str| {
        let mut parts = parts.iter();
        parts.any(|(_, node)| node.get("type").and_then(Node::as_str) == Some(kind))
    };
    // JSON's grammar alone: `1e2` is a number, `01` and ` 1` are none.
    let number = (is("number") || is("integer")).then(|| text.parse().ok().map(Value::Number));
    let flag = is("boolean").then(|| text.parse().ok().map(Value::Bool));
    let plain = Value::from(text);
    let readings = [number, flag].into_iter().flatten().flatten();
    let readings: Vec<Value> = readings.collect();
    let judge = judge.validator(at, Direction::Request)?;
    let best = readings
        .iter()
        .chain([&plain])
        .find(|it| judge.is_valid(it));
    Ok(best.or_else(|| readings.first()).cloned().unwrap_or(plain))
}

/// Reads fields as an object of the schema at `at`.
pub(super) fn object<'d>(
    document: &'d Document,
    judge: &Judge<'d>,
    at: &Pointer,
    fields: &[(String, String)],
) -> Result<Value, ContractError> {
    let parts = parts(document, at)?;
    let mut members = Map::new();
    for (name, _) in fields {
        if !members.contains_key(name) {
            let texts = fields.iter().filter(|(other, _)| other == name);
            let texts: Vec<String> = texts.map(|(_, text)| text.clone()).collect();
            let read = member(document, judge, &parts, name, &texts)?;
            members.insert(name.clone(), read);
        }
    }
    Ok(members.into())
}

fn member<'d>(
    document: &'d Document,
    judge: &Judge<'d>,
    parts: &[(Pointer, &'d Node)],
    name: &str,
    texts: &[String],
) -> Result<Value, ContractError> {
    let declared = parts.iter().find_map(|(at, node)| {
        node.get("properties")?.get(name)?;
        Some(at.join("properties").join(name))
    });
    match (declared, texts) {
        (Some(at), _) => value(document, judge, &at, texts, Style::Repeated),
        (None, [text]) => Ok(text.as_str().into()),
        (None, _) => Ok(texts.iter().map(String::as_str).collect()),
    }
}
