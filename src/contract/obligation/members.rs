//! The members of a body, each at the place where it is used.

use std::collections::BTreeSet;

use serde_json::Value;

use super::List;
use crate::contract::examine::text::parts;
use crate::contract::reference::behind;
use crate::contract::{ContractError, Examiner};
use crate::spec::translate::Direction;
use crate::spec::{Document, Node, Object, Pointer};

/// The longest value of an `enum` that a name shows.
const LONGEST_VALUE: usize = 60;

/// Walks down a schema, and beside it down a value if there is one.
pub(super) struct Members<'d, 'w> {
    document: &'d Document,
    /// With a value, says which alternatives it is of.
    examiner: Option<&'w Examiner<'d>>,
    direction: Direction,
    /// The schemas that the walk is inside.
    around: Vec<Pointer>,
    seat: &'w str,
    found: Found<'w>,
}

/// What is collected: obligations, or the names of those that are met.
enum Found<'w> {
    Offered(&'w mut List),
    Met(&'w mut BTreeSet<String>),
}

impl<'d, 'w> Members<'d, 'w> {
    /// Lists what a schema offers.
    pub(super) fn list(
        document: &'d Document,
        direction: Direction,
        list: &'w mut List,
        seat: &'w str,
        schema: &Pointer,
    ) -> Result<(), ContractError> {
        let mut members = Self {
            document,
            examiner: None,
            direction,
            around: Vec::new(),
            seat,
            found: Found::Offered(list),
        };
        members.walk(schema, "", None)
    }

    /// Names what a value has of it, which the schema accepts.
    pub(super) fn met(
        examiner: &'w Examiner<'d>,
        direction: Direction,
        met: &'w mut BTreeSet<String>,
        seat: &'w str,
        schema: &Pointer,
        value: &Value,
    ) -> Result<(), ContractError> {
        let mut members = Self {
            document: examiner.document(),
            examiner: Some(examiner),
            direction,
            around: Vec::new(),
            seat,
            found: Found::Met(met),
        };
        members.walk(schema, "", Some(value))
    }

    fn note(&mut self, path: &str, what: &str, at: &Pointer) {
        let between = if path.is_empty() { "" } else { " " };
        let name = format!("{} {path}{between}{what}", self.seat);
        match &mut self.found {
            Found::Offered(list) => list.add(&name, at),
            Found::Met(met) => {
                met.insert(name);
            }
        }
    }

    fn walk(
        &mut self,
        at: &Pointer,
        path: &str,
        value: Option<&Value>,
    ) -> Result<(), ContractError> {
        let Some((at, node)) = self.behind(at)? else {
            return Ok(());
        };
        if self.around.contains(&at) {
            return Ok(());
        }
        self.around.push(at.clone());
        let walked = self.schema(&at, node, path, value);
        self.around.pop();
        walked
    }

    fn schema(
        &mut self,
        at: &Pointer,
        node: &'d Node,
        path: &str,
        value: Option<&Value>,
    ) -> Result<(), ContractError> {
        // That one is met is seen in an answer to another request.
        if let (Direction::Request, None, Some(default)) =
            (self.direction, value, node.get("default"))
        {
            let what = left_out(&default.to_json());
            self.note(path, &what, &at.join("default"));
        }
        if node.get("nullable").and_then(Node::as_bool) == Some(true)
            && value.is_none_or(Value::is_null)
        {
            self.note(path, "null", &at.join("nullable"));
        }
        let listed = node.get("enum").and_then(Node::as_array);
        for (index, item) in listed.unwrap_or_default().iter().enumerate() {
            let item = item.to_json();
            if !item.is_null() && value.is_none_or(|value| *value == item) {
                let shown: String = item.to_string().chars().take(LONGEST_VALUE).collect();
                let place = at.join("enum").join(index.to_string());
                self.note(path, &format!("= {shown}"), &place);
            }
        }
        self.members(at, node, path, value)?;
        if node.get("items").is_some() {
            let inner = format!("{path}[]");
            let place = at.join("items");
            match value {
                None => {
                    self.note(&inner, "given", &place);
                    self.walk(&place, &inner, None)?;
                }
                Some(value) => {
                    for item in value.as_array().into_iter().flatten() {
                        self.note(&inner, "given", &place);
                        self.walk(&place, &inner, Some(item))?;
                    }
                }
            }
        }
        for index in 0..count(node, "allOf") {
            let place = at.join("allOf").join(index.to_string());
            self.walk(&place, path, value)?;
        }
        for keyword in ["oneOf", "anyOf"] {
            for index in 0..count(node, keyword) {
                let place = at.join(keyword).join(index.to_string());
                if self.is_of(&place, value)? {
                    let label = self.label(&place, index);
                    self.note(path, &format!("is {label}"), &place);
                    self.walk(&place, path, value)?;
                }
            }
        }
        Ok(())
    }

    fn members(
        &mut self,
        at: &Pointer,
        node: &'d Node,
        path: &str,
        value: Option<&Value>,
    ) -> Result<(), ContractError> {
        let properties = node.get("properties").and_then(Node::as_object);
        if value.is_some_and(|value| !value.is_object()) {
            return Ok(());
        }
        let required = self.required()?;
        for name in properties.into_iter().flat_map(Object::keys) {
            let place = at.join("properties").join(name);
            if self.travels_otherwise(&place)? {
                continue;
            }
            let inner = match path {
                "" => name.to_owned(),
                path => format!("{path}.{name}"),
            };
            let here = value.map(|value| value.get(name));
            if here.is_none_or(|here| here.is_some()) {
                self.note(&inner, "given", &place);
            }
            if here.is_none_or(|here| here.is_none()) && !required.contains(&name) {
                self.note(&inner, "absent", &place);
            }
            if here.is_none_or(|here| here.is_some()) {
                self.walk(&place, &inner, here.flatten())?;
            }
        }
        let further = node.get("additionalProperties");
        if further.is_some_and(|further| further.as_object().is_some()) {
            let inner = match path {
                "" => "*".to_owned(),
                path => format!("{path}.*"),
            };
            let place = at.join("additionalProperties");
            let known = |name: &str| properties.is_some_and(|named| named.contains_key(name));
            match value {
                None => {
                    self.note(&inner, "given", &place);
                    self.walk(&place, &inner, None)?;
                }
                Some(value) => {
                    for (name, value) in value.as_object().into_iter().flatten() {
                        if !known(name) {
                            self.note(&inner, "given", &place);
                            self.walk(&place, &inner, Some(value))?;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// The names that the schemas ask for which the walk is in, as far as they are about one value: parts of an `allOf` ask for
    /// members of each other.
    fn required(&self) -> Result<Vec<&'d str>, ContractError> {
        let mut names = Vec::new();
        let mut outermost = self.around.len().saturating_sub(1);
        while let Some(around) = outermost
            .checked_sub(1)
            .and_then(|index| self.around.get(index))
        {
            let inner = self.around.get(outermost);
            let joined = self.document.at(around).map_or(0, |it| count(it, "allOf"));
            let mut is_part = false;
            for index in 0..joined {
                let place = around.join("allOf").join(index.to_string());
                is_part |= self.behind(&place)?.map(|(at, _)| at).as_ref() == inner;
            }
            if !is_part {
                break;
            }
            outermost -= 1;
        }
        let Some(outermost) = self.around.get(outermost) else {
            return Ok(names);
        };
        let mut waiting = vec![outermost.clone()];
        let mut seen = Vec::new();
        while let Some(at) = waiting.pop() {
            let Some((at, node)) = self.behind(&at)?.filter(|(at, _)| !seen.contains(at)) else {
                continue;
            };
            let listed = node.get("required").and_then(Node::as_array);
            names.extend(listed.unwrap_or_default().iter().filter_map(Node::as_str));
            let place = at.join("allOf");
            waiting.extend((0..count(node, "allOf")).map(|index| place.join(index.to_string())));
            seen.push(at);
        }
        Ok(names)
    }

    /// Whether a member travels the other way alone.
    fn travels_otherwise(&self, at: &Pointer) -> Result<bool, ContractError> {
        let flag = match self.direction {
            Direction::Request => "readOnly",
            Direction::Response => "writeOnly",
            Direction::Neutral => return Ok(false),
        };
        let said = |node: &Node| node.get(flag).and_then(Node::as_bool) == Some(true);
        Ok(parts(self.document, at)?.iter().any(|(_, node)| said(node)))
    }

    fn is_of(&self, at: &Pointer, value: Option<&Value>) -> Result<bool, ContractError> {
        match (self.examiner, value) {
            (Some(examiner), Some(value)) => Ok(examiner
                .judge()
                .validator(at, self.direction)?
                .is_valid(value)),
            _ => Ok(true),
        }
    }

    /// What an alternative is called: by the component that it is, or by its number, from 1.
    fn label(&self, at: &Pointer, index: usize) -> String {
        let target = self.document.at(at).and_then(|node| node.get("$ref"));
        let target = target.and_then(Node::as_str);
        let named = target.and_then(|target| target.parse::<Pointer>().ok());
        let name = named.and_then(|target| target.tokens().last().cloned());
        name.unwrap_or_else(|| (index + 1).to_string())
    }

    /// Where a schema stands that is behind any reference.
    fn behind(&self, at: &Pointer) -> Result<Option<(Pointer, &'d Node)>, ContractError> {
        let node = self.document.at(at);
        node.map(|node| behind(self.document, node, at.clone()))
            .transpose()
    }
}

/// What is said of a member that was left out, and that an answer tells as its default.
pub(super) fn left_out(default: &Value) -> String {
    format!("left out for {default}")
}

fn count(node: &Node, keyword: &str) -> usize {
    node.get(keyword)
        .and_then(Node::as_array)
        .map_or(0, <[Node]>::len)
}
