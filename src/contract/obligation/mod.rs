//! Obligations: what a contract offers, each to be seen in an exchange at least once.

mod members;
pub(super) mod waiver;

use std::collections::{BTreeSet, HashSet};
use std::fmt;

use http::StatusCode;

use self::members::Members;
use super::examine::{Reading, answer};
use super::{
    Agreement, AnswerOutline, ContractError, Examiner, Exchange, OperationOutline, Part,
    SchemeOutline, Side, Verdict,
};
use crate::spec::translate::Direction;
use crate::spec::{Document, Node, Pointer};

/// One thing that a contract offers.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Obligation {
    /// What it is: `createSession request application/json payor.email absent`.
    pub name: String,
    /// The place in the contract that offers it.
    pub at: Pointer,
}

impl fmt::Display for Obligation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// Everything that a contract offers, in the order of the document.
///
/// | Name | Met by |
/// |---|---|
/// | `op called`, `op received` | an exchange of the operation; a webhook |
/// | `op security bearer`, `x-api-key + x-client-id`, `none` | a call that was carried out with it, or about what is not there; `none` with no other |
/// | `op query page given`, `absent` | a call that was carried out with the parameter, and without where that may be |
/// | `op request application/json`, `absent` | a call that was carried out with such a body, and without where that may be |
/// | `op answer 201`, `op answer 201 application/json` | an answer, with such a body where there is one |
/// | `op answer 201 header location given`, `absent` | an answer with the header, and without where that may be |
/// | `op request application/json payor.email given`, `absent` | a body with the member, and without where that may be |
/// | `… = "EN"`, `… null`, `… is RegularSessionRequest` | a body with the value there, null, or of the alternative |
/// | `… left out for "EN"` | an answer about what was made without the member, and that has its default |
/// | `rule limits-ordered refused` | a call that was refused by the rule of `x-rules` |
///
/// A member stands for itself at each place where it is used: `lines[].sku` for the items of a list, `tags.*` for members of any
/// name. Where a schema is in itself, the inner one adds nothing. A body counts if the contract accepts it; that of a request, if
/// the server carried it out, too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Obligations {
    all: Vec<Obligation>,
}

impl Obligations {
    /// Reads what a contract offers.
    ///
    /// # Errors
    ///
    /// The document is not OpenAPI 3.0, or a reference in it cannot be followed.
    pub fn of(document: &Document) -> Result<Self, ContractError> {
        let outline = super::Outline::of(document)?;
        let mut list = List::default();
        for operation in &outline.operations {
            list.operation(document, operation)?;
        }
        let listed = document.root().get("x-rules").and_then(Node::as_array);
        let requests = requests(document, &outline.operations);
        for (index, rule) in listed.unwrap_or_default().iter().enumerate() {
            let said = |member: &str| rule.get(member).and_then(Node::as_str);
            let on: Option<Pointer> = said("applies-to").and_then(|on| on.parse().ok());
            // One about answers no server has reason to break.
            if let (Some(id), Some(on)) = (said("id"), on)
                && requests.contains(&on)
            {
                let at = Pointer::root().join("x-rules").join(index.to_string());
                list.add(&format!("rule {id} refused"), &at);
            }
        }
        Ok(Self { all: list.all })
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[Obligation] {
        &self.all
    }

    /// Returns the names of those that an exchange meets.
    ///
    /// # Errors
    ///
    /// A schema cannot be translated or compiled.
    pub fn met_by(
        &self,
        examiner: &Examiner<'_>,
        exchange: &Exchange,
    ) -> Result<BTreeSet<&str>, ContractError> {
        let (reading, verdict) = examiner.look(exchange)?;
        let met = met(examiner, &reading, &verdict)?;
        let names = self.all.iter().map(|it| it.name.as_str());
        Ok(names.filter(|name| met.contains(*name)).collect())
    }

    /// What an exchange is judged to be, and the names of those that it meets.
    pub(super) fn judged(
        &self,
        examiner: &Examiner<'_>,
        exchange: &Exchange,
    ) -> Result<(Verdict, BTreeSet<String>), ContractError> {
        let (reading, verdict) = examiner.look(exchange)?;
        let mut met = met(examiner, &reading, &verdict)?;
        met.retain(|name| self.all.iter().any(|it| it.name == *name));
        Ok((verdict, met))
    }

    /// Returns those that none of the exchanges meets.
    ///
    /// # Errors
    ///
    /// A schema cannot be translated or compiled.
    pub fn unmet<'x>(
        &self,
        examiner: &Examiner<'_>,
        exchanges: impl IntoIterator<Item = &'x Exchange>,
    ) -> Result<Vec<&Obligation>, ContractError> {
        let mut done: HashSet<String> = HashSet::new();
        for exchange in exchanges {
            let (reading, verdict) = examiner.look(exchange)?;
            done.extend(met(examiner, &reading, &verdict)?);
        }
        let left = self.all.iter().filter(|it| !done.contains(&it.name));
        Ok(left.collect())
    }
}

