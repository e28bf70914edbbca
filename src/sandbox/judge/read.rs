//! Reading the contract for the judge. What it has and the judge does not look at is an error, so that nothing is let through
//! unseen.

use std::collections::BTreeMap;
use std::sync::Arc;

use jsonschema::Validator;

use super::close::close;
use super::contract::{BodyJudge, CallRule, Contract, OperationJudge, Scheme, Unusable};
use crate::session::Operation;
use crate::spec::translate::{self, Direction};
use crate::spec::{Document, Node, Object, Pointer};

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// Where the rules about documents and about calls stand.
const RULES: &str = "x-rules";

pub(super) fn contract(name: &str, text: &str) -> Result<Contract, Unusable> {
    let document = Document::parse(name, text)?;
    let mut reader = Reader {
        document: &document,
        compiled: BTreeMap::new(),
    };
    let mut operations = Vec::with_capacity(Operation::ALL.len());
    for &operation in Operation::ALL {
        operations.push(reader.operation(operation)?);
    }
    let component = |name: &str| {
        Pointer::root()
            .join("components")
            .join("schemas")
            .join(name)
    };
    Ok(Contract {
        operations,
        error: reader.validator(component("AnyError"), Use::Answer)?,
        calls: reader.calls()?,
        email: reader.validator(component("Email"), Use::WithoutFormats)?,
    })
}

/// What a schema is compiled for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Use {
    Request,
    /// Closed, as a server may say only what is declared.
    Answer,
    /// As for a request; `format` is an annotation.
    WithoutFormats,
}

struct Reader<'d> {
    document: &'d Document,
    /// Most answers share a schema with others.
    compiled: BTreeMap<(Pointer, Use), Arc<Validator>>,
}

impl<'d> Reader<'d> {
    fn operation(&mut self, operation: Operation) -> Result<OperationJudge, Unusable> {
        let method = operation.method().to_ascii_lowercase();
        let at = place(operation).join(method);
        let node = self.at(&at)?;
        let security = match node.get("security") {
            Some(own) => self.security(own)?,
            None => self.security(self.at(&Pointer::root().join("security"))?)?,
        };
        let mut answers = Vec::new();
        for (status, _) in members(node.get("responses")) {
            let pointer = at.join("responses").join(status);
            let status = status
                .parse()
                .map_err(|_| Unusable::Unjudged(pointer.to_string()))?;
            let schema = self.only_content(&pointer, JSON)?;
            answers.push((status, self.validator(schema, Use::Answer)?));
        }
        Ok(OperationJudge {
            operation,
            session: self.session(&at, node)?,
            security,
            body: self.body(&at, node)?,
            answers,
        })
    }

    /// The one parameter that the judge knows: the session in the path.
    fn session(
        &mut self,
        at: &Pointer,
        operation: &Node,
    ) -> Result<Option<Arc<Validator>>, Unusable> {
        let of_the_path = at.parent().and_then(|path| self.document.at(&path));
        let shared = of_the_path.and_then(|path| path.get("parameters"));
        if shared.is_some() {
            return Err(Unusable::Unjudged(format!("{at}: parameters of the path")));
        }
        let parameters = operation.get("parameters").and_then(Node::as_array);
        let mut found = None;
        for parameter in parameters.unwrap_or_default() {
            let target = self.document.target(parameter)?;
            let (pointer, node) = target
                .ok_or_else(|| Unusable::Unjudged(format!("{at}: a parameter without a name")))?;
            let said = |member: &str| node.get(member).and_then(Node::as_str);
            if (said("name"), said("in")) != (Some("sessionId"), Some("path")) || found.is_some() {
                return Err(Unusable::Unjudged(pointer.to_string()));
            }
            found = Some(self.validator(pointer.join("schema"), Use::Request)?);
        }
        Ok(found)
    }

    fn body(&mut self, at: &Pointer, operation: &Node) -> Result<Option<BodyJudge>, Unusable> {
        let pointer = at.join("requestBody");
        let Some(body) = operation.get("requestBody") else {
            return Ok(None);
        };
        if body.get("required").and_then(Node::as_bool) != Some(true) {
            return Err(Unusable::Unjudged(format!("{pointer}, not required,")));
        }
        let form = body.get("content").is_some_and(|it| it.get(FORM).is_some());
        let schema = self.only_content(&pointer, if form { FORM } else { JSON })?;
        let schema = self.validator(schema, Use::Request)?;
        Ok(Some(BodyJudge { form, schema }))
    }

