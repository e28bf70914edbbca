//! Every single change of a contract outside its schemas.
//!
//! Left out is what says nothing of any exchange: texts for people, tags, the number of the document, and the ids of operations,
//! by which this crate names places and nobody is served.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::edit::Edit;
use super::schema::Named;
use crate::contract::{ContractError, OperationOutline, Outline};
use crate::spec::{Document, Node, Object, Pointer};

/// The methods that an operation may be moved to.
const METHODS: [&str; 4] = ["get", "post", "put", "delete"];

/// A media type that no contract has.
const OTHER_TYPE: &str = "application/x-other";

/// Adds the changes, in the order of the document.
pub(super) fn changes(document: &Document, found: &mut Vec<Named>) -> Result<(), ContractError> {
    let mut surface = Surface {
        document,
        outline: Outline::of(document)?,
        done: BTreeSet::new(),
        found,
    };
    surface.servers();
    surface.security(&Pointer::root().join("security"));
    for section in ["paths", "x-webhooks"] {
        surface.paths(&Pointer::root().join(section));
    }
    surface.rules();
    surface.schemes();
    Ok(())
}

struct Surface<'d, 'f> {
    document: &'d Document,
    outline: Outline,
    /// What several operations share is changed once.
    done: BTreeSet<Pointer>,
    found: &'f mut Vec<Named>,
}