/// Obligations so far, each name once.
#[derive(Debug, Default)]
pub(super) struct List {
    all: Vec<Obligation>,
    names: HashSet<String>,
}

impl List {
    pub(super) fn add(&mut self, name: &str, at: &Pointer) {
        if self.names.insert(name.to_owned()) {
            self.all.push(Obligation {
                name: name.to_owned(),
                at: at.clone(),
            });
        }
    }

    fn operation(
        &mut self,
        document: &Document,
        operation: &OperationOutline,
    ) -> Result<(), ContractError> {
        let id = &operation.id;
        self.add(&called(operation), &operation.at);
        for way in &operation.security {
            self.add(&secured(operation, way), &operation.at.join("security"));
        }
        for parameter in &operation.parameters {
            let seat = format!("{id} {} {}", parameter.location, parameter.name);
            self.add(&format!("{seat} given"), &parameter.at);
            if !parameter.required {
                self.add(&format!("{seat} absent"), &parameter.at);
            }
            if let Some(schema) = &parameter.schema {
                Members::list(document, Direction::Request, self, &seat, schema)?;
            }
        }
        if let Some(body) = &operation.body {
            if !body.required {
                self.add(&format!("{id} request absent"), &body.at);
            }
            for (media_type, schema) in &body.content {
                let seat = format!("{id} request {media_type}");
                self.add(&seat, &body.at.join("content").join(media_type));
                if let Some(schema) = schema {
                    Members::list(document, Direction::Request, self, &seat, schema)?;
                }
            }
        }
        for answered in &operation.answers {
            let seat = format!("{id} answer {}", answered.status);
            self.add(&seat, &answered.at);
            for header in answer::headers(document, answered)? {
                let header_seat = format!("{seat} header {}", header.name);
                self.add(&format!("{header_seat} given"), &header.at);
                if !header.required {
                    self.add(&format!("{header_seat} absent"), &header.at);
                }
            }
            for (media_type, schema) in &answered.content {
                let seat = format!("{seat} {media_type}");
                self.add(&seat, &answered.at.join("content").join(media_type));
                if let Some(schema) = schema {
                    Members::list(document, Direction::Response, self, &seat, schema)?;
                }
            }
        }
        Ok(())
    }
}

/// The names of everything that an exchange meets.
fn met(
    examiner: &Examiner<'_>,
    reading: &Reading<'_, '_>,
    verdict: &Verdict,
) -> Result<BTreeSet<String>, ContractError> {
    let mut met = BTreeSet::new();
    let Some(operation) = reading.operation else {
        return Ok(met);
    };
    met.insert(called(operation));
    if let Some(Agreement::ByRule(rules)) = &verdict.agreement
        && let [rule] = rules.iter().collect::<Vec<_>>()[..]
    {
        met.insert(format!("rule {rule} refused"));
    }
    // What is not there has been looked for.
    if reading.exchange.status.is_success() || reading.exchange.status == StatusCode::NOT_FOUND {
        for index in &reading.ways {
            if let Some(way) = operation.security.get(*index) {
                met.insert(secured(operation, way));
            }
        }
    }
    if reading.exchange.status.is_success() {
        request(examiner, reading, verdict, operation, &mut met)?;
    }
    for left_out in examiner.told(reading)? {
        if let Some(default) = left_out.default() {
            let path = left_out.instance.tokens().join(".");
            met.insert(format!(
                "{} {path} {}",
                left_out.seat,
                members::left_out(default)
            ));
        }
    }
    if let Some(answered) = reading.answered {
        answered_with(examiner, reading, verdict, operation, answered, &mut met)?;
    }
    Ok(met)
}

