//! What the contract says about an answer. The judge is a JSON Schema validator.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use flinks_pay::spec::translate::{self, Direction};
use flinks_pay::spec::{Document, Node, Object, Pointer};
use jsonschema::Validator;
use serde_json::{Value, json};

/// Answers that the sandbox gives beyond the contract. They have one of the two error shapes all the same.
pub(crate) const OUTSIDE: &[(&str, u16)] = &[
    ("authorize", 413),
    ("authorize", 415),
    ("createSession", 413),
    ("createSession", 415),
    ("confirmGuarantee", 413),
    ("confirmGuarantee", 415),
];

/// Stands for the operation where a call has none: an unknown path, a wrong method.
pub(crate) const NO_OPERATION: &str = "";

/// What [`NO_OPERATION`] is answered.
const WITHOUT_OPERATION: &[u16] = &[404, 405];

static CONTRACT: LazyLock<Contract> = LazyLock::new(Contract::read);

struct Contract {
    answers: BTreeMap<(String, u16), Validator>,
    error: Validator,
}

/// Every pair of operation and status that the contract declares.
pub(crate) fn declared() -> BTreeSet<(String, u16)> {
    CONTRACT.answers.keys().cloned().collect()
}

/// What is wrong with an answer; nothing for one that the contract declares and accepts, member by member.
pub(crate) fn problems(operation: &str, status: u16, body: &Value) -> Vec<String> {
    let pair = (operation, status);
    let judge = CONTRACT.answers.get(&(operation.to_owned(), status));
    let beyond = OUTSIDE.contains(&pair)
        || (operation == NO_OPERATION && WITHOUT_OPERATION.contains(&status));
    let judge = match judge {
        Some(judge) => judge,
        None if beyond => &CONTRACT.error,
        None => return vec![format!("the contract has no {status} for {operation:?}")],
    };
    judge
        .iter_errors(body)
        .map(|error| format!("{:?}: {error}", error.instance_path().to_string()))
        .collect()
}

impl Contract {
    fn read() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/flinks-pay.yaml");
        let document = Document::read(&path).unwrap_or_else(|error| panic!("{}", error.report()));
        let mut answers = BTreeMap::new();
        let paths = members(document.root().get("paths"));
        for (path, operations) in paths {
            for (method, operation) in members(Some(operations)) {
                let Some(id) = operation.get("operationId").and_then(Node::as_str) else {
                    continue;
                };
                for (status, _) in members(operation.get("responses")) {
                    let pointer = ["paths", path, method, "responses", status]
                        .into_iter()
                        .chain(["content", "application/json", "schema"])
                        .fold(Pointer::root(), |pointer, token| pointer.join(token));
                    answers.insert(
                        (id.to_owned(), status.parse().unwrap()),
                        judge(&document, &pointer),
                    );
                }
            }
        }
        let error = "#/components/schemas/AnyError".parse().unwrap();
        Self {
            error: judge(&document, &error),
            answers,
        }
    }
}

fn members(node: Option<&Node>) -> impl Iterator<Item = (&str, &Node)> {
    node.and_then(Node::as_object)
        .into_iter()
        .flat_map(Object::iter)
        .map(|(name, _, node)| (name, node))
}

fn judge(document: &Document, pointer: &Pointer) -> Validator {
    let mut schema = translate::schema(document, pointer, Direction::Response)
        .unwrap_or_else(|error| panic!("{}", error.report()));
    close(&mut schema);
    jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .should_validate_formats(true)
        .build(&schema)
        .unwrap()
}

/// The contract leaves answers open, so that a client tolerates what it does not know. The sandbox may only say what is
/// declared: every object that has members takes no others.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(keywords) => {
            let joined = keywords.get("allOf").and_then(Value::as_array);
            for part in joined.into_iter().flatten() {
                // Each part would refuse the members of the others.
                let members = part.get("properties").or_else(|| part.get("$ref"));
                assert!(members.is_none(), "an allOf of objects cannot be closed");
            }
            for (keyword, value) in keywords.iter_mut() {
                match (keyword.as_str(), value) {
                    ("properties" | "$defs", Value::Object(named)) => {
                        named.values_mut().for_each(close);
                    }
                    ("enum" | "const" | "default" | "required", _) => {}
                    (_, value) => close(value),
                }
            }
            if keywords.contains_key("properties") {
                keywords.insert("additionalProperties".to_owned(), json!(false));
            }
        }
        Value::Array(schemas) => schemas.iter_mut().for_each(close),
        _ => {}
    }
}
