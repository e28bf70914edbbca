//! The bodies that the contract declares, status by status, and those of webhooks: as tables of all that it says of them.
//!
//! No type is generated for a failed answer or a webhook, so these tables have what a type would refuse, too: JSON types,
//! members that are missing, nulls. A body may be one of several shapes, by `anyOf` at its root.

use std::fmt::Write as _;

use super::super::{Document, Node, Object, Pointer, SpecError};
use super::checks::{Check, CheckTest, DEEPEST, JsonType, Source, test_of};
use super::reach::{METHODS, operations};

/// The statuses that one operation declares.
#[derive(Debug, Clone, PartialEq)]
pub struct OperationAnswers {
    /// `operationId` in the contract.
    pub operation: String,
    /// The place of its `responses`, as a fragment.
    pub responses: String,
    /// In the order of the contract.
    pub answers: Vec<DeclaredAnswer>,
}

/// What is declared of one status.
#[derive(Debug, Clone, PartialEq)]
pub struct DeclaredAnswer {
    /// The HTTP status.
    pub status: u16,
    /// Nothing where the contract says nothing of a body.
    pub body: Option<DeclaredBody>,
}

/// The body that one kind of webhook has.
#[derive(Debug, Clone, PartialEq)]
pub struct WebhookBody {
    /// `operationId` in the contract.
    pub operation: String,
    /// What is declared of it.
    pub body: DeclaredBody,
}

/// What is declared of a body: it is JSON, and satisfies every check of one of the shapes.
#[derive(Debug, Clone, PartialEq)]
pub struct DeclaredBody {
    /// The place of its `content`, as a fragment.
    pub content: String,
    /// One at least.
    pub shapes: Vec<Vec<Check>>,
}

const JSON: &str = "application/json";

/// Collects what every operation declares of its answers.
pub(super) fn answers(contract: &Document) -> Result<Vec<OperationAnswers>, SpecError> {
    let mut all = Vec::new();
    for operation in operations(contract) {
        let place = operation.pointer.join("responses");
        let responses = operation.node.get("responses").and_then(Node::as_object);
        let mut answers = Vec::new();
        for (status, at, answer) in responses.into_iter().flat_map(Object::iter) {
            let here = place.join(status);
            let Some(number) = number(status) else {
                return Err(contract.error_at(
                    at,
                    &here,
                    format!("`{status}` is no status that an answer can be compared with"),
                    "name each status by its three digits",
                ));
            };
            let (here, answer) = contract.target(answer)?.unwrap_or((here, answer));
            answers.push(DeclaredAnswer {
                status: number,
                body: body(contract, answer, &here)?,
            });
        }
        all.push(OperationAnswers {
            operation: id(contract, operation.node, &operation.pointer)?,
            responses: place.fragment(),
            answers,
        });
    }
    Ok(all)
}

/// Collects what is declared of every webhook.
pub(super) fn webhooks(contract: &Document) -> Result<Vec<WebhookBody>, SpecError> {
    let root = Pointer::root().join("x-webhooks");
    let hooks = contract.at(&root).and_then(Node::as_object);
    let mut all = Vec::new();
    for (name, _, hook) in hooks.into_iter().flat_map(Object::iter) {
        for method in METHODS {
            let Some(operation) = hook.get(method) else {
                continue;
            };
            let place = root.join(name).join(method);
            let request = place.join("requestBody");
            let given = operation.get("requestBody");
            let body = match given {
                Some(given) => body(contract, given, &request)?,
                None => None,
            };
            let Some(body) = body else {
                return Err(contract.error_at(
                    given.unwrap_or(operation).at,
                    &request,
                    "the webhook has no body",
                    "say under `requestBody` what is sent: a report without a body reports nothing",
                ));
            };
            all.push(WebhookBody {
                operation: id(contract, operation, &place)?,
                body,
            });
        }
    }
    Ok(all)
}

fn number(status: &str) -> Option<u16> {
    let number = status.parse().ok()?;
    (status.len() == 3 && (100..600).contains(&number)).then_some(number)
}

fn id(contract: &Document, operation: &Node, place: &Pointer) -> Result<String, SpecError> {
    let id = operation.get("operationId").and_then(Node::as_str);
    id.map(str::to_owned).ok_or_else(|| {
        contract.error_at(
            operation.at,
            place,
            "the operation has no `operationId`",
            "give it one: what is found in its bodies is told under that name",
        )
    })
}