impl<'d> Surface<'d, '_> {
    fn drop(&mut self, at: &Pointer) {
        self.found.push(("drop", Edit::Remove(at.clone())));
    }

    fn add(&mut self, at: &Pointer, name: &str, value: Json) {
        let edit = Edit::Add(at.clone(), name.to_owned(), value);
        self.found.push(("add", edit));
    }

    fn rename(&mut self, at: &Pointer, name: impl Into<String>) {
        self.found
            .push(("rename", Edit::Rename(at.clone(), name.into())));
    }

    fn swap(&mut self, at: &Pointer, value: Json) {
        self.found.push(("swap", Edit::Set(at.clone(), value)));
    }

    fn node(&self, at: &Pointer) -> Option<&'d Node> {
        self.document.at(at)
    }

    fn names(&self, at: &Pointer) -> Vec<&'d str> {
        let object = self.node(at).and_then(Node::as_object);
        object.into_iter().flat_map(Object::keys).collect()
    }

    fn count(&self, at: &Pointer) -> usize {
        let list = self.node(at).and_then(Node::as_array);
        list.unwrap_or_default().len()
    }

    fn text(&self, at: &Pointer) -> &'d str {
        self.node(at).and_then(Node::as_str).unwrap_or_default()
    }

    /// The host alone says nothing of an exchange, but it is where a client of this contract goes.
    fn servers(&mut self) {
        let at = Pointer::root().join("servers");
        for index in 0..self.count(&at) {
            let place = at.join(index.to_string());
            self.drop(&place);
            let url = place.join("url");
            let text = self.text(&url);
            self.swap(&url, json!(format!("{text}/v9")));
            self.swap(&url, json!(text.replacen("://", "://other-", 1)));
            self.swap(&url, json!(text.replacen("https://", "http://", 1)));
        }
        if self.count(&at) > 0 {
            self.add(&at, "", json!({ "url": "https://added.example" }));
        }
    }

    fn security(&mut self, at: &Pointer) {
        let count = self.count(at);
        if self.node(at).is_none() {
            return;
        }
        self.drop(at);
        if count > 0 {
            self.swap(at, json!([]));
        }
        let schemes = Pointer::root().join("components").join("securitySchemes");
        let known = self.names(&schemes);
        let mut has_none = false;
        let mut used: Vec<&str> = Vec::new();
        for index in 0..count {
            let way = at.join(index.to_string());
            if count > 1 {
                self.drop(&way);
            }
            let names = self.names(&way);
            has_none |= names.is_empty();
            used.extend(&names);
            for name in &names {
                if names.len() > 1 {
                    self.drop(&way.join(*name));
                }
                for other in &known {
                    self.rename(&way.join(*name), *other);
                }
            }
            for other in known.iter().filter(|other| !names.contains(other)) {
                if !names.is_empty() {
                    self.add(&way, other, json!([]));
                }
            }
        }
        if !has_none {
            self.add(at, "", json!({}));
        }
        for other in known.iter().filter(|other| !used.contains(other)) {
            self.add(at, "", json!({ *other: [] }));
        }
    }

    fn paths(&mut self, section: &Pointer) {
        for path in self.names(section) {
            let at = section.join(path);
            self.drop(&at);
            self.rename(&at, format!("{path}X"));
            if let Some((front, behind)) = path.split_once('}') {
                self.rename(&at, format!("{front}X}}{behind}"));
            }
            let operations: Vec<OperationOutline> = self
                .outline
                .operations
                .iter()
                .filter(|it| it.at.parent().as_ref() == Some(&at))
                .cloned()
                .collect();
            let has = |method: &str| {
                let mut operations = operations.iter();
                operations.any(|it| it.method.eq_ignore_ascii_case(method))
            };
            let mut free = METHODS.into_iter().filter(|method| !has(method));
            let other = free.next();
            for operation in &operations {
                if operations.len() > 1 {
                    self.drop(&operation.at);
                }
                if let Some(other) = other {
                    self.rename(&operation.at, other);
                }
                self.operation(operation);
            }
            if let Some(other) = free.next() {
                self.add(&at, other, added_operation());
            }
        }
        if self.node(section).is_some() {
            let item = json!({ "post": added_operation() });
            self.add(section, "/added", item);
        }
    }

    fn operation(&mut self, operation: &OperationOutline) {
        let at = &operation.at;
        if self.node(&at.join("security")).is_some() {
            self.security(&at.join("security"));
        } else {
            self.add(at, "security", json!([]));
        }
        self.parameters(operation);
        if let Some(body) = &operation.body {
            self.drop(&at.join("requestBody"));
            if body.required {
                self.drop(&body.at.join("required"));
                self.swap(&body.at.join("required"), json!(false));
            } else {
                self.add(&body.at, "required", json!(true));
            }
            self.content(&body.at);
        } else {
            let content = json!({ "application/json": { "schema": { "type": "object" } } });
            let body = json!({ "required": true, "content": content });
            self.add(at, "requestBody", body);
        }
        let responses = at.join("responses");
        for answer in &operation.answers {
            let place = responses.join(&answer.status);
            self.drop(&place);
            let mut others = ["202", "418", "507"].into_iter();
            let taken = |other: &str| operation.answers.iter().any(|it| it.status == other);
            if let Some(other) = others.find(|other| !taken(other)) {
                self.rename(&place, other);
            }
            self.content(&answer.at);
            let header = |required: bool| json!({ "X-Added": { "required": required, "schema": { "type": "string" } } });
            for required in [true, false] {
                self.add(&answer.at, "headers", header(required));
            }
            self.headers(&answer.at.join("headers"));
            // Another answer in the place of this one.
            let before = self.node(&answer.at).map(Node::to_json);
            let other = self
                .outline
                .operations
                .iter()
                .flat_map(|it| &it.answers)
                .filter_map(|it| self.document.at(&it.at).map(Node::to_json))
                .find(|other| content_of(other) != before.as_ref().and_then(content_of));
            if let Some(other) = other {
                self.swap(&place, other);
            }
        }
        self.add(&responses, "451", json!({ "description": "Added." }));
        self.add(&responses, "default", json!({ "description": "Added." }));
    }

    fn headers(&mut self, at: &Pointer) {
        for name in self.names(at) {
            let place = at.join(name);
            self.drop(&place);
            self.rename(&place, format!("{name}-X"));
            let required = place.join("required");
            match self.node(&required).and_then(Node::as_bool) {
                Some(flag) => self.swap(&required, json!(!flag)),
                None => self.add(&place, "required", json!(true)),
            }
        }
    }

    fn parameters(&mut self, operation: &OperationOutline) {
        let list = operation.at.join("parameters");
        for index in 0..self.count(&list) {
            self.drop(&list.join(index.to_string()));
        }
        for parameter in &operation.parameters {
            let at = &parameter.at;
            if !self.done.insert(at.clone()) {
                continue;
            }
            self.swap(&at.join("name"), json!(format!("{}X", parameter.name)));
            for location in ["path", "query", "header", "cookie"] {
                if location != parameter.location {
                    self.swap(&at.join("in"), json!(location));
                }
            }
            // One in the path is always there, whatever the contract says.
            if parameter.location != "path" {
                let required = at.join("required");
                match self.node(&required) {
                    Some(_) => self.swap(&required, json!(!parameter.required)),
                    None => self.add(at, "required", json!(true)),
                }
            }
            self.schema(&at.join("schema"));
        }
        for (name, required) in [("added", false), ("added", true)] {
            let added = json!({ "name": name, "in": "query", "required": required, "schema": { "type": "string" } });
            if self.node(&list).is_some() {
                self.add(&list, "", added);
            } else {
                self.add(&operation.at, "parameters", json!([added]));
            }
        }
    }

    fn content(&mut self, holder: &Pointer) {
        let at = holder.join("content");
        if self.node(&at).is_none() {
            let added = json!({ "application/json": { "schema": { "type": "object" } } });
            self.add(holder, "content", added);
            return;
        }
        let names = self.names(&at);
        self.drop(&at);
        for name in &names {
            let place = at.join(*name);
            if names.len() > 1 {
                self.drop(&place);
            }
            self.rename(&place, OTHER_TYPE);
            self.schema(&place.join("schema"));
        }
        self.add(&at, OTHER_TYPE, json!({}));
    }

    /// The schema that stands at a place of the surface: another one, or any. What is inside it is not the surface.
    fn schema(&mut self, at: &Pointer) {
        let Some(before) = self.node(at).map(Node::to_json) else {
            return;
        };
        self.drop(at);
        self.swap(at, json!({}));
        let others: Vec<Json> = self
            .outline
            .seats()
            .iter()
            .filter_map(|seat| self.document.at(&seat.schema).map(Node::to_json))
            .collect();
        let place = others.iter().position(|other| *other == before);
        let behind = others.iter().skip(place.map_or(0, |place| place + 1));
        let mut next = behind.chain(&others).filter(|other| **other != before);
        if let Some(next) = next.next().cloned() {
            self.swap(at, next);
        }
        self.swap(at, json!({ "type": "integer" }));
    }

    /// The text of a rule is for people, and so are the steps of its witness.
    fn rules(&mut self) {
        let at = Pointer::root().join("x-rules");
        for index in 0..self.count(&at) {
            let rule = at.join(index.to_string());
            self.drop(&rule);
            let id = rule.join("id");
            let name = self.text(&id);
            self.swap(&id, json!(format!("{name}-x")));
            let on = rule.join("applies-to");
            let other = (1..self.count(&at))
                .map(|step| at.join(((index + step) % self.count(&at)).to_string()))
                .map(|rule| self.text(&rule.join("applies-to")))
                .find(|other| *other != self.text(&on));
            if let Some(other) = other {
                self.swap(&on, json!(other));
            }
            let witness = rule.join("witness");
            let (accepts, refuses) = (witness.join("accepts"), witness.join("refuses"));
            if let (Some(accepted), Some(refused)) = (self.node(&accepts), self.node(&refuses)) {
                self.swap(&accepts, refused.to_json());
                self.swap(&refuses, accepted.to_json());
                self.drop(&accepts);
                self.drop(&refuses);
            }
            let statuses = witness.join("refused");
            for index in 0..self.count(&statuses) {
                let place = statuses.join(index.to_string());
                self.drop(&place);
                self.swap(&place, json!(418));
            }
        }
        let on = self.outline.operations.first().map(|it| it.at.fragment());
        if let (Some(on), Some(_)) = (on, self.node(&at)) {
            let witness = json!({ "given": "anything", "call": "anything", "refused": [400] });
            let rule = json!({ "id": "added-rule", "applies-to": on, "says": "Added.", "source": "contract", "witness": witness });
            self.add(&at, "", rule);
        }
    }

    fn schemes(&mut self) {
        let at = Pointer::root().join("components").join("securitySchemes");
        for name in self.names(&at) {
            let scheme = at.join(name);
            self.drop(&scheme);
            self.rename(&scheme, format!("{name}X"));
            let said = |member: &str| self.text(&scheme.join(member)).to_owned();
            let (kind, key, place) = (said("type"), said("name"), said("in"));
            let by = said("scheme");
            match kind.as_str() {
                "http" => {
                    let other = if by == "basic" { "bearer" } else { "basic" };
                    self.swap(&scheme.join("scheme"), json!(other));
                    self.swap(&scheme.join("scheme"), json!("digest"));
                    let key = json!({ "type": "apiKey", "in": "header", "name": "x-other" });
                    self.swap(&scheme, key);
                }
                "apiKey" => {
                    self.swap(&scheme.join("name"), json!(format!("{key}-x")));
                    for location in ["header", "query", "cookie"] {
                        if location != place {
                            self.swap(&scheme.join("in"), json!(location));
                        }
                    }
                    self.swap(&scheme, json!({ "type": "http", "scheme": "bearer" }));
                }
                _ => {}
            }
        }
    }
}

fn added_operation() -> Json {
    json!({ "responses": { "200": { "description": "Added." } } })
}

fn content_of(answer: &Json) -> Option<Json> {
    answer.get("content").cloned()
}