    /// The schema of a body that comes in one content type.
    fn only_content(&self, body: &Pointer, kind: &str) -> Result<Pointer, Unusable> {
        let pointer = body.join("content");
        let content = self.at(&pointer)?;
        if members(Some(content)).any(|(other, _)| other != kind) {
            return Err(Unusable::Unjudged(format!("{pointer}, of several types,")));
        }
        Ok(pointer.join(kind).join("schema"))
    }

    fn validator(&mut self, at: Pointer, made_for: Use) -> Result<Arc<Validator>, Unusable> {
        let node = self.at(&at)?;
        let target = match self.document.target(node)? {
            Some((target, _)) => target,
            None => at,
        };
        let key = (target, made_for);
        if let Some(compiled) = self.compiled.get(&key) {
            return Ok(Arc::clone(compiled));
        }
        let (target, _) = &key;
        let direction = match made_for {
            Use::Answer => Direction::Response,
            Use::Request | Use::WithoutFormats => Direction::Request,
        };
        let mut schema = translate::schema(self.document, target, direction)?;
        if made_for == Use::Answer {
            close(&mut schema).map_err(|_| Unusable::Open(target.to_string()))?;
        }
        let compiled = jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .should_validate_formats(made_for != Use::WithoutFormats)
            .build(&schema)
            .map_err(|_| Unusable::Schema(target.to_string()))?;
        let compiled = Arc::new(compiled);
        self.compiled.insert(key, Arc::clone(&compiled));
        Ok(compiled)
    }

    fn security(&self, requirements: &Node) -> Result<Vec<Vec<Scheme>>, Unusable> {
        let mut ways = Vec::new();
        for requirement in requirements.as_array().unwrap_or_default() {
            let schemes = members(Some(requirement)).map(|(name, _)| self.scheme(name));
            ways.push(schemes.collect::<Result<_, _>>()?);
        }
        Ok(ways)
    }

    fn scheme(&self, name: &str) -> Result<Scheme, Unusable> {
        let pointer = Pointer::root()
            .join("components")
            .join("securitySchemes")
            .join(name);
        let node = self.at(&pointer)?;
        let said = |member: &str| node.get(member).and_then(Node::as_str);
        match (said("type"), said("scheme"), said("in"), said("name")) {
            (Some("http"), Some(scheme), _, _) => Ok(Scheme::Http(scheme.to_ascii_lowercase())),
            (Some("apiKey"), _, Some("header"), Some(name)) => {
                Ok(Scheme::Header(name.to_ascii_lowercase()))
            }
            _ => Err(Unusable::Unjudged(pointer.to_string())),
        }
    }

    /// The rules whose witness is a call. Those about documents are in [`rules`](super::rules).
    fn calls(&self) -> Result<Vec<CallRule>, Unusable> {
        let rules = self.at(&Pointer::root().join(RULES))?;
        let mut calls = Vec::new();
        for rule in rules.as_array().unwrap_or_default() {
            let said = |member: &str| rule.get(member).and_then(Node::as_str);
            let id = said("id").unwrap_or_default();
            let refused = rule.get("witness").and_then(|it| it.get("refused"));
            let Some(refused) = refused.and_then(Node::as_array) else {
                continue;
            };
            let on: Option<Pointer> = said("applies-to").and_then(|text| text.parse().ok());
            let operation = Operation::ALL.iter().find(|operation| {
                let path = on.as_ref().and_then(Pointer::parent);
                path.is_some_and(|path| path == place(**operation))
            });
            let status = |node: &Node| node.as_number()?.as_u64()?.try_into().ok();
            calls.push(CallRule {
                id: id.to_owned(),
                operation: *operation
                    .ok_or_else(|| Unusable::Missing(format!("a call by {id}")))?,
                refused: refused.iter().filter_map(status).collect(),
            });
        }
        Ok(calls)
    }

    fn at(&self, pointer: &Pointer) -> Result<&'d Node, Unusable> {
        let node = self.document.at(pointer);
        node.ok_or_else(|| Unusable::Missing(pointer.to_string()))
    }
}

/// Where the operation's path stands. No two operations share one.
fn place(operation: Operation) -> Pointer {
    Pointer::root().join("paths").join(operation.path())
}

fn members(node: Option<&Node>) -> impl Iterator<Item = (&str, &Node)> {
    node.and_then(Node::as_object)
        .into_iter()
        .flat_map(Object::iter)
        .map(|(name, _, node)| (name, node))
}