/// What a response or a request body declares, if it declares anything.
fn body(
    contract: &Document,
    holder: &Node,
    place: &Pointer,
) -> Result<Option<DeclaredBody>, SpecError> {
    let Some(content) = holder.get("content") else {
        return Ok(None);
    };
    let place = place.join("content");
    let fault =
        |what: String, remedy: &str| Err(contract.error_at(content.at, &place, what, remedy));
    let types: Vec<&str> = content
        .as_object()
        .into_iter()
        .flat_map(Object::keys)
        .collect();
    if types != [JSON] {
        return fault(
            format!(
                "the body is {}, and {JSON} is all that is looked into",
                types.join(" or ")
            ),
            "declare it as that, and as nothing else",
        );
    }
    let Some(schema) = content.get(JSON).and_then(|media| media.get("schema")) else {
        return fault(
            "the body has no schema".to_owned(),
            "give it one, or leave `content` out where nothing is known",
        );
    };
    let at = place.join(JSON).join("schema");
    let (at, schema) = contract.target(schema)?.unwrap_or((at, schema));
    let mut shapes = Vec::new();
    if let Some(alternatives) = schema.get("anyOf") {
        for (index, shape) in alternatives
            .as_array()
            .unwrap_or_default()
            .iter()
            .enumerate()
        {
            let at = at.join("anyOf").join(index.to_string());
            shapes.push(shape_of(contract, shape, &at)?);
        }
        let beside = schema.as_object().into_iter().flat_map(Object::keys);
        let mut beside =
            beside.filter(|keyword| !matches!(*keyword, "anyOf" | "description" | "title"));
        if let Some(keyword) = beside.next() {
            return fault(
                format!("`{keyword}` stands beside `anyOf`"),
                "say it in each of the shapes",
            );
        }
        if shapes.is_empty() {
            return fault("`anyOf` has no shapes".to_owned(), "name one at least");
        }
    } else {
        shapes.push(shape_of(contract, schema, &at)?);
    }
    Ok(Some(DeclaredBody {
        content: place.fragment(),
        shapes,
    }))
}

fn shape_of(contract: &Document, schema: &Node, place: &Pointer) -> Result<Vec<Check>, SpecError> {
    let (place, schema) = contract
        .target(schema)?
        .unwrap_or_else(|| (place.clone(), schema));
    let mut walk = Walk {
        contract,
        path: Vec::new(),
        checks: Vec::new(),
    };
    walk.not_null(schema, &place)?;
    walk.schema(schema, &place)?;
    Ok(walk.checks)
}

struct Walk<'a> {
    contract: &'a Document,
    path: Vec<String>,
    checks: Vec<Check>,
}

impl Walk<'_> {
    fn add(&mut self, test: CheckTest, place: &Pointer) {
        self.checks.push(Check {
            path: self.path.clone(),
            contract: place.fragment(),
            test,
        });
    }

    /// `place` is where the value is said to be there; what it is may be said elsewhere.
    fn not_null(&mut self, schema: &Node, place: &Pointer) -> Result<(), SpecError> {
        let schema = self.contract.resolve(schema)?;
        if schema.get("nullable").and_then(Node::as_bool) != Some(true) {
            self.add(CheckTest::NotNull, place);
        }
        Ok(())
    }

    fn schema(&mut self, schema: &Node, place: &Pointer) -> Result<(), SpecError> {
        let contract = self.contract;
        if self.path.len() > DEEPEST {
            return Err(contract.error_at(
                schema.at,
                place,
                "the body refers back to itself",
                "describe it without the circle: a table of checks has to end",
            ));
        }
        if let Some((target, node)) = contract.target(schema)? {
            return self.schema(node, &target);
        }
        let Some(object) = schema.as_object() else {
            return Ok(());
        };
        for (keyword, at, value) in object.iter() {
            let place = place.join(keyword);
            let test = if keyword == "type" {
                type_of(value).map(|kind| Some(CheckTest::Type(kind)))
            } else {
                test_of(keyword, value)
            };
            let test = test.map_err(|what| {
                contract.error_at(
                    at,
                    &place,
                    what,
                    "add it to src/spec/view/checks.rs and src/client/conformance.rs, or leave it out of what is received; \
                     `anyOf` is taken at the root of a body only",
                )
            })?;
            if let Some(test) = test {
                self.add(test, &place);
            }
        }
        if let Some(properties) = object.get("properties").and_then(Node::as_object) {
            let required = object.get("required").and_then(Node::as_array);
            let required: Vec<&str> = required
                .unwrap_or_default()
                .iter()
                .filter_map(Node::as_str)
                .collect();
            let known = properties.keys().map(str::to_owned).collect();
            self.add(CheckTest::Members(known), &place.join("properties"));
            for (member, _, child) in properties.iter() {
                let inner = place.join("properties").join(member);
                self.path.push(member.to_owned());
                if required.contains(&member) {
                    self.add(CheckTest::Required, &place.join("required"));
                }
                self.not_null(child, &inner)?;
                self.schema(child, &inner)?;
                self.path.pop();
            }
        }
        if let Some(items) = object.get("items") {
            let inner = place.join("items");
            self.path.push("*".to_owned());
            self.not_null(items, &inner)?;
            self.schema(items, &inner)?;
            self.path.pop();
        }
        Ok(())
    }
}