fn request(
    examiner: &Examiner<'_>,
    reading: &Reading<'_, '_>,
    verdict: &Verdict,
    operation: &OperationOutline,
    met: &mut BTreeSet<String>,
) -> Result<(), ContractError> {
    let id = &operation.id;
    for (parameter, given) in operation.parameters.iter().zip(&reading.parameters) {
        let seat = format!("{id} {} {}", parameter.location, parameter.name);
        let Some(value) = given else {
            met.insert(format!("{seat} absent"));
            continue;
        };
        let part = Part::Parameter {
            location: parameter.location.clone(),
            name: parameter.name.clone(),
        };
        if is_kept(verdict, Side::Request, &part) {
            met.insert(format!("{seat} given"));
            if let Some(schema) = &parameter.schema {
                Members::met(examiner, Direction::Request, met, &seat, schema, value)?;
            }
        }
    }
    if reading.exchange.body.is_empty() {
        met.insert(format!("{id} request absent"));
    }
    if let (Some((media_type, schema)), Some(value)) = (reading.request_type, &reading.request)
        && is_kept(verdict, Side::Request, &Part::Body)
    {
        let seat = format!("{id} request {media_type}");
        if let Some(schema) = schema {
            Members::met(examiner, Direction::Request, met, &seat, schema, value)?;
        }
        met.insert(seat);
    }
    Ok(())
}

fn answered_with(
    examiner: &Examiner<'_>,
    reading: &Reading<'_, '_>,
    verdict: &Verdict,
    operation: &OperationOutline,
    answered: &AnswerOutline,
    met: &mut BTreeSet<String>,
) -> Result<(), ContractError> {
    let seat = format!("{} answer {}", operation.id, answered.status);
    for header in answer::headers(examiner.document(), answered)? {
        let is_there = reading.exchange.answer_headers.contains_key(&header.name);
        let part = Part::Header(header.name.clone());
        if is_kept(verdict, Side::Answer, &part) {
            let word = if is_there { "given" } else { "absent" };
            met.insert(format!("{seat} header {} {word}", header.name));
        }
    }
    if let (Some((media_type, schema)), Some(value)) = (reading.answer_type, &reading.answer)
        && is_kept(verdict, Side::Answer, &Part::Body)
    {
        let seat = format!("{seat} {media_type}");
        if let Some(schema) = schema {
            Members::met(examiner, Direction::Response, met, &seat, schema, value)?;
        }
        met.insert(seat);
    }
    met.insert(seat);
    Ok(())
}

/// Whether the contract refuses nothing of a part.
fn is_kept(verdict: &Verdict, side: Side, part: &Part) -> bool {
    let mut findings = verdict.findings.iter();
    !findings.any(|it| it.breaks() && it.side == side && it.part == *part)
}

fn called(operation: &OperationOutline) -> String {
    let word = if operation.incoming {
        "received"
    } else {
        "called"
    };
    format!("{} {word}", operation.id)
}

fn secured(operation: &OperationOutline, way: &[SchemeOutline]) -> String {
    let schemes: Vec<&str> = way
        .iter()
        .map(|scheme| match scheme {
            SchemeOutline::Http(name)
            | SchemeOutline::Key { name, .. }
            | SchemeOutline::Other(name) => name.as_str(),
        })
        .collect();
    let schemes = if schemes.is_empty() {
        "none".to_owned()
    } else {
        schemes.join(" + ")
    };
    format!("{} security {schemes}", operation.id)
}

/// Every place that has a say in a request: the operations, and the schemas that their bodies and parameters reach.
fn requests(document: &Document, operations: &[OperationOutline]) -> HashSet<Pointer> {
    let mut waiting: Vec<Pointer> = Vec::new();
    let mut found: HashSet<Pointer> = HashSet::new();
    for operation in operations.iter().filter(|operation| !operation.incoming) {
        found.insert(operation.at.clone());
        let parameters = operation.parameters.iter();
        waiting.extend(parameters.filter_map(|it| it.schema.clone()));
        let bodies = operation.body.iter().flat_map(|body| &body.content);
        waiting.extend(bodies.filter_map(|(_, schema)| schema.clone()));
    }
    while let Some(at) = waiting.pop() {
        if let Some(node) = document.at(&at)
            && found.insert(at)
        {
            references(node, &mut waiting);
        }
    }
    found
}

fn references(node: &Node, found: &mut Vec<Pointer>) {
    match &node.value {
        crate::spec::Value::Object(object) => {
            let target = object.get("$ref").and_then(Node::as_str);
            found.extend(target.and_then(|target| target.parse().ok()));
            for (_, _, node) in object.iter() {
                references(node, found);
            }
        }
        crate::spec::Value::Array(items) => items.iter().for_each(|node| references(node, found)),
        _ => {}
    }
}