/// An error says what is not supported.
fn type_of(value: &Node) -> Result<JsonType, String> {
    Ok(match value.as_str() {
        Some("object") => JsonType::Object,
        Some("array") => JsonType::Array,
        Some("string") => JsonType::Text,
        Some("number") => JsonType::Number,
        Some("integer") => JsonType::Integer,
        Some("boolean") => JsonType::Boolean,
        other => {
            return Err(format!(
                "type {} is none of JSON",
                other.unwrap_or("of no text")
            ));
        }
    })
}

/// Writes the tables as Rust source: `fn answers(operation) -> Option<&'static Answers>` and `fn webhook(operation) ->
/// Option<&'static Body>` over types that the includer brings.
///
/// The names used are those of [`render`](super::render), `Answers`, with the fields `responses` and `declared`, and `Body`, with
/// the fields `content` and `shapes`.
#[must_use]
pub fn render_declared(answers: &[OperationAnswers], webhooks: &[WebhookBody]) -> String {
    let mut source = Source::default();
    // Writing to a String cannot fail, here and below.
    let mut arms = String::new();
    for (number, one) in answers.iter().enumerate() {
        let OperationAnswers {
            operation,
            responses,
            answers,
        } = one;
        let mut declared = String::new();
        for DeclaredAnswer { status, body } in answers {
            let body = body.as_ref().map_or_else(
                || "None".to_owned(),
                |body| format!("Some({})", written(body, &mut source)),
            );
            let _ = write!(declared, "({status}, {body}), ");
        }
        let _ = writeln!(
            source.text,
            "static ANSWERS_{number}: Answers = Answers {{ responses: {responses:?}, declared: &[{declared}] }};"
        );
        let _ = writeln!(arms, "        {operation:?} => Some(&ANSWERS_{number}),");
    }
    let mut hooks = String::new();
    for (number, WebhookBody { operation, body }) in webhooks.iter().enumerate() {
        let body = written(body, &mut source);
        let _ = writeln!(source.text, "static WEBHOOK_{number}: Body = {body};");
        let _ = writeln!(hooks, "        {operation:?} => Some(&WEBHOOK_{number}),");
    }
    let _ = write!(
        source.text,
        "/// Returns what an operation declares of its answers.\n\
         pub(crate) fn answers(operation: &str) -> Option<&'static Answers> {{\n    \
         match operation {{\n{arms}        _ => None,\n    }}\n}}\n\
         /// Returns what is declared of the body of a webhook.\n\
         pub(crate) fn webhook(operation: &str) -> Option<&'static Body> {{\n    \
         match operation {{\n{hooks}        _ => None,\n    }}\n}}\n"
    );
    source.text
}

fn written<'a>(body: &'a DeclaredBody, source: &mut Source<'a>) -> String {
    let DeclaredBody { content, shapes } = body;
    let shapes: Vec<String> = shapes.iter().map(|shape| source.table(shape)).collect();
    format!(
        "Body {{ content: {content:?}, shapes: &[{}] }}",
        shapes.join(", ")
    )
}
